"""Pagefind's binary as our edge to it: what it is given, what it gives, and what becomes of it when it fails."""

import base64
import os
import stat
import subprocess
import sys

import pytest

from octavo.edges import search_index
from octavo.edges.search_index import PagefindIndexer

ERROR = base64.b64encode(b'{"message_id": 1, "payload": {"type": "Error", "message": "no room"}}').decode()


def page(number, words="Text."):
    html = f"<!doctype html><html lang=en><body><main data-pagefind-body><h1>P {number}</h1><p>{words}</p></main></body></html>"
    return f"p/{number}/index.html", html


@pytest.fixture(name="stub")
def fixture_stub(tmp_path, monkeypatch):
    """Put a script in the place of the binary."""

    def put(text):
        path = tmp_path / "pagefind"
        path.write_text(f"#!{sys.executable}\nimport sys, time\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(search_index, "_find_binary", lambda: str(path))
        return PagefindIndexer()

    return put


def test_the_files_are_those_that_the_dialog_needs():
    files = PagefindIndexer().index([page(1), page(2)]).files

    assert list(files) == sorted(files)
    assert {name.split("/")[0].split(".")[0] for name in files} == {
        "fragment",
        "index",
        "pagefind",
        "pagefind-entry",
        "wasm",
    }


def test_the_order_of_the_pages_decides_and_nothing_else():
    one = PagefindIndexer().index([page(1), page(2), page(3)]).files

    assert one == PagefindIndexer().index(iter([page(1), page(2), page(3)])).files
    assert one != PagefindIndexer().index([page(3), page(1), page(2)]).files


def test_more_pages_than_a_pipe_holds_are_indexed():
    result = PagefindIndexer().index(page(number, "word " * 2000) for number in range(300))

    assert result.problem == ""
    assert sum(name.startswith("fragment/") for name in result.files) == 300


def test_settings_of_the_site_and_the_environment_do_not_reach_it(tmp_path, monkeypatch):
    usual = PagefindIndexer().index([page(1)]).files
    (tmp_path / "pagefind.toml").write_text('force_language = "de"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAGEFIND_FORCE_LANGUAGE", "fr")

    assert usual == PagefindIndexer().index([page(1)]).files


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("sys.exit(3)", "it stopped without an answer"),
        (
            "sys.stdout.write('bm9uc2Vuc2U=,'); sys.stdout.flush(); time.sleep(60)",
            "it answered what cannot be read",
        ),
        ("sys.stdout.write('!!!,'); sys.stdout.flush(); time.sleep(60)", "it answered what cannot be read"),
        (f"sys.stdout.write('{ERROR},'); sys.stdout.flush(); time.sleep(60)", "no room"),
    ],
)
def test_a_process_that_fails_is_a_problem_in_words(stub, script, problem):
    result = stub(script).index(page(number, "word " * 2000) for number in range(100))

    assert (result.files, result.problem) == ({}, problem)


def test_a_process_that_hangs_is_ended(stub, monkeypatch):
    monkeypatch.setattr(search_index, "LEAST_SECONDS", 0.2)
    monkeypatch.setattr(search_index, "SECONDS_PER_PAGE", 0.0)
    started = []
    popen = subprocess.Popen

    def remember(*args, **settings):
        started.append(popen(*args, **settings))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", remember)
    result = stub("time.sleep(600)").index(page(number, "word " * 2000) for number in range(100))

    assert result.problem == "it took too long"
    assert started[0].poll() is not None


def test_a_binary_that_cannot_be_run_is_a_problem_in_words(stub):
    indexer = stub("")
    os.chmod(indexer._binary, 0o600)

    assert indexer.index([page(1)]).problem.startswith("it cannot be run: ")


def test_without_the_package_there_is_no_identity(monkeypatch):
    monkeypatch.setattr(search_index, "MODULE", "pagefind_that_nobody_has")

    assert PagefindIndexer().identity == ""


def test_pages_that_cannot_be_read_end_the_process_and_are_told():
    def pages():
        yield page(1)
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        PagefindIndexer().index(pages())


def test_no_time_runs_while_a_page_is_waited_for(monkeypatch):
    class Process:
        kills = 0

        def kill(self):
            self.kills += 1

    monkeypatch.setattr(search_index, "SECONDS_PER_PAGE", 1000.0)
    process = Process()
    limit = search_index._Limit(process, 0.0)

    def pages():
        limit.start()
        limit.join(0.3)  # it would have ended the process long since
        yield page(1)

    assert len(list(limit.pages(pages()))) == 1
    limit.cancel()
    assert (process.kills, limit.is_over) == (0, False)
