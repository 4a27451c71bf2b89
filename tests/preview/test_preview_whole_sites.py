"""Whole sites over HTTP: every address answers with the bytes of `build --drafts`, less the script."""

import shutil
from pathlib import Path
from urllib.parse import quote

import pytest

from servedsite import ServedSite
from shared_corpora import shared_path
from sitebuilder import Site

ROOT = Path(__file__).resolve().parents[2]


def compare(site):
    """Ask for every output of a build; gives how many there were."""
    built = site.build(drafts=True, jobs=2)
    assert built.report.published, built.messages()
    expected = built.tree()
    with ServedSite(site.root) as served:
        for output, data in expected.items():
            url = output.removesuffix("index.html") if output.endswith("index.html") else output
            page = served.get(served.base + quote(url))

            assert page.status == 200, output
            assert data == page.plain, output
    return len(expected)


def test_our_own_site_is_served_as_it_is_built(tmp_path):
    for name in ("content", "theme"):
        shutil.copytree(ROOT / name, tmp_path / "site" / name)
    shutil.copy(ROOT / "site.yaml", tmp_path / "site")

    assert compare(Site(tmp_path / "site")) > 40


@pytest.mark.parametrize("name", ["rust-by-example", "vitepress"])
def test_a_corpus_is_served_as_it_is_built(tmp_path, name):
    corpus = shared_path(f"corpora/{name}")
    shutil.copytree(corpus, tmp_path / "site/content")

    assert compare(Site(tmp_path / "site").config("")) > 40
