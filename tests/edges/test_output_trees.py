"""CR-11, DK-*, AS-08: what the two trees promise."""

import errno
import os
import resource
import subprocess

import pytest

from octavo.edges import trees as trees_module
from octavo.edges.treefiles import remove_tree
from octavo.edges.trees import GENERATION_FILE, OutputTrees, choose_spare
from octavo.errors import EnvironmentFault, InternalFault


@pytest.fixture(name="trees")
def fixture_trees(tmp_path):
    return OutputTrees(str(tmp_path / "_site"), str(tmp_path / "cache" / "octavo-spare"))


def publish(trees, generation, files, expected=None):
    trees.recover()
    usable = trees.begin(expected)
    for path, data in files.items():
        trees.write(path, data)
    trees.finish(generation)
    trees.exchange()
    return usable


def files_of(folder):
    found = {}
    for path, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(path, name), "rb") as file:
                found[os.path.relpath(os.path.join(path, name), folder)] = file.read()
    found.pop(GENERATION_FILE, None)
    return found


def folders_of(folder):
    return {os.path.relpath(path, folder) for path, _, _ in os.walk(folder)}


def test_the_first_site_appears_with_its_generation(trees, tmp_path):
    usable = publish(trees, "g1", {"index.html": b"home", "a/b/index.html": b"deep"})

    assert usable is False
    assert files_of(tmp_path / "_site") == {"index.html": b"home", "a/b/index.html": b"deep"}
    assert (trees.generation("live"), trees.generation("spare")) == ("g1", None)
    assert not os.path.exists(tmp_path / "cache" / "octavo-spare")


def test_a_later_build_writes_only_the_difference_of_two_plans(trees, tmp_path):
    publish(trees, "g1", {"a": b"1", "b": b"1"})
    publish(trees, "g2", {"a": b"2", "b": b"1"})
    usable = publish(trees, "g3", {"a": b"3"}, expected="g1")

    assert usable is True
    assert files_of(tmp_path / "_site") == {"a": b"3", "b": b"1"}
    assert (trees.generation("live"), trees.generation("spare")) == ("g3", "g2")


def test_a_spare_of_another_generation_is_emptied(trees, tmp_path):
    publish(trees, "g1", {"old": b"1"})
    publish(trees, "g2", {"new": b"2"})

    assert publish(trees, "g3", {"a": b"3"}, expected="g0") is False
    assert files_of(tmp_path / "_site") == {"a": b"3"}


def test_a_spare_that_was_begun_and_not_finished_is_emptied(trees, tmp_path):
    publish(trees, "g1", {"a": b"1"})
    publish(trees, "g2", {"a": b"2"})
    assert trees.begin("g1") is True
    trees.write("half", b"h")

    assert trees.begin("g1") is False
    assert files_of(tmp_path / "cache" / "octavo-spare") == {}


def test_files_of_the_live_tree_are_taken_over_as_copies_with_their_times(trees, tmp_path):
    publish(trees, "g1", {"a/b": b"1", "c": b"2"})
    before = trees.observe()

    trees.begin(None)
    trees.copy_from_live(["a/b"])
    trees.finish("g2")
    trees.exchange()

    assert files_of(tmp_path / "_site") == {"a/b": b"1"}
    assert trees.observe() == {"a/b": before["a/b"]}
    assert os.stat(tmp_path / "_site/a/b").st_nlink == 1


def test_a_new_spare_is_the_live_tree_in_other_inodes(trees, tmp_path):
    publish(trees, "g1", {"a/b": b"1", "big": bytes(3 << 20), "empty": b""})

    trees.make_spare("g1")

    spare = tmp_path / "cache" / "octavo-spare"
    assert files_of(spare) == files_of(tmp_path / "_site")
    assert trees.generation("spare") == "g1"
    assert trees.observe("spare") == trees.observe("live")
    assert os.stat(spare / "a/b").st_ino != os.stat(tmp_path / "_site/a/b").st_ino
    assert trees.begin("g1") is True


def test_writing_gives_the_time_that_observing_finds(trees):
    trees.begin(None)
    modified = trees.write("a/x.html", b"12345")
    trees.finish("g1")
    trees.exchange()

    assert trees.observe() == {"a/x.html": (5, modified)}


def test_a_reader_of_the_old_site_keeps_what_it_opened(trees, tmp_path):
    """Nothing is written through an inode that somebody knows."""
    publish(trees, "g1", {"a": b"old"})
    publish(trees, "g2", {"a": b"mid"})
    with open(tmp_path / "cache/octavo-spare/a", "rb") as reader:
        publish(trees, "g3", {"a": b"new"}, expected="g1")

        assert reader.read() == b"old"


def test_a_hard_link_to_an_output_is_not_written_through(trees, tmp_path):
    publish(trees, "g1", {"a": b"old"})
    os.link(tmp_path / "_site/a", tmp_path / "mine")
    publish(trees, "g2", {"a": b"mid"})
    publish(trees, "g3", {"a": b"new"}, expected="g1")

    assert (tmp_path / "mine").read_bytes() == b"old"


def test_links_that_somebody_put_into_the_site_are_never_followed(trees, tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious/index.html").write_bytes(b"precious")
    publish(trees, "g1", {"a": b"1"})
    (tmp_path / "_site/docs").symlink_to(tmp_path / "precious")
    (tmp_path / "_site/file").symlink_to(tmp_path / "precious/index.html")
    assert trees.observe() == {"a": trees.observe()["a"], "docs": (-1, 0), "file": (-1, 0)}
    publish(trees, "g2", {"a": b"2"})

    trees.begin("g1")
    trees.remove("docs/index.html")
    trees.write("docs/index.html", b"ours")
    trees.write("file", b"ours")
    trees.finish("g3")
    trees.exchange()

    assert (tmp_path / "precious/index.html").read_bytes() == b"precious"
    assert files_of(tmp_path / "_site") == {"a": b"1", "docs/index.html": b"ours", "file": b"ours"}
    assert not os.path.islink(tmp_path / "_site/docs")


def test_emptying_the_spare_removes_links_and_not_what_they_lead_to(trees, tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious/a").write_bytes(b"precious")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache/octavo-spare").symlink_to(tmp_path / "precious")

    publish(trees, "g1", {"a": b"1"})

    assert (tmp_path / "precious/a").read_bytes() == b"precious"
    assert files_of(tmp_path / "_site") == {"a": b"1"}


def test_a_file_becomes_a_folder_and_a_folder_a_file(trees, tmp_path):
    publish(trees, "g1", {"x": b"file", "y/z": b"deep"})
    publish(trees, "g2", {})
    trees.begin("g1")
    trees.remove("x")
    trees.write("x/index.html", b"folder")
    trees.remove("y/z")
    trees.write("y", b"file")
    trees.finish("g3")
    trees.exchange()

    assert files_of(tmp_path / "_site") == {"x/index.html": b"folder", "y": b"file"}


def test_folders_that_became_empty_are_removed(trees, tmp_path):
    publish(trees, "g1", {"a/b/c/d": b"1", "a/e": b"2", "f/g": b"3"})
    publish(trees, "g2", {})
    trees.begin("g1")
    for path in ("a/b/c/d", "f/g", "f/never-there"):
        trees.remove(path)
    trees.write("f/h", b"4")
    trees.finish("g3")
    trees.exchange()

    assert folders_of(tmp_path / "_site") == {".", "a", "f"}


def test_empty_folders_of_somebody_else_do_not_come_back(trees, tmp_path):
    publish(trees, "g1", {"a": b"1"})
    publish(trees, "g2", {"a": b"2"})
    os.makedirs(tmp_path / "_site/empty/er")
    assert trees.observe()["empty/er/"] == (-1, 0)
    publish(trees, "g3", {"a": b"3"}, expected="g1")
    publish(trees, "g4", {"a": b"4"}, expected="g2")

    assert folders_of(tmp_path / "_site") == {"."}
    assert folders_of(tmp_path / "cache/octavo-spare") == {"."}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_modes_do_not_depend_on_the_umask(tmp_path, in_child, umask):
    """AS-08 and the 0700 of temporary folders: a web server runs as somebody else."""
    source = tmp_path / "source.png"
    source.write_bytes(b"png")
    source.chmod(0o4700)

    def work():
        os.umask(umask)
        trees = OutputTrees(str(tmp_path / "_site"), str(tmp_path / "cache" / "octavo-spare"))
        trees.begin(None)
        trees.write("a/b/index.html", b"x")
        trees.copy_file(str(source), "img/source.png")
        trees.finish("g1")
        trees.exchange()
        trees.make_spare("g1")

    status, answer = in_child(work)

    assert (status, answer) == (0, None)
    for tree in (tmp_path / "_site", tmp_path / "cache/octavo-spare"):
        for folder, _, names in os.walk(tree):
            assert os.stat(folder).st_mode & 0o7777 == 0o755
            for name in names:
                assert os.stat(os.path.join(folder, name)).st_mode & 0o7777 == 0o644


@pytest.mark.parametrize(
    "path", ["../x", "/etc/x", "a/../../x", "a//b", "", "a/", ".", "..", "a/.", "a\0b", "a/.."]
)
def test_a_path_that_is_no_plain_path_is_a_bug(trees, tmp_path, path):
    trees.begin(None)
    trees.write("a/x", b"")

    with pytest.raises(InternalFault):
        trees.write(path, b"x")
    assert set(os.listdir(tmp_path)) == {"cache"}


def test_a_live_folder_that_is_a_link_stays_a_link(tmp_path):
    (tmp_path / "real/target").mkdir(parents=True)
    (tmp_path / "_site").symlink_to("real/target")
    trees = OutputTrees(str(tmp_path / "_site"), str(tmp_path / "cache/octavo-spare"))

    publish(trees, "g1", {"a": b"1"})
    publish(trees, "g2", {"a": b"2"})

    assert os.readlink(tmp_path / "_site") == "real/target"
    assert files_of(tmp_path / "real/target") == {"a": b"2"}


def test_the_output_may_lie_in_folders_that_do_not_exist(tmp_path):
    trees = OutputTrees(str(tmp_path / "x/y/_site"), str(tmp_path / "cache/octavo-spare"))

    publish(trees, "g1", {"a": b"1"})

    assert files_of(tmp_path / "x/y/_site") == {"a": b"1"}


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"   \n"])
def test_a_generation_file_without_an_id_does_not_count(trees, tmp_path, content):
    publish(trees, "g1", {"a": b"1"})
    (tmp_path / "_site" / GENERATION_FILE).write_bytes(content)

    assert trees.generation("live") is None


def test_the_spare_stands_in_the_cache_on_the_same_disk_and_beside_the_site_on_another(tmp_path):
    other = "/dev/shm"
    if not os.path.isdir(other) or os.stat(other).st_dev == os.stat(tmp_path).st_dev:
        pytest.skip("no second file system")
    root = str(tmp_path)
    real = os.path.realpath(root)

    assert choose_spare(root, ".octavo/cache", "_site") == f"{real}/.octavo/cache/octavo-spare"
    assert choose_spare(root, ".octavo/cache", f"{other}/out") == f"{other}/.out.octavo-spare"
    (tmp_path / "link").symlink_to(f"{other}/out")
    assert choose_spare(root, ".octavo/cache", "link") == f"{other}/.out.octavo-spare"


# ---------------------------------------------------------------- systems without an exchange


@pytest.fixture(name="no_exchange")
def fixture_no_exchange(monkeypatch):
    monkeypatch.setattr(trees_module, "exchange_folders", lambda *_paths: False)


def test_without_an_exchange_the_trees_are_renamed(trees, tmp_path, no_exchange):
    publish(trees, "g1", {"a": b"1"})
    publish(trees, "g2", {"a": b"2"})

    assert files_of(tmp_path / "_site") == {"a": b"2"}
    assert files_of(tmp_path / "cache/octavo-spare") == {"a": b"1"}
    assert os.listdir(tmp_path / "cache") == ["octavo-spare"]


@pytest.mark.parametrize("step", [1, 2, 3])
def test_renaming_that_was_cut_short_is_completed(trees, tmp_path, no_exchange, monkeypatch, step):
    publish(trees, "g1", {"a": b"1"})
    trees.begin(None)
    trees.write("a", b"2")
    trees.finish("g2")
    done = []
    real_rename = os.rename

    class Killed(BaseException):
        pass

    def rename(source, target):
        real_rename(source, target)
        done.append(target)
        if len(done) == step:
            raise Killed

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(Killed):
        trees.exchange()
    monkeypatch.setattr(os, "rename", real_rename)
    trees.recover()

    assert files_of(tmp_path / "_site") == {"a": b"2"}
    assert files_of(tmp_path / "cache/octavo-spare") == {"a": b"1"}
    assert os.listdir(tmp_path / "cache") == ["octavo-spare"]


def test_renaming_that_fails_half_way_is_taken_back(trees, tmp_path, no_exchange, monkeypatch):
    publish(trees, "g1", {"a": b"1"})
    trees.begin(None)
    trees.write("a", b"2")
    trees.finish("g2")
    real_rename = os.rename

    def rename(source, target):
        if source.endswith("octavo-spare"):
            raise OSError(errno.EIO, "Input/output error")
        real_rename(source, target)

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(EnvironmentFault, match="Input/output error"):
        trees.exchange()

    assert files_of(tmp_path / "_site") == {"a": b"1"}


# ---------------------------------------------------------------- a machine that refuses


def test_a_file_size_limit_ends_the_build_and_leaves_the_site(trees, tmp_path, in_child):
    """DK-04; also a short write, which must go on and find the limit."""
    publish(trees, "g1", {"a": b"1"})

    def work():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
        publish(trees, "g2", {"a": b"2", "big": b"x" * 1500})

    status, fault = in_child(work)

    assert status == 0
    assert isinstance(fault, EnvironmentFault)
    assert fault.message == "cannot write `big`: File too large"
    assert (files_of(tmp_path / "_site"), trees.generation("live")) == ({"a": b"1"}, "g1")
    assert publish(trees, "g3", {"a": b"3"}) is False


def test_too_many_open_files_end_the_build(trees, tmp_path, in_child):
    publish(trees, "g1", {"a": b"1"})

    def work():
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
        publish(trees, "g2", {"a": b"2"})

    status, fault = in_child(work)

    # The child needs no answer to be right: it could not send one without a descriptor.
    assert status == 0
    assert fault.message.endswith("Too many open files")
    assert files_of(tmp_path / "_site") == {"a": b"1"}


def test_few_descriptors_are_enough(trees, tmp_path, in_child):
    """DK-03: a site of many folders is written, listed and emptied with a handful of descriptors."""
    files = {"/".join("abcdefghij"[:depth]) + "/x": b"1" for depth in range(1, 11)}

    def work():
        top = max(int(name) for name in os.listdir("/proc/self/fd"))
        resource.setrlimit(resource.RLIMIT_NOFILE, (top + 4, top + 4))
        publish(trees, "g1", files)
        trees.make_spare("g1")
        return sorted(trees.observe())

    assert in_child(work) == (0, sorted(files))


@pytest.fixture(name="small_disk")
def fixture_small_disk(tmp_path):
    """A file system of 200 kB, where the machine lets us mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("cannot mount a file system here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_ends_the_build_and_leaves_the_site(small_disk):
    trees = OutputTrees(str(small_disk / "_site"), str(small_disk / ".octavo/cache/octavo-spare"))
    first = {f"{number}": b"1" * 4000 for number in range(10)}
    publish(trees, "g1", first)

    with pytest.raises(EnvironmentFault) as caught:
        publish(trees, "g2", {f"{number}": b"2" * 4000 for number in range(100)})

    assert caught.value.message.startswith("cannot write `")
    assert caught.value.message.endswith("`: No space left on device")
    assert caught.value.hint == "free some space on that disk, then build again"
    assert (files_of(small_disk / "_site"), trees.generation("live")) == (first, "g1")
    publish(trees, "g3", {"a": b"3"})
    assert files_of(small_disk / "_site") == {"a": b"3"}


def test_a_mount_point_is_refused_with_a_way_out(small_disk, tmp_path):
    trees = OutputTrees(str(small_disk), str(tmp_path / "cache/octavo-spare"))

    with pytest.raises(EnvironmentFault) as caught:
        publish(trees, "g1", {"a": b"1"})

    assert caught.value.message.startswith(f"cannot replace the output folder `{small_disk}`: ")
    assert f"`-d {small_disk}/site`" in caught.value.hint


def test_a_folder_that_may_not_be_written_ends_the_build(public_folder, as_nobody):
    os.mkdir(f"{public_folder}/locked")
    os.chmod(f"{public_folder}/locked", 0o555)
    trees = OutputTrees(f"{public_folder}/locked/_site", f"{public_folder}/locked/.octavo-spare")

    fault = as_nobody(lambda: publish(trees, "g1", {"a": b"1"}))

    assert (
        fault.message
        == f"cannot prepare the folder `{os.path.realpath(public_folder)}/locked/.octavo-spare`: Permission denied"
    )
    assert fault.exit_code == 3


def test_a_source_that_is_no_file_is_not_copied(trees, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    trees.begin(None)

    with pytest.raises(EnvironmentFault, match="cannot copy to the output `a`: not a regular file"):
        trees.copy_file(str(tmp_path / "pipe"), "a")
    with pytest.raises(EnvironmentFault, match="cannot copy to the output `b`: No such file"):
        trees.copy_file(str(tmp_path / "gone"), "b")


def test_a_tree_deeper_than_the_recursion_limit_is_removed(tmp_path):
    here = os.getcwd()
    os.chdir(tmp_path)
    try:
        for _ in range(1200):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(here)

    remove_tree(str(tmp_path / "d"))

    assert os.listdir(tmp_path) == []
