"""A small, strict reader of the handbook's pages.

It knows three shapes and nothing else. A table has a header, a rule of dashes, and rows with as many cells as the header;
a cell that names things of the code holds code spans with commas between them. A heading that stands for a thing of the
code is one code span and an id: "### `broken-link` {#broken-link}". A fence opens with three or more backticks and closes
with as many; tables and headings inside it are text.
"""

import re
from pathlib import Path
from typing import NamedTuple

__all__ = ["HANDBOOK", "Fence", "Page", "Table", "code_spans", "read_page"]

HANDBOOK = Path(__file__).parent.parent / "content" / "handbook"

_HEADING = re.compile(r"(#{1,6}) (.+?)(?: \{#([^\s{}]+)\})?")
_FENCE = re.compile(r"(`{3,})([^`]*)")
_SPAN = re.compile(r"`([^`]+)`")
_RULE = re.compile(r"\|(?: -+ \|)+")
_CELLS = re.compile(r"(?<!\\)\|")


class Table(NamedTuple):
    """A table with the heading that it stands under."""

    under: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Fence(NamedTuple):
    """A code block with the heading that it stands under."""

    under: str
    info: str
    text: str
    line: int
    """The index of the line behind it."""


class Page(NamedTuple):
    """What a page holds; a heading is its level, its text and its id."""

    lines: tuple[str, ...]
    headings: tuple[tuple[int, str, str], ...]
    tables: tuple[Table, ...]
    fences: tuple[Fence, ...]

    def table(self, under: str, *header: str) -> Table:
        """Give the one table with this header under a heading with this id."""
        found = [table for table in self.tables if (table.under, table.header) == (under, header)]
        assert len(found) == 1, f"{len(found)} tables {header} under #{under}"
        return found[0]

    def paragraph(self, identifier: str) -> str:
        """Give the first paragraph below a heading, on one line."""
        start = next(n for n, line in enumerate(self.lines) if line.endswith(f"{{#{identifier}}}")) + 2
        end = self.lines.index("", start)
        return " ".join(self.lines[start:end])


def code_spans(cell: str) -> tuple[str, ...]:
    """Read a cell that holds nothing but code spans with commas between them."""
    spans = tuple(_SPAN.findall(cell))
    assert cell == ", ".join(f"`{span}`" for span in spans), f"not code spans: {cell!r}"
    return spans


def read_page(name: str) -> Page:
    """Read a page of the handbook."""
    lines = (HANDBOOK / name).read_text(encoding="utf-8").split("\n")
    headings: list[tuple[int, str, str]] = []
    tables: list[Table] = []
    fences: list[Fence] = []
    under = ""
    number = lines.index("---", 1) + 1
    while number < len(lines):
        line = lines[number]
        if fence := _FENCE.fullmatch(line):
            end = lines.index(fence[1], number + 1)
            text = "".join(f"{inner}\n" for inner in lines[number + 1 : end])
            fences.append(Fence(under, fence[2], text, end + 1))
            number = end
        elif heading := _HEADING.fullmatch(line):
            under = heading[3] or ""
            headings.append((len(heading[1]), heading[2], under))
        elif line.startswith("|"):
            end = next(n for n in range(number, len(lines)) if not lines[n].startswith("|"))
            tables.append(_table(under, lines[number:end], f"{name}:{number + 1}"))
            number = end - 1
        number += 1
    return Page(tuple(lines), tuple(headings), tuple(tables), tuple(fences))


def _table(under: str, lines: list[str], place: str) -> Table:
    assert len(lines) > 2, f"{place}: a table has a header, a rule and rows"
    assert _RULE.fullmatch(lines[1]) or ":" in lines[1], f"{place}: no rule of dashes"
    header, *rows = (_cells(line) for line in (lines[0], *lines[2:]))
    assert [row for row in rows if len(row) != len(header)] == [], f"{place}: rows of another length"
    return Table(under, header, tuple(rows))


def _cells(line: str) -> tuple[str, ...]:
    assert line[:1] + line[-1:] == "||", line
    return tuple(cell.strip().replace("\\|", "|") for cell in _CELLS.split(line)[1:-1])
