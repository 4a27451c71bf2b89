"""The info string of a fenced code block: language, title, numbers, marked lines, attributes.

CommonMark (section 4.5) calls the first word the language and leaves the rest open. Here the rest holds attributes,
`title="app.py"` or a bare word such as `lines`, line marks such as `{1,3-5}`, a title in square brackets, and classes
and an id, also in braces. Spellings of other generators are read where they are clear: `python{1}` and `[app.py]` of
VitePress, `rust,ignore` of mdBook, `{.python #id}` of Pandoc. This module knows nothing of HTML and highlighting.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from markdown_it.common.utils import unescapeAll

from octavo.model import Value

__all__ = ["ATTRIBUTE_NAMES", "FenceInfo", "FenceProblem", "parse_fence_info"]

MAX_INFO = 2_000
_QUOTED = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
# An attribute may stand first, and then there is no language.
_ATTRIBUTE_FIRST = re.compile(r"\s*[A-Za-z][\w-]*=")
_LANGUAGE = re.compile(
    r"\s*\.?(?P<language>[^\s,{\[][^\s,{]*)(?P<flags>(?:\s*,\s*[^\s,{}=\"']+(?=[\s,{]|$))*)"
)
_COLON_FORM = re.compile(r"(?P<language>[^:]+):(?P<rest>(?:no-)?line-numbers.*)")
_ITEM = re.compile(
    rf"""[\s,]*+(?:
        \{{(?P<braces>(?:[^{{}}"']|{_QUOTED})*)\}}
      | \[(?P<label>[^\]]*)\]
      | (?P<name>[^\s={{}}\[\]"',]++)(?:=(?P<value>{_QUOTED}|[^\s"'{{}}]*+)(?!["'])|(?!=))
      | (?P<junk>[^\s"'{{]*["'{{].*|\S+)
    )""",
    re.VERBOSE,
)
_RANGE = re.compile(r"([0-9]{1,6})(?:-([0-9]{1,6}))?")
# Attributes of the code engine: kept as they are, for it to judge.
_ENGINE_NAMES = frozenset(
    {
        "append",
        "background",
        "check",
        "edit",
        "exit",
        "file",
        "gap",
        "literal",
        "needs",
        "norun",
        "only",
        "os",
    }
    | {"output", "raises", "ready", "reload", "retry", "run", "show", "skip", "stop", "timeout", "xfail"}
)
ATTRIBUTE_NAMES = _ENGINE_NAMES | {"caption", "include", "lines", "title"}
_FOREIGN_NAMES: Mapping[str, str] = {
    "filename": '`title="..."`',
    "highlight": "`{1,3-5}`",
    "hl_lines": "`{1,3-5}`",
    "line-numbers": "`lines`",
    "linenos": "`lines`",
    "linenums": "`lines`",
    "name": '`title="..."`',
    "no-line-numbers": "no `lines`",
    "showLineNumbers": "`lines`",
    "startline": "`lines=5`",
}

ProblemCode = Literal["fence-attribute", "fence-syntax", "line-range"]


class FenceProblem(Value, frozen=True):
    """One mistake in an info string."""

    code: ProblemCode
    message: str
    hint: str
    offset: int
    """Where in the info string, in code points from 0."""


class FenceInfo(Value, frozen=True):
    """What an info string says."""

    language: str = ""
    """The first word as the author wrote it, escapes resolved; empty where there is none."""
    language_offset: int = 0
    flags: tuple[str, ...] = ()
    """Words after a comma, as mdBook writes them: `ignore`, `should_panic`; nothing reads them."""
    title: str = ""
    caption: str = ""
    first_line: int = 0
    """The number shown beside the first line, from `lines` (1) or `lines=5`; 0 without numbers."""
    marked: tuple[tuple[int, int], ...] = ()
    """First and last line of each marked range, counted from 1 in the block, sorted and apart."""
    marked_offset: int = 0
    include: str = ""
    id: str = ""
    classes: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    """All other attributes in their order; a bare word has an empty value."""
    problems: tuple[FenceProblem, ...] = ()


@dataclass(slots=True)
class _Parts:
    """What has been read so far."""

    language: str = ""
    language_offset: int = 0
    first_line: int = 0
    marked: list[tuple[int, int]] = field(default_factory=list)
    marked_offset: int = 0
    id: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    problems: list[FenceProblem] = field(default_factory=list)

    def complain(self, code: ProblemCode, message: str, hint: str, offset: int) -> None:
        self.problems.append(FenceProblem(code=code, message=message, hint=hint, offset=offset))


@lru_cache(maxsize=512)  # most blocks of a site say one of a few things, and each is asked twice
def parse_fence_info(info: str) -> FenceInfo:
    """Read an info string as markdown-it gives it (`token.info`), escapes and entities not yet resolved.

    Never fails: what cannot be read is named in `problems` and left out.
    """
    info = info.replace("\0", "\ufffd")
    if not info or info.isspace():
        return FenceInfo()
    parts = _Parts()
    if len(info) > MAX_INFO:
        parts.complain(
            "fence-syntax", f"the info string is longer than {MAX_INFO} characters", "shorten it", MAX_INFO
        )
        info = info[:MAX_INFO]
    flags: tuple[str, ...] = ()
    position = 0
    found = None if _ATTRIBUTE_FIRST.match(info) else _LANGUAGE.match(info)
    if found:
        flags = tuple(flag.strip() for flag in found["flags"].split(",")[1:])
        parts.language_offset = found.start("language")
        parts.language = unescapeAll(found["language"])
        position = found.end()
        if colon := _COLON_FORM.fullmatch(found["language"]):
            parts.language = unescapeAll(colon["language"])
            _read_items(parts, colon["rest"], parts.language_offset + colon.start("rest"), braces=False)
    _read_items(parts, info[position:], position, braces=False)
    return FenceInfo(
        language=parts.language,
        language_offset=parts.language_offset,
        flags=flags,
        title=parts.texts.get("title", ""),
        caption=parts.texts.get("caption", ""),
        first_line=parts.first_line,
        marked=_merge(parts.marked),
        marked_offset=parts.marked_offset,
        include=parts.texts.get("include", ""),
        id=parts.id,
        classes=tuple(parts.classes),
        attributes=tuple(parts.attributes),
        problems=tuple(parts.problems),
    )


def _read_items(parts: _Parts, text: str, base: int, *, braces: bool) -> None:
    """Read attributes, marks and titles; *base* is the offset of *text* in the info string."""
    position = 0
    while item := _ITEM.match(text, position):
        position = item.end()
        offset = base + item.start(item.lastgroup or 0)
        if item["name"] is not None:
            _read_attribute(parts, item["name"], item["value"], base + item.start("name"), braces=braces)
        elif item["label"] is not None:
            parts.texts.setdefault("title", unescapeAll(item["label"]))
        elif item["braces"] is not None and not braces:
            _read_braces(parts, item["braces"], offset)
        else:
            hint = 'write attributes as `name="value"`, close quotes and braces'
            parts.complain("fence-syntax", f"cannot read `{item[0].strip(' ,')[:60]}`", hint, offset)


def _read_braces(parts: _Parts, text: str, offset: int) -> None:
    if re.match(r"[\s,]*-?[0-9]", text):
        parts.marked_offset = offset
        _read_ranges(parts, text, offset)
    else:
        _read_items(parts, text, offset, braces=True)


def _read_ranges(parts: _Parts, text: str, offset: int) -> None:
    for word in re.finditer(r"[^\s,]+", text):
        found = _RANGE.fullmatch(word[0])
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if 0 < first <= last:
            parts.marked.append((first, last))
        else:
            hint = "lines count from 1, and a range is written as `3-5`"
            message = f"`{word[0][:60]}` is no line and no range of lines"
            parts.complain("line-range", message, hint, offset + word.start())


def _read_attribute(parts: _Parts, name: str, given: str | None, offset: int, *, braces: bool) -> None:
    value = unescapeAll(given[1:-1] if given and given[0] in "\"'" else given or "")
    if given is None and braces and not parts.language and not parts.classes and name[0] != "#":
        # `{.python}` and `{python}`: the first word in braces is the language where there is no other.
        parts.language, parts.language_offset = unescapeAll(name.lstrip(".")), offset
    elif given is None and name[0] == "." and len(name) > 1:
        parts.classes.append(unescapeAll(name[1:]))
    elif given is None and name[0] == "#" and len(name) > 1:
        parts.id = unescapeAll(name[1:])
    elif name == "lines":
        _read_lines(parts, value, offset)
    elif name in {"title", "caption", "include"}:
        if not value:
            parts.complain("fence-syntax", f"`{name}` has no text", f'write `{name}="..."`', offset)
        parts.texts[name] = value
    else:
        if name not in _ENGINE_NAMES:
            parts.complain("fence-attribute", f"unknown attribute `{name[:60]}`", _suggestion(name), offset)
        parts.attributes.append((name, value))


def _read_lines(parts: _Parts, value: str, offset: int) -> None:
    if value in {"", "true"}:
        parts.first_line = 1
    elif value == "false":
        parts.first_line = 0
    elif re.fullmatch(r"0*[1-9][0-9]{0,5}", value):
        parts.first_line = int(value)
    else:
        hint = "write `lines`, or the number of the first line as `lines=5`; `{1,3-5}` marks lines"
        parts.complain("fence-syntax", f"`lines` cannot be `{value[:60]}`", hint, offset)


def _suggestion(name: str) -> str:
    if ours := _FOREIGN_NAMES.get(name):
        return f"write {ours}"
    close = difflib.get_close_matches(name[:40], sorted(ATTRIBUTE_NAMES), n=1)
    return f"did you mean `{close[0]}`?" if close else "`title`, `lines` and `{1,3-5}` can stand here"


def _merge(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Sort ranges and join those that touch, so that expanding them costs no more than the block has lines."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)
