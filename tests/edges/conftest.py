"""Fixtures of the edge tests: a child process that may lose its rights, its disk or its life."""

import os
import pickle
import shutil
import sys
import tempfile

import pytest

from octavo.errors import OctavoError


def run_in_child(work):
    """Run a function in a forked child; give its wait status and what it returned, or the OctavoError it raised."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        status = 1
        try:
            try:
                answer = work()
            except OctavoError as fault:
                answer = fault
            with os.fdopen(writer, "wb") as pipe:
                pickle.dump(answer, pipe)
            status = 0
        except BaseException as problem:
            print(repr(problem), file=sys.__stderr__)
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(child, 0)
    return status, pickle.loads(data) if data else None


@pytest.fixture(name="in_child")
def fixture_in_child():
    return run_in_child


@pytest.fixture(name="as_nobody")
def fixture_as_nobody():
    """Run a function in a child without the rights of root; give what it returned."""

    def run(work):
        def unprivileged():
            if os.geteuid() == 0:
                os.setegid(65534)
                os.seteuid(65534)
            return work()

        status, answer = run_in_child(unprivileged)
        assert status == 0
        return answer

    return run


@pytest.fixture(name="public_folder")
def fixture_public_folder():
    """A folder that every user may enter; pytest's own folders belong to one user."""
    folder = tempfile.mkdtemp()
    os.chmod(folder, 0o777)
    yield folder
    for path, _, _ in os.walk(folder):
        os.chmod(path, 0o700)
    shutil.rmtree(folder)
