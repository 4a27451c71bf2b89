"""Whole small sites against the `<main>` of every page; `make golden` rewrites what is expected.

Only `main` is compared: a change of the page's frame is not a thousand-line difference. A file in `expected/` that no
page stands for is a failure, and so is a page without one.
"""

import os
import shutil
from pathlib import Path

import pytest

from sitebuilder import Site

HERE = Path(__file__).parent
CASES = sorted(path.parent.name for path in HERE.glob("*/site.yaml"))


def mains(site: Site) -> dict[str, str]:
    """Give the `main` of every page by its output, `index.html` left out of the name."""
    pages = {}
    for path in site.tree():
        if path.endswith(".html") and "<main" in site.html(path):
            name = path.removesuffix("index.html").strip("/") or "home"
            pages[name.replace("/", "__").removesuffix(".html") + ".html"] = site.main(path) + "\n"
    return pages


def test_there_are_cases():
    assert len(CASES) >= 3


@pytest.mark.parametrize("case", CASES)
def test_main_of_every_page_is_as_expected(tmp_path, case):
    shutil.copytree(HERE / case, tmp_path / case, ignore=shutil.ignore_patterns("expected"))
    site = Site(tmp_path / case).build().clean()
    folder = HERE / case / "expected"
    actual = mains(site)
    if os.environ.get("OCTAVO_GOLDEN") == "overwrite":
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, text in actual.items():
            (folder / name).write_text(text, encoding="utf-8")
    expected = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.html"))}

    assert sorted(expected) == sorted(actual)
    for name, text in actual.items():
        assert expected[name] == text, f"{case}/expected/{name}"
