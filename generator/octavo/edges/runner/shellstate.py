"""What one command of a console leaves to the next: the folder it is in, and the variables that it exported.

Every command is a shell of its own. There is no prompt to wait for, and its status is that of the command.
"""

import os
import shlex
import shutil
from dataclasses import dataclass

__all__ = ["ShellState", "find_shell"]

_NOT_CARRIED = frozenset({"_", "SHLVL", "BASHOPTS", "SHELLOPTS"})


def find_shell() -> str | None:
    """Find bash; None where this machine has none."""
    return shutil.which("bash")


@dataclass
class ShellState:
    """The folder and the variables of a console; changes with every command."""

    folder: str
    environment: dict[str, str]
    side_file: str
    """Where a command leaves its state; belongs to this console alone."""

    def words(self, shell: str, command: str) -> list[str]:
        """Give the words that run a command and leave its state behind, however it ends but by `exec` or a signal."""
        printer = shutil.which("env") or "/usr/bin/env"
        side = shlex.quote(self.side_file)
        leave = f'octavo_status=$?; {{ builtin pwd; {shlex.quote(printer)} -0; }} > {side} 2>/dev/null; builtin exit "$octavo_status"'
        script = f"builtin trap {shlex.quote(leave)} EXIT\n{command}\n"
        return [shell, "--noprofile", "--norc", "-c", script, "bash"]

    def carry_over(self) -> None:
        """Take what the last command left; where it left nothing, all stays as it was."""
        try:
            with open(self.side_file, "rb") as file:
                data = file.read()
            os.unlink(self.side_file)
        except OSError:
            return
        folder, _, listed = data.partition(b"\n")
        path = os.fsdecode(folder)
        if os.path.isdir(path):
            self.folder = path
        pairs = (item.partition(b"=") for item in listed.split(b"\0") if b"=" in item)
        found = {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}
        if found:
            self.environment = {name: value for name, value in found.items() if name not in _NOT_CARRIED}
