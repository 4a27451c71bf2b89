"""Hidden comments: an HTML comment whose first word is `hidden` never reaches the output.

They are read by rules of their own, before raw HTML, so that they stay hidden where `markdown: {html: false}` is set.
Inside a block of raw HTML they are dropped by `raw_html`.
"""

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from octavo.markdown.session import session_of

__all__ = ["HIDDEN", "hidden_block", "hidden_inline"]

HIDDEN = re.compile(r"<!--\s*hidden(?![\w-])")


def hidden_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    """Read a hidden comment that begins a line; like any comment it ends with the line that holds `-->`."""
    start = state.bMarks[start_line] + state.tShift[start_line]
    found = HIDDEN.match(state.src, start)
    if found is None or state.is_code_block(start_line):
        return False
    line = start_line
    end = state.src.find("-->", start, state.eMarks[line])
    while end < 0 and line + 1 < end_line:
        line += 1
        if state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            line -= 1
            break
        end = state.src.find("-->", state.bMarks[line], state.eMarks[line])
    if end >= 0 and state.src[end + 3 : state.eMarks[line]].strip():
        # Text follows the comment on its line: the comment belongs to a paragraph.
        return False
    if silent:
        return True
    if end < 0:
        session_of(state).warn(
            "unclosed-comment",
            "the hidden comment has no end; everything after it is hidden",
            start_line,
            hint="close it with `-->`",
        )
    token = state.push("hidden_comment", "", 0)
    token.map = [start_line, line + 1]
    token.content = state.src[start : end if end >= 0 else state.eMarks[line]]
    state.line = line + 1
    return True


def hidden_inline(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Read a hidden comment inside a paragraph."""
    if not state.src.startswith("<!--", state.pos) or not HIDDEN.match(state.src, state.pos):
        return False
    # A run of unclosed comments must not look for the end of each to the end of the text.
    if state.html_terminator_last("-->") < state.pos:
        return False
    end = state.src.find("-->", state.pos, state.posMax)
    if end < 0:
        return False
    if not silent:
        state.push("hidden_comment", "", 0).content = state.src[state.pos : end]
    state.pos = end + 3
    return True
