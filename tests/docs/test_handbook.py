"""The handbook says what the code does: every key, option, code and value is there, and nothing else is."""

import os
import posixpath
import re
import shutil

import click
import jinja2
import pytest

from handbook_examples import EXAMPLES, LOCKED, find_problem, show_problem
from handbook_reader import HANDBOOK, code_spans, read_page
from octavo.cli.group import cli
from octavo.cli.guard import BUG, INTERRUPTED, TERMINATED
from octavo.cli.identity import bundled_theme
from octavo.cli.why import _MEANINGS
from octavo.codes import CODES
from octavo.config import SITE_KEYS, load_config
from octavo.context import PageContext, SiteInfo, ThemeSource
from octavo.errors import EnvironmentFault, UsageError
from octavo.frontmatter import FRONT_MATTER_KEYS, parse_front_matter
from octavo.markdown import parse_document
from octavo.markdown.code import parse_fence_info
from octavo.markdown.containers import _NAMES
from octavo.markdown.draft import RESERVED_IDS
from octavo.markdown.fence_info import _ENGINE_NAMES
from octavo.model import MarkdownOptions, SourceText
from octavo.render.environment import PAGE_NAMES, make_environment
from octavo.render.view import PageView
from octavo.themeyaml import theme_options
from sitebuilder import Site

PAGES = sorted(path.name for path in HANDBOOK.glob("*.md"))
KEY_PAGES = {"front-matter.md": FRONT_MATTER_KEYS, "site-yaml.md": SITE_KEYS}
CONTEXT = cli.make_context("octavo", [], resilient_parsing=True)
COMMANDS = sorted(cli.list_commands(CONTEXT))
TEMPLATES = os.path.join(bundled_theme(), "templates")


def names(table):
    return [span for row in table.rows for span in code_spans(row[0])]


# ---------------------------------------------------------------- keys


@pytest.mark.parametrize("page", KEY_PAGES)
def test_the_table_of_keys_is_that_of_the_code(page):
    table = read_page(page).table("keys", "key", "type", "default", "meaning")

    expected = [
        (f"`{key.name}`", key.type, f"`{key.default}`" if key.default else "") for key in KEY_PAGES[page]
    ]
    assert expected == [row[:3] for row in table.rows]


@pytest.mark.parametrize("page", KEY_PAGES)
def test_a_meaning_begins_as_in_the_code_and_may_say_what_is_not_there_yet(page):
    table = read_page(page).table("keys", "key", "type", "default", "meaning")

    pairs = [(row[3], key.meaning) for row, key in zip(table.rows, KEY_PAGES[page], strict=True)]
    assert [] == [(said, known) for said, known in pairs if not f"{said} ".startswith(f"{known} ")]


@pytest.mark.parametrize("page", KEY_PAGES)
def test_every_key_at_the_top_has_a_section_with_an_example(page):
    read = read_page(page)
    keys = [key.name for key in KEY_PAGES[page] if "." not in key.name]

    sections = [heading for heading in read.headings if heading[2].startswith("key-")]
    assert [(2, f"`{key}`", f"key-{key}") for key in keys] == sections
    with_examples = {fence.under for fence in read.fences if fence.info == "yaml"}
    assert {f"key-{key}" for key in keys} <= with_examples


def test_every_example_of_front_matter_is_read_without_a_complaint():
    fences = [fence for fence in read_page("front-matter.md").fences if fence.info == "yaml"]

    found = [parse_front_matter("a/b.md", "content/a/b.md", f"---\n{fence.text}---\n") for fence in fences]
    assert [] == [problem for result in found for problem in result.diagnostics]


def test_every_example_of_site_yaml_is_read_without_a_complaint():
    fences = [fence for fence in read_page("site-yaml.md").fences if fence.info.split()[0] == "yaml"]

    texts = [
        fence.text if "title:" in fence.text.split("\n")[0] else f"title: A\n{fence.text}" for fence in fences
    ]
    assert [] == [problem for text in texts for problem in load_config(text)[1]]


def test_an_edit_link_is_made_as_the_example_says(site):
    fences = [fence for fence in read_page("site-yaml.md").fences if fence.under == "key-repository"]
    links = []
    for fence in fences:
        html = site.config(fence.text).page("a.md", "# A\n").build().html("a/")
        links += re.findall(r'href="([^"]+)">Edit this page', html)

    assert links == [
        "https://github.com/ada/flask-tutorial/edit/trunk/content/a.md",
        "https://git.example.org/ada/flask-tutorial/src/main/content/a.md",
    ]


# ---------------------------------------------------------------- commands


def written(param):
    """Give an option or argument as the handbook writes it."""
    if isinstance(param, click.Argument):
        return [param.make_metavar(CONTEXT)]
    metavar = "" if param.is_flag else f" {param.metavar or param.opts[-1].lstrip('-').upper()}"
    return [f"{name}{metavar}" for name in sorted(param.opts, key=len)]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_there_and_no_other(command):
    found = cli.get_command(CONTEXT, command)

    expected = sorted(name for param in found.params for name in written(param))
    assert expected == sorted(names(read_page("commands.md").table(command, "option", "meaning")))


def test_the_global_options_are_there_and_no_other():
    params = [param for param in cli.get_params(CONTEXT) if not isinstance(param, click.Argument)]

    expected = sorted(
        name for param in params for name in (written(param) if not param.is_eager else sorted(param.opts))
    )
    assert expected == sorted(names(read_page("commands.md").table("octavo", "option", "meaning")))


def test_every_command_has_a_section_and_no_other():
    headings = read_page("commands.md").headings

    expected = [("`octavo`", "octavo"), *((f"`octavo {name}`", name) for name in COMMANDS)]
    assert sorted(expected) == sorted(heading[1:] for heading in headings if heading[1].startswith("`octavo"))


def test_the_exit_statuses_are_those_of_the_code():
    expected = [0, 1, UsageError.exit_code, EnvironmentFault.exit_code, BUG, INTERRUPTED, TERMINATED]

    assert [str(status) for status in expected] == names(
        read_page("commands.md").table("exit-status", "status", "meaning")
    )


def test_the_reasons_of_why_are_those_of_the_code():
    assert list(_MEANINGS) == names(read_page("commands.md").table("why", "reason", "meaning"))


# ---------------------------------------------------------------- diagnostics


def test_every_code_has_a_section_and_no_other():
    headings = read_page("diagnostics.md").headings

    assert sorted((3, f"`{code}`", code) for code in CODES) == sorted(
        item for item in headings if item[0] == 3
    )


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_section_begins_with_the_meaning_of_its_code(code):
    assert CODES[code] == read_page("diagnostics.md").paragraph(code)


@pytest.mark.parametrize("code", sorted(CODES))
def test_the_message_in_the_handbook_is_what_octavo_prints(code, tmp_path):
    if code in LOCKED and os.geteuid() == 0:
        pytest.skip("the superuser may read everything")
    (shown,) = (fence.text for fence in read_page("diagnostics.md").fences if fence.under == code)

    actual = show_problem(find_problem(code, Site(tmp_path / "site"))) + "\n"
    # "…" stands for what was cut out.
    pattern = ".*".join(re.escape(part) for part in shown.split("…"))
    assert f"[{code}]: " in shown
    assert re.fullmatch(pattern, actual, re.DOTALL), actual


def test_there_is_an_example_for_every_code_and_no_other():
    assert sorted(CODES) == sorted(EXAMPLES)


# ---------------------------------------------------------------- theme


def test_the_theme_options_are_those_of_the_bundled_theme():
    with open(os.path.join(bundled_theme(), "theme.yaml"), encoding="utf-8") as file:
        options = theme_options(file.read(), "theme.yaml", {}).options
    table = read_page("theming.md").table("options", "option", "default", "meaning")

    expected = sorted(
        (f"`{name}`", "`[]`" if value == () else f"`{str(value).lower()}`") for name, value in options
    )
    assert expected == sorted(row[:2] for row in table.rows)


def test_the_values_that_templates_get_are_those_of_the_code():
    page = read_page("theming.md")

    assert list(PAGE_NAMES) == names(page.table("values", "name", "what it is"))
    kinds = {"page": PageView, "context": PageContext, "site": SiteInfo}
    expected = [f"{name}.{field}" for name, kind in kinds.items() for field in kind.__struct_fields__]
    assert sorted(expected) == sorted(names(page.table("values", "value", "meaning")))


def test_the_filters_are_those_of_the_code():
    filters = make_environment(ThemeSource(templates=())).filters
    known = jinja2.Environment(autoescape=True).filters

    assert sorted(filters.keys() - known.keys()) == sorted(
        names(read_page("theming.md").table("filters", "filter", "what it gives"))
    )
    assert {"random", "pprint"} == known.keys() - filters.keys()


def test_the_blocks_are_those_of_the_base_template():
    with open(os.path.join(TEMPLATES, "base.html"), encoding="utf-8") as file:
        blocks = re.findall(r"\{% block (\w+) %\}", file.read())

    assert sorted(blocks) == sorted(names(read_page("theming.md").table("blocks", "block", "what is in it")))


def test_the_templates_are_those_of_the_bundled_theme():
    top = {name for name in os.listdir(TEMPLATES) if name.endswith(".html")} - {"base.html", "main.html"}
    system = {f"system/{name}" for name in os.listdir(os.path.join(TEMPLATES, "system"))}

    table = read_page("theming.md").table("bundled", "template", "what it makes")
    assert sorted(top | system) == sorted(names(table))


def test_the_examples_of_a_theme_build(site):
    titled = [
        (title, fence.text)
        for fence in read_page("theming.md").fences
        if (title := parse_fence_info(fence.info).title).endswith((".html", "theme.yaml"))
        and not fence.under.startswith("worked-")
    ]
    for path, text in titled:
        site.write(path, text)
    site.page("a.md", "# A\n").page("b.md", "# B\n").build().clean()

    assert ["theme/templates/main.html", "theme/templates/page.html", "theme/theme.yaml"] == sorted(
        path for path, _ in titled
    )
    assert '<meta name="theme-color" content="#204060">' in site.html("a/")
    assert "Questions? Write to" in site.html("a/")


@pytest.mark.parametrize(
    ("section", "page", "shown"),
    [
        ("worked-colours", "a/", '<link rel="stylesheet" href="../assets/css/own.'),
        ("worked-notice", "a/", '<p class="notice">This edition is out of date.</p>\n<header class="bar">'),
        ("worked-home", "", '<p class="lead">Read, then write</p>\n<p>Begin with any of these.</p>\n'),
    ],
)
def test_an_override_that_is_worked_out_builds_and_shows(section, page, shown, site):
    site.page("index.md", "# Home\n").page("a.md", "# A\n").page("b.md", "# B\n")
    for fence in read_page("theming.md").fences:
        if fence.under == section:
            site.write(parse_fence_info(fence.info).title, fence.text)
    site.build().clean()

    assert shown in re.sub(r"\n+", "\n", site.html(page))


# ---------------------------------------------------------------- writing


def test_files_have_the_addresses_that_the_handbook_says(site):
    table = read_page("writing.md").table("addresses", "file", "address")
    files = {code_spans(row[0])[0]: row[1].strip("`") for row in table.rows}
    for path in files:
        site.page(path, "# A page\n")
    site.build().clean()

    urls = {path: "" if address == "the home page" else address for path, address in files.items()}
    built = [url if url and not url.endswith("/") else f"{url}index.html" for url in urls.values()]
    assert [] == [output for output in built if not (site.out / output).is_file()]


def test_numbers_in_names_have_the_effect_that_the_handbook_says(site):
    table = read_page("writing.md").table("prefixes", "names in one folder", "addresses")
    expected = {}
    for number, row in enumerate(table.rows):
        for name, address in zip(code_spans(row[0]), code_spans(row[1]), strict=True):
            site.page(f"f{number}/{name}", "# A page\n")
            expected[f"f{number}/{address}index.html"] = True
    site.build().clean()

    assert expected == {output: (site.out / output).is_file() for output in expected}


def test_headings_have_the_ids_that_the_handbook_says():
    table = read_page("writing.md").table("headings", "heading", "id")
    text = "\n\n".join(code_spans(row[0])[0] for row in table.rows)
    # Each heading stands on a page of its own, since a page numbers equal ids.
    documents = [
        parse_document(SourceText(source="a.md", file="content/a.md", text=line), MarkdownOptions())
        for line in text.split("\n\n")
    ]

    assert [code_spans(row[1])[0] for row in table.rows] == [
        document.card.headings[0].id for document in documents
    ]


def test_the_reserved_ids_are_those_of_the_code():
    text = " ".join(read_page("writing.md").lines)

    (listed,) = re.findall(r"The ids (.*?) belong to the theme", text)
    assert list(RESERVED_IDS) == re.findall(r"`(\w+)`", listed)


def test_the_containers_are_those_of_the_code():
    assert sorted(_NAMES) == sorted(
        names(read_page("markdown.md").table("containers", "container", "what it is"))
    )


def test_the_attributes_of_tutorials_are_those_of_the_code():
    lines = read_page("code.md").lines
    start = next(n for n, line in enumerate(lines) if "These attributes belong to" in line)
    note = " ".join(lines[start : lines.index("", start)])

    assert sorted(_ENGINE_NAMES) == re.findall(r"`(\w+)`", note)


@pytest.mark.parametrize(("page", "least"), [("markdown.md", 12), ("code.md", 4)])
def test_the_result_on_the_page_is_made_of_the_source_that_is_shown(page, least):
    read = read_page(page)
    shown = [fence for fence in read.fences if fence.info == 'markdown title="You write"']

    results = []
    for fence in shown:
        start, end = fence.line + 1, read.lines.index("<!-- hidden: end -->", fence.line)
        assert ("", "<!-- hidden: result -->", "") == read.lines[start - 1 : start + 2]
        results.append("\n".join(read.lines[start + 2 : end - 1]) + "\n")
    assert [fence.text for fence in shown] == results
    assert len(shown) >= least


# ---------------------------------------------------------------- the site


@pytest.fixture(name="own", scope="module")
def fixture_own(tmp_path_factory):
    """Our own site, built strictly away from the repository."""
    site = Site(tmp_path_factory.mktemp("own") / "site")
    root = HANDBOOK.parent.parent
    shutil.copytree(root / "content", site.root / "content")
    shutil.copy(root / "site.yaml", site.root / "site.yaml")
    # Every kind of link that the handbook lists, from the place of the page that lists them.
    rows = read_page("writing.md").table("links", "you write", "it leads to").rows
    links = [target for row in rows for target in re.findall(r"`([^`]+)`", row[0])]
    site.page("handbook/links.md", "\n".join(f"- [a link]({target})" for target in links) + "\n\n## Order\n")
    return site.build(strict=True)


def test_our_own_site_builds_strictly_without_a_complaint(own):
    assert own.messages() == []
    assert own.report.published


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_handbook_is_in_the_navigation(page, own):
    html = own.html("handbook/")
    rail = html[html.index('<nav class="side"') : html.index("</nav>", html.index('<nav class="side"'))]
    reached = {posixpath.normpath(f"handbook/{href}") for href in re.findall(r'href="([^"#]+)"', rail)}

    url = posixpath.normpath("handbook/" + ("" if page == "index.md" else page.removesuffix(".md")))
    assert url in reached
