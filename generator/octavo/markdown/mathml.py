r"""A formula in LaTeX's notation as MathML. The only module that knows latex2mathml.

The library checks little: it passes unknown commands on as letters, and `\href` and `\style` as attributes. So its tree is
walked here, and what is written is of MathML alone: elements and attributes of a list, values of a narrow form, texts
escaped. Everything else is a problem, and the formula is shown as it was written.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from octavo.model import Value

__all__ = ["MAX_FORMULA", "Formula", "read_formula"]

MAX_FORMULA = 4_000
"""The longest formula in code points."""
_MAX_DEPTH = 40
"""How deep braces, `\\left` and `\\begin` nest; the library calls itself for each."""

_ARITY = {
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3,
}  # fmt: skip
_ELEMENTS = frozenset(
    {
        *_ARITY, "menclose", "mi", "mmultiscripts", "mn", "mo", "mpadded", "mphantom", "mprescripts", "mrow", "ms",
        "mspace", "msqrt", "mstyle", "mtable", "mtd", "mtext", "mtr",
    }
)  # fmt: skip
_ATTRIBUTES = frozenset(
    {
        "accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "displaystyle", "fence",
        "form", "height", "largeop", "linebreak", "linethickness", "lspace", "mathbackground", "mathcolor", "mathsize",
        "maxsize", "minsize", "movablelimits", "notation", "rowlines", "rowspacing", "rspace", "scriptlevel",
        "separator", "stretchy", "symmetric", "voffset", "width",
    }
)  # fmt: skip
_VALUE = re.compile(r"[\w#%+.\- ]{1,60}", re.ASCII)
_SIDES = {"left": "m-start", "right": "m-end"}
_ENTITY = re.compile(r"&#x([0-9A-Fa-f]{1,6});")
_NESTING = re.compile(r"\\(?:left|right|begin|end)(?![A-Za-z])|\\.|[{}]", re.DOTALL)
_OPENING = frozenset({"{", "\\left", "\\begin"})
_CLOSING = frozenset({"}", "\\right", "\\end"})
# What links, styles or defines: a macro could grow without end.
_REFUSED = re.compile(
    r"\\(?:class|cssId|data|DeclareMathOperator|def|gdef|href|html\w*|let|newcommand|newenvironment|providecommand"
    r"|renewcommand|require|style|unicode|url)(?![A-Za-z])"
)
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([^{}]*)\}")
# Where another environment of the library comes to the same: no numbers, which would begin anew in each formula.
_ENVIRONMENTS = {
    **{name: name for name in ("align*", "array", "cases", "equation", "equation*", "smallmatrix", "split")},
    **{
        f"{kind}matrix{star}": f"{kind}matrix{star}"
        for kind in ("", "p", "b", "B", "v", "V")
        for star in ("", "*")
    },
    "align": "align*",
    "aligned": "split",
    "gather": "matrix",
    "gather*": "matrix",
    "gathered": "matrix",
}
_SPACES = {
    "negativethinmathspace": "-0.167em", "negativemediummathspace": "-0.222em", "negativethickmathspace": "-0.278em",
    "thinmathspace": "0.167em", "mediummathspace": "0.222em", "thickmathspace": "0.278em",
}  # fmt: skip

# The alphabets of mathematics have letters of their own, which every browser shows; few still read `mathvariant`.
_ALPHABETS = {
    "bold": ("BOLD",),
    "italic": ("ITALIC",),
    "bold-italic": ("BOLD ITALIC",),
    "script": ("SCRIPT",),
    "bold-script": ("BOLD SCRIPT",),
    "fraktur": ("FRAKTUR", "BLACK-LETTER"),
    "bold-fraktur": ("BOLD FRAKTUR",),
    "double-struck": ("DOUBLE-STRUCK",),
    "sans-serif": ("SANS-SERIF",),
    "bold-sans-serif": ("SANS-SERIF BOLD",),
    "sans-serif-italic": ("SANS-SERIF ITALIC",),
    "monospace": ("MONOSPACE",),
}

_FAULTS = {
    "DenominatorNotFoundError": "a fraction has nothing below its line",
    "DoubleSubscriptsError": "two subscripts stand behind each other; use braces",
    "DoubleSuperscriptsError": "two superscripts stand behind each other; use braces",
    "ExtraLeftOrMissingRightError": "`\\left` and `\\right` do not belong together",
    "InvalidAlignmentError": "the columns of an array are `l`, `c` and `r`",
    "MissingEndError": "`\\begin` has no `\\end`",
    "MissingSuperScriptOrSubscriptError": "nothing stands behind `^` or `_`",
    "NumeratorNotFoundError": "a fraction has nothing above its line",
}


class Formula(Value, frozen=True):
    """What a formula becomes: MathML, or what is wrong with it."""

    html: str = ""
    problem: str = ""
    words: str = ""
    """The words of the formula that the problem is about, where it is about some."""


class _RefusedError(Exception):
    """The formula holds something that is not written."""


@lru_cache(maxsize=2_048)  # pages repeat their formulas, and headings are asked for twice
def read_formula(latex: str, *, display: bool) -> Formula:
    """Give the MathML of a formula; *display* sets it in a line of its own."""
    if len(latex) > MAX_FORMULA:
        return Formula(problem=f"the formula is longer than {MAX_FORMULA:,} characters")
    refused = _REFUSED.search(latex)
    if refused is not None:
        return Formula(problem=f"`{refused[0]}` cannot be used in a formula", words=refused[0])
    if problem := _judge_nesting(latex):
        return Formula(problem=problem)
    from latex2mathml.converter import convert_to_element  # noqa: PLC0415 - few pages have formulas

    try:
        known = _ENVIRONMENT.sub(_environment, latex)
        tree = convert_to_element(known, display="block" if display else "inline")
        body = "".join(part for child in tree for part in _write(child))
    except _RefusedError as refusal:
        message, words = refusal.args
        return Formula(problem=message, words=words)
    except Exception as fault:  # noqa: BLE001 - the library raises whatever comes; content must not stop a build
        return Formula(problem=_FAULTS.get(type(fault).__name__, "the formula cannot be read"))
    return Formula(html=f'<math display="block">{body}</math>' if display else f"<math>{body}</math>")


def _judge_nesting(latex: str) -> str:
    """Say what is wrong with the braces; empty where they belong together."""
    depth = deepest = 0
    for found in _NESTING.finditer(latex):
        if found[0] in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif found[0] in _CLOSING:
            depth -= 1
            if depth < 0:
                return f"`{found[0]}` closes nothing"
    if depth:
        return "a brace, `\\left` or `\\begin` is not closed"
    return "the formula is nested too deeply" if deepest > _MAX_DEPTH else ""


def _environment(found: re.Match[str]) -> str:
    name = found[2].strip()
    if name not in _ENVIRONMENTS:
        raise _RefusedError(f"there is no environment `{name[:40]}`", found[0])
    return f"\\{found[1]}{{{_ENVIRONMENTS[name]}}}"


def _write(element: Any) -> Iterator[str]:
    tag = element.tag
    if tag not in _ELEMENTS or len(element) != _ARITY.get(tag, len(element)):
        raise _RefusedError("a part of the formula is missing", "")
    written = element.text or ""
    text = _decode(written)
    _judge_text(tag, text)
    attributes = {name: _SPACES.get(value, value) for name, value in element.attrib.items() if value}
    variant = attributes.pop("mathvariant", "")
    if tag == "mi" and text.isascii() and _ENTITY.fullmatch(written):
        # The library says so that `\mathrm{d}` is upright: it writes the letter by its number.
        variant = "normal"
    yield f"<{tag}"
    if variant == "normal" and tag == "mi":
        yield ' mathvariant="normal"'
    for name, value in attributes.items():
        if name not in _ATTRIBUTES or not _VALUE.fullmatch(value):
            raise _RefusedError(f"`{value[:40]}` cannot be used in a formula", value)
        yield f' {name}="{value}"'
    if side := _SIDES.get(attributes.get("columnalign", "")):
        yield f' class="{side}"'
    yield ">"
    yield html.escape(_in_alphabet(text, variant), quote=False)
    for child in element:
        yield from _write(child)
    yield f"</{tag}>"


def _judge_text(tag: str, text: str) -> None:
    """Refuse a text that shows what was not understood."""
    if tag == "mtext":
        if command := re.search(r"\\[A-Za-z]+", text):
            raise _RefusedError(f"`{command[0][:40]}` cannot stand in a text", command[0])
    elif tag in {"mi", "mo"}:
        if text.startswith("\\") and len(text) > 1:
            raise _RefusedError(f"there is no command `{text[:40]}`", text)
        if text == "&":
            raise _RefusedError("`&` stands in no matrix and no aligned lines", "&")


def _decode(text: str) -> str:
    """Read the references to characters that the library writes in its texts; a control character is dropped."""

    def character(found: re.Match[str]) -> str:
        code = int(found[1], 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else ""

    decoded = _ENTITY.sub(character, text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return "".join(char for char in decoded if char >= " " and char != "\x7f")


def _in_alphabet(text: str, variant: str) -> str:
    """Give a text in one of the alphabets of mathematics; letters that it lacks stay as they are."""
    names = _ALPHABETS.get(variant)
    return "".join(_letter(char, names) for char in text) if names else text


def _letter(char: str, alphabets: tuple[str, ...]) -> str:
    name = unicodedata.name(char, "").replace("LATIN ", "").replace(" LETTER ", " ")
    name = name.replace("GREEK ", "")
    for alphabet in alphabets:
        for begin in ("MATHEMATICAL ", ""):
            try:
                return unicodedata.lookup(f"{begin}{alphabet} {name}")
            except KeyError:
                continue
    return "ℎ" if (char, alphabets) == ("h", ("ITALIC",)) else char
