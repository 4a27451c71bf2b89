"""PA-03, IN-01 to IN-03: no path gets out of its folder."""

import os

import pytest

from octavo.edges.contain import contain


@pytest.mark.parametrize("path", ["a.md", "sub/../a.md", ".", "", "sub/missing/x", "..a", "...", "a\nb"])
def test_a_path_below_the_root_is_contained(tmp_path, path):
    (tmp_path / "sub").mkdir()

    assert contain(str(tmp_path), path) == os.path.realpath(tmp_path / path)


@pytest.mark.parametrize(
    "path", ["..", "../x", "sub/../../x", "/etc/passwd", "/proc/self/environ", "a\0b", "/"]
)
def test_a_path_above_or_beside_the_root_is_outside(tmp_path, path):
    assert contain(str(tmp_path), path) is None


def test_a_folder_whose_name_only_begins_like_the_root_is_outside(tmp_path):
    """CVE-2026-46338: `docs_secret` begins with `docs`."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs_secret").mkdir()

    assert contain(str(tmp_path / "docs"), "../docs_secret/x") is None


def test_a_link_is_judged_by_where_it_leads(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside").mkdir()
    (root / "out").symlink_to("../outside")
    (root / "inside").mkdir()
    (root / "in").symlink_to("inside")

    assert contain(str(root), "out/x") is None
    assert contain(str(root), "in/x") == str(root.resolve() / "inside" / "x")


def test_a_root_that_is_itself_a_link_contains_what_it_leads_to(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "root").symlink_to("real")

    assert contain(str(tmp_path / "root"), "x") == str(tmp_path.resolve() / "real" / "x")


def test_a_link_in_a_circle_raises_nothing(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")

    assert contain(str(tmp_path), "a/../../x") in {None, str(tmp_path.resolve() / "x")}
