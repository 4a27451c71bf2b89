"""A folder on a loopback port, answered as hosts of static sites do: gzipped texts, and assets that may be kept.

with StaticHost("_site") as url: ...
"""

import functools
import gzip
import http.server
import os
import re
import threading
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

__all__ = ["StaticHost"]

_TEXTS = (".css", ".html", ".js", ".json", ".svg", ".txt", ".xml")
_FINGERPRINT = re.compile(r"\.[0-9a-f]{8,}\.\w+$")


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    more: Mapping[str, str] = MappingProxyType({})

    def do_GET(self) -> None:
        path = self.translate_path(self.path)
        if os.path.isdir(path):
            if not self.path.partition("?")[0].endswith("/"):
                super().do_GET()
                return
            path = os.path.join(path, "index.html")
        if not os.path.isfile(path):
            self.send_error(404)
            return
        with open(path, "rb") as file:
            data = file.read()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        if path.endswith(_TEXTS) and "gzip" in self.headers.get("Accept-Encoding", ""):
            data = gzip.compress(data, 9, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Cache-Control", f"max-age={31_536_000 if _FINGERPRINT.search(path) else 600}")
        for name, value in self.more.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Keep silent."""


class StaticHost:
    """Serves a folder while it is open; gives the address of its root. *headers* are sent with every answer."""

    def __init__(self, folder: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        kind = type("_Handler", (_Handler,), {"more": headers})
        handler = functools.partial(kind, directory=folder)
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}/"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
