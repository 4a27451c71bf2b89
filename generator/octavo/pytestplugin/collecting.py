"""Tutorial pages as files of tests: one item for each block, and the hooks that bring them into a pytest session."""

import contextlib
import os
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from octavo.cli.console import Console, clean, fault_text
from octavo.cli.project import open_project
from octavo.cli.testrunning import list_commands
from octavo.edges.ownstore import TEST_FOLDER
from octavo.edges.runner.trust import is_trusted, trust
from octavo.engine.testing import ChapterTest
from octavo.errors import Location, OctavoError
from octavo.pytestplugin.running import ChapterRuns
from octavo.tutorial import Step, label_of

__all__ = ["BlockItem", "ChapterPage", "Tutorials"]

_SHOWN = 40
"""Commands that are listed where nobody has vouched for them."""


class _BlockFailedError(Exception):
    """A block failed; the text is what is shown of it."""


class _Place(NamedTuple):
    """Where a failure is, for the summary and for reports."""

    path: str
    lineno: int
    message: str

    def __str__(self) -> str:
        return self.message


class _ShownFailure:
    """A failure as pytest prints it: the whole text in its section, the first line in the summary."""

    def __init__(self, text: str, file: str, line: int) -> None:
        self._text = text
        self.reprcrash = _Place(file, line, text.partition("\n")[0])

    def __str__(self) -> str:
        return self._text

    def toterminal(self, out: Any) -> None:
        """Write to the terminal of pytest."""
        for line in self._text.split("\n"):
            out.line(line)


class BlockItem(pytest.Item):
    """One block of a chapter."""

    def __init__(self, *, page: "ChapterPage", step: Step, place: Location, **given: Any) -> None:
        super().__init__(**given)
        self.page = page
        self.step = step
        self.seconds: float | None = None
        """How long the block itself took, once that is known."""
        self._place = place
        self.extra_keyword_matches.add(label_of(step))

    def runtest(self) -> None:
        """Say what came of the block; the first item of a chapter runs it up to the last block that was selected."""
        blocks = [
            item.step.block
            for item in self.session.items
            if isinstance(item, BlockItem) and item.page.chapter.source == self.page.chapter.source
        ]
        outcome = self.page.runs.outcome(self.page.chapter, self.step, blocks)
        self.seconds = outcome.seconds
        if outcome.status == "failed":
            raise _BlockFailedError(outcome.text)
        if outcome.status == "xfailed":
            pytest.xfail(outcome.text)
        if outcome.status != "passed":
            pytest.skip(outcome.text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show a failure as `octavo test` does; any other exception is a fault of ours."""
        if isinstance(excinfo.value, _BlockFailedError | pytest.xfail.Exception):
            file, line, _ = self.reportinfo()
            return _ShownFailure(str(excinfo.value), file, line + 1)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[str, int, str]:
        """Give the file, the line counted from 0, and a heading."""
        file = os.path.join(self.page.runs.root, self._place.file)
        return file, max(self._place.line - 1, 0), f"{self._place}  {clean(label_of(self.step))}"


class ChapterPage(pytest.File):
    """One chapter."""

    def __init__(self, *, chapter: ChapterTest, runs: ChapterRuns, **given: Any) -> None:
        super().__init__(**given)
        self.chapter = chapter
        self.runs = runs
        if self.config.getoption("dist", default=None) is not None:
            # xdist is there: a chapter is run once where one worker has all its blocks.
            self.add_marker(pytest.mark.xdist_group(chapter.source))

    def collect(self) -> Iterator[pytest.Item]:
        """Give the blocks, but those that are told to be no part of the tutorial.

        Raises:
            CollectError: the chapter cannot be run before a mistake is mended.

        """
        if mistakes := self.runs.mistakes(self.chapter):
            raise self.CollectError(mistakes)
        names: Counter[str] = Counter()
        for step in self.chapter.steps:
            if step.role == "norun":
                continue
            place = self.chapter.page.places[step.block].location
            name = f"L{place.line}" if place.file == self.chapter.file else f"{place.file}:L{place.line}"
            names[name] += 1
            if names[name] > 1:
                # A file that is included twice.
                name = f"{name}#{names[name]}"
            yield BlockItem.from_parent(self, name=name, page=self, step=step, place=place)


class Tutorials:
    """The hooks of a session with tutorials."""

    def __init__(self) -> None:
        self._chapters: dict[str, ChapterTest] = {}
        """By the real paths of their pages."""
        self._runs: ChapterRuns | None = None

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Find the site and plan it.

        Raises:
            pytest.UsageError: there is no site, or it cannot be read, or nobody has vouched for its commands.

        """
        config = session.config
        file = _site_file(config)
        stack = contextlib.ExitStack()
        config.add_cleanup(stack.close)
        console = Console(quiet=True)
        try:
            project = stack.enter_context(open_project(file, console, write=False, own_state=TEST_FOLDER))
            runs = ChapterRuns(project, console, use_proofs=not config.getoption("--octavo-no-cache"))
        except OctavoError as problem:
            raise pytest.UsageError(fault_text(problem)) from None
        self._runs = runs
        self._chapters = {
            os.path.realpath(os.path.join(runs.root, chapter.file)): chapter for chapter in runs.chapters
        }
        if config.pluginmanager.hasplugin("dsession"):
            # The workers collect, and what one of them refuses is no usage error any more.
            _check_trust(config, runs, runs.chapters)

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave the site's output out: it may hold copies of test modules."""
        is_output = self._runs is not None and str(collection_path) == self._runs.output_folder
        return True if is_output else None

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Take the pages of tutorials."""
        chapter = self._chapters.get(os.path.realpath(file_path)) if file_path.suffix == ".md" else None
        if chapter is None or self._runs is None:
            return None
        return ChapterPage.from_parent(parent, path=file_path, chapter=chapter, runs=self._runs)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Bring blocks into reading order, in the places that blocks have among other tests.

        So a chapter that others go on from is run before them, and they can be told from it.
        """
        order = {chapter.source: number for number, chapter in enumerate(self._chapters.values())}
        blocks = [item for item in items if isinstance(item, BlockItem)]
        blocks.sort(key=lambda item: (order[item.page.chapter.source], item.step.block))
        following = iter(blocks)
        items[:] = [next(following) if isinstance(item, BlockItem) else item for item in items]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Refuse to run what nobody has vouched for.

        Raises:
            pytest.UsageError: nobody did.

        """
        if self._runs is not None and not hasattr(session.config, "workerinput"):
            _check_trust(session.config, self._runs, _chapters_of(session.items))

    def pytest_report_collectionfinish(self, items: Sequence[pytest.Item]) -> list[str]:
        """Say which chapters pass without being run."""
        if self._runs is None:
            return []
        recorded = [chapter.file for chapter in _chapters_of(items) if self._runs.is_recorded(chapter)]
        return (
            [f"octavo: verified before and unchanged, so not run: {', '.join(recorded)}"] if recorded else []
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Give the block's own time, and its own place where it was skipped."""
        report = yield
        if isinstance(item, BlockItem) and call.when == "call":
            if item.seconds is not None:
                report.duration = item.seconds
            if isinstance(report.longrepr, tuple):
                file, line, _ = item.reportinfo()
                report.longrepr = (file, line + 1, report.longrepr[2])
        return report


def _chapters_of(items: Sequence[pytest.Item]) -> list[ChapterTest]:
    found = {item.page.chapter.source: item.page.chapter for item in items if isinstance(item, BlockItem)}
    return list(found.values())


def _site_file(config: pytest.Config) -> str:
    given = config.getoption("--octavo-site")
    if given:
        return os.path.join(config.invocation_params.dir, given)
    for folder in (config.rootpath, *config.rootpath.parents):
        if (folder / "site.yaml").is_file():
            return str(folder / "site.yaml")
    raise pytest.UsageError(
        f"--octavo: there is no site.yaml in {config.rootpath} or above it\nhint: name it with --octavo-site FILE"
    )


def _check_trust(config: pytest.Config, runs: ChapterRuns, chapters: Sequence[ChapterTest]) -> None:
    """Let nothing run that nobody has vouched for; a checkout that somebody vouches for is remembered, but not in CI."""
    commands = list_commands([chapter for chapter in chapters if not runs.is_recorded(chapter)])
    if not commands or config.option.collectonly:
        return
    if config.getoption("--octavo-trust"):
        if not os.environ.get("CI"):
            trust(runs.root)
        return
    if not is_trusted(runs.root):
        more = [f"  and {len(commands) - _SHOWN} more"] if len(commands) > _SHOWN else []
        raise pytest.UsageError(
            "\n".join(
                (
                    "the commands of this checkout are not trusted yet; these would run on this machine:",
                    *(f"  $ {clean(line)}" for line in commands[:_SHOWN]),
                    *more,
                    "hint: read them, then give --octavo-trust",
                )
            )
        )
