"""What the index sees of a page, and how the list of titles stays small."""

import json
import time

import pytest

from octavo.model import Heading
from octavo.outputs import TitledPage, search_page, titles_script


def page(body, head='<html lang="en">'):
    return (
        f"<!doctype html>\n{head}<head><title>x</title></head><body><nav>No</nav>\n{body}\n</body></html>\n"
    )


def reduced(body):
    text = search_page(page(f"<article data-pagefind-body>{body}</article>"))
    start = '<!doctype html>\n<html lang="en"><body>\n<article data-pagefind-body>'
    assert text.startswith(start), text
    return text.removeprefix(start).removesuffix("</article>\n</body></html>\n")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<h2 id="a" class="b">A</h2>', '<h2 id="a">A</h2>'),
        ('<p><a href="../a.html?b>c">x</a></p>', "<p>x</p>"),
        (
            '<pre><code><span class="k">def</span> <span class="nf">f</span></code></pre>',
            "<pre>def f</pre>",
        ),
        ('<span class="num">4</span>', "4"),
        ("<P>a <EM CLASS=x>b</em ></P>", "<P>a b</P>"),
        ('<p><b>a</b> <b id="x">c</b></p>', '<p><b>a</b> <b id="x">c</b></p>'),
        ('a<br />b<mspace width="1em" />', "a<br/>b<mspace/>"),
        ('<h2 id="a">A <a class="anchor" href="#a" aria-label="Link">#</a></h2>', '<h2 id="a">A</h2>'),
        ('<div class="x" data-pagefind-ignore>no</div>', "<div data-pagefind-ignore>no</div>"),
        ("<p lang=fr title='id=\"x\"'>oui</p>", "<p lang=fr>oui</p>"),
        ("<article>in</article> after", "<article>in</article> after"),
        ("<p>a  b\n\tc</p>", "<p>a b c</p>"),
        ("<p>a<!-- <b class='x'> -->b</p>", "<p>ab</p>"),
        ("1 < 2 && 3 > 2", "1 < 2 && 3 > 2"),
        ('<h2 id="路由">路由规则</h2>', '<h2 id="路由">路 由 规 则</h2>'),
        ("<p>Flask的路由、ルーターx2</p>", "<p>Flask 的 路 由 、 ル ー タ ー x2</p>"),
        ("<p>경로 규칙</p>", "<p>경로 규칙</p>"),
    ],
)
def test_tags_keep_what_the_index_has_a_use_for(body, expected):
    assert reduced(body) == expected


def test_a_page_without_the_mark_is_not_for_the_index():
    assert search_page(page("<article>&lt;p data-pagefind-body&gt; in the text</article>")) == ""


def test_the_mark_in_a_text_is_no_mark():
    html = page(
        "<p>data-pagefind-body</p><p title='data-pagefind-body'>x</p><main data-pagefind-body>y</main>"
    )

    assert "<body>\n<main data-pagefind-body>y</main>\n</body>" in search_page(html)


def test_two_marked_parts_are_both_seen():
    text = search_page(page("<div data-pagefind-body>a<div>b</div></div><p>c</p><p data-pagefind-body>d</p>"))

    assert "<div data-pagefind-body>a<div>b</div></div><p data-pagefind-body>d</p>" in text
    assert ">c<" not in text


def test_a_page_with_other_marks_of_pagefind_is_given_as_it_is():
    html = page("<article data-pagefind-body><p data-pagefind-filter=kind>x</p></article>")

    assert search_page(html) == html


@pytest.mark.parametrize(
    "piece",
    ["<a ", '<a "', "<a '\"", "<article ", '<span class="', "data-pagefind-body ", "<p data-pagefind-body "],
)
def test_pages_made_to_slow_it_down_do_not(piece):
    html = page("<article data-pagefind-body>" + piece * 30_000)
    started = time.process_time()

    search_page(html)

    assert time.process_time() - started < 5


def read(script):
    return json.loads(script.removeprefix(b"octavoTitles(").removesuffix(b");\n"))["pages"]


def test_headings_that_say_the_title_again_are_left_out():
    pages = [TitledPage(url="a/", title="A", headings=(Heading(id="a", text="A"), Heading(id="b", text="B")))]

    assert read(titles_script(pages, "en", {})) == [["a/", "A", "b", "B"]]


def test_a_large_site_is_listed_by_titles_alone_and_a_huge_one_without_its_depths():
    headings = tuple(Heading(id=f"h{n}", text=f"Heading {n}") for n in range(50))
    large = [TitledPage(url=f"a/{n}/", title=f"Page {n}", headings=headings) for n in range(1000)]
    huge = [TitledPage(url=f"{'deep/' * (n % 5)}{n}/", title=f"Page {n} " + "x" * 40) for n in range(10_000)]

    assert read(titles_script(large, "en", {})) == [[f"a/{n}/", f"Page {n}"] for n in range(1000)]
    script = titles_script(huge, "en", {"search": "Search"})
    kept = {url for url, _ in read(script)}
    assert len(script) <= 512 * 1024
    assert {page.url for page in huge if page.url.count("/") == 1} <= kept
    assert len([url for url in kept if url.count("/") == 5]) < 2000
