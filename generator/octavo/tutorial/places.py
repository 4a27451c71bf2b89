"""Problems of steps, given the places of their blocks."""

from collections.abc import Iterable, Sequence

from octavo.codeblocks import BlockPlace, CodeBlock, PageBlocks
from octavo.errors import Diagnostic, Location, error
from octavo.model import Value
from octavo.tutorial.paths import read_project_path
from octavo.tutorial.step import StepProblem

__all__ = ["Writer", "last_writers", "locate_line", "locate_problems"]

_LONGEST_EXCERPT = 1_000
_CHANGES = frozenset({"append", "edit"})
_DIFFS = frozenset({"diff", "patch", "udiff"})


class Writer(Value, frozen=True):
    """The block that wrote a file of the project last."""

    path: str
    """Of the file, relative to the project."""
    location: Location
    """The line that opens the block."""
    first_line: int = 0
    """The line of the page that holds the first line of the file; 0 where the block holds a part of it."""


def locate_problems(
    problems: Iterable[StepProblem], chapters: Sequence[PageBlocks]
) -> tuple[Diagnostic, ...]:
    """Turn the problems of a chapter into diagnostics.

    *chapters* are the blocks of the chapters that the project went through, the one with the problems last: a change
    that does not fit names the block that wrote its file last.
    """
    return tuple(_locate(problem, chapters) for problem in problems)


def _locate(problem: StepProblem, chapters: Sequence[PageBlocks]) -> Diagnostic:
    own = chapters[-1]
    place = own.places[problem.block]
    block = own.blocks[problem.block]
    location, excerpt = place.location, place.excerpt
    if problem.line >= 0 and place.body_line:
        location, excerpt = locate_line(problem.line, place, block)
    elif problem.word and (column := _column(problem.word, place)):
        location = Location(location.file, location.line, column)
    hints = [problem.hint]
    if problem.path and (writer := _last_writer(problem, chapters)):
        hints.append(f"`{problem.path}` was last written by {writer}")
    hints.append(place.way)
    return error(
        problem.code,
        problem.message,
        location,
        excerpt=excerpt,
        hint="; ".join(hint for hint in hints if hint),
    )


def locate_line(number: int, place: BlockPlace, block: CodeBlock) -> tuple[Location, str]:
    """Give the place of a line of code, counted from 0, and its text with what stands before it in a list or a quote.

    The code must stand on the page itself: where it comes from another file, `place.body_line` is 0.
    """
    column = place.location.column
    lines = block.text.split("\n")
    code = lines[number] if number < len(lines) else ""
    before = "".join(char if char in "> " else " " for char in place.excerpt[: column - 1])
    indent = len(code) - len(code.lstrip())
    excerpt = (before + code)[:_LONGEST_EXCERPT]
    return Location(place.location.file, place.body_line + number, column + indent), excerpt


def _column(word: str, place: BlockPlace) -> int:
    """Find a word of the info string; 0 where it is written in another way."""
    after = place.location.column + 2
    found = place.excerpt.find(word, after)
    # A name may stand in the value of another attribute: the one that stands alone is meant.
    while found > 0 and (
        place.excerpt[found - 1].isalnum()
        or place.excerpt[found + len(word) : found + len(word) + 1].isalnum()
    ):
        found = place.excerpt.find(word, found + 1)
    return found + 1


def _last_writer(problem: StepProblem, chapters: Sequence[PageBlocks]) -> str:
    """Name the place of the block that wrote a file last before the one with the problem."""
    for writer in last_writers(chapters, problem.block):
        if writer.path == problem.path:
            return f"{writer.location.file}:{writer.location.line}"
    return ""


def last_writers(chapters: Sequence[PageBlocks], block: int) -> tuple[Writer, ...]:
    """Give the last writer of every file, sorted by path, as of a block of the last of the chapters.

    *chapters* are the blocks of the chapters that the project went through, in their order; *block* is not counted
    among the writers.
    """
    found: dict[str, Writer] = {}
    for number, page in enumerate(chapters):
        end = block if number == len(chapters) - 1 else len(page.blocks)
        for written, place in zip(page.blocks[:end], page.places[:end], strict=True):
            path = _written_path(written)
            if path:
                whole = not _CHANGES & _names(written) and written.language.lower() not in _DIFFS
                found[path] = Writer(
                    path=path, location=place.location, first_line=place.body_line if whole else 0
                )
    return tuple(found[path] for path in sorted(found))


def _written_path(block: CodeBlock) -> str:
    """Give the file that a block writes or changes; empty where it does neither."""
    if not block.title or _names(block) & {"show", "skip", "norun"}:
        return ""
    path = read_project_path(block.title)
    return path if isinstance(path, str) else ""


def _names(block: CodeBlock) -> set[str]:
    return {name for name, _ in block.attributes}
