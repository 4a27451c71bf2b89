"""The one answer to the question whether a path lies inside a folder.

Every path that comes from an author, a link on disk or a request passes through here. The comparison is made on real
paths, component by component, so that neither `..` nor a symbolic link nor a folder with a longer name
(`docs_secret` beside `docs`) gets past it.
"""

import os

__all__ = ["contain", "is_inside", "is_within"]


def contain(root: str, path: str) -> str | None:
    """Give the real path of *path* when it lies in *root* or is *root*; None when it does not.

    A relative path is taken from *root*, not from the working directory. Nothing needs to exist. A path that no file
    system can hold (a NUL in it) is outside.
    """
    try:
        real_root = os.path.realpath(root)
        real_path = os.path.realpath(os.path.join(real_root, path))
    except (OSError, ValueError):
        return None
    return real_path if is_inside(real_root, real_path) else None


def is_inside(real_root: str, real_path: str) -> bool:
    """Compare two real absolute paths by components; equal paths are inside."""
    try:
        return os.path.commonpath((real_root, real_path)) == real_root
    except ValueError:
        # Two drives of Windows have no common path.
        return False


def is_within(folder: str, path: str) -> bool:
    """Compare two normal absolute paths by their text alone: ten times as fast, for thousands of events.

    Not for paths that somebody may have chosen to lead out: `..` is not looked at.
    """
    return path == folder or path.startswith(folder if folder.endswith(os.sep) else folder + os.sep)
