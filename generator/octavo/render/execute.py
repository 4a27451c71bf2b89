"""Run one template with values: text, or the diagnostic that says why there is none."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, TemplateNotFound

from octavo.context import Rendered
from octavo.errors import Location, error
from octavo.render.faults import describe_failure

__all__ = ["render_template"]


def render_template(
    environment: Environment,
    name: str,
    values: Mapping[str, Any],
    *,
    output: str = "",
    file: str = "",
) -> Rendered:
    """Render a template with values; what it does wrong comes back as a diagnostic, never as an exception.

    *output* is what is made and *file* the page's source; messages name the latter where there is one. The text ends
    in a line feed and is otherwise what the template gave.
    """
    try:
        template = environment.get_template(name)
        # Not template.render(): it rebuilds the traceback of a failure, which takes seconds at full recursion.
        text = "".join(template.root_render_func(template.new_context(dict(values))))
    except Exception as failure:  # noqa: BLE001 - a theme's template can raise anything, and none of it is our bug
        if isinstance(failure, TemplateNotFound) and failure.name == name:
            message = f"the theme has no template `{name}`"
            problem = error("missing-template", message, Location(file or output or name))
        else:
            problem = describe_failure(environment, failure, name=name, rendering=file or output)
        return Rendered(output=output, text=None, diagnostics=(problem,))
    return Rendered(output=output, text=text if text.endswith("\n") else text + "\n")
