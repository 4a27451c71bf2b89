"""An index in the making: pages go in one by one while others are rendered, and the files come out at the end.

The indexer pulls pages and waits for a process of its own, so it runs in a thread; this one looks after the order of the
pages and does not wait before the last of them was given.
"""

import threading
import zlib
from collections.abc import Callable, Iterator
from queue import SimpleQueue

from octavo.digest import Digest, digest_bytes
from octavo.engine.ports import IndexedPages, SearchIndexer
from octavo.errors import EnvironmentFault
from octavo.outputs import search_page

__all__ = ["IndexRun", "pack_text", "unpack_text"]

_PATIENCE = 1.0
"""Seconds that a run which is given up may take to end; it holds nothing that somebody waits for."""


def pack_text(text: str, level: int = 1) -> bytes:
    """Pack what the index sees of a page: many of them are held at once; level 0 for one that is taken at once."""
    return zlib.compress(text.encode("utf-8"), level) if text else b""


def unpack_text(packed: bytes) -> str:
    """Unpack what `pack_text` packed."""
    return zlib.decompress(packed).decode("utf-8") if packed else ""


class _GivenUpError(Exception):
    """Nobody wants the index any more."""


class IndexRun(threading.Thread):
    """Makes one index of pages that are given in their order.

    Args:
        indexer: what makes it.
        read: gives a page as it is on disk; called in the thread, for pages that are given without a text.

    """

    def __init__(self, indexer: SearchIndexer, read: Callable[[str], bytes | None]) -> None:
        super().__init__(name="octavo-index", daemon=True)
        self._indexer = indexer
        self._read = read
        self._pages: SimpleQueue[tuple[str, Digest, bytes] | None] = SimpleQueue()
        self._is_given_up = False
        self._result = IndexedPages({})
        self._fault: BaseException | None = None

    def put(self, output: str, digest: Digest, packed: bytes) -> None:
        """Give the next page: the digest of its text, and the packed text or nothing."""
        self._pages.put((output, digest, packed))

    def finish(self) -> IndexedPages:
        """Wait for the index of all pages given.

        Raises:
            EnvironmentFault: a page on disk is not the one that was meant.

        """
        self._pages.put(None)
        self.join()
        if self._fault is not None:
            raise self._fault
        return self._result

    def give_up(self) -> None:
        """End the run; nothing is left of it."""
        self._is_given_up = True
        self._pages.put(None)
        self.join(_PATIENCE)

    def run(self) -> None:
        """Make the index; what goes wrong is raised by `finish`."""
        try:
            self._result = self._indexer.index(self._texts())
        except BaseException as fault:  # noqa: BLE001 - it is raised where somebody waits
            self._fault = fault

    def _texts(self) -> Iterator[tuple[str, str]]:
        while (page := self._pages.get()) is not None and not self._is_given_up:
            output, digest, packed = page
            if packed:
                yield output, unpack_text(packed)
                continue
            text = search_page((self._read(output) or b"").decode())
            if digest_bytes(text.encode()) != digest:
                raise EnvironmentFault(
                    f"`{output}` was changed while the site was built", hint="run the command again"
                )
            yield output, text
        if self._is_given_up:
            raise _GivenUpError
