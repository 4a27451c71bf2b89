"""CR-01, CA-07: killed at any file operation, the site is wholly the old or wholly the new one."""

import errno
import itertools
import os
import shutil
import signal
import sys

import pytest

from octavo.edges import trees as trees_module
from octavo.edges.store import open_store
from octavo.edges.trees import OutputTrees
from octavo.errors import OctavoError

COUNTED = frozenset(
    {
        "open",
        "os.mkdir",
        "os.rename",
        "os.remove",
        "os.rmdir",
        "os.utime",
        "os.chmod",
        "os.scandir",
        "ctypes.dlsym",
    }
)
"""Audit events (PEP 578) before file operations; the exchange itself shows as the look-up of its function."""

OLD = {f"{name}/index.html": f"<p>{name} one</p>".encode() for name in ("a", "b", "c", "d")}
NEW = {f"{name}/index.html": f"<p>{name} two</p>".encode() for name in ("a", "c", "e/f")} | {
    "d/index.html": OLD["d/index.html"]
}


def update(folder, *, expected, generation):
    """A build as the engine does it: spare, store, exchange."""
    trees = OutputTrees(f"{folder}/_site", f"{folder}/cache/octavo-spare")
    store = open_store(f"{folder}/cache")
    trees.recover()
    usable = trees.begin(expected)
    if not usable:
        trees.copy_from_live(["d/index.html"])
    for path in ("a/index.html", "c/index.html", "e/f/index.html"):
        trees.write(path, NEW[path])
    if usable:
        trees.remove("b/index.html")
    trees.finish(generation)
    store.put_many("outputs", [(path, data) for path, data in NEW.items()])
    store.delete_many("outputs", ["b/index.html"])
    store.set_meta("generation", generation.encode())
    store.commit()
    trees.exchange()
    store.close()


def killed_at(operation, work):
    """Run *work* in a child that kills itself before its n-th file operation; True when it was killed."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            count_operations(lambda number: number == operation and os.kill(os.getpid(), signal.SIGKILL))
            work()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert status == 0
    return False


def count_operations(tell):
    """Call *tell* with 1, 2, 3 before each operation that changes a file; for a child, since no hook can be removed."""
    numbers = itertools.count(1)

    def hook(event, arguments):
        if event in COUNTED and not (event == "open" and not arguments[2] & os.O_ACCMODE):
            tell(next(numbers))

    def counted(function):
        def run(*arguments):
            tell(next(numbers))
            return function(*arguments)

        return run

    sys.addaudithook(hook)
    # Python audits no writes.
    os.write = counted(os.write)
    os.fchmod = counted(os.fchmod)


def live_files(folder):
    trees = OutputTrees(f"{folder}/_site", f"{folder}/cache/octavo-spare")
    found = {}
    for path in trees.observe():
        with open(f"{folder}/_site/{path}", "rb") as file:
            found[path] = file.read()
    return trees.generation("live"), found


@pytest.fixture(name="template", params=["whole spare", "no spare"])
def fixture_template(tmp_path, request):
    """A site that was built before, with and without a spare to start from."""
    folder = tmp_path / "template"
    trees = OutputTrees(f"{folder}/_site", f"{folder}/cache/octavo-spare")
    trees.begin(None)
    for path, data in OLD.items():
        trees.write(path, data)
    trees.finish("old")
    trees.exchange()
    if request.param == "whole spare":
        trees.make_spare("old")
    store = open_store(f"{folder}/cache")
    store.put_many("outputs", OLD.items())
    store.set_meta("generation", b"old")
    store.commit()
    store.close()
    return folder


@pytest.mark.parametrize("way", ["exchange", "renames"])
def test_a_build_killed_at_any_operation_leaves_a_whole_site_and_the_next_build_is_right(
    tmp_path, template, way, monkeypatch
):
    if way == "renames":
        monkeypatch.setattr(trees_module, "exchange_folders", lambda *_paths: False)
    operation, outcomes = 0, set()
    while True:
        operation += 1
        folder = str(tmp_path / f"run{operation}")
        shutil.copytree(template, folder)
        was_killed = killed_at(operation, lambda: update(folder, expected="old", generation="new"))  # noqa: B023
        if way == "renames":
            # Between two renames there is no site for a moment; it is brought back before anything else.
            OutputTrees(f"{folder}/_site", f"{folder}/cache/octavo-spare").recover()

        generation, files = live_files(folder)
        assert files == {"old": OLD, "new": NEW}[generation]
        store = open_store(f"{folder}/cache")
        state = store.get_meta("generation")
        rows = dict(store.all("outputs"))
        assert rows == {b"old": OLD, b"new": NEW}[state]
        assert store.problem == ""
        store.close()
        outcomes.add((generation, state))

        update(folder, expected="old", generation="newer")
        assert live_files(folder) == ("newer", NEW)
        assert sorted(set(os.listdir(f"{folder}/cache")) - {"octavo-spare"}) == ["state.sqlite3"]
        shutil.rmtree(folder)
        if not was_killed:
            break

    assert operation > 20
    assert outcomes == {("old", b"old"), ("old", b"new"), ("new", b"new")}


def test_the_loop_above_would_notice_a_build_that_writes_into_the_live_tree(tmp_path, template):
    """The check can fail: the same kills, on a build that writes in place."""

    def write_in_place():
        for path, data in NEW.items():
            target = f"{folder}/_site/{path}"
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(data)

    torn = 0
    for operation in range(1, 6):
        folder = str(tmp_path / f"run{operation}")
        shutil.copytree(template, folder)
        killed_at(operation, write_in_place)
        torn += live_files(folder)[1] not in (OLD, NEW)

    assert torn > 0


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EMFILE])
def test_an_error_at_any_operation_is_a_fault_with_exit_status_3_and_leaves_a_whole_site(
    tmp_path, template, number
):
    """DK-01 to DK-03: never a traceback, never success without the new site."""
    operation, outcomes = 0, set()
    while True:
        operation += 1
        folder = str(tmp_path / f"run{operation}")
        shutil.copytree(template, folder)
        fired, status = failed_at(operation, number, folder)

        generation, files = live_files(folder)
        assert files == {"old": OLD, "new": NEW}[generation]
        assert (status, generation) in {(3, "old"), (3, "new"), (0, "new")}
        outcomes.add(status)
        update(folder, expected="old", generation="newer")
        assert live_files(folder) == ("newer", NEW)
        shutil.rmtree(folder)
        if not fired:
            break

    assert operation > 20
    assert 3 in outcomes


def failed_at(operation, number, folder):
    """Update in a child whose n-th file operation fails; tell whether it did, and the exit status."""
    child = os.fork()
    if child == 0:
        fired = 0

        def fail(count):
            nonlocal fired
            if count == operation:
                fired = 100
                raise OSError(number, os.strerror(number))

        status = 1
        try:
            count_operations(fail)
            update(folder, expected="old", generation="new")
            status = 0
        except OctavoError as fault:
            status = fault.exit_code
        finally:
            os._exit(fired + status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status >= 100, status % 100
