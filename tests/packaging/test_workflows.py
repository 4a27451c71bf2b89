"""The workflows, ours and that of a new site: least privilege, known actions, an end."""

from pathlib import Path
from typing import Any

import pytest

import yaml

ROOT = Path(__file__).resolve().parents[2]
SCAFFOLD = ROOT / "generator" / "octavo" / "scaffold" / "site" / "dot-github" / "workflows"
WORKFLOWS = sorted([*(ROOT / ".github" / "workflows").glob("*.yml"), *SCAFFOLD.glob("*.yml")])
ACTIONS = {
    "actions/checkout@v7",
    "actions/setup-python@v7",
    "actions/upload-pages-artifact@v5",
    "actions/deploy-pages@v5",
}

every_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.relative_to(ROOT).as_posix())


def load(path: Path) -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load(
        path.read_text(encoding="utf-8").replace("@@REQUIREMENT_AS_WORKFLOW@@", "x")
    )
    return loaded


def steps_of(path: Path) -> list[dict[str, Any]]:
    return [step for job in load(path)["jobs"].values() for step in job["steps"]]


def test_there_are_three_workflows():
    assert [path.name for path in WORKFLOWS] == ["check.yml", "pages.yml", "pages.yml"]


@every_workflow
def test_rights_are_given_to_single_jobs_and_only_deploying_may_write(path):
    workflow = load(path)

    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        granted = {"pages": "write", "id-token": "write"} if name == "deploy" else {"contents": "read"}
        assert job["permissions"] == granted


@every_workflow
def test_every_job_ends(path):
    assert all(0 < job["timeout-minutes"] <= 30 for job in load(path)["jobs"].values())


@every_workflow
def test_only_known_actions_run(path):
    assert {step["uses"] for step in steps_of(path) if "uses" in step} <= ACTIONS


@every_workflow
def test_the_history_is_fetched_and_the_token_is_not_kept(path):
    (checkout,) = (step for step in steps_of(path) if step.get("uses", "").startswith("actions/checkout"))

    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}


@every_workflow
def test_nothing_of_a_stranger_reaches_a_shell(path):
    # YAML 1.1 reads the key `on` as true.
    assert "pull_request_target" not in load(path)[True]
    assert [step["run"] for step in steps_of(path) if "${{" in step.get("run", "")] == []


def test_checks_run_on_four_versions_of_python_from_the_oldest_that_is_supported():
    matrix = load(ROOT / ".github" / "workflows" / "check.yml")["jobs"]["check"]["strategy"]["matrix"]

    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
