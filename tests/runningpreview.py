"""A preview that runs: real files, real events, the loop in a thread of its own; no server.

    with RunningPreview(site.root) as preview:
        site.edit("a.md", "old", "new")
        preview.wait_for_page("a/", "new")

Nothing sleeps: who waits is woken by the preview's own reports, looks now and then for what is not reported, and gives
up after a while.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from octavo.cli.previewing import open_preview
from octavo.preview.rebuild import Rebuild
from waiting import PATIENCE

__all__ = ["PATIENCE", "RunningPreview"]


class RunningPreview:
    """One preview and what it told."""

    def __init__(self, root: Path, **settings: Any) -> None:
        self.root = Path(root)
        self.rebuilds: list[Rebuild] = []
        self.notes: list[str] = []
        self._told = threading.Condition()
        self._settings = settings
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self.preview = self._stack.enter_context(
            open_preview(
                str(self.root / "site.yaml"), note=self._note, on_rebuild=self._rebuilt, **self._settings
            )
        )
        self.loop, self.desk, self.session = self.preview.loop, self.preview.desk, self.preview.session
        self._thread = threading.Thread(target=self.loop.run, daemon=True)
        self._thread.start()
        self.wait(lambda: any(item.kind == "checked" for item in self.rebuilds))
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.stop()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        self._stack.close()

    # ------------------------------------------------------------ told by the preview

    def _note(self, text: str) -> None:
        with self._told:
            self.notes.append(text)
            self._told.notify_all()

    def _rebuilt(self, rebuild: Rebuild) -> None:
        with self._told:
            self.rebuilds.append(rebuild)
            self._told.notify_all()

    # ------------------------------------------------------------ asked by tests

    @property
    def changes(self) -> list[Rebuild]:
        """The rebuilds that brought something, after the start."""
        return [item for item in self.rebuilds if item.kind == "changed"]

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds that a rebuild or a note brings about."""
        deadline = time.monotonic() + PATIENCE
        while True:
            seen = len(self.rebuilds) + len(self.notes)
            if condition():  # outside of the lock: it may ask the loop, which may be telling something
                return
            with self._told:
                if len(self.rebuilds) + len(self.notes) == seen:
                    self._told.wait(0.1)
            assert time.monotonic() < deadline, (self.rebuilds, self.notes)

    @contextlib.contextmanager
    def kept_busy(self) -> Iterator[None]:
        """Keep the engine at other work: it sees what the block does at once, however long that takes."""
        has_begun, is_over = threading.Event(), threading.Event()
        work = self.loop.call(lambda: (has_begun.set(), is_over.wait(PATIENCE)))
        assert has_begun.wait(PATIENCE)
        try:
            yield
        finally:
            is_over.set()
            work.result(PATIENCE)

    def page(self, path: str) -> str:
        """Give the page at a path below the site's root."""
        base = self.session.generation.base
        return self.desk.answer(base + path).body.decode()

    def wait_for_page(self, path: str, text: str) -> None:
        """Wait until a rebuild has brought this text onto a page."""
        self.wait(lambda: text in self.page(path))

    def settle(self) -> Self:
        """Look at everything until nothing differs and nothing is held back."""
        workspace = self.loop._workspace
        deadline = time.monotonic() + PATIENCE
        while True:
            self.loop.look_now(None).result(PATIENCE)
            held = workspace.held_until
            if held is None:
                return self
            assert time.monotonic() < deadline
            with self._told:
                self._told.wait(max(0.0, held - time.monotonic()))

    def served(self) -> dict[str, bytes]:
        """Give everything that is served, by output, less the script tag."""
        self.settle()
        found: dict[str, bytes] = {}
        for output, job in self.session.generation.jobs.items():
            if job.kind in {"page", "redirect", "sitemap", "titles", "download"}:
                self.loop.ask(output).result(PATIENCE)
                found[output] = self.session.shelf.get(output).data
            elif job.kind == "theme":
                found[output] = self.session.generation.planned.around.theme.data[output]
            elif job.kind == "asset":
                content = self.root / self.session.generation.content_dir
                found[output] = (content / job.source).read_bytes()
        return found
