"""WA-01, WA-02: a file that is emptied or moved away to be written anew is never seen without its text."""

import errno
import os
import shutil

import pytest

from editor_saves import SAVES
from octavo.digest import digest_bytes
from octavo.edges.hinted import HintedWorkspace
from octavo.edges.holding import HOLD_SECONDS
from octavo.edges.workspace import DiskWorkspace
from octavo.errors import UsageError

OLD = b"old text of the page"


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Site:
    """A site folder, its workspace, and a clock to move."""

    def __init__(self, root):
        self.root = root
        self.content = root / "content"
        (self.content / "sub").mkdir(parents=True)
        (self.content / "page.md").write_bytes(OLD)
        (self.content / "sub" / "other.md").write_bytes(b"other")
        (root / "theme" / "templates").mkdir(parents=True)
        (root / "theme" / "templates" / "main.html").write_bytes(b"<html>")
        (root / "theme" / "theme.yaml").write_bytes(b"options: {}")
        (root / "site.yaml").write_bytes(b"title: T")
        (root / "snippet.py").write_bytes(b"print()")
        self.clock = Clock()
        self.workspace = HintedWorkspace(DiskWorkspace(str(root)), clock=self.clock)
        self.scan()

    def hint(self, *names):
        for name in names:
            self.workspace.hint(str(self.root / name))

    def scan(self):
        return self.workspace.scan_content("content", {}, 0, ())

    def digests(self):
        return {key: stamp.digest for key, stamp in self.scan().stamps.items()}


@pytest.fixture(name="held")
def fixture_held(tmp_path):
    return Site(tmp_path.resolve() / "site")


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("loss", [lambda path: path.write_bytes(b""), os.unlink], ids=["emptied", "gone"])
def test_a_lost_text_counts_only_after_a_while(held, loss, full):
    page = held.content / "page.md"
    loss(page)
    (held.content / "zebra.md").write_bytes(b"changed at the same time")
    held.hint("content/page.md", "content/zebra.md")
    if full:
        held.workspace.hint(None)

    first = held.digests()
    assert digest_bytes(OLD) == first["page.md"]
    assert held.scan() is held.scan()
    assert held.clock.now + HOLD_SECONDS == held.workspace.held_until
    assert list(first) == sorted(first)
    held.clock.now += HOLD_SECONDS - 0.001
    assert digest_bytes(OLD) == held.digests()["page.md"]
    held.clock.now = held.workspace.held_until

    last = held.digests()

    assert last.get("page.md") in {None, digest_bytes(b"")}
    assert ("page.md" in last) is page.exists()
    assert held.workspace.held_until is None


@pytest.mark.parametrize("save", SAVES)
@pytest.mark.parametrize("full", [False, True])
def test_a_look_in_the_middle_of_a_save_sees_the_old_text_or_the_new(held, save, full):
    page = held.content / "page.md"
    new = b"new text, and longer than the old one was"
    seen = []

    def between():
        held.workspace.hint(None if full else str(page))
        seen.append(held.digests().get("page.md"))

    SAVES[save](page, new, between)
    held.workspace.hint(None)

    assert digest_bytes(new) == held.digests()["page.md"]
    assert held.workspace.held_until is None
    partly = digest_bytes(new[: len(OLD)] if len(new) < len(OLD) else new)
    assert set(seen) <= {digest_bytes(OLD), partly}


def test_a_loss_that_only_a_comparison_finds_is_held_too(held):
    (held.content / "page.md").unlink()

    assert True is held.workspace.verify()
    assert digest_bytes(OLD) == held.digests()["page.md"]
    held.clock.now = held.workspace.held_until
    assert "page.md" not in held.digests()


def test_a_file_that_was_always_empty_or_is_new_and_empty_is_not_held(held):
    (held.content / "empty.md").write_bytes(b"")
    held.hint("content/empty.md")

    assert digest_bytes(b"") == held.digests()["empty.md"]
    assert held.workspace.held_until is None


@pytest.mark.parametrize("target", ["renamed.md", "sub/renamed.md", "sub/other.md"])
def test_a_rename_counts_at_once(held, target):
    os.rename(held.content / "page.md", held.content / target)
    held.hint("content/page.md", f"content/{target}")

    found = held.digests()

    assert "page.md" not in found
    assert digest_bytes(OLD) == found[target]
    assert held.workspace.held_until is None


def test_a_new_file_in_the_inode_of_a_lost_one_is_no_rename(held):
    """Many file systems give the inode that was freed last to the next new file."""
    os.rename(held.content / "page.md", held.content / "new.md")
    (held.content / "new.md").write_bytes(b"something else, in the same inode")
    held.hint("content/page.md", "content/new.md")

    assert digest_bytes(OLD) == held.digests()["page.md"]
    held.clock.now = held.workspace.held_until
    assert ["new.md", "sub/other.md"] == list(held.digests())


def test_a_renamed_folder_counts_at_once(held):
    os.rename(held.content / "sub", held.content / "part")
    held.hint("content/sub", "content/part")

    assert ["page.md", "part/other.md"] == list(held.digests())
    assert held.workspace.held_until is None


@pytest.mark.parametrize("full", [False, True])
def test_a_copy_made_earlier_does_not_make_a_loss_a_rename(held, full):
    shutil.copyfile(held.content / "page.md", held.content / "copy.md")
    held.hint("content/copy.md")
    held.scan()
    (held.content / "page.md").unlink()
    held.workspace.hint(None if full else str(held.content / "page.md"))

    assert "page.md" in held.digests()


def test_a_held_file_is_looked_at_again_without_a_hint(held):
    page = held.content / "page.md"
    page.unlink()
    held.hint("content/page.md")
    held.scan()
    page.write_bytes(b"back, and nobody told")

    held.clock.now = held.workspace.held_until

    assert digest_bytes(b"back, and nobody told") == held.digests()["page.md"]


@pytest.mark.parametrize("folder", ["content/sub", "content"])
def test_a_vanished_folder_is_held_too(held, folder):
    before = held.digests()
    shutil.move(held.root / folder, held.root / "away")
    held.hint(folder)
    assert before == held.digests()
    assert before == held.digests()
    assert held.workspace.held_until is not None

    shutil.move(held.root / "away", held.root / folder)
    held.hint(folder)

    assert before == held.digests()
    assert held.workspace.held_until is None


def test_a_content_folder_that_stays_away_is_a_mistake_after_a_while(held):
    shutil.rmtree(held.content)
    held.hint("content")
    held.scan()
    held.clock.now += HOLD_SECONDS

    with pytest.raises(UsageError):
        held.scan()
    assert held.workspace.held_until is None
    with pytest.raises(UsageError):
        held.scan()
    held.content.mkdir()
    (held.content / "again.md").write_bytes(b"again")
    assert ["again.md"] == list(held.digests())


def test_a_second_loss_is_held_like_the_first(held):
    page = held.content / "page.md"
    for text in (b"one", b"two"):
        page.write_bytes(b"")
        held.hint("content/page.md")
        held.scan()
        held.clock.now += HOLD_SECONDS / 2
        page.write_bytes(text)
        held.hint("content/page.md")
        assert digest_bytes(text) == held.digests()["page.md"]
        held.clock.now += HOLD_SECONDS / 2

    page.unlink()
    held.hint("content/page.md")

    assert digest_bytes(b"two") == held.digests()["page.md"]


def test_the_theme_keeps_a_template_that_was_just_emptied(held):
    template = held.root / "theme" / "templates" / "main.html"
    before, _ = held.workspace.scan_theme("theme")
    template.write_bytes(b"")

    held_theme, _ = held.workspace.scan_theme("theme")

    assert before is held_theme
    assert b"<html>" == held_theme["templates/main.html"]
    assert held.clock.now + HOLD_SECONDS == held.workspace.held_until
    held.clock.now += HOLD_SECONDS
    held.scan()
    assert b"" == held.workspace.scan_theme("theme")[0]["templates/main.html"]
    assert held.workspace.held_until is None


def test_a_named_theme_that_vanishes_is_held_and_then_missing(held):
    before, _ = held.workspace.scan_theme("theme", required=True)
    shutil.rmtree(held.root / "theme")

    assert before is held.workspace.scan_theme("theme", required=True)[0]
    held.clock.now += HOLD_SECONDS
    held.scan()
    with pytest.raises(UsageError):
        held.workspace.scan_theme("theme", required=True)
    assert {} == held.workspace.scan_theme("theme", required=False)[0]


@pytest.mark.parametrize("loss", [lambda path: path.write_bytes(b""), os.unlink], ids=["emptied", "gone"])
def test_the_configuration_is_held_too(held, loss):
    assert b"title: T" == held.workspace.read_bytes("site.yaml")
    loss(held.root / "site.yaml")

    assert b"title: T" == held.workspace.read_bytes("site.yaml")
    assert held.workspace.held_until is not None
    held.clock.now += HOLD_SECONDS
    held.scan()
    if (held.root / "site.yaml").exists():
        assert b"" == held.workspace.read_bytes("site.yaml")
    else:
        with pytest.raises(FileNotFoundError) as problem:
            held.workspace.read_bytes("site.yaml")
        assert errno.ENOENT == problem.value.errno
    assert held.workspace.held_until is None


def test_a_hold_that_nobody_asks_about_any_more_is_not_waited_for(held):
    """The loop looks again at `held_until`: a moment in the past would make it spin."""
    held.workspace.read_include("snippet.py")
    (held.root / "snippet.py").write_bytes(b"")
    assert ("print()", "") == held.workspace.read_include("snippet.py")
    held.clock.now += HOLD_SECONDS

    held.scan()

    assert held.workspace.held_until is None
    assert ("", "") == held.workspace.read_include("snippet.py")


def test_a_look_that_ends_at_a_broken_configuration_is_not_repeated_for_what_is_held(held):
    (held.content / "page.md").unlink()
    held.hint("content/page.md")
    held.scan()
    held.clock.now = held.workspace.held_until

    held.workspace.read_bytes("site.yaml")

    assert held.workspace.held_until is None
    assert "page.md" not in held.digests()


def test_an_included_text_is_held_too(held):
    assert ("print()", "") == held.workspace.read_include("snippet.py")
    (held.root / "snippet.py").unlink()
    assert ("print()", "") == held.workspace.read_include("snippet.py")
    (held.root / "snippet.py").write_bytes(b"\xff")

    assert (None, "is not UTF-8 text") == held.workspace.read_include("snippet.py")
    assert held.workspace.held_until is None
