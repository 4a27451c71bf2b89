"""Octavo's own site, built once, and a reader for it."""

import shutil

import pytest

from sitebuilder import Site
from themebrowser import ROOT, Reader, Served


@pytest.fixture(name="built", scope="session")
def fixture_built(tmp_path_factory):
    """Octavo's own site with the theme of this checkout."""
    root = tmp_path_factory.mktemp("own") / "site"
    shutil.copytree(ROOT / "content", root / "content")
    shutil.copy(ROOT / "site.yaml", root / "site.yaml")
    return Site(root).build().clean()


@pytest.fixture(name="address", scope="session")
def fixture_address(built):
    """Where it is served."""
    with Served(str(built.out)) as served:
        yield served.url


@pytest.fixture(name="reader")
def fixture_reader(browser, built, address):
    """Whoever reads it, with nothing of what others stored."""
    reader = Reader(browser, address, built.out)
    yield reader
    reader.close()
