"""Parser events into a tree of nodes, with what YAML allows and we refuse reported in passing.

The builder keeps its own stack, so that depth costs no recursion. It never stops at a refusal: the node is left out
or kept as text, and all refusals of a text are reported together. It knows nothing of the library behind the events.
"""

import re

from octavo.yamlnodes import MappingNode, ScalarNode, SequenceNode, YamlNode, YamlSource, shorten
from octavo.yamlproblems import ProblemList

__all__ = ["MAX_DEPTH", "TreeBuilder"]

MAX_DEPTH = 64
_COMMENT_VALUE = re.compile(r"[ \t]*:[ \t]+(#\S.*)")
_COMMENT_ITEM = re.compile(r"[ \t]*-[ \t]+(#\S.*)")
_BAD_ESCAPE = re.compile("[\0\ud800-\udfff]")


class _OpenNode:
    """A list or mapping whose end has not come yet."""

    __slots__ = ("column", "entries", "items", "key", "key_end", "line", "seen", "wants_key")

    def __init__(self, *, is_mapping: bool, line: int, column: int) -> None:
        self.line = line
        self.column = column
        self.items: list[YamlNode] = []
        self.entries: list[tuple[ScalarNode, YamlNode]] | None = [] if is_mapping else None
        self.seen: dict[str, int] = {}
        self.wants_key = True
        # None while the value of a refused key is on its way.
        self.key: ScalarNode | None = None
        self.key_end = (0, 0)

    def close(self) -> YamlNode:
        """Make the finished node."""
        if self.entries is None:
            return SequenceNode(items=tuple(self.items), line=self.line, column=self.column)
        return MappingNode(entries=tuple(self.entries), line=self.line, column=self.column)


class TreeBuilder:
    """Builds one tree from events whose lines and columns count from 1 in the file."""

    def __init__(self, source: YamlSource) -> None:
        self.source = source
        self.root: YamlNode | None = None
        self.problems = ProblemList(source)
        self._stack: list[_OpenNode] = []

    @property
    def depth(self) -> int:
        """Count the lists and mappings that are open."""
        return len(self._stack)

    def open_bracket(self) -> tuple[str, int, int] | None:
        """Give the innermost bracket that is open, with its line and column; None where none is."""
        for node in reversed(self._stack):
            sign = self.source.excerpt(node.line)[node.column - 1 : node.column]
            if sign in {"[", "{"}:
                return sign, node.line, node.column
        return None

    def report(self, code: str, message: str, line: int, column: int, hint: str = "") -> None:
        """Note an error at a place of the file."""
        self.problems.add(code, message, line=line, column=column, hint=hint)

    def open_node(self, *, is_mapping: bool, line: int, column: int) -> None:
        """Begin a list or a mapping."""
        parent = self._stack[-1] if self._stack else None
        if parent is not None and parent.entries is not None and parent.wants_key:
            self._refuse_complex_key(line, column)
        self._stack.append(_OpenNode(is_mapping=is_mapping, line=line, column=column))

    def close_node(self) -> None:
        """End the innermost list or mapping."""
        self._add(self._stack.pop().close(), (0, 0))

    def add_scalar(self, text: str, *, plain: bool, line: int, column: int, end: tuple[int, int]) -> None:
        """Add a text; `end` is the line and the column behind its last character."""
        if not plain and _BAD_ESCAPE.search(text):
            self.report(
                "yaml-character",
                "an escape stands for a NUL or half a surrogate pair",
                line,
                column,
                "take the escape out: no text may hold this character",
            )
            text = _BAD_ESCAPE.sub("\ufffd", text)
        self._add(ScalarNode(text=text, plain=plain, line=line, column=column), end)

    def add_alias(self, name: str, line: int, column: int) -> None:
        """Refuse an alias and put an empty text in its place."""
        self.report(
            "yaml-alias",
            f"aliases are off: `*{name}` stands for nothing",
            line,
            column,
            "quote the value if the asterisk is meant as text, else write the value out",
        )
        self._add(ScalarNode(text="", plain=True, line=line, column=column), (line, column))

    def refuse_anchor(self, name: str, line: int, column: int) -> None:
        """Refuse the anchor of the node that comes next."""
        self.report(
            "yaml-alias",
            f"anchors are off: `&{name}`",
            line,
            column,
            "quote the value if the `&` is meant as text, else take the anchor out",
        )

    def refuse_tag(self, tag: str, line: int, column: int) -> None:
        """Refuse the tag of the node that comes next."""
        shown = tag.replace("tag:yaml.org,2002:", "!!", 1)
        self.report(
            "yaml-tag",
            f"tags are off: `{shown}`",
            line,
            column,
            "quote the value if the `!` is meant as text, else take the tag out",
        )

    def _add(self, node: YamlNode, end: tuple[int, int]) -> None:
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1]
        if parent.entries is None:
            self._warn_of_comment(node, _COMMENT_ITEM, node.column - 2)
            parent.items.append(node)
        elif parent.wants_key:
            parent.wants_key = False
            parent.key = self._accept_key(parent, node)
            parent.key_end = end
        else:
            parent.wants_key = True
            if parent.key is not None:
                if parent.key_end[0] == node.line:
                    self._warn_of_comment(node, _COMMENT_VALUE, parent.key_end[1] - 1)
                parent.entries.append((parent.key, node))

    def _accept_key(self, parent: _OpenNode, node: YamlNode) -> ScalarNode | None:
        """Check a key; None where it is refused and its value is to be dropped."""
        if not isinstance(node, ScalarNode):
            return None
        if node.plain and node.text == "<<":
            self.report(
                "yaml-merge-key",
                "merge keys are off: `<<`",
                node.line,
                node.column,
                "write the keys out",
            )
            return None
        first = parent.seen.get(node.text)
        if first is None:
            parent.seen[node.text] = node.line
            return node
        self.report(
            "duplicate-key",
            f"key `{shorten(node.text)}` stands twice: on line {first} and on line {node.line}",
            node.line,
            node.column,
            "keep one of the two",
        )
        return None

    def _refuse_complex_key(self, line: int, column: int) -> None:
        """Refuse a list or mapping as a key; doubled braces are what template authors write."""
        text = self.source.excerpt(line)
        start = column - 1
        if text[start - 1 : start + 1] == "{{" and start > 0:
            self.report(
                "yaml-syntax",
                "`{{` begins two YAML mappings",
                line,
                column - 1,
                "quote the value if the template braces are meant as text",
            )
            return
        self.report(
            "yaml-key",
            "a list or mapping is used as a key",
            line,
            column,
            "write a text before the colon, in quotes if it begins with `[` or `{`",
        )

    def _warn_of_comment(self, node: YamlNode, pattern: re.Pattern[str], start: int) -> None:
        """Warn where a value is empty because a `#` made a comment of it: `color: #fff`."""
        if not isinstance(node, ScalarNode) or node.text or not node.plain:
            return
        match = pattern.match(self.source.excerpt(node.line), max(start, 0))
        if match is not None:
            self.problems.add(
                "yaml-comment",
                f"`#` starts a comment, so the value `{shorten(match[1])}` is empty",
                line=node.line,
                column=match.start(1) + 1,
                hint="quote the value if the `#` belongs to it",
                severity="warning",
            )
