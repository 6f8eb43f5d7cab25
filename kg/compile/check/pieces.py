"""Rules that look at one subject at a time, asked of those pieces of a graph that changed.

Most rules are about what is said of one thing, and of a few others whose lines stand beside each
piece, so what they find in a graph is what they find in its pieces. The pieces are cut where the
subjects say so and not after so many lines: what is written into one of them moves no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from zlib import crc32

import msgspec

from kg.compile.check.rules import Rule
from kg.compile.inputs import code_digest
from kg.compile.kept import digest_of, keep_results, kept_results
from kg.compile.lines import Lines, lines_saying
from kg.compile.matching import read_query
from kg.compile.remembered import RememberingStore
from kg.store.base import Store
from kg.store.local import LocalStore

_KEPT: Final = "pieces"
_SUBJECTS: Final = 64
"""So many subjects make a piece, on an average."""


def find_quiet(nquads: bytes, rules: Sequence[Rule], store: RememberingStore) -> frozenset[str]:
    """The names of rules that find nothing; one that is not among them may find something.

    The N-Quads are sorted, and the store is of the same.
    """
    alone, looked_up = _by_piece(rules, store.lines)
    asked = "\n".join(f"{rule.name}\n{rule.query}" for rule in alone).encode()
    beside = lines_saying(nquads, sorted(looked_up))
    judge = code_digest()
    known = kept_results(_KEPT)
    pieces = {digest_of(judge, asked, beside, piece): piece for piece in _pieces(nquads)}
    fresh = [piece for name, piece in pieces.items() if name not in known]
    many = len(fresh) * 2 > len(pieces)
    found = _telling(alone, store.loaded if many else [*fresh, beside]) if fresh else []
    results = {
        name: msgspec.json.decode(known[name], type=list[str]) if name in known else found
        for name in pieces
    }
    if fresh or len(results) != len(known):
        keep_results(_KEPT, results)
    return frozenset(rule.name for rule in alone) - {
        each for told in results.values() for each in told
    }


def _by_piece(rules: Sequence[Rule], lines: Lines) -> tuple[list[Rule], set[str]]:
    """The rules that may be asked piece by piece, and the properties that they look up beside."""
    found: list[Rule] = []
    looked_up: set[str] = set()
    for rule in rules:
        patterns = read_query(rule.query).looked_up
        few = None if patterns is None else lines.few(patterns)
        if few is not None:
            found.append(rule)
            looked_up.update(few)
    return found, looked_up


def _telling(rules: Sequence[Rule], where: Store | Sequence[bytes]) -> list[str]:
    """The names of the rules that find something."""
    if isinstance(where, Sequence):
        where = LocalStore(b"".join(where))
    return [rule.name for rule in rules if len(where.select(rule.query))]


def _pieces(nquads: bytes) -> Iterator[bytes]:
    """A graph in pieces, the lines of a subject all in one."""
    piece: list[bytes] = []
    subject = b"\n"  # what no line begins with
    for line in nquads.splitlines(keepends=True):
        if not line.startswith(subject):
            subject = line[: line.index(b" ") + 1]
            if piece and crc32(subject) % _SUBJECTS == 0:
                yield b"".join(piece)
                piece = []
        piece.append(line)
    yield b"".join(piece)
