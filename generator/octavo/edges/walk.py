"""Lists the regular files below a folder, and says what is wrong with everything else.

Iterative and in sorted order, so that neither depth nor the file system's order matters. Symbolic links are followed
as long as they stay inside a boundary folder and do not lead back to where the walk came from.
"""

import errno
import os
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from octavo.edges.contain import is_inside
from octavo.edges.faults import environment_fault, unreadable
from octavo.edges.names import display_name, is_private_path, is_secret, may_hold_key, name_problem
from octavo.edges.reading import open_regular
from octavo.errors import Diagnostic, Location, error, warning

__all__ = ["FoundFile", "Walk", "walk_tree"]

MAX_PATH_BYTES = 1024
MAX_DEPTH = 64
"""Folders inside each other: navigation nests as they do, and no reader follows it that far."""
MAX_WAYS = 16
"""How many links may lead to one folder: bounds a tree of links that would grow without end."""


class FoundFile(NamedTuple):
    """A regular file: its NFC path below the root, where it really is, and its status."""

    key: str
    path: str
    status: os.stat_result


class Walk(NamedTuple):
    """The outcome of a walk."""

    root: str
    """The real path of the folder."""
    prefix: str
    """What stands before the names in diagnostics: empty, or with a slash at its end."""
    files: list[FoundFile]
    folders: list[tuple[str, str]]
    """Real path, and path below the root as in `FoundFile.key`, of every folder that was listed."""
    links: list[str]
    """Where the symbolic links lead that stay inside the boundary, as real paths; nothing need be there."""
    excluded: frozenset[str]
    """The folders that were passed over, as real paths."""
    diagnostics: list[Diagnostic]


class _Folder(NamedTuple):
    path: str
    key: str
    parent: "_Folder | None"


def walk_tree(
    root: str,
    *,
    boundary: str,
    prefix: str = "",
    exclude: Sequence[str] = (),
    skip: Callable[[str], bool],
    check: Callable[[], None] | None = None,
) -> Walk:
    """List the files below *root*.

    *boundary* is the folder that links must not leave. *prefix* is put before the names in diagnostics. *exclude*
    holds folders that are passed over. *skip* tells from a name alone what is passed over in silence. *check* is
    called for every name, and ends the walk by raising. A root that cannot be listed raises EnvironmentFault.
    """
    walker = _Walker(boundary, prefix, exclude, skip, check)
    real_root = os.path.realpath(root)
    try:
        os.scandir(real_root).close()
    except OSError as problem:
        raise environment_fault(problem, "read the folder", prefix or root) from None
    walker.run(_Folder(real_root, "", None))
    return Walk(
        root=real_root,
        prefix=walker.prefix,
        files=walker.files,
        folders=walker.folders,
        links=walker.links,
        excluded=walker.excluded,
        diagnostics=walker.diagnostics,
    )


class _Walker:
    """One walk: what was found so far, and the folders still to list."""

    def __init__(
        self,
        boundary: str,
        prefix: str,
        exclude: Sequence[str],
        skip: Callable[[str], bool],
        check: Callable[[], None] | None,
    ) -> None:
        self.files: list[FoundFile] = []
        self.folders: list[tuple[str, str]] = []
        self.links: list[str] = []
        self.excluded = frozenset(os.path.realpath(path) for path in exclude)
        self.diagnostics: list[Diagnostic] = []
        self._boundary = os.path.realpath(boundary)
        self.prefix = prefix.rstrip("/") + "/" if prefix else ""
        self._skip = skip
        self._check = check
        self._pending: list[_Folder] = []
        self._ways: dict[str, int] = {}
        self._reported_links: set[str] = set()

    def run(self, root: _Folder) -> None:
        self._pending.append(root)
        while self._pending:
            self._list(self._pending.pop())

    def _list(self, folder: _Folder) -> None:
        try:
            with os.scandir(folder.path) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as problem:
            self._unreadable(problem, folder.key.rstrip("/"))
            return
        self.folders.append((folder.path, folder.key.rstrip("/")))
        composed: dict[str, str] = {}
        for entry in entries:
            if self._check is not None:
                self._check()
            name = entry.name
            if self._skip(name):
                continue
            if reason := name_problem(name):
                self._bad_name(folder.key + name, name, reason)
                continue
            if not name.isascii():
                name = unicodedata.normalize("NFC", name)
                if composed.setdefault(name, entry.name) != entry.name:
                    self._twin(folder.key + name)
                    continue
            try:
                self._visit(folder, entry, folder.key + name)
            except OSError as problem:
                self._unreadable(problem, folder.key + name)

    def _visit(self, folder: _Folder, entry: "os.DirEntry[str]", key: str) -> None:
        if len(key) > MAX_PATH_BYTES // 4 and len(key.encode()) > MAX_PATH_BYTES:
            message = f"the path is longer than {MAX_PATH_BYTES} bytes"
            self._error("long-path", message, key, "shorten the names of the folders above it")
        elif key.count("/") > MAX_DEPTH:
            message = f"it lies in more than {MAX_DEPTH} folders inside each other"
            self._error("long-path", message, key, "move it further up")
        elif entry.is_symlink():
            self._follow(folder, entry, key)
        elif entry.is_dir(follow_symlinks=False):
            self._enter(_Folder(entry.path, key + "/", folder))
        elif entry.is_file(follow_symlinks=False):
            self._add(key, entry.path, entry.stat(follow_symlinks=False))
        else:
            self._warn("not-a-file", "skipped: not a regular file", key, "")

    def _enter(self, folder: _Folder) -> None:
        if folder.path not in self.excluded:
            self._pending.append(folder)

    def _add(self, key: str, path: str, status: os.stat_result) -> None:
        name = key.rpartition("/")[2]
        if is_secret(name) or (may_hold_key(name) and _holds_private_key(path)):
            hint = "keep secrets out of the content folder"
            self._warn("secret-file", "the file looks like a secret and is not published", key, hint)
        else:
            self.files.append(FoundFile(key, path, status))

    def _follow(self, folder: _Folder, entry: "os.DirEntry[str]", key: str) -> None:
        try:
            status = entry.stat()
        except FileNotFoundError:
            target = display_name(os.readlink(entry.path))
            self._warn("broken-symlink", f"the symbolic link leads nowhere: `{target}`", key, "")
            self._note_link(os.path.realpath(entry.path))
            return
        except OSError as problem:
            if problem.errno != errno.ELOOP:
                raise
            self._loop(entry.path, key)
            return
        real = os.path.realpath(entry.path)
        self._note_link(real)
        if not is_inside(self._boundary, real):
            where = os.path.relpath(real, self._boundary).replace(os.sep, "/")
            message = f"the symbolic link leaves the site folder: `{display_name(where)}`"
            self._error("outside-link", message, key, "copy the file into the site folder")
        elif is_private_path(os.path.relpath(real, self._boundary).replace(os.sep, "/")):
            message = "the symbolic link leads to a file that must not be published"
            self._error("outside-link", message, key, "remove the link")
        elif any(is_inside(excluded, real) for excluded in self.excluded):
            return
        elif not entry.is_dir():
            if entry.is_file():
                self._add(key, real, status)
            else:
                self._warn("not-a-file", "skipped: not a regular file", key, "")
        elif _is_open(folder, real):
            self._loop(entry.path, key)
        else:
            ways = self._ways[real] = self._ways.get(real, 0) + 1
            if ways > MAX_WAYS:
                self._loop(entry.path, key)
            else:
                self._enter(_Folder(real, key + "/", folder))

    def _note_link(self, real: str) -> None:
        if is_inside(self._boundary, real):
            self.links.append(real)

    def _loop(self, link: str, key: str) -> None:
        if link not in self._reported_links:
            self._reported_links.add(link)
            self._warn("symlink-loop", "skipped: the symbolic link leads in a circle", key, "remove the link")

    def _bad_name(self, key: str, name: str, reason: str) -> None:
        message = f"the name `{display_name(name)}` {reason}"
        self._error("bad-name", message, display_name(key), "rename it")

    def _twin(self, key: str) -> None:
        message = "two names here differ only in how their accents are written"
        self._error("duplicate-name", message, key, "remove one of the two")

    def _unreadable(self, problem: OSError, key: str) -> None:
        if (diagnostic := unreadable(problem, self.prefix + key)) is not None:
            self.diagnostics.append(diagnostic)

    def _error(self, code: str, message: str, key: str, hint: str) -> None:
        self.diagnostics.append(error(code, message, Location(self.prefix + key), hint=hint))

    def _warn(self, code: str, message: str, key: str, hint: str) -> None:
        self.diagnostics.append(warning(code, message, Location(self.prefix + key), hint=hint))


def _is_open(folder: _Folder | None, real: str) -> bool:
    """Tell whether the walk stands below *real* at this moment."""
    while folder is not None:
        if folder.path == real:
            return True
        folder = folder.parent
    return False


def _holds_private_key(path: str) -> bool:
    descriptor, _ = open_regular(path)
    try:
        return b"PRIVATE KEY-----" in os.read(descriptor, 4096)
    finally:
        os.close(descriptor)
