"""Excerpts: code with cuts, as parts; and the check that an excerpt is what its file holds.

Blank lines beside a cut, and at both ends of a block, are layout: they belong to no part. White space at the end of a
line is not seen by a reader and is not compared.
"""

import difflib
from collections.abc import Sequence

from octavo.model import Value
from octavo.tutorial.comments import is_cut

__all__ = [
    "MAX_LINES",
    "ExcerptProblem",
    "Part",
    "check_excerpt",
    "closest_line",
    "split_lines",
    "split_parts",
    "strip_ends",
]

MAX_LINES = 10_000
"""How many lines a file may have that excerpts, edits and diffs are matched with."""


class Part(Value, frozen=True):
    """Lines of a block between two cuts, blank ends taken away."""

    first: int
    """The number of its first line in the block, counted from 0."""
    lines: tuple[str, ...]
    """As written."""
    blank_before: bool = False
    blank_after: bool = False


class ExcerptProblem(Value, frozen=True):
    """Why a block does not fit a file."""

    code: str
    message: str
    line: int = -1
    """Of the block, counted from 0."""
    hint: str = ""


def split_lines(text: str) -> list[str]:
    """Give the lines of a text; an end of line at its end begins no line."""
    return text.removesuffix("\n").split("\n") if text else []


def strip_ends(lines: Sequence[str]) -> list[str]:
    """Give lines as they are compared."""
    return [line.rstrip() for line in lines]


def split_parts(lines: Sequence[str], language: str) -> tuple[Part, ...]:
    """Cut a block into its parts; those of blank lines alone are dropped."""
    bounds = [number for number, line in enumerate(lines) if is_cut(line, language)]
    parts: list[Part] = []
    for start, end in zip([-1, *bounds], [*bounds, len(lines)], strict=True):
        first, last = start + 1, end
        while first < last and not lines[first].strip():
            first += 1
        while last > first and not lines[last - 1].strip():
            last -= 1
        if first < last:
            parts.append(
                Part(
                    first=first,
                    lines=tuple(lines[first:last]),
                    blank_before=first > start + 1,
                    blank_after=last < end,
                )
            )
    return tuple(parts)


def closest_line(line: str, lines: Sequence[str]) -> int:
    """Give the number of the line that is most like another one, counted from 0; -1 where none is."""
    wanted = line.strip()[:200]
    best, found = 0.6, -1
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    for number, other in enumerate(lines[:MAX_LINES]):
        matcher.set_seq1(other.strip()[:200])
        if (
            matcher.real_quick_ratio() > best
            and matcher.quick_ratio() > best
            and (ratio := matcher.ratio()) > best
        ):
            best, found = ratio, number
    return found


def check_excerpt(
    file: Sequence[str], block: Sequence[str], language: str, path: str
) -> ExcerptProblem | None:
    """Tell why a block is no excerpt of a file; None where its parts stand there whole and in this order."""
    have = strip_ends(file)
    cursor = 0
    parts = split_parts(block, language)
    if not parts:
        return ExcerptProblem(
            code="block-content", message="the block shows nothing", hint="show lines of the file"
        )
    for part in parts:
        run = strip_ends(part.lines)
        reached, length = _find(have, run, cursor)
        if length == len(run):
            cursor = reached + length
            continue
        line = part.lines[length]
        near = closest_line(line, file)
        hint = (
            f"line {near + 1} is `{file[near].strip()}`"
            if near >= 0
            else "print the lines as the file has them"
        )
        where = "here" if length or cursor else "at this point"
        return ExcerptProblem(
            code="show-differs",
            message=f"`{path}` has no line `{line.strip()}` {where}",
            line=part.first + length,
            hint=hint,
        )
    return None


def _find(have: Sequence[str], run: Sequence[str], cursor: int) -> tuple[int, int]:
    """Give where a run first stands whole, else where the most of its beginning stands, and how much of it does."""
    best = (cursor, 0)
    for start in range(cursor, len(have)):
        if have[start] != run[0]:
            continue
        length = 1
        while length < len(run) and start + length < len(have) and have[start + length] == run[length]:
            length += 1
        if length > best[1]:
            best = (start, length)
            if length == len(run):
                break
    return best
