"""Outputs that are no pages: the sitemap, and the theme's assets under their fingerprinted names."""

from octavo.outputs.assets import PublishedAssets, publish_assets
from octavo.outputs.sitemap import SitemapEntry, sitemap_entries

__all__ = ["PublishedAssets", "SitemapEntry", "publish_assets", "sitemap_entries"]
