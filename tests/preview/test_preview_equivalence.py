"""What the preview serves is what a build writes: after any edits, from state or without, in part or in whole."""

import os
import shutil
import sys

import pytest

from previewedsite import PreviewedSite
from sitebuilder import Site

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "incremental"))
from randomsite import RandomAuthor

EDITS = 25


def clean_build(site, folder):
    """Build a copy of the site from nothing, drafts too."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(site.root, folder, ignore=shutil.ignore_patterns("_site", ".octavo"))
    return Site(folder).build(drafts=True)


def files_of(root):
    """Give every file below the site with its bytes, to tell truthfully what an edit changed."""
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def run_script(folder, seed, *, with_hints):
    site = Site(folder / "site")
    author = RandomAuthor(site, seed)
    author.start()
    preview = PreviewedSite(site.root)
    compared = failed = 0
    for _ in range(EDITS):
        before = files_of(site.root)
        if failed > 2:
            author.start()  # nobody mends what is broken: begin with the first texts again
        else:
            author.edit()
        after = files_of(site.root)
        if with_hints:
            for path in before.keys() | after.keys():
                if before.get(path) != after.get(path):
                    preview.hint(str(path.relative_to(site.root)))
        preview.look(everywhere=not with_hints)
        clean = clean_build(site, folder / "clean")
        story = "\n".join(author.log)
        served = preview.served()
        failed = 0 if clean.report.published else failed + 1
        if clean.report.published:
            compared += 1
            expected = clean.tree()
            assert sorted(expected) == sorted(name for name in served if name != ".octavo-outputs"), story
            assert [path for path in expected if expected[path] != served[path]] == [], story
            assert clean.messages() == preview.messages(), story
    preview.close()
    return compared


@pytest.mark.parametrize("seed", range(4))
def test_served_bytes_are_those_of_a_clean_build_after_each_of_25_random_edits(tmp_path, seed):
    assert run_script(tmp_path, seed, with_hints=False) >= EDITS // 2


@pytest.mark.parametrize("seed", range(4, 8))
def test_looking_where_hints_say_gives_the_same(tmp_path, seed):
    assert run_script(tmp_path, seed, with_hints=True) >= EDITS // 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8, 30))
def test_served_bytes_are_those_of_a_clean_build_in_more_scripts(tmp_path, seed):
    assert run_script(tmp_path, seed, with_hints=bool(seed % 2)) >= EDITS // 2


def large_site(root):
    """Write a site with more pages than are parsed before the first is shown."""
    site = Site(root)
    site.config("url: https://example.org/docs/\n")
    for number in range(80):
        title = f"---\ntitle: Page {number}\n---\n\n" if number % 2 else f"# Headed {number}\n\n"
        text = (
            f"[](page-{(number + 7) % 80}.md) and [a heading](page-{(number + 3) % 80}.md#part)\n\n## Part\n"
        )
        site.page(f"many/page-{number}.md", title + text)
    site.page("index.md", "# Home\n\n[first](many/page-0.md)\n")
    return site


def test_pages_made_from_beginnings_have_the_bytes_of_the_whole_plan(tmp_path):
    """A page that is shown before the others are parsed must not change when they are."""
    site = large_site(tmp_path / "site")
    preview = PreviewedSite.__new__(PreviewedSite)
    looked = []
    original = PreviewedSite.look

    def look_at_some_first(self, **settings):
        assert self.session.generation.is_begun
        looked.extend((output, self.page(output)) for output in ("index.html", "many/page-3/index.html"))
        return original(self, **settings)

    PreviewedSite.look = look_at_some_first
    try:
        preview.__init__(site.root)
    finally:
        PreviewedSite.look = original

    expected = clean_build(site, tmp_path / "clean").tree()
    assert [(output, expected[output]) for output, _ in looked] == looked
    assert {name: data for name, data in preview.served().items() if name != ".octavo-outputs"} == expected


def test_a_second_preview_begins_from_the_state_of_the_first(tmp_path):
    site = large_site(tmp_path / "site")
    first = PreviewedSite(site.root, cache=tmp_path / "state")
    served = first.served()
    first.session.commit()
    first.close()

    second = PreviewedSite(site.root, cache=tmp_path / "state")

    assert not second.session.generation.is_begun
    assert 0 == sum(change.parsed for change in second.changes)
    assert served == second.served()


def test_changed_options_of_markdown_are_shown_before_all_pages_are_parsed_again(tmp_path):
    site = large_site(tmp_path / "site")
    preview = PreviewedSite(site.root)
    site.config("url: https://example.org/docs/\nmarkdown:\n  linkify: false\n")

    changes = preview.look()

    assert [False, True] == [change.is_checked for change in changes]
    expected = clean_build(site, tmp_path / "clean").tree()
    assert {name: data for name, data in preview.served().items() if name != ".octavo-outputs"} == expected
