"""The pages that were rendered: the digest of each, and the bytes of those that were looked at last."""

import threading
from collections import OrderedDict

import msgspec

from octavo.digest import Digest
from octavo.engine.manifest import Job

__all__ = ["MadePage", "PageShelf"]

SHELF_BYTES = 64 * 1024 * 1024


class MadePage(msgspec.Struct, frozen=True):
    """One output as it was rendered."""

    job: Job
    """The job that it answers: another key in the plan means that it must be made anew."""
    digest: Digest
    data: bytes | None
    """None where other pages took its place on the shelf."""
    is_error: bool = False
    """True where it says why there is no page."""


class PageShelf:
    """Keeps rendered outputs; safe to read from any thread while one thread writes."""

    def __init__(self, limit: int = SHELF_BYTES) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._pages: OrderedDict[str, MadePage] = OrderedDict()
        self._digests: dict[str, tuple[Job, Digest]] = {}
        self._size = 0

    def get(self, output: str) -> MadePage | None:
        """Give what was made of an output last, whichever job it answers."""
        with self._lock:
            page = self._pages.get(output)
            if page is not None:
                self._pages.move_to_end(output)
                return page
            known = self._digests.get(output)
        return MadePage(known[0], known[1], None) if known is not None else None

    def is_fresh(self, output: str, job: Job) -> bool:
        """Tell whether the digest that is known answers this job."""
        known = self._digests.get(output)
        return known is not None and (known[0] is job or known[0].parts == job.parts)

    def put(self, output: str, page: MadePage) -> None:
        """Keep an output; the ones that nobody has looked at for longest lose their bytes."""
        with self._lock:
            self._drop(output)
            self._digests[output] = (page.job, page.digest)
            if page.data is not None:
                self._pages[output] = page
                self._size += len(page.data)
            while self._size > self._limit and len(self._pages) > 1:
                self._drop(next(iter(self._pages)))

    def forget(self, output: str) -> None:
        """Forget an output that the site has no more."""
        with self._lock:
            self._drop(output)
            self._digests.pop(output, None)

    def outputs(self) -> tuple[str, ...]:
        """Name every output that was rendered."""
        with self._lock:
            return tuple(self._digests)

    def _drop(self, output: str) -> None:
        page = self._pages.pop(output, None)
        if page is not None and page.data is not None:
            self._size -= len(page.data)
