"""A run of chapters: environments, orders, proofs; the wiring between the engine and the runner."""

import contextlib
import os
import threading
from collections.abc import Iterator, Sequence
from typing import NoReturn

import click
import msgspec

from octavo.cli.console import Console
from octavo.cli.project import CACHE
from octavo.cli.testoutput import RunProgress
from octavo.codeblocks import PageBlocks
from octavo.edges.proofstore import write_proof
from octavo.edges.runner.chapters import run_chapter
from octavo.edges.runner.environmentproblem import EnvironmentProblem
from octavo.edges.runner.environments import Environment, prepare_environment
from octavo.edges.runner.leftovers import end_leftovers
from octavo.edges.runner.messages import Order
from octavo.edges.runner.workfolder import runs_folder
from octavo.engine.proving import prove_chapter
from octavo.engine.testing import ChapterTest, Choice, blank_result, make_task
from octavo.errors import Diagnostic, Location, UsageError, error
from octavo.tutorial import EXECUTED, ChapterResult, ChapterTask, read_commands, read_examples, split_lines

__all__ = ["Running", "environment_problem", "list_commands", "make_order", "wanted_environment"]

_ISOLATION = "OCTAVO_ISOLATION"
"""`ports` in this variable leaves namespaces out, for systems where they exist and do harm."""


class Running:
    """All that runs of chapters share."""

    def __init__(
        self, root: str, choices: Sequence[Choice], *, profile: str, keep: bool, use_proofs: bool
    ) -> None:
        self._root = root
        self._choices = choices
        self._profile = profile
        self._keep = keep
        self._cache = os.path.join(root, CACHE)
        self._environments: dict[tuple[str, str | None], Environment] = {}
        self._proven: list[tuple[str, bytes]] = []
        self._lock = threading.Lock()
        self._recorded = {
            choice.chapter.source
            for choice in choices
            if use_proofs and choice.chapter.key.state == "verified"
        }
        known = {
            name
            for choice in choices
            for name in choice.chapter.tutorial.outline.settings.profiles or ("full",)
        }
        if profile and profile not in known:
            listed = ", ".join(f"`{name}`" for name in sorted(known))
            raise UsageError(f"no tutorial has a profile `{profile}`", hint=f"there are {listed}")

    def _to_run(self) -> list[Choice]:
        return [choice for choice in self._choices if choice.chapter.source not in self._recorded]

    def count(self) -> int:
        """Give how many blocks will be gone through."""
        return sum(len(choice.chapter.steps) for choice in self._to_run())

    def commands(self) -> list[str]:
        """List what would be run, as the pages have it."""
        return list_commands([choice.chapter for choice in self._to_run()])

    def pages(self, choice: Choice) -> list[PageBlocks]:
        """Give the blocks of the chapters that a project goes through, the chosen one last."""
        tutorial = choice.chapter.tutorial
        return [tutorial.page(number) for number in tutorial.way(choice.chapter.number)]

    @contextlib.contextmanager
    def prepared(self, console: Console) -> Iterator[None]:
        """Make the environments, after the leftovers of killed runs are gone.

        Exits with status 1, with a diagnostic, where an environment cannot be made.
        """
        if not self._to_run():
            yield
            return
        end_leftovers(self._cache)
        with contextlib.ExitStack() as stack:
            for choice in self._to_run():
                wanted = wanted_environment(self._root, choice.chapter)
                if wanted in self._environments:
                    continue
                python, requirements = wanted
                made = prepare_environment(
                    self._cache, python=python, requirements=requirements, progress=console.note
                )
                if isinstance(made, EnvironmentProblem):
                    _report(console, choice.chapter, made, self._root)
                else:
                    self._environments[wanted] = stack.enter_context(made)
            yield

    def order(self, choice: Choice, *, interactive: bool = False) -> Order:
        """Make the order to run a chapter."""
        return make_order(
            self._root,
            make_task(choice, profile=self._profile, secrets=os.environ),
            self._environments[wanted_environment(self._root, choice.chapter)],
            network=bool(self._profile),
            keep=self._keep,
            interactive=interactive,
        )

    def run(self, choice: Choice, stop: threading.Event, progress: RunProgress) -> ChapterResult:
        """Run a chapter, unless a proof of it stands."""
        chapter = choice.chapter
        blank = blank_result(chapter)
        proof = chapter.key.proof
        if chapter.source in self._recorded and proof is not None:
            return msgspec.structs.replace(blank, status="recorded", recorded=proof.recorded)

        def began(label: str) -> None:
            with self._lock:
                progress(chapter.source, label)

        def waits(text: str) -> None:
            with self._lock:
                progress.note(f"{chapter.file}: {text}")

        result = run_chapter(
            self.order(choice), blank, self._environments[wanted_environment(self._root, chapter)],
            whole=choice.until < 0, began=began, stop=stop, waits=waits,
        )  # fmt: skip
        found = prove_chapter(chapter.key, result) if not self._profile else None
        if found is not None:
            with self._lock:
                self._proven.append((chapter.source, found[1]))
        return result

    def keep_proofs(self) -> None:
        """Write the proofs of the chapters that were verified."""
        for source, data in self._proven:
            write_proof(self._root, source, data)


def list_commands(chapters: Sequence[ChapterTest]) -> list[str]:
    """List what would be run of chapters, as the pages have it, each text once."""
    found: list[str] = []
    for chapter in chapters:
        for step in chapter.steps:
            if step.role == "console" and not step.option("stop"):
                found += [command.text for command in read_commands(split_lines(step.text))]
            elif step.role == "pycon":
                found += [
                    line
                    for example in read_examples(split_lines(step.text))
                    for line in split_lines(example.source)
                ]
            elif step.role in EXECUTED - {"output", "console", "http"}:
                found += [line for line in split_lines(step.text) if line.strip()]
    return list(dict.fromkeys(found))


def wanted_environment(root: str, chapter: ChapterTest) -> tuple[str, str | None]:
    """Give the Python and the file of requirements (absolute) that a chapter asks for."""
    requirements = os.path.join(root, chapter.requirements) if chapter.requirements else None
    return chapter.key.settings.python, requirements


def make_order(
    root: str,
    task: ChapterTask,
    environment: Environment,
    *,
    network: bool = False,
    keep: bool = False,
    interactive: bool = False,
) -> Order:
    """Make the order to run a chapter of the site in the folder *root*."""
    return Order(
        task=task,
        parent=runs_folder(),
        environment_folder=environment.folder,
        site_folder=root,
        cache_folder=os.path.join(root, CACHE),
        isolation=_isolation(),
        network=network,
        keep=keep,
        interactive=interactive,
    )


def _isolation() -> str:
    """Give how chapters are kept apart: `auto`, or `ports`."""
    return "ports" if os.environ.get(_ISOLATION) == "ports" else "auto"


def environment_problem(problem: EnvironmentProblem, root: str, page: str) -> Diagnostic:
    """Make an error of what keeps chapters from having an environment, at the *page* where no other file is to blame."""
    file = os.path.relpath(problem.file, root) if problem.file else page
    return error(
        "run-environment",
        problem.message,
        Location(file.replace(os.sep, "/"), problem.line),
        excerpt=problem.excerpt,
        hint=problem.hint,
    )


def _report(console: Console, chapter: ChapterTest, problem: EnvironmentProblem, root: str) -> NoReturn:
    """Show why there is no environment, and end with status 1."""
    console.diagnostics([environment_problem(problem, root, chapter.file)])
    for line in problem.log:
        console.note(f"  | {line}")
    raise click.exceptions.Exit(1)
