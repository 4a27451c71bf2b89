"""Which Python a tutorial gets."""

import os
import sys

import pytest

from octavo.edges.runner.environmentproblem import EnvironmentProblem
from octavo.edges.runner.pythons import choose_python, fits

OWN = ".".join(map(str, sys.version_info[:3]))


@pytest.mark.parametrize(
    ("version", "wanted"),
    [
        ("3.12.4", ""),
        ("3.12.4", "3"),
        ("3.12.4", "3.12"),
        ("3.12.4", "3.12.*"),
        ("3.12.4", "==3.12"),
        ("3.12.4", ">=3.10"),
        ("3.12.4", ">=3.10,<3.14"),
        ("3.12.4", ">= 3.10, != 3.11"),
        ("3.12.4", "<=3.12"),
        ("3.12.4", ">3.12.3"),
        ("3.12.4", "~=3.10"),
        ("3.12.4", "~=3.12.2"),
    ],
)
def test_a_version_that_an_author_asks_for_fits(version, wanted):
    assert fits(version, wanted)


@pytest.mark.parametrize(
    ("version", "wanted"),
    [
        ("3.12.4", "2"),
        ("3.12.4", "3.1"),
        ("3.12.4", "3.12.5"),
        ("3.12.4", ">=3.13"),
        ("3.12.4", "<3.12"),
        ("3.12.4", ">3.12"),
        ("3.12.4", ">=3.10,<3.12"),
        ("3.12.4", "!=3.12"),
        ("3.12.4", "~=3.13"),
        ("3.12.4", "~=3.11.0"),
        ("3.12.4", "new"),
    ],
)
def test_another_version_does_not_fit(version, wanted):
    assert not fits(version, wanted)


@pytest.fixture(name="programs")
def fixture_programs(tmp_path, monkeypatch):
    """A PATH of its own, on which programs say which Python they are."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def add(name, version):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\necho {version}\necho {path}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return add


def silent(_text):
    raise AssertionError("nothing is said")


def test_the_python_that_runs_octavo_is_taken_where_it_fits(programs):
    programs("python3.99", "3.99.0")
    chosen = choose_python(">=3.10", silent)

    assert OWN == chosen.version
    assert os.path.realpath(sys._base_executable) == chosen.path


def test_the_newest_that_fits_is_taken_from_the_path(programs):
    programs("python3.97", "3.97.1")
    wanted = programs("python3.98", "3.98.0")
    programs("python3.99", "3.99.0")
    programs("python3", "nonsense")
    chosen = choose_python(">=3.97,<3.99", silent)

    assert (wanted, "3.98.0") == (chosen.path, chosen.version)


def test_none_that_fits_is_a_problem_that_names_those_found(programs):
    programs("python3.98", "3.98.0")
    problem = choose_python("3.99", silent)

    assert isinstance(problem, EnvironmentProblem)
    assert f"the tutorial needs Python 3.99; found {OWN}, 3.98.0" == problem.message
    assert "install it" in problem.hint
