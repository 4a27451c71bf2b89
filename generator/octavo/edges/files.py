"""Scans a folder of sources into stamps: what changed since the last build, at the cost of one status per file.

A digest is taken over from the previous scan when modification time, size and inode are the same and the file is
older than that scan by more than two seconds. The two seconds are git's rule for "racy" entries: a file written
again within the tick of a coarse clock keeps its time. The change time counts as well, since it cannot be set back:
a restored modification time does not hide an edit.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from octavo.digest import Digest
from octavo.edges.faults import unreadable
from octavo.edges.names import is_content_skipped
from octavo.edges.reading import digest_file, image_size, locate, read_bytes, read_text_file
from octavo.edges.walk import Walk, walk_tree
from octavo.engine.ports import ScanResult, Stamp
from octavo.errors import Diagnostic, sort_diagnostics

__all__ = [
    "TreeScan",
    "examine_tree",
    "image_size",
    "locate",
    "read_bytes",
    "read_text_file",
    "scan_tree",
    "stamp_file",
]

RACY_NS = 2_000_000_000


class TreeScan(NamedTuple):
    """The stamps of a folder's files, and the walk that they come from."""

    result: ScanResult
    walk: Walk


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
    return examine_tree(
        root,
        previous=previous,
        last_scan_ns=last_scan_ns,
        boundary=boundary,
        prefix=prefix,
        exclude=exclude,
        skip=skip,
    ).result


def examine_tree(
    root: str,
    *,
    previous: Mapping[str, Stamp],
    last_scan_ns: int,
    boundary: str = "",
    prefix: str = "",
    exclude: Sequence[str] = (),
    skip: Callable[[str], bool] = is_content_skipped,
    check: Callable[[], None] | None = None,
) -> TreeScan:
    """Scan like `scan_tree`, and give the walk too; *check* is called often, and ends the scan by raising."""
    walk = walk_tree(root, boundary=boundary or root, prefix=prefix, exclude=exclude, skip=skip, check=check)
    limit = last_scan_ns - RACY_NS
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
        if check is not None:
            check()
        try:
            stamps[found.key] = stamp_file(found.path)
        except OSError as problem:
            file = f"{prefix}/{found.key}" if prefix else found.key
            if (diagnostic := unreadable(problem, file)) is not None:
                diagnostics.append(diagnostic)
    return TreeScan(ScanResult(stamps=stamps, diagnostics=sort_diagnostics(diagnostics)), walk)


def stamp_file(path: str) -> Stamp:
    """Read a regular file into its stamp; raises OSError."""
    digest: Digest
    digest, status = digest_file(path)
    return Stamp(mtime_ns=status.st_mtime_ns, size=status.st_size, inode=status.st_ino, digest=digest)
