"""Every word that an author writes is in the page, whatever stands around it."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from markdown_pages import fill_slots, parse_page


class Words:
    """Unique words, in the order of their making."""

    def __init__(self):
        self.made = []

    def __call__(self):
        word = f"needle{len(self.made)}x"
        self.made.append(word)
        return word


def indent(text, first, rest):
    lines = text.split("\n")
    return "\n".join([first + lines[0], *(rest + line if line else line for line in lines[1:])])


def quote(text):
    return "\n".join(f"> {line}" for line in text.split("\n"))


CONTAINERS = {
    "quote": lambda _words, inner: quote(inner),
    "alert": lambda words, inner: quote(f"[!TIP] {words()}\n{words()}\n\n{inner}"),
    "bullets": lambda words, inner: indent(f"{words()}\n\n{inner}", "- ", "  ") + f"\n- {words()}",
    "tight": lambda _words, inner: indent(inner, "* ", "  "),
    "numbers": lambda words, inner: indent(f"{words()}\n\n{inner}", "1. ", "   "),
    "task": lambda words, inner: indent(f"[x] {words()}\n\n{inner}", "- ", "  "),
    "notice": lambda words, inner: f"::: warning {words()}\n{inner}\n:::",
    "details": lambda words, inner: f":::: details {words()} {{open}}\n{inner}\n::::",
    "unknown": lambda words, inner: f"::: whatever {words()}\n{inner}\n:::",
    "definition": lambda words, inner: f"{words()}\n" + indent(f"{words()}\n\n{inner}", ": ", "  "),
    "attributes": lambda _words, inner: f"{{.lead}}\n{inner}",
    "box": lambda _words, inner: f"<div>\n\n{inner}\n\n</div>",
}
BLOCKS = {
    "paragraph": lambda words: f"{words()} *{words()}* **{words()}** ~~{words()}~~ `{words()}`",
    "heading": lambda words: f"## {words()} {{#{words().lower()}}}",
    "underlined": lambda words: f"{words()}\n{words()}\n---",
    "links": lambda words: f"[{words()}]({words()}.md) ![{words()}]({words()}.png) [{words()}]{{.x}}",
    "fence": lambda words: f'```text title="{words()}"\n{words()}\n```',
    "open fence": lambda words: f"~~~\n{words()}\n~~~",
    "table": lambda words: f"| {words()} | {words()} |\n|---|--:|\n| {words()} | {words()} |",
    "html": lambda words: f"<p>{words()}\n</p>",
    "inline html": lambda words: f"{words()} <b>{words()}</b>",
    "address": lambda words: f"https://example.org/{words()} {words()}@example.org",
    "note": lambda words: f"{words()}[^1]",
    "unused note": lambda words: f"[^{words()}]: {words()}",
    "stray": lambda words: f"{words()}\n\n:::",
}

TREE = st.recursive(
    st.sampled_from(sorted(BLOCKS)),
    lambda inner: st.tuples(st.sampled_from(sorted(CONTAINERS)), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=12,
)


def write(tree, words):
    if isinstance(tree, str):
        return BLOCKS[tree](words)
    name, parts = tree
    return CONTAINERS[name](words, "\n\n".join(write(part, words) for part in parts))


@settings(deadline=None)
@given(TREE)
def test_every_word_is_in_the_page(tree):
    words = Words()
    text = write(tree, words)

    page = parse_page(text)

    shown = fill_slots(page)
    assert [word for word in words.made if word not in shown and f"fn-{word}" not in shown] == []
    assert re.search("\0", shown) is None


def test_every_container_holds_every_block():
    missing = []
    for container in sorted(CONTAINERS):
        for block in sorted(BLOCKS):
            words = Words()
            shown = fill_slots(parse_page(write((container, [(container, [block])]), words)))
            missing += [(container, block, word) for word in words.made if word not in shown]

    assert missing == []
