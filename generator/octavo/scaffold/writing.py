"""Writes the files of a new site: all of them, or none.

Nothing that exists is ever changed, and no symbolic link is followed below the site's folder.
"""

import contextlib
import os
from collections.abc import Iterable

from octavo.edges.faults import environment_fault
from octavo.scaffold.plan import NewFile

__all__ = ["names_in_the_way", "write_files"]


def names_in_the_way(folder: str, new_files: Iterable[NewFile]) -> tuple[str, ...]:
    """Name what stands where a new file or its folder is to be, relative to *folder*, sorted.

    A folder is in the way of a file; a file or a symbolic link is in the way of a folder.
    """
    found = {name for file in new_files if (name := _first_in_the_way(folder, file.path))}
    return tuple(sorted(found))


def _first_in_the_way(folder: str, path: str) -> str:
    *parents, _ = path.split("/")
    for depth in range(1, len(parents) + 1):
        name = "/".join(parents[:depth])
        place = os.path.join(folder, name)
        if not os.path.lexists(place):
            return ""
        if os.path.islink(place) or not os.path.isdir(place):
            return name
    return path if os.path.lexists(os.path.join(folder, path)) else ""


def write_files(folder: str, new_files: Iterable[NewFile]) -> None:
    """Make *folder* and write the files into it; after a failure nothing of it is left.

    Raises:
        EnvironmentFault: the disk refuses, or another program made one of the files in the meantime.

    """
    made_folders: list[str] = []
    made_files: list[str] = []
    place = folder
    try:
        _make_folders(folder, made_folders)
        for file in new_files:
            place = os.path.join(folder, *file.path.split("/"))
            _make_folders(os.path.dirname(place), made_folders)
            with open(place, "x", encoding="utf-8", newline="\n") as stream:
                made_files.append(place)
                stream.write(file.text)
    except OSError as problem:
        _undo(made_files, made_folders)
        raise environment_fault(problem, "write", problem.filename or place) from None
    except BaseException:
        _undo(made_files, made_folders)
        raise


def _make_folders(path: str, made: list[str]) -> None:
    """Make a folder and those above it, noting each that was not there."""
    missing: list[str] = []
    while path and not os.path.isdir(path):
        missing.append(path)
        path = os.path.dirname(path)
    for folder in reversed(missing):
        os.mkdir(folder)
        made.append(folder)


def _undo(made_files: list[str], made_folders: list[str]) -> None:
    for path in reversed(made_files):
        with contextlib.suppress(OSError):
            os.unlink(path)
    for path in reversed(made_folders):
        with contextlib.suppress(OSError):
            os.rmdir(path)
