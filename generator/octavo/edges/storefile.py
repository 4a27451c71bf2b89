"""Opens the SQLite file of the store: its schema, its checks, its journal.

How a crash is survived: with a rollback journal the file holds the old or the new state after a kill at any moment.
`synchronous=NORMAL` keeps that true, but for rare cases, after a power cut; it costs 50 ms more than OFF on a first
write of 80 MB, and a WAL file was twice as slow.
"""

import contextlib
import os
import sqlite3

__all__ = [
    "SCHEMA",
    "STORE_FAILURES",
    "STORE_NAME",
    "TABLES",
    "DamagedRowError",
    "WrongFileError",
    "check_schema",
    "connect",
    "delete_database",
    "open_file",
    "open_memory",
]

SCHEMA = 3
"""Another number in a file means that it is deleted: states are never migrated."""

STORE_FAILURES = (sqlite3.Error, UnicodeError)
"""What sqlite3 raises: the message about a damaged name may itself be no text."""

STORE_NAME = "state.sqlite3"

TABLES = (
    "stamps",
    "images",
    "documents",
    "bodies",
    "blocks",
    "contexts",
    "chapters",
    "views",
    "files",
    "outputs",
)

_BIG_TABLES = frozenset(
    {"documents", "bodies", "blocks", "contexts", "chapters", "views", "files", "outputs"}
)
_LOCK_WAIT_SECONDS = 5.0


class DamagedRowError(sqlite3.DatabaseError):
    """A row does not hold what was put."""


class WrongFileError(sqlite3.DatabaseError):
    """The file is a database, but not one of this schema."""


def _create_statements() -> dict[str, str]:
    statements = {}
    for name in ("meta", *TABLES):
        # Large values make a tree without row ids slow: they would spill out of its inner pages.
        options = "" if name in _BIG_TABLES else " WITHOUT ROWID"
        columns = "key TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL, crc INTEGER NOT NULL"
        statements[name] = f"CREATE TABLE {name}({columns}){options}"
    return statements


def connect(target: str, *, uri: bool = False) -> sqlite3.Connection:
    """Connect, with transactions opened by hand; raises one of `STORE_FAILURES`."""
    # Transactions are opened by hand; one build uses the store from one thread at a time.
    connection = sqlite3.connect(
        target, timeout=_LOCK_WAIT_SECONDS, isolation_level=None, check_same_thread=False, uri=uri
    )
    # A file that came with a repository must not run functions of ours through its schema.
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
    connection.execute("BEGIN IMMEDIATE")
    for statement in _create_statements().values():
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version={SCHEMA}")
    connection.execute("COMMIT")


def open_memory() -> sqlite3.Connection:
    """Make an empty database in memory."""
    connection = connect(":memory:")
    _create(connection)
    return connection


def open_file(path: str) -> sqlite3.Connection:
    """Open a database for writing, made where it is missing; raises one of `STORE_FAILURES`."""
    connection = connect(path)
    try:
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA journal_mode=DELETE").fetchall()
        if connection.execute("PRAGMA schema_version").fetchone()[0] == 0:
            _create(connection)
        check_schema(connection)
        # A file, folder or disk that cannot be written shows at the first write: now, not at the end of the build.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA user_version={SCHEMA}")
        connection.execute("ROLLBACK")
    except BaseException:
        connection.close()
        raise
    return connection


def check_schema(connection: sqlite3.Connection) -> None:
    """Refuse a file with another schema number, or with any table, view or trigger that we did not make."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    if version != SCHEMA or dict(rows) != _create_statements():
        raise WrongFileError("it was made by another version")


def delete_database(path: str) -> bool:
    """Delete a database with its journals; False where it is still there."""
    for name in (path, path + "-journal", path + "-wal", path + "-shm"):
        with contextlib.suppress(OSError):
            os.unlink(name)
    return not os.path.lexists(path)
