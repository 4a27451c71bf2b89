"""The commands as a user meets them: exit status, messages, summaries, formats."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from octavo.cli.group import cli

SNAPSHOT = Path(__file__).with_name("help.txt")
COMMANDS = ("build", "check", "checkout", "clean", "new", "serve", "shell", "test", "why")


def run(folder, *words, **environment):
    """Run octavo in a folder; gives status, stdout and stderr."""
    kept = {key: value for key, value in os.environ.items() if key not in {"GITHUB_ACTIONS", "FORCE_COLOR"}}
    result = subprocess.run(
        [sys.executable, "-m", "octavo", *words], cwd=folder, capture_output=True, text=True, check=False,
        env=kept | environment,
    )  # fmt: skip
    assert "Traceback" not in result.stderr
    return result.returncode, result.stdout, result.stderr


def test_every_help_text_is_as_recorded():
    """One file holds them all: a changed option is seen in review. `make golden` rewrites it."""
    pages = []
    for words in ([], *([name] for name in COMMANDS)):
        result = CliRunner().invoke(cli, [*words, "--help"], prog_name="octavo", terminal_width=100)
        assert result.exit_code == 0
        pages.append(f"$ octavo {' '.join([*words, '--help'])}\n{result.output}")
    text = "\n".join(pages)
    if os.environ.get("OCTAVO_GOLDEN") == "overwrite":
        SNAPSHOT.write_text(text, encoding="utf-8")

    assert SNAPSHOT.read_text(encoding="utf-8") == text


def test_build_says_what_it_did_and_what_it_did_not(site):
    site.config("search: false\n").pages(a="# A", b="# B")

    status, out, err = run(site.root, "build")
    assert (0, "") == (status, out)
    assert "built 5 of 5 pages in " in err
    assert "files written, 0 unchanged)" in err

    site.pages(a="# A\n\nMore.")
    status, out, err = run(site.root, "build")
    assert "built 1 of 5 pages in " in err
    assert "(1 file written, 26 unchanged)" in err


def test_warning_does_not_stop_a_build_and_strict_does(site):
    site.pages(a="# A\n\n[x](nowhere.md)\n")

    status, _, err = run(site.root, "build")
    assert 0 == status
    assert (
        "content/a.md:3:5: warning[broken-link]: no page or file `nowhere.md`\n  3 | [x](nowhere.md)\n" in err
    )
    assert err.rstrip().endswith("; 1 warning")

    before = site.tree()
    status, _, err = run(site.root, "build", "--strict")
    assert 1 == status
    assert "not built; the old site is as it was (warnings count under --strict); 1 warning" in err
    assert before == site.tree()


def test_error_leaves_the_old_site_and_ends_with_1(site):
    site.pages(a="# A").build()
    before = site.tree()
    site.pages(a="---\ndraft: perhaps\n---\n")

    status, _, err = run(site.root, "build")

    assert 1 == status
    assert "content/a.md:2:8: error[" in err
    assert before == site.tree()


def test_json_goes_to_stdout_and_holds_every_field(site):
    site.pages(a="# A\n\n[x](b.md#nowhere)\n", b="# B")

    status, out, err = run(site.root, "check", "--format", "json")

    found = json.loads(out)
    assert 0 == status
    assert "broken-anchor" not in err
    assert {"published": False, "pages": 5} == {
        "published": found["published"],
        "pages": found["counts"]["pages"],
    }
    assert [
        {
            "code": "broken-anchor",
            "severity": "warning",
            "message": "no heading `#nowhere` in `b.md`",
            "file": "content/a.md",
            "line": 3,
            "column": 5,
            "excerpt": "[x](b.md#nowhere)",
            "hint": "the page has the headings `#b`",
        }
    ] == found["diagnostics"]


def test_github_annotations_are_escaped(site):
    site.pages(a="# A\n\n[x](100%,nowhere.md)\n")

    _, out, err = run(site.root, "check", "--format", "github")

    assert (
        "::warning file=content/a.md,line=3,col=5,title=broken-link::no page or file `100%25,nowhere.md`"
        in out
    )
    assert "warning[broken-link]" in err


def test_annotations_come_by_themselves_on_github(site):
    site.pages(a="# A\n\n[x](nowhere.md)\n")

    _, out, _ = run(site.root, "check", GITHUB_ACTIONS="true")

    assert out.startswith("::warning file=content/a.md,line=3,col=5,")


def test_check_writes_nothing(site):
    site.pages(a="# A")

    status, _, err = run(site.root, "check")

    assert 0 == status
    assert "checked 4 pages in " in err
    assert ["content", "site.yaml"] == sorted(path.name for path in site.root.iterdir())


def test_colour_is_for_terminals_alone(site):
    site.pages(a="# A\n\n[x](nowhere.md)\n")

    assert "\x1b[" not in run(site.root, "check")[2]
    assert "\x1b[" in run(site.root, "check", FORCE_COLOR="1")[2]
    assert "\x1b[" not in run(site.root, "check", FORCE_COLOR="1", NO_COLOR="1")[2]


def test_control_characters_of_content_do_not_reach_the_terminal(site):
    site.pages(a="# A\n\n[x](now\x1bhere.md)\n")

    status, _, err = run(site.root, "check")

    assert 0 == status
    assert "\x1b" not in err


def test_caret_stands_under_the_column_of_wide_text(site):
    site.pages(a="# A\n\n漢字 [x](nowhere.md)\n")

    lines = run(site.root, "check")[2].splitlines()

    place = next(number for number, line in enumerate(lines) if "| 漢字" in line)
    assert "  3 | 漢字 [x](nowhere.md)" == lines[place]
    assert "    | " + " " * 9 + "^" == lines[place + 1]


def test_why_tells_the_parts_that_changed(site):
    site.pages(a="# A", b="# B").build()
    site.pages(a="# A\n\nMore.")

    status, out, _ = run(site.root, "why", "a/")

    assert 0 == status
    assert "a/index.html: page from `a.md`" in out
    assert "made last because of:\n  new: it was not there before" in out
    assert "the next build would make it because of:\n  body: the page's text" in out
    assert run(site.root, "why", "a.md")[1] == out
    assert run(site.root, "why", "a/index.html")[1] == out
    assert run(site.root, "why", "_site/a/index.html")[1] == out


def test_why_of_an_unknown_output_names_near_ones(site):
    site.pages(about="# A").build()

    status, _, err = run(site.root, "why", "abou")

    assert 1 == status
    assert "the site has no output `abou`; did you mean `about/index.html`?" in err
    assert "did you mean `about/index.html`, " in run(site.root, "why", "abuot/index.html")[2]


def test_why_of_an_input_says_what_can_be_asked_for(site):
    site.pages(about="# A").build()

    assert "hint: name a file of the output folder" in run(site.root, "why", "site.yaml")[2]


def test_a_configuration_file_with_the_other_suffix_is_named(site):
    site.pages(a="# A")
    (site.root / "site.yaml").rename(site.root / "site.yml")

    status, _, err = run(site.root, "build")

    assert 2 == status
    assert "hint: rename `site.yml` to `site.yaml`" in err


def test_clean_removes_the_output_and_the_cache_and_nothing_else(site):
    site.pages(a="# A").build()
    site.write(".octavo/proofs/a.json", "{}")

    status, _, err = run(site.root, "clean")

    assert 0 == status
    assert "removed `_site` and `.octavo/cache`" in err
    assert [".octavo", "content", "site.yaml"] == sorted(path.name for path in site.root.iterdir())
    assert (site.root / ".octavo/proofs/a.json").exists()
    assert "nothing to remove" in run(site.root, "clean")[2]


def test_clean_leaves_a_folder_that_no_build_made(site):
    site.pages(a="# A")
    site.write("_site/mine.txt", "precious")

    status, _, err = run(site.root, "clean")

    assert 2 == status
    assert "was not made by octavo" in err
    assert (site.root / "_site/mine.txt").exists()


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("build", "--jbos", "2"), 2, "No such option"),
        (("biuld",), 2, "No such command 'biuld'. Did you mean 'build'?"),
        (("publish",), 2, "No such command 'publish'. It does not exist yet"),
        (("serve", "-a", "nowhere:port"), 2, "`nowhere:port` is not an address to listen on"),
        (("deploy",), 2, "No such command 'deploy'.\n"),
        (("build", "-j", "0"), 2, "Invalid value"),
        (("-f", "nowhere.yaml", "build"), 2, "no `nowhere.yaml` here"),
        (("why",), 2, "Missing argument"),
    ],
)
def test_wrong_usage_ends_with_2(site, words, status, said):
    code, _, err = run(site.root, *words)

    assert status == code
    assert said in err


def test_foreign_file_in_the_output_stops_the_build(site):
    site.pages(a="# A").build()
    site.write("_site/notes.txt", "precious")
    site.pages(a="# A\n\nMore.")

    status, _, err = run(site.root, "build")

    assert 3 == status
    assert "`_site/notes.txt` in the output folder came from elsewhere" in err
    assert "precious" == (site.out / "notes.txt").read_text(encoding="utf-8")


def test_drafts_are_left_out_and_counted(site):
    site.pages(a="# A", b="---\ndraft: true\n---\n# B\n")

    assert "1 draft left out" in run(site.root, "build")[2]
    assert not (site.out / "b").exists()
    assert 0 == run(site.root, "build", "--drafts")[0]
    assert (site.out / "b/index.html").exists()


def test_profile_shows_where_the_time_went(site):
    _, _, err = run(site.pages(a="# A").root, "build", "--profile")

    assert ["scan", "parse", "assemble", "fold", "plan", "compare", "render", "index", "write"] == [
        line.split()[0] for line in err.splitlines() if line.endswith(" ms")
    ]


def test_no_cache_makes_everything_anew(site):
    site.pages(a="# A").build()

    assert "built 4 of 4 pages" in run(site.root, "build", "--no-cache")[2]


def test_verbose_names_the_files(site):
    err = run(site.pages(a="# A").root, "-v", "build")[2]

    assert "wrote a/index.html" in err


def test_quiet_prints_problems_alone(site):
    site.pages(a="# A")
    assert (0, "", "") == run(site.root, "-q", "build")

    site.pages(a="# A\n\n[x](nowhere.md)\n")
    assert "nowhere.md" in run(site.root, "-q", "build")[2]


def test_damaged_state_is_replaced_within_the_same_build(site):
    site.pages(a="# A", b="# B")
    run(site.root, "build")
    expected = site.tree()
    state = site.root / ".octavo/cache/state.sqlite3"
    data = bytearray(state.read_bytes())
    for place in range(4096, len(data), 512):
        data[place] ^= 0xFF
    state.write_bytes(bytes(data))

    status, _, _ = run(site.root, "build")

    assert 0 == status
    assert expected == site.tree()
