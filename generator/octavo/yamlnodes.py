"""The tree that a YAML text becomes: text with places, and no types.

Every scalar stays what the author typed; `plain` tells whether it stood without quotes, since only a plain `null`, `~`
or nothing at all means "no value". Keys are scalars with their own place. Lines and columns count from 1 in the file.
This module knows nothing of the library that reads YAML nor of what a key means.
"""

import re
from typing import Any

from octavo.errors import Location
from octavo.model import Value

__all__ = [
    "MappingNode",
    "ScalarNode",
    "SequenceNode",
    "YamlNode",
    "YamlSource",
    "describe_node",
    "is_null",
    "make_source",
    "shorten",
    "to_plain",
]

_LINE_END = re.compile(r"\r\n|\n|\r")
_NULLS = frozenset({"", "~", "null"})
_SHOWN = 60


class ScalarNode(Value, frozen=True):
    """A text; `plain` where it stood without quotes and is no block of lines."""

    text: str
    plain: bool
    line: int
    column: int


class SequenceNode(Value, frozen=True):
    """A list."""

    items: tuple["YamlNode", ...]
    line: int
    column: int


class MappingNode(Value, frozen=True):
    """Keys and values in the author's order; no key stands twice."""

    entries: tuple[tuple[ScalarNode, "YamlNode"], ...]
    line: int
    column: int


YamlNode = ScalarNode | SequenceNode | MappingNode


class YamlSource(Value, frozen=True):
    """The text that nodes came from, for the places and excerpts of messages."""

    file: str
    """Relative to the site folder."""
    lines: tuple[str, ...]
    first_line: int = 1
    """The line of the file on which the text begins."""

    def location(self, node: YamlNode) -> Location:
        """Give the place of a node."""
        return Location(self.file, node.line, node.column)

    def excerpt(self, line: int) -> str:
        """Give a line of the file without its line end; empty outside the text."""
        index = line - self.first_line
        return self.lines[index] if 0 <= index < len(self.lines) else ""


def make_source(text: str, *, file: str, first_line: int = 1) -> YamlSource:
    """Split a text at LF, CRLF and CR."""
    return YamlSource(file=file, lines=tuple(_LINE_END.split(text)), first_line=first_line)


def is_null(node: YamlNode) -> bool:
    """Tell whether a node means "no value": plain `null`, plain `~`, or nothing."""
    return isinstance(node, ScalarNode) and node.plain and node.text in _NULLS


def shorten(text: str, limit: int = _SHOWN) -> str:
    """Cut a text for a message, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def describe_node(node: YamlNode) -> str:
    """Name what an author wrote, for "expected …, found …"."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list"
    if is_null(node):
        return "nothing"
    return f"`{shorten(node.text)}`" if node.plain else f'the text `"{shorten(node.text)}"`'


def to_plain(root: YamlNode) -> Any:
    """Turn a tree into dicts, lists, text and None, in the author's order; scalars keep their text."""
    if isinstance(root, ScalarNode):
        return None if is_null(root) else root.text
    if isinstance(root, SequenceNode):
        return [to_plain(item) for item in root.items]
    return {key.text: to_plain(value) for key, value in root.entries}
