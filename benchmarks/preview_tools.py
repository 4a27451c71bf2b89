"""The tools that `preview.py` measures: their projects, how each is started and stopped, and its first page."""

import contextlib
import http.client
import importlib.util
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

HOME_NEEDLE = b"A synthetic site."
"""What the home page of the corpus says: an answer without it is a placeholder, not the page."""

MARK = re.compile(r"mark\d{8}")
"""The word that a save changes; always equally long."""


@dataclass(frozen=True)
class Tool:
    """One tool: where its sources lie, what starts it, what its browser end listens for."""

    name: str
    title: str
    project: str
    """The name under which the peers' script knows how to make its project."""
    sources: str
    """The folder of the pages in the project."""
    arguments: tuple[str, ...]
    """What follows the program; `{port}` stands for the port."""
    page_end: str
    """What follows a page's name in its address."""
    is_reload: Callable[[str, str], bool]
    """Whether a message (its text, the address of the page) says that the page has changed."""
    version: tuple[str, ...]


def _octavo_says(text: str, address: str) -> bool:
    said = text.replace(" ", "").replace('\\"', '"')
    return '"changed":' in said and (f'"{address}"' in said or '"all":true' in said)


def _hugo_says(text: str, _address: str) -> bool:
    return '"reload"' in text


def _mdbook_says(text: str, _address: str) -> bool:
    return text == "reload"


def _zensical_says(text: str, address: str) -> bool:
    return text == address or text.endswith(".js")


def _mkdocs_says(text: str, _address: str) -> bool:
    return text.startswith("livereload ")


# With click > 8.2.1 MkDocs leaves its live reload off unless the option is given. All else is each
# tool's default; mdBook's is to poll: its other watcher sees its own reading as a change, and builds without end.
TOOLS = {
    tool.name: tool
    for tool in (
        Tool("octavo", "Octavo", "octavo", "content", ("-a", "127.0.0.1:{port}"), "/", _octavo_says, ()),
        Tool("hugo", "Hugo", "hugo", "content", ("server", "--bind", "127.0.0.1", "-p", "{port}"), "/", _hugo_says,
             ("version",)),
        Tool("zensical", "Zensical", "zensical", "docs", ("serve", "-a", "127.0.0.1:{port}"), "/", _zensical_says,
             ("--version",)),
        Tool("mdbook", "mdBook", "mdbook", "src", ("serve", "-n", "127.0.0.1", "-p", "{port}"), ".html", _mdbook_says,
             ("--version",)),
        Tool("mkdocs", "MkDocs", "mkdocs", "docs", ("serve", "--livereload", "-a", "127.0.0.1:{port}"), "/",
             _mkdocs_says, ("--version",)),
    )
}  # fmt: skip


def load_peers(path: Path) -> ModuleType:
    """Import the peers' script from the path that the command line names."""
    spec = importlib.util.spec_from_file_location("peers", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"cannot import {path}")
    sys.dont_write_bytecode = True  # the folder of the script is not ours to write to
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def program(tool: Tool, peers: ModuleType, peers_dir: Path | None, octavo: str) -> list[str]:
    """Give the words that start a tool, up to its arguments."""
    if tool.name == "octavo":
        return shlex.split(octavo)
    if peers_dir is None:
        raise SystemExit(f"--peers-dir is needed to measure {tool.title}")
    return [peers.binary(peers_dir.resolve(), tool.project)]


def version(tool: Tool, words: list[str]) -> str:
    """Ask a tool for its version; the folder it lies in is nobody's business."""
    asked = [*words[:-1], "--version"] if tool.name == "octavo" else [*words, *tool.version]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    found = re.search(r"v?\d+\.\d+[\w.+-]*", said)
    return found[0] if found else "unknown"


@dataclass(frozen=True)
class Project:
    """A tool's folder for one size of the corpus, and the page that is edited in it."""

    folder: Path
    page: Path
    address: str
    pages: int


def make_project(tool: Tool, peers: ModuleType, corpus: Path, folder: Path) -> Project:
    """Write the project anew, with a marker at the begin of the first paragraph of the page in the middle."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    peers.SETUP[tool.project](corpus, folder)
    pages = sorted((folder / tool.sources).rglob("page-*.md"))
    page = pages[len(pages) // 2]
    page.write_text(with_marker(page.read_text(encoding="utf-8"), "mark00000000"), encoding="utf-8")
    address = "/" + page.relative_to(folder / tool.sources).with_suffix("").as_posix() + tool.page_end
    return Project(folder, page, address, sum(1 for _ in corpus.rglob("*.md")))


def with_marker(text: str, marker: str) -> str:
    """Put the marker in the place of the one before, or at the begin of the first paragraph."""
    if MARK.search(text):
        return MARK.sub(marker, text)
    front = re.match(r"\A---\n.*?\n---\n", text, re.DOTALL)
    begin = front.end() if front else 0
    paragraph = re.compile(r"^(?=[^#\s])", re.MULTILINE).search(text, begin)
    if paragraph is None:
        raise SystemExit("the page has no paragraph to edit")
    return f"{text[: paragraph.start()]}{marker} {text[paragraph.start() :]}"


def save(page: Path, text: str) -> float:
    """Write the file in place, as an editor does; gives the moment before it in milliseconds since the epoch."""
    data = text.encode()
    begin = time.time_ns()
    with open(page, "wb") as file:
        file.write(data)
    return begin / 1e6


def forget_state(peers: ModuleType, folder: Path) -> None:
    """Remove what a tool keeps between two starts, so that the next one is cold."""
    for name in peers.OUTPUTS:
        shutil.rmtree(folder / name, ignore_errors=True)


class Server:
    """A tool at work, in a process group of its own."""

    def __init__(self, tool: Tool, words: list[str], project: Project, scratch: Path) -> None:
        self.tool, self.project = tool, project
        self.port = free_port()
        self.log = scratch / f"{tool.name}.log"
        temporary = scratch / "tmp"  # MkDocs renders into the folder for temporary files
        temporary.mkdir(parents=True, exist_ok=True)
        command = [*words, *(word.format(port=self.port) for word in tool.arguments)]
        environment = {**os.environ, "TMPDIR": str(temporary), "NO_COLOR": "1"}
        with self.log.open("wb") as log:
            self.begin = time.perf_counter()
            self._process = subprocess.Popen(
                command, cwd=project.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, env=environment,
            )  # fmt: skip

    def url(self, address: str = "/") -> str:
        """Give the full address of a path."""
        return f"http://127.0.0.1:{self.port}{address}"

    def first_page(self, address: str, needle: bytes, limit: float) -> float | None:
        """Ask until the page is there; gives seconds since the start, or None after *limit* seconds."""
        while time.perf_counter() - self.begin < limit:
            if self._process.poll() is not None:
                raise SystemExit(f"{self.tool.title} ended:\n{self.log.read_text(errors='replace')[-2000:]}")
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=limit)
            try:
                connection.request("GET", address)
                answer = connection.getresponse()
                if needle in answer.read() and answer.status == 200:
                    return time.perf_counter() - self.begin
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            time.sleep(0.003)
        return None

    def settle(self, limit: float) -> float:
        """Wait until it has used less than a fifth of a core for three seconds; gives seconds since the start."""
        calm, before, end = 0, self._cpu_seconds(), time.monotonic() + limit
        while calm < 3 and time.monotonic() < end:
            time.sleep(1)
            now = self._cpu_seconds()
            calm, before = (calm + 1 if now - before < 0.2 else 0), now
        return time.perf_counter() - self.begin - calm

    def peak_mb(self) -> float:
        """Add up the peak memory of the processes of the group that live now."""
        total = 0
        for pid in self._members():
            try:
                found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
            except OSError:
                continue
            total += int(found[1]) if found else 0
        return total / 1024

    def stop(self) -> bool:
        """End it as Ctrl-C would; gives whether that was enough."""
        obeyed = True
        try:
            os.killpg(self._process.pid, signal.SIGINT)
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            obeyed = False
        except ProcessLookupError:
            pass
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        return obeyed

    def _members(self) -> list[int]:
        """List the processes of the group (Linux)."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if os.getpgid(int(entry.name)) == self._process.pid:
                        found.append(int(entry.name))
                except ProcessLookupError:
                    pass
        return found

    def _cpu_seconds(self) -> float:
        ticks = 0
        for pid in self._members():
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
