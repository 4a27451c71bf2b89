"""The `octavo` command and its lazily imported sub-commands."""

import importlib
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import click

from octavo import __version__
from octavo.cli.guard import run_guarded

__all__ = ["cli", "main"]

_COMMANDS = {
    "build": "Build the site into its output folder.",
    "check": "Run every check and write nothing.",
    "checkout": "Copy the project of a tutorial, as a chapter leaves it.",
    "clean": "Remove the output folder and the cache.",
    "new": "Start a new site in a folder.",
    "serve": "Show the site in a browser, and every change as it is saved.",
    "shell": "Open a shell in the project of a tutorial, as it stands at a line.",
    "test": "Run the tutorials and compare what comes with the pages.",
    "why": "Say why an output was made, or would be.",
}


_PLANNED = {
    "publish": "It does not exist yet; 'make publish' in a site that 'octavo new' has made does it.",
    "init": "'octavo new DIR' starts a site.",
}
"""What to do in place of commands that people try."""


class LazyGroup(click.Group):
    """A group whose commands live in modules of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands, sorted."""
        del ctx
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command's module when it is called."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"octavo.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, and say of a wrong name what was meant."""
        name = args[0] if args else ""
        if name and name not in _COMMANDS and not name.startswith("-"):
            close = get_close_matches(name, _COMMANDS, n=1)
            hint = f" Did you mean '{close[0]}'?" if close else f" {_PLANNED.get(name, '')}".rstrip()
            ctx.fail(f"No such command '{name}'.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-f", "--config", default="site.yaml", show_default=True, metavar="FILE", help="The site's YAML file."
)
@click.option("-q", "--quiet", is_flag=True, help="Print problems and nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Print more; show tracebacks of our own faults.")
@click.version_option(__version__, "-V", "--version", prog_name="octavo", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, config: str, *, quiet: bool, verbose: bool) -> None:
    """Turn tutorial chapters into a static site, and prove that the tutorial works."""
    ctx.obj = {"config": config, "quiet": quiet, "verbose": verbose}


def main(args: Sequence[str] | None = None) -> Any:
    """Run the command line and end the process with its exit status."""
    sys.exit(run_guarded(cli, args))
