import pytest

from octavo.render import check_templates, make_environment, render_page, template_closures


def changed(tools, before, name, text):
    """The templates whose closure differs once one of them is changed."""
    after = dict(before) | {name: text}
    old = template_closures(tools.small_theme(**before))
    new = template_closures(tools.small_theme(**after))
    return sorted(template for template in new if new[template] != old.get(template))


CHAIN = {
    "base": "{% include 'part.html' %}{% block main %}{% endblock %}",
    "page": "{% extends 'base.html' %}{% from 'macros.html' import m %}",
    "macros": "{% macro m() %}{% endmacro %}",
    "part": "p",
    "alone": "a",
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("alone", ["alone.html"]),
        ("part", ["base.html", "page.html", "part.html"]),
        ("macros", ["macros.html", "page.html"]),
        ("page", ["page.html"]),
    ],
)
def test_a_change_reaches_what_refers_to_it_and_nothing_else(name, expected, tools):
    assert changed(tools, CHAIN, name, "changed") == expected


def test_a_computed_name_refers_to_every_template(tools):
    theme = {"page": "{% include x ~ '.html' %}", "alone": "a"}
    assert changed(tools, theme, "alone", "b") == ["alone.html", "page.html"]


def test_a_list_of_names_refers_to_all_of_them(tools):
    theme = {"page": "{% include ['one.html', 'two.html'] %}", "one": "1", "two": "2", "alone": "a"}
    assert changed(tools, theme, "two", "3") == ["page.html", "two.html"]


def test_an_optional_template_that_appears_is_a_change(tools):
    theme = {"page": "{% include 'extra.html' ignore missing %}"}
    assert changed(tools, theme, "extra", "x") == ["extra.html", "page.html"]


def test_the_templates_of_a_cycle_share_their_digest_and_one_with_a_syntax_error_has_its_own(tools):
    theme = tools.small_theme(a="{% include 'b.html' %}", b="{% include 'a.html' %}", c="{% if")
    closures = template_closures(theme)
    assert closures["a.html"] == closures["b.html"] != closures["c.html"]


def test_the_bundled_theme_has_no_faults(bundled):
    assert check_templates(bundled) == ()


def test_every_kind_of_page_depends_on_the_place_for_changes(bundled, tools):
    kinds = ("page", "section", "home", "contents", "tags", "tag", "404")
    old = template_closures(bundled)
    new = template_closures(tools.read_theme({"main.html": "{% extends 'bundled/main.html' %}"}))
    assert [kind for kind in kinds if old[f"{kind}.html"] == new[f"{kind}.html"]] == []


def test_a_site_can_build_on_the_template_that_it_replaces(tools):
    text = "{% extends 'bundled/page.html' %}{% block title %}Mine{% endblock %}"
    theme = tools.read_theme({"page.html": text})
    assert check_templates(theme) == ()
    page = render_page(make_environment(theme), theme, tools.task()).text
    assert "<title>Mine</title>" in page
    assert "<h1>Routing</h1>" in page


def test_a_site_can_change_every_page_in_one_place(tools):
    theme = tools.read_theme(
        {"main.html": "{% extends 'base.html' %}{% block head_extra %}<meta name=x>{% endblock %}"}
    )
    environment = make_environment(theme)
    found = [
        "<meta name=x>" in render_page(environment, theme, tools.task(name)).text
        for name in ("page.html", "tags.html")
    ]
    assert found == [True, True]
