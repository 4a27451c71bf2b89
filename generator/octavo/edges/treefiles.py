"""The file operations below the output trees: make, copy, list and remove, never through a link.

Files get mode 0644 and folders 0755 whatever the umask says, since a web server runs as somebody else.
"""

import contextlib
import os
import stat

from octavo.edges.owner import hand_over
from octavo.edges.reading import open_regular

__all__ = [
    "copy_regular",
    "create_file",
    "list_tree",
    "make_folder",
    "remove_any",
    "remove_tree",
    "write_all",
]

_CHUNK = 1 << 20
_CREATE = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def make_folder(path: str) -> None:
    """Make one folder with mode 0755 where there is none; what stands in its way is removed, links included."""
    try:
        os.mkdir(path, 0o755)
    except FileExistsError:
        if stat.S_ISDIR(os.lstat(path).st_mode):
            return
        os.unlink(path)
        os.mkdir(path, 0o755)
    if os.name == "posix" and os.lstat(path).st_mode & 0o777 != 0o755:
        os.chmod(path, 0o755)  # noqa: S103 - a web server must read it
    hand_over(path, os.path.dirname(path))


def create_file(path: str) -> int:
    """Make a new file with mode 0644 and give its descriptor; what had the name is removed first.

    A file is never opened again for writing: an inode that somebody else knows (a hard link, a reader of the site)
    keeps what it holds.
    """
    try:
        descriptor = os.open(path, _CREATE, 0o644)
    except FileExistsError:
        remove_any(path)
        descriptor = os.open(path, _CREATE, 0o644)
    if hasattr(os, "fchmod"):
        try:
            hand_over(descriptor, os.path.dirname(path))
            if os.fstat(descriptor).st_mode & 0o7777 != 0o644:
                os.fchmod(descriptor, 0o644)
        except BaseException:
            os.close(descriptor)
            raise
    return descriptor


def write_all(descriptor: int, data: bytes) -> None:
    """Write all bytes, however few the system takes at a time."""
    written = os.write(descriptor, data)
    if written < len(data):
        rest = memoryview(data)[written:]
        while rest:
            rest = rest[os.write(descriptor, rest) :]


def copy_regular(source: str, target: str, *, keep_time: bool) -> tuple[int, int]:
    """Copy a regular file into a new one; gives size and modification time (ns). Raises OSError."""
    reader, status = open_regular(source)
    try:
        writer = create_file(target)
        try:
            _pour(reader, writer, status.st_size)
            if keep_time:
                _set_time(writer, target, status)
            made = os.fstat(writer)
        except BaseException:
            os.close(writer)
            raise
        # Closed outside of the clean-up above: some systems report a failed write only now.
        os.close(writer)
    finally:
        os.close(reader)
    return made.st_size, made.st_mtime_ns


def _pour(reader: int, writer: int, size: int) -> None:
    if size < _CHUNK:
        data = os.read(reader, size + 1)
        write_all(writer, data)
        if len(data) == size:
            return  # the usual case, without asking for the end once more
    while data := os.read(reader, _CHUNK):
        write_all(writer, data)


def _set_time(descriptor: int, path: str, status: os.stat_result) -> None:
    times = (status.st_atime_ns, status.st_mtime_ns)
    os.utime(descriptor if os.utime in os.supports_fd else path, ns=times)


def list_tree(root: str) -> dict[str, tuple[int, int]]:
    """List all files below a folder by POSIX path, with size and modification time (ns).

    What is not a regular file has size -1; a folder without entries is listed with a slash at its end and size -1.
    Links are not followed. A missing root is an empty tree; other failures raise OSError.
    """
    found: dict[str, tuple[int, int]] = {}
    pending = [(root, "")]
    while pending:
        folder, prefix = pending.pop()
        is_empty = True
        try:
            entries = os.scandir(folder)
        except FileNotFoundError:
            continue
        with entries:
            for entry in entries:
                is_empty = False
                if entry.is_dir(follow_symlinks=False):
                    pending.append((entry.path, f"{prefix}{entry.name}/"))
                elif entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    found[prefix + entry.name] = (status.st_size, status.st_mtime_ns)
                else:
                    found[prefix + entry.name] = (-1, 0)
        if is_empty and prefix:
            found[prefix] = (-1, 0)
    return found


def remove_any(path: str) -> None:
    """Remove whatever stands at a path: a file, a link (not its target), or a folder with all in it."""
    try:
        if stat.S_ISDIR(os.lstat(path).st_mode):
            remove_tree(path)
        else:
            os.unlink(path)
    except FileNotFoundError:
        return


def remove_tree(root: str) -> None:
    """Remove a folder and all below it, without recursion and without following links."""
    folders = [root]
    for folder in folders:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(entry.path)
    for folder in reversed(folders):
        os.rmdir(folder)
