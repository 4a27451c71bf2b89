"""Styles of pygments as CSS for the token classes."""

from collections.abc import Mapping
from typing import Any

from octavo.highlight.lines import token_classes

__all__ = ["style_css", "style_names"]

_Rule = tuple[tuple[str, str], ...]
_RESETS: Mapping[str, str] = {
    "background-color": "transparent",
    "font-style": "normal",
    "font-weight": "inherit",
    "text-decoration": "none",
}


def style_names() -> tuple[str, ...]:
    """Give the names that `style_css` knows, sorted."""
    from pygments.styles import STYLES  # noqa: PLC0415  # loaded at the first use

    return tuple(sorted(name for _, name, _ in STYLES.values()))


def style_css(light: str, dark: str) -> str:
    """Give the CSS of two styles of pygments: *light* by default, *dark* where the system or the reader asks for it.

    The rules are for `pre`, the token classes and `mark.line` below it. The reader's choice is the attribute
    `data-theme` of the root element, `light` or `dark`; without one the system's preference rules.

    Raises:
        LookupError: A name is not in `style_names()`.

    """
    light_rules = _style_rules(light)
    dark_rules = _style_rules(dark)
    # One translucent ground suits every style; the ones that styles name do not always suit their own text.
    out = ["pre mark.line { color: inherit; background-color: rgb(128 128 128 / 25%) }\n"]
    out.append(_write_rules("", light_rules))
    if light_rules != dark_rules:
        changed = {css: _override(light_rules[css], rule) for css, rule in dark_rules.items()}
        out.append("@media (prefers-color-scheme: dark) {\n")
        out.append(_write_rules(":root:not([data-theme=light]) ", changed))
        out.append("}\n")
        out.append(_write_rules("[data-theme=dark] ", changed))
    return "".join(out)


def _style_rules(name: str) -> dict[str, _Rule]:
    """Give the declarations of each token class, and of the block itself under the empty name."""
    if name not in style_names():
        raise LookupError(name)
    from pygments.styles import get_style_by_name  # noqa: PLC0415  # loaded at the first use
    from pygments.token import STANDARD_TYPES, Name, Token  # noqa: PLC0415  # the same

    style = get_style_by_name(name)
    # Names have no span, so their colour is the colour of the block.
    given = style.style_for_token(Name)["color"] or style.style_for_token(Token)["color"]
    base = f"#{given}" if given else _text_colour(style.background_color)
    rules: dict[str, _Rule] = {"": (("color", base), ("background-color", style.background_color))}
    for kind in STANDARD_TYPES:
        if css := token_classes()[kind]:
            rules[css] = _declarations(style.style_for_token(kind), base)
    return rules


def _text_colour(background: str) -> str:
    """Give black or white for text on a ground, `#rgb` or `#rrggbb`."""
    digits = background.lstrip("#")
    step = len(digits) // 3
    red, green, blue = (int(digits[at * step : (at + 1) * step] * (3 - step), 16) for at in range(3))
    # The weights of ITU-R BT.601, good enough to tell a dark ground from a light one.
    return "#000" if 0.299 * red + 0.587 * green + 0.114 * blue > 127 else "#fff"


def _declarations(given: Mapping[str, Any], base: str) -> _Rule:
    pairs = (
        ("color", f"#{given['color']}" if given["color"] else base),
        ("background-color", f"#{given['bgcolor']}" if given["bgcolor"] else ""),
        ("font-style", "italic" if given["italic"] else ""),
        ("font-weight", "bold" if given["bold"] else ""),
        ("text-decoration", "underline" if given["underline"] else ""),
    )
    return tuple((name, value) for name, value in pairs if value)


def _override(light: _Rule, dark: _Rule) -> _Rule:
    """Give the dark declarations with a reset for each property that only light sets."""
    names = {name for name, _ in dark}
    return (*dark, *((name, _RESETS[name]) for name, _ in light if name not in names))


def _write_rules(prefix: str, rules: Mapping[str, _Rule]) -> str:
    """Write one rule for all classes that share their declarations."""
    shared: dict[_Rule, list[str]] = {}
    for css, rule in rules.items():
        shared.setdefault(rule, []).append(f" .{css}" if css else "")
    out = []
    for rule, classes in shared.items():
        selectors = ", ".join(f"{prefix}pre{css}" for css in classes)
        out.append(f"{selectors} {{ {'; '.join(f'{name}: {value}' for name, value in rule)} }}\n")
    return "".join(out)
