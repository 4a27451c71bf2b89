"""Search as readers have it: typed, by keyboard, from http and from disk, in English, Chinese and Japanese."""

import gzip
import re

import pytest
from playwright.sync_api import expect

from searchdialog import (
    build,
    chosen,
    found_words,
    options,
    search,
    status,
    visits,
    wait_for_marks,
    wait_for_status,
)
from themebrowser import find_tool

AXE = find_tool("axe-core", "axe.min.js")

ROUTING = """---
title: Routing
---

A *route* ties an address to a function.

## Variable rules

A converter such as `int` turns text into a number. Numbers are checked by the router.

## Redirects

A trailing slash leads on.

<div data-pagefind-ignore>

The word xylophone is hidden from the index.

</div>
"""
HOSTILE = """---
title: "<img src=x onerror=violations.push(1)> title"
---

## `<script>violations.push(2)</script>` heading

The quince &lt;img src=x onerror=violations.push(3)&gt; & <b title="quince">quince</b> "quoted" 'text'.
"""
CHINESE = "---\ntitle: 路由\n---\n\n把地址和函数连接起来的规则。\n\n## 变量规则\n\n转换器把文本变成数字，Flask 会检查它。\n"
JAPANESE = "---\ntitle: ルーティング\n---\n\nアドレスと関数を結びつける規則です。\n\n## 変数\n\nコンバーターは文字列を数値に変えます。\n"


@pytest.fixture(name="shop", scope="module")
def fixture_shop(tmp_path_factory):
    many = {f"page_{n}": f"# Page {n}\n\nThe plum is number {n}.\n" for n in range(20)}
    return build(
        tmp_path_factory.mktemp("shop") / "site",
        "en",
        index="---\ntitle: Home\n---\n\nWelcome to the bookshop, where routes begin.\n",
        routing=ROUTING,
        hostile=HOSTILE,
        imprint="---\ntitle: Imprint\nsearch: false\n---\n\nThe word zither stands here.\n",
        **many,
    )


@pytest.fixture(name="visit")
def fixture_visit(browser):
    with visits(browser) as visit:
        yield visit


def test_a_query_finds_pages_with_their_sections_and_marks_the_words(shop, visit):
    page = visit(shop)
    search(page, "converter")
    page.wait_for_selector("#Find mark")

    assert options(page)[0].startswith("Routing")
    assert options(page)[1].startswith("Variable rules A converter such as")
    assert page.locator("#Find mark").first.inner_text() == "converter"
    assert status(page) == "Pages found: 1"
    assert page.locator("#Find [role=group]").get_attribute("aria-label") == "Routing"


def test_titles_are_found_before_the_whole_text_is(shop, visit):
    page = visit(shop)
    page.route("**/pagefind.js", lambda _: None)  # it never comes
    page.keyboard.press("Control+k")
    page.wait_for_selector("#Find input:focus")
    page.keyboard.type("variable")

    page.wait_for_selector("#Find [role=option]")
    assert options(page) == ["Routing", "Variable rules"]
    assert status(page) == "Searching the whole text…"


def test_the_keyboard_goes_through_what_was_found_and_opens_it(shop, visit):
    page = visit(shop)
    search(page, "routing")
    page.wait_for_selector("#Find mark")
    names = [text.split("\n")[0] for text in page.locator("#Find [role=option]").all_inner_texts()]
    assert len(names) > 1
    assert chosen(page) == names[0]
    page.keyboard.press("ArrowUp")
    assert chosen(page) == names[-1]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert chosen(page) == names[1]
    page.keyboard.press("ArrowUp")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert "/routing/?highlight=" in page.url


def test_words_are_marked_on_arrival_at_the_section(shop, visit):
    page = visit(shop)
    search(page, "converter")
    page.wait_for_selector("#Find mark")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    wait_for_marks(page)

    assert page.url.endswith("/routing/?highlight=converter#variable-rules")
    assert found_words(page) == ["converter"]
    assert not page.locator("#Find").count()
    assert page.complaints == []


def test_a_search_without_results_says_what_was_searched_and_what_to_try(shop, visit):
    page = visit(shop)
    search(page, "qwertzuiop")
    wait_for_status(page, "Nothing")

    assert status(page) == "Nothing found for “qwertzuiop”. Try another word, or fewer of them."
    assert options(page) == []
    assert page.get_attribute("#Find input", "aria-expanded") == "false"


@pytest.mark.parametrize("word", ["xylophone", "zither"])
def test_what_is_left_out_is_not_found(shop, visit, word):
    page = visit(shop)
    search(page, word)
    wait_for_status(page, "Nothing")

    assert options(page) == []


def test_more_results_are_shown_when_they_are_asked_for(shop, visit):
    page = visit(shop)
    search(page, "plum")
    page.wait_for_selector("#Find mark")
    assert status(page) == "Pages found: 20"
    assert page.locator("#Find [role=group]").count() == 8
    page.click("#Find >> text=More results")
    expect(page.locator("#Find [role=group]")).to_have_count(16)
    page.click("#Find >> text=More results")
    expect(page.locator("#Find [role=group]")).to_have_count(20)

    assert not page.is_visible("#Find >> text=More results")
    assert len(set(page.locator("#Find [role=option]").evaluate_all("all => all.map(each => each.id)"))) == 20


def test_escape_gives_the_focus_back_and_the_query_stays(shop, visit):
    page = visit(shop)
    page.focus("[data-find]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#Find input:focus")
    page.keyboard.type("route")
    page.keyboard.press("Escape")
    expect(page.locator("[data-find]")).to_be_focused()
    page.keyboard.press("Meta+k")
    page.wait_for_selector("#Find input:focus")

    assert page.input_value("#Find input") == "route"


@pytest.mark.parametrize("keys", ["k", "Control+Shift+k", "Alt+k", "/"])
def test_no_other_key_opens_it(shop, visit, keys):
    page = visit(shop)
    page.keyboard.press(keys)

    # Before it can open, its script is put into the page; a key that opens it does so at once.
    finder = page.locator("script[src*='/js/search.']")
    assert finder.count() == 0
    page.keyboard.press("Control+k")
    assert finder.count() == 1


def test_nothing_is_loaded_before_somebody_searches(shop, visit):
    page = visit(shop, "routing/")
    page.reload()
    page.wait_for_load_state("networkidle")

    assert [answer.url for answer in page.asked if re.search(r"/search/|js/search", answer.url)] == []


def test_a_first_search_is_small(shop, visit):
    page = visit(shop)
    search(page, "converter")
    page.wait_for_selector("#Find mark")
    sizes = {answer.url: len(gzip.compress(answer.body(), 9)) for answer in page.asked if answer.ok}
    scripts = [path.read_bytes() for path in (shop.out / "assets/js").iterdir()]

    assert sum(sizes.values()) <= 170_000, sizes
    assert sum(len(gzip.compress(data, 9, mtime=0)) for data in scripts) <= 8_000
    assert page.evaluate("violations") == []
    assert page.complaints == []


def test_titles_that_cannot_be_had_leave_the_whole_text(shop, visit):
    page = visit(shop)
    page.route("**/titles.js", lambda route: route.abort())
    page.keyboard.press("Control+k")
    page.wait_for_selector("#Find input:focus")
    page.keyboard.type("converter")
    page.wait_for_selector("#Find mark")

    assert options(page)[0].startswith("Routing")


def opened(page, url):
    """Go to a page, open the dialog there, and give what it lists before anything is typed."""
    page.goto(url)
    page.keyboard.press("Control+k")
    page.wait_for_selector("#Find input:focus")
    expect(page.locator("#Find [role=status]")).not_to_be_empty()
    return options(page)


def test_before_anything_is_typed_the_pages_read_last_are_listed(shop, visit):
    page = visit(shop)
    root = page.url

    assert opened(page, root) == []
    assert status(page) == "Type a word, or part of a title."
    for path in ("routing/", "page_1/", "imprint/", "no-such-page/", "routing/index.html", "page_2/"):
        page.goto(root + path)
    assert opened(page, f"{root}hostile/") == ["Page 2", "Routing", "Page 1", "Home"]
    assert status(page) == "Type a word, or part of a title. These are the pages that you read last."

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/routing/")
    assert opened(page, page.url)[0] == "<img src=x onerror=violations.push(1)> title"
    assert len(opened(page, f"{root}page_3/")) == 5


@pytest.mark.parametrize(
    "kept", ["{", "7", '{"a": 1}', '[{"a": 1}, null, "../../x", "javascript:x", "page_1/"]']
)
def test_whatever_lies_in_the_memory_of_the_browser_does_no_harm(kept, shop, visit):
    page = visit(shop, "routing/")
    page.evaluate(
        "kept => localStorage.setItem(Object.keys(localStorage).find(key => /recent/.test(key)), kept)", kept
    )

    assert set(opened(page, page.url)) <= {"Page 1"}
    assert page.complaints == []


def test_from_disk_titles_and_headings_are_found(shop, visit):
    page = visit(shop, (shop.out / "index.html").as_uri())
    search(page, "variable")
    assert options(page) == ["Routing", "Variable rules"]
    assert status(page).endswith("where only titles and headings can be searched.")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    wait_for_marks(page)

    assert page.url.endswith("/routing/index.html?highlight=variable#variable-rules")
    assert page.inner_text("h1") == "Routing"
    assert page.evaluate("violations") == []


def test_hostile_text_stays_text(shop, visit):
    page = visit(shop)
    search(page, "quince")
    page.wait_for_selector("#Find mark")

    (group,) = page.locator("#Find [role=group]").all_inner_texts()
    assert "<img src=x onerror=violations.push(1)> title" in group
    assert "<script>violations.push(2)</script> heading" in group
    assert "<img src=x onerror=violations.push(3)> & quince" in group.replace("\n", " ")
    page.goto(
        page.url.split("?")[0]
        + "hostile/?highlight=%3Cimg%20src%3Dx%20onerror%3Dviolations.push(4)%3E&highlight=%5B(&highlight=quince"
    )
    wait_for_marks(page)
    assert page.evaluate("violations") == []
    assert page.locator("#Find img, article img").count() == 0


@pytest.mark.parametrize(
    ("language", "text", "query", "title", "marked"),
    [
        ("zh", CHINESE, "转换器", "变量规则", "转换器"),
        ("zh", CHINESE, "换器把", "变量规则", "换器把"),
        ("zh", CHINESE, "flask 数字", "变量规则", "数字"),
        ("zh", CHINESE, "变量", "变量规则", "变量"),
        ("ja", JAPANESE, "コンバーター", "変数", "コンバーター"),
        ("ja", JAPANESE, "文字列", "変数", "文字列"),
    ],
)
def test_languages_without_spaces_are_searched(language, text, query, title, marked, tmp_path, visit):
    site = build(tmp_path / "site", language, index="---\ntitle: 首\n---\n\n別\n", routing=text)
    page = visit(site)
    page.keyboard.press("Control+k")
    page.wait_for_selector("#Find input:focus")
    page.keyboard.insert_text(query)
    page.wait_for_selector("#Find mark")

    assert any(option.startswith(title) for option in options(page)), options(page)
    assert marked in page.locator("#Find mark").all_inner_texts()
    with page.expect_navigation():
        page.locator("#Find [role=option]", has_text=title).last.click()
    wait_for_marks(page)
    assert marked in found_words(page)


def test_a_text_that_has_the_characters_in_another_order_is_not_found(tmp_path, visit):
    site = build(tmp_path / "site", "zh", index="---\ntitle: 首\n---\n\n别\n", routing=CHINESE)
    page = visit(site)
    page.keyboard.press("Control+k")
    page.wait_for_selector("#Find input:focus")
    page.keyboard.insert_text("器换")
    wait_for_status(page, "没有找到")

    assert options(page) == []


def test_in_arabic_the_dialog_reads_from_right_to_left(tmp_path, visit):
    site = build(tmp_path / "site", "ar", index="---\ntitle: البداية\n---\n\nمرحبا بكم في المكتبة.\n")
    page = visit(site, width=360)
    page.click("[data-find]")
    page.wait_for_selector("#Find input:focus")
    page.keyboard.insert_text("المكتبة")
    page.wait_for_selector("#Find mark")

    assert page.get_attribute("#Find input", "placeholder") == "بحث"
    field, close = (page.locator(f"#Find {name}").first.bounding_box() for name in ("input", "button"))
    assert field["x"] > close["x"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_scripts_search_leads_to_the_list_of_pages(shop, visit):
    page = visit(shop, java_script_enabled=False)
    with page.expect_navigation():
        page.click("[data-find]")

    assert page.url.endswith("/contents/")
    assert page.is_visible("text=Routing")


@pytest.mark.skipif(not AXE, reason="there is no axe-core here; `npm install --no-save axe-core` brings it")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("query", ["", "converter", "qwertzuiop"])
def test_axe_finds_nothing_in_the_dialog(query, width, scheme, shop, visit):
    page = visit(shop, width=width, scheme=scheme, bypass_csp=True)
    search(page, query)
    page.add_script_tag(path=AXE)
    found = page.evaluate(
        "() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )

    assert [
        (item["id"], [node["html"][:120] for node in item["nodes"]]) for item in found["violations"]
    ] == []
