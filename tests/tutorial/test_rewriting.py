"""New output in the text of a page: what Markdown reads back is what was meant, and nothing else moves."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octavo.markdown import parse_document
from octavo.model import MarkdownOptions, SourceText
from octavo.tutorial.rewriting import BlockUpdate, RewriteProblem, rewrite_blocks

FILE = "content/a.md"


def blocks_of(text, includes=()):
    page = SourceText(source="a.md", file=FILE, text=text, includes=includes)
    return parse_document(page, MarkdownOptions()).blocks


def rewrite(text, *updates, includes=()):
    found = blocks_of(text, includes)
    return rewrite_blocks(
        text, found.places, found.blocks, [BlockUpdate(**each) for each in updates], file=FILE
    )


def update(*lines, block=0, line=1, expected=1):
    return {"block": block, "line": line, "expected": expected, "lines": lines}


PLAIN = "# A\n\n```console\n$ ls\nold\n```\n\nText, old.\n"


def test_old_lines_are_replaced_and_nothing_else():
    assert PLAIN.replace("old\n`", "new\n\nlines\n`") == rewrite(PLAIN, update("new", "", "lines"))


def test_lines_can_be_added_where_there_were_none_and_taken_away():
    assert PLAIN.replace("old\n`", "`") == rewrite(PLAIN, update())
    assert PLAIN.replace("old\n`", "old\nnew\n`") == rewrite(PLAIN, update("new", line=2, expected=0))


def test_several_parts_of_several_blocks_change_at_once():
    text = "```console\n$ a\n1\n$ b\n2\n3\n```\n\n- x\n\n  ```pycon\n  >>> 4\n  5\n  ```\n"
    out = rewrite(text, update("one", "uno"), update("two", line=4, expected=1), update("V", "5", block=1))
    assert (
        "```console\n$ a\none\nuno\n$ b\n2\ntwo\n```\n\n- x\n\n  ```pycon\n  >>> 4\n  V\n  5\n  ```\n" == out
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("```console\r\n$ ls\r\nold\r\n```\r\n", "```console\r\n$ ls\r\nnew\r\n\r\nb\r\n```\r\n"),
        ("> ```console\n> $ ls\n> old\n> ```\n", "> ```console\n> $ ls\n> new\n>\n> b\n> ```\n"),
        (">```console\n>$ ls\n>old\n>```\n", ">```console\n>$ ls\n>new\n>\n>b\n>```\n"),
        ("- ```console\n  $ ls\n  old\n  ```\n", "- ```console\n  $ ls\n  new\n\n  b\n  ```\n"),
        (
            "1. > - ~~~console\n   >   $ ls\n   >   old\n   >   ~~~\n",
            "1. > - ~~~console\n   >   $ ls\n   >   new\n   >\n   >   b\n   >   ~~~\n",
        ),
        (
            "::: note\n```console\n$ ls\nold\n```\n:::\n",
            "::: note\n```console\n$ ls\nnew\n\nb\n```\n:::\n",
        ),
        (
            "<!-- hidden\n```console\n$ ls\nold\n```\n-->\n",
            "<!-- hidden\n```console\n$ ls\nnew\n\nb\n```\n-->\n",
        ),
        ("  ```console\n  $ ls\n  old\n  ```\n", "  ```console\n  $ ls\n  new\n\n  b\n  ```\n"),
        ("  ```console\n$ ls\nold\n  ```\n", "  ```console\n$ ls\nnew\n\nb\n  ```\n"),
        ("```console\n$ ls\nold", "```console\n$ ls\nnew\n\nb"),
        (
            "---\ntitle: A\n---\n```console\n$ ls\nold\n```",
            "---\ntitle: A\n---\n```console\n$ ls\nnew\n\nb\n```",
        ),
    ],
)
def test_line_ends_quote_marks_and_indentation_stay(before, after):
    assert after == rewrite(before, update("new", "", "b"))


def test_lines_are_added_at_the_end_of_a_page_that_ends_in_a_block():
    assert "```console\n$ ls\na\nb" == rewrite("```console\n$ ls", update("a", "b", line=1, expected=0))


def test_fences_grow_where_a_new_line_would_close_them():
    assert "> ````console x\n> $ ls\n> ```\n> ````\n" == rewrite(
        "> ```console x\n> $ ls\n> old\n> ```\n", update("```")
    )
    assert "~~~~~~console\n$ ls\n  ~~~~~\n```\n~~~~~~\n" == rewrite(
        "~~~console\n$ ls\nold\n~~~\n", update("  ~~~~~", "```")
    )
    assert PLAIN.replace("old\n`", "``` x\n``\n`") == rewrite(PLAIN, update("``` x", "``"))


def test_lines_that_say_the_same_are_not_touched():
    text = "  ```console\n  $ ls\n a\n  b\n c\n  ```\n"

    assert text.replace("  b\n", "  d\n") == rewrite(text, update("a", "d", "c", expected=3))


INCLUDED = (("content/_part.md", "```console\n$ ls\nold\n```\n"), ("content/x.txt", "$ ls\nold\n"))


@pytest.mark.parametrize(
    ("text", "change", "said"),
    [
        ("::: include _part.md\n", update("new"), "another file"),
        ('```console include="x.txt"\n```\n', update("new"), "another file"),
        ("```console\n$ ls\nold\n", update("```"), "close the block"),
        ("<!-- hidden\n```console\n$ ls\nold\n```\n-->\n", update("a --> b"), "hidden comment"),
        (PLAIN, update("$ whoami"), "read as a command"),
        (PLAIN, update("> more"), "read as a command"),
        ("```pycon\n>>> f()\nold\n```\n", update(">>> 1"), "typed at the prompt"),
        ("```pycon\n>>> f()\nold\n```\n", update("... x"), "typed at the prompt"),
        ("```http\nGET / HTTP/1.1\n\nHTTP/1.1 200 OK\nold: a\n```\n", update("new: b", line=3), "headers"),
        (PLAIN, update("a\nb"), "end of a line"),
        (PLAIN, update("new", line=2), "fits no lines"),
        (PLAIN, update("new", line=-1), "fits no lines"),
    ],
)
def test_what_would_be_read_otherwise_is_refused(text, change, said):
    found = rewrite(text, change, includes=INCLUDED)

    assert isinstance(found, RewriteProblem)
    assert said in found.message
    assert 0 == found.block


def test_a_page_that_has_changed_since_is_refused():
    found = blocks_of(PLAIN)
    change = [BlockUpdate(**update("new"))]

    for other in (PLAIN.replace("$ ls", "$ la"), "\n" + PLAIN, "", PLAIN.replace("```", "===")):
        problem = rewrite_blocks(other, found.places, found.blocks, change)
        assert isinstance(problem, RewriteProblem), other
        assert "changed" in problem.message


def test_parts_that_overlap_are_refused():
    text = "```console\n$ ls\na\nb\n```\n"

    assert isinstance(rewrite(text, update("x", expected=2), update("y", line=2)), RewriteProblem)


OUTPUT = st.lists(
    st.one_of(
        st.sampled_from(
            (
                "",
                "```",
                "````",
                "~~~",
                "  ```",
                "- a",
                "> b",
                "::: note",
                ":::",
                "\tx",
                "    y",
                "# z",
                "<!--",
            )
        ),
        st.text("ab `~>-:\t#", max_size=6).map(str.rstrip),
    ),
    max_size=5,
)
FRAMES = st.sampled_from(
    (
        ("", "", ""),
        ("> ", "> ", "> "),
        ("- ", "  ", "  "),
        ("10. ", "    ", "    "),
        ("> - ", ">   ", ">   "),
        ("- > ", "  > ", "  > "),
        ("  ", "  ", "  "),
        ("::: note\n", "", "\n:::"),
        ("<!-- hidden\n", "", "\n-->"),
    )
)


@settings(deadline=None, max_examples=300)
@given(FRAMES, st.sampled_from(("```", "~~~", "`````")), OUTPUT, OUTPUT, st.sampled_from(("\n", "\r\n")))
def test_markdown_reads_back_what_was_written(frame, fence, old, new, line_end):
    first, before, after = frame
    end = f"{after}{fence}" if not after.startswith("\n") else f"{fence}{after}"
    code = ["text", *(line for line in old if not set(line.strip()) <= set("`~") or not line.strip())]
    if first.startswith("<!--"):
        # The comment would end there, and the page would be another one than is meant.
        code = [line for line in code if "-->" not in line]
    body = "".join(f"{before}{line}".rstrip() + "\n" for line in code)
    text = f"# Title\n\n{first}{fence}text norun=x\n{body}{end}\n\nThe end.\n".replace("\n", line_end)
    found = blocks_of(text)
    read = found.blocks[0].text.split("\n")[:-1]
    change = BlockUpdate(block=0, line=1, expected=len(read) - 1, lines=tuple(new))

    out = rewrite_blocks(text, found.places, found.blocks, [change], file=FILE)

    if isinstance(out, RewriteProblem):
        assert "-->" in " ".join(new)
        return
    again = blocks_of(out)
    assert ["text", *new] == again.blocks[0].text.split("\n")[:-1]
    assert len(found.blocks) == len(again.blocks)
    assert out.startswith(text[: text.index(fence)])
    assert out.endswith(f"{line_end}The end.{line_end}")
    assert out.count("\n") - text.count("\n") == len(new) - (len(read) - 1)
    assert ("\r" in out) == (line_end == "\r\n")
    assert out == rewrite_blocks(
        out, again.places, again.blocks, [BlockUpdate(block=0, line=1, expected=len(new), lines=tuple(new))]
    )
