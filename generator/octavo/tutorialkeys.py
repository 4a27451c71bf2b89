"""The keys below `tutorial:` in front matter: how each is read, and its line in the handbook.

One table serves the page of a folder, which makes it a tutorial, and its chapters: which of the two a page is depends on
other pages, so that which key belongs where is said later. This module opens no file.
"""

import re
from typing import Any

from octavo.addresses import read_component, read_inner_path, read_web_address
from octavo.fields import (
    INVALID,
    Field,
    FieldReport,
    Reader,
    list_of,
    number_between,
    read_keys,
    read_text,
)
from octavo.model import Normaliser, TutorialEnv, TutorialSettings
from octavo.yamlnodes import MappingNode, ScalarNode, YamlNode, is_null

__all__ = ["CHAPTER_KEYS", "TUTORIAL_FIELDS", "parse_duration", "read_tutorial"]

CHAPTER_KEYS = ("starts", "timeout", "env.vars")
"""What a chapter may say; `starts` belongs to chapters alone, everything else to the folder's page."""

_DURATION = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?) ?(ms|s|m|min)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0}
_LONGEST = 86_400.0
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PYTHON = re.compile(
    r"(?:[<>=!~]=?|===)?\s*[0-9]+(?:\.[0-9*]+){0,3}(?:\s*,\s*[<>=!~]=?\s*[0-9]+(?:\.[0-9*]+){0,3})*"
)


def parse_duration(text: str) -> float | None:
    """Give the seconds of `30s`, `500ms` or `2m`; None for any other text, and for more than a day."""
    found = _DURATION.fullmatch(text)
    seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
    return seconds if 0 < seconds <= _LONGEST else None


def _read_duration(node: YamlNode, key: str, report: FieldReport) -> Any:
    text = read_text(node, key, report)
    if text is INVALID:
        return INVALID
    seconds = parse_duration(text)
    if seconds is None:
        return report.invalid(key, node, "must be a time of at most a day", "write `30s`, `500ms` or `2m`")
    return seconds


def _read_python(node: YamlNode, key: str, report: FieldReport) -> Any:
    text = read_text(node, key, report)
    if text is INVALID or not text or _PYTHON.fullmatch(text):
        return text
    return report.invalid(
        key, node, "must be a version or a range of versions", 'write `"3.12"` or `">=3.10"`'
    )


def _read_name(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read the name of a variable of the environment."""
    text = read_text(node, key, report)
    if text is INVALID or _VARIABLE.fullmatch(text):
        return text
    return report.invalid(
        key, node, "must be a name of letters, digits and `_`", "write `FLASK_APP` or the like"
    )


def _read_vars(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read names and values of variables."""
    if not isinstance(node, MappingNode):
        return report.wrong_type(key, node, "a mapping", "write `vars: {FLASK_APP: app}`")
    found: list[tuple[str, str]] = []
    for name, value in node.entries:
        path = f"{key}.{name.text}"
        report.place(path, value)
        if not _VARIABLE.fullmatch(name.text):
            report.invalid(
                key, name, "holds a name that no variable can have", "write `FLASK_APP` or the like"
            )
        elif not isinstance(value, ScalarNode):
            report.wrong_type(path, value, "text", "write one value, in quotes where it holds a colon")
        elif "\0" in value.text:
            report.invalid(path, value, "holds a character that no variable can hold")
        else:
            found.append((name.text, "" if is_null(value) else value.text))
    return tuple(found)


def _read_normaliser(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read one replacement: a regular expression and a text."""
    hint = "write `{find: 'took \\d+ ms', to: 'took N ms'}`"
    if not isinstance(node, MappingNode):
        return report.wrong_type(key, node, "a mapping of `find` and `to`", hint)
    values = read_keys(node, _NORMALISER_TABLE, report, prefix=f"{key}.")
    if not values.get("find"):
        return report.invalid(key, node, "must say what to find", hint)
    place = next(value for name, value in node.entries if name.text == "find")
    try:
        pattern = re.compile(values["find"])
    except (re.error, OverflowError, RecursionError) as problem:
        return report.invalid(f"{key}.find", place, f"is no regular expression ({problem})", hint)
    if pattern.match(""):
        return report.invalid(f"{key}.find", place, "matches the empty text", "name what always stands there")
    return Normaliser(**values)


def _read_raw_text(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read a text as it stands: the blanks of a pattern mean something."""
    return node.text if isinstance(node, ScalarNode) else read_text(node, key, report)


def _read_site_path(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read a path of the site folder as includes write it: relative to the page, or from the site folder by a slash."""
    text = read_text(node, key, report)
    if text is INVALID or not text.startswith("/"):
        return text if text is INVALID else read_inner_path(node, key, report)
    bare = ScalarNode(
        text=text.lstrip("/"),
        plain=isinstance(node, ScalarNode) and node.plain,
        line=node.line,
        column=node.column,
    )
    path = read_inner_path(bare, key, report)
    return path if path is INVALID else f"/{path}"


def _section(fields: tuple[Field, ...], make: Any) -> Reader:
    table = {field.name: field for field in fields}

    def read(node: YamlNode, key: str, report: FieldReport) -> Any:
        if not isinstance(node, MappingNode):
            names = ", ".join(f"`{name}`" for name in table)
            return report.wrong_type(key, node, "a mapping", f"the keys of `{key}` are {names}")
        return make(read_keys(node, table, report, prefix=f"{key}."))

    return read


_NORMALISER_TABLE = {
    field.name: field
    for field in (
        Field(name="find", type="text", read=_read_raw_text, meaning="A regular expression."),
        Field(name="to", type="text", read=_read_raw_text, meaning="What stands in its place."),
    )
}
_ENV = (
    Field(name="python", type="text", read=_read_python, meaning="The version of Python, or a range."),
    Field(
        name="requirements",
        type="path",
        read=_read_site_path,
        meaning="A file that pins every package; relative to the page, or from the site folder by a slash.",
    ),
    Field(name="vars", type="mapping", read=_read_vars, meaning="Variables of the environment."),
    Field(
        name="secrets",
        type="list of names",
        read=list_of(_read_name, "names", example="[API_KEY]"),
        meaning="Variables that are taken from your own environment and never shown.",
    ),
)
_READ_PATTERNS = list_of(read_text, "patterns", example='["*.db"]')
_DOWNLOAD = (
    Field(
        name="exclude", type="list of patterns", read=_READ_PATTERNS, meaning="Files that no download holds."
    ),
)
TUTORIAL_FIELDS = (
    Field(
        name="project",
        type="text",
        read=read_component,
        meaning="The folder that the reader works in; names the downloads.",
    ),
    Field(
        name="env",
        type="mapping",
        read=_section(_ENV, lambda values: TutorialEnv(**values)),
        meaning="In what the commands run.",
        children=_ENV,
    ),
    Field(
        name="base_url", type="address", read=read_web_address, meaning="Where requests without a host go."
    ),
    Field(
        name="ports",
        type="list of numbers",
        read=list_of(number_between(1, 65535, whole=True), "ports", example="[5000]"),
        meaning="The ports that its servers use.",
    ),
    Field(name="timeout", type="time", read=_read_duration, meaning="How long a block may run."),
    Field(
        name="files",
        type="path",
        read=_read_site_path,
        meaning="A folder of files that the project has from the start and no chapter prints.",
    ),
    Field(
        name="depends",
        type="list of paths",
        read=list_of(_read_site_path, "paths", example="[data.csv]"),
        meaning="Other files that the commands read.",
    ),
    Field(
        name="normalise",
        type="list of mappings",
        read=list_of(_read_normaliser, "replacements", example="[{find: a, to: b}]"),
        meaning="What is replaced in shown and in real output before they are compared.",
    ),
    Field(
        name="download",
        type="mapping",
        read=_section(_DOWNLOAD, lambda values: values.get("exclude", ())),
        meaning="What the downloads hold.",
        children=_DOWNLOAD,
    ),
    Field(
        name="profiles",
        type="list of names",
        read=list_of(read_component, "names", example="[full]"),
        default="[full]",
        meaning="Names that `only` may have.",
    ),
    Field(
        name="starts",
        type="text",
        read=read_text,
        meaning="Of a chapter: `empty`, or the file of the chapter that it goes on from.",
    ),
)
_TABLE = {field.name: field for field in TUTORIAL_FIELDS}


def read_tutorial(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read the settings; the key alone declares a tutorial with every setting at its default."""
    if is_null(node):
        return TutorialSettings()
    if not isinstance(node, MappingNode):
        hint = "write the settings below it, indented, or nothing for the usual ones"
        return report.wrong_type(key, node, "a mapping", hint)
    values = read_keys(node, _TABLE, report, prefix=f"{key}.")
    if "download" in values:
        values["exclude"] = values.pop("download")
    return TutorialSettings(**values)
