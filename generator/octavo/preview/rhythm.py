"""When to look at the files after something was said to have changed.

A save is several events within a millisecond or two, so a short quiet time is waited for. A branch switch or an unpacked
archive is thousands of events over seconds: then a longer quiet time is waited for, and no longer than a limit that
grows while the flood goes on, so that a storm costs a few looks and a storm without an end is still shown. Its first
events look like a save; the other files that follow at once tell that it is none.
Times are those of a monotonic clock, in seconds.
"""

import math

__all__ = ["Rhythm"]

QUIET = 0.015
"""Editors write a file within a few milliseconds; a reader notices nothing below fifty."""
CALM_LIMIT = 0.5
FLOOD_QUIET = 0.25
FLOOD_LIMIT = 20.0
FLOOD_GROWTH = 4
FLOOD_PATHS = 32
FLOOD_EVENTS = 256
FOLLOWING = 0.3
"""Seconds after a look in which a hint of another file belongs to the same storm; nobody saves two files that fast."""


class Rhythm:
    """Counts hints, and tells when the files should be looked at."""

    def __init__(self) -> None:
        self._paths: set[str] = set()
        self._events = 0
        self._first = 0.0
        self._last = -math.inf
        self._limit = FLOOD_LIMIT
        self._looked = -math.inf
        self._seen: frozenset[str] = frozenset()
        self._follows = False

    @property
    def is_waiting(self) -> bool:
        """True when there are hints that nobody has looked at."""
        return self._events > 0

    @property
    def last_hint(self) -> float:
        """When the last hint came; minus infinity where none has."""
        return self._last

    @property
    def is_flood(self) -> bool:
        """True when there are more hints than a person makes, or when they come faster."""
        return self._follows or len(self._paths) > FLOOD_PATHS or self._events > FLOOD_EVENTS

    def hint(self, path: str | None, now: float) -> None:
        """Note that a path may have changed; None is any path."""
        if not self._events:
            self._first = now
            if now - self._last > FLOOD_QUIET:
                self._limit = FLOOD_LIMIT  # the storm before has ended
        if now - self._looked < FOLLOWING and path not in self._seen:
            self._follows = True
        self._events += 1
        self._last = now
        if path is None:
            self._events += FLOOD_EVENTS
        elif len(self._paths) <= FLOOD_PATHS:
            self._paths.add(path)

    def due(self) -> float | None:
        """Give the time at which to look; None where there is nothing to look for."""
        if not self._events:
            return None
        quiet, limit = (FLOOD_QUIET, self._limit) if self.is_flood else (QUIET, CALM_LIMIT)
        return min(self._last + quiet, self._first + limit)

    def looked(self, now: float) -> None:
        """Begin anew: the files are being looked at."""
        if self.is_flood and now - self._last < FLOOD_QUIET:
            self._limit *= FLOOD_GROWTH
        self._seen = frozenset(self._paths)
        self._looked = now
        self._paths.clear()
        self._events = 0
        self._follows = False
