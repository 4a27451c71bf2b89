"""Tables (GFM 0.29, section 4.10), with two things said that GFM leaves unsaid.

Cells beyond the last column are not shown, and markdown-it ends a table where too many short rows would have to be
filled up. Both are reported. Alignment becomes a class in the writer, since style attributes fall to a strict policy.
"""

from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import table as parse_table
from markdown_it.rules_block.table import escapedSplit

from octavo.markdown.session import Session, session_of

__all__ = ["MAX_FILLED", "table"]

MAX_FILLED = 65_536
"""How many missing cells a page may have filled up."""


def table(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    """Read a table."""
    below = start_line + 1
    if below >= end_line:
        return False
    start = state.bMarks[below] + state.tShift[below]
    # Nearly every line fails here, before a function call of markdown-it's.
    if start >= state.eMarks[below] or state.src[start] not in "|-:":
        return False
    session = session_of(state)
    if session.cells > MAX_FILLED:
        return False
    first = len(state.tokens)
    if not parse_table(state, start_line, end_line, silent):
        return False
    if not silent:
        _judge(session, state, end_line, start_line, first)
    return True


def _judge(session: Session, state: StateBlock, end_line: int, start_line: int, first: int) -> None:
    """Report cells that are not shown, and rows that are shown as text."""
    columns = sum(token.type == "th_open" for token in state.tokens[first:])
    filled = sum(token.type == "inline" and not token.content for token in state.tokens[first:])
    for line in range(start_line + 2, state.line):
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
        if text.count("|") > columns - 1:
            _warn_surplus(session, text, line, columns)
    session.cells += filled
    stopped = filled > MAX_FILLED - columns and state.line < end_line and not state.isEmpty(state.line)
    if stopped or session.cells > MAX_FILLED:
        # Whatever else is too much on this page is shown as text without another word.
        session.cells = MAX_FILLED + 1
        session.warn(
            "table-too-large",
            f"rows that are too short lack more than {MAX_FILLED:,} cells: the tables from here on are shown as text",
            state.line - (not stopped),
            hint="give every row its cells",
        )


def _warn_surplus(session: Session, text: str, line: int, columns: int) -> None:
    cells = escapedSplit(text.strip())
    cells = cells[1:] if cells and not cells[0] else cells
    cells = cells[:-1] if cells and not cells[-1] else cells
    lost = [cell.strip() for cell in cells[columns:] if cell.strip()]
    if lost:
        session.warn(
            "table-extra-cells",
            f"the row has {len(cells)} cells and the table {columns} columns: `{lost[0]}` is not shown",
            line,
            hint="write `\\|` for a bar inside a cell",
        )
