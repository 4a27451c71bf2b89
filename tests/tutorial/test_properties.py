"""Laws that hold for every file and block: what an edit drops, what a diff gives, what a zip holds."""

import io
import os
import sys
import zipfile

from hypothesis import assume, given, settings
from hypothesis import strategies as st

sys.path.insert(0, os.path.dirname(__file__))
from chapters import fold

from octavo.tutorial import exclude_files, make_tree, make_zip
from octavo.tutorial.diffs import Diffed, apply_diff, compare_lines, make_diff
from octavo.tutorial.edits import MAX_DROPPED, Edited, apply_edit
from octavo.tutorial.excerpts import ExcerptProblem, check_excerpt
from octavo.tutorial.paths import PathRefusal, read_project_path

LINE = st.sampled_from(("", "a", "b", "c", "  a", "def f():", "    return 1", "x"))
FILE = st.lists(LINE, max_size=12)
BLOCK = st.lists(st.one_of(LINE, st.sampled_from(("# ...", "    # ...", "new"))), max_size=8)


@st.composite
def likely_edits(draw):
    """A file with lines that are mostly its own, and a block made from it, so that many edits are accepted."""
    size = draw(st.integers(1, 14))
    file = [draw(st.one_of(*[st.just(f"line {number}")] * 4, LINE)) for number in range(size)]
    block = []
    end = 0
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(end, size))
        above, dropped, below = (draw(st.integers(0, 3)) for _ in range(3))
        new = draw(st.lists(st.sampled_from(("new", "", "newer")), max_size=2))
        end = min(start + above + dropped + below, size)
        block += [*file[start : start + above], *new, *file[max(start, end - below) : end]]
        block += draw(st.sampled_from((["# ..."], ["", "# ...", ""], ["# ..."], [])))
    return file, block


CASES = st.one_of(likely_edits(), likely_edits(), st.tuples(FILE, BLOCK))


def test_the_laws_of_edits_are_tried_on_edits_that_are_accepted():
    """Else the laws below would hold of nothing."""
    accepted = []

    @settings(deadline=None, max_examples=300, derandomize=True, database=None)
    @given(CASES)
    def count(case):
        accepted.append(isinstance(apply_edit(*case, "python", "app.py"), Edited))

    count()
    assert sum(accepted) > 40


@settings(deadline=None, max_examples=600)
@given(CASES)
def test_an_accepted_edit_drops_no_line_outside_its_closed_gaps_and_shows_the_file(case):
    file, block = case
    edited = apply_edit(file, block, "python", "app.py")
    if isinstance(edited, ExcerptProblem):
        return

    kept = [
        number for number in range(len(file)) if not any(first <= number < end for first, end in edited.gaps)
    ]
    result = iter(edited.lines)
    assert all(any(line == file[number] for line in result) for number in kept)  # a subsequence, in order
    assert all(end - first <= MAX_DROPPED for first, end in edited.gaps)
    assert len(edited.lines) == len(kept) + len(edited.new)
    assert check_excerpt(edited.lines, block, "python", "app.py") is None


@settings(deadline=None, max_examples=300)
@given(CASES)
def test_an_edit_that_is_applied_twice_changes_nothing_or_is_refused(case):
    file, block = case
    once = apply_edit(file, block, "python", "app.py")
    if isinstance(once, ExcerptProblem):
        return
    twice = apply_edit(once.lines, block, "python", "app.py")

    assert isinstance(twice, ExcerptProblem) or twice.lines == once.lines


@settings(deadline=None, max_examples=400)
@given(FILE, FILE)
def test_a_diff_that_is_made_and_applied_gives_the_other_file(before, after):
    assume(before != after)
    diff = make_diff(before, after)

    applied = apply_diff(before, diff, "app.py")
    assert isinstance(applied, Diffed), (diff, applied)
    assert list(applied.lines) == after


def test_numbers_tell_the_place_where_a_file_repeats_itself():
    before = ["a"] * 20
    after = ["a"] * 12 + ["x"] + ["a"] * 8

    applied = apply_diff(before, make_diff(before, after), "app.py")
    assert isinstance(applied, Diffed)
    assert list(applied.lines) == after


@settings(deadline=None)
@given(FILE, FILE)
def test_a_comparison_is_complete(before, after):
    spans = compare_lines(before, after)

    out, position = [], 0
    for first, end, new, new_end in spans:
        out += [*before[position:first], *after[new:new_end]]
        position = end
    assert [*out, *before[position:]] == after


def test_a_comparison_of_large_files_is_one_stretch_and_quick():
    before = [f"{number}" for number in range(5_000)]
    after = [f"{number}x" for number in range(5_000)]

    assert [(0, 5_000, 0, 5_000)] == compare_lines(before, after)


PATH = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@settings(deadline=None)
@given(PATH)
def test_a_path_that_passes_stays_inside_wherever_it_is_unpacked(text):
    path = read_project_path(text)
    assume(not isinstance(path, PathRefusal))

    assert not os.path.isabs(path)
    assert ".." not in path.replace("\\", "/").split("/")
    assert "/project/" + path == os.path.normpath("/project/" + path)
    assert read_project_path(path) == path


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.sampled_from(("a.py", "b/c.txt", "b/d", "ü.md")), st.binary(max_size=20)))
def test_a_zip_is_the_same_whatever_the_order_of_its_files(files):
    tree, blobs = make_tree(files)
    other, _ = make_tree(dict(reversed(list(files.items()))))
    data = make_zip(tree, blobs, "notes")

    assert data == make_zip(other, dict(reversed(list(blobs.items()))), "notes")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        assert {f"notes/{path}": content for path, content in files.items()} == {
            entry.filename: archive.read(entry) for entry in entries
        }
        assert {(1980, 1, 1, 0, 0, 0)} >= {entry.date_time for entry in entries}
        assert {0o100644} >= {entry.external_attr >> 16 for entry in entries}
        assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)


def test_patterns_leave_out_names_paths_and_folders():
    tree, _ = make_tree(dict.fromkeys(("a.db", "x/b.db", "x/tmp/c", "x/d.py", ".env", "env"), b""))

    assert ["a.db", "env", "x/b.db"] == list(exclude_files(tree, ["x/tmp", "*.py", ".env"]))
    assert ["env"] == list(exclude_files(tree, ["*.db", "x/", ".env"]))
    assert tree == exclude_files(tree, [])


@settings(deadline=None, max_examples=150)
@given(st.text(st.sampled_from(' `"=#.abc\n-+@<>!{}[]\\hidedtlpys'), max_size=120))
def test_no_text_of_a_chapter_makes_the_fold_fail(text):
    folded = fold(
        '```python title="a.py"\na = 1\n```\n\n' + text + '\n\n=== 02.md\n```diff title="a.py"\n' + text
    )

    assert all(item.excerpt is not None for item in folded.diagnostics)
