"""What the engine asks of the world, as protocols; `octavo.edges` implements them, tests may too."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from octavo.digest import Digest
from octavo.engine.workers import LazyPool
from octavo.errors import Diagnostic, EnvironmentFault
from octavo.model import Value

__all__ = [
    "GitFacts",
    "IndexedPages",
    "Output",
    "Ports",
    "Progress",
    "ScanResult",
    "SearchIndexer",
    "Stamp",
    "Store",
    "StoreLostFault",
    "Workspace",
]


class Stamp(Value, frozen=True):
    """What is known of a file without reading it again, and the digest of what it held."""

    mtime_ns: int
    size: int
    inode: int
    digest: Digest


class ScanResult(Value, frozen=True):
    """The files below a folder, by POSIX path relative to it, and what is wrong with the others."""

    stamps: dict[str, Stamp]
    diagnostics: tuple[Diagnostic, ...] = ()


class GitFacts(Value, frozen=True):
    """What git knows of the content."""

    head: str = ""
    dates: dict[str, str] = {}  # noqa: RUF012 - msgspec copies it for every value
    """Source and ISO date of its last commit."""
    prefix: str = ""
    """The site folder within the repository, with a trailing slash; empty at its root."""
    problem: str = ""


class Workspace(Protocol):
    """The files that a build reads."""

    def scan_content(
        self, content_dir: str, previous: Mapping[str, Stamp], last_scan_ns: int, exclude: Sequence[str]
    ) -> ScanResult:
        """List the content, hashing only what may have changed since *last_scan_ns* (wall clock, nanoseconds)."""
        ...

    def scan_theme(
        self, folder: str, *, required: bool = True
    ) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
        """Read all files of a theme folder (absolute, or relative to the site folder), by POSIX path.

        Raises:
            UsageError: the folder is missing and *required*.

        """
        ...

    def read_folder(self, folder: str) -> tuple[dict[str, bytes] | None, str]:
        """Read all files of a folder inside the site folder, by POSIX path; without them, say why in a short phrase."""
        ...

    def read_bytes(self, file: str) -> bytes:
        """Read a file by its path relative to the site folder; raises OSError."""
        ...

    def read_include(self, file: str) -> tuple[str | None, str]:
        """Read a text file inside the site folder; without a text, say why in a short phrase."""
        ...

    def digest_file(self, file: str) -> tuple[Digest | None, str]:
        """Digest a file of any kind inside the site folder; without a digest, say why in a short phrase."""
        ...

    def read_proofs(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Read what is on record of verified chapters, by path below the folder of proofs; missing files are left out."""
        ...

    def image_size(self, file: str) -> tuple[int, int]:
        """Measure an image in pixels; zeros where it is none."""
        ...

    def git_head(self) -> str | None:
        """Give an id of the commit that is checked out and of the site's place in it; None outside a repository."""
        ...

    def git_facts(self, content_dir: str) -> GitFacts:
        """Ask git for the last commit of every page."""
        ...

    def absolute(self, file: str) -> str:
        """Give the absolute path of a file of the site folder, for copying."""
        ...


class StoreLostFault(EnvironmentFault):
    """The store lost what it held and is empty now; the same command, run again with it, succeeds."""


class Store(Protocol):
    """Tables of bytes by text key, one transaction a build. Any row may be missing at any time."""

    problem: str
    """Empty, or why earlier state is not used or this state will not be kept."""

    def get_meta(self, name: str) -> bytes | None:
        """Give one named value."""
        ...

    def set_meta(self, name: str, value: bytes) -> None:
        """Keep one named value."""
        ...

    def all(self, table: str) -> Iterator[tuple[str, bytes]]:
        """Give every row of a table."""
        ...

    def get_many(self, table: str, keys: Sequence[str]) -> dict[str, bytes]:
        """Give the rows of these keys that exist."""
        ...

    def put_many(self, table: str, rows: Iterable[tuple[str, bytes]]) -> None:
        """Insert or replace rows."""
        ...

    def delete_many(self, table: str, keys: Iterable[str]) -> None:
        """Remove rows."""
        ...

    def clear(self, table: str) -> None:
        """Remove every row of a table."""
        ...

    def commit(self) -> None:
        """Make all changes since the last commit last."""
        ...


class Output(Protocol):
    """The two trees: the live site and the spare that becomes the next one."""

    def recover(self) -> None:
        """Complete an exchange that was cut short."""
        ...

    def generation(self, tree: Literal["live", "spare"]) -> str | None:
        """Give the generation id of the `live` or `spare` tree, None where it has none."""
        ...

    def read(self, path: str) -> bytes | None:
        """Read a file of the live tree; None where there is none."""
        ...

    def observe(self) -> dict[str, tuple[int, int]]:
        """List the live tree's files with size and modification time (ns)."""
        ...

    def begin(self, expected: str | None) -> bool:
        """Open the spare for writing; False where it was not whole at *expected* and has been emptied."""
        ...

    def write(self, path: str, data: bytes) -> int:
        """Write a file into the spare; gives its modification time in nanoseconds."""
        ...

    def copy_file(self, source: str, path: str) -> tuple[int, int]:
        """Copy a file of the site folder into the spare; gives size and modification time (ns)."""
        ...

    def copy_from_live(self, paths: Iterable[str]) -> None:
        """Bring files of the live tree over to the spare, with their modification times."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file from the spare, and folders that became empty; a folder in its place stays."""
        ...

    def finish(self, generation: str) -> None:
        """Mark the spare as whole."""
        ...

    def exchange(self) -> None:
        """Make the spare the live tree and the live tree the spare, in one step."""
        ...

    def make_spare(self, generation: str) -> None:
        """Copy the live tree into a new spare, so that the next build costs what changed."""
        ...


class IndexedPages(msgspec.Struct, frozen=True):
    """A search index, or why there is none."""

    files: dict[str, bytes]
    """Bytes by name, relative to the folder of the index."""
    problem: str = ""


class SearchIndexer(Protocol):
    """Makes search indexes."""

    @property
    def identity(self) -> str:
        """Name and version of what makes them; empty where there is nothing that could."""
        ...

    def index(self, pages: Iterable[tuple[str, str]]) -> IndexedPages:
        """Make the index of pages, given by output and HTML: the same pages in the same order give the same bytes.

        May be called from any thread, and takes as long as it takes.
        """
        ...


class Ports(msgspec.Struct, frozen=True):
    """The world as one build sees it."""

    workspace: Workspace
    store: Store
    output: Output
    pool: LazyPool
    indexer: SearchIndexer


Progress = Callable[[str, int, int], None]
"""Called with a stage's name, how much is done and how much there is."""
