"""Faster lexing with the lexers of pygments: rules are looked up by the character at hand.

A lexer of pygments tries the rules of its state one after the other, dozens of them for a Python name. Most can be
ruled out by the first character alone. The tokens are the same, which the tests prove lexer by lexer; the time falls
to a third on the languages of most tutorials. Lexers with a loop of their own are left as they are.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from types import new_class
from typing import TYPE_CHECKING, Any

from octavo.highlight.first_characters import ANY, first_characters

if TYPE_CHECKING:
    from pygments.lexer import Lexer

__all__ = ["with_dispatch"]

# Looking into the expressions of a large state takes as long as some hundreds of visits save.
_VISITS_BEFORE_DISPATCH = 200


class _State:
    """The rules of one lexer state: all of them, and those that can match at each ASCII character."""

    __slots__ = ("_visits", "by_character", "rules")

    def __init__(self, rules: list[Any]) -> None:
        self.rules = rules
        self.by_character: dict[str, list[Any]] = {}
        """Empty at first: a character that is not found has to try all rules."""
        self._visits = 0

    def visit(self) -> None:
        """Count a visit, and fill the table at the one from which it pays."""
        self._visits += 1
        if self._visits == _VISITS_BEFORE_DISPATCH:
            firsts = [_first_of(rule[0]) for rule in self.rules]
            pairs = list(zip(self.rules, firsts, strict=True))
            self.by_character.update((char, [rule for rule, first in pairs if char in first]) for char in ANY)


def _first_of(matcher: Any) -> frozenset[str]:
    pattern = getattr(matcher, "__self__", None)
    return first_characters(pattern) if isinstance(pattern, re.Pattern) else ANY


@lru_cache(maxsize=256)
def with_dispatch(lexer_class: "type[Lexer]") -> "type[Lexer]":
    """Give a subclass that yields the same tokens sooner, or the class itself where there is nothing to gain."""
    from pygments.lexer import RegexLexer  # noqa: PLC0415  # loaded at the first use

    if not issubclass(lexer_class, RegexLexer):
        return lexer_class
    # Making an instance compiles the rules, unless each instance has its own; pygments has no public name for them.
    lexer_class()
    tokens: dict[str, list[Any]] | None = lexer_class.__dict__.get("_tokens")
    if tokens is None:
        return lexer_class
    # The loop stands right before the one of `RegexLexer` in the order of resolution, so that a lexer which works on
    # the tokens of `super()` gains as well.
    members = {"_tokens": tokens, "_states": {name: _State(rules) for name, rules in tokens.items()}}
    bases = (lexer_class, _dispatching_lexer())
    return new_class(lexer_class.__name__, bases, exec_body=lambda namespace: namespace.update(members))


@lru_cache(maxsize=1)
def _dispatching_lexer() -> "type[Lexer]":
    from pygments.lexer import RegexLexer  # noqa: PLC0415  # loaded at the first use
    from pygments.token import Error, Whitespace, _TokenType  # noqa: PLC0415  # the same

    class DispatchingLexer(RegexLexer):
        """The loop of `RegexLexer` over the rules that the next character leaves."""

        _states: dict[str, _State]

        def get_tokens_unprocessed(self, text: str, stack: Any = ("root",)) -> Iterator[tuple[int, Any, str]]:
            """Split the text into positions, token types and texts."""
            states = self._states
            names = list(stack)
            state = states[names[-1]]
            state.visit()
            position, end = 0, len(text)
            while True:
                rules = state.by_character.get(text[position], state.rules) if position < end else state.rules
                for matcher, action, change in rules:
                    found = matcher(text, position)
                    if not found:
                        continue
                    if action is not None:
                        if type(action) is _TokenType:
                            yield position, action, found.group()
                        else:
                            yield from action(self, found)
                    position = found.end()
                    if change is not None:
                        _change_state(names, change)
                        state = states[names[-1]]
                        state.visit()
                    break
                else:
                    if position >= end:
                        return
                    if text[position] == "\n":
                        # A line end that no rule takes starts over, as in the lexer that this stands in for.
                        names = ["root"]
                        state = states["root"]
                        yield position, Whitespace, "\n"
                    else:
                        yield position, Error, text[position]
                    position += 1

    return DispatchingLexer


def _change_state(names: list[str], change: Any) -> None:
    """Apply a state change of a rule: a number of states to leave, `#push`, or states to enter in turn."""
    if isinstance(change, int):
        # The root always stays, however many states a rule leaves.
        if abs(change) >= len(names):
            del names[1:]
        else:
            del names[change:]
    elif change == "#push":
        names.append(names[-1])
    else:
        for name in change:
            if name == "#pop":
                if len(names) > 1:
                    names.pop()
            else:
                names.append(names[-1] if name == "#push" else name)
