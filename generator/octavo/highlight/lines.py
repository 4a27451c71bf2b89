"""Code as lines of HTML.

Neighbours of one class share a span, names and white space get none, and a span never crosses a line, so that callers
can wrap lines. The text of the lines is exactly the source. A budget of characters, tokens and, as the last guard,
processor time bounds the work for every block: some lexers need exponential time on a few bytes.
"""

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from octavo.highlight.dispatch import with_dispatch
from octavo.highlight.languages import PLAIN, PLAIN_NAME, find_lexer
from octavo.highlight.timelimit import run_within
from octavo.model import Value

if TYPE_CHECKING:
    from pygments.lexer import Lexer

__all__ = ["Highlighted", "escape_text", "highlight_lines", "token_classes"]

MAX_CHARACTERS = 100_000
MAX_TOKENS = 50_000
MAX_CPU_SECONDS = 1.0
_MEMO_CHARACTERS = 4_000

_Token = tuple[int, Any, str]
"""Position, type and text."""


class Highlighted(Value, frozen=True):
    """The lines of a block as HTML."""

    lines: tuple[str, ...]
    """One for each source line, without line ends; spans are balanced within each."""
    language: str
    """The canonical name of the language, `text` for plain text; an unknown name as it was given."""
    known: bool = True
    over_budget: bool = False
    """True where the block was left plain because it is too large or its lexer ran too long."""


def escape_text(text: str) -> str:
    """Escape text for the content of an HTML element."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def highlight_lines(code: str, language: str) -> Highlighted:
    r"""Highlight *code* and give its lines; never raises for content.

    `\n`, `\r\n` and `\r` end a line, and an empty last line is no line: `"a\nb\n"` has two. The language is any alias
    of pygments or a name of ours, in any case; the empty name is plain text. Unknown languages and blocks past the
    budget come back plain. So does a block whose lexer fails or does not give its text back unchanged.

    The guard of processor time needs the main thread and a POSIX system; elsewhere size and tokens alone are bounded.
    """
    # The memo serves blocks that many pages repeat, such as one install command or translated chapters.
    return (_highlight_memo if len(code) <= _MEMO_CHARACTERS else _highlight)(code, language)


def _highlight(code: str, language: str) -> Highlighted:
    text = code.replace("\r\n", "\n").replace("\r", "\n") if "\r" in code else code
    if text and not text.endswith("\n"):
        text += "\n"
    name = language.lower()
    found = None if name in PLAIN else find_lexer(name)
    if found is None:
        plain = not name or name in PLAIN
        return _plain(text, PLAIN_NAME if plain else language, known=plain)
    canonical, lexer_class = found
    if len(text) > MAX_CHARACTERS:
        return _plain(text, canonical, over_budget=True)
    tokens = _lex_within_budget(lexer_class, text)
    if tokens is None or len(tokens) > MAX_TOKENS:
        return _plain(text, canonical, over_budget=True)
    if "".join([value for _, _, value in tokens]) != text:
        return _plain(text, canonical)
    return Highlighted(lines=_split(_format(tokens)), language=canonical)


def _plain(text: str, language: str, *, known: bool = True, over_budget: bool = False) -> Highlighted:
    lines = _split(escape_text(text))
    return Highlighted(lines=lines, language=language, known=known, over_budget=over_budget)


_highlight_memo = lru_cache(maxsize=512)(_highlight)


def _split(html: str) -> tuple[str, ...]:
    return tuple(html.split("\n")[:-1])


# ---------------------------------------------------------------- lexing within the budget


def _lex_within_budget(lexer_class: "type[Lexer]", text: str) -> list[_Token] | None:
    """Give the tokens, one more than allowed where there are too many, or None when the time is up.

    A lexer that fails gives no tokens: a bug of one of 600 lexers costs a block its colours, not the build.
    """
    try:
        # A lexer may keep state on itself, so each block gets a new one: its result must not depend on other blocks.
        lexer = with_dispatch(lexer_class)(stripnl=False)
        return run_within(MAX_CPU_SECONDS, lambda: _lex(lexer, text))
    except Exception:  # noqa: BLE001  # lexers raise anything, RecursionError included
        return []


def _lex(lexer: "Lexer", text: str) -> list[_Token]:
    # `get_tokens` would prepare the text, which is done already.
    return list(islice(lexer.get_tokens_unprocessed(text), MAX_TOKENS + 1))


# ---------------------------------------------------------------- writing HTML

# Token classes without a span: plain text, names, literals without a kind, white space, and errors, which are the
# lexer's doubt about an excerpt and tell the reader nothing. About half of all spans go with them.
_BARE_CLASSES = frozenset({"", "w", "n", "nx", "l", "x", "err"})


class _TokenClasses(dict[Any, str]):
    """The CSS class of each token type, found for new types by their nearest standard ancestor."""

    def __missing__(self, kind: Any) -> str:
        """Resolve a type that is not standard once."""
        css = self[kind.parent] if kind.parent is not None else ""
        self[kind] = css
        return css


@lru_cache(maxsize=1)
def token_classes() -> _TokenClasses:
    """Give the class of each token type; empty for types that get no span."""
    from pygments.token import STANDARD_TYPES  # noqa: PLC0415  # loaded at the first use

    return _TokenClasses({kind: "" if css in _BARE_CLASSES else css for kind, css in STANDARD_TYPES.items()})


def _format(tokens: list[_Token]) -> str:
    """Write tokens as HTML, with a span for each run of one class on one line."""
    classes = token_classes()
    out: list[str] = []
    run: list[str] = []
    current = ""
    for _, kind, value in tokens:
        css = classes[kind]
        if css != current:
            if run:
                out.append(_format_run(current, "".join(run)))
            run = [value]
            current = css
        else:
            run.append(value)
    out.append(_format_run(current, "".join(run)))
    return "".join(out)


def _format_run(css: str, text: str) -> str:
    html = escape_text(text)
    if not css or text.isspace() or not text:
        return html
    if "\n" not in html:
        return f'<span class="{css}">{html}</span>'
    return "\n".join(
        f'<span class="{css}">{part}</span>' if part and not part.isspace() else part
        for part in html.split("\n")
    )
