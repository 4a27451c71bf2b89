"""Folders watched by watchdog's own observer, for systems other than Linux: they report whole trees at once."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from octavo.edges.inotify import Listener

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import ObservedWatch

__all__ = ["ObservedTree"]

_ONLY_READ = frozenset({"opened", "closed_no_write"})


class ObservedTree:
    """The same folders as `octavo.edges.inotify.InotifyTree` watches, through the observer of this system."""

    def __init__(self, listener: Listener) -> None:
        """Start; raises OSError."""
        from watchdog.events import FileSystemEventHandler  # noqa: PLC0415 - only a preview needs it
        from watchdog.observers import Observer  # noqa: PLC0415 - the same

        class Handler(FileSystemEventHandler):
            """Passes every event on that may tell of a change."""

            def dispatch(self, event: "FileSystemEvent") -> None:
                if event.event_type in _ONLY_READ or (event.is_directory and event.event_type == "modified"):
                    return
                for path in (event.src_path, event.dest_path):
                    if path:
                        listener.changed(str(path), is_folder=event.is_directory)

        class Complaints(logging.Handler):
            """Takes the log of watchdog for what it is: the only sign that events were lost."""

            def emit(self, record: logging.LogRecord) -> None:
                if record.exc_info or "overflow" in record.getMessage():
                    listener.lost()

        self._handler = Handler()
        self._complaints = Complaints(logging.WARNING)
        self._watches: dict[str, ObservedWatch] = {}
        self._observer = Observer()
        logging.getLogger("watchdog").addHandler(self._complaints)
        self._observer.start()

    def arm(self, folders: Mapping[str, bool]) -> None:
        """Watch exactly these folders; those with True, all below them too. Raises OSError."""
        for path, watch in list(self._watches.items()):
            if folders.get(path) != watch.is_recursive or not self.has(path):
                self._observer.unschedule(watch)
                del self._watches[path]
        for path, is_recursive in folders.items():
            if path not in self._watches:
                try:
                    watch = self._observer.schedule(self._handler, path, recursive=is_recursive)
                except (FileNotFoundError, NotADirectoryError, PermissionError):
                    continue
                self._watches[path] = watch

    def rebuild(self, folders: Mapping[str, bool]) -> None:
        """Watch these folders as if nothing had been watched before; raises OSError like `arm`."""
        self._observer.unschedule_all()
        self._watches.clear()
        self.arm(folders)

    def has(self, path: str) -> bool:
        """Tell whether a folder is watched, by a thread that is alive."""
        watch = self._watches.get(path)
        return any(emitter.watch == watch and emitter.is_alive() for emitter in self._observer.emitters)

    def is_alive(self) -> bool:
        """Tell whether events are being passed on."""
        return self._observer.is_alive()

    def close(self) -> None:
        """Stop, and give all watches back."""
        logging.getLogger("watchdog").removeHandler(self._complaints)
        self._observer.stop()
        self._observer.join()
