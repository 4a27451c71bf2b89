"""Hints at files that may have changed, from the events of the operating system.

Events are hints to wake up and to look; what has changed is found by looking. They come late or never on some file
systems, are dropped when there are too many, and end when a folder is replaced by another of the same name. So whoever
listens compares everything now and then, and is told by None when anything may have happened.
"""

import errno
import os
import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from octavo.edges.contain import is_within
from octavo.edges.inotify import InotifyTree, Listener
from octavo.edges.names import display_name, is_junk
from octavo.edges.observed import ObservedTree
from octavo.preview.ports import WatchedFolder

__all__ = ["FolderTree", "Watcher"]

_NEVER = frozenset({".git", ".hg", ".svn", ".octavo"})
_SETTINGS = "/proc/sys/fs/inotify/"


class FolderTree(Protocol):
    """What watches folders: `InotifyTree`, `ObservedTree`, or a test's own."""

    def arm(self, folders: Mapping[str, bool]) -> None:
        """Watch exactly these; raises OSError where the system gives no more watches."""

    def rebuild(self, folders: Mapping[str, bool]) -> None:
        """Watch these as if nothing had been watched before."""

    def has(self, path: str) -> bool:
        """Tell whether a folder is watched."""
        ...

    def is_alive(self) -> bool:
        """Tell whether events are being read."""
        ...

    def close(self) -> None:
        """Stop."""


class _Plan(NamedTuple):
    """What to watch for the folders that were asked for, as the disk is now."""

    arm: dict[str, bool]
    roots: dict[str, bool]
    """Those of the folders that exist, by real path; True for recursive ones."""
    doors: frozenset[str]
    """Paths whose appearance or end makes another plan."""
    identities: dict[str, tuple[str, int, int] | None]
    """Real path, device and inode of every folder that was asked for, None where there is none."""


class Watcher:
    """The folders of a preview, watched for as long as it lives.

    Args:
        on_hint: told the absolute path, free of links, of a file or folder that may have changed; None where anything may
            have. Called from other threads, also for one save several times.
        on_note: told in a sentence what the person at the terminal should know.
        ignore: absolute paths of folders that never give a hint, such as the output folder.
        make_tree: what watches, for tests.

    Junk of editors, the insides of version control, `.octavo` and hidden folders give no hint, nor does reading.
    `watch`, `check` and `close` belong to one thread.

    """

    def __init__(
        self,
        on_hint: Callable[[str | None], None],
        on_note: Callable[[str], None],
        *,
        ignore: Sequence[str] = (),
        make_tree: Callable[[Listener, Callable[[str], bool]], FolderTree] | None = None,
    ) -> None:
        self._on_hint = on_hint
        self._on_note = on_note
        self._ignored = tuple(os.path.realpath(path) for path in ignore)
        self._make_tree = make_tree or _make_tree
        self._tree: FolderTree | None = None
        self._folders: tuple[WatchedFolder, ...] = ()
        self._plan = _Plan({}, {}, frozenset(), {})
        self._unwatched: frozenset[str] = frozenset()
        self._seen: set[str] = set()
        self._noted: set[str] = set()
        self._is_lost = False
        self._refusal: OSError | None = None

    # ------------------------------------------------------------ for the owner

    @property
    def is_whole(self) -> bool:
        """True while every folder that was asked for and exists is watched; poll where it is not."""
        tree = self._tree
        return tree is not None and self._refusal is None and self._unwatched.isdisjoint(self._plan.roots)

    def watch(self, folders: Sequence[WatchedFolder]) -> bool:
        """Watch exactly these folders; the same again costs next to nothing. Gives `is_whole`.

        A folder that does not exist is waited for. Where folders are watched that were not before, a hint of None follows:
        their files may have changed since somebody looked.
        """
        wanted = tuple(folders)
        if wanted != self._folders:
            before = self._plan.identities
            self._folders = wanted
            self._refusal = None
            self._follow(self._draw_up())
            if not self._plan.identities.items() <= before.items():
                self._on_hint(None)
        return self.is_whole

    def check(self) -> None:
        """Mend what has broken: to be called about once a second, and after every hint of None.

        A folder that was replaced or has appeared is watched again, lost events lead to a new look at all folders, and a
        thread that has died is started anew. Each gives a hint of None once the watches stand.
        """
        tree = self._tree
        if tree is None:
            return
        if self._refusal is not None:
            self._give_up(self._refusal)
            return
        before, plan = self._plan, self._draw_up()
        is_broken = any(not tree.has(path) for path in plan.arm.keys() - self._unwatched)
        if not tree.is_alive():
            self._note("dead", "the watch on files had stopped, and was started again")
            tree.close()
            self._tree = None
        elif self._is_lost:
            self._note(
                "lost",
                "some changes were not reported, as happens when very many files change at once: all are looked at",
            )
            self._is_lost = False
            tree.rebuild({})
        elif plan != before or is_broken:
            self._note_returns(before, plan, tree)
        elif not self._unwatched or not self._can_watch_more(tree, plan):
            return
        self._follow(plan)
        self._on_hint(None)

    def close(self) -> None:
        """Give all watches back; no hint comes after."""
        tree, self._tree = self._tree, None
        if tree is not None:
            tree.close()

    # ------------------------------------------------------------ for the tree, from its thread

    def changed(self, path: str, *, is_folder: bool) -> None:
        """Give a hint, if this path is any business of ours."""
        plan = self._plan
        if path in plan.doors or any(is_within(path, root) for root in plan.roots):
            self._on_hint(None)
        elif self._is_wanted(path, plan.roots, is_folder=is_folder):
            self._on_hint(path)

    def lost(self) -> None:
        """Have all folders looked at by the next `check`."""
        self._is_lost = True
        self._on_hint(None)

    def refused(self, problem: OSError) -> None:
        """Have the watch given up by the next `check`."""
        self._refusal = problem
        self._on_hint(None)

    # ------------------------------------------------------------ how it is done

    def _draw_up(self) -> _Plan:
        arm: dict[str, bool] = {}
        roots: dict[str, bool] = {}
        doors: set[str] = set()
        identities: dict[str, tuple[str, int, int] | None] = {}
        for asked in self._folders:
            path = os.path.abspath(asked.path)
            identity = identities[path] = _identity(path)
            if identity is None:
                outer = name = path
                while not os.path.isdir(outer):
                    outer, name = os.path.split(outer)
                outside = {os.path.join(os.path.realpath(outer), name)}
            else:
                real = identity[0]
                arm[real] = roots[real] = roots.get(real, False) or asked.recursive
                folder, name = os.path.split(path)
                outside = {real, os.path.join(os.path.realpath(folder), name)}
            doors |= outside
            for door in outside:
                arm.setdefault(os.path.dirname(door), False)
        return _Plan(arm, roots, frozenset(doors), identities)

    def _follow(self, plan: _Plan) -> None:
        # Events that come while folders are being added are judged by the new plan already.
        before, self._plan = self._plan.identities, plan
        is_other = any(before.get(path, identity) != identity for path, identity in plan.identities.items())
        try:
            if self._tree is None:
                self._tree = self._make_tree(self, self._descend)
            # Under the path of a folder that was replaced, the old one may still be watched.
            (self._tree.rebuild if is_other else self._tree.arm)(plan.arm)
        except OSError as problem:
            self._give_up(problem)
            return
        tree = self._tree
        self._unwatched = frozenset(path for path in plan.arm if not tree.has(path))
        self._seen.update(path for path, identity in plan.identities.items() if identity is not None)

    def _can_watch_more(self, tree: FolderTree, plan: _Plan) -> bool:
        try:
            tree.arm(plan.arm)
        except OSError as problem:
            self._give_up(problem)
            return False
        return any(tree.has(path) for path in self._unwatched)

    def _give_up(self, problem: OSError) -> None:
        self.close()
        self._refusal = problem
        self._note(f"refused {problem.errno}", _refusal_text(problem))
        self._on_hint(None)

    def _note_returns(self, before: _Plan, plan: _Plan, tree: FolderTree) -> None:
        for path, identity in plan.identities.items():
            if identity is None or path not in self._seen:
                continue
            if before.identities.get(path) != identity or not tree.has(identity[0]):
                self._note(
                    f"back {path}", f"`{display_name(path)}` is another folder now, and is watched again"
                )

    def _note(self, about: str, text: str) -> None:
        if about not in self._noted:
            self._noted.add(about)
            self._on_note(text)

    def _descend(self, folder: str) -> bool:
        return not _is_skipped(os.path.basename(folder), is_folder=True) and folder not in self._ignored

    def _is_wanted(self, path: str, roots: Mapping[str, bool], *, is_folder: bool) -> bool:
        if any(is_within(folder, path) for folder in self._ignored):
            return False
        for root, is_recursive in roots.items():
            if is_within(root, path):
                *folders, name = path[len(root) :].lstrip(os.sep).split(os.sep)
                if (
                    (is_recursive or not folders)
                    and not _is_skipped(name, is_folder=is_folder)
                    and not any(_is_skipped(folder, is_folder=True) for folder in folders)
                ):
                    return True
        return False


def _is_skipped(name: str, *, is_folder: bool) -> bool:
    """Tell whether no hint is to be given for a name, or for anything below it."""
    return is_junk(name) or name in _NEVER or (is_folder and name[0] == "." and name != ".well-known")


def _identity(path: str) -> tuple[str, int, int] | None:
    """Give the real path, the device and the inode of a folder; None where there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return (os.path.realpath(path), status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None


def _make_tree(listener: Listener, descend: Callable[[str], bool]) -> FolderTree:
    if sys.platform.startswith("linux"):
        try:
            return InotifyTree(listener, descend)
        except ImportError:
            # Another version of watchdog has not this layer; its observer is slower only after some renames.
            pass
    return ObservedTree(listener)


def _refusal_text(problem: OSError) -> str:
    """Say why the system gives no watches, and what to do."""
    name = {errno.ENOSPC: "max_user_watches", errno.EMFILE: "max_user_instances"}.get(problem.errno or 0, "")
    if not name or (problem.errno == errno.EMFILE and not _can_open()):
        hint = "; raise the limit of open files (`ulimit -n`)" if problem.errno == errno.EMFILE else ""
        return f"files cannot be watched: {problem.strerror}; they are polled instead{hint}"
    try:
        with open(_SETTINGS + name, encoding="ascii") as file:
            now = int(file.read())
    except (OSError, ValueError):
        now = 0
    better = max(524_288 if problem.errno == errno.ENOSPC else 1024, now * 4)
    limit = f" of {now}" if now else ""
    return (
        f"not all files can be watched, so they are polled: the inotify limit `{name}`{limit} is used up, which has nothing "
        f"to do with space on the disk; raise it by `sudo sysctl fs.inotify.{name}={better}` and start again"
    )


def _can_open() -> bool:
    """Tell whether this process may still open files: inotify says the same of its own limit."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return False
    return True
