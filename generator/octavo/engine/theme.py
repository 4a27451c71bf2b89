"""The theme of a build: the bundled one, with the site's own files laid over it one by one."""

from collections.abc import Mapping
from typing import Any

import msgspec

from octavo.context import ThemeSource
from octavo.digest import Digest, digest_value
from octavo.engine.ports import Store, Workspace
from octavo.errors import Diagnostic, Location, error
from octavo.outputs import publish_assets
from octavo.themeyaml import theme_options
from octavo.yamltext import decode_text

__all__ = ["LoadedTheme", "load_theme"]

DEFAULT_FOLDER = "theme"
BUNDLED = "bundled/"
"""A template `page.html` of the bundled theme is also known as `bundled/page.html`, for overrides to extend."""


class LoadedTheme(msgspec.Struct, frozen=True):
    """A theme ready for planning and rendering."""

    source: ThemeSource
    page_templates: tuple[str, ...]
    """Templates that front matter may name, sorted."""
    closures: dict[str, Digest]
    data: dict[str, bytes]
    """Bytes of the assets by output."""
    diagnostics: tuple[Diagnostic, ...]


def load_theme(
    workspace: Workspace,
    store: Store,
    *,
    bundled: str,
    folder: str,
    options: Mapping[str, Any],
    option_places: Mapping[str, tuple[Location, str]],
    site_file: str,
) -> LoadedTheme:
    """Lay the theme in *folder* (relative to the site folder) over the one in *bundled*.

    Without a *folder* it is `theme/`, where there is one.

    *options* are those that site.yaml (*site_file*) gives, *option_places* where it gives them, with the lines.
    """
    base, faults = workspace.scan_theme(bundled)
    own: dict[str, bytes] = {}
    own_faults: tuple[Diagnostic, ...] = ()
    own, own_faults = workspace.scan_theme(folder or DEFAULT_FOLDER, required=bool(folder))
    problems = [*faults, *own_faults]
    templates: dict[str, tuple[str, str]] = {}
    for files, shown in ((base, "theme"), (own, folder or DEFAULT_FOLDER)):
        for name, data in files.items():
            if not name.startswith("templates/"):
                continue
            file = f"{shown}/{name}"
            text, problem = decode_text(data)
            if problem is not None:
                problems.append(
                    error("not-utf8", problem.message, Location(file, problem.line), hint=problem.hint)
                )
                continue
            short = name.removeprefix("templates/")
            if files is base:
                templates[BUNDLED + short] = (text or "", file)
            templates[short] = (text or "", file)
    merged = {**base, **own}
    assets = publish_assets(
        {name.removeprefix("assets/"): data for name, data in merged.items() if name.startswith("assets/")}
    )
    described = {**base, **own}.get("theme.yaml", b"")
    text, _ = decode_text(described)
    settings = theme_options(
        text or "", "theme/theme.yaml", options, places=option_places, site_file=site_file
    )
    source = ThemeSource(
        templates=tuple((name, *templates[name]) for name in sorted(templates)),
        assets=assets.cards,
        options=settings.options,
    )
    extra_pages = {name.removeprefix("templates/") for name in own if _is_page_template(name)}
    closures, faults = _analyse(source.templates, store)
    problems += (*settings.diagnostics, *faults)
    return LoadedTheme(
        source=source,
        page_templates=tuple(sorted({*settings.pages, *extra_pages})),
        closures=closures,
        data=assets.data,
        diagnostics=tuple(problems),
    )


def _analyse(
    templates: tuple[tuple[str, str, str], ...], store: Store
) -> tuple[dict[str, Digest], tuple[Diagnostic, ...]]:
    """Check the templates and find what each refers to; both are kept, as they need the template library."""
    key = digest_value(templates)
    data = store.get_meta("templates")
    if data is not None:
        try:
            kept = msgspec.msgpack.decode(data, type=tuple[Digest, dict[str, Digest], tuple[Diagnostic, ...]])
        except (msgspec.DecodeError, msgspec.ValidationError):
            kept = (Digest(""), {}, ())
        if kept[0] == key:
            return kept[1], kept[2]
    from octavo.render import check_templates, template_closures  # noqa: PLC0415 - costs 60 ms, seldom needed

    source = ThemeSource(templates=templates)
    closures, faults = template_closures(source), check_templates(source)
    store.set_meta("templates", msgspec.msgpack.encode((key, closures, faults)))
    return closures, faults


def _is_page_template(name: str) -> bool:
    """Tell a template that a site adds for its pages: one directly in `templates/`."""
    return name.startswith("templates/") and name.count("/") == 1 and name.endswith(".html")
