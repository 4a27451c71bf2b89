"""The manifest: what is known about every output on disk, and how a plan differs from it."""

from collections.abc import Mapping

import msgspec

from octavo.digest import Digest, digest_value
from octavo.model import Value

__all__ = ["Job", "OutputRow", "StaleJob", "encode_parts", "generation_id", "stale_jobs"]


Parts = tuple[tuple[str, Digest], ...]

encode_parts = msgspec.msgpack.Encoder().encode


class Job(Value, frozen=True):
    """One output file that the site should have."""

    output: str
    kind: str
    """`page`, `redirect`, `sitemap`, `titles`, `asset`, `theme`, `download`, `search` or `list`."""
    parts: Parts
    """Named digests of everything that the output is made from: its key."""
    source: str = ""
    """The content file behind it, where there is one."""


class OutputRow(Value, frozen=True):
    """One output as it was made last."""

    parts: msgspec.Raw
    """The encoded parts of the job's key: compared as bytes, and read only to say what differs."""
    digest: Digest
    """Of the bytes on disk."""
    size: int
    mtime_ns: int
    reasons: tuple[str, ...] = ()
    """Names of the parts that differed when it was made last."""
    text: Digest = Digest("")
    """Of what the search index sees of a page; empty for what it does not see."""


class StaleJob(msgspec.Struct, frozen=True):
    """A job whose output is not what it should be, and why."""

    job: Job
    reasons: tuple[str, ...]


def stale_jobs(
    jobs: Mapping[str, Job], rows: Mapping[str, OutputRow], observed: Mapping[str, tuple[int, int]]
) -> list[StaleJob]:
    """Compare a plan with the manifest: a job is fresh when its key is the same and its file is there, untouched."""
    stale: list[StaleJob] = []
    for output, job in jobs.items():
        row = rows.get(output)
        if row is None:
            stale.append(StaleJob(job, ("new",)))
        elif bytes(row.parts) != encode_parts(job.parts):
            before = msgspec.msgpack.decode(row.parts, type=Parts)
            stale.append(StaleJob(job, differing_parts(job.parts, before)))
        elif observed.get(output) != (row.size, row.mtime_ns):
            stale.append(StaleJob(job, ("file" if output in observed else "missing",)))
    return stale


def differing_parts(now: Parts, before: Parts) -> tuple[str, ...]:
    """Name the parts of two keys that differ, in the order of the newer one."""
    old = dict(before)
    new = dict(now)
    return tuple(dict.fromkeys(name for name in (*new, *old) if new.get(name) != old.get(name)))


def generation_id(rows: Mapping[str, OutputRow]) -> str:
    """Name a site by its content: the same outputs give the same id in every folder and at every time."""
    return digest_value(sorted((output, row.digest) for output, row in rows.items()))
