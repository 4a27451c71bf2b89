"""`octavo checkout`."""

import os

import click

from octavo.cli.console import Console
from octavo.cli.project import open_project
from octavo.cli.testchoice import plan_tutorials, read_places, refuse_mistakes
from octavo.edges.ownstore import TEST_FOLDER
from octavo.edges.projectcopy import write_project
from octavo.edges.workspace import working_folder
from octavo.engine.testing import choose_chapters, list_chapters
from octavo.errors import UsageError

__all__ = ["command"]


@click.command("checkout")
@click.argument("chapter", metavar="CHAPTER")
@click.argument("folder", metavar="[DIR]", required=False)
@click.option("--start", is_flag=True, help="The project as the chapter finds it, not as it leaves it.")
@click.pass_context
def command(context: click.Context, *, chapter: str, folder: str | None, start: bool) -> None:
    """Copy the project of a tutorial, as it stands at the end of a chapter, into a folder.

    Nothing is run. DIR is the name of the project unless you name another; it must be new or empty.
    """
    console = Console.from_context(context)
    with open_project(context.obj["config"], console, write=False, jobs=1, own_state=TEST_FOLDER) as project:
        planned = plan_tutorials(project, console)
        choices, wrong = choose_chapters(list_chapters(planned), read_places(project.root, [chapter]), "")
        if wrong or len(choices) != 1 or choices[0].until >= 0:
            raise UsageError(
                wrong[0] if wrong else f"`{chapter}` is not one chapter",
                hint="name the file of a chapter, without a line",
            )
        refuse_mistakes(console, planned, choices)
        chosen = choices[0].chapter
        files = (
            chosen.tutorial.start_files(chosen.number) if start else chosen.tutorial.end_files(chosen.number)
        )
        shown = folder or chosen.project
        write_project(os.path.join(working_folder(), shown), files)
    moment = "start" if start else "end"
    count = f"{len(files)} file{'' if len(files) == 1 else 's'}"
    console.say(f"wrote {count} to {shown}/, the project at the {moment} of {chosen.file}")
