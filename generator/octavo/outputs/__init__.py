"""Outputs that are no pages: the sitemap, what search is made from, and the theme's assets under fingerprinted names."""

from octavo.outputs.assets import PublishedAssets, publish_assets
from octavo.outputs.searchpages import search_page
from octavo.outputs.sitemap import SitemapEntry, sitemap_entries
from octavo.outputs.titles import TitledPage, titles_script

__all__ = [
    "PublishedAssets",
    "SitemapEntry",
    "TitledPage",
    "publish_assets",
    "search_page",
    "sitemap_entries",
    "titles_script",
]
