"""The files of a site for a long-lived process that is told which of them may have changed.

Hints say where to look and are never believed: what a file is now is what the disk says. Where hints name only plain
files, only these are looked at; anything else means a full scan, and a full scan now and then heals what no hint told.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from octavo.digest import Digest
from octavo.edges.contain import is_within
from octavo.edges.files import TreeScan
from octavo.edges.holding import Holding
from octavo.edges.knowntree import KnownTree
from octavo.edges.remembered import RememberedDigests, RememberedReads, RememberedTheme
from octavo.edges.workspace import DiskWorkspace
from octavo.engine.ports import GitFacts, ScanResult, Stamp
from octavo.errors import Diagnostic, EnvironmentFault, UsageError
from octavo.preview.ports import WatchedFolder

__all__ = ["HintedWorkspace"]

MAX_PATHS = 256
"""Above so many hinted paths a full scan is cheaper."""

_NO_SCAN = ScanResult(stamps={})
_ROOT = ""
"""The name under which the loss of the whole content folder is held."""


class _Interrupted(Exception):  # noqa: N818 - a way out of a scan, not an error
    """A hint came while the disk was only being verified."""


class _Place(NamedTuple):
    content_dir: str
    exclude: tuple[str, ...]


class HintedWorkspace:
    """A `Workspace` that remembers, over a `DiskWorkspace`.

    `hint` may be called from any thread, all else from one thread at a time. A file that was emptied or has vanished
    counts as such only after 250 ms (`HOLD_SECONDS`): until then scans give its old stamp, the theme and `read_include`
    its old bytes, and `held_until` says when to look again. A page is parsed when its digest is another, so nobody asks
    for the bytes of one that is held; whoever does gets what is on disk: nothing, or FileNotFoundError. The digest of a
    document is taken from the bytes that were read, so this is mended by the next scan.
    """

    def __init__(self, disk: DiskWorkspace, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.last_full_scan_seconds = 0.0
        """How long the last full scan of the content took that was not abandoned."""
        self._disk = disk
        self._clock = clock
        self._lock = threading.Lock()
        self._hints: set[str] = set()
        self._is_unsure = False
        self._place: _Place | None = None
        self._tree: KnownTree | None = None
        self._scanned_ns = 0
        self._given = _NO_SCAN
        self._is_settled = True
        self._is_other = False
        self._holding = Holding(clock)
        self._themes: dict[str, RememberedTheme] = {}
        self._configs = RememberedReads(self._try_bytes, lambda data: not data, clock)
        self._includes = RememberedReads(
            disk.read_include, lambda read: not read[0] and read[1] in {"", "does not exist"}, clock
        )

        self._digests = RememberedDigests(disk)
        self._proofs: dict[str, bytes] = {}
        self._proof_paths: tuple[str, ...] = ()

    # ------------------------------------------------------------ hints

    def hint(self, path: str | None) -> None:
        """Remember that the file or folder at this absolute path may have changed; None for any. Thread-safe."""
        with self._lock:
            if path is None or len(self._hints) >= MAX_PATHS:
                self._is_unsure = True
                self._hints.clear()
            elif not self._is_unsure:
                self._hints.add(path)

    @property
    def held_until(self) -> float | None:
        """When to look again at what is held, by the clock given (`time.monotonic`); None where nothing is."""
        moments = [holding.until for holding in self._all_holding()]
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def linked_folders(self) -> tuple[WatchedFolder, ...]:
        """The folders outside the content that its symbolic links lead to, as the last scan saw them."""
        tree = self._tree
        if tree is None:
            return ()
        found: dict[str, bool] = {}
        for target in sorted(tree.links):
            if not is_within(tree.root, target):
                is_folder = os.path.isdir(target)
                folder = target if is_folder else os.path.dirname(target)
                found[folder] = found.get(folder, False) or is_folder
        return tuple(WatchedFolder(path, recursive) for path, recursive in found.items())

    # ------------------------------------------------------------ the content

    def scan_content(
        self, content_dir: str, previous: Mapping[str, Stamp], last_scan_ns: int, exclude: Sequence[str]
    ) -> ScanResult:
        """List the content like `DiskWorkspace.scan_content`, looking only where hints lead if that is enough.

        *previous* and *last_scan_ns* serve the first scan; later ones know better. Gives the same object as before
        where nothing is another.
        """
        place = _Place(content_dir, tuple(exclude))
        self._expire()
        if place != self._place:
            self._forget(place)
        paths, is_unsure = self._take_hints()
        try:
            tree = self._tree
            changed = None if is_unsure or tree is None else self._look_at(tree, paths)
            if changed is None or tree is None:
                tree = self._scan(place, previous, last_scan_ns)
        except (UsageError, EnvironmentFault):
            self._tree = None
            if self._given.stamps and not self._has_content() and self._holding.holds(_ROOT):
                return self._given
            self._forget(None)
            raise
        return self._settle(tree.result, changed)

    def verify(self) -> bool | None:
        """Look at everything, and tell whether anything differs from what is known.

        Gives None where nothing is known yet, and where a hint came or was waiting: the look is abandoned within a
        millisecond or so, for the sake of the edit. What was found, the next scan gives, with no further full scan.
        """
        if self._tree is None or self._place is None or self._has_hints():
            return None
        known = self._tree.result
        themes = self._themes.values()
        try:
            self._is_other |= self._configs.differs(self._check) or self._includes.differs(self._check)
            self._is_other |= any(theme.differs(self._check) for theme in themes)
            self._is_other |= self._digests.differs(self._check) or self._has_other_proofs()
            found = self._scan(self._place, {}, 0, check=self._check).result
        except _Interrupted:
            return None
        except (UsageError, EnvironmentFault):
            self._tree = None
            return True
        self._is_settled = self._is_settled and found is known
        is_other = self._is_other or found is not known
        self._is_other = False
        return is_other

    def _has_other_proofs(self) -> bool:
        self._check()
        proofs, self._proofs = self._proofs, self._disk.read_proofs(self._proof_paths)
        return proofs != self._proofs

    def _take_hints(self) -> tuple[frozenset[str], bool]:
        with self._lock:
            taken = frozenset(self._hints), self._is_unsure
            self._hints.clear()
            self._is_unsure = False
        return taken

    def _has_hints(self) -> bool:
        return self._is_unsure or bool(self._hints)

    def _check(self) -> None:
        if self._has_hints():
            raise _Interrupted

    def _look_at(self, tree: KnownTree, paths: Iterable[str]) -> frozenset[str] | None:
        """Look at single files; gives the keys that need settling, None where that look is not enough."""
        held = self._holding.names
        wanted = {_real(path, tree) for path in paths}
        wanted.update(tree.path_of(key) for key in held)
        changed = tree.look_at(wanted)
        return None if changed is None else changed.union(held)

    def _scan(
        self,
        place: _Place,
        previous: Mapping[str, Stamp],
        last_scan_ns: int,
        check: Callable[[], None] | None = None,
    ) -> KnownTree:
        if self._tree is not None:
            previous, last_scan_ns = self._tree.result.stamps, self._scanned_ns
        scanned_ns = time.time_ns()
        started = time.perf_counter()
        scan: TreeScan = self._disk.examine_content(
            place.content_dir, previous, last_scan_ns, place.exclude, check=check
        )
        known = KnownTree(scan)
        self.last_full_scan_seconds = time.perf_counter() - started
        if self._tree is not None and self._tree.result == known.result:
            known.result = self._tree.result
        self._tree = known
        self._scanned_ns = scanned_ns
        return known

    def _settle(self, found: ScanResult, changed: Iterable[str] | None) -> ScanResult:
        """Give what the disk holds, but for what is held."""
        self._holding.release(_ROOT)
        wanted = changed if self._is_settled else None
        stamps = self._holding.settle(self._given.stamps, found.stamps, wanted)
        self._is_settled = True
        result = found if stamps is found.stamps else ScanResult(stamps, found.diagnostics)
        if result != self._given:
            self._given = result
        return self._given

    def _forget(self, place: _Place | None) -> None:
        self._place = place
        self._tree = None
        self._given = _NO_SCAN
        self._holding = Holding(self._clock)

    def _has_content(self) -> bool:
        return self._place is not None and os.path.isdir(self._disk.absolute(self._place.content_dir))

    def _expire(self) -> None:
        """See to it that `held_until` names no moment of the past, whatever comes of this look."""
        for holding in self._all_holding():
            holding.expire()

    def _all_holding(self) -> Iterable[Holding]:
        yield self._holding
        yield self._configs.holding
        yield self._includes.holding
        for theme in self._themes.values():
            yield theme.holding

    # ------------------------------------------------------------ all other files

    def scan_theme(
        self, folder: str, *, required: bool = True
    ) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
        """Read a theme like `DiskWorkspace.scan_theme`; the same dict as before where no file is another.

        Every file is asked for its status, and only those that may have changed are read: no hint is needed.
        """
        theme = self._themes.get(folder)
        if theme is None:
            theme = self._themes[folder] = RememberedTheme(self._disk, folder, self._clock)
        return theme.scan(required=required)

    def read_folder(self, folder: str) -> tuple[dict[str, bytes] | None, str]:
        """Read all files of a folder like `DiskWorkspace.read_folder`."""
        return self._disk.read_folder(folder)

    def read_bytes(self, file: str) -> bytes:
        """Read a file by its path relative to the site folder; raises OSError.

        A configuration that was just emptied or moved away is given as it was before.
        """
        if not file.endswith((".yaml", ".yml")):
            return self._disk.read_bytes(file)
        # A look at the files begins here, and ends here where the configuration is broken.
        self._expire()
        data = self._configs.read(file)
        return self._disk.read_bytes(file) if data is None else data

    def read_include(self, file: str) -> tuple[str | None, str]:
        """Read a text file like `DiskWorkspace.read_include`; one that was just emptied is given as it was before."""
        return self._includes.read(file)

    def digest_file(self, file: str) -> tuple[Digest | None, str]:
        """Digest a file like `DiskWorkspace.digest_file`; one that has the status it had is not read again."""
        return self._digests.read(file)

    def read_proofs(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Read proofs like `DiskWorkspace.read_proofs`."""
        self._proofs = self._disk.read_proofs(paths)
        self._proof_paths = tuple(paths)
        return self._proofs

    def image_size(self, file: str) -> tuple[int, int]:
        """Measure an image in pixels; zeros where it is none."""
        return self._disk.image_size(file)

    def git_head(self) -> str | None:
        """Give an id of the commit that is checked out, None outside a repository."""
        return self._disk.git_head()

    def git_facts(self, content_dir: str) -> GitFacts:
        """Ask git for the last commit of every page."""
        return self._disk.git_facts(content_dir)

    def absolute(self, file: str) -> str:
        """Give the absolute path of a file of the site folder, for copying."""
        return self._disk.absolute(file)

    def _try_bytes(self, file: str) -> bytes | None:
        try:
            return self._disk.read_bytes(file)
        except FileNotFoundError:
            return None


def _real(path: str, tree: KnownTree) -> str:
    """Spell a hinted path as the scan does, with no symbolic link in the folders above it."""
    path = os.path.normpath(path)
    if is_within(tree.root, path):
        return path
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)
