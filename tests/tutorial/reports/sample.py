"""A run for the tests of reports: four chapters as pages, and what came of their blocks.

A block of a page is named by its number, in the order of the page. Every kind of result is there once.
"""

from octavo.markdown import parse_document
from octavo.model import MarkdownOptions, SourceText
from octavo.tutorial.reporting import ReportedChapter, report_chapter
from octavo.tutorial.results import ChapterResult, Recorded, StepFailure, StepResult

FIRST = """\
# A first page

```console skip="the runner provides this environment"
$ python3 -m venv .venv
```

```python title="app.py"
from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return "<h1>Notes</h1>"
```

```console background="web"
$ flask run
 * Running on http://127.0.0.1:5000
```

```console
$ flask --version
Python 3...
Flask 3.0.3
$ curl http://127.0.0.1:5000/
<h1>My notes</h1>
```

<!-- hidden
```console
$ test -f app.py
```
-->

```console xfail="#123"
$ flask teapot
```
"""

SECOND = """\
# Storing notes

```python title="db.py"
from flask import Flask, g


def connect():
    return gg.database
```

> ```python title="app.py" edit
> from flask import Flask
> import db
>
> app = Flask(__name__)
> ```

```console background="web"
$ flask run
 * Running on http://127.0.0.1:5000
```

```http
GET /notes HTTP/1.1

HTTP/1.1 200 OK
```
"""

THIRD = """\
# Forms

```console
$ flask routes
```
"""


def blocks_of(text, name):
    """Parse a page and give its blocks."""
    page = SourceText(source=f"flask/{name}", file=f"content/flask/{name}", text=text, includes=())
    return parse_document(page, MarkdownOptions()).blocks


def step(block, role, status, label, **more):
    return StepResult(block=block, role=role, status=status, label=label, **more)


RECORDED = Recorded(
    python="3.11.7", system="Linux", versions=(("flask", "3.0.3"),), isolation="ports", date="2026-11-20"
)

OUTPUT_DIFFERS = StepFailure(
    code="run-output",
    message="the output differs",
    line=4,
    expected=("<h1>My notes</h1>",),
    got=("<h1>Notes</h1>",),
)

SERVER_ENDED = StepFailure(
    code="run-server",
    message='"web" ended with exit code 2 before it was ready',
    hard=True,
    line=0,
    log=(
        "Error: While importing 'app', a NameError was raised:",
        '  File "/usr/lib/python3/flask/app.py", line 12, in load',
        '  File "/path/to/project/app.py", line 2, in <module>',
        "    import db",
        '  File "notes/db.py", line 5, in connect',
        "NameError: name 'gg' is not defined",
    ),
    log_of="web",
    hint="the server must print the lines shown",
)


def sample() -> tuple[ReportedChapter, ...]:
    """Give the run: one chapter with a soft failure, one with a hard one, one blocked, one unchanged."""
    first, second, third = (
        blocks_of(text, name)
        for text, name in ((FIRST, "01-first.md"), (SECOND, "02-notes.md"), (THIRD, "03-forms.md"))
    )
    one = ChapterResult(
        source="flask/01-first.md",
        title="A first page",
        tutorial="notes",
        status="failed",
        seconds=2.81,
        recorded=RECORDED,
        steps=(
            step(
                0, "skip", "skipped", "$ python3 -m venv .venv", reason="the runner provides this environment"
            ),
            step(1, "file", "passed", "app.py"),
            step(2, "console", "passed", "$ flask run", seconds=0.9, attempts=2),
            step(3, "console", "failed", "$ flask --version", seconds=0.34, failure=OUTPUT_DIFFERS),
            step(4, "console", "passed", "$ test -f app.py", seconds=0.01, compared=False),
            step(5, "console", "xfailed", "$ flask teapot", seconds=0.2, reason="#123"),
        ),
    )
    two = ChapterResult(
        source="flask/02-notes.md",
        title="Storing notes",
        tutorial="notes",
        status="failed",
        seconds=0.52,
        steps=(
            step(0, "file", "passed", "db.py"),
            step(1, "edit", "passed", "app.py (edit)"),
            step(2, "console", "failed", "$ flask run", seconds=0.5, failure=SERVER_ENDED),
            step(3, "http", "not-run", "GET /notes", reason="the block at line 21 failed"),
        ),
    )
    three = ChapterResult(
        source="flask/03-forms.md",
        title="Forms",
        tutorial="notes",
        status="blocked",
        reason="flask/02-notes.md failed",
    )
    other = ChapterResult(
        source="other/01-begin.md",
        title="Begin",
        tutorial="other",
        status="recorded",
        recorded=RECORDED,
        steps=(step(0, "console", "passed", "$ flask routes"),),
    )
    return (
        report_chapter(one, [first], "content/flask/01-first.md"),
        report_chapter(two, [first, second], "content/flask/02-notes.md"),
        report_chapter(three, [first, second, third], "content/flask/03-forms.md"),
        report_chapter(other, [third], "content/other/01-begin.md"),
    )
