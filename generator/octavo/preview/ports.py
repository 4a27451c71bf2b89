"""What the preview asks of the world, besides what a build asks."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from octavo.engine.ports import Workspace

__all__ = ["FileWatcher", "LiveWorkspace", "WatchedFolder"]


class WatchedFolder(NamedTuple):
    """A folder whose files are to be hinted at, those of the folders below too where it is *recursive*."""

    path: str
    """Absolute."""
    recursive: bool


class LiveWorkspace(Workspace, Protocol):
    """The files of a site, looked at again and again: where it was told what changed, it looks there alone."""

    @property
    def held_until(self) -> float | None:
        """When to look again at a file that is empty or gone just now and may come back (monotonic seconds)."""
        ...

    @property
    def last_full_scan_seconds(self) -> float:
        """How long it took to look at everything."""
        ...

    def hint(self, path: str | None) -> None:
        """Remember that a file (absolute), or anything, may have changed; may be called from any thread."""
        ...

    def verify(self) -> bool | None:
        """Look at everything: True where something is not as it is known, None where a hint cut it short."""
        ...

    @property
    def linked_folders(self) -> tuple[WatchedFolder, ...]:
        """The real folders outside the content folder that links in it lead to."""
        ...


class FileWatcher(Protocol):
    """Gives hints."""

    def watch(self, folders: Sequence[WatchedFolder]) -> bool:
        """Watch these folders and no others; False where the system does not let us."""
        ...

    def check(self) -> None:
        """Mend what has stopped watching."""
        ...


Note = Callable[[str], None]
