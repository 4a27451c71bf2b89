"""The theme of a build: the bundled one, with the site's own files laid over it one by one."""

import difflib
from collections.abc import Mapping
from typing import Any

import msgspec

from octavo.accent import HUES, accent_css, read_hue
from octavo.context import ThemeSource
from octavo.digest import Digest, digest_value
from octavo.engine.memory import Memory
from octavo.engine.ports import Store, Workspace
from octavo.errors import Diagnostic, Location, error, warning
from octavo.outputs import publish_assets
from octavo.themewords import languages_of, read_words
from octavo.themeyaml import theme_options
from octavo.yamltext import decode_text

__all__ = ["DEFAULT_FOLDER", "LoadedTheme", "ThemeChoices", "load_theme"]

DEFAULT_FOLDER = "theme"
HIGHLIGHT = "assets/css/highlight.css"
TOKENS = "css/tokens.css"
"""The style sheet that gets the colour of links."""
USUAL_ACCENT = "petrol"
USUAL_LIGHT, USUAL_DARK = "default", "github-dark"
"""The style that stands in where site.yaml names only the other one."""
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


class ThemeChoices(msgspec.Struct, frozen=True):
    """What site.yaml says of the theme."""

    folder: str
    """Relative to the site folder, or the name of an installed theme; empty for `theme/`, where there is one."""
    options: Mapping[str, Any]
    light: str
    """Pygments style, empty for the theme's own colours."""
    dark: str
    places: Mapping[str, tuple[Location, str]]
    """Place and source line by key path: `theme.options.toc_depth`, `highlight.light`."""
    file: str
    """What messages call site.yaml."""
    language: str = "en"
    """The language of the site."""


def load_theme(
    workspace: Workspace, store: Store, *, bundled: str, choices: ThemeChoices, memory: Memory
) -> LoadedTheme:
    """Lay the theme that site.yaml names over the one in the folder *bundled*.

    Raises:
        UsageError: site.yaml names a theme that is neither a folder nor installed.

    """
    shown = choices.folder or DEFAULT_FOLDER
    base, faults = workspace.scan_theme(bundled)
    own, own_faults = workspace.scan_theme(shown, required=bool(choices.folder))
    files_and_choices = (base, faults, own, own_faults, choices)
    kept = memory.theme.get(files_and_choices)
    if isinstance(kept, LoadedTheme):
        return kept
    templates, text_faults = _templates(base, own, shown)
    options, pages, option_faults = _settings(base, own, shown, choices)
    words, word_faults = _words(base, own, shown, choices.language)
    style, style_faults = _highlight_style(choices, store)
    files = {
        name.removeprefix("assets/"): data
        for name, data in {**base, **own, **style}.items()
        if name.startswith("assets/")
    }
    accent, accent_faults = _accent(options, choices)
    if TOKENS in files:
        files[TOKENS] += accent
    assets = publish_assets(files)
    closures, template_faults = _analyse(templates, store)
    extra_pages = {name.removeprefix("templates/") for name in own if _is_page_template(name)}
    theme = LoadedTheme(
        source=ThemeSource(
            templates=templates, assets=assets.cards, options=options, words=words, language=choices.language
        ),
        page_templates=tuple(sorted({*pages, *extra_pages})),
        closures=closures,
        data=assets.data,
        diagnostics=(
            *faults,
            *own_faults,
            *text_faults,
            *option_faults,
            *word_faults,
            *accent_faults,
            *style_faults,
            *template_faults,
            *_unused_files(base, own, templates, shown),
        ),
    )
    memory.theme.keep(files_and_choices, theme)
    return theme


Template = tuple[str, str, str]
Faults = tuple[Diagnostic, ...]


def _templates(
    base: Mapping[str, bytes], own: Mapping[str, bytes], shown: str
) -> tuple[tuple[Template, ...], Faults]:
    """Decode the templates of both themes; the site's stand in for bundled ones of the same name."""
    found: dict[str, tuple[str, str]] = {}
    faults: list[Diagnostic] = []
    for files, folder in ((base, "theme"), (own, shown)):
        for name, data in files.items():
            if not name.startswith("templates/"):
                continue
            file = f"{folder}/{name}"
            text, problem = decode_text(data)
            if problem is not None:
                faults.append(
                    error("not-utf8", problem.message, Location(file, problem.line), hint=problem.hint)
                )
                continue
            short = name.removeprefix("templates/")
            if files is base:
                found[BUNDLED + short] = (text or "", file)
            found[short] = (text or "", file)
    return tuple((name, *found[name]) for name in sorted(found)), tuple(faults)


def _unused_files(
    base: Mapping[str, bytes], own: Mapping[str, bytes], templates: tuple[Template, ...], shown: str
) -> Faults:
    """Report files with the name of a bundled one, in a folder where nothing looks for them.

    Another file may be meant for the author alone: a licence, the sources of a style sheet.
    """
    bundled = {name.rpartition("/")[2]: name for name in base}
    faults: list[Diagnostic] = []
    for name in sorted(own.keys() - base.keys()):
        usual = bundled.get(name.rpartition("/")[2])
        short = name.removeprefix("templates/")
        is_used = name.startswith("assets/") or (
            short != name
            and any(
                f'"{short}"' in text or f"'{short}'" in text or (own_name == short and "extends" in text)
                for own_name, text, _ in templates
            )
        )
        if usual is not None and not is_used:
            hint = f"did you mean `{shown}/{usual}`?"
            place = Location(f"{shown}/{name}")
            faults.append(warning("unused-theme-file", "nothing uses this file", place, hint=hint))
    return tuple(faults)


def _settings(
    base: Mapping[str, bytes], own: Mapping[str, bytes], shown: str, choices: ThemeChoices
) -> tuple[tuple[tuple[str, Any], ...], tuple[str, ...], Faults]:
    """Read the options of both theme.yaml files, and lay those of site.yaml over them."""
    prefix = "theme.options."
    places = {key[len(prefix) :]: place for key, place in choices.places.items() if key.startswith(prefix)}
    own_text, own_problem = decode_text(own.get("theme.yaml", b""))
    added = {name for name, _ in theme_options(own_text or "", "", {}).options}
    given_own = {name: value for name, value in choices.options.items() if name in added}
    given_base = {name: value for name, value in choices.options.items() if name not in added}
    base_text, _ = decode_text(base.get("theme.yaml", b""))
    first = theme_options(
        base_text or "", "theme/theme.yaml", given_base, places=places, site_file=choices.file
    )
    second = theme_options(
        own_text or "", f"{shown}/theme.yaml", given_own, places=places, site_file=choices.file
    )
    faults = (*first.diagnostics, *second.diagnostics)
    if own_problem is not None:
        place = Location(f"{shown}/theme.yaml", own_problem.line)
        faults = (*faults, error("not-utf8", own_problem.message, place, hint=own_problem.hint))
    merged = dict(first.options) | dict(second.options)
    return (
        tuple(sorted(merged.items())),
        (*first.pages, *second.pages),
        faults,
    )


def _accent(options: tuple[tuple[str, Any], ...], choices: ThemeChoices) -> tuple[bytes, Faults]:
    """Make the colours of links from the option `accent`; nothing for the one that the style sheet has already."""
    value = str(dict(options).get("accent", USUAL_ACCENT))
    if value == USUAL_ACCENT:
        return b"", ()
    hue = read_hue(value)
    if hue is not None:
        return accent_css(hue).encode(), ()
    place, excerpt = choices.places.get("theme.options.accent", (Location(choices.file), ""))
    near = difflib.get_close_matches(value, HUES, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"write a hue from 0 to 359, or one of {', '.join(HUES)}"
    message = f"theme option `accent`: there is no colour `{value[:60]}`"
    return b"", (error("theme-option", message, place, excerpt=excerpt, hint=hint),)


def _words(
    base: Mapping[str, bytes], own: Mapping[str, bytes], shown: str, language: str
) -> tuple[tuple[tuple[str, str], ...], Faults]:
    """Lay the words of the site's language over the English ones, and those of the site's theme over the bundled."""
    words: dict[str, str] = {}
    faults: list[Diagnostic] = []
    for name in dict.fromkeys(("en", *languages_of(language))):
        for files, folder in ((base, "theme"), (own, shown)):
            path = f"words/{name}.yaml"
            text, problem = decode_text(files.get(path, b""))
            if problem is not None:
                place = Location(f"{folder}/{path}", problem.line)
                faults.append(error("not-utf8", problem.message, place, hint=problem.hint))
                continue
            read, found = read_words(text or "", f"{folder}/{path}")
            words |= read
            faults += found
    return tuple(sorted(words.items())), tuple(faults)


def _highlight_style(choices: ThemeChoices, store: Store) -> tuple[dict[str, bytes], Faults]:
    """Make the style sheet of the Pygments styles that site.yaml names; none where it names none."""
    if not choices.light and not choices.dark:
        return {}, ()
    key = digest_value((choices.light, choices.dark))
    data = store.get_meta("highlight")
    if data:
        kept = msgspec.msgpack.decode(data, type=tuple[Digest, bytes])
        if kept[0] == key:
            return {HIGHLIGHT: kept[1]}, ()
    from octavo.highlight import style_css, style_names  # noqa: PLC0415 - loads Pygments, seldom needed

    known = style_names()
    faults: list[Diagnostic] = []
    for name, value in (("highlight.light", choices.light), ("highlight.dark", choices.dark)):
        if value and value not in known:
            near = difflib.get_close_matches(value, known, n=1, cutoff=0.5)
            hint = f"did you mean `{near[0]}`?" if near else f"the styles are {', '.join(known)}"
            place, excerpt = choices.places.get(name, (Location(choices.file), ""))
            faults.append(
                error("unknown-style", f"Pygments has no style `{value}`", place, excerpt=excerpt, hint=hint)
            )
    if faults:
        return {}, tuple(faults)
    css = style_css(choices.light or USUAL_LIGHT, choices.dark or USUAL_DARK).encode()
    store.set_meta("highlight", msgspec.msgpack.encode((key, css)))
    return {HIGHLIGHT: css}, ()


def _analyse(templates: tuple[Template, ...], store: Store) -> tuple[dict[str, Digest], Faults]:
    """Check the templates and find what each refers to; both are kept, as they need the template library."""
    key = digest_value(templates)
    data = store.get_meta("templates")
    if data:
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
