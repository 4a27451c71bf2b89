"""What a process that plans the same site again and again remembers from one plan to the next.

The store holds the same as bytes; a memory holds it decoded. It is a cache like the store: an empty one costs work and
changes nothing, so that a build, which plans once, and the preview, which plans after every save, make the same call.
"""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec

from octavo.engine.ports import Stamp

__all__ = ["Kept", "Memory"]

Result = TypeVar("Result")


class Kept(Generic[Result]):
    """One value with the key that it was made under."""

    def __init__(self) -> None:
        self._key: Any = None
        self._value: Result | None = None

    def get(self, key: Any) -> Result | None:
        """Give the value that was made under this key; None where there is none."""
        return self._value if self._value is not None and self._key == key else None

    def keep(self, key: Any, value: Result) -> Result:
        """Keep a value in place of the one before, and give it back."""
        self._key, self._value = key, value
        return value

    @property
    def last(self) -> Result | None:
        """The value that was kept last, whatever its key."""
        return self._value


class ScanMemory(msgspec.Struct, frozen=True):
    """The files as the last scan saw them."""

    folder: str
    stamps: Mapping[str, Stamp]
    time_ns: int


class Memory:
    """The decoded values of one process; never shared between sites."""

    def __init__(self) -> None:
        self.scan: ScanMemory | None = None
        self.documents: Mapping[str, Any] | None = None
        """`DocumentRow` of every page, by source."""
        self.assembly: Kept[Any] = Kept()
        """The `Assembly`, by its key."""
        self.theme: Kept[Any] = Kept()
        """The `LoadedTheme`, by the files and choices that it was made from."""
        self.jobs: Mapping[str, tuple[Any, Any]] = {}
        """The `Job` of every page with the values that it was made from, by output."""
        self.cards: Kept[Any] = Kept()
        """The cards of all assets, by their stamps."""

    def forget(self) -> None:
        """Begin anew: the store that stands behind has lost its rows."""
        self.__init__()  # type: ignore[misc]
