"""Adds lines to a Turtle text that people wrote, and leaves every other byte as it is.

No library writes Turtle and keeps its comments and its order. The text is cut by the scanner of
queries, for both grammars have the same terms; whether it is Turtle, the parser says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from kg.store.syntax import tokens

_REST_OF_LINE: Final = re.compile(r"[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)")


class Token(NamedTuple):
    """One piece of a Turtle text, at the depth of brackets that it stands in."""

    text: str
    start: int
    end: int
    depth: int


@dataclass(frozen=True, slots=True)
class Block:
    """One statement of a Turtle text, from its subject to its full stop."""

    tokens: tuple[Token, ...]

    @property
    def subject(self) -> str:
        """The subject as it is written."""
        return self.tokens[0].text

    @property
    def start(self) -> int:
        """Where the subject begins."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where the full stop ends."""
        return self.tokens[-1].end


def read_blocks(text: str) -> tuple[Block, ...]:
    """The statements of a Turtle text, in order."""
    found: list[Block] = []
    waiting: list[Token] = []
    for token in _tokens(text):
        waiting.append(token)
        if token.text == "." and token.depth == 0:
            found.append(Block(tuple(waiting)))
            waiting = []
    return tuple(found)


def _tokens(text: str) -> Iterator[Token]:
    depth = 0
    for kind, piece, start in tokens(text):
        depth -= kind == "mark" and piece in ("]", ")")
        yield Token(piece, start, start + len(piece), depth)
        depth += kind == "mark" and piece in ("[", "(")


def _newline_of(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def insert(text: str, additions: Iterable[tuple[int, str]]) -> str:
    """The text with pieces put in at their places, those of one place in the order given."""
    ordered = sorted(enumerate(additions), key=lambda each: (each[1][0], each[0]))
    result, done = [], 0
    for _, (place, piece) in ordered:
        result += [text[done:place], piece.replace("\n", _newline_of(text))]
        done = place
    return "".join([*result, text[done:]])


def add_property(text: str, block: Block, pairs: str) -> tuple[int, str]:
    """Where and how `predicate object` pairs are added to a statement, on a line of their own."""
    label = next((token.start for token in block.tokens if token.text == "rdfs:label"), block.start)
    ends = [token for token in block.tokens if token.text == ";" and token.depth == 0]
    rows = [(token, _REST_OF_LINE.match(text, token.end)) for token in ends]
    whole = [(token, rest) for token, rest in rows if rest is not None]
    for token, rest in [*(row for row in whole if row[0].start > label), *whole]:
        return rest.end(), f"{_indent(text, token)}{pairs} ;\n"
    if ends:
        return ends[0].end, f"\n    {pairs} ;\n   "
    return block.tokens[-1].start, f";\n    {pairs} "


def _indent(text: str, token: Token) -> str:
    line = text[text.rfind("\n", 0, token.start) + 1 : token.start]
    blank = line[: len(line) - len(line.lstrip())]
    return blank or "    "


def end_of_values(block: Block, predicate: str) -> int | None:
    """Where one more value of a predicate can be added, or None where it has none."""
    names = [token for token in block.tokens if token.depth == 0]
    for position, token in enumerate(names):
        if token.text == predicate:
            rest = names[position + 1 :]
            stop = next(place for place, each in enumerate(rest) if each.text in (";", "."))
            return rest[stop - 1].end
    return None


def add_numbered(
    text: str, numbered: Iterable[tuple[int, Block]], number: int, piece: str, heading: str
) -> tuple[int, str]:
    """Where a statement with a number goes: in the order of its like, else under its heading."""
    like = sorted(numbered, key=lambda each: each[0])
    before = [block for place, block in like if place < number]
    after = [block for place, block in like if place > number]
    if before:
        return before[-1].end, f"\n\n{piece}"
    if after:
        return after[0].start, f"{piece}\n\n"
    place = _under(text, heading)
    if place == len(text):
        return place, f"\n{piece}\n" if text.endswith("\n") else f"\n\n{piece}\n"
    return place, f"{piece}\n\n"


def _under(text: str, heading: str) -> int:
    """The place under a heading and the comment that follows it; the end where there is none."""
    found = re.search(
        rf"(?m)^# ── {re.escape(heading)} ─*[^\n]*\n(?:\s*\n|#(?! ──)[^\n]*\n)*", text
    )
    return found.end() if found else len(text)
