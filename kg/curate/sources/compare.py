"""Two curators' files of one text: how far they agree, field by field, and where they do not.

Records are paired line by line, those that agree most first; names of records do not count, for
each curator numbers alone. Agreement beyond chance is Cohen's kappa, of fields whose values are
terms: two people never choose the same words by chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from kg.articles.article import Article, lines_of
from kg.articles.resolve import Statement
from kg.articles.words import Words
from kg.model.errors import UsageError
from kg.model.vocabulary import IRI, Term, short_text_of

ABSENT: Final = "-"
"""What a record says of a field that it does not have."""
_ALWAYS: Final = ("kind", "subject", "predicate", "object")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two curators say the same of one field."""

    field: str
    compared: int
    same: int
    kappa: Decimal | None
    """Agreement beyond chance, from -1 to 1; None where the field is words, or never varies."""

    @property
    def percent(self) -> int:
        """The share that agrees, in per cent, rounded down: 100 means all of them."""
        return 100 * self.same // self.compared if self.compared else 100


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """What two records of one statement say otherwise."""

    field: str
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class RecordDifference:
    """A pair of records that differ, or a record that only one curator has."""

    line: int
    one: str
    """Id of the record in the first file; empty where it has none."""
    other: str
    fields: tuple[FieldDifference, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two files of one text."""

    one: str
    other: str
    records: tuple[int, int]
    """How many records each file has."""
    pairs: int
    lines: Agreement
    """Which lines carry a statement."""
    fields: tuple[Agreement, ...]
    differing: tuple[RecordDifference, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    line: int
    one: Statement
    other: Statement


def compare_articles(one: Article, other: Article, words: Words) -> Comparison:
    """How far two files agree; UsageError where they are not of the same text."""
    if one.file.document.digest != other.file.document.digest:
        raise UsageError(
            f"{one.path} and {other.path} are not of the same text: their digests differ."
        )
    pairs, single = _match(one, other)
    fields = tuple(_agree(name, pairs, words) for name in _fields(pairs))
    return Comparison(
        one=str(one.path),
        other=str(other.path),
        records=(sum(1 for _ in one.statements), sum(1 for _ in other.statements)),
        pairs=len(pairs),
        lines=_agree_on_lines(one, other),
        fields=fields,
        differing=tuple(sorted([*_differing(pairs), *single], key=lambda each: each.line)),
    )


# ── Pairs ───────────────────────────────────────────────────────────────────────────────────────


def _match(one: Article, other: Article) -> tuple[tuple[_Pair, ...], tuple[RecordDifference, ...]]:
    """The records that belong together, and those that only one curator has."""
    mine, theirs = _by_line(one.statements), _by_line(other.statements)
    pairs: list[_Pair] = []
    single: list[RecordDifference] = []
    for line in sorted({*mine, *theirs}):
        left, right = mine.get(line, []), theirs.get(line, [])
        while left and right:
            first, second = max(
                ((a, b) for a in left for b in right), key=lambda pair: _alike(*pair)
            )
            pairs.append(_Pair(line, first, second))
            left.remove(first)
            right.remove(second)
        single += [RecordDifference(line, each.id, "") for each in left]
        single += [RecordDifference(line, "", each.id) for each in right]
    return tuple(pairs), tuple(single)


def _by_line(statements: Iterable[Statement]) -> dict[int, list[Statement]]:
    found: dict[int, list[Statement]] = {}
    for each in statements:
        found.setdefault(each.line, []).append(each)
    return found


def _alike(one: Statement, other: Statement) -> int:
    names = {*one.values, *other.values, "kind"}
    return sum(_value(one, name) == _value(other, name) for name in names)


# ── Agreement ───────────────────────────────────────────────────────────────────────────────────


def _fields(pairs: Sequence[_Pair]) -> tuple[str, ...]:
    """Every field that any record has, the triple first."""
    found = dict.fromkeys(_ALWAYS)
    for pair in pairs:
        found |= dict.fromkeys((*pair.one.values, *pair.other.values))
    return tuple(found)


def _agree(name: str, pairs: Sequence[_Pair], words: Words) -> Agreement:
    values = [(_value(pair.one, name), _value(pair.other, name)) for pair in pairs]
    held = [each for each in values if each != (ABSENT, ABSENT)]
    kappa = None if name in _worded(words) else cohens_kappa(values)
    return Agreement(name, len(held), sum(one == other for one, other in held), kappa)


def _worded(words: Words) -> frozenset[str]:
    """The properties whose values are words of a curator."""
    return frozenset(each.name for each in words.qualifiers.values() if each.takes == "words")


def cohens_kappa(pairs: Sequence[tuple[str, str]]) -> Decimal | None:
    """Cohen's kappa of two judges to two places; None where no other outcome was possible."""
    count = len(pairs)
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    by_chance = sum(first[each] * second[each] for each in first)
    if by_chance == count**2:
        return None
    same = sum(one == other for one, other in pairs)
    exact = Fraction(same * count - by_chance, count**2 - by_chance)
    return Decimal(round(exact * 100)).scaleb(-2)


def _agree_on_lines(one: Article, other: Article) -> Agreement:
    """Whether a line that either file accounts for carries a statement."""
    mine, theirs = _accounted(one), _accounted(other)
    pairs = [
        (mine.get(line, ABSENT), theirs.get(line, ABSENT)) for line in sorted({*mine, *theirs})
    ]
    same = sum(first == second for first, second in pairs)
    return Agreement("lines", len(pairs), same, cohens_kappa(pairs))


def _accounted(article: Article) -> Mapping[int, str]:
    """What each line was taken for."""
    lines = (line for key in article.file.set_aside for line in lines_of(key))
    aside = dict.fromkeys(lines, "set aside")
    return aside | {each.line: "statement" for each in article.statements}


def _differing(pairs: Iterable[_Pair]) -> Iterator[RecordDifference]:
    for pair in pairs:
        names = (*_ALWAYS, *sorted({*pair.one.values, *pair.other.values} - {*_ALWAYS}))
        fields = tuple(
            FieldDifference(name, _value(pair.one, name), _value(pair.other, name))
            for name in names
            if _value(pair.one, name) != _value(pair.other, name)
        )
        if fields:
            yield RecordDifference(pair.line, pair.one.id, pair.other.id, fields)


def _value(statement: Statement, name: str) -> str:
    """What a statement says of a field, as one text to compare."""
    if name == "kind":
        return statement.kind
    return ", ".join(sorted(map(_text, statement.values.get(name, ())))) or ABSENT


def _text(value: str | Term) -> str:
    return value if isinstance(value, str) and not isinstance(value, IRI) else short_text_of(value)
