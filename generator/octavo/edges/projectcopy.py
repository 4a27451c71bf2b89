"""A project of a tutorial, written into a folder of the author's choice."""

import os
from collections.abc import Iterable

from octavo.edges.contain import contain
from octavo.errors import EnvironmentFault, UsageError

__all__ = ["write_project"]


def write_project(folder: str, files: Iterable[tuple[str, bytes]]) -> None:
    """Write files by their POSIX paths into a folder that is new or empty.

    Raises:
        UsageError: the folder holds something, or is none.
        EnvironmentFault: a file cannot be written.

    """
    try:
        os.makedirs(folder, exist_ok=True)
        if os.listdir(folder):
            raise UsageError(f"`{folder}` is not empty", hint="name a new folder")
        for path, data in files:
            full = contain(folder, path)
            if full is None:
                raise UsageError(f"`{path}` leads out of `{folder}`")
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "xb") as file:
                file.write(data)
    except (FileExistsError, NotADirectoryError):
        raise UsageError(f"`{folder}` is no folder", hint="name a new folder") from None
    except OSError as problem:
        raise EnvironmentFault(f"`{folder}` cannot be written: {problem.strerror}") from None
