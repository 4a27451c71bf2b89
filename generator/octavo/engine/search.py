"""The search index: made of the texts of rendered pages, and only where one of them differs from what is indexed.

Every row of the manifest holds the digest of what the index sees of its page. The key of the index is the digest of
all of these; each of its files is an output like any other, with that key. Names of files are known only after the
index was made, so the plan does not list them: they join it here, before the list of outputs is written.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from octavo.digest import Digest, digest_value
from octavo.engine.indexing import IndexRun
from octavo.engine.manifest import Job, OutputRow, encode_parts
from octavo.engine.plan import SEARCH_FOLDER, Plan
from octavo.engine.ports import IndexedPages, SearchIndexer
from octavo.errors import Diagnostic, Location, error, warning

__all__ = ["IndexFeed", "IndexUpdate", "missing_indexer", "search_key"]

_CODE = "search-index"
_PART = "indexed texts"
_OF_INDEX = encode_parts(((_PART, Digest("")),))[:-1]
"""How the encoded key of every file of an index begins."""
_OFF = "write `search: false` to build without search"


class IndexUpdate(msgspec.Struct, frozen=True):
    """What has to happen so that the index on disk is that of the pages."""

    jobs: dict[str, Job]
    """Every file of the index."""
    files: dict[str, bytes]
    """Those that were made now; empty where the index is as it was."""
    diagnostics: tuple[Diagnostic, ...] = ()


def missing_indexer(indexer: SearchIndexer, file: str) -> tuple[Diagnostic, ...]:
    """Say that there is nothing that could make an index, where that is so; *file* is what messages call site.yaml."""
    if indexer.identity:
        return ()
    hint = f"install octavo again, or the package `pagefind-bin`; {_OFF}"
    return (warning(_CODE, "no search index is made: Pagefind is not installed", Location(file), hint=hint),)


def search_key(identity: str, texts: Sequence[tuple[str, Digest]]) -> Digest:
    """Digest what an index is made from: outputs, sorted, with the digests of their texts."""
    return digest_value((identity, texts))


class IndexFeed:
    """Follows the pages of a build, and makes the index anew where a text differs or a file of it is not as written.

    Every page that is rendered is told, sorted by output. As soon as it is certain that the index has to be made, the
    pages go to the indexer while others are rendered still; a build in which no text differs starts none.

    Args:
        plan: the outputs of this build.
        rows: the manifest as it was.
        observed: size and time of the files on disk.
        indexer: what makes an index.
        read: gives a page as it is on disk, for those that are not rendered.

    """

    def __init__(
        self,
        plan: Plan,
        rows: Mapping[str, OutputRow],
        observed: Mapping[str, tuple[int, int]],
        *,
        indexer: SearchIndexer,
        read: Callable[[str], bytes | None],
    ) -> None:
        self._jobs = plan.jobs
        self._rows = rows
        self._indexer = indexer
        self._read = read
        self._pages = sorted(output for output, job in plan.jobs.items() if job.kind == "page")
        self._position = 0
        self._listed: list[tuple[str, Digest]] = []
        self._held: list[tuple[str, Digest, bytes]] = []
        self._run: IndexRun | None = None
        self._kept = {
            path: row
            for path, row in rows.items()
            if path.startswith(SEARCH_FOLDER)
            and bytes(row.parts).startswith(_OF_INDEX)
            and path not in plan.jobs
        }
        is_whole = bool(self._kept) and all(
            observed.get(path) == (row.size, row.mtime_ns) for path, row in self._kept.items()
        )
        self.is_certain = not is_whole or any(
            row.text and path not in plan.jobs for path, row in rows.items()
        )
        """True once the index has to be made, whatever the other pages are."""

    def add(self, output: str, digest: Digest, packed: bytes) -> None:
        """Take what the index sees of a page that was rendered: nothing, or its packed text with the digest."""
        self._pass_to(output)
        self._position += 1
        row = self._rows.get(output)
        if digest != (row.text if row is not None else ""):
            self.is_certain = True
        if digest:
            self._listed.append((output, digest))
            self._held.append((output, digest, packed))
        if self.is_certain:
            self._hand_over()

    def finish(self, file: str) -> IndexUpdate:
        """Give the files of the index, which is waited for where it is in the making.

        *file* is what messages call site.yaml.

        Raises:
            EnvironmentFault: a page was changed on disk while the site was built.

        """
        self._pass_to("")
        if not self._listed or not self._indexer.identity:
            return IndexUpdate({}, {})
        parts = ((_PART, search_key(self._indexer.identity, self._listed)),)
        encoded = encode_parts(parts)
        if not self.is_certain and all(bytes(row.parts) == encoded for row in self._kept.values()):
            return IndexUpdate(
                {path: Job(output=path, kind="search", parts=parts) for path in self._kept}, {}
            )
        self._hand_over()
        run, self._run = self._run, None
        result = run.finish() if run is not None else IndexedPages({})
        if result.problem:
            message = f"the search index could not be made: {result.problem}"
            return IndexUpdate({}, {}, (error(_CODE, message, Location(file), hint=_OFF),))
        files = {
            path: data
            for name, data in result.files.items()
            if (path := SEARCH_FOLDER + name) not in self._jobs
        }
        return IndexUpdate(
            {path: Job(output=path, kind="search", parts=parts) for path in sorted(files)}, files
        )

    def close(self) -> None:
        """Let go of an index that nobody waits for any more."""
        if self._run is not None:
            self._run.give_up()
            self._run = None

    def _pass_to(self, output: str) -> None:
        """List the pages before one, or all that are left: they are as they were."""
        while self._position < len(self._pages) and (page := self._pages[self._position]) != output:
            self._position += 1
            row = self._rows.get(page)
            if row is not None and row.text:
                self._listed.append((page, row.text))
                self._held.append((page, row.text, b""))

    def _hand_over(self) -> None:
        if not self._held or not self._indexer.identity:
            return
        if self._run is None:
            self._run = IndexRun(self._indexer, self._read)
            self._run.start()
        for page in self._held:
            self._run.put(*page)
        self._held.clear()
