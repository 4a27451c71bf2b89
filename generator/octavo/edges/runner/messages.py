"""What goes between the command and the process that runs a chapter: a task in, messages out, as MessagePack."""

import contextlib
import os
import struct
from typing import BinaryIO

import msgspec

from octavo.model import Value
from octavo.tutorial import ChapterTask, StepResult

__all__ = ["Began", "Finished", "Hello", "Message", "Order", "Result", "Sender", "Waits", "read_message"]


class Order(Value, frozen=True, tag="order"):
    """What the process is asked to do."""

    task: ChapterTask
    parent: str
    """The folder for temporary files in which the run makes its own."""
    environment_folder: str
    """The virtual environment."""
    site_folder: str
    """Watched where nothing else keeps a run from writing to it."""
    cache_folder: str
    isolation: str = "auto"
    """`auto`, or `ports` for the lock alone."""
    network: bool = False
    keep: bool = False
    """Leave the work folder where it is."""
    interactive: bool = False
    """At the end, a shell for the person at the terminal."""


class Hello(Value, frozen=True, tag="hello"):
    """How the chapter is kept apart, and where."""

    isolation: str
    reason: str = ""
    """Why not by namespaces."""
    folder: str = ""


class Waits(Value, frozen=True, tag="waits"):
    """The chapter cannot begin yet."""

    text: str
    """For what it waits: `waiting for port 5000, which another run of octavo (pid 12) uses`."""


class Began(Value, frozen=True, tag="began"):
    """A block begins."""

    block: int
    label: str


class Result(Value, frozen=True, tag="result"):
    """A block is done."""

    step: StepResult


class Finished(Value, frozen=True, tag="finished"):
    """The chapter is done, and all that it started has ended."""

    notes: tuple[str, ...] = ()


Message = Hello | Waits | Began | Result | Finished
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Message).decode
_decode_order = msgspec.msgpack.Decoder(Order).decode


def encode_order(order: Order) -> bytes:
    """Write an order."""
    return _encode(order)


def decode_order(data: bytes) -> Order:
    """Read an order."""
    return _decode_order(data)


class Sender:
    """Writes messages to a pipe; that nobody reads any more is no fault of ours."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def send(self, message: Message) -> None:
        """Send a message."""
        data = _encode(message)
        data = struct.pack("!I", len(data)) + data
        with contextlib.suppress(BrokenPipeError):
            while data:
                data = data[os.write(self._handle, data) :]


def read_message(stream: BinaryIO) -> Message | None:
    """Read the next message; None at the end."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    (size,) = struct.unpack("!I", head)
    data = stream.read(size)
    return _decode(data) if len(data) == size else None
