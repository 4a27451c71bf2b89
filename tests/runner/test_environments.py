"""Environments from pinned requirements, made of wheels that the tests write: no index is asked."""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from octavo.edges.runner import environments
from octavo.edges.runner.environments import EnvironmentProblem, prepare_environment
from octavo.edges.runner.installing import mask
from wheelmaker import hash_of, make_wheel

HEAD = "--no-index\n--find-links wheels\n"
PREPARE = (
    "import sys\n"
    "from octavo.edges.runner.environments import prepare_environment\n"
    "said = []\n"
    "made = prepare_environment(sys.argv[1], python='', requirements=None, progress=said.append)\n"
    "print(made.folder)\n"
    "print(sum(text.startswith('making') for text in said))\n"
)


def path_without(program):
    """Give PATH without the folders that hold a program."""
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if shutil.which(program, path=folder) is None)


class Workshop:
    """A cache, wheels and a file of requirements; keeps what was said on the way."""

    def __init__(self, root):
        self.root = root
        self.cache = root / ".octavo" / "cache"
        self.file = root / "requirements.txt"
        self.said = []
        self.notes = make_wheel(root / "wheels", "Notes_App", needs=["greeter"], program="notes")
        self.greeter = make_wheel(root / "wheels", "greeter", "2.5")

    def prepare(self, text, **options):
        self.said.clear()
        self.file.write_text(text, encoding="utf-8")
        options = {"python": "", "requirements": str(self.file), "progress": self.said.append} | options
        return prepare_environment(str(self.cache), **options)

    def refused(self, text):
        problem = self.prepare(text)

        assert isinstance(problem, EnvironmentProblem)
        left = [name for name in os.listdir(self.cache / "environments") if not name.endswith(".lock")]
        assert [] == left
        return problem


@pytest.fixture(name="shared_workshop", scope="module")
def fixture_shared_workshop(tmp_path_factory):
    """A workshop of the whole module: making an environment takes seconds."""
    return Workshop(tmp_path_factory.mktemp("workshop"))


@pytest.fixture(name="workshop")
def fixture_workshop(tmp_path):
    return Workshop(tmp_path)


@pytest.fixture(autouse=True)
def fixture_pip_alone(monkeypatch, request):
    """Leave only pip, unless a test is about uv."""
    if "uv" not in request.node.name.split("_"):
        monkeypatch.setenv("PATH", path_without("uv"))


PINNED = HEAD + "notes-app==1.0\ngreeter==2.5\n"


@pytest.fixture(name="two_runs", scope="module")
def fixture_two_runs(shared_workshop):
    """What two runs say that want the same environment, without packages, at the same time."""
    words = [sys.executable, "-c", PREPARE, str(shared_workshop.cache)]
    runs = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    return [run.communicate(timeout=300)[0].split() for run in runs]


@contextlib.contextmanager
def copying(template):
    """Copy an environment that has pip, which is faster than making one; what pip does in it is real."""

    def copy(folder, *_args, **_options):
        shutil.copytree(template, folder, symlinks=True)
        os.unlink(f"{folder}/octavo-environment.json")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(environments, "make_environment", copy)
        yield


@pytest.fixture(name="quick")
def fixture_quick(two_runs):
    with copying(two_runs[0][0]):
        yield


@pytest.fixture(name="made", scope="module")
def fixture_made(shared_workshop, two_runs):
    """The environment of two wheels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", path_without("uv"))
        with copying(two_runs[0][0]):
            environment = shared_workshop.prepare(PINNED)
    yield environment
    environment.release()


def test_the_packages_listed_are_installed_with_their_programs(made):
    said = subprocess.run([f"{made.folder}/bin/notes"], capture_output=True, text=True, check=True).stdout

    assert "Notes_App 1.0\n" == said
    assert (("Notes_App", "1.0"), ("greeter", "2.5")) == made.versions
    assert ".".join(map(str, sys.version_info[:3])) == made.python


def test_an_environment_is_made_once(made, shared_workshop):
    with shared_workshop.prepare(PINNED) as again:
        assert made.folder == again.folder
        assert made.versions == again.versions
    assert [] == shared_workshop.said


def test_other_bytes_of_a_wheel_or_of_the_requirements_are_another_environment(
    made, shared_workshop, monkeypatch
):
    keys = set()

    def note(folder, *_args, **_options):
        keys.add(os.path.basename(folder))
        return EnvironmentProblem(message="enough")

    monkeypatch.setattr(environments, "make_environment", note)
    shared_workshop.prepare(PINNED + "# a word\n")
    shared_workshop.prepare("./wheels/greeter-2.5-py3-none-any.whl\n")
    make_wheel(shared_workshop.root / "wheels", "greeter", "2.5", code="new = True")
    shared_workshop.prepare("./wheels/greeter-2.5-py3-none-any.whl\n")

    assert 3 == len(keys - {os.path.basename(made.folder)})


def test_two_runs_at_once_make_one_environment(two_runs):
    assert two_runs[0][0] == two_runs[1][0]
    assert ["0", "1"] == sorted(answer[1] for answer in two_runs)
    subprocess.run(
        [f"{two_runs[0][0]}/bin/python", "-m", "pip", "--version"], check=True, stdout=subprocess.DEVNULL
    )


def test_packages_are_checked_against_their_hashes(workshop, quick):
    good = f"greeter==2.5 --hash={hash_of(workshop.greeter)}\n"
    bad = f"greeter==2.5 --hash=sha256:{64 * '0'}\n"
    problem = workshop.refused(HEAD + bad)

    assert "the packages of `requirements.txt` cannot be installed" == problem.message
    assert "is not the one whose hash is written down" in problem.hint
    assert any("greeter" in line for line in problem.log)
    with workshop.prepare(HEAD + good) as environment:
        assert (("greeter", "2.5"),) == environment.versions


def test_a_package_that_cannot_be_had_is_told_in_the_words_of_pip(workshop, quick):
    problem = workshop.refused(HEAD + "greeter==9.9\n")

    assert (str(workshop.file), 0) == (problem.file, problem.line)
    assert "check the name and the version" in problem.hint
    assert any("No matching distribution found for greeter==9.9" in line for line in problem.log)
    assert len(problem.log) <= 12


def test_a_package_that_nobody_pinned_is_refused_at_the_line_that_needs_it(workshop, quick):
    problem = workshop.refused(HEAD + "notes-app==1.0\n")

    assert "`greeter`, which `notes-app` needs, is not pinned" == problem.message
    assert (str(workshop.file), 3, "notes-app==1.0") == (problem.file, problem.line, problem.excerpt)
    assert "add to `requirements.txt`: `greeter==2.5`" == problem.hint


def test_an_unpinned_requirement_installs_nothing(workshop):
    problem = workshop.prepare(HEAD + "greeter\n")

    assert 3 == problem.line
    assert [] == workshop.said
    assert not workshop.cache.exists()


def test_a_python_that_is_not_there_is_a_problem(workshop):
    problem = workshop.prepare("", python="3.99")

    assert problem.message.startswith("the tutorial needs Python 3.99; found ")


def test_variables_that_would_change_what_is_installed_do_not_reach_pip(
    workshop, quick, monkeypatch, tmp_path
):
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "modules"))
    make_wheel(tmp_path, "greeter", "2.5")
    (tmp_path / "modules").mkdir()
    shutil.unpack_archive(workshop.greeter, tmp_path / "modules", "zip")

    with workshop.prepare(HEAD + "greeter==2.5\n") as environment:
        assert (("greeter", "2.5"),) == environment.versions
    assert not (tmp_path / "elsewhere").exists()


def test_no_private_value_of_the_environment_is_shown():
    variables = {
        "PIP_INDEX_URL": "https://example.org/simple",
        "API_TOKEN": "hunter2",
        "PATH": "/usr/bin",
        "A_KEY": "1",
    }
    text = "from https://example.org/simple with hunter2 and https://me:word@example.org/x in /usr/bin 1"

    assert "from $PIP_INDEX_URL with $API_TOKEN and https://***@example.org/x in /usr/bin 1" == mask(
        text, variables
    )


class TestKept:
    """How many environments stay, made by a stand-in that is fast."""

    @pytest.fixture(autouse=True)
    def fixture_fast(self, monkeypatch):
        def make(folder, *_args, **_options):
            os.makedirs(f"{folder}/bin")
            os.symlink(sys.executable, f"{folder}/bin/python")

        monkeypatch.setattr(environments, "make_environment", make)

    def kept(self, workshop):
        return {name for name in os.listdir(workshop.cache / "environments") if not name.endswith(".lock")}

    def test_of_many_environments_those_used_last_stay(self, workshop):
        folders = []
        for number in range(6):
            with workshop.prepare(f"# {number}\n") as environment:
                folders.append(os.path.basename(environment.folder))
            with workshop.prepare("# 0\n") as environment:
                assert folders[0] == os.path.basename(environment.folder)

        assert {folders[0], *folders[-3:]} == self.kept(workshop)

    def test_one_in_use_is_never_removed(self, workshop):
        used = workshop.prepare("# used\n")
        for number in range(6):
            workshop.prepare(f"# {number}\n").release()

        assert os.path.basename(used.folder) in self.kept(workshop)
        used.release()
        workshop.prepare("# last\n").release()
        assert os.path.basename(used.folder) not in self.kept(workshop)
        assert environments.MOST_KEPT == len(self.kept(workshop))

    def test_one_that_a_command_has_changed_is_made_anew(self, workshop):
        """Without namespaces, `pip install` on a page reaches the environment that other chapters use."""
        with workshop.prepare("") as made:
            Path(made.folder, "lib", "python3", "site-packages", "intruder").mkdir(parents=True)
        with workshop.prepare("") as again:
            assert made.folder == again.folder
            assert ["bin", "octavo-environment.json"] == sorted(os.listdir(made.folder))

    def test_one_that_was_never_finished_is_made_anew(self, workshop, monkeypatch):
        def stop(folder, *_args, **_options):
            os.makedirs(f"{folder}/bin")
            Path(folder, "bin", "half").write_text("", encoding="utf-8")
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(environments, "make_environment", stop)
            with pytest.raises(KeyboardInterrupt):
                workshop.prepare("")
        with workshop.prepare("") as environment:
            assert ["python"] == os.listdir(f"{environment.folder}/bin")

    def test_one_that_was_moved_is_made_anew(self, workshop, tmp_path):
        """Its programs name the place where they were made."""
        with workshop.prepare("") as made:
            Path(made.folder, "mark").write_text("", encoding="utf-8")
        moved = Workshop(tmp_path / "moved")
        shutil.copytree(workshop.cache, moved.cache, symlinks=True)
        with moved.prepare("") as again:
            assert not Path(again.folder, "mark").exists()

    def test_a_changed_one_is_not_made_anew_under_the_feet_of_a_run(self, workshop):
        used = workshop.prepare("")
        Path(used.folder, "bin", "intruder").write_text("", encoding="utf-8")
        other = threading.Thread(target=lambda: workshop.prepare("").release())
        waits = threading.Event()
        workshop.said = Told(waits)
        other.start()
        waits.wait(60)

        assert Path(used.folder, "bin", "intruder").exists()
        used.release()
        other.join(60)
        assert not Path(used.folder, "bin", "intruder").exists()


class Told(list):
    """What was said; sets an event as soon as a run waits."""

    def __init__(self, waits):
        super().__init__()
        self._waits = waits

    def append(self, text):
        super().append(text)
        if text.startswith("waiting"):
            self._waits.set()


def test_with_uv_the_same_packages_are_installed(workshop, monkeypatch):
    monkeypatch.setenv("PATH", os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]))
    if shutil.which("uv") is None:
        pytest.skip("uv is not installed here")
    with workshop.prepare(PINNED) as environment:
        assert (("Notes_App", "1.0"), ("greeter", "2.5")) == environment.versions
        subprocess.run([f"{environment.folder}/bin/python", "-m", "pip", "--version"], check=True)
    assert any("uv" in text for text in workshop.said)
    bad = f"greeter==2.5 --hash=sha256:{64 * '0'}\n"
    problem = workshop.prepare(HEAD + bad)
    assert isinstance(problem, EnvironmentProblem)
    assert any("ash" in line for line in problem.log)
