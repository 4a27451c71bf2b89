r"""The navigation of a section: rendered once, filled for each page by a few operations on text.

A fragment is HTML with two kinds of holes, made of characters that no input holds. NUL stands for the way to the
site's root, so `href="\0flask/routing/"` is also what tells a page's own link; `<details\x01flask/\x01>` is a group
that is open on its own page and on those below it. A section of a thousand pages costs one rendering and a thousand
fillings. What stands behind a character U+0002 is no part of the tree: links to the sections, for the head of the page.
"""

import re
from collections.abc import Sequence

from jinja2 import Environment
from markupsafe import Markup, escape

from octavo.context import NavItem, NavSection, Rendered
from octavo.render.execute import render_template
from octavo.render.view import NavView, safe_html
from octavo.urls import encode_path

__all__ = ["NAV_TEMPLATE", "fill_nav", "nav_href", "open_mark", "render_nav", "view_nav"]

NAV_TEMPLATE = "system/nav-fragment.html"

_SECTIONS_MARK = "\x02"
_OPEN_MARK = re.compile("\x01[^\x01]*\x01")


def render_nav(environment: Environment, section: NavSection) -> Rendered:
    """Render the navigation that all pages of a section share, with holes for `fill_nav`.

    The template gets `section`, and `entries`: the top-level entries with the pages of this section in their place,
    or those pages alone where the site has too many top-level entries. It writes an address as
    `{{ item.url | nav_href }}` and the mark of a group as `<details{{ item | open_mark }}>`.
    """
    values = {"section": section, "entries": nav_entries(section)}
    return render_template(environment, NAV_TEMPLATE, values, output=section.key)


def nav_entries(section: NavSection) -> tuple[NavItem, ...]:
    """Give the top-level entries, the section's own one with all its pages."""
    if not section.tops:
        return section.items
    groups = {item.mark: item for item in section.items if item.children}
    # An outside link has no url, and no group is named None.
    return tuple(groups.get(top.url, top) if top.url is not None else top for top in section.tops)


def nav_href(url: str) -> Markup:
    """Give the address of a page of the site for `href`, with the hole for the root before it."""
    return safe_html(_hole(url))


def open_mark(item: NavItem) -> Markup:
    """Give the hole for ` open` of a group's `<details>`."""
    return safe_html(_group_hole(item.mark))


def _hole(url: str) -> str:
    return "\0" + str(escape(encode_path(url)))


def _group_hole(mark: str) -> str:
    return f"\x01{escape(encode_path(mark))}\x01"


def fill_nav(fragment: str, *, root: str, url: str, trail: Sequence[str] = ()) -> str:
    """Fill a fragment for one page: its root, its own link, and the groups that stand open."""
    own = f'href="{_hole(url)}"'
    fragment = fragment.replace(own, own + ' aria-current="page"')
    for mark in {url, *trail}:
        fragment = fragment.replace(_group_hole(mark), " open")
    return _OPEN_MARK.sub("", fragment).replace("\0", str(escape(root)))


def view_nav(filled: str) -> NavView:
    """Make what templates see as `nav` from a filled fragment."""
    tree, _, sections = filled.partition(_SECTIONS_MARK)
    return NavView.of(tree, sections)
