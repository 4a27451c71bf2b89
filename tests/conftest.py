"""Fixtures that all tests share."""

import os
import shutil

import pytest
from hypothesis import HealthCheck, settings

from sitebuilder import Site
from waiting import PATIENCE

NAMES = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

# How long an example takes is no property that is tested here; a busy machine is slow.
settings.register_profile(
    "patient", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")


@pytest.fixture(name="site")
def fixture_site(tmp_path):
    """An empty site in a folder of its own, with a title."""
    return Site(tmp_path / "site").write("site.yaml", "title: Test site\n")


@pytest.fixture(name="environments", scope="session")
def fixture_environments(tmp_path_factory):
    """The folder in which all tested sites have their environments, those of all workers of pytest-xdist too."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "environments"


@pytest.fixture(name="launch", scope="session")
def fixture_launch():
    """Start a browser of the system, with further switches; without one, that is a fault where all is to be checked."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing = f"there is none of these browsers here: {', '.join(NAMES)}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 - most tests need no browser

    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as started:
        launch = started.chromium.launch
        yield lambda *switches: launch(executable_path=path, args=[*SWITCHES, *switches])


@pytest.fixture(name="browser", scope="session")
def fixture_browser(launch):
    """A browser without a window."""
    browser = launch()
    yield browser
    browser.close()
