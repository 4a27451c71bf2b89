"""The states of tutorials, folded between parsing and planning, and kept by chapter.

A page depends on the views of its own chapter and on no tree; downloads hold the trees. How one tutorial is folded
stands in `chapters`, which a site without tutorials does not load.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from octavo.context import ChapterDownloads, TutorialSlice
from octavo.digest import Digest, digest_value
from octavo.engine.documents import DocumentRow, PrivateRows
from octavo.engine.ports import Store, Workspace
from octavo.engine.tutorialfiles import read_files
from octavo.errors import Diagnostic
from octavo.site import ChapterOutline, Problem, TutorialOutline
from octavo.urls import relative_href

if TYPE_CHECKING:
    from octavo.engine.chapters import FoldedTutorial
    from octavo.engine.proving import ChapterKey
    from octavo.tutorial import Tree

__all__ = ["NO_TUTORIALS", "Download", "TutorialStates", "fold_tutorials"]


class Download(NamedTuple):
    """A zip file of a project at one moment."""

    output: str
    folder: str
    tree: "Tree"
    tutorial: int
    chapter: int
    """The chapter whose end, or start, the tree is."""


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
        self.keys: tuple[ChapterKey, ...] = ()
        """Of all chapters, with what is on record of each."""
        self.paths: frozenset[str] = frozenset()
        """Of the single files that settings name, relative to the site folder; those named by such a file too."""
        self.folded = 0
        """How many chapters were folded for this plan."""
        self._tutorials: list[FoldedTutorial] = []

    @property
    def tutorials(self) -> "Sequence[FoldedTutorial]":
        """Give the tutorials, in the order of the site."""
        return self._tutorials

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
        return tutorial.zip(wanted.tree, wanted.chapter, wanted.folder)

    def used_files(self) -> frozenset[str]:
        """Give the digests of all files that a chapter ends with."""
        rows = (row for tutorial in self._tutorials for row in tutorial.rows)
        return frozenset(digest for row in rows for _, digest in row.end.tree.files)

    def add(self, tutorial: "FoldedTutorial", keys: "Sequence[ChapterKey]") -> None:
        """Take in a tutorial that was folded, with the keys of its chapters."""
        from octavo.engine.proving import captured_parts, show_proof  # noqa: PLC0415 - as below

        number = len(self._tutorials)
        self._tutorials.append(tutorial)
        outline = tutorial.outline
        listed: list[ChapterDownloads] = []
        for position, chapter in enumerate(outline.chapters):
            links = {"start": "", "end": ""}
            trees = {"start": tutorial.starts[position].tree, "end": tutorial.rows[position].end.tree}
            for moment, full in trees.items():
                tree = tutorial.shared(full)
                if tree.files:
                    links[moment] = url = f"{chapter.url}{_zip_name(outline.project, chapter, moment)}"
                    self.downloads[url] = Download(
                        output=url, folder=outline.project, tree=tree, tutorial=number, chapter=position
                    )
            own = _downloads(chapter, chapter.url, links)
            key = keys[position]
            entry = _downloads(chapter, outline.url, links)
            listed.append(msgspec.structs.replace(entry, state=key.state) if key.execution.counted else entry)
            self.slices[chapter.output] = TutorialSlice(
                project=outline.project,
                number=position + 1,
                downloads=(own,) if any(links.values()) else (),
                proof=show_proof(key),
                captured=captured_parts(key),
            )
            self.digests[chapter.output] = digest_value(
                (self.slices[chapter.output], tutorial.rows[position].views_digest)
            )
        self.slices[outline.output] = TutorialSlice(project=outline.project, downloads=tuple(listed))
        self.digests[outline.output] = digest_value(self.slices[outline.output])
        self.keys = (*self.keys, *keys)
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
    runner: Digest,
    content_dir: str,
) -> TutorialStates:
    """Fold every tutorial of the site; chapters that are as they were are not folded again.

    *runner* is the digest of the code that runs chapters, a part of the key of every proof.
    """
    states = TutorialStates()
    kept = dict(store.all("chapters"))
    if not outlines:
        _forget(store, list(kept), states)
        return states
    from octavo.engine.chapters import FoldedTutorial  # noqa: PLC0415 - a site without tutorials need not know it
    from octavo.engine.proving import key_chapters  # noqa: PLC0415 - as above
    from octavo.tutorial import proof_path  # noqa: PLC0415 - as above

    sources = [chapter.source for outline in outlines for chapter in outline.chapters]
    proofs = workspace.read_proofs([proof_path(source) for source in sources])
    found: list[Diagnostic] = []
    problems: list[Problem] = []
    paths: set[str] = set()
    for outline in outlines:
        files, missing = read_files(outline, workspace, content_dir)
        problems += missing
        paths.update(files.paths)
        tutorial = FoldedTutorial(outline, files.starter, rows, bodies, store)
        tutorial.fold(kept, engine)
        found += tutorial.diagnose()
        states.add(tutorial, key_chapters(tutorial, files, runner, proofs))
    states.diagnostics = tuple(found)
    states.problems = tuple(problems)
    states.paths = frozenset(paths)
    states.chapters = frozenset(sources)
    _forget(store, [source for source in kept if source not in states.chapters], states)
    return states


def _forget(store: Store, gone: Sequence[str], states: TutorialStates) -> None:
    """Remove what nothing asks for any more; the files are looked through only when they may have changed."""
    store.delete_many("chapters", gone)
    store.delete_many("views", gone)
    if not states.folded and not gone:
        return
    used = states.used_files()
    store.delete_many("files", [digest for digest, _ in store.all("files") if digest not in used])
