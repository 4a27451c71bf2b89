"""The characters that a match of a regular expression can begin with.

The answer is a superset: an expression may be left out of the search at a character that is not in it, and no match
is lost. Only ASCII is looked at. It is found in the parse tree of Python's own `re`, whose modules are private; where
they are missing or hold something new the answer is "any".
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any

__all__ = ["ANY", "first_characters"]

ANY = frozenset(map(chr, range(128)))
_NONE: frozenset[str] = frozenset()
# An answer is the characters that a part can begin with, and whether it can match without consuming one.
_First = tuple[frozenset[str], bool]
_UNKNOWN: _First = (ANY, True)
_EMPTY: _First = (_NONE, True)
_CATEGORIES: Mapping[str, frozenset[str]] = {
    name: frozenset(filter(re.compile(expression).match, ANY))
    for name, expression in (
        ("CATEGORY_DIGIT", r"\d"),
        ("CATEGORY_NOT_DIGIT", r"\D"),
        ("CATEGORY_SPACE", r"\s"),
        ("CATEGORY_NOT_SPACE", r"\S"),
        ("CATEGORY_WORD", r"\w"),
        ("CATEGORY_NOT_WORD", r"\W"),
    )
}


@lru_cache(maxsize=4096)
def first_characters(pattern: re.Pattern[str]) -> frozenset[str]:
    """Give the ASCII characters that may stand at the place of a match; all of them where a match may be empty."""
    try:
        tree = import_module("re._parser").parse(pattern.pattern, pattern.flags)
        first, empty = _of_sequence(tree, pattern.flags)
    except Exception:  # noqa: BLE001  # private modules may change; "any" is always right
        return ANY
    return ANY if empty else first


def _of_sequence(items: Iterable[Any], flags: int) -> _First:
    found: frozenset[str] = _NONE
    for operation, argument in items:
        first, empty = _of_item(str(operation), argument, flags)
        found |= first
        if not empty:
            return found, False
    return found, True


def _of_item(operation: str, argument: Any, flags: int) -> _First:
    match operation:
        case "LITERAL":
            return _of_literal(argument, flags), False
        case "NOT_LITERAL":
            return (ANY if flags & re.IGNORECASE else ANY - {chr(argument)}), False
        case "IN":
            return _of_set(argument, flags), False
        case "ANY":
            return ANY, False
        case "BRANCH":
            branches = [_of_sequence(branch, flags) for branch in argument[1]]
            return _NONE.union(*(first for first, _ in branches)), any(empty for _, empty in branches)
        case "SUBPATTERN":
            _, added, removed, items = argument
            return _of_sequence(items, (flags | added) & ~removed)
        case "ATOMIC_GROUP":
            return _of_sequence(argument, flags)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, _, items = argument
            first, empty = _of_sequence(items, flags)
            return first, empty or least == 0
        case "AT" | "ASSERT" | "ASSERT_NOT":
            # They consume nothing, and leaving them out of account only widens the answer.
            return _EMPTY
        case _:
            return _UNKNOWN


def _of_literal(code: int, flags: int) -> frozenset[str]:
    if not flags & re.IGNORECASE:
        return frozenset({chr(code)}) & ANY
    # Some letters outside ASCII fold to ASCII ones: the Kelvin sign is a `k`.
    return _both_cases(frozenset({chr(code)})) if code < 128 else ANY


def _of_set(items: list[tuple[Any, Any]], flags: int) -> frozenset[str]:
    negated = str(items[0][0]) == "NEGATE"
    found: frozenset[str] = _NONE
    for operation, argument in items[1:] if negated else items:
        match str(operation):
            case "LITERAL":
                found |= _of_literal(argument, flags & ~re.IGNORECASE)
                wide = argument > 127
            case "RANGE":
                found |= {chr(code) for code in range(argument[0], min(argument[1], 127) + 1)}
                wide = argument[1] > 127
            case "CATEGORY":
                found |= _CATEGORIES[str(argument)]
                wide = False
            case _:
                return ANY
        if wide and flags & re.IGNORECASE:
            return ANY
    if flags & re.IGNORECASE:
        return ANY if negated else _both_cases(found)
    return ANY - found if negated else found


@lru_cache(maxsize=1024)
def _both_cases(characters: frozenset[str]) -> frozenset[str]:
    return characters | {char.lower() for char in characters} | {char.upper() for char in characters}
