"""What every page may know of the site, made from site.yaml."""

from collections.abc import Callable, Mapping
from typing import Any

from octavo.config import Config
from octavo.context import FooterLink, SiteInfo
from octavo.site.problems import Problem
from octavo.urls import encode_path, is_external, resolve_path

__all__ = ["site_info"]


def site_info(
    config: Config,
    assets: Mapping[str, Any],
    *,
    has_tags: bool,
    page_at: Callable[[str], str | None],
    suggest: Callable[[str], str],
) -> tuple[SiteInfo, tuple[Problem, ...]]:
    """Make the slice of site.yaml that pages see, and report files and pages it names that are not there.

    *page_at* gives the url of a page named by source or url, *suggest* a hint for a path that leads nowhere.
    """
    problems: list[Problem] = []
    level = config.validation.assets

    def footer_link(title: str, target: str, key: str) -> FooterLink:
        if is_external(target):
            return FooterLink(title=title, path=target, external=True)
        path, mark, fragment = target.partition("#")
        resolved = resolve_path("", path)
        url = None if resolved is None else page_at(resolved)
        if url is None and resolved is not None and resolved in assets:
            url = resolved
        if url is None and config.validation.links != "off":
            hint = suggest(resolved or path) or "write the path of a page, relative to the content folder"
            problems.append(
                Problem(
                    code="broken-link",
                    severity=config.validation.links,
                    message=f"no page or file `{target}`",
                    key=key,
                    hint=hint,
                )
            )
        return FooterLink(title=title, path=encode_path(url or path) + mark + fragment)

    def asset(path: str, key: str) -> str:
        if not path or is_external(path):
            return path
        resolved = resolve_path("", path)
        if (resolved is None or resolved not in assets) and level != "off":
            problems.append(
                Problem(
                    code="missing-asset",
                    severity=level,
                    message=f"no file `{path}`",
                    key=key,
                    hint=suggest(resolved or path) or "the path is relative to the content folder",
                )
            )
        return encode_path(resolved or path)

    info = SiteInfo(
        title=config.title,
        description=config.description,
        url=config.url,
        language=config.language,
        author=config.author,
        copyright=config.copyright,
        repository=config.repository.url,
        logo=asset(config.logo, "logo"),
        favicon=asset(config.favicon, "favicon"),
        footer=tuple(
            footer_link(title, target, f"footer.{n}") for n, (title, target) in enumerate(config.footer)
        ),
        extra_css=tuple(asset(path, f"extra_css.{n}") for n, path in enumerate(config.extra_css)),
        extra_js=tuple(asset(path, f"extra_js.{n}") for n, path in enumerate(config.extra_js)),
        has_tags=has_tags,
        search=config.search,
        extra=config.extra,
    )
    return info, tuple(problems)
