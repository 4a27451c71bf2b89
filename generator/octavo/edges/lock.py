"""One build at a time for one output folder, by a lock that ends with its process.

The operating system holds the lock (flock, or a locked byte on Windows), so a killed build leaves none behind. The
file stays: deleting it would let two processes hold "the" lock on two files.
"""

import contextlib
import errno
import os
import time
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from octavo.edges.faults import environment_fault
from octavo.errors import EnvironmentFault

__all__ = ["LOCK_NAME", "BuildLock"]

LOCK_NAME = "build.lock"

_POLL_SECONDS = 0.05
_UNWRITABLE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT})


class BuildLock:
    """The lock of one output folder; `with BuildLock(path):` holds it, `acquire` says how to wait."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor = -1

    def acquire(self, wait: Callable[[str], None] | None = None, *, timeout: float = 600.0) -> None:
        """Take the lock; on contention call *wait* once with the holder (`pid 123`), then try until *timeout*.

        Raises EnvironmentFault when the holder does not let go in time, or the file cannot be opened.
        """
        deadline = time.monotonic() + timeout
        told = False
        while not self._try():
            holder = self._holder()
            if wait is not None and not told:
                wait(holder)
            told = True
            left = deadline - time.monotonic()
            if left <= 0:
                raise EnvironmentFault(
                    f"another build ({holder}) holds the lock `{self._path}`",
                    hint="wait until it ends, or stop it",
                )
            time.sleep(min(_POLL_SECONDS, left))

    def release(self) -> None:
        """Let the lock go; does nothing where it is not held."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            with contextlib.suppress(OSError):
                _unlock(descriptor)
            os.close(descriptor)

    def __enter__(self) -> Self:
        if self._descriptor < 0:
            self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _try(self) -> bool:
        descriptor, is_ours = self._open()
        try:
            taken = _lock(descriptor) and (not is_ours or self._is_current(descriptor))
            if taken and is_ours:
                _write_holder(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise environment_fault(error, "lock", self._path) from None
        if not taken:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        _close_in_children(self)
        return True

    def _open(self) -> tuple[int, bool]:
        """Open the lock file, or the nearest folder where no file can be made: that can be locked too."""
        cloexec = getattr(os, "O_CLOEXEC", 0)
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            return os.open(self._path, os.O_RDWR | os.O_CREAT | cloexec, 0o644), True
        except OSError as error:
            if error.errno not in _UNWRITABLE or os.name == "nt":
                raise environment_fault(error, "open the lock", self._path) from None
        folder = self._path
        while not os.path.isdir(folder):
            folder = os.path.dirname(folder)
        try:
            return os.open(folder, os.O_RDONLY | cloexec), False
        except OSError as error:
            raise environment_fault(error, "open the lock", self._path) from None

    def _is_current(self, descriptor: int) -> bool:
        """Tell whether the locked file still has its name: `octavo clean` may have removed it meanwhile."""
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self._path))
        except FileNotFoundError:
            return False

    def _holder(self) -> str:
        try:
            with open(self._path, encoding="ascii", errors="replace") as file:
                words = file.read(100).split()
        except OSError:
            words = []
        return f"pid {words[0]}" if words and words[0].isdigit() else "pid unknown"

    def _forget(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _close_in_children(lock: BuildLock) -> None:
    """Keep a forked worker from holding the lock on after its parent was killed."""
    if hasattr(os, "register_at_fork"):
        reference = weakref.WeakMethod(lock._forget)  # noqa: SLF001 - the same module

        def forget() -> None:
            if (method := reference()) is not None:
                method()

        os.register_at_fork(after_in_child=forget)


def _write_holder(descriptor: int) -> None:
    started = datetime.now(UTC).isoformat(timespec="seconds")
    os.ftruncate(descriptor, 0)
    with contextlib.suppress(OSError):  # a full disk: the lock holds, only its message is poorer
        os.write(descriptor, f"{os.getpid()} {started}\n".encode("ascii"))


try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

    _FAR = 1 << 30  # a byte beyond the text: Windows would otherwise keep others from reading who holds it

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        os.lseek(descriptor, 0, os.SEEK_SET)
        return True

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]

else:

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
