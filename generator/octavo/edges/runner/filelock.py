"""A lock on a file that ends with its process, for one holder or shared among many (flock(2)).

The lock belongs to the open file, so a child that inherits the descriptor holds it on until it ends too.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable

__all__ = ["FileLock"]

_POLL_SECONDS = 0.05


class FileLock:
    """The lock of one file, which is made where it is missing; the folder must exist."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._descriptor = -1

    @property
    def descriptor(self) -> int:
        """The open file; -1 where nothing is locked."""
        return self._descriptor

    def try_lock(self, *, shared: bool = False) -> bool:
        """Take the lock if that is possible now; raises OSError where the file cannot be opened or locked."""
        self.release()
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self.path, flags, 0o600)
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            if not self._is_current(descriptor):
                os.close(descriptor)
                return False
            if not shared:
                os.ftruncate(descriptor, 0)
                os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def lock(
        self, *, shared: bool = False, timeout: float, on_wait: Callable[[str], None] = lambda _: None
    ) -> bool:
        """Take the lock within *timeout* seconds; while another holds it, *on_wait* is called once with `pid 12`.

        Gives False when the time is over; raises OSError as `try_lock` does.
        """
        deadline = time.monotonic() + timeout
        told = False
        while not self.try_lock(shared=shared):
            if not told:
                on_wait(self.holder())
                told = True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(_POLL_SECONDS, left))
        return True

    def release(self) -> None:
        """Let the lock go; does nothing where it is not held."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            with contextlib.suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)

    def holder(self) -> str:
        """Say who took the lock last for itself: `pid 12`."""
        try:
            with open(self.path, encoding="ascii", errors="replace") as file:
                word = file.read(20).strip()
        except OSError:
            word = ""
        return f"pid {word}" if word.isdigit() else "pid unknown"

    def _is_current(self, descriptor: int) -> bool:
        """Tell whether the locked file still has its name: its holder may have deleted it."""
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self.path))
        except FileNotFoundError:
            return False
