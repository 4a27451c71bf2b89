"""Ports are locked against other runs, and what listens on one is named."""

import os
import signal
import socket
import stat
import subprocess
import sys
import threading

import pytest

from octavo.edges.runner import portlock
from octavo.edges.runner.portlock import lock_ports, port_holder
from waiting import PATIENCE, free_port

HOLD = (
    "import sys\n"
    "from octavo.edges.runner.portlock import lock_ports\n"
    "with lock_ports(map(int, sys.argv[1].split(',')), 60) as problem:\n"
    "    print(problem or 'held', flush=True)\n"
    "    sys.stdin.read()\n"
)


@pytest.fixture(name="folder", autouse=True)
def fixture_folder(tmp_path, monkeypatch):
    """A folder for what belongs to the session, of its own."""
    (tmp_path / "run").mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    return tmp_path / "run" / "octavo-ports"


@pytest.fixture(name="start")
def fixture_start():
    """Start other runs, which hold ports until their input ends."""
    started = []

    def start(ports):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, ports], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            stream.close()


@pytest.fixture(name="holder")
def fixture_holder(start):
    """Another run that holds ports 5000 and 5001."""
    process = start("5000,5001")
    assert "held\n" == process.stdout.readline()
    return process


def test_ports_are_held_while_the_block_runs(folder, start):
    with lock_ports((5000,), 0) as problem:
        assert problem is None
        other = start("5000")
        with lock_ports((5000,), 0) as refused:
            assert f"port 5000 is used by another run of octavo (pid {os.getpid()})" == refused.message
    assert "held\n" == other.stdout.readline()


def test_a_port_of_another_run_is_waited_for_and_told_once(holder):
    told = []

    def wait(text):
        told.append(text)
        holder.stdin.close()  # the other run ends while we wait

    with lock_ports((5001, 5000), 60, wait) as problem:
        assert problem is None
    assert told[0] == f"waiting for port 5000, which another run of octavo (pid {holder.pid}) uses"
    assert len(told) <= 2


def test_however_long_it_waits_a_run_says_so_once(holder):
    told = []
    with lock_ports((5000,), 0.3, told.append) as problem:
        assert problem is not None
    assert 1 == len(told)


def test_other_ports_are_not_waited_for(holder):
    with lock_ports((5002,), 0, pytest.fail) as problem:
        assert problem is None


def test_the_ports_of_a_killed_run_are_free(holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()

    with lock_ports((5000, 5001), 0) as problem:
        assert problem is None


def test_what_was_locked_is_let_go_when_the_rest_is_not_to_be_had(holder):
    with lock_ports((4999, 5000), 0) as problem:
        assert problem is not None
        with lock_ports((4999,), 0) as free:
            assert free is None


def test_two_runs_that_name_their_ports_in_another_order_both_get_them(start):
    """Each would hold one and wait for the other, were the ports not sorted."""
    runs = [start("5010,5011"), start("5011,5010")]
    for run in runs:
        run.stdin.close()

    assert ["held\n", "held\n"] == [run.stdout.readline() for run in runs]


def test_no_ports_need_no_folder(folder):
    with lock_ports((), 0) as problem:
        assert problem is None
    assert not folder.exists()


def test_the_folder_is_closed_to_others(folder):
    folder.mkdir(0o755)
    with lock_ports((5000,), 0):
        assert 0o700 == stat.S_IMODE(os.stat(folder).st_mode)


def test_a_folder_of_somebody_else_is_refused(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")

    with lock_ports((5000,), 0) as problem:
        assert f"the folder `{folder}` for locks belongs to somebody else, or is no folder" == problem.message
    assert [] == os.listdir(tmp_path / "elsewhere")


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can give a folder away")
def test_a_folder_that_belongs_to_another_user_is_refused(folder):
    folder.mkdir(0o700)
    os.chown(folder, 65534, 65534)

    with lock_ports((5000,), 0) as problem:
        assert problem is not None


def test_without_a_runtime_folder_the_locks_lie_with_temporary_files(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with lock_ports((5000,), 0):
        assert (tmp_path / f"octavo-ports-{os.geteuid()}" / "5000.lock").exists()


@pytest.fixture(name="port")
def fixture_port():
    """A port on which this process listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who listens")
def test_who_listens_on_a_port_is_named(port):
    assert port_holder(port).endswith(f" (pid {os.getpid()})")
    assert "`" not in port_holder(port)


def test_who_listens_unseen_is_another_program(port, monkeypatch):
    monkeypatch.setattr(portlock, "holder_of", lambda _port: "")

    assert "another program" == port_holder(port)


def test_nobody_listens_on_a_free_port(port):
    assert "" == port_holder(free_port())


def test_the_same_process_cannot_hold_a_port_twice():
    """Chapters of one command run in parallel: threads and processes exclude each other alike."""
    told = threading.Event()
    inside = threading.Event()

    def second():
        with lock_ports((5020,), 60, lambda _: told.set()) as problem:
            assert problem is None
            inside.set()

    thread = threading.Thread(target=second)
    with lock_ports((5020,), 0):
        thread.start()
        assert told.wait(PATIENCE)
        assert not inside.is_set()
    thread.join(PATIENCE)
    assert inside.is_set()
