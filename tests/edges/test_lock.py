"""CR-03: one build at a time; a lock ends with its process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from octavo.edges import lock as lock_module
from octavo.edges.lock import BuildLock
from octavo.errors import EnvironmentFault

HOLD = (
    "import sys\n"
    "from octavo.edges.lock import BuildLock\n"
    "with BuildLock(sys.argv[1]):\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.read()\n"
)


def holder_of(path):
    return Path(path).read_text(encoding="ascii").split()[0]


@pytest.fixture(name="path")
def fixture_path(tmp_path):
    return str(tmp_path / "cache" / "build.lock")


@pytest.fixture(name="holder")
def fixture_holder(path):
    """Another process that holds the lock until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_the_lock_is_taken_again_after_it_was_released(path):
    for _ in range(3):
        with BuildLock(path):
            assert holder_of(path) == str(os.getpid())


def test_a_second_build_is_refused_in_time_and_told_who_holds_it(path, holder):
    told = []

    with pytest.raises(EnvironmentFault) as caught:
        BuildLock(path).acquire(told.append, timeout=0)

    assert told == [f"pid {holder.pid}"]
    assert caught.value.message == f"another build (pid {holder.pid}) holds the lock `{path}`"
    assert caught.value.exit_code == 3


def test_a_second_build_waits_for_the_first(path, holder):
    told = []

    def wait(who):
        told.append(who)
        holder.stdin.close()  # the other build ends while we wait

    lock = BuildLock(path)
    lock.acquire(wait, timeout=60)

    assert told == [f"pid {holder.pid}"]
    lock.release()


def test_the_lock_of_a_killed_build_is_gone(path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()

    with BuildLock(path):
        assert holder_of(path) == str(os.getpid())


def test_two_locks_of_one_process_exclude_each_other(path):
    with BuildLock(path), pytest.raises(EnvironmentFault):
        BuildLock(path).acquire(timeout=0)


def test_a_forked_worker_does_not_keep_the_lock(path):
    """The worker outlives the release; the lock must not live on in its copy of the descriptor."""
    go_reader, go_writer = os.pipe()
    up_reader, up_writer = os.pipe()
    lock = BuildLock(path)
    lock.acquire()
    child = os.fork()
    if child == 0:
        os.close(go_writer)
        os.write(up_writer, b"x")
        os.read(go_reader, 1)
        os._exit(0)
    assert os.read(up_reader, 1) == b"x"
    # Closing, without unlocking, is what the end of a killed parent does.
    os.close(lock._descriptor)
    lock._descriptor = -1

    try:
        BuildLock(path).acquire(timeout=0)
    finally:
        for descriptor in (go_reader, go_writer, up_reader, up_writer):
            os.close(descriptor)
        os.waitpid(child, 0)


def test_a_lock_whose_file_was_deleted_does_not_count_as_held(path, holder):
    """`octavo clean` removes the cache folder while a build runs: the next build makes and locks a new file."""
    os.unlink(path)

    with BuildLock(path):
        assert holder_of(path) == str(os.getpid())
    assert holder.poll() is None


def test_a_file_deleted_between_opening_and_locking_is_not_mistaken_for_the_lock(path, monkeypatch):
    real_lock = lock_module._lock
    calls = []

    def lock(descriptor):
        if not calls:
            os.unlink(path)
        calls.append(descriptor)
        return real_lock(descriptor)

    monkeypatch.setattr(lock_module, "_lock", lock)

    with BuildLock(path):
        assert holder_of(path) == str(os.getpid())
        with pytest.raises(EnvironmentFault):
            BuildLock(path).acquire(timeout=0)


def test_a_folder_that_cannot_be_written_is_locked_itself(public_folder, as_nobody):
    os.chmod(public_folder, 0o555)

    def work():
        path = f"{public_folder}/cache/build.lock"
        with BuildLock(path):
            try:
                BuildLock(path).acquire(timeout=0)
            except EnvironmentFault as fault:
                return fault.message
        return "not locked"

    assert as_nobody(work) == f"another build (pid unknown) holds the lock `{public_folder}/cache/build.lock`"
