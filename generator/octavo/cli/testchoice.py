"""Before anything runs: what was asked for, whether it can run at all, and whether its commands are welcome here."""

import os
import sys
from collections.abc import Sequence

import click

from octavo.cli.console import Console
from octavo.cli.project import Project, with_store
from octavo.edges.runner.trust import is_trusted, trust
from octavo.edges.workspace import working_folder
from octavo.engine.planning import PlannedSite, plan_site
from octavo.engine.testing import Choice, find_mistakes
from octavo.errors import UsageError

__all__ = ["consent", "plan_tutorials", "read_places", "refuse_mistakes"]

_SHOWN = 40
"""Commands that are listed before somebody is asked."""


def read_places(root: str, places: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Read `PATH[:LINE]`, relative to the working folder, as paths relative to the site folder.

    Raises:
        UsageError: a path leads out of the site folder.

    """
    found: list[tuple[str, int]] = []
    for place in places:
        path, _, number = place.rpartition(":")
        if not path or not number.isdigit():
            path, number = place, "0"
        full = os.path.normpath(os.path.join(working_folder(), path))
        inside = os.path.relpath(full, root)
        if inside.startswith(".."):
            raise UsageError(
                f"`{place}` is outside the site folder", hint="name a chapter, or the folder of a tutorial"
            )
        found.append((inside.replace(os.sep, "/"), int(number)))
    return tuple(found)


def plan_tutorials(project: Project, console: Console) -> PlannedSite:
    """Plan the site, and keep what was parsed and folded for the next time."""
    planned = with_store(project, console, lambda: plan_site(project.request, project.ports))
    project.ports.store.commit()
    return planned


def refuse_mistakes(console: Console, planned: PlannedSite, choices: Sequence[Choice]) -> None:
    """Show the mistakes of chapters that were asked for and of those that they go on from; with any, nothing is run.

    Exits with status 1.
    """
    own = find_mistakes(planned, [choice.chapter for choice in choices])
    if own:
        console.diagnostics(own)
        console.say("nothing was run: these mistakes come first")
        raise click.exceptions.Exit(1)


def consent(console: Console, root: str, commands: Sequence[str], *, given: bool) -> None:
    """Run the commands of a checkout that nobody has vouched for only after somebody did.

    Raises:
        UsageError: nobody did.

    """
    if given or is_trusted(root):
        if given and not os.environ.get("CI"):
            trust(root)
        return
    hint = "read them, then give `--trust`"
    count = "1 command" if len(commands) == 1 else f"{len(commands)} commands"
    console.note(
        f"this checkout was not tested here before; its {count} would run on this machine:"
        if commands
        else "this checkout was not tested here before; commands of its chapters would run on this machine"
    )
    for line in commands[:_SHOWN]:
        console.say(f"  $ {line}")
    if len(commands) > _SHOWN:
        console.note(f"and {len(commands) - _SHOWN} more; `octavo test --list` shows all blocks")
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("the commands of this checkout are not trusted yet", hint=hint)
    if not click.confirm("Run them?", default=False, err=True):
        raise UsageError("nothing was run", hint=hint)
    trust(root)
