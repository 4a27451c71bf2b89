"""Which checkouts may run their commands on this machine, remembered in the user's own state folder.

One line of JSON a checkout, added at the end, so that two runs at once lose nothing and a broken line costs only itself.
A checkout is known by its real path and its owner; one that belongs to another user is never remembered.
"""

import contextlib
import os
import stat

import msgspec

__all__ = ["is_trusted", "trust"]

_MOST_BYTES = 1 << 20
_OPEN_FLAGS = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class _Checkout(msgspec.Struct, frozen=True):
    path: str
    owner: int


def is_trusted(root: str) -> bool:
    """Tell whether the user has allowed the commands of this checkout before, and it still belongs to the user."""
    checkout = _checkout(root)
    return checkout is not None and checkout in _remembered()


def trust(root: str) -> bool:
    """Remember that the commands of this checkout may run.

    Gives False where that is not possible: the checkout belongs to another user, or the state folder cannot be written or
    is open to others.
    """
    checkout = _checkout(root)
    if checkout is None:
        return False
    folder = _state_folder()
    try:
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.mkdir(folder, 0o700)
        if not _is_ours(os.lstat(folder), stat.S_IFDIR):
            return False
        if checkout not in _remembered():
            _add(os.path.join(folder, "trusted"), checkout)
    except OSError:
        return False
    return checkout in _remembered()


def _checkout(root: str) -> _Checkout | None:
    """Give the checkout's real path and owner; None where the folder is not this user's."""
    try:
        real = os.path.realpath(root)
        owner = os.stat(real).st_uid
    except (OSError, ValueError):
        return None
    return _Checkout(path=real, owner=owner) if owner == os.geteuid() else None


def _state_folder() -> str:
    """Give our folder below the user's state folder; the XDG rules count absolute paths only."""
    named = os.environ.get("XDG_STATE_HOME", "")
    base = named if os.path.isabs(named) else os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "octavo")


def _is_ours(status: os.stat_result, kind: int) -> bool:
    """Tell whether a file or folder is the user's, of this kind, and closed to the writing of others."""
    return (
        stat.S_IFMT(status.st_mode) == kind
        and status.st_uid == os.geteuid()
        and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )


def _remembered() -> frozenset[_Checkout]:
    """Read all checkouts; none from a file or folder that somebody else may have written."""
    folder = _state_folder()
    try:
        if not _is_ours(os.lstat(folder), stat.S_IFDIR):
            return frozenset()
        descriptor = os.open(os.path.join(folder, "trusted"), os.O_RDONLY | _OPEN_FLAGS)
    except (OSError, ValueError):
        return frozenset()
    with os.fdopen(descriptor, "rb") as file:
        if not _is_ours(os.fstat(descriptor), stat.S_IFREG):
            return frozenset()
        lines = file.read(_MOST_BYTES).splitlines()
    found = set()
    for line in lines:
        with contextlib.suppress(msgspec.MsgspecError, UnicodeError):
            found.add(msgspec.json.decode(line, type=_Checkout))
    return frozenset(found)


def _add(path: str, checkout: _Checkout) -> None:
    """Add a line to the file; one that is not ours alone is replaced, since nothing in it can be believed."""
    with contextlib.suppress(FileNotFoundError):
        status = os.lstat(path)
        if not _is_ours(status, stat.S_IFREG) or status.st_size > _MOST_BYTES // 2:
            os.unlink(path)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _OPEN_FLAGS, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        size = os.fstat(descriptor).st_size
        # A run that was killed while it wrote left half a line.
        begin = b"" if size == 0 or os.pread(descriptor, 1, size - 1) == b"\n" else b"\n"
        os.write(descriptor, begin + msgspec.json.encode(checkout) + b"\n")
    finally:
        os.close(descriptor)
