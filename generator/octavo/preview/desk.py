"""Where the server's threads meet the engine: pages from the shelf, questions to the loop, events from it."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, Protocol

from octavo.context import ThemeSource
from octavo.digest import digest_bytes
from octavo.engine.manifest import Job
from octavo.engine.plan import SEARCH_FOLDER
from octavo.engine.ports import Stamp
from octavo.preview.contenttypes import content_type_of
from octavo.preview.events import EventHub, Subscription
from octavo.preview.generation import Generation
from octavo.preview.inject import inject, script_tag
from octavo.preview.problems import encode_problems
from octavo.preview.routes import MISSING, Route, address_of, find_route
from octavo.preview.search import PreviewSearch
from octavo.preview.session import PreviewSession
from octavo.preview.shelf import MadePage, PageShelf
from octavo.preview.values import Answer, SourceFile

__all__ = ["PreviewDesk"]

WAIT_SECONDS = 120.0
LOOK_SECONDS = 2.0
RECENT = 128
INDEX_ENTRY = f"{SEARCH_FOLDER}pagefind-entry.json"
"""The file of the index that a search reads first."""
LISTED = 200
"""Addresses that one event names at most."""


class Engine(Protocol):
    """What the desk asks the loop."""

    def ask(self, output: str) -> Future[None]:
        """Render an output."""
        ...

    def look_now(self, path: str | None) -> Future[None]:
        """Look at the files."""
        ...


class PreviewDesk:
    """Answers for the present generation; implements `PreviewSite`."""

    def __init__(
        self,
        shelf: PageShelf,
        *,
        absolute: Callable[[str], str],
        search: PreviewSearch,
        livereload: bool = True,
    ) -> None:
        self.token = secrets.token_urlsafe(24)
        self.run = secrets.token_hex(8)
        self._shelf = shelf
        self._absolute = absolute
        self._search = search
        self._livereload = livereload
        self._session: PreviewSession | None = None
        self._generation: Generation | None = None
        self._engine: Engine | None = None
        self._lock = threading.Lock()
        self._recent: OrderedDict[str, None] = OrderedDict()
        self._check: dict[str, Any] | None = None
        """How far the run of a chapter is, while there is one."""
        self._hub = EventHub({"run": self.run, "generation": 0})

    # ------------------------------------------------------------ asked by the server

    def answer(self, path: str) -> Answer:
        """Answer an address."""
        generation = self._generation
        if generation is None:
            return _plain(503, "The site is not ready yet.")
        route = find_route(path, generation.jobs, generation.base)
        if route.kind == "redirect":
            return Answer(status=302, location=route.location)
        if route.kind == "missing" and (file := self._index_file(path, generation)) is not None:
            return file
        job = generation.jobs.get(route.output)
        if job is None or job.kind == "list":
            job = generation.jobs[MISSING]
            route = Route(kind="missing", output=MISSING)
        if job.kind == "asset":
            return self._file(job, generation)
        if job.kind == "theme":
            return _bytes(job, generation)
        return self._page(job, route)

    def answer_again(self, path: str) -> Answer:
        """Look at the files anew, and answer."""
        if self._engine is not None:
            try:
                self._engine.look_now(None).result(LOOK_SECONDS)
            except (FutureTimeoutError, CancelledError):
                return _plain(503, "The file is being changed.")
        return self.answer(path)

    def problems(self, page: str) -> bytes:
        """Give the problems of the page at a path as JSON."""
        generation, session = self._generation, self._session
        if generation is None or session is None:
            return b"[]"
        route = find_route(page, generation.jobs, generation.base)
        output = route.output or MISSING
        return encode_problems(session.problems_of(output), session.failures_of(output))

    def follow(self) -> Subscription:
        """Begin to listen."""
        return self._hub.subscribe()

    @property
    def listeners(self) -> int:
        """How many browsers listen now."""
        return self._hub.listeners

    def _index_file(self, path: str, generation: Generation) -> Answer | None:
        """Give a file of the search index, which is made anew when a browser begins to search; None for another."""
        output = path.removeprefix(generation.base)
        if not output.startswith(SEARCH_FOLDER) or not generation.planned.snapshot.config.search:
            return None
        data = None if output == INDEX_ENTRY else self._search.file(output)
        if data is None:
            try:
                self._search.ask().result(WAIT_SECONDS)
            except (FutureTimeoutError, CancelledError):
                return _plain(503, "The search index could not be made in time.")
            data = self._search.file(output)
        if data is None:
            return None
        return Answer(content_type=content_type_of(output), body=data, etag=digest_bytes(data))

    # ------------------------------------------------------------ told by the engine

    def connect(self, engine: Engine) -> None:
        """Name who renders."""
        self._engine = engine

    def show(self, session: PreviewSession) -> Generation:
        """Answer from the session's present generation from now on."""
        self._session = session
        generation = session.generation
        if generation is None:
            raise LookupError("the session has not begun")
        self._generation = generation
        self._hub.set_state({**self._state(generation), "check": self._check})
        return generation

    def _state(self, generation: Generation) -> dict[str, Any]:
        return {"run": self.run, "generation": generation.number}

    def recent(self) -> list[str]:
        """Name the pages that were asked for lately, the last one first."""
        with self._lock:
            return list(reversed(self._recent))

    def publish(
        self, generation: Generation, changed: Sequence[str], problems: Sequence[str], *, all_problems: bool
    ) -> None:
        """Tell every browser of outputs whose bytes or problems differ; nothing where none do."""
        if not (changed or problems or all_problems):
            return
        listed = list(dict.fromkeys(changed))
        has_too_many = len(listed) > LISTED
        change = {
            **self._state(generation),
            "changed": [] if has_too_many else [address_of(output, generation.base) for output in listed],
            "all": has_too_many,
            "problems": [address_of(output, generation.base) for output in problems][:LISTED],
            "allProblems": all_problems or len(problems) > LISTED,
        }
        self._hub.publish(change)

    def tell_check(self, output: str, check: dict[str, Any]) -> None:
        """Tell every browser how far the run of a page's chapter is: `state`, and `done`, `total`, `label` of blocks.

        The states are `running`, `verified`, `failed` and `stopped`. May be called from any thread.
        """
        generation = self._generation
        if generation is None:
            return
        told = {**check, "page": address_of(output, generation.base)}
        self._check = told if check["state"] == "running" else None
        state = self._state(generation)
        self._hub.set_state({**state, "check": self._check})
        self._hub.publish({**state, "check": told}, name="check", is_passing=self._check is not None)

    def close(self) -> None:
        """End all listening."""
        self._hub.close()

    # ------------------------------------------------------------ the kinds of answers

    def _page(self, job: Job, route: Route) -> Answer:
        page = self._made(job)
        generation = self._generation
        if page is None or page.data is None or generation is None:
            return _plain(503, "The page could not be made in time.")
        content_type = content_type_of(job.output)
        if job.kind != "page" or not content_type.startswith("text/html"):
            return Answer(content_type=content_type, body=page.data, etag=page.digest)
        self._look_at(job.output)
        status = 500 if page.is_error else 404 if route.kind == "missing" else 200
        if not self._livereload:
            return Answer(status=status, body=page.data, etag=page.digest)
        session = self._session
        tag = script_tag(
            token=self.token,
            page=address_of(job.output, generation.base),
            etag=page.digest,
            generation=generation.number,
            run=self.run,
            problems=_count_problems(session, job.output),
        )
        return Answer(status=status, body=inject(page.data, tag), etag=page.digest, weak=True)

    def _made(self, job: Job) -> MadePage | None:
        """Give a page as it is now, waiting for the engine where it is not made."""
        page = self._shelf.get(job.output)
        if page is not None and page.data is not None and self._shelf.is_fresh(job.output, job):
            return page
        if self._engine is None:
            return None
        try:
            self._engine.ask(job.output).result(WAIT_SECONDS)
        except (FutureTimeoutError, CancelledError):
            return None
        return self._shelf.get(job.output)

    def _look_at(self, output: str) -> None:
        with self._lock:
            self._recent[output] = None
            self._recent.move_to_end(output)
            if len(self._recent) > RECENT:
                self._recent.popitem(last=False)

    def _file(self, job: Job, generation: Generation) -> Answer:
        stamp: Stamp = generation.planned.snapshot.assets[job.source]
        file = SourceFile(
            path=self._absolute(f"{generation.content_dir}/{job.source}"),
            mtime_ns=stamp.mtime_ns,
            size=stamp.size,
            inode=stamp.inode,
            digest=stamp.digest,
        )
        return Answer(content_type=content_type_of(job.output), etag=stamp.digest, file=file)


def _bytes(job: Job, generation: Generation) -> Answer:
    theme: ThemeSource = generation.planned.around.theme.source
    digest = next((asset.digest for asset in theme.assets if asset.output == job.output), "")
    data = generation.planned.around.theme.data[job.output]
    return Answer(content_type=content_type_of(job.output), body=data, etag=digest)


def _count_problems(session: PreviewSession | None, output: str) -> int:
    if session is None:
        return 0
    return len(session.problems_of(output)) + len(session.failures_of(output))


def _plain(status: int, text: str) -> Answer:
    return Answer(status=status, content_type="text/plain; charset=utf-8", body=f"{text}\n".encode())
