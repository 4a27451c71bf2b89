"""Projects as zip files, the same bytes on every machine.

Entries are sorted, have one time and one mode, and are not compressed: two versions of a compressor need not agree, and
the text of a tutorial is small.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from octavo.tutorial.trees import Blobs, Tree

__all__ = ["exclude_files", "make_zip"]

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that the format can say (APPNOTE 4.4.6)."""
_MODE = 0o100644


def exclude_files(tree: Tree, patterns: Sequence[str]) -> Tree:
    """Leave out the files that a pattern names: by their whole path, by their name, or by a folder above them."""
    if not patterns:
        return tree
    return Tree(files=tuple(item for item in tree.files if not _is_excluded(item[0], patterns)))


def _is_excluded(path: str, patterns: Iterable[str]) -> bool:
    parts = path.split("/")
    above = ["/".join(parts[: number + 1]) for number in range(len(parts))]
    return any(
        fnmatchcase(name, pattern.removesuffix("/").removeprefix("./"))
        for pattern in patterns
        for name in (*parts, *above)
    )


def make_zip(tree: Tree, blobs: Blobs, folder: str) -> bytes:
    """Pack a project into one folder of a zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path, digest in tree.files:
            entry = zipfile.ZipInfo(f"{folder}/{path}", _EPOCH)
            entry.create_system = 3  # Unix: else the mode is not read
            entry.external_attr = _MODE << 16
            archive.writestr(entry, blobs[digest])
    return out.getvalue()
