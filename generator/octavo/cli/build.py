"""`octavo build`."""

import click

from octavo.cli.console import Console, Format, format_option
from octavo.cli.project import default_jobs, open_project, with_store
from octavo.engine import BuildReport, build_site

__all__ = ["command"]


@click.command("build")
@click.option(
    "-d", "--site-dir", metavar="DIR", help="The output folder, instead of `site_dir` in site.yaml."
)
@click.option("-s", "--strict", is_flag=True, help="Fail on warnings.")
@click.option(
    "-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes. [default: processors]"
)
@click.option("--drafts", is_flag=True, help="Build drafts too.")
@click.option("--no-cache", is_flag=True, help="Use nothing of earlier builds.")
@click.option("--require-proof", is_flag=True, help="Fail where a chapter of a tutorial is not verified.")
@click.option("--profile", is_flag=True, help="Show how long each stage took.")
@format_option()
@click.pass_context
def command(
    context: click.Context,
    *,
    site_dir: str | None,
    strict: bool,
    jobs: int | None,
    drafts: bool,
    no_cache: bool,
    require_proof: bool,
    profile: bool,
    style: Format | None,
) -> None:
    """Build the site into its output folder.

    Only what changed since the last build is made again. An error leaves the old site as it was.
    """
    console = Console.from_context(context, style)
    with open_project(
        context.obj["config"],
        console,
        write=True,
        site_dir=site_dir,
        jobs=jobs or default_jobs(),
        use_cache=not no_cache,
        drafts=drafts,
        strict=strict,
        require_proof=require_proof,
    ) as project:
        report = with_store(
            project,
            console,
            lambda: build_site(project.request, project.ports, progress=console.progress),
        )
    console.report(report, _summary(report, strict=strict))
    if profile:
        console.stages(report)
    if not report.published:
        context.exit(1)


def _summary(report: BuildReport, *, strict: bool) -> str:
    """Say what was done and what was not: `built 3 of 412 pages in 0.09 s (2 files written, 410 unchanged)`."""
    counts = report.counts
    if not report.published:
        reason = " (warnings count under --strict)" if strict and not _has_errors(report) else ""
        return f"not built; the old site is as it was{reason}"
    files = [f"{counts.written} files written" if counts.written != 1 else "1 file written"]
    files.append(f"{counts.unchanged} unchanged")
    files += [f"{counts.pruned} removed"] if counts.pruned else []
    drafts = f", {counts.drafts} draft{'s' if counts.drafts != 1 else ''} left out" if counts.drafts else ""
    pages = f"built {counts.rendered} of {counts.pages} pages in {report.seconds:.2f} s"
    return f"{pages} ({', '.join(files)}){drafts}"


def _has_errors(report: BuildReport) -> bool:
    return any(item.severity == "error" for item in report.diagnostics)
