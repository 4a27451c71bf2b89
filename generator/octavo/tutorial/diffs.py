"""Diffs: those of authors, applied exactly; and those for readers, made from two states of a file.

An author need not count lines. A hunk must stand in the file once; numbers that fit are believed where it stands more
often. White space at the end of context is not compared, since editors take it away.
"""

import difflib
import re
from collections.abc import Sequence

from octavo.model import Value
from octavo.tutorial.excerpts import ExcerptProblem, closest_line

__all__ = ["Diffed", "Hunk", "apply_diff", "compare_lines", "make_diff", "parse_diff"]

CONTEXT = 3
_LARGEST = 4_000_000
"""Of the product of two numbers of lines, up to which the shortest difference is looked for."""
_HEADER = re.compile(r"@@(?: -(?P<old>\d+)(?:,\d+)? \+\d+(?:,\d+)?)? ?@@.*|@@.*")
_GIT_HEADERS = (
    "diff --git ",
    "index ",
    "new file mode",
    "old mode",
    "new mode",
    "similarity index",
    "rename ",
)
_NO_END = "\\ No newline at end of file"


class Hunk(Value, frozen=True):
    """One stretch of a diff."""

    first: int
    """The line of the block that begins it, counted from 0."""
    old_line: int
    """The number in its header, counted from 1; 0 where it gives none."""
    lines: tuple[tuple[str, str, int], ...]
    """Sign (space, plus or minus), text, and line of the block."""

    def old(self) -> list[str]:
        """Give the lines that the file has before."""
        return [text for sign, text, _ in self.lines if sign != "+"]

    def new(self) -> list[str]:
        """Give the lines that the file has after."""
        return [text for sign, text, _ in self.lines if sign != "-"]


class Diffed(Value, frozen=True):
    """The file after a diff."""

    lines: tuple[str, ...]
    hunks: tuple[Hunk, ...]


def parse_diff(block: Sequence[str]) -> tuple[Hunk, ...] | ExcerptProblem:
    """Read the hunks of a diff; headers of files are passed over."""
    start = 0
    while start < len(block) and block[start].startswith(_GIT_HEADERS):
        start += 1
    # A line that is taken away and begins with two dashes looks like half of a header.
    if [line[:4] for line in block[start : start + 2]] == ["--- ", "+++ "]:
        start += 2
    hunks: list[Hunk] = []
    lines: list[tuple[str, str, int]] = []
    first, old_line = start, 0

    def close() -> None:
        if any(text.strip() or sign in {"+", "-"} for sign, text, _ in lines):
            hunks.append(Hunk(first=first, old_line=old_line, lines=tuple(_trim(lines))))

    for number in range(start, len(block)):
        line = block[number]
        if header := _HEADER.fullmatch(line):
            close()
            lines = []
            first, old_line = number, int(header["old"] or 0)
        elif line.startswith(_NO_END):
            continue
        elif not line or line[0] in " +-":
            lines.append((line[:1], line[1:], number))
        else:
            return ExcerptProblem(
                code="diff-syntax",
                message=f"a line of a diff begins with ` `, `+`, `-` or `@@`, this one with `{line[0]}`",
                line=number,
                hint="put a space before lines that stay",
            )
    close()
    if not any(sign != " " for hunk in hunks for sign, _, _ in hunk.lines):
        return ExcerptProblem(
            code="diff-syntax",
            message="the diff changes nothing",
            hint="begin new lines with `+` and old ones with `-`",
        )
    return tuple(hunks)


def _trim(lines: list[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """Take away lines without anything, not even a sign, at the end of a hunk: they are layout of the block."""
    end = len(lines)
    while end and not lines[end - 1][0]:
        end -= 1
    return [(sign or " ", text, number) for sign, text, number in lines[:end]]


def apply_diff(file: Sequence[str], block: Sequence[str], path: str) -> Diffed | ExcerptProblem:
    """Apply a diff to a file, or say why it does not apply."""
    hunks = parse_diff(block)
    if isinstance(hunks, ExcerptProblem):
        return hunks
    have = [line.rstrip() for line in file]
    out: list[str] = []
    cursor = 0
    for hunk in hunks:
        place = _place(have, hunk, cursor, path, file)
        if isinstance(place, ExcerptProblem):
            return place
        out += file[cursor:place]
        position = place
        for sign, text, _ in hunk.lines:
            if sign == "+":
                out.append(text)
            else:
                out += [file[position]] if sign == " " else []
                position += 1
        cursor = position
    return Diffed(lines=(*out, *file[cursor:]), hunks=hunks)


def _place(have: list[str], hunk: Hunk, cursor: int, path: str, file: Sequence[str]) -> int | ExcerptProblem:
    """Find the one place of a hunk."""
    old = [text.rstrip() for text in hunk.old()]
    if not old:
        if not have:
            return 0
        return ExcerptProblem(
            code="diff-fit",
            message=f"nothing says where in `{path}` the new lines go",
            line=hunk.lines[0][2],
            hint="show an existing line before or behind them, with a space at its beginning",
        )
    places = [
        start for start in range(cursor, len(have) - len(old) + 1) if have[start : start + len(old)] == old
    ]
    if len(places) == 1 or hunk.old_line - 1 in places:
        return places[0] if len(places) == 1 else hunk.old_line - 1
    if places:
        shown = ", ".join(str(place + 1) for place in places[:5])
        return ExcerptProblem(
            code="diff-ambiguous",
            message=f"the diff fits `{path}` in more than one place: from lines {shown} on",
            line=hunk.lines[0][2],
            hint="show one more line before or behind it",
        )
    return _misfit(have, hunk, old, cursor, path, file)


def _misfit(
    have: list[str], hunk: Hunk, old: list[str], cursor: int, path: str, file: Sequence[str]
) -> ExcerptProblem:
    """Name the line at which a hunk stops to fit."""
    best = 0
    for start in range(cursor, len(have)):
        length = 0
        while length < len(old) and start + length < len(have) and have[start + length] == old[length]:
            length += 1
        best = max(best, length)
    missing = [item for item in hunk.lines if item[0] != "+"][min(best, len(old) - 1)]
    near = closest_line(missing[1], file)
    hint = f"line {near + 1} is `{file[near].strip()}`" if near >= 0 else ""
    return ExcerptProblem(
        code="diff-fit",
        message=f"the diff does not apply to `{path}`, which has no line `{missing[1].strip()}` here",
        line=missing[2],
        hint=hint,
    )


# ---------------------------------------------------------------- for readers


def compare_lines(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Give the stretches that differ, as start and end before and start and end after.

    Of large files the whole middle is one stretch, so that the work stays in proportion.
    """
    shared = min(len(before), len(after))
    head = 0
    while head < shared and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shared - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if not old and not new:
        return []
    if len(old) * len(new) > _LARGEST:
        return [(head, head + len(old), head, head + len(new))]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [
        (head + i1, head + i2, head + j1, head + j2)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def make_diff(
    before: Sequence[str], after: Sequence[str], spans: Sequence[tuple[int, int, int, int]] | None = None
) -> tuple[str, ...]:
    """Make a unified diff without headers of files; nothing where both are the same.

    *spans* is the comparison of the two, where it was made already.
    """
    groups: list[list[tuple[int, int, int, int]]] = []
    for span in compare_lines(before, after) if spans is None else spans:
        if groups and span[0] - groups[-1][-1][1] <= 2 * CONTEXT:
            groups[-1].append(span)
        else:
            groups.append([span])
    out: list[str] = []
    for group in groups:
        start, end = max(group[0][0] - CONTEXT, 0), min(group[-1][1] + CONTEXT, len(before))
        new_start = group[0][2] - (group[0][0] - start)
        new_end = group[-1][3] + (end - group[-1][1])
        out.append(f"@@ -{_range(start, end)} +{_range(new_start, new_end)} @@")
        position = start
        for i1, i2, j1, j2 in group:
            out += [f" {line}" for line in before[position:i1]]
            out += [f"-{line}" for line in before[i1:i2]]
            out += [f"+{line}" for line in after[j1:j2]]
            position = i2
        out += [f" {line}" for line in before[position:end]]
    return tuple(out)


def _range(start: int, end: int) -> str:
    """Write a range of lines as unified diffs do (POSIX, `diff -u`)."""
    length = end - start
    return f"{start + 1 if length else start},{length}" if length != 1 else str(start + 1)
