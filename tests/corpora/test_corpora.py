"""Books and manuals that others wrote for other tools: nothing crashes, no word is lost, every message is true.

Their dialects are not ours, and need not be: what is foreign shows as text. The pages are copied, built as they stand
with a site.yaml of two lines, and read again with html5lib.
"""

import shutil
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

import html5lib
import pytest

from commandline import run_octavo
from octavo.codes import CODES
from shared_corpora import shared_path
from sitebuilder import Site
from source_words import missing_words, source_words, tree_letters

# Mistakes that stop the build: keys that mean something else in the tool the page was written for.
ERRORS = {
    "rust-by-example": (),
    "vitepress": (),
    "zensical-docs": (
        ("docs/changelog.md", "missing-template"),
        ("docs/index.md", "missing-template"),
        ("docs/setup/social-cards.md", "wrong-type"),
    ),
}
# Every one of these was looked at, and is true of the page that it names.
WARNINGS = {
    "rust-by-example": {"unknown-language": 1},
    "vitepress": {
        "broken-anchor": 20,
        "broken-link": 8,
        "fence-attribute": 28,
        "line-range": 1,
        "missing-asset": 16,
        "shown-as-text": 8,
        "stray-container-end": 1,
        "unclosed-container": 1,
        "unclosed-fence": 3,
        "unknown-attribute": 8,
        "unknown-container": 65,
        "unknown-key": 97,
        "unknown-language": 16,
    },
    "zensical-docs": {
        "broken-anchor": 5,
        "fence-attribute": 2,
        "missing-asset": 10,
        "shown-as-text": 469,
        "stray-html": 1,
        "unclosed-html": 1,
        "unknown-key": 54,
        "unused-footnote": 1,
    },
}
CONTENT = {"rust-by-example": "src", "vitepress": "docs", "zensical-docs": "docs"}
BROKEN = {"broken-anchor", "broken-link", "missing-asset"}


class Corpus:
    """A corpus as a site: first as it is, then without the pages that have errors."""

    def __init__(self, name: str, root: Path) -> None:
        self.name = name
        self.content = CONTENT[name]
        original = shared_path(f"corpora/{name}")
        shutil.copytree(original / self.content, root / self.content)
        self.site = Site(root).write("site.yaml", f"title: {name}\ncontent_dir: {self.content}\n")
        self.first = self.site.build().report
        self.first_texts = self.sources_now()
        for file in {item.location.file for item in self.first.diagnostics if item.severity == "error"}:
            (root / file).unlink()
        self.report = self.site.build().report

        self.sources = self.sources_now()

    def sources_now(self) -> dict[str, str]:
        """Give the text of every page, by its file."""
        folder = self.site.root / self.content
        return {
            path.relative_to(self.site.root).as_posix(): path.read_text("utf-8")
            for path in folder.rglob("*.md")
        }

    def url(self, file: str) -> str:
        """Give the address of a page; none of these books has names with an order."""
        stem = file.removeprefix(self.content + "/").removesuffix(".md")
        return f"{stem}/".removesuffix("index/") if stem.endswith("index") else f"{stem}/"

    @cached_property
    def trees(self) -> dict[str, Any]:
        """Every page of the output, parsed, by its address."""
        out = self.site.out
        return {
            path.relative_to(out).as_posix().removesuffix("index.html"): html5lib.parse(
                path.read_bytes(), namespaceHTMLElements=False
            )
            for path in out.rglob("*.html")
        }


@pytest.fixture(scope="module", params=sorted(CONTENT))
def corpus(request, tmp_path_factory):
    return Corpus(request.param, tmp_path_factory.mktemp(request.param))


def test_the_only_errors_are_the_known_ones(corpus):
    found = [(item.location.file, item.code) for item in corpus.first.diagnostics if item.severity == "error"]

    assert found == list(ERRORS[corpus.name])
    assert corpus.first.published is (not found)


def test_without_the_pages_that_have_errors_every_page_is_published(corpus):
    assert corpus.report.published
    assert [file for file in corpus.sources if corpus.url(file) not in corpus.trees] == []


def test_the_warnings_are_the_ones_that_were_looked_at(corpus):
    assert Counter(item.code for item in corpus.report.diagnostics) == WARNINGS[corpus.name]


def test_every_problem_names_a_place_that_exists_and_shows_it(corpus):
    misplaced = []
    for item in corpus.first.diagnostics:
        lines = corpus.first_texts[item.location.file].split("\n")
        place = item.location
        is_there = 1 <= place.line <= len(lines) and 1 <= place.column <= len(lines[place.line - 1]) + 1
        if (
            not is_there
            or item.excerpt != lines[place.line - 1][: len(item.excerpt)]
            or not item.excerpt.strip()
        ):
            misplaced.append(str(item))
        assert item.code in CODES
        assert item.message
        assert "\n" not in item.message + item.hint

    assert misplaced == []


def test_every_problem_points_at_the_words_it_is_about(corpus):
    astray = []
    for item in corpus.first.diagnostics:
        there = item.excerpt[item.location.column - 1 :]
        named = [word for word in item.message.split("`")[1::2] if word]
        if item.code in BROKEN:
            # References by label point at the label, and targets are shown as they resolve.
            is_there = bool(there) and item.excerpt[item.location.column - 2] in "([\"'"
        elif item.code == "wrong-type":
            is_there = True
        elif item.code == "line-range":
            is_there = there[:1].isdigit()
        elif item.code == "unclosed-fence":
            inner = int(item.message.rpartition(" line ")[2])
            opening = corpus.first_texts[item.location.file].split("\n")[inner - 1]
            is_there = there.startswith("```") and opening.startswith("```")
        else:
            is_there = any(
                there.startswith((word, f"::: {word}", word.removesuffix(">"), word[:-5])) for word in named
            )
        if not is_there:
            astray.append(f"{item.location}: {item.code}: {item.message}: {there[:40]}")

    assert astray == []


def test_no_word_of_a_page_is_lost(corpus):
    lost = {}
    for file, text in corpus.sources.items():
        main = next(corpus.trees[corpus.url(file)].iter("main"))
        if missing := missing_words(text, tree_letters(main)):
            lost[file] = missing[:3]

    assert lost == {}


def test_the_words_that_are_looked_for_are_nearly_all_words(corpus):
    # The tokenizer of the sources leaves out what a dialect may swallow; it must not leave out much more.
    looked_for = sum(len(words) for text in corpus.sources.values() for words, _ in source_words(text))
    written = sum(len(text.split()) for text in corpus.sources.values())

    assert looked_for > written * 0.8


def test_the_search_for_words_sees_when_three_of_them_are_gone(corpus):
    seen = gone = 0
    for file, text in corpus.sources.items():
        letters = tree_letters(next(corpus.trees[corpus.url(file)].iter("main")))
        words = [word for piece, _ in source_words(text) for word in piece]
        phrase = "".join(words[len(words) // 2 :][:3])
        if len(phrase) > 8 and phrase in letters:
            gone += 1
            seen += bool(missing_words(text, letters.replace(phrase, "", 1)))

    assert gone > len(corpus.sources) / 2
    assert seen >= gone * 0.95


def test_the_command_line_shows_the_problems_of_a_foreign_manual_and_no_traceback(tmp_path):
    shutil.copytree(shared_path("corpora/zensical-docs/docs"), tmp_path / "docs")
    (tmp_path / "site.yaml").write_text("title: Manual\ncontent_dir: docs\n", "utf-8")

    done = run_octavo("build", "-j", "1", cwd=tmp_path)

    assert (done.status, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("not built; ")
    assert "docs/changelog.md:2:11: error[missing-template]: no template `redirect.html`\n" in done.stderr
    assert "  2 | template: redirect.html\n    |           ^\n" in done.stderr


def test_no_word_is_lost_where_a_page_is_included_in_another(corpus, tmp_path):
    site = Site(tmp_path).config("validation: {links: off, anchors: off, assets: off}\n")
    files = sorted(corpus.sources)[::3]
    for number, file in enumerate(files):
        site.page(f"_parts/{file}", corpus.sources[file])
        site.page(f"page-{number}.md", f"# Page\n\n::: include _parts/{file}\n")
    site.build()

    assert site.report.published
    lost = {}
    for number, file in enumerate(files):
        page = html5lib.parse(site.html(f"page-{number}/"), namespaceHTMLElements=False)
        if missing := missing_words(corpus.sources[file], tree_letters(next(page.iter("main")))):
            lost[file] = missing[:3]
    assert lost == {}
    assert {item.location.file.split("/")[1] for item in site.report.diagnostics} <= {"_parts"}


def test_every_link_of_the_output_leads_somewhere_or_was_reported(corpus):
    ids = {
        url: {element.get("id") for element in tree.iter() if element.get("id")}
        for url, tree in corpus.trees.items()
    }
    reported = Counter(item.location.file for item in corpus.report.diagnostics if item.code in BROKEN)
    broken: dict[str, list[str]] = {}
    file_of = {corpus.url(file): file for file in corpus.sources}
    for url, tree in corpus.trees.items():
        for element in tree.iter():
            for name in ("href", "src"):
                target = element.get(name)
                if target is not None and not _leads_somewhere(corpus.site.out, url, target, ids):
                    broken.setdefault(file_of.get(url, url), []).append(target)

    surplus = {file: targets for file, targets in broken.items() if len(targets) != reported[file]}
    assert surplus == {}
    assert set(reported) <= set(broken)


def _leads_somewhere(out: Path, url: str, target: str, ids: dict[str, set[str]]) -> bool:
    if urlsplit(target).scheme or target.startswith("//"):
        return True
    path, fragment = urldefrag(target)
    path = unquote(path.partition("?")[0])
    folder = "" if path.startswith("/") else url.rpartition("/")[0]
    parts: list[str] = []
    for part in f"{folder}/{path}".split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in {"", "."}:
            parts.append(part)
    goal = url if not path else "/".join(parts) + ("/" if path.endswith(("/", "..", ".")) and parts else "")
    if goal in ids:
        return not fragment or unquote(fragment) in ids[goal]
    return not fragment and bool(goal) and (out / goal).is_file()


def test_no_id_stands_twice_on_a_page(corpus):
    twice = {}
    for url, tree in corpus.trees.items():
        found = Counter(element.get("id") for element in tree.iter() if element.get("id"))
        if repeated := [name for name, count in found.items() if count > 1]:
            twice[url] = repeated

    assert twice == {}


def test_every_page_has_its_title_above_its_text(corpus):
    without = []
    for file in corpus.sources:
        tree = corpus.trees[corpus.url(file)]
        title = "".join(next(tree.iter("title")).itertext()).strip()
        headings = ["".join(element.itertext()).strip() for element in tree.iter("h1")]
        if not headings or not headings[0] or not title:
            without.append(file)

    assert without == []
