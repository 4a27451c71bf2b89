"""The same files give the same site, byte for byte, wherever and however they are built.

Two clean builds by `python -m octavo` differ in everything that must not matter: folder, time zone, locale, umask, hash
seed, number of workers, the order in which the files were made, SOURCE_DATE_EPOCH.
"""

import getpass
import os
import socket
import stat
import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from commandline import Outcome, run_octavo
from sitebuilder import tree

CANARY = "canary-4f1d7a-value"


def png(width: int, height: int) -> bytes:
    """Give an image of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x7f" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


FILES: dict[str, bytes] = {
    "site.yaml": (
        "title: Ein Gärtchen\nurl: https://example.org/docs/\nlanguage: de\nauthor: Ä. N. Other\n"
        "repository: {url: https://example.org/repo, branch: main}\n"
        "favicon: img/icon.png\nfooter:\n  - Start: index.md\n"
        "nav:\n  - index.md\n  - guide/\n  - 日本語/\n  - News:\n      - news/2024-05-01-first.md\n"
    ).encode(),
    "content/index.md": (
        "---\ntags: [Zebra, apfel, Ähre]\naliases: [old/home/]\n---\n# Home\n\n"
        "[Guide](guide/) ![map](img/map.png) and [gone](nowhere.md).\n"
    ).encode(),
    "content/guide/index.md": b"# Guide\n\nText[^b] and[^a].\n\n[^a]: A\n\n[^b]: B\n",
    "content/guide/01-install.md": (
        b"---\ntags: [apfel]\nminutes: 7\nobjectives: [one, two]\nprerequisites: [02-run.md]\n---\n# Install\n\n"
        b'```python title="app.py" lines {1,3-4}\nfrom flask import Flask\n\napp = Flask(__name__)\n\n```\n\n'
        b'```js include="/code/app.js#part"\n```\n\n::: include ../_parts/shared.md\n'
    ),
    "content/guide/02-run.md": b"# Run\n\n## Same\n\n## Same\n\n[up](#same-1) [wrong](#none)\n\n    code\n",
    "content/_parts/shared.md": b"Shared [link](../guide/02-run.md#same) text.\n\n[bad](nothing.md)\n",
    "content/日本語/index.md": "# 日本語\n\n本文。 [次](次の章.md)\n".encode(),
    "content/日本語/次の章.md": "# 次の章\n\n```no-such-language\nx\n```\n".encode(),
    "content/news/2024-05-01-first.md": b"---\ndate: 2024-05-01\nupdated: 2024-06-01 12:00\n---\n# First\n",
    "content/news/draft.md": b"---\ndraft: true\n---\n# Draft\n",
    "content/orphan.md": b"# Orphan\n\n<div>\n",
    "content/img/map.png": png(64, 48),
    "content/img/icon.png": png(16, 16),
    "content/files/data.bin": bytes(range(256)),
    "content/.nojekyll": b"",
    "content/CNAME": b"example.org\n",
    "code/app.js": b"// region: part\nconsole.log(1)\n// endregion: part\n",
    "theme/assets/css/extra.css": b"p { color: red }\n",
}
FILES |= {
    f"content/guide/more/page-{number}.md": f"# Page {number}\n\n`code` and *text* {number}.\n".encode()
    for number in range(64)
}


def make(root: Path, names: Sequence[str] = tuple(FILES), mode: int = 0o644) -> Path:
    """Write the site's files in this order."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(FILES[name])
        path.chmod(mode)
    return root


def build(root: Path, *, jobs: int = 1, mask: int = 0o022, **env: str) -> Outcome:
    """Build the site of a folder from nothing, in a process of its own."""

    def set_mask() -> None:
        os.umask(mask)

    return run_octavo("build", "-j", str(jobs), cwd=root, env=env, before=set_mask)


def modes(root: Path) -> set[tuple[bool, int]]:
    """Give the modes of all folders and files of the output."""
    out = root / "_site"
    return {
        (path.is_dir(), stat.S_IMODE(path.stat().st_mode))
        for path in (out, *out.rglob("*"))
        if not path.name.startswith(".octavo")
    }


def problems(outcome: Outcome) -> list[str]:
    """Give what a build said, without the seconds it took."""
    *lines, last = outcome.stderr.splitlines()
    head, _, rest = last.partition(" in ")
    return [*lines, head, rest.partition(" s ")[2]]


@pytest.fixture(scope="module", name="plain")
def fixture_plain(tmp_path_factory):
    """The folder of a site that was built in the plain environment, and how that went."""
    root = make(tmp_path_factory.mktemp("plain"))
    return root, build(root)


def reversed_names() -> tuple[str, ...]:
    return tuple(reversed(FILES))


VARIANTS: dict[str, Callable[[Path], Outcome]] = {
    "in a folder far down with letters of other scripts": lambda root: build(
        make(root / "tief ünten/深い" / ("x" * 60))
    ),
    "in a time zone east": lambda root: build(make(root), TZ="Pacific/Kiritimati"),
    "in a time zone west": lambda root: build(make(root), TZ="America/Anchorage"),
    "in the locale C": lambda root: build(make(root), LC_ALL="C", LANG="C"),
    "in no locale": lambda root: build(make(root), LC_ALL="", LANG="", LANGUAGE="xx"),
    "with a strict umask": lambda root: build(make(root), mask=0o077),
    "with a strict umask and private sources": lambda root: build(make(root, mode=0o600), mask=0o077),
    "with a loose umask and open sources": lambda root: build(make(root, mode=0o777), mask=0o000),
    "with the hash seed 1": lambda root: build(make(root), PYTHONHASHSEED="1"),
    "with the hash seed 4242": lambda root: build(make(root), PYTHONHASHSEED="4242"),
    "with two workers": lambda root: build(make(root), jobs=2),
    "with the files made in reverse": lambda root: build(make(root, reversed_names())),
    "with SOURCE_DATE_EPOCH": lambda root: build(make(root), SOURCE_DATE_EPOCH="315532800"),
    "on a CI server": lambda root: build(make(root), CI="true", TERM="dumb", COLUMNS="40"),
    "as somebody else": lambda root: build(make(root), HOME="/nonexistent", USER="nobody", LOGNAME="nobody"),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_the_site_and_the_messages_are_the_same(plain, tmp_path, name):
    root, usual = plain

    outcome = VARIANTS[name](tmp_path)

    [other] = tmp_path.rglob("site.yaml")
    assert problems(outcome) == problems(usual)
    assert (outcome.status, outcome.stdout) == (0, "")
    assert tree(other.parent / "_site") == tree(root / "_site")


def test_the_site_of_these_tests_holds_what_they_are_about(plain):
    root, usual = plain
    out = root / "_site"

    assert usual.status == 0
    assert len(tree(out)) > len(FILES)
    for name in (
        "日本語/次の章/index.html",
        "old/home/index.html",
        "tags/apfel/index.html",
        "sitemap.xml",
        "CNAME",
    ):
        assert (out / name).is_file()
    assert {line.split("[")[1].split("]")[0] for line in usual.stderr.splitlines() if ": warning[" in line} == {
        "broken-anchor", "broken-link", "orphan-page", "unclosed-html", "unknown-language",
    }  # fmt: skip


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_files_are_readable_for_all_and_writable_for_the_owner_whatever_the_umask(tmp_path, mask):
    assert build(make(tmp_path, mode=0o600), mask=mask).status == 0

    assert modes(tmp_path) == {(True, 0o755), (False, 0o644)}


def test_a_second_build_changes_no_byte(tmp_path):
    build(make(tmp_path))
    first = tree(tmp_path / "_site")

    assert build(tmp_path, PYTHONHASHSEED="7", TZ="Asia/Tokyo").status == 0
    assert tree(tmp_path / "_site") == first


def test_a_build_without_the_cache_gives_the_same_site(plain, tmp_path):
    build(make(tmp_path))

    assert run_octavo("build", "--no-cache", cwd=tmp_path).status == 0
    assert tree(tmp_path / "_site") == tree(plain[0] / "_site")


def test_nothing_of_the_machine_is_in_the_output(tmp_path):
    root = make(tmp_path / "secret-folder-name")

    assert (
        build(root, OCTAVO_CANARY=CANARY, USER="jdoe-canary", HOSTNAME="host-canary", EDITOR=CANARY).status
        == 0
    )

    told = [
        str(tmp_path),
        "secret-folder-name",
        CANARY,
        "jdoe-canary",
        "host-canary",
        os.path.realpath(tmp_path),
    ]
    told += [name for name in (getpass.getuser(), socket.gethostname()) if len(name) > 4]
    found = [
        (path, text) for path, data in tree(root / "_site").items() for text in told if text.encode() in data
    ]
    assert found == []


def test_no_message_names_the_folder_of_the_site(plain):
    root, usual = plain

    assert str(root) not in usual.stderr


def test_a_source_date_epoch_that_is_no_time_is_refused(tmp_path):
    outcome = build(make(tmp_path), SOURCE_DATE_EPOCH="yesterday")

    assert outcome.status == 2
    assert "SOURCE_DATE_EPOCH is `yesterday`" in outcome.stderr
    assert not (tmp_path / "_site").exists()


def test_a_python_that_reads_names_in_another_encoding_is_refused(tmp_path):
    outcome = build(make(tmp_path), LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")

    assert outcome.status == 3
    assert "reads file names as `ascii`, not as UTF-8" in outcome.stderr
    assert "PYTHONUTF8=1" in outcome.stderr
    assert not (tmp_path / "_site").exists()
