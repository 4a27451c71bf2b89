"""The style sheets made from styles of pygments."""

import re

import pytest

from octavo.highlight import style_css, style_names
from octavo.highlight.lines import token_classes

RULE = re.compile(r"(?P<selector>[^{}]+) \{ (?P<declarations>[^{}]*) \}")
DECLARATION = re.compile(
    r"color: (?:#[0-9A-Fa-f]{3,8}|inherit)|background-color: (?:#[0-9A-Fa-f]{3,8}|transparent|rgb\([\d /%]+\))"
    r"|font-style: (?:italic|normal)|font-weight: (?:bold|inherit)|text-decoration: (?:underline|none)"
)


def declarations_of(css, selector):
    return {
        declaration
        for rule in RULE.finditer(css)
        if selector in rule["selector"].strip().split(", ")
        for declaration in rule["declarations"].split("; ")
    }


@pytest.mark.parametrize("name", style_names())
def test_every_style_gives_rules_of_known_shape(name):
    css = style_css(name, "monokai" if name != "monokai" else "default")
    rules = [rule for rule in css.splitlines() if rule not in {"@media (prefers-color-scheme: dark) {", "}"}]

    assert all(RULE.fullmatch(rule) for rule in rules)
    assert [
        declaration
        for rule in RULE.finditer(css)
        for declaration in rule["declarations"].split("; ")
        if not DECLARATION.fullmatch(declaration)
    ] == []


def test_every_class_of_a_span_has_a_rule():
    css = style_css("friendly", "nord")
    missing = [name for name in token_classes().values() if name and not declarations_of(css, f"pre .{name}")]

    assert missing == []


def test_dark_rules_follow_the_system_unless_the_reader_chose():
    css = style_css("default", "monokai")

    assert "background-color: #f8f8f8" in declarations_of(css, "pre")
    assert "background-color: #272822" in declarations_of(css, ":root:not([data-theme=light]) pre")
    assert "background-color: #272822" in declarations_of(css, "[data-theme=dark] pre")
    assert css.count("@media (prefers-color-scheme: dark)") == 1


def test_dark_rules_take_back_what_light_sets():
    css = style_css("default", "monokai")

    assert "font-weight: bold" in declarations_of(css, "pre .k")
    assert "font-weight: inherit" in declarations_of(css, "[data-theme=dark] pre .k")


def test_one_style_for_both_needs_no_dark_rules():
    assert "dark" not in style_css("nord", "nord")


def test_style_without_a_text_colour_gets_black_or_white_by_its_ground():
    assert "color: #000" in declarations_of(style_css("default", "default"), "pre")
    assert "color: #fff" in declarations_of(
        style_css("vim", "vim"), "pre"
    ) or "color: #cccccc" in declarations_of(style_css("vim", "vim"), "pre")


@pytest.mark.parametrize("name", ["no-such-style", "", "../default"])
def test_unknown_style_is_a_lookup_error(name):
    with pytest.raises(LookupError):
        style_css("default", name)
