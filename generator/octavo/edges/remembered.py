"""What a long-lived process remembers of the files that are read whole: themes, site.yaml, included texts.

Nothing here is taken from memory without a look at the disk. Memory serves two ends: a theme that has not changed is the
same object as before, and a file that was emptied or has vanished a moment ago is still given as it was.
"""

import os
import time
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from octavo.digest import Digest, digest_bytes
from octavo.edges.faults import unreadable
from octavo.edges.files import RACY_NS
from octavo.edges.holding import Holding
from octavo.edges.reading import read_file
from octavo.edges.walk import FoundFile
from octavo.edges.workspace import DiskWorkspace
from octavo.engine.ports import Stamp
from octavo.errors import Diagnostic, sort_diagnostics

__all__ = ["RememberedDigests", "RememberedReads", "RememberedTheme"]

Content = TypeVar("Content")
Signature = tuple[str, int, int, int, int]


class _Known(NamedTuple):
    signature: Signature
    stamp: Stamp
    data: bytes


class RememberedTheme:
    """One theme folder."""

    def __init__(self, disk: DiskWorkspace, folder: str, clock: Callable[[], float]) -> None:
        self.holding = Holding(clock)
        self._disk = disk
        self._folder = folder
        self._known: dict[str, _Known] = {}
        self._stamps: dict[str, Stamp] = {}
        self._files: dict[str, bytes] = {}
        self._seen: dict[str, Signature] = {}
        self._read_ns = 0

    def scan(self, *, required: bool) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
        """Read the theme like `DiskWorkspace.scan_theme`; the same dict as before where no file is another."""
        started = time.time_ns()
        listed = self._disk.list_theme(self._folder, required=False)
        walk, shown = listed if listed is not None else (None, "")
        diagnostics = list(walk.diagnostics) if walk else []
        found: dict[str, _Known] = {}
        for file in sorted(walk.files, key=lambda item: item.key) if walk else ():
            try:
                found[file.key] = self._read(file)
            except OSError as problem:
                if (diagnostic := unreadable(problem, f"{shown}/{file.key}")) is not None:
                    diagnostics.append(diagnostic)
        stamps = {key: known.stamp for key, known in found.items()}
        settled = self.holding.settle(self._stamps, stamps, None)
        files = {
            key: found[key].data if stamp is stamps.get(key) else self._files[key]
            for key, stamp in settled.items()
        }
        self._known, self._stamps, self._read_ns = found, settled, started
        self._seen = {key: known.signature for key, known in found.items()}
        if files != self._files:
            self._files = files
        if listed is None and not files:
            self._disk.list_theme(self._folder, required=required)
        return self._files, sort_diagnostics(diagnostics)

    def differs(self, check: Callable[[], None]) -> bool:
        """Tell whether the folder holds other files than when it was last looked at, by their statuses alone.

        *check* is called in between, and ends the look by raising.
        """
        check()
        listed = self._disk.list_theme(self._folder, required=False)
        seen = {file.key: _signature(file) for file in listed[0].files} if listed is not None else {}
        is_other = seen != self._seen
        self._seen = seen
        return is_other

    def _read(self, file: FoundFile) -> _Known:
        signature = _signature(file)
        known = self._known.get(file.key)
        limit = self._read_ns - RACY_NS
        if known is not None and known.signature == signature and max(signature[1:3]) < limit:
            return known
        data = read_file(file.path)
        status = file.status
        stamp = Stamp(
            mtime_ns=status.st_mtime_ns, size=len(data), inode=status.st_ino, digest=digest_bytes(data)
        )
        return _Known(signature, stamp, data)


def _signature(file: FoundFile) -> Signature:
    status = file.status
    return file.path, status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


class RememberedReads(Generic[Content]):
    """Files that are read whole by name, with the last content that was not lost."""

    def __init__(
        self, read: Callable[[str], Content], is_lost: Callable[[Content], bool], clock: Callable[[], float]
    ) -> None:
        """Remember what *read* gives for a file, but for what *is_lost*: empty, or not there."""
        self.holding = Holding(clock)
        self._read = read
        self._is_lost = is_lost
        self._whole: dict[str, Content] = {}
        self._seen: dict[str, Content] = {}

    def read(self, file: str) -> Content:
        """Read a file; a loss that is seen for the first time gives what was there before."""
        content = self._seen[file] = self._read(file)
        if not self._is_lost(content):
            self.holding.release(file)
            self._whole[file] = content
        elif file in self._whole:
            if self.holding.holds(file):
                return self._whole[file]
            self.holding.release(file)
            del self._whole[file]
        return content

    def differs(self, check: Callable[[], None]) -> bool:
        """Tell whether a file holds another content than when it was last looked at; *check* ends it by raising."""
        seen: dict[str, Content] = {}
        for file in self._seen:
            check()
            seen[file] = self._read(file)
        is_other = seen != self._seen
        self._seen = seen
        return is_other


class RememberedDigests:
    """Files of any size of which only the digest is wanted: one that has the status it had is not read again."""

    def __init__(self, disk: DiskWorkspace) -> None:
        self._disk = disk
        self._known: dict[str, tuple[tuple[int, ...], tuple[Digest | None, str]]] = {}

    def read(self, file: str) -> tuple[Digest | None, str]:
        """Digest a file like `DiskWorkspace.digest_file`."""
        now = time.time_ns()
        status = self._status(file)
        known = self._known.get(file)
        if known is not None and status and known[0] == status:
            return known[1]
        found = self._disk.digest_file(file)
        # A file that was written a moment ago may be written again with the same status: that one is not believed.
        is_settled = bool(status) and max(status[:2]) < now - RACY_NS
        self._known[file] = (status if is_settled else (), found)
        return found

    def differs(self, check: Callable[[], None]) -> bool:
        """Tell whether a file holds another content than when it was last looked at; *check* ends it by raising."""
        before = {file: found for file, (_, found) in self._known.items()}
        for file in before:
            check()
            self.read(file)
        return before != {file: found for file, (_, found) in self._known.items()}

    def _status(self, file: str) -> tuple[int, ...]:
        try:
            status = os.stat(self._disk.absolute(file))
        except OSError:
            return ()
        return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
