"""The states of tutorials, folded between parsing and planning, and kept by chapter.

A chapter is folded again only when its blocks, the project it starts from, or what the settings allow differ; places and
prose are in no key. A page depends on the views of its own chapter. What is kept may be lost at any time: then the
chapters before are folded again for the files that are missing.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from octavo.codeblocks import PageBlocks
from octavo.context import ChapterDownloads, TutorialSlice
from octavo.digest import Digest, digest_value
from octavo.engine.documents import ABSENT, DocumentRow, PrivateRows
from octavo.engine.ports import Store, Workspace
from octavo.errors import Diagnostic
from octavo.model import Value
from octavo.site import ChapterOutline, Problem, TutorialOutline
from octavo.tutorial import (
    ChapterFold,
    Given,
    Start,
    StepProblem,
    Tree,
    exclude_files,
    fold_chapter,
    locate_problems,
    make_tree,
    make_zip,
)
from octavo.urls import relative_href, resolve_path

__all__ = ["NO_TUTORIALS", "Download", "TutorialStates", "fold_tutorials"]

_encode = msgspec.msgpack.Encoder().encode


class ChapterRow(Value, frozen=True):
    """What is kept of a folded chapter and read in every build."""

    key: Digest
    end: Start
    views_digest: Digest
    problems: tuple[StepProblem, ...] = ()


class Download(Value, frozen=True):
    """A zip file of a project at one moment."""

    output: str
    folder: str
    tree: Tree
    tutorial: int
    chapter: int
    """The chapter whose end, or start, the tree is."""


_decode_row = msgspec.msgpack.Decoder(ChapterRow).decode


class TutorialStates:
    """The tutorials of one plan: what their pages show, what can be downloaded, what is wrong."""

    def __init__(self) -> None:
        self.slices: dict[str, TutorialSlice] = {}
        """By output, without the HTML of views."""
        self.digests: dict[str, Digest] = {}
        """Of everything that a page shows of its tutorial, by output."""
        self.downloads: dict[str, Download] = {}
        self.chapters: frozenset[str] = frozenset()
        """Sources of all chapters."""
        self.diagnostics: tuple[Diagnostic, ...] = ()
        self.problems: tuple[Problem, ...] = ()
        self.folded = 0
        """How many chapters were folded for this plan."""
        self._tutorials: list[_Tutorial] = []

    def views(self, outputs: Iterable[str]) -> dict[str, bytes]:
        """Give the encoded `ChapterViews` of those outputs that are chapters."""
        found: dict[str, bytes] = {}
        for tutorial in self._tutorials:
            found |= tutorial.views([output for output in outputs if output in tutorial.numbers])
        return found

    def zip(self, output: str) -> bytes:
        """Make a download."""
        wanted = self.downloads[output]
        tutorial = self._tutorials[wanted.tutorial]
        return make_zip(wanted.tree, tutorial.files(wanted.tree, wanted.chapter), wanted.folder)

    def used_files(self) -> frozenset[str]:
        """Give the digests of all files that a chapter ends with."""
        rows = (row for tutorial in self._tutorials for row in tutorial.rows)
        return frozenset(digest for row in rows for _, digest in row.end.tree.files)

    def add(self, tutorial: "_Tutorial") -> None:
        """Take in a tutorial that was folded."""
        number = len(self._tutorials)
        self._tutorials.append(tutorial)
        outline = tutorial.outline
        listed: list[ChapterDownloads] = []
        for position, chapter in enumerate(outline.chapters):
            links = {"start": "", "end": ""}
            trees = {"start": tutorial.starts[position].tree, "end": tutorial.rows[position].end.tree}
            for moment, full in trees.items():
                tree = exclude_files(full, outline.settings.exclude)
                if tree.files:
                    links[moment] = url = f"{chapter.url}{_zip_name(outline.project, chapter, moment)}"
                    self.downloads[url] = Download(
                        output=url, folder=outline.project, tree=tree, tutorial=number, chapter=position
                    )
            own = _downloads(chapter, chapter.url, links)
            if any(links.values()):
                listed.append(_downloads(chapter, outline.url, links))
            self.slices[chapter.output] = TutorialSlice(
                project=outline.project, number=position + 1, downloads=(own,) if any(links.values()) else ()
            )
            self.digests[chapter.output] = digest_value(
                (self.slices[chapter.output], tutorial.rows[position].views_digest)
            )
        self.slices[outline.output] = TutorialSlice(project=outline.project, downloads=tuple(listed))
        self.digests[outline.output] = digest_value(self.slices[outline.output])
        self.folded += tutorial.folded


NO_TUTORIALS = TutorialStates()
"""Of a plan that is made before all pages are known."""


def _zip_name(project: str, chapter: ChapterOutline, moment: str) -> str:
    return f"{project}-{chapter.url.rstrip('/').rpartition('/')[2]}-{moment}.zip"


def _downloads(chapter: ChapterOutline, url: str, links: Mapping[str, str]) -> ChapterDownloads:
    """Give the links of a chapter as a page at *url* writes them."""
    hrefs = {moment: relative_href(url, target) if target else "" for moment, target in links.items()}
    href = "" if url == chapter.url else relative_href(url, chapter.url)
    return ChapterDownloads(title=chapter.title, href=href, start=hrefs["start"], end=hrefs["end"])


def fold_tutorials(
    outlines: Sequence[TutorialOutline],
    rows: Mapping[str, DocumentRow],
    bodies: PrivateRows,
    *,
    workspace: Workspace,
    store: Store,
    engine: Digest,
    content_dir: str,
) -> TutorialStates:
    """Fold every tutorial of the site; chapters that are as they were are not folded again."""
    states = TutorialStates()
    kept = _known_rows(store)
    found: list[Diagnostic] = []
    problems: list[Problem] = []
    for outline in outlines:
        starter = _read_starter(outline, workspace, content_dir, problems)
        tutorial = _Tutorial(outline, starter, rows, bodies, store)
        tutorial.fold(kept, engine)
        found += tutorial.diagnose()
        states.add(tutorial)
    states.diagnostics = tuple(found)
    states.problems = tuple(problems)
    states.chapters = frozenset(chapter.source for outline in outlines for chapter in outline.chapters)
    _forget(store, [source for source in kept if source not in states.chapters], states)
    return states


def _known_rows(store: Store) -> dict[str, ChapterRow | None]:
    known: dict[str, ChapterRow | None] = {}
    for source, data in store.all("chapters"):
        try:
            known[source] = _decode_row(data)
        except (msgspec.DecodeError, msgspec.ValidationError):
            known[source] = None
    return known


def _forget(store: Store, gone: Sequence[str], states: TutorialStates) -> None:
    """Remove what nothing asks for any more; the files are looked through only when they may have changed."""
    store.delete_many("chapters", gone)
    store.delete_many("views", gone)
    if not states.folded and not gone:
        return
    used = states.used_files()
    store.delete_many("files", [digest for digest, _ in store.all("files") if digest not in used])


def _read_starter(
    outline: TutorialOutline, workspace: Workspace, content_dir: str, problems: list[Problem]
) -> dict[str, bytes]:
    """Read the files that the project has from the start."""
    given = outline.settings.files
    if not given:
        return {}
    base = "/".join(part for part in (content_dir, outline.source.rpartition("/")[0]) if part)
    folder = resolve_path(base, given)
    files, reason = workspace.read_folder(folder) if folder else (None, "is outside the site folder")
    if files is None:
        problems.append(
            Problem(
                code="tutorial-files",
                severity="error",
                message=f"the folder `{given}` {reason}",
                source=outline.source,
                key="tutorial.files",
                hint="name a folder relative to this page, or from the site folder with a slash before it",
            )
        )
    return files or {}


class _Tutorial:
    """One tutorial while it is folded, and what it takes to find its files again."""

    def __init__(
        self,
        outline: TutorialOutline,
        starter: Mapping[str, bytes],
        documents: Mapping[str, DocumentRow],
        bodies: PrivateRows,
        store: Store,
    ) -> None:
        self.outline = outline
        self.numbers = {chapter.output: number for number, chapter in enumerate(outline.chapters)}
        self.rows: list[ChapterRow] = []
        self.starts: list[Start] = []
        self.folded = 0
        tree, self._files = make_tree(starter)
        self._empty = Start(tree=tree)
        self._documents = documents
        self._bodies = bodies
        self._store = store
        settings = outline.settings
        self._given = Given(profiles=settings.profiles or ("full",), secrets=settings.env.secrets)

    def fold(self, kept: Mapping[str, ChapterRow | None], engine: Digest) -> None:
        """Give every chapter its row."""
        for number, chapter in enumerate(self.outline.chapters):
            start = self._empty if chapter.start < 0 else self.rows[chapter.start].end
            self.starts.append(start)
            blocks = self._documents[chapter.source].blocks_digest
            key = digest_value((engine, blocks, start, self._given))
            row = kept.get(chapter.source)
            if row is None or row.key != key:
                fold = self._fold(number)
                encoded = _encode(fold.views)
                row = ChapterRow(
                    key=key, end=fold.end, views_digest=digest_value(fold.views), problems=fold.problems
                )
                self._store.put_many("chapters", [(chapter.source, _encode(row))])
                self._store.put_many("views", [(chapter.source, encoded)])
                self._store.put_many("files", list(fold.blobs))
                self.folded += 1
            self.rows.append(row)

    def _fold(self, number: int) -> ChapterFold:
        """Fold one chapter whose start is known."""
        chapter = self.outline.chapters[number]
        start = self.starts[number]
        has_blocks = self._documents[chapter.source].blocks_digest != ABSENT
        page = self._bodies.blocks([chapter.source])[chapter.source] if has_blocks else PageBlocks()
        fold = fold_chapter(page.blocks, start, self.files(start.tree, chapter.start), self._given)
        self._files |= dict(fold.blobs)
        return fold

    def files(self, tree: Tree, chapter: int) -> Mapping[Digest, bytes]:
        """Give the bytes of a tree that a chapter ends, or starts, with; what the store has lost is made again."""
        missing = [digest for _, digest in tree.files if digest not in self._files]
        if missing:
            rows = self._store.get_many("files", missing)
            self._files |= {Digest(digest): data for digest, data in rows.items()}
        if any(digest not in self._files for digest in missing):
            for number in self._way(chapter):
                self._files |= dict(self._fold(number).blobs)
        return self._files

    def _way(self, chapter: int) -> list[int]:
        """Name the chapters that a project goes through up to the end of one, the first of them first."""
        way: list[int] = []
        while chapter >= 0:
            way.insert(0, chapter)
            chapter = self.outline.chapters[chapter].start
        return way

    def views(self, outputs: Sequence[str]) -> dict[str, bytes]:
        """Give the encoded views of chapters; a row that the store has lost is made again."""
        sources = {output: self.outline.chapters[self.numbers[output]].source for output in outputs}
        rows = self._store.get_many("views", list(sources.values()))
        return {
            output: rows[source] if source in rows else _encode(self._fold(self.numbers[output]).views)
            for output, source in sources.items()
        }

    def diagnose(self) -> Iterable[Diagnostic]:
        """Give the problems of all chapters their places; only pages on the way of one with problems are read."""
        for number, row in enumerate(self.rows):
            if row.problems:
                sources = [self.outline.chapters[each].source for each in self._way(number)]
                pages = self._bodies.blocks(
                    [source for source in sources if self._documents[source].blocks_digest != ABSENT]
                )
                yield from locate_problems(row.problems, [pages[each] for each in sources if each in pages])
