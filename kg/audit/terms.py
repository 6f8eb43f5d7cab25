"""The terms of claims: their names, what lies above them, and what cases have with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from msgspec import Struct

from kg.audit.content import EVERYBODY, Part, Scope
from kg.model.errors import AmbiguousTermError, KGError
from kg.model.spelling import fold, singular
from kg.model.terms import Kind, Lexicon, quoted
from kg.model.vocabulary import EG, IRI, PREFIXES, RDF, compact, eg, expand
from kg.store.base import Store
from kg.store.queries import shipped_rows

_ROLES: Final = (
    (EG.Condition, EG.hasCondition),
    (EG.Treatment, EG.hasTreatment),
    (EG.Observation, EG.hasObservation),
)
"""How a case has what comes under a class."""
MORE: Final = EG.saysMoreThan
OF_GROUP: Final = EG.ofGroup
CASES_HAVE: Final = EG.casesHave
OF_KINDS: Final = EG.saidOfKindsOf
OF_WIDER: Final = EG.saidOfWider
LIMITS: Final = EG.limits
OPPOSITE: Final = EG.oppositeOf
CONVERSE: Final = EG.converseOf
AGAINST: Final = EG.speaksAgainst
PREFERS: Final = EG.prefersAnother
SAID_WITH: Final = EG.saidWith
OF_KNOWLEDGE: Final = EG.ofKnowledge
OF_ADVICE: Final = EG.ofAdvice
FIRMER: Final = EG.firmerThan
SHARE: Final = EG.sizeIsShare
LIMITING: Final = EG.limitingWords
COMPARES: Final = EG.compares
TO_RESULT: Final = EG.objectIsResult
STRENGTH: Final = EG.strength
ANALYTE: Final = EG.analyte
DIRECTION: Final = EG.direction
SEX: Final = str(EG.stateOf)
"""How a case is of a sex."""
SUBJECT: Final = EG.subject
OBJECT: Final = EG.object

Table = Mapping[str, Collection[str]]


class Terms(Struct, frozen=True):
    """What a graph says of terms, as far as claims are compared by it."""

    lexicon: Lexicon
    labels: Mapping[str, str]
    names: Table
    """The terms of each name, in the singular."""
    above: Table
    """Everything above each term, near and far."""
    parts: Mapping[str, Scope]
    """What a case of each kind has, and one with each finding or thing that makes it of a kind."""
    alike: Table
    """What stands for the same in a claim, by each term."""
    said: Mapping[str, Table]
    """What the ontology says of terms, by property and by term."""

    def label(self, iri: str) -> str:
        """How a term is called."""
        return self.labels.get(iri) or compact(iri)

    def called(self, text: str) -> frozenset[str]:
        """Every term that a text names, by name, code or IRI, with what stands for the same.

        AmbiguousTermError where clinical use reads the text in more than one way.
        """
        if fold(text) in self.lexicon.ambiguous:
            self.lexicon.find(text)
        if self.lexicon.is_uncovered(text):
            return frozenset()
        found = self._named(text) or self._coded(text)
        return frozenset(found | {each for iri in found for each in self.alike.get(iri, ())})

    def _named(self, text: str) -> set[str]:
        """The terms of a name; of several things, the one that it is the label of.

        AmbiguousTermError where a name is of several things and the label of none.
        """
        wanted = singular(text)
        found = set(self.names.get(wanted, ()))
        own = {each for each in found if singular(self.labels.get(each, "")) == wanted}
        named = own or found
        if len(named) > 1 and not self._are_one(named):
            message = f"{quoted(text)} has more than one reading."
            raise AmbiguousTermError(message, choices=sorted(map(self.label, named)))
        return named

    def _are_one(self, terms: Iterable[str]) -> bool:
        """Whether terms stand for the same thing, or for the same people."""
        first, *others = terms
        scope = self.meant(self.scope_of((first,)))
        return all(
            other in self.alike.get(first, ())
            or (scope and scope == self.meant(self.scope_of((other,))))
            for other in others
        )

    def named_value(self, text: str, kind: str) -> str:
        """The IRI of a named value of a class, such as a modality; empty where it is none."""
        named = (*self.names.get(singular(text), ()), *self._coded(text))
        return next((each for each in named if self.says(RDF.type, each, eg(kind))), "")

    def values(self, kind: str) -> list[str]:
        """The labels of the named values of a class."""
        found = self.said[RDF.type].items()
        return sorted(self.label(term) for term, kinds in found if eg(kind) in kinds)

    def is_below(self, narrow: str, wide: str) -> bool:
        """Whether a term is a kind of another one."""
        return wide in self.above.get(narrow, ())

    def any_below(self, narrow: Iterable[str], wide: Iterable[str]) -> bool:
        """Whether one of some terms is a kind of one of others."""
        kinds = tuple(wide)
        return any(self.is_below(one, other) for one in narrow for other in kinds)

    def says(self, property_: str, term: str, value: str = "true") -> bool:
        """Whether the ontology says something of a term."""
        return value in self.said[property_].get(term, ())

    def value(self, property_: str, terms: Iterable[str]) -> str:
        """What is said of the first of some terms of which it is said."""
        table = self.said[property_]
        return next((each for term in terms for each in table.get(term, ())), "")

    def fits(self, word: str, predicate: str) -> bool:
        """Whether a modality goes with a predicate."""
        only = self.said[SAID_WITH].get(word)
        if only:
            return predicate in only
        return not (self.says(OF_KNOWLEDGE, word) and self.says(OF_ADVICE, predicate))

    def opposed(self, one: str, other: str) -> bool:
        """Whether one thing cannot be both."""
        return self.says(OPPOSITE, one, other) or self.says(OPPOSITE, other, one)

    def scope_of(self, terms: Iterable[str]) -> Scope:
        """What the cases have that have the things of these terms."""
        return frozenset(part for term in terms for part in self._parts(term))

    def meant(self, scope: Scope) -> Scope:
        """A scope with the sex that it implies: who is postmenopausal is a woman."""
        told = {
            part
            for parts in self.parts.values()
            for part in parts
            if part[0] == SEX and not self.lacking(_without_sex(parts), scope)
            if len(parts) > 1
        }
        return scope | told

    def lacking(self, wide: Scope, narrow: Scope) -> list[Part]:
        """What of one scope somebody need not have who has all of another one."""
        return sorted(
            (role, filler)
            for role, filler in wide
            if not any(
                role == other and (filler == kind or self.is_below(kind, filler))
                for other, kind in narrow
            )
        )

    def measurement(self, term: str) -> str:
        """The measurement that a term is, or that a test makes; empty where it is neither."""
        entries = (self.lexicon.entries.get(IRI(e)) for e in (term, *self.alike.get(term, ())))
        return next((str(e.iri) for e in entries if e is not None and e.kind is Kind.MARKER), "")

    def _parts(self, term: str) -> Scope:
        known = self.parts.get(term)
        if known is not None:
            return known
        return frozenset((str(role), term) for kind, role in _ROLES if self.is_below(term, kind))

    def _coded(self, text: str) -> set[str]:
        """The terms that a text names by a code or an IRI."""
        try:
            own = str(expand(text.strip()))
        except KGError:
            own = str(eg(text.strip()))
        if own in self.labels:
            return {own}
        found = self.lexicon.called(text)
        # A name of a kind that has no term of its own would lose what it narrows.
        return {str(each.iri) for each in found if not each.is_narrowed_by(text)}


def _without_sex(scope: Scope) -> Scope:
    return frozenset(part for part in scope if part[0] != SEX)


def read_terms(store: Store, lexicon: Lexicon) -> Terms:
    """The terms of a graph."""
    named = list(_rows(store, "names", "term", "name", "label"))
    names = _table((singular(name), term) for term, name, _ in named)
    for iri, entry in lexicon.entries.items():
        for name in entry.names:
            names.setdefault(singular(name), {})[str(iri)] = None
    said: defaultdict[str, dict[str, dict[str, None]]] = defaultdict(dict)
    for term, property_, value in _rows(store, "terms", "term", "property", "value"):
        said[property_].setdefault(term, {})[value] = None
    for term in said[RDF.type]:  # a predicate is named by its IRI too: associated with
        local = term.removeprefix(PREFIXES["eg"]).replace("-", " ")
        names.setdefault(singular(local), {})[term] = None
    parts: defaultdict[str, set[Part]] = defaultdict(set)
    for *kinds, role, filler in _rows(store, "parts", "kind", "finding", "alone", "role", "filler"):
        for kind in filter(None, kinds):
            parts[kind].add((role, filler))
    pairs = list(_rows(store, "alike", "one", "other"))
    alike = _table([*pairs, *((other, one) for one, other in pairs)])
    return Terms(
        lexicon=lexicon,
        labels={term: label for term, _, label in named},
        names=names,
        above=_joined(_closed(_table(_rows(store, "above", "term", "above"))), alike),
        parts={**{term: frozenset(found) for term, found in parts.items()}, EG.Case: EVERYBODY},
        alike=alike,
        said=said,
    )


def _closed(near: Table) -> dict[str, frozenset[str]]:
    """Everything above each term, of what lies directly above it."""
    found: dict[str, frozenset[str]] = {}
    for term in near:
        reached, waiting = set[str](), [*near[term]]
        while waiting:
            each = waiting.pop()
            if each not in reached:
                reached.add(each)
                waiting += near.get(each, ())
        found[term] = frozenset(reached)
    return found


def _joined(above: Table, alike: Table) -> dict[str, frozenset[str]]:
    """The same for terms that stand for one thing: what lies above one lies above the other."""
    joined = {term: frozenset(found) for term, found in above.items()}
    for term, others in alike.items():
        found = frozenset(each for one in (term, *others) for each in above.get(one, ()))
        joined[term] = found | {each for one in found for each in alike.get(one, ())}
    return joined


def _table(pairs: Iterable[tuple[str, ...]]) -> dict[str, dict[str, None]]:
    """The second of each pair by the first, each once and in order."""
    found: dict[str, dict[str, None]] = {}
    for one, other in pairs:
        found.setdefault(one, {})[other] = None
    return found


def _rows(store: Store, name: str, *variables: str) -> Iterable[tuple[str, ...]]:
    rows = shipped_rows(store, f"audit/{name}").texts()
    return (tuple(row.get(each, "") for each in variables) for row in rows)
