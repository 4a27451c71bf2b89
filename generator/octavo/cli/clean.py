"""`octavo clean`."""

import os

import click

from octavo.cli.console import Console
from octavo.cli.project import CACHE
from octavo.edges.cleaning import remove_cache, remove_output
from octavo.edges.outputfolder import check_output_folder
from octavo.edges.workspace import DiskWorkspace, find_site_root
from octavo.engine.inputs import read_config

__all__ = ["command"]


@click.command("clean")
@click.option(
    "-d", "--site-dir", metavar="DIR", help="The output folder, instead of `site_dir` in site.yaml."
)
@click.pass_context
def command(context: click.Context, *, site_dir: str | None) -> None:
    """Remove the output folder and the cache, and nothing else."""
    console = Console.from_context(context)
    root = find_site_root(context.obj["config"])
    config, _ = read_config(DiskWorkspace(root), os.path.basename(context.obj["config"]))
    shown = site_dir or config.site_dir
    live = os.path.abspath(shown) if site_dir else os.path.join(root, shown)
    check_output_folder(root, config.content_dir, live)
    removed = [shown] if remove_output(live) else []
    removed += [CACHE] if remove_cache(os.path.join(root, CACHE)) else []
    console.say(
        "removed " + " and ".join(f"`{name}`" for name in removed) if removed else "nothing to remove"
    )
