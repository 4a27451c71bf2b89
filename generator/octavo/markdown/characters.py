r"""The characters of a source: line ends, and what must not reach a page.

Line ends become `\n` (CommonMark 0.31, section 2.1). NUL becomes U+FFFD (section 2.3), and so do the control
characters and noncharacters that HTML forbids (HTML, section 13.2.3.5), so that no input can hold a slot of ours.
"""

import re
import unicodedata

from octavo.errors import Diagnostic, Location, error, warning

__all__ = ["MAX_SOURCE", "clean_text", "refuse_in_front_matter"]

MAX_SOURCE = 2 * 1024 * 1024
"""The largest text in bytes that is parsed as Markdown."""

_ASCII_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_REPLACED = " is not allowed in a page and is shown as U+FFFD"
# Unicode 16, UAX 9: embeddings, overrides and isolates; the marks U+200E, U+200F and U+061C are harmless.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean_text(file: str, text: str) -> tuple[str, tuple[Diagnostic, ...]]:
    """Give the text with plain line ends and without forbidden characters, and one problem for each kind of them."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        raw = text.encode("ascii")
        size = len(raw)
        if len(raw.translate(None, _ASCII_CONTROLS)) == size:
            return _capped(file, text, size, ())
    else:
        size = len(text.encode("utf-8", "surrogatepass"))
    problems = []
    found = _BIDI.search(text)
    if found:
        problems.append(_bidi(file, text, found.start()))
    found = _FORBIDDEN.search(text)
    if found:
        problems.append(_forbidden(file, text, found.start()))
        text = _FORBIDDEN.sub("\ufffd", text)
    return _capped(file, text, size, tuple(problems))


def refuse_in_front_matter(problems: tuple[Diagnostic, ...], body_line: int) -> tuple[Diagnostic, ...]:
    """Make errors of the replaced characters above *body_line*: YAML may not hold them (YAML 1.2, section 5.1)."""
    return tuple(
        error(
            "yaml-character",
            problem.message.removesuffix(_REPLACED) + " may not stand in YAML",
            problem.location,
            excerpt=problem.excerpt,
            hint="take the character out; it is likely invisible in your editor",
        )
        if problem.code == "control-character" and problem.location.line < body_line
        else problem
        for problem in problems
    )


def _capped(
    file: str, text: str, size: int, problems: tuple[Diagnostic, ...]
) -> tuple[str, tuple[Diagnostic, ...]]:
    if size <= MAX_SOURCE:
        return text, problems
    problem = error(
        "source-too-large",
        f"the text has {size:,} bytes; at most {MAX_SOURCE:,} are read as Markdown",
        Location(file),
        hint="split the page",
    )
    return "", (*problems, problem)


def _place(file: str, text: str, offset: int) -> tuple[Location, str]:
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text.count("\n", 0, offset) + 1
    excerpt = text[start:] if end < 0 else text[start:end]
    return Location(file, line, offset - start + 1), _FORBIDDEN.sub("\ufffd", excerpt)


def _bidi(file: str, text: str, offset: int) -> Diagnostic:
    location, excerpt = _place(file, text, offset)
    return warning(
        "bidi-control",
        f"{_named(text[offset])} can make text read in another order than it is written",
        location,
        excerpt=excerpt,
        hint="remove it, or write it as a character reference such as `&#x2067;` where it is wanted",
    )


def _forbidden(file: str, text: str, offset: int) -> Diagnostic:
    location, excerpt = _place(file, text, offset)
    char = text[offset]
    if unicodedata.category(char) == "Cs":
        return error(
            "lone-surrogate",
            f"{_named(char)} is half of a character",
            location,
            excerpt=excerpt,
            hint="save the file as UTF-8",
        )
    return warning(
        "control-character",
        f"{_named(char)}{_REPLACED}",
        location,
        excerpt=excerpt,
        hint="remove it",
    )


def _named(char: str) -> str:
    name = unicodedata.name(char, "")
    code = f"U+{ord(char):04X}"
    return f"{code} {name}" if name else f"the character {code}"
