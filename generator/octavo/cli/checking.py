"""`octavo serve --test`: chapters that are run while the site is under preview; the wiring of the preview and the runner."""

import os
import threading
import time
from collections.abc import Callable, Sequence

from octavo.cli.console import Console
from octavo.cli.previewing import Preview
from octavo.cli.project import CACHE
from octavo.cli.testchoice import consent
from octavo.cli.testrunning import environment_problem, list_commands, make_order, wanted_environment
from octavo.edges.proofstore import write_proof
from octavo.edges.runner.chapters import run_chapter
from octavo.edges.runner.environmentproblem import EnvironmentProblem
from octavo.edges.runner.environments import prepare_environment
from octavo.edges.runner.leftovers import end_leftovers
from octavo.edges.runner.trust import is_trusted
from octavo.engine.testing import ChapterTest, blank_result, list_chapters
from octavo.engine.tutorialfiles import PROOFS
from octavo.errors import Diagnostic
from octavo.preview.checker import ChapterChecker
from octavo.preview.checks import ChapterChecks, Outcome
from octavo.tutorial import ChapterResult, ChapterTask, proof_path
from octavo.tutorial.reporting import failure_diagnostics
from octavo.tutorial.reports import name_counts
from octavo.tutorial.results import count_status

__all__ = ["ask_consent", "make_checker", "outcome_lines"]


class _Runner:
    """Runs chapters with real processes; implements `ChapterRunner`."""

    def __init__(self, root: str, content_dir: str, note: Callable[[str], None]) -> None:
        self._root = root
        self._content_dir = content_dir
        self._note = note
        self._cache = os.path.join(root, CACHE)
        self._has_tidied = False

    def run(
        self, chapter: ChapterTest, task: ChapterTask, *, began: Callable[[str], None], stop: threading.Event
    ) -> ChapterResult | Diagnostic:
        """Run a chapter in its environment, which is made where it is not there yet."""
        if not self._has_tidied:
            self._has_tidied = True
            end_leftovers(self._cache)
        python, requirements = wanted_environment(self._root, chapter)
        made = prepare_environment(self._cache, python=python, requirements=requirements, progress=self._note)
        blank = blank_result(chapter)
        if isinstance(made, EnvironmentProblem):
            page = f"{self._content_dir}/{chapter.key.tutorial}"
            return environment_problem(made, self._root, page)
        with made:
            if stop.is_set():
                return blank
            order = make_order(self._root, task, made)
            return run_chapter(order, blank, made, whole=True, began=began, stop=stop)

    def keep_proof(self, source: str, data: bytes) -> str:
        """Write a proof; gives its absolute path."""
        write_proof(self._root, source, data)
        return os.path.join(self._root, PROOFS, proof_path(source))


def ask_consent(console: Console, preview: Preview, *, given: bool) -> None:
    """Let nothing run that nobody has vouched for.

    Raises:
        UsageError: nobody did.

    """
    commands: list[str] = []
    session = preview.session
    if not given and not is_trusted(preview.root):
        if session.generation is not None and session.generation.is_begun:
            # Only the whole plan knows the chapters.
            for _ in session.update(lambda: None):
                pass
        if session.generation is not None:
            commands = list_commands(list_chapters(session.generation.planned))
    consent(console, preview.root, commands, given=given)


def make_checker(preview: Preview, console: Console) -> ChapterChecker:
    """Make what runs the chapters of a preview; it hears of every plan from now on."""
    generation = preview.session.generation
    content_dir = generation.content_dir if generation is not None else ""
    checker = ChapterChecker(
        ChapterChecks(preview.session, secrets=os.environ),
        preview.session,
        preview.desk,
        preview.loop,
        _Runner(preview.root, content_dir, console.note),
        on_outcome=lambda outcome: _show(console, outcome),
        note=console.note,
    )
    preview.loop.on_plan = checker.follow
    return checker


def outcome_lines(outcome: Outcome) -> tuple[str, Sequence[Diagnostic]]:
    """Say in a line what came of a chapter, empty where there was nothing to run it in, and give what failed."""
    reported = outcome.reported
    if reported is None:
        return "", [outcome.problem] if outcome.problem is not None else []
    result = reported.result
    counts = count_status(result)
    is_whole = {name for name, count in counts.items() if count} <= {"passed", "xfailed"}
    done = counts["passed"] + counts["xfailed"]
    told = f"{done} of {done} verified" if is_whole else " · ".join(name_counts(counts))
    return f"{reported.file}: {told} in {result.seconds:.1f} s", failure_diagnostics(reported)


def _show(console: Console, outcome: Outcome) -> None:
    line, problems = outcome_lines(outcome)
    if line:
        console.say(f"{time.strftime('%H:%M:%S')} {line}")
    console.diagnostics(problems)
