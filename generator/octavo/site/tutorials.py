"""Tutorials of the site: which folders are one, which pages are their chapters, and where each chapter goes on from.

A folder is a tutorial where its page says `tutorial:` and it has other pages. Its chapters are those pages in reading
order; a folder below it counts as a chapter where it holds nothing but its own page.
"""

import difflib
from collections.abc import Iterable, Mapping

import msgspec

from octavo.model import FrontCard, FrontMatter, PageCard, TutorialEnv, TutorialSettings, Value
from octavo.site.nav import Navigation
from octavo.site.order import page_stem, split_prefix
from octavo.site.pages import Addresses
from octavo.site.problems import Problem
from octavo.site.tree import MISSING_URL, Folder, walk_folders
from octavo.urls import output_of, resolve_path

__all__ = ["ChapterOutline", "TutorialOutline", "outline_tutorials"]

_EMPTY = "empty"


class ChapterOutline(Value, frozen=True):
    """One chapter: where it is, and the chapter whose end it goes on from."""

    source: str
    url: str
    output: str
    title: str
    start: int
    """The number of that chapter in the tutorial; -1 where it starts with nothing but the tutorial's files."""


class TutorialOutline(Value, frozen=True):
    """A folder that is a tutorial."""

    source: str
    """Its page."""
    url: str
    output: str
    project: str
    settings: TutorialSettings
    chapters: tuple[ChapterOutline, ...]


def outline_tutorials(
    cards: Mapping[str, tuple[FrontCard, PageCard]],
    addresses: Addresses,
    navigation: Navigation,
    *,
    follows_nav: bool,
    titles: Mapping[str, str],
    drafts: frozenset[str],
) -> tuple[tuple[TutorialOutline, ...], tuple[Problem, ...]]:
    """Find the tutorials of a site; *drafts* are the pages that are left out."""
    speaking = {source for source, (front, _) in cards.items() if front.front.tutorial is not None}
    if not speaking:
        return (), ()
    reading = [url for order in navigation.orders for url in order] if follows_nav else []
    positions = {url: number for number, url in enumerate(reading)}
    outlines: list[TutorialOutline] = []
    problems: list[Problem] = []
    heard: set[str] = set()
    for folder in walk_folders(addresses.tree):
        source = addresses.source_of_url.get(folder.url, "")
        settings = cards[source][0].front.tutorial if source else None
        if settings is None or not folder.children:
            continue
        # Two pages at one address are reported elsewhere, and are one chapter here.
        urls = list(dict.fromkeys(url for child in folder.children if (url := _chapter_url(child))))
        urls.sort(key=lambda url: positions.get(url, len(positions)))
        sources = [addresses.source_of_url[url] for url in urls]
        fronts = {each: cards[each][0].front for each in sources}
        starts, faults = _starts(fronts, drafts)
        problems += (*_misplaced(source, settings, is_chapter=False), *faults)
        heard |= {source, *sources}
        outlines.append(
            TutorialOutline(
                source=source,
                url=folder.url,
                output=output_of(folder.url),
                project=settings.project or folder.url.rstrip("/").rpartition("/")[2] or "project",
                settings=settings,
                chapters=tuple(
                    ChapterOutline(
                        source=each, url=url, output=output_of(url), title=titles[url], start=starts[number]
                    )
                    for number, (each, url) in enumerate(zip(sources, urls, strict=True))
                ),
            )
        )
    problems += (_unheard(source) for source in sorted(speaking - heard))
    return tuple(outlines), tuple(problems)


def _chapter_url(child: object) -> str:
    if isinstance(child, Folder):
        return child.url if child.pages and not child.children else ""
    url: str = getattr(child, "url", "")
    return "" if url == MISSING_URL else url


def _starts(fronts: Mapping[str, FrontMatter], drafts: frozenset[str]) -> tuple[list[int], list[Problem]]:
    """Give the chapter that each chapter goes on from: the one before, unless it names another."""
    order = list(fronts)
    starts: list[int] = []
    problems: list[Problem] = []
    for number, (source, front) in enumerate(fronts.items()):
        settings = front.tutorial
        if settings is not None:
            problems += _misplaced(source, settings, is_chapter=True)
        wanted = settings.starts if settings is not None else ""
        starts.append(number - 1)
        if wanted == _EMPTY:
            starts[-1] = -1
        elif wanted:
            found = resolve_path(source.rpartition("/")[0], wanted)
            if found in order[:number]:
                starts[-1] = order.index(found or "")
            else:
                problems.append(_no_start(source, wanted, found or wanted, order, number, drafts))
    return starts, problems


def _no_start(
    source: str, wanted: str, path: str, order: list[str], number: int, drafts: frozenset[str]
) -> Problem:
    names = {each.rpartition("/")[2]: each for each in order[:number]}
    close = difflib.get_close_matches(wanted.rpartition("/")[2], names, n=1)
    if path in drafts:
        message, hint = f"`{wanted}` is a draft and left out", "start from a chapter that is published"
    elif path in order[number:]:
        message = f"`{wanted}` does not come before this chapter"
        hint = "start from an earlier chapter, or change the order of the chapters"
    else:
        message = f"the tutorial has no chapter `{wanted}`"
        listed = ", ".join(f"`{name}`" for name in names)
        hint = f"write `empty`, or one of {listed}" if names else "write `empty`: this is the first chapter"
    if close and path not in drafts:
        hint = f"did you mean `{close[0]}`?"
    return Problem(
        code="tutorial-start",
        severity="error",
        message=message,
        source=source,
        key="tutorial.starts",
        hint=hint,
    )


def _misplaced(source: str, settings: TutorialSettings, *, is_chapter: bool) -> Iterable[Problem]:
    """Report settings that belong to the folder's page, or to a chapter."""
    if not is_chapter:
        if settings.starts:
            hint = "every chapter says where it starts"
            yield _settings_problem(source, "starts", "`tutorial.starts` belongs to a chapter", hint)
        return
    usual = TutorialSettings()
    names = {"exclude": "download.exclude"}
    for name in TutorialSettings.__struct_fields__:
        if name in {"starts", "timeout", "env"} or getattr(settings, name) == getattr(usual, name):
            continue
        key = names.get(name, name)
        yield _belongs_to_folder(source, key)
    if msgspec.structs.replace(settings.env, vars=()) != TutorialEnv():
        for name in ("python", "requirements", "secrets"):
            if getattr(settings.env, name):
                yield _belongs_to_folder(source, f"env.{name}")


def _belongs_to_folder(source: str, key: str) -> Problem:
    hint = "move it there; a chapter has `starts`, `timeout` and `env.vars`"
    return _settings_problem(source, key, f"`tutorial.{key}` belongs to the page of the folder", hint)


def _settings_problem(source: str, key: str, message: str, hint: str) -> Problem:
    return Problem(
        code="tutorial-settings",
        severity="error",
        message=message,
        source=source,
        key=f"tutorial.{key}",
        hint=hint,
    )


def _unheard(source: str) -> Problem:
    stem = page_stem(source.rpartition("/")[2])
    split = split_prefix(stem)
    name = split[1] if split else stem
    is_folder = name.lower() in {"index", "readme"}
    return Problem(
        code="tutorial-settings",
        severity="error",
        message="this folder has no chapters" if is_folder else "this page is no chapter of a tutorial",
        source=source,
        key="tutorial",
        hint="put the chapters into the folder"
        if is_folder
        else "write `tutorial:` into the front matter of the folder's page, `index.md`",
    )
