"""`pycon` blocks: examples at the Python prompt, and their comparison by the rules of doctest.

What an example prints goes on to the next `>>>`. A traceback is compared by what was printed before it and by its last
lines, the type and the message; the stack between them is not. `<BLANKLINE>` is an empty line, and so is an empty line.
"""

import ast
import re
import warnings
from collections.abc import Sequence

from octavo.model import Value
from octavo.tutorial.alignment import align_lines, align_output
from octavo.tutorial.matching import (
    WILDCARD,
    Mismatch,
    compare_output,
    is_any_lines,
    is_unfilled,
    match_lines,
    without_end,
)
from octavo.tutorial.normalise import Normalisation, normalise_lines, present

__all__ = ["Example", "align_example", "compare_example", "read_examples"]

_HEADER = "Traceback (most recent call last):"
_STACK = "  ..."
_BLANK = "<BLANKLINE>"
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(?::.*)?")


class Example(Value, frozen=True):
    """What is typed at a prompt, and what comes of it."""

    source: str
    """Without prompts, ending in a line end."""
    line: int
    """Of the block, counted from 0."""
    expected: tuple[str, ...] = ()
    expected_line: int = 0
    """Where the expected lines begin, or would begin."""


class _Parts(Value, frozen=True):
    """Output with a traceback in it."""

    before: tuple[str, ...]
    stack: tuple[str, ...]
    raised: tuple[str, ...]
    """The type, the message and what belongs to it."""


def read_examples(lines: Sequence[str]) -> tuple[Example, ...]:
    """Read the examples of a block; lines before the first prompt are left out.

    A line `...` behind a statement that is complete is no prompt: it is the wildcard.
    """
    found: list[Example] = []
    at = 0
    while at < len(lines):
        if not _is_prompt(lines[at], ">>>"):
            at += 1
            continue
        first = at
        source = [lines[at][4:]]
        at += 1
        while (
            at < len(lines)
            and _is_prompt(lines[at], "...")
            and not (lines[at].rstrip() == WILDCARD and _is_complete("\n".join(source)))
        ):
            source.append(lines[at][4:])
            at += 1
        start = at
        while at < len(lines) and not _is_prompt(lines[at], ">>>"):
            at += 1
        found.append(
            Example(
                source="".join(f"{line}\n" for line in source),
                line=first,
                expected=without_end(lines[start:at]),
                expected_line=start,
            )
        )
    return tuple(found)


def _is_prompt(line: str, prompt: str) -> bool:
    return line.startswith(f"{prompt} ") or line == prompt


def _is_complete(source: str) -> bool:
    """Tell whether the prompt would come back after a source: it ends in a statement that holds no block."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # doubtful escapes are not our business
            body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return bool(body) and not hasattr(body[-1], "body") and not hasattr(body[-1], "cases")


def compare_example(
    example: Example, got: str, normalisation: Normalisation, *, literal: bool = False
) -> Mismatch | None:
    """Compare what an example printed, decoded and with its traceback, with what is expected; None where they agree."""
    expected, lines = _unblank(example.expected), present(got, normalisation)
    wanted, came = _parts(expected), _parts(lines)
    if wanted is None or came is None:
        return compare_output(expected, lines, normalisation, literal=literal)
    sides = [
        (normalise_lines(parts.before, normalisation), normalise_lines(parts.raised, normalisation))
        for parts in (wanted, came)
    ]
    if all(match_lines(*both, literal=literal) for both in zip(*sides, strict=True)):
        return None
    shown = [(*before, _HEADER, _STACK, *raised) for before, raised in sides]
    return Mismatch(expected=shown[0], got=shown[1])


def align_example(
    example: Example, got: str, normalisation: Normalisation, *, literal: bool = False
) -> tuple[str, ...]:
    """Give the lines that take the place of the expected ones of an example, as `align_output` does.

    A traceback gets a stack of three dots unless the author shows one.
    """
    if (
        not is_unfilled(example.expected)
        and compare_example(example, got, normalisation, literal=literal) is None
    ):
        return example.expected
    lines = present(got, normalisation)
    came, wanted = _parts(lines), _parts(example.expected)
    if came is None:
        # The dots of a stack that is gone are no wildcard.
        shown = wanted.before if wanted else example.expected
        return align_output(shown, lines, normalisation, literal=literal)
    wanted = wanted or _Parts(before=(), stack=(_STACK,), raised=())
    aligned = [
        align_lines(
            old,
            normalise_lines(_unblank(old), normalisation),
            new,
            normalise_lines(new, normalisation),
            literal=literal,
        )
        for old, new in ((wanted.before, came.before), (wanted.raised, came.raised))
    ]
    merged = (*aligned[0], _HEADER, *wanted.stack, *aligned[1])
    again = Example(source=example.source, line=example.line, expected=merged)
    if compare_example(again, got, normalisation, literal=literal) is None:
        return merged
    return (*came.before, _HEADER, _STACK, *came.raised)


def _unblank(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple("" if line.strip() == _BLANK else line for line in lines)


def _parts(lines: Sequence[str]) -> _Parts | None:
    """Part output at its traceback; of a chain of them, the last says what was raised. None without one."""
    headers = [number for number, line in enumerate(lines) if line.rstrip() == _HEADER]
    for last in reversed(headers):
        for number in range(last + 1, len(lines)):
            if not lines[number][:1].strip() or is_any_lines(lines[number]):
                continue
            if not _EXCEPTION.fullmatch(lines[number].rstrip()) and WILDCARD not in lines[number]:
                break
            return _Parts(
                before=tuple(lines[: headers[0]]),
                stack=tuple(lines[headers[0] + 1 : number]),
                raised=without_end(lines[number:]),
            )
    return None
