"""The sitemap (sitemaps.org protocol 0.9): every page with its absolute address and the day it was changed."""

from collections.abc import Iterable
from typing import Protocol

from octavo.context import PageContext
from octavo.model import Value

__all__ = ["SitemapEntry", "sitemap_entries"]


class SitemapEntry(Value, frozen=True):
    """One address of the sitemap."""

    location: str
    modified: str = ""
    """ISO date; empty where nobody knows."""


class _Page(Protocol):
    @property
    def context(self) -> PageContext: ...


def sitemap_entries(site_url: str, pages: Iterable[_Page]) -> tuple[SitemapEntry, ...]:
    """List the pages that have an absolute address, sorted; nothing where site.yaml gives no `url`."""
    if not site_url:
        return ()
    entries = [
        SitemapEntry(location=page.context.canonical, modified=page.context.updated or page.context.date)
        for page in pages
        if page.context.canonical and not page.context.draft
    ]
    return tuple(sorted(entries, key=lambda entry: entry.location))
