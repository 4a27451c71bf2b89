"""The state of commands that are no builds: each kind has a store of its own, so that none waits for another.

The first one takes over what builds have parsed. Two previews of one site, or two test runs, do not share the file: the
second one works on a copy in memory.
"""

import contextlib
import os
import sqlite3

from octavo.edges.lock import BuildLock
from octavo.edges.store import SqliteStore, open_store
from octavo.edges.storefile import STORE_FAILURES, STORE_NAME, connect
from octavo.errors import EnvironmentFault

__all__ = ["PREVIEW_FOLDER", "TEST_FOLDER", "open_own_store"]

PREVIEW_FOLDER = "preview"
TEST_FOLDER = "test"


def open_own_store(cache: str, kind: str) -> tuple[SqliteStore, BuildLock | None]:
    """Open the store of a kind of command below a cache folder; never raises.

    Gives the lock that keeps others from the file, to be released after the store is closed; None where the state is
    in memory alone, since another process holds the file or the folder cannot be written.
    """
    folder = os.path.join(cache, kind)
    lock = BuildLock(os.path.join(folder, f"{kind}.lock"))
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
        # The manifest describes an output folder, which these have not.
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
