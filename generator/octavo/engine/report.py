"""What a build did, as a value; the console makes sentences of it."""

from octavo.errors import Diagnostic
from octavo.model import Value

__all__ = ["BuildCounts", "BuildReport"]


class BuildCounts(Value, frozen=True):
    """How much work a build was."""

    pages: int = 0
    """Page-like outputs of the site, generated ones included."""
    parsed: int = 0
    rendered: int = 0
    """Pages made anew, whether their bytes differ or not."""
    copied: int = 0
    """Assets whose content changed."""
    written: int = 0
    """Files whose bytes differ from what was there."""
    unchanged: int = 0
    """Files that were left as they are."""
    pruned: int = 0
    drafts: int = 0
    """Drafts that were left out."""
    folded: int = 0
    """Chapters of tutorials whose code was gone through anew."""


class BuildReport(Value, frozen=True):
    """The outcome of one build or check."""

    counts: BuildCounts
    diagnostics: tuple[Diagnostic, ...]
    published: bool
    """True when the output folder now holds this site."""
    seconds: float = 0.0
    stages: tuple[tuple[str, float], ...] = ()
    """Wall time of each stage, in order."""
    notes: tuple[str, ...] = ()
    """Things the user may want to know that are no problem of the content."""
    written: tuple[str, ...] = ()
    """Outputs whose bytes changed, sorted."""
    pruned: tuple[str, ...] = ()
