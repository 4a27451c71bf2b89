"""A whole site in one chained sentence: write files, build, look at what came out.

    site.page("a.md", "# A").build().counts(rendered=4).main("a/")

Everything is real: files, the engine, SQLite, the two trees. Only the command line is left out.
"""

import os
import shutil
from pathlib import Path
from typing import Any, Self

import msgspec

from octavo.cli.console import Console
from octavo.cli.project import open_project, with_store
from octavo.edges.outputfolder import GENERATION_FILE
from octavo.engine import build_site, explain_output
from octavo.engine.plan import OUTPUTS_FILE
from octavo.engine.ports import SearchIndexer
from searching import Unindexed

UNINDEXED = Unindexed()
_EPOCH_STEP = 10_000_000_000


class Site:
    """A site folder and the report of its last build."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self.root.mkdir(parents=True, exist_ok=True)
        self.report: Any = None
        self._clock = 1_700_000_000_000_000_000

    # ------------------------------------------------------------ files

    def write(self, path: str, content: str | bytes) -> Self:
        """Write a file of the site folder."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        target.write_bytes(data)
        # Every write gets a time of its own, as an author's saves have: no test needs to wait for the clock.
        self._clock += _EPOCH_STEP
        os.utime(target, ns=(self._clock, self._clock))
        return self

    def page(self, path: str, content: str) -> Self:
        """Write a file of the content folder."""
        return self.write(f"content/{path}", content)

    def pages(self, **texts: str) -> Self:
        """Write pages by stem: `pages(a="# A")`."""
        for stem, text in texts.items():
            self.page(f"{stem}.md", text)
        return self

    def edit(self, path: str, old: str, new: str) -> Self:
        """Replace text in a file of the content folder; the text must be there."""
        text = (self.root / "content" / path).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {path}"
        return self.page(path, text.replace(old, new))

    def remove(self, path: str) -> Self:
        """Remove a file of the content folder."""
        (self.root / "content" / path).unlink()
        return self

    def rename(self, old: str, new: str) -> Self:
        """Move a file of the content folder."""
        target = self.root / "content" / new
        target.parent.mkdir(parents=True, exist_ok=True)
        (self.root / "content" / old).rename(target)
        return self

    def touch(self, path: str) -> Self:
        """Give a file of the content folder a new time and the same bytes."""
        self._clock += _EPOCH_STEP
        os.utime(self.root / "content" / path, ns=(self._clock, self._clock))
        return self

    def config(self, text: str) -> Self:
        """Write site.yaml below its title."""
        return self.write("site.yaml", "title: Test site\n" + text)

    def forget(self) -> Self:
        """Delete the cache."""
        shutil.rmtree(self.root / ".octavo" / "cache", ignore_errors=True)
        return self

    # ------------------------------------------------------------ building

    def build(
        self,
        *,
        jobs: int = 1,
        write: bool = True,
        use_cache: bool = True,
        indexer: SearchIndexer = UNINDEXED,
        **request: Any,
    ) -> Self:
        """Build the site and keep the report; *indexer* makes the search index."""
        console = Console(quiet=True)
        config = str(self.root / "site.yaml")
        if "site_dir" in request:
            # `-d` is relative to the working folder; a test means its own site.
            request["site_dir"] = str(self.root / request["site_dir"])
        with open_project(config, console, write=write, jobs=jobs, use_cache=use_cache, **request) as project:
            ports = msgspec.structs.replace(project.ports, indexer=indexer)
            self.report = with_store(project, console, lambda: build_site(project.request, ports))
        return self

    def check(self, **request: Any) -> Self:
        """Run every check and write nothing."""
        return self.build(write=False, **request)

    def why(self, output: str) -> Any:
        """Explain an output."""
        with open_project(str(self.root / "site.yaml"), Console(quiet=True), write=False) as project:
            return explain_output(output, project.request, project.ports)

    # ------------------------------------------------------------ looking

    def counts(self, **expected: int) -> Self:
        """Assert how much work the last build was."""
        actual = {name: getattr(self.report.counts, name) for name in expected}

        assert expected == actual, self.messages()
        return self

    def codes(self) -> list[str]:
        """Give the codes of the last build's problems, in their order."""
        return [item.code for item in self.report.diagnostics]

    def messages(self) -> list[str]:
        """Give the last build's problems as `file:line:column: code: message`."""
        return [f"{item.location}: {item.code}: {item.message}" for item in self.report.diagnostics]

    def clean(self) -> Self:
        """Assert that the last build found no problem and published."""
        assert [] == self.messages()
        assert self.report.published
        return self

    def fails(self, code: str, place: str = "") -> Any:
        """Assert that the last build stopped for an error of this code, here; gives the diagnostic."""
        found = [item for item in self.report.diagnostics if item.code == code and item.severity == "error"]

        assert found, self.messages()
        assert not self.report.published
        if place:
            assert place in [str(item.location) for item in found]
        return next((item for item in found if str(item.location) == place), found[0])

    def warns(self, code: str, place: str = "") -> Any:
        """Assert that the last build warned of this code, here, and published; gives the diagnostic."""
        found = [item for item in self.report.diagnostics if item.code == code and item.severity == "warning"]

        assert found, self.messages()
        if place:
            assert place in [str(item.location) for item in found]
        return next((item for item in found if str(item.location) == place), found[0])

    @property
    def out(self) -> Path:
        """The output folder."""
        return self.root / "_site"

    def html(self, url: str) -> str:
        """Give the whole page at a url."""
        path = url + "index.html" if not url or url.endswith("/") else url
        return (self.out / path).read_text(encoding="utf-8")

    def main(self, url: str) -> str:
        """Give what stands between the `main` tags of a page."""
        text = self.html(url)
        start = text.index("<main")
        return text[text.index(">", start) + 1 : text.index("</main>")].strip()

    def tree(self) -> dict[str, bytes]:
        """Give every file of the output by path, without our own two notes."""
        return tree(self.out)


def tree(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder, by POSIX path; our own two notes aside."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {GENERATION_FILE, OUTPUTS_FILE}
    }
