"""PA-02, PA-07, PA-11: what a name alone tells."""

import pytest

from octavo.edges.names import (
    display_name,
    is_content_skipped,
    is_private_path,
    is_secret,
    is_theme_skipped,
    name_problem,
)


@pytest.mark.parametrize(
    "name",
    [
        "a.md",
        "03-routing.md",
        "café.md",
        "a b.md",
        "a&b;c%20#d'.md",
        "😀.png",
        "consolation.md",
        "com.md",
        "con-1.md",
        "nul1.md",
        "COM0",
        "-x",
        "مثال.md",
        "x" * 255,
        "a.b.c",
        "AUXILIARY.md",
        "É" * 127,
    ],
)
def test_a_portable_name_is_accepted(name):
    assert name_problem(name) == ""


@pytest.mark.parametrize(
    "name",
    [
        "CON",
        "con",
        "nul.md",
        "aux.html",
        "PRN.tar.gz",
        "COM1",
        "com9.md",
        "LPT1.txt",
        "COM¹",
        "lpt³.md",
        "NUL .md",
        "CONIN$",
        "conout$.md",
    ],
)
def test_a_device_of_windows_is_refused_on_every_system(name):
    assert name_problem(name) == "is reserved on Windows"


@pytest.mark.parametrize("char", [*list('<>:"|?*\\'), "\n", "\t", "\x7f", "\x01"])
def test_a_character_that_windows_lacks_is_refused(char):
    assert "which Windows does not allow" in name_problem(f"a{char}b.md")


@pytest.mark.parametrize("name", ["a.", "a ", "é.", "a.md "])
def test_an_end_that_windows_drops_is_refused(name):
    assert name_problem(name) == "ends in a dot or a space, which Windows drops"


def test_a_name_that_is_too_long_or_no_text_is_refused():
    assert name_problem("x" * 256) == "is longer than 255 bytes"
    assert name_problem("é" * 128) == "is longer than 255 bytes"
    assert name_problem("\udcff.md") == "is not valid UTF-8"


def test_what_is_shown_is_printable():
    assert display_name("café.md") == "café.md"
    assert display_name("\udcff.md") == "\\xff.md"
    assert display_name("a\nb\x1b[1m") == "a\\nb\\x1b[1m"
    assert display_name("a\u202eb") == "a\\u202eb"


@pytest.mark.parametrize(
    "name",
    [
        ".#a.md",
        "a.md~",
        ".a.md.swp",
        "a.swp",
        "4913",
        "#a.md#",
        "___jb_tmp___",
        "a.md___jb_tmp___",
        "a.md___jb_old___",
        "a.md.crswap",
        ".DS_Store",
        "Thumbs.db",
        "node_modules",
        ".git",
        ".env",
        "_drafts",
        ".octavo",
    ],
)
def test_junk_and_hidden_names_are_passed_over(name):
    assert is_content_skipped(name)


@pytest.mark.parametrize("name", [".well-known", ".nojekyll", "CNAME", "a.md", "robots.txt", "swp", "a#b"])
def test_other_names_are_taken(name):
    assert not is_content_skipped(name)


def test_a_theme_keeps_names_that_begin_with_an_underscore():
    assert not is_theme_skipped("_macros.html")
    assert is_theme_skipped(".git")
    assert is_theme_skipped("base.html~")


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        ".env.production",
        "server.pem",
        "SERVER.PEM",
        "id_rsa",
        "id_ed25519",
        "x.p12",
        "x.kdbx",
        ".npmrc",
    ],
)
def test_names_of_keys_and_passwords_are_suspected(name):
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", [".env.example", "id_rsa.pub", "environment.md", "pem.md", "a.key", "server.crt"]
)
def test_names_that_are_only_alike_are_not_suspected(name):
    assert not is_secret(name)


def test_a_path_through_git_or_to_a_secret_is_private():
    assert is_private_path(".git/config")
    assert is_private_path("app/.env")
    assert not is_private_path(".github/workflows/pages.yml")
    assert not is_private_path("app/.gitignore")
