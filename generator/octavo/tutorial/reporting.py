"""What came of a chapter, joined with the places of its blocks: everything that is shown of a run is made from this.

Results hold no positions, so that they can be kept while prose moves; a report is made for the page as it is now.
"""

import re
from collections.abc import Sequence

from octavo.codeblocks import BlockPlace, CodeBlock, PageBlocks
from octavo.errors import Diagnostic, Location, error
from octavo.model import Value
from octavo.tutorial.difflines import first_difference
from octavo.tutorial.excerpts import split_lines
from octavo.tutorial.places import Writer, last_writers, locate_line
from octavo.tutorial.results import ChapterResult, StepFailure, StepResult

__all__ = [
    "NumberedLine",
    "ReportedChapter",
    "ReportedFailure",
    "ReportedStep",
    "can_update",
    "failure_diagnostics",
    "report_chapter",
    "trace_line",
]

_PROMPTS = {"console": "$", "pycon": ">>>"}
_UPDATED = frozenset({"run-body", "run-output", "run-unfilled"})
"""Codes of failures whose expected text `octavo test --update` writes anew."""
_WORK_FOLDER = "/path/to/project/"
"""What stands in shown texts for the folder in which the commands ran."""
_PYTHON_FRAME = re.compile(r'\bFile "([^"]{1,1000})", line ([0-9]{1,7})')
_PLAIN_FRAME = re.compile(r"(?:^|(?<=[\s('\"]))([^\s:()'\"]{1,1000}):([0-9]{1,7})(?![0-9])")


class NumberedLine(Value, frozen=True):
    """A line of a page."""

    number: int
    text: str


class ReportedFailure(Value, frozen=True):
    """Why a block failed, and where."""

    failure: StepFailure
    location: Location
    """The line that failed; the one that opens the block where no line is meant."""
    excerpt: tuple[NumberedLine, ...]
    """The command or the request, and the line that failed; one line where they are the same."""
    hint: str = ""
    """What to do, and through which files the block came into the page."""
    writers: tuple[Writer, ...] = ()
    """Who wrote each file of the project last before this block."""


class ReportedStep(Value, frozen=True):
    """What came of one block, and where it stands."""

    result: StepResult
    location: Location
    """The line that opens the block."""
    end_line: int
    """Of the file of `location`: its last line of code, as far as the code stands there."""
    hidden: bool = False
    failure: ReportedFailure | None = None
    """Of a block that failed."""


class ReportedChapter(Value, frozen=True):
    """What came of one chapter, and where its blocks stand."""

    result: ChapterResult
    file: str
    """Relative to the site folder, `content/flask/03-routing.md`."""
    steps: tuple[ReportedStep, ...] = ()

    def address(self, step: ReportedStep) -> str:
        """Give what `octavo test` and `octavo shell` take for a block; a block of another file has no line here."""
        inside = step.location.file == self.file and step.location.line
        return f"{self.file}:{step.location.line}" if inside else self.file

    @property
    def unexplained(self) -> str:
        """Why the chapter failed, where no block of it did; else empty."""
        if self.result.status != "failed" or any(step.failure for step in self.steps):
            return ""
        return self.result.reason or "the chapter failed"


def report_chapter(result: ChapterResult, pages: Sequence[PageBlocks], file: str) -> ReportedChapter:
    """Join a result with its page.

    *pages* are the blocks of the chapters that the project went through, the one with the result last; *file* is that
    chapter's path from the site folder.
    """
    own = pages[-1] if pages else PageBlocks()
    return ReportedChapter(
        result=result, file=file, steps=tuple(_report_step(step, own, pages, file) for step in result.steps)
    )


def failure_diagnostics(reported: ReportedChapter) -> tuple[Diagnostic, ...]:
    """Give one error for each block that failed, in their order, or one for a chapter that failed without a block.

    A chapter that was blocked gives none: its cause is an error of another one.
    """
    if reported.unexplained:
        return (error("run-environment", reported.unexplained, Location(reported.file)),)
    return tuple(
        error(
            step.failure.failure.code,
            step.failure.failure.message,
            step.failure.location,
            excerpt=step.failure.excerpt[-1].text if step.failure.excerpt else "",
            hint=step.failure.hint,
        )
        for step in reported.steps
        if step.failure
    )


def can_update(failure: StepFailure) -> bool:
    """Tell whether `octavo test --update` can mend a failure: only where a printed text differs.

    A status and a header are claims of the author, whatever was compared.
    """
    return failure.code in _UPDATED and not failure.hard


def trace_line(line: str, project: str, writers: Sequence[Writer]) -> str:
    """Give the place on a page, `content/a.md:52`, of the code that a line of a log names; empty where it names none.

    Frames of Python and `path:line` are understood. A path must lie in the project, so that a file of a library that
    has the name of one of ours is not taken for it. *project* is the name of the project's folder.
    """
    known = {writer.path: writer for writer in writers}
    for pattern in (_PYTHON_FRAME, _PLAIN_FRAME):
        for found in pattern.finditer(line):
            writer = known.get(_project_path(found[1], project))
            if writer is not None:
                whole = writer.first_line and int(found[2])
                number = writer.first_line + int(found[2]) - 1 if whole else writer.location.line
                return f"{writer.location.file}:{number}"
    return ""


def _project_path(path: str, project: str) -> str:
    for before in (_WORK_FOLDER, f"{project}/", "./"):
        if path.startswith(before):
            return path[len(before) :]
    return path


def _report_step(step: StepResult, own: PageBlocks, pages: Sequence[PageBlocks], file: str) -> ReportedStep:
    if not 0 <= step.block < len(own.blocks):
        # A result of another text of the page: it is told all the same, without a place.
        place = BlockPlace(location=Location(file), excerpt="", body_line=0)
        block = CodeBlock(text="")
    else:
        place, block = own.places[step.block], own.blocks[step.block]
    failed = step.failure if step.status == "failed" else None
    code = len(split_lines(block.text))
    return ReportedStep(
        result=step,
        location=place.location,
        end_line=max(place.body_line + code - 1, place.location.line)
        if place.body_line
        else place.location.line,
        hidden=block.hidden,
        failure=_report_failure(failed, step, place, block, pages) if failed else None,
    )


def _report_failure(
    failure: StepFailure, step: StepResult, place: BlockPlace, block: CodeBlock, pages: Sequence[PageBlocks]
) -> ReportedFailure:
    location = place.location
    excerpt: tuple[NumberedLine, ...] = (NumberedLine(number=location.line, text=place.excerpt),)
    if failure.line >= 0 and place.body_line:
        lines = split_lines(block.text)
        failed = _failed_line(failure, lines)
        location, _ = locate_line(failed, place, block)
        numbers = sorted({_head(step.role, lines, failed), failed})
        excerpt = tuple(
            NumberedLine(number=place.body_line + number, text=lines[number])
            for number in numbers
            if number < len(lines)
        )
    return ReportedFailure(
        failure=failure,
        location=location,
        excerpt=tuple(line for line in excerpt if line.text.strip()),
        hint="; ".join(text for text in (failure.hint, place.way) if text),
        writers=last_writers(pages, step.block),
    )


def _failed_line(failure: StepFailure, lines: Sequence[str]) -> int:
    """Give the line of the block at which what came begins to differ, where the expected text stands there as it is."""
    offset = first_difference(failure.expected, failure.got) if failure.expected else 0
    number = failure.line + offset
    stands = (
        number < len(lines) and lines[number].rstrip() == failure.expected[offset].rstrip()
        if offset
        else False
    )
    return number if stands else failure.line


def _head(role: str, lines: Sequence[str], number: int) -> int:
    """Find the line with the command or the request that a line belongs to; the line itself where there is none."""
    if role == "http":
        return next((index for index, line in enumerate(lines[: number + 1]) if line.strip()), number)
    prompt = _PROMPTS.get(role)
    if prompt is None:
        return number
    above = (index for index in range(min(number, len(lines) - 1), -1, -1) if lines[index].startswith(prompt))
    return next(above, number)
