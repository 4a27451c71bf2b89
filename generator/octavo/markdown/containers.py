"""Containers between lines of colons: `::: tip A title` ... `:::`.

Known are the notices (`note`, `tip`, `important`, `warning`, `caution`, `danger`, `info`), `details`, `tabs` with `tab`,
`steps` and `include`.
Containers nest; the inner one may use as many colons as the outer one, but more colons outside read better. The end
of a container is looked for outside fenced code.
"""

import re
from difflib import get_close_matches

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from octavo.markdown.attributes import merge_attributes, split_attributes
from octavo.markdown.include_block import include_block
from octavo.markdown.session import session_of
from octavo.markdown.tabs import finish_steps, finish_tabs, in_tabs, open_tab, open_tabs

__all__ = ["NOTICES", "container", "push_notice_title"]

NOTICES = {
    "note": ("note", "\0wnote\0"),
    "tip": ("tip", "\0wtip\0"),
    "important": ("important", "\0wimportant\0"),
    "warning": ("warning", "\0wwarning\0"),
    "caution": ("caution", "\0wcaution\0"),
    "danger": ("caution", "\0wdanger\0"),
    "info": ("note", "\0winfo\0"),
}
"""Each notice with its style and its title where the author gives none: a word of the theme, by its slot."""

_NAMES = (*NOTICES, "details", "include", "steps", "tab", "tabs")
_LINE = re.compile(r"(:{3,})[ \t]*(?:([A-Za-z][\w-]*)(?:[ \t]+(.*))?)?$")
_FENCE = re.compile(r"(`{3,}|~{3,})(.*)")
_OPEN = re.compile(r"[ \t]*\{[ \t]*open[ \t]*\}$")


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()


def _find_end(state: StateBlock, start_line: int, end_line: int, colons: int) -> tuple[int, bool]:
    """Find the closing line of a container; without one, the line where its surroundings end."""
    open_colons = [colons]
    fence = ""
    for line in range(start_line + 1, end_line):
        if state.isEmpty(line):
            continue
        if state.sCount[line] < state.blkIndent:
            return line, False
        first = state.src[state.bMarks[line] + state.tShift[line]]
        if first not in ":`~" or state.is_code_block(line):
            continue
        text = _line(state, line)
        if first != ":":
            fence = _fence_after(fence, text)
            continue
        found = None if fence else _LINE.match(text)
        if found is None:
            continue
        count = len(found[1])
        if found[2]:
            # An include stands for itself and need not be closed.
            if found[2].lower() != "include":
                open_colons.append(count)
        elif count in open_colons:
            while open_colons.pop() != count:
                pass
        elif open_colons[-1] < count:
            open_colons.pop()
        if not open_colons:
            return line, True
    return end_line, False


def _fence_after(fence: str, text: str) -> str:
    found = _FENCE.match(text)
    if found is None:
        return fence
    if not fence:
        return "" if found[1][0] == "`" and "`" in found[2] else found[1]
    closes = found[1].startswith(fence) and not found[2].strip()
    return "" if closes else fence


def container(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    """Read a container."""
    if not state.src.startswith(":::", state.bMarks[start_line] + state.tShift[start_line]):
        return False
    found = _LINE.match(_line(state, start_line))
    if found is None or state.is_code_block(start_line):
        return False
    name = (found[2] or "").lower()
    if not name:
        if not silent:
            session_of(state).warn(
                "stray-container-end",
                f"`{found[1]}` closes nothing",
                start_line,
                hint="remove the line, or check the opening line above",
            )
        return False
    if silent:
        return True
    if name == "include":
        return include_block(state, start_line, end_line, found[3] or "", len(found[1]))
    line, closed = _find_end(state, start_line, end_line, len(found[1]))
    if not closed:
        session_of(state).warn(
            "unclosed-container",
            f"the container `{name}` is not closed",
            start_line,
            hint=f"close it with a line `{found[1]}`",
        )
    old_parent, old_maximum = state.parentType, state.lineMax
    state.parentType = "container"
    # Lazy lines of a paragraph must not run over the closing line.
    state.lineMax = line
    opening, containers = len(state.tokens), session_of(state).containers
    closing = _open_container(state, start_line, line, name, (found[3] or "").strip())
    containers.append((name, state.tokens[opening].level))
    state.md.block.tokenize(state, start_line + 1, line)
    containers.pop()
    if name == "tabs":
        finish_tabs(state, opening, start_line)
    elif name == "steps":
        finish_steps(state, opening, start_line)
    state.push(closing.type, closing.tag, -1)
    state.parentType, state.lineMax = old_parent, old_maximum
    state.line = line + 1 if closed else line
    return True


def _open_container(state: StateBlock, start_line: int, end_line: int, name: str, rest: str) -> Token:
    """Push the opening tokens of a container, and give the closing one."""
    is_open = False
    fallback = ""
    opening = len(state.tokens)
    if name == "details" and (found := _OPEN.search(rest)):
        is_open, rest = True, rest[: found.start()]
    parsed = split_attributes(rest) if rest else None
    title, attributes = (parsed[0], parsed[1:]) if parsed else (rest, None)
    if name in NOTICES:
        style, fallback = NOTICES[name]
        token = state.push("notice_open", "aside", 1)
        token.attrs = {"class": f"admonition {style}", "role": "note"}
        closing = Token("notice_close", "aside", -1)
    elif name == "details":
        fallback = "\0wdetails\0"
        token = state.push("details_open", "details", 1)
        if is_open:
            token.attrs = {"open": ""}
        closing = Token("details_close", "details", -1)
    elif name == "tabs":
        open_tabs(state, title)
        closing, title = Token("tabs_close", "div", -1), ""
    elif name == "tab" and in_tabs(state):
        open_tab(state, title or "\0wtab\0", start_line)
        closing, title = Token("tab_close", "section", -1), ""
    elif name == "steps":
        token = state.push("steps_open", "div", 1)
        token.attrs = {"class": "steps"}
        closing = Token("steps_close", "div", -1)
    else:
        _warn_unknown(state, start_line, name)
        token = state.push("container_open", "div", 1)
        closing = Token("container_close", "div", -1)
    token = state.tokens[opening]
    token.map = [start_line, end_line]
    if attributes:
        merge_attributes(token, attributes)
    if title or fallback:
        kind = "summary" if name == "details" else "p"
        push_notice_title(state, kind, title or fallback, start_line)
    return closing


def push_notice_title(state: StateBlock, tag: str, title: str, line: int) -> None:
    """Push the title of a container as a block of its own."""
    token = state.push("title_open", tag, 1)
    if tag == "p":
        token.attrs = {"class": "admonition-title"}
    inline = state.push("inline", "", 0)
    inline.content = title
    inline.map = [line, line + 1]
    inline.children = []
    state.push("title_close", tag, -1)


def _warn_unknown(state: StateBlock, line: int, name: str) -> None:
    if name == "tab":
        hint = "write `:::: tabs` above the first tab, and `::::` below the last"
        session_of(state).warn("container-content", "`tab` does not stand in `tabs`", line, hint=hint)
        return
    close = get_close_matches(name, _NAMES, n=1)
    hint = (
        f"did you mean `{close[0]}`?" if close else f"known are {', '.join(f'`{known}`' for known in _NAMES)}"
    )
    session_of(state).warn("unknown-container", f"there is no container `{name}`", line, hint=hint)
