"""A watcher over real folders, with what it said."""

import os
import threading

import pytest

from octavo.edges.inotify import InotifyTree
from octavo.edges.observed import ObservedTree
from octavo.edges.watch import Watcher
from octavo.preview.ports import WatchedFolder
from waiting import PATIENCE


class Hints:
    """What a watcher said, and a way to wait for it."""

    def __init__(self):
        self.all = []
        self.notes = []
        self._came = threading.Condition()

    def hint(self, path):
        with self._came:
            self.all.append(path)
            self._came.notify_all()

    def wait(self, path, timeout=PATIENCE):
        """Wait until a path, or None, was hinted at."""
        path = path if path is None else str(path)
        with self._came:
            return self._came.wait_for(lambda: path in self.all, timeout)

    def clear(self):
        with self._came:
            self.all.clear()

    def paths(self):
        with self._came:
            return set(self.all)


class Desk:
    """A folder `site/content` that is watched, and the hints that came."""

    def __init__(self, root, make_tree):
        self.root = root
        self.content = root / "site" / "content"
        self.content.mkdir(parents=True)
        self.hints = Hints()
        self.make_tree = make_tree
        self.watcher = None
        self.marks = 0

    def watch(self, *folders, ignore=()):
        """Watch the content, or these folders; gives what `Watcher.watch` gives."""
        if self.watcher is None:
            self.watcher = Watcher(
                self.hints.hint,
                self.hints.notes.append,
                ignore=[str(path) for path in ignore],
                make_tree=self.make_tree,
            )
        wanted = folders or (WatchedFolder(str(self.content), recursive=True),)
        is_whole = self.watcher.watch(wanted)
        self.hints.clear()
        return is_whole

    def let_all_be_told(self):
        """Wait until all events up to now have been told; the content must be watched."""
        self.marks += 1
        mark = self.content / f"mark {self.marks}"
        mark.write_bytes(b"")
        assert self.hints.wait(mark)

    def settle(self):
        """Forget all events up to now."""
        self.let_all_be_told()
        self.hints.clear()

    def seen_until_now(self):
        """Give every path that was hinted at, once all events up to now have been told."""
        self.let_all_be_told()
        return {path for path in self.hints.paths() if path is None or "/mark " not in path}

    def names_until_now(self):
        return {os.path.basename(path) if path else None for path in self.seen_until_now()}


def observed(listener, descend):
    return ObservedTree(listener)


@pytest.fixture(name="desk", params=[InotifyTree, observed], ids=["inotify", "observer"])
def fixture_desk(request, tmp_path):
    """Watched by either tree."""
    desk = Desk(tmp_path.resolve(), request.param)
    yield desk
    if desk.watcher is not None:
        desk.watcher.close()


@pytest.fixture(name="linux_desk")
def fixture_linux_desk(tmp_path):
    """Watched by the tree that Linux gets."""
    desk = Desk(tmp_path.resolve(), None)
    yield desk
    if desk.watcher is not None:
        desk.watcher.close()
