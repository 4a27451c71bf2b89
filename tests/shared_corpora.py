"""Where the corpora beside the checkout are; tests that need them skip where they are not."""

import json
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


def shared_path(name: str) -> Path:
    """Give a path below the shared folder, or skip the test."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"../shared/{name} is not there")
    return path


def specification_examples(name: str) -> list[dict[str, Any]]:
    """Give the examples of a specification: `commonmark-0.31.2` or `gfm-0.29`."""
    examples: list[dict[str, Any]] = json.loads(shared_path(f"corpora/spec/{name}.json").read_text("utf-8"))
    return examples
