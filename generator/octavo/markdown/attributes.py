"""Attributes in braces: `{#id .class key="value"}`.

They stand after an image, a link, a piece of code or a text in brackets, at the end of a heading, at the end of the
opening line of a container, or alone on the line before a block. Only harmless ones are taken over: never `style` nor
event handlers.
"""

import re
from collections.abc import Iterator

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

__all__ = [
    "attributes_block",
    "attributes_inline",
    "attributes_span",
    "merge_attributes",
    "parse_attributes",
    "split_attributes",
]

_ITEM = (
    r"#(?P<id>[^\s{}\"'<>=`\\#]+)"
    r"|\.(?P<class>[^\s{}\"'<>=`\\.#]+)"
    r"|(?P<key>[A-Za-z][\w:.\-]*)=(?:\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)'|(?P<bare>[^\s{}\"'<>=`\\]+))"
)
_UNNAMED = re.sub(r"\?P<\w+>", "?:", _ITEM)
_BLOCK = re.compile(rf"\{{[ \t]*(?:(?:{_UNNAMED})(?:[ \t]+|(?=\}})))+\}}")
_ITEMS = re.compile(_ITEM)
_DATA = re.compile(r"data-[a-z0-9_.\-]+")
_LANGUAGE = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_NUMBER = re.compile(r"[0-9]+")
_ANY = re.compile(r"")

_ALLOWED = {
    "width": _NUMBER,
    "height": _NUMBER,
    "loading": re.compile(r"lazy|eager"),
    "lang": _LANGUAGE,
    "dir": re.compile(r"ltr|rtl|auto"),
    "title": _ANY,
}

_AFTER = frozenset({"image", "code_inline", "link_close", "span_close"})


def _items(text: str) -> Iterator[tuple[str, str]]:
    for found in _ITEMS.finditer(text):
        kind = found.lastgroup
        if kind in {"id", "class"}:
            yield kind, found[kind]
        else:
            yield found["key"].lower(), found["double"] or found["single"] or found["bare"] or ""


def parse_attributes(text: str) -> tuple[dict[str, str], tuple[str, ...]] | None:
    """Parse a whole text `{...}`: the attributes taken over, and those dropped; None where it is no such list."""
    if not _BLOCK.fullmatch(text):
        return None
    kept: dict[str, str] = {}
    dropped = []
    for name, value in _items(text[1:-1]):
        if name == "class":
            kept["class"] = f"{kept['class']} {value}" if "class" in kept else value
        elif name == "id" and not re.search(r"\s", value) and value:
            kept["id"] = value
        elif _DATA.fullmatch(name):
            kept[name] = value
        else:
            pattern = _ALLOWED.get(name)
            if pattern is not None and (pattern is _ANY or pattern.fullmatch(value)):
                kept[name] = value
            else:
                dropped.append(f"{name}={value}" if pattern else name)
    return kept, tuple(dropped)


def split_attributes(text: str) -> tuple[str, dict[str, str], tuple[str, ...]] | None:
    """Cut a list of attributes off the end of a line; None where there is none."""
    if not text.endswith("}"):
        return None
    start = text.rfind("{")
    if start < 0 or text.endswith("\\", 0, start):
        return None
    parsed = parse_attributes(text[start:])
    return None if parsed is None else (text[:start].rstrip(), *parsed)


def merge_attributes(token: Token, parsed: tuple[dict[str, str], tuple[str, ...]]) -> None:
    """Lay attributes over those of a token; the dropped ones are noted in its meta for the writer to report."""
    kept, dropped = parsed
    for name, value in kept.items():
        if name == "class" and "class" in token.attrs:
            token.attrs["class"] = f"{token.attrs['class']} {value}"
        else:
            token.attrs[name] = value
            if name == "title":
                token.meta["title_attribute"] = True
    if dropped:
        token.meta["dropped"] = (*token.meta.get("dropped", ()), *dropped)


def attributes_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    """Read a line that holds nothing but attributes for the block on the next line."""
    start = state.bMarks[start_line] + state.tShift[start_line]
    if not state.src.startswith("{", start) or state.is_code_block(start_line):
        return False
    following = start_line + 1
    if following >= end_line or state.isEmpty(following) or state.sCount[following] < state.blkIndent:
        return False
    parsed = parse_attributes(state.src[start : state.eMarks[start_line]].rstrip())
    if parsed is None:
        return False
    if silent:
        return True
    token = state.push("attributes", "", 0)
    token.map = [start_line, following]
    token.meta["parsed"] = parsed
    state.line = following
    return True


def _opening(tokens: list[Token]) -> Token:
    level = tokens[-1].level
    if tokens[-1].nesting >= 0:
        return tokens[-1]
    return next(token for token in reversed(tokens) if token.nesting > 0 and token.level == level)


def attributes_inline(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Read attributes right after an image, a link, a piece of code or a span."""
    if state.src[state.pos] != "{" or state.pending or not state.tokens:
        return False
    last = state.tokens[-1]
    if last.type not in _AFTER:
        return False
    found = _BLOCK.match(state.src, state.pos, state.posMax)
    parsed = parse_attributes(found[0]) if found else None
    if found is None or parsed is None:
        return False
    if not silent:
        merge_attributes(_opening(state.tokens), parsed)
    state.pos = found.end()
    return True


def attributes_span(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Read a text in brackets followed by attributes: `[some words]{.class}`."""
    if state.src[state.pos] != "[" or state.src.find("]{", state.pos, state.posMax) < 0:
        return False
    label_end = state.md.helpers.parseLinkLabel(state, state.pos, False)
    if label_end < 0:
        return False
    found = _BLOCK.match(state.src, label_end + 1, state.posMax)
    parsed = parse_attributes(found[0]) if found else None
    if found is None or parsed is None:
        return False
    if not silent:
        maximum = state.posMax
        state.pos += 1
        state.posMax = label_end
        token = state.push("span_open", "span", 1)
        merge_attributes(token, parsed)
        state.md.inline.tokenize(state)
        state.push("span_close", "span", -1)
        state.posMax = maximum
    state.pos = found.end()
    return True
