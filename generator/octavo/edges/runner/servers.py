"""Servers of a chapter: commands that go on running, ready by a condition and never by a pause."""

import contextlib
import http.client
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from octavo.edges.runner.processes import Started, end_group, read_capped, start_process
from octavo.edges.runner.shellstate import ShellState
from octavo.tutorial import Normalisation, decode_output, match_prefix, normalise_lines, present

__all__ = ["RunningServer", "ServerEnd"]

_LOOK = 0.02
"""Seconds between two looks at whether a server is ready."""
_GRACE = 5.0
"""Seconds that a server has to end after it was asked to."""


@dataclass(frozen=True)
class ServerEnd:
    """Why a server does not run."""

    status: int | None
    """None where it runs but did not become ready in time."""
    log: tuple[str, ...]


@dataclass
class RunningServer:
    """A server, and all that it takes to start it again."""

    name: str
    command: str
    block: int
    expected: tuple[str, ...]
    ready: str
    base_url: str
    timeout: float
    literal: bool
    reloads: bool
    """Whether it is started again when blocks have written files."""
    shell: str
    state: ShellState
    """As it was when the server was started first."""
    log: str
    normalisation: Normalisation
    started: Started | None = None
    changed: list[str] = field(default_factory=list)
    """Files that blocks have written since it was started."""

    @property
    def pid(self) -> int:
        """Give the number of its process; 0 where it was not started."""
        return self.started.process.pid if self.started else 0

    def ended(self) -> ServerEnd | None:
        """Say how it ended by itself; None while it runs."""
        code = self.started.process.poll() if self.started else 0
        return None if code is None else ServerEnd(code if code >= 0 else 128 - code, self.lines())

    def lines(self) -> tuple[str, ...]:
        """Give what it has printed."""
        return present(decode_output(read_capped(self.log)), self.normalisation)

    def start(self, alive: Callable[[], None]) -> ServerEnd | None:
        """Start it and wait until it is ready; gives what went wrong."""
        with contextlib.suppress(OSError):
            os.unlink(self.log)
        self.changed.clear()
        state = ShellState(self.state.folder, dict(self.state.environment), f"{self.log}.state")
        self.started = start_process(
            state.words(self.shell, self.command),
            folder=state.folder,
            environment=state.environment,
            log=self.log,
            cpu_seconds=3600,
        )
        deadline = time.monotonic() + self.timeout
        while not self._is_ready():
            alive()
            if (end := self.ended()) is not None:
                return end
            if time.monotonic() >= deadline:
                return ServerEnd(None, self.lines())
            time.sleep(_LOOK)
        return self.ended()

    def _is_ready(self) -> bool:
        if self.ready.startswith("port:"):
            return _listens(int(self.ready.removeprefix("port:")))
        if self.ready:
            return _answers(*self.ready.split(" ", 1), base_url=self.base_url)
        got = normalise_lines(self.lines(), self.normalisation)
        return match_prefix(normalise_lines(self.expected, self.normalisation), got, literal=self.literal)

    def stop(self, number: int = signal.SIGINT) -> bool:
        """Ask it to end, as Ctrl+C does, and end it where it does not; gives whether asking was enough."""
        if self.started is None:
            return True
        process = self.started.process
        if process.poll() is None:
            end_group(process.pid, number)
            with contextlib.suppress(Exception):
                process.wait(_GRACE)
        obeyed = process.poll() is not None
        end_group(process.pid, signal.SIGKILL)
        process.wait()
        return obeyed


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _answers(method: str, target: str, *, base_url: str) -> bool:
    address = urlsplit(target if "://" in target else base_url)
    path = target if "://" not in target else address.path or "/"
    connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port or 80, timeout=2)
    try:
        connection.request(method, path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
