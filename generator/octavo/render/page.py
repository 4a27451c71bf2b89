"""One task to the text of one output."""

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment

from octavo.context import Rendered, RenderTask, ThemeSource
from octavo.render.execute import render_template
from octavo.render.fragments import fill_nav, view_nav
from octavo.render.view import view_page

__all__ = ["render_page", "render_system"]

# XML 1.0, section 2.2: what a document cannot hold in any notation. HTML has no use for it either.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ALL_HEADINGS = 6


def render_page(environment: Environment, theme: ThemeSource, task: RenderTask) -> Rendered:
    """Render one page-like output; what a template does wrong comes back as a diagnostic, never as an exception.

    *environment* is `make_environment(theme)`. The text ends in a line feed.
    """
    context = task.context
    values = {
        "page": view_page(task, toc_depth=_toc_depth(theme), words=dict(theme.words)),
        "context": context,
        "nav": view_nav(fill_nav(task.nav, root=context.root, url=context.url, trail=context.trail)),
        "site": task.site,
    }
    return render_template(environment, task.template, values, output=task.output, file=task.file)


def _toc_depth(theme: ThemeSource) -> int:
    """Give the theme's option `toc_depth`, all levels where it has none or one of another type."""
    depth = dict(theme.options).get("toc_depth")
    return depth if isinstance(depth, int) else _ALL_HEADINGS


def render_system(
    environment: Environment, name: str, values: Mapping[str, Any], *, output: str = ""
) -> Rendered:
    """Render `system/<name>`, a template that gets *values* and `theme` instead of a page.

    Characters that XML cannot hold are dropped from the result, so that one strange title does not break a sitemap.
    """
    rendered = render_template(environment, f"system/{name}", values, output=output)
    if rendered.text is None:
        return rendered
    return Rendered(output=output, text=_FORBIDDEN.sub("", rendered.text))
