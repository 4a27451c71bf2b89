"""CF-03 to CF-05: a build never replaces a folder that is not its own."""

import os

import pytest

from octavo.edges.trees import GENERATION_FILE, check_output_folder
from octavo.errors import UsageError


@pytest.fixture(name="root")
def fixture_root(tmp_path, monkeypatch):
    root = tmp_path / "home" / "work" / "site"
    (root / "content" / "flask").mkdir(parents=True)
    (root / "theme").mkdir()
    (root / ".git").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return root


def check(root, live):
    check_output_folder(str(root), "content", live, others=("theme",))


@pytest.mark.parametrize(
    ("live", "reason"),
    [
        (".", "it is the site folder or holds it"),
        ("..", "it is the site folder or holds it"),
        ("/", "it is the site folder or holds it"),
        ("../..", "it is the site folder or holds it"),
        ("content", "it is or holds the source folder `content`"),
        ("theme", "it is or holds the source folder `theme`"),
        ("content/flask", "it lies inside the source folder `content`"),
        ("content/new", "it lies inside the source folder `content`"),
        (".git", "it lies inside `.git` or `.octavo`"),
        (".git/x", "it lies inside `.git` or `.octavo`"),
        (".octavo/proofs", "it lies inside `.git` or `.octavo`"),
    ],
)
def test_a_folder_that_is_not_ours_to_replace_is_refused(root, live, reason):
    with pytest.raises(UsageError) as caught:
        check(root, live)

    assert caught.value.message == f"refusing to build into `{live}`: {reason}"
    assert caught.value.exit_code == 2


def test_the_home_folder_is_refused_from_elsewhere(root, tmp_path):
    site = tmp_path / "elsewhere"
    (site / "content").mkdir(parents=True)

    with pytest.raises(UsageError, match="it is your home folder or holds it"):
        check(site, str(tmp_path / "home"))


def test_a_content_folder_inside_the_output_is_refused(root):
    (root / "public/content").mkdir(parents=True)

    with pytest.raises(UsageError, match="it is or holds the source folder `public/content`"):
        check_output_folder(str(root), "public/content", "public")


def test_a_folder_with_a_repository_is_refused(root):
    (root / "_site/.git").mkdir(parents=True)

    with pytest.raises(UsageError, match="it holds a git repository"):
        check(root, "_site")


def test_a_link_is_judged_by_where_it_leads(root):
    (root / "_site").symlink_to("content")

    with pytest.raises(UsageError, match="it is or holds the source folder"):
        check(root, "_site")


def test_a_file_is_refused(root):
    (root / "_site").write_text("x")

    with pytest.raises(UsageError, match="it is not a folder"):
        check(root, "_site")


def test_files_of_somebody_else_are_kept(root):
    (root / "_site").mkdir()
    (root / "_site/thesis.tex").write_text("x")

    with pytest.raises(UsageError) as caught:
        check(root, "_site")

    assert caught.value.message == "the output folder `_site` is not empty and was not made by octavo"
    assert caught.value.hint.startswith("empty it, or choose another folder")
    assert os.listdir(root / "_site") == ["thesis.tex"]


def test_our_own_empty_and_missing_folders_are_fine(root):
    (root / "empty").mkdir()
    (root / "litter").mkdir()
    (root / "litter/.DS_Store").write_text("x")
    (root / "marked").mkdir()
    (root / "marked/index.html").write_text("x")
    (root / "marked" / GENERATION_FILE).write_text("g1")

    for live in ("missing", "empty", "litter", "marked", "_site", "../other", "content_site"):
        assert check(root, live) is None
