"""Themes that are installed as packages, by the entry points of `octavo.themes`."""

import importlib
import os
import subprocess
import sys
import zipfile

import pytest

from handbook_reader import read_page
from octavo.edges.installed import GROUP
from octavo.errors import UsageError

PROJECT = next(
    fence.text for fence in read_page("theming.md").fences if 'title="pyproject.toml"' in fence.info
)
FILES = {
    "pyproject.toml": PROJECT,
    "octavo_paper/__init__.py": "raise RuntimeError('a theme is not imported')\n",
    "octavo_paper/theme.yaml": "options:\n  motto: Printed on paper\n",
    "octavo_paper/templates/main.html": '{% extends "base.html" %}\n'
    "{% block head_extra %}<link rel='stylesheet' href='{{ context.root }}{{ theme.assets['css/paper.css'] | path }}'>{% endblock %}\n"
    "{% block footer %}<p>{{ theme.motto }}</p>{% endblock %}\n",
    "octavo_paper/assets/css/paper.css": "body { color: black }\n",
}


@pytest.fixture(name="wheel", scope="session")
def fixture_wheel(tmp_path_factory):
    """The theme of the handbook's example, built by the tool that it names."""
    source = tmp_path_factory.mktemp("paper")
    for name, text in FILES.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8")
    build = "import hatchling.build, sys; print(hatchling.build.build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(source / "dist")],
        cwd=source, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return source / "dist" / done.stdout.split()[-1]


@pytest.fixture(name="installed")
def fixture_installed(wheel, tmp_path, monkeypatch):
    """The folder into which the theme was installed, on the path of this Python."""
    folder = tmp_path / "packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    monkeypatch.syspath_prepend(str(folder))
    importlib.invalidate_caches()
    return folder


def test_a_theme_is_found_by_its_name_and_laid_over_the_bundled_one(installed, site):
    site.config("theme: paper\n").page("a.md", "# A\n").build().clean()

    html = site.html("a/")
    assert "<p>Printed on paper</p>" in html
    assert "assets/css/paper." in html
    assert '<header class="bar">' in html
    assert "octavo_paper" not in sys.modules


def test_its_options_are_set_in_site_yaml(installed, site):
    site.config("theme: {name: paper, options: {motto: Mine, toc_depth: 2}}\n").page("a.md", "# A\n")

    assert "<p>Mine</p>" in site.build().clean().html("a/")


def test_a_folder_of_the_site_comes_first(installed, site):
    site.config("theme: paper\n").write("paper/theme.yaml", "options: {}\n").page("a.md", "# A\n")

    assert "Printed" not in site.build().clean().html("a/")


def test_a_new_version_makes_pages_anew_and_parses_none(installed, site):
    site.config("theme: paper\n").page("a.md", "# A\n").build().clean()
    (installed / "octavo_paper/theme.yaml").write_text("options:\n  motto: Second edition\n")
    site.build().counts(parsed=0)

    assert "<p>Second edition</p>" in site.html("a/")


def test_a_fault_of_the_theme_is_placed_below_its_name(installed, site):
    (installed / "octavo_paper/templates/main.html").write_text("{% block a %}\n")

    site.config("theme: paper\n").page("a.md", "# A\n").build().fails("template-syntax")
    assert site.report.diagnostics[0].location.file == "paper/templates/main.html"


def test_a_link_of_the_theme_that_leads_out_of_it_is_not_read(installed, site):
    os.symlink("/etc/hostname", installed / "octavo_paper/assets/name.txt")

    site.config("theme: paper\n").page("a.md", "# A\n").build()
    assert site.codes() == ["outside-link"]


def test_an_unknown_name_says_what_is_installed(installed, site):
    site.config("theme: papper\n").page("a.md", "# A\n")
    with pytest.raises(UsageError) as caught:
        site.build()
    assert str(caught.value) == "there is no theme folder `papper`, and no installed theme of this name"
    assert caught.value.hint == "did you mean `paper`?"

    site.config("theme: marble\n")
    with pytest.raises(UsageError) as caught:
        site.build()
    assert caught.value.hint == "installed are `paper`"


def test_without_an_installed_theme_the_hint_says_so(site):
    with pytest.raises(UsageError) as caught:
        site.config("theme: paper\n").page("a.md", "# A\n").build()

    assert caught.value.hint == "no theme is installed; see `theme` in site.yaml"


@pytest.mark.parametrize("value", ["octavo_gone", "octavo_paper.gone", "os.path", "../../etc", "a:b"])
def test_an_entry_that_names_no_folder_is_an_error(value, tmp_path, monkeypatch, site):
    info = tmp_path / "packages" / "wrong-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wrong\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\nwrong = {value}\n")
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    site.config("theme: wrong\n").page("a.md", "# A\n")
    with pytest.raises(UsageError, match="the installed theme `wrong` names the package"):
        site.build()
