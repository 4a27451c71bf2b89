"""What others ask of the engine, and the order in which it gets to it.

Pages that somebody waits for come first, then the files, then what can wait. Methods of the first part may be called
from any thread and from signal handlers, those of the second belong to the engine's thread.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, Literal, TypeVar

from octavo.preview.rhythm import Rhythm

__all__ = ["Action", "Inbox"]

Action = Literal["stop", "answer", "look", "call", "ahead", "verify", "check", "tidy"]
Due = tuple[float, Action]
T = TypeVar("T")


class Inbox:
    """The requests of one preview."""

    def __init__(self) -> None:
        # The lock of a condition is re-entrant, so that a signal handler may stop the thread that holds it.
        self._arrived = threading.Condition()
        self._rhythm = Rhythm()
        self._asked: deque[tuple[str, Future[None]]] = deque()
        self._lookers: list[Future[None]] = []
        self._called: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._must_look = False
        self._is_woken = False
        self._is_stopping = False
        self._first_hint = 0.0

    # ------------------------------------------------------------ for any thread

    def hint(self, path: str | None) -> None:
        """Say that a file may have changed; None is any file."""
        with self._arrived:
            now = time.monotonic()
            if not self._rhythm.is_waiting:
                self._first_hint = now
            self._rhythm.hint(path, now)
            self._arrived.notify()

    def ask(self, output: str) -> Future[None]:
        """Ask for an output to be rendered; the future is done once it is on the shelf."""
        future: Future[None] = Future()
        with self._arrived:
            if self._is_stopping:
                future.cancel()
            else:
                self._asked.append((output, future))
                self._arrived.notify()
        return future

    def look_now(self) -> Future[None]:
        """Ask for the files to be looked at now; the future is done when they have been."""
        future: Future[None] = Future()
        with self._arrived:
            if self._is_stopping:
                future.cancel()
            else:
                self._lookers.append(future)
                self.must_look()
        return future

    def wake(self) -> None:
        """Say that there is work that can wait."""
        with self._arrived:
            self._is_woken = True
            self._arrived.notify()

    def call(self, work: Callable[[], T]) -> Future[T]:
        """Ask for a small piece of work to be done in the engine's thread; the future holds what it gives or raises."""
        future: Future[T] = Future()
        with self._arrived:
            if self._is_stopping:
                future.cancel()
            else:
                self._called.append((work, future))
                self._arrived.notify()
        return future

    def must_look(self) -> None:
        """Have the files looked at without waiting for a quiet moment."""
        with self._arrived:
            if not self._must_look and not self._rhythm.is_waiting:
                self._first_hint = time.monotonic()
            self._must_look = True
            self._arrived.notify()

    def stop(self) -> None:
        """End the engine."""
        with self._arrived:
            self._is_stopping = True
            self._arrived.notify()

    # ------------------------------------------------------------ for the engine

    @property
    def last_hint(self) -> float:
        """When the last hint came (monotonic seconds)."""
        return self._rhythm.last_hint

    @property
    def is_pressing(self) -> bool:
        """True when long work should be broken off: newer files are due, or the end."""
        with self._arrived:
            due = self._rhythm.due()
            return self._is_stopping or self._must_look or (due is not None and due <= time.monotonic())

    def wait(self, dues: Iterable[Due], *, has_more: bool) -> Action:
        """Sleep until something is to be done, and name it; *dues* are the engine's own times.

        With *has_more* there is work that can wait, and no sleeping.
        """
        listed = tuple(dues)
        with self._arrived:
            while True:
                now = time.monotonic()
                if self._is_stopping:
                    return "stop"
                if self._asked:
                    return "answer"
                if self._must_look:
                    return "look"
                if self._called:
                    return "call"
                due = self._rhythm.due()
                at, action = min([*listed, (due, "look")] if due is not None else listed)
                if at <= now:
                    return action
                if (has_more or self._is_woken) and due is None:
                    self._is_woken = False
                    return "ahead"
                self._arrived.wait(at - now)

    def take_asked(self, limit: int) -> list[tuple[str, Future[None]]]:
        """Take outputs that somebody waits for."""
        with self._arrived:
            return [self._asked.popleft() for _ in range(min(len(self._asked), limit))]

    def do_called(self) -> None:
        """Do the piece of work that was asked for first."""
        with self._arrived:
            work, future = self._called.popleft()
        try:
            future.set_result(work())
        except Exception as problem:  # noqa: BLE001 - raised again where the future is asked
            future.set_exception(problem)

    def begin_look(self) -> tuple[float, list[Future[None]]]:
        """Take all hints: the engine looks now. Gives the time of the first one, and who waits for the look."""
        with self._arrived:
            now = time.monotonic()
            started = self._first_hint if self._rhythm.is_waiting or self._must_look else now
            self._must_look = False
            self._rhythm.looked(now)
            lookers, self._lookers = self._lookers, []
            return started, lookers

    def close(self) -> None:
        """Let go of everybody who waits."""
        with self._arrived:
            self._is_stopping = True
            left: list[Future[Any]] = [future for _, future in (*self._asked, *self._called)]
            left += self._lookers
            self._asked.clear()
            self._called.clear()
            self._lookers = []
        for future in left:
            future.cancel()
