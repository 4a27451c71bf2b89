import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo.context import NavItem, NavSection
from octavo.render import fill_nav, make_environment, render_nav
from octavo.render.fragments import nav_href, view_nav
from octavo.urls import encode_path

DEEP = NavItem(
    title="Deep",
    url="flask/deep/",
    mark="flask/deep/",
    children=(NavItem(title="One", url="flask/deep/one/"),),
)
PART = NavItem(
    title="Part",
    mark="flask/first/",
    children=(NavItem(title="First", url="flask/first/"), NavItem(title="Second", url="flask/second/")),
)
ODD = NavItem(title="Über & unter", url="flask/über & 'unter'/", draft=True)
FLASK = NavItem(
    title="Flask",
    url="flask/",
    mark="flask/",
    children=(NavItem(title="Routing", url="flask/routing/"), DEEP, PART, ODD),
)
TOPS = (
    NavItem(title="Flask", url="flask/"),
    NavItem(title="About", url="about/"),
    NavItem(title="Out", external="https://example.org/?a&b"),
)
SECTION = NavSection(key="flask/", tops=TOPS, items=(FLASK,), title="Flask")
ALL_URLS = (
    "flask/",
    "flask/routing/",
    "flask/deep/",
    "flask/deep/one/",
    "flask/first/",
    "flask/second/",
    ODD.url,
    "about/",
)


@pytest.fixture(scope="module")
def fragment(request):
    bundled = request.getfixturevalue("bundled")
    rendered = render_nav(make_environment(bundled), SECTION)
    assert rendered.diagnostics == ()
    return rendered.text


def links(tree):
    return [link.get("href") for link in tree.iter("a")]


def parse_nav(tools, filled):
    return tools.parse(f"<!doctype html><title>x</title><nav>{view_nav(filled)}</nav>")


def test_the_section_stands_in_place_among_the_top_level_entries(fragment, tools):
    tree = parse_nav(tools, fill_nav(fragment, root="../", url="about/"))
    tops = tree.findall(".//nav/ul/li/a")
    assert [link.get("href") for link in tops] == ["../flask/", "../about/", "https://example.org/?a&b"]
    assert len(tree.findall(".//nav/ul/li/ul/li")) == 4


@pytest.mark.parametrize("url", ALL_URLS)
def test_every_page_finds_its_own_link_and_no_other(url, fragment, tools):
    tree = parse_nav(tools, fill_nav(fragment, root="../../", url=url))
    current = [link.get("href") for link in tree.iter("a") if link.get("aria-current") == "page"]
    assert current == ["../../" + encode_path(url)]


def test_a_page_that_is_not_listed_has_no_current_link(fragment):
    assert "aria-current" not in fill_nav(fragment, root="./", url="flask/rout")


@pytest.mark.parametrize(
    ("url", "trail", "opened"),
    [
        ("flask/routing/", ("flask/",), []),
        ("flask/deep/", ("flask/",), ["Deep"]),
        ("flask/deep/one/", ("flask/", "flask/deep/"), ["Deep"]),
        ("flask/second/", ("flask/", "flask/first/"), ["Part"]),
    ],
)
def test_the_groups_above_a_page_are_open(url, trail, opened, fragment, tools):
    tree = parse_nav(tools, fill_nav(fragment, root="../../", url=url, trail=trail))
    assert [
        group.find("summary").text for group in tree.iter("details") if group.get("open") is not None
    ] == opened
    assert len(list(tree.iter("details"))) == 2


def test_a_groups_own_page_can_be_reached(fragment, tools):
    tree = parse_nav(tools, fill_nav(fragment, root="../", url="about/"))
    assert tree.find(".//details/ul/li/a").get("href") == "../flask/deep/"
    assert tree.find(".//details/summary/a") is None


def test_the_home_page_is_its_root_and_is_marked(bundled):
    section = NavSection(
        key="", tops=(NavItem(title="Home", url=""), NavItem(title="About", url="about/")), items=()
    )
    text = render_nav(make_environment(bundled), section).text
    assert '<a href="./" aria-current="page">Home</a>' in fill_nav(text, root="./", url="")
    assert '<a href="../">Home</a>' in fill_nav(text, root="../", url="about/")


def test_a_site_with_many_sections_shows_one_and_the_way_to_the_rest(bundled, tools):
    section = NavSection(key="flask/", tops=(), items=(FLASK,), contents_url="contents/")
    tree = parse_nav(
        tools, fill_nav(render_nav(make_environment(bundled), section).text, root="../", url="flask/")
    )
    assert links(tree)[0] == "../flask/"
    assert links(tree)[-1] == "../contents/"


def test_a_group_without_a_page_stands_under_its_title(bundled, tools):
    group = NavItem(
        title="Start",
        mark="one/",
        children=(NavItem(title="One", url="one/"), NavItem(title="Two", url="two/")),
    )
    section = NavSection(key="one/", tops=(NavItem(title="Start", url="one/"),), items=(group,))
    tree = parse_nav(
        tools,
        fill_nav(
            render_nav(make_environment(bundled), section).text, root="../", url="two/", trail=("one/",)
        ),
    )
    assert tree.find(".//li/span").text == "Start"
    assert links(tree) == ["../one/", "../two/"]


def test_titles_are_escaped(bundled, tools):
    section = NavSection(
        key="",
        tops=(NavItem(title="<b>&", url="x/"), NavItem(title="y", external="javascript:alert(1)")),
        items=(),
    )
    tree = parse_nav(tools, fill_nav(render_nav(make_environment(bundled), section).text, root="./", url=""))
    assert [link.text for link in tree.iter("a")] == ["<b>&", "y"]
    assert links(tree) == ["./x/", "#"]


@given(
    names=st.lists(
        st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="/"), min_size=1),
        min_size=1,
        max_size=5,
        unique=True,
    ),
    root=st.sampled_from(["./", "../", "/base/"]),
    which=st.integers(0, 4),
)
def test_one_link_is_current_whatever_the_urls_are(names, root, which):
    urls = [f"{name}/" for name in names]
    fragment = "".join(f'<a href="{nav_href(url)}">x</a>' for url in urls)
    filled = fill_nav(fragment, root=root, url=urls[which % len(urls)])
    parts = filled.split("</a>")[:-1]
    assert [" aria-current=" in part for part in parts] == [n == which % len(urls) for n in range(len(urls))]
    assert all(part.startswith(f'<a href="{root}') for part in parts)


def test_a_theme_without_a_fragment_template_is_reported(tools):
    rendered = render_nav(make_environment(tools.small_theme(page="x")), SECTION)
    assert rendered.text is None
    assert [problem.code for problem in rendered.diagnostics] == ["missing-template"]


def test_filling_a_thousand_links_takes_few_operations_and_leaves_no_hole():
    marks = "".join(f'<details\x01g{n}/\x01><a href="\0g{n}/p/">p</a></details>' for n in range(1000))
    filled = fill_nav(marks, root="../../", url="g7/p/", trail=("g7/",))
    assert filled.count("<details open>") == filled.count("aria-current") == 1
    assert filled.count("<details>") == 999
    assert filled.count('href="../../g') == 1000


@pytest.mark.parametrize(("count", "shown"), [(1, 0), (2, 2), (5, 5), (6, 0)])
def test_links_to_a_few_sections_stand_beside_the_tree(count, shown, bundled):
    tops = tuple(NavItem(title=f"S{n}", url=f"s{n}/") for n in range(count))
    home = NavItem(title="Home", url="")
    section = NavSection(
        key="s0/", tops=(home, *tops, NavItem(title="Out", external="https://e.org")), items=()
    )
    nav = view_nav(fill_nav(render_nav(make_environment(bundled), section).text, root="../", url="s1/"))

    assert nav.sections.count("<a ") == shown
    assert nav.sections.count('class="here"') == (shown > 0)
    assert nav.count("<a ") == count + 2


def test_a_fragment_without_the_mark_has_no_sections():
    nav = view_nav("<ul></ul>\n")

    assert (str(nav), str(nav.sections)) == ("<ul></ul>\n", "")
