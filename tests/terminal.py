"""A command at a terminal, typed to as a person types.

    with Terminal([sys.executable, "-m", "octavo", "shell", "a.md:3"], cwd=folder, env=variables) as terminal:
        terminal.type("ls\\n")
        terminal.wait_for("app.py")

Everything that it writes goes to one pseudo-terminal, which is also the one whose Ctrl-C reaches it.
"""

import contextlib
import fcntl
import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

PATIENCE = 120.0
INTERRUPT = "\x03"


class Terminal:
    """A process with a terminal of its own."""

    def __init__(self, words: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> None:
        self.text = ""
        """All that the terminal has shown."""
        self._seen = 0
        self._screen, inner = pty.openpty()
        self.process = subprocess.Popen(
            list(words),
            cwd=cwd,
            env=dict(env),
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no thread runs here
        )
        os.close(inner)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE)
        os.close(self._screen)

    def type(self, text: str) -> None:
        """Type a text."""
        os.write(self._screen, text.encode())

    def wait_for(self, text: str) -> None:
        """Wait until a text has been shown behind the last one that was waited for."""
        deadline = time.monotonic() + PATIENCE
        while (at := self.text.find(text, self._seen)) < 0:
            assert self._read(deadline), f"no {text!r} in\n{self.text}"
        self._seen = at + len(text)

    def end(self) -> int:
        """Wait for the end of the process, and give its status."""
        deadline = time.monotonic() + PATIENCE
        while self._read(deadline):
            pass
        return self.process.wait(PATIENCE)

    def _read(self, deadline: float) -> bool:
        """Read what is shown next; False where nothing will follow."""
        assert time.monotonic() < deadline, self.text
        if not select.select([self._screen], [], [], 0.5)[0]:
            return True
        data = b""
        with contextlib.suppress(OSError):  # Linux says EIO once the last process has closed the terminal
            data = os.read(self._screen, 65536)
        self.text += data.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(data)
