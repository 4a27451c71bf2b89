"""Fixtures that all tests share."""

import copy
import os
import shutil

import pytest
from hypothesis import HealthCheck, settings

import octavo.render
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


@pytest.fixture(name="_templates_read_once", scope="session", autouse=True)
def fixture_templates_read_once():
    """Look at the templates of a theme once in each process: most of what a small first build costs.

    Both functions are pure, and are called for every theme that differs in a single character.
    """
    with pytest.MonkeyPatch.context() as patch:
        for function in (octavo.render.check_templates, octavo.render.template_closures):
            patch.setattr(octavo.render, function.__name__, _once_for_each_theme(function))
        yield


def _once_for_each_theme(function):
    known = {}

    def give(theme):
        if theme.templates not in known:
            known[theme.templates] = function(theme)
        return copy.copy(known[theme.templates])

    return give


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
