"""Runs chapters while the site is under preview: one at a time, in a thread of its own.

The engine says which chapter comes next and takes in what came of it, between two things that matter more. The thread
waits for the chapter. A chapter whose key changes meanwhile is stopped; it is run again after a quiet moment.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Protocol, TypeVar

from octavo.engine.testing import ChapterTest
from octavo.errors import Diagnostic, EnvironmentFault
from octavo.preview.checks import ChapterChecks, CheckTask, Outcome
from octavo.preview.desk import PreviewDesk
from octavo.preview.ports import Note
from octavo.preview.session import PreviewSession
from octavo.tutorial import ChapterResult, ChapterTask

__all__ = ["ChapterChecker", "ChapterRunner"]

QUIET = 0.5
"""Seconds after a change of a chapter before one is run: whoever types is not done yet."""

T = TypeVar("T")


class ChapterRunner(Protocol):
    """Runs a chapter; both methods are called from the thread that runs chapters."""

    def run(
        self, chapter: ChapterTest, task: ChapterTask, *, began: Callable[[str], None], stop: threading.Event
    ) -> ChapterResult | Diagnostic:
        """Run all of a chapter, or until *stop* is set; a `Diagnostic` says why there is nothing to run it in.

        *began* is told the label of each block.
        """
        ...

    def keep_proof(self, source: str, data: bytes) -> str:
        """Write a proof; gives its absolute path.

        Raises:
            EnvironmentFault: the disk does not take it.

        """
        ...


class Engine(Protocol):
    """What the checker asks the loop."""

    def call(self, work: Callable[[], T]) -> "Future[T]":
        """Do a small piece of work in the engine's thread."""
        ...

    def look_now(self, path: str | None) -> Future[None]:
        """Look at the files."""
        ...


class ChapterChecker:
    """The thread, and what it tells: *on_outcome* hears of each run in the engine's thread."""

    def __init__(
        self,
        checks: ChapterChecks,
        session: PreviewSession,
        desk: PreviewDesk,
        engine: Engine,
        runner: ChapterRunner,
        *,
        on_outcome: Callable[[Outcome], None],
        note: Note,
        quiet: float = QUIET,
    ) -> None:
        self._checks = checks
        self._session = session
        self._desk = desk
        self._engine = engine
        self._runner = runner
        self._on_outcome = on_outcome
        self._note = note
        self._quiet = quiet
        self._told = threading.Condition()
        self._due: float | None = None
        """When to look for a chapter to run; None while there is no reason to."""
        self._has_begun = False
        self._is_closing = False
        self._running: tuple[CheckTask, threading.Event] | None = None
        """Set and left in the engine's thread, but for the end."""
        self._thread = threading.Thread(target=self._work, name="octavo-checks", daemon=True)

    def start(self) -> None:
        """Begin to run chapters."""
        self._thread.start()

    def close(self, patience: float) -> None:
        """Stop what runs, and wait so many seconds at most for its end."""
        with self._told:
            self._is_closing = True
            self._told.notify_all()
            running = self._running
        if running is not None:
            running[1].set()
        if self._thread.ident is not None:
            self._thread.join(patience)

    def run_again(self) -> None:
        """Run what failed once more, at once; may be called from any thread."""
        self._engine.call(self._forget)

    def follow(self) -> None:
        """Take in the engine's present generation; called in its thread after every look."""
        has_changed = self._checks.follow()
        if self._running is not None and not self._checks.is_current(self._running[0]):
            self._running[1].set()
        self._show()
        now = time.monotonic()
        with self._told:
            if has_changed and self._has_begun:
                self._due = now + self._quiet
            elif self._due is None:
                # A mistake may have gone that kept a chapter from being run, or a proof.
                self._due = now
            self._has_begun = self._has_begun or has_changed
            self._told.notify_all()

    # ------------------------------------------------------------ the thread

    def _work(self) -> None:
        while self._wait():
            try:
                running = self._engine.call(self._begin).result()
                if running is not None:
                    self._check(*running)
            except CancelledError:
                return  # the engine has ended
            except EnvironmentFault as problem:
                # The files changed under our hands; the next look brings another plan.
                self._note(problem.message)
            except Exception as problem:  # noqa: BLE001 - a bug that one chapter meets must not end the checks of others
                self._note(f"internal error: {type(problem).__name__}: {problem}; please report this")

    def _wait(self) -> bool:
        """Wait until a chapter may be run; False at the end."""
        with self._told:
            while not self._is_closing:
                now = time.monotonic()
                if self._due is not None and self._due <= now:
                    self._due = None
                    return True
                self._told.wait(None if self._due is None else self._due - now)
            return False

    def _check(self, task: CheckTask, stop: threading.Event) -> None:
        progress = _Progress(self._desk, task)
        result = self._run(task, stop, progress)
        outcome = self._engine.call(lambda: self._finish(task, stop, result)).result()
        if outcome is not None and outcome.proof is not None:
            try:
                self._engine.look_now(self._runner.keep_proof(task.chapter.source, outcome.proof))
            except EnvironmentFault as problem:
                self._note(problem.message)
        with self._told:
            self._due = self._due or time.monotonic()

    def _run(
        self, task: CheckTask, stop: threading.Event, progress: "_Progress"
    ) -> ChapterResult | Diagnostic:
        chapter = task.chapter
        try:
            progress.tell()
            return self._runner.run(chapter, task.task, began=progress, stop=stop)
        except Exception as problem:  # noqa: BLE001 - it must end neither the preview nor the checks of other chapters
            reason = f"the run broke off: {type(problem).__name__}: {problem}"
            return ChapterResult(
                source=chapter.source,
                title=chapter.title,
                tutorial=chapter.project,
                status="failed",
                reason=reason,
            )

    # ------------------------------------------------------------ in the engine's thread

    def _begin(self) -> tuple[CheckTask, threading.Event] | None:
        task = self._checks.take(self._desk.recent())
        with self._told:
            self._running = (task, threading.Event()) if task is not None and not self._is_closing else None
            return self._running

    def _finish(
        self, task: CheckTask, stop: threading.Event, result: ChapterResult | Diagnostic
    ) -> Outcome | None:
        self._running = None
        outcome = None if stop.is_set() else self._checks.finish(task, result)
        state = "stopped"
        if outcome is not None:
            is_failed = outcome.reported is None or outcome.reported.result.status != "verified"
            state = "failed" if is_failed else "verified"
            self._on_outcome(outcome)
        self._show()
        self._desk.tell_check(task.output, {"state": state})
        return outcome

    def _forget(self) -> None:
        self._checks.forget_failures()
        self._show()
        with self._told:
            self._due = time.monotonic()
            self._told.notify_all()

    def _show(self) -> None:
        """Give the pages what failed on them, and tell those that look at one where that differs."""
        failures = self._checks.failures()
        before, self._session.failures = self._session.failures, failures
        generation = self._session.generation
        if before == failures or generation is None:
            return
        sources = {
            source for source in before.keys() | failures.keys() if before.get(source) != failures.get(source)
        }
        pages = [
            job.output for job in generation.jobs.values() if job.kind == "page" and job.source in sources
        ]
        self._desk.publish(generation, (), pages, all_problems=False)


class _Progress:
    """Tells the pages how far a run is."""

    def __init__(self, desk: PreviewDesk, task: CheckTask) -> None:
        self._desk = desk
        self._task = task
        self._done = 0
        self._label = ""

    def __call__(self, label: str) -> None:
        """Note that a block begins."""
        self._done += 1
        self._label = label
        self.tell()

    def tell(self) -> None:
        """Say which block runs."""
        total = len(self._task.task.steps)
        state = {"state": "running", "done": min(self._done, total), "total": total, "label": self._label}
        self._desk.tell_check(self._task.output, state)
