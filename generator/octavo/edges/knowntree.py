"""A folder of sources as its last full scan found it, brought up to date file by file.

A full scan of ten thousand files takes a tenth of a second; to look at the one file that an editor has saved takes less
than a millisecond. Looking at single files gives the same result as a full scan only while nothing but plain files
changes: regular files under portable names, in folders that were there, reached through no symbolic link. Everything else
is left to the next full scan.
"""

import os
import stat
import sys
import unicodedata
from collections.abc import Iterable

from octavo.edges.contain import is_within
from octavo.edges.files import TreeScan, stamp_file
from octavo.edges.names import is_content_skipped, is_secret, may_hold_key, name_problem
from octavo.edges.walk import MAX_DEPTH, MAX_PATH_BYTES
from octavo.engine.ports import ScanResult, Stamp

__all__ = ["KnownTree"]

_CASE_MATTERS = sys.platform.startswith("linux")


class _NeedsFullScan(Exception):  # noqa: N818 - a way out of a loop, not an error
    """A path that only a full scan can judge."""


class KnownTree:
    """The result of a scan, and what is needed to correct it."""

    def __init__(self, scan: TreeScan) -> None:
        root = scan.walk.root
        self.result: ScanResult = scan.result
        self.root: str = root
        self.links: frozenset[str] = frozenset(scan.walk.links)
        self._below = root.rstrip(os.sep) + os.sep
        self._folders = {
            path: key for path, key in scan.walk.folders if path == (self._below + key if key else root)
        }
        cut = len(scan.walk.prefix)
        self._full_only = frozenset(
            [
                *(file.key for file in scan.walk.files if file.path != self._below + file.key),
                *(key for _, key in scan.walk.folders),
                *(item.location.file[cut:] for item in scan.result.diagnostics),
            ]
        )
        self._excluded = scan.walk.excluded

    def path_of(self, key: str) -> str:
        """Give the path at which a file of the scan lies, where it is a plain one."""
        return self._below + key

    def look_at(self, paths: Iterable[str]) -> frozenset[str] | None:
        """Bring the result up to date with the files at these absolute paths; any path may be given.

        Gives the keys whose stamps are new. Gives None, and changes nothing, where a full scan is needed. The stamps of
        the old result are left as they were.
        """
        changes: dict[str, Stamp | None] = {}
        try:
            for path in paths:
                if (key := self._key_of(path)) is not None:
                    changes[key] = self._look(key, path)
        except _NeedsFullScan:
            return None
        old = self.result.stamps
        changed = {key: stamp for key, stamp in changes.items() if old.get(key) != stamp}
        if not changed:
            return frozenset()
        stamps = dict(old)
        is_sorted = True
        for key, stamp in changed.items():
            if stamp is None:
                del stamps[key]
            else:
                is_sorted = is_sorted and key in stamps
                stamps[key] = stamp
        if not is_sorted:
            stamps = dict(sorted(stamps.items()))
        self.result = ScanResult(stamps=stamps, diagnostics=self.result.diagnostics)
        return frozenset(changed)

    def _key_of(self, path: str) -> str | None:
        """Give the key of a path that may be a plain file; None where the scan passes over it in silence."""
        if any(_overlap(path, link) for link in self.links):
            raise _NeedsFullScan
        if not path.startswith(self._below):
            if is_within(path, self.root):
                raise _NeedsFullScan
            return None
        folder, name = os.path.split(path)
        inside = self._folders.get(folder)
        if inside is None:
            while folder not in self._folders:
                if folder == self.root:
                    raise _NeedsFullScan
                folder, name = os.path.split(folder)
            if is_content_skipped(name) or os.path.join(folder, name) in self._excluded:
                return None
            raise _NeedsFullScan
        if is_content_skipped(name):
            return None
        key = f"{inside}/{name}" if inside else name
        if key in self._full_only or path in self._excluded or not self._is_plain(key, name):
            raise _NeedsFullScan
        return key

    def _is_plain(self, key: str, name: str) -> bool:
        """Tell whether the path alone raises no question that a walk would have to answer."""
        is_new = key not in self.result.stamps
        if name_problem(name) or is_secret(name) or may_hold_key(name):
            return False
        if len(key) > MAX_PATH_BYTES // 4 or key.count("/") > MAX_DEPTH:
            return False
        if not name.isascii() and (is_new or unicodedata.normalize("NFC", name) != name):
            # The disk may hold the name in two spellings.
            return False
        # Where `A.md` and `a.md` are one file, only a listing tells how it is spelled now.
        return _CASE_MATTERS or not is_new

    def _look(self, key: str, path: str) -> Stamp | None:
        """Stamp a file as it is now; None where there is none."""
        try:
            if not stat.S_ISREG(os.lstat(path).st_mode):
                raise _NeedsFullScan
            return stamp_file(path)
        except FileNotFoundError:
            if not key.isascii() or not os.path.isdir(os.path.dirname(path)):
                raise _NeedsFullScan from None
            return None
        except OSError:
            raise _NeedsFullScan from None


def _overlap(path: str, other: str) -> bool:
    return is_within(other, path) or is_within(path, other)
