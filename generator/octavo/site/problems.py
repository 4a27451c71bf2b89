"""What assembling finds wrong, before anybody knows the line.

Cards hold no positions, so that an edit above a link does not reach other pages. The engine turns a problem into a
diagnostic with the page's `PagePlaces`.
"""

from octavo.errors import Severity
from octavo.model import Value

__all__ = ["Problem"]


class Problem(Value, frozen=True):
    """A problem of one page, or of site.yaml, with a pointer to what it is about."""

    code: str
    severity: Severity
    message: str
    source: str = ""
    """The page, relative to the content folder; empty for site.yaml."""
    link: int = -1
    """Index into the card's links, where the problem is a reference's."""
    key: str = ""
    """Front matter key, or key path in site.yaml (`nav.0.1`), where the problem is a value's."""
    hint: str = ""
