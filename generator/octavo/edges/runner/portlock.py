"""Keeps two runs on one machine from wanting the same port at the same time, and says who has one.

One locked file a port, in a folder of the user's own. Only runs of Octavo know of it: what any other program listens on
is found out by `port_holder`.
"""

import contextlib
import os
import socket
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator

from octavo.edges.faults import reason_of
from octavo.edges.portholders import holder_of
from octavo.edges.runner.filelock import FileLock
from octavo.model import Value

__all__ = ["PortProblem", "lock_ports", "port_holder"]

_CONNECT_SECONDS = 0.5


class PortProblem(Value, frozen=True):
    """Why ports could not be had."""

    message: str
    hint: str = ""


@contextlib.contextmanager
def lock_ports(
    ports: Iterable[int], timeout: float, on_wait: Callable[[str], None] = lambda _: None
) -> Iterator[PortProblem | None]:
    """Hold ports while the block of `with` runs; gives why they cannot be had, or None where they are held.

    They are locked in the order of their numbers, so that two runs never wait for each other in a circle. The end of the
    process lets them go too.

    Args:
        ports: the ports that a tutorial declares.
        timeout: seconds to wait for all of them together.
        on_wait: called with a sentence for each port that another run holds.

    """
    with contextlib.ExitStack() as held:
        try:
            problem = _lock_all(ports, time.monotonic() + timeout, on_wait, held)
        except OSError as error:
            problem = PortProblem(
                message=f"the ports cannot be locked in `{_folder()}`: {reason_of(error)}",
                hint="set XDG_RUNTIME_DIR to a folder that can be written",
            )
        if problem is not None:
            held.close()
        yield problem


def _lock_all(
    ports: Iterable[int], deadline: float, on_wait: Callable[[str], None], held: contextlib.ExitStack
) -> PortProblem | None:
    """Lock one port after the other; *held* lets go what is locked."""
    wanted = sorted(set(ports))
    folder = _own_folder() if wanted else ""
    if folder is None:
        return PortProblem(
            message=f"the folder `{_folder()}` for locks belongs to somebody else, or is no folder",
            hint="remove it, or set XDG_RUNTIME_DIR to a folder of your own",
        )
    for port in wanted:
        lock = FileLock(os.path.join(folder, f"{port}.lock"))
        held.callback(lock.release)

        def tell(holder: str, port: int = port) -> None:
            on_wait(f"waiting for port {port}, which another run of octavo ({holder}) uses")

        if not lock.lock(timeout=max(0.0, deadline - time.monotonic()), on_wait=tell):
            return PortProblem(
                message=f"port {port} is used by another run of octavo ({lock.holder()})",
                hint="wait until it ends, or stop it",
            )
    return None


def port_holder(port: int) -> str:
    """Say who listens on a port: `python3 (pid 412)`, `another program` where the system does not tell, or nothing."""
    name = holder_of(port).replace("`", "")
    return name or ("another program" if _answers(port) else "")


def _answers(port: int) -> bool:
    """Tell whether somebody accepts connections on this machine's own address."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(_CONNECT_SECONDS)
            if probe.connect_ex((address, port)) == 0:
                return True
    return False


def _folder() -> str:
    named = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(named) and os.path.isdir(named):
        return os.path.join(named, "octavo-ports")
    return os.path.join(tempfile.gettempdir(), f"octavo-ports-{os.geteuid()}")


def _own_folder() -> str | None:
    """Make the folder of the locks, or check it; None where others may have put links into it."""
    folder = _folder()
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, 0o700)
    status = os.lstat(folder)
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        return None
    if stat.S_IMODE(status.st_mode) != 0o700:
        os.chmod(folder, 0o700)
    return folder
