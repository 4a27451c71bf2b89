import pytest

from octavo.codes import CODES
from octavo.errors import Location
from octavo.themeyaml import theme_options

THEME = """\
options:
  # A comment.
  depth: 3
  pager: true
  label: "3"
  name: plain
  fonts: [a, b]
pages:
  - page.html
  - home.html
"""


def values(given):
    settings = theme_options(THEME, "theme/theme.yaml", given)
    return dict(settings.options), [problem.message for problem in settings.diagnostics]


def test_defaults_have_the_types_that_they_are_written_in():
    settings = theme_options(THEME, "theme/theme.yaml", {})
    expected = (("depth", 3), ("fonts", ("a", "b")), ("label", "3"), ("name", "plain"), ("pager", True))
    assert (settings.options, settings.pages, settings.diagnostics) == (
        expected,
        ("page.html", "home.html"),
        (),
    )


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("depth", "2", 2),
        ("depth", 2, 2),
        ("pager", "false", False),
        ("pager", False, False),
        ("label", "x", "x"),
        ("name", None, ""),
        ("fonts", ["c"], ("c",)),
    ],
)
def test_a_given_value_is_read_as_the_type_of_the_default(name, given, expected):
    options, messages = values({name: given})
    assert (options[name], messages) == (expected, [])


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("depth", "two", "expected a whole number, found `two`"),
        ("depth", "2.5", "expected a whole number"),
        ("depth", True, "expected a whole number"),
        ("pager", "no", "expected `true` or `false`, found `no`"),
        ("fonts", "c", "expected a list of texts"),
        ("name", {"a": "b"}, "expected a text"),
    ],
)
def test_a_value_of_another_type_is_an_error_and_keeps_the_default(name, given, words):
    options, [message] = values({name: given})
    assert words in message
    assert options == values({})[0]


def test_an_unknown_option_is_an_error_with_its_place_and_a_suggestion():
    place = (Location("site.yaml", 4, 5), "    deep: 2")
    [problem] = theme_options(THEME, "t", {"dept": "2"}, places={"dept": place}).diagnostics
    assert (problem.code, problem.location, problem.excerpt) == ("theme-option", *place)
    assert (problem.message, problem.hint) == ("the theme has no option `dept`", "did you mean `depth`?")
    assert problem.code in CODES


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- a", 1, "not a mapping"),
        ("options:\n  a: 1\npage: []", 3, "unknown key `page`"),
        ("options: 3", 1, "expected a mapping"),
        ("options:\n  assets: 1", 2, "cannot name an option"),
        ("options:\n  a-b: 1", 2, "cannot name an option"),
        ("options:\n  a:\n    b: 1", 3, "a default is"),
        ("pages: page.html", 1, "expected a list"),
    ],
)
def test_a_mistake_in_theme_yaml_is_reported_at_its_line(text, line, words):
    [problem] = theme_options(text, "theme/theme.yaml", {}).diagnostics
    assert (problem.location.file, problem.location.line) == ("theme/theme.yaml", line)
    assert words in problem.message


@pytest.mark.parametrize("text", ["", "options:\npages:\n", "# nothing"])
def test_a_theme_needs_no_options(text):
    assert theme_options(text, "theme/theme.yaml", {}) == theme_options("options: {}", "theme/theme.yaml", {})


def test_every_page_template_of_the_bundled_theme_exists(tools):
    text = (tools.theme_folder / "theme.yaml").read_text("utf-8")
    pages = theme_options(text, "theme/theme.yaml", {}).pages
    assert [name for name in pages if not (tools.theme_folder / "templates" / name).is_file()] == []
    assert pages != ()
