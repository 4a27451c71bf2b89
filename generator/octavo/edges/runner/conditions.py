"""Whether a block can be run here and now: profile, system, programs, secrets."""

import shutil
import sys

from octavo.tutorial import ChapterTask, Step

__all__ = ["unmet_condition"]

_SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}


def unmet_condition(step: Step, task: ChapterTask, path: str) -> str:
    """Say why a step is left out; empty where it runs. *path* is where programs are looked for."""
    only = step.option("only")
    if only is not None and only != task.profile:
        return f"only in the profile `{only}`"
    systems = step.option("os")
    if systems is not None:
        names = [name.strip() for name in systems.split(",")]
        if _SYSTEMS.get(sys.platform, sys.platform) not in names:
            return f"only on {' and '.join(names)}"
    known = {name for name, _ in task.secrets}
    for need in (item.strip() for item in (step.option("needs") or "").split(",") if item.strip()):
        if need.startswith("secret:"):
            if need.removeprefix("secret:") not in known:
                return f"the secret `{need.removeprefix('secret:')}` is not there"
        elif shutil.which(need, path=path) is None:
            return f"the program `{need}` is not there"
    return ""
