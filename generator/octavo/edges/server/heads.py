"""The head of a request: bytes to a method, a target and fields, or a refusal; pure.

This is RFC 9112 without its leniencies, each of which has let a request be read in two ways somewhere: no folded
lines, no bare line feeds, no blanks before a colon, no second `Host` or length, no two framings of a body.
"""

import re

import msgspec

from octavo.edges.server.refusals import Refusal

__all__ = ["RequestHead", "read_head"]

MAX_LINE = 8 * 1024
# Browsers send the cookies of all servers of `localhost` to each of them, so this must not be too small.
MAX_HEAD = 64 * 1024
MAX_FIELDS = 100

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]"
_LINE = re.compile(rb"(" + _TOKEN + rb"{1,32}) ([\x21-\xff]+) HTTP/([0-9])\.([0-9])")
_FIELD = re.compile(rb"(" + _TOKEN + rb"+):[ \t]*([\t\x20-\x7e\x80-\xff]*)")
_LENGTH = re.compile(r"[0-9]{1,18}")
_SINGLE = frozenset({
    "host", "content-length", "transfer-encoding", "origin", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest",
})  # fmt: skip

_MALFORMED = Refusal(400, "This is not a request that the preview understands.")
_LONG_LINE = Refusal(414, "The address is too long.")
_LONG_HEAD = Refusal(431, "The request has too many or too long header fields.")
_FRAMING = Refusal(400, "The length of the request's body is not clear.")


class RequestHead(msgspec.Struct, frozen=True, kw_only=True):
    """The head of one request, well-formed."""

    method: str
    target: bytes
    fields: dict[str, str]
    """Names in lower case; the values of a repeated field are joined by commas."""
    keeps_alive: bool
    """False where the client wants the connection closed after the answer."""
    has_body: bool


def read_head(received: bytes) -> tuple[RequestHead | Refusal | None, bytes]:
    """Take one head from what was received; gives it with the bytes behind it, and None where more must come.

    A refusal is given as soon as nothing that may follow could mend the request.
    """
    received = received.lstrip(b"\r\n")
    if not received:
        return None, b""
    line_end = received.find(b"\n")
    if line_end > MAX_LINE or (line_end < 0 and len(received) > MAX_LINE):
        return _LONG_LINE, b""
    if line_end < 0:
        return (None, received) if _begins_well(received) else (_MALFORMED, b"")
    line = _LINE.fullmatch(received, 0, line_end - 1)
    if line is None or received[line_end - 1] != 0x0D:
        return _MALFORMED, b""
    if line[3] != b"1":
        return Refusal(505, "The preview speaks HTTP/1.1."), b""
    end = received.find(b"\r\n\r\n", line_end - 1)
    head = received if end < 0 else received[: end + 2]
    if len(head) > MAX_HEAD or head.count(b"\n") > MAX_FIELDS + 1:
        return _LONG_HEAD, b""
    if head.count(b"\n") != head.count(b"\r\n"):
        return _MALFORMED, b""
    if end < 0:
        return None, received
    return _typed(line, head[line_end + 1 :]), received[end + 4 :]


def _begins_well(received: bytes) -> bool:
    """Tell whether this may be the beginning of a request line; that of TLS or of noise is not."""
    method, _, rest = received.partition(b" ")
    return (
        re.fullmatch(_TOKEN + rb"{1,32}", method) is not None
        and re.search(rb"[\0-\x08\x0b-\x0c\x0e-\x1f]", rest) is None
    )


def _typed(line: re.Match[bytes], block: bytes) -> RequestHead | Refusal:
    fields: dict[str, str] = {}
    for text in block.split(b"\r\n")[:-1]:
        field = _FIELD.fullmatch(text)
        if field is None:
            return _MALFORMED
        name = field[1].decode("ascii").lower()
        value = field[2].decode("latin-1").rstrip(" \t")
        if name in fields:
            if name in _SINGLE:
                return Refusal(400, "A header field is given twice that there can be only one of.")
            value = f"{fields[name]}, {value}"
        fields[name] = value
    is_newer = line[4] != b"0"
    has_body = _has_body(fields, is_newer=is_newer)
    if has_body is None:
        return _FRAMING
    wishes = {word.strip().lower() for word in fields.get("connection", "").split(",")}
    return RequestHead(
        method=line[1].decode("ascii"),
        target=line[2],
        fields=fields,
        keeps_alive=is_newer and "close" not in wishes,
        has_body=has_body,
    )


def _has_body(fields: dict[str, str], *, is_newer: bool) -> bool | None:
    """Tell whether a body follows; None where two readers could disagree on its end (RFC 9112, section 6.3)."""
    length, coding = fields.get("content-length"), fields.get("transfer-encoding")
    if coding is not None:
        return True if length is None and is_newer and coding.lower() == "chunked" else None
    if length is None:
        return False
    return int(length) > 0 if _LENGTH.fullmatch(length) else None
