"""A request that is not answered with content: a status, and a sentence that says why."""

import msgspec

__all__ = ["Refusal"]


class Refusal(msgspec.Struct, frozen=True):
    """What is said instead of an answer, as plain text; nothing of the request is repeated in it but a sound host."""

    status: int
    text: str
