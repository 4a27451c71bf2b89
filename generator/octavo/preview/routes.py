"""Which output answers an address, by the rules of GitHub Pages; no address is ever made into a path."""

from collections.abc import Container
from typing import Literal

from octavo.model import Value
from octavo.urls import encode_path, url_of

__all__ = ["MISSING", "Route", "address_of", "find_route"]

MISSING = "404.html"


class Route(Value, frozen=True):
    """What an address leads to."""

    kind: Literal["output", "redirect", "missing"]
    output: str = ""
    """The output that is sent; the 404 page for `missing`."""
    location: str = ""
    """Where a redirect leads: a percent-encoded path."""


def find_route(path: str, outputs: Container[str], base: str) -> Route:
    """Find what answers a decoded path.

    *outputs* are all outputs of the site, *base* is the path of the site's root on its host, with slashes around it.
    As on Pages, a folder without its slash is a redirect, and `/about` is answered by `about.html`.
    """
    if not path.startswith(base):
        is_root = path == "/" or path == base.rstrip("/")
        return Route(kind="redirect", location=encode_path(base)) if is_root else _missing()
    rest = path[len(base) :]
    output = rest + "index.html" if not rest or rest.endswith("/") else rest
    if output in outputs:
        return Route(kind="output", output=output)
    if not output.endswith("/index.html") or not rest.endswith("/"):
        if f"{rest}/index.html" in outputs:
            return Route(kind="redirect", location=encode_path(f"{base}{rest}/"))
        if f"{rest}.html" in outputs:
            return Route(kind="output", output=f"{rest}.html")
    return _missing()


def _missing() -> Route:
    return Route(kind="missing", output=MISSING)


def address_of(output: str, base: str) -> str:
    """Give the percent-encoded path at which an output is served."""
    return encode_path(base + url_of(output))
