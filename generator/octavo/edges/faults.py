"""Turns what the operating system refuses into a fault with a path, a reason and a hint."""

import errno

from octavo.errors import Diagnostic, EnvironmentFault, Location, error

__all__ = ["environment_fault", "reason_of", "unreadable"]

_GONE = frozenset({errno.ENOENT, errno.ENOTDIR})
_MACHINE_FAILS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})
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


def reason_of(problem: OSError) -> str:
    """Give the operating system's own words for an error."""
    return problem.strerror or type(problem).__name__


def environment_fault(problem: OSError, action: str, path: str, *, hint: str = "") -> EnvironmentFault:
    """Make the fault for a failed system call: `cannot write `_site/a.html`: No space left on device`."""
    return EnvironmentFault(
        f"cannot {action} `{path}`: {reason_of(problem)}", hint=hint or _HINTS.get(problem.errno or 0, "")
    )


def unreadable(problem: OSError, file: str) -> Diagnostic | None:
    """Say that a source cannot be read; None where it has gone, which is as if it had never been there.

    Raises EnvironmentFault where the machine fails and not the file.
    """
    if problem.errno in _GONE:
        return None
    if problem.errno in _MACHINE_FAILS:
        raise environment_fault(problem, "read", file) from None
    message = f"cannot be read: {reason_of(problem)}"
    return error("unreadable", message, Location(file), hint="check its permissions")
