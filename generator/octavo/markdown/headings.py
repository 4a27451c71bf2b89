"""Headings get their ids, the links to themselves, and the anchors of their old ids.

An id is what the author wrote (`{#id}`), else the slug of the text with a number where the page has it already. Ids
that authors wrote anywhere on the page come first, so that a heading never takes one of them.
"""

from octavo.errors import Location, warning
from octavo.markdown.draft import HeadingDraft, PageDraft
from octavo.markdown.htmltext import escape, fragment
from octavo.model import Alias, Heading, TocEntry
from octavo.slugs import slugify

__all__ = ["finish_headings"]

_Places = tuple[tuple[str, Location, str], ...]


def finish_headings(
    draft: PageDraft, aliases: tuple[Alias, ...], places: _Places
) -> tuple[tuple[Heading, ...], tuple[TocEntry, ...]]:
    """Fill in the tags of all headings; give the headings and the table of contents."""
    for heading in draft.headings:
        if not heading.id:
            heading.id = draft.ids.unique(slugify(heading.text) or "section")
    old_ids = _old_ids(draft, aliases, places)
    for heading in draft.headings:
        _fill(heading, old_ids.get(heading.id, ()))
    headings = tuple(Heading(id=heading.id, text=heading.text) for heading in draft.headings)
    toc = tuple(
        TocEntry(level=heading.level, id=heading.id, html=heading.toc_html)
        for heading in draft.headings
        if heading.level in {2, 3} and heading.toc_html
    )
    return headings, toc


def _fill(heading: HeadingDraft, old_ids: tuple[str, ...] | list[str]) -> None:
    anchors = "".join(f'<a id="{escape(old)}"></a>' for old in old_ids)
    identifier = escape(heading.id)
    heading.parts[heading.opening] += f'<h{heading.level} id="{identifier}"{heading.attributes}>{anchors}'
    if heading.level > 1:
        heading.parts[heading.closing] = (
            f' <a class="anchor" href="{fragment(heading.id)}" aria-label="\0wsection_link\0">#</a>'
        )


def _old_ids(draft: PageDraft, aliases: tuple[Alias, ...], places: _Places) -> dict[str, list[str]]:
    """Give the old ids of each heading that has some, and report those that lead nowhere."""
    wanted = [(number, alias) for number, alias in enumerate(aliases) if alias.new]
    if not wanted:
        return {}
    known = {heading.id for heading in draft.headings}
    at = {key: (location, excerpt) for key, location, excerpt in places}
    found: dict[str, list[str]] = {}
    for number, alias in wanted:
        location, excerpt = at.get(f"aliases.{number}", (Location(draft.main_file), ""))
        if alias.new not in known:
            draft.session.add(
                warning(
                    "broken-anchor",
                    f"there is no heading `#{alias.new}` to take over `#{alias.old}`",
                    location,
                    excerpt=excerpt,
                    hint="name the id of a heading of the page",
                )
            )
        elif draft.ids.reserve(alias.old):
            draft.anchors.append(alias.old)
            found.setdefault(alias.new, []).append(alias.old)
        else:
            draft.session.add(
                warning(
                    "duplicate-id",
                    f"the page has the id `{alias.old}` still",
                    location,
                    excerpt=excerpt,
                    hint="remove the alias",
                )
            )
    return found
