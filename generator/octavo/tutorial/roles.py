"""Blocks become steps: the role of each, its path, its attributes, what must stand in it.

Every block of a chapter has a role or a reason. A block without either is an error, so that what a page claims of its
blocks is true of all of them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from octavo.codeblocks import CodeBlock
from octavo.model import Value
from octavo.tutorial.attributes import ALLOWED, KNOWN, check_value
from octavo.tutorial.comments import hide_pattern, language_of
from octavo.tutorial.contents import check_content
from octavo.tutorial.excerpts import split_lines
from octavo.tutorial.paths import PathRefusal, read_project_path
from octavo.tutorial.step import EXECUTED, Role, Step, StepProblem

__all__ = ["Given", "read_steps"]

_RUN_LANGUAGES = frozenset({"python", "python3", "py", "py3", "bash", "sh"})
_DIFFS = frozenset({"diff", "patch", "udiff"})
_CAPTIONED: Mapping[str, Role] = {"console": "console", "http": "http", "pycon": "pycon"}
"""Languages that make a role of their own; their title is a caption."""
_MAKERS: Mapping[str, Role] = {
    "edit": "edit",
    "append": "append",
    "show": "show",
    "run": "run",
    "output": "output",
}
_REASONS: Mapping[str, Role] = {"skip": "skip", "norun": "norun"}
_WITH_HIDDEN_LINES = frozenset({"file", "edit", "append"})


class Given(Value, frozen=True):
    """What the tutorial's settings allow blocks to name."""

    profiles: tuple[str, ...] = ("full",)
    secrets: tuple[str, ...] = ()


def read_steps(blocks: Sequence[CodeBlock], given: Given) -> tuple[tuple[Step, ...], tuple[StepProblem, ...]]:
    """Read the blocks of a chapter; those with a mistake in them are left out of the steps."""
    steps: list[Step] = []
    problems: list[StepProblem] = []
    for number, block in enumerate(blocks):
        found = _read(number, block, given)
        if isinstance(found, Step):
            steps.append(found)
        else:
            problems += found
    problems += _check_sequence(steps)
    return tuple(steps), tuple(problems)


def _read(number: int, block: CodeBlock, given: Given) -> Step | tuple[StepProblem, ...]:
    attributes = dict(block.attributes)
    role = _role(number, block, attributes)
    if isinstance(role, StepProblem):
        return (role,)
    problems = _check_attributes(number, block, role, given)
    path = ""
    if role not in {"skip", "norun"} and block.title and block.language not in _CAPTIONED:
        found = read_project_path(block.title)
        if isinstance(found, PathRefusal):
            problems.append(_problem(number, "project-path", found.message, found.hint, word=block.title))
        else:
            path = found
    lines = split_lines(block.text)
    if role in ALLOWED and (wrong := check_content(role, lines, attributes)):
        problems.append(
            StepProblem(
                code="block-content", message=wrong.message, block=number, line=wrong.line, hint=wrong.hint
            )
        )
    if problems:
        return tuple(problems)
    text, hidden_lines = _unmark(role, block, path, lines)
    return Step(
        role=role,
        block=number,
        text=text,
        language=block.language or language_of(path),
        path=path,
        options=tuple(item for item in block.attributes if item[0] in ALLOWED.get(role, ())),
        reason=attributes.get("skip") or attributes.get("norun") or "",
        hidden=block.hidden,
        hidden_lines=hidden_lines,
    )


def _role(number: int, block: CodeBlock, attributes: dict[str, str]) -> Role | StepProblem:
    language = block.language.lower()
    reasons = [name for name in _REASONS if name in attributes]
    if len(reasons) > 1:
        return _problem(
            number, "block-attribute", "`skip` and `norun` exclude each other", "keep one", "norun"
        )
    if reasons:
        return _REASONS[reasons[0]]
    makers = [
        name for name in _MAKERS if name in attributes and not (language == "console" and name == "show")
    ]
    if len(makers) > 1:
        message = f"`{makers[0]}` and `{makers[1]}` exclude each other"
        return _problem(number, "block-attribute", message, "a block has one role", makers[1])
    if language in _CAPTIONED:
        if makers:
            message = f"`{makers[0]}` means nothing on a `{language}` block"
            return _problem(number, "block-attribute", message, "take it out", makers[0])
        return _CAPTIONED[language]
    if makers and makers[0] in {"edit", "append", "show"} and not block.title:
        hint = 'write `title="app.py"`'
        return _problem(number, "block-role", f"`{makers[0]}` names no file", hint, makers[0])
    if makers == ["run"] and language not in _RUN_LANGUAGES:
        hint = "`python`, `bash` and `sh` can be run; write other commands as a `console` block"
        return _problem(number, "block-attribute", f"`run` cannot run `{language or 'text'}`", hint, "run")
    if language in _DIFFS and not makers and block.title:
        return "diff"
    if makers:
        return _MAKERS[makers[0]]
    if block.title:
        return "file"
    return _without_role(number, block, language)


def _without_role(number: int, block: CodeBlock, language: str) -> StepProblem:
    if not block.fenced:
        hint = "write it between fences, with a role or a reason"
        return _problem(number, "block-role", "an indented block has no role", hint)
    if language in {"bash", "sh", "shell", "zsh", "powershell"}:
        hint = 'write commands as `console`, each after `$ `; or `run`, or `norun="why"`'
    elif language in _DIFFS:
        hint = 'name the file that it changes, `title="app.py"`, or write `norun="why"`'
    else:
        hint = 'name a file, `title="app.py"`, write `run` or `output`, or say `norun="why"`'
    message = "nothing writes, runs or checks this block"
    return _problem(number, "block-role", message, hint)


def _check_attributes(number: int, block: CodeBlock, role: str, given: Given) -> list[StepProblem]:
    problems: list[StepProblem] = []
    allowed = ALLOWED.get(role)
    for name, value in block.attributes:
        if name not in KNOWN:
            continue  # reported as unknown already
        if name in {"skip", "norun"} or allowed is None or name in allowed:
            wrong = (
                check_value(name, value, role, profiles=given.profiles, secrets=given.secrets)
                if allowed is not None or name == role
                else None
            )
            if wrong:
                problems.append(_problem(number, "block-attribute", wrong.message, wrong.hint, name))
            continue
        listed = ", ".join(f"`{each}`" for each in allowed) or "none"
        message = f"`{name}` means nothing on {_named(role)}"
        problems.append(
            _problem(number, "block-attribute", message, f"the attributes here are {listed}", name)
        )
    options = dict(block.attributes)
    if role == "console":
        problems += _check_console(number, options)
    return problems


def _check_console(number: int, options: dict[str, str]) -> Iterable[StepProblem]:
    for name in ("ready", "exit", "stop"):
        if name in options and name != "ready" and "background" in options:
            message = f"`{name}` and `background` exclude each other"
            yield _problem(number, "block-attribute", message, "write two blocks", name)
    for name in ("ready", "reload"):
        if name in options and "background" not in options:
            hint = 'write `background="web"` beside it'
            yield _problem(number, "block-attribute", f"`{name}` belongs to `background`", hint, name)


def _named(role: str) -> str:
    return {"file": "the block of a file", "diff": "a diff"}.get(role, f"a `{role}` block")


def _unmark(role: str, block: CodeBlock, path: str, lines: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """Take the comments away that hide lines; gives the text and the numbers of the lines."""
    if role not in _WITH_HIDDEN_LINES or "hide" not in block.text:
        return block.text, ()
    pattern = hide_pattern(block.language or language_of(path))
    out: list[str] = []
    hidden: list[int] = []
    for number, line in enumerate(lines):
        found = pattern.search(line)
        if found:
            hidden.append(number)
        out.append(line[: found.start()] if found else line)
    return "".join(f"{line}\n" for line in out), tuple(hidden)


def _check_sequence(steps: Iterable[Step]) -> Iterable[StepProblem]:
    """Check what only neighbours show: output without a command, servers stopped that do not run."""
    running: Collection[str] = frozenset()
    before: Step | None = None
    for step in steps:
        background, stopped = step.option("background"), step.option("stop")
        if step.role == "output" and (
            before is None or before.role not in {"console", "run", "pycon", "output"}
        ):
            hint = "put it behind a `console` block or a block with `run`"
            yield _problem(
                step.block, "block-role", "nothing before this block prints anything", hint, "output"
            )
        if background and background in running:
            hint = f'stop it first, `stop="{background}"`, or choose another name'
            message = f"`{background}` runs already"
            yield _problem(step.block, "block-attribute", message, hint, "background")
        if stopped and stopped not in running:
            listed = ", ".join(f"`{name}`" for name in sorted(running))
            hint = f"in the background run {listed}" if running else "nothing runs in the background here"
            yield _problem(step.block, "block-attribute", f"`{stopped}` does not run here", hint, "stop")
        running = (frozenset(running) | ({background} if background else set())) - {stopped}
        before = step if step.role in EXECUTED else None


def _problem(number: int, code: str, message: str, hint: str, word: str = "") -> StepProblem:
    return StepProblem(code=code, message=message, block=number, word=word, hint=hint)
