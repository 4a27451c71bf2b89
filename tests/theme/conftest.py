"""Octavo's own site, built once, and a browser to read it with."""

import os
import shutil

import pytest

from sitebuilder import Site
from themebrowser import ARGUMENTS, CHROMIUM, ROOT, Reader, Served


@pytest.fixture(name="built", scope="session")
def fixture_built(tmp_path_factory):
    """Octavo's own site with the theme of this checkout."""
    root = tmp_path_factory.mktemp("own") / "site"
    shutil.copytree(ROOT / "content", root / "content")
    shutil.copy(ROOT / "site.yaml", root / "site.yaml")
    return Site(root).build().clean()


@pytest.fixture(name="browser", scope="session")
def fixture_browser():
    if not os.path.exists(CHROMIUM):
        pytest.skip("there is no Chromium here")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(name="reader")
def fixture_reader(browser, built):
    with Served(str(built.out)) as served:
        reader = Reader(browser, served.url, built.out)
        yield reader
        reader.close()
