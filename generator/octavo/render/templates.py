"""What the templates of a theme refer to: digests of everything a template reads, and mistakes found before rendering."""

import re
from collections.abc import Iterator, Mapping

from jinja2 import Environment, TemplateSyntaxError, nodes

from octavo.context import ThemeSource
from octavo.digest import Digest, digest_text, digest_value
from octavo.errors import Diagnostic, Location, error, sort_diagnostics
from octavo.model import Value
from octavo.render.blocks import unknown_blocks
from octavo.render.environment import make_environment, suggest
from octavo.render.faults import plain, source_line

__all__ = ["check_templates", "template_closures"]

_ENDS = re.compile(r"'(end[a-z]+)'(?=[^:]*\. The innermost block)")
_REFERRING = (nodes.Extends, nodes.FromImport, nodes.Import, nodes.Include)


class Reference(Value, frozen=True):
    """One `extends`, `include` or `import` of a template."""

    names: tuple[str, ...]
    """The templates that it names, of which the first that exists is used."""
    line: int
    optional: bool = False
    """True for `ignore missing`."""
    dynamic: bool = False
    """True where a name is computed, so that any template may be meant."""


def template_closures(theme: ThemeSource) -> dict[str, Digest]:
    """Digest each template with all that it refers to, directly or not.

    An output that is rendered by a template has to be rendered again when this digest differs, and not otherwise. A
    template with a computed name refers to all templates. Syntax errors and missing templates are left to
    `check_templates`: such a template refers to what can be read of it.
    """
    environment = make_environment(theme)
    digests = {name: digest_text(text) for name, text, _ in theme.templates}
    graph: dict[str, tuple[str, ...]] = {}
    # A bundled template that the site leaves alone stands there under two names: it is read once.
    read: dict[str, tuple[Reference, ...]] = {}
    for name, text, file in theme.templates:
        if text not in read:
            tree = _parse(environment, name, text, file)
            read[text] = _references(tree) if isinstance(tree, nodes.Template) else ()
        found = read[text]
        everything = any(reference.dynamic for reference in found)
        named = tuple(target for reference in found for target in reference.names)
        graph[name] = tuple(digests) if everything else named
    return {
        name: digest_value(
            tuple((target, digests.get(target, "")) for target in sorted(_reachable(graph, name)))
        )
        for name in digests
    }


def check_templates(theme: ThemeSource) -> tuple[Diagnostic, ...]:
    """Find syntax errors, references to templates and blocks that do not exist, and templates that include themselves."""
    environment = make_environment(theme)
    files = {name: (file, text) for name, text, file in theme.templates}
    graph: dict[str, tuple[Reference, ...]] = {}
    trees: dict[str, nodes.Template] = {}
    problems: list[Diagnostic] = []
    read: dict[tuple[str, str], tuple[nodes.Template, tuple[Reference, ...]]] = {}
    for name, text, file in theme.templates:
        if (text, file) in read:
            trees[name], graph[name] = read[text, file]
            continue
        tree = _parse(environment, name, text, file)
        if not isinstance(tree, nodes.Template):
            problems.append(tree)
            continue
        trees[name], graph[name] = read[text, file] = tree, _references(tree)
        problems += _missing(graph[name], files, file, text)
        problems += _unknown_names(environment, tree, text, file) or _compile(
            environment, tree, name, text, file
        )
    return sort_diagnostics((*problems, *_cycles(graph, files), *unknown_blocks(trees, files)))


def _parse(environment: Environment, name: str, text: str, file: str) -> nodes.Template | Diagnostic:
    try:
        tree = environment.parse(text, name, file)
        # A long sum is parsed without recursion and is as deep as it is long: what walks it later must not fail.
        for _ in tree.find_all(nodes.Node):
            pass
    except TemplateSyntaxError as failure:
        return _syntax(failure, text, file)
    except RecursionError:
        return _too_deep(file)
    return tree


def _unknown_names(
    environment: Environment, tree: nodes.Template, text: str, file: str
) -> tuple[Diagnostic, ...]:
    """Find filters and tests that do not exist; Jinja leaves those inside an `if` to the moment of rendering."""
    return tuple(
        error(
            "template-syntax",
            f"there is no {what} `{node.name}`",
            Location(file, node.lineno),
            excerpt=source_line(text, node.lineno),
            hint=suggest(node.name, tuple(known)),
        )
        for kind, what, known in (
            (nodes.Filter, "filter", environment.filters),
            (nodes.Test, "test", environment.tests),
        )
        for node in tree.find_all(kind)
        if node.name not in known
    )


def _compile(
    environment: Environment, tree: nodes.Template, name: str, text: str, file: str
) -> tuple[Diagnostic, ...]:
    """Compile a template as rendering will, which finds what Jinja's compiler and Python itself refuse."""
    try:
        environment.compile(tree, name, file)
    except TemplateSyntaxError as failure:
        return (_syntax(failure, text, file),)
    except (SyntaxError, RecursionError, MemoryError):
        return (_too_deep(file),)
    return ()


def _too_deep(file: str) -> Diagnostic:
    return error("template-syntax", "expressions or blocks are nested too deeply", Location(file))


def _syntax(failure: TemplateSyntaxError, text: str, file: str) -> Diagnostic:
    line = failure.lineno
    excerpt = source_line(text, line)
    wanted = _ENDS.findall(failure.message or "")
    hint = f"write `{{% {wanted[-1]} %}}` where it ends" if wanted else ""
    if excerpt.count("{{") != excerpt.count("}}"):
        hint = hint or "close each `{{` with `}}` on its line"
    elif excerpt.count("{%") != excerpt.count("%}"):
        hint = hint or "close each `{%` with `%}` on its line"
    return error(
        "template-syntax",
        plain(failure.message or "wrong syntax"),
        Location(file, line),
        excerpt=excerpt,
        hint=hint,
    )


def _references(tree: nodes.Template) -> tuple[Reference, ...]:
    found: list[Reference] = []
    for node in tree.find_all(_REFERRING):
        names, dynamic = _names(node.template)  # type: ignore[attr-defined]  # typed as what the four share
        optional = isinstance(node, nodes.Include) and node.ignore_missing
        found.append(Reference(names=names, line=node.lineno, optional=optional, dynamic=dynamic))
    return tuple(found)


def _names(expression: nodes.Expr) -> tuple[tuple[str, ...], bool]:
    """Give the names that an expression writes out, and whether it computes any."""
    items = expression.items if isinstance(expression, nodes.List | nodes.Tuple) else [expression]
    values = [item.value if isinstance(item, nodes.Const) else None for item in items]
    names = tuple(value for value in values if isinstance(value, str))
    return names, len(names) < len(items)


def _missing(
    references: tuple[Reference, ...], files: Mapping[str, tuple[str, str]], file: str, text: str
) -> Iterator[Diagnostic]:
    for reference in references:
        if reference.optional or reference.dynamic or any(name in files for name in reference.names):
            continue
        wanted = " or ".join(f"`{name}`" for name in reference.names)
        yield error(
            "template-missing",
            f"the theme has no template {wanted}",
            Location(file, reference.line),
            excerpt=source_line(text, reference.line),
            hint=suggest(reference.names[-1], tuple(files)),
        )


def _reachable(graph: Mapping[str, tuple[str, ...]], start: str) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for name in graph.get(waiting.pop(), ()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen


def _cycles(
    graph: Mapping[str, tuple[Reference, ...]], files: Mapping[str, tuple[str, str]]
) -> Iterator[Diagnostic]:
    """Report each cycle once, at the reference that leaves its alphabetically first template."""
    links = {
        name: tuple(
            sorted({target for reference in references for target in reference.names if target in graph})
        )
        for name, references in graph.items()
    }
    for name in sorted(links):
        path = _way_back(links, name)
        if path is None or min(path) != name:
            continue
        file, text = files[name]
        target = path[1]
        line = next(reference.line for reference in graph[name] if target in reference.names)
        bundled = f"bundled/{name}"
        hint = (
            f"extend `{bundled}` to build on the template that this one replaces" if bundled in files else ""
        )
        yield error(
            "template-cycle",
            "template cycle " + " → ".join(f"`{item}`" for item in path),
            Location(file, line),
            excerpt=source_line(text, line),
            hint=hint,
        )


def _way_back(links: Mapping[str, tuple[str, ...]], start: str) -> tuple[str, ...] | None:
    """Find a shortest way from a template to itself, breadth first."""
    waiting: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for path in waiting:
        for target in links.get(path[-1], ()):
            if target == start:
                return (*path, target)
            if target not in seen:
                seen.add(target)
                waiting.append((*path, target))
    return None
