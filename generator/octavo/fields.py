"""Nodes into typed values, key by key, with every mistake reported at its value.

A `Field` is one key of a reference table: how its value is read, and what the handbook says of it, so that the tables
that validate are the ones that the documentation is compared with. A reader never raises and gives `INVALID` for what
it has reported. This module knows no key of its own.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from octavo.errors import Diagnostic, Location, Severity
from octavo.model import Value
from octavo.yamlnodes import (
    MappingNode,
    ScalarNode,
    SequenceNode,
    YamlNode,
    YamlSource,
    describe_node,
    is_null,
    shorten,
)
from octavo.yamlproblems import ProblemList

__all__ = [
    "INVALID",
    "Field",
    "FieldReport",
    "KeyReference",
    "list_of",
    "number_between",
    "one_of",
    "read_flag",
    "read_keys",
    "read_text",
    "references",
]

INVALID: Final = object()
"""What a reader gives for a value that it has reported."""

_BLANKS = re.compile(r"[ \t\r\n]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_TRUTHS = frozenset({"true", "yes", "on", "y", "1"})
_LIES = frozenset({"false", "no", "off", "n", "0"})


class KeyReference(Value, frozen=True):
    """What the handbook says of one key."""

    name: str
    """With the keys above it: `markdown.html`."""
    type: str
    default: str
    """As an author would write it; empty where there is none."""
    meaning: str


class FieldReport:
    """Collects the problems and the places of one file while its nodes are read."""

    def __init__(self, source: YamlSource, *, unknown: Severity, known: Iterable[Diagnostic] = ()) -> None:
        self.source = source
        # A refused tag or brace often spoils the type as well: one cause, one message.
        self._known = frozenset(problem.location for problem in known)
        self.problems = ProblemList(source)
        self.unknown: Severity = unknown
        """How severe an unknown key is."""
        self.places: list[tuple[str, Location, str]] = []

    def add(
        self, code: str, message: str, node: YamlNode, hint: str = "", severity: Severity = "error"
    ) -> None:
        """Note a problem at a node."""
        if self.is_refused(node):
            return
        self.problems.add(code, message, line=node.line, column=node.column, hint=hint, severity=severity)

    def is_refused(self, node: YamlNode) -> bool:
        """Tell whether the YAML itself has a problem at this very place."""
        return bool(self._known) and self.source.location(node) in self._known

    def wrong_type(self, key: str, node: YamlNode, expected: str, hint: str = "") -> Any:
        """Note a value of another type; gives `INVALID`."""
        self.add("wrong-type", f"`{key}` expects {expected}, found {describe_node(node)}", node, hint)
        return INVALID

    def invalid(self, key: str, node: YamlNode, problem: str, hint: str = "") -> Any:
        """Note a value of the right type that cannot be; gives `INVALID`."""
        self.add("invalid-value", f"`{key}` {problem}, found {describe_node(node)}", node, hint)
        return INVALID

    def place(self, key: str, node: YamlNode) -> None:
        """Keep the place of a value for the messages of later stages."""
        self.places.append((key, self.source.location(node), self.source.excerpt(node.line)))


Reader = Callable[[YamlNode, str, FieldReport], Any]
"""Takes a node that is not null, its key path and the report; gives the value or `INVALID`."""


class Field(Value, frozen=True):
    """One key: how its value is read, and its line in the handbook."""

    name: str
    type: str
    read: Reader
    meaning: str
    default: str = ""
    children: tuple["Field", ...] = ()
    """The keys below it, for the handbook; its reader knows them by itself."""
    reads_null: bool = False
    """True where the key without a value means something."""


def references(fields: Iterable[Field], prefix: str = "") -> tuple[KeyReference, ...]:
    """List the keys of a table, each followed by the keys below it."""
    found: list[KeyReference] = []
    for field in fields:
        name = prefix + field.name
        found.append(KeyReference(name=name, type=field.type, default=field.default, meaning=field.meaning))
        found.extend(references(field.children, name + "."))
    return tuple(found)


def read_keys(
    node: MappingNode,
    fields: Mapping[str, Field],
    report: FieldReport,
    *,
    prefix: str = "",
    elsewhere: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Read the known keys of a mapping; unknown ones are reported with the name that was likely meant.

    *elsewhere* maps keys that other systems use to a hint.
    """
    values: dict[str, Any] = {}
    for key, value in node.entries:
        field = fields.get(key.text)
        if field is None:
            _report_unknown(key, fields, report, prefix, elsewhere or {})
            continue
        path = prefix + field.name
        report.place(path, value)
        if is_null(value) and not field.reads_null:
            continue
        result = field.read(value, path, report)
        # A value with a part that was refused would only be complained about once more by later stages.
        if result is not INVALID and not report.is_refused(value):
            values[field.name] = result
    return values


def _report_unknown(
    key: ScalarNode,
    fields: Mapping[str, Field],
    report: FieldReport,
    prefix: str,
    elsewhere: Mapping[str, str],
) -> None:
    name = shorten(key.text)
    close = difflib.get_close_matches(key.text[:40].lower(), fields, n=1, cutoff=0.7)
    if key.text in elsewhere:
        hint = elsewhere[key.text]
    elif close:
        hint = f"did you mean `{close[0]}`?"
    elif prefix:
        hint = f"the keys are {', '.join(f'`{known}`' for known in fields)}"
    else:
        hint = "put data for templates under `extra`" if "extra" in fields else ""
    report.add("unknown-key", f"unknown key `{prefix}{name}`", key, hint, report.unknown)


def read_text(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read one line of text: runs of spaces and line ends become one space, control characters are refused."""
    if not isinstance(node, ScalarNode):
        sign = report.source.excerpt(node.line)[node.column - 1 : node.column]
        meant = "its brackets are" if sign in {"[", "{"} else "the colon in it is"
        if isinstance(node, SequenceNode) and sign not in {"[", "{"}:
            meant = "the dash before it is"
        return report.wrong_type(key, node, "text", f"quote the value if {meant} meant as text")
    text = _BLANKS.sub(" ", node.text).strip(" ")
    control = _CONTROL.search(text)
    if control is not None:
        problem = f"holds the control character U+{ord(control[0]):04X}"
        report.add("invalid-value", f"`{key}` {problem}", node, "take the character out")
        return INVALID
    return text


def read_flag(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read `true` or `false`, as YAML 1.2 (section 10.2.1.2) writes them; `yes` and `on` are text."""
    if isinstance(node, ScalarNode):
        if node.plain and node.text in ("true", "false"):
            return node.text == "true"
        lower = node.text.lower()
        meant = "true" if lower in _TRUTHS else "false" if lower in _LIES else ""
        if meant:
            return report.wrong_type(key, node, "`true` or `false`", f"write `{meant}` without quotes")
    return report.wrong_type(key, node, "`true` or `false`", "write one of the two, without quotes")


def number_between(minimum: float, maximum: float, *, whole: bool = False) -> Reader:
    """Make a reader of decimal numbers; it gives float, or int where *whole*."""
    kind = "a whole number" if whole else "a number"

    def read_number(node: YamlNode, key: str, report: FieldReport) -> Any:
        if not isinstance(node, ScalarNode):
            return report.wrong_type(key, node, kind, "write one number")
        if not node.plain:
            hint = "take the quotes away" if _NUMBER.fullmatch(node.text) else "write decimal digits"
            return report.wrong_type(key, node, kind, hint)
        if not _NUMBER.fullmatch(node.text) or (whole and "." in node.text):
            return report.wrong_type(key, node, kind, "write decimal digits, at most 15 before the point")
        value = float(node.text)
        if not minimum <= value <= maximum:
            bounds = f"must lie between {minimum:g} and {maximum:g}"
            return report.invalid(key, node, bounds, "correct the number, or take the key out")
        return int(value) if whole else value

    return read_number


def one_of(*choices: str) -> Reader:
    """Make a reader of one of some words."""
    expected = ", ".join(f"`{choice}`" for choice in choices[:-1]) + f" or `{choices[-1]}`"

    def read_choice(node: YamlNode, key: str, report: FieldReport) -> Any:
        if isinstance(node, ScalarNode) and node.text in choices:
            return node.text
        close: list[str] = []
        if isinstance(node, ScalarNode):
            close = difflib.get_close_matches(node.text[:40].lower(), choices, n=1)
        hint = f"did you mean `{close[0]}`?" if close else "write one of these words"
        return report.wrong_type(key, node, expected, hint)

    return read_choice


def _list_hint(node: YamlNode, key: str, example: str) -> str:
    """Say how a value is written as a list."""
    if isinstance(node, ScalarNode) and node.plain and node.text.startswith("-"):
        return "write a space behind the dash of each item"
    if isinstance(node, ScalarNode) and node.text:
        parts = node.text.split(",")
        # A comma between words parts the items of a list; one in a sentence does not.
        if len(parts) == 1 or all(len(part.split()) == 1 for part in parts):
            example = f"[{shorten(node.text)}]"
    return f"write a list: `{key.rpartition('.')[2]}: {example}`"


def list_of(read_item: Reader, items: str, *, example: str = "[one, two]") -> Reader:
    """Make a reader of lists; empty items are dropped, and a bad one spoils only itself."""

    def read_list(node: YamlNode, key: str, report: FieldReport) -> Any:
        if not isinstance(node, SequenceNode):
            return report.wrong_type(key, node, f"a list of {items}", _list_hint(node, key, example))
        values: list[Any] = []
        for item in node.items:
            if is_null(item):
                continue
            # Counted by what is kept, so that a place is found by the index of its value.
            path = f"{key}.{len(values)}"
            value = read_item(item, path, report)
            if value is not INVALID and value != "":
                report.place(path, item)
                values.append(value)
        return tuple(values)

    return read_list
