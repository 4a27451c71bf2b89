"""The folder that a chapter runs in: the project as the page says it is, and how far what is there departs from that."""

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "WorkFolder",
    "count_files",
    "is_work_folder",
    "make_work_folder",
    "remove_work_folder",
    "runs_folder",
]

_PREFIX = "octavo-run-"
_MARKER = ".octavo-run"
"""A file that says a folder was made by a run, and may be removed."""
MAX_FILES = 20_000
MAX_BYTES = 1 << 30
_CURLRC = "silent\nshow-error\n"


@dataclass(frozen=True)
class WorkFolder:
    """The folders of one run; all lie in one that is removed afterwards."""

    root: str
    project: str
    """Where the commands begin."""
    home: str
    temporary: str
    logs: str

    def path_of(self, path: str) -> str:
        """Give the absolute path of a file of the project, whose name was checked when its block was read."""
        return os.path.join(self.project, *path.split("/"))

    def read(self, path: str) -> bytes | None:
        """Read a file of the project; None where there is none, or a link leads out of the project."""
        full = self.path_of(path)
        try:
            if not self._is_inside(full):
                return None
            with open(full, "rb") as file:
                return file.read()
        except OSError:
            return None

    def write(self, path: str, data: bytes) -> None:
        """Write a file of the project; raises OSError, also where a link would lead out of the project."""
        full = self.path_of(path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        if not self._is_inside(full):
            raise PermissionError(0, "a link leads out of the project", path)
        with open(full, "wb") as file:
            file.write(data)

    def _is_inside(self, full: str) -> bool:
        real = os.path.realpath(full)
        return real == full or real.startswith(os.path.realpath(self.project) + os.sep)


def make_work_folder(parent: str, project: str, files: Iterable[tuple[str, bytes]]) -> WorkFolder:
    """Make the folders of a run below *parent*, with the project in them."""
    root = os.path.realpath(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    with open(os.path.join(root, _MARKER), "w", encoding="ascii"):
        pass
    folder = WorkFolder(
        root=root,
        project=os.path.join(root, "work", project),
        home=os.path.join(root, "home"),
        temporary=os.path.join(root, "tmp"),
        logs=os.path.join(root, "logs"),
    )
    for path in (folder.project, folder.home, folder.temporary, folder.logs):
        os.makedirs(path)
    os.chmod(folder.temporary, 0o1777)  # noqa: S103 - it stands in for /tmp, inside a folder of ours alone
    with open(os.path.join(folder.home, ".curlrc"), "w", encoding="ascii") as file:
        file.write(_CURLRC)
    for path, data in files:
        folder.write(path, data)
    return folder


def is_work_folder(folder: str) -> bool:
    """Tell whether a folder was made by a run of this user: where temporary files go, with the marker in it or empty."""
    try:
        status = os.lstat(folder)
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            return False
        if os.path.realpath(os.path.dirname(folder)) != runs_folder():
            return False
        with contextlib.suppress(FileNotFoundError):
            return os.lstat(os.path.join(folder, _MARKER)).st_uid == os.geteuid()
        return os.path.basename(folder).startswith(_PREFIX) and not os.listdir(folder)
    except (OSError, ValueError):
        return False


def remove_work_folder(root: str) -> None:
    """Remove the folders of a run, also where a command has taken the rights of its own folders away.

    The marker goes last: who is killed meanwhile leaves a folder that the next run knows and removes.
    """
    for path, folders, _ in os.walk(root):
        for name in folders:
            inner = os.path.join(path, name)
            with contextlib.suppress(OSError):
                if not os.path.islink(inner):
                    os.chmod(inner, 0o700)
    with contextlib.suppress(OSError):
        for entry in os.scandir(root):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            elif entry.name != _MARKER:
                os.unlink(entry.path)
        if not set(os.listdir(root)) - {_MARKER}:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(root, _MARKER))
            os.rmdir(root)


def runs_folder() -> str:
    """Give the folder in which runs make their own: that for temporary files."""
    return os.path.realpath(tempfile.gettempdir())


def count_files(folder: str) -> str:
    """Say which limit the files of a folder are over; empty where none."""
    files = size = 0
    todo = [folder]
    while todo:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    files += 1
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
                    else:
                        size += entry.stat(follow_symlinks=False).st_size
                    if files > MAX_FILES:
                        return f"there are more than {MAX_FILES:,} files in the project"
        except OSError:
            continue
    return f"the files of the project have more than {MAX_BYTES >> 20:,} MB" if size > MAX_BYTES else ""
