"""WA-01, WA-07, WA-16: a scan that looks only where hints lead gives what a full scan gives."""

import os
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from octavo.edges.hinted import HintedWorkspace
from octavo.edges.workspace import DiskWorkspace

EXCLUDE = ["content/out"]
FILES = [
    "a.md",
    "b.md",
    "pic.png",
    "Über.md",
    "x~",
    ".hidden",
    "_draft.md",
    "id_rsa",
    "slides.key",
    "CON.md",
    "sub/c.md",
    "sub/deep/d.md",
    "other/e.md",
    "_shared/s.md",
    "out/o.md",
]
FOLDERS = ["sub", "sub/deep", "other", "_shared", "new", "out", "link", "a.md"]
TEXTS = [b"", b"one", b"two", b"three words here"]

operations = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(["a.md", "b.md", "pic.png", "sub/c.md"]), st.sampled_from(TEXTS)),
    st.tuples(st.just("write"), st.sampled_from(FILES), st.sampled_from(TEXTS)),
    st.tuples(st.just("replace"), st.sampled_from(FILES), st.sampled_from(TEXTS)),
    st.tuples(st.just("delete"), st.sampled_from(FILES + FOLDERS), st.none()),
    st.tuples(st.just("rename"), st.sampled_from(FILES + FOLDERS), st.sampled_from(FILES + FOLDERS)),
    st.tuples(st.just("folder"), st.sampled_from(FOLDERS), st.none()),
    st.tuples(st.just("link"), st.sampled_from(["link", "sub/l.md", "b.md", "sub"]), st.sampled_from(FILES + FOLDERS)),
)  # fmt: skip


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Disk:
    """A small site and what is done to it; every deed gives the paths that an honest watcher would name."""

    def __init__(self, root):
        self.root = str(root)
        self.content = os.path.join(self.root, "content")
        self.made = []
        os.makedirs(os.path.join(self.content, "sub", "deep"))
        for name in ("a.md", "sub/c.md", "sub/deep/d.md"):
            self.write(name, b"start")

    def path(self, name):
        return os.path.join(self.content, name)

    def real(self, path):
        return os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))

    def make_parents(self, path):
        """Make the folders above a path; the topmost one is hinted at."""
        missing = []
        folder = os.path.dirname(path)
        while not os.path.lexists(folder):
            missing.append(folder)
            folder = os.path.dirname(folder)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.made += [self.real(folder) for folder in missing[-1:]]

    def write(self, name, data):
        path = self.path(name)
        self.make_parents(path)
        with open(path, "wb") as file:
            file.write(data)
        return [self.real(path), os.path.realpath(path)]

    def replace(self, name, data):
        path = self.path(name)
        self.make_parents(path)
        with open(path + ".tmp~", "wb") as file:
            file.write(data)
        os.replace(path + ".tmp~", path)
        return [self.real(path), self.real(path + ".tmp~")]

    def delete(self, name, _):
        path = self.path(name)
        real = self.real(path)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
        return [real]

    def rename(self, name, other):
        source, target = self.path(name), self.path(other)
        hints = [self.real(source)]
        self.make_parents(target)
        os.rename(source, target)
        return [*hints, self.real(target)]

    def folder(self, name, _):
        self.make_parents(self.path(name))
        os.mkdir(self.path(name))
        return [self.real(self.path(name))]

    def link(self, name, other):
        path = self.path(name)
        self.make_parents(path)
        if os.path.lexists(path) and not os.path.isdir(path):
            os.unlink(path)
        os.symlink(self.path(other), path)
        return [self.real(path)]

    def do(self, operation):
        """Do it if the disk allows; gives the hints."""
        deed, *arguments = operation
        self.made = []
        try:
            hints = getattr(self, deed)(*arguments)
        except OSError:
            hints = []
        return self.made + hints

    def scan(self):
        return DiskWorkspace(self.root).scan_content("content", {}, 0, EXCLUDE)


def shape(scan):
    return list(scan.stamps.items()), scan.diagnostics


def settled_scan(workspace, clock):
    """Scan, wait until nothing is held any more, and scan again."""
    workspace.scan_content("content", {}, 0, EXCLUDE)
    clock.now += 1
    return workspace.scan_content("content", {}, 0, EXCLUDE)


@pytest.fixture(name="fresh_folder", scope="module")
def fixture_fresh_folder(tmp_path_factory):
    return lambda: tmp_path_factory.mktemp("site")


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.lists(operations, min_size=1, max_size=3), min_size=1, max_size=8))
def test_scan_by_true_hints_equals_a_full_scan(fresh_folder, batches):
    folder = fresh_folder()
    disk, clock = Disk(folder), Clock()
    workspace = HintedWorkspace(DiskWorkspace(str(folder)), clock=clock)
    workspace.scan_content("content", {}, 0, EXCLUDE)
    try:
        for batch in batches:
            for operation in batch:
                for path in disk.do(operation):
                    workspace.hint(path)

            assert shape(settled_scan(workspace, clock)) == shape(disk.scan())
            assert workspace.held_until is None
    finally:
        shutil.rmtree(folder)


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(operations, st.booleans()), min_size=1, max_size=12))
def test_a_full_scan_heals_hints_that_were_lost(fresh_folder, deeds):
    folder = fresh_folder()
    disk, clock = Disk(folder), Clock()
    workspace = HintedWorkspace(DiskWorkspace(str(folder)), clock=clock)
    workspace.scan_content("content", {}, 0, EXCLUDE)
    try:
        for operation, is_hinted in deeds:
            hints = disk.do(operation)
            for path in hints if is_hinted else ():
                workspace.hint(path)
            known = shape(settled_scan(workspace, clock))

        assert workspace.verify() is (known != shape(disk.scan()))
        assert shape(settled_scan(workspace, clock)) == shape(disk.scan())
        assert workspace.verify() is False
    finally:
        shutil.rmtree(folder)
