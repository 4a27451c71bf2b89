"""`octavo check`."""

import click

from octavo.cli.console import Console, Format, format_option
from octavo.cli.project import default_jobs, open_project, with_store
from octavo.engine import build_site
from octavo.errors import count_errors

__all__ = ["command"]


@click.command("check")
@click.option("-s", "--strict", is_flag=True, help="Fail on warnings.")
@click.option(
    "-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes. [default: processors]"
)
@click.option("--drafts", is_flag=True, help="Check drafts too.")
@format_option()
@click.pass_context
def command(
    context: click.Context, *, strict: bool, jobs: int | None, drafts: bool, style: Format | None
) -> None:
    """Run every check of a build and write nothing."""
    console = Console.from_context(context, style)
    with open_project(
        context.obj["config"], console, write=False, jobs=jobs or default_jobs(), drafts=drafts, strict=strict
    ) as project:
        report = with_store(
            project,
            console,
            lambda: build_site(project.request, project.ports, progress=console.progress),
        )
    pages = report.counts.pages
    console.report(report, f"checked {pages} page{'s' if pages != 1 else ''} in {report.seconds:.2f} s")
    if count_errors(report.diagnostics) or (strict and report.diagnostics):
        context.exit(1)
