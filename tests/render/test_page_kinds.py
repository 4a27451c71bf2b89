import re

import pytest

from octavo.context import ChapterEntry, FooterLink, NavItem, NavSection, PageLink, SiteInfo
from octavo.model import Fill, FrontMatter, PageBody, TocEntry
from octavo.render import make_environment, render_nav, render_page
from octavo.render.view import view_page

SITE = SiteInfo(
    title="The <shop> & co",
    description="A shop",
    language="en",
    author="Ann",
    copyright="© Ann",
    repository="https://example.org/repo",
    logo="img/logo%20a.svg",
    favicon="img/icon.png",
    footer=(
        FooterLink(title="Licence", path="licence/#mit"),
        FooterLink(title="Forum", path="https://e.org", external=True),
    ),
    extra_css=("extra.css",),
    extra_js=("extra.js",),
)
CHAPTERS = (
    ChapterEntry(title="Setup <1>", href="setup/", description="Install & run", minutes=5, draft=True),
    ChapterEntry(title="Group", href="", children=(ChapterEntry(title="Inner", href="inner/"),)),
)
BODY = PageBody(
    html='<h1 id="routing">Routing <em>now</em></h1>\n<p>See <a href="\0h0\0">\0t0\0</a>.</p>\n<h2 id="a">A</h2>\n',
    toc=(
        TocEntry(level=2, id="a", html="A"),
        TocEntry(level=3, id="ü b", html="<code>B</code>"),
        TocEntry(level=2, id="c", html="C"),
    ),
    summary="See it.",
    has_title=True,
)
FULL = {
    "description": 'Say "hi"',
    "canonical": "https://example.org/flask/routing/",
    "breadcrumbs": (PageLink(title="Home", href="../../"), PageLink(title="Flask", href="../")),
    "previous": PageLink(title="Setup", href="../setup/"),
    "next": PageLink(title="Forms", href="../forms/"),
    "fills": (Fill(href="../forms/?a=1&b=2", text="Forms"),),
    "children": CHAPTERS,
    "tags": (PageLink(title="web", href="../../tags/web/"),),
    "prerequisites": (PageLink(title="Setup", href="../setup/"), PageLink(title="HTML")),
    "updated": "2026-11-23T10:11:12+01:00",
    "edit_href": "https://example.org/edit?x=1&y=2",
    "image": "https://example.org/card.png",
    "draft": True,
}
FRONT = FrontMatter(minutes=12.2, objectives=("route <x>",), tags=("web",))
KINDS = {
    "page.html": {"kind": "page"},
    "section.html": {"kind": "section"},
    "home.html": {"kind": "home"},
    "contents.html": {"kind": "contents"},
    "tags.html": {"kind": "tags"},
    "tag.html": {"kind": "tag"},
    "404.html": {"kind": "missing", "root": "/base/"},
}


@pytest.fixture(params=sorted(KINDS))
def full_page(request, render, tools, bundled):
    """Each kind of page, with everything that a page can show."""
    items = (
        NavItem(
            title="Flask",
            url="flask/",
            mark="flask/",
            children=(NavItem(title="Routing", url="flask/routing/"),),
        ),
    )
    section = NavSection(key="flask/", tops=(NavItem(title="Flask", url="flask/"),), items=items)
    nav = render_nav(make_environment(bundled), section).text
    values = FULL | KINDS[request.param]
    return render(tools.task(request.param, SITE, nav=nav, front=FRONT, body=BODY, **values))


@pytest.fixture(params=sorted(KINDS))
def bare_page(request, render, tools):
    """Each kind of page, with nothing but its title."""
    return render(tools.task(request.param, SiteInfo(title="Shop"), **KINDS[request.param]))


def test_a_page_with_everything_is_valid_html(full_page, tools):
    assert tools.parse(full_page).tag == "html"


def test_a_page_with_nothing_is_valid_html(bare_page, tools):
    assert tools.parse(bare_page).tag == "html"


def test_a_page_has_one_h1(full_page, bare_page, tools):
    assert [len(tools.parse(page).findall(".//h1")) for page in (full_page, bare_page)] == [1, 1]


def test_landmarks_of_one_kind_have_different_names(full_page, tools):
    names = [nav.get("aria-label") for nav in tools.parse(full_page).iter("nav")]
    assert None not in names
    assert len(names) == len(set(names))


def test_ids_are_unique_and_the_skip_link_has_its_target(full_page, tools):
    tree = tools.parse(full_page)
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert tree.find(".//a[@class='skip']").get("href") == "#" + tree.find(".//main").get("id")


def test_a_page_holds_no_script_but_the_authors_and_no_inline_style(full_page, tools):
    tree = tools.parse(full_page)
    root = tree.find(".//a[@class='brand']").get("href")
    sources = [script.get("src").removeprefix(root) for script in tree.iter("script")]
    assert [re.sub(r"\.[0-9a-f]{12}\.", ".", source) for source in sources] == [
        "assets/js/theme.js",
        "assets/js/site.js",
        "extra.js",
    ]
    assert [
        element.tag for element in tree.iter() if element.get("style") is not None or element.tag == "style"
    ] == []
    assert re.findall(r"\son\w+=", full_page) == []


def test_nothing_is_fetched_from_outside(full_page, tools):
    tree = tools.parse(full_page)
    fetched = [element.get("src") for element in tree.iter() if element.get("src")]
    fetched += [link.get("href") for link in tree.iter("link") if link.get("rel") in ("stylesheet", "icon")]
    assert len(fetched) == 7
    assert [address for address in fetched if "//" in address] == []


def test_no_stray_blank_lines_nor_slots_are_left(full_page):
    assert "\0" not in full_page
    assert "\x01" not in full_page
    assert full_page.endswith("</html>\n")


def test_the_authors_heading_is_kept_and_stands_before_the_facts(render, tools):
    page = render(tools.task(front=FRONT, body=BODY, **FULL))
    heading = page.index('<h1 id="routing">Routing <em>now</em></h1>')
    assert heading < page.index("13 minutes") < page.index("route &lt;x&gt;") < page.index("<p>See ")


def test_a_heading_is_made_from_the_title_where_the_text_has_none(render, tools):
    page = render(tools.task(title="A < B", body=PageBody(html="<p>x</p>")))
    assert "<h1>A &lt; B</h1>\n<p>x</p>\n</article>" in page


def test_the_head_describes_the_page(render, tools):
    tree = tools.parse(render(tools.task("page.html", SITE, front=FRONT, body=BODY, **FULL)))
    metas = {meta.get("name") or meta.get("property"): meta.get("content") for meta in tree.iter("meta")}
    assert metas["description"] == metas["og:description"] == 'Say "hi"'
    assert metas["og:title"] == "Routing"
    assert (
        metas["og:url"]
        == tree.find(".//link[@rel='canonical']").get("href")
        == "https://example.org/flask/routing/"
    )
    assert metas["og:image"] == "https://example.org/card.png"
    assert tree.find(".//title").text == "Routing - The <shop> & co"


def test_the_summary_describes_a_page_without_a_description(render, tools):
    page = render(tools.task(body=PageBody(html="<p>x</p>", summary="In short")))
    assert '<meta name="description" content="In short">' in page


def test_the_toc_nests_headings_down_to_its_depth(tools, bundled):
    task = tools.task(body=BODY, fills=FULL["fills"])
    deep = view_page(task, toc_depth=3).toc
    assert [(node.href, [child.href for child in node.children]) for node in deep] == [
        ("#a", ["#%C3%BC%20b"]),
        ("#c", []),
    ]
    assert [node.children for node in view_page(task, toc_depth=2).toc] == [(), ()]


def test_the_toc_is_left_out_when_front_matter_says_so(render, tools):
    values = {"body": BODY, "fills": FULL["fills"]}
    assert 'class="side toc"' in render(tools.task(**values))
    assert 'class="side toc"' not in render(tools.task(front=FrontMatter(toc=False), **values))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", '<html lang="en">'),
        ("ar", '<html lang="ar" dir="rtl">'),
        ("he-IL", '<html lang="he-IL" dir="rtl">'),
        ("fa", '<html lang="fa" dir="rtl">'),
        ("az-Arab", '<html lang="az-Arab" dir="rtl">'),
        ("ar-Latn", '<html lang="ar-Latn">'),
    ],
)
def test_the_direction_follows_the_language(language, expected, render, tools):
    assert expected in render(tools.task("page.html", SiteInfo(title="x", language=language)))


def test_the_missing_page_has_absolute_addresses_alone(render, tools):
    tree = tools.parse(render(tools.task("404.html", SITE, kind="missing", root="/base/", url="404.html")))
    local = [
        element.get("href")
        for element in tree.iter()
        if element.get("href") and "//" not in element.get("href")
    ]
    assert [address for address in local if not address.startswith(("/base/", "#"))] == []
    assert {"/base/", "/base/contents/"} <= set(local)


def test_logo_and_extra_files_may_stand_outside_the_site(render, tools):
    page = render(
        tools.task(
            "page.html", SiteInfo(title="x", logo="https://e.org/l.svg", extra_css=("//e.org/a.css", "b.css"))
        )
    )
    assert 'src="https://e.org/l.svg"' in page
    assert 'href="//e.org/a.css"' in page
    assert 'href="../../b.css"' in page


def test_a_script_address_is_never_written(render, tools):
    site = SiteInfo(
        title="x",
        repository="java\nscript:alert(1)",
        footer=(FooterLink(title="a", path="JavaScript:x", external=True),),
    )
    page = render(tools.task("page.html", site, edit_href="data:text/html,x"))
    assert re.findall(r'href="[a-z\s]*script:|href="data:', page, re.IGNORECASE) == []


def test_a_listing_shows_minutes_draft_and_description(render, tools):
    page = render(tools.task("section.html", children=CHAPTERS))
    assert '<a href="setup/">Setup &lt;1&gt;</a>' in page
    assert '<span class="draft">Draft</span>' in page
    assert "<small>5 minutes</small>" in page
    assert "<p>Install &amp; run</p>" in page


def test_contents_nest_as_the_navigation_does(render, tools):
    tree = tools.parse(render(tools.task("contents.html", children=CHAPTERS)))
    assert [link.get("href") for link in tree.findall(".//ul[@class='tree']/li/a")] == ["setup/"]
    assert [link.get("href") for link in tree.findall(".//ul[@class='tree']/li/ul/li/a")] == ["inner/"]


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("minutes", "13 minutes"),
        ("updated", "2026-11-23"),
        ("edit_link", "Edit this page"),
        ("pager", 'rel="next"'),
        ("breadcrumbs", 'class="breadcrumbs"'),
    ],
)
def test_an_option_switches_its_part_off(option, text, tools):
    pages = []
    for value in (True, False):
        theme = tools.read_theme(options={option: value})
        task = tools.task(front=FRONT, body=BODY, **FULL)
        pages.append(text in render_page(make_environment(theme), theme, task).text)
    assert pages == [True, False]
