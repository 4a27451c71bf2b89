"""CA-*: the store keeps what was committed, survives every damage, and runs nothing that a file brings."""

import os
import resource
import signal
import sqlite3
from pathlib import Path

import pytest

from octavo.edges.store import STORE_NAME, TABLES, StoreLostFault, open_store
from octavo.errors import InternalFault


@pytest.fixture(name="cache")
def fixture_cache(tmp_path):
    return str(tmp_path / "site" / ".octavo" / "cache")


def fill(cache, count=3, table="stamps"):
    store = open_store(cache)
    store.put_many(table, ((f"page{number}.md", b"value %d" % number) for number in range(count)))
    store.set_meta("generation", b"g1")
    store.commit()
    store.close()


def content_of(cache, table="stamps"):
    store = open_store(cache)
    try:
        return dict(store.all(table)), store.problem
    finally:
        store.close()


def test_committed_rows_are_found_by_the_next_process(cache):
    fill(cache)

    store = open_store(cache)

    assert store.problem == ""
    assert list(store.all("stamps")) == [
        ("page0.md", b"value 0"),
        ("page1.md", b"value 1"),
        ("page2.md", b"value 2"),
    ]
    assert store.get("stamps", "page1.md") == b"value 1"
    assert store.get("stamps", "page9.md") is None
    assert store.get_meta("generation") == b"g1"
    assert store.get_meta("other") is None
    store.close()


@pytest.mark.parametrize("table", TABLES)
def test_every_table_takes_and_gives_rows(cache, table):
    fill(cache, table=table)

    assert content_of(cache, table)[0]["page2.md"] == b"value 2"


def test_rows_are_replaced_removed_and_cleared(cache):
    fill(cache, 4)
    store = open_store(cache)

    store.put_many("stamps", [("page0.md", b"new"), ("caf\u00e9/\U0001f600.md", b"")])
    store.delete_many("stamps", ["page1.md", "missing"])
    assert dict(store.all("stamps")) == {
        "page0.md": b"new",
        "page2.md": b"value 2",
        "page3.md": b"value 3",
        "caf\u00e9/\U0001f600.md": b"",
    }
    store.clear("stamps")
    assert list(store.all("stamps")) == []
    store.close()


def test_many_keys_are_looked_up_in_pieces(cache):
    fill(cache, 1700)
    store = open_store(cache)

    found = store.get_many("stamps", [f"page{number}.md" for number in range(0, 3000, 2)])

    assert len(found) == 850
    assert found["page1698.md"] == b"value 1698"
    store.close()


def test_what_is_not_committed_is_forgotten(cache):
    fill(cache)
    store = open_store(cache)
    store.put_many("stamps", [("page0.md", b"changed")])
    store.rollback()
    assert store.get("stamps", "page0.md") == b"value 0"
    store.put_many("stamps", [("page0.md", b"changed")])
    store.close()

    assert content_of(cache)[0]["page0.md"] == b"value 0"


def test_a_read_only_store_never_writes_the_disk(cache):
    fill(cache)
    before = Path(cache, STORE_NAME).read_bytes()
    store = open_store(cache, read_only=True)

    store.put_many("stamps", [("page0.md", b"changed")])
    store.commit()

    assert store.get("stamps", "page0.md") == b"changed"
    store.close()
    assert Path(cache, STORE_NAME).read_bytes() == before
    assert os.listdir(cache) == [STORE_NAME]


def test_a_read_only_store_of_nothing_makes_no_folder(cache):
    store = open_store(cache, read_only=True)

    assert list(store.all("stamps")) == []
    assert store.problem == ""
    store.close()
    assert not os.path.exists(cache)


def test_a_read_only_store_works_while_a_build_holds_the_transaction(cache):
    fill(cache)
    writer = open_store(cache)
    writer.put_many("stamps", [("page0.md", b"half done")])

    reader = open_store(cache, read_only=True)

    assert reader.get("stamps", "page0.md") == b"value 0"
    reader.close()
    writer.close()


def test_another_schema_number_is_rebuilt_without_a_word(cache):
    fill(cache)
    with sqlite3.connect(f"{cache}/{STORE_NAME}") as connection:
        connection.execute("PRAGMA user_version=999")
    connection.close()

    assert content_of(cache) == ({}, "")
    reader = open_store(cache, read_only=True)
    assert (list(reader.all("stamps")), reader.problem) == ([], "")
    reader.close()


def test_a_file_with_a_trigger_of_somebody_else_is_not_used(cache):
    fill(cache)
    with sqlite3.connect(f"{cache}/{STORE_NAME}") as connection:
        connection.execute("CREATE TRIGGER t AFTER INSERT ON stamps BEGIN DELETE FROM outputs; END")
    connection.close()

    assert content_of(cache) == ({}, "")


@pytest.mark.parametrize(
    "data", [b"not a database at all" * 100, b"\0" * 8192, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_a_file_that_is_no_database_is_replaced_with_a_warning(cache, data):
    os.makedirs(cache)
    Path(cache, STORE_NAME).write_bytes(data)

    rows, problem = content_of(cache)
    assert rows == {}
    assert problem.startswith("the state of earlier builds is not used: ")

    fill(cache)
    assert content_of(cache)[1] == ""
    assert len(content_of(cache)[0]) == 3


def test_an_empty_file_is_a_new_store(cache):
    os.makedirs(cache)
    Path(cache, STORE_NAME).touch()

    fill(cache)
    assert len(content_of(cache)[0]) == 3


def read_everything(cache):
    """Read all tables, starting again once as a build does; give what was seen."""
    store = open_store(cache)
    try:
        for _ in range(2):
            try:
                seen = {table: dict(store.all(table)) for table in TABLES}
                store.put_many("stamps", [("new.md", b"new")])
                store.commit()
            except StoreLostFault:
                continue
            else:
                return seen, store.problem
        raise AssertionError("lost twice")
    finally:
        store.close()


def test_a_truncated_file_gives_true_rows_or_none(cache):
    fill(cache, 300, "documents")
    path = Path(cache, STORE_NAME)
    whole = path.read_bytes()
    lost = 0
    for length in range(0, len(whole), 1499):
        path.write_bytes(whole[:length])
        seen, problem = read_everything(cache)
        assert seen["documents"] == {}
        lost += problem != ""

    assert lost > len(whole) // 1499 // 2


def test_flipped_bits_give_true_rows_or_none(cache):
    fill(cache, 300, "documents")
    path = Path(cache, STORE_NAME)
    whole = path.read_bytes()
    truth = {f"page{number}.md": b"value %d" % number for number in range(300)}
    outcomes = set()
    for position in [*range(100), *range(100, len(whole), 397)]:
        damaged = bytearray(whole)
        damaged[position] ^= 1 << (position % 8)
        path.write_bytes(damaged)
        seen, _ = read_everything(cache)
        assert seen["documents"].items() <= truth.items()
        outcomes.add(len(seen["documents"]))

    assert {0, 300} <= outcomes


def test_a_damaged_row_tells_the_caller_to_start_again_and_the_next_store_is_new(cache):
    fill(cache)
    path = Path(cache, STORE_NAME)
    data = path.read_bytes()
    assert data.count(b"value 1") == 1
    path.write_bytes(data.replace(b"value 1", b"VALUE 1"))
    store = open_store(cache)

    with pytest.raises(StoreLostFault):
        store.get("stamps", "page1.md")

    assert store.problem == "the state of earlier builds is not used: a row is damaged"
    assert list(store.all("stamps")) == []
    store.put_many("stamps", [("a.md", b"a")])
    store.commit()
    assert store.get("stamps", "a.md") == b"a"
    store.close()
    assert content_of(cache) == ({}, "")


def test_a_folder_in_place_of_the_file_is_left_alone(cache):
    os.makedirs(f"{cache}/{STORE_NAME}/precious")

    store = open_store(cache)
    store.put_many("stamps", [("a.md", b"a")])
    store.commit()

    assert store.problem == "the state of earlier builds is not used: unable to open database file"
    assert store.get("stamps", "a.md") == b"a"
    store.close()
    assert os.path.isdir(f"{cache}/{STORE_NAME}/precious")


def test_a_file_in_place_of_the_cache_folder_means_no_cache(cache):
    os.makedirs(os.path.dirname(cache))
    Path(cache).touch()

    store = open_store(cache)
    store.put_many("stamps", [("a.md", b"a")])
    store.commit()

    assert store.problem == "the state of earlier builds is not used: File exists"
    store.close()


def test_a_folder_that_cannot_be_written_means_no_cache(public_folder, as_nobody):
    fill(public_folder)
    os.chmod(public_folder, 0o555)

    def work():
        store = open_store(public_folder)
        store.put_many("stamps", [("a.md", b"a")])
        store.commit()
        return store.get("stamps", "a.md"), store.problem

    found, problem = as_nobody(work)
    assert found == b"a"
    assert problem.startswith("the state of earlier builds is not used: ")


def test_a_full_disk_keeps_the_rows_of_this_run_and_the_old_file(cache, in_child):
    fill(cache)

    def work():
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
        store = open_store(cache)
        for number in range(600):
            try:
                store.put_many("bodies", [(f"{number}", b"x" * 10_000)])
            except StoreLostFault:
                return "lost", store.problem
        store.commit()
        answer = len(dict(store.all("bodies"))), store.get("stamps", "page1.md"), store.problem
        store.close()
        return answer

    status, answer = in_child(work)

    assert status == 0
    assert answer[-1].startswith(
        ("the state of this build is not kept: ", "the state of earlier builds is not used: ")
    )
    assert answer[:-1] in {(600, b"value 1"), ("lost",)}
    assert content_of(cache) == ({f"page{n}.md": b"value %d" % n for n in range(3)}, "")


def test_a_store_locked_by_another_process_is_not_waited_for_long(cache, monkeypatch):
    monkeypatch.setattr("octavo.edges.storefile._LOCK_WAIT_SECONDS", 0.01)
    fill(cache)
    first = open_store(cache)
    first.put_many("stamps", [("a.md", b"a")])

    second = open_store(cache)

    assert second.problem == "the state of earlier builds is not used: database is locked"
    second.close()
    first.commit()
    first.close()
    assert content_of(cache)[0]["a.md"] == b"a"


def test_space_of_removed_rows_is_given_back(cache):
    store = open_store(cache)
    store.put_many("bodies", ((f"{number}", b"x" * 8000) for number in range(2000)))
    store.commit()
    large = store.size()
    store.clear("bodies")
    store.commit()
    small = store.size()
    store.close()

    assert large > 16_000_000
    assert small < 2_000_000
    assert os.path.getsize(f"{cache}/{STORE_NAME}") == small


def test_rebuilds_do_not_make_the_file_grow(cache):
    store = open_store(cache)
    for number in range(100):
        store.put_many("outputs", ((f"{index}", b"%d" % number * 200) for index in range(50)))
        store.commit()
        if number == 20:
            early = store.size()

    assert store.size() <= early * 2
    store.close()


def test_only_our_own_tables_have_names(cache):
    store = open_store(cache)

    with pytest.raises(InternalFault):
        store.clear("stamps; DROP TABLE outputs")
    store.close()


def test_a_commit_that_finds_the_disk_full_is_no_failure(cache, in_child):
    fill(cache)

    def work():
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
        store = open_store(cache)
        store.put_many("bodies", [(f"{number}", b"x" * 10_000) for number in range(30)])
        store.commit()
        store.set_meta("generation", b"g2")
        store.commit()
        store.close()
        return store.problem

    status, problem = in_child(work)

    assert status == 0
    assert problem != ""
    assert content_of(cache) == ({f"page{n}.md": b"value %d" % n for n in range(3)}, "")


def test_a_store_locked_in_the_middle_goes_on_with_all_that_it_holds(cache, monkeypatch):
    monkeypatch.setattr("octavo.edges.storefile._LOCK_WAIT_SECONDS", 0.01)
    fill(cache)
    store = open_store(cache)
    other = open_store(cache)
    other.put_many("stamps", [("other.md", b"other")])

    store.put_many("stamps", [("page0.md", b"mine")])
    store.commit()

    assert dict(store.all("stamps")) == {"page0.md": b"mine", "page1.md": b"value 1", "page2.md": b"value 2"}
    assert store.problem == "the state of this build is not kept: database is locked"
    store.close()
    other.commit()
    other.close()
    assert content_of(cache)[0]["other.md"] == b"other"


def test_a_writer_killed_in_the_middle_of_its_commit_leaves_the_old_state(cache):
    """The system kills the child at the write that would make the file longer than a limit."""

    def state_of():
        store = open_store(cache)
        try:
            assert store.problem == ""
            return store.get_meta("n"), {value for _, value in store.all("bodies")}
        finally:
            store.close()

    def write(number, count):
        store = open_store(cache)
        store.put_many("bodies", ((str(key), b"%d " % number * 500) for key in range(count)))
        store.set_meta("n", b"%d" % number)
        store.commit()
        store.close()

    write(1, 100)
    size = os.path.getsize(Path(cache, STORE_NAME))
    killed = 0
    for limit in range(size, size * 4, size // 4):
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            write(2, 350)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) == (os.WTERMSIG(status) == signal.SIGXFSZ)
        if not os.WIFSIGNALED(status):
            break
        killed += 1
        assert state_of() == (b"1", {b"1 " * 500})

    assert killed > 5
    assert state_of() == (b"2", {b"2 " * 500})
