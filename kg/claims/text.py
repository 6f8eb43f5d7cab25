"""The text of a copy as positions and digests count it."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from typing import Final

_BULLET: Final = re.compile(r"(?:[•*‣·-]|\d+\.)\s+")
_NUMBERS: Final = re.compile(r"(?:^|\s)(?P<run>\d+(?:\s*,\s*\d+)*)\s*(?P<colon>:?)$")


def ni(content: bytes) -> str:
    """The digest of some bytes as a named-information IRI (RFC 6920)."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"ni:///sha-256;{digest}"


def as_text(raw: bytes) -> str:
    """The text of a file as positions count it: NFC, lines ended by LF."""
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text)


def normalised(line: str, highest: int) -> str:
    """The sentence of a line as digests are taken: no bullet, no citation numbers at its end."""
    start, end = span(line)
    text = line[start:end]
    numbers = _NUMBERS.search(text)
    if numbers and all(int(each) <= highest for each in re.findall(r"\d+", numbers["run"])):
        text = text[: numbers.start()].rstrip() + numbers["colon"]
    return re.sub(r"\s+", " ", text).strip()


def span(line: str) -> tuple[int, int]:
    """Where the sentence of a line starts and ends: after its bullet, with its numbers."""
    end = len(line.rstrip())
    start = len(line) - len(line.lstrip())
    bullet = _BULLET.match(line, start, end)
    return (bullet.end() if bullet else start), end
