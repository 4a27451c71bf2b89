"""The search index in a build: made when a text differs, an output like any other, and nothing but a warning without
Pagefind."""

import json
import re

import pytest

from octavo.edges.search_index import PagefindIndexer
from searching import Absent, Counting, Failing
from sitebuilder import Site

HOME = "---\ntitle: Home\n---\n\nWelcome to the bookshop.\n"
ROUTING = "---\ntitle: Routing\n---\n\nA rule with a variable.\n\n## Converters\n\n[They](../index.md) turn text into numbers.\n"


@pytest.fixture(name="indexer")
def fixture_indexer():
    return Counting()


@pytest.fixture(name="shop")
def fixture_shop(site):
    return (
        site.page("index.md", HOME).page("flask/03-routing.md", ROUTING).page("flask/index.md", "# Flask\n")
    )


def index_files(site):
    return {
        path: data
        for path, data in site.tree().items()
        if path.startswith("search/") and path != "search/titles.js"
    }


def titles(site):
    return json.loads(
        re.fullmatch(rb"octavoTitles\((.*)\);\n", site.tree()["search/titles.js"], re.DOTALL)[1]
    )


def test_a_build_makes_the_index_of_all_pages_in_sorted_order(shop, indexer):
    shop.build(indexer=indexer).clean()

    assert indexer.runs == [["flask/index.html", "flask/routing/index.html", "index.html"]]
    names = {path.removeprefix("search/").split(".")[0].split("/")[0] for path in index_files(shop)}
    assert names == {"pagefind", "pagefind-entry", "fragment", "index", "wasm"}
    assert json.loads(shop.tree()["search/pagefind-entry.json"])["languages"]["en"]["page_count"] == 3


def test_the_index_is_listed_among_the_outputs(shop, indexer):
    shop.build(indexer=indexer)

    assert sorted(shop.tree()) == (shop.out / ".octavo-outputs").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A rule with", "A rule  with"),
        ("title: Routing\n", "title: Routing\norder: 2\nupdated: 2026-01-02\n"),
        ("into numbers.", "into numbers.<!-- a comment -->"),
        ("../index.md", "index.md"),
        ("[They](../index.md)", "[They](../index.md){.wide}"),
    ],
    ids=["spaces", "order", "comment", "link", "class"],
)
def test_a_change_that_nobody_can_search_for_leaves_the_index_alone(shop, indexer, old, new):
    before = index_files(shop.build(indexer=indexer))
    page = shop.html("flask/routing/")
    shop.edit("flask/03-routing.md", old, new).build(indexer=indexer).clean()

    assert shop.report.counts.parsed == 1
    assert page != shop.html("flask/routing/") or old.startswith(("A rule", "into"))
    assert len(indexer.runs) == 1
    assert before == index_files(shop)


def test_a_template_and_a_style_leave_the_index_alone(shop, indexer):
    shop.build(indexer=indexer)
    shop.write("theme/templates/partials/footer.html", "<footer><p>Another</p></footer>\n")
    shop.write("theme/assets/css/base.css", "body { margin: 0 }\n")
    shop.build(indexer=indexer).clean()

    assert shop.report.counts.rendered > 3
    assert len(indexer.runs) == 1


def test_a_changed_text_makes_it_anew_and_takes_the_old_pieces_away(shop, indexer):
    shop.build(indexer=indexer)
    before = index_files(shop)
    shop.edit("flask/03-routing.md", "numbers", "integers").build(indexer=indexer).clean()
    after = index_files(shop)

    assert len(indexer.runs) == 2
    assert before.keys() != after.keys()
    assert sum(path.startswith("search/fragment/") for path in after) == 3
    assert shop.report.counts.rendered == 1


def test_nothing_changed_does_nothing(shop, indexer):
    shop.build(indexer=indexer)
    shop.build(indexer=indexer).counts(rendered=0, written=0, pruned=0)

    assert len(indexer.runs) == 1


def test_the_same_pages_give_the_same_bytes(shop, tmp_path):
    other = Site(tmp_path / "other").write("site.yaml", "title: Test site\n")
    for path in ("flask/index.md", "index.md", "flask/03-routing.md"):  # written in another order
        other.page(path, (shop.root / "content" / path).read_text())
    first = shop.build(indexer=PagefindIndexer()).tree()

    assert first == other.build(indexer=PagefindIndexer(), jobs=2).tree()
    assert first == shop.forget().build(indexer=PagefindIndexer()).tree()


def test_a_file_of_the_index_that_was_touched_is_made_again(shop, indexer):
    shop.build(indexer=indexer)
    before = index_files(shop)
    (shop.out / "search/pagefind-entry.json").write_text("{}")
    (shop.out / "search/pagefind.js").unlink()
    shop.build(indexer=indexer).clean().counts(written=2)

    assert before == index_files(shop)


def test_lost_state_costs_work_and_changes_nothing(shop, indexer):
    before = shop.build(indexer=indexer).tree()
    shop.forget().build(indexer=indexer).clean()
    shop.build(indexer=indexer, use_cache=False).clean()

    assert before == shop.tree()


def test_a_page_with_search_off_is_in_neither_the_index_nor_the_titles(shop, indexer):
    shop.page("secret.md", "---\ntitle: Secret\nsearch: false\n---\n\nXylophone.\n").build(indexer=indexer)

    assert "secret/index.html" not in indexer.runs[0]
    assert "secret/" not in [page[0] for page in titles(shop)["pages"]]


def test_generated_lists_and_the_404_page_are_not_in_the_index(shop, indexer):
    shop.page("a.md", "---\ntags: [web]\n---\n# A\n").page("404.md", "# Lost\n").build(indexer=indexer)

    assert indexer.runs == [["a/index.html", "flask/index.html", "flask/routing/index.html", "index.html"]]
    assert "404.html" not in [page[0] for page in titles(shop)["pages"]]


def test_search_off_makes_no_index_no_titles_and_no_button(shop, indexer):
    shop.build(indexer=indexer)
    shop.config("search: false\n").build(indexer=indexer).clean()

    assert [path for path in shop.tree() if path.startswith("search/")] == []
    assert "data-find" not in shop.html("")
    assert "wasm-unsafe-eval" not in shop.html("")
    assert len(indexer.runs) == 1


def test_a_site_whose_pages_are_all_left_out_has_no_index(site, indexer):
    site.page("index.md", "---\ntitle: Home\nsearch: false\n---\n").build(indexer=indexer).clean()

    assert indexer.runs == []
    assert [path for path in site.tree() if path.startswith("search/")] == ["search/titles.js"]


def test_without_pagefind_there_is_a_warning_and_no_index(shop, indexer):
    shop.build(indexer=indexer)
    shop.build(indexer=Absent())
    problem = shop.warns("search-index", "site.yaml")

    assert "pagefind-bin" in problem.hint
    assert list(index_files(shop)) == []
    assert titles(shop)["pages"][0][1] == "Flask"
    assert (
        shop.messages() == shop.build(indexer=Absent()).messages() == shop.check(indexer=Absent()).messages()
    )


def test_an_index_that_fails_leaves_the_old_site(shop, indexer):
    before = shop.build(indexer=indexer).tree()
    shop.edit("index.md", "bookshop", "library").build(indexer=Failing())

    assert "status 1" in shop.fails("search-index", "site.yaml").message
    assert before == shop.tree()
    assert shop.build(indexer=indexer).clean().html("").count("library")


def test_a_file_of_the_content_stands_where_the_index_has_one_of_that_name(shop, indexer):
    shop.page("search/pagefind.js", "// mine\n").page("search/index.md", "# About search\n")
    shop.build(indexer=indexer).clean()

    assert shop.tree()["search/pagefind.js"] == b"// mine\n"
    assert "About search" in shop.html("search/")


def test_titles_hold_pages_with_their_headings_and_the_words_of_the_dialog(shop):
    shop.config("language: de\n").build()
    listed = titles(shop)

    assert listed["pages"] == [
        ["flask/", "Flask"],
        ["flask/routing/", "Routing", "converters", "Converters"],
        ["", "Home"],
    ]
    assert listed["language"] == "de"
    assert {"search", "search_none", "close"} <= listed["words"].keys()


def test_why_explains_a_file_of_the_index(shop, indexer):
    shop.build(indexer=indexer)
    assert (shop.why("search/pagefind.js").kind, shop.why("search/pagefind.js").stale) == ("search", ())

    shop.edit("index.md", "bookshop", "library")
    assert shop.why("_site/search/pagefind.js").stale == ("pages",)
