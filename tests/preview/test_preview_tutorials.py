"""The preview shows tutorials as a build writes them: views, downloads, and what a change reaches."""

import shutil

import pytest

from previewedsite import PreviewedSite
from sitebuilder import Site

CHAPTER = '# Chapter\n\nProse.\n\n```text title="list.txt" append gap="0"\nbread\n```\n'


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "site").config("").page("index.md", "# Home\n")
    site.page("notes/index.md", "---\ntutorial:\n---\n\n# Notes\n")
    site.page("notes/01-a.md", '# A\n\nProse.\n\n```text title="list.txt"\nmilk\n```\n')
    site.page("notes/02-b.md", '# B\n\nProse.\n\n```text title="other.txt"\nx\n```\n')
    return site.page("notes/03-c.md", CHAPTER)


@pytest.fixture
def preview(site):
    preview = PreviewedSite(site.root)
    yield preview
    preview.close()


def built(site, folder):
    shutil.copytree(site.root, folder, ignore=shutil.ignore_patterns("_site", ".octavo"))
    return Site(folder).build(drafts=True).clean().tree()


def test_what_is_served_of_a_tutorial_is_what_a_build_writes(site, preview, tmp_path):
    preview.look()
    for number, (old, new) in enumerate(
        (("milk", "tea"), ("Prose.", "Words."), ("tea", "milk\n```\n\n```console\n$ ls"))
    ):
        site.edit("notes/01-a.md", old, new)
        preview.look()
        served, expected = preview.served(), built(site, tmp_path / f"clean{number}")

        assert [path for path in expected if expected[path] != served.get(path)] == []


def test_a_changed_block_reaches_the_pages_that_show_the_file_and_the_downloads_that_hold_it(site, preview):
    preview.look()
    preview.served()
    site.edit("notes/01-a.md", "milk", "tea")

    (change,) = preview.look()

    assert {
        "notes/a/index.html",
        "notes/a/notes-a-end.zip",
        "notes/b/notes-b-end.zip",
        "notes/b/notes-b-start.zip",
        "notes/c/index.html",
        "notes/c/notes-c-end.zip",
        "notes/c/notes-c-start.zip",
    } == set(change.stale)


def test_a_block_that_no_longer_fits_is_a_problem_of_its_chapter(site, preview):
    preview.look()
    site.edit("notes/01-a.md", 'title="list.txt"', 'title="lists.txt"')
    preview.look()

    assert [
        "content/notes/03-c.md:5:16: project-file: the project has no file `list.txt` here"
    ] == preview.messages()
