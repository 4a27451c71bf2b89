"""The search index of a preview: made when somebody searches, of the pages as they are then.

The engine's thread renders the pages that are not made yet, a few at a time between all that cannot wait, and takes
their texts. A thread of its own waits for the index to be made of them, and for nothing else.
"""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future

from octavo.digest import Digest, digest_bytes
from octavo.engine.indexing import pack_text, unpack_text
from octavo.engine.manifest import Job
from octavo.engine.plan import SEARCH_FOLDER
from octavo.engine.ports import SearchIndexer
from octavo.engine.search import search_key
from octavo.outputs import search_page
from octavo.preview.generation import Generation
from octavo.preview.ports import Note
from octavo.preview.shelf import PageShelf

__all__ = ["PreviewSearch"]


class PreviewSearch:
    """The index of one preview, and who waits for it."""

    def __init__(self, indexer: SearchIndexer, shelf: PageShelf, note: Note) -> None:
        self._indexer = indexer
        self._shelf = shelf
        self._note = note
        self._lock = threading.Lock()
        self._asked: list[Future[None]] = []
        self._files: Mapping[str, bytes] = {}
        self._key = Digest("")
        self._thread: threading.Thread | None = None
        self._wake: Callable[[], None] = lambda: None
        # Of the engine's thread alone: the packed text of each page, its digest, and the job that it answers.
        self._texts: dict[str, tuple[Job, bytes, Digest]] = {}
        self._generation: Generation | None = None
        self._missing: deque[str] = deque()

    # ------------------------------------------------------------ for any thread

    def connect(self, wake: Callable[[], None]) -> None:
        """Name what wakes the engine."""
        self._wake = wake

    def ask(self) -> Future[None]:
        """Ask for the index of the pages as they are now; the future is done when there is one, or cannot be."""
        future: Future[None] = Future()
        with self._lock:
            self._asked.append(future)
        self._wake()
        return future

    def file(self, output: str) -> bytes | None:
        """Give a file of the index that was made last."""
        return self._files.get(output)

    def close(self) -> None:
        """Let go of everybody who waits."""
        with self._lock:
            asked, self._asked = self._asked, []
        for future in asked:
            future.cancel()

    # ------------------------------------------------------------ for the engine

    def can_go_on(self, generation: Generation | None) -> bool:
        """Tell whether somebody waits for an index that nobody is making yet, and all pages are known."""
        waits = bool(self._asked) and self._thread is None
        return waits and generation is not None and not generation.is_begun

    def go_on(self, generation: Generation | None, make: Callable[[Sequence[str]], None], limit: int) -> None:
        """Take the texts of a few pages, which *make* puts on the shelf; after the last one the index is made."""
        if generation is None:
            return
        pages = self._next_pages(generation, limit)
        make(pages)
        self._take(generation, pages)
        if not self._missing:
            self._begin()

    def _next_pages(self, generation: Generation, limit: int) -> Sequence[str]:
        if generation is not self._generation:
            self._generation = generation
            self._texts = {output: kept for output, kept in self._texts.items() if output in generation.jobs}
            self._missing = deque(
                output
                for output, job in generation.jobs.items()
                if job.kind == "page" and not self._is_taken(job)
            )
        return [self._missing.popleft() for _ in range(min(len(self._missing), limit))]

    def _take(self, generation: Generation, outputs: Sequence[str]) -> None:
        for output in outputs:
            job = generation.jobs[output]
            page = self._shelf.get(output)
            is_page = page is not None and page.data is not None and not page.is_error
            text = search_page(page.data.decode()) if is_page and page is not None and page.data else ""
            self._texts[output] = (job, pack_text(text), digest_bytes(text.encode()) if text else Digest(""))

    def _is_taken(self, job: Job) -> bool:
        taken = self._texts.get(job.output)
        return taken is not None and (taken[0] is job or taken[0].parts == job.parts)

    def _begin(self) -> None:
        """Make the index in a thread; where no text differs, the one that is there will do."""
        pages = sorted((output, text, digest) for output, (_, text, digest) in self._texts.items() if text)
        key = search_key(self._indexer.identity, [(output, digest) for output, _, digest in pages])
        if key == self._key:
            self._answer(self._take_asked())
            return
        asked = self._take_asked()
        self._thread = threading.Thread(
            target=self._make,
            args=(key, [page[:2] for page in pages], asked),
            name="octavo-search",
            daemon=True,
        )
        self._thread.start()

    def _take_asked(self) -> list[Future[None]]:
        with self._lock:
            asked, self._asked = self._asked, []
        return asked

    # ------------------------------------------------------------ in a thread of its own

    def _make(self, key: Digest, pages: Sequence[tuple[str, bytes]], asked: Sequence[Future[None]]) -> None:
        try:
            files: dict[str, bytes] = {}
            if pages and self._indexer.identity:
                result = self._indexer.index((output, unpack_text(text)) for output, text in pages)
                files = {SEARCH_FOLDER + name: data for name, data in result.files.items()}
                if result.problem:
                    self._note(f"the search index could not be made: {result.problem}")
            self._files, self._key = files, key
        finally:
            self._thread = None
            self._answer(asked)
            self._wake()

    def _answer(self, asked: Sequence[Future[None]]) -> None:
        for future in asked:
            if not future.cancelled():
                future.set_result(None)
