"""WA-07, WA-08, WA-16: folders that come, go, move and return are watched as what they are now."""

import os
import shutil

import pytest

from octavo.edges.hinted import HintedWorkspace
from octavo.edges.workspace import DiskWorkspace
from octavo.preview.ports import WatchedFolder
from waiting import wait_until

# watchdog's own observer may register a new folder twice, and only warns of it.
pytestmark = pytest.mark.filterwarnings("ignore:Callback with id:RuntimeWarning")


def recursive(path):
    return WatchedFolder(str(path), recursive=True)


def test_folders_made_at_once_with_a_file_are_hinted_at_and_watched(desk):
    desk.watch()
    desk.settle()
    deep = desk.content / "a" / "b" / "c"

    deep.mkdir(parents=True)
    (deep / "page.md").write_bytes(b"")

    assert desk.hints.wait(desk.content / "a")
    desk.settle()
    (deep / "page.md").write_bytes(b"again")
    assert desk.hints.wait(deep / "page.md")


def test_a_folder_moved_in_is_hinted_at_and_watched(desk):
    made = desk.root / "made"
    (made / "inner").mkdir(parents=True)
    desk.watch()
    desk.settle()

    made.rename(desk.content / "made")

    assert desk.hints.wait(desk.content / "made")
    desk.settle()
    (desk.content / "made" / "inner" / "page.md").write_bytes(b"")
    assert desk.hints.wait(desk.content / "made" / "inner" / "page.md")


def test_a_folder_moved_out_is_hinted_at_and_left_alone(linux_desk):
    desk = linux_desk
    (desk.content / "part" / "inner").mkdir(parents=True)
    desk.watch()
    desk.settle()

    (desk.content / "part").rename(desk.root / "part")

    assert desk.hints.wait(desk.content / "part")
    desk.settle()
    (desk.root / "part" / "inner" / "page.md").write_bytes(b"")
    (desk.root / "part" / "page.md").write_bytes(b"")
    assert set() == desk.seen_until_now()


def test_a_folder_moved_within_is_watched_under_its_new_name(desk):
    (desk.content / "old" / "inner").mkdir(parents=True)
    desk.watch()
    desk.settle()

    (desk.content / "old").rename(desk.content / "new")

    assert desk.hints.wait(desk.content / "old")
    assert desk.hints.wait(desk.content / "new")
    desk.settle()
    (desk.content / "new" / "inner" / "page.md").write_bytes(b"")
    assert desk.hints.wait(desk.content / "new" / "inner" / "page.md")
    assert {str(desk.content / "new" / "inner" / "page.md")} == desk.seen_until_now()


def test_a_removed_folder_is_hinted_at_and_watched_when_it_is_made_again(desk):
    (desk.content / "part").mkdir()
    desk.watch()
    desk.settle()

    shutil.rmtree(desk.content / "part")
    (desk.content / "part").mkdir()

    assert desk.hints.wait(desk.content / "part")
    desk.settle()
    (desk.content / "part" / "page.md").write_bytes(b"")
    assert desk.hints.wait(desk.content / "part" / "page.md")


def test_a_root_that_is_deleted_and_made_again_is_watched_after_one_check(desk):
    """watchdog's own observer never notices: its thread ends, and it says that it is alive."""
    desk.watch()
    for _ in range(2):
        desk.settle()
        shutil.rmtree(desk.content)
        assert desk.hints.wait(None)
        desk.watcher.check()
        desk.content.mkdir()
        desk.hints.clear()

        desk.watcher.check()

        assert [None] == [path for path in desk.hints.all if path is None][:1]
        assert desk.watcher.is_whole
        (desk.content / "page.md").write_bytes(b"")
        assert desk.hints.wait(desk.content / "page.md")
    assert 1 == len(desk.hints.notes)
    assert "is watched again" in desk.hints.notes[0]


def test_a_root_that_is_deleted_and_made_again_between_two_checks_is_watched(desk):
    """The new folder may have the inode of the old one: then only the end of the old watch tells, a moment later."""
    desk.watch()
    desk.settle()
    shutil.rmtree(desk.content)
    desk.content.mkdir()
    assert desk.hints.wait(None)

    def is_told_after_a_check():
        desk.watcher.check()
        (desk.content / "page.md").write_bytes(b"")
        return str(desk.content / "page.md") in desk.hints.paths()

    wait_until(is_told_after_a_check)


def test_a_root_that_is_exchanged_for_another_folder_is_watched_after_one_check(desk):
    other = desk.content.parent / "other"
    other.mkdir()
    desk.watch()
    desk.settle()
    desk.content.rename(desk.root / "away")
    other.rename(desk.content)
    assert desk.hints.wait(None)

    desk.watcher.check()
    desk.hints.clear()

    (desk.content / "page.md").write_bytes(b"")
    assert desk.hints.wait(desk.content / "page.md")
    (desk.root / "away" / "old.md").write_bytes(b"")
    assert "old.md" not in desk.names_until_now()


def test_the_return_of_a_root_gives_a_hint_before_any_check(desk):
    desk.watch()
    desk.settle()
    shutil.rmtree(desk.content)
    assert desk.hints.wait(None)
    desk.watcher.check()
    desk.hints.clear()

    desk.content.mkdir()

    assert desk.hints.wait(None)


def test_a_site_folder_that_is_deleted_with_its_root_is_found_again(desk):
    desk.watch()
    desk.settle()
    shutil.rmtree(desk.root / "site")
    assert desk.hints.wait(None)
    desk.watcher.check()
    desk.hints.clear()

    desk.content.mkdir(parents=True)

    assert desk.hints.wait(None)
    desk.watcher.check()
    (desk.content / "page.md").write_bytes(b"")
    assert desk.hints.wait(desk.content / "page.md")


def test_a_folder_that_does_not_exist_is_waited_for(desk):
    theme = desk.content.parent / "look" / "theme"
    assert desk.watch(recursive(desk.content), recursive(theme))
    desk.settle()

    theme.mkdir(parents=True)

    assert desk.hints.wait(None)
    desk.watcher.check()
    (theme / "base.html").write_bytes(b"")
    assert desk.hints.wait(theme / "base.html")
    assert [] == desk.hints.notes


def test_another_set_of_folders_takes_the_place_of_the_first(desk):
    first, second = desk.root / "first", desk.root / "second"
    (first / "inner").mkdir(parents=True)
    (second / "inner").mkdir(parents=True)
    desk.watch(recursive(desk.content), recursive(first))
    desk.settle()

    assert desk.watch(recursive(desk.content), recursive(second))

    assert not desk.watcher._tree.has(str(first))
    assert not desk.watcher._tree.has(str(first / "inner"))
    (first / "inner" / "a.md").write_bytes(b"")
    (second / "inner" / "b.md").write_bytes(b"")
    assert desk.hints.wait(second / "inner" / "b.md")
    assert {"b.md"} == desk.names_until_now()


def test_folders_that_are_new_to_the_watch_may_have_changed_before(linux_desk):
    desk = linux_desk
    other = desk.root / "other"
    other.mkdir()
    desk.watch()

    desk.watcher.watch([recursive(desk.content), recursive(other)])
    assert [None] == desk.hints.all
    desk.watcher.watch([recursive(desk.content), recursive(other)])
    desk.watcher.watch([recursive(desk.content)])

    assert [None] == desk.hints.all


def test_a_root_that_was_replaced_before_another_set_was_asked_for_is_watched(desk):
    other = desk.content.parent / "other"
    other.mkdir()
    desk.watch()
    desk.settle()
    desk.content.rename(desk.root / "away")
    other.rename(desk.content)

    assert desk.watch(recursive(desk.content), recursive(desk.root / "more"))

    (desk.content / "page.md").write_bytes(b"")
    assert desk.hints.wait(desk.content / "page.md")


def test_a_recursive_folder_can_become_a_flat_one_and_back(desk):
    inner = desk.root / "first" / "inner"
    inner.mkdir(parents=True)
    flat = WatchedFolder(str(inner.parent), recursive=False)
    desk.watch(recursive(desk.content), recursive(inner.parent))
    desk.watch(recursive(desk.content), flat)
    desk.settle()
    (inner / "a.md").write_bytes(b"")
    assert set() == desk.seen_until_now()

    desk.watch(recursive(desk.content), recursive(inner.parent))

    (inner / "b.md").write_bytes(b"")
    assert desk.hints.wait(inner / "b.md")


def test_a_root_behind_a_link_is_hinted_at_by_its_real_path(desk):
    link = desk.content.parent / "link"
    os.symlink(desk.content, link)
    desk.watch(recursive(link))

    (link / "page.md").write_bytes(b"")

    assert desk.hints.wait(desk.content / "page.md")


def test_a_root_whose_link_leads_elsewhere_now_is_watched_there_after_one_check(desk):
    link, other = desk.content.parent / "link", desk.root / "other"
    other.mkdir()
    os.symlink(desk.content, link)
    desk.watch(recursive(link), recursive(desk.content))
    desk.settle()
    os.symlink(other, desk.root / "new-link")
    os.replace(desk.root / "new-link", link)
    assert desk.hints.wait(None)

    desk.watcher.check()

    (other / "page.md").write_bytes(b"")
    assert desk.hints.wait(other / "page.md")


def test_what_links_in_the_content_lead_to_is_named_watched_and_scanned(linux_desk):
    desk = linux_desk
    shared, files = desk.content.parent / "shared", desk.content.parent / "files"
    (shared / "inner").mkdir(parents=True)
    files.mkdir()
    (shared / "inner" / "a.md").write_bytes(b"old")
    (files / "b.md").write_bytes(b"old")
    os.symlink(shared, desk.content / "linked")
    os.symlink(files / "b.md", desk.content / "b.md")
    workspace = HintedWorkspace(DiskWorkspace(str(desk.content.parent)))
    before = workspace.scan_content("content", {}, 0, ())

    linked = workspace.linked_folders
    desk.watch(recursive(desk.content), *linked)

    assert [(str(files), False), (str(shared), True)] == sorted(linked)
    for path, key in ((shared / "inner" / "a.md", "linked/inner/a.md"), (files / "b.md", "b.md")):
        path.write_bytes(b"new text")
        assert desk.hints.wait(path)
        workspace.hint(str(path))
        after = workspace.scan_content("content", {}, 0, ())
        assert before.stamps[key].digest != after.stamps[key].digest
