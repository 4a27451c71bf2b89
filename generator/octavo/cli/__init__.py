"""The command line: the only layer that prints.

Commands are imported when they are called, so that `--help` and `--version` start at once.
"""

from octavo.cli.group import main

__all__ = ["main"]
