"""The plan: every output that the site should have, with the key that says what it is made from."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from octavo.context import ThemeSource
from octavo.digest import Digest, digest_value
from octavo.engine.documents import DocumentRow
from octavo.engine.manifest import Job
from octavo.engine.ports import Stamp
from octavo.outputs import SitemapEntry, sitemap_entries
from octavo.site import AssembledSite, PageOutput, Redirect
from octavo.urls import output_of

__all__ = ["Plan", "make_plan"]

SITEMAP = "sitemap.xml"
REDIRECT_TEMPLATE = "system/redirect.html"
SITEMAP_TEMPLATE = "system/sitemap.xml"


class Plan(msgspec.Struct, frozen=True):
    """All jobs by output, and what each kind of job is made from."""

    jobs: dict[str, Job]
    pages: dict[str, PageOutput]
    redirects: dict[str, Redirect]
    sitemap: tuple[SitemapEntry, ...]
    theme_assets: dict[str, str]
    """Output and name of each theme asset."""


def make_plan(
    site: AssembledSite,
    documents: Mapping[str, DocumentRow],
    assets: Mapping[str, Stamp],
    theme: ThemeSource,
    *,
    closures: Mapping[str, Digest],
    engine: Digest,
) -> Plan:
    """Make a job for every page, redirect, asset and listing.

    *closures* holds, for each template, the digest of it and of all that it refers to. Two outputs of one name were
    reported when the site was assembled; here the first in the order page, redirect, asset, theme stands.
    """
    jobs: dict[str, Job] = {}
    shared = _shared_parts(site, theme, closures, engine)
    sections = {key: digest_value(section) for key, section in site.sections.items()}
    pages = {page.output: page for page in site.pages}
    for output, page in pages.items():
        parts = (*_page_parts(page, documents.get(page.source), sections), *shared(page.template))
        jobs[output] = Job(output=output, kind="page", parts=parts, source=page.source)
    redirects = {redirect.output: redirect for redirect in site.redirects if redirect.output not in jobs}
    for output, redirect in redirects.items():
        target = pages[output_of(redirect.target)].context
        facts = (redirect.url, redirect.target, target.title, target.canonical)
        parts = (("target", digest_value(facts)), *shared(REDIRECT_TEMPLATE))
        jobs[output] = Job(output=output, kind="redirect", parts=parts, source=redirect.source)
    sitemap = sitemap_entries(site.info.url, site.pages)
    if sitemap and SITEMAP not in assets:
        parts = (("entries", digest_value(sitemap)), *shared(SITEMAP_TEMPLATE))
        jobs[SITEMAP] = Job(output=SITEMAP, kind="sitemap", parts=parts)
    for source, stamp in assets.items():
        if source not in jobs:
            jobs[source] = Job(output=source, kind="asset", parts=(("content", stamp.digest),), source=source)
    theme_assets = {asset.output: asset.name for asset in theme.assets if asset.output not in jobs}
    for asset in theme.assets:
        if asset.output in theme_assets:
            jobs[asset.output] = Job(output=asset.output, kind="theme", parts=(("content", asset.digest),))
    return Plan(jobs, pages, redirects, sitemap, theme_assets)


def _page_parts(
    page: PageOutput, row: DocumentRow | None, sections: Mapping[str, Digest]
) -> Iterable[tuple[str, Digest]]:
    """Name what a page is made from, so that `octavo why` can say which of it changed."""
    context = page.context
    if row is not None:
        yield "body", row.body_digest
        yield "front matter", row.front_digest
    yield "navigation", sections[context.nav]
    yield "neighbours", digest_value((context.previous, context.next, context.breadcrumbs, context.trail))
    yield "links", digest_value(context.fills)
    yield "listing", digest_value(context.children)
    yield (
        "page facts",
        digest_value(
            (
                context.url, context.kind, context.root, context.title, context.description, context.canonical,
                context.tags, context.prerequisites, context.date, context.updated, context.edit_href,
                context.image, context.draft,
            )
        ),
    )  # fmt: skip


def _shared_parts(
    site: AssembledSite, theme: ThemeSource, closures: Mapping[str, Digest], engine: Digest
) -> Callable[[str], tuple[tuple[str, Digest], ...]]:
    """Give the parts that all outputs of one template have in common."""
    info = digest_value(site.info)
    options = digest_value(theme.options)
    assets = digest_value(tuple((asset.name, asset.output) for asset in theme.assets))
    fragment = closures.get("system/nav-fragment.html", Digest(""))
    memo: dict[str, tuple[tuple[str, Digest], ...]] = {}

    def parts(template: str) -> tuple[tuple[str, Digest], ...]:
        if template not in memo:
            closure: Any = (template, closures.get(template, ""), fragment)
            memo[template] = (
                ("site", info),
                ("templates", digest_value(closure)),
                ("theme options", options),
                ("theme assets", assets),
                ("octavo", engine),
            )
        return memo[template]

    return parts
