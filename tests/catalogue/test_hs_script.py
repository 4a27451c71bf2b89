"""HS: the preview's script is in the pages that are served, once, and in nothing that is built."""

import pytest

from servedsite import TAG, ServedSite
from sitebuilder import Site, tree

PAGES = {
    "plain.md": "# Plain\n",
    "code.md": "# Code\n\n```html\n<head></head><body></body>\n```\n\n`<head>`\n",
    "comment.md": "# Comment\n\n<!-- <head> </body> -->\n\nText.\n",
    "raw.md": "# Raw\n\n<div title='</body><head>'>Text</div>\n",
    "huge.md": "# Huge\n\n" + "A paragraph of some *length*.\n\n" * 8_000,
}

TEMPLATES = {
    "bare.html": "{{ page.html }}",
    "headless.html": "<!doctype html><title>{{ page.title }}</title>{{ page.html }}",
    "xhtml.html": '<?xml version="1.0"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml">\n'
    "<head><title>{{ page.title }}</title></head>\n<body>{{ page.html }}</body></html>\n",
    "tricky.html": '<!doctype html><!-- <head> --><html data-x="<head>"><head data-y=">"><title>T</title></head>'
    "<body>{{ page.html }}</body></html>",
}


@pytest.fixture(name="site")
def fixture_site(tmp_path):
    site = Site(tmp_path / "site").config("url: https://example.org/docs/\n")
    site.page("index.md", "# Home\n").page("data.json", "{}\n").page("feed.xml", "<a><head></head></a>\n")
    for name, text in PAGES.items():
        site.page(name, text)
    for name, text in TEMPLATES.items():
        site.write(f"theme/templates/{name}", text)
        site.page(f"with-{name[:-5]}.md", f"---\ntitle: T\ntemplate: {name}\n---\n\nText.\n")
    return site


def test_hs_21_the_script_stands_once_in_each_page_and_in_nothing_that_is_built(site):
    built = site.build(drafts=True).clean().tree()
    assert not any(b"-octavo" in data for data in built.values())

    with ServedSite(site.root) as served:
        for output, data in built.items():
            url = output.removesuffix("index.html") if output.endswith("index.html") else output
            page = served.get(served.base + url)

            assert page.status == 200
            assert len(TAG.findall(page.body)) == output.endswith(".html"), output
            assert data == page.plain, output
    assert built == tree(site.out)
