"""Names of languages, and the lexers behind them.

Lexers of installed pygments plugins are not looked up: the result depends on the pinned pygments alone, and a scan of
entry points for each unknown name would cost more than the highlighting.
"""

import difflib
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer

__all__ = ["PLAIN", "PLAIN_NAME", "find_lexer", "suggest_language"]

PLAIN_NAME = "text"
# Written by authors for text without a lexer, or for formats that a script of the site draws in the browser.
PLAIN = frozenset(
    {"ascii", "cron", "crontab", "csv", "d2", "gitignore", "hosts", "katex", "log", "math", "mermaid", "none"}
    | {"output", "plain", "plaintext", "plantuml", "raw", "regex", "requirements", "robots", "text", "tree"}
    | {"tsv", "txt"}
)
# Names that editors and other generators know and pygments does not.
_MORE_ALIASES: Mapping[str, tuple[str, ...]] = {
    "bash": ("dotenv", "env", "shellscript"),
    "bat": ("cmd",),
    "console": ("sh-session", "terminal"),
    "diff": ("patch",),
    "graphql": ("gql",),
    "groovy": ("gradle",),
    "handlebars": ("hbs", "mustache"),
    "html": ("astro", "htm", "svelte", "xhtml"),
    "ini": ("conf", "editorconfig", "gitconfig", "npmrc"),
    "jinja": ("jinja2",),
    "json": ("geojson", "jsonc", "jsonl", "ndjson", "webmanifest"),
    "kotlin": ("kt",),
    "make": ("mk",),
    "markdown": ("mdx",),
    "pytb": ("traceback",),
    "sql": ("sqlite",),
    "xml": ("plist", "svg"),
    "yaml": ("compose", "docker-compose"),
}


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    """Map every alias of the built-in lexers to the name of its lexer."""
    from pygments.lexers import get_all_lexers  # noqa: PLC0415  # loaded at the first use

    names = {alias: name for name, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases}
    return {**{ours: names[theirs] for theirs, more in _MORE_ALIASES.items() for ours in more}, **names}


@lru_cache(maxsize=256)
def find_lexer(name: str) -> "tuple[str, type[Lexer]] | None":
    """Give the canonical name and the class of a lexer, or None; *name* is in lower case."""
    lexer_name = _aliases().get(name)
    if lexer_name is None:
        return None
    from pygments.lexers import find_lexer_class  # noqa: PLC0415  # loaded at the first use

    lexer_class = find_lexer_class(lexer_name)
    return (lexer_class.aliases[0], lexer_class) if lexer_class is not None else None


@lru_cache(maxsize=256)
def suggest_language(name: str) -> str:
    """Give the known language whose name is closest to *name*, or nothing."""
    known = sorted({*_aliases(), *PLAIN})
    return next(iter(difflib.get_close_matches(name.lower()[:40], known, n=1, cutoff=0.75)), "")
