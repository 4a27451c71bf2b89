"""Exchanges two folders in one step, where the system can.

Linux has `renameat2` with RENAME_EXCHANGE (man 2 renameat2), macOS `renamex_np` with RENAME_SWAP. Elsewhere the caller
renames in several steps.
"""

import ctypes
import errno
import os
import platform
import sys

__all__ = ["exchange_folders"]

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2
_RENAMEAT2_NUMBERS = {"x86_64": 316, "aarch64": 276, "riscv64": 276, "ppc64le": 357, "s390x": 347}
# EPERM: sandboxes answer so for system calls that they do not know.
_NOT_HERE = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM})


def exchange_folders(first: str, second: str) -> bool:
    """Exchange two existing folders atomically; False where the system or the file system cannot, else OSError."""
    code = _call(os.fsencode(first), os.fsencode(second))
    if code == 0:
        return True
    if code in _NOT_HERE:
        return False
    raise OSError(code, os.strerror(code), first)


def _call(first: bytes, second: bytes) -> int:
    """Give 0 or the error number."""
    if sys.platform not in ("linux", "darwin"):
        return errno.ENOSYS
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        done = library.renamex_np(first, second, ctypes.c_uint(_RENAME_SWAP))
    elif hasattr(library, "renameat2"):
        done = library.renameat2(_AT_FDCWD, first, _AT_FDCWD, second, ctypes.c_uint(_RENAME_EXCHANGE))
    elif number := _RENAMEAT2_NUMBERS.get(platform.machine()):
        done = library.syscall(
            ctypes.c_long(number), _AT_FDCWD, first, _AT_FDCWD, second, ctypes.c_uint(_RENAME_EXCHANGE)
        )
    else:
        return errno.ENOSYS
    return 0 if done == 0 else ctypes.get_errno()
