"""Watches folders."""

from typing import NamedTuple


class WatchedFolder(NamedTuple):
    """A folder whose files are to be hinted at."""

    path: str
    recursive: bool
