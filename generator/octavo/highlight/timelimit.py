"""A bound on the processor time of one call: the guard against code that does not come back.

The clock is the user time of this process (POSIX `ITIMER_VIRTUAL`), so the bound does not depend on the load of the
machine. Signals reach Python code in the main thread alone, but regular expressions look for them too, and it is
mostly they that need the guard.
"""

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

__all__ = ["run_within"]

_Result = TypeVar("_Result")


class _OutOfTime(BaseException):
    """Ends a call; no `except Exception` inside may stop it."""


class _Timer:
    """Raises `_OutOfTime` after some seconds while `armed`, and can restore the timer and handler that stood before."""

    def __init__(self, seconds: float) -> None:
        self.armed = True
        self._handler = signal.signal(signal.SIGVTALRM, self._expire)
        # The interval repeats the signal, should a finaliser swallow the first exception.
        self._timer = signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 0.1)

    def _expire(self, _signal: int, _frame: FrameType | None) -> None:
        if self.armed:
            raise _OutOfTime

    def restore(self) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, self._handler if self._handler is not None else signal.SIG_DFL)
        if self._timer[0]:
            signal.setitimer(signal.ITIMER_VIRTUAL, *self._timer)


def run_within(seconds: float, call: Callable[[], _Result]) -> _Result | None:
    """Give the result of *call*, or None when it used up its processor time; what it raises passes through.

    Outside the main thread and on Windows the call runs without a bound. A bound that was running before starts again
    with what it had left.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        return call()
    timer = _Timer(seconds)
    try:
        try:
            return call()
        finally:
            timer.armed = False
    except _OutOfTime:
        # The signal may also have come between the end of the call and the line that disarms.
        timer.armed = False
        return None
    finally:
        timer.restore()
