"""`octavo test`."""

import os
import signal
import time
from collections.abc import Sequence
from types import FrameType
from typing import Any

import click

from octavo.cli.console import Console
from octavo.cli.project import default_jobs, open_project
from octavo.cli.testchoice import consent, plan_tutorials, read_places, refuse_mistakes
from octavo.cli.testlist import show_list, show_list_totals
from octavo.cli.testoutput import RunProgress, show_chapter, show_summary
from octavo.cli.testreports import ReportOption, write_reports
from octavo.cli.testrunning import Running
from octavo.cli.testupdate import UPDATE_MODES, update_pages
from octavo.edges.ownstore import TEST_FOLDER
from octavo.edges.proofstore import remove_stale_proofs
from octavo.engine.testing import Choice, choose_chapters, list_chapters, run_chapters
from octavo.errors import UsageError
from octavo.tutorial import ChapterResult
from octavo.tutorial.listing import ListedBlock, list_blocks
from octavo.tutorial.reporting import ReportedChapter, report_chapter

__all__ = ["command"]


class TestCommand(click.Command):
    """A command whose `--update` takes a value by `=` alone: what stands behind it is a path."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words of the command line."""
        end = args.index("--") if "--" in args else len(args)
        plain = ["--update=write" if word == "--update" else word for word in args[:end]]
        return super().parse_args(ctx, [*plain, *args[end:]])


@click.command("test", cls=TestCommand)
@click.argument("places", nargs=-1, metavar="[PATH[:LINE]]...")
@click.option("-x", "--exit-first", is_flag=True, help="Stop at the first failure.")
@click.option(
    "-k", "text", metavar="TEXT", default="", help="Go no further than the last block that holds TEXT."
)
@click.option(
    "-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Chapters at once. [default: processors]"
)
@click.option(
    "--update",
    is_flag=False,
    flag_value="write",
    metavar="[=ask|diff]",
    type=click.Choice(UPDATE_MODES),
    help="Write what was printed into the pages: at once, block by block (ask), or show the change alone (diff).",
)
@click.option("--keep", is_flag=True, help="Keep the work folders and say where they are.")
@click.option(
    "--list", "listing", is_flag=True, help="Show the blocks and what is checked of each; run nothing."
)
@click.option("--trust", is_flag=True, help="Run the commands of this checkout without asking.")
@click.option(
    "--only-profile",
    "profile",
    metavar="NAME",
    default="",
    help="Run the blocks of a profile too, with network.",
)
@click.option("--no-cache", is_flag=True, help="Also run chapters that are verified already.")
@click.option(
    "--report", "reports", type=ReportOption(), multiple=True, metavar="KIND[=FILE]",
    help="Write a report: junit=FILE, json=FILE or github.",
)  # fmt: skip
@click.pass_context
def command(
    context: click.Context,
    *,
    places: Sequence[str],
    exit_first: bool,
    text: str,
    jobs: int | None,
    update: str | None,
    keep: bool,
    listing: bool,
    trust: bool,
    profile: str,
    no_cache: bool,
    reports: Sequence[tuple[str, str]],
) -> None:
    """Run the tutorials and compare what comes with what the pages show.

    Without PATH all chapters are run that are not verified as they are. PATH is a chapter or a folder; with LINE the chapter
    is run up to the block there.
    """
    console = Console.from_context(context)
    begin = time.monotonic()
    if update and os.environ.get("CI"):
        raise UsageError("`--update` changes pages and is refused in CI", hint="run it on your own machine")
    with open_project(context.obj["config"], console, write=False, jobs=1, own_state=TEST_FOLDER) as project:
        planned = plan_tutorials(project, console)
        chapters = list_chapters(planned)
        choices, wrong = choose_chapters(chapters, read_places(project.root, places), text)
        if wrong or not choices:
            raise UsageError(
                wrong[0]
                if wrong
                else "nothing is selected: no block holds that text"
                if text
                else "the site has no tutorials",
                hint="`octavo test --list` shows what there is"
                if chapters
                else "a folder is a tutorial by `tutorial:` on its page",
            )
        if listing:
            _list(console, choices)
            return
        refuse_mistakes(console, planned, choices)
        running = Running(
            project.root,
            choices,
            profile=profile,
            keep=keep,
            use_proofs=not (no_cache or places or text or profile or update),
        )
        if running.commands():
            consent(console, project.root, running.commands(), given=trust)
        _leave_by_exception()
        reported: list[ReportedChapter] = []
        progress = RunProgress(console, running.count())

        def done(choice: Choice, result: ChapterResult) -> None:
            shown = report_chapter(result, running.pages(choice), choice.chapter.file)
            reported.append(shown)
            show_chapter(console, shown)

        with running.prepared(console):
            run_chapters(
                choices, lambda choice, stop: running.run(choice, stop, progress), jobs=jobs or default_jobs(),
                exit_first=exit_first, done=done,
            )  # fmt: skip
        running.keep_proofs()
        if not (places or text):
            remove_stale_proofs(project.root, planned.snapshot.pages)
        show_summary(console, reported, time.monotonic() - begin)
        write_reports(console, reported, reports, time.monotonic() - begin)
        updated = update_pages(console, project.root, choices, reported, update) if update else False
    if (
        any(chapter.result.status in {"failed", "blocked", "not-started"} for chapter in reported)
        and not updated
    ):
        context.exit(1)
    verified = any(
        step.result.status in {"passed", "xfailed"} for chapter in reported for step in chapter.steps
    )
    if not verified and not updated and not any(chapter.result.status == "recorded" for chapter in reported):
        raise UsageError(
            "nothing was verified: every block is left out", hint="`octavo test --list` shows why"
        )


def _list(console: Console, choices: Sequence[Choice]) -> None:
    listed: list[ListedBlock] = []
    for choice in choices:
        blocks = list_blocks(choice.chapter.steps, choice.chapter.page)
        listed += blocks
        show_list(console, choice.chapter.file, blocks)
    show_list_totals(console, listed)


def _leave_by_exception() -> None:
    """End by an exception on signals, so that nothing that was started is left behind."""

    def leave(number: int, _frame: FrameType | None) -> Any:
        signal.signal(number, signal.SIG_IGN)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise click.exceptions.Exit(143)

    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
