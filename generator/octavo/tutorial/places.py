"""Problems of steps, given the places of their blocks."""

from collections.abc import Iterable, Sequence

from octavo.codeblocks import BlockPlace, CodeBlock, PageBlocks
from octavo.errors import Diagnostic, Location, error
from octavo.tutorial.paths import read_project_path
from octavo.tutorial.step import StepProblem

__all__ = ["locate_problems"]

_LONGEST_EXCERPT = 1_000


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
        location, excerpt = _line(problem.line, place, block)
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


def _line(number: int, place: BlockPlace, block: CodeBlock) -> tuple[Location, str]:
    """Give the place of a line of code, with what stands before it in a list or a quote."""
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
    for number in range(len(chapters) - 1, -1, -1):
        page = chapters[number]
        end = problem.block if number == len(chapters) - 1 else len(page.blocks)
        for index in range(end - 1, -1, -1):
            if _writes(page.blocks[index], problem.path):
                location = page.places[index].location
                return f"{location.file}:{location.line}"
    return ""


def _writes(block: CodeBlock, path: str) -> bool:
    names = {name for name, _ in block.attributes}
    return (
        bool(block.title) and not names & {"show", "skip", "norun"} and read_project_path(block.title) == path
    )
