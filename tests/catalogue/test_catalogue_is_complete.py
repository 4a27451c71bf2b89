"""Every entry of the catalogue has a test named after it, or a reason why it cannot have one here."""

import ast
import re
from pathlib import Path

COUNTS = {"fm": 26, "ym": 13, "cf": 15, "in": 10, "pa": 16, "wa": 17, "hs": 21, "se": 5, "ex": 15}
"""How many entries each group has: front matter, YAML, configuration, includes, paths, the watcher, the preview's
server, search, execution."""

ELSEWHERE = {
    "ym-13": "there are no data files besides front matter and site.yaml, so none can have the stem of another",
}
"""Entries without a test here, each with the reason."""

_NAME = re.compile(r"test_([a-z]{2})_(\d\d)_\w+")


def entries_with_tests():
    """Collect the entries that some test of this folder is named after."""
    named = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and (match := _NAME.fullmatch(node.name)):
                named.add(f"{match[1]}-{match[2]}")
    return named


def test_every_entry_has_a_test_or_a_reason():
    listed = {f"{group}-{number:02}" for group, count in COUNTS.items() for number in range(1, count + 1)}
    tested = entries_with_tests()

    assert set() == listed - tested - ELSEWHERE.keys()
    assert set() == tested - listed
    assert set() == ELSEWHERE.keys() - listed
    assert set() == ELSEWHERE.keys() & tested


def test_a_test_stands_in_the_file_of_its_group():
    strays = [
        f"{path.name}: {name}"
        for path in Path(__file__).parent.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        if (match := _NAME.fullmatch(name)) and not path.name.startswith(f"test_{match[1]}_")
    ]

    assert [] == strays
