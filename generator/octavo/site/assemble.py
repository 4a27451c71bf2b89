"""From cards to pages: the one pure function that sees the whole site, and cuts it into slices."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

import msgspec

from octavo.config import Config
from octavo.context import NavSection, PageContext, PageKind, SiteInfo
from octavo.model import AssetCard, FrontCard, FrontMatter, PageCard, Value
from octavo.site.contexts import ContextMaker
from octavo.site.facts import SiteFacts
from octavo.site.links import Level, LinkTable, resolve_links
from octavo.site.nav import Navigation, automatic_navigation, given_navigation
from octavo.site.pages import Addresses, TagAddress, address_pages, check_collisions, tag_addresses
from octavo.site.problems import Problem
from octavo.site.siteinfo import site_info
from octavo.site.tree import MISSING_URL, walk_folders
from octavo.site.tutorials import TutorialOutline, outline_tutorials
from octavo.urls import base_path, output_of, resolve_path

__all__ = ["AssembledSite", "PageOutput", "Problem", "Redirect", "SiteFacts", "assemble", "fill_page"]

CONTENTS_URL = "contents/"
TAGS_URL = "tags/"
SITEMAP = "sitemap.xml"


class PageOutput(Value, frozen=True):
    """One page-like output of the site."""

    output: str
    template: str
    context: PageContext
    source: str = ""
    """Empty for a generated page."""
    front: FrontMatter = FrontMatter()


class Redirect(Value, frozen=True):
    """An old address that leads to a page."""

    output: str
    url: str
    target: str
    """The url it leads to."""
    source: str


class AssembledSite(msgspec.Struct, frozen=True):
    """The site as slices: what every output may see."""

    info: SiteInfo
    pages: tuple[PageOutput, ...]
    sections: dict[str, NavSection]
    redirects: tuple[Redirect, ...]
    problems: tuple[Problem, ...]
    tutorials: tuple[TutorialOutline, ...]
    table: LinkTable
    """What references can point at: resolves those of a page that was not parsed when the site was assembled."""


def assemble(
    cards: Mapping[str, tuple[FrontCard, PageCard]],
    assets: Mapping[str, AssetCard],
    config: Config,
    facts: SiteFacts,
) -> AssembledSite:
    """Assemble the site.

    Args:
        cards: front and page card of every page of this build, by source.
        assets: the files that are copied, by source.
        config: site.yaml.
        facts: dates, template names and left-out drafts.

    Returns:
        The slices for every output, with all problems that only the whole site shows.

    """
    fronts = [cards[source][0] for source in sorted(cards)]
    addresses = address_pages(fronts)
    tags = tag_addresses(fronts)
    titles = _titles(cards, addresses, config.title)
    generated = _generated_urls(tags, titles)
    table = LinkTable(
        cards={source: card for source, (_, card) in cards.items()},
        url_of_source=addresses.url_of_source,
        titles=titles,
        assets=assets,
        drafts=facts.drafts,
        content_dir=config.content_dir,
        folders={folder.path: folder.url for folder in walk_folders(addresses.tree)},
        outputs=frozenset({SITEMAP} if config.url else ()),
        missing_root=base_path(config.url),
    )
    draft_urls = frozenset(addresses.url_of_source[front.source] for front in fronts if front.front.draft)
    navigation, problems = _navigation(config, addresses, titles, draft_urls, facts, table)
    info, info_problems = site_info(
        config, assets, has_tags=bool(tags), page_at=table.page_at, suggest=table.suggest
    )
    redirects, redirect_problems = _redirects(fronts, addresses, generated, assets, config)
    maker = ContextMaker(
        cards=cards,
        addresses=addresses,
        navigation=navigation,
        table=table,
        titles=titles,
        tags=tags,
        config=config,
        facts=facts,
        draft_urls=draft_urls,
    )
    pages, page_problems = _pages(cards, addresses, tags, generated, maker)
    tutorials, tutorial_problems = outline_tutorials(
        cards,
        addresses,
        navigation,
        follows_nav=bool(config.nav),
        titles=titles,
        drafts=facts.drafts,
    )
    extra = {output_of(url): "" for url in generated}
    extra |= {redirect.output: redirect.source for redirect in redirects}
    extra |= {SITEMAP: ""} if config.url and SITEMAP not in assets else {}
    collisions = check_collisions(addresses, assets=assets, extra=extra)
    return AssembledSite(
        info=info,
        pages=pages,
        sections=navigation.sections,
        redirects=redirects,
        problems=(
            *problems,
            *info_problems,
            *redirect_problems,
            *page_problems,
            *tutorial_problems,
            *collisions,
        ),
        tutorials=tutorials,
        table=table,
    )


def fill_page(site: AssembledSite, page: PageOutput, card: PageCard) -> PageOutput:
    """Give a page whose beginning alone was known the title and the references of its whole card."""
    levels: dict[str, Level] = {"links": "off", "anchors": "off", "assets": "off"}
    fills, _ = resolve_links(site.table, page.source, page.context.url, card.links, levels)
    context = msgspec.structs.replace(page.context, title=card.title, fills=fills)
    return msgspec.structs.replace(page, context=context)


def _titles(
    cards: Mapping[str, tuple[FrontCard, PageCard]], addresses: Addresses, site_title: str
) -> dict[str, str]:
    """Give the title of every page url, generated folder pages included."""
    titles = {url: folder.name for url, folder in addresses.generated.items()}
    for url, source in addresses.source_of_url.items():
        titles[url] = cards[source][1].title
    if "" in addresses.generated:
        titles[""] = site_title
    return titles


def _generated_urls(tags: tuple[TagAddress, ...], titles: dict[str, str]) -> dict[str, PageKind]:
    """Give the urls that Octavo adds; a page of the author's at the same url stands in for contents, tags and 404."""
    wanted: dict[str, tuple[PageKind, str]] = {
        CONTENTS_URL: ("contents", "Contents"),
        MISSING_URL: ("missing", "Page not found"),
    }
    if tags:
        wanted[TAGS_URL] = ("tags", "Tags")
    kinds: dict[str, PageKind] = {}
    for url, (kind, title) in wanted.items():
        if url not in titles:
            kinds[url] = kind
            titles[url] = title
    for tag in tags:
        kinds[tag.url] = "tag"
        titles.setdefault(tag.url, tag.name)
    return kinds


def _navigation(
    config: Config,
    addresses: Addresses,
    titles: Mapping[str, str],
    draft_urls: frozenset[str],
    facts: SiteFacts,
    table: LinkTable,
) -> tuple[Navigation, tuple[Problem, ...]]:
    if not config.nav:
        return automatic_navigation(addresses.tree, titles, draft_urls, CONTENTS_URL), ()
    navigation, problems = given_navigation(
        config.nav,
        addresses.tree,
        titles=titles,
        drafts=draft_urls,
        left_out=facts.drafts,
        contents=CONTENTS_URL,
        resolve=table.page_at,
        suggest=table.suggest,
    )
    level = config.validation.orphans
    if level == "off":
        return navigation, problems
    footer = (resolve_path("", target.partition("#")[0]) for _, target in config.footer)
    found_elsewhere = {"", MISSING_URL, *(table.page_at(path) for path in footer if path)}
    orphans = tuple(
        Problem(
            code="orphan-page",
            severity=level,
            message=f"`{source}` stands in no entry of `nav`",
            source=source,
            hint="add it to `nav` in site.yaml, or set `validation.orphans: off`",
        )
        for source, url in addresses.url_of_source.items()
        if url not in navigation.section_of and url not in found_elsewhere
    )
    return navigation, (*problems, *orphans)


def _redirects(
    fronts: list[FrontCard],
    addresses: Addresses,
    generated: Mapping[str, Any],
    assets: Iterable[str],
    config: Config,
) -> tuple[tuple[Redirect, ...], tuple[Problem, ...]]:
    """Turn the aliases of pages into redirect pages, and report those whose address is taken."""
    taken = {asset.casefold(): f"`{asset}`" for asset in assets}
    taken |= {SITEMAP: "the sitemap"} if config.url else {}
    taken |= {output_of(url).casefold(): f"`{source}`" for source, url in addresses.url_of_source.items()}
    taken |= {output_of(url).casefold(): "a generated page" for url in (*addresses.generated, *generated)}
    redirects: list[Redirect] = []
    problems: list[Problem] = []
    for card in fronts:
        for number, alias in enumerate(card.front.aliases):
            if alias.new:
                continue
            url = _alias_url(alias.old)
            output = output_of(url)
            owner = taken.get(output.casefold())
            if owner is None:
                taken[output.casefold()] = f"`{card.source}`"
                target = addresses.url_of_source[card.source]
                redirects.append(Redirect(output=output, url=url, target=target, source=card.source))
                continue
            problems.append(
                Problem(
                    code="duplicate-url",
                    severity="error",
                    message=f"the alias `{alias.old}` is taken by {owner}",
                    source=card.source,
                    key=f"aliases.{number}",
                    hint="remove the alias: the page itself has the address"
                    if owner == f"`{card.source}`"
                    else "remove the alias, or move the page that has the address",
                )
            )
    return tuple(redirects), tuple(problems)


def _alias_url(old: str) -> str:
    """Turn an alias as written into a url, percent-decoded: a last part without a suffix is a folder."""
    path = unquote(old.strip()).lstrip("/")
    if not path or path.endswith("/"):
        return path
    if path.endswith("/index.html"):
        return path[: -len("index.html")]
    return path if "." in path.rsplit("/", 1)[-1] else path + "/"


def _pages(
    cards: Mapping[str, tuple[FrontCard, PageCard]],
    addresses: Addresses,
    tags: tuple[TagAddress, ...],
    generated: Mapping[str, PageKind],
    maker: ContextMaker,
) -> tuple[tuple[PageOutput, ...], tuple[Problem, ...]]:
    """Make every page-like output with its context."""
    pages: list[PageOutput] = []
    problems: list[Problem] = []
    folder_urls = {folder.url for folder in walk_folders(addresses.tree)}
    for source, url in addresses.url_of_source.items():
        if addresses.source_of_url[url] != source:
            continue  # a duplicate, reported by check_collisions
        kind: PageKind = "section" if url in folder_urls else "page"
        if not url:
            kind = "home"
        elif url == MISSING_URL:
            kind = "missing"
        front = cards[source][0].front
        context, faults = maker.context(url, kind, source)
        template, template_faults = maker.template(source, kind, front)
        problems += (*faults, *template_faults)
        pages.append(
            PageOutput(output=output_of(url), template=template, context=context, source=source, front=front)
        )
    for url in addresses.generated:
        kind = "section" if url else "home"
        context, _ = maker.context(url, kind)
        pages.append(PageOutput(output=output_of(url), template=f"{kind}.html", context=context))
    by_url = {tag.url: tag for tag in tags}
    for url, kind in generated.items():
        context, _ = maker.context(url, kind, tag=by_url.get(url))
        template = "404.html" if kind == "missing" else f"{kind}.html"
        pages.append(PageOutput(output=output_of(url), template=template, context=context))
    pages.sort(key=lambda page: page.output)
    return tuple(pages), tuple(problems)
