"""What tests wait for: conditions that other processes and threads bring about, and ports that nobody else takes.

    wait_until(lambda: path.exists())
    left = LeftBehind()
    ...
    assert [] == left.threads()

A test that passes never waits longer than it must; PATIENCE is for machines that are slow and busy.
"""

import contextlib
import math
import os
import random
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

PATIENCE = 120.0
"""Seconds after which what is waited for will not come any more."""
_LOOK_EVERY = 0.01
_SETTLED = 20.0
"""Seconds after which what is left of something that ended will stay: connections that were cut are seen a moment later."""
# The system gives ports from 32768 on to whoever asks for any port, and to every connection that is opened.
_UNASKED = range(12_000, 32_000)
# The number of a file without a name. Pytest captures into two such files, others in each phase of a test.
_UNNAMED = re.compile(r"(/#)\d+(?= \(deleted\)$)")
_given: set[int] = set()
_random = random.Random()  # of its own: some tests set what the common one gives


def wait_until(condition: Callable[[], Any], *, patience: float = PATIENCE) -> Any:
    """Look again and again until something holds, and give it; a test that waits in vain fails."""
    deadline = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(_LOOK_EVERY)
    return found


def free_port() -> int:
    """Give a port of the loopback on which nobody listens, which the system gives to nobody, and never the same twice."""
    while True:
        port = _random.choice(_UNASKED)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in _given:
            _given.add(port)
            return port


class LeftBehind:
    """The threads and open files of this process: what comes later is seen, what goes meanwhile is nobody's business."""

    def __init__(self) -> None:
        self._threads = set(threading.enumerate())
        self._files = _open_files()

    def settled(self) -> tuple[list[str], list[str]]:
        """Wait until nothing is left, and give the files and threads that are left all the same."""
        with contextlib.suppress(AssertionError):
            wait_until(lambda: not self.files() and not self.threads(), patience=_SETTLED)
        return self.files(), self.threads()

    def threads(self) -> list[str]:
        """Name the threads that have begun since, and go on."""
        return [thread.name for thread in threading.enumerate() if thread not in self._threads]

    def files(self) -> list[str]:
        """Name the files and sockets that were opened since and still are, by what they are."""
        return sorted((_open_files() - self._files).elements())


def _open_files() -> Counter[str]:
    found: Counter[str] = Counter()
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):  # that of the listing itself is closed again
            found[_UNNAMED.sub(r"\1", os.readlink(f"/proc/self/fd/{name}"))] += 1
    return found


def fastest(attempt: Callable[[], float], enough: float, *, tries: int = 5) -> float:
    """Give the best of a few times, in seconds, and stop at the first that is below *enough*.

    A busy machine makes one attempt slow; a wait that somebody programmed makes all of them slow.
    """
    best = math.inf
    for _ in range(tries):
        best = min(best, attempt())
        if best < enough:
            break
    return best
