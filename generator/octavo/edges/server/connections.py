"""All connections that are open: at most so many, and a client that is slow makes room for one that is not."""

import threading
import time
from typing import Protocol

__all__ = ["Connections", "Held"]


class Held(Protocol):
    """What is known of a connection here."""

    waiting_since: float
    """Since when we wait for its client, on the monotonic clock; infinity while the client waits for us."""

    def end(self) -> None:
        """Wake its thread, which finds the connection closed."""
        ...


class Connections:
    """The set of open connections, each with its thread."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._open: dict[Held, threading.Thread] = {}
        self._is_closed = False

    def admit(self, connection: Held, thread: threading.Thread) -> bool:
        """Add a connection and start its thread; False where all the others are being answered."""
        with self._lock:
            if self._is_closed:
                return False
            if len(self._open) >= self._limit and not self._end_slowest():
                return False
            self._open[connection] = thread
            try:
                thread.start()
            except RuntimeError:  # the machine has no thread left
                del self._open[connection]
                return False
            return True

    def make_room(self) -> None:
        """End the connection that waits longest for its client: the machine has no descriptor left."""
        with self._lock:
            self._end_slowest()

    def forget(self, connection: Held) -> None:
        """Take out a connection that has ended."""
        with self._lock:
            self._open.pop(connection, None)

    def end_all(self) -> list[threading.Thread]:
        """End all connections and admit no other; gives the threads, which end soon."""
        with self._lock:
            self._is_closed = True
            for connection in self._open:
                connection.end()
            return list(self._open.values())

    def _end_slowest(self) -> bool:
        slowest = min(self._open, key=lambda held: held.waiting_since, default=None)
        if slowest is None or slowest.waiting_since > time.monotonic():
            return False
        del self._open[slowest]
        slowest.end()
        return True
