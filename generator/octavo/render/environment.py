"""The Jinja environment of a theme: what templates can reach, and what they cannot.

Templates get `page`, `context`, `nav`, `theme` and `site`; macros imported without context see `theme` alone. An
output must be a function of these values, so nothing here knows the time or chance, and Jinja's global helpers that
are made for demonstrations are gone. Filters added to Jinja's own:

    slug       text -> the id a heading of that text gets
    date       ISO 8601 date or date and time -> its date, or the given `strftime` format
    day        ISO 8601 date or date and time -> its date in words of the site's language
    minutes    number -> "12 minutes", in the site's language
    counted    number and the name of a word -> the form of the word that goes with the number
    filled     text with places such as `{number}` -> the same with values in them
    numbered   heading and the number of a chapter, or none -> the heading with its number
    direction  language tag -> "rtl" or "ltr"
    latin      language tag -> whether the language is written in Latin letters
    path       path of the site, percent-decoded -> percent-encoded
    address    outside address -> the same, or "#" where its scheme could run a script
    rooted     path of `site`, encoded or an outside address, and the page's root -> its address from the page
    nav_href   url of the navigation -> its address in a fragment (`octavo.render.fragments`)
    open_mark  group of the navigation -> the mark that opens it
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import partial
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from jinja2.exceptions import TemplateRuntimeError
from jinja2.utils import missing
from markupsafe import Markup

from octavo.context import ThemeSource
from octavo.model import Value
from octavo.render.fragments import nav_href, open_mark
from octavo.render.view import ThemeView, safe_html
from octavo.slugs import slugify
from octavo.themewords import Speech, fill_words
from octavo.urls import encode_path, is_external

__all__ = ["PAGE_NAMES", "make_environment", "suggest"]

PAGE_NAMES = ("page", "context", "nav", "theme", "site")
"""The values that a page's template gets."""

_VALUE_NAMES = {"PageView": "page", "PageContext": "context", "SiteInfo": "site", "ThemeView": "theme"}
_RANGE_LIMIT = 100_000
_MONTHS = 12
_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.\-]*)\s*:", re.IGNORECASE)
_SAFE_SCHEMES = frozenset(
    ("http", "https", "mailto", "tel", "sms", "ftp", "irc", "ircs", "matrix", "xmpp", "geo")
)
_OTHER_SCRIPTS = frozenset(
    [
        "am",
        "ar",
        "be",
        "bg",
        "bn",
        "ckb",
        "dv",
        "el",
        "fa",
        "gu",
        "he",
        "hi",
        "hy",
        "iw",
        "ja",
        "ka",
        "kk",
        "km",
        "kn",
        "ko",
        "ky",
        "lo",
        "mk",
        "ml",
        "mn",
        "mr",
        "my",
        "ne",
        "pa",
        "ps",
        "ru",
        "sd",
        "si",
        "ta",
        "te",
        "th",
        "ti",
        "ug",
        "uk",
        "ur",
        "yi",
        "yue",
        "zh",
    ]
)
_RIGHT_TO_LEFT = frozenset(("ar", "arc", "ckb", "dv", "fa", "he", "iw", "ps", "sd", "syr", "ug", "ur", "yi"))
_RIGHT_TO_LEFT_SCRIPTS = frozenset(("adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"))


class NamedUndefined(StrictUndefined):
    """A name that does not exist: any use of it is an error that says what could have been meant.

    The message has the hint on a second line; `octavo.render.faults` takes them apart.
    """

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        name = str(self._undefined_name)
        if self._undefined_obj is missing:
            return f"`{name}` is not defined\n{suggest(name, PAGE_NAMES, 'a page template gets ')}"
        kind = type(self._undefined_obj).__name__
        owner = _VALUE_NAMES.get(kind, kind)
        if isinstance(self._undefined_obj, Value):
            known = self._undefined_obj.__struct_fields__
            return f"`{owner}` has no `{name}`\n{suggest(name, known, 'it has ')}"
        if isinstance(self._undefined_obj, dict):
            known = tuple(str(key) for key in self._undefined_obj)
            return f"the mapping has no `{name}`\n{suggest(name, known, 'it has ')}"
        return f"a value of type `{owner}` has no `{name}`\n"


def suggest(name: str, known: tuple[str, ...], lead: str = "") -> str:
    """Hint at the known name that is meant, else list all of them after *lead*, where there is one."""
    close = get_close_matches(name, known, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    return lead + ", ".join(f"`{item}`" for item in known) if known and lead else ""


def make_environment(theme: ThemeSource) -> Environment:
    """Make the environment that renders every output of one theme.

    Templates are found by their names in *theme*, and their file is what tracebacks name. Every value is escaped
    unless it is Markup. Reading a name that does not exist is an error. Nothing is compiled yet.
    """
    sources = {name: (text, file) for name, text, file in theme.templates}

    def load(name: str) -> tuple[str, str, None] | None:
        found = sources.get(name)
        return (*found, None) if found else None

    environment = Environment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=NamedUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.globals = {
        "range": limited_range,
        "namespace": environment.globals["namespace"],
        "theme": ThemeView(theme),
    }
    # `random` would make two builds differ; `pprint` shows addresses in memory.
    del environment.filters["random"], environment.filters["pprint"]
    environment.filters |= {
        "slug": slugify,
        "date": format_date,
        "day": partial(format_day, dict(theme.words)),
        "minutes": partial(format_minutes, dict(theme.words), theme.language),
        "filled": format_filled,
        "counted": partial(format_counted, dict(theme.words), theme.language),
        "numbered": numbered_heading,
        "direction": text_direction,
        "latin": is_latin,
        "path": encode_path,
        "nav_href": nav_href,
        "open_mark": open_mark,
        "address": outside_address,
        "rooted": rooted_address,
    }
    return environment


def limited_range(*bounds: int) -> range:
    """Give Python's `range`, refusing one so long that a page would never end."""
    numbers = range(*bounds)
    if len(numbers) > _RANGE_LIMIT:
        raise TemplateRuntimeError(f"a range of more than {_RANGE_LIMIT:,} numbers")
    return numbers


def format_date(value: str, pattern: str = "%Y-%m-%d") -> str:
    """Format an ISO 8601 date, or date and time; other text is given back as it is."""
    try:
        return datetime.fromisoformat(value).strftime(pattern)
    except ValueError:
        return value


def format_day(words: Mapping[str, str], value: str) -> str:
    """Say a day in words; text that is no date, and any where the theme has no words for it, as `format_date` does."""
    months = words.get("months", "").split()
    try:
        day = datetime.fromisoformat(value)
    except ValueError:
        return value
    if len(months) != _MONTHS:
        return format_date(value)
    return fill_words(
        words.get("day", ""), {"day": day.day, "month": months[day.month - 1], "year": day.year}
    )


def format_minutes(words: Mapping[str, str], language: str, value: float) -> str:
    """Say a number of minutes, rounded up to a whole one."""
    whole = max(1, math.ceil(value))
    return Speech(words, language).say_count("minutes", whole)


def format_counted(words: Mapping[str, str], language: str, number: int, name: str, **values: object) -> str:
    """Say a number of things: the form of a word of the theme that goes with it."""
    return Speech(words, language).say_count(name, number, **values)


def format_filled(text: str, **values: object) -> str:
    """Fill the places of a word."""
    return fill_words(text, values)


def numbered_heading(heading: Markup, number: int | None) -> Markup:
    """Put the number of a chapter before the text of its heading."""
    if number is None:
        return heading
    start = heading.find(">") + 1
    return safe_html(f'{heading[:start]}<span class="num">{number}</span> {heading[start:]}')


def is_latin(language: str) -> bool:
    """Tell whether a language is usually written in Latin letters, by its tag."""
    main, *others = language.lower().replace("_", "-").split("-")
    scripts = [part for part in others if len(part) == 4 and part.isalpha()]
    return scripts[0] == "latn" if scripts else main not in _OTHER_SCRIPTS


def text_direction(language: str) -> str:
    """Tell in which direction a language is written, by its tag (BCP 47)."""
    main, *others = language.lower().replace("_", "-").split("-")
    scripts = [part for part in others if len(part) == 4 and part.isalpha()]
    rightward = scripts[0] in _RIGHT_TO_LEFT_SCRIPTS if scripts else main in _RIGHT_TO_LEFT
    return "rtl" if rightward else "ltr"


def outside_address(value: Any) -> str:
    """Give an outside address, or `#` for one whose scheme could run a script, as `javascript:` does."""
    # A browser drops control characters inside a scheme before it reads it.
    text = "".join(char for char in str(value) if char > "\x1f")
    scheme = _SCHEME.match(text)
    return text if scheme is None or scheme[1].lower() in _SAFE_SCHEMES else "#"


def rooted_address(path: str, root: str) -> str:
    """Give the address of a path that `site` holds: relative to the site's root, or an outside address."""
    return outside_address(path) if is_external(path) else root + path
