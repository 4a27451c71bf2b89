"""The lines in which an expected text and what came differ, with the wildcard `...` understood.

This is for people: whether a block failed was decided before, by the rules of matching.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from octavo.model import Value
from octavo.tutorial.matching import is_any_lines, match_line

__all__ = ["DiffLine", "diff_lines", "first_difference", "shorten_diff"]

_MAX_CELLS = 160_000
"""How many pairs of lines are compared at most; beyond, all lines between the equal ends count as different."""
_MISSING = 2
_CONTEXT = 2
_LONGEST = 160
"""Characters of a line that are shown."""
_BEFORE = 40
"""Characters shown before the first one that differs, where a line is cut at its beginning."""

Sign = Literal[" ", "-", "+", "…"]
_Same = Callable[[str, str], bool]


class DiffLine(Value, frozen=True):
    """One line of a comparison."""

    sign: Sign
    """`-` expected, `+` came, a space for both; `…` stands for lines that are left out, and the text says how many."""
    text: str


def diff_lines(expected: Sequence[str], got: Sequence[str]) -> tuple[DiffLine, ...]:
    """Compare line by line; lines that match are kept as they were expected."""
    before = [line.rstrip() for line in expected]
    after = [line.rstrip() for line in got]
    found = _compare(before, after, match_line, gaps=True)
    if all(line.sign == " " for line in found):
        # Only the wildcards explain that nothing differs: here they were meant as dots.
        found = _compare(before, after, str.__eq__, gaps=False)
    return tuple(found)


def first_difference(expected: Sequence[str], got: Sequence[str]) -> int:
    """Give the number of the expected line, from 0, at which two texts begin to differ; 0 where none does."""
    for number, line in enumerate(diff_lines(expected, got)):
        if line.sign != " ":
            # What came after the last expected line differs there.
            return max(min(number, len(expected) - 1), 0)
    return 0


def shorten_diff(lines: Sequence[DiffLine], limit: int) -> tuple[DiffLine, ...]:
    """Leave out what matches far from a difference, the middle where more than *limit* lines remain, and long ends."""
    near = _drop_equal(lines)
    if len(near) > limit:
        head = limit // 2
        tail = limit - head
        rest = len(near) - head - tail
        near = [*near[:head], _left_out(rest, "more"), *near[-tail:]]
    return tuple(_cut_pairs(near))


def _compare(before: Sequence[str], after: Sequence[str], same: _Same, *, gaps: bool) -> list[DiffLine]:
    head = 0
    while (
        head < min(len(before), len(after))
        and not (gaps and is_any_lines(before[head]))
        and same(before[head], after[head])
    ):
        head += 1
    tail = 0
    while (
        tail < min(len(before), len(after)) - head
        and not (gaps and is_any_lines(before[-1 - tail]))
        and same(before[-1 - tail], after[-1 - tail])
    ):
        tail += 1
    middle = _align(before[head : len(before) - tail], after[head : len(after) - tail], same, gaps=gaps)
    return [
        *(DiffLine(sign=" ", text=line) for line in before[:head]),
        *middle,
        *(DiffLine(sign=" ", text=line) for line in before[len(before) - tail :]),
    ]


def _align(before: Sequence[str], after: Sequence[str], same: _Same, *, gaps: bool) -> list[DiffLine]:
    """Find the alignment of the least cost: lines that match and gaps cost nothing, a changed or a new line one.

    A line that is missing costs two, so that `...` does not take what came in place of a line that was checked.
    """
    rows, columns = len(before), len(after)
    if rows * columns > _MAX_CELLS:
        return _all_different(before, after)
    costs = [[0] * (columns + 1) for _ in range(rows + 1)]
    pairs = [[same(line, other) for other in after] for line in before]
    for row in range(rows, -1, -1):
        gap = row < rows and gaps and is_any_lines(before[row])
        for column in range(columns, -1, -1):
            if row == rows:
                costs[row][column] = columns - column
                continue
            options = [costs[row + 1][column] + (0 if gap else _MISSING)]
            if column < columns:
                options.append(costs[row][column + 1] + (not gap))
                if not gap:
                    options.append(costs[row + 1][column + 1] + (not pairs[row][column]))
            costs[row][column] = min(options)
    return _walk(before, after, costs, pairs, gaps=gaps)


def _walk(
    before: Sequence[str],
    after: Sequence[str],
    costs: Sequence[Sequence[int]],
    pairs: Sequence[Sequence[bool]],
    *,
    gaps: bool,
) -> list[DiffLine]:
    """Follow the cheapest way; of one change, what was expected stands before what came."""
    out: list[DiffLine] = []
    came: list[DiffLine] = []
    row = column = 0
    while row < len(before) or column < len(after):
        here = costs[row][column]
        if row == len(before):
            came.append(DiffLine(sign="+", text=after[column]))
            column += 1
        elif gaps and is_any_lines(before[row]):
            if costs[row + 1][column] == here:
                out += [*came, DiffLine(sign=" ", text=before[row])]
                came, row = [], row + 1
            else:
                column += 1
        elif column < len(after) and pairs[row][column] and costs[row + 1][column + 1] == here:
            out += [*came, DiffLine(sign=" ", text=before[row])]
            came, row, column = [], row + 1, column + 1
        elif costs[row + 1][column] + _MISSING == here:
            out.append(DiffLine(sign="-", text=before[row]))
            row += 1
        elif costs[row][column + 1] + 1 == here:
            came.append(DiffLine(sign="+", text=after[column]))
            column += 1
        else:
            out.append(DiffLine(sign="-", text=before[row]))
            came.append(DiffLine(sign="+", text=after[column]))
            row, column = row + 1, column + 1
    return out + came


def _all_different(before: Sequence[str], after: Sequence[str]) -> list[DiffLine]:
    return [
        *(DiffLine(sign="-", text=line) for line in before),
        *(DiffLine(sign="+", text=line) for line in after),
    ]


def _drop_equal(lines: Sequence[DiffLine]) -> list[DiffLine]:
    changed = [number for number, line in enumerate(lines) if line.sign in "-+"]
    near = {number + offset for number in changed for offset in range(-_CONTEXT, _CONTEXT + 1)}
    out: list[DiffLine] = []
    dropped: list[DiffLine] = []
    for number, line in enumerate(lines):
        if number not in near:
            dropped.append(line)
            continue
        out += _stand_in(dropped)
        dropped = []
        out.append(line)
    return out + _stand_in(dropped)


def _stand_in(dropped: Sequence[DiffLine]) -> list[DiffLine]:
    # A line that says "1 line that matches" is no shorter than the line.
    return list(dropped) if len(dropped) <= 1 else [_left_out(len(dropped), "that match")]


def _left_out(number: int, what: str) -> DiffLine:
    return DiffLine(sign="…", text=f"{number:,} lines {what}" if number != 1 else "1 line more")


def _cut_pairs(lines: Sequence[DiffLine]) -> list[DiffLine]:
    """Cut long lines; where one stands in place of another, both begin shortly before they differ."""
    out: list[DiffLine] = []
    for number, line in enumerate(lines):
        start = 0
        if len(line.text) > _LONGEST and line.sign in "-+":
            step = 1 if line.sign == "-" else -1
            other = lines[number + step] if 0 <= number + step < len(lines) else line
            if {line.sign, other.sign} == {"-", "+"}:
                start = max(0, _first_difference(line.text, other.text) - _BEFORE)
        out.append(DiffLine(sign=line.sign, text=_cut(line.text, start)))
    return out


def _cut(text: str, start: int) -> str:
    before = "…" if start else ""
    after = "…" if start + _LONGEST < len(text) else ""
    return f"{before}{text[start : start + _LONGEST]}{after}"


def _first_difference(one: str, other: str) -> int:
    for number, (char, second) in enumerate(zip(one, other, strict=False)):
        if char != second:
            return number
    return min(len(one), len(other))
