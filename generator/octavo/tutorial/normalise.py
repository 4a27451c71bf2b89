"""Output of a command as a page would show it, and what is taken out of both sides before they are compared.

Few things vary from run to run and say nothing: how long something took, when a server answered, where an object lies in
memory, in which folder of this machine the project is. They are made equal here. Everything else that varies is the
author's business, by `...` or by `normalise` in the settings.

All patterns of ours read a line once, whatever stands in it. Those of authors run on a bounded amount of text.
"""

import re
from collections.abc import Sequence

from octavo.model import Value

__all__ = ["MAX_AUTHORED", "UNSHOWN", "Normalisation", "decode_output", "normalise_lines", "present"]

MAX_AUTHORED = 100_000
"""To how many characters of a text the author's patterns are applied; lines beyond stay as they are."""

# ECMA-48, sections 5.3 to 5.6: strings (the first) end at BEL too, as xterm has it; one that has no end ends its line.
_STRING = r"\x1b[]P^_X][^\x07\x1b\n]*(?:\x07|\x1b\\)?"
_SEQUENCES = re.compile(rf"{_STRING}|\x1b\[[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?")
_STRINGS_ONLY = re.compile(_STRING)
# What a line needs to be shown as a terminal does: back to its start, one back, erase (to the end, or all of it).
_MOVES = re.compile(r"\r|\x08|\x1b\[[02]?K")
_LINE_ENDS = re.compile(r"(?<!\r)\r+\n")  # the look-behind keeps long runs of \r linear
UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
"""Characters that no page may hold (`octavo.markdown.characters`); tab and line end are not among them."""
_SHELL_LINE = re.compile(r"^bash: line [0-9]+: ", re.MULTILINE)

# A time with a fraction, or in milliseconds: `in 5s` is more often a promise than a measurement.
_DURATION = re.compile(
    r"\bin (?:[0-9]{1,9}\.[0-9]{1,9} ?(?:s|ms|seconds)|[0-9]{1,9} ?ms)\b(?: \([0-9]{1,4}:[0-9]{2}:[0-9]{2}\))?"
)
_FILL = re.compile(r"^={2,}(?= )|(?<= )={2,}$")
"""The signs around pytest's last line, whose number follows from the length of the time."""
_SERVER_TIME = re.compile(
    r"\[[0-9]{1,2}/[A-Z][a-z]{2}/[0-9]{4}[ :][0-9]{2}:[0-9]{2}:[0-9]{2}(?: [+-][0-9]{4})?\]"
)
# Of an object of Python, or twelve digits as Linux gives memory to programs of 64 bits.
_ADDRESS = re.compile(r"(?<= at )0x[0-9A-Fa-f]{6,16}\b|\b0x7f[0-9a-f]{10}\b")


class Normalisation(Value, frozen=True):
    """What a tutorial and its run add to the built-in rules."""

    replacements: tuple[tuple[str, str], ...] = ()
    """Literal texts and what the page says in their place, as the work folder and `/path/to/project`; the longest
    that fits wins."""
    patterns: tuple[tuple[str, str], ...] = ()
    """The author's regular expressions and what takes the place of what they find, applied to each line in turn."""


def decode_output(data: bytes) -> str:
    r"""Decode what a program wrote.

    What is no UTF-8 is shown as `\xff`, a control character as `\x07`, so that it harms neither terminal nor page. Tabs
    stay. Sequences for terminals are dropped. A line that is written over itself (`\r`, backspace) is given as it stands
    at last; the cursor does not move to other lines.
    """
    text = _LINE_ENDS.sub("\n", data.decode("utf-8", "backslashreplace"))
    if "\x1b" in text:
        text = _STRINGS_ONLY.sub("", text)
    if "\r" in text or "\x08" in text:
        lines = text.split("\n")
        text = "\n".join(_overwrite(line) if "\r" in line or "\x08" in line else line for line in lines)
    if "\x1b" in text:
        text = _SEQUENCES.sub("", text)
    return UNSHOWN.sub(_escape, text)


def _overwrite(line: str) -> str:
    """Give a line as it stands after all that was written over it."""
    moves = [*(found.group() for found in _MOVES.finditer(line)), ""]
    cells: list[str] = []
    at = 0
    for piece, move in zip(_MOVES.split(line), moves, strict=True):
        plain = _SEQUENCES.sub("", piece)
        cells[at : at + len(plain)] = plain
        at += len(plain)
        if move == "\r":
            at = 0
        elif move == "\x08":
            at = max(at - 1, 0)
        elif move == "\x1b[2K":
            cells, at = [], 0
        elif move:
            del cells[at:]
    return "".join(cells)


def _escape(found: re.Match[str]) -> str:
    number = ord(found.group())
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


def present(text: str, normalisation: Normalisation) -> tuple[str, ...]:
    """Give the lines that a page would show of decoded output.

    The texts of *normalisation* are replaced, the number that bash puts before its complaints about a script goes, and
    so do blanks at the end of lines and empty lines at the end.
    """
    pairs = {find: to for find, to in normalisation.replacements if find}
    if pairs:
        longest_first = sorted(pairs, key=len, reverse=True)
        pattern = re.compile("|".join(re.escape(find) for find in longest_first))
        text = pattern.sub(lambda found: pairs[found.group()], text)
    text = _SHELL_LINE.sub("bash: ", text)
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return tuple(lines)


def normalise_lines(lines: Sequence[str], normalisation: Normalisation) -> tuple[str, ...]:
    """Give lines as they are compared, one for each; applied to the author's lines and to the real ones."""
    patterns = [(re.compile(find), to) for find, to in normalisation.patterns if _compiles(find)]
    out: list[str] = []
    budget = MAX_AUTHORED
    for line in lines:
        text = _built_in(line.rstrip())
        budget -= len(text)
        if budget >= 0:
            for pattern, to in patterns:
                text = _replace(pattern, to, text)
        out.append(text.rstrip())
    return tuple(out)


def _built_in(line: str) -> str:
    if " at 0x" in line or "0x7f" in line:
        line = _ADDRESS.sub("0x0", line)
    if "[" in line:
        line = _SERVER_TIME.sub("[01/Jan/2000 00:00:00]", line)
    if "in " in line:
        line, count = _DURATION.subn("in 0.00s", line)
        if count and line.startswith("==") and line.endswith("=="):
            line = _FILL.sub("===", line)
    return line


def _compiles(find: str) -> bool:
    try:
        re.compile(find)
    except (re.error, OverflowError, RecursionError):
        return False  # reported where the settings are read
    return True


def _replace(pattern: re.Pattern[str], to: str, text: str) -> str:
    try:
        return pattern.sub(to, text)
    except (re.error, IndexError):
        return pattern.sub(
            lambda _: to, text
        )  # a reference to a group that is not there: the text as it stands
