"""The block parser: markdown-it's rules behind a dispatch by first character, with nesting counted and nothing lost.

markdown-it drops what stands deeper than its limit. Here the depth is that of the blocks around a text, the text
beyond the limit becomes a plain paragraph, and the place where it begins is an error.
"""

from collections.abc import Callable
from typing import Any

from markdown_it.common.utils import mdTrim
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import StateBlock

from octavo.markdown.session import session_of

__all__ = ["BlockParser", "BlockRule", "paragraph"]

BlockRule = Callable[[StateBlock, int, int, bool], bool]

_FIRST = {
    "fence": "`~",
    "container": ":",
    "attributes": "{",
    "math": "$",
    "blockquote": ">",
    "hr": "-*_",
    "list": "-+*0123456789",
    "footnote_def": "[",
    "reference": "[",
    "hidden_comment": "<",
    "html_block": "<",
    "heading": "#",
}
"""The characters with which a line of the rule begins; a rule that is not listed is asked for every line."""

_ENDING_FIRST = {**_FIRST, "deflist": ":~"}
"""The same for the question whether a line ends the paragraph before it."""


class BlockParser(ParserBlock):
    """Tokenizes blocks."""

    def __init__(self) -> None:
        super().__init__()
        self._starting: dict[str, tuple[BlockRule, ...]] = {}
        self._starting_other: tuple[BlockRule, ...] = ()
        self._ending: dict[str, tuple[BlockRule, ...]] = {}
        self._code: BlockRule | None = None
        self._table: BlockRule | None = None

    def compile(self, rules: tuple[tuple[str, BlockRule, bool], ...]) -> None:
        """Build the dispatch tables; a rule is its name, its function and whether it ends a paragraph."""
        self._code = next(function for name, function, _ in rules if name == "code")
        self._table = next(function for name, function, _ in rules if name == "table")
        others = [rule for rule in rules if rule[0] != "code"]
        firsts = sorted(set("".join(_FIRST.values())))
        self._starting = {
            first: tuple(function for name, function, _ in others if first in _FIRST.get(name, first))
            for first in firsts
        }
        self._starting_other = tuple(function for name, function, _ in others if name not in _FIRST)
        self._ending = {
            first: tuple(
                function for name, function, ends in others if ends and first in _ENDING_FIRST.get(name, "")
            )
            for first in firsts
        }

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803
        """Tokenize the blocks of a range of lines."""
        session = session_of(state)
        if session.depth >= session.options.max_nesting:
            _overflow(state, startLine, endLine)
            return
        session.depth += 1
        line = startLine
        has_empty_lines = False
        starting, other, code = self._starting, self._starting_other, self._code
        src, starts, shifts, ends, indents = state.src, state.bMarks, state.tShift, state.eMarks, state.sCount
        while line < endLine:
            while line < endLine and starts[line] + shifts[line] >= ends[line]:
                line += 1
            state.line = line
            if line >= endLine or indents[line] < state.blkIndent:
                break
            if indents[line] - state.blkIndent >= 4 and code is not None:
                code(state, line, endLine, False)
            else:
                for rule in starting.get(src[starts[line] + shifts[line]], other):
                    if rule(state, line, endLine, False):
                        break
            state.tight = not has_empty_lines
            line = state.line
            if line - 1 < endLine and state.isEmpty(line - 1):
                has_empty_lines = True
            if line < endLine and state.isEmpty(line):
                has_empty_lines = True
                line += 1
                state.line = line
        session.depth -= 1

    def ends_paragraph(self, state: StateBlock, line: int, end_line: int) -> bool:
        """Tell whether a line, which is not indented as code, begins a block that ends the paragraph before it."""
        src = state.src
        start = state.bMarks[line] + state.tShift[line]
        rules = self._ending.get(src[start])
        if rules:
            for rule in rules:
                if rule(state, line, end_line, True):
                    return True
        following = line + 1
        if following < end_line:
            # A table begins where the next line is its rule of dashes; the whole of it is checked by the table's rule.
            below = state.bMarks[following] + state.tShift[following]
            if below < state.eMarks[following] and src[below] in "|-:" and self._table is not None:
                return self._table(state, line, end_line, True)
        return False


def _overflow(state: StateBlock, start_line: int, end_line: int) -> None:
    session = session_of(state)
    line = start_line + 1
    while line < end_line and (state.isEmpty(line) or state.sCount[line] >= state.blkIndent):
        line += 1
    if not session.overflowed:
        session.overflowed = True
        session.fail(
            "nesting-too-deep",
            f"blocks are nested more than {session.options.max_nesting} deep",
            start_line,
            hint="nest less, or raise `markdown: {max_nesting: ...}` in site.yaml",
        )
    state.push("paragraph_open", "p", 1).map = [start_line, line]
    token = state.push("inline", "", 0)
    token.content = mdTrim(state.getLines(start_line, line, state.blkIndent, False))
    token.map = [start_line, line]
    token.children = []
    state.push("paragraph_close", "p", -1)
    state.line = line


def _underline(state: StateBlock, line: int) -> int:
    """Give the heading level that a line of `=` or `-` makes of the paragraph above, or 0."""
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip(" \t")
    if text.strip("=") == "":
        return 1
    return 2 if text.strip("-") == "" else 0


def paragraph(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001, ARG001
    """Read a paragraph or an underlined heading (CommonMark 0.31, sections 4.3 and 4.8) in one pass over its lines."""
    parser: Any = state.md.block
    old_parent = state.parentType
    state.parentType = "paragraph"
    src, starts, shifts, ends, indents = state.src, state.bMarks, state.tShift, state.eMarks, state.sCount
    maximum = state.lineMax
    level = 0
    line = start_line + 1
    while line < maximum:
        start = starts[line] + shifts[line]
        if start >= ends[line]:
            break
        if indents[line] - state.blkIndent <= 3:
            if src[start] in "=-" and line < end_line and indents[line] >= state.blkIndent:
                level = _underline(state, line)
                if level:
                    break
            if indents[line] >= 0 and parser.ends_paragraph(state, line, maximum):
                break
        line += 1
    content = mdTrim(state.getLines(start_line, line, state.blkIndent, False))
    state.line = line + 1 if level else line
    kind, tag = ("heading", f"h{level}") if level else ("paragraph", "p")
    state.push(f"{kind}_open", tag, 1).map = [start_line, state.line]
    token = state.push("inline", "", 0)
    token.content = content
    token.map = [start_line, line]
    token.children = []
    state.push(f"{kind}_close", tag, -1)
    state.parentType = old_parent
    return True
