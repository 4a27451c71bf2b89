"""The report as Markdown for a page of GitHub: `$GITHUB_STEP_SUMMARY`.

Texts of pages and programs are data here. In the table every mark of Markdown and of HTML is written as a character
reference, which is never read as a mark (CommonMark, section 2.5). Longer texts stand in `<pre>`, with `<` and `&`
escaped, where no Markdown is read.
"""

import html
import re
from collections.abc import Iterator, Sequence

from octavo.tutorial.difflines import diff_lines, shorten_diff
from octavo.tutorial.reporting import ReportedChapter, ReportedFailure, ReportedStep, trace_line
from octavo.tutorial.reports.characters import fit_line, fit_text
from octavo.tutorial.reports.totals import count_totals, name_totals
from octavo.tutorial.results import count_status

__all__ = ["step_summary"]

_MARKS = re.compile(r"[!-,:-@\[-`{-~]|(?i:(?<=www)\.)")
"""All ASCII punctuation but `-`, `.` and `/`; the dot behind `www`, which would begin a link."""
_MOST_FAILURES = 30
_DIFF_LINES = 40
_LOG_LINES = 30


def step_summary(chapters: Sequence[ReportedChapter], seconds: float = 0.0) -> str:
    """Write the summary of a run that took *seconds*: totals, a table of chapters, the failures."""
    totals = count_totals(chapters)
    lines = [
        f"### Tutorials: {_cell(', '.join(name_totals(totals)))}",
        "",
        "| Chapter | Result | Verified | Failed | Not run | Skipped | Time |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
        *(_row(chapter) for chapter in chapters),
        "",
        f"{seconds:.1f} s in all.",
    ]
    failures = [text for chapter in chapters for text in _failures(chapter)]
    for text in failures[:_MOST_FAILURES]:
        lines += ["", text]
    if len(failures) > _MOST_FAILURES:
        lines += ["", f"{len(failures) - _MOST_FAILURES} more failures are not shown here."]
    return "\n".join(lines) + "\n"


def _row(chapter: ReportedChapter) -> str:
    result = chapter.result
    counts = count_status(result)
    status = result.status.replace("-", " ")
    cells = [
        _cell(chapter.file),
        _cell(f"{status}: {result.reason}" if result.reason else status),
        str(counts["passed"]),
        str(counts["failed"]),
        str(counts["not-run"]),
        str(counts["skipped"] + counts["xfailed"]),
        f"{result.seconds:.1f} s",
    ]
    return f"| {' | '.join(cells)} |"


def _failures(chapter: ReportedChapter) -> Iterator[str]:
    for step in chapter.steps:
        if step.failure:
            place = step.failure.location
            head = f"#### {_cell(f'{place.file}:{place.line}')} {_cell(step.failure.failure.message)}"
            text = "\n".join(_explain(chapter, step, step.failure))
            yield f"{head}\n\n<pre>\n{html.escape(fit_text(text), quote=False)}\n</pre>"
    if chapter.unexplained:
        yield f"#### {_cell(chapter.file)} {_cell(chapter.unexplained)}"


def _explain(chapter: ReportedChapter, step: ReportedStep, reported: ReportedFailure) -> Iterator[str]:
    failure = reported.failure
    for line in reported.excerpt:
        yield f"{line.number} | {line.text}"
    if failure.expected or failure.got:
        yield "expected -, got +"
        for changed in shorten_diff(diff_lines(failure.expected, failure.got), _DIFF_LINES):
            yield f"{changed.sign} {changed.text}"
    for text in failure.log[-_LOG_LINES:]:
        written = trace_line(text, chapter.result.tutorial, reported.writers)
        yield f"| {text}" + (f"   <- written by {written}" if written else "")
    if reported.hint:
        yield f"hint: {reported.hint}"
    yield f"again: octavo test {chapter.address(step)}"


def _cell(text: str) -> str:
    """Write a text so that nothing in it is a mark."""
    return _MARKS.sub(lambda found: f"&#{ord(found[0])};", fit_line(text)).strip() or "-"
