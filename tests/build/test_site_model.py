"""Whole sites: what the folders, names, front matter and site.yaml of an author become.

Every test builds real files and reads the pages with html5lib. What it looks at is named by its place in the page: the
navigation, the trail of breadcrumbs, the list of a section, the links to the neighbours, the text itself.
"""

import struct
import subprocess
from pathlib import Path
from typing import Any

import html5lib
import pytest

from commandline import environment
from octavo.markdown.draft import RESERVED_IDS
from sitebuilder import Site

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0) + bytes(4)


def page(site: Site, url: str) -> Any:
    """Parse a page."""
    return html5lib.parse(site.html(url), namespaceHTMLElements=False)


def text(element: Any) -> str:
    """Give the text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def part(tree: Any, tag: str, **attributes: str) -> Any:
    """Give the first element with a tag and attributes, or None."""
    return next(
        (
            each
            for each in tree.iter(tag)
            if all(each.get(name) == value for name, value in attributes.items())
        ),
        None,
    )


def links(element: Any) -> list[tuple[str, str]]:
    """Give the text and target of every link, those of headings to themselves aside."""
    if element is None:
        return []
    return [(text(each), each.get("href")) for each in element.iter("a") if each.get("class") != "anchor"]


def article(site: Site, url: str) -> Any:
    """Give the article of a page."""
    return part(page(site, url), "article")


def listing(site: Site, url: str) -> list[tuple[str, str]]:
    """Give the pages that a section, a tag or the home page lists."""
    return links(part(page(site, url), "section", **{"class": "listing"}))


def nav(site: Site, url: str) -> list[tuple[str, str]]:
    """Give the navigation of a page."""
    return links(part(page(site, url), "nav", **{"class": "side"}))


def crumbs(site: Site, url: str) -> list[tuple[str, str]]:
    """Give the way from the home page to a page."""
    return links(part(page(site, url), "nav", **{"aria-label": "Breadcrumb"}))


def neighbours(site: Site, url: str) -> dict[str, str]:
    """Give the targets of the links to the previous and the next page."""
    pager = part(page(site, url), "nav", **{"class": "pager"})
    return {} if pager is None else {each.get("rel"): each.get("href") for each in pager.iter("a")}


def published(site: Site) -> set[str]:
    """Give all outputs but the theme's files and what every site has."""
    usual = {"index.html", "404.html", "contents/index.html", "search/titles.js"}
    return {name for name in site.tree() if not name.startswith("assets/") and name not in usual}


# ---------------------------------------------------------------- order


def test_pages_stand_in_the_order_of_their_numbers(site):
    site.page("03-run.md", "# Run").page("01-intro.md", "# Intro").page(
        "02-install.md", "# Install"
    ).build().clean()

    assert listing(site, "") == [("Intro", "intro/"), ("Install", "install/"), ("Run", "run/")]


def test_pages_without_numbers_stand_in_the_natural_order_of_their_names(site):
    site.pages(step_10="# Ten", step_9="# Nine", Step_1="# One").build().clean()

    assert [title for title, _ in listing(site, "")] == ["One", "Nine", "Ten"]


def test_an_order_of_front_matter_goes_before_the_number_of_a_name(site):
    site.page("01-a.md", "---\norder: 9\n---\n# A").page("02-b.md", "# B").page(
        "c.md", "---\norder: 1.5\n---\n# C"
    )
    site.build().clean()

    assert [title for title, _ in listing(site, "")] == ["C", "B", "A"]


def test_pages_without_an_order_come_after_those_that_have_one(site):
    site.page("a.md", "# A").page("02-b.md", "# B").page("01-c.md", "# C").build().clean()

    assert [title for title, _ in listing(site, "")] == ["C", "B", "A"]


def test_a_folder_is_ordered_by_its_own_page(site):
    site.page("a/index.md", "---\norder: 2\n---\n# A").page("b.md", "---\norder: 1\n---\n# B").page(
        "a/x.md", "# X"
    )
    site.build().clean()

    assert listing(site, "") == [("B", "b/"), ("A", "a/")]


def test_nav_of_the_site_file_gives_order_titles_groups_and_outside_links(site):
    site.config(
        "nav:\n  - b.md\n  - Start here: a.md\n  - More:\n      - c.md\n      - Python: https://www.python.org/\n"
    )
    site.pages(a="# A", b="# B", c="# C").page("index.md", "# Home").build().clean()

    assert nav(site, "b/") == [("B", "../b/"), ("Start here", "../a/"), ("More", "../c/")]
    assert nav(site, "c/") == [
        ("B", "../b/"),
        ("Start here", "../a/"),
        ("C", "../c/"),
        ("Python", "https://www.python.org/"),
    ]


def test_nav_names_a_folder_for_all_that_is_in_it(site):
    site.config("nav:\n  - guide/\n").page("guide/index.md", "# Guide").page("guide/02-b.md", "# B")
    site.page("guide/01-a.md", "# A").page("index.md", "# Home").build().clean()

    assert nav(site, "guide/a/") == [
        ("Guide", "../../guide/"),
        ("1 A", "../../guide/a/"),
        ("2 B", "../../guide/b/"),
    ]


def test_nav_that_names_no_page_is_an_error_at_its_line(site):
    problem = (
        site.config("nav:\n  - a.md\n  - b.md\n").pages(a="# A").build().fails("bad-nav", "site.yaml:4:5")
    )

    assert problem.excerpt == "  - b.md"
    assert problem.message == "no page `b.md`"


def test_a_page_that_nav_leaves_out_is_reported_and_published(site):
    site.config("nav: [a.md]\n").pages(a="# A", b="# B").build().warns("orphan-page", "content/b.md")

    assert "b/index.html" in site.tree()


def test_a_draft_may_stand_in_nav(site):
    site.config("nav: [a.md, d.md]\n").pages(a="# A", d="---\ndraft: true\n---\n# D")

    assert nav(site.build().clean(), "a/") == [("A", "../a/")]


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("flask/03-routing.md", "flask/routing/index.html"),
        ("flask/index.md", "flask/index.html"),
        ("flask/README.md", "flask/index.html"),
        ("flask.md", "flask/index.html"),
        ("2024-05-01-news.md", "2024-05-01-news/index.html"),
        ("2-factor-auth.md", "2-factor-auth/index.html"),
        ("01_intro/02_first.md", "intro/first/index.html"),
        ("v1.2.md", "v1.2/index.html"),
        ("my page.markdown", "my page/index.html"),
        ("Grüße/日本語.md", "Grüße/日本語/index.html"),
        ("100%.md", "100%/index.html"),
        ("a#b.md", "a#b/index.html"),
    ],
)
def test_the_address_of_a_page_is_its_path_without_number_and_suffix(site, source, output):
    site.page(source, "# Title").build().clean()

    assert output in site.tree()
    assert text(part(page(site, output), "h1")).removeprefix("1 ") == "Title"


def test_a_number_is_an_order_when_a_sibling_has_one_too(site):
    site.page("2-factor-auth.md", "# Factor").page("3-keys.md", "# Keys").build().clean()

    assert published(site) == {"factor-auth/index.html", "keys/index.html"}


def test_a_page_beside_a_folder_of_its_name_is_the_page_of_the_folder(site):
    site.page("hello.md", "# Hello\n\n[Debug](hello/debug.md)").page(
        "hello/debug.md", "# Debug\n\n[up](../hello.md)"
    )
    site.build().clean()

    assert published(site) == {"hello/index.html", "hello/debug/index.html"}
    assert listing(site, "hello/") == [("Debug", "debug/")]
    assert crumbs(site, "hello/debug/") == [("Test site", "../../"), ("Hello", "../")]
    assert ("up", "../") in links(article(site, "hello/debug/"))


def test_a_slug_takes_the_place_of_the_name(site):
    site.page("a/01-long-name.md", "---\nslug: short\n---\n# A").page(
        "b.md", "[A](a/01-long-name.md)"
    ).build().clean()

    assert "a/short/index.html" in published(site)
    assert links(article(site, "b/")) == [("A", "../a/short/")]


def test_the_slug_of_a_folders_page_renames_the_folder(site):
    site.page("a/index.md", "---\nslug: z\n---\n# A").page("a/b.md", "# B").build().clean()

    assert published(site) == {"z/index.html", "z/b/index.html"}


def test_names_that_begin_with_an_underscore_or_a_dot_are_no_pages(site):
    site.pages(a="# A").page("_parts/b.md", "# B").page(".hidden/c.md", "# C").page("_d.md", "# D").page(
        ".e", "e"
    )
    site.build().clean()

    assert published(site) == {"a/index.html"}


def test_other_files_are_copied_under_their_own_names(site):
    files = {
        "img/map.png": PNG,
        "03-data.csv": b"a,b\r\n",
        ".nojekyll": b"",
        "CNAME": b"example.org\n",
        ".well-known/security.txt": b"Contact: mailto:a@example.org\n",
        "Grüße.txt": b"\xff\x00",
        "page.html": b"<p>mine</p>",
        "robots.txt": b"User-agent: *\n",
    }
    for name, data in files.items():
        site.page(name, data.decode("latin-1")).write(f"content/{name}", data)
    site.build().clean()

    tree = site.tree()
    assert {name: tree.get(name) for name in files} == files


# ---------------------------------------------------------------- two sources with one address


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.md": "# A", "01-a.md": "# A"}, "`01-a.md` and `a.md` are both published as `a/index.html`"),
        (
            {"a/index.md": "# A", "a.md": "# A"},
            "`a.md` and `a/index.md` are both published as `a/index.html`",
        ),
        ({"a/index.md": "# A", "a/README.md": "# A"}, "`a/README.md` and `a/index.md` are both published as"),
        (
            {"a.md": "---\nslug: b\n---\n", "b.md": "# B"},
            "`a.md` and `b.md` are both published as `b/index.html`",
        ),
        ({"A.md": "# A", "a.md": "# A"}, "`A.md` and `a.md` differ only in case as `A/index.html`"),
        (
            {"a/index.html": "x", "a.md": "# A"},
            "`a.md` and `a/index.html` are both published as `a/index.html`",
        ),
        ({"x.PNG": "1", "x.png": "2"}, "`x.PNG` and `x.png` differ only in case as `x.PNG`"),
        (
            {"tags/new.md": "# New", "a.md": "---\ntags: [new]\n---\n"},
            "`tags/new.md` and a generated page are both published as `tags/new/index.html`",
        ),
        ({"a": "a file", "a.md": "# A"}, "`a` puts the file `a` where `a.md` needs a folder"),
        (
            {"assets": "a file", "a.md": "# A"},
            "`assets` puts the file `assets` where the theme needs a folder",
        ),
    ],
)
def test_two_sources_of_one_address_are_an_error_that_names_both(site, files, message):
    for name, content in files.items():
        site.page(name, content)

    assert message in site.build().fails("duplicate-url").message


def test_three_sources_of_one_address_are_one_error(site):
    site.pages(a="---\nslug: c\n---\n", b="---\nslug: c\n---\n", c="# C").build().fails(
        "duplicate-url", "content/a.md:2:7"
    )

    assert site.codes() == ["duplicate-url"]
    assert "`a.md`, `b.md` and `c.md` are all published as `c/index.html`" in site.messages()[0]


def test_an_address_that_is_taken_leaves_the_old_site_as_it_was(site):
    site.pages(a="# Old").build().clean()
    before = site.tree()

    site.page("01-a.md", "# New").build().fails("duplicate-url")
    assert site.tree() == before


# ---------------------------------------------------------------- generated pages


def test_a_home_page_is_made_where_there_is_none(site):
    site.config("description: All about it.\n").pages(a="# A", b="# B").build().clean()

    assert text(part(page(site, ""), "h1")) == "Test site"
    assert listing(site, "") == [("A", "a/"), ("B", "b/")]
    assert part(page(site, ""), "meta", name="description").get("content") == "All about it."


def test_a_section_page_is_made_where_there_is_none_and_named_after_its_folder(site):
    site.page("first_steps/a.md", "# A").page("02-more/b.md", "# B").build().clean()

    assert text(part(page(site, "first_steps/"), "h1")) == "First steps"
    assert listing(site, "first_steps/") == [("A", "a/")]
    assert text(part(page(site, "more/"), "h1")) == "More"


def test_a_number_that_is_part_of_a_folders_name_stays_in_its_title(site):
    site.page("2-factor-auth/a.md", "# A").build().clean()

    assert text(part(page(site, "2-factor-auth/"), "h1")) == "2 factor auth"


def test_a_section_lists_its_pages_with_title_description_and_minutes(site):
    site.page("guide/index.md", "# Guide\n\nHow to.")
    site.page("guide/01-a.md", "---\ntitle: Begin\ndescription: The first steps.\nminutes: 12\n---\n")
    site.page("guide/02-deep/index.md", "---\ndescription: Further in.\n---\n# Deep").page(
        "guide/02-deep/c.md", "# C"
    )
    site.build().clean()

    assert listing(site, "guide/") == [("Begin", "a/"), ("Deep", "deep/")]
    entries = [
        text(each) for each in part(page(site, "guide/"), "section", **{"class": "listing"}).iter("li")
    ]
    assert entries == ["1 Begin The first steps. 12 minutes", "Deep Further in."]
    assert "How to." in text(article(site, "guide/"))


def test_the_contents_page_lists_every_page(site):
    site.config("nav: [a.md]\nvalidation: {orphans: off}\n")
    site.pages(a="# A", b="# B").page("c/d.md", "# D").page("c/index.md", "# C").page("c/e/f.md", "# F")
    site.build().clean()

    found = [href for _, href in links(article(site, "contents/"))]
    assert sorted(found) == ["../a/", "../b/", "../c/", "../c/d/", "../c/e/", "../c/e/f/"]


def test_the_contents_page_shows_sections_as_a_tree(site):
    site.page("c/index.md", "# C").page("c/d.md", "# D").page("e.md", "# E").build().clean()

    tree = part(page(site, "contents/"), "ul", **{"class": "tree"})
    inner = next(iter(tree)).find("ul")
    assert links(inner) == [("D", "../c/d/")]
    assert links(tree) == [("C", "../c/"), ("D", "../c/d/"), ("E", "../e/")]


def test_a_page_of_the_authors_stands_in_for_a_generated_one(site):
    site.pages(contents="# My list", tags="# My tags", a="---\ntags: [x]\n---\n# A").page(
        "404.md", "# Lost?\n\nSorry."
    )
    site.build().clean()

    assert text(part(page(site, "contents/"), "h1")) == "My list"
    assert text(part(page(site, "tags/"), "h1")) == "My tags"
    assert text(part(page(site, "404.html"), "h1")) == "Lost?"
    assert "Sorry." in text(part(page(site, "404.html"), "main"))
    assert "404/index.html" not in site.tree()


@pytest.mark.parametrize(
    ("config", "root"),
    [("", "/"), ("url: https://example.org/\n", "/"), ("url: https://example.org/my/docs\n", "/my/docs/")],
)
def test_the_404_page_is_absolute_by_the_address_of_the_site(site, config, root):
    site.config(config).page("a/b.md", "# B").build().clean()

    tree = page(site, "404.html")
    targets = [each.get("href") for each in tree.iter() if each.get("href")]
    assert [each for each in targets if not each.startswith((root, "#"))] == []
    assert f"{root}contents/" in targets
    assert part(tree, "meta", name="robots").get("content") == "noindex"


# ---------------------------------------------------------------- ways through the site


def test_breadcrumbs_lead_from_the_home_page_to_the_parent(site):
    site.page("index.md", "# Home").page("a/index.md", "# A").page("a/b/c.md", "# C").build().clean()

    assert crumbs(site, "a/b/c/") == [("Home", "../../../"), ("A", "../../"), ("B", "../")]
    assert crumbs(site, "a/") == [("Home", "../")]
    assert crumbs(site, "") == []


def test_previous_and_next_stay_in_their_section(site):
    site.page("a/index.md", "# A").page("a/01-x.md", "# X").page("a/02-y.md", "# Y").page("b/index.md", "# B")
    site.page("b/z.md", "# Z").page("lone.md", "# Lone").build().clean()

    assert neighbours(site, "a/") == {"next": "x/"}
    assert neighbours(site, "a/x/") == {"prev": "../", "next": "../y/"}
    assert neighbours(site, "a/y/") == {"prev": "../x/"}
    assert neighbours(site, "b/") == {"next": "z/"}
    assert neighbours(site, "lone/") == {}


def test_previous_and_next_go_on_through_the_sections_of_nav(site):
    site.config("nav: [b/, a/]\n").page("a/index.md", "# A").page("a/x.md", "# X").page("b/index.md", "# B")
    site.page("b/z.md", "# Z").page("index.md", "# Home").build().clean()

    assert neighbours(site, "b/") == {"next": "z/"}
    assert neighbours(site, "b/z/") == {"prev": "../", "next": "../../a/"}
    assert neighbours(site, "a/") == {"prev": "../b/z/", "next": "x/"}
    assert neighbours(site, "a/x/") == {"prev": "../"}


def test_the_navigation_marks_the_current_page_alone(site):
    site.page("a/index.md", "# A").page("a/x.md", "# X").page("b.md", "# B").build().clean()

    current = [
        each.get("href") for each in page(site, "a/x/").iter("a") if each.get("aria-current") == "page"
    ]
    assert current == ["../../a/x/"]


def test_the_navigation_shows_all_sections_and_the_pages_of_the_own_one(site):
    for name in ("a", "b"):
        site.page(f"{name}/index.md", f"# {name}").page(f"{name}/x.md", "# X")
    site.build().clean()

    assert nav(site, "a/x/") == [("a", "../../a/"), ("X", "../../a/x/"), ("b", "../../b/")]


def test_with_more_than_fifty_sections_a_page_shows_its_own_and_a_link_to_all(site):
    for number in range(51):
        site.page(f"s{number:02}/index.md", f"# Section {number}").page(f"s{number:02}/x.md", "# X")
    site.build().clean()

    assert nav(site, "s07/x/") == [
        ("Section 7", "../../s07/"),
        ("X", "../../s07/x/"),
        ("All pages", "../../contents/"),
    ]
    assert len(listing(site, "")) == 51
    assert len(links(article(site, "contents/"))) == 102


def test_with_fifty_sections_a_page_shows_them_all(site):
    for number in range(50):
        site.page(f"s{number:02}/index.md", f"# Section {number}")
    site.build().clean()

    assert len(nav(site, "s07/")) == 50


# ---------------------------------------------------------------- tags


def test_every_tag_has_a_page_and_all_stand_in_the_index(site):
    site.page("02-a.md", "---\ntags: [Flask, web]\n---\n# A").page("01-b.md", "---\ntags: [flask]\n---\n# B")
    site.page("c.md", "---\ntags: ['日本', 'a/b']\n---\n# C").build().clean()

    index = part(page(site, "tags/"), "ul", **{"class": "tree"})
    assert links(index) == [
        ("a/b", "ab/"),
        ("Flask", "flask/"),
        ("web", "web/"),
        ("日本", "%E6%97%A5%E6%9C%AC/"),
    ]
    assert [text(each) for each in index.iter("small")] == ["1", "2", "1", "1"]
    assert sorted(listing(site, "tags/flask/")) == [("A", "../../a/"), ("B", "../../b/")]
    assert crumbs(site, "tags/web/") == [("Test site", "../../"), ("Tags", "../")]


def test_a_page_links_to_its_tags(site):
    site.page("a/b.md", "---\ntags: [One, two words]\n---\n# B").build().clean()

    assert ("One", "../../tags/one/") in links(page(site, "a/b/"))
    assert ("two words", "../../tags/two-words/") in links(page(site, "a/b/"))


def test_a_site_without_tags_has_no_page_of_tags(site):
    site.pages(a="# A").build().clean()

    assert published(site) == {"a/index.html"}


def test_a_tag_as_long_as_a_text_gets_an_address_that_a_disk_can_hold(site):
    site.pages(a=f"---\ntags: ['{'x' * 290}', '{'x' * 290}y']\n---\n# A").build().clean()

    assert len([name for name in site.tree() if name.startswith("tags/x")]) == 2


# ---------------------------------------------------------------- old addresses


def redirect(site: Site, output: str) -> tuple[str, str]:
    """Give where a redirect leads at once, and its link for a reader."""
    tree = html5lib.parse((site.out / output).read_bytes(), namespaceHTMLElements=False)
    return part(tree, "meta", **{"http-equiv": "refresh"}).get("content"), part(tree, "a").get("href")


def test_an_alias_of_a_page_is_a_redirect_to_it(site):
    site.page(
        "a/b.md", "---\naliases: [old/place/, /very-old.html, 'a%20b', '日本/']\n---\n# B"
    ).build().clean()

    assert redirect(site, "old/place/index.html") == ("0; url=../../a/b/", "../../a/b/")
    assert redirect(site, "very-old.html") == ("0; url=a/b/", "a/b/")
    assert redirect(site, "a b/index.html") == ("0; url=../a/b/", "../a/b/")
    assert redirect(site, "日本/index.html") == ("0; url=../a/b/", "../a/b/")


def test_an_alias_of_a_heading_is_an_anchor_at_it(site):
    site.pages(a='---\naliases:\n  - "#old": new\n---\n# A\n\n## New\n\n[here](#old)', b="[there](a.md#old)")
    site.build().clean()

    heading = next(each for each in page(site, "a/").iter("h2") if each.get("id") == "new")
    assert [each.get("id") for each in heading.iter("a") if each.get("id")] == ["old"]
    assert links(article(site, "b/")) == [("there", "../a/#old")]


@pytest.mark.parametrize(
    ("alias", "message"),
    [
        ("b/", "the alias `b/` is taken by `b.md`"),
        ("B", "the alias `B` is taken by `b.md`"),
        ("contents/", "the alias `contents/` is taken by a generated page"),
        ("plain.html", "the alias `plain.html` is taken by `plain.html`"),
        ("sitemap.xml", "the alias `sitemap.xml` is taken by the sitemap"),
    ],
)
def test_an_alias_that_is_taken_is_an_error_at_its_place(site, alias, message):
    site.config("url: https://example.org/\n").pages(a=f"---\naliases: [{alias}]\n---\n# A", b="# B")
    site.page("plain.html", "<p>x</p>")

    assert site.build().fails("duplicate-url", "content/a.md:2:11").message == message


def test_an_alias_that_needs_a_folder_where_a_file_is_is_an_error(site):
    site.pages(a="---\naliases: [map.png/]\n---\n# A").page("map.png", "x")

    problem = site.build().fails("duplicate-url")
    assert problem.message == "`map.png` puts the file `map.png` where `a.md` needs a folder"


# ---------------------------------------------------------------- drafts


def test_drafts_are_left_out_of_a_build(site):
    site.pages(a="# A", d="---\ndraft: true\ntags: [x]\naliases: [old/]\n---\n# D").build().clean()

    assert published(site) == {"a/index.html"}
    assert listing(site, "") == [("A", "a/")]
    site.counts(drafts=1)


def test_drafts_are_shown_and_marked_when_asked_for(site):
    site.pages(a="# A", d="---\ndraft: true\n---\n# D").build(drafts=True).clean()

    assert listing(site, "") == [("A", "a/"), ("D", "d/")]
    for url in ("", "a/", "d/", "contents/"):
        assert "Draft" in text(page(site, url).find("body"))


def test_a_page_of_the_footer_is_no_orphan(site):
    site.config("nav: [a.md]\nfooter:\n  - Imprint: b.md#who\n  - Out: https://example.org/\n")

    site.pages(a="# A", b="# B\n\n## Who").build().clean()


def test_a_link_to_a_draft_says_so(site):
    problem = (
        site.pages(a="[D](d.md)", d="---\ndraft: true\n---\n# D")
        .build()
        .warns("broken-link", "content/a.md:1:5")
    )

    assert "is a draft, which is left out of this build" in problem.hint


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("www.example.org", "write `https://www.example.org` for another site"),
        (r"sub\c.md", "write `/` between folders"),
        ("/base/sub/c/", "paths begin at the content folder: write `/sub/c/`"),
        ("_parts/x.md", "names that begin with `_` or `.` are not published: rename the file or its folder"),
        ("subs/", "did you mean `sub/`?"),
    ],
)
def test_the_hint_at_a_broken_link_names_the_habit_behind_it(site, target, hint):
    site.config("url: https://example.org/base/\n").pages(a=f"[x]({target})").page("sub/c.md", "# C")

    (problem,) = site.page("_parts/x.md", "x").build().report.diagnostics

    assert problem.hint == hint


def test_an_alias_at_the_address_of_its_own_page_says_so(site):
    problem = (
        site.page("a.md", "---\naliases: [a/]\n---\n").build().fails("duplicate-url", "content/a.md:2:11")
    )

    assert problem.hint == "remove the alias: the page itself has the address"


# ---------------------------------------------------------------- links


@pytest.mark.parametrize(
    ("target", "href"),
    [
        ("../02-setup.md", "../../setup/"),
        ("../02-setup.md#in-stall", "../../setup/#in-stall"),
        ("../setup/", "../../setup/"),
        ("../02-setup", "../../setup/"),
        ("/02-setup.md", "../../setup/"),
        ("/setup/", "../../setup/"),
        ("../02-setup.html", "../../setup/"),
        ("b.md", "../b/"),
        ("b", "../b/"),
        ("./b", "../b/"),
        ("../guide/b.md?x=1#b", "../b/?x=1#b"),
        ("日本.md", "../%E6%97%A5%E6%9C%AC/"),
        ("%E6%97%A5%E6%9C%AC.md", "../%E6%97%A5%E6%9C%AC/"),
        ("日本.md#見出し", "../%E6%97%A5%E6%9C%AC/#%E8%A6%8B%E5%87%BA%E3%81%97"),
        ("日本.md#%E8%A6%8B%E5%87%BA%E3%81%97", "../%E6%97%A5%E6%9C%AC/#%E8%A6%8B%E5%87%BA%E3%81%97"),
        ("../files/data.csv", "../../files/data.csv"),
        ("/files/data.csv", "../../files/data.csv"),
        ("#here", "#here"),
        ("..", "../../"),
        ("./", "../"),
        ("https://example.org/a?b=1&c=2#d", "https://example.org/a?b=1&c=2#d"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("//example.org/x", "//example.org/x"),
    ],
)
@pytest.mark.parametrize("form", ["[x]({})", '<a href="{}">x</a>', "[x]\n\n[x]: {}"])
def test_a_link_leads_to_the_page_heading_or_file_that_it_names(site, form, target, href):
    site.page("index.md", "# Home").page("02-setup.md", "# Setup\n\n## In stall").page("files/data.csv", "1")
    site.page("01-x.md", "# X").page("guide/index.md", "# Guide").page("guide/b.md", "# B")
    site.page("guide/日本.md", "# 日本\n\n## 見出し").page(
        "guide/a.md", f"# A\n\n## Here\n\n{form.format(target)}\n"
    )
    site.build().clean()

    assert links(article(site, "guide/a/")) == [("x", href)]


def test_an_empty_link_takes_the_title_of_its_target(site):
    site.pages(a="[](b.md) [](b.md#two) [](c.txt)", b="---\ntitle: Bee & co\n---\n\n## *Two*").page(
        "c.txt", "c"
    )
    site.build().clean()

    assert links(article(site, "a/")) == [("Bee & co", "../b/"), ("Two", "../b/#two"), ("c.txt", "../c.txt")]


def test_raw_html_is_resolved_and_checked_like_markdown(site):
    site.page(
        "a.md", '<img src="map.png" alt="m">\n<video src="gone.mp4"></video>\n<a href="b.md#none">b</a>\n'
    )
    site.page("b.md", "# B").page("map.png", "x").build()

    assert site.messages() == [
        "content/a.md:2:13: missing-asset: no file `gone.mp4`",
        "content/a.md:3:10: broken-anchor: no heading `#none` in `b.md`",
    ]
    assert part(article(site, "a/"), "img").get("src") == "../map.png"
    assert links(article(site, "a/")) == [("b", "../b/#none")]


def test_images_get_the_size_of_their_file(site):
    site.write("content/img/map.png", PNG).page("a.md", "![m](img/map.png) ![n](img/map.png){width=10}")
    site.write(
        "content/img/x.svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
    ).build().clean()

    [first, second] = article(site, "a/").iter("img")
    assert (first.get("src"), first.get("width"), first.get("height")) == ("../img/map.png", "64", "48")
    assert (second.get("width"), second.get("height")) == ("10", None)
    assert (first.get("loading"), first.get("decoding")) == ("lazy", "async")


@pytest.mark.parametrize(
    ("link", "code", "message", "hint"),
    [
        ("[x](gone.md)", "broken-link", "no page or file `g/gone.md`", "relative to this page's folder"),
        (
            "[x](Other.md)",
            "broken-link",
            "no page or file `g/Other.md`",
            "did you mean `other.md`? upper and lower",
        ),
        ("[x](othr.md)", "broken-link", "no page or file `g/othr.md`", "did you mean `other.md`?"),
        (
            "[x](target.md)",
            "broken-link",
            "no page or file `g/target.md`",
            "did you mean `../deep/target.md`?",
        ),
        ("[x](/target.md)", "broken-link", "no page or file `target.md`", "did you mean `/deep/target.md`?"),
        (
            "[x](other.md#headin)",
            "broken-anchor",
            "no heading `#headin` in `g/other.md`",
            "did you mean `#heading`?",
        ),
        (
            "[x](#nope)",
            "broken-anchor",
            "no heading `#nope` on this page",
            "the page has the headings `#page`",
        ),
        ("![x](map.png)", "missing-asset", "no file `g/map.png`", "did you mean `../img/map.png`?"),
        ("[x](data.csv)", "missing-asset", "no file `g/data.csv`", "relative to this page's folder"),
        (
            "[x](../../up.md)",
            "broken-link",
            "`../../up.md` leads out of the content folder",
            "with a leading `/`",
        ),
    ],
)
def test_a_broken_link_is_reported_where_it_stands_with_what_was_meant(site, link, code, message, hint):
    site.page("g/page.md", f"# Page\n\nSee\nthe {link}.").page("g/other.md", "# Other\n\n## Heading")
    site.page("deep/target.md", "# Target").page("img/map.png", "x").build()

    column = 5 + link.index("(") + 1
    problem = site.warns(code, f"content/g/page.md:4:{column}")
    assert (problem.message, problem.excerpt) == (message, f"the {link}.")
    assert hint in problem.hint
    assert site.codes() == [code]


@pytest.mark.parametrize("hint", ["other.md", "../deep/target.md", "/deep/target.md"])
def test_a_link_written_as_the_hint_says_is_right(site, hint):
    site.page("g/page.md", f"[x]({hint})").page("g/other.md", "# Other").page("deep/target.md", "# Target")

    site.build().clean()


@pytest.mark.parametrize("level", ["error", "warning", "off"])
def test_validation_says_how_severe_a_broken_link_is(site, level):
    site.config(f"validation: {{links: {level}, anchors: {level}, assets: {level}}}\n")
    site.pages(a="[x](gone.md) [y](#gone) ![z](gone.png)").build()

    assert [item.severity for item in site.report.diagnostics] == ([] if level == "off" else [level] * 3)
    assert site.report.published is (level != "error")


def test_a_link_in_an_included_file_is_relative_to_that_file(site):
    site.page("parts/_note.md", "[b](b.md) [c](c.md)\n").page("parts/b.md", "# B").page(
        "a.md", "::: include parts/_note.md\n"
    )
    problem = site.build().warns("broken-link", "content/parts/_note.md:1:15")

    assert links(article(site, "a/"))[0] == ("b", "../parts/b/")
    assert problem.message == "no page or file `parts/c.md`"


@pytest.mark.parametrize(
    ("heading", "identifier"),
    [
        ("Search", "search"),
        ("Content", "content"),
        ("Navigation", "navigation"),
        ("Contents", "contents"),
        ("Main", "main"),
        ("Top", "top"),
    ],
)
def test_usual_headings_keep_their_usual_ids(site, heading, identifier):
    site.pages(a=f"# A\n\n## {heading}\n", b=f"[x](a.md#{identifier})").build().clean()

    assert part(article(site, "a/"), "h2").get("id") == identifier


def test_every_id_of_the_theme_is_one_that_no_page_may_take(site):
    site.config("repository: {url: https://example.org/r}\ncopyright: me\nfooter: [{A: a.md}]\n")
    site.pages(a="---\ntags: [x]\n---\n# A\n\n## B", b="# B").build().clean()

    found = {
        each.get("id")
        for url in ("", "a/", "tags/", "tags/x/", "contents/", "404.html")
        for each in page(site, url).iter()
        if each.get("id") and each.tag not in {"h1", "h2"}
    }
    assert found == set(RESERVED_IDS)


# ---------------------------------------------------------------- what site.yaml names


def test_favicon_logo_footer_and_own_files_are_linked_from_every_page(site):
    site.config(
        "favicon: img/icon.png\nlogo: img/logo.svg\nextra_css: [my.css]\nextra_js: [my.js]\n"
        "footer:\n  - About: about.md\n  - Data: files/a b.csv\n  - Out: https://example.org/?a=1&b=2\n"
    )
    for name in ("img/icon.png", "img/logo.svg", "my.css", "my.js", "files/a b.csv"):
        site.page(name, "x")
    site.page("about.md", "# About").page("g/a.md", "# A").build().clean()

    tree = page(site, "g/a/")
    assert part(tree, "link", rel="icon").get("href") == "../../img/icon.png"
    assert part(part(tree, "a", **{"class": "brand"}), "img").get("src") == "../../img/logo.svg"
    assert "../../my.css" in [each.get("href") for each in tree.iter("link")]
    assert [each.get("src") for each in tree.iter("script")][-1] == "../../my.js"
    assert links(part(tree, "nav", **{"aria-label": "Footer"})) == [
        ("About", "../../about/"),
        ("Data", "../../files/a%20b.csv"),
        ("Out", "https://example.org/?a=1&b=2"),
    ]


def test_what_site_yaml_names_and_is_not_there_is_reported_at_its_line(site):
    site.config("favicon: gone.ico\nlogo: gone.svg\nfooter:\n  - A: gone.md\n").pages(a="# A").build()

    assert site.messages() == [
        "site.yaml:2:10: missing-asset: no file `gone.ico`",
        "site.yaml:3:7: missing-asset: no file `gone.svg`",
        "site.yaml:5:5: broken-link: no page or file `gone.md`",
    ]


def test_the_sitemap_lists_every_page_by_its_absolute_address(site):
    site.config("url: https://example.org/docs\n").page("日本/a b.md", "---\nupdated: 2026-02-03\n---\n# A")
    site.pages(d="---\ndraft: true\n---\n# D", e="---\naliases: [old/]\n---\n# E").build(drafts=True).clean()

    text_of_it = (site.out / "sitemap.xml").read_text("utf-8")
    assert (
        "<loc>https://example.org/docs/%E6%97%A5%E6%9C%AC/a%20b/</loc><lastmod>2026-02-03</lastmod>"
        in text_of_it
    )
    assert [
        text_of_it.count(f"docs/{url}</loc>") for url in ("", "e/", "contents/", "d/", "old/", "404.html")
    ] == [
        1,
        1,
        1,
        0,
        0,
        0,
    ]


def test_without_an_address_there_is_no_sitemap_and_no_absolute_link(site):
    site.pages(a="# A").build().clean()

    assert "sitemap.xml" not in site.tree()
    assert part(page(site, "a/"), "link", rel="canonical") is None


def test_with_an_address_every_page_names_its_own(site):
    site.config("url: HTTPS://Example.ORG/Docs\n").page("a/b.md", "# B").build().clean()

    assert part(page(site, "a/b/"), "link", rel="canonical").get("href") == "https://example.org/Docs/a/b/"
    assert part(page(site, "404.html"), "link", rel="canonical") is None


# ---------------------------------------------------------------- front matter that the page shows


def test_prerequisites_are_links_where_they_name_a_chapter_and_texts_otherwise(site):
    site.page("g/a.md", "---\nprerequisites: [b.md, ../c.md, A terminal, none.md]\n---\n# A")
    site.page("g/b.md", "# B").page("c.md", "# C").build().warns("broken-link", "content/g/a.md:2:44")

    facts = part(page(site, "g/a/"), "ul", **{"class": "facts"})
    assert links(facts) == [("B", "../b/"), ("C", "../../c/")]
    assert "A terminal" in text(facts)


def test_minutes_objectives_and_dates_are_shown(site):
    site.pages(
        a="---\nminutes: 90\nobjectives: [Install it, Run it]\nupdated: 2026-03-04\n---\n# A"
    ).build().clean()

    tree = page(site, "a/")
    shown = part(tree, "section", **{"class": "objectives"})
    assert [text(each) for each in shown.iter("li")] == ["Install it", "Run it"]
    assert part(tree, "time").get("datetime") == "2026-03-04"
    assert "90 minutes" in text(tree.find("body"))


# ---------------------------------------------------------------- git


def git(folder: Path, *arguments: str, day: str = "2026-01-01") -> None:
    """Run git without the developer's own settings; commits are made at noon of a day."""
    moment = f"{day}T12:00:00+00:00"
    env = environment(
        GIT_CONFIG_GLOBAL="/dev/null",
        GIT_CONFIG_SYSTEM="/dev/null",
        GIT_AUTHOR_NAME="A",
        GIT_AUTHOR_EMAIL="a@example.org",
        GIT_COMMITTER_NAME="A",
        GIT_COMMITTER_EMAIL="a@example.org",
        GIT_AUTHOR_DATE=moment,
        GIT_COMMITTER_DATE=moment,
    )
    subprocess.run(["git", *arguments], cwd=folder, env=env, check=True, capture_output=True)


@pytest.fixture(name="tracked")
def fixture_tracked(tmp_path):
    """A site in a folder of a repository, with two commits."""
    root = tmp_path / "repository"
    site = Site(root / "docs").config("repository: {url: https://github.com/o/r, branch: dev}\n")
    site.page("a.md", "# A").page("b c.md", "# B")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "one", day="2026-01-05")
    site.page("b c.md", "# B\n\nmore")
    git(root, "commit", "-q", "-a", "-m", "two", day="2026-02-07")
    return site


def changed(site: Site, url: str) -> str | None:
    """Give the date that a page shows as its last change."""
    shown = part(page(site, url), "time")
    return None if shown is None else shown.get("datetime")


def test_the_date_of_a_page_is_that_of_its_last_commit(tracked):
    tracked.page("new.md", "# New").build().clean()

    assert [changed(tracked, url) for url in ("a/", "b c/", "new/", "")] == [
        "2026-01-05",
        "2026-02-07",
        None,
        None,
    ]


def test_an_updated_of_front_matter_goes_before_the_commit(tracked):
    tracked.page("a.md", "---\nupdated: 2025-12-24\n---\n# A").build().clean()

    assert changed(tracked, "a/") == "2025-12-24"


def test_the_edit_link_leads_to_the_source_in_its_repository(tracked):
    tracked.build().clean()

    assert ("Edit this page", "https://github.com/o/r/edit/dev/docs/content/b%20c.md") in links(
        page(tracked, "b c/")
    )
    assert "Edit this page" not in text(page(tracked, "contents/").find("body"))


def test_a_shallow_clone_knows_no_dates_and_says_so(tracked, tmp_path):
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{tmp_path / 'repository'}", "shallow")
    site = Site(tmp_path / "shallow" / "docs").build().clean()

    assert changed(site, "a/") is None
    assert [note for note in site.report.notes if "the clone is shallow" in note] != []


def test_a_commit_changes_the_dates_of_its_pages_and_no_other_page(tracked, tmp_path):
    tracked.build().clean()
    tracked.page("a.md", "# A\n\nnow")
    tracked.build().clean()
    git(tmp_path / "repository", "commit", "-q", "-a", "-m", "three", day="2026-03-09")

    tracked.build().clean().counts(rendered=1, written=1)
    assert changed(tracked, "a/") == "2026-03-09"
