"""What pages say of proofs, what a proof reaches, and builds that ask for them."""

import re

import pytest

from octavo.edges.proofstore import remove_stale_proofs
from octavo.tutorial.results import Captured
from provensite import keys, prove
from sitebuilder import Site

INDEX = "---\ntutorial:\n  project: notes\n---\n\n# Notes\n"
ONE = '# One\n\nProse.\n\n```python title="app.py"\nprint(1)\n```\n\n```console\n$ python app.py\n1\n```\n'
TWO = '# Two\n\nProse.\n\n```python title="app.py" append\nprint(2)\n```\n\n```console show="captured"\n$ python app.py\nsomething\n$ ls\napp.py\n```\n'
THREE = "# Three\n\nOnly prose.\n"
PAGES = {"notes/index.html", "notes/one/index.html", "notes/two/index.html"}


@pytest.fixture(name="notes")
def fixture_notes(site):
    site.page("index.md", "# Home\n").page("notes/index.md", INDEX)
    for number, (stem, text) in enumerate((("one", ONE), ("two", TWO), ("three", THREE)), 1):
        site.page(f"notes/{number:02d}-{stem}.md", text)
    return site.build().clean()


def state(site, url):
    """Give the state of a chapter and the text of its line; None without a line."""
    found = re.search(r'<p class="proof" data-state="(\w+)">(.*?)</p>', site.main(url), re.DOTALL)
    return found and (found[1], " ".join(re.sub(r"<[^>]+>", "", found[2]).split()))


# ---------------------------------------------------------------- the line


def test_a_chapter_that_was_never_run_says_so(notes):
    assert state(notes, "notes/one/") == ("none", "Not verified no run of its 2 blocks is on record")


def test_a_verified_chapter_says_by_what_and_when(notes):
    prove(notes).build().clean()

    line = "Verified: 2 of 2 blocks · Flask 3.1.3, Python 3.13 · Linux · 25 November 2026"
    assert state(notes, "notes/one/") == ("verified", line)
    assert "<p>Flask 3.1.3, click 8.1.8, Python 3.13.1</p>" in notes.main("notes/one/")


def test_a_chapter_without_blocks_has_no_line(notes):
    assert state(notes, "notes/three/") is None
    assert state(prove(notes, "notes/01-one.md").build(), "notes/three/") is None


def test_a_change_of_a_block_takes_the_line_away_at_once(notes):
    prove(notes).build()
    notes.edit("notes/01-one.md", "$ python app.py", "$ python -B app.py").build().clean()

    assert state(notes, "notes/one/") == ("stale", "Not verified since this page changed")
    assert state(notes, "notes/two/")[0] == "verified"
    assert "Flask 3.1.3" not in notes.main("notes/one/")


def test_prose_leaves_it(notes):
    prove(notes).build()
    notes.edit("notes/01-one.md", "Prose.", "Other prose.").build()

    assert state(notes, "notes/one/")[0] == "verified"


def test_a_damaged_proof_is_none(notes):
    prove(notes).write(".octavo/proofs/notes/01-one.md.json", "{").build().clean()

    assert state(notes, "notes/one/")[0] == "none"


def test_what_did_not_run_is_listed_with_its_reason(notes):
    skipped = {"status": "skipped", "reason": "no <docker> here"}
    prove(notes, "notes/01-one.md", b1=skipped).build().clean()

    assert state(notes, "notes/one/")[0] == "partial"
    assert state(notes, "notes/one/")[1].startswith("Verified: 1 of 2 blocks ·")
    assert "<li>no &lt;docker&gt; here</li>" in notes.main("notes/one/")


def test_known_failures_and_later_attempts_are_told(notes):
    prove(notes, "notes/01-one.md", b0={"attempts": 3}, b1={"status": "xfailed", "reason": "issue 7"}).build()

    html = notes.main("notes/one/")
    assert "<p>Fails, as this page says:</p>" in html
    assert "<li>issue 7</li>" in html
    assert "<p>1 block passed at a later attempt</p>" in html


def test_the_page_of_the_folder_lists_the_chapters_with_their_states(notes):
    prove(notes, "notes/01-one.md").build()
    html = notes.main("notes/").partition('class="tutorial-chapters"')[2]

    listed = re.findall(
        r'<li><a href="([^"]+)">\w+</a>(?: <small class="proof-state" data-state="(\w+)">(.*?)</small>)?',
        html,
    )
    assert listed[:3] == [
        ("one/", "verified", "Verified"),
        ("two/", "none", "Not verified"),
        ("three/", "", ""),
    ]


def test_pages_speak_of_tutorials_in_the_language_of_the_site(notes):
    prove(notes, "notes/01-one.md")
    notes.edit("notes/02-two.md", "Prose.", "Prose.\n\n```text title='x'\n1\n```").config(
        "language: de\n"
    ).build()
    html = "".join(notes.html(url) for url in ("notes/", "notes/one/", "notes/two/"))

    assert state(notes, "notes/one/")[1].startswith(
        "Geprüft: 2 von 2 Blöcken · Flask 3.1.3, Python 3.13 · Linux · 25. Nov"
    )
    assert "<summary>Ganze Datei</summary>" in html
    assert "neu, 1 Zeile<" in html
    english = r"Whole file|Changes<|new, |added|hidden<|Verified|verified<|What changed|\(zip\)|on record|chapter by"
    assert {"(zip)"} == set(re.findall(english, html))


# ---------------------------------------------------------------- output that was captured


def test_a_block_shows_what_was_printed_while_the_proof_holds(notes):
    assert "something" in notes.main("notes/two/")

    captured = (
        Captured(line=1, expected=1, lines=("one <b>", "two")),
        Captured(line=3, expected=1, lines=()),
    )
    prove(notes, "notes/02-two.md", b1={"captured": captured}).build().clean()
    text = re.sub(r"<[^>]+>", "", notes.main("notes/two/"))

    assert "$ python app.py\none &lt;b&gt;\ntwo\n$ ls\n\n" in text + "\n\n"
    assert "something" not in text

    notes.edit("notes/02-two.md", "$ ls", "$ ls -a").build()
    assert "something" in notes.main("notes/two/")


# ---------------------------------------------------------------- what a proof reaches


def test_a_proof_renders_its_chapter_and_the_page_of_the_folder_and_nothing_else(notes):
    prove(notes, "notes/01-one.md").build().counts(parsed=0, folded=0, rendered=2, written=2)

    assert {"notes/index.html", "notes/one/index.html"} == set(notes.report.written)
    notes.build().counts(rendered=0, written=0)


def test_a_proof_that_goes_leaves_the_page_as_it_was_without_one(notes):
    before = notes.tree()
    prove(notes).build().counts(parsed=0, folded=0, rendered=3)
    assert before != notes.tree()

    assert len(remove_stale_proofs(str(notes.root), ())) == 2
    notes.build().counts(parsed=0, folded=0, rendered=3)
    assert before == notes.tree()


def test_a_warm_build_says_of_proofs_what_a_clean_one_says(notes, tmp_path):
    prove(notes).build()
    notes.edit("notes/01-one.md", "print(1)", "print(3)").build()
    warm = notes.tree()

    assert warm == notes.forget().build().tree()


def test_why_names_the_tutorial(notes):
    prove(notes, "notes/01-one.md")

    assert ("tutorial",) == notes.why("notes/one/").stale


def test_a_site_without_tutorials_looks_for_no_proofs(site, monkeypatch):
    def refuse(*_):
        raise AssertionError

    monkeypatch.setattr("octavo.edges.workspace.DiskWorkspace.read_proofs", refuse)
    site.page("index.md", "# Home\n\n```python title='x'\n1\n```\n").build().clean()


# ---------------------------------------------------------------- builds that ask for proofs


def test_a_chapter_that_was_never_run_is_an_error_where_proofs_are_asked_for(notes):
    prove(notes, "notes/02-two.md").build(require_proof=True)

    problem = notes.fails("proof-missing", "content/notes/01-one.md:9:1")
    assert problem.hint == "run `octavo test content/notes/01-one.md`"
    assert notes.codes() == ["proof-missing"]


def test_a_chapter_that_changed_is_another_error(notes):
    prove(notes)
    notes.edit("notes/01-one.md", "print(1)", "print(3)").build(require_proof=True)

    assert notes.codes() == ["proof-stale", "proof-stale"]
    assert [problem.message for problem in notes.report.diagnostics] == [
        "changed since this chapter was verified: its blocks",
        "changed since this chapter was verified: the files that the chapter begins with",
    ]
    notes.fails("proof-stale", "content/notes/02-two.md:9:1")


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("append\n", "append=2\n", "block-attribute"),
        ("append\n", "edit\n", "edit-fit"),
        ("append\n", 'append target="x"\n', "fence-attribute"),
    ],
)
def test_what_is_wrong_with_a_block_is_the_cause_that_is_told(notes, right, wrong, code):
    """From such a chapter on, nobody knows what its tutorial would run."""
    prove(notes).edit("notes/01-one.md", "print(1)", "print(3)")
    notes.edit("notes/02-two.md", right, wrong).build(require_proof=True)

    assert [code, "proof-stale"] == sorted(notes.codes())
    notes.fails("proof-stale", "content/notes/01-one.md:9:1")


def test_a_damaged_proof_is_called_so(notes):
    prove(notes).write(".octavo/proofs/notes/01-one.md.json", "{").build(require_proof=True)

    assert notes.fails("proof-missing").message == "the proof of this chapter is damaged"


def test_a_site_whose_chapters_are_proven_is_built(notes):
    prove(notes).build(require_proof=True).clean()


def test_chapters_that_execute_nothing_need_no_proof(site):
    site.page("notes/index.md", INDEX).page("notes/01-a.md", '# A\n\n```text title="a"\nx\n```\n')
    site.page("index.md", "# Home\n").build(require_proof=True).clean()


def test_an_ordinary_build_and_check_ask_for_nothing(notes):
    notes.build().clean()
    assert [] == notes.check().messages()


def test_keys_are_those_of_any_machine(notes, tmp_path):
    """The same files elsewhere have the same keys: a proof that CI keeps is one everywhere."""
    other = Site(tmp_path / "elsewhere").write("site.yaml", "title: Test site\n")
    for path in (notes.root / "content").rglob("*.md"):
        other.page(path.relative_to(notes.root / "content").as_posix(), path.read_text())

    assert [each.key for each in keys(notes).values()] == [each.key for each in keys(other).values()]
