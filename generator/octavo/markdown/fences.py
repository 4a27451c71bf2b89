"""Code blocks of a page: included code, attributes, ends that are missing; their HTML is made by `code`.

A block that a tutorial may show in its own way stands between two slots (`octavo.model.PageBody`).
"""

import re

from markdown_it.token import Token

from octavo.errors import Diagnostic, Location
from octavo.markdown.code import parse_fence_info, render_fence
from octavo.markdown.draft import PageDraft
from octavo.markdown.htmltext import escape
from octavo.markdown.includes import Refusal, read_include

__all__ = ["write_code", "write_math"]

_MATH = "math"
"""The language of a fence that holds a formula, as GitHub has it."""
_SHOWN_BY_TUTORIALS = frozenset({"console", "http", "pycon"})
_SIGNS = {"`": "backticks", "~": "tildes"}
_OPENING = re.compile(r" {0,3}(`{3,}(?= *[\w{][^`]*$)|~{3,}(?= *[\w{]))")
"""A fence with a language or attributes: CommonMark 0.31.2, section 4.5."""


def write_code(draft: PageDraft, token: Token) -> str:
    """Give the HTML of a fenced or indented code block."""
    session = draft.session
    line = token.map[0] if token.map else 0
    content = token.content
    if content and not content.endswith("\n"):
        content += "\n"
    info = token.info
    own = True
    if token.type == "fence":
        if token.map and not _is_closed(token):
            session.warn(
                "unclosed-fence",
                "the code block is not closed",
                line,
                hint=f"close it with a line of {len(token.markup)} {_SIGNS[token.markup[0]]}",
            )
        elif inner := _inner_fence(token):
            session.warn(
                "unclosed-fence",
                f"another code block begins in this one, on line {session.view.location(line + inner).line}",
                line,
                hint=f"close this one before it; if it shows a fence, open it with more {_SIGNS[token.markup[0]]}",
            )
        identifier = token.attrs.get("id")
        if "#" in info or "include=" in info:
            fence = parse_fence_info(info)
            identifier = fence.id or identifier
            if fence.include:
                own = False
                content = _included(draft, fence.include, content, line)
                if not content:
                    return f'<p class="include-failed">{escape(fence.include)}</p>\n'
    else:
        info = ""
        identifier = token.attrs.get("id")
    if info.partition(" ")[0] == _MATH and content.strip():
        return _formula(draft, token, info, content.strip(), line)
    taken = not identifier or draft.take_id(str(identifier), line)
    if not taken:
        info = info.replace(f"#{identifier}", "", 1)
    attributes = tuple((name, str(value)) for name, value in token.attrs.items() if name != "id" or taken)
    text, problems = render_fence(
        info,
        content,
        attrs=attributes,
        location=session.view.location(line),
        excerpt=session.view.excerpt(line),
    )
    for problem in problems:
        session.add(problem)
    return _noted(
        draft, token, info, content, line, text, str(identifier) if identifier and taken else "", own=own
    )


def write_math(formula: str, attributes: str = "", classes: str = "") -> str:
    """Give the box of a formula on lines of its own; it scrolls by keyboard where it is wider than the text."""
    names = escape(f"tbl math {classes}".strip())
    return f'<div class="{names}"{attributes} tabindex="0" role="group" aria-label="\0wformula\0">{formula}</div>\n'


def _formula(draft: PageDraft, token: Token, info: str, content: str, line: int) -> str:
    fence = parse_fence_info(info)
    identifier = fence.id or str(token.attrs.get("id", ""))
    taken = f' id="{escape(identifier)}"' if identifier and draft.take_id(identifier, line) else ""
    classes = " ".join((*fence.classes, str(token.attrs.get("class", "")))).strip()
    return write_math(draft.formula(content, line + 1, display=True), taken, classes)


def _noted(
    draft: PageDraft,
    token: Token,
    info: str,
    content: str,
    line: int,
    text: str,
    identifier: str,
    *,
    own: bool,
) -> str:
    """Note a block for tutorials, and give its HTML between slots where they may show it otherwise."""
    fence = parse_fence_info(info)
    number = draft.blocks.note(
        fence, content, line, fenced=token.type == "fence", identifier=identifier, own=own
    )
    if fence.title or fence.language in _SHOWN_BY_TUTORIALS:
        return f"\0b{number}\0{text}\0e{number}\0"
    return text


def _is_closed(token: Token) -> bool:
    first, last = token.map or (0, 0)
    lines = token.content.count("\n") + (not token.content.endswith("\n") and bool(token.content))
    return last - first >= lines + 2


def _inner_fence(token: Token) -> int:
    """Count the lines from the fence of a block to one within it that opens a block, by its language; 0 without one.

    The next closing fence closes the outer block, so whoever means to show such a line takes a longer fence around it.
    """
    if token.markup not in token.content:
        return 0
    for number, text in enumerate(token.content.split("\n"), 1):
        opening = _OPENING.match(text)
        if opening and opening[0].lstrip(" ").startswith(token.markup):
            return number
    return 0


def _included(draft: PageDraft, reference: str, content: str, line: int) -> str:
    """Give the text that stands in for the content of a fence; empty, with an error, where there is none."""
    session = draft.session
    if content.strip():
        session.warn(
            "include-content",
            "the lines of a code block that includes a file are not shown",
            line,
            hint="leave the block empty, and close it on the line below",
        )
    found = read_include(session, reference, "text")
    if not isinstance(found, Refusal):
        return found.text
    if not found.code:
        return ""
    place = session.view.location(line)
    excerpt = session.view.excerpt(line)
    column = excerpt.find(reference) + 1
    session.add(
        Diagnostic(
            code=found.code,
            severity="error",
            message=found.message,
            location=Location(place.file, place.line, column or place.column),
            excerpt=excerpt,
            hint=found.hint,
        )
    )
    return ""
