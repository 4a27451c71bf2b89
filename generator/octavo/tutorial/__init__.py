"""Tutorials whose code evolves from one source: blocks become steps, steps become states of a project, states become views.

The stages, each in its modules: `roles` (what a block is), `changes` with `edits`, `diffs` and `excerpts` (one step on
one file), `fold` (a chapter), `views` and `html` (what readers see), `zips` (what they take away), `execution` and `proofs` (what a proof is of). Everything is pure:
nothing here opens a file, knows a page's address, or runs a command.
"""

from octavo.tutorial.captured import OutputPart, show_captured
from octavo.tutorial.execution import Execution, RunSettings, outline_execution, run_settings
from octavo.tutorial.fold import ChapterFold, Start, Written, fold_chapter
from octavo.tutorial.html import block_html, change_html
from octavo.tutorial.places import locate_problems
from octavo.tutorial.proofs import (
    CapturedBlock,
    ChapterProof,
    decode_proof,
    encode_proof,
    make_proof,
    proof_key,
    proof_path,
)
from octavo.tutorial.roles import Given, read_steps
from octavo.tutorial.step import Step, StepProblem
from octavo.tutorial.trees import EMPTY_TREE, Tree, make_tree
from octavo.tutorial.views import BlockView, ChapterViews, FileChange
from octavo.tutorial.zips import exclude_files, make_zip

__all__ = [
    "EMPTY_TREE",
    "BlockView",
    "CapturedBlock",
    "ChapterFold",
    "ChapterProof",
    "ChapterViews",
    "Execution",
    "FileChange",
    "Given",
    "OutputPart",
    "RunSettings",
    "Start",
    "Step",
    "StepProblem",
    "Tree",
    "Written",
    "block_html",
    "change_html",
    "decode_proof",
    "encode_proof",
    "exclude_files",
    "fold_chapter",
    "locate_problems",
    "make_proof",
    "make_tree",
    "make_zip",
    "outline_execution",
    "proof_key",
    "proof_path",
    "read_steps",
    "run_settings",
    "show_captured",
]
