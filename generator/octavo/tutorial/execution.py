"""What running a chapter depends on, besides the files of its project: its blocks and settings, less what only readers see.

Two chapters with equal values here run the same way. Prose, captions, marks, what is hidden, blocks that are not run and
the places of all of them are left out, so that an edit of these leaves a proof as it is.
"""

from collections.abc import Sequence

from octavo.digest import Digest, digest_value
from octavo.model import Normaliser, TutorialSettings, Value
from octavo.tutorial.step import CHANGING, EXECUTED, Step

__all__ = ["Execution", "RunSettings", "outline_execution", "run_settings"]

_STATIC = frozenset({"check", "file"})
"""Attributes that are dealt with before anything runs."""


class Execution(Value, frozen=True):
    """The blocks of a chapter as its execution sees them."""

    digest: Digest
    executed: int
    """How many blocks are run or compared."""
    first: int
    """The first of them, by its number among the blocks of the page; -1 where there is none."""
    counted: int
    """How many blocks are written, run or compared."""
    captured: tuple[tuple[int, int], ...] = ()
    """Blocks that show what was really printed: the number on the page, and the number among those that are executed."""


class RunSettings(Value, frozen=True):
    """The settings that hold while a chapter runs: those of the tutorial, with what the chapter says over them."""

    project: str
    python: str = ""
    vars: tuple[tuple[str, str], ...] = ()
    """Sorted by name."""
    secrets: tuple[str, ...] = ()
    """Their names, sorted."""
    base_url: str = ""
    ports: tuple[int, ...] = ()
    timeout: float = 0
    """In seconds; 0 for the usual one."""
    normalise: tuple[Normaliser, ...] = ()
    profiles: tuple[str, ...] = ()


def outline_execution(steps: Sequence[Step]) -> Execution:
    """Reduce the steps of a chapter to what its execution sees of them."""
    executed = [step for step in steps if step.role in EXECUTED]
    seen = tuple(
        (
            step.role,
            step.text,
            step.language,
            step.path,
            tuple(sorted(item for item in step.options if item[0] not in _STATIC)),
        )
        for step in steps
        if step.role in EXECUTED or step.role in CHANGING
    )
    return Execution(
        digest=digest_value(seen),
        executed=len(executed),
        first=executed[0].block if executed else -1,
        counted=sum(step.role not in {"skip", "norun"} for step in steps),
        captured=tuple(
            (step.block, number)
            for number, step in enumerate(executed)
            if step.role == "console" and step.option("show") == "captured"
        ),
    )


def run_settings(project: str, tutorial: TutorialSettings, chapter: TutorialSettings | None) -> RunSettings:
    """Lay what a chapter says over the settings of its tutorial.

    *project* is the name of the project, which the folder gives where the settings do not.
    """
    own = chapter or TutorialSettings()
    env = tutorial.env
    return RunSettings(
        project=project,
        python=env.python,
        vars=tuple(sorted({**dict(env.vars), **dict(own.env.vars)}.items())),
        secrets=tuple(sorted(env.secrets)),
        base_url=tutorial.base_url,
        ports=tutorial.ports,
        timeout=own.timeout or tutorial.timeout,
        normalise=tutorial.normalise,
        profiles=tutorial.profiles,
    )
