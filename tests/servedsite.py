"""`octavo serve` as a process of its own, and a browser's questions to it.

    with ServedSite(site.root) as served:
        served.get("/guide/")

Real sockets on the loopback interface, a free port each time; the process ends with the test.
"""

import http.client
import json
import os
import pty
import re
import select
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple, Self

from commandline import environment
from waiting import PATIENCE

TAG = re.compile(rb'<script src="/-octavo/preview\.js"[^>]*></script>')


class Page(NamedTuple):
    """What an address answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def plain(self) -> bytes:
        """The body without the preview's script tag, as a build writes it."""
        return TAG.sub(b"", self.body, count=1)


class ServedSite:
    """A running preview; with *terminal* it believes to be run by a person, whose keys `press` sends."""

    def __init__(self, root: Path, *args: str, terminal: bool = False, **env: str) -> None:
        self.root = Path(root)
        self.lines: list[str] = []
        self._told = threading.Condition()
        command = [sys.executable, "-m", "octavo", "serve", "-a", "127.0.0.1:0", *args]
        self.terminal = -1
        if terminal:
            self.terminal, inner = pty.openpty()
        else:
            inner = subprocess.DEVNULL
        self.process = subprocess.Popen(
            command,
            cwd=root,
            env=environment(**env),
            stdin=inner,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=_take_terminal if terminal else None,  # noqa: PLW1509 - the parent starts no thread before
        )
        if terminal:
            os.close(inner)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stderr:
            with self._told:
                self.lines.append(line.decode().rstrip("\n"))
                self._told.notify_all()
        with self._told:
            self._told.notify_all()

    def __enter__(self) -> Self:
        self.wait_for_line("serving ")
        found = re.search(r"http://([^:/]+):(\d+)(/[^;\s]*)", self.text)
        self.host, self.port, self.base = found[1], int(found[2]), found[3]
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.wait()
        self._reader.join(PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()
        if self.terminal >= 0:
            os.close(self.terminal)
        assert "Traceback" not in self.text, self.text
        assert "internal error" not in self.text, self.text

    @property
    def text(self) -> str:
        """Everything that the terminal shows."""
        with self._told:
            return "\n".join(self.lines)

    def wait(self) -> int:
        """Wait for the process to end, and give its status."""
        return self.process.wait(PATIENCE)

    def wait_for_line(self, part: str, *, times: int = 1) -> None:
        """Wait until the terminal has shown a line with this part."""
        deadline = time.monotonic() + PATIENCE
        with self._told:
            while sum(part in line for line in self.lines) < times:
                assert self.process.poll() is None, "\n".join(self.lines)
                assert time.monotonic() < deadline, "\n".join(self.lines)
                self._told.wait(0.1)

    def press(self, key: str) -> None:
        """Press a key."""
        os.write(self.terminal, key.encode())

    def get(self, path: str, method: str = "GET", **headers: str) -> Page:
        """Ask for an address."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        try:
            connection.request(
                method, path, headers={name.replace("_", "-"): text for name, text in headers.items()}
            )
            answer = connection.getresponse()
            return Page(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def attributes(self, path: str) -> dict[str, str]:
        """Give what the script tag of a page says, by the part of the name after `data-octavo-`."""
        tag = TAG.search(self.get(path).body)[0].decode()
        return dict(re.findall(r'data-octavo-([a-z]+)="([^"]*)"', tag))

    def listen(self) -> "Listener":
        """Follow the events."""
        return Listener(self, self.attributes(self.base)["token"])


class Listener:
    """One stream of events."""

    def __init__(self, served: ServedSite, token: str) -> None:
        self._connection = http.client.HTTPConnection(served.host, served.port, timeout=PATIENCE)
        self._connection.request("GET", f"/-octavo/events?token={token}")
        self._answer = self._connection.getresponse()
        assert 200 == self._answer.status
        self.hello = self.next("hello")

    def next(self, name: str = "change") -> dict[str, Any]:
        """Wait for the next event of this name, and give its data."""
        kind = ""
        while line := self._answer.readline().decode():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ").strip()
            elif line.startswith("data: ") and kind == name:
                return json.loads(line.removeprefix("data: "))
        raise AssertionError("the stream has ended")

    def close(self) -> None:
        """Stop listening."""
        self._answer.close()
        self._connection.close()


def _take_terminal() -> None:
    """Make the terminal that stands at standard input this session's own."""
    import fcntl  # noqa: PLC0415 - in the child alone
    import termios  # noqa: PLC0415

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def read_terminal(descriptor: int) -> bytes:
    """Give what a terminal shows just now."""
    ready, _, _ = select.select([descriptor], [], [], 0)
    return os.read(descriptor, 65536) if ready else b""
