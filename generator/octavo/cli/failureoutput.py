"""One failure for a terminal: where, what was expected and what came, the log, and what to type next.

The place stands at the eighth column, where terminals and editors find it. Each cause is shown once.
"""

import posixpath
import shlex
from collections.abc import Iterator, Sequence

from octavo.cli.painting import Line, cells, visible
from octavo.tutorial.difflines import DiffLine, diff_lines, shorten_diff
from octavo.tutorial.places import Writer
from octavo.tutorial.reporting import (
    ReportedChapter,
    ReportedFailure,
    ReportedStep,
    can_update,
    trace_line,
)

__all__ = ["failure_lines", "unexplained_lines"]

_DIFF_LINES = 40
_LOG_LINES = 30
_MOST_FILES = 4
_LONGEST = 160
"""Characters of a line of the page or of a log."""
_LOG_COLUMN = 60
_SIGN_STYLES = {"-": "red", "+": "green", " ": "", "…": "dim"}


def failure_lines(
    chapter: ReportedChapter, step: ReportedStep, reported: ReportedFailure
) -> tuple[Line, ...]:
    """Give the lines of a block's failure; an empty one stands above."""
    failure = reported.failure
    address = reported.location.file + (f":{reported.location.line}" if reported.location.line else "")
    lines: list[Line] = [(), _head(address, failure.message), *_excerpt(reported)]
    if step.result.role not in {"file", "edit", "diff", "append", "show"}:
        lines.append(_inside(chapter, step))
    lines += _compared(failure.expected, failure.got)
    lines += _log(chapter, reported)
    if reported.hint:
        lines.append((("   hint: ", "bold"), (_one(reported.hint), "")))
    if failure.hard and (rest := sum(each.result.status == "not-run" for each in chapter.steps)):
        lines.append(((f"   the chapter stops here: {rest} block{'s' * (rest != 1)} not run", ""),))
    return (*lines, *_next(chapter, step, reported))


def unexplained_lines(chapter: ReportedChapter) -> tuple[Line, ...]:
    """Give the lines of a chapter that failed without a block that did; none for any other."""
    if not chapter.unexplained:
        return ()
    again = f"octavo test {shlex.quote(chapter.file)}"
    return (), _head(chapter.file, chapter.unexplained), (("   again:   ", "dim"), (again, ""))


def _head(address: str, message: str) -> Line:
    return (("FAILED", "bold red"), (" ", ""), (address, "bold"), ("   ", ""), (_one(message), "bold"))


def _excerpt(reported: ReportedFailure) -> Iterator[Line]:
    """Show the lines of the page with their numbers."""
    if not reported.excerpt:
        return
    width = max(len(str(line.number)) for line in reported.excerpt)
    edge: Line = ((" " * (width + 1), ""), ("│", "dim"))
    yield edge
    previous = 0
    for line in reported.excerpt:
        if previous and line.number > previous + 1:
            yield ((" " * (width + 1), ""), ("⋮", "dim"))
        previous = line.number
        yield ((f"{line.number:>{width}} │ ", "dim"), (_one(line.text.expandtabs(4)), ""))
    yield edge


def _inside(chapter: ReportedChapter, step: ReportedStep) -> Line:
    number = next((index for index, each in enumerate(chapter.steps, start=1) if each is step), 0)
    where = f"{chapter.result.tutorial}/" if chapter.result.tutorial else "the project"
    attempts = f", {step.result.attempts} attempts" if step.result.attempts > 1 else ""
    return (("   in:      ", "dim"), (f"{where}  block {number} of {len(chapter.steps)}{attempts}", ""))


def _compared(expected: Sequence[str], got: Sequence[str]) -> Iterator[Line]:
    if not expected and not got:
        return
    yield (("   expected ", ""), ("-", "red"), (" / got ", ""), ("+", "green"))
    for line in shorten_diff(diff_lines(expected, got), _DIFF_LINES):
        yield _compared_line(line)
    if not any(line.strip() for line in got):
        yield (("     (nothing was printed)", "dim"),)


def _compared_line(line: DiffLine) -> Line:
    style = _SIGN_STYLES[line.sign]
    return (("     ", ""), (f"{line.sign} ", style), (visible(line.text), style))


def _log(chapter: ReportedChapter, reported: ReportedFailure) -> Iterator[Line]:
    failure = reported.failure
    if not failure.log:
        return
    yield ((f"   log of {_one(failure.log_of)}:" if failure.log_of else "   log:", ""),)
    shown = failure.log[-_LOG_LINES:]
    if len(shown) < len(failure.log):
        yield ((f"     … {len(failure.log) - len(shown):,} lines above", "dim"),)
    for text in shown:
        line = _one(text.expandtabs(8))
        place = trace_line(text, chapter.result.tutorial, reported.writers)
        if place:
            gap = " " * max(_LOG_COLUMN - cells(line), 2)
            yield (("     | ", "dim"), (line, ""), (f"{gap}← written by ", "dim"), (place, "bold"))
        else:
            yield (("     | ", "dim"), (line, ""))


def _next(chapter: ReportedChapter, step: ReportedStep, reported: ReportedFailure) -> Iterator[Line]:
    """Say what to type to see it again, to look around, and to accept what came."""
    address = shlex.quote(chapter.address(step))
    if reported.writers and step.result.role not in {"file", "show"}:
        yield (("   files:   ", "dim"), (_files(chapter.file, reported.writers), ""))
    yield (("   again:   ", "dim"), (f"octavo test {address}", ""))
    look = f"octavo shell {address}"
    yield (("   look:    ", "dim"), (look, ""), ("     opens a shell in the project as it is there", "dim"))
    if can_update(reported.failure):
        yield (("   accept:  ", "dim"), (f"octavo test {address} --update", ""))


def _files(file: str, writers: Sequence[Writer]) -> str:
    """Name the files that blocks wrote so far, those of this page first, with the line of the last one that did."""
    listed = sorted(writers, key=lambda writer: (writer.location.file != file, writer.path))
    named = [
        f"{writer.path} (line {writer.location.line})"
        if writer.location.file == file
        else f"{writer.path} ({posixpath.basename(writer.location.file)}:{writer.location.line})"
        for writer in listed[:_MOST_FILES]
    ]
    rest = len(listed) - len(named)
    return ", ".join(named) + (f" and {rest} more" if rest else "")


def _one(text: str) -> str:
    """Show a text on one line, cut where it is long."""
    shown = visible(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
