"""JSON that pages show: compared by value with what came, and written again in the author's layout.

An expected text `"..."` is any value; inside a longer text three dots are any characters. Objects must have the same
keys, and numbers are equal where their values are.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from octavo.model import Value
from octavo.tutorial.matching import WILDCARD, Mismatch, compare_output, match_line, without_end
from octavo.tutorial.normalise import UNSHOWN, Normalisation, normalise_lines, present

__all__ = ["JsonRules", "JsonText", "compare_body", "find_difference", "parse_json", "write_json"]

_DEEPEST = 100
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_LONGEST = 80


class JsonText(Value, frozen=True):
    """A text that is JSON."""

    value: Any


class JsonRules(Value, frozen=True):
    """How texts inside JSON are compared."""

    normalisation: Normalisation = Normalisation()
    literal: bool = False

    def is_any(self, expected: Any) -> bool:
        """Tell whether an expected value stands for any."""
        return expected == WILDCARD and not self.literal

    def fits(self, expected: Any, got: Any) -> bool:
        """Tell whether a value that holds no others is what another one says."""
        if isinstance(expected, str) and isinstance(got, str):
            wanted, came = normalise_lines((expected, got), self.normalisation)
            return expected == got or match_line(wanted, came, literal=self.literal)
        if isinstance(expected, bool) or isinstance(got, bool):
            return expected is got
        return bool(expected == got)


def parse_json(text: str) -> JsonText | None:
    """Read JSON; None where the text is none, holds no finite numbers, or nests deeper than anything for readers."""
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in _inner(outer)]
        if not level:
            return JsonText(value=value)
    return None


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _inner(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else ()


def compare_body(
    expected: Sequence[str], got: str, normalisation: Normalisation, *, literal: bool = False
) -> Mismatch | None:
    """Compare expected lines with decoded text: as JSON where both are, else as lines; None where they agree."""
    lines = present(got, normalisation)
    wanted, came = parse_json("\n".join(expected)), parse_json("\n".join(lines))
    if wanted is None or came is None:
        return compare_output(expected, lines, normalisation, literal=literal)
    rules = JsonRules(normalisation=normalisation, literal=literal)
    difference = find_difference(wanted.value, came.value, rules)
    if not difference:
        return None
    return Mismatch(expected=without_end(expected), got=write_json(expected, came.value), note=difference)


def find_difference(expected: Any, got: Any, rules: JsonRules, path: str = "") -> str:
    """Say in a sentence where two values differ first; empty where they agree."""
    if rules.is_any(expected):
        return ""
    place = f"`{path}`" if path else "the value"
    if isinstance(expected, dict) and isinstance(got, dict):
        for key in expected:
            if key not in got:
                return f"{place} has no key `{_short(key)}`"
        for key in got:
            if key not in expected:
                return f"{place} has a key that is not expected, `{_short(key)}`"
        pairs = [(_below(path, key), expected[key], got[key]) for key in expected]
    elif isinstance(expected, list) and isinstance(got, list):
        if len(expected) != len(got):
            return f"{place} has {_count(got)}, expected {len(expected)}"
        pairs = [
            (f"{path}[{number}]", old, new)
            for number, (old, new) in enumerate(zip(expected, got, strict=True))
        ]
    elif isinstance(expected, dict | list) or isinstance(got, dict | list) or not rules.fits(expected, got):
        return f"{place} is {_short(got)}, expected {_short(expected)}"
    else:
        return ""
    return next(
        (found for where, old, new in pairs if (found := find_difference(old, new, rules, where))), ""
    )


def _below(path: str, key: str) -> str:
    if not _WORD.fullmatch(key):
        return f"{path}[{_short(key)}]"
    return f"{path}.{key}" if path else key


def _count(items: Sequence[Any]) -> str:
    return f"{len(items)} item{'' if len(items) == 1 else 's'}"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) and _WORD.fullmatch(value) else _line(value, compact=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def write_json(like: Sequence[str], value: Any) -> tuple[str, ...]:
    """Write a value in the layout that an older text has: its indentation, and what it keeps on one line.

    A text whose layout is not regular becomes one with a line for every item.
    """
    old = "\n".join(like).strip()
    inner = next((line for line in like if line[:1].isspace() and line.strip()), "  ")
    indent = inner[: len(inner) - len(inner.lstrip())]
    known = parse_json(old)
    compact = not re.search(r'["\w\]}][:,] ', old)
    if known is not None:
        # A text that is regular in several ways goes on in the usual one: all on one line, or a line for every item.
        for depth in (_DEEPEST, 3, 2, 1) if "\n" in old else (0,):
            if _write(known.value, indent, depth, compact=compact) == old:
                return tuple(_write(value, indent, depth, compact=compact).split("\n"))
    depth = _DEEPEST if "\n" in old else 0
    return tuple(_write(value, indent, depth, compact=compact and not depth).split("\n"))


def _write(value: Any, indent: str, depth: int, *, compact: bool, level: int = 0) -> str:
    if level >= depth or not isinstance(value, dict | list) or not value:
        return _line(value, compact=compact)
    before = "\n" + indent * (level + 1)
    if isinstance(value, dict):
        colon = ":" if compact else ": "
        items = [
            f"{_line(key, compact=compact)}{colon}{_write(item, indent, depth, compact=compact, level=level + 1)}"
            for key, item in value.items()
        ]
    else:
        items = [_write(item, indent, depth, compact=compact, level=level + 1) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}{before}{f',{before}'.join(items)}\n{indent * level}{closing}"


def _line(value: Any, *, compact: bool) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":") if compact else (", ", ": "))
    return UNSHOWN.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
