"""Streams of server-sent events: the preview's events as bytes, with signs of life, at most so many at once."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Self

import msgspec

from octavo.edges.server.limits import Limits
from octavo.preview.events import Event, Subscription

__all__ = ["EventStream", "EventStreams", "frame"]

_HEARTBEAT = b": \n\n"


class _State(msgspec.Struct):
    generation: int = 0


def frame(event: Event) -> bytes:
    """Write an event as the stream carries it; the generation of its data is its id."""
    state = msgspec.json.decode(event.data, type=_State)
    return f"id: {state.generation}\nevent: {event.name}\ndata: {event.data}\n\n".encode()


class EventStream(Iterator[bytes]):
    """The events of one listener; an empty piece of bytes means that nothing happened for a while."""

    def __init__(
        self, subscription: Subscription, limits: Limits, forget: Callable[["EventStream"], None]
    ) -> None:
        self._subscription = subscription
        self._limits = limits
        self._forget = forget
        self._last = time.monotonic()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        event = self._subscription.next(self._limits.poll_seconds)
        now = time.monotonic()
        if event is None:
            if self._subscription.is_closed:
                raise StopIteration
            if now - self._last < self._limits.heartbeat_seconds:
                return b""
        self._last = now
        return _HEARTBEAT if event is None else frame(event)

    def end(self) -> None:
        """Wake whoever waits for the next event: there is none."""
        self._subscription.close()

    def close(self) -> None:
        """Stop listening; to be called by whoever iterates."""
        self._subscription.close()
        self._forget(self)


class EventStreams:
    """All streams that are open."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._open: set[EventStream] = set()
        self._is_closed = False

    def begin(self, follow: Callable[[], Subscription]) -> EventStream | None:
        """Open a stream; None where there are too many, or all have been ended."""
        with self._lock:
            if self._is_closed or len(self._open) >= self._limits.streams:
                return None
            stream = EventStream(follow(), self._limits, self._forget)
            self._open.add(stream)
            return stream

    def end_all(self) -> None:
        """End all streams, and let no other begin."""
        with self._lock:
            self._is_closed = True
            for stream in self._open:
                stream.end()

    def _forget(self, stream: EventStream) -> None:
        with self._lock:
            self._open.discard(stream)
