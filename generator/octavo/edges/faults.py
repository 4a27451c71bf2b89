"""Turns what the operating system refuses into a fault with a path, a reason and a hint."""

import errno

from octavo.errors import EnvironmentFault

__all__ = ["environment_fault", "reason_of"]

_HINTS = {
    errno.ENOSPC: "free some space on that disk, then build again",
    errno.EDQUOT: "the disk quota is used up; free some space, then build again",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "check who owns the path and its permissions",
    errno.EPERM: "check who owns the path and its permissions",
    errno.EMFILE: "raise the limit of open files (`ulimit -n`)",
    errno.ENFILE: "the machine has too many open files",
    errno.EFBIG: "the limit of the file size (`ulimit -f`) is too small",
    errno.ENAMETOOLONG: "shorten the name of the source file or of its folders",
    errno.EIO: "the disk reported a failure",
}


def reason_of(error: OSError) -> str:
    """Give the operating system's own words for an error."""
    return error.strerror or type(error).__name__


def environment_fault(error: OSError, action: str, path: str, *, hint: str = "") -> EnvironmentFault:
    """Make the fault for a failed system call: `cannot write `_site/a.html`: No space left on device`."""
    return EnvironmentFault(
        f"cannot {action} `{path}`: {reason_of(error)}", hint=hint or _HINTS.get(error.errno or 0, "")
    )
