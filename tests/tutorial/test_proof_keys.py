"""What a proof is of: edits that leave the key of a chapter as it is, and edits that do not."""

import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, os.path.dirname(__file__))
from chapters import fold

from provensite import keys

INDEX = """---
tutorial:
  project: notes
  env:
    python: ">=3.11"
    requirements: requirements.lock
    vars: {A: "1", B: "2"}
    secrets: [TOKEN]
  base_url: http://127.0.0.1:5000
  ports: [5000]
  timeout: 30s
  files: starter
  depends: [data.csv, /shared/more.bin]
  normalise: [{find: 'took \\d+ ms', to: 'took N ms'}]
  profiles: [full, quick]
  download: {exclude: ["*.db"]}
---

# Notes
"""
ONE = """# One

Prose.

```python title="app.py" caption="The app"
a = 1  # hide
b = 2
```

```console
$ python app.py
```

```text norun="a sketch"
anything
```
"""
TWO = """---
tutorial:
  timeout: 60s
  env: {vars: {B: "3"}}
---

# Two

```python title="app.py" append
b = 3
```

```console exit="0"
$ python app.py
$ ls
app.py
data.csv
```

```python title="app.py" show
b = 3
```
"""


@pytest.fixture(name="notes")
def fixture_notes(site):
    site.page("index.md", "# Home\n").page("notes/index.md", INDEX)
    site.page("notes/01-one.md", ONE).page("notes/02-two.md", TWO)
    site.page("notes/starter/conf.toml", "a = 1\n")
    site.page("notes/requirements.lock", "Flask==3.1.3\n").page("notes/data.csv", "1,2\n")
    site.write("shared/more.bin", b"\xff\x00")
    assert [] == site.check().messages()
    return site


def changed(site, before):
    """Name the chapters whose keys differ, by the first letters of their files' names."""
    site.check()
    assert [item for item in site.messages() if "tutorial" in item] == []
    return [source[6:8] for source, key in keys(site).items() if before[source].key != key.key]


@pytest.mark.parametrize(
    ("page", "old", "new"),
    [
        ("notes/01-one.md", "Prose.", "Other prose.\n\n## With a heading"),
        ("notes/01-one.md", 'caption="The app"', 'caption="Another"'),
        ("notes/01-one.md", 'caption="The app"', "{2}"),
        ("notes/01-one.md", "  # hide", ""),
        ("notes/01-one.md", "a sketch", "another sketch"),
        ("notes/01-one.md", "anything", "something"),
        ("notes/01-one.md", "Prose.", 'Prose.\n\n```text skip="not yet"\nx\n```'),
        ("notes/01-one.md", 'title="app.py" caption', 'title="app.py" check="off" caption'),
        ("notes/02-two.md", '```python title="app.py" show\nb = 3\n```\n', ""),
        ("notes/02-two.md", "# Two", "# Two\n\nText."),
        ("notes/index.md", "# Notes", "# Better notes"),
        ("notes/index.md", '"*.db"', '"*.sqlite"'),
        ("notes/index.md", '{A: "1", B: "2"}', '{B: "2", A: "1"}'),
        ("notes/index.md", "[data.csv, /shared/more.bin]", "[/shared/more.bin, data.csv]"),
    ],
)
def test_what_only_readers_see_changes_no_key(page, old, new, notes):
    before = keys(notes)
    notes.edit(page, old, new)

    assert changed(notes, before) == []


def test_a_block_that_becomes_hidden_changes_no_key(notes):
    before = keys(notes)
    block = "```console\n$ python app.py\n```"
    notes.edit("notes/01-one.md", block, f"<!-- hidden\n{block}\n-->")

    assert changed(notes, before) == []


@pytest.mark.parametrize(
    ("page", "old", "new", "chapters"),
    [
        ("notes/01-one.md", "b = 2", "b = 20", ["01", "02"]),
        ("notes/01-one.md", "$ python app.py", "$ python -B app.py", ["01"]),
        ("notes/01-one.md", "```console", '```console timeout="5s"', ["01"]),
        ("notes/01-one.md", "```console", "```console retry=2", ["01"]),
        ("notes/01-one.md", 'norun="a sketch"', "output", ["01"]),
        ("notes/02-two.md", "data.csv", "other.csv", ["02"]),
        ("notes/02-two.md", 'exit="0"', 'exit="!0"', ["02"]),
        ("notes/02-two.md", 'exit="0"', 'show="captured"', ["02"]),
        ("notes/02-two.md", "timeout: 60s", "timeout: 61s", ["02"]),
        ("notes/02-two.md", 'B: "3"', 'B: "4"', ["02"]),
        ("notes/index.md", "project: notes", "project: jots", ["01", "02"]),
        ("notes/index.md", ">=3.11", ">=3.12", ["01", "02"]),
        ("notes/index.md", 'A: "1"', 'A: "9"', ["01", "02"]),
        ("notes/index.md", 'B: "2"', 'B: "9"', ["01"]),
        ("notes/index.md", "[TOKEN]", "[TOKEN, OTHER]", ["01", "02"]),
        ("notes/index.md", "127.0.0.1:5000", "127.0.0.1:5001", ["01", "02"]),
        ("notes/index.md", "[5000]", "[5000, 5001]", ["01", "02"]),
        ("notes/index.md", "timeout: 30s", "timeout: 31s", ["01"]),
        ("notes/index.md", "took N ms", "took a while", ["01", "02"]),
        ("notes/index.md", "[full, quick]", "[full]", ["01", "02"]),
        ("notes/index.md", "depends: [data.csv, /shared/more.bin]", "depends: [data.csv]", ["01", "02"]),
        ("notes/requirements.lock", "3.1.3", "3.1.4", ["01", "02"]),
        ("notes/data.csv", "1,2", "1,3", ["01", "02"]),
        ("notes/starter/conf.toml", "a = 1", "a = 2", ["01", "02"]),
    ],
)
def test_what_execution_sees_changes_the_key(page, old, new, chapters, notes):
    before = keys(notes)
    notes.edit(page, old, new)

    assert changed(notes, before) == chapters


def test_a_file_of_any_kind_outside_the_content_can_be_depended_on(notes):
    before = keys(notes)
    notes.write("shared/more.bin", b"\xff\x01")

    assert changed(notes, before) == ["01", "02"]


@pytest.fixture(name="layered")
def fixture_layered(notes):
    """The same, with requirements in several files."""
    notes.write("content/notes/requirements.lock", "-r locks/web.txt\n./wheels/own-1.0-py3-none-any.whl\n")
    notes.write("content/notes/locks/web.txt", "Flask\n-c ../limits.txt\n-r web.txt  # itself\n")
    notes.write("content/notes/limits.txt", "Flask==3.1.3\n")
    notes.write("content/notes/wheels/own-1.0-py3-none-any.whl", b"PK")
    assert [] == notes.check().messages()
    return notes


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("locks/web.txt", "Flask\n-c ../limits.txt\n"),
        ("limits.txt", "Flask==3.1.4\n"),
        ("wheels/own-1.0-py3-none-any.whl", "PQ"),
    ],
)
def test_what_the_requirements_include_is_part_of_the_key(layered, file, text):
    before = keys(layered)
    layered.write(f"content/notes/{file}", text)

    assert changed(layered, before) == ["01", "02"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("-r gone.txt", "the file `gone.txt`, which `content/notes/locks/web.txt` includes, does not exist"),
        ("--constraint=../../../../x", "the file `../../../../x`, which `content/notes/locks/web.txt` includes, is outside the site folder"),
        ("-r /etc/hosts", "the file `/etc/hosts`, which `content/notes/locks/web.txt` includes, is outside the site folder"),
        ("own @ file:gone.whl", "the package `gone.whl` does not exist"),
        ("/x/own-1.0-py3-none-any.whl", "the package `/x/own-1.0-py3-none-any.whl` is outside the site folder"),
    ],
)  # fmt: skip
def test_what_the_requirements_include_must_be_there(layered, line, message):
    layered.edit("notes/locks/web.txt", "# itself", f"\n{line}").check()

    problem = layered.fails("tutorial-files", "content/notes/index.md:6:19")
    assert message == problem.message
    assert "it must lie inside the site folder, since a proof depends on what it holds" == problem.hint


def test_every_file_outside_the_site_is_named(layered):
    layered.edit("notes/locks/web.txt", "# itself", "\n-r /etc/a\n-r /etc/b\n-r /etc/a\n").check()

    messages = [problem.message for problem in layered.report.diagnostics]
    outside = "the file `{}`, which `content/notes/locks/web.txt` includes, is outside the site folder"
    assert [outside.format("/etc/a"), outside.format("/etc/b")] == messages


@pytest.mark.parametrize(
    "line",
    ["-r https://example.org/x.txt", "own @ git+https://example.org/x.git@main", "--hash", "-r", "\\", "@", "--find-links x"],
)  # fmt: skip
def test_lines_that_name_no_file_of_the_site_change_nothing_here(layered, line):
    layered.edit("notes/locks/web.txt", "# itself", f"\n{line}\n").check()

    assert [] == layered.messages()


def test_an_earlier_chapter_that_ends_in_the_same_project_changes_its_own_key_alone(notes):
    before = keys(notes)
    notes.edit("notes/01-one.md", "```console", '```python title="app.py"\na = 1\nb = 2\n```\n\n```console')

    assert changed(notes, before) == ["01"]


def test_where_chapters_lie_and_how_the_site_is_built_is_in_no_key(notes):
    before = keys(notes)
    notes.config("url: https://example.org/x/\nlanguage: de\n").page("other.md", "# Other\n")

    assert changed(notes, before) == []


@pytest.mark.parametrize(
    ("depends", "message"),
    [
        ("[gone.csv]", "the file `gone.csv` does not exist"),
        ("[starter]", "the file `starter` is not a regular file"),
        ("[out.txt]", "the file `out.txt` is outside the site folder"),
        ("[/.octavo/x]", "the file `/.octavo/x` is private"),
    ],
)
def test_a_file_that_cannot_be_depended_on_is_an_error_at_its_setting(depends, message, notes):
    (notes.root.parent / "outside.txt").write_text("secret")
    (notes.root / "content/notes/out.txt").symlink_to(notes.root.parent / "outside.txt")
    notes.write(".octavo/x", "x").edit("notes/index.md", "[data.csv, /shared/more.bin]", depends)

    problem = notes.check().fails("tutorial-files", "content/notes/index.md:13:12")
    assert problem.message == message


# ---------------------------------------------------------------- any chapter

BLOCKS = (
    '```python title="app.py"\na = 1\nb = 2\n```\n',
    "```console\n$ python app.py\n1\n```\n",
    '```python title="app.py" append\nc = 3\n```\n',
    "```python run\nprint(1)\n```\n",
    "```text output\n1\n```\n",
    "```pycon\n>>> 1 + 1\n2\n```\n",
)
NOISE = st.sampled_from(
    (
        "A paragraph.\n",
        "## A heading\n",
        "> [!NOTE]\n> Text.\n",
        '```text norun="a sketch"\nx\n```\n',
        '```console skip="later"\n$ rm x\n```\n',
        '<!-- hidden\n```text norun="x"\n```\n-->\n',
        "<!-- hidden: a note -->\n",
    )
)


@given(
    st.lists(st.lists(NOISE, max_size=3), min_size=len(BLOCKS), max_size=len(BLOCKS)),
    st.sets(st.integers(0, 5)),
)
def test_what_stands_between_the_blocks_and_which_of_them_are_hidden_is_in_no_key(noise, hidden):
    plain = fold("# A\n\n" + "\n".join(BLOCKS))
    # An `output` block belongs to the block before it: both must follow each other among the blocks that run.
    noise[4] = [text for text in noise[4] if "`" not in text]
    parts = []
    for number, block in enumerate(BLOCKS):
        parts += [*noise[number], f"<!-- hidden\n{block}-->\n" if number in hidden else block]
    other = fold("# A\n\n" + "\n".join(parts))

    assert [] == other.diagnostics
    assert plain.folds[0].execution.digest == other.folds[0].execution.digest


@given(st.integers(0, len(BLOCKS) - 1))
def test_any_block_that_is_gone_changes_the_key(number):
    plain = fold("# A\n\n" + "\n".join(BLOCKS))
    other = fold("# A\n\n" + "\n".join(block for at, block in enumerate(BLOCKS) if at != number))

    assert plain.folds[0].execution.digest != other.folds[0].execution.digest
