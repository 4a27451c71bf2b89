"""Bare addresses become links: `https://...`, `http://...` and mail addresses.

Addresses without a scheme stay text: `example.com` and `app.py` look alike. Where an address ends is decided by
linkify-it; mail addresses follow GFM 0.29, section 6.9.
"""

import re
from functools import lru_cache

from linkify_it import LinkifyIt  # type: ignore[import-untyped]  # it ships no types
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

__all__ = ["bare_url", "link_mail_addresses"]

_SCHEME = re.compile(r"(?<![A-Za-z0-9+.\-])(?:https?|HTTPS?)$")
_UNBROKEN = re.compile(r"[^\s<]*")
# linkify-it looks for the end of an open parenthesis as far as it is let.
_LONGEST = 2_000
# The lookbehind makes sure that a run of letters is tried once, from its beginning.
_MAIL = re.compile(
    r"(?<![A-Za-z0-9._+\-])(?:mailto:)?([A-Za-z0-9._+\-]+@[A-Za-z0-9_\-]++(?:\.[A-Za-z0-9_\-]++)++)(?<![_\-])(?![@/]|:\S)"
)


@lru_cache(maxsize=1)
def _linkify() -> LinkifyIt:
    return LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})


def bare_url(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Read an address at its `://`, taking its scheme back from the text before."""
    position = state.pos
    if not state.src.startswith("://", position) or state.linkLevel > 0:
        return False
    scheme = _SCHEME.search(state.src, max(0, position - 6), position)
    if scheme is None or (not silent and not state.pending.endswith(scheme[0])):
        return False
    window = _UNBROKEN.match(state.src, position, min(state.posMax, position + _LONGEST))
    length = _linkify().test_schema_at(window[0], "http:", 1) if window else 0
    address = state.src[scheme.start() : position + 1 + length].rstrip("*_~")
    if not length or len(address) <= len(scheme[0]) + 3:
        return False
    target = state.md.normalizeLink(address)
    if not state.md.validateLink(target):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme[0])]
        token = state.push("link_open", "a", 1)
        token.attrs = {"href": target}
        token.info = "auto"
        state.push("text", "", 0).content = address
        state.push("link_close", "a", -1).info = "auto"
    state.pos = scheme.start() + len(address)
    return True


def link_mail_addresses(tokens: list[Token]) -> list[Token]:
    """Give inline tokens with the mail addresses of their texts as links; texts in links are left alone."""
    out: list[Token] = []
    depth = 0
    for token in _joined(tokens):
        if token.type == "link_open" or (token.type == "html_inline" and token.content[:2].lower() == "<a"):
            depth += 1
        elif token.type == "link_close" or (
            token.type == "html_inline" and token.content[:3].lower() == "</a"
        ):
            depth -= 1
        if token.type != "text" or depth > 0 or "@" not in token.content:
            out.append(token)
            continue
        position = 0
        for found in _MAIL.finditer(token.content):
            if found.start() > position:
                out.append(_text(token.content[position : found.start()], token.level))
            opening = Token(
                "link_open", "a", 1, {"href": f"mailto:{found[1]}"}, level=token.level, info="auto"
            )
            closing = Token("link_close", "a", -1, level=token.level, info="auto")
            out += [opening, _text(found[0], token.level + 1), closing]
            position = found.end()
        if position < len(token.content):
            out.append(_text(token.content[position:], token.level))
    return out


def _text(content: str, level: int) -> Token:
    return Token("text", "", 0, content=content, level=level)


def _joined(tokens: list[Token]) -> list[Token]:
    """Join neighbouring texts, so that an address is found whole."""
    out: list[Token] = []
    run: list[str] = []
    for token in tokens:
        if token.type == "text":
            run.append(token.content)
            continue
        if run:
            out.append(_text("".join(run), token.level))
            run = []
        out.append(token)
    if run:
        out.append(_text("".join(run), 0))
    return out
