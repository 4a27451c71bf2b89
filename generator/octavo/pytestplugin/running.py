"""Chapters run for a pytest session: each at most once, by the engine and the runner of `octavo test`."""

import os
import threading
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from octavo.cli.console import Console, diagnostic_text, fault_text
from octavo.cli.failureoutput import failure_lines, unexplained_lines
from octavo.cli.painting import Line, as_plain
from octavo.cli.project import CACHE, Project
from octavo.cli.testchoice import plan_tutorials
from octavo.cli.testrunning import environment_problem, make_order, wanted_environment
from octavo.edges.proofstore import write_proof
from octavo.edges.runner.chapters import run_chapter
from octavo.edges.runner.conditions import unmet_condition
from octavo.edges.runner.environmentproblem import EnvironmentProblem
from octavo.edges.runner.environments import prepare_environment
from octavo.edges.runner.leftovers import end_leftovers
from octavo.edges.runner.surroundings import own_free_path
from octavo.engine.proving import prove_chapter
from octavo.engine.testing import (
    ChapterTest,
    Choice,
    blank_result,
    find_mistakes,
    judge_result,
    list_chapters,
    make_task,
)
from octavo.errors import Diagnostic, OctavoError
from octavo.tutorial import ChapterResult, Step
from octavo.tutorial.reporting import ReportedChapter, ReportedStep, report_chapter
from octavo.tutorial.results import StepStatus

__all__ = ["BlockOutcome", "ChapterRuns"]


class BlockOutcome(NamedTuple):
    """What came of one block."""

    status: StepStatus
    text: str = ""
    """What is shown of a failure, or why it was skipped, not run or must fail."""
    seconds: float | None = None
    """How long it took; None where it was not run now."""


class _Ran(NamedTuple):
    """What came of a chapter."""

    reported: ReportedChapter | None
    problem: str = ""
    """Why it could not be run, as it is shown."""
    first: int = 0
    """The block that it was run for."""


class ChapterRuns:
    """The chapters of one site."""

    def __init__(self, project: Project, console: Console, *, use_proofs: bool) -> None:
        self.root = project.root
        self.output_folder = project.request.output_folder
        self._planned = plan_tutorials(project, console)
        self.chapters = list_chapters(self._planned)
        self._use_proofs = use_proofs
        self._cache = os.path.join(project.root, CACHE)
        self._has_tidied = False
        self._ran: dict[str, _Ran] = {}
        self._choices: list[Choice] = []
        self._results: dict[int, ChapterResult] = {}
        self._told: set[Diagnostic] = set()
        self._without: dict[tuple[str, str | None], str] = {}
        """Environments that cannot be made, with the chapter for which that was said."""

    def is_recorded(self, chapter: ChapterTest) -> bool:
        """Tell whether a proof stands for a chapter, so that it need not be run."""
        return self._use_proofs and chapter.key.state == "verified"

    def mistakes(self, chapter: ChapterTest) -> str:
        """Show what keeps a chapter from being run, each mistake once in a session; empty where nothing does."""
        found = find_mistakes(self._planned, [chapter])
        new = [item for item in found if item not in self._told]
        self._told.update(new)
        if found and not new:
            files = dict.fromkeys(item.location.file for item in found)
            return f"the mistakes of {', '.join(files)} come first"
        return "\n".join(diagnostic_text(item) for item in new)

    def outcome(self, chapter: ChapterTest, step: Step, blocks: Sequence[int]) -> BlockOutcome:
        """Give what came of a block; *blocks* are those of the chapter that were selected.

        The chapter is run the first time that one of them is asked for.
        """
        ran = self._ran.get(chapter.source)
        if ran is None:
            ran = self._ran[chapter.source] = self._run(chapter, step.block, blocks)
        if ran.reported is None:
            is_told = step.block != ran.first
            return (
                BlockOutcome("not-run", "the chapter cannot be run")
                if is_told
                else BlockOutcome("failed", ran.problem)
            )
        result = ran.reported.result
        if result.status == "recorded":
            return self._recorded(chapter, step)
        if result.status in {"blocked", "not-started"}:
            return BlockOutcome("not-run", f"{result.status.replace('-', ' ')}: {result.reason}")
        return _block_outcome(ran.reported, step.block, blocks)

    def _run(self, chapter: ChapterTest, first: int, blocks: Sequence[int]) -> _Ran:
        last = max((*blocks, first))
        is_whole = all(step.block <= last for step in chapter.steps if step.role != "norun")
        choice = Choice(chapter, -1 if is_whole else last)
        try:
            result = self._result(choice)
        except OctavoError as problem:
            result = fault_text(problem)
        if isinstance(result, str):
            return _Ran(None, result, first)
        self._choices.append(choice)
        number = len(self._results)
        self._results[number] = result
        result = self._results[number] = judge_result(self._choices, self._results, number)
        pages = [chapter.tutorial.page(each) for each in chapter.tutorial.way(chapter.number)]
        reported = report_chapter(result, pages, chapter.file)
        return (
            _Ran(None, _shown(unexplained_lines(reported)), first) if reported.unexplained else _Ran(reported)
        )

    def _result(self, choice: Choice) -> ChapterResult | str:
        """Run a chapter, unless a proof of it stands; a text says why it cannot be run."""
        chapter = choice.chapter
        blank = blank_result(chapter)
        if self.is_recorded(chapter):
            return msgspec.structs.replace(blank, status="recorded")
        wanted = wanted_environment(self.root, chapter)
        if wanted in self._without:
            return msgspec.structs.replace(blank, reason=f"no environment, as {self._without[wanted]} says")
        if not self._has_tidied:
            self._has_tidied = True
            end_leftovers(self._cache)
        made = prepare_environment(
            self._cache, python=wanted[0], requirements=wanted[1], progress=lambda _: None
        )
        if isinstance(made, EnvironmentProblem):
            self._without[wanted] = chapter.file
            shown = diagnostic_text(environment_problem(made, self.root, chapter.file))
            return "\n".join((shown, *(f"  | {line}" for line in made.log)))
        with made:
            order = make_order(self.root, make_task(choice, profile="", secrets=os.environ), made)
            result = run_chapter(
                order, blank, made, whole=choice.until < 0, began=lambda _: None, stop=threading.Event()
            )
        proof = prove_chapter(chapter.key, result)
        if proof is not None:
            write_proof(self.root, chapter.source, proof[1])
        return result

    def _recorded(self, chapter: ChapterTest, step: Step) -> BlockOutcome:
        """Give what came of a block when its chapter was verified: a proof counts what was left out, with reasons."""
        if step.role == "skip":
            return BlockOutcome("skipped", step.reason)
        skipped = dict(chapter.key.proof.skipped) if chapter.key.proof is not None else {}
        if skipped:
            task = make_task(Choice(chapter), profile="", secrets=os.environ)
            reason = unmet_condition(step, task, own_free_path(os.environ.get("PATH", os.defpath)))
            if reason in skipped:
                return BlockOutcome("skipped", reason)
        must_fail = step.option("xfail")
        return BlockOutcome("passed") if must_fail is None else BlockOutcome("xfailed", must_fail)


def _block_outcome(reported: ReportedChapter, block: int, blocks: Sequence[int]) -> BlockOutcome:
    """Give what came of a block of a chapter that was run."""
    # A server that ended by itself fails its block once more, at the end of the chapter.
    found = sorted(
        (step for step in reported.steps if step.result.block == block), key=lambda step: step.failure is None
    )
    if not found:
        return BlockOutcome("failed", f"{reported.file}: nothing came of this block")
    step = found[0]
    if step.failure is not None:
        return BlockOutcome("failed", _failure(reported, step), step.result.seconds)
    if step.result.status == "not-run":
        return _not_run(reported, step, blocks)
    return BlockOutcome(step.result.status, step.result.reason, step.result.seconds)


def _not_run(reported: ReportedChapter, step: ReportedStep, blocks: Sequence[int]) -> BlockOutcome:
    """Skip a block behind a failure that is told; where nobody selected the one that failed, it is told here, once."""
    cause = next((each for each in reported.steps if each.failure and each.failure.failure.hard), None)
    if cause is None:
        return BlockOutcome("not-run", f"not run: {step.result.reason}")
    left = [
        each.result.block
        for each in reported.steps
        if each.result.status == "not-run" and each.result.block in blocks
    ]
    if cause.result.block not in blocks and step.result.block == left[0]:
        return BlockOutcome("failed", _failure(reported, cause))
    return BlockOutcome("not-run", f"not run: after the failure at {cause.location}")


def _failure(reported: ReportedChapter, step: ReportedStep) -> str:
    return _shown(failure_lines(reported, step, step.failure)) if step.failure is not None else ""


def _shown(lines: Sequence[Line]) -> str:
    return as_plain(lines).strip("\n")
