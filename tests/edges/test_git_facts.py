"""Dates from git: one pass, committed state only, no repository can make it run anything."""

import os
import subprocess
import sys

import pytest

from octavo.edges import gitfacts
from octavo.edges.gitfacts import git_facts, git_head


def git(folder, *arguments, when="2026-03-04T12:00:00Z"):
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_COMMITTER_DATE": when,
        "GIT_AUTHOR_DATE": "1999-01-01T00:00:00Z",
    }
    for role in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{role}_NAME": "A", f"GIT_{role}_EMAIL": "a@example.org"}
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, check=True)
    return done.stdout.decode().strip()


def commit(site, files, when):
    for path, text in files.items():
        target = site / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    git(site, "add", "--all")
    git(site, "commit", "--quiet", "--message", "change", when=when)


@pytest.fixture(name="site")
def fixture_site(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "site"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    return folder


def test_each_file_has_the_day_of_its_last_commit_in_utc(site):
    commit(site, {"content/a.md": "1", "content/b.md": "1", "README": "1"}, "2026-01-01T10:00:00Z")
    commit(site, {"content/a.md": "2", "content/sub/c.md": "1"}, "2026-02-01T23:30:00-05:00")

    facts = git_facts(str(site), "content")

    assert facts.dates == {"a.md": "2026-02-02", "b.md": "2026-01-01", "sub/c.md": "2026-02-02"}
    assert facts.head == git(site, "rev-parse", "HEAD") == git_head(str(site))
    assert (facts.prefix, facts.problem) == ("", "")


def test_only_committed_state_counts(site):
    commit(site, {"content/a.md": "1"}, "2026-01-01T10:00:00Z")
    (site / "content/a.md").write_text("edited")
    (site / "content/new.md").write_text("new")
    git(site, "add", "content/new.md")

    assert git_facts(str(site), "content").dates == {"a.md": "2026-01-01"}


def test_names_of_every_kind_are_found(site):
    names = [
        "caf\u00e9.md",
        "a b.md",
        'q"uote.md',
        "tab\there.md",
        "new\nline.md",
        "-dash.md",
        ":(top)x.md",
        "\U0001f600.md",
    ]
    commit(site, {f"content/{name}": "1" for name in names}, "2026-01-01T10:00:00Z")
    commit(site, {"content/cafe\u0301s.md": "1"}, "2026-01-02T10:00:00Z")

    dates = git_facts(str(site), "content").dates

    assert dates == dict.fromkeys(names, "2026-01-01") | {"caf\u00e9s.md": "2026-01-02"}


def test_a_site_below_the_top_of_the_repository_knows_its_prefix(site):
    commit(site, {"docs/site/content/a.md": "1", "content/a.md": "1"}, "2026-01-01T10:00:00Z")
    commit(site, {"content/a.md": "2"}, "2026-02-01T10:00:00Z")

    facts = git_facts(str(site / "docs/site"), "content")

    assert (facts.dates, facts.prefix) == ({"a.md": "2026-01-01"}, "docs/site/")


def test_the_site_folder_itself_may_be_the_content(site):
    commit(site, {"a.md": "1", "sub/b.md": "1"}, "2026-01-01T10:00:00Z")

    assert git_facts(str(site), ".").dates == {"a.md": "2026-01-01", "sub/b.md": "2026-01-01"}


def test_merged_work_keeps_the_day_of_its_own_commit(site):
    commit(site, {"content/a.md": "1", "content/b.md": "1"}, "2026-01-01T10:00:00Z")
    git(site, "checkout", "--quiet", "-b", "side")
    commit(site, {"content/b.md": "2"}, "2026-01-05T10:00:00Z")
    git(site, "checkout", "--quiet", "main")
    commit(site, {"content/a.md": "2"}, "2026-01-10T10:00:00Z")
    git(site, "merge", "--quiet", "--no-edit", "side", when="2026-01-20T10:00:00Z")

    assert git_facts(str(site), "content").dates == {"a.md": "2026-01-10", "b.md": "2026-01-05"}


def test_a_folder_with_the_signs_of_a_pathspec_is_a_plain_folder(site):
    commit(site, {":!docs/a.md": "1", "docs/a.md": "1"}, "2026-01-01T10:00:00Z")
    commit(site, {"docs/a.md": "2"}, "2026-01-02T10:00:00Z")

    assert git_facts(str(site), ":!docs").dates == {"a.md": "2026-01-01"}


def test_a_long_history_is_left_early_without_a_complaint(site):
    """More output than a pipe holds is still to come when every file has its day."""
    names = [f"content/{number:04}-{'x' * 80}.md" for number in range(3000)]
    stream = ""
    for mark in (1, 2, 3):
        stream += f"commit refs/heads/main\nmark :{mark}\ncommitter A <a@example.org> {1767261600 + mark * 86400} +0000\n"
        stream += "data 1\nx\n" + "".join(f"M 644 inline {name}\ndata 1\n{mark}\n" for name in names)
    subprocess.run(["git", "fast-import", "--quiet"], cwd=site, input=stream.encode(), check=True)

    facts = git_facts(str(site), "content")

    assert facts.problem == ""
    assert set(facts.dates.values()) == {"2026-01-04"}
    assert len(facts.dates) == 3000


def test_outside_of_a_repository_and_before_the_first_commit_there_is_nothing_to_say(site, tmp_path):
    (tmp_path / "plain").mkdir()

    for folder in (site, tmp_path / "plain"):
        assert git_head(str(folder)) is None
        facts = git_facts(str(folder), "content")
        assert (facts.head, facts.dates, facts.problem) == ("", {}, "")


def test_a_shallow_clone_gives_no_dates_and_says_how_to_get_them(site, tmp_path):
    commit(site, {"content/a.md": "1"}, "2026-01-01T10:00:00Z")
    commit(site, {"content/b.md": "1"}, "2026-02-01T10:00:00Z")
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{site}", "shallow")
    clone = tmp_path / "shallow"

    facts = git_facts(str(clone), "content")
    assert facts.dates == {}
    assert "`fetch-depth: 0`" in facts.problem

    shallow_head = git_head(str(clone))
    git(clone, "fetch", "--quiet", "--unshallow")
    assert git_head(str(clone)) != shallow_head
    assert git_facts(str(clone), "content").dates == {"a.md": "2026-01-01", "b.md": "2026-02-01"}


def test_without_git_installed_there_is_a_sentence_and_no_dates(site, monkeypatch):
    commit(site, {"content/a.md": "1"}, "2026-01-01T10:00:00Z")
    monkeypatch.setenv("PATH", "/nonexistent")

    facts = git_facts(str(site), "content")

    assert (facts.dates, facts.problem) == ({}, "git knows no dates here: git is not installed")


def test_a_repository_of_another_user_gives_a_sentence_and_no_dates(site):
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    commit(site, {"content/a.md": "1"}, "2026-01-01T10:00:00Z")
    os.chown(site, 65534, 65534)
    os.chown(site / ".git", 65534, 65534)

    facts = git_facts(str(site), "content")

    assert facts.dates == {}
    assert "the repository belongs to another user" in facts.problem


def test_a_damaged_repository_gives_a_sentence_and_no_traceback(site):
    commit(site, {"content/a.md": "1"}, "2026-01-01T10:00:00Z")
    head = git(site, "rev-parse", "HEAD")
    os.unlink(site / ".git/objects" / head[:2] / head[2:])

    facts = git_facts(str(site), "content")

    assert facts.dates == {}
    assert facts.problem.startswith("git knows no dates here: ")


def test_a_git_that_hangs_is_given_up(site, tmp_path, monkeypatch):
    commit(site, {"content/a.md": "1"}, "2026-01-01T10:00:00Z")
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin/git"
    fake.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(gitfacts, "_TIMEOUT_SECONDS", 0.2)

    assert git_facts(str(site), "content").problem == "git knows no dates here: git took too long"


def test_the_repository_cannot_make_git_run_a_program(site, tmp_path):
    commit(site, {"content/a.md": "1"}, "2026-01-01T10:00:00Z")
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for name in (
        "core.fsmonitor",
        "core.pager",
        "gpg.program",
        "diff.external",
        "core.sshCommand",
        "pager.log",
    ):
        git(site, "config", name, str(trap))
    git(site, "config", "log.showSignature", "true")
    git(site, "config", "gpg.format", "openpgp")
    head = git(site, "cat-file", "commit", "HEAD")
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n"
    signed = tmp_path / "signed"
    signed.write_text(head.replace("\n\n", "\n" + signature + "\n", 1) + "\n")
    git(site, "update-ref", "HEAD", git(site, "hash-object", "-t", "commit", "-w", str(signed)))

    assert git_facts(str(site), "content").dates == {"a.md": "2026-01-01"}
    assert not (tmp_path / "sprung").exists()


def test_the_environment_of_a_hook_does_not_lead_to_another_repository(site, tmp_path, monkeypatch):
    commit(site, {"content/a.md": "1"}, "2026-01-01T10:00:00Z")
    git(tmp_path, "init", "--quiet", "other")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    monkeypatch.setenv("GIT_INDEX_FILE", "/nonexistent")

    assert git_facts(str(site), "content").dates == {"a.md": "2026-01-01"}


@pytest.mark.parametrize("way", ["loose", "packed", "detached", "worktree", "symbolic"])
def test_the_head_is_read_without_a_process_however_it_is_kept(site, tmp_path, monkeypatch, way):
    commit(site, {"content/a.md": "1"}, "2026-01-01T10:00:00Z")
    folder = site
    if way == "packed":
        git(site, "pack-refs", "--all")
    elif way == "detached":
        git(site, "checkout", "--quiet", "--detach")
    elif way == "worktree":
        git(site, "worktree", "add", "--quiet", "-b", "other", str(tmp_path / "tree"))
        folder = tmp_path / "tree"
        commit(folder, {"content/b.md": "1"}, "2026-01-02T10:00:00Z")
    elif way == "symbolic":
        git(site, "symbolic-ref", "refs/heads/alias", "refs/heads/main")
        git(site, "symbolic-ref", "HEAD", "refs/heads/alias")
    expected = git(folder, "rev-parse", "HEAD")
    if way != "symbolic":  # too rare for a reader of its own: git is asked
        monkeypatch.setenv("PATH", "/nonexistent")

    assert git_head(str(folder)) == expected
    assert git_head(str(folder / "content")) == f"{expected} content"


def test_the_head_changes_with_a_commit_and_not_with_an_edit(site):
    commit(site, {"content/a.md": "1"}, "2026-01-01T10:00:00Z")
    first = git_head(str(site))
    (site / "content/a.md").write_text("edited")
    assert git_head(str(site)) == first

    commit(site, {"content/a.md": "2"}, "2026-01-02T10:00:00Z")
    assert git_head(str(site)) != first
