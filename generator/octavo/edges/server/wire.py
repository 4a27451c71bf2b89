"""The head of an answer as bytes, with what every answer of the preview says; pure."""

from collections.abc import Iterable
from http import HTTPStatus

from werkzeug.http import http_date

__all__ = ["write_head"]

_ALWAYS = (
    "Server: Octavo\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "X-Frame-Options: SAMEORIGIN\r\n"
)
_REASONS = {status.value: status.phrase for status in HTTPStatus}


def write_head(status: int, fields: Iterable[tuple[str, str]], *, keeps_alive: bool) -> bytes:
    """Write the status line and the fields; raises ValueError for a field that would be more than one line."""
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Answer')}\r\n", _ALWAYS]
    has_date = False
    for name, value in fields:
        if "\r" in value or "\n" in value or "\0" in value:
            raise ValueError("a header field has a line break")
        has_date = has_date or name == "Date"
        lines.append(f"{name}: {value}\r\n")
    if not has_date:
        lines.append(f"Date: {http_date()}\r\n")
    lines.append("Connection: keep-alive\r\n\r\n" if keeps_alive else "Connection: close\r\n\r\n")
    return "".join(lines).encode("latin-1")
