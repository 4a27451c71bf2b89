"""The preview shows tutorials as a build writes them: views, downloads, and what a change reaches."""

import shutil

import pytest

from octavo.preview.watched import watched_folders
from previewedsite import PreviewedSite
from provensite import prove
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


# ---------------------------------------------------------------- proofs


@pytest.fixture
def run(site):
    """The site with a block that runs."""
    return site.edit("notes/02-b.md", "Prose.", "Prose.\n\n```console\n$ ls\nlist.txt\n```")


def test_a_proof_that_is_written_meanwhile_reaches_its_page_and_that_of_the_folder(run, preview):
    preview.look()
    preview.served()
    prove(run, "notes/02-b.md")

    (change,) = preview.look()

    assert {"notes/index.html", "notes/b/index.html"} == set(change.stale)
    assert b'data-state="verified"' in preview.page("notes/b/index.html")


def test_a_proof_without_a_hint_is_found_by_comparing_everything(run, preview):
    preview.look()
    assert preview.workspace.verify() is False
    prove(run, "notes/02-b.md")

    assert preview.workspace.verify() is True
    assert preview.workspace.verify() is False


def test_a_file_that_a_tutorial_depends_on_is_found_by_comparing_everything(run, preview):
    run.page("notes/data.csv", "1\n").edit(
        "notes/index.md", "tutorial:\n", "tutorial:\n  depends: [data.csv]\n"
    )
    prove(run, "notes/02-b.md")
    preview.look()
    assert b'data-state="verified"' in preview.page("notes/b/index.html")
    assert preview.workspace.verify() is False

    run.page("notes/data.csv", "2\n")

    assert preview.workspace.verify() is True
    preview.look()
    assert b'data-state="stale"' in preview.page("notes/b/index.html")


def test_the_folder_of_proofs_and_those_of_named_files_are_watched(run, preview):
    run.write("shared/data.csv", "1\n").edit(
        "notes/index.md",
        "tutorial:\n",
        "tutorial:\n  depends: [/shared/data.csv]\n  env: {requirements: /locks/all.txt}\n",
    )
    run.write("locks/all.txt", "-r more/web.txt\n").write("locks/more/web.txt", "Flask==3.1.3\n")
    preview.look()

    watched = {
        folder.path: folder.recursive
        for folder in watched_folders(preview.session.generation, str(run.root), ())
    }
    assert watched[str(run.root / ".octavo/proofs")] is True
    assert watched[str(run.root / "shared")] is False
    assert watched[str(run.root / "locks")] is False
    assert watched[str(run.root / "locks/more")] is False
