"""Holds back for a moment that a file has vanished or was emptied: most often its editor is about to write it.

Many editors save by emptying the file or by moving it away, and write the new text a little later. A reader who looks in
between must not see a page without its text. Time is monotonic, so that neither a set clock nor a sleeping machine
matters.
"""

from collections.abc import Callable, Iterable, Mapping

from octavo.digest import Digest
from octavo.engine.ports import Stamp

__all__ = ["HOLD_SECONDS", "Holding"]

HOLD_SECONDS = 0.25


class Holding:
    """What is being held, by name; the names are the owner's."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}
        self._over: set[str] = set()

    @property
    def until(self) -> float | None:
        """When to look again, by the clock given; None where nothing is held."""
        return min(self._until.values(), default=None)

    @property
    def names(self) -> frozenset[str]:
        """All that is held, that too whose time has come and of which nobody has been told yet."""
        return frozenset(self._over).union(self._until)

    def holds(self, name: str) -> bool:
        """Tell whether a loss that is seen now is still to be held back; the first sight starts the time."""
        if name in self._over:
            return False
        now = self._clock()
        return now < self._until.setdefault(name, now + HOLD_SECONDS)

    def release(self, name: str) -> None:
        """Forget a name: the file is whole again, or its loss counts."""
        self._until.pop(name, None)
        self._over.discard(name)

    def expire(self) -> None:
        """Let all losses count whose time has come, so that `until` never names a moment that is past.

        To be called before looking again; a name that nobody asks about any more is not waited for twice.
        """
        now = self._clock()
        over = [name for name, moment in self._until.items() if now >= moment]
        for name in over:
            del self._until[name]
        self._over.update(over)

    def settle(
        self, known: Mapping[str, Stamp], found: dict[str, Stamp], changed: Iterable[str] | None
    ) -> dict[str, Stamp]:
        """Give *found*, with the stamps of *known* for files that have only just been lost, in sorted order.

        Args:
            known: the stamps that were given out last.
            found: those on disk now; never changed, and given as they are where nothing is held.
            changed: the paths that may differ between the two, those held included; None for all.

        A file whose content turned up under another name was renamed: that counts at once. Its inode tells nothing, since
        the next new file gets the inode of the last removed one.

        """
        names = known if changed is None else changed
        lost: list[str] = []
        for name in names:
            before = known.get(name)
            now = found.get(name)
            if before is None or before.size == 0 or (now is not None and now.size > 0):
                self.release(name)
            else:
                lost.append(name)
        if not lost:
            return found
        arrived = _arrived(known, found, found if changed is None else names)
        kept: dict[str, Stamp] = {}
        for name in lost:
            before = known[name]
            if before.digest in arrived or not self.holds(name):
                self.release(name)
            else:
                kept[name] = before
        if not kept:
            return found
        stamps = {**found, **kept}
        return stamps if kept.keys() <= found.keys() else dict(sorted(stamps.items()))


def _arrived(
    known: Mapping[str, Stamp], found: Mapping[str, Stamp], names: Iterable[str]
) -> frozenset[Digest]:
    """Give the digests of files that stand under these names, and were others or none before."""
    digests: set[Digest] = set()
    for name in names:
        now = found.get(name)
        before = known.get(name)
        if now is not None and (before is None or before.digest != now.digest):
            digests.add(now.digest)
    return frozenset(digests)
