"""IN-01 to IN-08: what may be included, and how images are measured."""

import os
import struct

import pytest

from octavo.edges.files import image_size, read_bytes, read_text_file

OUTSIDE = "is outside the site folder"
NOT_REGULAR = "is not a regular file"
NOT_TEXT = "is not UTF-8 text"


@pytest.fixture(name="root")
def fixture_root(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    return folder


def test_a_text_file_is_read_with_its_line_ends_and_without_its_mark(root):
    (root / "a.py").write_bytes(b"\xef\xbb\xbfx = 1\r\ny = 2\n")

    assert read_text_file(str(root), "a.py") == ("x = 1\r\ny = 2\n", "")


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "/proc/self/environ", "../x", "a/../../x", "a\0b", "../docs_secret/x"]
)
def test_a_path_that_leaves_the_site_is_refused(root, path):
    (root.parent / "docs_secret").mkdir()
    (root.parent / "docs_secret/x").write_text("secret")
    (root.parent / "x").write_text("secret")

    assert read_text_file(str(root), path) == (None, OUTSIDE)


@pytest.mark.parametrize("path", ["%2e%2e/x", "..\\x"])
def test_other_spellings_of_the_parent_are_plain_names(root, path):
    (root.parent / "x").write_text("secret")

    assert read_text_file(str(root), path) == (None, "does not exist")


def test_a_link_is_judged_by_where_it_leads(root):
    (root.parent / "secret.txt").write_text("secret")
    (root / "link.txt").symlink_to("../secret.txt")
    (root / "up").symlink_to("..")
    (root / "real.txt").write_text("fine")
    (root / "alias.txt").symlink_to("real.txt")

    assert read_text_file(str(root), "link.txt") == (None, OUTSIDE)
    assert read_text_file(str(root), "up/secret.txt") == (None, OUTSIDE)
    assert read_text_file(str(root), "alias.txt") == ("fine", "")


def test_what_a_site_must_never_show_is_refused_also_through_a_link(root):
    (root / ".git").mkdir()
    (root / ".git/config").write_text("token")
    (root / "innocent.txt").symlink_to(".git/config")

    assert read_text_file(str(root), ".git/config")[0] is None
    assert read_text_file(str(root), "innocent.txt")[0] is None


def test_only_regular_files_are_read_and_nothing_hangs(root):
    os.mkfifo(root / "pipe")
    (root / "folder").mkdir()

    assert read_text_file(str(root), "pipe") == (None, NOT_REGULAR)
    assert read_text_file(str(root), "folder") == (None, NOT_REGULAR)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"caf\xe9", b"a\0b", b"\xed\xa0\x80"])
def test_only_utf8_text_is_read(root, data):
    (root / "a.txt").write_bytes(data)

    assert read_text_file(str(root), "a.txt") == (None, NOT_TEXT)


def test_size_is_capped(root):
    (root / "most.txt").write_bytes(b"a" * (2 << 20))
    (root / "more.txt").write_bytes(b"a" * ((2 << 20) + 1))

    assert read_text_file(str(root), "most.txt")[1] == ""
    assert read_text_file(str(root), "more.txt") == (None, "is larger than 2 MiB")


def test_an_unreadable_file_says_why(public_folder, as_nobody):
    with open(f"{public_folder}/a.txt", "w", encoding="utf-8") as file:
        file.write("x")
    os.chmod(f"{public_folder}/a.txt", 0)

    assert as_nobody(lambda: read_text_file(public_folder, "a.txt")) == (
        None,
        "cannot be read: Permission denied",
    )


def test_a_composed_name_finds_a_decomposed_file(root):
    (root / "cafe\u0301").mkdir()
    (root / "cafe\u0301/u\u0308.txt").write_bytes(b"found")

    assert read_bytes(str(root), "caf\u00e9/\u00fc.txt") == b"found"
    assert read_text_file(str(root), "caf\u00e9/\u00fc.txt") == ("found", "")


def test_a_missing_file_raises_oserror(root):
    with pytest.raises(FileNotFoundError):
        read_bytes(str(root), "caf\u00e9/missing.txt")


def png(width, height):
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\x02\0\0\0"


@pytest.mark.parametrize(
    ("name", "data", "size"),
    [
        ("a.png", png(640, 480), (640, 480)),
        ("a.gif", b"GIF89a" + struct.pack("<HH", 3, 4) + b"\0" * 8, (3, 4)),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="24.6" height="10"></svg>', (25, 10)),
        ("empty.png", b"", (0, 0)),
        ("short.png", png(640, 480)[:18], (0, 0)),
        ("text.jpg", b"no image at all", (0, 0)),
        ("jpeg.jpg", b"\xff\xd8\xff\xe0" + b"\xff" * 50, (0, 0)),
        ("bomb.svg", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><svg>&a;</svg>', (0, 0)),
        ("relative.svg", b'<svg width="100%" height="100%"></svg>', (0, 0)),
    ],
)
def test_an_image_is_measured_from_its_header_or_not_at_all(tmp_path, name, data, size):
    (tmp_path / name).write_bytes(data)

    assert image_size(str(tmp_path / name)) == size


def test_measuring_never_hangs_fetches_or_raises(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")

    assert image_size(str(tmp_path / "pipe.png")) == (0, 0)
    assert image_size(str(tmp_path / "missing.png")) == (0, 0)
    assert image_size("http://127.0.0.1:1/a.png") == (0, 0)
