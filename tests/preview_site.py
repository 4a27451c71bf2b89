"""A site for the preview's server that consists of answers in a table, and the server that runs on it."""

import contextlib
import os
import socket
import threading
from urllib.parse import quote

from octavo.digest import digest_bytes
from octavo.edges.server import Limits, PreviewServer, bind
from octavo.preview.events import EventHub
from octavo.preview.values import Answer, SourceFile
from waiting import PATIENCE, free_port

TOKEN = "token-of-this-run"
SCRIPTS = {"preview.js": b"// the preview\n", "listener.js": b"// a shared worker\n"}


class TableSite:
    """Answers from a table; a path that is not in it is answered by the 404 page, with the path in it."""

    def __init__(self, base="/"):
        self.token = TOKEN
        self.base = base
        self.answers = {}
        self.asked = []
        self.asked_again = []
        self.anew = {}
        self.hub = EventHub({"run": "R", "generation": 1})
        self.page("", "<h1>Home</h1>")

    def page(self, url, html, **fields):
        body = html.encode()
        self.answers[self.base + url] = Answer(body=body, etag=digest_bytes(body), weak=True, **fields)

    def redirect(self, url, to):
        self.answers[self.base + url] = Answer(status=302, location=quote(to))

    def file(self, url, path, content_type="application/octet-stream"):
        self.answers[self.base + url] = file_answer(path, content_type)

    def answer(self, path):
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path]
        if path == "/" != self.base:
            return Answer(status=302, location=self.base)
        body = b"<h1>Not found</h1>"
        return Answer(status=404, body=body, etag=digest_bytes(body), weak=True)

    def answer_again(self, path):
        self.asked_again.append(path)
        return self.anew.get(path) or self.answer(path)

    def problems(self, page):
        return b'[{"code": "broken-link", "message": "of ' + page.encode() + b'"}]'

    def tell(self, generation, *changed):
        """Begin another generation, and tell all listeners what changed."""
        state = {"run": "R", "generation": generation}
        self.hub.set_state(state)
        self.hub.publish(state | {"changed": list(changed)})

    def follow(self):
        return self.hub.subscribe()


def file_answer(path, content_type="application/octet-stream"):
    """Give the answer that sends a file as it is now."""
    status = os.stat(path)
    stamp = SourceFile(
        path=str(path),
        mtime_ns=status.st_mtime_ns,
        size=status.st_size,
        inode=status.st_ino,
        digest=digest_bytes(path.read_bytes()),
    )
    return Answer(content_type=content_type, etag=stamp.digest, file=stamp)


class Running:
    """A server on a free port, and raw connections to it."""

    def __init__(self, site=None, *, address="", hosts=(), scripts=SCRIPTS, **limits):
        self.site = site or TableSite()
        self.faults = []
        self.bound = bind(address or f"127.0.0.1:{free_port()}")
        self.port = self.bound.port
        self.server = PreviewServer(
            self.bound, self.site, scripts, hosts, limits=Limits(**limits), on_fault=self.faults.append
        )
        self.host = self.server.url_host

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *error):
        self.server.close()
        self.site.hub.close()

    def connect(self, timeout=PATIENCE):
        connection = socket.create_connection((self.bound.host, self.port), timeout=timeout)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def head(self, target="/", *fields, method="GET", host=None):
        """Write the head of a request."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host or self.host}", *fields]
        return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n"

    def get(self, target="/", *fields, method="GET", host=None):
        """Ask on a connection of its own, which is closed after the answer."""
        return self.raw(self.head(target, *fields, "Connection: close", method=method, host=host), method)

    def raw(self, data, method="GET"):
        """Send bytes and read one answer; None where the server closed without one."""
        with self.connect() as connection:
            with contextlib.suppress(ConnectionError):
                connection.sendall(data)
            return Reply.read(connection, method)


class Reply:
    """One answer, taken apart."""

    def __init__(self, status, head, fields, body, rest):
        self.status = status
        self.head = head
        self.fields = fields
        self.body = body
        self.rest = rest
        """What came behind it on the same connection."""

    def __getitem__(self, name):
        return self.fields.get(name.lower())

    @classmethod
    def read(cls, connection, method="GET"):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = _receive(connection)
            if not piece:
                assert data == b"", f"an answer without an end: {data[:200]!r}"
                return None
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        names = [item.partition(":")[0].lower() for item in lines]
        assert len(names) == len(set(names)), f"a field twice: {names}"
        fields = {name: item.partition(":")[2].strip() for name, item in zip(names, lines, strict=True)}
        status = int(line.split(" ")[1])
        length = int(fields.get("content-length", -1))
        if method == "HEAD" or status == 304:
            length = 0
        while length < 0 or len(body) < length:
            piece = _receive(connection)
            if not piece:
                break
            body += piece
        if length < 0:
            return cls(status, head, fields, body, b"")
        assert len(body) >= length, "the body is cut off"
        return cls(status, head, fields, body[:length], body[length:])


def _receive(connection):
    try:
        return connection.recv(1 << 16)
    except ConnectionError:
        return b""


def server_threads():
    """Count the threads of servers in this process."""
    return sum(thread.name.startswith("octavo-") for thread in threading.enumerate())


def join_server_threads(seconds=PATIENCE):
    """Wait until every connection of this process has ended on the server's side."""
    for thread in threading.enumerate():
        if thread.name == "octavo-connection":
            thread.join(seconds)
            assert not thread.is_alive(), "a connection does not end"
