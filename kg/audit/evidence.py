"""The statements of a graph in the form in which claims are compared with them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property, lru_cache
from string import digits
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kg.audit.content import COUNTS, EQUAL, FIGURES, Content, Quantity
from kg.audit.terms import (
    AGAINST,
    CASES_HAVE,
    CONVERSE,
    OBJECT,
    OF_GROUP,
    OPPOSITE,
    PREFERS,
    STRENGTH,
    SUBJECT,
    Terms,
    read_terms,
)
from kg.audit.wording import Wording, read_wording
from kg.model.spelling import fold, singular
from kg.model.statements import STATEMENT_ID, short_id
from kg.model.terms import Lexicon
from kg.model.vocabulary import EG, RDFS, eg
from kg.store.base import Store
from kg.store.knowledge import KnowledgeGraph
from kg.store.queries import shipped_rows

_ID: Final = re.compile(STATEMENT_ID)
_DENIED: Final = str(EG.denied)

Said = Mapping[str, tuple[str, ...]]
"""What a statement says, by property."""


class Stated(Struct, frozen=True):
    """One statement: what it says, and by which names it is cited."""

    id: str
    text: str
    content: Content
    predicate: str
    """The one that it is written with."""
    of_group: bool
    """Whether it is of a group as a whole, and says nothing of a part of it."""
    cited_as: frozenset[str]
    """Folded: its id, its document, the numbers that it prints, the works behind them."""


class Evidence(Struct, frozen=True, dict=True):
    """The statements that stand, and the terms that they are said in."""

    terms: Terms
    statements: tuple[Stated, ...]
    wording: Wording
    """The words that the sentences of others are read with."""
    version: str = ""

    @cached_property
    def by_end(self) -> Mapping[str, tuple[Stated, ...]]:
        """The statements with a term at either end."""
        found: defaultdict[str, list[Stated]] = defaultdict(list)
        for each in self.statements:
            for term in each.content.subject | each.content.object:
                found[term].append(each)
        return {term: tuple(group) for term, group in found.items()}

    @cached_property
    def analytes(self) -> frozenset[str]:
        """The measurements that statements speak of."""
        return frozenset(each.content.analyte for each in self.statements) - {""}

    @cached_property
    def series(self) -> frozenset[str]:
        """What ids of statements begin with, before their digits."""
        return frozenset(each.id.rstrip(digits) for each in self.statements)

    def is_id(self, name: str) -> bool:
        """Whether a name is the id of a statement, there or not, of a document that is there."""
        return bool(_ID.fullmatch(name)) and name.rstrip(digits) in self.series

    def about(self, *ends: frozenset[str]) -> tuple[Stated, ...]:
        """The statements with one of some terms at either end, each once."""
        found = (each for end in ends for term in end for each in self.by_end.get(term, ()))
        return tuple({each.id: each for each in found}.values())


@lru_cache(maxsize=1)  # a program asks one graph many times
def evidence_of(knowledge: KnowledgeGraph) -> Evidence:
    """The evidence of a built graph, read when its first claim comes."""
    return read_evidence(knowledge.store, knowledge.lexicon, knowledge.version)


def read_evidence(store: Store, lexicon: Lexicon, version: str = "") -> Evidence:
    """The statements of a graph, each as what it says."""
    terms = read_terms(store, lexicon)
    said: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in shipped_rows(store, "audit/statements").texts():
        said[row["statement"]][row["property"]].append(row["value"])
    cited: defaultdict[str, set[str]] = defaultdict(set)
    for row in shipped_rows(store, "audit/citing").texts():
        cited[row["statement"]].add(fold(row["name"]))
    own = {iri: {k: tuple(v) for k, v in found.items()} for iri, found in said.items()}
    terms = _with_populations(terms, own.values())
    stated = tuple(_stated(iri, each, terms, cited[iri]) for iri, each in own.items())
    return Evidence(terms, stated, read_wording(store, terms), version)


def _with_populations(terms: Terms, statements: Iterable[Said]) -> Terms:
    """The terms with the words by which statements say whom they are about, as names of that."""
    found = {
        singular(words): said[str(EG.populationClass)]
        for said in statements
        for words in said.get(str(EG.population), ())
    }
    return replace(terms, names={**found, **terms.names})


def _stated(iri: str, said: Said, terms: Terms, cited: Iterable[str]) -> Stated:
    name = short_id(iri)
    predicate = _one(said, "predicate")
    document = short_id(_one(said, "inDocument"))
    frequency = _one(said, "frequency")
    return Stated(
        id=name,
        text=said[str(RDFS.label)][0].removeprefix(f"{name} "),
        content=_content(said, terms),
        predicate=predicate,
        of_group=terms.says(OF_GROUP, predicate) or bool(frequency),
        cited_as=frozenset((fold(name), fold(iri), fold(document), *cited)),
    )


def _content(said: Said, terms: Terms) -> Content:
    words = (*said.get(str(EG.pattern), ()), *said.get(str(EG.precondition), ()))
    return content_of(
        terms,
        subject=frozenset(said[str(SUBJECT)]),
        predicate=_one(said, "predicate"),
        object_=frozenset(said[str(OBJECT)]),
        denied=_one(said, "polarity") == _DENIED,
        word=_one(said, "modality"),
        population=said.get(str(EG.populationClass), ()),
        conditions=words,
        qualifiers={
            "frequency": _one(said, "frequency"),
            "direction": _one(said, "direction"),
            "analyte": _one(said, "analyte"),
            "comparator": _one(said, "comparator"),
            "sign": _one(said, "correlationSign"),
            "degree": _one(said, "correlationStrength"),
        },
        quantities=tuple(_quantities(said)),
    )


def content_of(  # noqa: PLR0913 - what can be said
    terms: Terms,
    *,
    subject: frozenset[str],
    predicate: str,
    object_: frozenset[str],
    denied: bool,
    word: str,
    population: Iterable[str],
    conditions: Iterable[str],
    qualifiers: Mapping[str, str],
    quantities: tuple[Quantity, ...],
) -> Content:
    """What is said, with the predicate that it is compared by."""
    of_object = terms.says(CASES_HAVE, predicate, OBJECT)
    ends = terms.scope_of(object_ if of_object else subject)
    read, turned, against = _compared_as(terms, predicate)
    opposes = terms.says(AGAINST, word) != against or terms.says(PREFERS, word)
    if turned:
        subject, object_ = object_, subject
    return Content(
        subject=subject,
        predicate=read,
        object=object_,
        opposed=denied != opposes,
        denied=denied,
        strength=int(terms.value(STRENGTH, (word,)) or 0),
        word=word,
        scope=terms.meant(terms.scope_of(population)),
        ends=ends,
        conditions=tuple(conditions),
        quantities=quantities,
        **qualifiers,
    )


def _compared_as(terms: Terms, predicate: str) -> tuple[str, bool, bool]:
    """The predicate that one is compared by, whether the ends change places, whether it opposes."""
    converse = terms.value(CONVERSE, (predicate,))
    if converse:
        return converse, True, False
    opposite = terms.value(OPPOSITE, (predicate,))
    return (opposite, False, True) if opposite else (predicate, False, False)


def _quantities(said: Said) -> Iterable[Quantity]:
    for of, name in FIGURES.items():
        low, high = _one(said, f"{name}Low"), _one(said, f"{name}High")
        if low and high:
            yield Quantity(
                of,
                Decimal(low),
                Decimal(high),
                _one(said, f"{name}Comparator") or EQUAL,
                _one(said, f"{name}Unit"),
            )
    for of, name in COUNTS.items():
        if number := _one(said, name):
            comparator = _one(said, f"{name}Comparator") or EQUAL
            yield Quantity(of, Decimal(number), Decimal(number), comparator)


def _one(said: Said, name: str) -> str:
    return next(iter(said.get(str(eg(name)), ())), "")
