"""Formulas: `$...$` in a line, `$$...$$` on lines of their own, and where a dollar is a dollar.

A dollar opens a formula where no letter, digit or dollar stands before it and something that is no white space behind; it
closes one where something that is no white space stands before it and no letter, digit or dollar behind. These are
the rules of GitHub and pandoc: `$5 and $10` is text. A backslash makes a dollar text; a formula holds no backticks but
those of GitHub's other form, a dollar and a backtick on both sides.
"""

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from octavo.markdown.mathml import MAX_FORMULA
from octavo.markdown.session import session_of

__all__ = ["math_block", "math_inline"]

_MAX_LINES = 200
_CONTENT = re.compile(r"(?:[^$\\`]|\\.)++", re.DOTALL)


def math_inline(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Read a formula in a line of text."""
    src, start = state.src, state.pos
    if start and (src[start - 1].isalnum() or src[start - 1] == "$"):
        return False
    last = min(state.posMax, start + MAX_FORMULA + 4)
    display = src.startswith("$$", start, last)
    if display:
        end = src.find("$$", start + 2, last)
        content, after = src[start + 2 : end], end + 2
        if end < 0 or not content.strip():
            return False
    else:
        ticks = 1 if src.startswith("$`", start, last) else 0
        found = _CONTENT.match(src, start + 1 + ticks, last)
        if found is None or not src.startswith("`$" if ticks else "$", found.end(), last):
            return False
        content, after = found[0], found.end() + 1 + ticks
        if content[0].isspace() or content[-1].isspace():
            return False
    if after < state.posMax and (src[after].isalnum() or src[after] == "$"):
        return False
    if not silent:
        token = state.push("math", "", 0)
        token.content = content
        token.meta["display"] = display
    state.pos = after
    return True


def math_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    """Read a formula that begins a line with `$$` and ends one with `$$`, without a blank line between."""
    src = state.src
    start = state.bMarks[start_line] + state.tShift[start_line]
    if not src.startswith("$$", start) or state.is_code_block(start_line):
        return False
    lines: list[str] = []
    line, start, closed = start_line, start + 2, False
    while line < min(end_line, start_line + _MAX_LINES):
        if line > start_line:
            start = state.bMarks[line] + state.tShift[line]
            if state.isEmpty(line) or state.sCount[line] < state.blkIndent:
                break
        text = src[start : state.eMarks[line]].rstrip()
        end = text.find("$$")
        if end >= 0:
            lines.append(text[:end])
            # What follows on the line makes the formula a part of a paragraph.
            closed = end == len(text) - 2
            if not closed:
                return False
            break
        lines.append(text)
        line += 1
    content = "\n".join(lines).strip()
    if not closed or not content:
        if not closed and not silent and not lines[0]:
            session_of(state).warn(
                "math-syntax",
                "the formula is not closed",
                start_line,
                hint="close it with `$$`; it holds no blank line",
            )
        return False
    if silent:
        return True
    token = state.push("math_block", "div", 0)
    token.block = True
    token.map = [start_line, line + 1]
    token.content = content
    state.line = line + 1
    return True
