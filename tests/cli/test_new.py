"""`octavo new`: what it writes, what it refuses, and that its result builds, checks and runs as shown."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import yaml
from octavo.cli.group import cli
from octavo.cli.guard import run_guarded
from octavo.cli.identity import bundled_theme
from octavo.errors import EnvironmentFault, UsageError
from octavo.scaffold import NewFile, plan_site, site_title, write_files

FILES = (
    ".github/workflows/pages.yml",
    ".gitignore",
    "Makefile",
    "README.md",
    "content/index.md",
    "content/tutorial/01-count.md",
    "content/tutorial/02-read-a-file.md",
    "content/tutorial/index.md",
    "site.yaml",
)
HOSTILE = (
    "octavo>=0.1,<2",
    "octavo[extra] ; python_version >= '3.11'",
    "octavo @ git+https://example.org/octavo.git@main#egg=octavo",
    "../my wheels/octavo-0.1.0-py3-none-any.whl",
    "a$(touch pwned)b",
    "a`touch pwned`b",
    "it's; touch pwned; #",
    '"quoted" & touch pwned',
    "$HOME $$ ${HOME} $@ %",
    "back\\slash\\",
    "über/Größe.whl",
    "@@TITLE_AS_YAML@@",
)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def new(*words: str) -> Result:
    return CliRunner().invoke(cli, ["new", *words])


def octavo(folder: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "octavo", *words], cwd=folder, capture_output=True, text=True, check=False
    )


def written(folder: str) -> tuple[str, ...]:
    root = Path(folder)
    return tuple(sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if not p.is_dir()))


def refusal(*words: str) -> UsageError:
    result = new(*words)

    assert isinstance(result.exception, UsageError)
    return result.exception


# ---------------------------------------------------------------- the new site


def test_new_writes_exactly_these_files():
    assert new("notes").exit_code == 0

    assert written("notes") == FILES


def test_a_new_site_checks_and_builds_strictly_without_a_warning():
    new("my-notes")

    check = octavo("my-notes", "check", "-s")
    build = octavo("my-notes", "build", "-s")

    assert (check.returncode, check.stdout, "checked 6 pages" in check.stderr) == (0, "", True)
    assert (build.returncode, build.stdout, "built 6 of 6 pages" in build.stderr) == (0, "", True)
    assert "warning" not in check.stderr + build.stderr
    assert "<title>My notes</title>" in Path("my-notes/_site/index.html").read_text(encoding="utf-8")


def test_every_setting_that_site_yaml_offers_is_one_that_octavo_takes():
    new("notes")
    path = Path("notes/site.yaml")
    settings = re.sub(r"^#(?=[a-z]| {2,})", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    path.write_text(settings, encoding="utf-8")

    check = octavo("notes", "check", "-s")

    assert len(yaml.safe_load(settings)) == 10
    assert (check.returncode, "warning" in check.stderr) == (0, False)


@pytest.fixture(name="tested_site")
def fixture_tested_site(tmp_path, environments, monkeypatch):
    """A new site, `notes`; environments take seconds to make, so all of them share one."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    new("notes")
    environments.mkdir(exist_ok=True)
    Path("notes/.octavo/cache").mkdir(parents=True)
    Path("notes/.octavo/cache/environments").symlink_to(environments)


@pytest.mark.usefixtures("tested_site")
@pytest.mark.parametrize("isolation", ["auto", "ports"])
def test_all_of_the_tutorial_of_a_new_site_is_verified(isolation, monkeypatch):
    monkeypatch.setenv("OCTAVO_ISOLATION", isolation)

    run = octavo("notes", "test")

    assert run.returncode == 0, run.stdout + run.stderr
    assert "6 verified" in run.stdout
    assert not re.search("failed|skipped|not run", run.stdout)
    assert octavo("notes", "build", "--strict", "--require-proof").returncode == 0
    html = Path("notes/_site/tutorial/count/index.html").read_text(encoding="utf-8")
    assert 'data-state="verified"' in html


@pytest.mark.usefixtures("tested_site")
def test_a_new_site_whose_page_is_wrong_fails_its_test():
    chapter = Path("notes/content/tutorial/01-count.md")
    chapter.write_text(chapter.read_text(encoding="utf-8").replace("\n4\n", "\n5\n"), encoding="utf-8")

    run = octavo("notes", "test", "--trust")

    assert run.returncode == 1
    assert "FAILED content/tutorial/01-count.md" in run.stdout


def test_a_folder_that_held_something_is_not_trusted_for_a_new_site_in_it(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    Path("notes").mkdir()
    Path("notes/other.txt").write_text("somebody's\n", encoding="utf-8")
    new("notes")

    run = octavo("notes", "test")

    assert run.returncode == 2
    assert "the commands of this checkout are not trusted yet" in run.stderr


def test_the_makefile_and_the_workflow_run_the_tutorial_before_anything_is_published():
    files = {file.path: file.text for file in plan_site("Notes", "octavo")}
    build = yaml.safe_load(files[FILES[0]])["jobs"]["build"]
    runs = [step["run"] for step in build["steps"] if "run" in step]

    assert "\ntest: $(STAMP)\n\t$(BIN)/octavo check --strict\n\t$(BIN)/octavo test\n" in files["Makefile"]
    assert runs.index("octavo test --trust") < runs.index("octavo build --strict")
    assert build["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in files[FILES[0]]


def test_no_placeholder_is_left():
    assert [file.path for file in plan_site("Notes", "octavo") if "@@" in file.text] == []


def test_new_with_a_theme_writes_two_files_more_that_build_and_change_nothing_yet():
    new("notes")
    new("themed", "--theme")

    own = ("theme/assets/css/own.css", "theme/templates/main.html")
    assert written("themed") == tuple(sorted((*FILES, *own)))
    assert octavo("themed", "build", "-s").returncode == 0
    html = Path("themed/_site/index.html").read_text(encoding="utf-8")
    assert html.count('rel="stylesheet"') == 2
    assert "Questions?" not in html


def test_the_style_sheet_to_begin_with_has_the_values_of_the_bundled_theme():
    files = {file.path: file.text for file in plan_site("Notes", "octavo", theme=True)}
    tokens = Path(bundled_theme(), "assets/css/tokens.css").read_text(encoding="utf-8")
    shown = re.findall(r"/\* (--[\w-]+: [^;]+;) \*/", files["theme/assets/css/own.css"])

    assert len(shown) == 10
    assert [line for line in shown if line not in tokens] == []


def test_the_template_to_begin_with_works_when_its_comment_is_opened(site):
    files = {file.path: file.text for file in plan_site("Notes", "octavo", theme=True)}
    template = files["theme/templates/main.html"]
    start = template.index("{#- A block")
    opened = template[:start] + template[template.index("{% block footer %}") : template.rindex("-#}")]
    site.write("theme/assets/css/own.css", files["theme/assets/css/own.css"]).write(
        "theme/templates/main.html", opened
    )

    assert "Questions? Write to" in site.page("a.md", "# A\n").build().clean().html("a/")


# ---------------------------------------------------------------- what is said


def test_new_says_in_three_lines_what_to_do_next():
    head, *steps = new("notes").stderr.splitlines()

    assert head == "wrote 9 files to `notes`; next:"
    assert [step.split("#")[0].strip() for step in steps] == [
        "cd notes",
        "make serve",
        "make build",
    ]


def test_in_the_working_folder_there_is_nowhere_to_go():
    _, *steps = new(".").stderr.splitlines()

    assert written(".") == FILES
    assert [step.split("#")[0].strip() for step in steps] == [
        "make serve",
        "make build",
        "make test",
    ]


def test_a_folder_is_quoted_for_the_shell_that_reads_the_next_step():
    assert "  cd 'my notes; ls'\n" in new("my notes; ls").stderr
    assert "  cd ./-x\n" in new("--", "-x").stderr


def test_quiet_says_nothing():
    result = CliRunner().invoke(cli, ["-q", "new", "notes"])

    assert (result.exit_code, result.output) == (0, "")


# ---------------------------------------------------------------- what is refused


def test_files_in_the_way_are_named_and_nothing_is_written():
    Path("notes/content").mkdir(parents=True)
    Path("notes/content/index.md").write_text("mine", encoding="utf-8")
    Path("notes/Makefile").write_text("mine", encoding="utf-8")

    problem = refusal("notes")

    assert problem.message == "`notes` already holds `Makefile`, `content/index.md`; nothing was written"
    assert written("notes") == ("Makefile", "content/index.md")
    assert Path("notes/Makefile").read_text(encoding="utf-8") == "mine"


def test_a_second_new_in_one_folder_is_refused_with_status_2(capfd):
    new("notes")

    status = run_guarded(cli, ["new", "notes"])

    assert status == 2
    assert "and 4 more" in capfd.readouterr().err


def test_other_files_of_a_folder_stay_as_they_are():
    Path("notes/content").mkdir(parents=True)
    Path("notes/LICENSE").write_text("mine", encoding="utf-8")
    Path("notes/content/more.md").write_text("# More\n", encoding="utf-8")

    assert new("notes").exit_code == 0

    assert written("notes") == tuple(sorted((*FILES, "LICENSE", "content/more.md")))
    assert Path("notes/LICENSE").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("make", [lambda p: p.write_text("x"), lambda p: p.symlink_to("../elsewhere")])
def test_what_stands_for_a_folder_and_is_none_is_in_the_way(make):
    Path("elsewhere").mkdir()
    Path("notes").mkdir()
    make(Path("notes/content"))

    assert "`content`" in refusal("notes").message
    assert written("elsewhere") == ()


def test_a_dangling_link_is_in_the_way_of_a_file():
    Path("notes").mkdir()
    Path("notes/Makefile").symlink_to("nowhere")

    assert "`Makefile`" in refusal("notes").message


def test_a_file_in_place_of_the_folder_is_refused():
    Path("notes").write_text("mine", encoding="utf-8")

    assert refusal("notes").message == "`notes` is there and is not a folder"
    assert Path("notes").read_text(encoding="utf-8") == "mine"


def test_an_empty_name_is_refused():
    assert "empty" in refusal("").message
    assert written(".") == ()


def test_a_failed_write_leaves_nothing_behind():
    files = (NewFile(path="a/b.txt", text="b"), NewFile(path="a/" + "c" * 300, text="c"))

    with pytest.raises(EnvironmentFault, match="cannot write"):
        write_files(os.path.abspath("deep/notes"), files)

    assert os.listdir(".") == []


# ---------------------------------------------------------------- the title


@pytest.mark.parametrize(
    ("folder", "title"),
    [
        ("notes", "Notes"),
        ("my-first_site", "My first site"),
        ("übung", "Übung"),
        ("--", "My tutorial"),
        ("a\tb\udcff", "Ab"),
    ],
)
def test_the_title_comes_from_the_folder(folder, title):
    assert site_title(folder) == title


def test_a_title_with_markup_stays_what_it_is():
    folder = "a \"b\" 'c' *d* <e> # f: &amp; @@TITLE_AS_MARKDOWN@@"
    new(folder)

    assert octavo(folder, "build", "-s").returncode == 0
    assert yaml.safe_load(Path(folder, "site.yaml").read_text(encoding="utf-8"))["title"] == site_title(
        folder
    )
    readme = Path(folder, "README.md").read_text(encoding="utf-8").splitlines()[0]
    assert readme == "# A \"b\" 'c' \\*d\\* \\<e\\> \\# f: \\&amp; @@TITLE AS MARKDOWN@@"


# ---------------------------------------------------------------- the requirement


@pytest.mark.parametrize("spec", HOSTILE)
def test_make_hands_the_requirement_to_pip_as_one_argument(spec, tmp_path):
    # `PYTHON` stands for an interpreter whose virtual environment writes down what pip is given.
    recorder = tmp_path / "python"
    recorder.write_text(
        f"#!{sys.executable}\n"
        "import json, os, pathlib, shutil, sys\n"
        "if sys.argv[1:3] == ['-m', 'venv']:\n"
        "    os.makedirs('.venv/bin')\n"
        "    shutil.copy(__file__, '.venv/bin/python')\n"
        "else:\n"
        "    pathlib.Path('argv.json').write_text(json.dumps(sys.argv[1:]))\n",
        encoding="utf-8",
    )
    recorder.chmod(0o755)
    new("notes", "--requirement", spec)

    # The suite itself may run below a make, whose flags must not reach this one.
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "-s", ".venv/.octavo-installed", f"PYTHON={recorder}"]
    subprocess.run(command, cwd="notes", env=env, check=True, timeout=60)

    argv = yaml.safe_load(Path("notes/argv.json").read_text(encoding="utf-8"))
    assert argv == ["-m", "pip", "install", "--quiet", "--upgrade", spec]
    assert not Path("notes/pwned").exists()


@pytest.mark.parametrize("spec", HOSTILE)
def test_the_workflow_hands_the_requirement_to_the_shell_as_a_variable(spec):
    new("notes", "--requirement", spec)

    job = yaml.safe_load(Path("notes/.github/workflows/pages.yml").read_text(encoding="utf-8"))["jobs"][
        "build"
    ]

    assert job["env"] == {"OCTAVO": spec}
    assert [step["run"] for step in job["steps"] if "pip" in step.get("run", "")] == [
        'python -m pip install "$OCTAVO"'
    ]


def test_github_evaluates_no_expression_of_a_requirement():
    workflow = {file.path: file.text for file in plan_site("N", "a${{ github.token }}")}[FILES[0]]

    assert yaml.safe_load(workflow)["jobs"]["build"]["env"]["OCTAVO"] == "a${{ '${{' }} github.token }}"


@pytest.mark.parametrize("spec", ["", " ", "-r other.txt", "--editable=x", "a\nb", "a\x07b"])
def test_what_is_no_requirement_is_refused(spec):
    assert "requirement" in refusal("notes", "--requirement", spec).message
    assert written(".") == ()


def test_a_path_is_written_as_it_is_seen_from_the_site():
    Path("dist").mkdir()
    Path("dist/octavo.whl").write_text("", encoding="utf-8")

    result = new("sites/notes", "--requirement", "dist/octavo.whl[extra]")

    assert "--upgrade '../../dist/octavo.whl[extra]'\n" in Path("sites/notes/Makefile").read_text(
        encoding="utf-8"
    )
    assert "GitHub cannot install" in result.stderr
    assert "there is no" not in result.stderr


def test_a_path_that_is_already_seen_from_the_site_stays():
    Path("dist").mkdir()
    Path("dist/octavo.whl").write_text("", encoding="utf-8")

    result = new("notes", "--requirement", "../dist/octavo.whl")

    assert "--upgrade ../dist/octavo.whl\n" in Path("notes/Makefile").read_text(encoding="utf-8")
    assert "there is no" not in result.stderr


def test_a_path_that_leads_nowhere_is_said_so():
    assert "there is no `../octavo.whl`" in new("notes", "--requirement", "../octavo.whl").stderr


def test_the_name_of_a_package_is_never_taken_for_a_folder():
    Path("octavo").mkdir()

    result = new("notes")

    assert "--upgrade octavo\n" in Path("notes/Makefile").read_text(encoding="utf-8")
    assert "note:" not in result.stderr
