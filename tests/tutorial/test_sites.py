"""Whole sites with tutorials: what the pages show, what an edit reaches, what can be downloaded."""

import html
import io
import zipfile

import pytest

from sitebuilder import Site

TUTORIAL = "---\ntitle: Notes\ntutorial:\n  project: notes\n{0}---\n\n# Notes\n"
ONE = '# One\n\nProse.\n\n```python title="app.py"\na = 1\nb = 2\nc = 3\nd = 4\n```\n\n```text title="list.txt"\nmilk\n```\n'
TWO = '# Two\n\nProse.\n\n```python title="app.py" edit\na = 1\nb = 20\nc = 3\n# ...\n```\n'
THREE = '# Three\n\nProse.\n\n```text title="list.txt" append gap="0"\nbread\n```\n'
FOUR = '# Four\n\nProse.\n\n```python title="app.py" append gap="0"\ne = 5\n```\n'


def names(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {entry.filename: archive.read(entry).decode() for entry in archive.infolist()}


@pytest.fixture(name="notes")
def fixture_notes(site):
    """A tutorial of four chapters, two of which touch `app.py` and one of which does not, built once."""
    site.page("index.md", "# Home\n").page("notes/index.md", TUTORIAL.format(""))
    for number, text in enumerate((ONE, TWO, THREE, FOUR), 1):
        site.page(f"notes/{number:02d}-c{number}.md", text)
    site.page("other/a.md", '# A\n\n```python title="x.py"\nx = 1\n```\n')
    return site.build().clean().counts(folded=4)


# ---------------------------------------------------------------- what an edit reaches


def test_nothing_changed_folds_nothing(notes):
    notes.build().counts(parsed=0, folded=0, rendered=0, written=0)


def test_prose_of_a_chapter_folds_nothing_and_renders_one_page(notes):
    """Places of blocks are in no key: the blocks below the new paragraph have moved."""
    notes.edit("notes/02-c2.md", "Prose.", "Prose.\n\nMore of it.").build()

    notes.counts(parsed=1, folded=0, rendered=1, written=1)


def test_a_changed_edit_renders_the_later_pages_that_show_the_file_and_no_others(notes):
    """Chapter 3 starts from another tree and is folded, and shows the same: nothing of it is made anew but its zips."""
    notes.edit("notes/02-c2.md", "b = 20", "b = 21").build().clean()

    notes.counts(parsed=1, folded=3, rendered=2)
    assert {
        "notes/c2/index.html",
        "notes/c2/notes-c2-end.zip",
        "notes/c3/notes-c3-end.zip",
        "notes/c3/notes-c3-start.zip",
        "notes/c4/index.html",
        "notes/c4/notes-c4-end.zip",
        "notes/c4/notes-c4-start.zip",
    } == set(notes.report.written)
    assert "b = <span" in notes.main("notes/c4/") or "21" in notes.main("notes/c4/")


def test_a_change_that_ends_in_the_same_tree_stops_there(notes):
    """Chapter 2 is written in another way and makes the same file."""
    diff = '```diff title="app.py"\n-b = 2\n+b = 20\n```'
    text = TWO[: TWO.index("```")] + diff + "\n"
    notes.page("notes/02-c2.md", text).build().clean()

    notes.counts(parsed=1, folded=1, rendered=1)


def test_a_mistake_of_an_earlier_chapter_is_reported_where_the_block_no_longer_fits(notes):
    notes.edit("notes/01-c1.md", "c = 3", "c = 30").build()

    problem = notes.fails("edit-open", "content/notes/02-c2.md:7:1")
    assert "last written by content/notes/01-c1.md:5" in problem.hint
    assert ["edit-open"] == notes.codes()


def test_a_lost_store_row_costs_work_and_changes_nothing(notes, tmp_path):
    import sqlite3  # noqa: PLC0415 - the test plays a damaged disk

    clean = notes.edit("notes/04-c4.md", "e = 5", "e = 6").build().clean().tree()
    notes.edit("notes/04-c4.md", "e = 6", "e = 5").build()
    with sqlite3.connect(notes.root / ".octavo/cache/state.sqlite3") as base:
        for table in ("files", "views", "blocks"):
            base.execute(f"DELETE FROM {table}")
    base.close()
    notes.edit("notes/04-c4.md", "e = 5", "e = 6").build().clean()

    assert clean == notes.tree()


def test_why_names_the_tutorial_and_the_project(notes):
    notes.edit("notes/02-c2.md", "b = 20", "b = 21")

    assert ("tutorial",) == notes.why("notes/c4/").stale
    assert ("project",) == notes.why("notes/c3/notes-c3-end.zip").stale
    assert () == notes.why("notes/c3/").stale


# ---------------------------------------------------------------- what pages show


def test_a_page_shows_the_path_the_new_lines_the_change_and_the_whole_file(notes):
    html = notes.main("notes/c2/")

    assert '<figure class="code step" data-role="edit"><figcaption><span class="path">app.py</span>' in html
    marks = [part.partition("</mark>")[0] for part in html.split('<mark class="line">')[1:]]
    assert 2 == len(marks)  # once in the block, once in the whole file
    assert all("20" in mark for mark in marks)
    assert '<details class="step-changes" data-pagefind-ignore><summary>Changes</summary>' in html
    assert '<details class="step-whole" data-pagefind-ignore><summary>Whole file</summary>' in html
    assert "What changed in this chapter" in html
    assert "1 added, 1 removed" in html


def test_no_page_claims_to_be_verified(notes):
    assert 'data-state="none"><strong>Not verified' in notes.main("notes/c1/")


def test_the_chapter_and_the_page_of_the_folder_link_the_downloads(notes):
    chapter, folder = notes.main("notes/c2/"), notes.main("notes/")

    assert '<a href="notes-c2-start.zip" download>Start of chapter 2 (zip)</a>' in chapter
    assert '<a href="notes-c2-end.zip" download>End of chapter 2 (zip)</a>' in chapter
    assert '<a href="c2/notes-c2-start.zip" download>start (zip)</a>' in folder
    assert "start of" not in notes.main("notes/c1/").lower()  # an empty project is no download


def test_a_diff_is_shown_as_its_result_and_open_where_the_result_cannot_show_it(site):
    site.page("notes/index.md", TUTORIAL.format("")).page("notes/01-c1.md", ONE)
    site.page(
        "notes/02-c2.md", '# Two\n\n```diff title="app.py"\n a = 1\n-b = 2\n c = 3\n```\n'
    ).build().clean()

    html = site.main("notes/c2/")
    block = html[html.index("<figure") : html.index("</figure>")]
    assert 'class="language-python"' in block[: block.index("<details")]
    assert "-b = 2" not in block[: block.index("<details")]
    assert '<details class="step-changes" open data-pagefind-ignore>' in block


def test_commands_are_copied_without_prompts_and_output(site):
    site.page("notes/index.md", TUTORIAL.format(""))
    text = "# One\n\n```console\n$ echo one \\\n> two\none two\n$ true\n```\n\n```pycon\n>>> for i in []:\n...     i\n3\n```\n"
    site.page("notes/01-c1.md", text).build().clean()

    html = site.main("notes/c1/")
    assert 'data-copy="echo one \\\ntwo\ntrue"' in html
    assert 'data-copy="for i in []:\n    i"' in html


def test_a_request_is_copied_without_what_comes_back(site):
    site.page("notes/index.md", TUTORIAL.format(""))
    text = '# One\n\n```http\nPOST /notes HTTP/1.1\nAccept: */*\n\n{"a": 1}\n\nHTTP/1.1 201 CREATED\n```\n'
    site.page("notes/01-c1.md", text).build().clean()

    assert 'data-copy="POST /notes HTTP/1.1\nAccept: */*\n\n{"a": 1}"' in html.unescape(
        site.main("notes/c1/")
    )


def test_hidden_lines_and_blocks_are_written_and_not_shown(site):
    site.page("notes/index.md", TUTORIAL.format(""))
    text = '# One\n\n```python title="app.py"\nimport os  # hide\na = 1\n```\n\n<!-- hidden\n```python title="b.py"\nsecret = 1\n```\n-->\n'
    site.page("notes/01-c1.md", text).build().clean()

    html = site.main("notes/c1/")
    block = html[html.index("<figure") : html.index("<details")]
    assert "import" not in block
    assert "<summary>1 line hidden</summary>" in html
    assert {"notes/app.py": "import os\na = 1\n", "notes/b.py": "secret = 1\n"} == names(
        site.tree()["notes/c1/notes-c1-end.zip"]
    )


def test_code_and_captions_cannot_break_out_of_the_page(site):
    evil = "</code></pre><script>alert(1)</script>"
    site.page("notes/index.md", TUTORIAL.format(""))
    site.page(
        "notes/01-c1.md",
        f'# One\n\n```text title="a&b.txt" caption="<script>alert(2)</script>"\n{evil}\n```\n\n'
        f'```text title="a&b.txt" append\n{evil}\n```\n\n```console\n$ echo "{evil}"\n```\n\n'
        f'```text skip="<script>alert(3)</script>"\n```\n',
    ).build().clean()

    # The theme's own scripts have an address.
    assert "<script>" not in site.html("notes/c1/")


# ---------------------------------------------------------------- settings


def test_downloads_leave_out_what_the_settings_exclude(site):
    site.page("notes/index.md", TUTORIAL.format('  download: {exclude: ["*.db", tmp/]}\n'))
    site.page(
        "notes/01-c1.md",
        '# 1\n\n```text title="a.db"\n```\n\n```text title="tmp/x"\n```\n\n```text title="a.txt"\na\n```\n',
    )
    site.build().clean()

    assert {"notes/a.txt": "a\n"} == names(site.tree()["notes/c1/notes-c1-end.zip"])


def test_files_of_the_start_are_in_the_project_of_chapters_that_start_empty(site):
    site.page("notes/index.md", TUTORIAL.format("  files: _starter\n"))
    site.page("notes/_starter/static/a.bin", b"\x00\xff").page("notes/_starter/.env", "KEY=1\n")
    site.page("notes/01-c1.md", ONE)
    site.page("notes/02-c2.md", "---\ntutorial:\n  starts: empty\n---\n# Two\n").build().clean()

    with zipfile.ZipFile(io.BytesIO(site.tree()["notes/c2/notes-c2-end.zip"])) as archive:
        assert ["notes/static/a.bin"] == archive.namelist()  # `.env` is usual for secrets
    site.page("notes/_starter/static/a.bin", b"\x01").build().counts(folded=2)


def test_a_file_that_is_no_text_can_be_replaced_and_not_changed(site):
    site.page("notes/index.md", TUTORIAL.format("  files: _starter\n"))
    site.page("notes/_starter/a.bin", b"a\0\n").page("notes/_starter/b.bin", b"\xff\n")
    site.page("notes/01-c1.md", '# 1\n\n```text title="a.bin"\ntext\n```\n').build().clean()
    assert "\0" not in site.html("notes/c1/")

    site.page("notes/01-c1.md", '# 1\n\n```text title="b.bin" append\ntext\n```\n').build()
    assert "no text" in site.fails("project-file", "content/notes/01-c1.md:3:16").message


def test_a_chapter_may_go_on_from_any_earlier_chapter(site):
    site.page("notes/index.md", TUTORIAL.format("")).page("notes/01-c1.md", ONE).page("notes/02-c2.md", TWO)
    site.page("notes/03-c3.md", "---\ntutorial:\n  starts: 01-c1.md\n---\n" + TWO).build().clean()

    assert site.tree()["notes/c3/notes-c3-start.zip"] == site.tree()["notes/c1/notes-c1-end.zip"]


def test_nav_orders_the_chapters(site):
    site.config("nav:\n  - notes/02-c2.md\n  - notes/01-c1.md\n  - notes/\n")
    site.page("notes/index.md", TUTORIAL.format("")).page("notes/01-c1.md", TWO).page("notes/02-c2.md", ONE)

    site.build()
    assert [] == [code for code in site.codes() if code.startswith("edit")], site.messages()


def test_two_chapters_of_one_address_are_one_problem(site):
    site.page("index.md", "# Home\n").page("notes/index.md", TUTORIAL.format(""))
    site.page("notes/01-one.md", ONE).page("notes/02-one.md", ONE)

    assert ["duplicate-url"] == [problem.code for problem in site.check().report.diagnostics]


def test_a_draft_is_no_chapter_of_a_build(site):
    site.page("notes/index.md", TUTORIAL.format("")).page("notes/01-c1.md", ONE)
    site.page("notes/02-c2.md", "---\ndraft: true\n---\n" + TWO)
    site.page("notes/03-c3.md", "---\ntutorial:\n  starts: 02-c2.md\n---\n" + THREE).build()

    assert "is a draft" in site.fails("tutorial-start", "content/notes/03-c3.md:3:11").message


@pytest.mark.parametrize(
    ("chapter", "code", "place", "words"),
    [
        ("  starts: 02-b.md\n", "tutorial-start", "3:11", "no chapter `02-b.md`"),
        ("  starts: 01-a.md\n", "tutorial-start", "3:11", "does not come before"),
        ("  ports: [80]\n", "tutorial-settings", "3:10", "page of the folder"),
        ("  env: {python: '3.12'}\n", "tutorial-settings", "3:17", "page of the folder"),
        ("  download: {exclude: [a]}\n", "tutorial-settings", "3:23", "page of the folder"),
    ],
)
def test_a_setting_of_a_chapter_that_cannot_be_is_an_error(site, chapter, code, place, words):
    site.page("notes/index.md", TUTORIAL.format(""))
    site.page("notes/01-a.md", f"---\ntutorial:\n{chapter}---\n# A\n").build()

    assert words in site.fails(code, f"content/notes/01-a.md:{place}").message


def test_settings_that_nobody_reads_are_an_error(site):
    site.page("alone.md", "---\ntutorial:\n---\n# A\n").page(
        "empty/index.md", "---\ntutorial:\n---\n# A\n"
    ).build()

    assert ["tutorial-settings", "tutorial-settings"] == site.codes()


def test_a_folder_of_files_that_is_not_there_is_an_error(site):
    site.page("notes/index.md", TUTORIAL.format("  files: starter\n")).page("notes/01-c1.md", ONE).build()

    assert "does not exist" in site.fails("tutorial-files", "content/notes/index.md:5:10").message


def test_a_file_of_requirements_that_is_not_there_is_an_error(site):
    site.page("notes/index.md", TUTORIAL.format("  env: {requirements: lock.txt}\n")).page(
        "notes/01-c1.md", ONE
    )
    site.build()
    assert "does not exist" in site.fails("tutorial-files", "content/notes/index.md:5:23").message

    site.page("notes/lock.txt", "flask==3.0.3\n").build().clean()


def test_a_folder_of_files_must_lie_in_the_site(site, tmp_path):
    outside = site.root.parent / "outside"
    outside.mkdir()
    (outside / "key").write_text("secret")
    site.page("notes/index.md", TUTORIAL.format("  files: starter\n")).page("notes/01-c1.md", ONE)
    (site.root / "content/notes/starter").symlink_to(outside)
    site.build()

    assert "outside the site folder" in site.fails("tutorial-files").message


def test_slips_of_a_fence_are_errors_in_a_chapter_and_warnings_elsewhere(site):
    text = '# A\n\n```console exits="2"\n$ true\n```\n'
    site.page("notes/index.md", TUTORIAL.format("")).page("notes/01-a.md", text).page("a.md", text).build()

    site.fails("fence-attribute", "content/notes/01-a.md:3:12")
    site.warns("fence-attribute", "content/a.md:3:12")


def test_a_block_whose_attributes_cannot_be_read_is_not_called_one_without_a_role(site):
    text = "# A\n\n```python title='app.py\nx\n```\n"
    site.page("notes/index.md", TUTORIAL.format("")).page("notes/01-a.md", text).build()

    assert ["fence-syntax"] == site.codes()


def test_a_check_finds_what_a_build_finds(notes):
    notes.edit("notes/01-c1.md", "c = 3", "c = 30")
    built = notes.build().messages()

    assert built == notes.check().messages() == notes.forget().check().messages()
    assert built


def test_a_site_without_tutorials_has_none_of_it(site):
    site.page("a/index.md", "# A\n").page("a/b.md", ONE).build().clean().counts(folded=0)

    html = site.html("a/b/")
    assert "tutorial" not in html
    assert '<figcaption><span class="file">app.py</span></figcaption>' in html
    assert [] == [path for path in site.tree() if path.endswith(".zip")]


def test_the_same_zip_is_made_in_every_folder(tmp_path):
    trees = []
    for name in ("one", "two"):
        site = Site(tmp_path / name).config("").page("index.md", "# Home\n")
        site.page("notes/index.md", TUTORIAL.format("")).page("notes/01-c1.md", ONE)
        trees.append(site.build().clean().tree())

    assert trees[0] == trees[1]
