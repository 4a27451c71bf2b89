"""A request of an `http` block, sent over a real connection."""

import http.client
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

__all__ = ["WebAnswer", "WebFailure", "send_request"]

_MAX_BODY = 2 << 20
_AGAIN = 0.05
"""Seconds until the next attempt to reach a server that does not listen yet."""


@dataclass(frozen=True)
class WebAnswer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class WebFailure:
    """Why nothing came back."""

    message: str
    refused: bool = False
    """True where nobody listens."""
    timed_out: bool = False


def send_request(
    method: str,
    target: str,
    headers: Sequence[tuple[str, str]],
    body: bytes,
    *,
    base_url: str,
    timeout: float,
    alive: Callable[[], None],
) -> WebAnswer | WebFailure:
    """Send a request and read the whole response; while nobody listens it is tried again, *timeout* seconds at most.

    *alive* is called before every attempt, and may raise. Redirections are not followed: the page shows what comes back.
    """
    address = urlsplit(target if "://" in target else base_url)
    host, port = address.hostname or "127.0.0.1", address.port or (443 if address.scheme == "https" else 80)
    path = (
        target
        if "://" not in target
        else (address.path or "/") + (f"?{address.query}" if address.query else "")
    )
    deadline = time.monotonic() + timeout
    while True:
        alive()
        left = deadline - time.monotonic()
        if left <= 0:
            return WebFailure(f"nobody listens on {host}:{port}", refused=True)
        try:
            return _send_once(method, path, headers, body, address.scheme == "https", host, port, left)
        except ConnectionRefusedError:
            time.sleep(min(_AGAIN, max(0.0, left)))
        except TimeoutError:
            return WebFailure(f"no answer after {timeout:g} s", timed_out=True)
        except (OSError, http.client.HTTPException) as problem:
            return WebFailure(f"no answer that can be read: {str(problem) or type(problem).__name__}")


def _send_once(
    method: str,
    path: str,
    headers: Sequence[tuple[str, str]],
    body: bytes,
    is_secure: bool,  # noqa: FBT001 - one of many, all in order
    host: str,
    port: int,
    timeout: float,
) -> WebAnswer:
    kind = http.client.HTTPSConnection if is_secure else http.client.HTTPConnection
    connection = kind(host, port, timeout=timeout)
    given = {name.lower() for name, _ in headers}
    try:
        connection.putrequest(method, path, skip_host="host" in given, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        for name, value in (("Accept", "*/*"), ("User-Agent", "octavo"), ("Connection", "close")):
            if name.lower() not in given:
                connection.putheader(name, value)
        if "content-length" not in given and (body or method in {"POST", "PUT", "PATCH"}):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        response = connection.getresponse()
        return WebAnswer(response.status, tuple(response.getheaders()), response.read(_MAX_BODY))
    finally:
        connection.close()
