"""The running server: a thread that accepts connections, and a thread for each of them."""

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from octavo.edges.server.app import PreviewApp, refuse
from octavo.edges.server.connections import Connections
from octavo.edges.server.handler import Conversation, Service
from octavo.edges.server.hosts import OwnHosts
from octavo.edges.server.limits import Limits
from octavo.edges.server.listen import BoundSocket
from octavo.edges.server.refusals import Refusal
from octavo.edges.server.wire import write_head
from octavo.preview.values import PreviewSite

__all__ = ["PreviewServer"]

_CLOSE_SECONDS = 0.8
_PAUSE_SECONDS = 0.05


class PreviewServer:
    """Serves a site on a bound socket until it is closed; the socket is closed with it."""

    def __init__(
        self,
        bound: BoundSocket,
        site: PreviewSite,
        scripts: Mapping[str, bytes],
        allowed_hosts: Sequence[str] = (),
        *,
        limits: Limits | None = None,
        on_fault: Callable[[Exception], None] | None = None,
    ) -> None:
        """Prepare; *scripts* by their names below `/-octavo/`, *on_fault* is told of exceptions of the site."""
        limits = limits or Limits()
        self._bound = bound
        self._app = PreviewApp(site, scripts, limits)
        hosts = OwnHosts.of([bound.host, *allowed_hosts])
        self._service = Service(self._app, hosts, limits, on_fault or (lambda _fault: None))
        self._connections = Connections(limits.connections)
        self._woken, self._wake = socket.socketpair()
        self._thread = threading.Thread(target=self._accept, name="octavo-accept", daemon=True)
        self._is_closed = False

    @property
    def url_host(self) -> str:
        """Give host and port as a browser on this machine is told them: `127.0.0.1:8000`, `[::1]:8000`."""
        return self._bound.url_host

    def start(self) -> None:
        """Begin to accept connections, in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Close the socket and end all connections, within a second; a second call does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        deadline = time.monotonic() + _CLOSE_SECONDS
        with contextlib.suppress(OSError):
            self._wake.send(b"x")
        if self._thread.is_alive():
            self._thread.join(_CLOSE_SECONDS)
        self._bound.close()
        self._app.streams.end_all()
        for thread in self._connections.end_all():
            thread.join(max(0.0, deadline - time.monotonic()))
        self._woken.close()
        self._wake.close()

    def _accept(self) -> None:
        listener = self._bound.listener
        listener.setblocking(False)
        with selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while not self._is_closed:
                selector.select()
                try:
                    connection, _ = listener.accept()
                except (BlockingIOError, ConnectionError, InterruptedError):
                    continue
                except OSError:  # no descriptor is left: one that ends meanwhile gives its own back
                    self._connections.make_room()
                    time.sleep(_PAUSE_SECONDS)
                    continue
                self._admit(connection)

    def _admit(self, connection: socket.socket) -> None:
        conversation = Conversation(connection, self._service)

        def run() -> None:
            try:
                conversation.run()
            finally:
                self._connections.forget(conversation)

        thread = threading.Thread(target=run, name="octavo-connection", daemon=True)
        if not self._connections.admit(conversation, thread):
            _turn_away(connection)


def _turn_away(connection: socket.socket) -> None:
    """Say in one write that the server is full; whoever cannot take it at once is not told."""
    refused = refuse(Refusal(503, "Too many browsers look at the preview at once."))
    head = write_head(503, refused.get_wsgi_headers({}), keeps_alive=False)
    with contextlib.suppress(OSError), connection:
        connection.setblocking(False)
        connection.send(head + refused.get_data())
