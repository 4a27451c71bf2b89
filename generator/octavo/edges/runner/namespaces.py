"""Namespaces of Linux for one run of a chapter.

It gets processes of its own, a network with nothing but loopback, and files that cannot be changed outside its folder.
`user_namespaces(7)`, `pid_namespaces(7)`, `mount_setattr(2)`. They need no privilege where the system allows them, and many
systems do not: then nothing here has an effect, and the caller is told why.
"""

import contextlib
import ctypes
import errno
import fcntl
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable, Iterable, Sequence

__all__ = ["become_subreaper", "die_with_parent", "run_isolated"]

_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWPID, _CLONE_NEWNET = (
    0x00020000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
_AT_FDCWD, _AT_RECURSIVE, _MOUNT_ATTR_RDONLY, _SYS_MOUNT_SETATTR = -100, 0x8000, 1, 442
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: int | bytes | ctypes.c_void_p | None) -> None:
    """Call a function of the C library that gives a negative number when it fails; raises OSError then."""
    if getattr(_libc(), name)(*arguments) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)


def die_with_parent(number: int) -> None:
    """Ask for a signal when the process that started this one ends; nothing on systems that cannot (Linux, prctl(2))."""
    if sys.platform == "linux":
        _call("prctl", _PR_SET_PDEATHSIG, number, 0, 0, 0)


def become_subreaper() -> None:
    """Become the parent of processes whose own parents end (Linux, prctl(2)), so that none of them is lost."""
    if sys.platform == "linux":
        _call("prctl", _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def run_isolated(
    run_folder: str, work: Callable[[], None], *, network: bool, visible: Sequence[str] = ()
) -> str:
    """Do work in namespaces of its own, in a process of its own; gives why that is not possible, or nothing when it is done.

    *run_folder* lies in the folder for temporary files and is all that the work can write to: it has a subfolder `tmp`,
    which stands in for that folder; what is *visible* is seen even where it lies there. With *network* the work sees the
    network of this machine. Only for processes with one thread.
    """
    if sys.platform != "linux":
        return "this system has no namespaces"
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        try:
            _enter(run_folder, work, told, network=network, visible=visible)
        except BaseException as problem:  # noqa: BLE001 - the reason goes to the parent, whatever it is
            with contextlib.suppress(OSError):
                os.write(told, f"{problem}".encode()[:400])
        os._exit(1)
    os.close(told)
    with os.fdopen(heard, "rb") as pipe:
        said = pipe.read()
    _wait(child)
    return "" if said.startswith(b"\0") else said.decode("utf-8", "replace") or "the process for it ended"


def _wait(child: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)


def _enter(
    run_folder: str, work: Callable[[], None], told: int, *, network: bool, visible: Sequence[str]
) -> None:
    """Enter the namespaces; the work is done by the first process of the new ones."""
    die_with_parent(signal.SIGKILL)
    user, group = os.getuid(), os.getgid()
    flags = _CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWIPC
    _call("unshare", flags if network else flags | _CLONE_NEWNET)
    with contextlib.suppress(FileNotFoundError):
        _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")
    first = os.fork()
    if first == 0:
        try:
            die_with_parent(signal.SIGKILL)
            _shut_files(run_folder, visible)
            if not network:
                _raise_loopback()
            os.write(told, b"\0")
            os.close(told)
        except BaseException as problem:  # noqa: BLE001 - as above
            with contextlib.suppress(OSError):
                os.write(told, f"{problem}".encode()[:400])
            os._exit(1)
        try:
            work()
        finally:
            os._exit(0)  # the first process of a namespace takes all others with it
    os.close(told)
    _wait(first)
    os._exit(0)


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def _mount(source: str, target: str, kind: str | None, flags: int) -> None:
    _call("mount", os.fsencode(source), os.fsencode(target), kind.encode() if kind else None, flags, None)


def _shut_files(run_folder: str, visible: Sequence[str]) -> None:
    """Make everything read-only but the run's own folder; the folders for temporary files become its own."""
    run_folder = os.path.realpath(run_folder)
    own = os.path.join(run_folder, "tmp")
    masked = _outermost(
        os.path.realpath(folder)
        for folder in (os.path.dirname(run_folder), "/tmp", "/var/tmp")  # noqa: S108 - the places themselves are meant
        if os.path.isdir(folder)
    )
    (root,) = (folder for folder in masked if run_folder.startswith(f"{folder.rstrip('/')}/"))
    inner = os.path.join(own, os.path.relpath(run_folder, root))
    hidden = {found for folder in masked for each in visible if (found := _place_inside(each, folder))}
    for place in (inner, *(os.path.join(own, place) for _, place in hidden)):
        os.makedirs(place, exist_ok=True)
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE)
    _set_read_only("/", recursive=True, read_only=True)
    _mount(run_folder, inner, None, _MS_BIND)
    for path, place in sorted(hidden):
        _mount(path, os.path.join(own, place), None, _MS_BIND | _MS_REC)
    # By its descriptor: once one of these folders is masked, the path leads to a view of it without what is mounted there.
    handle = os.open(own, os.O_PATH)
    for folder in masked:
        _mount(f"/proc/self/fd/{handle}", folder, None, _MS_BIND | _MS_REC)
        _set_read_only(folder, recursive=True, read_only=False)
        for _, place in hidden:
            _set_read_only(os.path.join(folder, place), recursive=True, read_only=True)
    os.close(handle)
    _mount("proc", "/proc", "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
    if os.path.isdir("/dev/shm"):  # noqa: S108 - the place itself is meant
        _mount("tmpfs", "/dev/shm", "tmpfs", _MS_NOSUID | _MS_NODEV)  # noqa: S108


def _outermost(folders: Iterable[str]) -> set[str]:
    """Leave out folders that lie in others of them: a folder of one's own for temporary files often lies in that of all."""
    found = set(folders)
    return {each for each in found if not any(each.startswith(f"{other.rstrip('/')}/") for other in found)}


def _place_inside(path: str, folder: str) -> tuple[str, str] | None:
    """Give a path and its place relative to a folder that holds it; None where it lies elsewhere."""
    real = os.path.realpath(path)
    inside = os.path.isdir(real) and real.startswith(folder.rstrip("/") + "/")
    return (real, os.path.relpath(real, folder)) if inside else None


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("namespace", ctypes.c_uint64),
    )


def _set_read_only(path: str, *, recursive: bool, read_only: bool) -> None:
    values = (_MOUNT_ATTR_RDONLY, 0) if read_only else (0, _MOUNT_ATTR_RDONLY)
    attributes = _MountAttributes(*values, 0, 0)
    result = _libc().syscall(
        ctypes.c_long(_SYS_MOUNT_SETATTR),
        ctypes.c_int(_AT_FDCWD),
        os.fsencode(path),
        ctypes.c_uint(_AT_RECURSIVE if recursive else 0),
        ctypes.byref(attributes),
        ctypes.c_size_t(ctypes.sizeof(attributes)),
    )
    if result < 0:
        number = ctypes.get_errno()
        if number != errno.ENOSYS:
            raise OSError(number, os.strerror(number), "mount_setattr")
        raise OSError(number, "the kernel is older than 5.12", "mount_setattr")


def _raise_loopback() -> None:
    """Bring the loopback device up, netdevice(7)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        asked = struct.pack("16sh22x", b"lo", 0)
        (flags,) = struct.unpack_from("h", fcntl.ioctl(one, _SIOCGIFFLAGS, asked), 16)
        fcntl.ioctl(one, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", flags | _IFF_UP))
