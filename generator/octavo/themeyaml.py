"""theme.yaml: the options of a theme with their defaults, and the templates that pages may ask for.

    options:
      # A comment says what an option does.
      toc_depth: 3
    pages:
      - page.html

The default gives an option its type: `true` and `false` a truth value, digits a whole number, a list a tuple of texts,
all else text; a quoted value is always text. What a site sets is read as that type. This module knows no option.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from octavo.errors import Diagnostic, Location, error
from octavo.model import Value
from octavo.yamlnodes import (
    MappingNode,
    ScalarNode,
    SequenceNode,
    YamlNode,
    YamlSource,
    describe_node,
    is_null,
    shorten,
)
from octavo.yamltext import load_yaml

__all__ = ["ThemeSettings", "theme_options"]

_WHOLE = re.compile(r"-?\d{1,9}")
_TRUTH = {"true": True, "false": False}
_RESERVED = frozenset({"assets"})
_KEYS = ("options", "pages")


class ThemeSettings(Value, frozen=True):
    """What theme.yaml and a site's options come to."""

    options: tuple[tuple[str, Any], ...] = ()
    """Every option of theme.yaml with its value, sorted by name."""
    pages: tuple[str, ...] = ()
    """Names of the templates that front matter's `template:` may name, in the order of theme.yaml."""
    diagnostics: tuple[Diagnostic, ...] = ()


def theme_options(
    theme_yaml_text: str,
    file: str,
    given: Mapping[str, Any],
    *,
    places: Mapping[str, tuple[Location, str]] | None = None,
    site_file: str = "site.yaml",
) -> ThemeSettings:
    """Read theme.yaml and lay a site's options over its defaults.

    Args:
        theme_yaml_text: the text of theme.yaml.
        file: what messages call it.
        given: the options of site.yaml as plain data, scalars as text or already typed.
        places: place and source line of each given option, where they are known.
        site_file: what messages call the file with the given options.

    Returns:
        Options, page templates and all problems. An option with a problem keeps its default.

    """
    parsed = load_yaml(theme_yaml_text, file=file)
    problems = list(parsed.diagnostics)
    defaults: dict[str, Any] = {}
    pages: tuple[str, ...] = ()
    if isinstance(parsed.root, MappingNode):
        for key, node in parsed.root.entries:
            if key.text == "options":
                defaults = _read_defaults(node, parsed.source, problems)
            elif key.text == "pages":
                pages = _read_pages(node, parsed.source, problems)
            else:
                hint = _did_you_mean(key.text, _KEYS) or "the keys are `options` and `pages`"
                problems.append(_at(parsed.source, key, f"unknown key `{shorten(key.text)}`", hint))
    elif parsed.root is not None and not is_null(parsed.root):
        problems.append(
            _at(parsed.source, parsed.root, "theme.yaml is not a mapping", "begin it with `options:`")
        )
    values = dict(defaults)
    for name, value in given.items():
        location, excerpt = (places or {}).get(name, (Location(site_file), ""))
        if name not in defaults:
            hint = _did_you_mean(name, tuple(defaults)) or _list_known(defaults)
            message = f"the theme has no option `{shorten(name)}`"
            column = excerpt.find(name) + 1
            if column:
                location = Location(location.file, location.line, column)
            problems.append(error("theme-option", message, location, excerpt=excerpt, hint=hint))
            continue
        typed, wanted = _as_type_of(defaults[name], value)
        if wanted:
            message = f"theme option `{name}`: expected {wanted}, found `{shorten(str(value))}`"
            problems.append(error("theme-option", message, location, excerpt=excerpt))
        else:
            values[name] = typed
    return ThemeSettings(options=tuple(sorted(values.items())), pages=pages, diagnostics=tuple(problems))


def _read_defaults(node: YamlNode, source: YamlSource, problems: list[Diagnostic]) -> dict[str, Any]:
    defaults: dict[str, Any] = {}
    if is_null(node):
        return defaults
    if not isinstance(node, MappingNode):
        problems.append(_at(source, node, f"`options`: expected a mapping, found {describe_node(node)}"))
        return defaults
    for key, value in node.entries:
        if not key.text.isidentifier() or key.text.startswith("_") or key.text in _RESERVED:
            message = f"`{shorten(key.text)}` cannot name an option"
            problems.append(
                _at(source, key, message, "use letters, digits and underscores, and not `assets`")
            )
        elif isinstance(value, MappingNode):
            problems.append(
                _at(source, value, f"option `{key.text}`: a default is a text, a number or a list")
            )
        else:
            defaults[key.text] = _default(value)
    return defaults


def _default(node: YamlNode) -> Any:
    if isinstance(node, SequenceNode):
        return tuple(item.text for item in node.items if isinstance(item, ScalarNode))
    if not isinstance(node, ScalarNode) or is_null(node):
        return ""
    if node.plain and node.text in _TRUTH:
        return _TRUTH[node.text]
    return int(node.text) if node.plain and _WHOLE.fullmatch(node.text) else node.text


def _read_pages(node: YamlNode, source: YamlSource, problems: list[Diagnostic]) -> tuple[str, ...]:
    if is_null(node):
        return ()
    if isinstance(node, SequenceNode) and all(isinstance(item, ScalarNode) for item in node.items):
        return tuple(item.text for item in node.items if isinstance(item, ScalarNode))
    message = f"`pages`: expected a list of template names, found {describe_node(node)}"
    problems.append(_at(source, node, message))
    return ()


def _as_type_of(default: Any, value: Any) -> tuple[Any, str]:
    """Read a given value as the type of the default: the value and "", or None and what was expected."""
    if isinstance(default, bool):
        truth = value if isinstance(value, bool) else _TRUTH.get(str(value))
        return truth, "" if truth is not None else "`true` or `false`"
    if isinstance(default, int):
        whole = _WHOLE.fullmatch(str(value))
        return (int(value), "") if whole else (None, "a whole number")
    if isinstance(default, tuple):
        fits = isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
        return (tuple(value), "") if fits else (None, "a list of texts")
    if value is None:
        return "", ""
    return (None, "a text") if isinstance(value, list | tuple | dict) else (str(value), "")


def _did_you_mean(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"did you mean `{close[0]}`?" if close else ""


def _list_known(defaults: Mapping[str, Any]) -> str:
    return "the options are " + ", ".join(f"`{name}`" for name in sorted(defaults)) if defaults else ""


def _at(source: YamlSource, node: YamlNode, message: str, hint: str = "") -> Diagnostic:
    return error("theme-option", message, source.location(node), excerpt=source.excerpt(node.line), hint=hint)
