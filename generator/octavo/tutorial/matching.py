"""Shown output and real output compared, line by line, with one wildcard.

`...` alone on a line stands for any lines, also for none; inside a line it stands for any characters, also for none.
The work grows at worst with the product of the two lengths: each stretch between two wildcards is taken where it first
fits, which is right because a stretch that fits later leaves less to what follows.
"""

from collections.abc import Sequence

from octavo.model import Value
from octavo.tutorial.normalise import Normalisation, normalise_lines

__all__ = [
    "UNFILLED",
    "WILDCARD",
    "Mismatch",
    "compare_output",
    "is_any_lines",
    "is_unchecked",
    "is_unfilled",
    "match_line",
    "match_lines",
    "match_prefix",
    "without_end",
]

WILDCARD = "..."
UNFILLED = "???"
"""As the only expected line: `octavo test --update` writes what really comes."""


class Mismatch(Value, frozen=True):
    """Two texts that differ, as they were compared."""

    expected: tuple[str, ...]
    got: tuple[str, ...]
    note: str = ""
    """A sentence that names the first difference, where lines do not show it well."""


def is_any_lines(line: str) -> bool:
    """Tell whether an expected line stands for any lines."""
    return line.strip() == WILDCARD


def match_line(expected: str, got: str, *, literal: bool = False) -> bool:
    """Tell whether one line is what another one says; `...` in *expected* stands for any characters."""
    if expected == got:
        return True
    if literal or WILDCARD not in expected:
        return False
    first, *middle, last = expected.split(WILDCARD)
    if len(got) < len(first) + len(last) or not got.startswith(first) or not got.endswith(last):
        return False
    at, end = len(first), len(got) - len(last)
    for piece in middle:
        found = got.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def match_lines(expected: Sequence[str], got: Sequence[str], *, literal: bool = False) -> bool:
    """Tell whether the real lines are what the expected ones say; with *literal* three dots mean three dots."""
    if literal:
        return list(expected) == list(got)
    got = list(got)
    first, *rest = _stretches(expected)
    if not rest:
        return len(first) == len(got) and _stands(first, got, 0)
    last = rest.pop()
    end = len(got) - len(last)
    if end < len(first) or not _stands(first, got, 0) or not _stands(last, got, end):
        return False
    return _find_all(rest, got, len(first), end) >= 0


def match_prefix(expected: Sequence[str], got: Sequence[str], *, literal: bool = False) -> bool:
    """Tell whether all expected lines have appeared, from the first real line on; other lines may follow.

    Blank lines at the end of the expected ones are not waited for. Of a last line that is not whole yet, the caller
    knows nothing: it counts as it is.
    """
    wanted = list(expected)
    while wanted and not wanted[-1].strip():
        wanted.pop()
    if literal:
        return wanted == list(got[: len(wanted)])
    got = list(got)
    first, *rest = _stretches(wanted)
    if len(got) < len(first) or not _stands(first, got, 0):
        return False
    return _find_all(rest, got, len(first), len(got)) >= 0


def _stretches(expected: Sequence[str]) -> list[list[str]]:
    """Cut expected lines at those that stand for any lines."""
    found: list[list[str]] = [[]]
    for line in expected:
        if is_any_lines(line):
            found.append([])
        else:
            found[-1].append(line)
    return found


def _find_all(stretches: Sequence[list[str]], got: Sequence[str], at: int, end: int) -> int:
    """Give where the last of some stretches ends, each taken where it first fits after the one before; -1 without."""
    for stretch in stretches:
        plain = not any(WILDCARD in line for line in stretch)
        while at + len(stretch) <= end and not (
            got[at : at + len(stretch)] == stretch if plain else _stands(stretch, got, at)
        ):
            at += 1
        at += len(stretch)
        if at > end:
            return -1
    return at


def _stands(stretch: Sequence[str], got: Sequence[str], at: int) -> bool:
    return all(match_line(line, got[at + number]) for number, line in enumerate(stretch))


def compare_output(
    expected: Sequence[str], got: Sequence[str], normalisation: Normalisation, *, literal: bool = False
) -> Mismatch | None:
    """Compare shown lines with real ones; None where they agree.

    Args:
        expected: What the page shows.
        got: What came, as `present` gives it.
        normalisation: Applied to both sides.
        literal: Three dots mean three dots.

    """
    wanted = without_end(normalise_lines(expected, normalisation))
    came = without_end(normalise_lines(got, normalisation))
    if match_lines(wanted, came, literal=literal):
        return None
    return Mismatch(expected=wanted, got=came)


def without_end(lines: Sequence[str]) -> tuple[str, ...]:
    """Take the blank lines away at the end."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return tuple(lines[:end])


def is_unchecked(expected: Sequence[str]) -> bool:
    """Tell whether expected lines say nothing: wildcards alone, so that the block only ran."""
    filled = [line for line in expected if line.strip()]
    return bool(filled) and all(is_any_lines(line) for line in filled)


def is_unfilled(expected: Sequence[str]) -> bool:
    """Tell whether the author asks for the real output: `???` is the only expected line."""
    return [line.strip() for line in expected if line.strip()] == [UNFILLED]
