"""Bringing the output up to date: what was rendered goes into the spare tree, which then becomes the site.

The spare holds the site before the last one. The difference between the two was kept, so that bringing the spare up to
date costs what changed in the last two builds, not what there is.
"""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from octavo.engine.manifest import Job, OutputRow, generation_id
from octavo.engine.ports import Output, Store
from octavo.errors import EnvironmentFault
from octavo.model import Value

__all__ = [
    "SiteState",
    "TreeUpdate",
    "check_foreign_files",
    "forget_other_engines",
    "load_state",
    "save_rows",
]

_JUNK = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_META = "site"

_encode = msgspec.msgpack.Encoder().encode
_decode_rows = msgspec.msgpack.Decoder(dict[str, OutputRow]).decode


class SiteState(Value, frozen=True):
    """Which site the manifest describes, and how the spare differs from it."""

    folder: str = ""
    """The absolute real path of the output folder."""
    generation: str = ""
    previous: str = ""
    """The generation that the spare holds; empty where there is no spare."""
    difference: tuple[str, ...] = ()
    """Outputs that differ between the two."""


def load_state(
    store: Store, output: Output, folder: str, *, heal: bool
) -> tuple[SiteState, dict[str, OutputRow]]:
    """Read the manifest, as far as it describes what is on disk.

    With *heal*, a build that was killed between its commit and its exchange is completed: the spare is whole and holds
    what the manifest describes. A site of another generation, or another folder, is not described at all, and
    neither is one of whose rows some are lost: what is no row could not be removed.
    """
    data = store.get_meta(_META)
    try:
        state = SiteState() if data is None else msgspec.msgpack.decode(data, type=SiteState)
        rows: dict[str, OutputRow] = {}
        for _, group in store.all("outputs"):
            rows.update(_decode_rows(group))
    except (msgspec.DecodeError, msgspec.ValidationError):
        return SiteState(folder=folder), {}  # kept by a version of ours with other fields
    live = output.generation("live")
    was_cut_short = state.folder == folder and bool(state.generation) and live == (state.previous or None)
    if heal and was_cut_short and live != state.generation and output.generation("spare") == state.generation:
        output.exchange()
        live = state.generation
    is_described = state.folder == folder and bool(state.generation) and live == state.generation
    if not is_described or generation_id(rows) != state.generation:
        return SiteState(folder=folder), {}
    return state, rows


def forget_other_engines(store: Store, engine: str) -> None:
    """Drop what another version of Octavo kept: its keys differ, and so may the fields of its rows.

    The manifest stays: it still tells which bytes are on disk.
    """
    if store.get_meta("engine") == engine.encode():
        return
    for table in ("stamps", "documents", "bodies", "contexts", "images"):
        store.clear(table)
    for name in ("assembly", "templates", "highlight", "git", "scan-folder"):
        store.set_meta(name, b"")
    store.set_meta("engine", engine.encode())


def check_foreign_files(
    known: Collection[str],
    jobs: Mapping[str, Job],
    observed: Mapping[str, tuple[int, int]],
    shown: str,
) -> None:
    """Refuse to replace a site that holds files of somebody else; empty folders do not count.

    *known* are the outputs of the last build, from the manifest, or from the folder's own list where the manifest is
    gone. Without either nothing can be told apart, and the folder's generation file says that it is ours.

    Raises:
        EnvironmentFault: files in the output folder that no build has written.

    """
    if not known:
        return
    foreign = sorted(
        path
        for path in observed.keys() - set(known) - jobs.keys()
        if not path.endswith("/") and path.rpartition("/")[2] not in _JUNK
    )
    if foreign:
        more = f" and {len(foreign) - 3} more" if len(foreign) > 3 else ""
        names = ", ".join(f"`{shown}/{path}`" for path in foreign[:3])
        raise EnvironmentFault(
            f"{names}{more} in the output folder came from elsewhere and would be lost in a build",
            hint="move what is to be published into the content folder, and delete the rest",
        )


class TreeUpdate:
    """One build's changes to the output. Nothing is touched before the first change."""

    def __init__(self, output: Output, state: SiteState, rows: dict[str, OutputRow]) -> None:
        self._output = output
        self._state = state
        self._before = rows
        self._catch_up: set[str] | None = None
        self.written: dict[str, None] = {}
        self.removed: dict[str, None] = {}

    def _open(self) -> None:
        if self._catch_up is None:
            whole = self._output.begin(self._state.previous or None)
            self._catch_up = set(self._state.difference if whole else self._before)

    def write(self, path: str, data: bytes) -> int:
        """Write an output; gives its modification time in nanoseconds."""
        self._open()
        self.written[path] = None
        return self._output.write(path, data)

    def copy(self, source: str, path: str) -> tuple[int, int]:
        """Copy an asset; gives size and modification time (ns)."""
        self._open()
        self.written[path] = None
        return self._output.copy_file(source, path)

    def remove(self, path: str) -> None:
        """Leave an output out of the next site."""
        self._open()
        self.removed[path] = None
        self._output.remove(path)

    @property
    def is_needed(self) -> bool:
        """True when something on disk has to change."""
        return self._catch_up is not None

    def publish(self, store: Store, rows: Mapping[str, OutputRow]) -> SiteState:
        """Complete the spare, commit the manifest with the new generation, and exchange the trees.

        The commit comes first: a process killed in between leaves a whole spare of a known generation, which the
        next build puts in place.
        """
        catch_up = (self._catch_up or set()) - self.written.keys() - self.removed.keys()
        self._output.copy_from_live(sorted(path for path in catch_up if path in rows))
        for path in sorted(path for path in catch_up if path not in rows):
            self._output.remove(path)
        generation = generation_id(rows)
        self._output.finish(generation)
        state = SiteState(
            folder=self._state.folder,
            generation=generation,
            previous=self._state.generation,
            difference=tuple(sorted((*self.written, *self.removed))),
        )
        store.set_meta(_META, _encode(state))
        store.commit()
        self._output.exchange()
        if not state.previous:
            self._output.make_spare(generation)
            state = msgspec.structs.replace(state, previous=generation, difference=())
            store.set_meta(_META, _encode(state))
            store.commit()
        return state


def save_rows(store: Store, rows: Mapping[str, OutputRow], touched: Iterable[str]) -> None:
    """Bring the manifest up to date, within the build's transaction.

    *rows* are all rows of the site, *touched* the outputs whose row differs from what is kept, or is gone. Rows are kept
    by the first folder of their outputs, many in one: reading them one by one would cost more than all else that a
    build does in which nothing changed.
    """
    groups: dict[str, dict[str, OutputRow]] = {_group_of(path): {} for path in touched}
    for path, row in rows.items():
        if (group := groups.get(_group_of(path))) is not None:
            group[path] = row
    store.put_many("outputs", [(name, _encode(group)) for name, group in groups.items() if group])
    store.delete_many("outputs", [name for name, group in groups.items() if not group])


def _group_of(path: str) -> str:
    return path.partition("/")[0]
