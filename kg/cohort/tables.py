"""Tables of knowledge for SQL: their columns, their rows, and the text that makes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from msgspec import Struct

from kg.model.errors import ReasonerError
from kg.reasoning.intervals import plain

BITS: Final = 62
"""How many facts one word holds: a BIGINT has 63 bits beside its sign, in every engine."""

TERM: Final = "TERM"
"""The type of a column of terms: names here, and numbers in SQL, which are compared sooner."""

Cell = str | int | bool | Decimal | Sequence[str] | None


class Table(Struct, frozen=True):
    """One table: its name, its columns with their SQL types, and its rows in a stable order."""

    name: str
    columns: Mapping[str, str]
    rows: tuple[tuple[Cell, ...], ...]

    def sql(self, terms: Mapping[str, int]) -> str:
        """The statements that make the table, a row a line, with the number of each term."""
        made = self.definition()
        if not self.rows:
            return f"{made}\n"
        rows = ",\n".join(f"  ({', '.join(map(literal, e))})" for e in self.numbered(terms))
        return f"{made}\nINSERT INTO {self.name} VALUES\n{rows};\n"

    def definition(self) -> str:
        """The statement that makes the table without its rows."""
        kinds = {name: "INTEGER" if kind == TERM else kind for name, kind in self.columns.items()}
        columns = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
        return f"CREATE TABLE {self.name} ({columns});"

    def numbered(self, terms: Mapping[str, int]) -> Iterator[tuple[Cell, ...]]:
        """The rows, with the number of each term in its place."""
        are_terms = [kind == TERM for kind in self.columns.values()]
        for row in self.rows:
            yield tuple(
                terms[str(cell)] if is_term and cell is not None else cell
                for cell, is_term in zip(row, are_terms, strict=True)
            )


def table(name: str, columns: str, rows: Iterable[Sequence[Cell]]) -> Table:
    """A table of columns that are written as in SQL: `term VARCHAR, days INTEGER`."""
    pairs = [(name, kind) for name, kind in (e.split(" ", 1) for e in columns.split(", "))]
    return Table(name, dict(pairs), tuple(map(tuple, rows)))


def literal(value: Cell) -> str:
    """A value as SQL writes it."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case list() | tuple():
            return f"[{', '.join(map(literal, value))}]"
        case Decimal():
            return plain(value)
        case _:
            return str(value)


class Layout:
    """Which bit of which word stands for which fact.

    The first words hold the facts that parts of a case bring, `first`; those that only follow from
    others come behind them, so that patients are told apart by the first words alone.
    """

    def __init__(self, first: Iterable[str], others: Iterable[str] = ()) -> None:
        brought = dict.fromkeys(first)
        self.first_words = _words_of(len(brought))
        """How many words hold what parts of a case bring."""
        self._places = {
            fact: place for place, fact in enumerate(dict.fromkeys((*brought, *others)))
        }

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts in the order of their bits."""
        return tuple(self._places)

    @property
    def words(self) -> int:
        """How many words all facts take, at least one."""
        return _words_of(len(self._places))

    def mask(self, facts: Iterable[str]) -> tuple[int, ...]:
        """The words in which the bits of some facts are set; facts without a bit are left out."""
        found = [0] * self.words
        for fact in facts:
            if fact in self._places:
                word, bit = divmod(self._places[fact], BITS)
                found[word] |= 1 << bit
        return tuple(found)

    def first_mask(self, facts: Iterable[str]) -> tuple[int, ...]:
        """The same of facts that parts bring; ReasonerError where one of them is none."""
        found = self.mask(facts)
        if any(found[self.first_words :]):
            raise ReasonerError("a cohort takes a fact for one that parts of a case bring")
        return found[: self.first_words]

    def columns(self, *names: str) -> str:
        """The columns of words, each name with the number of the word: `need0 BIGINT`."""
        return _columns(names, self.words)

    def first_columns(self, *names: str) -> str:
        """The columns of the first words."""
        return _columns(names, self.first_words)


def _words_of(facts: int) -> int:
    return max(1, -(-facts // BITS))


def _columns(names: Iterable[str], words: int) -> str:
    return ", ".join(f"{name}{word} BIGINT" for name in names for word in range(words))
