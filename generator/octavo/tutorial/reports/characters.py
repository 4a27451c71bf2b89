"""Any text made fit for a report: what no XML may hold, or what could move or reorder what is shown, is replaced."""

import re

__all__ = ["fit_line", "fit_text"]

_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters (XML 1.0, section 2.2, and those that it discourages)
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks and overrides of direction
    "\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def fit_text(text: str) -> str:
    """Give the text with U+FFFD for each character that does not belong in a report; every line end becomes a line feed."""
    return _UNFIT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def fit_line(text: str) -> str:
    """Give the text on one line: line ends and tabs become spaces."""
    return fit_text(text).replace("\n", " ").replace("\t", " ")
