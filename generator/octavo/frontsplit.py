"""Where the front matter of a page begins and ends, before anything is read in it.

Front matter stands between a line `---` that opens the file and the first line `---` or `...` at column 1 behind it;
spaces and tabs may follow the signs. This module knows nothing of YAML nor of keys.
"""

import re
from typing import Literal

from octavo.model import Value

__all__ = ["FrontSplit", "split_at_delimiters"]

_OPEN = re.compile(r"---[ \t]*(?=[\r\n]|\Z)")
_CLOSE = re.compile(r"(?:\r\n|\n|\r)(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")
_LINE_END = re.compile(r"\r\n|\n|\r")
_BLANK_LINE = re.compile(r"(?:\r\n|\n|\r)[ \t]*(?:[\r\n]|\Z)")
_KEY = r"""["']?([A-Za-z_][\w-]*)["']?[ \t]*:(?:[ \t\r\n]|\Z)"""
# One character ends a line below, also of CRLF, so that there is one way to match a run of lines.
_KEY_AFTER_COMMENTS = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?[\r\n])*" + _KEY)
_KEY_AFTER_BLANKS = re.compile(r"(?:[ \t]*[\r\n])*" + _KEY)
_LATE_OPEN = re.compile(r"(?:[ \t]*[\r\n])*[ \t]*---[ \t]*(?=[\r\n])")
_TOML_OPEN = re.compile(r"\+\+\+[ \t]*[\r\n]")
_JSON_OPEN = re.compile(r"""\{[ \t]*(?:[\r\n]|"[^"\r\n]*"[ \t]*:)""")

SplitKind = Literal["none", "yaml", "unclosed", "late", "foreign"]


class FrontSplit(Value, frozen=True):
    """A page cut in two."""

    kind: SplitKind
    """`late` and `unclosed` front matter is part of the body; `foreign` is TOML or JSON."""
    yaml: str
    """The text between the two lines, with its last line end."""
    body: str
    body_line: int
    """The line of the file on which the body begins; line 2 is where the YAML begins."""
    place: int = 1
    """The line that a problem is about."""
    has_second: bool = False
    """True where the body begins with what can only be meant as front matter once more."""


def split_at_delimiters(text: str, keys: frozenset[str]) -> FrontSplit:
    """Cut a page into front matter and body; a byte order mark is dropped, line ends stay as they are.

    A `---` on line 1 is also how CommonMark writes a thematic break (section 4.1). It is taken for one when nothing
    closes it and what follows does not look like a key, and when a blank line follows and then something that is no
    key. Behind a blank line and without an end only one of *keys* is a key, since prose may begin with `Note:`.
    """
    text = text.removeprefix("\ufeff")
    opening = _OPEN.match(text)
    if opening is None:
        return _without_front_matter(text)
    rest = opening.end()
    closing = _CLOSE.search(text, rest)
    if not _looks_like_front_matter(text, rest, closing, keys):
        return FrontSplit(kind="none", yaml="", body=text, body_line=1)
    if closing is None:
        return FrontSplit(kind="unclosed", yaml="", body=text, body_line=1)
    first = _LINE_END.match(text, rest)
    start = first.end() if first else rest
    yaml = text[start : closing.start()] + "\n" if closing.start() >= start else ""
    lines = len(_LINE_END.findall(text, 0, closing.end()))
    if not text[: closing.end()].endswith(("\n", "\r")):
        lines += 1
    body = text[closing.end() :]
    return FrontSplit(
        kind="yaml", yaml=yaml, body=body, body_line=lines + 1, has_second=_begins_again(body, keys)
    )


def _begins_again(body: str, keys: frozenset[str]) -> bool:
    """Tell front matter that stands twice: `---`, a key and `---` again, right behind the first."""
    opening = _OPEN.match(body)
    first = _LINE_END.match(body, opening.end()) if opening else None
    if first is None:
        return False
    key = _KEY_AFTER_COMMENTS.match(body, first.end())
    return key is not None and key[1] in keys and _CLOSE.search(body, first.end()) is not None


def _looks_like_front_matter(
    text: str, start: int, closing: re.Match[str] | None, keys: frozenset[str]
) -> bool:
    """Tell front matter from a thematic break, by the lines behind the opening."""
    first = _LINE_END.match(text, start)
    if first is None:
        return False
    if _BLANK_LINE.match(text, start) is None:
        return closing is not None or _KEY_AFTER_COMMENTS.match(text, first.end()) is not None
    known = _KEY_AFTER_COMMENTS.match(text, first.end())
    if known is not None and known[1] in keys:
        return True
    if closing is None:
        return False
    is_blank = not text[start : closing.start()].strip(" \t\r\n")
    return is_blank or _KEY_AFTER_BLANKS.match(text, first.end()) is not None


def _without_front_matter(text: str) -> FrontSplit:
    """Look for front matter that stands too late or is written in another language."""
    if _TOML_OPEN.match(text) or _JSON_OPEN.match(text):
        return FrontSplit(kind="foreign", yaml="", body=text, body_line=1)
    late = _LATE_OPEN.match(text)
    if late is None or not _KEY_AFTER_BLANKS.match(text, late.end()) or not _CLOSE.search(text, late.end()):
        return FrontSplit(kind="none", yaml="", body=text, body_line=1)
    place = len(_LINE_END.findall(text, 0, late.end())) + 1
    return FrontSplit(kind="late", yaml="", body=text, body_line=1, place=place)
