"""Who listens on a port: a name and a process number, where the system tells it (Linux)."""

import contextlib
import os

__all__ = ["holder_of"]

_LISTENS = "0A"


def holder_of(port: int, proc: str = "/proc") -> str:
    """Name the process that listens on a TCP port: ``` `python3` (pid 123)```; empty where that cannot be told."""
    inodes = _listening(port, proc)
    if not inodes:
        return ""
    wanted = {f"socket:[{inode}]" for inode in inodes}
    with contextlib.suppress(OSError):
        for pid in sorted(int(name) for name in os.listdir(proc) if name.isdigit()):
            if _holds(f"{proc}/{pid}/fd", wanted):
                return f"`{_name(pid, proc)}` (pid {pid})"
    return ""


def _listening(port: int, proc: str) -> set[str]:
    """Collect the inodes of sockets that listen on the port, of either family."""
    found = set()
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError), open(f"{proc}/net/{table}", encoding="ascii") as file:
            for line in file.readlines()[1:]:
                words = line.split()
                if words[3] == _LISTENS and int(words[1].rpartition(":")[2], 16) == port:
                    found.add(words[9])
    return found


def _holds(folder: str, wanted: set[str]) -> bool:
    """Tell whether one of the sockets is among the descriptors of a process; those of other users stay hidden."""
    try:
        names = os.listdir(folder)
    except OSError:
        return False
    for name in names:
        with contextlib.suppress(OSError):
            if os.readlink(f"{folder}/{name}") in wanted:
                return True
    return False


def _name(pid: int, proc: str) -> str:
    try:
        with open(f"{proc}/{pid}/comm", encoding="utf-8", errors="replace") as file:
            name = file.read().strip()
    except OSError:
        return "?"
    return "".join(character for character in name if character.isprintable() and character != "`") or "?"
