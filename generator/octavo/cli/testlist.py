"""What `octavo test --list` shows: the blocks of a chapter with what a run would check of them. Nothing is run."""

from collections.abc import Sequence

from octavo.cli.console import Console
from octavo.cli.painting import Line, cells, visible
from octavo.tutorial.listing import UNREAD, ListedBlock, count_roles

__all__ = ["list_lines", "list_totals", "show_list", "show_list_totals"]

_HEADER = ("line", "role", "block", "checked", "", "")
_WIDEST = (7, 10, 44, 44, 6)
_UNCHECKED = frozenset({"norun", "skip", UNREAD})


def show_list(console: Console, file: str, listed: Sequence[ListedBlock]) -> None:
    """Print the table of one chapter."""
    console.paint(list_lines(file, listed))


def show_list_totals(console: Console, listed: Sequence[ListedBlock]) -> None:
    """Print how many blocks there are of each role, over all chapters."""
    console.paint(list_totals(listed))


def list_lines(file: str, listed: Sequence[ListedBlock]) -> tuple[Line, ...]:
    """Give the table: line, role, name, what is checked, whether it is hidden, why it is not run or when it is."""
    rows = [_row(file, block) for block in listed]
    widths = [
        min(max(cells(row[column]) for row in [_HEADER, *rows]), widest)
        for column, widest in enumerate(_WIDEST)
    ]
    lines: list[Line] = [((file, "bold"),)]
    if not rows:
        return (*lines, (("  no blocks", ""),), ())
    lines.append(_line(_HEADER, widths, "dim"))
    for block, row in zip(listed, rows, strict=True):
        style = "red" if block.role == UNREAD else "dim" if block.role in _UNCHECKED else ""
        lines.append(_line(row, widths, style))
    return (*lines, ())


def list_totals(listed: Sequence[ListedBlock]) -> tuple[Line, ...]:
    """Give the line of totals: all blocks, those that a run writes, runs or compares, and those of each role."""
    checked = sum(block.role not in _UNCHECKED for block in listed)
    hidden = sum(block.hidden for block in listed)
    roles = ", ".join(f"{number} {role}" for role, number in count_roles(listed))
    word = "block" if len(listed) == 1 else "blocks"
    text = f"{len(listed)} {word}, {checked} to verify" + (f", {hidden} hidden" if hidden else "")
    return (((text + (f": {roles}" if roles else ""), "bold"),),)


def _row(file: str, block: ListedBlock) -> tuple[str, ...]:
    place = str(block.location.line) if block.location.file == file else "include"
    return (
        place,
        block.role,
        _cut(block.label, _WIDEST[2]),
        _cut(", ".join(block.checks), _WIDEST[3]),
        "hidden" if block.hidden else "",
        _cut(block.reason, 80),
    )


def _line(row: Sequence[str], widths: Sequence[int], style: str) -> Line:
    parts = [f"{row[0]:>{widths[0]}}"]
    parts += [text + " " * (width - cells(text)) for text, width in zip(row[1:-1], widths[1:], strict=True)]
    shown = [part for part, width in zip(parts, widths, strict=True) if width]
    return (("  " + "  ".join([*shown, row[-1]]), style),)


def _cut(text: str, longest: int) -> str:
    shown = visible(text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
