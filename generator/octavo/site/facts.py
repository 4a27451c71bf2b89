"""What the site's surroundings say, besides cards and configuration."""

from octavo.model import Value

__all__ = ["SiteFacts"]


class SiteFacts(Value, frozen=True):
    """Facts that the engine gathers for assembling."""

    dates: tuple[tuple[str, str], ...] = ()
    """Source and ISO date of its last commit."""
    templates: tuple[str, ...] = ()
    """Names of the templates that front matter may ask for, sorted."""
    drafts: frozenset[str] = frozenset()
    """Sources of drafts that this build leaves out."""
    repository_prefix: str = ""
    """The site folder relative to the repository's root, with a trailing slash; empty at the root."""
