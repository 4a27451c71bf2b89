"""One chapter as whoever runs it needs it: its steps, the files they leave, the settings. A value, so that it can be sent."""

from octavo.model import Normaliser, Value
from octavo.tutorial.fold import Written
from octavo.tutorial.step import Step

__all__ = ["DEFAULT_TIMEOUT", "ChapterTask"]

DEFAULT_TIMEOUT = 30.0
"""Seconds that a block may take where nobody says otherwise."""


class ChapterTask(Value, frozen=True):
    """A chapter to run."""

    source: str
    project: str
    """The folder that the reader works in."""
    steps: tuple[Step, ...]
    """All of the chapter, or those up to the one that was asked for."""
    written: tuple[Written, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    """The project at the start."""
    variables: tuple[tuple[str, str], ...] = ()
    secrets: tuple[tuple[str, str], ...] = ()
    """Names and values of those that are there."""
    base_url: str = ""
    ports: tuple[int, ...] = ()
    timeout: float = DEFAULT_TIMEOUT
    normalise: tuple[Normaliser, ...] = ()
    profile: str = ""
    """The one of the tutorial's `profiles` that runs; empty for none."""
