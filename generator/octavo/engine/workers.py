"""Batches of plain values through an executor.

The port is `concurrent.futures.Executor`. Functions that run there are top-level, take values and return values; they
never write, and never raise for content. Only a window of batches is under way at a time, so that memory does not
grow with the site.
"""

import contextlib
import ctypes
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from multiprocessing import connection, get_all_start_methods, get_context, parent_process
from os import _exit
from typing import Any, TypeVar

from octavo.errors import EnvironmentFault

__all__ = ["LazyPool", "SerialExecutor", "batched", "run_batches"]

Item = TypeVar("Item")
Result = TypeVar("Result")

_IDLE_SECONDS = 0.02
_WINDOW = 3
"""Batches under way per worker: one at work, two waiting, so that no worker runs dry."""


class SerialExecutor(Executor):
    """Runs each call at once, in this process."""

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        """Call *fn* and return its finished future."""
        future: Future[Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as problem:
            if not isinstance(problem, Exception):
                raise
            future.set_exception(problem)
        return future


class LazyPool:
    """Chooses where work runs: in this process while it is little, in worker processes once it is much.

    Args:
        jobs: worker processes at most; 1 means never to start any.
        threshold: units of work (pages) from which processes pay for their start.

    """

    def __init__(self, jobs: int, threshold: int = 48) -> None:
        self.jobs = jobs
        self._threshold = threshold
        self._pool: ProcessPoolExecutor | None = None
        self._serial = SerialExecutor()

    def executor(self, units: int) -> Executor:
        """Give the executor for this much work."""
        if self.jobs < 2 or units < self._threshold:
            return self._serial
        if self._pool is None:
            # Forking keeps the imported modules; it is safe only while this process has one thread.
            can_fork = "fork" in get_all_start_methods() and threading.active_count() == 1
            context = get_context("fork" if can_fork else "spawn")
            self._pool = ProcessPoolExecutor(self.jobs, mp_context=context, initializer=_start_worker)
        return self._pool

    def close(self) -> None:
        """End the workers; pending work is dropped."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def kill(self) -> None:
        """End the workers at once, whatever they are at."""
        if self._pool is not None:
            for process in tuple((self._pool._processes or {}).values()):  # noqa: SLF001 - no public way to end them
                process.kill()
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def _start_worker() -> None:
    """Leave the keyboard to the parent, and end when it does, however it ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        # prctl(2), PR_SET_PDEATHSIG: holds even while a worker is inside a long call of a C library.
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    _exit(1)


def batched(items: Iterable[Item], size: int) -> Iterator[tuple[Item, ...]]:
    """Cut items into tuples of at most *size*."""
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield tuple(batch)
            batch = []
    if batch:
        yield tuple(batch)


def run_batches(
    executor: Executor,
    function: Callable[[Any, tuple[Item, ...]], Sequence[Result]],
    shared: Any,
    batches: Iterable[tuple[Item, ...]],
    *,
    jobs: int,
    describe: Callable[[Item], str],
    meanwhile: Callable[[], None] | None = None,
    idle: Callable[[], None] | None = None,
) -> Iterator[tuple[tuple[Item, ...], Sequence[Result]]]:
    """Run `function(shared, batch)` for each batch and give the results in the order of the batches.

    *meanwhile* is called once, when the first batches are under way: work that nobody waits for yet. *idle* is called
    again and again while a batch is waited for.

    Raises:
        EnvironmentFault: a worker process died; *describe* names the items that were in its hands.

    """
    waiting: deque[tuple[tuple[Item, ...], Future[Sequence[Result]]]] = deque()
    source = iter(batches)
    batch: tuple[Item, ...] | None = None
    window = 1 if isinstance(executor, SerialExecutor) else jobs * _WINDOW
    try:
        while True:
            while len(waiting) < window and (batch := next(source, None)) is not None:
                waiting.append((batch, executor.submit(function, shared, batch)))
            if meanwhile is not None:
                meanwhile()
                meanwhile = None
            if not waiting:
                return
            batch, future = waiting.popleft()
            while idle is not None and not wait((future,), _IDLE_SECONDS).done:
                idle()
            yield batch, future.result()
    except BrokenExecutor:
        held = [batch, *(pending for pending, _ in waiting)]
        names = ", ".join(f"`{describe(pending[0])}`" for pending in held[:jobs] if pending)
        raise EnvironmentFault(
            "a worker process died before it had finished its pages",
            hint="the machine may be out of memory; try `-j 1`" + (f", or look at {names}" if names else ""),
        ) from None
