"""`octavo serve`."""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING

import click

from octavo.cli.console import Console
from octavo.cli.guard import INTERRUPTED, TERMINATED
from octavo.cli.previewing import Preview, open_preview
from octavo.cli.project import default_jobs
from octavo.edges.browser import open_browser
from octavo.edges.keyboard import Keyboard
from octavo.edges.server import BoundSocket, PreviewServer, bind
from octavo.errors import Diagnostic, UsageError, count_errors, count_warnings
from octavo.preview.rebuild import Rebuild
from octavo.preview.scripts import browser_scripts

if TYPE_CHECKING:
    from octavo.preview.checker import ChapterChecker

__all__ = ["command"]

_SWITCH_SECONDS = 0.0005
_LAST_SECONDS = 0.6
"""Seconds that a chapter has to come to its end; beyond, what runs it ends it alone."""
_PATIENCE = 0.8
"""Seconds that the engine has to come to an end before the process does."""


@click.command("serve")
@click.option(
    "-a",
    "--address",
    default="127.0.0.1:8000",
    show_default=True,
    metavar="HOST:PORT",
    help="Where to listen; port 0 is a free one.",
)
@click.option("-o", "--open", "opens", is_flag=True, help="Open the site in a browser.")
@click.option("--no-livereload", is_flag=True, help="Serve pages without the script that updates them.")
@click.option("--poll", is_flag=True, help="Compare files again and again instead of waiting for events.")
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="Answer to this host name too; may be repeated.",
)
@click.option(
    "--test", "tests", is_flag=True, help="Run chapters that are not verified, and again when they change."
)
@click.option("--trust", is_flag=True, help="With --test: run the commands of this checkout without asking.")
@click.option(
    "-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes. [default: processors]"
)
@click.pass_context
def command(
    context: click.Context,
    *,
    address: str,
    opens: bool,
    no_livereload: bool,
    poll: bool,
    hosts: Sequence[str],
    tests: bool,
    trust: bool,
    jobs: int | None,
) -> None:
    """Show the site in a browser, and every change as it is saved. Drafts are shown."""
    console = Console.from_context(context)
    if trust and not tests:
        raise UsageError("`--trust` is for `--test`: without it nothing is run", hint="give both, or none")
    terminal = _Terminal(console)
    # A hint or a request must not wait for the engine to give up the interpreter: 5 ms by default.
    sys.setswitchinterval(_SWITCH_SECONDS)
    bound = bind(address)
    with (
        contextlib.closing(bound),
        open_preview(
            context.obj["config"],
            note=console.note,
            on_rebuild=terminal.rebuilt,
            jobs=jobs or default_jobs(),
            poll=poll,
            livereload=not no_livereload,
        ) as preview,
    ):
        server = PreviewServer(bound, preview.desk, browser_scripts(), hosts, on_fault=terminal.fault)
        with contextlib.ExitStack() as stack:
            if tests:
                from octavo.cli.checking import ask_consent, make_checker  # noqa: PLC0415 - a plain preview runs nothing

                ask_consent(console, preview, given=trust)
                terminal.checker = checker = make_checker(preview, console)
                checker.start()
                stack.callback(checker.close, _LAST_SECONDS)
            status = _run(preview, server, bound, terminal, opens=opens)
    if status:
        context.exit(status)


def _run(
    preview: Preview, server: PreviewServer, bound: BoundSocket, terminal: "_Terminal", *, opens: bool
) -> int:
    """Serve until a key or a signal ends it; gives the exit status."""
    generation = preview.session.generation
    url = f"http://{server.url_host}{generation.base if generation is not None else '/'}"
    terminal.begin(preview, url)
    keyboard = Keyboard(lambda key: terminal.key(key, preview, url))
    ending = _Ending(preview, keyboard)
    server.start()
    terminal.say_address(bound, has_keys=keyboard.open())
    try:
        if opens:
            terminal.open(url)
        preview.loop.run()
    finally:
        keyboard.close()
        preview.desk.close()
        server.close()
    return ending.status


class _Ending:
    """Ends the preview at the first signal: gently if that is quick, and at once if it is not."""

    def __init__(self, preview: Preview, keyboard: Keyboard) -> None:
        self.status = 0
        self._preview = preview
        self._keyboard = keyboard
        signal.signal(signal.SIGINT, self._end)
        signal.signal(signal.SIGTERM, self._end)

    def _end(self, number: int, _frame: FrameType | None) -> None:
        is_second = self.status != 0
        self.status = INTERRUPTED if number == signal.SIGINT else TERMINATED
        self._keyboard.close()
        if is_second:
            os._exit(self.status)
        last = threading.Timer(_PATIENCE, os._exit, (self.status,))
        last.daemon = True
        last.start()
        self._preview.loop.stop()


class _Terminal:
    """What the terminal shows of a preview, and what its keys do."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._preview: Preview | None = None
        self._url = ""
        self._known: frozenset[tuple[str, str, str]] = frozenset()
        self.checker: ChapterChecker | None = None
        """What runs chapters, where they are run."""

    def begin(self, preview: Preview, url: str) -> None:
        """Name what is shown."""
        self._preview = preview
        self._url = url

    def say_address(self, bound: BoundSocket, *, has_keys: bool) -> None:
        """Say where the site is, and who can read it."""
        keys = "; press o to open it, r to look at all files again, q to quit" if has_keys else ""
        self._console.say(f"serving {self._url}{keys}")
        if not bound.is_loopback:
            self._console.note(
                f"everybody who can reach this machine on port {bound.port} can read the site, drafts too"
            )

    def rebuilt(self, rebuild: Rebuild) -> None:
        """Say in a line what changed, after the problems that are new."""
        if self._preview is None:
            return
        if rebuild.kind == "shown":
            self._console.say(f"{_now()} {self._pages()} are shown; their checks follow")
            return
        found = self._preview.session.all_problems()
        had = bool(self._known)
        self._console.diagnostics([item for item in found if _name(item) not in self._known])
        self._known = frozenset(_name(item) for item in found)
        errors, warnings = count_errors(found), count_warnings(found)
        tail = [f"{errors} error{'s' if errors != 1 else ''}"] if errors else []
        tail += [f"{warnings} warning{'s' if warnings != 1 else ''}"] if warnings else []
        tail += ["no problems left"] if had and not found and not self._preview.session.failures else []
        what = f"{self._pages()} checked" if rebuild.kind == "checked" else _what(rebuild)
        self._console.say("; ".join([f"{_now()} {what}", *tail]))

    def _pages(self) -> str:
        generation = self._preview.session.generation if self._preview is not None else None
        pages = generation.planned.plan.pages if generation is not None else 0
        return f"{pages} page{'s' if pages != 1 else ''}"

    def key(self, key: str, preview: Preview, url: str) -> None:
        """Do what a key asks for; called from the keyboard's thread."""
        if key == "q":
            preview.loop.stop()
        elif key == "r":
            self._console.say("looking at all files again")
            preview.loop.look_now(None)
            if self.checker is not None:
                self.checker.run_again()
        elif key == "o":
            self.open(url)

    def open(self, url: str) -> None:
        """Open a browser."""
        if not open_browser(url):
            self._console.note(f"no browser was found; open {url} yourself")

    def fault(self, problem: Exception) -> None:
        """Say that answering failed, which is a bug of ours."""
        self._console.note(f"an answer failed: {type(problem).__name__}: {problem}; please report this")


def _name(problem: Diagnostic) -> tuple[str, str, str]:
    """Tell one problem from another, also after lines above it came or went."""
    return problem.location.file, problem.code, problem.message


def _now() -> str:
    return time.strftime("%H:%M:%S")


def _what(rebuild: Rebuild) -> str:
    """Say which files changed, and how many pages were made of it how fast."""
    names = rebuild.files[0] if rebuild.files else "the site"
    if len(rebuild.files) > 1:
        names += f" and {len(rebuild.files) - 1} more"
    done = f"{rebuild.pages} page{'s' if rebuild.pages != 1 else ''}"
    more = f", {rebuild.waiting} more follow{'s' if rebuild.waiting == 1 else ''}" if rebuild.waiting else ""
    return f"{names}: {done} in {rebuild.seconds * 1000:.0f} ms{more}"
