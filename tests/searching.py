"""Indexers for tests: one that makes nothing, one that is not there, one that counts and one that fails."""

from collections.abc import Iterable

from octavo.edges.search_index import PagefindIndexer
from octavo.engine.ports import IndexedPages


class Unindexed:
    """Makes an index without files: most tests do not care for search."""

    identity = "none"

    def index(self, pages: Iterable[tuple[str, str]]) -> IndexedPages:
        """Look at every page."""
        for _ in pages:
            pass
        return IndexedPages(files={})


class Absent(Unindexed):
    """Stands for an installation without Pagefind."""

    identity = ""


class Failing(Unindexed):
    """Stands for a binary that stops."""

    def index(self, pages: Iterable[tuple[str, str]]) -> IndexedPages:
        """Fail, as it would on any pages."""
        del pages
        return IndexedPages(files={}, problem="it stopped with status 1")


class Counting(PagefindIndexer):
    """The real one; remembers what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[list[str]] = []

    def index(self, pages: Iterable[tuple[str, str]]) -> IndexedPages:
        """Make an index."""
        listed = list(pages)
        self.runs.append([output for output, _ in listed])
        return super().index(listed)
