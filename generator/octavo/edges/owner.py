"""What the superuser makes in somebody else's folder belongs to that somebody.

A build in a container often runs as root in the mounted folder of a user, who must be able to build there again.
"""

import contextlib
import os

__all__ = ["hand_over"]


def hand_over(made: str | int, folder: str) -> None:
    """Give a file or folder (a path, or the descriptor of a file) to the owner of the folder that it stands in.

    Only the superuser can, and does so only where the owner is another user. Links are not followed. What cannot be
    handed over stays as it is: the site is right all the same.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    with contextlib.suppress(OSError):
        owner = os.stat(folder)
        if owner.st_uid == 0:
            return
        if isinstance(made, int):
            os.fchown(made, owner.st_uid, owner.st_gid)
        else:
            os.chown(made, owner.st_uid, owner.st_gid, follow_symlinks=False)
