"""Pages that a command of ours changes: only where nobody else has changed them meanwhile."""

import contextlib
import os
import tempfile

from octavo.edges.contain import contain
from octavo.errors import EnvironmentFault

__all__ = ["read_page", "write_page"]


def _path(root: str, file: str) -> str:
    found = contain(root, file)
    if found is None:
        raise EnvironmentFault(f"`{file}` lies outside the site folder")
    return found


def read_page(root: str, file: str) -> str:
    """Read a page with its line ends as they are.

    Raises:
        EnvironmentFault: it cannot be read.

    """
    try:
        with open(_path(root, file), encoding="utf-8", newline="") as page:
            return page.read()
    except (OSError, UnicodeDecodeError) as problem:
        raise EnvironmentFault(f"`{file}` cannot be read: {problem}") from None


def write_page(root: str, file: str, old: str, new: str) -> None:
    """Put a new text in the place of a page, in one step, with the rights that the file had.

    Raises:
        EnvironmentFault: it cannot be written, or it is not what it was when *old* was read.

    """
    path = _path(root, file)
    if read_page(root, file) != old:
        raise EnvironmentFault(f"`{file}` was changed meanwhile", hint="run the command again")
    handle, temporary = tempfile.mkstemp(prefix=".octavo-", dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as page:
            page.write(new)
        os.chmod(temporary, os.stat(path).st_mode & 0o7777)
        os.replace(temporary, path)
    except OSError as problem:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise EnvironmentFault(f"`{file}` cannot be written: {problem.strerror}") from None
