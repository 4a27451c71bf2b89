"""Which file systems tell of changes that are made elsewhere, and which never do.

A folder that another machine shares with us (NFS, SMB, a virtual machine's host, the Windows side of WSL) takes watches and
gives no events for what happens on the other side. So the kind of the file system decides whether events are believed.
"""

import os
import re
from typing import NamedTuple

__all__ = ["Mount", "deaf_file_system", "is_deaf", "kind_of", "read_mounts"]

_MOUNTS = "/proc/self/mountinfo"

_DEAF = frozenset(
    {"9p", "afs", "ceph", "cifs", "drvfs", "fakeowner", "grpcfuse", "gfs2", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "osxfs"}
    | {"prl_fs", "smb2", "smb3", "smbfs", "v9fs", "vboxsf", "virtiofs", "vmhgfs", "wslfs"}
)  # fmt: skip
_LOCAL_FUSE = frozenset({"fuseblk", "fuse.ntfs", "fuse.ntfs-3g", "fuse.exfat", "fuse.fuse-overlayfs"})
"""File systems in user space that lie on a disk or a folder of this machine."""

_ESCAPE = re.compile(r"\\([0-7]{3})")


class Mount(NamedTuple):
    """Where a file system is mounted, and its kind as the kernel names it."""

    point: str
    kind: str


def deaf_file_system(folder: str) -> str:
    """Name the kind of the file system of a folder where its events cannot be trusted, such as `nfs4`; else nothing.

    Where the system does not say, events are trusted.
    """
    kind = kind_of(os.path.realpath(folder), read_mounts(_mount_table()))
    return kind if is_deaf(kind) else ""


def is_deaf(kind: str) -> bool:
    """Tell whether a kind of file system gives no events for changes that others make."""
    is_fuse = kind == "fuse" or kind.startswith("fuse.")
    return kind in _DEAF or (is_fuse and kind not in _LOCAL_FUSE)


def read_mounts(table: str) -> list[Mount]:
    """Read the text of `/proc/self/mountinfo` (proc_pid_mountinfo(5)); lines of another form are passed over."""
    mounts: list[Mount] = []
    for line in table.splitlines():
        before, separator, after = line.partition(" - ")
        fields, kinds = before.split(" "), after.split(" ")
        if separator and len(fields) >= 5 and kinds[0]:
            mounts.append(Mount(_unescape(fields[4]), kinds[0]))
    return mounts


def kind_of(path: str, mounts: list[Mount]) -> str:
    """Give the kind of the file system on which a real path lies; empty where no mount holds it.

    Of mounts at one point the last counts: it covers the others.
    """
    found = Mount("", "")
    for mount in mounts:
        inside = path == mount.point or path.startswith(mount.point.rstrip("/") + "/")
        if inside and len(mount.point) >= len(found.point):
            found = mount
    return found.kind


def _unescape(text: str) -> str:
    r"""Decode `\040`, which stands for a space, and the like: tab, line feed and the backslash itself."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 8)), text)


def _mount_table() -> str:
    try:
        with open(_MOUNTS, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""
