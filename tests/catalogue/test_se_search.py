"""Group SE: search, the sitemap, and what they make of strange texts and lost files."""

import xml.etree.ElementTree as ET

import pytest

from octavo.edges.search_index import PagefindIndexer
from searchdialog import build, options, search, visits, wait_for_status
from sitebuilder import Site


@pytest.fixture(name="shop", scope="module")
def fixture_shop(tmp_path_factory):
    return build(
        tmp_path_factory.mktemp("shop") / "site",
        "en",
        index="# Home\n\nWelcome, שלום, 你好, cafe\u0301.\n",
        routing="# Routing\n\nText.\n\n## Variable rules\n\nA converter.\n",
    )


@pytest.fixture(name="visit")
def fixture_visit(browser):
    with visits(browser) as visit:
        yield visit


@pytest.mark.parametrize(
    "query",
    [
        "x", ".*(", "[", '"', '"a" b', "\\", "🦆", "cafe\u0301", "שלום", "你好", "你 🦆 x", "(((((", "%", "%zz",
        "?q=<script>", "\u202e", "a\0b", "route " * 1700, "x" * 10_000,
    ],
)  # fmt: skip
def test_se_01_any_query_is_answered_without_a_fault(query, shop, visit):
    page = visit(shop)
    page.keyboard.press("Control+k")
    page.wait_for_selector("#Find input:focus")
    page.fill("#Find input", query)
    wait_for_status(page, "(Pages|Nothing)")

    assert page.complaints == []


def test_se_02_pages_of_no_words_of_code_and_of_very_many_are_indexed(tmp_path, visit):
    words = " ".join(f"word{number}" for number in range(150_000))
    site = build(
        tmp_path / "site",
        "en",
        index="---\ntitle: Home\n---\n",
        empty="",
        code="```python\nokapi = 1\n```\n",
        many=f"# Many\n\n{words}\n",
    )
    page = visit(site)
    for query, title in (("okapi", "Code"), ("word149999", "Many"), ("home", "Home")):
        search(page, query)
        wait_for_status(page, "Pages found")
        assert options(page)[0].startswith(title)
        page.keyboard.press("Escape")
        page.fill("#Find input", "", force=True)


def test_se_03_what_xml_forbids_is_not_in_the_sitemap(tmp_path):
    site = Site(tmp_path / "site").config("url: https://example.org/\n")
    site.page("index.md", "# Home ]]> & \u0001\n").page("a&b ]].md", "# A\n").build(indexer=PagefindIndexer())
    site.warns("control-character")
    root = ET.fromstring((site.out / "sitemap.xml").read_bytes())

    locations = sorted(
        element.text for element in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    )
    assert "https://example.org/a&b%20%5D%5D/" in locations


@pytest.mark.parametrize("answer", ["missing", "garbage"])
@pytest.mark.parametrize(
    "file", ["pagefind.js", "pagefind-entry.json", "*.pf_meta", "*.pf_index", "*.pf_fragment"]
)
def test_se_04_an_index_that_is_lost_or_garbled_leaves_titles_and_says_so(file, answer, shop, visit):
    settings = {"status": 404, "body": "gone"} if answer == "missing" else {"status": 200, "body": "<html>"}
    page = visit(shop)
    page.route(f"**/{file}*", lambda route: route.fulfill(**settings))
    search(page, "variable")
    wait_for_status(page, "The whole text")

    assert options(page) == ["Routing", "Variable rules"]


def test_se_05_the_index_is_the_same_whatever_the_order_of_the_files(tmp_path):
    names = [f"page-{number}" for number in range(30)]
    trees = []
    for folder, order in (("one", names), ("two", names[::-1])):
        site = Site(tmp_path / folder).write("site.yaml", "title: Test site\n")
        for name in order:
            site.page(f"{name}.md", f"# {name}\n\nText of {name}.\n")
        trees.append(site.build(indexer=PagefindIndexer()).clean().tree())

    assert trees[0] == trees[1]
