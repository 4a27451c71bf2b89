"""The wheel: what it holds, and that Octavo runs from it alone."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import octavo
from octavo.cli.identity import bundled_theme

ROOT = Path(__file__).resolve().parents[2]
SECRETS = (".env", ".key", ".netrc", ".p12", ".pem", ".pypirc", "id_rsa")


def build_wheel(folder: Path) -> Path:
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
    ]
    subprocess.run([*command, "--wheel-dir", folder, ROOT], check=True, capture_output=True, text=True)
    (wheel,) = folder.glob("octavo-*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def unpacked(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run_from(unpacked: Path, cwd: Path, *words: str) -> str:
    """Run Python with the unpacked wheel before all else; the dependencies come from this environment."""
    env = os.environ | {"PYTHONPATH": str(unpacked), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *words], cwd=cwd, env=env, check=True, capture_output=True, text=True, timeout=120
    )
    return done.stdout + done.stderr


def files_below(folder: Path, prefix: str) -> set[str]:
    return {
        prefix + path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_the_package_the_theme_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert names == files_below(ROOT / "generator" / "octavo", "octavo/") | files_below(
        ROOT / "theme", "octavo/theme/"
    )


def test_the_wheel_holds_the_scaffold_the_licence_and_no_secret(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    assert "octavo/py.typed" in names
    assert "octavo/theme/theme.yaml" in names
    assert "octavo/scaffold/site/dot-gitignore" in names
    assert "octavo/scaffold/site/dot-github/workflows/pages.yml" in names
    assert f"octavo-{octavo.__version__}.dist-info/licenses/LICENSE" in names
    assert [name for name in names if name.endswith(SECRETS) or "/tests/" in name] == []


def test_no_file_of_the_wheel_names_a_folder_of_the_machine_that_built_it(unpacked):
    places = (os.fsencode(ROOT), os.fsencode(sys.prefix))

    assert [
        path.name
        for path in unpacked.rglob("*")
        if path.is_file() and any(place in path.read_bytes() for place in places)
    ] == []


def test_two_builds_of_the_wheel_are_equal_byte_for_byte(wheel, tmp_path):
    assert build_wheel(tmp_path).read_bytes() == wheel.read_bytes()


def test_the_wheel_runs_its_own_package_and_its_own_theme(unpacked, tmp_path):
    code = "import octavo; from octavo.cli.identity import bundled_theme; print(octavo.__file__, bundled_theme(), sep='\\n')"

    package, theme = run_from(unpacked, tmp_path, "-c", code).splitlines()

    assert package == str(unpacked / "octavo" / "__init__.py")
    assert theme == str(unpacked / "octavo" / "theme")


def test_the_wheel_makes_and_builds_a_site(unpacked, tmp_path):
    run_from(unpacked, tmp_path, "-m", "octavo", "new", "notes")

    shown = run_from(unpacked, tmp_path / "notes", "-m", "octavo", "build", "-s")

    assert "built 6 of 6 pages" in shown
    assert (tmp_path / "notes" / "_site" / "tutorial" / "count" / "index.html").is_file()


def test_the_editable_install_reads_the_theme_at_the_top_of_the_repository():
    assert Path(octavo.__file__).resolve() == ROOT / "generator" / "octavo" / "__init__.py"
    assert bundled_theme() == str(ROOT / "theme")
