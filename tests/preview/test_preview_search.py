"""The search index of a preview: made when somebody searches, anew when a text changed, and never in the way of pages."""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from octavo.edges.search_index import PagefindIndexer
from octavo.preview.scripts import browser_scripts
from preview_site import Running
from runningpreview import RunningPreview
from searching import Absent, Counting, Failing
from sitebuilder import Site
from waiting import PATIENCE

ENTRY = "/search/pagefind-entry.json"


class Waiting(Counting):
    """Makes an index only when it is told to."""

    def __init__(self):
        super().__init__()
        self.began = threading.Event()
        self.may = threading.Event()

    def index(self, pages):
        listed = list(pages)
        self.began.set()
        assert self.may.wait(PATIENCE)
        return super().index(listed)


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "site").config("")
    site.page("index.md", "---\ntitle: Home\n---\n\nWelcome.\n")
    for number in range(12):
        site.page(f"guide/page-{number}.md", f"---\ntitle: Page {number}\n---\n\nText {number}.\n")
    return site


def hash_of(answer):
    return json.loads(answer.body)["languages"]["en"]["hash"]


def test_the_index_is_made_when_it_is_asked_for_and_is_that_of_a_build(site):
    indexer = Counting()
    with RunningPreview(site.root, indexer=indexer) as preview:
        preview.settle()
        assert indexer.runs == []

        entry = preview.desk.answer(ENTRY)
        meta = preview.desk.answer(f"/search/pagefind.{hash_of(entry)}.pf_meta")
        again = preview.desk.answer(ENTRY)

    built = site.build(indexer=PagefindIndexer(), drafts=True).tree()
    assert (entry.status, entry.content_type) == (200, "application/json")
    assert entry.body == again.body == built["search/pagefind-entry.json"]
    assert meta.body == built[f"search/pagefind.{hash_of(entry)}.pf_meta"]
    assert len(indexer.runs) == 1


def test_a_changed_text_makes_it_anew_when_it_is_asked_for_again(site):
    indexer = Counting()
    with RunningPreview(site.root, indexer=indexer) as preview:
        before = preview.desk.answer(ENTRY)
        site.edit("guide/page-3.md", "Text 3.", "An okapi.")
        preview.wait_for_page("guide/page-3/", "An okapi.")
        preview.settle()
        runs = len(indexer.runs)
        after = preview.desk.answer(ENTRY)

    assert (runs, len(indexer.runs)) == (1, 2)
    assert hash_of(before) != hash_of(after)


def test_a_change_of_no_text_keeps_it(site):
    indexer = Counting()
    with RunningPreview(site.root, indexer=indexer) as preview:
        before = preview.desk.answer(ENTRY)
        site.write("theme/assets/css/base.css", "body { margin: 0 }\n")
        site.page("guide/page-3.md", "---\ntitle: Page 3\nupdated: 2026-01-02\n---\n\nText 3.\n")
        preview.wait_for_page("guide/page-3/", "2 January 2026")

        assert preview.desk.answer(ENTRY).body == before.body
        assert len(indexer.runs) == 1


def test_pages_are_answered_and_followed_while_an_index_is_made(site):
    indexer = Waiting()
    with RunningPreview(site.root, indexer=indexer) as preview, ThreadPoolExecutor(1) as asking:
        entry = asking.submit(preview.desk.answer, ENTRY)
        assert indexer.began.wait(PATIENCE)
        site.edit("guide/page-3.md", "Text 3.", "An okapi.")
        preview.wait_for_page("guide/page-3/", "An okapi.")
        assert not entry.done()
        indexer.may.set()

        assert entry.result(PATIENCE).status == 200


def test_a_search_that_nobody_can_serve_is_not_found(site):
    with RunningPreview(site.root, indexer=Absent()) as preview:
        assert preview.desk.answer(ENTRY).status == 404
        assert any("search-index" in line for line in map(str, preview.session.all_problems()))


def test_an_index_that_fails_is_said_so_and_is_tried_again_with_the_next_text(site):
    with RunningPreview(site.root, indexer=Failing()) as preview:
        assert preview.desk.answer(ENTRY).status == 404
        assert any("status 1" in note for note in preview.notes)


def test_a_preview_that_ends_lets_go_of_those_who_wait(site):
    indexer = Waiting()
    with ThreadPoolExecutor(1) as asking:
        with RunningPreview(site.root, indexer=indexer) as preview:
            first = asking.submit(preview.desk.answer, ENTRY)
            assert indexer.began.wait(PATIENCE)
        indexer.may.set()

        assert first.result(PATIENCE).status in {200, 503}


def test_with_search_off_its_addresses_are_those_of_no_page(site):
    indexer = Counting()
    site.config("search: false\n")
    with RunningPreview(site.root, indexer=indexer) as preview:
        assert preview.desk.answer(ENTRY).status == 404
        assert preview.desk.answer("/search/titles.js").status == 404
        assert indexer.runs == []


def test_the_list_of_titles_follows_a_title(site):
    with RunningPreview(site.root, indexer=Counting()) as preview:
        assert b'"Page 3"' in preview.desk.answer("/search/titles.js").body
        site.edit("guide/page-3.md", "title: Page 3", "title: Okapis")
        preview.wait_for_page("guide/page-3/", "<h1>Okapis</h1>")

        assert b'"Okapis"' in preview.desk.answer("/search/titles.js").body


def test_the_same_texts_are_indexed_once_for_many_who_ask(site):
    indexer = Counting()
    with RunningPreview(site.root, indexer=indexer) as preview, ThreadPoolExecutor(8) as asking:
        answers = list(asking.map(preview.desk.answer, [ENTRY] * 8))

    assert {answer.status for answer in answers} == {200}
    assert len(indexer.runs) == 1


def test_a_browser_that_searched_before_a_save_finds_the_text_as_it_is_after(site, browser):
    with RunningPreview(site.root) as preview:
        preview.desk.hub = preview.desk._hub
        with Running(preview.desk, scripts=browser_scripts(), poll_seconds=0.05) as running:
            page = browser.new_page()
            page.goto(f"http://{running.host}/guide/page-3/")
            status = page.locator("#Find [role=status]")
            page.keyboard.press("Control+k")
            page.wait_for_selector("#Find input:focus")
            page.keyboard.type("okapi")
            expect(status).to_have_text(re.compile("^Nothing found"))
            page.keyboard.press("Escape")
            site.edit("guide/page-3.md", "Text 3.", "An okapi.")
            expect(page.locator("article")).to_contain_text("An okapi.")
            page.keyboard.press("Control+k")
            expect(page.locator("#Find mark")).to_contain_text("okapi")
            page.close()
