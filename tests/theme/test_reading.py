"""What readers do: copy, choose tabs, colours and typefaces, open the contents, print, and read without scripts."""

from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect


def copied(page, block):
    """Copy a block and give what stands on the clipboard."""
    page.locator(f".code:has({block}) .copy").last.click()
    expect(page.locator("body > [role=status]")).not_to_be_empty()
    return page.evaluate("navigator.clipboard.readText()")


@pytest.fixture(name="kit")
def fixture_kit(reader):
    page = reader.open("handbook/kit/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (".language-console:has-text('curl')", "curl -i http://127.0.0.1:5000/books/2"),
        (".language-pycon", "for number in range(2):\n    print(number)"),
        (
            ".language-diff",
            'from flask import Flask\n@app.get("/books/<int:book_id>")\ndef show_book(book_id):',
        ),
    ],
)
def test_copying_gives_what_the_reader_types(block, text, kit):
    assert copied(kit, block) == text


def test_copying_numbered_code_leaves_the_numbers_out_and_says_so(kit):
    assert copied(kit, "pre.numbered").startswith("from flask import Flask, abort\n\napp = Flask(__name__)")
    assert kit.inner_text("body > [role=status]") == "Copied"
    assert kit.locator("pre.numbered").locator("..").locator(".copy").get_attribute("aria-label") == (
        "Copy shop/__init__.py"
    )


def test_a_tab_is_chosen_on_every_page_and_stays_chosen(kit):
    kit.locator(".tabs label", has_text="Windows").click()
    assert kit.is_visible("section[aria-label=Windows]")
    assert not kit.is_visible("section[aria-label='Linux and macOS']")

    kit.goto(kit.url.replace("kit/", "markdown/"))
    assert kit.is_visible("section[aria-label=Windows]")


def test_the_views_of_a_file_are_chosen_with_the_keyboard(kit):
    kit.locator(".views input").first.focus()
    kit.keyboard.press("ArrowRight")
    assert (kit.is_visible(".v1"), kit.is_visible(".v2"), kit.is_visible(".v3")) == (False, True, False)


def test_colours_and_typeface_are_remembered(reader):
    page = reader.open("flask/", scheme="light")
    page.click("[popovertarget=Display]")
    page.click("#Display label:has-text('Dark')")
    page.click("#Display label:has-text('Sans')")
    page.goto(reader.url + "handbook/")

    style = "getComputedStyle(document.body)"
    assert page.evaluate(f"{style}.backgroundColor") == "rgb(24, 23, 21)"
    assert page.evaluate(f"{style}.fontFamily").startswith("system-ui")
    page.click("[popovertarget=Display]")
    assert page.is_checked("#Display input[value=dark]")


def test_an_added_block_gets_its_button(kit):
    kit.evaluate(
        "document.querySelector('article').insertAdjacentHTML('beforeend', '<div class=code id=late><pre><code>x</code></pre></div>')"
    )
    kit.wait_for_selector("#late > .copy")


def test_what_a_morph_takes_away_comes_back(kit):
    kit.click("[popovertarget=Display]")
    kit.click("#Display label:has-text('Dark')")
    kit.evaluate("for (const name of ['class', 'data-theme']) document.documentElement.removeAttribute(name)")
    kit.evaluate("for (const each of document.querySelectorAll('.copy')) each.remove()")

    kit.wait_for_selector("html.js[data-theme=dark]")
    kit.wait_for_selector(".code > .copy")


def test_what_scrolls_can_be_reached_and_what_does_not_is_no_stop(reader):
    page = reader.open("handbook/kit/", width=360)
    page.wait_for_selector("pre[role=region]")
    boxes = page.evaluate(
        """() => [...document.querySelectorAll("article pre, article .tbl")].filter(each => each.offsetParent)
          .map(each => [each.scrollWidth > each.clientWidth + 1, each.tabIndex === 0, each.getAttribute("aria-label")])"""
    )
    names = [name for _, _, name in boxes if name]

    assert [box for box in boxes if box[0] != box[1]] == []
    assert len(names) == len(set(names)) > 5


def test_the_heading_being_read_is_marked(reader):
    page = reader.open("flask/foundations/")
    page.evaluate("document.getElementById('in-short').scrollIntoView()")
    expect(page.locator("#Toc a[href='#in-short'][aria-current]")).to_be_visible()
    expect(page.locator("#Toc [aria-current]")).to_have_count(1)


def test_the_contents_open_as_a_drawer_and_close_with_escape(reader):
    page = reader.open("flask/foundations/", width=360)
    assert not page.is_visible("#Contents")
    page.click("[popovertarget=Contents]")
    expect(page.locator("#Contents a[aria-current=page]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#Contents")).to_be_hidden()
    expect(page.locator("[popovertarget=Contents]:focus")).to_have_count(1)


def test_everything_can_be_read_without_scripts(reader):
    page = reader.open("handbook/kit/", java_script_enabled=False)
    assert page.is_visible("#Contents")
    assert page.is_visible("#Toc")
    assert not page.is_visible("[popovertarget=Display]")
    page.locator(".tabs label", has_text="Windows").click()
    assert page.is_visible("section[aria-label=Windows]")
    page.locator("summary", has_text="Solution").click()
    assert page.is_visible("text=title.startswith")
    page.locator(".views label", has_text="Difference").click()
    assert page.is_visible(".v3")


def test_without_scripts_the_drawer_opens_on_a_small_screen(reader):
    page = reader.open("flask/foundations/", width=360, java_script_enabled=False)
    page.click("[popovertarget=Contents]")
    expect(page.locator("#Contents a[aria-current=page]")).to_be_visible()


def test_paper_shows_the_text_alone_with_everything_open(reader):
    page = reader.open("handbook/kit/")
    page.emulate_media(media="print")
    hidden = [".bar", "#Contents", "#Toc", ".copy", ".views", ".tabs > fieldset", ".pager"]
    assert [name for name in hidden if page.locator(name).first.is_visible()] == []
    assert page.is_visible("section[aria-label=Windows]")
    assert page.locator("text=title.startswith").last.is_visible()
    assert (page.is_visible(".v1"), page.is_visible(".v2")) == (True, False)


def test_paper_shows_each_file_once(reader):
    page = reader.open("flask/first-application/")
    page.emulate_media(media="print")
    assert [
        name
        for name in (".step details", ".tutorial-foot", ".download")
        if page.locator(name).first.is_visible()
    ] == []
    assert page.locator(".step > pre").first.is_visible()
    assert page.locator("article > details > :not(summary)").first.is_visible()


PAGES_OF_THE_TUTORIAL = (
    "flask/",
    "flask/what-flask-is/",
    "flask/foundations/",
    "flask/installation/",
    "flask/first-application/",
)


@pytest.mark.parametrize("path", PAGES_OF_THE_TUTORIAL)
def test_without_scripts_every_part_of_a_chapter_can_be_reached(path, reader):
    """Texts, tabs, whole files, change views, the navigation and downloads."""
    page = reader.open(path, java_script_enabled=False)
    for summary in page.locator("article summary").all():
        box = summary.locator("xpath=..")
        if box.get_attribute("open") is None:
            summary.click()
        assert box.locator("> :not(summary)").first.is_visible()
    for group in page.locator(":is(.tabs, .code, figure):has(> fieldset, > figcaption fieldset)").all():
        labels = group.locator("> fieldset label, > figcaption fieldset label")
        shown = set()
        for label in labels.all():
            label.click()
            shown.add("|".join(group.locator("> :is(section, pre):visible").all_inner_texts()))
        assert len(shown) == labels.count()
    assert (
        page.locator("article pre:visible").count()
        == page.locator("article pre").count()
        - page.locator("article :is(.tabs, figure:has(fieldset)) pre:not(:visible)").count()
    )


def test_without_scripts_every_address_of_a_chapter_answers(reader):
    page = reader.open("flask/first-application/", java_script_enabled=False)
    addresses = [each.get_attribute("href") for each in page.locator("a[href]").all()]
    inside = sorted({href.split("#")[0] for href in addresses if ":" not in href} - {""})

    answers = {href: page.request.get(urljoin(page.url, href)).status for href in inside}
    assert len(inside) > 5
    assert {href: status for href, status in answers.items() if status != 200} == {}
