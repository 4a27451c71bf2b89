"""PA-*: the scan lists what can be published, and says what it leaves out."""

import os
import socket

import pytest

from octavo.codes import CODES
from octavo.digest import digest_bytes
from octavo.edges.files import scan_tree
from octavo.edges.treefiles import remove_tree
from octavo.edges.walk import MAX_WAYS
from octavo.errors import EnvironmentFault

LATER = 4_000_000_000 * 1_000_000_000
"""A moment long after every file of a test was written, in nanoseconds."""


@pytest.fixture(name="content")
def fixture_content(tmp_path):
    folder = tmp_path / "site" / "content"
    folder.mkdir(parents=True)
    return folder


def scan(content, previous=None, last_scan_ns=0, **options):
    return scan_tree(
        str(content),
        previous=previous or {},
        last_scan_ns=last_scan_ns,
        boundary=str(content.parent),
        prefix="content",
        **options,
    )


def complaints(result):
    assert {item.code for item in result.diagnostics} <= CODES.keys()
    return [(item.severity, item.code, item.location.file) for item in result.diagnostics]


def test_every_regular_file_is_stamped_by_its_path(content):
    (content / "a.md").write_bytes(b"alpha")
    (content / "deep/er").mkdir(parents=True)
    (content / "deep/er/b c.png").write_bytes(b"")
    (content / ".well-known").mkdir()
    (content / ".well-known/x").write_bytes(b"w")
    (content / "CNAME").write_bytes(b"c")

    result = scan(content)

    assert list(result.stamps) == [".well-known/x", "CNAME", "a.md", "deep/er/b c.png"]
    assert result.stamps["a.md"].digest == digest_bytes(b"alpha")
    assert result.stamps["a.md"].size == 5
    assert result.stamps["a.md"].mtime_ns == os.stat(content / "a.md").st_mtime_ns
    assert result.diagnostics == ()


def test_a_large_file_is_digested_like_its_bytes(content):
    data = bytes(range(256)) * 12_000
    (content / "video.mp4").write_bytes(data)

    assert scan(content).stamps["video.mp4"].digest == digest_bytes(data)


def test_a_digest_is_taken_over_without_reading_when_the_file_is_old(content):
    (content / "a.md").write_bytes(b"alpha")
    first = scan(content).stamps
    marked = {
        "a.md": type(first["a.md"])(
            mtime_ns=first["a.md"].mtime_ns, size=5, inode=first["a.md"].inode, digest="x"
        )
    }

    assert scan(content, marked, LATER).stamps["a.md"].digest == "x"
    assert scan(content, marked, 0).stamps["a.md"].digest == digest_bytes(b"alpha")


def test_an_edit_within_the_tick_of_the_previous_scan_is_seen(content):
    """git's racy rule: same size, same time, same inode, other bytes."""
    path = content / "a.md"
    path.write_bytes(b"alpha")
    before = os.stat(path)
    first = scan(content).stamps
    path.write_bytes(b"beta!")
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))

    second = scan(content, first, before.st_ctime_ns + 1_000_000_000).stamps

    assert second["a.md"].digest == digest_bytes(b"beta!")


def test_an_edit_with_its_old_time_restored_is_seen(content):
    """CA-06: the modification time says nothing was done; the change time cannot be set back."""
    path = content / "a.md"
    path.write_bytes(b"alpha")
    old = 1_000_000_000 * 1_000_000_000
    os.utime(path, ns=(old, old))
    first = scan(content).stamps
    path.write_bytes(b"beta!")
    os.utime(path, ns=(old, old))

    second = scan(content, first, os.stat(path).st_ctime_ns).stamps

    assert second["a.md"].digest == digest_bytes(b"beta!")


def test_excluded_folders_are_passed_over_however_they_are_reached(content):
    (content / "out").mkdir()
    (content / "out/index.html").write_bytes(b"x")
    (content / "way").symlink_to("out")
    (content / "one.html").symlink_to("out/index.html")
    (content / "a.md").write_bytes(b"a")

    result = scan(content, exclude=[str(content / "out")])

    assert list(result.stamps) == ["a.md"]
    assert result.diagnostics == ()


def test_links_inside_the_site_are_followed(content):
    (content.parent / "examples").mkdir()
    (content.parent / "examples/app.py").write_bytes(b"app")
    (content / "app.py").symlink_to("../examples/app.py")
    (content / "all").symlink_to("../examples")

    result = scan(content)

    assert list(result.stamps) == ["all/app.py", "app.py"]
    assert {stamp.digest for stamp in result.stamps.values()} == {digest_bytes(b"app")}
    assert result.diagnostics == ()


def test_a_link_out_of_the_site_is_an_error_that_names_the_target_relatively(content):
    secret = content.parent.parent / "secret.txt"
    secret.write_bytes(b"s")
    (content / "file.txt").symlink_to(secret)
    (content / "folder").symlink_to(content.parent.parent)

    result = scan(content)

    assert list(result.stamps) == []
    assert complaints(result) == [
        ("error", "outside-link", "content/file.txt"),
        ("error", "outside-link", "content/folder"),
    ]
    assert result.diagnostics[0].message == "the symbolic link leaves the site folder: `../secret.txt`"


def test_a_link_to_what_must_not_be_published_is_an_error(content):
    (content.parent / ".git").mkdir()
    (content.parent / ".git/config").write_bytes(b"token")
    (content.parent / ".env").write_bytes(b"token")
    (content / "config").symlink_to("../.git/config")
    (content / "env.txt").symlink_to("../.env")

    result = scan(content)

    assert list(result.stamps) == []
    assert [item.code for item in result.diagnostics] == ["outside-link", "outside-link"]


def test_circles_of_links_are_warned_about_once_and_end(content):
    (content / "d").mkdir()
    (content / "d/up").symlink_to("..")
    (content / "self").symlink_to("self")
    (content / "d/a.md").write_bytes(b"a")

    result = scan(content)

    assert list(result.stamps) == ["d/a.md"]
    assert complaints(result) == [
        ("warning", "symlink-loop", "content/d/up"),
        ("warning", "symlink-loop", "content/self"),
    ]


def test_two_folders_that_link_to_each_other_end(content):
    for name, other in (("a", "b"), ("b", "a")):
        (content / name).mkdir()
        (content / name / "x.md").write_bytes(b"x")
        (content / name / "to").symlink_to(f"../{other}")

    result = scan(content)

    assert list(result.stamps) == ["a/to/x.md", "a/x.md", "b/to/x.md", "b/x.md"]
    assert {item.code for item in result.diagnostics} == {"symlink-loop"}


def test_a_diamond_of_links_stays_bounded(content):
    """Without the bound this tree has 2^20 paths."""
    for level in range(20):
        (content / f"level{level}").mkdir()
        for side in ("left", "right"):
            if level < 19:
                (content / f"level{level}" / side).symlink_to(f"../level{level + 1}")
    (content / "level19/leaf.md").write_bytes(b"x")

    result = scan(content)

    assert len(result.stamps) == MAX_WAYS + 1
    assert "symlink-loop" in {item.code for item in result.diagnostics}


def test_a_broken_link_is_warned_about_with_its_target_and_editor_locks_are_not(content):
    (content / "gone.md").symlink_to("nowhere/at/all.md")
    (content / ".#a.md").symlink_to("user@host.123:456")

    result = scan(content)

    assert complaints(result) == [("warning", "broken-symlink", "content/gone.md")]
    assert "`nowhere/at/all.md`" in result.diagnostics[0].message


def test_pipes_and_sockets_are_skipped_without_a_hang(content):
    os.mkfifo(content / "pipe.md")
    (content / "link.md").symlink_to("pipe.md")
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.getcwd()
        os.chdir(content)  # the path of a socket is limited to about a hundred bytes
        try:
            listener.bind("socket.md")
        finally:
            os.chdir(here)
        result = scan(content)

    assert complaints(result) == [
        ("warning", "not-a-file", "content/link.md"),
        ("warning", "not-a-file", "content/pipe.md"),
        ("warning", "not-a-file", "content/socket.md"),
    ]


def test_unreadable_files_and_folders_are_all_listed(public_folder, as_nobody):
    for name in ("a.md", "b.md", "c.md"):
        with open(f"{public_folder}/{name}", "wb") as file:
            file.write(b"x")
    os.mkdir(f"{public_folder}/d")
    for name, mode in (("a.md", 0), ("c.md", 0), ("d", 0), ("b.md", 0o644)):
        os.chmod(f"{public_folder}/{name}", mode)

    def work():
        result = scan_tree(public_folder, previous={}, last_scan_ns=0, prefix="content")
        return list(result.stamps), complaints(result)

    assert as_nobody(work) == (
        ["b.md"],
        [("error", "unreadable", f"content/{name}") for name in ("a.md", "c.md", "d")],
    )


def test_a_content_folder_that_cannot_be_listed_is_a_fault_of_the_machine(tmp_path):
    with pytest.raises(EnvironmentFault, match="cannot read the folder `content`: No such file"):
        scan(tmp_path / "missing" / "content")


def test_bytes_that_are_no_text_in_a_name_are_shown_escaped(content):
    with open(os.fsencode(content) + b"/\xff.md", "wb"):
        pass

    result = scan(content)

    assert list(result.stamps) == []
    assert complaints(result) == [("error", "bad-name", "content/\\xff.md")]
    assert "`\\xff.md` is not valid UTF-8" in result.diagnostics[0].message


def test_names_that_windows_cannot_hold_are_errors_and_folders_are_not_entered(content):
    (content / "nul.md").write_bytes(b"")
    (content / "a:b").mkdir()
    (content / "a:b/c.md").write_bytes(b"")
    (content / "new\nline.md").write_bytes(b"")

    result = scan(content)

    assert list(result.stamps) == []
    assert complaints(result) == [
        ("error", "bad-name", "content/a:b"),
        ("error", "bad-name", "content/new\\nline.md"),
        ("error", "bad-name", "content/nul.md"),
    ]


def test_keys_are_composed_whatever_the_disk_holds(content):
    (content / "cafe\u0301").mkdir()
    (content / "cafe\u0301/re\u0301sume\u0301.md").write_bytes(b"x")

    assert list(scan(content).stamps) == ["caf\u00e9/r\u00e9sum\u00e9.md"]


def test_two_names_that_are_equal_once_composed_are_an_error(content):
    (content / "cafe\u0301.md").write_bytes(b"1")
    (content / "caf\u00e9.md").write_bytes(b"2")

    result = scan(content)

    assert len(result.stamps) == 1
    assert complaints(result) == [("error", "duplicate-name", "content/caf\u00e9.md")]


def test_a_tree_of_a_thousand_folders_ends_with_one_error(content):
    here = os.getcwd()
    os.chdir(content)
    try:
        for _ in range(1000):
            os.mkdir("dd")
            os.chdir("dd")
    finally:
        os.chdir(here)

    result = scan(content)
    remove_tree(str(content / "dd"))  # pytest would run into its recursion limit
    assert not (content / "dd").exists()

    assert [item.code for item in result.diagnostics] == ["long-path"]
    assert len(result.diagnostics[0].location.file) < 1100


def test_secrets_are_reported_and_never_listed(content):
    (content / "server.pem").write_bytes(b"x")
    (content / "id_rsa").write_bytes(b"x")
    (content / "a.key").write_bytes(b"-----BEGIN PRIVATE KEY-----\n")
    (content / "slides.key").write_bytes(b"PK\x03\x04")
    (content / ".env").write_bytes(b"x")

    result = scan(content)

    assert list(result.stamps) == ["slides.key"]
    assert complaints(result) == [
        ("warning", "secret-file", "content/a.key"),
        ("warning", "secret-file", "content/id_rsa"),
        ("warning", "secret-file", "content/server.pem"),
    ]


def test_a_file_that_vanishes_between_listing_and_reading_was_never_there(content, monkeypatch):
    (content / "a.md").write_bytes(b"a")
    (content / "b.md").write_bytes(b"b")
    real_open = os.open

    def vanish(path, *rest, **options):
        if str(path).endswith("a.md"):
            os.unlink(path)
        return real_open(path, *rest, **options)

    monkeypatch.setattr(os, "open", vanish)
    result = scan(content)

    assert list(result.stamps) == ["b.md"]
    assert result.diagnostics == ()


def test_too_many_open_files_end_the_command_instead_of_blaming_a_file(content, monkeypatch):
    (content / "a.md").write_bytes(b"a")

    def fail(*_rest, **_options):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(os, "open", fail)

    with pytest.raises(EnvironmentFault, match=r"cannot read `content/a\.md`: Too many open files"):
        scan(content)
