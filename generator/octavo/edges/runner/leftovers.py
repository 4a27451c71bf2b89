"""What a run has started, written down, so that the next run can end what a killed one left behind.

One file a run, `runs/<id>.json` in the cache folder. A process is ended only where its number, the time it started and the
boot of the machine are those on record and the run's own process is gone. Number and start time together name a process
for good: proc(5), field 22 of /proc/<pid>/stat; on systems without it, what ps(1) says.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterable

import msgspec

from octavo.edges.runner.workfolder import is_work_folder, remove_work_folder

__all__ = ["end_leftovers", "end_run", "forget", "record"]

_ROUNDS = 10
"""How often the processes are looked through: what is ended may have started others meanwhile."""
_WAIT_MILLISECONDS = 2000


class _Process(msgspec.Struct, frozen=True):
    pid: int
    start: str
    group: int


class _Run(msgspec.Struct, frozen=True):
    boot: str
    view: str
    """Which processes the run sees: the same number is another process in another container."""
    owner: _Process
    processes: tuple[_Process, ...] = ()
    folders: tuple[str, ...] = ()


def record(
    cache_folder: str,
    run_id: str,
    *,
    processes: Iterable[int] = (),
    folders: Iterable[str] = (),
    owner: int = 0,
) -> None:
    """Write down what a run has; what was written before for the same run is replaced.

    Args:
        cache_folder: `.octavo/cache`.
        run_id: letters, digits and `-`; no other run of this site has it.
        processes: numbers of processes that were started for the run.
        folders: its work folders, each with the marker file in it.
        owner: the process whose end leaves all this behind; 0 for this one.

    Raises OSError.

    """
    own = _look_up(owner or os.getpid())
    if own is None:
        return
    found = tuple(process for pid in processes if (process := _look_up(pid)) is not None)
    run = _Run(boot=_boot(), view=_view(), owner=own, processes=found, folders=tuple(folders))
    path = _path(cache_folder, run_id)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    draft = f"{path}.{os.getpid()}"
    with open(draft, "wb") as file:
        file.write(msgspec.json.encode(run))
    os.replace(draft, path)


def forget(cache_folder: str, run_id: str) -> None:
    """Remove the record of a run that has ended all it started; does nothing where there is none."""
    with contextlib.suppress(OSError):
        os.unlink(_path(cache_folder, run_id))


def end_run(cache_folder: str, run_id: str, *, keep_folders: bool = False) -> None:
    """End what a run has on record and remove its folders, though its owner lives; then forget it."""
    run = _read(_path(cache_folder, run_id))
    if run is not None:
        _end(run)
        for folder in () if keep_folders else run.folders:
            _remove(folder)
    forget(cache_folder, run_id)


def end_leftovers(cache_folder: str) -> int:
    """End the processes and remove the folders that runs of this site left when they were killed.

    Gives how many processes were ended. Runs that go on are left alone, and so is all that cannot be told for sure.
    """
    ended = 0
    folder = os.path.join(cache_folder, "runs")
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return 0
    for name in names:
        path = os.path.join(folder, name)
        run = _read(path) if name.endswith(".json") else None
        if run is None:
            continue
        if run.boot == _boot():
            if run.view != _view() or _is(run.owner):
                continue
            ended += _end(run)
        for left in run.folders:
            _remove(left)
        with contextlib.suppress(OSError):
            os.unlink(path)
    return ended


def _path(cache_folder: str, run_id: str) -> str:
    return os.path.join(cache_folder, "runs", f"{run_id}.json")


def _read(path: str) -> _Run | None:
    """Read a record; one that is broken says nothing that may be believed."""
    try:
        with open(path, "rb") as file:
            return msgspec.json.decode(file.read(), type=_Run)
    except (OSError, msgspec.MsgspecError, UnicodeError):
        return None


def _end(run: _Run) -> int:
    """End all processes of a run, again and again until none is left; gives how many there were."""
    ended: set[tuple[int, str]] = set()
    for _ in range(_ROUNDS):
        left = [process for process in _of_run(run) if _kill(process)]
        if not left:
            break
        ended.update((process.pid, process.start) for process in left)
    return len(ended)


def _of_run(run: _Run) -> list[_Process]:
    """Find the processes of a run: those on record, their groups, and those whose home lies in a folder of the run.

    Every command of a run has a home of its own there, which its children take on, also those that leave its group.
    """
    recorded = [process for process in run.processes if _is(process)]
    # Of a group that somebody else leads, others are members too: the terminal's job, for one.
    groups = {process.group for process in recorded if process.group == process.pid}
    homes = tuple(
        os.path.join(os.path.realpath(folder), "") for folder in run.folders if is_work_folder(folder)
    )
    found = {(process.pid, process.start): process for process in recorded}
    for pid in _own_processes():
        process = _look_up(pid)
        if process is not None and (process.group in groups or (homes and _home(pid).startswith(homes))):
            found[process.pid, process.start] = process
    apart = {os.getpid(), os.getppid(), 1}
    return [process for process in found.values() if process.pid not in apart]


def _own_processes() -> list[int]:
    """List the processes of this user (Linux, proc(5)); elsewhere none."""
    found = []
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc"):
            with contextlib.suppress(OSError):
                if name.isdigit() and os.stat(f"/proc/{name}").st_uid == os.geteuid():
                    found.append(int(name))
    return found


def _home(pid: int) -> str:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/environ", "rb") as file:
        for entry in file.read().split(b"\0"):
            if entry.startswith(b"HOME="):
                return os.path.join(os.fsdecode(entry[5:]), "")
    return ""


def _kill(process: _Process) -> bool:
    """End a process, and wait until it has ended; False where it was gone, or is not ours to end."""
    try:
        if not hasattr(os, "pidfd_open"):
            return _kill_by_number(process)
        handle = os.pidfd_open(process.pid)
    except OSError:
        return False
    try:
        # The handle keeps the number from meaning another process between the look and the signal.
        if not _is(process):
            return False
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        poll.poll(_WAIT_MILLISECONDS)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


def _kill_by_number(process: _Process) -> bool:
    """End a process and the group that it leads, where nothing better than its number names it."""
    if not _is(process):
        return False
    if process.group == process.pid:
        os.killpg(process.group, signal.SIGKILL)
    else:
        os.kill(process.pid, signal.SIGKILL)
    return True


def _is(process: _Process) -> bool:
    """Tell whether this very process still runs."""
    now = _look_up(process.pid)
    return now is not None and now.start == process.start


def _look_up(pid: int) -> _Process | None:
    """Give a process as it is now; None where there is none, or it has ended and nobody has asked how."""
    if sys.platform == "linux":
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                # The name, in brackets, may hold anything.
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            return None
        if not fields or fields[0] in {b"Z", b"X"}:
            return None
        return _Process(pid=pid, start=fields[19].decode("ascii"), group=int(fields[2]))
    said = _say(["ps", "-o", "pgid=,lstart=", "-p", str(pid)]).split(maxsplit=1)
    return _Process(pid=pid, start=said[1].strip(), group=int(said[0])) if len(said) == 2 else None


def _say(words: list[str]) -> str:
    """Run a program of the system; gives what it says, or nothing where it fails."""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def _boot() -> str:
    """Name this boot of the machine: the same numbers and times come again after the next."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError), open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    return _say(["sysctl", "-n", "kern.bootsessionuuid"]).strip()


def _view() -> str:
    """Name the set of processes that is seen from here."""
    with contextlib.suppress(OSError):
        return f"{os.uname().nodename} {os.readlink('/proc/self/ns/pid')}"
    return os.uname().nodename


def _remove(folder: str) -> None:
    if is_work_folder(folder):
        remove_work_folder(folder)
