"""Why there is no environment to run in, as a value with a place where a file is to blame."""

from octavo.model import Value

__all__ = ["EnvironmentProblem"]


class EnvironmentProblem(Value, frozen=True):
    """What keeps a tutorial's commands from having their packages."""

    message: str
    hint: str = ""
    file: str = ""
    """Absolute path of the requirements file to blame; empty where none is."""
    line: int = 0
    """Counted from 1; 0 for the whole file."""
    excerpt: str = ""
    """That line, as it stands in the file."""
    log: tuple[str, ...] = ()
    """The last lines that the installer wrote, values of variables and passwords masked."""
