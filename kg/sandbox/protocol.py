"""What goes between a caller and a worker: messages, and errors as plain values.

SandboxError            processes cannot be confined or started on this machine
├── BusyError           there is no room for a job now
├── DeadlineError       a job was stopped at its deadline
├── ExhaustedError      a job used up the memory or the stack that it may have
└── JobError            a job ended with an error of its own program
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

_START: Final = struct.Struct("!IId")
"""How many bytes the head and the body have, and the seconds."""
_encode_json: Final = json.JSONEncoder(separators=(",", ":")).encode
_BLANK: Final = b" "
"""What a head begins with that many messages have; another begins with a bracket."""
_LONGEST_FIXED: Final = 1024
_PIECE: Final = 8192
"""Bytes that are received at once: more than nearly all messages have. For a block much larger,
the allocator would put all small free ones together each time."""
_MOST: Final = 256 * 1024 * 1024
"""Bytes of a message that a reader accepts; the limits on requests and results are far below."""


class SandboxError(Exception):
    """A job could not be run, or not to its end."""

    details: Mapping[str, int] = {}
    """Numbers that an error of a job holds besides its message, such as a line."""

    @property
    def kind(self) -> str:
        """What an error of this kind is called, whoever raised it first."""
        return type(self).__name__


class BusyError(SandboxError):
    """There is no room for a job now."""


class DeadlineError(SandboxError):
    """A job was stopped at its deadline."""


class ExhaustedError(SandboxError):
    """A job used up the memory or the stack that it may have."""


class JobError(SandboxError):
    """A job ended with an error of its own program."""

    def __init__(self, kind: str, message: str, details: Mapping[str, int]) -> None:
        super().__init__(message)
        self._kind = kind
        self.details = details

    @property
    def kind(self) -> str:
        """The name of the class of the error that the job ended with."""
        return self._kind


class Fixed(dict[str, object]):
    """A head that many messages have; it is written once and read once.

    Both sides remember it, so it has to hold nothing of what anybody sends.
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__(values)
        self.written = b" " + _encode_json(values).encode()

    def __hash__(self) -> int:  # type: ignore[override] # it never changes
        return hash(self.written)


class Frame(NamedTuple):
    """One message: a head of plain values and a body."""

    head: Mapping[str, object]
    body: bytes = b""
    seconds: float = 0.0
    """Processor time: what a request may take, and what a reply took."""


def encode(frame: Frame) -> bytes:
    """A message as bytes."""
    values = frame.head
    head = values.written if isinstance(values, Fixed) else _encode_json(values).encode()
    return b"".join((_START.pack(len(head), len(frame.body), frame.seconds), head, frame.body))


class Reader:
    """Puts messages together from the pieces in which they arrive."""

    def __init__(self, most: int = _MOST) -> None:
        self._buffer = bytearray()
        self._most = most

    def feed(self, piece: bytes) -> Frame | None:
        """Add a piece; gives the first message that is whole, and the next one for an empty piece.

        ValueError: it is none of ours.
        """
        if not self._buffer and (frame := _whole(piece)) is not None:
            return frame
        self._buffer += piece
        if len(self._buffer) < _START.size:
            return None
        head, body, seconds = _START.unpack_from(self._buffer)
        start = _START.size + head
        whole = start + body
        if whole > self._most:
            raise ValueError(f"a message of {whole} bytes; at most {self._most} are taken")
        if len(self._buffer) < whole:
            return None
        values = _read_head(bytes(self._buffer[_START.size : start]))
        frame = Frame(values, bytes(self._buffer[start:whole]), seconds)
        del self._buffer[:whole]
        return frame


def _whole(piece: bytes) -> Frame | None:
    """The message that a piece is, where it is just one: most are, and need no putting together."""
    if len(piece) < _START.size:
        return None
    head, body, seconds = _START.unpack_from(piece)
    start = _START.size + head
    if len(piece) != start + body:
        return None
    return Frame(_read_head(piece[_START.size : start]), piece[start:], seconds)


def _read_head(written: bytes) -> Mapping[str, object]:
    if written[:1] == _BLANK and len(written) <= _LONGEST_FIXED:
        return _read_fixed(written)
    return _read_object(written)


@lru_cache(maxsize=256)
def _read_fixed(written: bytes) -> Fixed:
    return Fixed(_read_object(written))


def _read_object(written: bytes) -> dict[str, object]:
    """The values of a head; ValueError where it is no JSON object."""
    values = json.loads(written)
    if not isinstance(values, dict):
        raise ValueError("the head of a message is no JSON object")  # noqa: TRY004 - as its text
    return values


def send(connection: socket.socket, frame: Frame) -> None:
    """Send a message, and wait until it is sent."""
    connection.sendall(encode(frame))


def receive(connection: socket.socket, reader: Reader) -> Frame | None:
    """Wait for a message; None when the other side has closed."""
    piece = b""
    while (frame := reader.feed(piece)) is None:
        piece = connection.recv(_PIECE)
        if not piece:
            return None
    return frame


def encode_error(error: Exception) -> Frame:
    """The reply for an error that a job ended with: its name, its message and its numbers."""
    details = {name: value for name, value in vars(error).items() if type(value) is int}
    return Frame({"error": type(error).__name__, "message": str(error), "details": details})


def raise_for_error(reply: Frame) -> Frame:
    """The reply, or else the error that the job ended with is raised as a JobError."""
    head = reply.head
    if "error" not in head:
        return reply
    details = head.get("details")
    raise JobError(
        str(head["error"]),
        str(head.get("message")),
        details if isinstance(details, dict) else {},
    )
