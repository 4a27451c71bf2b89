"""Expected output brought up to date: what still matches keeps the author's text, the rest becomes what came.

Old lines and new ones are aligned at the least cost. A line that matches is kept for 0, `...` takes any lines for 0; a
changed line costs 1, a new one 1, one that is gone 2. Since a line that goes costs more than one that changes, `...` does
not grow over its neighbours. Where it would still take a line that the author had checked and that came again, that line
is written out beside it.
"""

from array import array
from collections.abc import Sequence
from typing import Any

from octavo.model import Value
from octavo.tutorial.jsontext import JsonRules, compare_body, parse_json, write_json
from octavo.tutorial.matching import UNFILLED, compare_output, is_any_lines, is_unfilled, match_line
from octavo.tutorial.normalise import Normalisation, normalise_lines, present

__all__ = ["MAX_CELLS", "align_json", "align_lines", "align_output"]

MAX_CELLS = 2_000_000
"""Of the product of two numbers of lines, up to which they are aligned; beyond, the real lines are taken as they are."""
_CHANGED, _NEW, _GONE = 1, 1, 2
_NOT_A_MARK = "??..."
"""Matches a real output `???`, which the page cannot show by itself: it would ask to be filled in."""


class _Move(Value, frozen=True):
    """One step of an alignment: numbers of an old line and of real lines, -1 and none where there is no such."""

    old: int
    new: tuple[int, ...] = ()
    kept: bool = False


def align_output(
    expected: Sequence[str], got: Sequence[str], normalisation: Normalisation, *, literal: bool = False
) -> tuple[str, ...]:
    """Give the lines that take the place of the expected ones; they match the real ones.

    Args:
        expected: What the page shows.
        got: What came, as `present` gives it.
        normalisation: That of the comparison.
        literal: Three dots mean three dots.

    """
    if is_unfilled(expected) or not got:
        expected = ()
    elif compare_output(expected, got, normalisation, literal=literal) is None:
        return tuple(expected)
    lines = align_lines(
        expected,
        normalise_lines(expected, normalisation),
        got,
        normalise_lines(got, normalisation),
        literal=literal,
    )
    if compare_output(lines, got, normalisation, literal=literal) is not None:
        lines = tuple(got)
    if literal or not is_unfilled(lines):
        return lines
    return tuple(_NOT_A_MARK if line.strip() == UNFILLED else line for line in lines)


def align_lines(
    expected: Sequence[str],
    wanted: Sequence[str],
    got: Sequence[str],
    came: Sequence[str],
    *,
    literal: bool = False,
) -> tuple[str, ...]:
    """Align lines whose normalised forms are *wanted* and *came*, without looking whether the result matches."""
    if (len(expected) + 1) * (len(got) + 1) > MAX_CELLS:
        return tuple(got)
    swallows = [not literal and is_any_lines(line) for line in wanted]
    moves = _restore(_align(wanted, came, swallows, literal=literal), wanted, came, swallows, literal=literal)
    lines: list[str] = []
    for move in moves:
        if move.kept:
            lines.append(expected[move.old])
        else:
            lines += (got[number] for number in move.new)
    return tuple(lines)


def _align(
    wanted: Sequence[str], came: Sequence[str], swallows: Sequence[bool], *, literal: bool
) -> list[_Move]:
    """Find the moves of least cost; of those that cost the same, the ones that keep more lines."""
    width = len(came)
    unit = len(wanted) + 1  # costs are multiples of it, so that kept lines only break ties
    rows = [array("q", ((width - at) * _NEW * unit for at in range(width + 1)))]
    for number in range(len(wanted) - 1, -1, -1):
        below = rows[-1]
        row = array("q", [0]) * (width + 1)
        line, kept = wanted[number], 1 if wanted[number] else 0
        row[width] = below[width] + (0 if swallows[number] else _GONE * unit)
        for at in range(width - 1, -1, -1):
            if swallows[number]:
                row[at] = min(below[at], row[at + 1])
            elif match_line(line, came[at], literal=literal):
                row[at] = min(below[at + 1] - kept, row[at + 1] + _NEW * unit, below[at] + _GONE * unit)
            else:
                row[at] = min(
                    below[at + 1] + _CHANGED * unit, row[at + 1] + _NEW * unit, below[at] + _GONE * unit
                )
        rows.append(row)
    rows.reverse()
    return _walk(rows, wanted, came, swallows, unit, literal=literal)


def _walk(
    rows: Sequence[Sequence[int]],
    wanted: Sequence[str],
    came: Sequence[str],
    swallows: Sequence[bool],
    unit: int,
    *,
    literal: bool,
) -> list[_Move]:
    moves: list[_Move] = []
    old = at = 0
    while old < len(wanted):
        cost = rows[old][at]
        if swallows[old]:
            start = at
            while rows[old + 1][at] != rows[old][at]:
                at += 1
            moves.append(_Move(old=old, new=tuple(range(start, at)), kept=True))
            old += 1
            continue
        if at < len(came):
            kept = match_line(wanted[old], came[at], literal=literal)
            price = -(1 if wanted[old] else 0) if kept else _CHANGED * unit
            if cost == rows[old + 1][at + 1] + price:
                moves.append(_Move(old=old, new=(at,), kept=kept))
                old, at = old + 1, at + 1
                continue
            if cost == rows[old][at + 1] + _NEW * unit:
                moves.append(_Move(old=-1, new=(at,)))
                at += 1
                continue
        moves.append(_Move(old=old))
        old += 1
    return [*moves, *(_Move(old=-1, new=(number,)) for number in range(at, len(came)))]


def _restore(
    moves: list[_Move], wanted: Sequence[str], came: Sequence[str], swallows: Sequence[bool], *, literal: bool
) -> list[_Move]:
    """Write out lines that `...` took although the author had them checked elsewhere."""
    lost = [move.old for move in moves if move.old >= 0 and not move.kept and wanted[move.old]]
    written = [number for move in moves if not move.kept for number in move.new]
    taken = [number for move in moves if move.kept and swallows[move.old] for number in move.new]
    restored: dict[int, int] = {}
    for old in lost:
        for pool in (written, taken):
            found = next(
                (number for number in pool if match_line(wanted[old], came[number], literal=literal)), -1
            )
            if found >= 0:
                pool.remove(found)
                if pool is taken:
                    restored[found] = old
                break
    if not restored:
        return moves
    out: list[_Move] = []
    for move in moves:
        if move.kept and swallows[move.old] and restored.keys() & set(move.new):
            out += _split(move, restored)
        else:
            out.append(move)
    return out


def _split(move: _Move, restored: dict[int, int]) -> list[_Move]:
    """Part what `...` takes at lines that are written out; it stays on each side where it takes something."""
    out: list[_Move] = []
    rest: list[int] = []
    for number in move.new:
        if number in restored:
            if rest:
                out.append(_Move(old=move.old, new=tuple(rest), kept=True))
                rest = []
            out.append(_Move(old=restored[number], new=(number,), kept=True))
        else:
            rest.append(number)
    if rest or all(each.old != move.old for each in out):
        out.append(_Move(old=move.old, new=tuple(rest), kept=True))
    return out


def align_json(
    expected: Sequence[str],
    got: str,
    normalisation: Normalisation = Normalisation(),  # noqa: B008 - a frozen value
    *,
    literal: bool = False,
) -> tuple[str, ...]:
    """Bring shown JSON up to date with decoded text, in the layout that it has.

    Values that still match stay as the author wrote them, `"..."` among them, and so does the order of keys. Where one of
    the two texts is no JSON, lines are aligned.
    """
    lines = present(got, normalisation)
    wanted, came = parse_json("\n".join(expected)), parse_json("\n".join(lines))
    if wanted is None or came is None:
        return align_output(expected, lines, normalisation, literal=literal)
    if compare_body(expected, got, normalisation, literal=literal) is None:
        return tuple(expected)
    rules = JsonRules(normalisation=normalisation, literal=literal)
    merged = write_json(expected, _merge(wanted.value, came.value, rules))
    return merged if compare_body(merged, got, normalisation, literal=literal) is None else lines


def _merge(expected: Any, got: Any, rules: JsonRules) -> Any:
    if rules.is_any(expected):
        return expected
    if isinstance(expected, dict) and isinstance(got, dict):
        keys = [key for key in expected if key in got] + [key for key in got if key not in expected]
        return {key: _merge(expected[key], got[key], rules) if key in expected else got[key] for key in keys}
    if isinstance(expected, list) and isinstance(got, list):
        both = [_merge(old, new, rules) for old, new in zip(expected, got, strict=False)]
        return both + got[len(both) :]
    if isinstance(expected, dict | list) or isinstance(got, dict | list):
        return got
    return expected if rules.fits(expected, got) else got
