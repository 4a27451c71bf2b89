"""Proofs: that a chapter ran as its page says, in a form that is kept beside the site and compared with the page.

A proof holds the key of what was run. `build` makes the same key of the page as it is; where the two are equal, the page
is verified. What only the machine knows (versions, system, day) is recorded and in no key. The file is JSON made to be
read: sorted, indented, the same bytes for the same proof. It is an input like any other, so nothing in it is believed.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Annotated

import msgspec

from octavo.digest import Digest, digest_text, digest_value
from octavo.model import Value
from octavo.tutorial.execution import RunSettings
from octavo.tutorial.results import Captured, ChapterResult, Recorded, StepResult
from octavo.tutorial.trees import Tree

__all__ = [
    "MAX_PROOF_BYTES",
    "CapturedBlock",
    "ChapterProof",
    "ProofInputs",
    "changed_inputs",
    "decode_proof",
    "encode_proof",
    "make_proof",
    "proof_inputs",
    "proof_path",
]

SCHEMA = 1
MAX_PROOF_BYTES = 512 * 1024
"""A larger file is no proof."""

_MOST_LINES = 500
_MOST_CHARACTERS = 64 * 1024
_LONGEST_NAME = 200
_UNCOUNTED = frozenset({"skip", "norun"})
_UNPROVEN = frozenset({"failed", "not-run"})
_CONTROLS = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")

_Count = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
_Short = Annotated[str, msgspec.Meta(max_length=200)]
_Name = Annotated[str, msgspec.Meta(pattern="^[a-z]{1,20}$")]
_Hex = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
_HexOrNone = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{32})?$")]
_Line = Annotated[str, msgspec.Meta(max_length=_MOST_CHARACTERS)]


class CapturedBlock(Value, frozen=True):
    """What one block really printed."""

    step: int
    """The number of the block among those that are executed, counted from 0."""
    parts: tuple[Captured, ...]


class ChapterProof(Value, frozen=True):
    """That a chapter was run, and everything in it passed."""

    key: Digest
    inputs: tuple[tuple[str, Digest], ...] = ()
    """What the key was made of, as `ProofInputs` names it; only for telling what changed."""
    schema: int = SCHEMA
    verified: int = 0
    """How many blocks passed."""
    counted: int = 0
    """How many there are to write, run or compare."""
    skipped: tuple[tuple[str, int], ...] = ()
    """Why blocks could not run on that machine, and how many: another profile, another system, a missing program."""
    failing: tuple[tuple[str, int], ...] = ()
    """Why blocks failed as the page says they must, and how many."""
    retried: int = 0
    """How many blocks passed at a later attempt."""
    recorded: Recorded = Recorded()
    captured: tuple[CapturedBlock, ...] = ()


class ProofInputs(Value, frozen=True):
    """What the outcome of a chapter depends on, as far as `build` can know it: a digest each."""

    runner: Digest
    """The code that runs chapters."""
    steps: Digest
    settings: Digest
    requirements: Digest
    depends: Digest
    start: Digest
    """The project that the chapter begins with."""

    @property
    def key(self) -> Digest:
        """What a proof must hold to be valid."""
        return digest_value((SCHEMA, self.named()))

    def named(self) -> tuple[tuple[str, Digest], ...]:
        """Give the digests with their names, in the order of those."""
        return tuple((name, getattr(self, name)) for name in sorted(self.__struct_fields__))


def proof_inputs(
    *,
    runner: Digest,
    steps: Digest,
    settings: RunSettings,
    requirements: Digest,
    depends: Sequence[tuple[str, Digest]],
    start: Tree,
) -> ProofInputs:
    """Digest what the outcome of a chapter depends on.

    *steps* is the digest of `outline_execution`. *requirements* is the digest of that file, empty without one. *depends*
    holds paths as the settings write them, in any order.
    """
    return ProofInputs(
        runner=runner,
        steps=steps,
        settings=digest_value(settings),
        requirements=requirements,
        depends=digest_value(sorted(depends)),
        start=digest_value(start),
    )


def changed_inputs(proof: ChapterProof, inputs: ProofInputs) -> tuple[str, ...]:
    """Name the inputs that are others than when a chapter was verified, as `ProofInputs` does; none where it is unknown."""
    now = dict(inputs.named())
    return tuple(name for name, digest in proof.inputs if now.get(name, digest) != digest)


def proof_path(source: str) -> str:
    """Give the path of a chapter's proof below the folder of proofs, `flask/03-routing.md.json`.

    *source* is the path of the page below the content folder. A name that no file system could hold with the ending is
    cut, and told apart by its digest.
    """
    folder, slash, name = source.rpartition("/")
    if len(name.encode("utf-8", "surrogatepass")) > _LONGEST_NAME:
        name = f"{name[:40]}-{digest_text(name)}"
    return f"{folder}{slash}{name}.json"


def make_proof(
    inputs: ProofInputs, result: ChapterResult, captured: Collection[tuple[int, int]] = ()
) -> ChapterProof | None:
    """Make the proof of a chapter; None unless it was run as a whole and verified, and has blocks to verify.

    *captured* is that of the chapter's `Execution`. What a block printed is kept up to 500 lines and 64 KiB in all blocks
    together; of a block beyond that the page goes on to show the author's text.
    """
    steps = [step for step in result.steps if step.role not in _UNCOUNTED]
    if result.status != "verified" or not steps or any(step.status in _UNPROVEN for step in steps):
        return None
    return ChapterProof(
        key=inputs.key,
        inputs=inputs.named(),
        verified=sum(step.status == "passed" for step in steps),
        counted=len(steps),
        skipped=_reasons(step for step in steps if step.status == "skipped"),
        failing=_reasons(step for step in steps if step.status == "xfailed"),
        retried=sum(step.attempts > 1 for step in steps if step.status == "passed"),
        recorded=result.recorded,
        captured=_capture(steps, dict(captured)),
    )


def _reasons(steps: Iterable[StepResult]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(step.reason for step in steps).items()))


def _capture(steps: Sequence[StepResult], wanted: Mapping[int, int]) -> tuple[CapturedBlock, ...]:
    """Keep what blocks printed, in their order, as far as there is room."""
    kept: list[CapturedBlock] = []
    lines = characters = 0
    for step in steps:
        if step.block not in wanted or step.status != "passed" or not step.captured:
            continue
        texts = [line for part in step.captured for line in part.lines]
        lines += len(texts)
        characters += sum(len(text) for text in texts)
        if lines > _MOST_LINES or characters > _MOST_CHARACTERS:
            break
        parts = tuple(msgspec.structs.replace(part, lines=_printable(part.lines)) for part in step.captured)
        kept.append(CapturedBlock(step=wanted[step.block], parts=parts))
    return tuple(kept)


# ---------------------------------------------------------------- the file


class _Reason(msgspec.Struct, forbid_unknown_fields=True):
    reason: _Line
    blocks: _Count


class _Part(msgspec.Struct, forbid_unknown_fields=True):
    line: _Count
    expected: _Count
    lines: tuple[_Line, ...]


class _Block(msgspec.Struct, forbid_unknown_fields=True):
    step: _Count
    parts: tuple[_Part, ...]


class _Facts(msgspec.Struct, forbid_unknown_fields=True):
    python: _Short = ""
    system: _Short = ""
    isolation: _Short = ""
    date: _Short = ""
    versions: tuple[_Short, ...] = ()
    """As requirements are written, `Flask==3.1.3`."""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    key: _Hex
    schema: int
    verified: _Count
    counted: _Count
    retried: _Count
    skipped: tuple[_Reason, ...]
    failing: tuple[_Reason, ...]
    recorded: _Facts
    captured: tuple[_Block, ...]
    inputs: dict[_Name, _HexOrNone] = {}


class _Head(msgspec.Struct):
    schema: int = 0


_decode_head = msgspec.json.Decoder(_Head).decode
_decode_file = msgspec.json.Decoder(_File).decode


def encode_proof(proof: ChapterProof) -> bytes:
    """Write a proof as JSON: keys sorted, indented, with a line end behind it."""
    facts = proof.recorded
    file = _File(
        key=proof.key,
        inputs=dict(proof.inputs),
        schema=proof.schema,
        verified=proof.verified,
        counted=proof.counted,
        retried=proof.retried,
        skipped=tuple(_Reason(reason, count) for reason, count in proof.skipped),
        failing=tuple(_Reason(reason, count) for reason, count in proof.failing),
        recorded=_Facts(
            python=facts.python,
            system=facts.system,
            isolation=facts.isolation,
            date=facts.date,
            versions=tuple(f"{name}=={version}" for name, version in facts.versions),
        ),
        captured=tuple(
            _Block(block.step, tuple(_Part(part.line, part.expected, part.lines) for part in block.parts))
            for block in proof.captured
        ),
    )
    return msgspec.json.format(msgspec.json.encode(file, order="sorted"), indent=2) + b"\n"


def decode_proof(data: bytes) -> tuple[ChapterProof | None, str]:
    """Read a proof; without one, say why in a short phrase: another schema, too large, not what we write."""
    if len(data) > MAX_PROOF_BYTES:
        return None, f"is larger than {MAX_PROOF_BYTES // 1024} KiB"
    try:
        if _decode_head(data).schema != SCHEMA:
            return None, "was written by another version of Octavo"
        file = _decode_file(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None, "is damaged"
    if file.verified > file.counted:
        return None, "is damaged"
    facts = file.recorded
    pairs = (entry.partition("==") for entry in facts.versions)
    proof = ChapterProof(
        key=Digest(file.key),
        inputs=tuple((name, Digest(digest)) for name, digest in sorted(file.inputs.items())),
        schema=file.schema,
        verified=file.verified,
        counted=file.counted,
        retried=file.retried,
        skipped=tuple((each.reason, each.blocks) for each in file.skipped),
        failing=tuple((each.reason, each.blocks) for each in file.failing),
        recorded=Recorded(
            python=facts.python,
            system=facts.system,
            isolation=facts.isolation,
            date=facts.date,
            versions=tuple((name, version) for name, _, version in pairs),
        ),
        captured=tuple(
            CapturedBlock(
                step=block.step,
                parts=tuple(
                    Captured(line=part.line, expected=part.expected, lines=_printable(part.lines))
                    for part in block.parts
                ),
            )
            for block in file.captured
        ),
    )
    return proof, ""


def _printable(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Replace what cannot stand in a line of a page."""
    return tuple(_CONTROLS.sub("\ufffd", line) for line in lines)
