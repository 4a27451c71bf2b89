"""Bytes of a text file into text: UTF-8 and nothing else, never with replacement characters."""

import codecs
import re

from octavo.model import Value

__all__ = ["TextProblem", "decode_text"]

_LINE_END = re.compile(rb"\r\n|\n|\r")
_SAMPLE = 4096
_LEAST_SAMPLE = 8


class TextProblem(Value, frozen=True):
    """Why bytes are no text: the values of a diagnostic, without the file that only the caller knows."""

    message: str
    hint: str
    line: int
    """Counted from 1 up to the first bad byte."""


def decode_text(data: bytes) -> tuple[str | None, TextProblem | None]:
    """Decode UTF-8 and drop a byte order mark at the start; exactly one of the two results is None.

    Byte numbers in messages count from 1. A NUL character passes: it is valid UTF-8 and the caller's business. Where
    every fourth byte is one, the text is English in UTF-16 or UTF-32 without a mark, and would be published as such.
    """
    body = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as problem:
        offset = problem.start + len(data) - len(body)
    else:
        sample = data[:_SAMPLE]
        if len(sample) < _LEAST_SAMPLE or sample.count(0) * 4 < len(sample):
            return text, None
        offset = data.index(0)
    line = len(_LINE_END.findall(data, 0, offset)) + 1
    return None, TextProblem(
        message=f"not UTF-8: byte {offset + 1}, on line {line}, is 0x{data[offset]:02x}",
        hint=f"{_guess_encoding(data)}; save it as UTF-8",
        line=line,
    )


def _guess_encoding(data: bytes) -> str:
    """Guess what a file is that is not UTF-8, from its mark and its NUL bytes."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "the file looks like UTF-32"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "the file looks like UTF-16"
    sample = data[:_SAMPLE]
    zeros = sample.count(0)
    if zeros * 4 >= len(sample):
        return "the file looks like UTF-16 without a byte order mark"
    if zeros:
        return "the file looks like binary data"
    # Latin-1 has no printable characters from 0x80 to 0x9f, where Windows-1252 keeps its quotes and dashes.
    if any(0x80 <= byte <= 0x9F for byte in sample):
        return "the file looks like Windows-1252"
    return "the file looks like Latin-1 (ISO 8859-1)"
