"""Failures as workflow commands that GitHub shows beside the lines (GitHub Docs, "Workflow commands")."""

from collections.abc import Iterator, Sequence

from octavo.tutorial.difflines import diff_lines, shorten_diff
from octavo.tutorial.reporting import ReportedChapter, ReportedFailure, ReportedStep, trace_line
from octavo.tutorial.reports.characters import fit_text

__all__ = ["github_annotations"]

_DIFF_LINES = 20
_LOG_LINES = 12
_LONGEST = 4_000
"""Characters of a message."""


def github_annotations(chapters: Sequence[ReportedChapter]) -> tuple[str, ...]:
    """Give one line for each failure, without line ends; chapters that are blocked give none."""
    found: list[str] = []
    for chapter in chapters:
        found += [_annotate(chapter, step, step.failure) for step in chapter.steps if step.failure]
        if chapter.unexplained:
            found.append(_command({"file": chapter.file, "title": "the chapter failed"}, chapter.unexplained))
    return tuple(found)


def _annotate(chapter: ReportedChapter, step: ReportedStep, reported: ReportedFailure) -> str:
    place = reported.location
    values = {"file": place.file}
    if place.line:
        values["line"] = str(place.line)
        values["endLine"] = str(max(place.line, reported.excerpt[-1].number if reported.excerpt else 0))
    values["title"] = reported.failure.message
    return _command(values, "\n".join(_message(chapter, step, reported)))


def _message(chapter: ReportedChapter, step: ReportedStep, reported: ReportedFailure) -> Iterator[str]:
    failure = reported.failure
    # A block may hold many commands: the excerpt begins with the one that failed.
    if head := reported.excerpt[0].text.strip() if reported.excerpt else step.result.label:
        yield head
    if failure.expected or failure.got:
        for line in shorten_diff(diff_lines(failure.expected, failure.got), _DIFF_LINES):
            yield f"{line.sign} {line.text}"
    for text in failure.log[-_LOG_LINES:]:
        written = trace_line(text, chapter.result.tutorial, reported.writers)
        yield f"| {text}" + (f"  (written by {written})" if written else "")
    if reported.hint:
        yield f"hint: {reported.hint}"
    yield f"again: octavo test {chapter.address(step)}"


def _command(values: dict[str, str], message: str) -> str:
    text = message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…"
    written = ",".join(f"{name}={_property(value)}" for name, value in values.items())
    return f"::error {written}::{_data(text or values['title'])}"


def _data(text: str) -> str:
    return fit_text(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
