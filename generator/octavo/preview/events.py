"""Events on their way to browsers: one hub, any number of listeners, none of whom can slow the engine down."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

__all__ = ["Event", "EventHub", "Subscription"]

_KEPT = 64
"""Events that a listener may be behind; one that is further behind is told the present state instead."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What a listener is told."""

    name: str
    """`hello` when it begins to listen, `change` afterwards, `check` for how far the run of a chapter is."""
    data: str
    """JSON on one line."""
    is_passing: bool = False
    """True where a later event of this name makes it worthless: how far a run is, not what came of it."""


class Subscription:
    """One listener's queue."""

    def __init__(self, hub: "EventHub", first: Event) -> None:
        self._hub = hub
        self._waiting: deque[Event] = deque([first])
        self._arrived = threading.Condition()
        self.is_closed = False

    def next(self, timeout: float) -> Event | None:
        """Give the next event; None when none has come within *timeout* seconds, or the hub has closed."""
        with self._arrived:
            if not self._waiting and not self.is_closed:
                self._arrived.wait(timeout)
            return self._waiting.popleft() if self._waiting else None

    def close(self) -> None:
        """Stop listening."""
        self._hub.forget(self)
        self.end()

    def put(self, event: Event, present: Callable[[], Event]) -> None:
        """Add an event; called by the hub."""
        with self._arrived:
            if self._waiting and self._waiting[-1].is_passing and self._waiting[-1].name == event.name:
                self._waiting.pop()  # nobody needs to know how far a run was
            if len(self._waiting) >= _KEPT:
                self._waiting.clear()
                event = present()
            self._waiting.append(event)
            self._arrived.notify()

    def end(self) -> None:
        """Wake the listener for good; called by the hub."""
        with self._arrived:
            self.is_closed = True
            self._arrived.notify()


class EventHub:
    """Tells every listener what changed."""

    def __init__(self, state: dict[str, Any]) -> None:
        self._lock = threading.Lock()
        self._listeners: set[Subscription] = set()
        self._state = state
        self._is_closed = False

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    def subscribe(self) -> Subscription:
        """Begin to listen; the first event is `hello` with the present state."""
        with self._lock:
            subscription = Subscription(self, self._hello())
            self._listeners.add(subscription)
            if self._is_closed:
                subscription.end()
            return subscription

    def forget(self, subscription: Subscription) -> None:
        """Stop telling a listener."""
        with self._lock:
            self._listeners.discard(subscription)

    def set_state(self, state: dict[str, Any]) -> None:
        """Set what those are told first who begin to listen from now on."""
        with self._lock:
            self._state = state

    def publish(self, change: dict[str, Any], *, name: str = "change", is_passing: bool = False) -> None:
        """Tell everybody of a change, or of what else *name* says; *is_passing* as in `Event`."""
        event = Event(name=name, data=_json(change), is_passing=is_passing)
        with self._lock:
            for listener in self._listeners:
                listener.put(event, self._hello)

    def close(self) -> None:
        """End all subscriptions, those that come later too."""
        with self._lock:
            self._is_closed = True
            for listener in self._listeners:
                listener.end()

    def _hello(self) -> Event:
        return Event(name="hello", data=_json(self._state))


def _json(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value).decode()
