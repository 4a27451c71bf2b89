"""`octavo shell`."""

import signal
import sys
import threading

import click

from octavo.cli.console import Console
from octavo.cli.project import open_project
from octavo.cli.testchoice import consent, plan_tutorials, read_places, refuse_mistakes
from octavo.cli.testrunning import Running
from octavo.edges.ownstore import TEST_FOLDER
from octavo.edges.runner.launching import run_order
from octavo.edges.runner.messages import Began, Message, Result
from octavo.engine.testing import choose_chapters, list_chapters
from octavo.errors import UsageError

__all__ = ["command"]


@click.command("shell")
@click.argument("place", metavar="PATH:LINE")
@click.option("--trust", is_flag=True, help="Run the commands of this checkout without asking.")
@click.pass_context
def command(context: click.Context, *, place: str, trust: bool) -> None:
    """Run a chapter up to a line, and open a shell in the project as it stands there.

    Servers that the chapter has started run until the shell ends. The project is a copy that is removed then.
    """
    console = Console.from_context(context)
    if not sys.stdin.isatty():
        raise UsageError("a shell needs a terminal", hint="`octavo checkout` copies a project into a folder")
    with open_project(context.obj["config"], console, write=False, jobs=1, own_state=TEST_FOLDER) as project:
        planned = plan_tutorials(project, console)
        choices, wrong = choose_chapters(list_chapters(planned), read_places(project.root, [place]), "")
        if wrong or len(choices) != 1:
            raise UsageError(
                wrong[0] if wrong else f"`{place}` names more than one chapter",
                hint="name a chapter and a line",
            )
        refuse_mistakes(console, planned, choices)
        running = Running(project.root, choices, profile="", keep=False, use_proofs=False)
        consent(console, project.root, running.commands(), given=trust)

        def hear(message: Message) -> None:
            if isinstance(message, Began):
                console.note(message.label)
            elif isinstance(message, Result) and message.step.failure is not None:
                console.note(f"this block failed: {message.step.failure.message}")

        with running.prepared(console):
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is meant for what runs in the shell
            run_order(running.order(choices[0], interactive=True), hear, threading.Event())
