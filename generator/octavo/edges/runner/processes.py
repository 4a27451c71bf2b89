"""Processes of a chapter: started with limits, watched, and ended with all that they started.

Output goes into a file: a daemon that keeps it open holds up nothing, and nobody has to read while a command writes.
"""

import contextlib
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = [
    "Ended",
    "Started",
    "descendants",
    "end_all",
    "end_group",
    "read_capped",
    "run_process",
    "start_process",
]

MAX_OUTPUT = 16 << 20
"""Bytes after which a command is ended: nobody reads them."""
KEPT_OUTPUT = 1 << 20
"""Bytes that are compared and shown; of more the begin and the end."""
MAX_FILE = 256 << 20
MAX_MEMORY = 4 << 30
MAX_PROCESSES = 512
_LOOK = 0.1
"""Seconds between two looks at how much a command has printed and started."""


@dataclass
class Started:
    """A process that runs, in a session of its own."""

    process: "subprocess.Popen[bytes]"
    log: str
    begin: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    """Of the shell: 128 and the number of the signal where one ended it."""
    output: bytes
    timed_out: bool = False
    refused: str = ""
    """Which limit it ran into."""


def start_process(
    words: Sequence[str],
    *,
    folder: str,
    environment: Mapping[str, str],
    log: str,
    cpu_seconds: float,
    pass_fds: Sequence[int] = (),
) -> Started:
    """Start a process whose output goes to the file *log*; nothing can be typed into it."""
    with open(log, "ab") as out:
        process = subprocess.Popen(
            list(words),
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            pass_fds=tuple(pass_fds),
            preexec_fn=lambda: _prepare(cpu_seconds),  # noqa: PLW1509 - this process has one thread
        )
    return Started(process=process, log=log)


def hear_signals() -> None:
    """Let Ctrl+C reach the program that is about to run: what we ignore would stay ignored in it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _prepare(cpu_seconds: float) -> None:
    """Limit the program that is about to run: memory, files, processor time; no core files."""
    hear_signals()
    wanted = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, MAX_FILE),
        (resource.RLIMIT_CPU, int(cpu_seconds) + 10),
    ]
    if sys.platform == "linux":
        wanted.append((resource.RLIMIT_DATA, MAX_MEMORY))
    for kind, value in wanted:
        with contextlib.suppress(OSError, ValueError):
            _, hard = resource.getrlimit(kind)
            limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (limit, limit))


def run_process(
    words: Sequence[str],
    *,
    folder: str,
    environment: Mapping[str, str],
    log: str,
    timeout: float,
    keep: Iterable[int] = (),
    alive: Callable[[], None] = lambda: None,
) -> Ended:
    """Run a command to its end, *timeout* seconds at most.

    When it takes too long or runs into a limit, everything that descends from this process is ended but the processes
    *keep* and what they started. *alive* is called again and again while it runs, and may raise.
    """
    started = start_process(words, folder=folder, environment=environment, log=log, cpu_seconds=timeout * 2)
    process = started.process
    deadline = started.begin + timeout
    refused, timed_out = "", False
    try:
        with _exit_of(process) as ended:
            while not ended(min(_LOOK, max(0.0, deadline - time.monotonic()))):
                alive()
                refused = _over_limit(started, keep)
                timed_out = time.monotonic() >= deadline
                if refused or timed_out:
                    break
    except BaseException:
        end_group(process.pid, signal.SIGKILL)
        end_all(keep)
        raise
    if refused or timed_out:
        end_group(process.pid, signal.SIGKILL)
        end_all(keep)
    process.wait()
    return Ended(
        status=_status(process.returncode),
        output=read_capped(log),
        timed_out=timed_out,
        refused=refused or _limit_met(process.returncode, log),
    )


@contextlib.contextmanager
def _exit_of(process: "subprocess.Popen[bytes]") -> Iterator[Callable[[float], bool]]:
    """Give a function that waits some seconds for the end of a process and says whether it came."""
    if not hasattr(os, "pidfd_open"):

        def wait(seconds: float) -> bool:
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                return False
            return True

        yield wait
        return
    handle = os.pidfd_open(process.pid)
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        yield lambda seconds: bool(poll.poll(seconds * 1000))
    finally:
        os.close(handle)


def _over_limit(started: Started, keep: Iterable[int]) -> str:
    with contextlib.suppress(OSError):
        if os.path.getsize(started.log) > MAX_OUTPUT:
            return f"it printed more than {MAX_OUTPUT >> 20} MB"
    if len(descendants(keep)) > MAX_PROCESSES:
        return f"it started more than {MAX_PROCESSES} processes"
    return ""


def _limit_met(code: int, log: str) -> str:
    """Say which limit ended a process, or the last command of a shell, where the signal tells."""
    if code in {-signal.SIGXFSZ, 128 + signal.SIGXFSZ}:
        return f"it wrote a file of more than {MAX_FILE >> 20} MB"
    if code in {-signal.SIGXCPU, 128 + signal.SIGXCPU}:
        return "it used the processor for too long"
    with contextlib.suppress(OSError):
        if os.path.getsize(log) > MAX_OUTPUT:
            return f"it printed more than {MAX_OUTPUT >> 20} MB"
    return ""


def _status(code: int) -> int:
    return code if code >= 0 else 128 - code


def read_capped(path: str, begin: int = 0) -> bytes:
    """Read a log from a place on; of a long one the begin and the end, with a line that says how much is left out."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END) - begin
            file.seek(begin)
            if size <= KEPT_OUTPUT:
                return file.read(KEPT_OUTPUT)
            head = file.read(KEPT_OUTPUT // 2)
            file.seek(-(KEPT_OUTPUT // 2), os.SEEK_END)
            tail = file.read(KEPT_OUTPUT // 2)
    except OSError:
        return b""
    return head + f"\n[{size - KEPT_OUTPUT:,} bytes left out]\n".encode() + tail


def end_group(leader: int, number: int) -> None:
    """Send a signal to the group of a process that was started here."""
    with contextlib.suppress(OSError):
        os.killpg(leader, number)


def descendants(keep: Iterable[int] = ()) -> list[int]:
    """List the processes that descend from this one, but *keep* and theirs (Linux, proc(5)); elsewhere nothing."""
    children: dict[int, list[int]] = {}
    try:
        entries = os.listdir("/proc")
    except OSError:
        return []
    for entry in entries:
        if entry.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                with open(f"/proc/{entry}/stat", "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
                if fields[0] not in (b"Z", b"X"):
                    children.setdefault(int(fields[1]), []).append(int(entry))
    kept = set(keep)
    found: list[int] = []
    todo = [os.getpid()]
    while todo:
        for child in children.get(todo.pop(), ()):
            if child not in kept:
                found.append(child)
                todo.append(child)
    return found


def end_all(keep: Iterable[int] = (), *, patience: float = 5.0) -> None:
    """End everything that descends from this process but *keep*, however often it starts itself anew."""
    deadline = time.monotonic() + patience
    kept = tuple(keep)
    while (found := descendants(kept)) and time.monotonic() < deadline:
        for pid in found:
            with contextlib.suppress(OSError):
                os.kill(
                    pid, signal.SIGSTOP
                )  # first stopped, so that none starts another while others are ended
        for pid in descendants(kept):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
