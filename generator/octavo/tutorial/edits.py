"""Edits by excerpt: a block shows a file as it will be, with cuts for lines that stay, and one reading or none.

Cuts part the block. Of each part, in the order of the file, the longest run of lines at its top that the file has is the
*context above*, the longest at its bottom the *context below*, and what is between is new. An edit is applied only where

* each context stands in one place: once after the part before, or for a context below once within reach;
* the new lines are closed on both sides: by a context, by a blank line that is also the next line of the file, or by an
  end of the file, so that nobody can ask whether they are added beside a line or replace it;
* no more than ten lines are dropped between two contexts.

Whatever else could be meant is an error that says why and how to mend it.
"""

from collections.abc import Sequence

from octavo.model import Value
from octavo.tutorial.excerpts import ExcerptProblem, Part, closest_line, split_parts, strip_ends

__all__ = ["MAX_DROPPED", "Edited", "apply_edit"]

MAX_DROPPED = 10
_LISTED = 5


class Edited(Value, frozen=True):
    """The file after an edit."""

    lines: tuple[str, ...]
    new: tuple[int, ...]
    """Lines of the block that are new, counted from 0."""
    gaps: tuple[tuple[int, int], ...]
    """First and end of each stretch of the old file that was replaced; empty stretches are places of insertion."""


class _Match(Value, frozen=True):
    """Where a context stands."""

    length: int
    places: tuple[int, ...]
    """First lines in the file, counted from 0."""


def apply_edit(
    file: Sequence[str], block: Sequence[str], language: str, path: str
) -> Edited | ExcerptProblem:
    """Apply a block to a file, or say why it has no reading or more than one."""
    have = strip_ends(file)
    cursor = 0
    out: list[str] = []
    new: list[int] = []
    gaps: list[tuple[int, int]] = []
    kept = 0
    for part in split_parts(block, language):
        placed = _place(have, part, cursor, path, file)
        if isinstance(placed, ExcerptProblem):
            return placed
        start, end, top, bottom, cursor = placed
        added = part.lines[top : len(part.lines) - bottom]
        if not added and start == end:
            continue
        out += [*file[kept:start], *added]
        kept = end
        gaps.append((start, end))
        new += range(part.first + top, part.first + top + len(added))
    if not gaps:
        return ExcerptProblem(
            code="edit-nothing",
            message=f"the edit changes nothing in `{path}`",
            hint="write `show` for an excerpt that changes nothing",
        )
    return Edited(lines=(*out, *file[kept:]), new=tuple(new), gaps=tuple(gaps))


_Placed = tuple[int, int, int, int, int]
"""Start and end of what is replaced, lines of context above and below, and where the next part may begin."""


def _place(
    have: list[str], part: Part, cursor: int, path: str, file: Sequence[str]
) -> _Placed | ExcerptProblem:
    run = strip_ends(part.lines)
    above = _context_above(have, run, cursor)
    if len(above.places) > 1:
        return _ambiguous(part, 0, above, path)
    if above.length == len(run):
        end = above.places[0] + above.length
        return end, end, above.length, 0, end
    if not above.length:
        return _place_before(have, part, run, cursor, path, file)
    return _place_behind(have, part, run, above, path)


def _place_behind(
    have: list[str], part: Part, run: list[str], above: _Match, path: str
) -> _Placed | ExcerptProblem:
    """Place what follows a context above: up to the context below, a blank line, or the end of the file."""
    top = above.length
    start = above.places[0] + top
    below = _context_below(have, run[top:], start, reach=MAX_DROPPED)
    if len(below.places) > 1:
        return _ambiguous(part, len(run) - below.length, below, path)
    if below.length:
        end = below.places[0]
        return start, end, top, below.length, end + below.length
    far = _context_below(have, run[top:], start, reach=len(have))
    if far.length:
        dropped = far.places[0] - start
        return ExcerptProblem(
            code="edit-too-large",
            message=f"the edit would drop {dropped} lines of `{path}`, from line {start + 1} on",
            line=part.first + len(run) - far.length,
            hint=f"more than {MAX_DROPPED} lines are dropped by a `diff` block alone; for lines that stay write a cut",
        )
    if start == len(have) or (part.blank_after and not have[start]):
        return start, start, top, 0, start
    return _open(part, top, f"added before line {start + 1} of `{path}`", have[start], "follows")


def _place_before(
    have: list[str], part: Part, run: list[str], cursor: int, path: str, file: Sequence[str]
) -> _Placed | ExcerptProblem:
    """Place new lines that begin a part: right before the context below, where nothing can stand between."""
    below = _context_below(have, run, cursor, reach=len(have))
    if not below.length:
        near = closest_line(part.lines[0], file)
        hint = f"line {near + 1} is `{file[near].strip()}`" if near >= 0 else "show lines that the file has"
        return ExcerptProblem(
            code="edit-fit",
            message=f"`{path}` has neither the first nor the last line of this part",
            line=part.first,
            hint=hint,
        )
    if len(below.places) > 1:
        return _ambiguous(part, len(run) - below.length, below, path)
    place = below.places[0]
    if place in (0, cursor) or (part.blank_before and not have[place - 1]):
        return place, place, 0, below.length, place + below.length
    return _open(part, 0, f"added after line {place} of `{path}`", have[place - 1], "stands before")


def _context_above(have: list[str], run: list[str], cursor: int) -> _Match:
    best = 0
    places: list[int] = []
    for start in range(cursor, len(have)):
        if have[start] != run[0]:
            continue
        length = 1
        while length < len(run) and start + length < len(have) and have[start + length] == run[length]:
            length += 1
        if length > best:
            best, places = length, [start]
        elif length == best:
            places.append(start)
    return _Match(length=best, places=tuple(places))


def _context_below(have: list[str], run: list[str], cursor: int, *, reach: int) -> _Match:
    """Find the longest end of a run that stands behind *cursor*, with at most *reach* lines between."""
    best = 0
    places: list[int] = []
    for last in range(cursor, len(have)):
        if have[last] != run[-1]:
            continue
        length = 1
        while length < len(run) and last - length >= cursor and have[last - length] == run[-1 - length]:
            length += 1
        start = last - length + 1
        if start - cursor > reach:
            continue
        if length > best:
            best, places = length, [start]
        elif length == best:
            places.append(start)
    return _Match(length=best, places=tuple(places))


def _ambiguous(part: Part, offset: int, match: _Match, path: str) -> ExcerptProblem:
    shown = ", ".join(str(place + 1) for place in match.places[:_LISTED])
    more = " and more" if len(match.places) > _LISTED else ""
    line = part.lines[offset].strip() or "a blank line"
    return ExcerptProblem(
        code="edit-ambiguous",
        message=f"`{line}` stands in `{path}` on lines {shown}{more}: the edit fits each of them",
        line=part.first + offset,
        hint="show one more line beside it that stands there once, or write a `diff` block",
    )


def _open(part: Part, offset: int, reading: str, neighbour: str, where: str) -> ExcerptProblem:
    return ExcerptProblem(
        code="edit-open",
        message=f"is this line {reading}, or does it replace `{neighbour.strip() or 'the blank line'}`?",
        line=part.first + offset,
        hint=f"show the existing line that {where} the new ones, or write a `diff` block",
    )
