"""Faults that a second review found, each as a sentence: what must hold for sites that nobody thought of first."""

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from octavo.cli.console import Console
from octavo.cli.project import open_project
from octavo.engine import build_site
from octavo.engine.manifest import OutputRow, generation_id
from octavo.engine.trees import SiteState, load_state
from octavo.errors import Location, sort_diagnostics, warning
from octavo.outputs import publish_assets
from sitebuilder import Site, tree


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path / "site").config("").page("index.md", "# Home\n")


def equals_clean(site: Site, folder: Path) -> None:
    """Assert that the site and its messages are those of a build from nothing."""
    shutil.copytree(site.root, folder, ignore=shutil.ignore_patterns("_site", ".octavo"))
    clean = Site(folder).build()

    assert clean.messages() == site.messages()
    assert clean.tree() == site.tree()


# ---------------------------------------------------------------- incremental equals clean


def test_a_build_without_the_cache_leaves_no_page_of_an_earlier_build(site, tmp_path):
    site.pages(a="# A", b="# B").build()

    site.remove("b.md").build(use_cache=False)

    equals_clean(site, tmp_path / "clean")
    site.build().clean().counts(rendered=0)


def test_a_build_without_the_cache_keeps_all_that_a_first_build_keeps(site):
    def kept() -> list[int]:
        with closing(sqlite3.connect(site.root / ".octavo/cache/state.sqlite3")) as store:
            tables = ("documents", "bodies", "contexts", "outputs")
            return [store.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]

    site.pages(a="# A", b="# B").build()
    first = kept()

    site.build(use_cache=False)

    assert first == kept()


class FakeStore:
    """A store of one manifest, whose rows can be lost."""

    def __init__(self, meta, rows):
        self.meta, self.rows = meta, rows

    def get_meta(self, _name):
        return self.meta

    def all(self, _table):
        return iter(self.rows)


class FakeOutput:
    """A live tree of a generation."""

    def __init__(self, generation):
        self.live = generation

    def generation(self, tree):
        return self.live if tree == "live" else None


def test_a_manifest_that_has_lost_rows_describes_nothing():
    rows = {
        name: OutputRow(parts=msgspec.Raw(b"\x90"), digest=name, size=1, mtime_ns=1) for name in ("a", "b")
    }
    state = SiteState(folder="/out", generation=generation_id(rows))
    encode = msgspec.msgpack.encode
    whole = [(name, encode({name: row})) for name, row in rows.items()]
    output = FakeOutput(state.generation)

    found, described = load_state(FakeStore(encode(state), whole), output, "/out", heal=False)
    assert (found, sorted(described)) == (state, ["a", "b"])

    lost = load_state(FakeStore(encode(state), whole[:1]), output, "/out", heal=False)
    assert lost == (SiteState(folder="/out"), {})


def test_a_file_that_becomes_a_page_of_that_name_is_replaced_by_its_folder(site, tmp_path):
    site.page("foo", "a file without a suffix").build()

    site.remove("foo").page("foo.md", "# Foo\n").build()

    equals_clean(site, tmp_path / "first")
    for number in (1, 2):
        site.page("index.md", f"# Home {number}\n").build()
        equals_clean(site, tmp_path / f"later-{number}")


def test_another_content_folder_with_the_same_pages_has_its_own_includes_and_places(site, tmp_path):
    site.page("a.md", '# A\n\n[x](no.md)\n\n```python include="snip.py"\n```\n').page("snip.py", "old = 1\n")
    site.build().warns("broken-link", "content/a.md:3:5")
    shutil.copytree(site.root / "content", site.root / "docs")
    site.write("docs/snip.py", "new = 2\n").config("content_dir: docs\n")

    site.build().warns("broken-link", "docs/a.md:3:5")

    equals_clean(site, tmp_path / "clean")


def test_a_site_that_moves_within_its_repository_asks_git_again(tmp_path):
    def git(*words: str) -> None:
        command = ["git", "-C", str(tmp_path), "-c", "user.name=A", "-c", "user.email=a@example.org", *words]
        subprocess.run(command, check=True, capture_output=True)

    site = Site(tmp_path / "one").config("repository: {url: https://github.com/a/b}\n").page("a.md", "# A\n")
    git("init", "--quiet")
    git("add", "one")
    git("commit", "--quiet", "-m", "first")
    site.build()
    assert "edit/main/one/content/a.md" in site.html("a/")
    (tmp_path / "one").rename(tmp_path / "two")

    moved = Site(tmp_path / "two").build()

    assert "edit/main/two/content/a.md" in moved.html("a/")


# ---------------------------------------------------------------- addresses


def test_the_home_page_stays_the_home_page_beside_a_folder_named_index(site):
    site.page("index/a.md", "# A\n").build().clean()

    assert {"index.html", "index/index.html", "index/a/index.html"} <= site.tree().keys()
    assert "<h1>Index</h1>" in site.main("index/")


@pytest.mark.parametrize("name", ["01-..md", "01-...md", "01-.hidden.md", "01- .md"])
def test_a_number_is_no_prefix_of_what_is_no_name(site, name):
    site.page(name, "# A\n").page("02-b.md", "# B\n").build().clean()

    assert f"{name.removesuffix('.md')}/index.html" in site.tree()


def test_a_folder_named_like_the_sitemap_is_an_error_that_names_a_page_of_it(site):
    site.config("url: https://example.org/\n").page("sitemap.xml/a.md", "# A\n").build()

    fault = site.fails("duplicate-url", "content/sitemap.xml/a.md")
    assert "a generated page puts the file `sitemap.xml` where" in fault.message


def test_two_assets_that_differ_in_case_are_reported_without_reading_them_as_pages(site):
    site.page("a.png", "y").page("a.PNG", "---\nslug: x\n---\n").build()

    assert ["content/a.PNG: duplicate-url: `a.PNG` and `a.png` differ only in case as `a.PNG`"] == (
        site.messages()
    )


# ---------------------------------------------------------------- the page for missing addresses


def test_links_of_the_404_page_hold_at_any_depth(site):
    site.config("url: https://example.org/base/\n").page("b.md", "# B\n").page("i.svg", "<svg/>")
    site.page("404.md", "# Gone\n\n[h](index.md) [b](b.md?q=1#b) ![i](i.svg) [s](#gone)\n").build().clean()

    expected = ["/base/", "/base/b/?q=1#b", "/base/i.svg", "#gone"]
    assert expected == re.findall(r'(?:href|src)="([^"]*)"', site.main("404.html"))[: len(expected)]


@pytest.mark.parametrize("nav", ["", "nav: [b.md]\nvalidation: {orphans: off}\n"])
def test_the_404_page_stands_in_no_listing(site, nav):
    site.config(nav).pages(b="# B").page("404.md", "# Gone\n").build().clean()

    for url in ("", "b/", "contents/"):
        assert "404.html" not in site.html(url)


# ---------------------------------------------------------------- navigation


@pytest.mark.parametrize("entry", ["intro.md", "intro", "intro/", "guide/", "guide", "{G: [guide/a]}"])
def test_nav_may_name_drafts_as_it_names_pages(site, entry):
    draft = "---\ndraft: true\n---\n# D\n"
    site.config(f"nav: [index.md, {entry}]\n").page("intro.md", draft).page("guide/a.md", draft)

    site.build().clean()

    site.build(drafts=True)
    assert "bad-nav" not in site.codes()


def test_a_group_that_begins_with_the_home_page_is_no_section_of_pages_outside(site):
    others = "".join(f"  - p{number}.md\n" for number in range(60))
    site.pages(about="# About", **{f"p{number}": f"# P{number}" for number in range(60)})

    site.config(f"nav:\n  - Start: [index.md, about.md]\n{others}").build().clean()

    assert "Start" in site.html("about/").partition("<main")[0]
    assert "Start" not in site.html("p1/").partition("<main")[0]


# ---------------------------------------------------------------- diagnostics


def test_a_wrong_link_in_a_text_that_many_pages_include_is_one_problem(site):
    site.page("_part.md", "see [x](nope.md)\n")
    for name in ("a", "b", "c"):
        site.page(f"{name}.md", f"# {name}\n\n::: include _part.md\n:::\n")

    found = site.build().warns("broken-link", "content/_part.md:1:9")

    assert ["broken-link"] == site.codes()
    assert "included from `content/a.md:3:1`" in found.hint


def test_the_order_of_diagnostics_does_not_depend_on_the_order_they_came_in():
    place = Location("a.md", 1, 1)
    first, second = (warning("broken-link", "no page", place, hint=hint) for hint in ("one", "two"))

    assert (first,) == sort_diagnostics([first, second]) == sort_diagnostics([second, first])


def test_a_theme_yaml_that_is_not_utf_8_is_an_error_at_its_line(site):
    site.write("theme/theme.yaml", "options:\n  caf\xe9: 1\n".encode("latin-1")).build()

    site.fails("not-utf8", "theme/theme.yaml:2")


def test_guesses_at_what_was_meant_are_bounded_in_number(site):
    """Each costs milliseconds: thousands of wrong links would take minutes."""
    lines = "".join(f"## Heading number {n}\n\n[x](#heading-nomber-{n})\n\n" for n in range(300))
    site.page("a.md", f"# A\n\n{lines}").build()

    hints = [item.hint for item in site.report.diagnostics]
    assert (200, 300) == (sum(hint.startswith("did you mean") for hint in hints), len(hints))


# ---------------------------------------------------------------- the theme's assets


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a{b:url(u)}", rb"a\{b:url\(u\.[0-9a-f]{10}\)\}"),
        ("a{b:url('f.eot?#iefix')}", rb"a\{b:url\('f\.[0-9a-f]{10}\.eot\?#iefix'\)\}"),
        ("a{b:url(f.eot?v=1)}", rb"a\{b:url\(f\.[0-9a-f]{10}\.eot\?v=1\)\}"),
        ("a{b:url(a%20b.woff)}", rb"a\{b:url\(a%20b\.[0-9a-f]{10}\.woff\)\}"),
        ('@import"y.css";', rb"y\{\}"),
        ('@import "y.css" print;', rb"@media print \{\ny\{\}\n\}"),
        ('@import"y.css" layer(z);', rb'@import"y\.[0-9a-f]{10}\.css" layer\(z\);'),
        ('@import"none.css";', rb'@import"none\.css";'),
        ('@import"z.css";', rb'a,b c\{d:"e ; /\*f\*/ , g: h";\}i\\: j\{\}'),
        ("a{b:url(data:x)}", rb"a\{b:url\(data:x\)\}"),
    ],
)
def test_addresses_in_style_sheets_lead_to_fingerprinted_files(written, expected):
    files = {
        "u": b"u",
        "f.eot": b"f",
        "a b.woff": b"w",
        "y.css": b"y{}",
        "z.css": b'/* x */ a , b c {\n  d: "e ; /*f*/ , g: h" ;\n}\ni\\: j {}\n',
        "x.css": written.encode(),
    }

    data = publish_assets(files).data

    (sheet,) = [text for name, text in data.items() if name.startswith("assets/x.")]
    assert re.fullmatch(expected, sheet), sheet


def test_two_configurations_in_one_folder_keep_their_outputs_apart(site):
    site.pages(a="# A", b="# B").write("other.yaml", "title: Other\nsite_dir: out\nlanguage: de\n")

    def build_other() -> None:
        with open_project(str(site.root / "other.yaml"), Console(quiet=True), write=True) as project:
            assert build_site(project.request, project.ports).published

    for name in ("b.md", "a.md"):
        site.build()
        build_other()
        site.remove(name)
    site.build()
    build_other()

    assert ("en" in site.html("")[:60], "a/index.html" in site.tree()) == (True, False)
    other = tree(site.root / "out")
    assert (b'lang="de"' in other["index.html"], "a/index.html" in other) == (True, False)


def test_folders_nested_beyond_the_limit_are_an_error_of_the_content(site):
    deep = "/".join(["d"] * 70)
    site.page(f"{deep}/a.md", "# A").page("b.md", "# B").build()

    found = site.fails("long-path")
    assert "more than 64 folders" in found.message


def test_folders_nested_up_to_the_limit_are_built(site):
    deep = "/".join(["d"] * 63)
    site.page(f"{deep}/a.md", "# A").build().clean()

    assert "A" in site.main(f"{deep}/a/")
