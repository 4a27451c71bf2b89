"""The laws of ARCHITECTURE.md, checked on the source: layers, sizes, who may know which library, who may print."""

import ast
import functools
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "generator" / "octavo"
MODULES = sorted(PACKAGE.rglob("*.py"))

FOUNDATION = {"errors", "digest", "urls", "slugs", "codes"}
STAGES = {"markdown", "site", "tutorial", "render", "outputs"}
# The preview drives the engine and knows no sockets: it stands between the engine and the edges. The pytest plugin uses
# the wiring of the command line, which knows nothing of it.
LAYERS = {"engine": 3, "plugins": 3, "preview": 3.5, "edges": 4, "cli": 5, "scaffold": 5, "pytestplugin": 5.5}
MAX_LINES = 350

# Library -> the packages and modules that may import it.
OWNERS = {
    "yaml": {"yamltext", "yamlerrors", "yamltree", "yamlproblems"},
    "pygments": {"highlight"},
    "markdown_it": {"markdown"},
    "mdit_py_plugins": {"markdown"},
    "linkify_it": {"markdown"},
    "latex2mathml": {"markdown"},
    "jinja2": {"render"},
    "markupsafe": {"render"},
    "sqlite3": {"edges"},
    "imagesize": {"edges"},
    "subprocess": {"edges"},
    "socket": {"edges"},
    "http": {"edges"},
    "watchdog": {"edges"},
    "werkzeug": {"edges"},
    "shutil": {"edges"},
    "tempfile": {"edges"},
    "click": {"cli"},
    "rich": {"cli"},
    "pytest": {"pytestplugin"},
}


def part_of(path):
    """Name the layer's unit of a module: its package below octavo, or the module itself."""
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def layer_of(part):
    if part in FOUNDATION:
        return 0
    if part in STAGES:
        return 2
    return LAYERS.get(part, 1)


@functools.cache
def text_of(path):
    return path.read_text(encoding="utf-8")


@functools.cache
def tree_of(path):
    return ast.parse(text_of(path))


@functools.cache
def nodes_of(path):
    return list(ast.walk(tree_of(path)))


@functools.cache
def imports_of(path):
    """List every module that a file imports, those inside functions too."""
    found = []
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.append(node.module or "")
    return found


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def test_there_are_modules_to_look_at():
    assert len(MODULES) > 60


def may_import(part, other):
    layer = layer_of(part)
    return (
        other == part
        or layer_of(other) < layer
        or (layer_of(other) == layer <= 1)
        or (layer_of(other) == layer == 5)
    )


def test_modules_import_only_from_layers_above_their_own():
    wrong = [
        f"{name_of(path)} (layer {layer_of(part_of(path))}) imports {name}"
        for path in MODULES
        if part_of(path) not in {"__init__", "__main__"}
        for name in imports_of(path)
        if name.startswith("octavo.") and not may_import(part_of(path), name.split(".")[1])
    ]

    assert [] == wrong


def test_modules_of_the_first_two_layers_import_each_other_without_cycles():
    graph = {}
    for path in MODULES:
        part = part_of(path)
        if layer_of(part) <= 1 and part not in {"__init__", "__main__"}:
            named = {name.split(".")[1] for name in imports_of(path) if name.startswith("octavo.")}
            graph.setdefault(part, set()).update(named - {part})
    while graph:
        leaves = {part for part, needs in graph.items() if not needs & graph.keys()}
        assert leaves, f"a cycle among {sorted(graph)}"
        graph = {part: needs for part, needs in graph.items() if part not in leaves}


def test_libraries_are_known_to_their_owners_alone():
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in MODULES
        for name in imports_of(path)
        if part_of(path) not in OWNERS.get(name.split(".")[0], {part_of(path)})
    ]

    assert [] == wrong


def test_every_module_is_one_idea_of_at_most_350_lines():
    assert [] == [name_of(path) for path in MODULES if text_of(path).count("\n") > MAX_LINES]
    silent = [path for path in MODULES if text_of(path).strip() and not ast.get_docstring(tree_of(path))]
    assert [] == [name_of(path) for path in silent], "a module says what it is"


def test_median_module_is_near_120_lines():
    sizes = sorted(text_of(path).count("\n") for path in MODULES)

    assert sizes[len(sizes) // 2] <= 150


def used(path, *, calls=(), attributes=()):
    """Name the places where a file calls one of these names, or takes one of these attributes of a name."""
    found = []
    for node in nodes_of(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in calls:
            found.append(f"{name_of(path)}:{node.lineno} {node.func.id}")
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = f"{node.value.id}.{node.attr}"
            if name in attributes:
                found.append(f"{name_of(path)}:{node.lineno} {name}")
    return found


def test_only_the_command_line_prints():
    others = [path for path in MODULES if part_of(path) != "cli"]
    attributes = {"sys.stdout", "sys.stderr"}

    assert [] == [place for path in others for place in used(path, calls={"print"}, attributes=attributes)]


def test_pure_stages_touch_no_disk_clock_or_environment():
    pure = [path for path in MODULES if layer_of(part_of(path)) <= 2]
    calls = {"open", "input", "exec", "eval", "compile", "__import__"}
    attributes = {"os.environ", "os.getenv", "os.listdir", "os.stat", "datetime.now", "time.time"}

    assert len(pure) > 60
    assert [] == [place for path in pure for place in used(path, calls=calls, attributes=attributes)]


def test_no_module_state_changes_at_run_time():
    """Module-level names are constants: no `global`, no lower-case list, dict or set to fill."""
    assert [] == [
        f"{name_of(path)}:{node.lineno}"
        for path in MODULES
        for node in nodes_of(path)
        if isinstance(node, ast.Global)
    ]
    assert [] == [
        f"{name_of(path)}:{node.lineno} {target.id}"
        for path in MODULES
        for node in tree_of(path).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.Dict | ast.Set)
        for target in node.targets
        if isinstance(target, ast.Name) and not (target.id.isupper() or target.id.startswith("__"))
    ]


def test_pickle_and_shell_are_used_nowhere():
    libraries = {"pickle", "marshal", "shelve"}

    assert [] == [
        name_of(path) for path in MODULES if libraries & {name.split(".")[0] for name in imports_of(path)}
    ]
    assert [] == [name_of(path) for path in MODULES if "shell=True" in text_of(path)]


PUBLIC_PACKAGES = {
    "octavo.engine", "octavo.markdown", "octavo.outputs", "octavo.render", "octavo.site", "octavo.highlight",
    "octavo.tutorial",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(PUBLIC_PACKAGES))
def test_package_lists_its_public_names_and_has_them(name):
    module = importlib.import_module(name)

    assert sorted(module.__all__) == sorted(set(module.__all__))
    assert [] == [item for item in module.__all__ if not hasattr(module, item)]


def test_top_level_holds_what_the_design_lists_and_nothing_more():
    listed = {
        ".ci", ".github", ".gitignore", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile",
        "README.md", "benchmarks", "changelog.d", "constraints.txt", "content", "generator", "pyproject.toml",
        "site.yaml", "tests", "theme",
    }  # fmt: skip
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    if tracked == [""]:
        pytest.skip("not a git checkout, so nobody can say what belongs to it")

    assert listed == {path.split("/")[0] for path in tracked if path}


def test_version_and_help_need_no_engine():
    code = "import sys, octavo.cli; print(sorted(m for m in sys.modules if m.startswith(('octavo.engine', 'jinja2'))))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == result.stdout.strip()


def test_architecture_page_is_short_and_names_every_part():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    parts = {part_of(path) for path in MODULES} - {"__init__", "__main__"}

    assert text.count("\n") <= 200
    assert [] == sorted(part for part in parts if f"`{part}" not in text and f"{part}/" not in text)
