"""How reports call a step."""

from octavo.tutorial.step import Step

__all__ = ["label_of"]

_LONGEST = 80


def label_of(step: Step) -> str:
    """Give a name of one line: the first command, the request, the file."""
    first = next((line.strip() for line in step.text.splitlines() if line.strip()), "")
    if step.role == "http":
        text = " ".join(first.split(" ")[:2])
    elif step.role in {"console", "pycon"}:
        stopped = step.option("stop")
        text = f"stop {stopped}" if stopped else first
    elif step.path:
        text = step.path if step.role in {"file", "skip"} else f"{step.path} ({step.role})"
    elif step.role == "output":
        text = "output"
    else:
        text = f"{step.language} {step.role}".strip()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
