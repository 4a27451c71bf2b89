"""Folders of Linux, watched one by one: an event is passed on as soon as the kernel has it.

The observer of watchdog holds back the first half of every rename for half a second, in case the second half follows, and
with it all events behind. An editor that moves the old text out of the folder before it writes the new one (Vim with
`backupdir`) would be noticed half a second late. So this module takes the layer of watchdog below that, which reads one
inotify instance in a thread, and does what the observer does besides: it adds watches for new folders and takes them from
those that are moved away. Events that only tell of reading are not asked for.
"""

import errno
import itertools
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

from octavo.edges.contain import is_within

if TYPE_CHECKING:
    from watchdog.observers.inotify_c import CallbackId, InotifyEvent, WatchDescriptor

__all__ = ["LIMITS", "InotifyTree", "Listener"]

LIMITS = frozenset({errno.ENOSPC, errno.EMFILE, errno.ENFILE, errno.ENOMEM})
"""What the system says when it gives no more watches."""


class Listener(Protocol):
    """Who is told; called from the thread that reads the events."""

    def changed(self, path: str, *, is_folder: bool) -> None:
        """Take note that something happened to the file or folder at this absolute path."""

    def lost(self) -> None:
        """Take note that events were lost: folders may be unwatched until `rebuild`."""

    def refused(self, problem: OSError) -> None:
        """Take note that the system gives no watch for a new folder."""


class _Watched(NamedTuple):
    path: str
    ticket: "CallbackId"


class InotifyTree:
    """The folders that are watched, and the thread that reads what happens in them."""

    def __init__(self, listener: Listener, descend: Callable[[str], bool]) -> None:
        """Start; *descend* tells whether a folder below a recursive one is watched. Raises OSError."""
        # Only a preview needs it; every other command starts sooner without.
        from watchdog.observers.inotify_c import CallbackId, InotifyConstants, InotifyFD, Mask  # noqa: PLC0415

        self._listener = listener
        self._descend = descend
        self._tickets = map(CallbackId, itertools.count())
        self._mask = Mask(
            InotifyConstants.IN_ONLYDIR
            | InotifyConstants.IN_EXCL_UNLINK
            | InotifyConstants.IN_MODIFY
            | InotifyConstants.IN_ATTRIB
            | InotifyConstants.IN_CLOSE_WRITE
            | InotifyConstants.IN_CREATE
            | InotifyConstants.IN_DELETE
            | InotifyConstants.IN_MOVE
            | InotifyConstants.IN_DELETE_SELF
            | InotifyConstants.IN_MOVE_SELF
        )
        self._lock = threading.Lock()
        self._watched: dict[WatchDescriptor, _Watched] = {}
        self._descriptors: dict[str, WatchDescriptor] = {}
        self._recursive: set[str] = set()
        self._tops: frozenset[str] = frozenset()
        self._is_closed = False
        self._reader = InotifyFD()
        self._reader.start()

    # ------------------------------------------------------------ for the owner

    def arm(self, folders: Mapping[str, bool]) -> None:
        """Watch exactly these folders; those with True, all below them too.

        A folder that cannot be watched is left out, see `has`. Raises OSError where the system gives no more watches.
        """
        with self._lock:
            self._tops = frozenset(folders)
            deep = [path for path, is_recursive in folders.items() if is_recursive]
            for path in list(self._descriptors):
                is_deep = any(is_within(top, path) for top in deep)
                if not is_deep:
                    self._recursive.discard(path)
                if not is_deep and path not in self._tops:
                    self._forget((path,))
            for path, is_recursive in folders.items():
                self._add(path, is_recursive=is_recursive)

    def rebuild(self, folders: Mapping[str, bool]) -> None:
        """Watch these folders as if nothing had been watched before; raises OSError like `arm`."""
        with self._lock:
            self._forget(tuple(self._descriptors))
        self.arm(folders)

    def has(self, path: str) -> bool:
        """Tell whether a folder is watched."""
        return path in self._descriptors

    def is_alive(self) -> bool:
        """Tell whether events are being read."""
        return self._reader.is_alive()

    def close(self) -> None:
        """Stop, and give all watches back."""
        self._is_closed = True
        self._reader.stop()
        self._reader.join()

    # ------------------------------------------------------------ for watchdog

    def on_event(self, event: "InotifyEvent") -> None:
        """Take one event of the kernel."""
        try:
            self._take(event)
        except Exception as problem:  # noqa: BLE001 - the thread that reads must live on, and a full look heals
            if isinstance(problem, OSError) and problem.errno in LIMITS:
                self._listener.refused(problem)
            else:
                self._listener.lost()

    def on_watch_deleted(self, wd: "WatchDescriptor") -> None:
        """Forget a watch that the kernel has taken back, because its folder is gone."""
        with self._lock:
            watched = self._watched.pop(wd, None)
            if watched is None or self._is_closed:
                return
            self._recursive.discard(watched.path)
            self._descriptors.pop(watched.path, None)
        if watched.path in self._tops:
            self._listener.changed(watched.path, is_folder=True)

    def on_queue_overflow(self) -> None:
        """Pass on that the kernel has dropped events."""
        self._listener.lost()

    # ------------------------------------------------------------ the watches

    def _take(self, event: "InotifyEvent") -> None:
        with self._lock:
            watched = self._watched.get(event.wd)
            if watched is None or self._is_closed:
                return
            folder = watched.path
            path = os.path.join(folder, os.fsdecode(event.name)) if event.name else folder
            if event.name and event.is_directory:
                self._follow(event, folder, path)
        if event.name or folder in self._tops:
            self._listener.changed(path, is_folder=event.is_directory)

    def _follow(self, event: "InotifyEvent", parent: str, folder: str) -> None:
        """Watch a folder that has come, before it is told of; stop watching one that was moved away."""
        if event.is_moved_from and folder in self._descriptors:
            self._forget([known for known in self._descriptors if is_within(folder, known)])
        elif (event.is_create or event.is_moved_to) and parent in self._recursive and self._descend(folder):
            self._add(folder, is_recursive=True)

    def _add(self, top: str, *, is_recursive: bool) -> None:
        pending = [top]
        while pending:
            folder = pending.pop()
            is_known = folder in self._descriptors
            if is_known and (folder in self._recursive or not is_recursive):
                continue
            # Watched before it is listed: what is made in it meanwhile is in the list or is told of.
            if (is_known or self._watch(folder)) and is_recursive:
                self._recursive.add(folder)
                pending += self._below(folder)

    def _watch(self, folder: str) -> bool:
        """Ask for one watch; False where the folder has gone or may not be read."""
        ticket = next(self._tickets)
        try:
            descriptor = self._reader.add_callback(os.fsencode(folder), self._mask, self, ticket)
        except OSError as problem:
            if problem.errno in LIMITS:
                raise
            return False
        if descriptor < 0:
            # watchdog takes a folder that may not be read for a watched one.
            self._reader.remove_callbacks([(descriptor, ticket)])
            return False
        before = self._watched.get(descriptor)
        if before is not None:
            # The same folder under another path: it was moved since it was listed.
            self._reader.remove_callbacks([(descriptor, before.ticket)])
            self._recursive.discard(before.path)
            self._descriptors.pop(before.path, None)
        self._watched[descriptor] = _Watched(folder, ticket)
        self._descriptors[folder] = descriptor
        return True

    def _below(self, folder: str) -> list[str]:
        try:
            with os.scandir(folder) as entries:
                return [
                    entry.path
                    for entry in entries
                    if entry.is_dir(follow_symlinks=False) and self._descend(entry.path)
                ]
        except OSError:
            return []

    def _forget(self, folders: Iterable[str]) -> None:
        for folder in folders:
            descriptor = self._descriptors.pop(folder)
            watched = self._watched.pop(descriptor)
            self._recursive.discard(folder)
            self._reader.remove_callbacks([(descriptor, watched.ticket)])
