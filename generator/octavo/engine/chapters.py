"""One tutorial folded, chapter by chapter.

A chapter is folded again only when its blocks, the project it starts from, or what the settings allow differ; places and
prose are in no key. What is kept may be lost at any time: then the chapters before are folded again for the files that
are missing.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from octavo.codeblocks import PageBlocks
from octavo.digest import Digest, digest_value
from octavo.engine.documents import ABSENT, DocumentRow, PrivateRows
from octavo.engine.ports import Store
from octavo.errors import Diagnostic, EnvironmentFault
from octavo.model import TutorialSettings, Value
from octavo.site import TutorialOutline
from octavo.tutorial import (
    ChapterFold,
    Execution,
    Given,
    Start,
    Step,
    StepProblem,
    Tree,
    Written,
    exclude_files,
    fold_chapter,
    locate_problems,
    make_tree,
    make_zip,
    read_steps,
)

__all__ = ["ChapterRow", "FoldedTutorial"]

_encode = msgspec.msgpack.Encoder().encode


class ChapterRow(Value, frozen=True):
    """What is kept of a folded chapter and read in every build."""

    key: Digest
    end: Start
    views_digest: Digest
    execution: Execution
    problems: tuple[StepProblem, ...] = ()


_decode_row = msgspec.msgpack.Decoder(ChapterRow).decode


def _decode(data: bytes | None) -> ChapterRow | None:
    """Read a row; None where there is none, or another version of ours has written it."""
    try:
        return None if data is None else _decode_row(data)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None


class FoldedTutorial:
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

    def fold(self, kept: Mapping[str, bytes], engine: Digest) -> None:
        """Give every chapter its row."""
        for number, chapter in enumerate(self.outline.chapters):
            start = self._empty if chapter.start < 0 else self.rows[chapter.start].end
            self.starts.append(start)
            blocks = self._documents[chapter.source].blocks_digest
            key = digest_value((engine, blocks, start, self._given))
            row = _decode(kept.get(chapter.source))
            if row is None or row.key != key:
                fold = self._fold(number)
                encoded = _encode(fold.views)
                row = ChapterRow(
                    key=key,
                    end=fold.end,
                    views_digest=digest_value(fold.views),
                    execution=fold.execution,
                    problems=fold.problems,
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
        blocks = self._blocks_of(chapter.source).blocks
        fold = fold_chapter(blocks, start, self.files(start.tree, chapter.start), self._given)
        self._files |= dict(fold.blobs)
        return fold

    def _blocks_of(self, source: str) -> PageBlocks:
        """Give the blocks of a chapter, the ones that its row was made from.

        Raises:
            EnvironmentFault: the store has lost them, and the page was changed since this plan began.

        """
        digest = self._documents[source].blocks_digest
        if digest == ABSENT:
            return PageBlocks()
        page = self._bodies.blocks([source]).get(source)
        if page is None or digest_value(page.blocks) != digest:
            raise EnvironmentFault(
                f"`{source}` was changed while the site was planned", hint="run the command again"
            )
        return page

    def settings_of(self, number: int) -> TutorialSettings | None:
        """Give what a chapter says of itself; None where it says nothing."""
        return self._documents[self.outline.chapters[number].source].front.front.tutorial

    def files(self, tree: Tree, chapter: int) -> Mapping[Digest, bytes]:
        """Give the bytes of a tree that a chapter ends, or starts, with; what the store has lost is made again."""
        missing = [digest for _, digest in tree.files if digest not in self._files]
        if missing:
            rows = self._store.get_many("files", missing)
            self._files |= {Digest(digest): data for digest, data in rows.items()}
        if any(digest not in self._files for digest in missing):
            for number in self.way(chapter):
                self._files |= dict(self._fold(number).blobs)
        return self._files

    def page(self, number: int) -> PageBlocks:
        """Give the blocks of a chapter, and their places."""
        return self._blocks_of(self.outline.chapters[number].source)

    def steps(self, number: int) -> tuple[Step, ...]:
        """Give those blocks of a chapter that can be read, each with its role."""
        return read_steps(self.page(number).blocks, self._given)[0]

    def start_files(self, number: int) -> tuple[tuple[str, bytes], ...]:
        """Give the project that a chapter starts with."""
        tree = self.starts[number].tree
        files = self.files(tree, self.outline.chapters[number].start)
        return tuple((path, files[digest]) for path, digest in tree.files)

    def end_files(self, number: int) -> tuple[tuple[str, bytes], ...]:
        """Give the project that a chapter ends with."""
        tree = self.rows[number].end.tree
        files = self.files(tree, number)
        return tuple((path, files[digest]) for path, digest in tree.files)

    def written(self, number: int) -> tuple[Written, ...]:
        """Give what the blocks of a chapter do to files."""
        return self._fold(number).written

    def shared(self, tree: Tree) -> Tree:
        """Leave out what downloads do not hold."""
        return exclude_files(tree, self.outline.settings.exclude)

    def zip(self, tree: Tree, chapter: int, folder: str) -> bytes:
        """Pack a tree that a chapter ends, or starts, with."""
        return make_zip(tree, self.files(tree, chapter), folder)

    def way(self, chapter: int) -> list[int]:
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
                way = [self._blocks_of(self.outline.chapters[each].source) for each in self.way(number)]
                yield from locate_problems(row.problems, way)
