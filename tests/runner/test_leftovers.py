"""What a killed run left is ended by the next one, and nothing else is."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile

import pytest

from octavo.edges.runner.leftovers import end_leftovers, end_run, forget, record
from octavo.edges.runner.workfolder import remove_work_folder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the processes are looked up in /proc")

RUN = """
import os, subprocess, sys, time
from octavo.edges.runner.leftovers import record
cache, folder, script = sys.argv[1:]
environment = {"HOME": os.path.join(folder, "home"), "PATH": os.environ["PATH"]}
child = subprocess.Popen(["sh", "-c", script], env=environment, start_new_session=True, stdout=subprocess.PIPE)
said = child.stdout.readline().decode().strip()
record(cache, "run-1", processes=[child.pid], folders=[folder])
print(child.pid, said, flush=True)
time.sleep(600)
"""
"""A run that starts a command, writes it down, and waits to be killed; the command prints the number of what it starts."""


class Leftovers:
    """A cache and a work folder of a run, which is started and killed."""

    def __init__(self, root):
        self.cache = str(root / "cache")
        self.folder = tempfile.mkdtemp(prefix="octavo-run-")
        open(os.path.join(self.folder, ".octavo-run"), "w", encoding="ascii").close()
        self.record = root / "cache" / "runs" / "run-1.json"
        self.processes = []
        self.run = None

    def start(self, script):
        """Start the run; gives handles of the processes that it started."""
        words = [sys.executable, "-c", RUN, self.cache, self.folder, script]
        self.run = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        numbers = [int(word) for word in self.run.stdout.readline().split()]
        self.processes = [os.pidfd_open(number) for number in numbers]
        return numbers

    def kill(self):
        self.run.kill()
        self.run.wait()
        self.run.stdout.close()

    def alive(self):
        """Tell of every process whether it still runs."""
        poll = select.poll()
        for handle in self.processes:
            poll.register(handle, select.POLLIN)
        ended = {handle for handle, _ in poll.poll(0)}
        return [handle not in ended for handle in self.processes]

    def change(self, **values):
        """Change what stands on record."""
        found = json.loads(self.record.read_bytes()) | values
        self.record.write_text(json.dumps(found), encoding="utf-8")

    def clean(self):
        if self.run is not None and self.run.returncode is None:
            self.kill()
        for handle in self.processes:
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            os.close(handle)
        subprocess.run(["rm", "-rf", self.folder], check=True)


@pytest.fixture(name="left")
def fixture_left(tmp_path):
    leftovers = Leftovers(tmp_path)
    yield leftovers
    leftovers.clean()


SLEEP = "echo; exec sleep 600"
CHILD = "sleep 600 & echo $!; wait"
MOVED = "HOME=/ sleep 600 & echo $!; wait"
DAEMON = "setsid sleep 600 & echo $!; wait"


def test_what_a_killed_run_left_is_ended(left):
    left.start(SLEEP)
    left.kill()
    assert [True] == left.alive()

    assert 1 == end_leftovers(left.cache)
    assert [False] == left.alive()
    assert not os.path.exists(left.folder)
    assert not left.record.exists()
    assert 0 == end_leftovers(left.cache)


@pytest.mark.parametrize(
    "script", [CHILD, MOVED, DAEMON], ids=["in-its-group", "with-another-home", "in-a-session-of-its-own"]
)
def test_what_its_commands_started_is_ended_too(left, script):
    left.start(script)
    left.kill()

    assert 2 == end_leftovers(left.cache)
    assert [False, False] == left.alive()


def test_a_daemon_whose_starter_is_gone_is_found_by_its_home(left):
    left.start("setsid sleep 600 > /dev/null & echo $!")
    left.kill()
    select.select([left.processes[0]], [], [], 60)
    assert [False, True] == left.alive()

    assert 1 == end_leftovers(left.cache)
    assert [False, False] == left.alive()


class Killed(BaseException):
    """Stands for SIGKILL at one moment of a removal."""


@pytest.mark.parametrize("removals", range(8))
def test_a_folder_whose_removal_was_cut_short_is_removed(left, monkeypatch, removals):
    """A run that was stopped cleans up, and may be killed meanwhile: before any of four files and four folders goes."""
    left.start(SLEEP)
    left.kill()
    for path in ("home/.curlrc", "work/notes/app.py", "note"):
        os.makedirs(os.path.dirname(os.path.join(left.folder, path)), exist_ok=True)
        open(os.path.join(left.folder, path), "w", encoding="ascii").close()
    done = []

    def cut_short(remove):
        def removed(*args, **named):
            if len(done) == removals:
                raise Killed
            done.append(args)
            return remove(*args, **named)

        return removed

    with monkeypatch.context() as patched:
        for name in ("unlink", "rmdir"):
            patched.setattr(os, name, cut_short(getattr(os, name)))
        with pytest.raises(Killed):
            remove_work_folder(left.folder)

    assert os.path.exists(left.folder)
    end_leftovers(left.cache)
    assert not os.path.exists(left.folder)


def test_a_run_that_goes_on_is_left_alone(left):
    left.start(SLEEP)

    assert 0 == end_leftovers(left.cache)
    assert [True] == left.alive()
    assert left.record.exists()
    assert os.path.exists(left.folder)


def test_a_process_with_the_number_but_another_start_is_left_alone(left):
    (number,) = left.start(SLEEP)
    left.kill()
    left.change(processes=[{"pid": number, "start": "1", "group": number}], folders=[])

    assert 0 == end_leftovers(left.cache)
    assert [True] == left.alive()
    assert not left.record.exists()


def test_after_a_boot_the_same_numbers_mean_other_processes(left):
    left.start(SLEEP)
    left.kill()
    left.change(boot="another")

    assert 0 == end_leftovers(left.cache)
    assert [True] == left.alive()
    assert not os.path.exists(left.folder)


def test_a_record_of_another_container_is_left_alone(left):
    left.start(SLEEP)
    left.kill()
    left.change(view="another pid:[1]")

    assert 0 == end_leftovers(left.cache)
    assert [True] == left.alive()
    assert left.record.exists()


def test_an_owner_whose_number_was_given_to_another_counts_as_gone(left):
    left.start(SLEEP)
    left.kill()
    left.change(owner={"pid": os.getpid(), "start": "1", "group": 0})

    assert 1 == end_leftovers(left.cache)
    assert [False] == left.alive()


def test_a_group_that_somebody_else_leads_is_not_ended(left):
    """A process that stayed in the group of the terminal's job must not take the job with it."""
    bystander = subprocess.Popen(["sleep", "600"], process_group=0)
    member = subprocess.Popen(["sleep", "600"], process_group=bystander.pid)
    try:
        left.start(SLEEP)
        record(left.cache, "run-1", processes=[member.pid], owner=left.run.pid)
        left.kill()

        assert 1 == end_leftovers(left.cache)
        assert -signal.SIGKILL == member.wait(60)
        assert bystander.poll() is None
    finally:
        for process in (member, bystander):
            process.kill()
            process.wait()


def test_a_folder_without_our_marker_is_never_removed(left):
    left.start(SLEEP)
    left.kill()
    os.rename(os.path.join(left.folder, ".octavo-run"), os.path.join(left.folder, "mine"))
    end_leftovers(left.cache)

    assert os.path.exists(left.folder)


def test_a_folder_elsewhere_is_never_removed(left, tmp_path):
    mine = tmp_path / "precious"
    mine.mkdir()
    (mine / ".octavo-run").write_text("", encoding="ascii")
    left.start(SLEEP)
    left.kill()
    left.change(folders=[str(mine), os.path.join(left.folder, "..", os.path.basename(left.folder), "x")])
    end_leftovers(left.cache)

    assert mine.exists()
    assert os.path.exists(left.folder)


def test_a_link_to_a_folder_is_not_followed(left, tmp_path):
    (tmp_path / "precious" / "inner").mkdir(parents=True)
    (tmp_path / "precious" / "inner").chmod(0o755)
    (tmp_path / "precious" / ".octavo-run").write_text("", encoding="ascii")
    link = os.path.join(tempfile.gettempdir(), f"octavo-link-{os.getpid()}")
    os.symlink(tmp_path / "precious", link)
    try:
        left.start(SLEEP)
        left.kill()
        left.change(folders=[link])
        end_leftovers(left.cache)

        assert 0o755 == os.stat(tmp_path / "precious" / "inner").st_mode & 0o777
        assert os.path.islink(link)
    finally:
        os.unlink(link)


def test_a_folder_that_a_command_has_closed_is_removed_all_the_same(left):
    os.makedirs(os.path.join(left.folder, "work", "closed", "inner"))
    os.chmod(os.path.join(left.folder, "work", "closed"), 0)
    left.start(SLEEP)
    left.kill()
    end_leftovers(left.cache)

    assert not os.path.exists(left.folder)


def test_a_broken_record_is_no_reason_to_end_anything(left):
    left.start(SLEEP)
    left.kill()
    left.record.write_bytes(b'{"boot": "\xff')
    left.record.with_name("other.json").write_text('{"pid": 1}', encoding="utf-8")

    assert 0 == end_leftovers(left.cache)
    assert [True] == left.alive()


def test_a_run_that_has_ended_all_is_forgotten(left):
    record(left.cache, "run-1", processes=[os.getpid()])
    assert left.record.exists()
    forget(left.cache, "run-1")
    forget(left.cache, "run-1")

    assert not left.record.exists()


@pytest.mark.parametrize("keep", [False, True])
def test_a_run_can_be_ended_while_its_owner_lives(left, keep):
    left.start(DAEMON)
    end_run(left.cache, "run-1", keep_folders=keep)

    assert [False, False] == left.alive()
    assert keep == os.path.exists(left.folder)
    assert not left.record.exists()
    assert left.run.poll() is None


def test_no_cache_has_no_leftovers(tmp_path):
    assert 0 == end_leftovers(str(tmp_path / "nothing"))
