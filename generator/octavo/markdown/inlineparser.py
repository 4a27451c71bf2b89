"""The inline parser: markdown-it's rules behind a dispatch by character.

The rules, their order and their meaning are markdown-it's. It asks every rule at every character that any rule might
want; here a rule is asked only where the character is one of its own.
"""

import re
from collections.abc import Callable
from typing import Any

from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from octavo.markdown.session import session_of

__all__ = ["InlineParser", "InlineRule"]

InlineRule = Callable[[StateInline, bool], bool]

_PAIRED = re.compile(r"[*_~]")


class InlineParser(ParserInline):
    """Tokenizes the content of paragraphs, headings and cells."""

    def __init__(self) -> None:
        super().__init__()
        self._rules: dict[str, tuple[InlineRule, ...]] = {}
        self._stop = re.compile(r"[^\s\S]")
        self._pair_rules: tuple[Callable[[StateInline], None], ...] = ()

    def compile(
        self,
        rules: tuple[tuple[str, InlineRule], ...],
        pair_rules: tuple[Callable[[StateInline], None], ...],
    ) -> None:
        """Build the dispatch table from the rules in their order; a rule is its characters and its function."""
        chars = sorted(set("".join(chars for chars, _ in rules)) | {"]"})
        self._rules = {char: tuple(rule for own, rule in rules if char in own) for char in chars}
        self._stop = re.compile("[" + re.escape("".join(chars)) + "]")
        self.terminator_re = self._stop
        self._pair_rules = pair_rules

    def skipToken(self, state: StateInline) -> None:  # noqa: N802
        """Move past one token without making it."""
        position = state.pos
        known = state.cache.get(position)
        if known is not None:
            state.pos = known
            return
        rules = self._rules.get(state.src[position])
        if rules is None:
            found = self._stop.search(state.src, position, state.posMax)
            state.pos = found.start() if found else state.posMax
        elif state.level < state.md.options["maxNesting"]:
            state.level += 1
            done = any(rule(state, True) for rule in rules)
            state.level -= 1
            if not done:
                state.pos += 1
        else:
            # Deeper than this no bracket can be matched; the caller takes the brackets as text.
            state.pos = state.posMax
        state.cache[position] = state.pos

    def tokenize(self, state: StateInline) -> None:
        """Tokenize the range of a state."""
        src, end, all_rules, search = state.src, state.posMax, self._rules, self._stop.search
        while state.pos < end:
            position = state.pos
            rules = all_rules.get(src[position])
            if rules is None:
                found = search(src, position, end)
                state.pos = found.start() if found else end
                state.append_pending(src[position : state.pos])
                continue
            for rule in rules:
                if rule(state, False):
                    break
            else:
                state.append_pending(src[position])
                state.pos = position + 1
        if state.pending:
            state.pushPending()

    def parse(self, src: str, md: Any, env: Any, tokens: list[Token]) -> list[Token]:
        """Tokenize a text; images in images are counted, since each begins a parse of its own."""
        state = StateInline(src, md, env, tokens)
        session = session_of(state)
        if session.depth >= session.options.max_nesting:
            session.inline_overflow = True
            state.append_pending(src)
            state.pushPending()
            return tokens
        session.depth += 1
        self.tokenize(state)
        session.depth -= 1
        if _PAIRED.search(src):
            for rule in self._pair_rules:
                rule(state)
        return state.tokens
