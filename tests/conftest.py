"""Fixtures that all tests share."""

import pytest

from sitebuilder import Site


@pytest.fixture(name="site")
def fixture_site(tmp_path):
    """An empty site in a folder of its own, with a title."""
    return Site(tmp_path / "site").write("site.yaml", "title: Test site\n")
