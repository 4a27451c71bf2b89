"""The target of a request: bytes to a decoded path and a query, or a refusal; pure.

A path that two programs could read differently is refused, not mended: Vite's and http.server's histories are lists of
forms that somebody's clean-up let through.
"""

import re
from urllib.parse import unquote_to_bytes

import msgspec

from octavo.edges.server.refusals import Refusal

__all__ = ["Target", "decode_path", "read_target"]

_VISIBLE = re.compile(rb"[\x21-\x7e]+")
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ENCODED_SLASH = re.compile(rb"%(?:2f|5c)", re.IGNORECASE)
_CONTROL = re.compile("[\\\\\0-\x1f\x7f-\x9f]")

_FORM = Refusal(400, "The address of a request begins with a slash.")
_UNCLEAR = Refusal(400, "The address is not well-formed.")


class Target(msgspec.Struct, frozen=True):
    """A request target in its two parts."""

    path: str
    """Decoded, beginning with one slash, without dot segments, backslashes and control characters."""
    query: str
    """As it came: visible ASCII; empty where there is none. It never has a say in which file is sent."""


def read_target(target: bytes) -> Target | Refusal:
    """Read the target of a GET or HEAD request: an absolute path, and a query."""
    if not target.startswith(b"/"):
        return _FORM
    if _VISIBLE.fullmatch(target) is None or b"#" in target:
        return _UNCLEAR
    path, _, query = target.partition(b"?")
    decoded = decode_path(path)
    return _UNCLEAR if decoded is None else Target(decoded, query.decode("ascii"))


def decode_path(path: bytes) -> str | None:
    """Decode the path of an address; None where it is not well-formed, or could be read in two ways."""
    if path.startswith(b"//") or _BAD_ESCAPE.search(path) or _ENCODED_SLASH.search(path):
        return None
    try:
        text = unquote_to_bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not text.startswith("/") or _CONTROL.search(text):
        return None
    return None if any(part in {".", ".."} for part in text.split("/")) else text
