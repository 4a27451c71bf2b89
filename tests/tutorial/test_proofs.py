"""Proofs as values: what makes one, the file it becomes, and files that are none."""

import json

import msgspec
import pytest

from octavo.digest import Digest
from octavo.tutorial.proofs import (
    MAX_PROOF_BYTES,
    CapturedBlock,
    ChapterProof,
    ProofInputs,
    changed_inputs,
    decode_proof,
    encode_proof,
    make_proof,
    proof_path,
)
from octavo.tutorial.results import Captured, ChapterResult, Recorded, StepResult

KEY = Digest("0123456789abcdef" * 2)
INPUTS = ProofInputs(
    runner=Digest("a" * 32),
    steps=Digest("b" * 32),
    settings=Digest("c" * 32),
    requirements=Digest(""),
    depends=Digest("d" * 32),
    start=Digest("e" * 32),
)
PROOF = ChapterProof(
    key=KEY,
    inputs=INPUTS.named(),
    verified=3,
    counted=6,
    skipped=(("needs docker", 2),),
    failing=(("see issue 7", 1),),
    retried=1,
    recorded=Recorded(
        python="3.13.1",
        system="Linux",
        versions=(("zlib-ng", "1"), ("Flask", "3.1.3")),
        isolation="ports",
        date="2026-11-25",
    ),
    captured=(CapturedBlock(step=2, parts=(Captured(line=1, expected=2, lines=("a", "\tb é")),)),),
)


def step(block, role="console", status="passed", **more):
    return StepResult(block=block, role=role, status=status, **more)


def result(*steps, status="verified"):
    return ChapterResult(source="a.md", title="A", tutorial="a", status=status, steps=steps)


def printed(*lines):
    return (Captured(line=1, expected=0, lines=lines),)


# ---------------------------------------------------------------- the file


def test_a_proof_is_read_as_it_was_written():
    assert decode_proof(encode_proof(PROOF)) == (PROOF, "")


def test_a_file_is_sorted_indented_and_ends_in_a_line_end():
    text = encode_proof(PROOF).decode()

    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert '"Flask==3.1.3"' in text


def test_packages_keep_the_order_in_which_they_were_recorded():
    proof, _ = decode_proof(encode_proof(PROOF))

    assert [name for name, _ in proof.recorded.versions] == ["zlib-ng", "Flask"]


def damaged(**changes):
    return json.dumps({**json.loads(encode_proof(PROOF)), **changes}).encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is damaged"),
        (b"\xff\xfe", "is damaged"),
        (b"[]", "is damaged"),
        (b"[" * 100_000, "is damaged"),
        (b"{}", "was written by another version of Octavo"),
        (damaged(schema=2), "was written by another version of Octavo"),
        (damaged(schema="1"), "is damaged"),
        (damaged(key="0"), "is damaged"),
        (damaged(verified=7), "is damaged"),
        (damaged(verified=-1), "is damaged"),
        (damaged(counted=10**9), "is damaged"),
        (damaged(skipped=[{"reason": "x"}]), "is damaged"),
        (damaged(other=1), "is damaged"),
        (damaged(inputs={"steps": "b"}), "is damaged"),
        (damaged(inputs={"<b>": "b" * 32}), "is damaged"),
        (damaged(recorded={"python": "3" * 201}), "is damaged"),
        (encode_proof(PROOF) + b" " * MAX_PROOF_BYTES, "is larger than 512 KiB"),
        (encode_proof(PROOF)[:-20], "is damaged"),
    ],
    ids=lambda value: value[:12].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_what_is_no_proof_says_why(data, reason):
    assert decode_proof(data) == (None, reason)


def test_characters_that_no_line_of_a_page_holds_are_replaced():
    proof, _ = decode_proof(encode_proof(PROOF).replace(b"\\tb", b"\\u0000\\u001b[1mb"))

    assert proof.captured[0].parts[0].lines == ("a", "\ufffd\ufffd[1mb é")


# ---------------------------------------------------------------- what changed


@pytest.mark.parametrize("name", [name for name, _ in INPUTS.named()])
def test_a_proof_tells_what_changed_since(name):
    changed = msgspec.structs.replace(INPUTS, **{name: Digest("f" * 32)})

    assert changed_inputs(PROOF, changed) == (name,)
    assert changed.key != INPUTS.key


def test_nothing_changed_where_all_is_as_it_was_or_the_proof_does_not_tell():
    assert changed_inputs(PROOF, INPUTS) == ()
    assert changed_inputs(ChapterProof(key=KEY), INPUTS) == ()


# ---------------------------------------------------------------- what makes one


@pytest.mark.parametrize("status", ["recorded", "failed", "blocked", "partial", "not-started"])
def test_only_a_chapter_that_was_verified_is_proven(status):
    assert make_proof(INPUTS, result(step(0), status=status)) is None
    assert make_proof(INPUTS, result(step(0))) is not None


@pytest.mark.parametrize("status", ["failed", "not-run"])
def test_a_block_that_failed_or_was_never_reached_proves_nothing_whatever_the_chapter_says(status):
    assert make_proof(INPUTS, result(step(0), step(1, status=status))) is None


def test_blocks_are_counted_as_the_page_counts_them():
    proof = make_proof(
        INPUTS,
        result(
            step(0, "file"),
            step(1, attempts=2),
            step(2, status="skipped", reason="needs docker"),
            step(3, status="skipped", reason="needs docker"),
            step(4, status="xfailed", reason="see issue 7"),
            step(5, "skip", "skipped", reason="takes an hour"),
            step(6, "norun", "skipped"),
        ),
    )

    assert (proof.verified, proof.counted, proof.retried) == (2, 5, 1)
    assert proof.skipped == (("needs docker", 2),)
    assert proof.failing == (("see issue 7", 1),)


def test_what_was_printed_is_kept_for_the_blocks_that_show_it():
    steps = (step(3, captured=printed("kept")), step(5, captured=printed("not asked for")))

    assert make_proof(INPUTS, result(*steps), ((3, 1),)).captured == (
        CapturedBlock(step=1, parts=printed("kept")),
    )


def test_of_very_long_output_nothing_is_kept_and_the_file_can_be_read():
    steps = (
        step(0, captured=printed("short")),
        step(1, captured=printed(*["x"] * 500)),
        step(2, captured=printed("é" * 70_000)),
    )
    proof = make_proof(INPUTS, result(*steps), ((0, 0), (1, 1), (2, 2)))

    assert [block.step for block in proof.captured] == [0]
    assert decode_proof(encode_proof(proof))[0] == proof


def test_the_largest_output_that_is_kept_can_be_read_again():
    lines = tuple("\U0001f40d" * 128 for _ in range(500))
    proof = make_proof(INPUTS, result(step(0, captured=printed(*lines))), ((0, 0),))

    assert decode_proof(encode_proof(proof)) == (proof, "")


def test_a_chapter_without_a_block_to_write_run_or_compare_has_no_proof():
    assert make_proof(INPUTS, result(step(0, "norun", "skipped"))) is None


# ---------------------------------------------------------------- its name


def test_a_proof_is_named_like_its_page():
    assert proof_path("flask/04-first-application.md") == "flask/04-first-application.md.json"


def test_names_too_long_for_the_ending_stay_apart():
    first, second = (proof_path(f"flask/{'a' * 248}{letter}.md") for letter in "xy")

    assert first != second
    assert len(first.rpartition("/")[2].encode()) <= 255
