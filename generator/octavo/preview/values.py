"""What the preview and its edges say to each other: answers, files, and the protocol that the server asks.

The server knows HTTP and no pages; the preview knows pages and no sockets. Paths here are those of the address line,
percent-decoded, with a leading slash: `/flask/routing/`.
"""

from typing import Protocol

import msgspec

from octavo.digest import Digest
from octavo.model import Value
from octavo.preview.events import Subscription

__all__ = ["PREFIX", "Answer", "PreviewSite", "SourceFile"]

PREFIX = "/-octavo/"
"""Paths below it belong to the preview itself; no page can have such an address."""

HTML = "text/html; charset=utf-8"


class SourceFile(Value, frozen=True):
    """A file of the content that answers an address, as the snapshot knows it."""

    path: str
    """Absolute and real."""
    mtime_ns: int
    size: int
    inode: int
    digest: Digest


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What to send for an address."""

    status: int = 200
    content_type: str = HTML
    body: bytes = b""
    etag: str = ""
    """Digest of the bytes as a build would write them, without quotes; empty where there is none."""
    weak: bool = False
    """True where the bytes that are sent hold the preview's script tag besides."""
    location: str = ""
    """Where a redirect leads: percent-encoded, beginning with one slash."""
    file: SourceFile | None = None
    """Stands for `body` where a file of the content is the answer."""


class PreviewSite(Protocol):
    """What the server asks; every method may be called from any thread, and may wait for the engine."""

    token: str
    """The secret of this run, without which there are no events and no problems."""

    def answer(self, path: str) -> Answer:
        """Answer an address: a page, a file, a redirect to a folder's slash, or the 404 page."""
        ...

    def answer_again(self, path: str) -> Answer:
        """Answer an address whose file turned out to be another than the snapshot says, after looking at it anew."""
        ...

    def problems(self, page: str) -> bytes:
        """Give the problems that the page at this path shows, as a JSON list of objects.

        Keys: code, severity, message, file, line, column, excerpt, hint.
        """
        ...

    def follow(self) -> Subscription:
        """Begin to listen; the subscription must be closed."""
        ...
