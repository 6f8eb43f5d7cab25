"""Runs of words: how a repository is kept from repeating what it only points at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

WORDS: Final = 8
"""So many words in a row would be a quotation."""

Phrase = tuple[str, ...]

_WORD: Final = re.compile(r"[^\W_]+")


def phrases(text: str) -> Iterator[tuple[Phrase, int]]:
    """Every run of so many words, whatever stands between them, and where it starts."""
    words = [(match.group().casefold(), match.start()) for match in _WORD.finditer(text)]
    for first in range(len(words) - WORDS + 1):
        yield tuple(word for word, _ in words[first : first + WORDS]), words[first][1]
