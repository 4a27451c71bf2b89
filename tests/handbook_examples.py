"""One small site for each diagnostic code, so that the messages which the handbook shows are real ones.

A site is a mapping of paths to text or bytes; `LINKS` and `PIPES` hold what no text can make. What is not named is the
least that a site needs: a site.yaml with a title and a home page.
"""

import contextlib
import os
import socket
from unittest import mock

from octavo.cli.console import Console
from octavo.cli.project import open_project
from octavo.cli.testrunning import Running, environment_problem
from octavo.digest import Digest
from octavo.edges.runner.environments import prepare_environment
from octavo.engine.planning import plan_site
from octavo.engine.testing import choose_chapters, list_chapters, run_chapters
from octavo.errors import Diagnostic, OctavoError
from octavo.markdown import parse_document
from octavo.model import MarkdownOptions, SourceText
from octavo.tutorial import ChapterProof, encode_proof
from octavo.tutorial.reporting import failure_diagnostics, report_chapter
from previewedsite import PreviewedSite
from searching import Absent
from sitebuilder import UNINDEXED, Site

__all__ = ["EXAMPLES", "find_problem", "show_problem"]

HOME = "content/index.md"
PAGE = "content/routing.md"

_LINKS_AND_ADDRESSES = {
    "bad-nav": {"site.yaml": "title: Example\nnav:\n  - index.md\n  - rooting.md\n", PAGE: "# Routing\n"},
    "broken-anchor": {HOME: "# Home\n\nSee [converters](routing.md#convertors).\n", PAGE: "## Converters\n"},
    "broken-link": {HOME: "# Home\n\nGo on with [routing](rooting.md).\n", PAGE: "# Routing\n"},
    "duplicate-url": {"content/01-setup.md": "# Setup\n", "content/setup.md": "# Setup\n"},
    "empty-link": {HOME: "# Home\n\nRead [the manual]().\n"},
    "missing-asset": {HOME: "# Home\n\n![A map](images/Map.png)\n", "content/images/map.png": b""},
    "orphan-page": {"site.yaml": "title: Example\nnav:\n  - index.md\n", PAGE: "# Routing\n"},
}

_TEXT = {
    "container-content": {HOME: "# Home\n\n::: steps\nDo this.\n:::\n"},
    "duplicate-footnote": {HOME: "One.[^a]\n\n[^a]: First.\n\n[^a]: Second.\n"},
    "duplicate-id": {HOME: "# Home\n\n## Setup {#install}\n\n## Start {#install}\n"},
    "math-syntax": {HOME: "# Home\n\nThe half is $\\frca{1}{2}$.\n"},
    "math-too-large": {HOME: "# Home\n\n" + "".join(f"${'a+' * 1990}{n}$\n\n" for n in range(26))},
    "nesting-too-deep": {
        "site.yaml": "title: Example\nmarkdown: {max_nesting: 10}\n",
        HOME: "# Home\n\n" + "> " * 10 + "deep\n",
    },
    "reference-expansion": {
        HOME: "# Home\n\n" + "[manual][m]\n\n" * 100 + f"[m]: https://example.org/{'x' * 2000}\n"
    },
    "reserved-id": {HOME: "# Home\n\n## Contents {#Main}\n"},
    "shown-as-text": {HOME: "# Home\n\nSee [the notes](my notes.md).\n"},
    "stray-attributes": {HOME: "# Home\n\n{.lead}\n<div>Text</div>\n"},
    "stray-container-end": {HOME: "# Home\n\nText.\n\n:::\n"},
    "stray-html": {HOME: "# Home\n\n</div>\n"},
    "table-extra-cells": {HOME: "| a | b |\n| - | - |\n| 1 | 2 | 3 |\n"},
    "table-too-large": {HOME: "|" + " a |" * 300 + "\n|" + " - |" * 300 + "\n" + "| 1 |\n" * 300},
    "unclosed-comment": {HOME: "# Home\n\n<!-- hidden: ask Ada\n\nText.\n"},
    "unclosed-container": {HOME: "# Home\n\n::: tip\nText.\n"},
    "unclosed-html": {HOME: "# Home\n\n<div>\n\nText.\n"},
    "undefined-footnote": {HOME: "# Home\n\nFlask stands on Werkzeug.[^werkzeug]\n"},
    "unknown-attribute": {HOME: '# Home\n\nA [word]{onclick="run()"}.\n'},
    "unknown-container": {HOME: "# Home\n\n::: warnung\nText.\n:::\n"},
    "unused-footnote": {HOME: "# Home\n\n[^werkzeug]: A library.\n"},
}

_CODE = {
    "fence-attribute": {HOME: "```python linenos\na = 1\n```\n"},
    "fence-syntax": {HOME: '```python title="app.py\na = 1\n```\n'},
    "highlight-budget": {HOME: "```python\n" + "a = 1\n" * 20_000 + "```\n"},
    "line-range": {HOME: "```python {3}\na = 1\n```\n"},
    "unclosed-fence": {HOME: "# Home\n\n```python\na = 1\n"},
    "unknown-language": {HOME: "```pyhton\na = 1\n```\n"},
}

_INCLUDES = {
    "include-content": {HOME: '```python include="/app.py"\na = 1\n```\n', "app.py": "b = 2\n"},
    "include-cycle": {HOME: "::: include _a.md\n", "content/_a.md": "Text.\n\n::: include _a.md\n"},
    "include-depth": {
        HOME: "::: include _0.md\n",
        **{f"content/_{n}.md": f"::: include _{n + 1}.md\n" for n in range(16)},
        "content/_16.md": "Text.\n",
    },
    "include-empty": {HOME: '```python include="/app.py"\n```\n', "app.py": "\n"},
    "include-missing": {HOME: '```python include="app.py"\n```\n'},
    "include-path": {HOME: '```python include="../../app.py"\n```\n'},
    "include-range": {HOME: '```python include="/app.py#1-9"\n```\n', "app.py": "a = 1\nb = 2\n"},
    "include-region": {
        HOME: '```python include="/app.py#rotues"\n```\n',
        "app.py": "# region: routes\na = 1\n# endregion: routes\n",
    },
    "include-too-large": {
        HOME: '```text include="/data.txt"\n```\n\n```text include="/data.txt"\n```\n',
        "data.txt": "0123456789abcde\n" * 100_000,
    },
    "include-url": {HOME: '```python include="https://example.org/app.py"\n```\n'},
}

_YAML = {
    "duplicate-key": {HOME: "---\ntitle: Home\ntitle: Start\n---\n"},
    "front-matter-format": {HOME: '+++\ntitle = "Home"\n+++\n'},
    "front-matter-mapping": {HOME: "---\n- title\n- order\n---\n"},
    "front-matter-place": {HOME: "\n---\ntitle: Home\n---\n"},
    "front-matter-unclosed": {HOME: "---\ntitle: Home\n\n# Home\n"},
    "invalid-value": {HOME: "---\ndate: 2026-02-30\n---\n"},
    "missing-key": {"site.yaml": "description: A site without a title\n"},
    "unknown-key": {HOME: "---\ntitel: Home\n---\n"},
    "wrong-type": {HOME: "---\nminutes: ten\n---\n"},
    "yaml-alias": {HOME: "---\ntitle: &name Home\n---\n"},
    "yaml-character": {"site.yaml": 'title: "Bell \x07"\n'},
    "yaml-comment": {HOME: "---\ntitle: #1 on the list\n---\n"},
    "yaml-depth": {HOME: "---\nextra: " + "[" * 65 + "]" * 65 + "\n---\n"},
    "yaml-documents": {"site.yaml": "title: One\n---\ntitle: Two\n"},
    "yaml-key": {HOME: "---\n[a, b]: Home\n---\n"},
    "yaml-merge-key": {HOME: "---\nextra:\n  <<: {level: 2}\n---\n"},
    "yaml-syntax": {HOME: "---\ntitle: Routing: first steps\n---\n"},
    "yaml-tag": {HOME: "---\ntitle: !text Home\n---\n"},
    "yaml-too-large": {HOME: "---\ndescription: " + "x" * 65_536 + "\n---\n"},
}

_FILES = {
    "bad-name": {"content/what?.md": "# What\n"},
    "bidi-control": {HOME: "# Home\n\nRead \u202ethis\n"},
    "broken-symlink": {},
    "control-character": {HOME: "# Home\n\nBell \x07\n"},
    "duplicate-name": {"content/cafe\u0301.md": "# Café\n", "content/caf\u00e9.md": "# Café\n"},
    "folder-overlap": {"site.yaml": "title: Example\nsite_dir: content/out\n"},
    "lone-surrogate": {},
    "long-path": {"content/" + "/".join(["a" * 200] * 6) + "/page.md": "# Deep\n"},
    "not-a-file": {},
    "not-utf8": {HOME: b"# Caf\xe9\n"},
    "outside-link": {},
    "search-index": {},
    "secret-file": {"content/server.pem": "key\n"},
    "source-too-large": {HOME: "word word word word\n" * 110_000},
    "symlink-loop": {},
    "unreadable": {PAGE: "# Routing\n"},
    "unsafe-path": {HOME: "---\nslug: ../start\n---\n"},
}

_THEME = {
    "missing-template": {HOME: "---\ntemplate: wide.html\n---\n"},
    "template-cycle": {"theme/templates/page.html": '{% extends "page.html" %}\n'},
    "template-error": {"theme/templates/home.html": "<h1>{{ page.titel }}</h1>\n"},
    "template-missing": {"theme/templates/home.html": '{% include "partials/adds.html" %}\n'},
    "template-syntax": {"theme/templates/home.html": "{% if page.title %}\n<h1>{{ page.title }}</h1>\n"},
    "theme-option": {"site.yaml": "title: Example\ntheme:\n  options:\n    toc_dept: 2\n"},
    "unknown-block": {
        "theme/templates/home.html": '{% extends "bundled/home.html" %}\n{% block foter %}Mine{% endblock %}\n'
    },
    "unknown-style": {"site.yaml": "title: Example\nhighlight:\n  dark: monokay\n"},
    "unused-theme-file": {"theme/partials/footer.html": "<footer></footer>\n"},
}

_PREVIEW = {"site-unusable": {"site.yaml": "title: Example\ncontent_dir: pages\n"}}

CHAPTER = "content/notes/01-app.md"
_FILE = '```python title="app.py"\n{0}```\n\n'


def _chapter(text: str, **more: str) -> dict[str, str | bytes]:
    """Give a tutorial of one chapter."""
    return {"content/notes/index.md": "---\ntutorial:\n---\n\n# Notes\n", CHAPTER: text, **more}


_CONSOLE = "```console\n$ flask --version\n```\n"
_OLD_PROOF = encode_proof(
    ChapterProof(key=Digest("0" * 32), inputs=(("steps", Digest("0" * 32)),), verified=1, counted=1)
)
_NOTES = "def notes():\n    return 1\n"
_TUTORIALS = {
    "block-attribute": _chapter('```python title="app.py" exit="2"\na = 1\n```\n'),
    "block-content": _chapter("```console\nflask run\n```\n"),
    "block-role": _chapter("```python\na = 1\n```\n"),
    "diff-ambiguous": _chapter(
        _FILE.format("a = 1\na = 1\n") + '```diff title="app.py"\n a = 1\n+b = 2\n```\n'
    ),
    "diff-fit": _chapter(_FILE.format("a = 10\n") + '```diff title="app.py"\n a = 1\n+b = 2\n```\n'),
    "diff-syntax": _chapter(_FILE.format("a = 1\n") + '```diff title="app.py"\na = 1\n+b = 2\n```\n'),
    "edit-ambiguous": _chapter(
        _FILE.format("a = 1\nb = 2\na = 1\n") + '```python title="app.py" edit\na = 1\nc = 3\n```\n'
    ),
    "edit-fit": _chapter(_FILE.format("a = 1\n") + '```python title="app.py" edit\nb = 2\n```\n'),
    "edit-nothing": _chapter(_FILE.format("a = 1\n") + '```python title="app.py" edit\na = 1\n```\n'),
    "edit-open": _chapter(
        _FILE.format(_NOTES) + '```python title="app.py" edit\ndef notes():\n    return 2\n```\n'
    ),
    "edit-too-large": _chapter(
        '```text title="list.txt"\nfirst\n' + "word\n" * 11 + "last\n```\n\n"
        '```text title="list.txt" edit\nfirst\nlast\n```\n'
    ),
    "file-syntax": _chapter(_FILE.format("def notes(:\n    return 1\n")),
    "mirror-differs": _chapter(
        '```python title="app.py" file="/code/app.py"\na = 1\n```\n', **{"code/app.py": "a = 2\n"}
    ),
    "project-file": _chapter('```python title="ap.py" append\na = 1\n```\n'),
    "project-path": _chapter('```python title="../app.py"\na = 1\n```\n'),
    "proof-missing": _chapter(_CONSOLE),
    "proof-stale": {**_chapter(_CONSOLE), ".octavo/proofs/notes/01-app.md.json": _OLD_PROOF},
    "show-differs": _chapter(
        _FILE.format(_NOTES) + '```python title="app.py" show\ndef notes():\n    return 2\n```\n'
    ),
    "tutorial-files": {
        **_chapter("# App\n"),
        "content/notes/index.md": "---\ntutorial:\n  files: starter\n---\n\n# Notes\n",
    },
    "tutorial-settings": _chapter("---\ntutorial:\n  project: notes\n---\n\n# App\n"),
    "tutorial-start": {
        **_chapter("# App\n"),
        "content/notes/02-form.md": "---\ntutorial:\n  starts: 01-apps.md\n---\n\n# Form\n",
    },
}

LINKS = {
    "broken-symlink": ("content/old.md", "gone.md"),
    "outside-link": ("content/notes.md", "../../notes.md"),
    "symlink-loop": ("content/guide", "."),
}
PIPES = {"not-a-file": "content/pipe"}
LOCKED = {"unreadable": PAGE}
UNINSTALLED = frozenset({"search-index"})
TEXTS = {"lone-surrogate": "# Home\n\nHalf \ud83d\n"}
"""Texts that no file in UTF-8 can hold, for the parser alone."""

_RUN_TUTORIAL = "---\ntutorial:\n  project: notes\n  timeout: {}s\n{}---\n\n# Notes\n"
_SERVER = '```console background="web"\n$ python3 -m http.server 8000 --bind 127.0.0.1\nServing HTTP on 127.0.0.1 ...\n```\n\n'


def _run(text: str, *, timeout: float = 20, settings: str = "", **more: str) -> dict[str, str | bytes]:
    page = _RUN_TUTORIAL.format(timeout, settings)
    return {"content/notes/index.md": page, CHAPTER: text, **more}


_RUNS = {
    "run-body": _run(
        _SERVER + "```http\nGET /nothing HTTP/1.1\n\nHTTP/1.1 404 Not Found\n\nNo such page.\n```\n",
        settings="  base_url: http://127.0.0.1:8000\n",
    ),
    "run-changed": _run('```console\n$ echo milk > list.txt\n```\n\n```text title="list.txt"\nbread\n```\n'),
    "run-ended": _run("```console\n$ kill -KILL $PPID\n```\n"),
    "run-environment": _run(
        "```console\n$ flask --version\n```\n",
        settings="  env: {requirements: _requirements.txt}\n",
        **{"content/notes/_requirements.txt": "flask>=3\n"},
    ),
    "run-escape": _run('```console\n$ touch "$SITE/content/new.txt"\n```\n'),
    "run-exception": _run('```python run raises="ValueError"\nint(None)\n```\n'),
    "run-exit": _run("```console\n$ test -f notes.db\n```\n"),
    "run-header": _run(
        _SERVER + "```http\nGET / HTTP/1.1\n\nHTTP/1.1 200 OK\nContent-Type: application/json\n```\n",
        settings="  base_url: http://127.0.0.1:8000\n",
    ),
    "run-limit": _run("```console\n$ yes milk\n```\n"),
    "run-output": _run("```console\n$ echo milk\nbread\n```\n"),
    "run-passes": _run('```console xfail="#12"\n$ true\n```\n'),
    "run-port": _run("```console\n$ true\n```\n", settings="  ports: [{PORT}]\n"),
    "run-refused": _run("```console\n$ sudo apt install sqlite3\n```\n"),
    "run-request": _run(
        "```http\nGET / HTTP/1.1\n\nHTTP/1.1 200 OK\n```\n", settings="  base_url: http://127.0.0.1:8000\n"
    ),
    "run-server": _run('```console background="web"\n$ python3 server.py\nServing ...\n```\n'),
    "run-status": _run(
        _SERVER + "```http\nGET /nothing HTTP/1.1\n\nHTTP/1.1 200 OK\n```\n",
        settings="  base_url: http://127.0.0.1:8000\n",
    ),
    "run-timeout": _run("```console\n$ sleep 60\n```\n", timeout=0.5),
    "run-tool": _run("```console\n$ true\n```\n"),
    "run-unfilled": _run("```console\n$ echo milk\n???\n```\n"),
}
"""Tutorials that are really run."""
BY_PORTS = frozenset({"run-ended", "run-escape", "run-port"})
"""What cannot happen in namespaces."""

EXAMPLES: dict[str, dict[str, str | bytes]] = {
    **_LINKS_AND_ADDRESSES,
    **_TEXT,
    **_CODE,
    **_INCLUDES,
    **_YAML,
    **_FILES,
    **_THEME,
    **_PREVIEW,
    **_TUTORIALS,
    **_RUNS,
}


def find_problem(code: str, site: Site) -> Diagnostic:
    """Make the site of a code, check it, and give the first problem with the code."""
    if code in _RUNS:
        problems = _tested(code, site)
    elif code in TEXTS:
        source = SourceText(source="index.md", file=HOME, text=TEXTS[code])
        problems = parse_document(source, MarkdownOptions()).diagnostics
    else:
        problems = _check(code, site)
    found = [problem for problem in problems if problem.code == code]
    assert found, f"no {code} among {[problem.code for problem in problems]}"
    return found[0]


def _check(code: str, site: Site) -> tuple[Diagnostic, ...]:
    if code in _PREVIEW:
        return _preview(code, site)
    for path, content in {"site.yaml": "title: Example\n", HOME: "# Home\n", **EXAMPLES[code]}.items():
        site.write(path, content)
    if code in LINKS:
        path, target = LINKS[code]
        (site.root.parent / "notes.md").write_text("# Notes\n")
        os.symlink(target, site.root / path)
    if code in PIPES:
        os.mkfifo(site.root / PIPES[code])
    if code in LOCKED:
        os.chmod(site.root / LOCKED[code], 0)
    try:
        indexer = Absent() if code in UNINSTALLED else UNINDEXED
        return site.check(indexer=indexer, require_proof=code.startswith("proof-")).report.diagnostics
    except OctavoError as fault:
        return fault.diagnostics


def _tested(code: str, site: Site) -> tuple[Diagnostic, ...]:
    """Run the tutorial of a code; all tests share one environment, those of other workers of pytest-xdist too."""
    base = site.root.parent.parent
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "environments"
    cache = site.root / ".octavo" / "cache"
    shared.mkdir(exist_ok=True)
    cache.mkdir(parents=True)
    (cache / "environments").symlink_to(shared)
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
        for path, content in {"site.yaml": "title: Example\n", HOME: "# Home\n", **EXAMPLES[code]}.items():
            site.write(path, content.replace("{PORT}", str(port)).replace("$SITE/", f"{site.root}/"))
        changes = {"OCTAVO_ISOLATION": "ports" if code in BY_PORTS else "", "XDG_RUNTIME_DIR": str(shared)}
        stack.enter_context(mock.patch.dict(os.environ, changes))
        project = stack.enter_context(
            open_project(str(site.root / "site.yaml"), Console(quiet=True), write=False, own_state="test")
        )
        choices, _ = choose_chapters(list_chapters(plan_site(project.request, project.ports)), (), "")
        running = Running(project.root, choices, profile="", keep=False, use_proofs=False)
        if code == "run-environment":
            asked = os.path.join(project.root, choices[0].chapter.requirements)
            made = prepare_environment(str(cache), python="", requirements=asked, progress=lambda _: None)
            return (environment_problem(made, project.root, choices[0].chapter.file),)
        stack.enter_context(running.prepared(Console(quiet=True)))
        if code == "run-tool":
            stack.enter_context(mock.patch.dict(os.environ, {"PATH": str(shared)}))
        found: list[Diagnostic] = []
        run_chapters(
            choices,
            lambda choice, stop: running.run(choice, stop, lambda *_: None),
            jobs=1,
            exit_first=False,
            done=lambda choice, result: found.extend(
                failure_diagnostics(report_chapter(result, running.pages(choice), choice.chapter.file))
            ),
        )
    return tuple(found)


def _preview(code: str, site: Site) -> tuple[Diagnostic, ...]:
    """Change a site that is under preview into the one of the code."""
    preview = PreviewedSite(site.write("site.yaml", "title: Example\n").write(HOME, "# Home\n").root)
    for path, content in EXAMPLES[code].items():
        site.write(path, content)
    preview.look()
    return preview.session.all_problems()


def show_problem(problem: Diagnostic) -> str:
    """Give a problem as the command line shows it, without colour."""
    return Console(style="text")._text(problem)
