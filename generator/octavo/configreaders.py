"""Readers for the values that only site.yaml has: navigation, links, language, repository, theme, folders."""

import posixpath
import re
from typing import Any

from octavo.addresses import read_inner_path, read_web_address
from octavo.configtypes import NavEntry
from octavo.fields import INVALID, FieldReport, read_text
from octavo.urls import is_external, resolve_path
from octavo.yamlnodes import MappingNode, ScalarNode, SequenceNode, YamlNode, is_null, to_plain

__all__ = [
    "read_edit",
    "read_footer_link",
    "read_language",
    "read_nav",
    "read_plain",
    "read_plain_mapping",
    "read_site_dir",
    "read_theme_name",
]

# RFC 5646, section 2.1: a primary subtag of letters, then subtags of one to eight letters or digits.
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_NAV_HINT = (
    "write `page.md`, `folder/`, `Title: page.md`, `Title: https://…` or `Title:` with a list below it"
)
_LINK_HINT = "write `Title: page.md` or `Title: https://…`"
_OWN_FOLDERS = frozenset({".git", ".octavo"})


def read_language(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read a language tag; its letters stay as written."""
    text = read_text(node, key, report)
    if text is INVALID or _LANGUAGE.fullmatch(text):
        return text
    fixed = text.replace("_", "-")
    hint = f"write `{fixed}`" if _LANGUAGE.fullmatch(fixed) else "write a tag such as `en`, `de` or `pt-BR`"
    return report.invalid(key, node, "must be a language tag (BCP 47)", hint)


def read_plain(node: YamlNode, _key: str, _report: FieldReport) -> Any:
    """Keep any value as plain data."""
    return to_plain(node)


def read_plain_mapping(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Keep a mapping as plain data, with the places of its values."""
    if not isinstance(node, MappingNode):
        return report.wrong_type(key, node, "a mapping", "write `name: value` lines below it, indented")
    for name, value in node.entries:
        report.place(f"{key}.{name.text}", value)
    return to_plain(node)


def read_edit(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read the pattern of the address at which a page is edited."""
    text = read_text(node, key, report)
    if text is INVALID or not text:
        return text
    if "{file}" not in text:
        hint = "write `edit/{branch}/{file}` or the like"
        return report.invalid(key, node, "must say where `{file}` goes", hint)
    scheme = text.partition("://")[0] if "://" in text else "https"
    if scheme not in ("http", "https"):
        problem = "must be an address of the web, or relative to `repository.url`"
        return report.invalid(key, node, problem, "begin it with `https://`, or write `edit/{branch}/{file}`")
    return text


def read_theme_name(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read a theme's folder inside the site folder, or the name of an installed theme."""
    name = read_inner_path(node, key, report)
    if name == ".":
        return report.invalid(
            key, node, "must not be the site folder itself", "name a folder such as `theme`"
        )
    return name


def read_site_dir(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read the output folder, which may lie anywhere but on top of the site folder or of what is not ours."""
    text = read_text(node, key, report)
    if text is INVALID:
        return INVALID
    hint = "write a folder of its own, such as `_site`"
    path = posixpath.normpath(text) if text else ""
    parts = path.split("/")
    problem = ""
    if "\\" in text:
        problem = "must be written with forward slashes"
    elif text.startswith("~"):
        problem = "must not begin with `~`, which only shells replace"
    elif path in ("", ".", "/", "//") or set(parts) == {".."}:
        problem = "must not be the site folder or a folder above it"
    elif _OWN_FOLDERS & {part.lower() for part in parts}:
        problem = "must not lie in `.git` or `.octavo`"
    if problem:
        report.add("unsafe-path", f"`{key}` {problem}", node, hint)
        return INVALID
    return path


def _read_link_target(node: YamlNode, key: str, report: FieldReport, *, schemes: tuple[str, ...]) -> Any:
    """Read a page, a file, a folder with a slash at its end, or an outside address with one of some schemes."""
    text = read_text(node, key, report)
    if text is INVALID:
        return INVALID
    if text.partition(":")[0].lower() in ("http", "https") and ":" in text:
        return read_web_address(node, key, report)
    if is_external(text):
        if text.partition(":")[0].lower() in schemes:
            return text
        known = " or ".join(f"`{scheme}:`" for scheme in ("https", *schemes))
        return report.invalid(key, node, f"must begin with {known}, or name a page", _LINK_HINT)
    path, sign, rest = text.partition("#")
    resolved = resolve_path("", path) if path and not text.startswith(("/", "~")) else None
    # `./javascript:x` comes to a text with a scheme.
    if "\\" in text or resolved is None or is_external(resolved):
        report.add("unsafe-path", f"`{key}` must name a page below the content folder", node, _LINK_HINT)
        return INVALID
    return resolved + sign + rest


def _read_link_title(node: ScalarNode, key: str, report: FieldReport) -> Any:
    """Read the key before a target."""
    title = read_text(node, key, report)
    return title or report.invalid(key, node, "must have a title", _LINK_HINT)


def read_footer_link(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read `Title: target` as a pair of texts."""
    if not isinstance(node, MappingNode) or len(node.entries) != 1:
        return report.wrong_type(key, node, "one `Title: target`", _LINK_HINT)
    title, target_node = node.entries[0]
    if not isinstance(target_node, ScalarNode) or is_null(target_node):
        return report.wrong_type(key, target_node, "a page or an address", _LINK_HINT)
    text = _read_link_title(title, key, report)
    target = _read_link_target(target_node, key, report, schemes=("mailto",))
    return INVALID if INVALID in (text, target) else (text, target)


def read_nav(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read the navigation as a tuple of `NavEntry`; a bad entry spoils only itself.

    Recursion is as deep as the YAML, which `yamltext` bounds.
    """
    if not isinstance(node, SequenceNode):
        return report.wrong_type(key, node, "a list of entries", _NAV_HINT)
    entries: list[NavEntry] = []
    for item in node.items:
        if is_null(item):
            continue
        path = f"{key}.{len(entries)}"
        report.place(path, item)
        entry = _read_nav_entry(item, path, report)
        if isinstance(entry, NavEntry):
            entries.append(entry)
    return tuple(entries)


def _read_nav_entry(node: YamlNode, key: str, report: FieldReport) -> Any:
    if isinstance(node, ScalarNode):
        target = _read_link_target(node, key, report, schemes=())
        if target is not INVALID and is_external(target):
            return report.invalid(
                key, node, "must give an outside address a title", f"write `Title: {target}`"
            )
        return target if target is INVALID else NavEntry(title=None, target=target)
    if not isinstance(node, MappingNode) or not node.entries:
        return report.wrong_type(key, node, "an entry", _NAV_HINT)
    if len(node.entries) > 1:
        second = node.entries[1][0]
        return report.invalid(
            key, second, "must have one title", "begin each entry with `- ` on its own line"
        )
    title_node, value = node.entries[0]
    title = _read_link_title(title_node, key, report)
    if title is INVALID or is_null(value) or isinstance(value, MappingNode):
        if title is not INVALID:
            report.wrong_type(key, value, "a page, an address or a list", _NAV_HINT)
        return INVALID
    if isinstance(value, SequenceNode):
        children = read_nav(value, key, report)
        if not value.items:
            return report.invalid(key, value, "must have entries below its title", _NAV_HINT)
        return NavEntry(title=title, target="", children=children)
    target = _read_link_target(value, key, report, schemes=())
    return target if target is INVALID else NavEntry(title=title, target=target)
