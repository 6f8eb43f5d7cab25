"""What goes over the socket between a caller and a worker: a head of plain values and a body."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_START: Final = struct.Struct("!IId")
"""How many bytes the head and the body have, and the seconds."""
_encoded: Final = json.JSONEncoder(separators=(",", ":")).encode
_MOST: Final = 256 * 1024 * 1024
"""Bytes of a frame that a reader accepts; the limits on requests and results are far below."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message."""

    head: Mapping[str, object]
    body: bytes = b""
    seconds: float = 0.0
    """Processor time: what a request may take, and what a reply took."""


def written(frame: Frame) -> bytes:
    """A message as bytes."""
    head = _encoded(frame.head).encode()
    return b"".join((_START.pack(len(head), len(frame.body), frame.seconds), head, frame.body))


class Reader:
    """Puts messages together from the pieces in which they arrive."""

    def __init__(self, most: int = _MOST) -> None:
        self._buffer = bytearray()
        self._most = most

    def feed(self, piece: bytes) -> Frame | None:
        """Add a piece; gives the message once it is whole. ValueError: it is not one of ours."""
        self._buffer += piece
        if len(self._buffer) < _START.size:
            return None
        head, body, seconds = _START.unpack_from(self._buffer)
        whole = _START.size + head + body
        if whole > self._most:
            raise ValueError(f"a message of {whole} bytes; at most {self._most} are taken")
        if len(self._buffer) < whole:
            return None
        start = _START.size + head
        frame = Frame(
            json.loads(self._buffer[_START.size : start]),
            bytes(self._buffer[start:whole]),
            seconds,
        )
        del self._buffer[:whole]
        return frame


def send(connection: socket.socket, frame: Frame) -> None:
    """Send a message, and wait until it is sent."""
    connection.sendall(written(frame))


def receive(connection: socket.socket) -> Frame | None:
    """Wait for a message; None when the other side has closed."""
    reader = Reader()
    while piece := connection.recv(65_536):
        frame = reader.feed(piece)
        if frame is not None:
            return frame
    return None
