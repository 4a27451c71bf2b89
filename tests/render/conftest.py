"""Themes and tasks for the tests of rendering."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import html5lib
import pytest

from octavo.context import PageContext, Rendered, RenderTask, SiteInfo, ThemeAsset, ThemeSource
from octavo.digest import digest_bytes
from octavo.render import make_environment, render_page
from octavo.themewords import read_words
from octavo.themeyaml import theme_options

THEME = Path(__file__).resolve().parents[2] / "theme"


def read_theme(
    overrides: Mapping[str, str] | None = None, options: Mapping[str, Any] | None = None
) -> ThemeSource:
    templates: dict[str, tuple[str, str]] = {}
    for folder, _, names in os.walk(THEME / "templates"):
        for name in names:
            path = Path(folder, name)
            short = path.relative_to(THEME / "templates").as_posix()
            templates[short] = templates["bundled/" + short] = (
                path.read_text("utf-8"),
                f"theme/templates/{short}",
            )
    for name, text in (overrides or {}).items():
        templates[name] = (text, f"site-theme/templates/{name}")
    assets = []
    for path in sorted((THEME / "assets").rglob("*.*")):
        name = path.relative_to(THEME / "assets").as_posix()
        digest = digest_bytes(path.read_bytes())
        output = f"assets/{name.rpartition('.')[0]}.{digest[:12]}.{name.rpartition('.')[2]}"
        assets.append(ThemeAsset(name=name, output=output, digest=digest))
    settings = theme_options((THEME / "theme.yaml").read_text("utf-8"), "theme/theme.yaml", options or {})
    assert settings.diagnostics == ()
    return ThemeSource(
        templates=tuple((name, *templates[name]) for name in sorted(templates)),
        assets=tuple(assets),
        options=settings.options,
        words=english_words(),
    )


def english_words() -> tuple[tuple[str, str], ...]:
    words, problems = read_words((THEME / "words/en.yaml").read_text("utf-8"), "theme/words/en.yaml")
    assert problems == ()
    return tuple(sorted(words.items()))


def small_theme(**templates: str) -> ThemeSource:
    """A theme of a few templates; `a__b` stands for `a/b.html`."""
    named = {name.replace("__", "/") + ".html": text for name, text in templates.items()}
    return ThemeSource(
        templates=tuple((name, named[name], f"theme/templates/{name}") for name in sorted(named)),
        words=english_words(),
    )


def make_context(**values: Any) -> PageContext:
    return PageContext(
        **{"url": "flask/routing/", "kind": "page", "root": "../../", "title": "Routing"} | values
    )


def make_task(template: str = "page.html", site: SiteInfo | None = None, **values: Any) -> RenderTask:
    known = {"context", "nav", "front", "body", "file", "output"}
    task = {name: values.pop(name) for name in list(values) if name in known}
    task.setdefault("context", make_context(**values))
    return RenderTask(
        **{"output": "flask/routing/index.html", "file": "content/flask/routing.md"} | task,
        template=template,
        site=site or SiteInfo(title="Octavo"),
    )


def parse_strictly(text: str) -> Any:
    """Parse HTML, failing on the first parse error; elements come without a namespace."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


@pytest.fixture(scope="session")
def bundled() -> ThemeSource:
    return read_theme()


@pytest.fixture(scope="session")
def render(bundled: ThemeSource) -> Callable[[RenderTask], str]:
    """Render a task with the bundled theme, which must succeed."""
    environment = make_environment(bundled)

    def run(task: RenderTask) -> str:
        rendered = render_page(environment, bundled, task)
        assert rendered.diagnostics == ()
        assert rendered.text is not None
        return rendered.text

    return run


@pytest.fixture
def render_small() -> Callable[..., Rendered]:
    """Render `page.html` of a small theme with a task."""

    def run(task: RenderTask | None = None, **templates: str) -> Rendered:
        theme = small_theme(**templates)
        return render_page(make_environment(theme), theme, task or make_task())

    return run


@pytest.fixture
def tools() -> Any:
    """The functions of this file, for tests that are no packages and cannot import it."""

    class Tools:
        read_theme = staticmethod(read_theme)
        small_theme = staticmethod(small_theme)
        context = staticmethod(make_context)
        task = staticmethod(make_task)
        parse = staticmethod(parse_strictly)
        theme_folder = THEME

    return Tools
