"""Scans a folder of sources into stamps: what changed since the last build, at the cost of one status per file.

A digest is taken over from the previous scan when modification time, size and inode are the same and the file is
older than that scan by more than two seconds. The two seconds are git's rule for "racy" entries: a file written
again within the tick of a coarse clock keeps its time. The change time counts as well, since it cannot be set back:
a restored modification time does not hide an edit.
"""

from collections.abc import Callable, Mapping, Sequence

from octavo.digest import Digest
from octavo.edges.faults import unreadable
from octavo.edges.names import is_content_skipped
from octavo.edges.reading import digest_file, image_size, locate, read_bytes, read_text_file
from octavo.edges.walk import FoundFile, walk_tree
from octavo.engine.ports import ScanResult, Stamp
from octavo.errors import Diagnostic, sort_diagnostics

__all__ = ["image_size", "locate", "read_bytes", "read_text_file", "scan_tree"]

_RACY_NS = 2_000_000_000


def scan_tree(
    root: str,
    *,
    previous: Mapping[str, Stamp],
    last_scan_ns: int,
    boundary: str = "",
    prefix: str = "",
    exclude: Sequence[str] = (),
    skip: Callable[[str], bool] = is_content_skipped,
) -> ScanResult:
    """Stamp every regular file below *root*, by POSIX path relative to it, in sorted order.

    *previous* and *last_scan_ns* are the stamps of an earlier scan and the wall clock at its start. *boundary* is the
    folder that links must stay in, *root* itself where it is empty; the rest is handed to `walk_tree`. What cannot be
    used is left out and reported.
    """
    walk = walk_tree(root, boundary=boundary or root, prefix=prefix, exclude=exclude, skip=skip)
    limit = last_scan_ns - _RACY_NS
    stamps: dict[str, Stamp] = {}
    diagnostics: list[Diagnostic] = walk.diagnostics
    for found in sorted(walk.files, key=lambda item: item.key):
        known = previous.get(found.key)
        status = found.status
        if (
            known is not None
            and known.mtime_ns == status.st_mtime_ns
            and known.size == status.st_size
            and known.inode == status.st_ino
            and status.st_mtime_ns < limit
            and status.st_ctime_ns < limit
        ):
            stamps[found.key] = known
            continue
        try:
            stamps[found.key] = _stamp(found)
        except OSError as problem:
            file = f"{prefix}/{found.key}" if prefix else found.key
            if (diagnostic := unreadable(problem, file)) is not None:
                diagnostics.append(diagnostic)
    return ScanResult(stamps=stamps, diagnostics=sort_diagnostics(diagnostics))


def _stamp(found: FoundFile) -> Stamp:
    digest: Digest
    digest, status = digest_file(found.path)
    return Stamp(mtime_ns=status.st_mtime_ns, size=status.st_size, inode=status.st_ino, digest=digest)
