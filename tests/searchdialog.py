"""The search dialog as tests use it: open it, type, and see what stands there; and sites to search in."""

import contextlib
import re

from playwright.sync_api import expect

from octavo.edges.search_index import PagefindIndexer
from sitebuilder import Site
from themebrowser import Reader, Served
from waiting import wait_until


def search(page, text):
    """Open the dialog and type."""
    page.keyboard.press("Control+k")
    page.wait_for_selector("#Find input:focus")
    page.keyboard.type(text)
    settle(page)


def settle(page):
    """Wait until the answer is whole: not the first one, of titles alone."""
    expect(page.locator("#Find [role=status]")).not_to_have_text("Searching the whole text…")


def wait_for_status(page, start):
    expect(page.locator("#Find [role=status]")).to_have_text(re.compile(f"^{start}"))


def wait_for_marks(page):
    """Wait until words are marked: they are in no element, and the policy refuses functions that wait in the page."""
    wait_until(lambda: found_words(page))


def status(page):
    return page.inner_text("#Find [role=status]")


def complain(page, said):
    if said.type == "error" and not said.location["url"].endswith("favicon.ico"):
        page.complaints.append(f"{said.text} {said.location['url']}")


def options(page):
    return [text.replace("\n", " ") for text in page.locator("#Find [role=option]").all_inner_texts()]


def chosen(page):
    """Give the text of the chosen option; the field must name the same one."""
    (option,) = page.locator("#Find [aria-selected=true]").all()
    assert option.get_attribute("id") == page.get_attribute("#Find input", "aria-activedescendant")
    return option.inner_text().split("\n")[0]


def found_words(page):
    return page.evaluate("() => [...(CSS.highlights.get('found') ?? [])].map(String)")


def build(root, language, **pages):
    site = Site(root).config(f"language: {language}\nvalidation: {{links: off}}\n")
    for name, text in pages.items():
        site.page(f"{name}.md", text)
    return site.build(indexer=PagefindIndexer()).clean()


@contextlib.contextmanager
def visits(browser):
    """Give what opens pages of sites over http; what a page asks for and complains of is kept beside it."""
    with contextlib.ExitStack() as stack:

        def open_page(site, path="", **settings):
            served = stack.enter_context(Served(str(site.out)))
            reader = Reader(browser, served.url, site.out)
            stack.callback(reader.close)
            page = reader.open(path, **settings)
            page.complaints = []
            page.asked = []
            page.on("console", lambda said: complain(page, said))
            page.on("pageerror", lambda fault: page.complaints.append(str(fault)))
            page.on("response", lambda answer: page.asked.append(answer))  # noqa: PLW0108 - it must have attributes
            return page

        yield open_page
