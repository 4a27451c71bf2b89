"""The words of a theme: what a page says that no author wrote, in the language of the site.

A file `words/de.yaml` maps names to texts. Texts may hold places such as `{number}`, which `fill_words` fills. A file
need not be complete: what it lacks is taken from `words/en.yaml`. A text that depends on a number has a form for each
plural category of its language, `minutes_one` and `minutes_other`; the categories are those of Unicode's CLDR.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from octavo.errors import Diagnostic, Location, error
from octavo.yamlnodes import MappingNode, ScalarNode, describe_node, is_null
from octavo.yamltext import load_yaml

__all__ = ["Speech", "fill_words", "languages_of", "plural", "read_words"]

_UNCOUNTED = frozenset(("id", "ja", "ko", "ms", "th", "vi", "yue", "zh"))
_ARABIC = frozenset(("ar", "ars"))
_SINGULAR_ZERO = frozenset(("fr", "hy", "pt"))


def read_words(text: str, file: str) -> tuple[dict[str, str], tuple[Diagnostic, ...]]:
    """Read one file of words; what is no text is reported and left out."""
    parsed = load_yaml(text, file=file)
    problems = list(parsed.diagnostics)
    words: dict[str, str] = {}
    if isinstance(parsed.root, MappingNode):
        for key, node in parsed.root.entries:
            if isinstance(node, ScalarNode):
                words[key.text] = "" if is_null(node) else node.text
            else:
                message = f"the word `{key.text[:60]}`: expected a text, found {describe_node(node)}"
                place = parsed.source.location(node)
                problems.append(
                    error("theme-option", message, place, excerpt=parsed.source.excerpt(node.line))
                )
    elif parsed.root is not None and not is_null(parsed.root):
        hint = "write lines such as `contents: Contents`"
        problems.append(error("theme-option", "the words are not a mapping", Location(file, 1), hint=hint))
    return words, tuple(problems)


def languages_of(tag: str) -> tuple[str, ...]:
    """Give the names under which words for a language tag may stand, the most general first: `pt`, `pt-br`."""
    parts = tag.lower().replace("_", "-").split("-")
    return tuple("-".join(parts[: count + 1]) for count in range(len(parts)))


def fill_words(text: str, values: Mapping[str, object]) -> str:
    """Fill the places of a text; one without a value stays as it is."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def plural(language: str, number: int) -> str:
    """Give the plural category of a whole number in a language."""
    main = language.lower().replace("_", "-").partition("-")[0]
    if main in _UNCOUNTED:
        return "other"
    if main in _ARABIC:
        return _arabic(number)
    return "one" if number == 1 or (number == 0 and main in _SINGULAR_ZERO) else "other"


class Speech(NamedTuple):
    """The words of a theme, ready to be said."""

    words: Mapping[str, str]
    language: str = "en"
    """For the forms of numbers."""

    def say(self, name: str, **values: object) -> str:
        """Give a word with its places filled; one that the theme does not have is its name."""
        return fill_words(self.words.get(name, name), values)

    def say_count(self, name: str, number: int, **values: object) -> str:
        """Give the form of a word that goes with a number, `{number}` and other places filled."""
        form = f"{name}_{plural(self.language, number)}"
        return self.say(form if form in self.words else f"{name}_other", number=number, **values)


def _arabic(number: int) -> str:
    small: Sequence[str] = ("zero", "one", "two")
    if number < len(small):
        return small[number]
    rest = number % 100
    return "few" if 3 <= rest <= 10 else "many" if rest >= 11 else "other"
