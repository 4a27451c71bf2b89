import time

import pytest

from octavo.codes import CODES
from octavo.errors import Location
from octavo.render import check_templates, make_environment, merge_repeated, render_page


def only(diagnostics):
    """The one diagnostic, whose code must be registered."""
    [problem] = diagnostics
    assert problem.code in CODES
    return problem


def place(problem):
    return (problem.code, problem.location.file, problem.location.line)


# ---------------------------------------------------------------- before rendering


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a\n{% if x %}\nb", 3, "'if'"),
        ("a\n\n{% nonsense %}", 3, "nonsense"),
        ("a\n{{ x | nonsense }}", 2, "nonsense"),
        ("{% if x is nonsense %}{% endif %}", 1, "nonsense"),
        ("a\n{{ x", 2, "unexpected end"),
    ],
)
def test_wrong_syntax_is_reported_at_its_line(text, line, words, tools):
    problem = only(check_templates(tools.small_theme(page=text)))
    assert place(problem) == ("template-syntax", "theme/templates/page.html", line)
    assert words in problem.message
    assert problem.message == problem.message[0].lower() + problem.message[1:].rstrip(".")
    assert problem.excerpt == text.splitlines()[line - 1]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{% if x %}{% for y in x %}", "write `{% endfor %}` where it ends"),
        ("{% block a %}{% if x %}b{% endblock %}", "write `{% endif %}` where it ends"),
        ("{% nonsense %}", ""),
    ],
)
def test_the_end_that_is_missing_is_named(text, hint, tools):
    assert only(check_templates(tools.small_theme(page=text))).hint == hint


def test_an_unknown_filter_is_reported_with_a_suggestion(tools):
    problem = only(check_templates(tools.small_theme(page="{% if 0 %}{{ 'x' | minute }}{% endif %}")))
    assert (problem.message, problem.hint) == ("there is no filter `minute`", "did you mean `minutes`?")


@pytest.mark.parametrize(
    "text",
    [
        "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
        "{{ 1" + "+1" * 3000 + " }}",
        "{% if x %}" * 300 + "{% endif %}" * 300,
    ],
)
def test_nesting_without_end_is_an_error_and_no_crash(text, tools):
    assert only(check_templates(tools.small_theme(page=text))).code == "template-syntax"


@pytest.mark.parametrize(
    "tag",
    [
        "extends 'bases.html'",
        "include 'bases.html'",
        "import 'bases.html' as b",
        "from 'bases.html' import b",
    ],
)
def test_a_template_that_does_not_exist_is_reported_where_it_is_named(tag, tools):
    problem = only(check_templates(tools.small_theme(page=f"\n{{% {tag} %}}", base="x")))
    assert place(problem) == ("template-missing", "theme/templates/page.html", 2)
    assert problem.message == "the theme has no template `bases.html`"
    assert problem.hint == "did you mean `base.html`?"
    assert problem.excerpt == f"{{% {tag} %}}"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd"])
def test_a_template_outside_the_theme_does_not_exist(name, tools):
    assert (
        only(check_templates(tools.small_theme(page=f"{{% include '{name}' %}}"))).code == "template-missing"
    )


def test_one_existing_name_of_several_is_enough_and_missing_may_be_ignored(tools):
    text = "{% include ['no.html', 'base.html'] %}{% include 'no.html' ignore missing %}"
    assert check_templates(tools.small_theme(page=text, base="x")) == ()


def test_a_cycle_is_reported_once_with_its_way(tools):
    theme = tools.small_theme(
        a="x\n{% include 'b.html' %}", b="{% extends 'c.html' %}", c="{% include 'a.html' %}"
    )
    problem = only(check_templates(theme))
    assert place(problem) == ("template-cycle", "theme/templates/a.html", 2)
    assert problem.message == "template cycle `a.html` → `b.html` → `c.html` → `a.html`"


def test_an_override_that_extends_itself_is_told_of_the_bundled_name(tools):
    theme = tools.read_theme({"page.html": "{% extends 'page.html' %}"})
    problem = only(check_templates(theme))
    assert problem.message == "template cycle `page.html` → `page.html`"
    assert "`bundled/page.html`" in problem.hint


# ---------------------------------------------------------------- while rendering


@pytest.mark.parametrize(
    ("expression", "message", "hint"),
    [
        ("{{ pge }}", "`pge` is not defined", "did you mean `page`?"),
        (
            "{{ zzz }}",
            "`zzz` is not defined",
            "a page template gets `page`, `context`, `nav`, `theme`, `site`",
        ),
        ("{{ page.titel }}", "`page` has no `titel`", "did you mean `title`?"),
        ("{{ context.breadcrumb }}", "`context` has no `breadcrumb`", "did you mean `breadcrumbs`?"),
        ("{{ site.titles }}", "`site` has no `titles`", "did you mean `title`?"),
        ("{{ theme.toc_dept }}", "the theme has no option `toc_dept`", "did you mean `toc_depth`?"),
        (
            '{{ theme.assets["css/bas.css"] }}',
            "the theme has no asset `css/bas.css`",
            "did you mean `css/base.css`?",
        ),
        ("{% for x in page.nothing %}{% endfor %}", "`page` has no `nothing`", None),
        ("{% if theme.nothing %}{% endif %}", "the theme has no option `nothing`", None),
        ("{{ page.extra.level }}", "the mapping has no `level`", ""),
        ("{{ 1 / 0 }}", "ZeroDivisionError: division by zero", ""),
        ("{{ 'a' + 1 }}", 'TypeError: can only concatenate str (not "int") to str', ""),
        (
            "{% for n in range(10**9) %}{% endfor %}",
            "TemplateRuntimeError: a range of more than 100,000 numbers",
            "",
        ),
        (
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "templates or macros call each other without end",
            None,
        ),
        ("{% set name = 'no' %}{% include name ~ '.html' %}", "no template `no.html`", ""),
    ],
)
def test_a_fault_names_the_template_the_line_and_the_page(expression, message, hint, tools):
    theme = tools.read_theme({"partials/toc.html": "x\n\n" + expression})
    rendered = render_page(make_environment(theme), theme, tools.task())
    problem = only(rendered.diagnostics)
    assert rendered.text is None
    assert place(problem) == ("template-error", "site-theme/templates/partials/toc.html", 3)
    assert problem.message == message + ", while rendering `content/flask/routing.md`"
    assert problem.excerpt == expression
    assert hint is None or problem.hint == hint


@pytest.mark.parametrize("name", ["lipsum", "cycler", "joiner", "dict"])
def test_helpers_for_demonstrations_are_not_there(name, render_small):
    assert only(render_small(page=f"{{{{ {name}() }}}}").diagnostics).message.startswith(
        f"`{name}` is not defined"
    )


def test_a_name_can_be_tested_before_it_is_used(render_small):
    text = "{{ theme.nothing is defined }} {{ theme.assets['x'] is defined }} {{ page.extra.x | default('none') }}"
    assert render_small(page=text).text == "False False none\n"


def test_a_filter_that_raises_is_reported_with_its_own_words(tools):
    theme = tools.small_theme(page="\n{{ 'x' | fail }}")
    environment = make_environment(theme)

    def fail(_):
        raise OSError("no luck.\nnone")

    environment.filters["fail"] = fail
    problem = only(render_page(environment, theme, tools.task()).diagnostics)
    assert place(problem) == ("template-error", "theme/templates/page.html", 2)
    assert problem.message == "OSError: no luck. none, while rendering `content/flask/routing.md`"


def test_a_syntax_error_met_while_rendering_names_its_own_template(tools):
    theme = tools.small_theme(page="{% include 'part.html' %}", part="\n{% nonsense %}")
    problem = only(render_page(make_environment(theme), theme, tools.task()).diagnostics)
    assert place(problem) == ("template-syntax", "theme/templates/part.html", 2)
    assert problem.excerpt == "{% nonsense %}"


def test_a_template_that_the_theme_lacks_is_reported_at_the_page(render_small, tools):
    problem = only(render_small(tools.task("chapter.html"), page="x").diagnostics)
    assert (problem.code, problem.location) == ("missing-template", Location("content/flask/routing.md"))


def test_endless_recursion_is_reported_soon(render_small):
    start = time.process_time()
    assert only(render_small(page="{% include 'page.html' %}").diagnostics).code == "template-error"
    assert time.process_time() - start < 5


def test_a_fault_that_many_pages_meet_is_reported_once(tools):
    theme = tools.small_theme(page="{{ x }}")
    environment = make_environment(theme)
    problems = [
        only(render_page(environment, theme, tools.task(file=f"content/{name}.md")).diagnostics)
        for name in "abc"
    ]
    merged = only(merge_repeated([*problems, problems[0]]))
    assert merged.message == "`x` is not defined, while rendering `content/a.md` and 2 other pages"
    assert merge_repeated(problems[:1]) == tuple(problems[:1])


def test_a_random_choice_is_not_offered(tools):
    problem = only(check_templates(tools.small_theme(page="{{ [1, 2] | random }}")))
    assert "random" in problem.message


def test_the_output_is_what_the_template_gives_with_one_line_end(render_small):
    assert [render_small(page=text).text for text in ("a", "a\n", " a \n\n")] == ["a\n", "a\n", " a \n\n"]
