"""The laws of ARCHITECTURE.md, checked on the source: layers, sizes, who may know which library, who may print."""

import ast
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


def imports_of(path):
    """List every module that a file imports, those inside functions too."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_imports_only_from_layers_above_its_own(path):
    part = part_of(path)
    if part in {"__init__", "__main__"}:
        return
    layer = layer_of(part)
    for name in imports_of(path):
        if not name.startswith("octavo."):
            continue
        other = name.split(".")[1]
        if other == part:
            continue
        is_lower = (
            layer_of(other) < layer or (layer_of(other) == layer <= 1) or (layer_of(other) == layer == 5)
        )

        assert is_lower, f"{name_of(path)} (layer {layer}) imports {name} (layer {layer_of(other)})"


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


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_library_is_known_to_its_owner_alone(path):
    for name in imports_of(path):
        owners = OWNERS.get(name.split(".")[0])

        assert owners is None or part_of(path) in owners, f"{name_of(path)} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_is_one_idea_of_at_most_350_lines(path):
    text = path.read_text(encoding="utf-8")

    assert text.count("\n") <= MAX_LINES
    assert ast.get_docstring(ast.parse(text)) or not text.strip(), "a module says what it is"


def test_median_module_is_near_120_lines():
    sizes = sorted(path.read_text(encoding="utf-8").count("\n") for path in MODULES)

    assert sizes[len(sizes) // 2] <= 150


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(path) != "cli"], ids=name_of)
def test_only_the_command_line_prints(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print", f"{name_of(path)}:{node.lineno}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
            assert node.attr not in {"stdout", "stderr"}, f"{name_of(path)}:{node.lineno}"


@pytest.mark.parametrize("path", [path for path in MODULES if layer_of(part_of(path)) <= 2], ids=name_of)
def test_pure_stages_touch_no_disk_clock_or_environment(path):
    forbidden = {"open", "input", "exec", "eval", "compile", "__import__"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in forbidden, f"{name_of(path)}:{node.lineno} calls {node.func.id}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            pair = f"{node.value.id}.{node.attr}"
            assert pair not in {
                "os.environ",
                "os.getenv",
                "os.listdir",
                "os.stat",
                "datetime.now",
                "time.time",
            }, f"{name_of(path)}:{node.lineno} uses {pair}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_state_changes_at_run_time(path):
    """Module-level names are constants: no `global`, no lower-case list, dict or set to fill."""
    tree = ast.parse(path.read_text(encoding="utf-8"))

    assert [] == [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Global)]
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(node.value, ast.List | ast.Dict | ast.Set):
                assert target.id.isupper() or target.id.startswith("__"), (
                    f"{name_of(path)}:{node.lineno} {target.id}"
                )


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_pickle_and_shell_are_used_nowhere(path):
    text = path.read_text(encoding="utf-8")

    assert not {"pickle", "marshal", "shelve"} & {name.split(".")[0] for name in imports_of(path)}
    assert "shell=True" not in text


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
