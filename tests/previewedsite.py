"""A site under preview without server, watcher or threads: look at the files, and ask for what would be served.

    preview = PreviewedSite(site)
    site.edit("a.md", "old", "new")
    preview.look()
    preview.served()["a/index.html"]

The clock of held files is the test's own: nothing sleeps.
"""

import os
from pathlib import Path
from typing import Any, Self

from octavo.cli.identity import bundled_theme, identify
from octavo.edges.hinted import HintedWorkspace
from octavo.edges.search_index import PagefindIndexer
from octavo.edges.store import open_store
from octavo.edges.workspace import DiskWorkspace
from octavo.engine import BuildRequest, LazyPool
from octavo.engine.ports import Ports
from octavo.preview.session import Change, PreviewSession
from octavo.preview.shelf import PageShelf

MADE = {"page", "redirect", "sitemap", "titles", "download"}


class PreviewedSite:
    """A session over a real folder."""

    def __init__(self, root: Path, *, cache: Path | None = None, jobs: int = 1, **settings: Any) -> None:
        self.root = Path(root)
        self.now = 1000.0
        self.workspace = HintedWorkspace(DiskWorkspace(str(root)), clock=lambda: self.now)
        self.store = open_store(str(cache) if cache else "", read_only=cache is None)
        names = ("_site", ".octavo", ".git")
        request = BuildRequest(
            drafts=True,
            write=False,
            engine=identify().engine,
            runner=identify().runner,
            bundled_theme=bundled_theme(),
            output_folder=str(self.root / "_site"),
            exclude=tuple(os.path.join(os.path.realpath(root), name) for name in names),
        )
        self.ports = Ports(self.workspace, self.store, None, LazyPool(jobs), PagefindIndexer())
        self.session = PreviewSession(request, self.ports, PageShelf(**settings))
        self.changes: list[Change] = [self.session.begin()]
        self.look()

    def hint(self, *paths: str) -> Self:
        """Say that files (relative to the site folder) changed."""
        for path in paths:
            self.workspace.hint(str(self.root / path))
        return self

    def look(self, *, everywhere: bool = True) -> list[Change]:
        """Look at the files until nothing is held back any more."""
        changes: list[Change] = []
        if everywhere:
            self.workspace.hint(None)
        while True:
            changes += self.session.update(lambda: None)
            if self.workspace.held_until is None:
                break
            self.now = self.workspace.held_until + 0.001
        self.changes = changes
        return changes

    def page(self, output: str) -> bytes:
        """Give the bytes of a page as it would be served, less the script."""
        self.session.make([output])
        return self.session.shelf.get(output).data

    def served(self) -> dict[str, bytes]:
        """Give everything that would be served, by output, less the script."""
        generation = self.session.generation
        found: dict[str, bytes] = {}
        for output, job in generation.jobs.items():
            if job.kind in MADE:
                found[output] = self.page(output)
            elif job.kind == "theme":
                found[output] = generation.planned.around.theme.data[output]
            elif job.kind == "asset":
                path = self.workspace.absolute(f"{generation.content_dir}/{job.source}")
                found[output] = Path(path).read_bytes()
        return found

    def messages(self) -> list[str]:
        """Give every problem as `file:line:column: code: message`."""
        return [f"{item.location}: {item.code}: {item.message}" for item in self.session.all_problems()]

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()
