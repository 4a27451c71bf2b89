"""One connection: requests are read within limits, judged, answered, one after the other, until it closes.

Werkzeug's own handler is not used here: it reads line by line without a time for the whole, takes what RFC 9112 forbids,
closes the connection after each answer and prints tracebacks.
"""

import contextlib
import math
import socket
import time
from collections.abc import Callable, Iterator

from werkzeug.wrappers import Response

from octavo.edges.server.app import Environ, PreviewApp, refuse
from octavo.edges.server.gate import judge
from octavo.edges.server.heads import RequestHead, read_head
from octavo.edges.server.hosts import OwnHosts
from octavo.edges.server.limits import Limits
from octavo.edges.server.refusals import Refusal
from octavo.edges.server.targets import read_target
from octavo.edges.server.wire import write_head

__all__ = ["Conversation", "Service"]

_RECEIVE = 64 * 1024
_ONE_WRITE = 256 * 1024
_DRAINED = 16 * 1024 * 1024
# Nothing else of a request reaches the application.
_CONDITIONS = ("if-none-match", "range", "if-range")

_LATE = Refusal(408, "The request did not arrive in time.")
_FAULT = Refusal(500, "The preview failed to answer. Its terminal says why.")


class Service:
    """What all connections of a server share."""

    def __init__(
        self, app: PreviewApp, hosts: OwnHosts, limits: Limits, on_fault: Callable[[Exception], None]
    ) -> None:
        self.app = app
        self.hosts = hosts
        self.limits = limits
        self.on_fault = on_fault

    def respond(self, head: RequestHead, arrived_at: str, environ: Environ) -> Response:
        """Answer a well-formed request, or say why not."""
        refusal = judge(head, self.hosts, arrived_at)
        if refusal is not None:
            return refuse(refusal)
        target = read_target(head.target)
        if isinstance(target, Refusal):
            return refuse(target)
        try:
            return self.app.respond(target, environ)
        except Exception as fault:  # noqa: BLE001 - a bug in one page must not end the preview
            self.on_fault(fault)
            return refuse(_FAULT)


class Conversation:
    """One connection with a client; `run` is the body of its thread."""

    def __init__(self, connection: socket.socket, service: Service) -> None:
        self.waiting_since = time.monotonic()
        self._connection = connection
        self._service = service
        self._limits = service.limits
        self._received = b""

    def end(self) -> None:
        """Make every wait of the thread fail at once; called by other threads."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def run(self) -> None:
        """Answer requests until either side has enough; never raises, never prints."""
        # A client that goes in the middle of something is no news: OSError ends the conversation, whatever its kind.
        with contextlib.suppress(OSError), self._connection:
            try:
                self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                arrived_at = self._connection.getsockname()[0]
                seconds = self._limits.head_seconds
                while self._turn(arrived_at, seconds):
                    seconds = self._limits.idle_seconds
            except OSError:
                raise
            except Exception as fault:  # noqa: BLE001 - a bug of ours ends the connection and nothing else
                self._service.on_fault(fault)
            finally:
                # A child that was forked meanwhile holds a copy of the socket, and would keep it open.
                self.end()

    def _turn(self, arrived_at: str, seconds: float) -> bool:
        """Read and answer one request; tells whether the connection is good for another."""
        head = self._next_head(seconds)
        if head is None:
            return False
        if isinstance(head, Refusal):
            self._refuse(head)
            return False
        environ = {"REQUEST_METHOD": head.method}
        environ |= {
            f"HTTP_{name.upper().replace('-', '_')}": head.fields[name]
            for name in _CONDITIONS
            if name in head.fields
        }
        response = self._service.respond(head, arrived_at, environ)
        try:
            keeps_alive = self._answer(response, environ, keeps_alive=head.keeps_alive and not head.has_body)
        finally:
            response.close()
        if not keeps_alive:
            self._part()
        return keeps_alive

    def _next_head(self, seconds: float) -> RequestHead | Refusal | None:
        """Receive up to the end of a head; None where the client went, or never began."""
        self.waiting_since = now = time.monotonic()
        deadline = now + seconds
        has_begun = False
        try:
            while True:
                head, self._received = read_head(self._received)
                if head is not None:
                    return head
                if self._received and not has_begun:
                    has_begun = True
                    deadline = min(deadline, time.monotonic() + self._limits.head_seconds)
                left = deadline - time.monotonic()
                if left <= 0:
                    return _LATE if has_begun else None
                self._connection.settimeout(left)
                try:
                    piece = self._connection.recv(_RECEIVE)
                except TimeoutError:
                    continue
                if not piece:
                    return None
                self._received += piece
        finally:
            self.waiting_since = math.inf

    def _answer(self, response: Response, environ: Environ, *, keeps_alive: bool) -> bool:
        """Send an answer; tells whether its end is clear to the client without closing the connection."""
        fields = response.get_wsgi_headers(environ)
        length = fields.get("Content-Length", type=int)
        body = response.get_app_iter(environ)
        has_no_body = environ["REQUEST_METHOD"] == "HEAD" or response.status_code == 304
        keeps_alive = keeps_alive and (length is not None or has_no_body)
        head = write_head(response.status_code, fields, keeps_alive=keeps_alive)
        if has_no_body:
            self._send(head)
        elif length is not None and length <= _ONE_WRITE:
            self._send(head + b"".join(body))
        else:
            self._send(head)
            self._send_pieces(iter(body))
        return keeps_alive

    def _send_pieces(self, pieces: Iterator[bytes]) -> None:
        for piece in pieces:
            if piece:
                self._send(piece)
            elif self._is_client_gone():
                return

    def _send(self, data: bytes) -> None:
        self.waiting_since = time.monotonic()
        self._connection.settimeout(self._limits.send_seconds)
        self._connection.sendall(data)
        self.waiting_since = math.inf

    def _is_client_gone(self) -> bool:
        """Look without waiting whether the client has closed its end."""
        self._connection.settimeout(0)
        try:
            return not self._connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False

    def _refuse(self, refusal: Refusal) -> None:
        response = refuse(refusal)
        self._answer(response, {"REQUEST_METHOD": "GET"}, keeps_alive=False)
        self._part()

    def _part(self) -> None:
        """Close our end, and throw away what the client still sends: a reset would take the answer from it."""
        self._connection.shutdown(socket.SHUT_WR)
        self.waiting_since = time.monotonic()
        deadline = self.waiting_since + self._limits.drain_seconds
        drained = 0
        while drained < _DRAINED and (left := deadline - time.monotonic()) > 0:
            self._connection.settimeout(left)
            piece = self._connection.recv(_RECEIVE)
            if not piece:
                return
            drained += len(piece)
