"""The files of a project at one moment: paths and digests, with the bytes kept apart by digest."""

from collections.abc import Iterable, Iterator, Mapping

from octavo.digest import Digest, digest_bytes
from octavo.model import Value

__all__ = ["EMPTY_TREE", "Blobs", "Tree", "conflicting_path", "make_tree"]

Blobs = Mapping[Digest, bytes]


class Tree(Value, frozen=True):
    """A project: the digest of every file, sorted by path."""

    files: tuple[tuple[str, Digest], ...] = ()

    def __iter__(self) -> Iterator[str]:
        """Give the paths in order."""
        return (path for path, _ in self.files)


EMPTY_TREE = Tree()


def make_tree(files: Mapping[str, bytes]) -> tuple[Tree, dict[Digest, bytes]]:
    """Make a tree of some files, and give their bytes by digest."""
    blobs = {digest_bytes(data): data for data in files.values()}
    return Tree(files=tuple(sorted((path, digest_bytes(data)) for path, data in files.items()))), blobs


def conflicting_path(path: str, known: Iterable[str]) -> str:
    """Name a file of the project beside which *path* cannot lie; empty where there is none.

    A file cannot have the name of a folder, and on some systems two names that differ by case are one.
    """
    folded = path.casefold()
    for other in known:
        other_folded = other.casefold()
        if other == path:
            continue
        if (
            folded == other_folded
            or folded.startswith(other_folded + "/")
            or other_folded.startswith(folded + "/")
        ):
            return other
    return ""
