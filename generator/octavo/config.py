"""site.yaml: the one configuration file of a site, typed and checked.

All problems of the file are reported at once, each at its value; a file with an error gives no configuration. Nothing
is read from the environment: `$TOKEN` in a value is text. How YAML is read stands in `yamltext`, what the keys are in
`configkeys`; here are the rules that span two keys.
"""

import posixpath
from typing import Any

from octavo.configkeys import ELSEWHERE, SITE_FIELDS, SITE_KEYS
from octavo.configtypes import (
    CheckLevel,
    Config,
    HighlightOptions,
    NavEntry,
    Repository,
    ThemeChoice,
    ValidationLevels,
)
from octavo.errors import Diagnostic, Location, count_errors, error
from octavo.fields import FieldReport, read_keys
from octavo.yamlnodes import MappingNode, ScalarNode, describe_node, is_null
from octavo.yamltext import SITE_FILE_BYTES, load_yaml

__all__ = [
    "SITE_KEYS",
    "CheckLevel",
    "Config",
    "HighlightOptions",
    "NavEntry",
    "Repository",
    "ThemeChoice",
    "ValidationLevels",
    "load_config",
]


def load_config(text: str, *, file: str = "site.yaml") -> tuple[Config | None, tuple[Diagnostic, ...]]:
    """Read and check site.yaml; there is no configuration exactly where a diagnostic is an error."""
    loaded = load_yaml(text.removeprefix("\ufeff"), file=file, max_bytes=SITE_FILE_BYTES)
    report = FieldReport(loaded.source, unknown="error", known=loaded.diagnostics)
    values: dict[str, Any] = {}
    root = loaded.root
    if isinstance(root, MappingNode):
        values = read_keys(root, SITE_FIELDS, report, elsewhere=ELSEWHERE)
        _check_folders(root, values, report)
        _require_title(root, report, file)
    elif root is not None and not is_null(root):
        message = f"{file} must be a mapping of keys to values, found {describe_node(root)}"
        report.add("wrong-type", message, root, "write `key: value` lines")
    elif not loaded.failed:
        report.problems.diagnostics.append(
            error("missing-key", f"{file} is empty", Location(file, 1, 1), hint="give it a `title`")
        )
    diagnostics = (*loaded.diagnostics, *report.problems.diagnostics)
    if count_errors(diagnostics):
        return None, diagnostics
    places = tuple((key, place) for key, place, _ in report.places)
    excerpts = tuple(excerpt for _, _, excerpt in report.places)
    return Config(**values, places=places, place_excerpts=excerpts), diagnostics


def _require_title(root: MappingNode, report: FieldReport, file: str) -> None:
    """Report a title that is missing or says nothing; one of a wrong type is reported already."""
    node = next((value for key, value in root.entries if key.text == "title"), None)
    if node is None:
        # A misspelt title is one mistake, not two.
        if any("`title`" in problem.hint for problem in report.problems.diagnostics):
            return
        report.problems.diagnostics.append(
            error("missing-key", "`title` is required", Location(file, 1, 1), hint="write `title: My site`")
        )
    elif (isinstance(node, ScalarNode) and not node.text.strip()) or is_null(node):
        report.add("missing-key", "`title` is required and has no text", node, "write `title: My site`")


def _check_folders(root: MappingNode, values: dict[str, Any], report: FieldReport) -> None:
    """Report folders that lie in each other as far as their names tell; real paths are checked when they are used."""
    content = values.get("content_dir", "content")
    output = values.get("site_dir", "_site")
    theme = values.get("theme", ThemeChoice()).name or "theme"
    nodes = {key.text: value for key, value in root.entries}
    if content in ("", "."):
        hint = "move the pages into a folder of their own"
        report.add(
            "folder-overlap", "`content_dir` must not be the site folder itself", nodes["content_dir"], hint
        )
        return
    for name, folder in (("content_dir", content), ("theme", theme)):
        if _overlap(output, folder):
            node = nodes.get("site_dir") or nodes[name]
            message = f"`site_dir` `{output}` and `{name}` `{folder}` must not lie in each other"
            report.add("folder-overlap", message, node, "write a folder of its own, such as `_site`")


def _overlap(first: str, second: str) -> bool:
    """Tell whether two normal relative paths are equal or one holds the other."""
    return posixpath.commonpath((first, second)) in (first, second) if _both_inside(first, second) else False


def _both_inside(first: str, second: str) -> bool:
    return not any(path.startswith(("/", "..")) for path in (first, second))
