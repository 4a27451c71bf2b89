"""Canonical digests of text, bytes and values.

A digest is 32 hexadecimal characters of BLAKE2b with 16 bytes. Values are encoded by msgspec's MessagePack with
array-like structs, so that equal values have equal digests in every process, locale and hash seed. Sets and mappings
with unordered keys must be sorted by the caller.
"""

import hashlib
from typing import Any, NewType

import msgspec

__all__ = ["Digest", "digest_bytes", "digest_text", "digest_value"]

Digest = NewType("Digest", str)

_encoder = msgspec.msgpack.Encoder()


def digest_bytes(data: bytes) -> Digest:
    """Digest raw bytes."""
    return Digest(hashlib.blake2b(data, digest_size=16).hexdigest())


def digest_text(text: str) -> Digest:
    """Digest text by its UTF-8 bytes; lone surrogates, which valid input never holds, are kept apart."""
    return digest_bytes(text.encode("utf-8", "surrogatepass"))


def digest_value(value: Any) -> Digest:
    """Digest a value made of structs, tuples, lists, dicts in a fixed order, text, numbers and None."""
    return digest_bytes(_encoder.encode(value))
