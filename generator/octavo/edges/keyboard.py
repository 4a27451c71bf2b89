"""Single keys from a terminal, without Enter; the terminal gets back its ways however the program ends."""

import contextlib
import os
import select
import sys
import threading
from collections.abc import Callable

__all__ = ["Keyboard"]

_PAUSE = 0.5


class Keyboard:
    """Reads keys while it is open. Where standard input is no terminal, or has no such mode, there are none."""

    def __init__(self, on_key: Callable[[str], None]) -> None:
        self._on_key = on_key
        self._saved: list[object] | None = None
        self._descriptor = -1
        self._is_closed = threading.Event()

    def open(self) -> bool:
        """Begin to read; False where there is no terminal to read from."""
        try:
            import termios  # noqa: PLC0415 - not on every system
            import tty  # noqa: PLC0415

            descriptor = 0
            if not os.isatty(descriptor) or os.getpgrp() != os.tcgetpgrp(descriptor):
                return False  # a program in the background would be stopped for changing the terminal
            self._saved = termios.tcgetattr(descriptor)
            tty.setcbreak(descriptor, termios.TCSANOW)
        except (ImportError, OSError, AttributeError):
            return False
        except Exception as problem:
            if type(problem).__name__ != "error":  # termios.error is no OSError
                raise
            return False
        self._descriptor = descriptor
        threading.Thread(target=self._read, name="octavo-keys", daemon=True).start()
        return True

    def close(self) -> None:
        """Give the terminal back; may be called from a signal handler, and twice."""
        self._is_closed.set()
        saved, self._saved = self._saved, None
        if saved is not None:
            import termios  # noqa: PLC0415 - as above

            with contextlib.suppress(OSError, termios.error):
                termios.tcsetattr(self._descriptor, termios.TCSANOW, saved)  # type: ignore[arg-type]

    def _read(self) -> None:
        while not self._is_closed.is_set():
            try:
                ready, _, _ = select.select([self._descriptor], [], [], _PAUSE)
                if not ready:
                    continue
                key = os.read(self._descriptor, 1)
            except OSError:
                return
            if not key:
                return
            if sys.is_finalizing() or self._is_closed.is_set():
                return
            self._on_key(key.decode("ascii", "replace").lower())
