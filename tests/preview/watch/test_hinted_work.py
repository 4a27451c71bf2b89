"""WA-05, WA-10: how much a scan looks at, and how the comparison of everything gives way to an edit."""

import os

import pytest

from octavo.digest import digest_bytes
from octavo.edges.hinted import MAX_PATHS, HintedWorkspace
from octavo.edges.workspace import DiskWorkspace


class CountingDisk(DiskWorkspace):
    """Counts full scans; what is in `at_name` is done once that many names have been seen."""

    def __init__(self, root):
        super().__init__(root)
        self.full_scans = 0
        self.names_left = -1
        self.at_name = None

    def examine_content(self, *arguments, check=None):
        self.full_scans += 1

        def watching():
            self.names_left -= 1
            if self.names_left == 0:
                self.at_name()
            if check is not None:
                check()

        return super().examine_content(*arguments, check=watching)


@pytest.fixture(name="disk")
def fixture_disk(tmp_path):
    root = tmp_path.resolve() / "site"
    for folder in ("a", "b", "c"):
        (root / "content" / folder).mkdir(parents=True)
        for number in range(10):
            (root / "content" / folder / f"{number}.md").write_bytes(b"text")
    (root / "theme").mkdir()
    (root / "theme" / "theme.yaml").write_bytes(b"options: {}")
    (root / "site.yaml").write_bytes(b"title: T")
    return CountingDisk(str(root))


@pytest.fixture(name="workspace")
def fixture_workspace(disk):
    workspace = HintedWorkspace(disk)
    scan(workspace)
    disk.full_scans = 0
    return workspace


def scan(workspace, content_dir="content", exclude=()):
    return workspace.scan_content(content_dir, {}, 0, exclude)


def path_of(disk, name):
    return disk.absolute(f"content/{name}")


def write(disk, name, data):
    os.makedirs(os.path.dirname(path_of(disk, name)), exist_ok=True)
    with open(path_of(disk, name), "wb") as file:
        file.write(data)
    return path_of(disk, name)


@pytest.mark.parametrize(
    "name", ["a/5.md", "a/new.md", "first.md", "a/x~", "a/_draft.md", "_new/x/y.md", ".new/x.md"]
)
def test_a_hint_at_a_plain_file_needs_no_full_scan(disk, workspace, name):
    workspace.hint(write(disk, name, b"other"))

    assert DiskWorkspace(disk.absolute("")).scan_content("content", {}, 0, ()) == scan(workspace)
    assert 0 == disk.full_scans


@pytest.mark.parametrize(
    "name", ["new/x.md", "a/Über.md", "a/CON.md", "a/.env", "a/slides.key", "a/" + "x" * 252 + ".md"]
)
def test_a_hint_at_anything_else_leads_to_a_full_scan(disk, workspace, name):
    workspace.hint(write(disk, name, b"other"))

    assert DiskWorkspace(disk.absolute("")).scan_content("content", {}, 0, ()) == scan(workspace)
    assert (0 if name == "a/.env" else 1) == disk.full_scans


def test_an_edit_of_a_page_with_an_umlaut_needs_no_full_scan(disk, workspace):
    workspace.hint(write(disk, "a/Über.md", b"one"))
    scan(workspace)
    workspace.hint(write(disk, "a/Über.md", b"two"))

    assert digest_bytes(b"two") == scan(workspace).stamps["a/Über.md"].digest
    assert 1 == disk.full_scans


def test_hints_outside_the_content_cost_the_content_nothing(disk, workspace):
    for name in ("site.yaml", "theme/theme.yaml", ".git/HEAD", "contents/x.md"):
        workspace.hint(disk.absolute(name))
    before = scan(workspace)

    assert before is scan(workspace)
    assert 0 == disk.full_scans


@pytest.mark.parametrize("name", ["", "content"])
def test_a_hint_at_the_content_folder_or_above_it_leads_to_a_full_scan(disk, workspace, name):
    workspace.hint(disk.absolute(name))
    scan(workspace)

    assert 1 == disk.full_scans


def test_very_many_hints_lead_to_one_full_scan(disk, workspace):
    for number in range(MAX_PATHS + 5):
        workspace.hint(path_of(disk, f"a/{number}.md"))
    scan(workspace)
    scan(workspace)

    assert 1 == disk.full_scans


def test_no_hint_gives_the_same_object_and_looks_at_nothing(disk, workspace):
    before = scan(workspace)
    write(disk, "a/5.md", b"not hinted at")

    assert before is scan(workspace)
    assert 0 == disk.full_scans


def test_an_older_result_is_left_as_it_was(disk, workspace):
    before = scan(workspace)
    kept = dict(before.stamps)
    workspace.hint(write(disk, "a/5.md", b"other"))
    workspace.hint(write(disk, "a/new.md", b"new"))
    after = scan(workspace)

    assert kept == before.stamps
    assert before.stamps is not after.stamps


@pytest.mark.parametrize(("content_dir", "exclude"), [("content/a", ()), ("content", ("content/b",))])
def test_another_folder_or_another_exclusion_is_scanned_in_full(disk, workspace, content_dir, exclude):
    found = scan(workspace, content_dir, exclude)

    assert DiskWorkspace(disk.absolute("")).scan_content(content_dir, {}, 0, exclude) == found
    assert 1 == disk.full_scans


def test_a_hint_by_a_path_through_a_link_is_understood(disk, workspace, tmp_path):
    os.symlink(disk.absolute(""), tmp_path / "link")
    write(disk, "a/5.md", b"other")
    workspace.hint(str(tmp_path / "link" / "content" / "a" / "5.md"))

    assert digest_bytes(b"other") == scan(workspace).stamps["a/5.md"].digest


def test_verifying_finds_what_no_hint_told_with_one_full_scan(disk, workspace):
    write(disk, "a/5.md", b"other")

    assert True is workspace.verify()
    assert digest_bytes(b"other") == scan(workspace).stamps["a/5.md"].digest
    assert 1 == disk.full_scans
    assert False is workspace.verify()
    assert workspace.last_full_scan_seconds > 0


def test_verifying_gives_way_to_a_hint_within_a_name(disk, workspace):
    path = write(disk, "a/5.md", b"other")
    disk.names_left, disk.at_name = 12, lambda: workspace.hint(path)

    assert None is workspace.verify()
    assert 0 == disk.names_left
    assert digest_bytes(b"other") == scan(workspace).stamps["a/5.md"].digest
    assert 1 == disk.full_scans


def test_verifying_does_not_begin_while_a_hint_waits_or_before_the_first_scan(disk, workspace):
    workspace.hint(None)

    assert None is workspace.verify()
    assert 0 == disk.full_scans
    assert None is HintedWorkspace(disk).verify()


def test_a_scan_that_is_needed_does_not_give_way(disk, workspace):
    workspace.hint(None)
    path = write(disk, "a/5.md", b"other")
    disk.names_left, disk.at_name = 3, lambda: workspace.hint(path)

    assert digest_bytes(b"other") == scan(workspace).stamps["a/5.md"].digest


def test_verifying_sees_the_theme_the_configuration_and_included_texts(disk, workspace):
    workspace.scan_theme("theme")
    workspace.read_bytes("site.yaml")
    workspace.read_include("content/a/1.md")
    assert False is workspace.verify()
    for name in ("theme/theme.yaml", "theme/more.css", "site.yaml"):
        with open(disk.absolute(name), "wb") as file:
            file.write(b"title: Other")
        assert True is workspace.verify()
        # Whoever does not read it again is not told again.
        assert False is workspace.verify()


def test_what_an_abandoned_comparison_had_found_is_told_by_the_next(disk, workspace):
    workspace.read_bytes("site.yaml")
    with open(disk.absolute("site.yaml"), "wb") as file:
        file.write(b"title: Other")
    path = path_of(disk, "a/5.md")
    disk.names_left, disk.at_name = 12, lambda: workspace.hint(path)
    assert None is workspace.verify()
    scan(workspace)

    assert True is workspace.verify()


def test_a_content_folder_that_has_gone_is_something_that_differs(disk, workspace):
    os.rename(disk.absolute("content"), disk.absolute("away"))

    assert True is workspace.verify()


def test_the_theme_is_the_same_object_until_a_file_is_another(disk, workspace):
    before, _ = workspace.scan_theme("theme")
    assert before is workspace.scan_theme("theme")[0]
    os.utime(disk.absolute("theme/theme.yaml"))
    assert before is workspace.scan_theme("theme")[0]
    kept = dict(before)

    with open(disk.absolute("theme/theme.yaml"), "wb") as file:
        file.write(b"options: []")
    after, _ = workspace.scan_theme("theme")

    assert DiskWorkspace(disk.absolute("")).scan_theme("theme")[0] == after
    assert kept == before
    assert after != before


def test_the_theme_is_scanned_like_a_disk_workspace_does(disk, workspace):
    os.symlink("/nowhere", disk.absolute("theme/broken"))
    os.symlink("theme.yaml", disk.absolute("theme/linked.yaml"))
    os.mkfifo(disk.absolute("theme/pipe"))

    assert DiskWorkspace(disk.absolute("")).scan_theme("theme") == workspace.scan_theme("theme")
    assert DiskWorkspace(disk.absolute("")).scan_theme("no", required=False) == workspace.scan_theme(
        "no", required=False
    )
