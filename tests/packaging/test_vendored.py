"""The list of what Octavo ships of other projects, and the files."""

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "generator" / "octavo"
FONTS = "theme/assets/fonts"
OWN_SUFFIXES = {".py", ".typed", ".md"}
OWN_FILES = {f"preview/browser/{name}.js" for name in ("listener", "morph", "panel", "preview")}
OWN_FOLDERS = ("scaffold/site/", "scaffold/theme/")


class Row(NamedTuple):
    name: str
    version: str
    licence: str
    origin: str
    file: str
    digest: str


def rows() -> list[Row]:
    text = (PACKAGE / "VENDORED.md").read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if line.startswith("| ")][2:]
    return [Row(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines]


def place(file: str) -> Path:
    """Give the place of a file in a checkout, where the theme lies at the top."""
    return (ROOT if file.startswith("theme/") else PACKAGE) / file


def test_every_listed_file_is_there_with_the_listed_bytes():
    assert rows()
    assert {row.file: row.digest for row in rows()} == {
        row.file: hashlib.sha256(place(row.file).read_bytes()).hexdigest() for row in rows()
    }


def test_every_file_that_is_not_ours_is_listed():
    files = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in OWN_SUFFIXES and "__pycache__" not in path.parts
    }
    others = {file for file in files - OWN_FILES if not file.startswith(OWN_FOLDERS)}
    others |= {f"{FONTS}/{path.name}" for path in (ROOT / FONTS).iterdir()}

    assert {row.file for row in rows()} == others


def test_a_row_says_which_version_under_which_licence_from_which_project():
    for row in rows():
        assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", row.version), row
        assert row.licence in {"0BSD", "BSD-3-Clause", "ISC", "MIT", "OFL-1.1"}, row
        assert row.origin.startswith("https://github.com/"), row


def test_a_licence_lies_beside_what_it_covers():
    for row in rows():
        path = place(row.file)
        family = re.sub(r"-400.*|-600.*", "", path.stem) if row.licence == "OFL-1.1" else path.stem
        licence = path if "LICENSE" in path.name else path.with_name(f"{family}-LICENSE.txt")

        text = licence.read_text(encoding="utf-8")
        assert "Permission to use" in text or "SIL OPEN FONT LICENSE Version 1.1" in text
