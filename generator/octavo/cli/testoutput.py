"""What `octavo test` shows: a line for each chapter, then what failed, then what the run adds up to.

Functions with `_lines` make values, so that tests read them without a terminal; `show_...` print them.
"""

from collections.abc import Iterator, Sequence

from octavo.cli.console import Console
from octavo.cli.failureoutput import failure_lines, unexplained_lines
from octavo.cli.painting import Line, cells
from octavo.tutorial.reporting import ReportedChapter, ReportedStep
from octavo.tutorial.reports import count_totals, name_counts, name_totals
from octavo.tutorial.results import ChapterStatus, StepStatus, count_status

__all__ = [
    "RunProgress",
    "chapter_lines",
    "show_chapter",
    "show_summary",
    "summary_lines",
]

_NAME_WIDTH = 34
_WIDTH = 90
"""Cells of a line, where what stands in it leaves the choice."""
_LONGEST_REASON = 100
_MARKS: dict[ChapterStatus, tuple[str, str]] = {
    "verified": ("✓", "green"),
    "recorded": ("✓", "green"),
    "partial": ("✓", "green"),
    "failed": ("✗", "bold red"),
    "blocked": ("◌", "yellow"),
    "not-started": ("◌", "yellow"),
}
_STEP_MARKS: dict[StepStatus, tuple[str, str]] = {
    "passed": ("✓", "green"),
    "xfailed": ("✓", "green"),
    "failed": ("✗", "bold red"),
    "skipped": ("-", "dim"),
    "not-run": ("◌", "yellow"),
}
_MOST_VERSIONS = 3


class RunProgress:
    """Tells a terminal which block runs, once the run has taken a second; elsewhere it does nothing."""

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = max(total, 1)
        self._done = 0

    def __call__(self, source: str, label: str) -> None:
        """Note that a block of a chapter begins; *label* names it."""
        self._console.progress(f"{source}  {_cut(label, 50)}", min(self._done, self._total), self._total)
        self._done += 1

    def note(self, text: str) -> None:
        """Say at once what keeps a chapter from going on."""
        self._console.note(text)


def show_chapter(console: Console, reported: ReportedChapter) -> None:
    """Print the line of a chapter, with `-v` its blocks too; with `-q` nothing."""
    if not console.quiet:
        console.paint(chapter_lines(reported, verbose=console.verbose))


def show_summary(console: Console, chapters: Sequence[ReportedChapter], seconds: float) -> None:
    """Print everything that failed, what the run did without, and last the totals; with `-q` only what failed."""
    for chapter in chapters:
        for step in chapter.steps:
            if step.failure:
                console.paint(failure_lines(chapter, step, step.failure))
        console.paint(unexplained_lines(chapter))
    # What holds for the machine was noted of every chapter.
    for text in dict.fromkeys(note for chapter in chapters for note in chapter.result.notes):
        console.note(text)
    if not console.quiet:
        console.paint(summary_lines(chapters, seconds))


def chapter_lines(reported: ReportedChapter, *, verbose: bool = False) -> tuple[Line, ...]:
    """Give the line of a chapter; *verbose* adds one for each block."""
    result = reported.result
    mark, style = _MARKS[result.status]
    gap = " " * max(_NAME_WIDTH - cells(reported.file), 2)
    left: Line = (("  ", ""), (mark, style), (" ", ""), (reported.file, ""), (gap, ""), (_told(reported), ""))
    took = f"{result.seconds:.1f} s" if result.steps and result.status != "recorded" else ""
    lines: list[Line] = [(*left, *_to_the_right(left, took, "dim"))]
    if verbose:
        lines += [_step_line(step) for step in reported.steps]
    if result.kept:
        lines.append((("    kept in ", "dim"), (result.kept, "")))
    return tuple(lines)


def summary_lines(chapters: Sequence[ReportedChapter], seconds: float) -> tuple[Line, ...]:
    """Give the last lines: with what each project was run, what was found, and how long it took."""
    totals = count_totals(chapters)
    chosen = "bold red" if totals.failed else "bold green" if dict(totals.steps)["passed"] else "bold"
    left: Line = ((", ".join(name_totals(totals)), chosen),)
    return (), *_facts(chapters), (*left, *_to_the_right(left, f"{seconds:.1f} s", "dim"))


def _facts(chapters: Sequence[ReportedChapter]) -> Iterator[Line]:
    """Name Python and the first packages of each project, as far as chapters of it were run or recorded."""
    facts: dict[tuple[str, str], None] = {}
    for chapter in chapters:
        recorded = chapter.result.recorded
        if recorded.python:
            packages = (f"{name} {version}" for name, version in recorded.versions[:_MOST_VERSIONS])
            facts[chapter.result.tutorial, " · ".join((f"python {recorded.python}", *packages))] = None
    for project, text in facts:
        yield ((f"{project}: " if project else "", "dim"), (text, "dim"))


def _told(reported: ReportedChapter) -> str:
    """Say what came of a chapter: counts, or why there are none."""
    result = reported.result
    if result.status in {"blocked", "not-started"}:
        # Of the cause this says no more than the name: it is shown where it happened.
        word = "blocked" if result.status == "blocked" else "not started"
        return _cut(f"{word}: {result.reason}" if result.reason else word, _LONGEST_REASON)
    if reported.unexplained:
        return _cut(reported.unexplained, _LONGEST_REASON)
    counts = " · ".join(name_counts(count_status(result)))
    if result.status == "recorded":
        since = f"unchanged since {result.recorded.date}" if result.recorded.date else "unchanged"
        return f"{counts} ({since})" if counts else since
    return counts or "no blocks"


def _step_line(step: ReportedStep) -> Line:
    result = step.result
    mark, style = _STEP_MARKS[result.status]
    told = list(_remarks(step))
    left: Line = (
        ("    ", ""),
        (mark, style),
        (f"{step.location.line:>5}  ", "dim"),
        (f"{result.role:<8}", ""),
        (_cut(result.label, 60), ""),
        ("  " + "; ".join(told) if told else "", "dim"),
    )
    took = f"{result.seconds:.2f} s" if result.status in {"passed", "failed", "xfailed"} else ""
    return (*left, *_to_the_right(left, took, "dim"))


def _remarks(step: ReportedStep) -> Iterator[str]:
    result = step.result
    if step.hidden:
        yield "hidden"
    if result.status == "passed" and not result.compared:
        yield "ran, nothing to compare"
    if result.attempts > 1:
        yield f"{result.attempts} attempts"
    if result.status == "xfailed":
        yield "failed as expected"
    if result.reason:
        yield _cut(result.reason, _LONGEST_REASON)


def _to_the_right(left: Line, text: str, style: str) -> Line:
    """Set a text at the right end of a line, two cells from what stands there at least."""
    if not text:
        return ()
    used = sum(cells(part) for part, _ in left)
    return ((" " * max(_WIDTH - used - cells(text), 2), ""), (text, style))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
