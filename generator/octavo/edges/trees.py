"""The output: a live tree that readers see, and a spare that becomes the next one in a single step.

A tree is whole when it holds the generation file, which is written last and removed first. Nothing is ever written
into the live tree. After a kill at any moment the live tree is wholly the old or wholly the new site; a spare that is
not whole is emptied by the next build.
"""

import errno
import os
import time
from collections.abc import Iterable

from octavo.edges.exchange import exchange_folders
from octavo.edges.faults import environment_fault
from octavo.edges.outputfolder import GENERATION_FILE, check_output_folder, choose_spare
from octavo.edges.reading import open_regular
from octavo.edges.treefiles import (
    copy_regular,
    create_file,
    list_tree,
    make_folder,
    remove_any,
    remove_tree,
    write_all,
)
from octavo.errors import EnvironmentFault, InternalFault

__all__ = ["GENERATION_FILE", "OutputTrees", "check_output_folder", "choose_spare"]

_RENAME_ATTEMPTS = 20
_RENAME_PAUSE = 0.05


class OutputTrees:
    """The live tree and its spare. All paths are POSIX paths relative to a tree; every failure is an EnvironmentFault.

    One build is `recover`, `begin`, any number of `write`, `copy_file`, `copy_from_live` and `remove`, then `finish`
    and `exchange`.
    """

    def __init__(self, live: str, spare: str) -> None:
        # Where the live folder is a link, its target is exchanged and the link stays.
        self._live = os.path.realpath(live)
        # The spare itself is never followed: a link in its place is removed, not what it leads to.
        self._spare = os.path.join(os.path.realpath(os.path.dirname(spare)), os.path.basename(spare))
        self._shown = live
        self._aside = self._spare + ".aside"
        self._folders: set[str] = set()
        self._empty: list[str] = []

    def recover(self) -> None:
        """Complete an exchange in several steps that was cut short; the name of the folder put aside is the record."""
        try:
            if not os.path.lexists(self._aside):
                return
            if not os.path.lexists(self._live):
                whole = os.path.lexists(os.path.join(self._spare, GENERATION_FILE))
                _rename(self._spare if whole else self._aside, self._live)
            if os.path.lexists(self._aside):
                if os.path.lexists(self._spare):
                    remove_tree(self._aside)
                else:
                    _rename(self._aside, self._spare)
        except OSError as error:
            raise environment_fault(error, "restore the output folder", self._shown) from None

    def generation(self, tree: str) -> str | None:
        """Give the generation id of a tree; None where it is missing, not whole or not ours."""
        try:
            descriptor, _ = open_regular(os.path.join(self._root(tree), GENERATION_FILE))
        except OSError:
            return None
        try:
            return os.read(descriptor, 200).decode().strip() or None
        except (OSError, UnicodeDecodeError):
            return None
        finally:
            os.close(descriptor)

    def read(self, path: str) -> bytes | None:
        """Read a file of the live tree; None where there is none that can be read."""
        try:
            descriptor, _ = open_regular(os.path.join(self._live, path))
            with os.fdopen(descriptor, "rb") as file:
                return file.read()
        except OSError:
            return None

    def observe(self, tree: str = "live") -> dict[str, tuple[int, int]]:
        """List a tree's files with size and modification time (ns), without the generation file.

        What is not a regular file, and a folder without files (its name ends in a slash), has size -1; `remove` takes
        either.
        """
        try:
            found = list_tree(self._root(tree))
        except OSError as error:
            raise environment_fault(error, "read the output folder", self._shown) from None
        found.pop(GENERATION_FILE, None)
        if tree == "live":
            self._empty = [path for path in found if path.endswith("/")]
        return found

    def begin(self, expected: str | None) -> bool:
        """Open the spare for writing; False where it was not whole at *expected* and has been emptied."""
        self._folders = {""}
        usable = expected is not None and self.generation("spare") == expected
        try:
            is_folder = os.path.isdir(self._spare) and not os.path.islink(self._spare)
            if is_folder:
                # First, so that a spare that is only half emptied never looks whole.
                remove_any(os.path.join(self._spare, GENERATION_FILE))
            if is_folder and usable:
                return True
            remove_any(self._spare)
            os.makedirs(os.path.dirname(self._spare), exist_ok=True)
            make_folder(self._spare)
        except OSError as error:
            raise environment_fault(error, "prepare the folder", self._spare) from None
        return False

    def write(self, path: str, data: bytes) -> int:
        """Write a file into the spare; gives its modification time in nanoseconds."""
        try:
            descriptor = create_file(self._target(path))
            try:
                write_all(descriptor, data)
                modified = os.fstat(descriptor).st_mtime_ns
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)
        except OSError as error:
            raise environment_fault(error, "write", path) from None
        return modified

    def copy_file(self, source: str, path: str) -> tuple[int, int]:
        """Copy a file, given by its absolute path, into the spare; gives size and modification time (ns)."""
        try:
            return copy_regular(source, self._target(path), keep_time=False)
        except OSError as error:
            raise environment_fault(error, "copy to the output", path) from None

    def copy_from_live(self, paths: Iterable[str]) -> None:
        """Bring files of the live tree over to the spare, with their modification times."""
        for path in paths:
            try:
                copy_regular(os.path.join(self._live, path), self._target(path), keep_time=True)
            except OSError as error:
                raise environment_fault(error, "copy to the output", path) from None

    def remove(self, path: str) -> None:
        """Remove a file from the spare, and folders that became empty.

        Where a folder has taken its place since, that holds files of a newer site and stays; a path that ends in a
        slash means a folder.
        """
        name = _checked(path.rstrip("/"))
        folder = name.rpartition("/")[0]
        try:
            if not self._is_folder(folder):
                return
            target = os.path.join(self._spare, name)
            if path.endswith("/") or os.path.islink(target) or not os.path.isdir(target):
                remove_any(target)
            self._remove_empty(folder)
        except OSError as error:
            raise environment_fault(error, "remove", path) from None

    def finish(self, generation: str) -> None:
        """Mark the spare as whole."""
        self.write(GENERATION_FILE, generation.encode() + b"\n")

    def exchange(self) -> None:
        """Make the spare the live tree and the live tree the spare, in one step."""
        try:
            os.makedirs(os.path.dirname(self._live), exist_ok=True)
            if not os.path.lexists(self._live):
                _rename(self._spare, self._live)
            elif not exchange_folders(self._spare, self._live):
                self._exchange_in_steps()
            # Folders without files came from elsewhere; the next site is made in this tree.
            for path in self._empty:
                self._folders = {""}
                if self._is_folder(path.rstrip("/")):
                    self._remove_empty(path.rstrip("/"))
            self._empty = []
        except OSError as error:
            raise self._exchange_fault(error) from None

    def make_spare(self, generation: str) -> None:
        """Copy the live tree into a new spare, so that the next build costs what changed."""
        self.begin(None)
        self.copy_from_live(path for path, (size, _) in self.observe().items() if size >= 0)
        self.finish(generation)

    def _root(self, tree: str) -> str:
        return self._live if tree == "live" else self._spare

    def _target(self, path: str) -> str:
        """Give the absolute path of a file in the spare, once all folders above it are real folders of ours."""
        folder = path.rpartition("/")[0]
        if folder not in self._folders or path.endswith(("/", "/.", "/..")):
            _checked(path)
            made = ""
            for part in folder.split("/"):
                made = f"{made}/{part}" if made else part
                if made not in self._folders:
                    make_folder(os.path.join(self._spare, made))
                    self._folders.add(made)
        elif not folder:
            _checked(path)
        return os.path.join(self._spare, path)

    def _is_folder(self, folder: str) -> bool:
        """Tell whether a folder of the spare is there and reached through real folders only."""
        made = ""
        for part in folder.split("/") if folder else ():
            made = f"{made}/{part}" if made else part
            if made not in self._folders:
                path = os.path.join(self._spare, made)
                if os.path.islink(path) or not os.path.isdir(path):
                    return False
                self._folders.add(made)
        return True

    def _remove_empty(self, folder: str) -> None:
        while folder:
            try:
                os.rmdir(os.path.join(self._spare, folder))
            except OSError as error:
                if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
                    return
                raise
            self._folders.discard(folder)
            folder = folder.rpartition("/")[0]

    def _exchange_in_steps(self) -> None:
        remove_any(self._aside)
        _rename(self._live, self._aside)
        try:
            _rename(self._spare, self._live)
        except OSError:
            _rename(self._aside, self._live)
            raise
        _rename(self._aside, self._spare)

    def _exchange_fault(self, error: OSError) -> EnvironmentFault:
        hint = ""
        if error.errno in (errno.EBUSY, errno.EXDEV):
            hint = (
                "the output folder seems to be a mount point, which cannot be replaced in one step: "
                f"build into a folder inside it, such as `-d {self._shown.rstrip('/')}/site`"
            )
        return environment_fault(error, "replace the output folder", self._shown, hint=hint)


def _checked(path: str) -> str:
    """Let only plain relative paths through; anything else is a bug of the caller."""
    parts = path.split("/")
    if "\0" in path or any(part in ("", ".", "..") for part in parts) or (os.name == "nt" and "\\" in path):
        raise InternalFault(f"not a path of the output: {path!r}")
    return path


def _rename(source: str, target: str) -> None:
    """Rename; on Windows again for a second, while a scanner or a reader holds the folder open."""
    attempts = _RENAME_ATTEMPTS if os.name == "nt" else 1
    for attempt in range(attempts):
        try:
            os.rename(source, target)
        except PermissionError:
            if attempt + 1 == attempts:
                raise
            time.sleep(_RENAME_PAUSE)
        else:
            return
