"""WA: files that change under a running preview, on whole sites with real events."""

import ast
import errno
import os
import shutil
import threading
import time
from pathlib import Path

import pytest

import octavo.cli.previewing
import octavo.edges.watch
import octavo.preview
from editor_saves import SAVES
from runningpreview import RunningPreview
from sitebuilder import Site
from waiting import PATIENCE, LeftBehind

NEW = b"---\ntitle: Page 1\n---\n\nA text from an editor.\n"
JUNK = [
    ".page-1.md.swp",
    "page-1.md~",
    "#page-1.md#",
    "page-1.md___jb_tmp___",
    ".goutputstream-XYZ123",
]


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "site").config("url: https://example.org/\n")
    site.page("index.md", "---\ntitle: Home\n---\n\nWelcome.\n")
    for number in range(4):
        site.page(f"guide/page-{number}.md", f"---\ntitle: Page {number}\n---\n\nText {number}.\n")
    return site


def assert_equals_cold(preview, site, folder):
    served = preview.served()
    served.pop(".octavo-outputs", None)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(site.root, folder, ignore=shutil.ignore_patterns("_site", ".octavo"), symlinks=True)
    expected = Site(folder).build(drafts=True).tree()

    assert [name for name in expected.keys() | served.keys() if expected.get(name) != served.get(name)] == []


def note_hints(preview):
    """Record every hint that the watcher gives from now on."""
    found = []
    original = preview.loop.hint

    def hint(path):
        found.append(path)
        original(path)

    preview.loop.hint = hint
    return found


@pytest.mark.parametrize("save", SAVES)
def test_wa_01_a_save_is_one_rebuild_and_junk_is_no_page(site, tmp_path, save):
    with RunningPreview(site.root) as preview:
        with preview.kept_busy():  # a machine that stops in the middle of a save would make two of it
            for name in JUNK:
                site.page(f"guide/{name}", "# Junk\n")
            SAVES[save](site.root / "content/guide/page-1.md", NEW)
        preview.wait_for_page("guide/page-1/", "A text from an editor.")
        preview.settle()

        assert 1 == len(preview.changes)
        assert not any("Junk" in data.decode("utf-8", "replace") for data in preview.served().values())
        assert_equals_cold(preview, site, tmp_path / "cold")


def test_wa_02_a_page_that_is_empty_for_a_moment_is_never_shown_empty(site):
    with RunningPreview(site.root) as preview:
        seen = []

        def while_empty():
            assert (site.root / "content/guide/page-1.md").stat().st_size == 0
            preview.loop.look_now(None).result(PATIENCE)
            seen.append(preview.page("guide/page-1/"))

        preview.page("guide/page-1/")
        SAVES["empty_first"](site.root / "content/guide/page-1.md", NEW, while_empty)
        preview.wait_for_page("guide/page-1/", "A text from an editor.")

        assert ["Text 1." in page for page in seen] == [True]


def test_wa_03_reading_is_no_change(site):
    with RunningPreview(site.root) as preview:
        hints = note_hints(preview)
        for path in (site.root / "content").rglob("*.md"):
            path.read_bytes()
        site.edit("guide/page-1.md", "Text", "Words")
        preview.wait_for_page("guide/page-1/", "Words 1.")

        assert {str(site.root / "content/guide/page-1.md")} == {
            path for path in hints if path.endswith(".md")
        }


def test_wa_04_what_a_build_writes_is_no_change(site):
    with RunningPreview(site.root) as preview:
        hints = note_hints(preview)
        site.build()
        with preview.kept_busy():
            site.edit("guide/page-1.md", "Text", "Words").build()
        preview.wait_for_page("guide/page-1/", "Words 1.")
        preview.settle()

        assert 1 == len(preview.changes)
        assert not any("_site" in path or ".octavo" in path for path in hints)


def test_wa_05_a_storm_ends_in_the_site_of_a_cold_build(site, tmp_path):
    with RunningPreview(site.root) as preview:
        for number in range(400):
            site.page(f"storm/part-{number % 20}/page-{number}.md", f"# Storm {number}\n")
        for number in range(0, 400, 2):
            site.remove(f"storm/part-{number % 20}/page-{number}.md")
        preview.settle()

        assert len(preview.changes) <= 3
        assert_equals_cold(preview, site, tmp_path / "cold")


def test_wa_06_after_lost_events_everything_is_looked_at(site, tmp_path):
    with RunningPreview(site.root) as preview:
        preview.loop._watcher.close()
        site.page("guide/page-1.md", NEW.decode()).remove("guide/page-2.md").page("more/new.md", "# New\n")
        preview.loop.hint(None)
        preview.wait_for_page("guide/page-1/", "A text from an editor.")

        assert_equals_cold(preview, site, tmp_path / "cold")


def test_wa_07_folders_that_are_made_moved_in_and_moved_out_are_seen(site, tmp_path):
    outside = tmp_path / "outside"
    (outside / "deep").mkdir(parents=True)
    (outside / "deep/moved.md").write_text("# Moved in\n")
    with RunningPreview(site.root) as preview:
        os.makedirs(site.root / "content/a/b/c")
        (site.root / "content/a/b/c/made.md").write_text("# Made\n")
        os.rename(outside, site.root / "content/outside")
        preview.wait(lambda: "Moved in" in preview.page("outside/deep/moved/"))
        preview.wait(lambda: "Made" in preview.page("a/b/c/made/"))
        site.page("a/b/c/made.md", "# Made again\n")
        preview.wait_for_page("a/b/c/made/", "Made again")
        os.rename(site.root / "content/outside", outside)
        preview.wait(lambda: "outside/deep/moved/index.html" not in preview.session.generation.jobs)

        assert_equals_cold(preview, site, tmp_path / "cold")


def test_wa_08_a_root_that_is_made_again_is_watched_again(site, tmp_path):
    with RunningPreview(site.root) as preview:
        shutil.copytree(site.root / "content", tmp_path / "copy")
        for _ in range(2):
            shutil.rmtree(site.root / "content")
            preview.wait(lambda: bool(preview.session.fault))
            shutil.copytree(tmp_path / "copy", site.root / "content")
            preview.wait(lambda: not preview.session.fault)
        site.page("guide/page-1.md", NEW.decode())
        preview.wait_for_page("guide/page-1/", "A text from an editor.")

        assert_equals_cold(preview, site, tmp_path / "cold")


@pytest.mark.parametrize(
    ("number", "setting"), [(errno.ENOSPC, "max_user_watches"), (errno.EMFILE, "max_user_instances")]
)
def test_wa_09_a_limit_of_the_system_is_named_and_files_are_compared_instead(
    site, monkeypatch, number, setting
):
    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(octavo.edges.watch.InotifyTree, "arm", refuse)
    with RunningPreview(site.root) as preview:
        site.page("guide/page-1.md", NEW.decode())
        preview.wait_for_page("guide/page-1/", "A text from an editor.")

        assert any(f"fs.inotify.{setting}=" in note for note in preview.notes)
        assert 1 == sum("compared again and again" in note for note in preview.notes)


def test_wa_10_a_drive_that_gives_no_events_is_compared_again_and_again(site, monkeypatch):
    monkeypatch.setattr(octavo.cli.previewing, "deaf_file_system", lambda _: "9p")
    with RunningPreview(site.root) as preview:
        site.page("guide/page-1.md", NEW.decode())
        preview.wait_for_page("guide/page-1/", "A text from an editor.")

        assert 1 == sum("`9p`" in note for note in preview.notes)


def test_wa_11_a_name_that_changes_its_case_alone_moves_the_page(site, tmp_path):
    site.page("Guide2.md", "# Named\n")
    with RunningPreview(site.root) as preview:
        site.rename("Guide2.md", "guide2.md")
        preview.wait(lambda: "guide2/index.html" in preview.session.generation.jobs)
        preview.settle()

        assert "Guide2/index.html" not in preview.session.generation.jobs
        assert_equals_cold(preview, site, tmp_path / "cold")


def test_wa_12_an_edit_while_pages_are_parsed_is_followed_by_another_look(site, tmp_path):
    for number in range(60):
        site.page(f"many/page-{number}.md", f"# Many {number}\n\nOld.\n")
    preview = RunningPreview(site.root)
    edited = threading.Event()

    def rebuilt(rebuild):
        if rebuild.kind == "shown" and not edited.is_set():
            edited.set()
            site.page("many/page-59.md", "# Many 59\n\nNew.\n")

    original = preview._rebuilt
    preview._rebuilt = lambda rebuild: (rebuilt(rebuild), original(rebuild))
    with preview:
        preview.wait_for_page("many/page-59/", "New.")

        assert edited.is_set()
        assert_equals_cold(preview, site, tmp_path / "cold")


def test_wa_13_of_edits_that_come_faster_than_looks_the_last_one_wins(site, tmp_path):
    with RunningPreview(site.root) as preview:
        for number in range(300):
            site.page("guide/page-1.md", f"---\ntitle: Page 1\n---\n\nEdition {number}.\n")
        preview.wait_for_page("guide/page-1/", "Edition 299.")
        preview.settle()

        assert len(preview.changes) < 300
        assert_equals_cold(preview, site, tmp_path / "cold")


def test_wa_14_an_error_keeps_the_old_page_until_it_is_mended(site):
    with RunningPreview(site.root) as preview:
        good = preview.page("guide/page-1/")
        site.page("guide/page-1.md", "---\ntitle: [Page 1\n---\n\nBroken.\n")
        preview.wait(lambda: b"yaml-syntax" in preview.desk.problems("/guide/page-1/"))
        assert "Text 1." in preview.page("guide/page-1/")

        site.page("guide/page-1.md", "---\ntitle: Page 1\n---\n\nText 1.\n")
        preview.wait(lambda: preview.desk.problems("/guide/page-1/") == b"[]")

        assert good.split("</script>", 1)[1] == preview.page("guide/page-1/").split("</script>", 1)[1]


def test_wa_15_no_wall_clock_decides_when_to_look(site, monkeypatch):
    """The time of day is asked for once a look, for the scan's rule on files that were just written."""
    asked = [
        (path.name, node.attr)
        for path in Path(octavo.preview.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"time", "time_ns", "now", "localtime"}
        if isinstance(node.value, ast.Name)
    ]
    assert [("session.py", "time_ns")] == asked

    with RunningPreview(site.root) as preview:
        for jump in (-3600, 7200):
            now = time.time_ns
            monkeypatch.setattr(time, "time_ns", lambda now=now, jump=jump: now() + jump * 10**9)
            site.page("guide/page-1.md", f"# Page 1\n\nAfter a jump of {jump}.\n")
            preview.wait_for_page("guide/page-1/", f"After a jump of {jump}.")


def test_wa_16_a_folder_behind_a_link_is_watched(site):
    site.write("shared/linked.md", "# Linked\n\nFirst.\n")
    os.symlink("../shared", site.root / "content/linked")
    with RunningPreview(site.root) as preview:
        assert "First." in preview.page("linked/linked/")

        (site.root / "shared/linked.md").write_text("# Linked\n\nSecond.\n")
        preview.wait_for_page("linked/linked/", "Second.")

        assert not any("without an event" in note for note in preview.notes)


def test_wa_17_rebuilds_leave_no_thread_and_no_descriptor_behind(site):
    """Ten thousand are measured by `benchmarks/preview_soak.py`."""
    with RunningPreview(site.root) as preview:

        def save(numbers):
            for number in numbers:
                site.page("guide/page-1.md", f"# Page 1\n\nEdition {number}.\n")
                preview.wait_for_page("guide/page-1/", f"Edition {number}.")

        # The engine looks itself: in another thread it may just have a file open.
        save(range(20))
        left = preview.loop.call(LeftBehind).result(PATIENCE)
        save(range(20, 150))

        assert ([], []) == preview.loop.call(lambda: (left.threads(), left.files())).result(PATIENCE)
