"""The state of earlier builds: one SQLite file with tables of bytes by text key.

The store is a cache. A row that is there holds what was put. A file that cannot be opened or is not ours is replaced
when it is opened. A disk that is full later makes the store go on in memory, with all that it holds, and `problem`
says so in a phrase. A file that turns out damaged later is deleted, the store is empty from then on, and
`StoreLostFault` tells the caller to start again: what it has read so far does not fit what it would read now.

How damage is found: each row carries a CRC-32 of key and value, checked when it is read; SQLite itself finds damage of
its structure when it meets it. Both cost next to nothing, where `PRAGMA quick_check` would read the whole file at every
start.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar
from zlib import crc32

from octavo.edges.faults import reason_of
from octavo.edges.storefile import (
    SCHEMA,
    STORE_FAILURES,
    STORE_NAME,
    TABLES,
    DamagedRowError,
    WrongFileError,
    check_schema,
    connect,
    delete_database,
    open_file,
    open_memory,
)
from octavo.engine.ports import StoreLostFault
from octavo.errors import InternalFault

__all__ = ["SCHEMA", "STORE_NAME", "TABLES", "SqliteStore", "StoreLostFault", "open_store"]

_CHUNK = 500
_FREE_PAGES_KEPT = 256

_PASSING = ("SQLITE_BUSY", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_LOCKED", "SQLITE_NOMEM")

_Result = TypeVar("_Result")


def open_store(folder: str, *, read_only: bool = False) -> "SqliteStore":
    """Open the store in a cache folder, made where it is missing; never raises.

    With *read_only* the store is a copy in memory: what is put is seen by this process and gone afterwards.
    """
    path = os.path.join(folder, STORE_NAME)
    if read_only:
        return _open_copy(path)
    problem = ""
    for attempt in (1, 2):
        try:
            os.makedirs(folder, exist_ok=True)
            return SqliteStore(open_file(path), path=path, problem=problem)
        except WrongFileError:
            problem = ""
        except STORE_FAILURES as error:
            problem = f"the state of earlier builds is not used: {error}"
            if _is_passing(error):
                break
        except OSError as error:
            problem = f"the state of earlier builds is not used: {reason_of(error)}"
            break
        if attempt == 1 and not delete_database(path):
            break
    return SqliteStore(open_memory(), problem=problem or "the state of earlier builds is not used")


def _open_copy(path: str) -> "SqliteStore":
    memory = open_memory()
    if not os.path.isfile(path):
        return SqliteStore(memory)
    quoted = "file:" + path.replace("%", "%25").replace("?", "%3f").replace("#", "%23") + "?mode=ro"
    source: sqlite3.Connection | None = None
    try:
        source = connect(quoted, uri=True)
        check_schema(source)
        source.backup(memory)
        check_schema(memory)
    except STORE_FAILURES as error:
        memory.close()
        wrong = isinstance(error, WrongFileError)
        problem = "" if wrong else f"the state of earlier builds is not used: {error}"
        return SqliteStore(open_memory(), problem=problem)
    finally:
        if source is not None:
            source.close()
    return SqliteStore(memory)


class SqliteStore:
    """Tables of bytes by text key, in one transaction from the first change to `commit`.

    `problem` is empty, or says why earlier state is not used or this state will not be kept. Every method but
    `commit`, `rollback` and `close` raises `StoreLostFault` when the file turns out damaged.
    """

    def __init__(self, connection: sqlite3.Connection, *, path: str = "", problem: str = "") -> None:
        self._connection = connection
        self._path = path
        self.problem = problem

    def get_meta(self, name: str) -> bytes | None:
        """Give one named value."""
        return self.get("meta", name)

    def set_meta(self, name: str, value: bytes) -> None:
        """Keep one named value."""
        self.put_many("meta", ((name, value),))

    def all(self, table: str) -> Iterator[tuple[str, bytes]]:
        """Give every row of a table, in the order of the keys."""
        query = f"SELECT key, value, crc FROM {_known(table)} ORDER BY key"  # noqa: S608
        return iter(self._select(query, ()))

    def get(self, table: str, key: str) -> bytes | None:
        """Give one row."""
        return self.get_many(table, (key,)).get(key)

    def get_many(self, table: str, keys: Sequence[str]) -> dict[str, bytes]:
        """Give the rows of these keys that exist."""
        found: dict[str, bytes] = {}
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            query = f"SELECT key, value, crc FROM {_known(table)} WHERE key IN ({marks})"  # noqa: S608
            found.update(self._select(query, chunk))
        return found

    def put_many(self, table: str, rows: Iterable[tuple[str, bytes]]) -> None:
        """Insert or replace rows."""
        statement = (
            f"INSERT INTO {_known(table)}(key, value, crc) VALUES(?, ?, ?) "
            "ON CONFLICT(key) DO UPDATE SET value=excluded.value, crc=excluded.crc"
        )
        checked = [(key, value, _crc(key, value)) for key, value in rows]
        self._change(lambda connection: connection.executemany(statement, checked))

    def delete_many(self, table: str, keys: Iterable[str]) -> None:
        """Remove rows."""
        statement = f"DELETE FROM {_known(table)} WHERE key=?"  # noqa: S608
        gone = [(key,) for key in keys]
        self._change(lambda connection: connection.executemany(statement, gone))

    def clear(self, table: str) -> None:
        """Remove every row of a table."""
        statement = f"DELETE FROM {_known(table)}"  # noqa: S608
        self._change(lambda connection: connection.execute(statement))

    def size(self) -> int:
        """Give the bytes that the database takes, free pages included."""

        def measure(connection: sqlite3.Connection) -> int:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            return int(pages * connection.execute("PRAGMA page_size").fetchone()[0])

        return self._try(measure, otherwise=0)

    def commit(self) -> None:
        """Make all changes since the last commit last; gives back the space of removed rows when it is much.

        Where that fails, the file keeps its old state or is deleted, and `problem` says so: nothing depends on a
        state that was not kept.
        """
        if self._connection.in_transaction:
            with contextlib.suppress(StoreLostFault):
                self._try(_commit_and_shrink, otherwise=None)

    def rollback(self) -> None:
        """Forget all changes since the last commit."""
        if self._connection.in_transaction:
            with contextlib.suppress(*STORE_FAILURES):
                self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Forget what was not committed and let go of the file."""
        self.rollback()
        with contextlib.suppress(*STORE_FAILURES):
            self._connection.close()

    def _select(self, query: str, keys: Sequence[str]) -> list[tuple[str, bytes]]:
        nothing: list[tuple[str, bytes]] = []
        return self._try(lambda connection: _sound(connection.execute(query, tuple(keys))), otherwise=nothing)

    def _change(self, change: Callable[[sqlite3.Connection], object]) -> None:
        def run(connection: sqlite3.Connection) -> bool:
            if not connection.in_transaction:
                connection.execute("BEGIN IMMEDIATE")
            change(connection)
            return True

        if not self._try(run, otherwise=False):
            self._try(run, otherwise=False)  # on the memory that took over

    def _try(self, run: Callable[[sqlite3.Connection], _Result], *, otherwise: _Result) -> _Result:
        had_changes = self._connection.in_transaction
        try:
            return run(self._connection)
        except sqlite3.ProgrammingError:
            raise  # used after it was closed: a bug of ours
        except STORE_FAILURES as error:
            self._go_on_in_memory(error, had_changes=had_changes)
            return otherwise

    def _go_on_in_memory(self, error: Exception, *, had_changes: bool) -> None:
        """Leave the file: take its content along where it is good, else delete it and start empty."""
        is_good = _is_passing(error)
        memory = open_memory()
        # SQLite may have undone the whole transaction; then what the caller has put is gone.
        is_whole = is_good and self._connection.in_transaction >= had_changes
        if is_whole:
            try:
                self._connection.backup(memory)
            except STORE_FAILURES:
                memory = open_memory()
                is_whole = False
        with contextlib.suppress(*STORE_FAILURES):
            self._connection.close()
        if self._path and not is_good:
            delete_database(self._path)
        self._path = ""
        self._connection = memory
        if not is_whole:
            self.problem = self.problem or f"the state of earlier builds is not used: {error}"
            raise StoreLostFault(
                f"the state of earlier builds was lost: {error}", hint="run the command again"
            )
        self.problem = self.problem or f"the state of this build is not kept: {error}"


def _sound(rows: Iterable[Any]) -> list[tuple[str, bytes]]:
    """Check every row; one that is damaged condemns all of them, since a table with holes would look whole."""
    found = []
    for key, value, crc in rows:
        if not (isinstance(key, str) and isinstance(value, bytes)) or _crc(key, value) != crc:
            raise DamagedRowError("a row is damaged")
        found.append((key, value))
    return found


def _is_passing(error: Exception) -> bool:
    """Tell whether an error lies in the machine and not in the file, which then may stay."""
    return str(getattr(error, "sqlite_errorname", "")).startswith(_PASSING)


def _commit_and_shrink(connection: sqlite3.Connection) -> None:
    connection.execute("COMMIT")
    free = connection.execute("PRAGMA freelist_count").fetchone()[0]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    if free > _FREE_PAGES_KEPT and free > pages // 4:
        # As a script: `execute` makes one step, which is one page. Before the commit a script would end it early.
        connection.executescript(f"PRAGMA incremental_vacuum({free - _FREE_PAGES_KEPT})")


def _known(table: str) -> str:
    """Let only our own names into a statement."""
    if table != "meta" and table not in TABLES:
        raise InternalFault(f"the store has no table `{table}`")
    return table


def _crc(key: str, value: bytes) -> int:
    return crc32(value, crc32(key.encode()))
