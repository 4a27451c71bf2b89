"""What a long-lived process does when nobody waits: collect garbage, and let its state be kept.

The collector is switched off, since it would work in the middle of a save. It is called after a quiet moment instead, and
after so many looks where there is none. What a site leaves behind that was parsed as a whole lives as long as the preview:
it is frozen, once, and not looked at again.
"""

import gc

__all__ = ["Housekeeping"]

TIDY_AFTER = 1.5
"""Seconds of quiet after a look."""
TIDY_AT_LAST = 15.0
COLLECT_EVERY = 64
"""Looks after which garbage is collected without a quiet moment; each leaves a plan behind."""


class Housekeeping:
    """Counts looks; times are monotonic seconds."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._last = 0.0
        self._looks = 0
        self._must_freeze = False
        gc.disable()

    @property
    def due(self) -> float | None:
        """When to tidy; None where nothing was done since."""
        return None if self._first is None else min(self._last + TIDY_AFTER, self._first + TIDY_AT_LAST)

    def parsed_all(self) -> None:
        """Note that a whole site was parsed."""
        self._must_freeze = True

    def looked(self, now: float) -> None:
        """Note a look at the files."""
        self._last = now
        if self._first is None:
            self._first = now
        self._looks += 1
        if self._looks >= COLLECT_EVERY:
            self._looks = 0
            gc.collect()

    def tidy(self) -> None:
        """Collect garbage."""
        self._first = None
        self._looks = 0
        gc.collect()
        if self._must_freeze:
            # Once for every site that was parsed, not for every save: what is frozen is never collected.
            gc.freeze()
            self._must_freeze = False
