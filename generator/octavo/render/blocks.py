"""Blocks that a template fills and that no template above it shows."""

from collections.abc import Iterator, Mapping

from jinja2 import nodes

from octavo.errors import Diagnostic, Location, warning
from octavo.render.environment import suggest
from octavo.render.faults import source_line

__all__ = ["unknown_blocks"]


def unknown_blocks(
    trees: Mapping[str, nodes.Template], files: Mapping[str, tuple[str, str]]
) -> Iterator[Diagnostic]:
    """Report each block of an extending template that none of those above it has: Jinja drops what is in it.

    *trees* holds every template that can be read, *files* the file and the text of each.
    """
    for name, tree in trees.items():
        known = _blocks_above(trees, tree)
        if known is None:
            continue
        file, text = files[name]
        for node in tree.body:
            if isinstance(node, nodes.Block) and node.name not in known:
                yield warning(
                    "unknown-block",
                    f"no template above has a block `{node.name}`, so that what is in it is shown nowhere",
                    Location(file, node.lineno),
                    excerpt=source_line(text, node.lineno),
                    hint=suggest(node.name, tuple(sorted(known)), "the blocks are "),
                )


def _blocks_above(trees: Mapping[str, nodes.Template], tree: nodes.Template) -> set[str] | None:
    """Name the blocks of all templates that a template extends; None where it extends none, or they are not known."""
    known: set[str] = set()
    seen: set[str] = set()
    parent = _parent(tree)
    if parent is None:
        return None
    while parent is not None:
        if parent in seen or parent not in trees:
            return None
        seen.add(parent)
        known |= {block.name for block in trees[parent].find_all(nodes.Block)}
        if _parent(trees[parent]) is None and trees[parent].find(nodes.Extends) is not None:
            return None
        parent = _parent(trees[parent])
    return known


def _parent(tree: nodes.Template) -> str | None:
    """Give the name of the template that a template always extends."""
    for node in tree.body:
        if isinstance(node, nodes.Extends):
            name = node.template.value if isinstance(node.template, nodes.Const) else None
            return name if isinstance(name, str) else None
    return None
