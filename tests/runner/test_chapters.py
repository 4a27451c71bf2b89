"""What blocks do to each other in a run: servers that see new files or do not, exceptions, files that commands make."""

import pytest

from testedsite import ISOLATIONS, TestedSite
from waiting import free_port

SERVER = """```python title="server.py"
import http.server

WORD = "{0}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(WORD.encode())

    def log_message(self, *args):
        pass


server = http.server.HTTPServer(("127.0.0.1", PORT), Handler)
print("ready", flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    print("bye", flush=True)
```
"""
START = '```console background="web"{0}\n$ python server.py\nready\n```\n'
GET = "```http\nGET / HTTP/1.1\n\nHTTP/1.1 200 OK\n\n{0}\n```\n"


@pytest.fixture(name="port")
def fixture_port():
    """A port that nobody listens on."""
    return free_port()


@pytest.fixture(name="site")
def fixture_site(tmp_path, environments, port):
    """A site with a tutorial that has a port of its own; nothing of a run may be left."""
    site = TestedSite(tmp_path / "site", environments)
    site.tutorial(f"timeout: 2m\nports: [{port}]\nbase_url: http://127.0.0.1:{port}")
    yield site
    assert [] == site.left()


def chapter(port, *parts):
    return "\n".join(parts).replace("PORT", str(port))


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_a_server_is_started_again_when_a_block_has_changed_a_file(site, port, isolation):
    text = chapter(
        port,
        SERVER.format("old"),
        START.format(""),
        GET.format("old"),
        SERVER.format("new"),
        GET.format("new"),
    )
    site.chapter(text)

    assert ["passed"] * 5 == site.tested(isolation=isolation).statuses()


def test_a_server_that_is_not_to_be_started_again_answers_as_before(site, port):
    off = START.format(' reload="off"')
    site.chapter(chapter(port, SERVER.format("old"), off, SERVER.format("new"), GET.format("old")))

    assert ["passed"] * 4 == site.tested().statuses()


def test_a_server_that_a_changed_file_breaks_is_told_with_its_log(site, port):
    site.chapter(chapter(port, SERVER.format("old"), START.format(""), SERVER.format("new").replace("import", "imprt"), GET.format("new")).replace(
        'title="server.py"\nimprt', 'title="server.py" check="off"\nimprt'
    ))  # fmt: skip

    fault = site.tested().fault()
    assert "run-server" == fault.code
    assert (
        "`web` ended with status 1 when it was started again, since `server.py` had changed" == fault.message
    )
    assert any("SyntaxError" in line for line in fault.log)


def test_a_server_that_was_stopped_does_not_answer(site, port):
    stop = '```console stop="web"\n^C\n```\n'
    site.chapter(chapter(port, SERVER.format("old"), START.format(""), stop, GET.format("old")))

    run = site.tested()
    assert ["passed", "passed", "passed", "failed"] == run.statuses()
    assert "run-request" == run.fault().code


def test_an_exception_whose_message_has_many_lines_is_recognised(site):
    site.chapter('```python run raises="RuntimeError"\nraise RuntimeError("one\\n\\ntwo: three")\n```\n')

    assert ["passed"] == site.tested().statuses()


def test_an_exception_is_recognised_below_marks_that_begin_in_the_first_column(site):
    trace = "Traceback (most recent call last):\\n  {% extends %}\\n^^^^^ ~\\nKeyError: 'books'"
    site.chapter(f'```python run raises="KeyError"\nimport sys\n\nsys.exit("""{trace}""")\n```\n')

    assert ["passed"] == site.tested().statuses()


def test_another_exception_than_the_page_says_fails(site):
    site.chapter('```python run raises="KeyError"\nraise RuntimeError("KeyError: no")\n```\n')

    fault = site.tested().fault()
    assert ("run-exception", "01-first.md:1") == (fault.code, fault.place)
    assert "`RuntimeError: KeyError: no`" in fault.message


def test_a_file_that_a_command_has_made_is_printed_as_it_made_it(site):
    make = "```console\n$ echo one > made.txt\n```\n"
    site.chapter(make + '\n```text title="made.txt"\none\n```\n\n```console\n$ cat made.txt\none\n```\n')
    assert ["passed"] * 3 == site.tested().statuses()

    site.chapter(make + '\n```text title="made.txt"\ntwo\n```\n\n```console\n$ cat made.txt\ntwo\n```\n')
    fault = site.tested().fault()
    assert ("run-changed", ("two",), ("one",)) == (fault.code, fault.expected, fault.got)


def test_a_command_that_changes_a_file_under_the_page_is_found_at_the_next_edit(site):
    site.chapter(
        '```python title="a.py"\na = 1\nb = 2\n```\n\n```console\n$ echo "a = 5" > a.py\n```\n\n'
        '```python title="a.py" append\nc = 3\n```\n'
    )

    fault = site.tested().fault()
    assert ("run-changed", "01-first.md:10") == (fault.code, fault.place)


def statuses(run):
    return {each["file"].rpartition("/")[2]: each["status"] for each in run.report["chapters"]}


def test_a_change_runs_the_chapters_that_its_project_reaches_and_no_others(site):
    for number in (1, 2, 3):
        site.chapter(
            f'```text title="{number}.txt"\n{number}\n```\n\n```console\n$ ls\n...\n```\n',
            f"{number:02}-c{number}.md",
        )
    site.chapter("---\ntutorial:\n  starts: empty\n---\n\n```console\n$ true\n```\n", "04-c4.md")
    names = [f"{number:02}-c{number}.md" for number in (1, 2, 3, 4)]
    assert dict.fromkeys(names, "verified") == statuses(site.tested())
    assert dict.fromkeys(names, "recorded") == statuses(site.tested())

    site.edit("guide/02-c2.md", "$ ls", "$ ls -a")
    assert {**dict.fromkeys(names, "recorded"), "02-c2.md": "verified"} == statuses(site.tested())

    site.edit("guide/02-c2.md", "\n2\n", "\ntwo\n")
    changed = {"02-c2.md": "verified", "03-c3.md": "verified"}
    assert {**dict.fromkeys(names, "recorded"), **changed} == statuses(site.tested())

    site.edit("guide/02-c2.md", "```text", "Some prose.\n\n```text")
    assert dict.fromkeys(names, "recorded") == statuses(site.tested())
