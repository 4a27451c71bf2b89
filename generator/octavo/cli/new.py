"""`octavo new`."""

import os
import shlex

import click

from octavo.cli.console import Console
from octavo.edges.runner.trust import trust
from octavo.errors import UsageError
from octavo.scaffold import (
    local_path,
    names_in_the_way,
    plan_site,
    read_requirement,
    site_title,
    write_files,
)

__all__ = ["command"]

_NAMES_SHOWN = 5


@click.command("new")
@click.argument("folder", metavar="DIR")
@click.option(
    "--requirement",
    metavar="SPEC",
    default="octavo",
    show_default=True,
    help="What the site installs: a name, an address or a path, as pip takes it.",
)
@click.option(
    "--theme",
    is_flag=True,
    help="Also write theme/: a template and a style sheet to begin a look of your own with.",
)
@click.pass_context
def command(context: click.Context, *, folder: str, requirement: str, theme: bool) -> None:
    """Start a new site in the folder DIR.

    The site builds at once: a tutorial of two chapters, site.yaml, a Makefile and a workflow for GitHub Pages. DIR is
    made when it is missing, and `.` is the working folder. No file that exists is changed.
    """
    console = Console.from_context(context)
    if not folder:
        raise UsageError("the name of the folder is empty", hint="name a folder, or `.` for this one")
    place = os.path.abspath(folder)
    if os.path.lexists(place) and not os.path.isdir(place):
        raise UsageError(f"`{folder}` is there and is not a folder", hint="give the site another folder")
    spec = read_requirement(requirement, place)
    new_files = plan_site(site_title(os.path.basename(place)), spec, theme=theme)
    if in_the_way := names_in_the_way(place, new_files):
        raise UsageError(
            f"`{folder}` already holds {_listed(in_the_way)}; nothing was written",
            hint="give the site a folder of its own, or move these away",
        )
    is_ours = not os.path.isdir(place) or not os.listdir(place)
    write_files(place, new_files)
    if is_ours:
        trust(place)  # nothing but our own commands stands in it
    if path := local_path(spec):
        _note_local_path(console, spec, os.path.join(place, path))
    console.say(f"wrote {len(new_files)} files to `{folder}`; next:")
    for line in _next_steps(folder, place):
        console.say(f"  {line}")


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_NAMES_SHOWN])
    return shown + (f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else "")


def _note_local_path(console: Console, spec: str, path: str) -> None:
    if not os.path.exists(path):
        console.note(f"there is no `{spec}`, seen from the site's folder; `make build` needs it")
    console.note(
        f"GitHub cannot install `{spec}`: set OCTAVO in .github/workflows/pages.yml before you publish"
    )


def _next_steps(folder: str, place: str) -> tuple[str, ...]:
    steps = (
        "make serve    # shows it at http://127.0.0.1:8000/, and every edit as you save it",
        "make build    # writes _site/",
    )
    if os.path.realpath(place) == os.path.realpath(os.getcwd()):
        return (*steps, "make test     # checks every link, and runs the tutorial")
    return (f"cd {shlex.quote(f'./{folder}' if folder.startswith('-') else folder)}", *steps)
