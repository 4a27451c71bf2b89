"""constraints.txt pins everything that an installation for work on Octavo brings."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LINES = [
    line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line[:1] != "#"
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DIRECT = [
    *PROJECT["build-system"]["requires"],
    *PROJECT["project"]["dependencies"],
    *PROJECT["project"]["optional-dependencies"]["dev"],
]


def everything_installed(requirements: list[str]) -> set[str]:
    """Follow requirements through the installed packages, for this interpreter."""
    found: set[str] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found:
            continue
        found.add(name)
        try:
            below = [Requirement(text) for text in requires(wanted.name) or ()]
        except PackageNotFoundError:
            pytest.fail(f"{wanted.name} is not installed; run `make test`")
        waiting += [
            item
            for item in below
            if item.marker is None
            or any(item.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras))
        ]
    return found


def test_a_line_is_a_name_and_an_exact_version_and_nothing_else():
    assert [line for line in LINES if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9.]*", line)] == []


def test_the_names_are_sorted_and_stand_once():
    names = [canonicalize_name(line.split("==")[0]) for line in LINES]

    assert names == sorted(set(names))


def test_every_direct_and_transitive_dependency_is_pinned():
    pinned = {canonicalize_name(line.split("==")[0]) for line in LINES}

    assert everything_installed(DIRECT) - pinned == set()


def test_every_pin_satisfies_what_the_project_asks_for():
    pins = {canonicalize_name(name): version for name, version in (line.split("==") for line in LINES)}
    wanted = [Requirement(text) for text in DIRECT]

    assert [
        item.name for item in wanted if not item.specifier.contains(pins[canonicalize_name(item.name)])
    ] == []
