"""The slice of the site that each page sees."""

from collections.abc import Iterable, Mapping

from octavo.config import Config
from octavo.context import ChapterEntry, NavItem, PageContext, PageKind, PageLink
from octavo.model import FrontCard, FrontMatter, PageCard
from octavo.site.editlink import edit_href
from octavo.site.facts import SiteFacts
from octavo.site.links import LinkTable, resolve_links
from octavo.site.nav import NO_SECTION, Navigation
from octavo.site.order import is_page_name
from octavo.site.pages import Addresses, TagAddress
from octavo.site.problems import Problem
from octavo.site.tree import MISSING_URL, Folder, walk_folders
from octavo.urls import encode_path, is_external, resolve_path, root_prefix

__all__ = ["ContextMaker"]


class ContextMaker:
    """Makes page contexts from what the site is made of; holds lookups only, and never changes."""

    def __init__(
        self,
        *,
        cards: Mapping[str, tuple[FrontCard, PageCard]],
        addresses: Addresses,
        navigation: Navigation,
        table: LinkTable,
        titles: Mapping[str, str],
        tags: tuple[TagAddress, ...],
        config: Config,
        facts: SiteFacts,
        draft_urls: frozenset[str],
    ) -> None:
        self._cards = cards
        self._addresses = addresses
        self._navigation = navigation
        self._table = table
        self._titles = titles
        self._tags = tags
        self._config = config
        self._facts = facts
        self._drafts = draft_urls
        self._dates = dict(facts.dates)
        self._folders = {folder.url: folder for folder in walk_folders(addresses.tree)}
        self._tag_of_name = {tag.name.casefold(): tag for tag in tags}
        reading = [each for order in navigation.orders for each in order] if config.nav else []
        self._positions = {each: position for position, each in enumerate(reading)}
        self._neighbours: dict[str, tuple[str | None, str | None]] = {}
        for order in navigation.orders:
            self._neighbours |= {
                url: (order[n - 1] if n else None, order[n + 1] if n + 1 < len(order) else None)
                for n, url in enumerate(order)
            }

    def context(
        self, url: str, kind: PageKind, source: str = "", *, tag: TagAddress | None = None
    ) -> tuple[PageContext, tuple[Problem, ...]]:
        """Make the context of one page; *source* is empty for a generated page, *tag* given for a tag's page."""
        front = self._cards[source][0].front if source else FrontMatter()
        links = self._cards[source][1].links if source else ()
        levels = {
            "links": self._config.validation.links,
            "anchors": self._config.validation.anchors,
            "assets": self._config.validation.assets,
        }
        fills, problems = resolve_links(self._table, source, url, links, levels)
        needed, needed_problems = self._prerequisites(url, source, front)
        image, image_problems = self._image(source, front)
        before, after = self._neighbours.get(url, (None, None))
        context = PageContext(
            url=url,
            kind=kind,
            root=self._table.missing_root if kind == "missing" else root_prefix(url),
            title=self._titles[url],
            description=front.description or (self._config.description if kind == "home" else ""),
            canonical=self._config.url + encode_path(url) if self._config.url and kind != "missing" else "",
            nav=self._navigation.section_of.get(url, NO_SECTION),
            trail=self._navigation.trails.get(url, ()),
            breadcrumbs=self._breadcrumbs(url, kind),
            previous=None if before is None else self._link(url, before),
            next=None if after is None else self._link(url, after),
            fills=fills,
            children=self._children(url, kind, tag),
            tags=tuple(self._tag_link(url, name) for name in front.tags),
            prerequisites=needed,
            date=front.date,
            updated=front.updated or self._dates.get(source, ""),
            edit_href=edit_href(self._config, source, self._facts.repository_prefix) if source else "",
            image=image,
            draft=front.draft,
            number=self._navigation.numbers.get(url),
        )
        return context, (*problems, *needed_problems, *image_problems)

    def template(self, source: str, kind: PageKind, front: FrontMatter) -> tuple[str, tuple[Problem, ...]]:
        """Choose a page's template: the one that front matter names, else that of its kind."""
        usual = "404.html" if kind == "missing" else f"{kind}.html"
        if not front.template:
            return usual, ()
        name = front.template if "." in front.template.rsplit("/", 1)[-1] else front.template + ".html"
        if name in self._facts.templates:
            return name, ()
        known = ", ".join(f"`{each}`" for each in sorted(self._facts.templates))
        problem = Problem(
            code="missing-template",
            severity="error",
            message=f"no template `{name}`",
            source=source,
            key="template",
            hint=f"the templates are {known}; a new one is a file `theme/templates/{name}`",
        )
        return usual, (problem,)

    def _link(self, url: str, target: str) -> PageLink:
        return PageLink(
            title=self._titles[target],
            href=self._table.href(url, target),
            number=self._navigation.numbers.get(target),
        )

    def _breadcrumbs(self, url: str, kind: PageKind) -> tuple[PageLink, ...]:
        if kind in {"home", "missing"}:
            return ()
        above = [folder.url for folder in self._addresses.parents.get(url, ())] or [""]
        if kind == "tag":
            above.append("tags/")
        return tuple(self._link(url, parent) for parent in above)

    def _children(self, url: str, kind: PageKind, tag: TagAddress | None) -> tuple[ChapterEntry, ...]:
        """List what a section, the home page, a tag, the tag index or the contents shows."""
        if kind == "home" and self._config.nav:
            return tuple(
                self._top_entry(url, item)
                for item in self._navigation.tops
                if item.url != url and not item.external
            )
        if kind in {"section", "home"} and url in self._folders:
            return self._entries(url, self._folders[url])
        if kind == "contents":
            rest = (
                each
                for each in self._addresses.parents
                if each not in {"", MISSING_URL} and each not in self._navigation.section_of
            )
            listed = tuple(self._nav_entry(url, item) for item in self._navigation.tops)
            return listed + tuple(self._entry(url, each) for each in sorted(rest))
        if kind == "tags":
            return tuple(
                ChapterEntry(
                    title=each.name, href=self._table.href(url, each.url), description=str(len(each.sources))
                )
                for each in self._tags
            )
        if tag is not None:
            urls = (self._addresses.url_of_source[source] for source in tag.sources)
            return tuple(self._entry(url, target) for target in urls)
        return ()

    def _entries(self, url: str, folder: Folder) -> tuple[ChapterEntry, ...]:
        """List a folder's pages as they are read: in the order of `nav` where it names them."""
        urls = [child.url for child in folder.children if child.url != MISSING_URL]
        urls.sort(key=lambda each: self._positions.get(each, len(self._positions)))
        return tuple(self._entry(url, each) for each in urls)

    def _top_entry(self, url: str, item: NavItem) -> ChapterEntry:
        """List a top-level entry of `nav`; a group without a page leads to its first page."""
        entry = self._nav_entry(url, item)
        href = entry.href or next((child.href for child in entry.children), "")
        return ChapterEntry(
            title=entry.title,
            href=href,
            description=entry.description,
            minutes=entry.minutes,
            draft=entry.draft,
            number=entry.number,
        )

    def _entry(self, url: str, target: str, children: Iterable[ChapterEntry] = ()) -> ChapterEntry:
        source = self._addresses.source_of_url.get(target)
        front = self._cards[source][0].front if source else FrontMatter()
        return ChapterEntry(
            title=self._titles[target],
            href=self._table.href(url, target),
            description=front.description,
            minutes=front.minutes,
            draft=target in self._drafts,
            children=tuple(children),
            number=self._navigation.numbers.get(target),
        )

    def _nav_entry(self, url: str, item: NavItem) -> ChapterEntry:
        """List one entry of the navigation with all below it, for the contents page."""
        children = tuple(self._nav_entry(url, child) for child in item.children)
        if item.url is None:
            return ChapterEntry(title=item.title, href=item.external, children=children)
        entry = self._entry(url, item.url, children)
        return ChapterEntry(
            title=item.title,
            href=entry.href,
            description=entry.description,
            minutes=entry.minutes,
            draft=entry.draft,
            children=children,
            number=entry.number,
        )

    def _tag_link(self, url: str, name: str) -> PageLink:
        tag = self._tag_of_name[name.casefold()]
        return PageLink(title=tag.name, href=self._table.href(url, tag.url))

    def _prerequisites(
        self, url: str, source: str, front: FrontMatter
    ) -> tuple[tuple[PageLink, ...], tuple[Problem, ...]]:
        """Turn prerequisites that name a chapter into links; anything else is a text."""
        found: list[PageLink] = []
        problems: list[Problem] = []
        for number, text in enumerate(front.prerequisites):
            folder = source.rpartition("/")[0]
            path = resolve_path(folder, text)
            target = self._addresses.url_of_source.get(path) if path else None
            if target is not None:
                found.append(self._link(url, target))
                continue
            if is_page_name(text) and " " not in text and self._config.validation.links != "off":
                problems.append(
                    Problem(
                        code="broken-link",
                        severity=self._config.validation.links,
                        message=f"no page `{path or text}`",
                        source=source,
                        key=f"prerequisites.{number}",
                        hint=self._table.suggest(path or text, None if text.startswith("/") else folder)
                        or "write the path relative to this page's folder",
                    )
                )
            found.append(PageLink(title=text))
        return tuple(found), tuple(problems)

    def _image(self, source: str, front: FrontMatter) -> tuple[str, tuple[Problem, ...]]:
        """Give the absolute address of the social image, which needs the site's url."""
        if not front.image:
            return "", ()
        if is_external(front.image):
            return front.image, ()
        folder = source.rpartition("/")[0]
        path = resolve_path(folder, front.image)
        if path is not None and path in self._table.assets:
            return (self._config.url + encode_path(path) if self._config.url else ""), ()
        level = self._config.validation.assets
        if level == "off":
            return "", ()
        hint = self._table.suggest(path or front.image, None if front.image.startswith("/") else folder)
        problem = Problem(
            code="missing-asset",
            severity=level,
            message=f"no file `{path or front.image}`",
            source=source,
            key="image",
            hint=hint or "write the path relative to this page's folder",
        )
        return "", (problem,)
