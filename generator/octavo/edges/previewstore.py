"""The state of previews: a store of its own beside that of builds, so that neither waits for the other.

The first preview takes over what builds have parsed. Two previews of one site do not share the file: the second one
works on a copy in memory.
"""

import contextlib
import os
import sqlite3

from octavo.edges.lock import BuildLock
from octavo.edges.store import SqliteStore, open_store
from octavo.edges.storefile import STORE_FAILURES, STORE_NAME, connect
from octavo.errors import EnvironmentFault

__all__ = ["PREVIEW_FOLDER", "open_preview_store"]

PREVIEW_FOLDER = "preview"
LOCK = "preview.lock"


def open_preview_store(cache: str) -> tuple[SqliteStore, BuildLock | None]:
    """Open the preview's store below a cache folder; never raises.

    Gives the lock that keeps others from the file, to be released after the store is closed; None where the state is
    in memory alone, since another preview holds the file or the folder cannot be written.
    """
    folder = os.path.join(cache, PREVIEW_FOLDER)
    lock = BuildLock(os.path.join(folder, LOCK))
    try:
        lock.acquire(timeout=0)
    except EnvironmentFault:
        has_own = os.path.isfile(os.path.join(folder, STORE_NAME))
        return open_store(folder if has_own else cache, read_only=True), None
    if not os.path.exists(os.path.join(folder, STORE_NAME)):
        _take_over(os.path.join(cache, STORE_NAME), os.path.join(folder, STORE_NAME))
    return open_store(folder), lock


def _take_over(source: str, target: str) -> None:
    """Copy the state of builds; what cannot be copied is parsed anew."""
    if not os.path.isfile(source):
        return
    part = f"{target}.part"
    with contextlib.suppress(OSError):
        os.unlink(part)
    quoted = "file:" + source.replace("%", "%25").replace("?", "%3f").replace("#", "%23") + "?mode=ro"
    before: sqlite3.Connection | None = None
    after: sqlite3.Connection | None = None
    try:
        before = connect(quoted, uri=True)
        after = connect(part)
        after.execute("PRAGMA synchronous=OFF")
        before.backup(after)
        # The manifest describes an output folder, and a preview has none.
        after.execute("DELETE FROM outputs")
    except STORE_FAILURES:
        pass
    else:
        after.close()
        with contextlib.suppress(OSError):
            os.replace(part, target)
    finally:
        for connection in (before, after):
            if connection is not None:
                connection.close()
        with contextlib.suppress(OSError):
            os.unlink(part)
