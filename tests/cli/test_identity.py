"""Which part of Octavo proofs depend on: what runs a chapter, and nothing else."""

import shutil
from pathlib import Path

import pytest

import octavo
from octavo.cli.identity import identify


@pytest.fixture(name="package")
def fixture_package(tmp_path, monkeypatch):
    """A copy of our own sources that `identify` takes for the installed ones."""
    source = Path(octavo.__file__).parent
    folder = tmp_path / "octavo"
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__", "theme", "*.pyc"))
    monkeypatch.setattr(octavo, "__file__", str(folder / "__init__.py"))
    return folder


def differs(package, module):
    """Change a module; tells whether the digests of the engine and of the runner differ."""
    before = identify()
    path = package / module
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as file:
        file.write("# changed\n")
    after = identify()
    return before.engine != after.engine, before.runner != after.runner


@pytest.mark.parametrize(
    "module", ["tutorial/edits.py", "codeblocks.py", "tutorialkeys.py", "edges/runner/shell.py"]
)
def test_the_code_that_runs_chapters_is_in_both_digests(module, package):
    assert differs(package, module) == (True, True)


@pytest.mark.parametrize(
    "module",
    ["markdown/tables.py", "tutorial/html.py", "tutorial/reports/junit.py", "edges/walk.py", "errors.py"],
)
def test_all_other_code_is_in_that_of_the_engine_alone(module, package):
    assert differs(package, module) == (True, False)
