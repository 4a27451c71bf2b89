"""Which chapters are to be run under preview, what came of those that were, and what their pages say of it.

A verdict holds under the key that the chapter was run under. Everything here belongs to the engine's thread, and nothing
here runs a command.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from octavo.digest import Digest
from octavo.engine.planning import PlannedSite
from octavo.engine.proving import ChapterKey, chapter_keys, prove_chapter
from octavo.engine.testing import ChapterTest, Choice, chapter_test, find_mistakes, make_task
from octavo.errors import Diagnostic
from octavo.preview.problems import RunFailure
from octavo.preview.session import PreviewSession
from octavo.tutorial import ChapterResult, ChapterTask, ChapterViews
from octavo.tutorial.difflines import diff_lines, shorten_diff
from octavo.tutorial.reporting import ReportedChapter, ReportedStep, failure_diagnostics, report_chapter

__all__ = ["ChapterChecks", "CheckTask", "Outcome"]

_DIFF_LINES = 40
_LOG_LINES = 10
_decode_views = msgspec.msgpack.Decoder(ChapterViews).decode


class CheckTask(NamedTuple):
    """A chapter to run, with all that running it takes."""

    chapter: ChapterTest
    task: ChapterTask

    @property
    def output(self) -> str:
        """Name its page."""
        return self.chapter.key.output


class Outcome(NamedTuple):
    """What is told of a run."""

    reported: ReportedChapter | None = None
    """None where there is no environment to run in."""
    problem: Diagnostic | None = None
    """Why there is none; None too where that was told before."""
    proof: bytes | None = None
    """The file to keep, where all of the chapter passed."""


class _Verdict(NamedTuple):
    key: Digest
    result: ChapterResult


class _Trouble(NamedTuple):
    """Why the chapters of a tutorial cannot be run, and under which keys they could not."""

    problem: Diagnostic
    keys: Mapping[str, Digest]


class ChapterChecks:
    """The chapters of one preview; *secrets* are the variables that a tutorial may ask for."""

    def __init__(self, session: PreviewSession, *, secrets: Mapping[str, str]) -> None:
        self._session = session
        self._secrets = secrets
        self._planned: PlannedSite | None = None
        self._keys: dict[str, ChapterKey] = {}
        self._verdicts: dict[str, _Verdict] = {}
        self._troubles: dict[str, _Trouble] = {}
        """By the source of the tutorial's page."""
        self._reports: dict[str, tuple[object, tuple[RunFailure, ...]]] = {}

    def follow(self) -> bool:
        """Take in the present generation; True where a chapter's key differs from before.

        What was found under a key that holds no more is forgotten.
        """
        generation = self._session.generation
        if generation is None or generation.is_begun or generation.planned is self._planned:
            return False
        self._planned = generation.planned
        before = {source: key.key for source, key in self._keys.items()}
        self._keys = {key.source: key for key in chapter_keys(self._planned)}
        self._verdicts = {
            source: verdict
            for source, verdict in self._verdicts.items()
            if self._holds(source, verdict.key) and self._keys[source].state != "verified"
        }
        for tutorial, trouble in tuple(self._troubles.items()):
            keys = {source: key for source, key in trouble.keys.items() if self._holds(source, key)}
            if keys:
                self._troubles[tutorial] = _Trouble(trouble.problem, keys)
            else:
                del self._troubles[tutorial]
        return before != {source: key.key for source, key in self._keys.items()}

    def take(self, recent: Sequence[str]) -> CheckTask | None:
        """Give the next chapter to run, of those on the pages *recent* first; None where there is none.

        Raises:
            EnvironmentFault: a page was changed since it was planned.

        """
        if self._planned is None:
            return None
        rank = {output: number for number, output in enumerate(recent)}
        wanted = [key for key in self._keys.values() if self._is_wanted(key)]
        for key in sorted(wanted, key=lambda each: rank.get(each.output, len(rank))):
            chapter = chapter_test(self._planned, key)
            if not find_mistakes(self._planned, [chapter]):
                return CheckTask(chapter, make_task(Choice(chapter), profile="", secrets=self._secrets))
        return None

    def is_current(self, task: CheckTask) -> bool:
        """Tell whether a chapter is still what it was when it was taken."""
        return self._holds(task.chapter.source, task.chapter.key.key)

    def finish(self, task: CheckTask, result: ChapterResult | Diagnostic) -> Outcome | None:
        """Take in what came of a run, a `Diagnostic` where there was no environment; None where it counts no more."""
        if not self.is_current(task):
            return None
        chapter = task.chapter
        if isinstance(result, Diagnostic):
            return self._stop_tutorial(chapter.key.tutorial, result)
        # With an environment, those that had none are run after all.
        self._troubles.pop(chapter.key.tutorial, None)
        self._verdicts[chapter.source] = _Verdict(chapter.key.key, result)
        found = prove_chapter(chapter.key, result)
        return Outcome(reported=_report(chapter, result), proof=found[1] if found is not None else None)

    def forget_failures(self) -> None:
        """Let everything be run again that failed, or had no environment."""
        self._troubles.clear()
        self._verdicts = {
            source: verdict for source, verdict in self._verdicts.items() if verdict.result.status != "failed"
        }

    def failures(self) -> dict[str, tuple[RunFailure, ...]]:
        """Give what the pages say of the chapters that failed, by source, with the places of the present texts."""
        found: dict[str, tuple[RunFailure, ...]] = {
            tutorial: (RunFailure(problem=trouble.problem),) for tutorial, trouble in self._troubles.items()
        }
        for source, verdict in self._verdicts.items():
            if verdict.result.status == "failed":
                found[source] = found.get(source, ()) + self._failures_of(source, verdict)
        self._reports = {source: known for source, known in self._reports.items() if source in found}
        return found

    def _holds(self, source: str, key: Digest) -> bool:
        return source in self._keys and self._keys[source].key == key

    def _is_wanted(self, key: ChapterKey) -> bool:
        trouble = self._troubles.get(key.tutorial)
        return (
            key.execution.executed > 0
            and key.state != "verified"
            and key.source not in self._verdicts
            and (trouble is None or key.source not in trouble.keys)
        )

    def _stop_tutorial(self, tutorial: str, problem: Diagnostic) -> Outcome:
        known = self._troubles.get(tutorial)
        keys = {key.source: key.key for key in self._keys.values() if key.tutorial == tutorial}
        self._troubles[tutorial] = _Trouble(problem, keys)
        return Outcome(problem=problem if known is None or known.problem != problem else None)

    def _failures_of(self, source: str, verdict: _Verdict) -> tuple[RunFailure, ...]:
        """Find the places of failures, again where a page of the way has another text."""
        assert self._planned is not None, "a verdict comes after a plan"  # noqa: S101 - a bug of ours
        key = self._keys[source]
        rows = self._planned.documents.rows
        tutorial = next(
            each for each in self._planned.plan.tutorials.tutorials if each.outline.source == key.tutorial
        )
        way = tutorial.way(tutorial.numbers[key.output])
        stamp = (verdict, [rows[tutorial.outline.chapters[number].source].key for number in way])
        known = self._reports.get(source)
        if known is None or known[0] != stamp:
            chapter = chapter_test(self._planned, key)
            views = _decode_views(tutorial.views([key.output])[key.output])
            shown = {view.block: number for number, view in enumerate(views.blocks)}
            known = (stamp, _run_failures(_report(chapter, verdict.result), shown))
            self._reports[source] = known
        return known[1]


def _report(chapter: ChapterTest, result: ChapterResult) -> ReportedChapter:
    tutorial = chapter.tutorial
    pages = [tutorial.page(number) for number in tutorial.way(chapter.number)]
    return report_chapter(result, pages, chapter.file)


def _run_failures(reported: ReportedChapter, shown: Mapping[int, int]) -> tuple[RunFailure, ...]:
    """Make what a page says; *shown* counts the blocks that readers see, by their number among all of the page."""
    problems = failure_diagnostics(reported)
    steps: list[ReportedStep | None] = [step for step in reported.steps if step.failure]
    found: list[RunFailure] = []
    for problem, step in zip(problems, steps or [None] * len(problems), strict=True):
        failure = step.result.failure if step is not None else None
        if step is None or failure is None:
            found.append(RunFailure(problem=problem))
            continue
        lines = diff_lines(failure.expected, failure.got) if failure.expected or failure.got else ()
        found.append(
            RunFailure(
                problem=problem,
                step=shown.get(step.result.block, -1),
                role=step.result.role,
                changes=tuple((line.sign, line.text) for line in shorten_diff(lines, _DIFF_LINES)),
                log=failure.log[-_LOG_LINES:],
            )
        )
    return tuple(found)
