"""The folder of proofs: `.octavo/proofs/` below the site folder, one file a chapter.

Authors may commit it or let CI keep it, so nothing else is ever put there. What lies there may come from anybody: no
link is followed out of the folder, and a file that is no regular one, or too large to be a proof, is not read.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterable, Sequence

from octavo.edges.contain import contain
from octavo.edges.faults import environment_fault
from octavo.edges.owner import hand_over
from octavo.edges.reading import open_regular
from octavo.edges.treefiles import create_file, write_all
from octavo.engine.tutorialfiles import PROOFS
from octavo.errors import EnvironmentFault
from octavo.tutorial.proofs import MAX_PROOF_BYTES, proof_path

__all__ = ["read_proofs", "remove_stale_proofs", "write_proof"]

_ENDING = ".json"


def read_proofs(root: str, paths: Sequence[str]) -> dict[str, bytes]:
    """Read proofs of the site folder *root* by their paths below the folder of proofs.

    What is not there or cannot be read is left out. Of a file that is too large only the beginning is given, which is too
    large as well.
    """
    folder = _folder(root)
    if folder is None or not os.path.isdir(folder):
        return {}
    found: dict[str, bytes] = {}
    for path in paths:
        real = contain(folder, path)
        if real is None:
            continue
        try:
            descriptor, _ = open_regular(real)
        except OSError:
            continue
        try:
            found[path] = _read_bounded(descriptor)
        except OSError:
            continue
        finally:
            os.close(descriptor)
    return found


def _read_bounded(descriptor: int) -> bytes:
    parts: list[bytes] = []
    room = MAX_PROOF_BYTES + 1
    while room > 0 and (data := os.read(descriptor, room)):
        parts.append(data)
        room -= len(data)
    return b"".join(parts)


def write_proof(root: str, source: str, data: bytes) -> None:
    """Write the proof of a chapter, in one step: who reads meanwhile gets the old one or the new one.

    *root* is the site folder, *source* the page below the content folder. Folders are made where they are missing, and all
    that is made belongs to whom the site belongs.

    Raises:
        EnvironmentFault: the disk does not take it, or the folder leads out of the site folder.

    """
    shown = f"{PROOFS}/{proof_path(source)}"
    base = _folder(root)
    if base is None:
        raise EnvironmentFault(
            f"the folder `{PROOFS}` leads out of the site folder", hint="remove the link, and run this again"
        )
    try:
        folder = _make_folders(base, os.path.realpath(root), proof_path(source))
        name = shown.rpartition("/")[2]
        # The name is one of those that no watcher looks at.
        pending = os.path.join(folder, f".#{name[:40]}-{os.getpid()}")
        try:
            descriptor = create_file(pending)
            try:
                write_all(descriptor, data)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            os.replace(pending, os.path.join(folder, name))
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(pending)
            raise
    except OSError as problem:
        raise environment_fault(problem, "write the proof", shown) from None


def remove_stale_proofs(root: str, sources: Iterable[str]) -> tuple[str, ...]:
    """Remove the proofs of all other chapters than these, and folders that are empty then; gives the paths removed.

    *sources* are pages below the content folder. Only files that end in `.json` are touched, and links are not followed.

    Raises:
        EnvironmentFault: the disk does not let us.

    """
    base = _folder(root)
    if base is None or not os.path.isdir(base):
        return ()
    kept = {proof_path(source) for source in sources}
    removed: list[str] = []
    folders: list[tuple[str, str]] = [(base, "")]
    try:
        for folder, prefix in folders:
            with os.scandir(folder) as entries:
                for entry in sorted(entries, key=lambda each: each.name):
                    path = prefix + entry.name
                    if entry.is_dir(follow_symlinks=False):
                        folders.append((entry.path, f"{path}/"))
                    elif entry.name.endswith(_ENDING) and path not in kept:
                        os.unlink(entry.path)
                        removed.append(path)
        for folder, prefix in reversed(folders):
            if prefix:
                with contextlib.suppress(OSError):
                    os.rmdir(folder)  # fails where it is not empty, as is meant
    except OSError as problem:
        raise environment_fault(problem, "tidy the proofs", PROOFS) from None
    return tuple(removed)


def _folder(root: str) -> str | None:
    """Give the real folder of proofs; None where a link leads it out of the site folder."""
    return contain(root, PROOFS)


def _make_folders(base: str, root: str, path: str) -> str:
    """Make the folder of proofs below *root* and those above one of its files; none of the latter may be a link."""
    folder = root
    for name in os.path.relpath(base, root).split(os.sep):
        folder = os.path.join(folder, name)
        _make_folder(folder)
    for name in path.split("/")[:-1]:
        folder = os.path.join(folder, name)
        _make_folder(folder)
        if not stat.S_ISDIR(os.lstat(folder).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), folder)
    return folder


def _make_folder(path: str) -> None:
    with contextlib.suppress(FileExistsError):
        os.mkdir(path)
        hand_over(path, os.path.dirname(path))
