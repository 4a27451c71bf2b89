"""How languages write comments, as far as marks of ours stand in them.

Two marks exist: a line that holds nothing but a comment with three dots is a *cut*, which stands for lines that stay,
and a comment `hide` at the end of a line keeps the line off the page. A bare `...` is code.
"""

import re
from functools import lru_cache

__all__ = ["cut_text", "hide_pattern", "is_cut", "language_of"]

_Pair = tuple[str, str]
_HASH, _SLASHES, _BLOCK, _XML, _JINJA = ("#", ""), ("//", ""), ("/*", "*/"), ("<!--", "-->"), ("{#", "#}")
_DASHES, _SEMICOLON, _PERCENT = ("--", ""), (";", ""), ("%", "")
_MARKUP = (_XML, _JINJA, _BLOCK, _SLASHES)
_FAMILIES: tuple[tuple[tuple[_Pair, ...], str], ...] = (
    (
        (_HASH,),
        (
            "python python3 py py3 yaml yml toml bash sh shell zsh fish ruby rb perl pl r julia jl make makefile docker"
            " dockerfile nginx cmake powershell elixir nim requirements gitignore dotenv env conf apache properties"
        ),
    ),
    ((_HASH, _SEMICOLON), "ini cfg editorconfig systemd"),
    (
        (_SLASHES, _BLOCK),
        (
            "javascript js jsx typescript ts tsx java c cpp c++ csharp cs go rust rs kotlin kt swift scala dart php scss"
            " less zig json5 jsonc groovy proto objective-c"
        ),
    ),
    ((_BLOCK,), "css"),
    ((_MARKUP), "html htm xhtml vue svelte astro xml svg html+jinja html+django django htmldjango"),
    ((_JINJA, _XML), "jinja jinja2 markdown md text+jinja"),
    ((_DASHES, _BLOCK), "sql sqlite postgres postgresql mysql"),
    ((_DASHES,), "lua haskell hs elm ada vhdl"),
    ((_SEMICOLON,), "lisp clojure clj scheme racket nasm asm"),
    ((_PERCENT,), "latex tex erlang matlab prolog"),
)
_PAIRS = {name: pairs for pairs, names in _FAMILIES for name in names.split()}
_ANY = (_HASH, _SLASHES, _BLOCK, _XML, _JINJA, _DASHES)
_SUFFIXES = {
    suffix: language
    for language, suffixes in {
        "python": "py pyi",
        "html": "html htm",
        "jinja": "j2 jinja jinja2",
        "javascript": "js mjs cjs",
        "typescript": "ts",
        "css": "css",
        "scss": "scss",
        "json": "json",
        "toml": "toml",
        "yaml": "yaml yml",
        "sql": "sql",
        "bash": "sh bash",
        "ini": "ini cfg conf",
        "markdown": "md",
        "xml": "xml svg",
        "go": "go",
        "rust": "rs",
        "java": "java",
        "c": "c h",
        "cpp": "cpp hpp cc",
        "ruby": "rb",
        "php": "php",
        "lua": "lua",
        "tsx": "tsx",
        "jsx": "jsx",
    }.items()
    for suffix in suffixes.split()
}
_NAMES = {"makefile": "make", "dockerfile": "docker"}


def language_of(path: str) -> str:
    """Name the language of a file by its name; `text` where it says nothing."""
    name = path.rpartition("/")[2].lower()
    return _NAMES.get(name) or _SUFFIXES.get(name.rpartition(".")[2] if "." in name else "", "text")


@lru_cache(maxsize=128)
def _cut_pattern(language: str) -> re.Pattern[str]:
    pairs = _PAIRS.get(language.lower(), _ANY)
    forms = "|".join(rf"{re.escape(start)}\s*\.\.\.\s*{re.escape(end)}" for start, end in pairs)
    return re.compile(rf"\s*(?:{forms})\s*")


def is_cut(line: str, language: str) -> bool:
    """Tell whether a line is a cut: a comment of the language, indented or not, that holds three dots alone."""
    return "..." in line and _cut_pattern(language).fullmatch(line) is not None


@lru_cache(maxsize=128)
def hide_pattern(language: str) -> re.Pattern[str]:
    """Give the pattern of the comment that hides its line, with the white space before it."""
    pairs = _PAIRS.get(language.lower(), _ANY)
    forms = "|".join(rf"{re.escape(start)}\s*hide\s*{re.escape(end)}" for start, end in pairs)
    return re.compile(rf"[ \t]*(?:{forms})[ \t]*$")


def cut_text(language: str) -> str:
    """Write a cut in a language."""
    start, end = _PAIRS.get(language.lower(), _ANY)[0]
    return f"{start} ... {end}".rstrip()
