"""Any edits of a tutorial leave the site that a clean build makes, with the same problems."""

import random
import shutil

import pytest

from octavo.edges.proofstore import remove_stale_proofs
from provensite import prove
from sitebuilder import Site

EDITS = 25
FOLDER = "---\ntutorial:\n  project: notes\n{0}---\n\n# Notes\n"


class Author:
    """Writes and rewrites a tutorial; the same seed makes the same edits. Mistakes are part of it."""

    def __init__(self, site, seed):
        self.site, self.rng = site, random.Random(seed)
        self.log = []
        site.page("index.md", "# Home\n").page("notes/index.md", FOLDER.format(""))
        site.page("notes/_start/a.txt", "a\n").page("notes/_start/logo.bin", b"\x00\x01")
        self.chapters = {f"notes/{number:02d}-c{number}.md": self.chapter() for number in range(1, 6)}
        for path, parts in self.chapters.items():
            self.save(path, parts)

    def block(self):
        path = self.rng.choice(("app.py", "lib.py"))
        value = self.rng.randrange(4)
        append = f'```python title="{path}" append\ndef f{self.rng.randrange(99)}():\n    return {value}\n```'
        return self.rng.choice(
            (
                f'```python title="{path}"\na = 1\nb = {value}\nc = 3\n\nd = 4\n```',
                append,
                append,
                append,
                f'```python title="{path}" edit\na = 1\nb = {value}\nc = 3\n# ...\n```',
                f'```diff title="{path}"\n c = 3\n+c{value} = 3\n```',
                f'```python title="{path}" show\n# ...\nc = 3\n```',
                f"```console\n$ echo {value}\n{value}\n```",
                '```text skip="later"\nx\n```',
                f'<!-- hidden\n```python title="hidden.py"\nx = {value}\n```\n-->',
            )
        )

    def chapter(self):
        first = "\n\n".join(
            f'```python title="{name}.py"\na = 1\nb = 5\nc = 3\n\nd = 4\n```' for name in ("app", "lib")
        )
        return ["", first, *(self.block() for _ in range(self.rng.randrange(4)))]

    def save(self, path, parts):
        self.chapters[path] = parts
        self.site.page(path, f"{parts[0]}# {path}\n\n" + "\n\nWords.\n\n".join(parts[1:]) + "\n")

    def edit(self):
        path = self.rng.choice(sorted(self.chapters))
        parts = list(self.chapters[path])
        move = self.rng.choice(
            [
                "prose",
                "block",
                "block",
                "add",
                "drop",
                "starts",
                "swap",
                "draft",
                "settings",
                "start",
                "prove",
                "prove",
                "unprove",
            ]
        )
        if move == "prose":
            self.site.page(path, f"{parts[0]}# {path}\n\nNew.\n\n" + "\n\n".join(parts[1:]) + "\n")
        elif move == "block":
            parts[-1] = self.block()
            self.save(path, parts)
        elif move == "add":
            self.save(path, [*parts, self.block()])
        elif move == "drop" and len(parts) > 2:
            self.save(path, parts[:-1])
        elif move in {"starts", "draft"}:
            line = self.rng.choice(
                ("tutorial: {starts: empty}", "tutorial: {starts: 01-c1.md}", "draft: true")
            )
            self.save(path, ["" if parts[0] else f"---\n{line}\n---\n", *parts[1:]])
        elif move == "swap":
            other = self.rng.choice(sorted(self.chapters))
            self.save(path, self.chapters[other])
            self.save(other, parts)
        elif move == "prove":
            prove(self.site, *self.rng.choice(([], [path])))
        elif move == "unprove":
            remove_stale_proofs(str(self.site.root), self.rng.choice(([], [path])))
        elif move == "settings":
            settings = self.rng.choice(
                (
                    "",
                    "  files: _start\n",
                    '  download: {exclude: ["lib.py"]}\n',
                    "  project: other\n",
                    "  depends: [_start/a.txt]\n",
                )
            )
            self.site.page("notes/index.md", self.rng.choice((FOLDER.format(settings), "# Notes\n")))
        else:
            self.site.page("notes/_start/a.txt", f"{self.rng.randrange(9)}\n")
        self.log.append(f"{move} {path}")


@pytest.mark.parametrize("seed", range(4))
def test_incremental_equals_clean_after_each_of_25_edits_of_a_tutorial(tmp_path, seed):
    site = Site(tmp_path / "site").config("")
    author = Author(site, seed)
    prove(site.build()).build()
    published = folded = verified = 0
    for _ in range(EDITS):
        author.edit()
        site.build()
        fresh = tmp_path / "fresh"
        shutil.copytree(site.root, fresh, ignore=shutil.ignore_patterns("_site", "cache"))
        clean = Site(fresh).build()

        story = "\n".join(author.log)
        assert clean.messages() == site.messages(), story
        assert clean.report.published == site.report.published, story
        if site.report.published:
            published += 1
            assert clean.tree() == site.tree(), story
            verified += any(b'data-state="verified"' in page for page in clean.tree().values())
        folded += site.report.counts.folded < clean.report.counts.folded
        shutil.rmtree(fresh)

    assert published
    assert verified
    assert folded
