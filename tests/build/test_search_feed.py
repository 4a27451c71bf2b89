"""When pages go to the search index: while others are rendered where it has to be made, and never where it has not."""

import threading

import pytest

from octavo.digest import Digest, digest_bytes
from octavo.engine.indexing import pack_text
from octavo.engine.manifest import Job, OutputRow, encode_parts
from octavo.engine.plan import Plan
from octavo.engine.ports import IndexedPages
from octavo.engine.search import IndexFeed
from octavo.errors import EnvironmentFault
from octavo.outputs import search_page

PAGES = ("a/index.html", "b/index.html", "c/index.html")
SECONDS = 30
"""What a thread may take on a busy machine."""


def html(words):
    return f"<html><body><main data-pagefind-body>{words}</main></body></html>"


def text_of(words):
    text = search_page(html(words))
    return digest_bytes(text.encode()), pack_text(text)


class Watched:
    """An indexer that tells of every page as it comes, and makes one file that names them."""

    identity = "watched"

    def __init__(self):
        self.pages = []
        self.came = threading.Event()
        self.ended = threading.Event()

    def index(self, pages):
        try:
            for output, _ in pages:
                self.pages.append(output)
                self.came.set()
            return IndexedPages({"list": " ".join(self.pages).encode()})
        finally:
            self.ended.set()


@pytest.fixture(name="indexer")
def fixture_indexer():
    return Watched()


@pytest.fixture(name="disk")
def fixture_disk():
    """The pages as they are on disk."""
    return {page: html(f"Words of {page}.") for page in PAGES}


@pytest.fixture(name="feed")
def fixture_feed(indexer, disk):
    """Make a feed of three pages after a build with *rows*, whose files are there as they were written."""

    def make(rows):
        jobs = {page: Job(output=page, kind="page", parts=()) for page in reversed(PAGES)}
        observed = {path: (row.size, row.mtime_ns) for path, row in rows.items()}
        return IndexFeed(
            Plan(jobs, {}, len(jobs)),
            rows,
            observed,
            indexer=indexer,
            read=lambda path: disk[path].encode(),
        )

    return make


def row(parts=(), text=""):
    return OutputRow(parts=encode_parts(parts), digest=Digest(""), size=1, mtime_ns=1, text=Digest(text))


@pytest.fixture(name="rows")
def fixture_rows(feed, indexer, disk):
    """Rows of a build that has made the index."""
    first = feed({})
    for page in PAGES:
        first.add(page, *text_of(f"Words of {page}."))
    (made,) = first.finish("site.yaml").jobs.values()
    indexer.__init__()
    rows = {page: row(text=text_of(f"Words of {page}.")[0]) for page in disk}
    return rows | {made.output: row(made.parts)}


def test_a_page_is_indexed_while_others_are_rendered(feed, indexer):
    first = feed({})
    first.add(PAGES[0], *text_of("One."))

    assert indexer.came.wait(SECONDS)
    for page in PAGES[1:]:
        first.add(page, *text_of("More."))
    assert first.finish("site.yaml").files == {"search/list": " ".join(PAGES).encode()}


def test_texts_that_are_as_they_were_start_nothing(feed, indexer, rows):
    again = feed(rows)
    again.add(PAGES[1], *text_of(f"Words of {PAGES[1]}."))
    update = again.finish("site.yaml")

    assert (list(update.jobs), update.files, indexer.pages) == (["search/list"], {}, [])
    assert not indexer.ended.is_set()


def test_the_first_text_that_differs_brings_all_pages_in_their_order(feed, indexer, rows):
    again = feed(rows)
    assert not again.is_certain
    again.add(PAGES[1], *text_of("Another."))

    assert indexer.came.wait(SECONDS)
    assert again.is_certain
    assert again.finish("site.yaml").files == {"search/list": " ".join(PAGES).encode()}


@pytest.mark.parametrize("change", ["a page is gone", "a file of the index is gone", "a new page"])
def test_what_is_known_before_rendering_makes_it_certain(feed, rows, change):
    if change == "a page is gone":
        rows["d/index.html"] = row(text="d")
    elif change == "a new page":
        del rows[PAGES[0]]
    else:
        del rows["search/list"]
    again = feed(rows)
    if change == "a new page":
        again.add(PAGES[0], *text_of("New."))

    assert again.is_certain
    again.close()


def test_a_page_of_the_content_below_the_folder_of_the_index_is_no_part_of_it(feed, indexer, rows):
    rows["search/picture.png"] = row((("content", Digest("x")),))

    assert feed(rows).finish("site.yaml").files == {}
    assert indexer.pages == []


def test_a_page_that_was_changed_meanwhile_is_told(feed, disk, rows):
    disk[PAGES[0]] = html("By somebody else.")
    again = feed(rows)
    again.add(PAGES[1], *text_of("Another."))

    with pytest.raises(EnvironmentFault, match=r"a/index\.html.* was changed"):
        again.finish("site.yaml")


def test_an_index_that_nobody_waits_for_ends(feed, indexer):
    first = feed({})
    first.add(PAGES[0], *text_of("One."))
    first.close()

    assert indexer.ended.wait(SECONDS)


def test_pages_that_are_all_left_out_start_nothing(feed, indexer):
    first = feed({})
    for page in PAGES:
        first.add(page, Digest(""), b"")

    assert first.finish("site.yaml").jobs == {}
    assert not indexer.ended.is_set()
