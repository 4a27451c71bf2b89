"""WA-01 to WA-04: every way to save a file is hinted at, and nothing else is."""

import os
import time

import pytest

from editor_saves import SAVES
from octavo.edges.names import is_junk
from octavo.preview.ports import WatchedFolder
from waiting import fastest

# watchdog's own observer may register a new folder twice, and only warns of it.
pytestmark = pytest.mark.filterwarnings("ignore:Callback with id:RuntimeWarning")


@pytest.mark.parametrize("save", SAVES)
def test_every_way_to_save_hints_at_the_file_and_at_no_junk(desk, save):
    page = desk.content / "section" / "page.md"
    page.parent.mkdir()
    page.write_bytes(b"old text of the page")
    assert desk.watch()

    SAVES[save](page, b"new text")

    assert desk.hints.wait(page)
    names = desk.names_until_now()
    assert [] == [name for name in names if name is None or is_junk(name)]


@pytest.mark.parametrize("save", SAVES)
def test_the_last_hint_of_a_save_comes_after_its_last_step(linux_desk, save):
    """Whoever looks at a file when its hints have ended sees the whole new text."""
    page = linux_desk.content / "page.md"
    page.write_bytes(b"old")
    linux_desk.watch()
    seen = []

    def hint(path):
        if path == str(page):
            seen.append(page.read_bytes() if page.exists() else None)
        linux_desk.hints.hint(path)

    linux_desk.watcher._on_hint = hint

    SAVES[save](page, b"new text")

    linux_desk.seen_until_now()
    assert b"new text" == seen[-1]


def test_a_save_whose_backup_leaves_the_folder_is_not_held_back(linux_desk):
    """watchdog's observer waits half a second for the other half of the move, and so does all that follows."""
    page = linux_desk.content / "page.md"
    linux_desk.watch()

    def save():
        page.write_bytes(b"old")
        linux_desk.settle()
        started = time.monotonic()
        SAVES["vim_backupdir"](page, b"new text")
        assert linux_desk.hints.wait(page)
        return time.monotonic() - started

    assert fastest(save, 0.25, tries=20) < 0.25


def test_reading_gives_no_hint(desk):
    page = desk.content / "page.md"
    page.write_bytes(b"text")
    desk.watch()
    desk.settle()

    for _ in range(3):
        page.read_bytes()
        os.listdir(desk.content)
        page.stat()
        os.close(os.open(desk.content, os.O_RDONLY))

    assert set() == desk.seen_until_now()


def test_output_and_cache_below_a_watched_folder_give_no_hint(desk):
    site = desk.content.parent
    output, spare = site / "_site", site / ".octavo" / "cache" / "octavo-spare"
    output.mkdir()
    spare.mkdir(parents=True)
    folders = [WatchedFolder(str(site), recursive=True), WatchedFolder(str(desk.content), recursive=True)]
    desk.watch(*folders, ignore=[output])
    desk.settle()

    (output / "a").mkdir()
    (output / "a" / "index.html").write_bytes(b"<p>")
    (spare / "index.html").write_bytes(b"<p>")
    output.rename(site / ".old-output")
    spare.rename(output)

    assert set() == desk.seen_until_now()


def test_version_control_and_hidden_folders_give_no_hint(desk):
    git = desk.content / ".git"
    git.mkdir()
    desk.watch()
    desk.settle()

    (desk.content / "submodule").mkdir()
    assert desk.hints.wait(desk.content / "submodule")
    desk.settle()
    (desk.content / "submodule" / ".git").write_bytes(b"gitdir: elsewhere")
    (git / "index.lock").write_bytes(b"")
    (git / "index.lock").rename(git / "index")
    (desk.content / "node_modules" / "x").mkdir(parents=True)
    (desk.content / "node_modules" / "x" / "index.js").write_bytes(b"")
    (desk.content / ".venv").mkdir()
    (desk.content / ".venv" / "pyvenv.cfg").write_bytes(b"")

    assert set() == desk.seen_until_now()


def test_a_hidden_folder_that_was_asked_for_is_watched(desk):
    git = desk.content.parent / ".git"
    git.mkdir()
    desk.watch(WatchedFolder(str(git), recursive=False), WatchedFolder(str(desk.content), recursive=True))

    (git / "HEAD").write_bytes(b"ref: refs/heads/main")

    assert desk.hints.wait(git / "HEAD")


def test_well_known_files_are_hinted_at(desk):
    desk.watch()
    (desk.content / ".well-known").mkdir()
    assert desk.hints.wait(desk.content / ".well-known")

    (desk.content / ".well-known" / "security.txt").write_bytes(b"")

    assert desk.hints.wait(desk.content / ".well-known" / "security.txt")


def test_a_flat_folder_hints_at_its_own_files_only(desk):
    site = desk.content.parent
    (site / "deep").mkdir()
    desk.watch(WatchedFolder(str(site), recursive=False), WatchedFolder(str(desk.content), recursive=True))
    desk.settle()

    (site / "deep" / "x").write_bytes(b"")
    (site / "site.yaml").write_bytes(b"title: T")

    assert desk.hints.wait(site / "site.yaml")
    assert {str(site / "site.yaml")} == desk.seen_until_now()


def test_a_change_of_permissions_is_hinted_at(desk):
    page = desk.content / "page.md"
    page.write_bytes(b"")
    desk.watch()
    desk.settle()

    page.chmod(0o600)

    assert desk.hints.wait(page)
