"""Figures in words: those of statements stand in their values, those of messages have their unit.

A number that is dropped from the values of a statement, or changed in one of two places, leaves
words that say another thing than what is reckoned with.

A template of a message has the number of a statement and words of its author:
`≥ {ID.magnitude} %`. Which words give which unit and comparator is data (`eg:wording` of
`eg:magnitudeUnit` and its like), `CODE: WORDS` with `#` for the number and `…` for words between.
A code itself may always be written.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kg.articles.resolve import Statement
from kg.articles.source import Written
from kg.articles.values import finding
from kg.model.rdf import Graph
from kg.model.report import Finding
from kg.model.vocabulary import EG, IRI, XSD, Literal, text_of

_NUMBER: Final = re.compile(r"(?<![\w.])[0-9]+(?:\.[0-9]+)?(?!\w|\.[0-9]|-?\(?[A-Z])")
_NOT_SAID: Final = frozenset({"notStated", "note"})
"""Properties whose words are no value: what the sentence does not say, and what a curator adds."""
_THOUSANDS: Final = re.compile(r"(?<=[0-9])[,\u202f\u00a0](?=[0-9]{3}(?![0-9]))")

PARTS: Final = ("unit", "statistic", "comparator")
"""What words give of a figure, from the number outwards: `within | a mean of | 58 | months`."""
_EQUAL: Final = {"comparator": "="}
"""What is meant where no word stands."""
_GAP: Final = re.escape(" … ")
"""Where other words of the same sentence may stand, or none."""
_RANGE: Final = re.compile(
    r"\{([^{}.]*\.[^{}.]*)\.low\}(?: to | and |–)\{\1\.high\}"  # noqa: RUF001 - as it is printed
)
_SHOWN: Final = re.compile(r"\{([^{}.]*)\.([^{}.]*)(?:\.(?:low|high))?\}")


def numbers_of(text: str) -> frozenset[str]:
    """The numbers of a text, without those that are part of a name such as 25-OH-D.

    >>> sorted(numbers_of("2,000-4,000 IU of vitamin D3, or 1.5-2 times by day 42."))
    ['1.5', '2', '2000', '4000', '42']
    """
    return frozenset(_NUMBER.findall(_THOUSANDS.sub("", text)))


def data_of(statement: Statement) -> frozenset[str]:
    """The figures of a statement: its values that are numbers."""
    values = (each for values in statement.values.values() for each in values)
    kinds = (XSD.integer, XSD.decimal)
    return frozenset(e.value for e in values if isinstance(e, Literal) and e.datatype in kinds)


def values_of(statement: Statement) -> frozenset[str]:
    """The numbers in the values of a statement, in figures and in words."""
    said = (each for name, each in statement.values.items() if name not in _NOT_SAID)
    values = (each for values in said for each in values)
    plain = (text_of(each) for each in values if not isinstance(each, IRI))
    return frozenset(number for text in plain for number in numbers_of(text))


def check_figures(
    written: Written, groups: Iterable[tuple[str, tuple[Statement, ...]]]
) -> Iterator[Finding]:
    """Statements whose words have a number that none of their values has."""
    for each in (statement for _, group in groups for statement in group):
        for number in sorted(numbers_of(each.words) - values_of(each)):
            yield finding(
                written,
                f"the words of {each.id} say {number}, and no value of it does",
                "Give the figure under `magnitude`, `timing`, `dose` or `study size`, or under "
                "`precondition` where it says which patients, or correct the words.",
                each.keys,
            )


# ── Words beside the figures of a message ─────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Unlike:
    """Words of a template that give another unit, statistic or comparator than the data."""

    name: str
    """The id of the statement."""
    figure: str
    part: str
    found: str
    wanted: str

    def __str__(self) -> str:
        figure = f"{{{self.name}.{self.figure}}}"
        return f"the {self.part} beside {figure} is {self.found}, and {self.wanted} was expected"


class Wordings:
    """The words that give codes, by the property whose codes they are."""

    def __init__(self, graph: Graph, parts: Mapping[tuple[str, str], IRI]) -> None:
        self._graph = graph
        self._parts = parts
        self._of: dict[tuple[str, str], dict[str, list[str]]] = {}
        for (figure, part), property_ in parts.items():
            self._of[figure, part] = _read(graph, property_)

    def unlike(self, template: str, statement_of: Mapping[str, IRI]) -> Iterator[Unlike]:
        """What the words beside each figure of a template give, where the data is another."""
        text = _RANGE.sub(r"{\1}", template)
        text = re.sub(r"\{([^{}.]*)\.([^{}.]*)\.(\w+)\}", self._code(statement_of), text)
        for found in _SHOWN.finditer(text):
            name, figure = found.groups()
            if name in statement_of:
                beside = (text[: found.start()].split("}")[-1], text[found.end() :].split("{")[0])
                yield from self._figure(name, figure, statement_of[name], beside)

    def _code(self, statement_of: Mapping[str, IRI]) -> Callable[[re.Match[str]], str]:
        """What puts a code where a template asks for it, as `{ID.dose.unit}`."""

        def filled(found: re.Match[str]) -> str:
            name, figure, part = found.groups()
            known = part in PARTS and name in statement_of
            return self._data(statement_of[name], figure, part) if known else found[0]

        return filled

    def _data(self, statement: IRI, figure: str, part: str) -> str:
        property_ = self._parts.get((figure, part))
        return self._graph.text(statement, property_) if property_ else ""

    def _figure(
        self, name: str, figure: str, statement: IRI, beside: tuple[str, str]
    ) -> Iterator[Unlike]:
        """The parts of one figure; what a part takes of the words is no part of the next."""
        for part in PARTS:
            wanted = self._data(statement, figure, part) or _EQUAL.get(part, "")
            codes, beside, words = _taken(self._known(figure, part, wanted), beside)
            if wanted in codes or (not codes and wanted in (_EQUAL.get(part), "")):
                continue
            found = f"{words!r} ({', '.join(sorted(codes))})" if codes else f"not given ({words!r})"
            yield Unlike(name, figure, part, found, wanted or "none")

    def _known(self, figure: str, part: str, wanted: str) -> dict[str, list[str]]:
        """The words for each code; those of every figure where this one has none of its own."""
        own = self._of.get((figure, part))
        sources = [own] if own else [self._of[each] for each in self._of if each[1] == part]
        known: dict[str, list[str]] = defaultdict(list)
        for each in sources:
            for code, words in each.items():
                known[code] += words
        if wanted:
            known[wanted].append(f"# {wanted}" if part == "unit" else f"{wanted} #")
        return known


def _read(graph: Graph, property_: IRI) -> dict[str, list[str]]:
    known: dict[str, list[str]] = defaultdict(list)
    for each in graph.objects(property_, EG.wording):
        code, _, words = text_of(each).partition(": ")
        known[code].append(words)
    return known


def _taken(
    known: Mapping[str, list[str]], beside: tuple[str, str]
) -> tuple[set[str], tuple[str, str], str]:
    """The codes that the longest fitting words give, what is left beside them, and the words.

    No code, and the words nearest to the number, where none fit.
    """
    fits = [
        (len(words), code, left)
        for code, wordings in known.items()
        for words in wordings
        if (left := _without(words, beside)) is not None
    ]
    if not fits:
        return set(), beside, f"{_last(beside[0])} # {_first(beside[1])}".strip()
    longest = max(length for length, _, _ in fits)
    _, _, left = next(each for each in fits if each[0] == longest)
    words = f"{beside[0][len(left[0]) :]}#{beside[1][: len(beside[1]) - len(left[1])]}"
    return {code for length, code, _ in fits if length == longest}, left, words.strip()


def _without(words: str, beside: tuple[str, str]) -> tuple[str, str] | None:
    """What is left on both sides of a number without the words; None where they do not stand."""
    before, after = (
        re.escape(each.strip()).replace(_GAP, r"\s(?:[^.;]*\s)?") for each in words.split("#")
    )
    starts, ends = rf"(?<![\w≥≤<>=]){before}\s*$", rf"\s*{after}(?![\w/%])"
    left = re.search(starts, beside[0], re.IGNORECASE) if before else None
    right = re.match(ends, beside[1], re.IGNORECASE) if after else None
    if (before and not left) or (after and not right):
        return None
    start = left.start() if left else len(beside[0])
    return beside[0][:start], beside[1][right.end() if right else 0 :]


def _last(text: str) -> str:
    return " ".join(text.split()[-2:])


def _first(text: str) -> str:
    return " ".join(text.split()[:2])
