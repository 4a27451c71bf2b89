"""Tutorials whose code evolves from one source: blocks become steps, steps become states of a project, states become views.

The stages, each in its modules: `roles` (what a block is), `changes` with `edits`, `diffs` and `excerpts` (one step on
one file), `fold` (a chapter), `views` and `html` (what readers see), `zips` (what they take away), `execution` and `proofs` (what a proof is of). Everything is pure:
nothing here opens a file, knows a page's address, or runs a command.
"""

from octavo.tutorial.alignment import align_json, align_output
from octavo.tutorial.captured import OutputPart, show_captured
from octavo.tutorial.commands import refuse_command
from octavo.tutorial.contents import Command, read_commands
from octavo.tutorial.excerpts import split_lines
from octavo.tutorial.execution import Execution, RunSettings, outline_execution, run_settings
from octavo.tutorial.fold import ChapterFold, Start, Written, fold_chapter
from octavo.tutorial.html import block_html, change_html
from octavo.tutorial.httpblocks import HttpBlock, compare_response, read_http
from octavo.tutorial.jsontext import compare_body, parse_json
from octavo.tutorial.labels import label_of
from octavo.tutorial.matching import Mismatch, compare_output, is_unchecked, is_unfilled, match_prefix
from octavo.tutorial.normalise import Normalisation, decode_output, normalise_lines, present
from octavo.tutorial.places import locate_problems
from octavo.tutorial.prompts import Example, align_example, compare_example, read_examples
from octavo.tutorial.proofs import (
    CapturedBlock,
    ChapterProof,
    ProofInputs,
    changed_inputs,
    decode_proof,
    encode_proof,
    make_proof,
    proof_inputs,
    proof_path,
)
from octavo.tutorial.results import Captured, ChapterResult, Recorded, StepFailure, StepResult, StepStatus
from octavo.tutorial.rewriting import BlockUpdate, RewriteProblem, rewrite_blocks
from octavo.tutorial.roles import Given, read_steps
from octavo.tutorial.step import CHANGING, EXECUTED, Step, StepProblem
from octavo.tutorial.task import DEFAULT_TIMEOUT, ChapterTask
from octavo.tutorial.trees import EMPTY_TREE, Tree, make_tree
from octavo.tutorial.views import BlockView, ChapterViews, FileChange
from octavo.tutorial.zips import exclude_files, make_zip

__all__ = [
    "CHANGING",
    "DEFAULT_TIMEOUT",
    "EMPTY_TREE",
    "EXECUTED",
    "BlockUpdate",
    "BlockView",
    "Captured",
    "CapturedBlock",
    "ChapterFold",
    "ChapterProof",
    "ChapterResult",
    "ChapterTask",
    "ChapterViews",
    "Command",
    "Example",
    "Execution",
    "FileChange",
    "Given",
    "HttpBlock",
    "Mismatch",
    "Normalisation",
    "OutputPart",
    "ProofInputs",
    "Recorded",
    "RewriteProblem",
    "RunSettings",
    "Start",
    "Step",
    "StepFailure",
    "StepProblem",
    "StepResult",
    "StepStatus",
    "Tree",
    "Written",
    "align_example",
    "align_json",
    "align_output",
    "block_html",
    "change_html",
    "changed_inputs",
    "compare_body",
    "compare_example",
    "compare_output",
    "compare_response",
    "decode_output",
    "decode_proof",
    "encode_proof",
    "exclude_files",
    "fold_chapter",
    "is_unchecked",
    "is_unfilled",
    "label_of",
    "locate_problems",
    "make_proof",
    "make_tree",
    "make_zip",
    "match_prefix",
    "normalise_lines",
    "outline_execution",
    "parse_json",
    "present",
    "proof_inputs",
    "proof_path",
    "read_commands",
    "read_examples",
    "read_http",
    "read_steps",
    "refuse_command",
    "rewrite_blocks",
    "run_settings",
    "show_captured",
    "split_lines",
]
