"""A preview over real files and real events: saves, storms, lost roots, branches. It ends as a cold build begins."""

import os
import shutil
import subprocess
import sys

import pytest

from editor_saves import SAVES
from provensite import prove
from runningpreview import RunningPreview
from sitebuilder import Site


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "site").config("url: https://example.org/\n")
    site.page("index.md", "---\ntitle: Home\n---\n\nWelcome.\n")
    for number in range(5):
        site.page(f"guide/page-{number}.md", f"---\ntitle: Page {number}\n---\n\nText {number}.\n")
    return site


def cold(site, folder):
    """Build a copy of the site from nothing, drafts too."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(site.root, folder, ignore=shutil.ignore_patterns("_site", ".octavo", ".git"))
    return Site(folder).build(drafts=True).tree()


def assert_equals_cold(preview, site, folder):
    served = preview.served()
    served.pop(".octavo-outputs", None)
    expected = cold(site, folder)

    assert sorted(expected) == sorted(served)
    assert [name for name in expected if expected[name] != served[name]] == []


def test_a_proof_that_is_written_reaches_the_page_by_its_event(site):
    """The folder of proofs does not exist when the preview begins, and is watched as soon as it does."""
    site.page("guide/index.md", "---\ntutorial:\n---\n\n# Guide\n")
    site.page("guide/page-1.md", "# Page 1\n\n```console\n$ ls\n```\n")
    with RunningPreview(site.root) as preview:
        assert 'data-state="none"' in preview.page("guide/page-1/")
        for _ in range(2):
            prove(site, "guide/page-1.md")
            preview.wait_for_page("guide/page-1/", 'data-state="verified"')
            site.edit("guide/page-1.md", "$ ls", "$ ls -a")
            preview.wait_for_page("guide/page-1/", 'data-state="stale"')

        assert preview.notes == []


@pytest.mark.parametrize("save", SAVES, ids=lambda save: getattr(save, "__name__", str(save)))
def test_every_way_to_save_is_one_rebuild_with_the_right_content(site, tmp_path, save):
    path = site.root / "content/guide/page-1.md"
    with RunningPreview(site.root) as preview:
        before = preview.page("guide/page-1/")

        with preview.kept_busy():  # a machine that stops in the middle of a save would make two of it
            SAVES[save](path, b"---\ntitle: Page 1\n---\n\nA text from an editor.\n")
        preview.wait_for_page("guide/page-1/", "A text from an editor.")
        preview.settle()

        assert "Text 1." in before
        assert [("content/guide/page-1.md",)] == [item.files for item in preview.changes]
        assert_equals_cold(preview, site, tmp_path / "cold")


def test_each_save_is_one_rebuild_with_one_page(site):
    with RunningPreview(site.root) as preview:
        for number in range(20):
            with preview.kept_busy():
                site.page("guide/page-2.md", f"---\ntitle: Page 2\n---\n\nEdition {number}.\n")
            preview.wait_for_page("guide/page-2/", f"Edition {number}.")
        preview.settle()

        assert 20 == len(preview.changes)
        assert {1} == {item.pages for item in preview.changes}


STORM = """
import os, sys
root, files, editions = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for number in range(files):
    path = f"{root}/storm/part-{number % 40}/file-{number}.txt"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    for edition in range(editions):
        with open(path, "w") as file:
            file.write(str(edition))
"""


def storm(site, files, events):
    """Let another process write many files, some again and again, so that about this many events come."""
    editions = str(max(1, events // files // 3))
    command = [sys.executable, "-c", STORM, str(site.root / "content"), str(files), editions]
    subprocess.run(command, check=True, timeout=120)


def run_storm(site, tmp_path, files, events):
    with RunningPreview(site.root) as preview:
        storm(site, files, events)
        preview.wait(lambda: len(preview.changes) >= 1)
        preview.settle()

        assert 1 <= len(preview.changes) <= 3
        assert files == sum(
            job.source.startswith("storm/") for job in preview.session.generation.jobs.values()
        )
        assert_equals_cold(preview, site, tmp_path / "cold")


def test_a_storm_of_10_000_events_is_three_rebuilds_at_most(site, tmp_path):
    run_storm(site, tmp_path, 1_000, 10_000)


@pytest.mark.slow
def test_a_storm_of_100_000_events_is_three_rebuilds_at_most(site, tmp_path):
    run_storm(site, tmp_path, 4_000, 100_000)


def test_a_content_folder_that_is_removed_and_made_again_is_shown_again(site, tmp_path):
    content = site.root / "content"
    with RunningPreview(site.root) as preview:
        preview.page("")
        shutil.move(content, tmp_path / "away")
        preview.wait(lambda: bool(preview.session.fault))

        assert "Welcome." in preview.page("")
        assert b"there is no content folder" in preview.desk.problems("/")

        shutil.copytree(tmp_path / "away", content)
        preview.wait(lambda: not preview.session.fault)
        site.page("guide/page-3.md", "# Page 3\n\nAfter the return.\n")
        preview.wait_for_page("guide/page-3/", "After the return.")

        assert_equals_cold(preview, site, tmp_path / "cold")


def git(root, *words):
    settings = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", *settings, *words], cwd=root, check=True, capture_output=True, env=environment)


def test_switching_branches_is_one_consistent_site_each_time(site, tmp_path):
    git(site.root, "init")
    site.write(".gitignore", ".octavo/\n_site/\n")
    git(site.root, "add", ".")
    git(site.root, "commit", "-m", "one")
    git(site.root, "switch", "-c", "other")
    site.remove("guide/page-4.md").edit("guide/page-1.md", "title: Page 1", "title: Other")
    site.page("more/new.md", "# New\n")
    site.config("url: https://example.org/\ndescription: Another\n")
    git(site.root, "add", ".")
    git(site.root, "commit", "-m", "two")
    git(site.root, "switch", "main")
    with RunningPreview(site.root) as preview:
        for branch, text in (("other", "Other"), ("main", "Page 4"), ("other", "Other")):
            before = len(preview.changes)
            git(site.root, "switch", branch)
            preview.wait_for_page("guide/page-0/", text)
            preview.settle()

            assert len(preview.changes) - before <= 3
            assert_equals_cold_in_git(preview, site, tmp_path / "cold")


def assert_equals_cold_in_git(preview, site, folder):
    """Compare with a build of a clone, whose dates are the same."""
    served = preview.served()
    served.pop(".octavo-outputs", None)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(site.root, folder, ignore=shutil.ignore_patterns("_site", ".octavo"))
    expected = Site(folder).build(drafts=True).tree()

    assert [name for name in expected.keys() | served.keys() if expected.get(name) != served.get(name)] == []


def test_a_commit_alone_brings_the_dates_that_pages_show(site):
    git(site.root, "init")
    site.write(".gitignore", ".octavo/\n_site/\n")
    with RunningPreview(site.root) as preview:
        assert "<time" not in preview.page("guide/page-1/")

        git(site.root, "add", ".")
        git(site.root, "commit", "-m", "one")

        preview.wait_for_page("guide/page-1/", "<time")


def test_an_included_file_outside_the_content_is_watched(site):
    site.write("snippets/part.md", "First edition.\n").page(
        "guide/page-0.md", "# P\n\n::: include /snippets/part.md\n"
    )
    with RunningPreview(site.root) as preview:
        assert "First edition." in preview.page("guide/page-0/")

        (site.root / "snippets/part.md").write_text("Second edition.\n")
        preview.wait_for_page("guide/page-0/", "Second edition.")

        assert [("snippets/part.md",)] == [item.files for item in preview.changes]


def test_a_theme_that_appears_is_taken_up(site):
    with RunningPreview(site.root) as preview:
        preview.page("guide/page-0/")
        with preview.kept_busy():
            site.write(
                "theme/templates/page.html",
                '{% extends "bundled/page.html" %}{% block pager %}Mine{% endblock %}\n',
            )
        preview.wait_for_page("guide/page-0/", "Mine")

        with preview.kept_busy():
            site.write("theme/assets/css/extra.css", "p { color: red }\n")
        preview.wait(lambda: len(preview.changes) == 2)

        assert any("extra" in output for output in preview.session.generation.jobs)

        assert [("theme/",), ("theme/",)] == [item.files for item in preview.changes]


def test_site_yaml_that_is_broken_and_mended_leaves_the_site_as_it_was(site):
    with RunningPreview(site.root) as preview:
        before = preview.page("guide/page-0/")
        site.write("site.yaml", "titel: Test site\n")
        preview.wait(lambda: bool(preview.session.fault))
        preview.wait(lambda: len(preview.changes) == 1)
        assert before.split("</script>", 1)[1] == preview.page("guide/page-0/").split("</script>", 1)[1]

        site.config("url: https://example.org/\n")
        preview.wait(lambda: len(preview.changes) == 2)

        assert not preview.session.fault
        assert b"[]" == preview.desk.problems("/guide/page-0/")


def test_by_polling_a_save_is_seen_too(site):
    with RunningPreview(site.root, poll=True) as preview:
        site.page("guide/page-1.md", "# Page 1\n\nSeen without events.\n")

        preview.wait_for_page("guide/page-1/", "Seen without events.")


class DeafWatcher:
    """Watches where no events come."""

    def watch(self, _folders):
        return True

    def check(self):
        pass


class LateWatcher(DeafWatcher):
    """Tells of a change right before it would be judged that nobody does."""

    def __init__(self, loop, path):
        self.loop = loop
        self.path = path
        self.has_told = False

    def check(self):
        if self.loop._suspected_at is not None:
            self.loop.hint(self.path)
            self.has_told = True


def test_a_change_that_an_event_told_of_late_is_no_sign_of_deafness(site):
    """A comparison may be a moment ahead of the event."""
    with RunningPreview(site.root) as preview:
        preview.wait(lambda: preview.loop._is_proven)
        preview.loop._watcher.close()
        late = LateWatcher(preview.loop, str(site.root / "content/guide/page-1.md"))
        preview.loop._watcher = late
        site.page("guide/page-1.md", "# Page 1\n\nTold late.\n")
        preview.wait(lambda: late.has_told and preview.loop._suspected_at is None)

        assert not preview.loop._polls
        assert [] == preview.notes


def test_a_change_that_comes_without_an_event_turns_polling_on_and_says_so_once(site):
    with RunningPreview(site.root) as preview:
        preview.wait(lambda: preview.loop._is_proven)
        preview.loop._watcher.close()
        preview.loop._watcher = DeafWatcher()
        site.page("guide/page-1.md", "# Page 1\n\nNobody told.\n")
        preview.wait_for_page("guide/page-1/", "Nobody told.")
        preview.wait(lambda: bool(preview.notes))
        site.page("guide/page-2.md", "# Page 2\n\nNobody told again.\n")
        preview.wait_for_page("guide/page-2/", "Nobody told again.")

        assert 1 == sum("without an event" in note for note in preview.notes)
