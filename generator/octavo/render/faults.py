"""Problems of templates as diagnostics: where in the theme, and what was being rendered.

Jinja compiles a template to Python code, and the traceback of a failure knows the template and the line; messages
such as that of an undefined name do not. So the place is read from the traceback's last frame of a template.
"""

from collections.abc import Iterable
from types import TracebackType

from jinja2 import Environment, Template, TemplateNotFound, TemplateSyntaxError, UndefinedError

from octavo.errors import Diagnostic, Location, error

__all__ = ["describe_failure", "merge_repeated"]


def describe_failure(
    environment: Environment, failure: Exception, *, name: str, rendering: str
) -> Diagnostic:
    """Turn what a template raised into a diagnostic at the template's line.

    *name* is the template that was asked for, *rendering* is the page's source or the output
    that was being made, and may be empty.
    """
    if isinstance(failure, TemplateSyntaxError):
        location, excerpt = _locate(environment, failure.name or name, failure.lineno)
        return error("template-syntax", plain(failure.message or "wrong syntax"), location, excerpt=excerpt)
    found = _template_frame(failure.__traceback__)
    location, excerpt = _locate(environment, *(found or (name, 0)))
    if isinstance(failure, TemplateNotFound):
        wanted = " or ".join(f"`{item}`" for item in getattr(failure, "templates", [failure.name or ""]))
        message, hint = f"no template {wanted}", ""
    else:
        message, hint = _message(failure)
    message = f"{message}, while rendering `{rendering}`" if rendering else message
    return error("template-error", message, location, excerpt=excerpt, hint=hint)


def _message(failure: Exception) -> tuple[str, str]:
    """Say what went wrong, and what to do."""
    if isinstance(failure, UndefinedError):
        message, _, hint = str(failure.message).partition("\n")
        return message, hint
    if isinstance(failure, RecursionError):
        return (
            "templates or macros call each other without end",
            "look for an include or a macro that calls itself",
        )
    return f"{type(failure).__name__}: {plain(str(failure))}".rstrip(": "), ""


def plain(text: str) -> str:
    """Bring a message of Jinja or Python into our form: one line, a small first letter, no final full stop."""
    line = " ".join(text.split()).rstrip(".")
    return line[:1].lower() + line[1:] if line[1:2].islower() else line


def _template_frame(traceback: TracebackType | None) -> tuple[str, int] | None:
    """Find the innermost frame that runs a template: the template's name and the line."""
    found = None
    while traceback is not None:
        template = traceback.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template) and template.name is not None:
            found = (template, traceback.tb_lineno)
        traceback = traceback.tb_next
    if found is None:
        return None
    template, line = found
    return template.name or "", template.get_corresponding_lineno(line)


def _locate(environment: Environment, name: str, line: int) -> tuple[Location, str]:
    """Give the place of a line of a template, and the line."""
    try:
        text, file, _ = (
            environment.loader.get_source(environment, name) if environment.loader else ("", None, None)
        )
    except TemplateNotFound:
        text, file = "", None
    return Location(file or name, line), source_line(text, line)


def source_line(text: str, line: int) -> str:
    """Give a line by its number, from 1; empty where there is none."""
    lines = text.splitlines()
    return lines[line - 1] if 0 < line <= len(lines) else ""


def merge_repeated(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Keep one diagnostic of a template's fault that many pages meet, in the order given.

    Diagnostics with another code pass through. The first of each place stands for the rest and says how many more
    pages meet it.
    """
    kept: dict[object, Diagnostic] = {}
    more: dict[object, int] = {}
    for item in diagnostics:
        key: object = (item.code, item.location) if item.code == "template-error" else item
        if key in kept and item != kept[key]:
            more[key] = more.get(key, 0) + 1
        kept.setdefault(key, item)
    return tuple(_with_count(item, more.get(key, 0)) for key, item in kept.items())


def _with_count(item: Diagnostic, others: int) -> Diagnostic:
    if not others:
        return item
    pages = "1 other page" if others == 1 else f"{others} other pages"
    return error(
        item.code,
        f"{item.message} and {pages}",
        item.location,
        excerpt=item.excerpt,
        hint=item.hint,
    )
