"""`octavo serve` as a person meets it: what it says, what keys and signals do, and that it leaves nothing behind."""

import os
import signal
import socket
import termios
import time
from pathlib import Path

import pytest

from commandline import run_octavo
from servedsite import ServedSite
from sitebuilder import Site
from waiting import fastest, wait_until


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "site").config("")
    site.page("index.md", "---\ntitle: Home\n---\n\nWelcome.\n")
    site.page("guide/a.md", "---\ntitle: A\n---\n\nText of a.\n")
    site.page("guide/draft.md", "---\ntitle: Draft\ndraft: true\n---\n\nNot yet.\n")
    return site


def test_the_address_is_said_and_answers_with_drafts_and_nothing_is_written(site):
    with ServedSite(site.root) as served:
        assert served.lines[0] == f"serving http://127.0.0.1:{served.port}/"
        assert 200 == served.get("/").status
        assert b"Not yet." in served.get("/guide/draft/").body
        assert 404 == served.get("/nope/").status
        served.wait_for_line("6 pages checked")

    assert not (site.root / "_site").exists()
    assert sorted(os.listdir(site.root)) == [".octavo", "content", "site.yaml"]


def test_a_save_is_one_line_with_what_changed_and_how_long_it_took(site):
    with ServedSite(site.root) as served:
        served.wait_for_line("pages checked")
        site.edit("guide/a.md", "Text", "Words")
        served.wait_for_line("content/guide/a.md: 1 page in ")

        assert b"Words of a." in served.get("/guide/a/").body


def test_a_problem_is_shown_once_and_its_end_is_said(site):
    with ServedSite(site.root) as served:
        served.wait_for_line("pages checked")
        site.edit("guide/a.md", "Text", "[Text](nope.md)")
        served.wait_for_line("; 1 warning")
        site.edit("guide/a.md", "of a", "of another")
        served.wait_for_line("; 1 warning", times=2)
        site.edit("guide/a.md", "[Text](nope.md)", "Text")
        served.wait_for_line("no problems left")

        assert 1 == served.text.count(
            "content/guide/a.md:5:8: warning[broken-link]: no page or file `guide/nope.md`"
        )


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_within_a_second_with_nothing_left(site, number, status):
    assert fastest(lambda: end_by_signal(site, number, status), 1.0) < 1.0


def end_by_signal(site, number, status):
    """End a preview that somebody follows; gives the seconds that it takes."""
    with ServedSite(site.root) as served:
        listener = served.listen()
        group = served.process.pid
        started = time.monotonic()
        served.process.send_signal(number)

        assert status == served.wait()
        seconds = time.monotonic() - started
        assert [] == processes_of(group)
        with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
            probe.connect(("127.0.0.1", served.port))
        listener.close()
    return seconds


def test_a_signal_while_many_pages_are_parsed_ends_the_workers_too(site):
    for number in range(400):
        site.page(f"many/page-{number}.md", f"# Page {number}\n\n" + "Some *text*.\n\n" * 300)

    # A calm machine takes a tenth of a second; parsing them all takes many.
    assert fastest(lambda: end_while_parsing(site), 2.0) < 2.0


def end_while_parsing(site):
    """End a preview whose workers parse; gives the seconds that it takes."""
    site.forget()
    with ServedSite(site.root, "-j", "2") as served:
        served.wait_for_line("their checks follow")
        group = served.process.pid
        started = time.monotonic()
        served.process.send_signal(signal.SIGINT)

        assert 130 == served.wait()
        seconds = time.monotonic() - started
        wait_until(lambda: not processes_of(group))
    return seconds


def processes_of(group):
    """Name the processes of a session that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[3]) == group and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def test_keys_open_look_again_and_quit_and_the_terminal_is_as_before(site, tmp_path):
    browser = tmp_path / "browser"
    browser.write_text(
        f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened.part; mv {tmp_path}/opened.part {tmp_path}/opened\n'
    )
    browser.chmod(0o755)
    with ServedSite(site.root, terminal=True, BROWSER=f"{browser} %s") as served:
        assert "press o to open it, r to look at all files again, q to quit" in served.lines[0]
        served.wait_for_line("pages checked")
        raw = termios.tcgetattr(served.terminal)[3]
        assert not raw & termios.ICANON

        served.press("r")
        served.wait_for_line("looking at all files again")
        served.press("o")
        wait_until((tmp_path / "opened").exists)
        assert f"http://127.0.0.1:{served.port}/" == (tmp_path / "opened").read_text()
        served.press("q")

        assert 0 == served.wait()
        assert termios.tcgetattr(served.terminal)[3] & termios.ICANON


def test_a_signal_gives_the_terminal_back(site):
    with ServedSite(site.root, terminal=True) as served:
        served.press("\x03")

        assert 130 == served.wait()
        assert termios.tcgetattr(served.terminal)[3] & termios.ICANON


def test_without_live_reload_pages_hold_no_script(site):
    with ServedSite(site.root, "--no-livereload") as served:
        assert b"octavo" not in served.get("/").body.replace(b"Octavo", b"")


def test_a_host_that_is_allowed_is_answered_and_another_is_told_the_option(site):
    with ServedSite(site.root, "--allow-host", "preview.example.dev") as served:
        assert 200 == served.get("/", Host="preview.example.dev").status
        refused = served.get("/", Host="other.example.dev")

        assert 403 == refused.status
        assert b"octavo serve --allow-host other.example.dev" in refused.body


def test_a_site_below_a_path_is_served_there(site):
    site.config("url: https://example.org/project/\n")
    with ServedSite(site.root) as served:
        assert served.lines[0] == f"serving http://127.0.0.1:{served.port}/project/"
        moved = served.get("/")

        assert (302, "/project/") == (moved.status, moved.headers["Location"])
        assert b'href="/project/' in served.get("/project/nope/").body


def test_a_port_that_is_taken_names_who_holds_it_and_the_next_free_one(site):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_octavo("serve", "-a", f"127.0.0.1:{port}", cwd=site.root)

    assert 3 == done.status
    assert f"error: port {port} is in use by " in done.stderr
    assert f"process {os.getpid()}" in done.stderr or str(os.getpid()) in done.stderr
    assert "or take another port: `octavo serve -a 127.0.0.1:" in done.stderr


def test_a_site_that_is_wrong_at_the_start_ends_with_2_and_a_place(site):
    site.write("site.yaml", "titel: Test\n")

    done = run_octavo("serve", "-a", "127.0.0.1:0", cwd=site.root)

    assert 2 == done.status
    assert "site.yaml:1:1: error[unknown-key]: unknown key `titel`" in done.stderr


def test_two_previews_of_one_site_do_not_disturb_each_other(site):
    with ServedSite(site.root) as first, ServedSite(site.root) as second:
        for served in (first, second):
            served.wait_for_line("pages checked")
        site.edit("guide/a.md", "Text", "Words")
        for served in (first, second):
            served.wait_for_line("content/guide/a.md: 1 page in ")
            assert b"Words of a." in served.get("/guide/a/").body


def test_a_build_beside_a_preview_waits_for_nobody(site):
    with ServedSite(site.root) as served:
        served.wait_for_line("pages checked")
        done = run_octavo("build", cwd=site.root)

        assert 0 == done.status
        assert "waiting" not in done.stderr
        site.edit("guide/a.md", "Text", "Words")
        served.wait_for_line("content/guide/a.md: 1 page in ")


def test_outside_the_machine_is_only_served_when_asked_and_says_so(site):
    with ServedSite(site.root, "-a", "0.0.0.0:0") as served:
        served.wait_for_line("note: everybody who can reach this machine on port")
        assert 200 == served.get("/").status
