"""Text of other files in a page: which files a text may name, and the part of a file that a reference means.

A reference is `path`, `path#name` for a region, or `path#10-20` for lines. The path is relative to the folder of the
file that names it; a leading slash means the site folder. A region stands between two lines that hold nothing but
`region: name` and `endregion: name` and the signs of a comment:

    # region: routes            <!-- region: routes -->            /* region: routes */

Lines that mark regions are never shown. This module opens no file: the texts come with the page.
"""

import posixpath
import re
from typing import Literal

from markdown_it.common.utils import unescapeAll

from octavo.markdown.characters import clean_text
from octavo.markdown.session import Session
from octavo.model import Value
from octavo.urls import is_external, resolve_path

__all__ = [
    "MAX_INCLUDED",
    "Excerpt",
    "Refusal",
    "cut_excerpt",
    "include_targets",
    "read_include",
    "resolve_include",
]

MAX_INCLUDED = 2 * 1024 * 1024
"""How many code points a page may include in all."""

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_PATHS = "paths are relative to the file that includes; a leading slash means the site folder"
# What to do, by a word of the reason for which a file was not read.
_ADVICE = (
    ("outside", "copy the file into the site folder"),
    ("private", "what is usual for keys and passwords, `.git` and `.octavo` are never shown"),
    ("regular", "name a file that holds text"),
    ("UTF-8", "save it as UTF-8, or link to it instead"),
    ("larger", "include a smaller file, or link to it instead"),
    ("cannot be read", "check its permissions"),
)
_QUOTED = r"\"(?:[^\"\\\r\n]|\\.)*\"|'(?:[^'\\\r\n]|\\.)*'"
_IN_FENCE = re.compile(rf"include=({_QUOTED}|[^\s\"'{{}}]+)")
# `file` names the file that a block of a tutorial mirrors. One start in a line keeps the search linear.
_MIRRORED = re.compile(
    rf"^[ \t>0-9.*+-]{{0,40}}(?:`{{3,}}+|~{{3,}}+)[^\n`]*?\sfile=({_QUOTED}|[^\s\"'{{}}]+)", re.MULTILINE
)
_IN_BLOCK = re.compile(r":::[ \t]*include[ \t]+(\S+)", re.IGNORECASE)
_MARKER = re.compile(r"[^\w\n]*(end)?region:[ \t]*([\w.\-]+)[^\w\n]*")
_LINES = re.compile(r"L?([0-9]{1,7})(?:(-)L?([0-9]{1,7})?)?")


class Excerpt(Value, frozen=True):
    """A piece of a file."""

    file: str
    text: str
    first_line: int
    """The file's line, from 1, with which the text begins."""


class Refusal(Value, frozen=True):
    """Why a reference cannot be followed."""

    code: str
    """Empty where the cause was reported before."""
    message: str
    hint: str = ""


def include_targets(file: str, text: str) -> tuple[str, ...]:
    """Give the site-relative files that a text may include; it may name too many, never too few."""
    if "include" not in text and "file=" not in text and "INCLUDE" not in text.upper():
        return ()
    found = [unescapeAll(item.strip("\"'")) for item in _IN_FENCE.findall(text)]
    found += [unescapeAll(item.strip("\"'")) for item in _MIRRORED.findall(text)]
    found += _IN_BLOCK.findall(text)
    targets = (resolve_include(file, reference.partition("#")[0]) for reference in found)
    return tuple(dict.fromkeys(target for target in targets if isinstance(target, str)))


def resolve_include(file: str, path: str) -> str | Refusal:
    """Give the site-relative file that a path in *file* means, or why it means none."""
    if not path:
        hint = "write the path of a file before the `#`"
        return Refusal(code="include-path", message="the include names no file", hint=hint)
    if _DRIVE.match(path):
        hint = "write a path inside the site, with slashes"
        return Refusal(code="include-path", message=f"`{path}` begins with a drive letter", hint=hint)
    if is_external(path):
        return Refusal(
            code="include-url",
            message=f"`{path}` is an address, and nothing is fetched while a site is built",
            hint="put the file into the site",
        )
    if "\\" in path:
        return Refusal(
            code="include-path", message=f"`{path}` holds a backslash", hint="write paths with slashes"
        )
    target = resolve_path(posixpath.dirname(file), path)
    if target is None:
        return Refusal(
            code="include-path",
            message=f"`{path}` leaves the site folder",
            hint="put the file into the site; a leading slash means the site folder",
        )
    if not target or target.endswith("/"):
        return Refusal(code="include-path", message=f"`{path}` names a folder", hint="name a file")
    return target


def read_include(session: Session, reference: str, kind: Literal["text", "Markdown"]) -> Excerpt | Refusal:
    """Give the text that a reference in the text being read means, or why there is none."""
    path, _, part = reference.partition("#")
    target = resolve_include(session.view.file, path)
    if isinstance(target, Refusal):
        return target
    if session.included > MAX_INCLUDED:
        # Reported where it happened first; files that include each other doubly would say it a thousand times.
        return Refusal(code="", message="")
    text = session.includes.get(target)
    if text is None:
        reason = session.problems.get(target, "")
        return Refusal(
            code="include-missing",
            message=f"`{target}` cannot be included: {reason}" if reason else f"there is no file `{target}`",
            hint=next((advice for word, advice in _ADVICE if word in reason), _PATHS),
        )
    session.included += len(text)
    if session.included > MAX_INCLUDED:
        return Refusal(
            code="include-too-large",
            message=f"the page includes more than {MAX_INCLUDED:,} characters",
            hint="include less, or split the page",
        )
    text, problems = clean_text(target, text)
    for problem in problems:
        session.add(problem)
    return cut_excerpt(target, text, part, dedent=kind == "text")


def cut_excerpt(file: str, text: str, part: str, *, dedent: bool) -> Excerpt | Refusal:
    """Cut a part out of a text with plain line ends; the whole of it where *part* is empty."""
    lines = text.removesuffix("\n").split("\n") if text else []
    numbered = _LINES.fullmatch(part)
    if not part:
        first, last = 1, len(lines)
    elif numbered:
        first = int(numbered[1])
        last = int(numbered[3]) if numbered[3] else len(lines) if numbered[2] else first
        if not 0 < first <= last:
            return Refusal(
                code="include-range", message=f"`{part}` is no range of lines", hint="write `#10-20`"
            )
        if last > len(lines):
            return Refusal(
                code="include-range",
                message=f"`{part}` ends after line {len(lines)}, the last of `{file}`",
                hint="name lines that the file has; a named region stays right when lines move",
            )
    else:
        region = _find_region(file, lines, part)
        if isinstance(region, Refusal):
            return region
        first, last = region
    kept = [line for line in lines[first - 1 : last] if not _is_marker(line)]
    if not any(line.strip() for line in kept):
        what = f"`#{part}` of `{file}`" if part else f"`{file}`"
        return Refusal(code="include-empty", message=f"{what} is empty", hint="name another part")
    if dedent:
        kept = _dedent(kept)
    elif len(kept) != last - first + 1:
        # Markdown is reported by its line: a marker leaves an empty line behind.
        kept = ["" if _is_marker(line) else line for line in lines[first - 1 : last]]
    return Excerpt(file=file, text="\n".join(kept) + "\n", first_line=first)


def _is_marker(line: str) -> bool:
    return "region:" in line and _MARKER.fullmatch(line) is not None


def _find_region(file: str, lines: list[str], name: str) -> tuple[int, int] | Refusal:
    names = []
    start = 0
    for number, line in enumerate(lines, 1):
        found = _MARKER.fullmatch(line) if "region:" in line else None
        if found is None:
            continue
        if not found[1]:
            names.append(found[2])
        if found[2] != name:
            continue
        if found[1] and start:
            return start + 1, number - 1
        if not found[1] and not start:
            start = number
    if start:
        return Refusal(
            code="include-region",
            message=f"the region `{name}` of `{file}` has no end",
            hint=f"write `endregion: {name}` behind it",
        )
    listed = ", ".join(f"`{other}`" for other in dict.fromkeys(names))
    return Refusal(
        code="include-region",
        message=f"`{file}` has no region `{name}`",
        hint=f"it has {listed}" if listed else f"write `region: {name}` and `endregion: {name}` around it",
    )


def _dedent(lines: list[str]) -> list[str]:
    """Take away the white space with which all lines begin that are not blank."""
    filled = [line for line in lines if line.strip()]
    prefix = posixpath.commonprefix(filled)
    width = len(prefix) - len(prefix.lstrip(" \t"))
    return [line[width:] for line in lines]
