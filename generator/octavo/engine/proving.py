"""Chapters and their proofs: the key of each chapter as it is now, whether a proof stands under it, what pages say of it.

`chapter_keys` is for whoever runs chapters; `prove_chapter` makes the file that the next plan finds.
"""

from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING

from octavo.context import ProofSlice, ProofState
from octavo.digest import Digest
from octavo.engine.chapters import FoldedTutorial
from octavo.engine.documents import PrivateRows
from octavo.engine.tutorialfiles import TutorialFiles
from octavo.errors import Diagnostic, Location, error
from octavo.model import Value
from octavo.tutorial import (
    ChapterProof,
    Execution,
    ProofInputs,
    RunSettings,
    Tree,
    changed_inputs,
    decode_proof,
    encode_proof,
    make_proof,
    proof_inputs,
    proof_path,
    run_settings,
)

if TYPE_CHECKING:
    from octavo.engine.planning import PlannedSite
    from octavo.tutorial.results import ChapterResult

__all__ = [
    "ChapterKey",
    "captured_parts",
    "chapter_keys",
    "key_chapters",
    "prove_chapter",
    "report_unproven",
    "show_proof",
]


_CHANGED = {
    "depends": "a file under `depends`",
    "requirements": "the requirements",
    "runner": "the part of Octavo that runs chapters",
    "settings": "the settings",
    "start": "the files that the chapter begins with",
    "steps": "its blocks",
}


class ChapterKey(Value, frozen=True):
    """One chapter of a planned site: what it would be verified under, and whether it is."""

    source: str
    """Of the page, below the content folder."""
    output: str
    tutorial: str
    """The source of the folder's page."""
    inputs: ProofInputs
    """What it would be verified under; a proof must hold their key to be valid."""
    start: Tree
    settings: RunSettings
    execution: Execution
    state: ProofState = "none"
    proof: ChapterProof | None = None
    """The valid one."""
    changed: tuple[str, ...] = ()
    """Of a stale proof: the names of the inputs that changed, as far as it tells."""
    reason: str = ""
    """Why a file that is there is no proof: a short phrase; empty where there is none, or it can be read."""

    @property
    def key(self) -> Digest:
        """What a proof must hold to be valid now."""
        return self.inputs.key


def chapter_keys(planned: "PlannedSite") -> tuple[ChapterKey, ...]:
    """Give the keys of all chapters of a planned site, tutorial by tutorial in reading order."""
    return planned.plan.tutorials.keys


def key_chapters(
    tutorial: FoldedTutorial, files: TutorialFiles, runner: Digest, proofs: Mapping[str, bytes]
) -> tuple[ChapterKey, ...]:
    """Compare the chapters of a folded tutorial with what is on record.

    *runner* is the digest of the code that runs chapters, *proofs* the bytes that are kept, by `proof_path`.
    """
    outline = tutorial.outline
    keys: list[ChapterKey] = []
    for number, chapter in enumerate(outline.chapters):
        row, start = tutorial.rows[number], tutorial.starts[number].tree
        settings = run_settings(outline.project, outline.settings, tutorial.settings_of(number))
        inputs = proof_inputs(
            runner=runner,
            steps=row.execution.digest,
            settings=settings,
            requirements=files.requirements,
            depends=files.depends,
            start=start,
        )
        data = proofs.get(proof_path(chapter.source))
        proof, reason = decode_proof(data) if data is not None else (None, "")
        is_valid = proof is not None and proof.key == inputs.key
        keys.append(
            ChapterKey(
                source=chapter.source,
                output=chapter.output,
                tutorial=outline.source,
                inputs=inputs,
                start=start,
                settings=settings,
                execution=row.execution,
                state="verified" if is_valid else "none" if proof is None else "stale",
                proof=proof if is_valid else None,
                changed=changed_inputs(proof, inputs) if proof is not None else (),
                reason=reason,
            )
        )
    return tuple(keys)


def prove_chapter(chapter: ChapterKey, result: "ChapterResult") -> tuple[str, bytes] | None:
    """Make the file of a chapter that was verified just now: its path below the folder of proofs, and its bytes.

    None unless all of the chapter was run and passed. *chapter* is the key that it was run under.
    """
    proof = make_proof(chapter.inputs, result, chapter.execution.captured)
    return None if proof is None else (proof_path(chapter.source), encode_proof(proof))


def show_proof(chapter: ChapterKey) -> ProofSlice:
    """Give what the page of a chapter says of its proof."""
    proof = chapter.proof
    if proof is None:
        return ProofSlice(state=chapter.state)
    facts = proof.recorded
    return ProofSlice(
        state="verified",
        verified=proof.verified,
        counted=proof.counted,
        skipped=proof.skipped,
        failing=proof.failing,
        retried=proof.retried,
        python=facts.python,
        system=facts.system,
        date=facts.date,
        versions=facts.versions,
    )


def captured_parts(
    chapter: ChapterKey,
) -> tuple[tuple[int, tuple[tuple[int, int, tuple[str, ...]], ...]], ...]:
    """Give what blocks really printed, by their number on the page; nothing without a valid proof."""
    if chapter.proof is None:
        return ()
    blocks = {number: block for block, number in chapter.execution.captured}
    return tuple(
        (blocks[found.step], tuple((part.line, part.expected, part.lines) for part in found.parts))
        for found in chapter.proof.captured
        if found.step in blocks
    )


def report_unproven(
    keys: Sequence[ChapterKey], bodies: PrivateRows, content_dir: str, misread: Container[str]
) -> tuple[Diagnostic, ...]:
    """Report every chapter in which something is executed and that no valid proof stands for.

    *misread* are the files of pages whose blocks are wrong. From such a chapter on, nothing is known of its tutorial:
    what is wrong there is the cause, and is told already.
    """
    unknown: set[str] = set()
    unproven: list[ChapterKey] = []
    for each in keys:
        if f"{content_dir}/{each.source}" in misread:
            unknown.add(each.tutorial)
        if each.execution.executed and each.state != "verified" and each.tutorial not in unknown:
            unproven.append(each)
    pages = bodies.blocks([each.source for each in unproven])
    found: list[Diagnostic] = []
    for chapter in unproven:
        file = f"{content_dir}/{chapter.source}"
        page = pages.get(chapter.source)
        place = page.places[chapter.execution.first] if page is not None else None
        code, message = "proof-missing", "no run of this chapter is on record"
        if chapter.state == "stale":
            code = "proof-stale"
            changed = [_CHANGED[name] for name in chapter.changed]
            message = f"changed since this chapter was verified: {', '.join(changed) or 'what it depends on'}"
        elif chapter.reason:
            message = f"the proof of this chapter {chapter.reason}"
        found.append(
            error(
                code,
                message,
                place.location if place is not None else Location(file),
                excerpt=place.excerpt if place is not None else "",
                hint=f"run `octavo test {file}`",
            )
        )
    return tuple(found)
