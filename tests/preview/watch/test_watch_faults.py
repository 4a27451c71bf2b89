"""WA-06, WA-08, WA-09, WA-17: lost events, used-up limits and dead threads cost speed, never a change."""

import errno
import os
import resource
import shutil
import subprocess
import sys
import threading

import pytest
from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent, Watch

from octavo.edges.inotify import InotifyTree
from octavo.edges.watch import Watcher
from octavo.preview.ports import WatchedFolder
from waiting import PATIENCE, LeftBehind


class FakeTree:
    """A tree that counts, and refuses what it is told to refuse."""

    def __init__(self, refusal=None):
        self.refusal = refusal
        self.armed = []
        self.is_closed = False

    def arm(self, folders):
        if self.refusal is not None:
            raise OSError(self.refusal, os.strerror(self.refusal))
        self.armed.append(dict(folders))

    def rebuild(self, folders):
        self.armed.append(dict(folders))

    def has(self, _):
        return True

    def is_alive(self):
        return True

    def close(self):
        self.is_closed = True


def fill_the_queue(folder):
    """Make more events than the kernel keeps and the reader takes at once; equal ones in a row would count as one."""
    with open("/proc/sys/fs/inotify/max_queued_events", encoding="ascii") as file:
        room = int(file.read())
    paths = [os.path.join(folder, name) for name in ("one", "two")]
    for path in paths:
        with open(path, "wb"):
            pass
    for _ in range(room // 2 + 3000):
        for path in paths:
            os.utime(path)


def test_a_real_overflow_of_the_queue_is_told_and_nothing_stays_unwatched(linux_desk):
    desk = linux_desk
    is_blocked = threading.Event()
    desk.watch()
    hint = desk.watcher._on_hint

    def slow(path):
        hint(path)
        is_blocked.wait(PATIENCE)

    desk.watcher._on_hint = slow
    try:
        fill_the_queue(desk.content)
        (desk.content / "made" / "unseen").mkdir(parents=True)
    finally:
        is_blocked.set()

    assert desk.hints.wait(None)
    desk.hints.clear()
    desk.watcher.check()
    assert None in desk.hints.paths()
    (desk.content / "made" / "unseen" / "page.md").write_bytes(b"")
    assert desk.hints.wait(desk.content / "made" / "unseen" / "page.md")
    assert [True] == ["were not reported" in note for note in desk.hints.notes]


def test_an_overflow_is_healed_by_one_check_and_noted_once(desk):
    desk.watch()
    overflow = InotifyEvent(-1, InotifyConstants.IN_Q_OVERFLOW, 0, b"")
    tree = desk.watcher._tree
    reader = tree._reader if hasattr(tree, "_reader") else tree._observer._inotify_fd

    for _ in range(3):
        desk.hints.clear()
        reader.handle_event(overflow)
        assert desk.hints.wait(None)
        desk.hints.clear()
        desk.watcher.check()
        assert desk.hints.wait(None)
        desk.hints.clear()
        desk.watcher.check()
        assert None not in desk.hints.paths()

    assert 1 == len(desk.hints.notes)
    (desk.content / "page.md").write_bytes(b"")
    assert desk.hints.wait(desk.content / "page.md")


@pytest.mark.parametrize(
    ("refusal", "setting"),
    [(errno.ENOSPC, "max_user_watches"), (errno.EMFILE, "max_user_instances")],
)
def test_a_used_up_limit_is_named_with_its_cure(tmp_path, refusal, setting):
    notes, hints, tree = [], [], FakeTree(refusal)
    watcher = Watcher(hints.append, notes.append, make_tree=lambda *_: tree)

    assert not watcher.watch([WatchedFolder(str(tmp_path), recursive=True)])

    assert 1 == len(notes)
    assert f"`sudo sysctl fs.inotify.{setting}=" in notes[0]
    assert "nothing to do with space on the disk" in notes[0]
    assert "polled" in notes[0]
    assert tree.is_closed
    watcher.check()
    assert not watcher.watch([WatchedFolder(str(tmp_path), recursive=True)])
    assert 1 == len(notes)


def test_a_cure_is_larger_than_the_limit(tmp_path):
    notes = []
    tree = FakeTree(errno.ENOSPC)
    Watcher(print, notes.append, make_tree=lambda *_: tree).watch(
        [WatchedFolder(str(tmp_path), recursive=True)]
    )
    with open("/proc/sys/fs/inotify/max_user_watches", encoding="ascii") as file:
        limit = int(file.read())

    assert f"`max_user_watches` of {limit} " in notes[0]
    assert int(notes[0].partition("max_user_watches=")[2].partition("`")[0]) > limit


def test_other_folders_after_a_refusal_are_tried_again(tmp_path):
    trees = [FakeTree(errno.ENOSPC), FakeTree()]
    watcher = Watcher(print, print, make_tree=lambda *_: trees.pop(0))
    assert not watcher.watch([WatchedFolder(str(tmp_path), recursive=True)])

    assert watcher.watch([WatchedFolder(str(tmp_path), recursive=False)])


def test_no_more_open_files_is_not_called_a_limit_of_inotify(linux_desk):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))
    try:
        assert not linux_desk.watch()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert "ulimit -n" in linux_desk.hints.notes[0]
    assert "sysctl" not in linux_desk.hints.notes[0]


REAL_LIMIT = """
import os, sys, time
with open("/proc/sys/user/max_inotify_watches", "w") as file:
    file.write("6")
from octavo.edges.watch import Watcher
from octavo.preview.ports import WatchedFolder
hints, notes = [], []
watcher = Watcher(hints.append, notes.append)
print(watcher.watch([WatchedFolder(sys.argv[1], recursive=True)]))
for number in range(20):
    os.mkdir(os.path.join(sys.argv[1], str(number)))
while not watcher._refusal:
    time.sleep(0.01)
watcher.check()
print(watcher.is_whole, None in hints, *notes)
print(watcher.watch([WatchedFolder(sys.argv[1], recursive=True), WatchedFolder("/", recursive=False)]))
"""


def test_a_real_limit_met_by_new_folders_is_told(tmp_path):
    """In a user namespace of its own, whose limit is its own too."""
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare")
    command = ["unshare", "--user", "--map-root-user", sys.executable, "-c", REAL_LIMIT, str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    if "unshare" in run.stderr or "max_inotify_watches" in run.stderr:
        pytest.skip("this system lets nobody make a user namespace")

    first, second, third = run.stdout.splitlines()
    assert "True" == first
    assert second.startswith("False True not all files can be watched")
    assert "max_user_watches" in second
    assert "False" == third
    assert "" == run.stderr


def test_a_new_folder_that_gets_no_watch_ends_the_watch(linux_desk):
    desk = linux_desk
    desk.watch()

    def refuse(*arguments):
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    desk.watcher._tree._reader.add_callback = refuse
    (desk.content / "new").mkdir()
    assert desk.hints.wait(None)
    assert not desk.watcher.is_whole

    desk.watcher.check()

    assert "max_user_watches" in desk.hints.notes[0]
    assert not desk.watch()


def test_a_dead_thread_is_replaced_by_one_check(desk):
    desk.watch()
    tree = desk.watcher._tree
    thread = tree._reader if hasattr(tree, "_reader") else tree._observer
    thread.stop()
    thread.join()
    desk.hints.clear()

    desk.watcher.check()

    assert None in desk.hints.paths()
    assert ["the watch on files had stopped, and was started again"] == desk.hints.notes
    (desk.content / "page.md").write_bytes(b"")
    assert desk.hints.wait(desk.content / "page.md")


def test_whatever_a_listener_raises_the_watch_goes_on(linux_desk):
    desk = linux_desk
    desk.watch()
    hint = desk.watcher._on_hint

    def fail(path):
        hint(path)
        if path is not None:
            raise RuntimeError

    desk.watcher._on_hint = fail
    (desk.content / "first.md").write_bytes(b"")
    assert desk.hints.wait(desk.content / "first.md")

    (desk.content / "second.md").write_bytes(b"")

    assert desk.hints.wait(desk.content / "second.md")
    assert desk.hints.wait(None)


def test_a_folder_that_may_not_be_watched_leaves_the_watch_not_whole_until_it_may(linux_desk):
    desk = linux_desk
    tree_add = None
    desk.watch()
    reader = desk.watcher._tree._reader
    tree_add = reader.add_callback
    other = desk.root / "other"
    other.mkdir()

    def refuse(path, *arguments):
        if path == os.fsencode(other):
            raise PermissionError(errno.EACCES, "Permission denied")
        return tree_add(path, *arguments)

    reader.add_callback = refuse
    folders = [WatchedFolder(str(desk.content), recursive=True), WatchedFolder(str(other), recursive=True)]
    assert not desk.watch(*folders)
    (desk.content / "page.md").write_bytes(b"")
    assert desk.hints.wait(desk.content / "page.md")
    reader.add_callback = tree_add
    desk.hints.clear()

    desk.watcher.check()

    assert None in desk.hints.paths()
    assert desk.watcher.is_whole
    (other / "page.md").write_bytes(b"")
    assert desk.hints.wait(other / "page.md")


def test_a_folder_that_watchdog_takes_for_watched_though_it_may_not_be_read_is_not(linux_desk):
    """For EACCES it gives the descriptor -1 and says nothing."""
    desk = linux_desk
    other = desk.root / "other"
    other.mkdir()
    desk.watch()
    reader = desk.watcher._tree._reader
    create = reader._get_or_create_watch

    def refuse(path, mask):
        if path == os.fsencode(other):
            reader._watch_for_wd[-1] = Watch(-1, mask, path)
            return reader._watch_for_wd[-1]
        return create(path, mask)

    reader._get_or_create_watch = refuse

    assert not desk.watch(*[WatchedFolder(str(path), recursive=True) for path in (desk.content, other)])
    assert -1 not in reader._watch_for_wd


def test_a_folder_known_by_two_paths_is_told_of_once(tmp_path):
    told = []
    came = threading.Event()

    class Listener:
        def changed(self, path, **_):
            told.append(path)
            came.set()

    (tmp_path / "folder").mkdir()
    os.symlink(tmp_path / "folder", tmp_path / "other")
    tree = InotifyTree(Listener(), lambda _: True)
    tree.arm({str(tmp_path / "folder"): False, str(tmp_path / "other"): False})
    os.mkdir(tmp_path / "folder" / "new")
    assert came.wait(PATIENCE)
    tree.close()

    assert [str(tmp_path / "other" / "new")] == told
    assert not tree.has(str(tmp_path / "folder"))


def test_watching_the_same_folders_again_asks_the_system_nothing(tmp_path):
    tree = FakeTree()
    watcher = Watcher(print, print, make_tree=lambda *_: tree)
    for _ in range(5):
        assert watcher.watch([WatchedFolder(str(tmp_path), recursive=True)])
        watcher.check()

    assert 1 == len(tree.armed)


def test_a_closed_watcher_leaves_no_thread_and_no_file_open(desk):
    desk.watch()
    desk.watcher.close()
    left = LeftBehind()
    for _ in range(10):
        desk.watcher = None
        desk.watch()
        (desk.content / "page.md").write_bytes(b"")
        assert desk.hints.wait(desk.content / "page.md")
        desk.watcher.close()
        desk.watcher.close()
        desk.watcher.check()
        desk.hints.clear()

    assert ([], []) == (left.threads(), left.files())
    (desk.content / "late.md").write_bytes(b"")
    assert set() == desk.hints.paths()


def test_many_folders_that_come_and_go_leave_no_more_watches_than_folders(linux_desk):
    desk = linux_desk
    desk.watch()
    before = len(desk.watcher._tree._watched)
    for number in range(500):
        folder = desk.content / f"folder {number}"
        (folder / "inner").mkdir(parents=True)
        (folder / "inner" / "page.md").write_bytes(b"")
        folder.rename(desk.content / "moved")
        shutil.rmtree(desk.content / "moved")
    desk.settle()
    tree = desk.watcher._tree

    assert before == len(tree._watched) == len(tree._descriptors) == len(tree._reader._watch_for_wd)
    assert {str(desk.content)} == tree._recursive
