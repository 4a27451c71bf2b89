"""EX: running the code of tutorials, against `octavo test` as a process of its own.

Each test runs chapters that do what a careless or hostile one may do. The run must end in time, say at which line what was
wrong, and leave nothing: no process, no folder, no file elsewhere. Where both ways of keeping runs apart matter, both are
tried: namespaces, and the lock of ports that other systems have.
"""

import os
import re
import signal
import socket
import subprocess
import xml.etree.ElementTree as ET

import pytest

from servedsite import ServedSite
from testedsite import ISOLATIONS, PATIENCE, TestedSite
from waiting import free_port, wait_until

both_ways = pytest.mark.parametrize("isolation", ISOLATIONS)


@pytest.fixture(name="site")
def fixture_site(tmp_path, environments):
    """A site with a tutorial without chapters; whatever a test did, nothing of it may be left."""
    site = TestedSite(tmp_path / "site", environments)
    yield site
    assert [] == site.left()


def console(*commands):
    return "```console\n" + "\n".join(commands) + "\n```\n"


def test_ex_01_only_octavo_test_runs_code_and_not_before_somebody_allows_it(site):
    canary = site.private / "canary"
    site.chapter(
        f"{console(f'$ touch {canary}')}\n"
        f"```bash run\ntouch {canary}\n```\n\n"
        f'```python run\nopen("{canary}", "w")\n```\n\n'
        f'```pycon\n>>> open("{canary}", "w").close()\n```\n\n'
        f'```console background="web"\n$ touch {canary}; sleep 600\n```\n\n'
        f"<!-- hidden\n{console(f'$ touch {canary}')}-->\n"
    )
    for command in (["build"], ["check"], ["test", "--list"], ["why", "index.html"]):
        site.octavo(*command)
    with ServedSite(site.root, HOME=site.variables()["HOME"]) as served:
        assert 200 == served.get("/guide/first/").status
    refused = site.octavo("test")

    assert not canary.exists()
    assert 2 == refused.status
    assert f"touch {canary}" in refused.stderr
    assert "not trusted yet" in refused.stderr
    assert not (site.root / ".octavo" / "proofs").exists()


def test_ex_02_what_never_ends_by_itself_is_ended(site):
    """Nothing can be typed, so what waits for a person fails at once; the rest is ended when its time is over."""
    site.tutorial("timeout: 2m")
    endless = {
        "loop": '$ python -c "while True: pass"',
        "sleep": "$ sleep 600",
        "ignores": "$ trap '' TERM INT HUP; sleep 600; sleep 600",
        "background": "$ sleep 600 & wait",
        "prompt": "$ while ! read line; do :; done",
    }
    waiting = {
        "input": '$ python -c "input()"',
        "debugger": '$ python -c "breakpoint()"',
        "read": "$ read line",
    }
    for name, command in (endless | waiting).items():
        text = "---\ntutorial: {starts: empty}\n---\n" + console("$ true", command)
        short = text.replace("```console", '```console timeout="2s"')
        site.chapter(short if name in endless else text, f"{name}.md")
    site.chapter(
        "---\ntutorial: {starts: empty}\n---\n" + console("$ seq 500 > n", "$ less n || cat n", "1", "..."),
        "pager.md",
    )
    tested = site.tested()

    for name in endless:
        (fault,) = tested.faults(f"{name}.md")
        assert (f"{name}.md:6", "run-timeout", "no end after 2 s") == fault[:3], tested.text
    for name in waiting:
        (fault,) = tested.faults(f"{name}.md")
        assert (f"{name}.md:6", "run-exit") == fault[:2], tested.text
    assert [] == tested.faults("pager.md"), tested.text


@both_ways
def test_ex_03_no_process_survives_however_it_was_started(site, isolation):
    site.tutorial("timeout: 2m")
    site.write(
        "daemon.py",
        "import os, sys, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(600)\n"
        "    os._exit(0)\n",
    )
    daemon = (site.root / "daemon.py").read_text(encoding="utf-8")
    site.chapter(
        f'```python title="daemon.py"\n{daemon}```\n\n'
        + console(
            "$ python daemon.py",
            "$ setsid sleep 600 > /dev/null 2>&1 &",
            "$ (sleep 600 &) ; nohup sleep 600 &",
        )
        + "\n"
        + console("$ echo done", "done")
    )
    tested = site.tested(isolation=isolation)

    assert 0 == tested.status, tested.text
    assert ["passed"] * 3 == tested.statuses()
    assert [] == site.left()


@both_ways
def test_ex_03_too_many_processes_are_a_limit(site, isolation):
    """A bomb that stops by itself at 700, should nobody stop it before."""
    bomb = "import os, time\nfor _ in range(700):\n    if os.fork() == 0:\n        time.sleep(600)\ntime.sleep(600)\n"
    site.tutorial("timeout: 2m").chapter(
        f'```python title="bomb.py"\n{bomb}```\n\n' + console("$ python bomb.py")
    )
    fault = site.tested(isolation=isolation).fault()

    assert ("01-first.md:10", "run-limit", "it started more than 512 processes") == fault[:3]
    assert [] == site.left()


def test_ex_04_memory_output_and_files_have_limits(site):
    site.tutorial("timeout: 2m")
    chapters = {
        "memory": '$ python -c "bytearray(10 * 2**30)"',
        "output": "$ head -c 10G /dev/zero",
        "lines": "$ yes",
        "file": "$ head -c 10G /dev/zero > big",
        "python-file": "$ python -c \"open('big', 'wb').truncate(10 * 2**30)\"",
        "files": "$ python -c \"[open(f'{n}.txt', 'w').close() for n in range(30_000)]\"",
    }
    for name, command in chapters.items():
        site.chapter("---\ntutorial: {starts: empty}\n---\n" + console(command), f"{name}.md")
    tested = site.tested()
    faults = {name: tested.faults(f"{name}.md")[0] for name in chapters}

    assert {f"{name}.md:5" for name in chapters} >= {fault.place for fault in faults.values()} - {
        "files.md:4"
    }
    assert ("run-exit", "MemoryError") == (faults["memory"].code, faults["memory"].log[-1])
    for name in ("output", "lines"):
        assert ("run-limit", "it printed more than 16 MB") == faults[name][1:3]
        assert sum(map(len, faults[name].log)) < 3_000_000
    assert ("run-limit", "it wrote a file of more than 256 MB") == faults["file"][1:3]
    assert "OSError: [Errno 27] File too large" == faults["python-file"].log[-1]
    assert "run-limit" == faults["files"].code
    assert "20,000 files" in faults["files"].message
    assert len(tested.text) < 200_000


@both_ways
def test_ex_05_nothing_outside_the_project_is_changed(site, isolation):
    precious = site.private / "home" / "precious"
    precious.write_text("mine", encoding="utf-8")
    page = site.root / "content" / "guide" / "03-page.md"
    site.chapter(console("$ rm -rf ~/precious ~/.cache", "$ touch ~/new", "$ ls ~", "new"), "01-home.md")
    site.chapter("---\ntutorial: {starts: empty}\n---\n" + console(f"$ echo more >> {page}"), "03-page.md")
    before = page.read_bytes()
    # One after the other: where only looking tells that something has changed, it does not tell who did it.
    tested = site.tested("-j", "1", isolation=isolation)

    assert ["passed"] == tested.statuses("01-home.md")
    assert "mine" == precious.read_text(encoding="utf-8")
    assert not precious.with_name("new").exists()
    (fault,) = tested.faults("03-page.md")
    if tested.chapter("03-page.md")["recorded"]["isolation"] == "namespaces":
        assert ("03-page.md:5", "run-exit") == fault[:2]
        assert before == page.read_bytes()
    else:
        assert ("03-page.md:4", "run-escape") == fault[:2]
        assert "`content/guide/03-page.md`" in fault.message
    assert not (site.root / ".octavo" / "proofs" / "guide" / "03-page.json").exists()


@both_ways
def test_ex_06_variables_and_keys_of_the_user_are_not_there(site, isolation):
    (site.private / "home" / ".ssh").mkdir()
    (site.private / "home" / ".ssh" / "id_rsa").write_text("canary-key", encoding="utf-8")
    site.tutorial("timeout: 2m\nenv: {secrets: [API_KEY]}")
    site.chapter(
        console("$ env", "...", "$ cat ~/.ssh/id_rsa || echo no key", "...", "no key")
        + "\n"
        + "```pycon\n>>> import os\n>>> print(dict(os.environ))\n...\n```\n\n"
        + '```console needs="secret:API_KEY"\n$ echo $API_KEY\nnothing\n```\n\n'
        + console("$ echo [$API_KEY]", "[]")
    )
    report = site.private / "report.xml"
    tested = site.tested(
        f"--report=junit={report}",
        isolation=isolation,
        AWS_TOKEN="canary-token",
        API_KEY="canary-secret",
    )

    assert ["passed", "passed", "failed", "passed"] == tested.statuses(), tested.text
    assert ("***",) == tested.faults()[0].got
    for text in (tested.text, str(tested.report), report.read_text(encoding="utf-8")):
        assert not re.search("canary-(token|key|secret)", text)


def test_ex_06_a_run_sees_no_network_and_no_other_processes(site):
    site.chapter(
        console("$ cat /proc/net/dev | grep -c :", "1", "$ grep -o lo: /proc/net/dev", "lo:")
        + "\n"
        + console("$ cat /proc/[0-9]*/environ | tr '\\0' '\\n' | grep -c canary", "0").replace(
            "console", 'console exit="1"'
        )
    )
    tested = site.tested(AWS_TOKEN="canary-token")
    if tested.chapter()["recorded"]["isolation"] != "namespaces":
        pytest.skip(f"no namespaces here: {tested.chapter()['notes']}")

    assert ["passed", "passed"] == tested.statuses(), tested.text


def test_ex_06_where_nothing_isolates_a_run_that_is_said(site):
    site.chapter(console("$ true"))
    # Inside a namespace of users no further ones may be made; where even that one is refused, so are those of the run.
    none_more = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"'
    wrap = ["unshare", "--map-root-user", "sh", "-c", none_more, "sh"]
    allowed = subprocess.run([*wrap, "true"], capture_output=True, check=False).returncode == 0
    tested = site.tested(before=wrap if allowed else ())

    assert 0 == tested.status
    assert "ports" == tested.chapter()["recorded"]["isolation"]
    assert "no namespaces here" in tested.text


def test_ex_07_every_wrong_end_is_told_at_its_line(site):
    cases = {
        "status": (["$ exit 3"], 5, "run-exit", "ended with status 3"),
        "signal": (["$ kill -TERM $$"], 5, "run-exit", "ended by signal 15"),
        "segfault": (
            ['$ python -c "import ctypes; ctypes.string_at(0)"'],
            5,
            "run-exit",
            "ended by signal 11",
        ),
        "traceback": (["$ python -c 1/0 || true", "1"], 6, "run-output", "output differs"),
        "wrong": (["$ echo one", "two"], 6, "run-output", "output differs"),
        "extra": (["$ printf '1\\n2\\n'", "1"], 6, "run-output", "output differs"),
        "missing": (["$ echo 1", "1", "2"], 7, "run-output", "output differs"),
        "silent": (["$ true", "1"], 6, "run-output", "output differs"),
    }
    for name, (lines, *_) in cases.items():
        site.chapter("---\ntutorial: {starts: empty}\n---\n" + console(*lines), f"{name}.md")
    tested = site.tested()

    for name, (lines, line, code, words) in cases.items():
        (fault,) = tested.faults(f"{name}.md")
        assert (f"{name}.md:{line}", code) == fault[:2], tested.text
        assert words in fault.message
        if code == "run-output":
            assert tuple(lines[1:]) == fault.expected
            assert f"- {lines[-1]}" in tested.text or fault.got
    assert 1 == tested.status
    assert ("1", "2") == tested.faults("extra.md")[0].got
    assert "+ 2" in tested.text


def test_ex_08_no_block_is_left_out_without_a_word(site):
    site.chapter(
        console("$ true").replace("console", 'console xfail="#12"')
        + "\n"
        + console("$ false").replace("console", 'console xfail="#13"')
        + "\n"
        + console("$ false").replace("console", 'console skip="needs a screen"')
        + "\n"
        + console("$ false").replace("console", 'console needs="no-such-program"')
        + "\n"
        + console("$ false").replace("console", 'console only="full"')
    )
    tested = site.tested()

    assert ["failed", "xfailed", "skipped", "skipped", "skipped"] == tested.statuses()
    assert "run-passes" == tested.fault().code
    reasons = [step["reason"] for step in tested.chapter()["steps"][1:]]
    assert [
        "#13", "needs a screen", "the program `no-such-program` is not there", "only in the profile `full`"
    ] == reasons  # fmt: skip
    assert "3 skipped" in tested.text


@pytest.mark.parametrize(
    ("info", "code"),
    [
        ('console exits="2"', "fence-attribute"),
        ("pyhton", "block-role"),
        ('console skip=""', "block-attribute"),
    ],
)
def test_ex_08_a_mistake_in_a_marker_runs_nothing(site, info, code):
    site.chapter(f"```{info}\n$ touch {site.private}/canary\n```\n")
    tested = site.tested()

    assert 1 == tested.status
    assert "content/guide/01-first.md:1:" in tested.text
    assert f"error[{code}]" in tested.text
    assert "nothing was run" in tested.text


def test_ex_08_nothing_to_verify_is_no_success(site):
    site.chapter(console("$ true").replace("console", 'console skip="later"'))
    tested = site.tested()

    assert 2 == tested.status
    assert "nothing was verified" in tested.text


def test_ex_09_what_varies_is_fixed_or_has_one_form(site):
    """The output is written by a first run; a second one, elsewhere and later, must find the same."""
    site.tutorial("timeout: 2m\nnormalise: [{find: 'took \\d+ ms', to: took N ms}]")
    site.chapter(
        console(
            "$ python -c \"print(hash('a'), set('abcdef'))\"", "...",
            "$ date +%Z; date -d @0; locale | grep LC_ALL", "...",
            "$ pwd; echo $HOME; mktemp -u | sed 's/tmp\\.\\w*/X/'; python -c 'print(object())'", "...",
            "$ echo took $RANDOM ms; stty size 2>&1; tput cols; echo $USER", "...",
        )
        .replace("...", "…")
        .replace("…", "TODO")
    )  # fmt: skip
    tested = site.tested()
    shown = tested.faults()
    page = site.root / "content" / "guide" / "01-first.md"
    updated = site.octavo("test", "--trust", "--update")

    assert shown
    assert updated.status in (0, 1)
    text = page.read_text(encoding="utf-8")
    assert "TODO" not in text, text
    assert "UTC" in text
    for word in (str(site.temporary), str(site.private), "octavo-run"):
        assert word not in text
    again = site.tested(
        "--no-cache", TMPDIR=str(site.private / "run"), TZ="Asia/Tokyo", LANG="de_DE.UTF-8", COLUMNS="33"
    )
    assert 0 == again.status, again.text


def test_ex_10_bytes_that_are_no_text_break_neither_terminal_nor_reports_nor_pages(site):
    site.chapter(
        console(
            "$ printf '\\xff\\xfe \\000 \\033[31mred\\033[0m \\033]0;title\\007 a\\rb \\b\\x7f \\xe2\\x80\\xae <b>&\\n'",
            "text",
        )
        + "\n"
        + console("$ head -c 300000 /dev/zero | tr '\\0' x", "text")
    )
    xml = site.private / "report.xml"
    tested = site.tested(f"--report=junit={xml}", "--report=github")
    first, second = tested.faults()

    assert ["run-output", "run-output"] == [first.code, second.code]
    assert "red" in first.got[0]
    assert not re.search("[\0-\x08\x0b-\x1f\x7f\u202e]", tested.text)
    assert ET.parse(xml).getroot().get("failures") == "2"
    assert max(map(len, tested.text.splitlines())) < 20_000
    updated = site.octavo("test", "--trust", "--update")
    site.octavo("build")
    html = (site.root / "_site" / "guide" / "first" / "index.html").read_text(encoding="utf-8")
    assert not re.search("[\0-\x08\x0b\x0c\x0e-\x1f\x7f]", html + updated.stdout)
    assert "<b>&" not in html


def test_ex_11_the_verdict_is_the_same_in_any_order_and_part(site):
    """Blocks depend on those before them, chapters on files alone; neither on what else is asked for."""
    site.chapter(
        '```python title="app.py"\nname = "notes"\n```\n\n'
        + console("$ mkdir -p data && cd data && export SEEN=yes")
        + "\n"
        + console("$ echo $SEEN; basename $PWD", "yes", "data")
        + "\n```pycon\n>>> x = 1\n```\n\n```pycon\n>>> x\n1\n```\n"
    )
    site.chapter(
        console("$ cat app.py; ls -A; echo [$SEEN]", 'name = "notes"', "app.py", "[]")
        + "\n```pycon\n>>> x\n2\n```\n",
        "02-second.md",
    )
    verdicts = set()
    for args in (
        (),
        ("-j", "1"),
        ("-j", "4"),
        ("content/guide",),
        ("content/guide/01-first.md", "content/guide/02-second.md"),
    ):
        tested = site.tested("--no-cache", *args)
        verdicts.add(
            (
                tuple(tested.statuses()),
                tuple(tested.statuses("02-second.md")),
                tested.fault("02-second.md").place,
            )
        )
    alone = site.tested("content/guide/02-second.md")
    part = site.tested("content/guide/01-first.md:9")

    assert {(("passed",) * 5, ("passed", "failed"), "02-second.md:9")} == verdicts
    assert ["passed", "failed"] == alone.statuses("02-second.md")
    assert ["passed"] * 3 == part.statuses()
    assert "partial" == part.chapter()["status"]


def test_ex_12_a_program_that_is_missing_is_named_and_nothing_passes(site):
    site.chapter(console("$ no-such-program --version"))
    fault = site.tested().fault()

    assert ("01-first.md:2", "run-exit") == fault[:2]
    assert "there is no such command" in fault.message
    assert "add it to its requirements" in fault.hint


def test_ex_12_a_python_that_is_missing_is_named_and_nothing_runs(site):
    site.tutorial('env: {python: "3.99"}').chapter(console(f"$ touch {site.private}/canary"))
    tested = site.tested()

    assert 1 == tested.status
    assert "error[run-environment]: the tutorial needs Python 3.99; found 3." in tested.text
    assert not (site.private / "canary").exists()


def test_ex_13_what_was_verified_holds_only_for_the_code_it_was_verified_with(site):
    site.tutorial("env: {vars: {MODE: one}}")
    site.chapter('Text.\n\n```python title="app.py"\nprint(1)\n```\n\n' + console("$ python app.py", "1"))
    assert 0 == site.tested().status
    assert 0 == site.octavo("build", "--require-proof").status

    site.edit("guide/01-first.md", "Text.", "Other text.")
    assert 0 == site.octavo("build", "--require-proof").status
    site.tutorial("env: {vars: {MODE: two}}")
    assert "proof-stale" in site.octavo("build", "--require-proof").stderr
    site.tutorial("env: {vars: {MODE: one}}").edit("guide/01-first.md", "print(1)", "print(2)")
    stale = site.octavo("build", "--require-proof")
    assert 1 == stale.status
    assert "content/guide/01-first.md" in stale.stderr
    assert "proof-stale" in stale.stderr
    fault = site.tested().fault()
    assert ("01-first.md:9", ("1",), ("2",)) == (fault.place, fault.expected, fault.got)


def test_ex_14_prompts_and_here_documents_are_read_as_written(site):
    site.chapter(
        console(
            "$ cat <<'END' > notes.txt",
            "> $ not a prompt",
            "> sudo in a text",
            "> END",
            "$ cat notes.txt",
            "$ not a prompt",
            "sudo in a text",
        ).replace("$ cat notes.txt\n$ not a prompt\nsudo in a text", "$ wc -l < notes.txt\n2")
        + "\n"
        + console("$ for n in 1 2; do", ">   echo $n", "> done", "1", "2", "$ echo 'a", "> b'", "a", "b")
    )
    tested = site.tested()

    assert 0 == tested.status, tested.text


def test_ex_14_other_rights_and_unseen_programs_are_refused(site):
    commands = {
        "sudo": "$ sudo apt-get install python3",
        "su": "$ true && su -c id",
        "pipe": "$ curl -s http://127.0.0.1:9/install.sh | sh",
        "nested": '$ bash -c "$(wget -qO- http://127.0.0.1:9/install.sh)"',
    }
    for name, command in commands.items():
        site.chapter("---\ntutorial: {starts: empty}\n---\n" + console("$ true", command), f"{name}.md")
    tested = site.tested()

    for name in commands:
        (fault,) = tested.faults(f"{name}.md")
        assert (f"{name}.md:6", "run-refused") == fault[:2], tested.text


SERVER = (
    "import http.server, os\n"
    "print('ready', flush=True)\n"
    "http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), http.server.SimpleHTTPRequestHandler).serve_forever()\n"
)


@pytest.fixture(name="port")
def fixture_port():
    return free_port()


def start_long_run(site, port, isolation):
    """Start a run that has a server, a daemon and a command that takes ten minutes; gives its process once all run."""
    site.tutorial(f"timeout: 10m\nports: [{port}]\nenv: {{vars: {{PORT: '{port}'}}}}")
    site.chapter(
        f'```python title="server.py"\n{SERVER}```\n\n'
        '```console background="web"\n$ python server.py\nready\n```\n\n'
        + console("$ setsid sleep 600 > /dev/null 2>&1 &", "$ sleep 600")
    )
    settings = {"OCTAVO_ISOLATION": "ports"} if isolation == "ports" else {}
    process = site.start("test", "--trust", **settings)
    wait_until(lambda: sum("sleep 600" in each for each in site.left()) >= 2 or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    return process


@both_ways
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=["INT", "TERM", "HUP"])
def test_ex_15_a_run_that_is_stopped_leaves_nothing(site, port, isolation, number):
    process = start_long_run(site, port, isolation)
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)

    assert "Traceback" not in err
    assert process.returncode in (128 + number, -number), out + err
    wait_until(lambda: site.left() == [])
    with socket.create_server(("127.0.0.1", port)):
        pass


@both_ways
def test_ex_15_a_run_that_is_killed_leaves_nothing_behind_the_next_one(site, port, isolation):
    process = start_long_run(site, port, isolation)
    process.kill()
    process.communicate()

    wait_until(lambda: site.left() == [])
    site.tutorial().chapter(console("$ true"))
    assert 0 == site.tested(isolation=isolation).status
    assert [] == os.listdir(site.root / ".octavo" / "cache" / "runs")


@both_ways
def test_ex_15_when_everything_of_a_run_is_killed_the_next_run_ends_what_is_left(site, port, isolation):
    process = start_long_run(site, port, isolation)
    runners = [int(each.split()[1]) for each in site.left() if "octavo.edges.runner" in each]
    for pid in (process.pid, *runners):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            assert pid != process.pid
    process.communicate()
    site.tutorial().chapter(console("$ true"))
    assert 0 == site.tested(isolation=isolation).status

    wait_until(lambda: not any("process" in each for each in site.left()))
    assert [] == site.left()
    with socket.create_server(("127.0.0.1", port)):
        pass


@both_ways
def test_ex_15_when_the_process_of_a_chapter_is_killed_the_run_cleans_up_and_fails(site, port, isolation):
    process = start_long_run(site, port, isolation)
    for pid in [int(each.split()[1]) for each in site.left() if "octavo.edges.runner" in each]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue  # it ended with another one
    out, err = process.communicate(timeout=PATIENCE)

    assert 1 == process.returncode, out + err
    assert "the process that runs the chapter ended" in out + err
    assert [] == site.left()
