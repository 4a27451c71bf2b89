"""An incremental build gives what a clean build gives: the promise that everything else stands on."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from octavo.edges.search_index import PagefindIndexer
from octavo.engine.ports import SearchIndexer
from sitebuilder import UNINDEXED, Site, tree

sys.path.insert(0, os.path.dirname(__file__))
from randomsite import RandomAuthor

EDITS = 25
CI_SEEDS = range(8)
ALL_SEEDS = range(8, 40)


def run_script(folder: Path, seed: int, *, edits: int = EDITS, indexer: SearchIndexer = UNINDEXED) -> None:
    """Make random edits; after each, the incremental site equals one built from nothing."""
    site = Site(folder / "site")
    author = RandomAuthor(site, seed)
    author.start()
    site.build(indexer=indexer)
    assert site.report.published, site.messages()
    for _ in range(edits):
        author.edit()
        before = site.tree()
        site.build(indexer=indexer)
        fresh = folder / "fresh"
        shutil.copytree(site.root, fresh, ignore=shutil.ignore_patterns("_site", ".octavo"))
        clean = Site(fresh).build(indexer=indexer)

        story = "\n".join(author.log)
        assert clean.messages() == site.messages(), story
        assert clean.report.published == site.report.published, story
        if site.report.published:
            expected, actual = clean.tree(), site.tree()
            assert sorted(expected) == sorted(actual), story
            assert sorted(actual) == (site.out / ".octavo-outputs").read_text("utf-8").splitlines(), story
            assert [path for path in expected if expected[path] != actual[path]] == [], story
            spare = site.root / ".octavo/cache/octavo-spare"
            assert (spare / ".octavo-generation").is_file()
        else:
            assert before == site.tree(), story
        shutil.rmtree(fresh)


@pytest.mark.parametrize("seed", CI_SEEDS)
def test_incremental_equals_clean_after_each_of_25_random_edits(tmp_path, seed):
    run_script(tmp_path, seed)


@pytest.mark.parametrize("seed", [100, 101])
def test_so_it_does_with_the_search_index(tmp_path, seed):
    run_script(tmp_path, seed, edits=12, indexer=PagefindIndexer())


@pytest.mark.slow
@pytest.mark.parametrize("seed", ALL_SEEDS)
def test_incremental_equals_clean_after_each_of_25_more_random_edits(tmp_path, seed):
    run_script(tmp_path, seed)


def test_deleting_the_cache_changes_nothing(tmp_path):
    site = Site(tmp_path / "site")
    RandomAuthor(site, 1).start()
    first = site.build().tree()

    again = site.forget().build()

    assert again.report.published
    assert first == again.tree()


def test_serial_equals_pool(tmp_path):
    trees = []
    for jobs in (1, 2):
        site = Site(tmp_path / f"jobs-{jobs}")
        RandomAuthor(site, 2).start()
        for number in range(120):
            site.page(f"many/page-{number}.md", f"# Page {number}\n\n[next](page-{number + 1}.md)\n")
        site.build(jobs=jobs)
        assert site.report.published
        trees.append((site.tree(), site.messages()))

    assert trees[0] == trees[1]


def test_spare_and_live_hold_neighbouring_sites(tmp_path):
    """The spare is the site before: that is what makes the next build cost what changed."""
    site = Site(tmp_path / "site")
    RandomAuthor(site, 3).start()
    before = site.build().tree()
    site.edit("about.md", "See", "Look at").build()

    assert before == tree(site.root / ".octavo/cache/octavo-spare")
