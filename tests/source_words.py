"""The words of a Markdown text and of a page, found without a Markdown parser.

The two sides are made to be compared: what a reader must find of a source, and what a page shows. The source side is
conservative. It leaves out whatever a Markdown dialect may swallow (targets, definitions, info strings, attributes,
names of containers, tags, markers of lists and tasks, formulas) and keeps the rest in its order.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

__all__ = ["missing_words", "source_words", "tree_letters"]

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?:.*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FENCE = re.compile(r"^([ \t>]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*)(`{3,}(?=[^`\n]*$)|~{3,})(.*)$")
_SPAN_OR_COMMENT = re.compile(
    r"(?<![`\\])(`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)\1(?!`)|<!--.*?(?:-->|\Z)", re.DOTALL
)
_BLANK = re.compile(r"\n(?:[ \t>]*\n)+")
_NOTE = re.compile(r"[ \t>]*\[\^[^\]\s]+\]:")
_WORD = re.compile(r"[^\W_]+")

_LINE_NOISE = re.compile(
    r"""^[ \t>]*(?:
        :{3,}[ \t]*(?:include\b.*|[\w-]+)?                              # the fence of a container, its name
      | (?:[-*+]|[0-9]{1,9}[.)])(?:[ \t]+(?:[-*+]|[0-9]{1,9}[.)]))*     # markers of lists
        [ \t]+(?:\[[ xX]\](?=[ \t]))?                                   # and of tasks
      | (?:[*+-][ ]+)?\[[^\]\n^][^\]\n]*\]:(?:[ \t]*\n?[ \t]*)\S+(?:[ \t]+(?:"[^"\n]*"|'[^'\n]*'|\([^)\n]*\)))?[ \t]*$
    )""",
    re.VERBOSE | re.MULTILINE,
)
_INLINE = re.compile(
    r"""
      (?<![`\\])(?P<ticks>`+)(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)
    | \$\$.+?\$\$ | (?<![\w\\$])\$(?![\s$])[^$\n]*?(?<![\s\\])\$(?![\w$])   # formulas, whose words are signs on the page
    | <(?P<auto>[a-z]+:[^\s<>]*|[^\s<>@/]+@[^\s<>]+)>
    | </?[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>
    | \[![A-Za-z]+\]
    | \[\^[^\]\s]+\]:?
    | \]\(\s*(?:<[^<>\n]*>|(?:[^\s()]|\([^\s()]*\))*)(?P<title>\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)
    | \]\[[^\[\]]*\]
    | \{[ ]*open[ ]*\}$
    | \{:?[ ]*(?:[\w-]+[ ]+)*(?:[#.][^\s{}]+|[\w:.@-]+=(?:"[^"]*"|'[^']*'|[^\s{}"']+))
      (?:[ ]+(?:[#.][^\s{}]+|[\w:.@-]+=(?:"[^"]*"|'[^']*'|[^\s{}"']+)|[\w-]+))*[ ]*\}
    """,
    re.VERBOSE | re.DOTALL,
)


def source_words(text: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Give the words of every paragraph and code block, and whether it may stand elsewhere on the page (footnotes)."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = _FRONT_MATTER.sub("", text)
    in_note = False
    for piece, is_code in _pieces(text):
        if is_code:
            yield tuple(_WORD.findall(piece)), in_note
            continue
        shown = _SPAN_OR_COMMENT.sub(lambda found: found[0] if found[1] else " ", piece)
        for paragraph in _BLANK.split(shown):
            if paragraph.strip():
                indented = paragraph.lstrip("\n").startswith(("    ", "\t"))
                in_note = _NOTE.match(paragraph.lstrip("\n")) is not None or (in_note and indented)
                yield tuple(_WORD.findall(_prose(paragraph))), in_note


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Cut a text into prose and fenced code, without the lines of the fences."""
    lines: list[str] = []
    fence, column, is_formula = "", 0, False
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if not fence and found:
            yield "\n".join(lines), False
            lines, fence, column = [], found[2], len(found[1])
            is_formula = found[3].split()[:1] == ["math"]
        elif (
            fence
            and found
            and found[2].startswith(fence)
            and len(found[1]) < column + 4
            and not found[3].strip()
        ):
            # Four columns further in, it is a line of the code.
            if not is_formula:
                yield "\n".join(lines), True
            lines, fence = [], ""
        else:
            lines.append(line)
    yield "\n".join(lines), bool(fence)


def _prose(paragraph: str) -> str:
    paragraph = _LINE_NOISE.sub(" ", paragraph)
    return html.unescape(_INLINE.sub(_kept, paragraph))


def _kept(found: re.Match[str]) -> str:
    kept = found["code"] or found["auto"] or found["title"]
    if found["code"]:
        # A piece of code shows its entities as they are written.
        kept = kept.replace("&", "&amp;")
    return f" {kept} " if kept else ("] " if found[0][0] == "]" else "")


def tree_letters(element: Any) -> str:
    """Give all letters and digits that an element of html5lib's shows, in their order, texts of images and tips too."""
    out: list[str] = []
    _collect(element, out)
    return "".join(_WORD.findall(" ".join(out)))


def _collect(element: Any, out: list[str]) -> None:
    if isinstance(element.tag, str):
        out.append(element.text or "")
        out.append(element.get("alt") or "")
        for child in element:
            _collect(child, out)
        out.append(element.get("title") or "")
    out.append(element.tail or "")


def missing_words(source: str, letters: str) -> list[str]:
    """Give the words of a source that a page does not show in their order, each with the words before it."""
    missing: list[str] = []
    cursor = 0
    before: list[str] = []
    for words, is_moved in source_words(source):
        position = 0 if is_moved else cursor
        for word in words:
            found = letters.find(word, position)
            if found < 0:
                missing.append(" ".join([*before[-4:], f"[{word}]"]))
            else:
                position = found + len(word)
            before.append(word)
        if not is_moved:
            cursor = position
    return missing
