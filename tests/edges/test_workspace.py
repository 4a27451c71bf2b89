"""The site folder as the engine sees it."""

import os

import pytest

from octavo.digest import digest_bytes
from octavo.edges.workspace import DiskWorkspace, find_site_root
from octavo.errors import EnvironmentFault, UsageError


@pytest.fixture(name="root")
def fixture_root(tmp_path):
    root = tmp_path / "site"
    for path, data in {
        "site.yaml": b"title: x\n",
        "content/a.md": b"# A\n",
        "content/img/x.svg": b'<svg width="3" height="4">',
        "theme/templates/_macros.html": b"m",
        "theme/assets/a.css~": b"junk",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def test_content_theme_includes_and_images_are_read(root):
    workspace = DiskWorkspace(str(root))

    scan = workspace.scan_content("content", {}, 0, [])
    assert {key: stamp.digest for key, stamp in scan.stamps.items()} == {
        "a.md": digest_bytes(b"# A\n"),
        "img/x.svg": digest_bytes(b'<svg width="3" height="4">'),
    }
    assert workspace.scan_theme("theme") == ({"templates/_macros.html": b"m"}, ())
    assert workspace.read_bytes("content/a.md") == b"# A\n"
    assert workspace.read_include("content/a.md") == ("# A\n", "")
    assert workspace.image_size("content/img/x.svg") == (3, 4)
    assert workspace.absolute("content/a.md") == os.path.realpath(root / "content/a.md")
    assert workspace.git_facts("content").dates == {}


def test_the_site_folder_may_be_the_content_and_the_excluded_are_left_out(root):
    (root / "public").mkdir()
    (root / "public/index.html").write_bytes(b"x")

    scan = DiskWorkspace(str(root)).scan_content(".", {}, 0, ["public", str(root / "theme")])

    assert list(scan.stamps) == ["content/a.md", "content/img/x.svg", "site.yaml"]


def test_a_content_folder_that_is_missing_or_leads_out_is_wrong_usage(root):
    workspace = DiskWorkspace(str(root))
    (root.parent / "other").mkdir()
    (root / "linked").symlink_to("../other")

    with pytest.raises(UsageError, match="there is no content folder `missing`"):
        workspace.scan_content("missing", {}, 0, [])
    for folder in ("linked", "../other"):
        with pytest.raises(UsageError, match="leads out of the site folder"):
            workspace.scan_content(folder, {}, 0, [])
    with pytest.raises(UsageError, match="there is no theme folder `missing`"):
        workspace.scan_theme("missing")


def test_a_theme_must_not_reach_out_of_its_site(root):
    (root.parent / "secret.html").write_bytes(b"s")
    (root / "theme/templates/base.html").symlink_to("../../../secret.html")

    files, diagnostics = DiskWorkspace(str(root)).scan_theme("theme")

    assert "templates/base.html" not in files
    assert [(item.code, item.location.file) for item in diagnostics] == [
        ("outside-link", "theme/templates/base.html")
    ]


def test_the_site_folder_is_found_from_below_and_through_a_link(root, tmp_path, monkeypatch):
    """CF-11: the same result wherever the command is run."""
    (tmp_path / "way").symlink_to("site/content")
    for folder in (root, root / "content/img", tmp_path / "way"):
        monkeypatch.chdir(folder)
        assert find_site_root() == os.path.realpath(root)
    monkeypatch.chdir(tmp_path)
    assert find_site_root("site/site.yaml") == os.path.realpath(root)


def test_a_working_folder_that_is_gone_is_said(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    os.rmdir(tmp_path / "gone")

    with pytest.raises(EnvironmentFault, match="the working folder is gone"):
        find_site_root()
