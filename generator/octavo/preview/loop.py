"""What a preview does next: answer, look at files, render ahead, verify; in this order, in one thread.

The thread that calls `run` is the engine. Everybody else asks it: the server for pages that are not made yet, the watcher
by hints, the terminal by commands. A page that is on the shelf is given without asking.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import TypeVar

from octavo.engine.ports import StoreLostFault
from octavo.errors import EnvironmentFault
from octavo.preview.desk import PreviewDesk
from octavo.preview.housekeeping import Housekeeping
from octavo.preview.inbox import Action, Due, Inbox
from octavo.preview.ports import FileWatcher, LiveWorkspace, Note, WatchedFolder
from octavo.preview.rebuild import Rebuild
from octavo.preview.search import PreviewSearch
from octavo.preview.session import Change, PreviewSession, SupersededError
from octavo.preview.watched import watched_folders

__all__ = ["PreviewLoop"]

AHEAD = 4
"""Pages rendered ahead between two looks at what cannot wait."""
AT_ONCE = 24
"""Stale pages that are rendered before the browser hears of a change, though nobody has looked at them lately."""
VERIFY_AFTER = 0.7
"""Seconds of quiet after a change, before everything is compared with what is known."""
VERIFY_SHARE = 300
"""A comparison of everything takes at most this part of the time while nothing happens."""
POLL_SHARE = 12
POLL_LEAST = 0.3
CHECK_EVERY = 1.0
TOLD_WITHIN = 0.1
"""Seconds that an event may be late, or early, for a change that a comparison has found."""
RETRY_AFTER = 0.25

T = TypeVar("T")


class PreviewLoop:
    """Runs one preview."""

    def __init__(
        self,
        session: PreviewSession,
        desk: PreviewDesk,
        workspace: LiveWorkspace,
        watcher: FileWatcher,
        *,
        root: str,
        on_rebuild: Callable[[Rebuild], None],
        note: Note,
        search: PreviewSearch,
        poll: bool = False,
    ) -> None:
        self._session = session
        self._desk = desk
        self._workspace = workspace
        self._watcher = watcher
        self._root = root
        self._on_rebuild = on_rebuild
        self.on_plan: Callable[[], None] = lambda: None
        """Told of every plan, once the pages that people look at are made."""
        self._note = note
        self._search = search
        self._polls = poll
        self._inbox = Inbox()
        self._ahead: deque[str] = deque()
        self._retry_at: float | None = None
        self._verify_at: float | None = None
        self._check_at = 0.0
        self._housekeeping = Housekeeping()
        self._folders: tuple[WatchedFolder, ...] = ()
        self._suspected_at: float | None = None
        self._is_warm = False
        self._is_proven = False
        """True once everything was compared since the folders are watched."""
        self._must_check = True
        self._head = workspace.git_head()
        desk.connect(self)
        search.connect(self._inbox.wake)

    # ------------------------------------------------------------ asked by other threads

    def hint(self, path: str | None) -> None:
        """Say that a file (absolute) may have changed; None is any file."""
        self._workspace.hint(path)
        self._inbox.hint(path)

    def ask(self, output: str) -> Future[None]:
        """Ask for an output to be rendered; the future is done once it is on the shelf."""
        return self._inbox.ask(output)

    def look_now(self, path: str | None) -> Future[None]:
        """Ask for the files to be looked at now; the future is done when they have been."""
        self._workspace.hint(path)
        return self._inbox.look_now()

    def call(self, work: Callable[[], T]) -> Future[T]:
        """Ask for a small piece of work to be done in the engine's thread."""
        return self._inbox.call(work)

    def stop(self) -> None:
        """End `run`; may be called from a signal handler."""
        self._inbox.stop()

    # ------------------------------------------------------------ the engine's thread

    def run(self) -> None:
        """Work until `stop`; the session has begun."""
        generation = self._session.generation
        self._watch()
        if generation is not None and generation.is_begun:
            self._on_rebuild(Rebuild(kind="shown"))
            self._inbox.must_look()
        else:
            self._tell(Change(), time.monotonic())
            self._after_look()
        while (action := self._inbox.wait(self._dues(), has_more=self._has_more)) != "stop":
            try:
                self._act(action)
            except EnvironmentFault as problem:
                self._recover(problem)
            except Exception as problem:  # noqa: BLE001 - a bug that one page meets must not end the preview of the others
                self._note(f"internal error: {type(problem).__name__}: {problem}; please report this")
        self._inbox.close()
        self._search.close()
        self._session.commit()

    def _act(self, action: Action) -> None:
        if action == "answer":
            self._answer()
        elif action == "look":
            self._look()
            self._after_look()
        elif action == "call":
            self._inbox.do_called()
        elif action == "ahead":
            self._make_ahead()
        elif action == "verify":
            self._verify()
        elif action == "check":
            self._check_at = time.monotonic() + CHECK_EVERY
            self._watcher.check()
            self._check_head()
            self._judge(time.monotonic())
        elif action == "tidy":
            self._tidy()

    def _dues(self) -> Iterator[Due]:
        """Give the times at which something is to be done that nobody asked for."""
        yield self._check_at, "check"
        for at in (self._workspace.held_until, self._retry_at):
            if at is not None:
                yield at, "look"
        if self._verify_at is not None and not self._ahead:
            yield self._verify_at, "verify"
        if (tidy_at := self._housekeeping.due) is not None and not self._ahead:
            yield tidy_at, "tidy"

    # ------------------------------------------------------------ looking

    def _look(self) -> None:
        """Look at the files, and tell everybody what changed."""
        self._retry_at = None
        started, lookers = self._inbox.begin_look()
        try:
            for change in self._session.update(self._serve_meanwhile):
                self._tell(change, started)
        except SupersededError:
            self._inbox.must_look()
        finally:
            for future in lookers:
                future.set_result(None)

    def _recover(self, problem: EnvironmentFault) -> None:
        """Look again in a moment: a file went away between two looks at it, or the disk is ill."""
        self._note(problem.message)
        self._retry_at = time.monotonic() + RETRY_AFTER
        if isinstance(problem, StoreLostFault):
            self._session.forget()

    def _tell(self, change: Change, started: float) -> None:
        """Render what people look at, send the events, and leave the rest for later."""
        generation = self._desk.show(self._session)
        stale = set(change.stale)
        at_once = [output for output in self._desk.recent() if output in stale]
        if len(stale) <= AT_ONCE:
            seen = set(at_once)
            at_once += [
                output for output in change.stale if output not in seen and generation.is_page(output)
            ]
        self._make(at_once[:AHEAD], change)
        for start in range(AHEAD, len(at_once), AHEAD):
            self._make(at_once[start : start + AHEAD])
        if change.is_news or self._must_check:
            self._render_ahead_again()
        self._report(change, started, pages=len(at_once))
        self.on_plan()

    def _report(self, change: Change, started: float, *, pages: int) -> None:
        """Tell the terminal, where there is something to tell."""
        has_checked = change.is_checked and self._must_check
        if has_checked:
            self._housekeeping.parsed_all()
        self._must_check = not change.is_checked
        if has_checked or change.is_news:
            self._on_rebuild(
                Rebuild(
                    kind="checked" if has_checked else "changed",
                    files=change.files,
                    pages=pages,
                    waiting=len(self._ahead),
                    seconds=time.monotonic() - started,
                )
            )

    def _after_look(self) -> None:
        """Watch what the site is made of now, and plan what follows."""
        now = time.monotonic()
        self._verify_at = now + VERIFY_AFTER
        self._housekeeping.looked(now)
        self._watch()

    def _watch(self) -> None:
        """Watch the folders that the site is made from."""
        generation = self._session.generation
        if generation is None or self._polls:
            return
        folders = watched_folders(generation, self._root, self._workspace.linked_folders)
        if folders != self._folders:
            self._folders = folders
            self._is_proven = False
        if not self._watcher.watch(folders):
            self._polls = True
            self._note("files are compared again and again instead")

    def _tidy(self) -> None:
        """Keep the state, and collect garbage."""
        self._session.commit()
        self._housekeeping.tidy()

    def _verify(self) -> None:
        """Compare everything with what is known: events may have been lost."""
        differs = self._workspace.verify()
        now = time.monotonic()
        share = POLL_SHARE if self._polls else VERIFY_SHARE
        least = POLL_LEAST if self._polls else 1.0
        self._verify_at = now + max(least, self._workspace.last_full_scan_seconds * share)
        if differs is None:
            self._verify_at = now + VERIFY_AFTER
        elif differs:
            # What changed before the folders were watched is no sign that watching fails.
            if self._is_proven and not self._polls and self._suspected_at is None:
                self._suspected_at = now
            self._inbox.must_look()
        self._is_proven = differs is not None or self._is_proven

    def _judge(self, now: float) -> None:
        """Stop waiting for events where a change was found that none told of, before or after."""
        if self._suspected_at is None or now < self._suspected_at + TOLD_WITHIN:
            return
        if self._inbox.last_hint < self._suspected_at - TOLD_WITHIN:
            self._polls = True
            self._note(
                "a change came without an event: files are compared again and again from now on (`--poll`)"
            )
        self._suspected_at = None

    def _check_head(self) -> None:
        """Look at the files where another commit is checked out: pages show the dates of their last one."""
        head = self._workspace.git_head()
        if head != self._head:
            self._head = head
            self._inbox.must_look()

    # ------------------------------------------------------------ pages

    def _serve_meanwhile(self) -> None:
        """Between two batches of long work: answer, and give way to newer files."""
        while not self._inbox.is_pressing:
            if not self._answer():
                return
        raise SupersededError

    def _answer(self) -> bool:
        """Render what somebody waits for; False where nobody does."""
        waiting = self._inbox.take_asked(AHEAD)
        try:
            self._make([output for output, _ in waiting])
        finally:
            for _, future in waiting:
                if not future.cancelled():
                    future.set_result(None)
        return bool(waiting)

    @property
    def _has_more(self) -> bool:
        return bool(self._ahead) or not self._is_warm or self._search.can_go_on(self._session.generation)

    def _make_ahead(self) -> None:
        if not self._is_warm:
            self._is_warm = True
            self._session.warm_up()
            return
        if self._search.can_go_on(self._session.generation):
            self._search.go_on(self._session.generation, self._make, AHEAD)
            return
        outputs = [self._ahead.popleft() for _ in range(min(len(self._ahead), AHEAD))]
        self._make(outputs)

    def _make(self, outputs: Sequence[str], change: Change | None = None) -> None:
        """Render outputs, and tell those who look at an older state of one, or at what else changed."""
        generation = self._session.generation
        change = change or Change()
        before = {output: self._session.render_faults.get(output) for output in outputs}
        differing = self._session.make(outputs)
        faulty = tuple(
            output for output in outputs if before[output] != self._session.render_faults.get(output)
        )
        if generation is not None:
            self._desk.publish(
                generation,
                (*change.changed, *differing),
                (*change.problems, *faulty),
                all_problems=change.all_problems,
            )

    def _render_ahead_again(self) -> None:
        """Queue every page that is not made yet; nothing where the theme is broken, since all would fail."""
        generation = self._session.generation
        if generation is None or generation.is_begun:
            return
        broken = any(item.code == "template-syntax" for item in generation.planned.diagnostics)
        jobs = generation.jobs.values()
        self._ahead = deque(
            job.output
            for job in jobs
            if not broken and job.kind == "page" and not self._session.shelf.is_fresh(job.output, job)
        )
