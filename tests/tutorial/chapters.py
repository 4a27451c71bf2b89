"""Chapters for the tests of tutorials: pages of text to folds, without a disk."""

import re

from octavo.errors import Diagnostic
from octavo.markdown import parse_document
from octavo.model import MarkdownOptions, SourceText
from octavo.tutorial import ChapterFold, Given, Start, fold_chapter, locate_problems
from octavo.tutorial.zips import make_zip

FILES = (("content/guide/code/app.py", "a = 1\nb = 2\n"), ("code/app.py", "a = 1\n"))
_NEXT = re.compile(r"^=== (.+)\n", re.MULTILINE)


class Folded:
    """Chapters folded one after the other."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.folds: list[ChapterFold] = []
        self.documents = []
        self.diagnostics: list[Diagnostic] = []
        self.blobs = {}

    def add(self, text: str, source: str) -> None:
        page = SourceText(source=f"guide/{source}", file=f"content/guide/{source}", text=text, includes=FILES)
        document = parse_document(page, MarkdownOptions())
        start = self.folds[-1].end if self.folds else Start()
        fold = fold_chapter(document.blocks.blocks, start, self.blobs, self.given)
        self.blobs |= dict(fold.blobs)
        self.documents.append(document)
        self.folds.append(fold)
        self.diagnostics += locate_problems(fold.problems, [each.blocks for each in self.documents])
        self.diagnostics += document.blocks.problems

    def files(self) -> dict[str, str]:
        return {path: self.blobs[digest].decode() for path, digest in self.folds[-1].end.tree.files}

    def zip(self) -> bytes:
        return make_zip(self.folds[-1].end.tree, self.blobs, "project")


def fold(text: str, given: Given | None = None) -> Folded:
    """Fold chapters; a line `=== 02-name.md` begins another one, the first is `01-first.md`."""
    folded = Folded(given or Given(secrets=("API_KEY",)))
    parts = _NEXT.split(text)
    folded.add(parts[0], "01-first.md")
    for name, part in zip(parts[1::2], parts[2::2], strict=True):
        folded.add(part, name)
    return folded


def show(text: str) -> str:
    """Give problems and the project at the end, as the fixtures write them."""
    folded = fold(text)
    lines = []
    for item in sorted(folded.diagnostics, key=lambda each: each.location):
        place = str(item.location).removeprefix("content/guide/")
        lines.append(f"! {place} {item.code}: {item.message}\n")
        if item.hint:
            lines.append(f"  {item.hint}\n")
    for path, content in folded.files().items():
        lines.append(f"-- {path} --\n{content}")
    return "".join(lines)
