"""The pass between blocks and inline text: what the first words of a block make of it.

GitHub's alerts (a quote that begins with `[!NOTE]`), task lists (an item that begins with `[ ]` or `[x]`), attributes
at the end of a heading and attributes on the line before a block. One walk over the tokens, with a stack for what is
open, so that the cost is linear whatever is nested.
"""

import re
from difflib import get_close_matches

from markdown_it.token import Token

from octavo.markdown.attributes import merge_attributes, split_attributes
from octavo.markdown.containers import NOTICES
from octavo.markdown.lookalikes import find_in_paragraph
from octavo.markdown.session import Session

__all__ = ["rewrite_blocks"]

_KINDS = ("NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION")
_UNKNOWN_ALERT = re.compile(r"\[!([A-Za-z][\w-]*)\](?![(\[])")
_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*([^\n]*)(?:\n|$)", re.IGNORECASE)
# GFM 0.29, section 5.3: a task marker, white space, and then something that is no white space.
_TASK = re.compile(r"\[([ xX])\][ \t\n]+(?=\S)")


def rewrite_blocks(tokens: list[Token], session: Session) -> list[Token]:
    """Give the tokens with alerts, tasks and attributes worked in."""
    out: list[Token] = []
    opened: list[Token] = []
    pending: list[Token] = []
    for index, token in enumerate(tokens):
        kind = token.type
        if kind == "attributes":
            pending.append(token)
            continue
        if pending:
            _attach(pending, tokens, index, session)
            pending = []
        if kind == "paragraph_open":
            _warn_lookalike(tokens[index + 1], session)
        elif kind == "heading_open":
            _take_heading_attributes(token, tokens[index + 1])
        elif kind == "blockquote_open":
            opened.append(token)
            if (alert := _find_alert(tokens, index)) is not None:
                _push_alert(out, tokens, index, alert)
                continue
            if tokens[index + 1].type == "paragraph_open":
                _warn_unknown_alert(tokens[index + 2], session)
        elif kind == "blockquote_close":
            if opened.pop().tag == "aside":
                token.tag, token.type = "aside", "notice_close"
        elif kind in {"bullet_list_open", "ordered_list_open"}:
            opened.append(token)
        elif kind in {"bullet_list_close", "ordered_list_close"}:
            opened.pop()
        elif kind == "list_item_open":
            _take_task(tokens, index, opened[-1])
        elif kind == "include_open":
            session.views.append(token.meta["view"])
        elif kind == "include_close":
            session.views.pop()
        if kind != "dropped":
            out.append(token)
    if pending:
        _warn_stray(pending, session)
    return out


def _warn_lookalike(inline: Token, session: Session) -> None:
    found = find_in_paragraph(inline.content)
    if found is not None:
        line = inline.map[0] if inline.map else 0
        column = session.view.excerpt(line).find(inline.content[:3]) + 1
        session.warn("shown-as-text", found[0], line, column=column, hint=found[1])


def _attach(pending: list[Token], tokens: list[Token], index: int, session: Session) -> None:
    """Give a block the attributes on the lines before it."""
    token = tokens[index]
    if token.nesting < 0 or not token.tag:
        _warn_stray(pending, session)
        return
    for item in pending:
        merge_attributes(token, item.meta["parsed"])
    if token.hidden and token.type == "paragraph_open":
        # The paragraph of a tight list item has no tag of its own; with attributes it needs one.
        token.hidden = tokens[index + 2].hidden = False


def _warn_stray(pending: list[Token], session: Session) -> None:
    for item in pending:
        session.warn(
            "stray-attributes",
            "the attributes belong to no block",
            item.map[0] if item.map else 0,
            hint="write them on the line before a paragraph, a list, a table or the like",
        )


def _take_heading_attributes(heading: Token, inline: Token) -> None:
    found = split_attributes(inline.content)
    if found is not None:
        inline.content = found[0]
        merge_attributes(heading, found[1:])


def _find_alert(tokens: list[Token], index: int) -> re.Match[str] | None:
    if index + 2 >= len(tokens) or tokens[index + 1].type != "paragraph_open":
        return None
    content = tokens[index + 2].content
    return _ALERT.match(content) if content.startswith("[!") else None


def _warn_unknown_alert(inline: Token, session: Session) -> None:
    found = _UNKNOWN_ALERT.match(inline.content)
    if found is not None:
        close = get_close_matches(found[1].upper(), _KINDS, n=1)
        hint = (
            f"did you mean `{close[0]}`?"
            if close
            else f"the kinds are {', '.join(f'`{kind}`' for kind in _KINDS)}"
        )
        line = inline.map[0] if inline.map else 0
        column = session.view.excerpt(line).find("[!") + 1
        session.warn("unknown-container", f"there is no alert `{found[1]}`", line, column=column, hint=hint)


def _push_alert(out: list[Token], tokens: list[Token], index: int, alert: re.Match[str]) -> None:
    """Turn a quote into a notice; the marker's line goes, what follows on it is the title."""
    quote, inline = tokens[index], tokens[index + 2]
    style, title = NOTICES[alert[1].lower()]
    first, last = inline.map or [0, 1]
    level = quote.level + 1
    quote.type, quote.tag = "notice_open", "aside"
    own_class = quote.attrs.get("class")
    quote.attrs["class"] = f"admonition {style}" + (f" {own_class}" if own_class else "")
    quote.attrs["role"] = "note"
    heading = Token("title_open", "p", 1, {"class": "admonition-title"}, block=True, level=level)
    content = Token("inline", "", 0, content=alert[2].strip() or title, children=[], map=[first, first + 1])
    content.level = level + 1
    out += [quote, heading, content, Token("title_close", "p", -1, block=True, level=level)]
    inline.content = inline.content[alert.end() :]
    inline.map = [min(first + 1, last), last]
    if not inline.content:
        for token in tokens[index + 1 : index + 4]:
            token.type = "dropped"


def _take_task(tokens: list[Token], index: int, parent: Token) -> None:
    if index + 2 >= len(tokens) or tokens[index + 1].type != "paragraph_open":
        return
    inline = tokens[index + 2]
    found = _TASK.match(inline.content)
    if found is None:
        return
    inline.content = inline.content[found.end() :]
    inline.meta["checked"] = found[1] != " "
    for token, name in ((tokens[index], "task"), (parent, "task-list")):
        if name not in str(token.attrs.get("class", "")).split():
            merge_attributes(token, ({"class": name}, ()))
