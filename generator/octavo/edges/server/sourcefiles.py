"""Files of the content on their way out: only the very file that the snapshot saw, whole or not at all.

The path comes from the snapshot and never from a request. It may have become another file since: a link, a pipe, a
newer text. So the file is compared with its stamp once it is open, and again after each piece.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from typing import Self

from octavo.preview.values import SourceFile

__all__ = ["PIECE", "OpenSource", "open_source"]

PIECE = 256 * 1024

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class OpenSource(Iterator[bytes]):
    """The bytes of an open file in pieces; raises OSError where the file changes meanwhile."""

    def __init__(self, descriptor: int, file: SourceFile) -> None:
        self._descriptor = descriptor
        self._file = file
        self._position = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if self._position >= self._file.size:
            raise StopIteration
        piece = os.read(self._descriptor, min(PIECE, self._file.size - self._position))
        if not piece or not _is_same(os.fstat(self._descriptor), self._file):
            raise OSError("the file changed while it was sent")
        self._position += len(piece)
        return piece

    def seekable(self) -> bool:
        """Werkzeug asks before it seeks to the beginning of a range."""
        return True

    def seek(self, position: int) -> None:
        """Go on from another byte."""
        self._position = os.lseek(self._descriptor, position, os.SEEK_SET)

    def tell(self) -> int:
        """Give the position of the next byte."""
        return self._position

    def close(self) -> None:
        """Let the file go; a second time does nothing."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            with contextlib.suppress(OSError):
                os.close(descriptor)


def open_source(file: SourceFile) -> OpenSource | None:
    """Open a file of the content; None where it is not there any more as the snapshot saw it."""
    try:
        descriptor = os.open(file.path, _FLAGS)
    except OSError:
        return None
    try:
        is_same = _is_same(os.fstat(descriptor), file)
    except OSError:
        is_same = False
    if not is_same:
        os.close(descriptor)
        return None
    return OpenSource(descriptor, file)


def _is_same(status: os.stat_result, file: SourceFile) -> bool:
    return stat.S_ISREG(status.st_mode) and (status.st_size, status.st_mtime_ns, status.st_ino) == (
        file.size,
        file.mtime_ns,
        file.inode,
    )
