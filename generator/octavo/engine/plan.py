"""The plan: every output that the site should have, with the key that says what it is made from."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from octavo.context import ThemeSource
from octavo.digest import Digest, digest_value
from octavo.engine.assembly import Assembly, PageSlice
from octavo.engine.documents import DocumentRow
from octavo.engine.manifest import Job
from octavo.engine.memory import Memory
from octavo.engine.ports import Stamp
from octavo.engine.tutorials import NO_TUTORIALS, TutorialStates
from octavo.site import Redirect

__all__ = [
    "OUTPUTS_FILE",
    "REDIRECT_TEMPLATE",
    "SEARCH_FOLDER",
    "SITEMAP_TEMPLATE",
    "TITLES",
    "Plan",
    "add_tutorials",
    "list_job",
    "make_plan",
    "titled_slices",
]

SITEMAP = "sitemap.xml"
SEARCH_FOLDER = "search/"
"""Holds all files of the search: the list of titles, and the index, whose files are known once it is made."""
TITLES = f"{SEARCH_FOLDER}titles.js"
MISSING = "404.html"
OUTPUTS_FILE = ".octavo-outputs"
"""Lists the outputs in the output folder itself, so that files of somebody else are known without the cache."""
NAV_TEMPLATE = "system/nav-fragment.html"
REDIRECT_TEMPLATE = "system/redirect.html"
SITEMAP_TEMPLATE = "system/sitemap.xml"


class Plan(msgspec.Struct, frozen=True):
    """All jobs by output, and what redirects are made from."""

    jobs: dict[str, Job]
    redirects: dict[str, tuple[Redirect, str, str]]
    """Redirect, title and canonical address of its target, by output."""
    pages: int
    """How many of the jobs are pages."""
    tutorials: TutorialStates = NO_TUTORIALS
    """What pages show of the tutorials that they belong to, and what downloads hold."""


def make_plan(
    assembly: Assembly,
    documents: Mapping[str, DocumentRow],
    assets: Mapping[str, Stamp],
    theme: ThemeSource,
    *,
    closures: Mapping[str, Digest],
    engine: Digest,
    memory: Memory,
) -> Plan:
    """Make a job for every page, redirect, asset and listing.

    *closures* holds, for each template, the digest of it and of all that it refers to. Two outputs of one name were
    reported when the site was assembled; here the first in the order page, redirect, asset, theme stands.
    """
    jobs: dict[str, Job] = {}
    shared = _shared_parts(assembly, theme, closures, engine)
    sections = dict(assembly.sections)
    known, kept = memory.jobs, {}
    for page in assembly.slices:
        row = documents.get(page.source)
        common = shared(page.template)
        made_from = (page, row, sections[page.nav], common)
        before = known.get(page.output)
        job = before[1] if before is not None and _is_same(made_from, before[0]) else _page_job(*made_from)
        kept[page.output] = (made_from, job)
        jobs[page.output] = job
    memory.jobs = kept
    pages = len(jobs)
    redirects = {
        redirect.output: (redirect, *facts)
        for redirect, facts in zip(assembly.redirects, assembly.redirect_titles, strict=True)
        if redirect.output not in jobs
    }
    for output, (redirect, title, canonical) in redirects.items():
        target = digest_value((redirect.url, redirect.target, title, canonical))
        parts = (("target", target), *shared(REDIRECT_TEMPLATE))
        jobs[output] = Job(output=output, kind="redirect", parts=parts, source=redirect.source)
    if assembly.sitemap and SITEMAP not in assets:
        parts = (("entries", digest_value(assembly.sitemap)), *shared(SITEMAP_TEMPLATE))
        jobs[SITEMAP] = Job(output=SITEMAP, kind="sitemap", parts=parts)
    if assembly.info.search and TITLES not in assets:
        words = digest_value((theme.words, theme.language))
        parts = (("titles", _titles_digest(assembly, documents)), ("theme words", words), ("octavo", engine))
        jobs[TITLES] = Job(output=TITLES, kind="titles", parts=parts)
    for source, stamp in assets.items():
        if source not in jobs:
            jobs[source] = Job(output=source, kind="asset", parts=(("content", stamp.digest),), source=source)
    for asset in theme.assets:
        if asset.output not in jobs:
            jobs[asset.output] = Job(output=asset.output, kind="theme", parts=(("content", asset.digest),))
    jobs[OUTPUTS_FILE] = list_job(jobs)
    return Plan(jobs, redirects, pages)


def _page_job(
    page: PageSlice, row: DocumentRow | None, section: Digest, common: tuple[tuple[str, Digest], ...]
) -> Job:
    own = (("body", row.body_digest), ("front matter", row.front_digest)) if row is not None else ()
    parts = (*own, ("navigation", section), *page.parts, *common)
    return Job(output=page.output, kind="page", parts=parts, source=page.source)


def _is_same(now: tuple[Any, ...], before: tuple[Any, ...]) -> bool:
    """Tell whether a job is made from the values that it was made from last; equal ones are most often the same."""
    return (
        now[0] is before[0]
        and now[1] is before[1]
        and now[2] == before[2]
        and (now[3] is before[3] or now[3] == before[3])
    )


def add_tutorials(plan: Plan, tutorials: TutorialStates, engine: Digest) -> Plan:
    """Let pages depend on what they show of their tutorials, and add the downloads."""
    if not tutorials.digests:
        return plan
    jobs = dict(plan.jobs)
    for output, digest in tutorials.digests.items():
        job = jobs[output]
        jobs[output] = msgspec.structs.replace(job, parts=(*job.parts, ("tutorial", digest)))
    del jobs[OUTPUTS_FILE]
    for output, download in tutorials.downloads.items():
        if output not in jobs:
            parts = (("project", digest_value((download.folder, download.tree))), ("octavo", engine))
            jobs[output] = Job(output=output, kind="download", parts=parts)
    jobs[OUTPUTS_FILE] = list_job(jobs)
    return Plan(jobs, plan.redirects, plan.pages, tutorials)


def titled_slices(
    assembly: Assembly, documents: Mapping[str, DocumentRow]
) -> Iterator[tuple[PageSlice, DocumentRow]]:
    """Give the pages that a search lists by their titles."""
    for page in assembly.slices:
        row = documents.get(page.source)
        if row is not None and row.front.front.search and page.output != MISSING:
            yield page, row


def _titles_digest(assembly: Assembly, documents: Mapping[str, DocumentRow]) -> Digest:
    return digest_value(
        [(page.output, row.front_digest, row.card_digest) for page, row in titled_slices(assembly, documents)]
    )


def list_job(jobs: Mapping[str, Job]) -> Job:
    """Give the job of the list of outputs, which names all others."""
    return Job(
        output=OUTPUTS_FILE,
        kind="list",
        parts=(("outputs", digest_value(sorted(jobs.keys() - {OUTPUTS_FILE}))),),
    )


def _shared_parts(
    assembly: Assembly, theme: ThemeSource, closures: Mapping[str, Digest], engine: Digest
) -> Callable[[str], tuple[tuple[str, Digest], ...]]:
    """Give the parts that all outputs of one template have in common."""
    info = digest_value(assembly.info)
    options = digest_value(theme.options)
    words = digest_value((theme.words, theme.language))
    assets = digest_value(tuple((asset.name, asset.output) for asset in theme.assets))
    fragment = closures.get(NAV_TEMPLATE, Digest(""))
    memo: dict[str, tuple[tuple[str, Digest], ...]] = {}

    def parts(template: str) -> tuple[tuple[str, Digest], ...]:
        if template not in memo:
            closure: Any = (template, closures.get(template, ""), fragment)
            memo[template] = (
                ("site", info),
                ("templates", digest_value(closure)),
                ("theme options", options),
                ("theme words", words),
                ("theme assets", assets),
                ("octavo", engine),
            )
        return memo[template]

    return parts
