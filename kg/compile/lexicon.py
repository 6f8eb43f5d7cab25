"""The lexicon of a graph, from the rows of one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

from kg.model.codes import Coded, encode_codes
from kg.model.spelling import fold
from kg.model.terms import (
    AmbiguousForm,
    Entry,
    Kind,
    Lexicon,
    NameWords,
)
from kg.model.units import NO_UNITS, Conversion, Units
from kg.model.vocabulary import EG, IRI, RDFS, SKOS, Literal, text_of
from kg.store.base import Store
from kg.store.queries import shipped_rows


@dataclass(slots=True)
class _Said:
    """Everything that the rows say of one term."""

    kinds: dict[IRI, None] = field(default_factory=dict)
    values: dict[IRI, dict[str, None]] = field(default_factory=dict)
    codes: dict[str, None] = field(default_factory=dict)

    def all(self, *properties: IRI) -> tuple[str, ...]:
        return tuple(value for name in properties for value in self.values.get(name, ()))

    def one(self, property_: IRI) -> str:
        return next(iter(self.values.get(property_, ())), "")


_ROOTS: Final = {
    EG.Condition: Kind.CONDITION,
    EG.PhysiologicalState: Kind.CONDITION,
    EG.Suspicion: Kind.CONDITION,
    EG.ReportedFinding: Kind.CONDITION,
    EG.Drug: Kind.DRUG,
    EG.Treatment: Kind.TREATMENT,
    EG.Observation: Kind.RESULT,
    EG.Finding: Kind.FINDING,
}
_NO_TERMS: Final = frozenset(
    {EG.AmbiguousForm, EG.CodeSystem, EG.NameWords, EG.UncoveredName, EG.UnitConversion}
)
"""What the rows speak of besides terms."""
_MAPPED: Final = frozenset({SKOS.exactMatch, SKOS.narrowMatch, SKOS.closeMatch})


def read_lexicon(store: Store) -> Lexicon:
    """Every term that a case can name, with all its names."""
    said: dict[IRI, _Said] = {}
    coded: dict[str, dict[Coded, None]] = {}
    for term, kind, said_by, value, code, name, says in shipped_rows(store, "ask/terms"):
        if not (isinstance(term, IRI) and isinstance(kind, IRI) and isinstance(said_by, IRI)):
            continue
        each = said.setdefault(term, _Said())
        each.kinds[kind] = None
        if isinstance(code, Literal):
            use = Coded(term, said_by, text_of(name), text_of(says))
            coded.setdefault(code.value, {})[use] = None
            if said_by in _MAPPED:
                each.codes[code.value] = None
        elif value is not None:
            each.values.setdefault(said_by, {})[text_of(value)] = None
    return Lexicon(
        _entries(said),
        _forms(said),
        encode_codes(coded),
        _by_system(said, EG.systemUri, EG.codePrefix),
        _by_system(said, EG.codePrefix, EG.codeForm),
        _by_system(said, EG.codePrefix, EG.nameTag),
        _name_words(said),
        _uncovered(said),
    )


def _entries(said: Mapping[IRI, _Said]) -> dict[IRI, Entry]:
    markers = {kind for each in said.values() for kind in each.kinds} - _ROOTS.keys() - {EG.Case}
    conversions = _conversions(each for each in said.values() if EG.UnitConversion in each.kinds)
    return {
        term: _entry(term, each, markers, tuple(conversions[term]))
        for term, each in said.items()
        if _NO_TERMS.isdisjoint(each.kinds) and each.one(RDFS.label)
    }


def _forms(said: Mapping[IRI, _Said]) -> dict[str, AmbiguousForm]:
    return {
        fold(form): AmbiguousForm(
            form, tuple(map(IRI, each.all(EG.mayMean))), each.all(EG.mayMeanElsewhere)
        )
        for each in said.values()
        if EG.AmbiguousForm in each.kinds
        for form in each.all(EG.form)
    }


def _by_system(said: Mapping[IRI, _Said], key: IRI, value: IRI) -> dict[str, str]:
    """What is said of each terminology, by something else that is said of it."""
    return {
        name: each.one(value)
        for each in said.values()
        if EG.CodeSystem in each.kinds and each.one(value)
        for name in each.all(key)
    }


def _name_words(said: Mapping[IRI, _Said]) -> tuple[NameWords, ...]:
    """The words that may stand beside a name."""
    return tuple(
        NameWords(each.all(EG.form), each.one(EG.readAs), each.one(EG.message))
        for each in said.values()
        if EG.NameWords in each.kinds
    )


def _uncovered(said: Mapping[IRI, _Said]) -> frozenset[str]:
    """The names near to one of a term that mean something else."""
    groups = (each for each in said.values() if EG.UncoveredName in each.kinds)
    return frozenset(fold(form) for each in groups for form in each.all(EG.form))


def _conversions(said: Iterable[_Said]) -> defaultdict[str, list[Conversion]]:
    """The conversions between units of each measurement."""
    found: defaultdict[str, list[Conversion]] = defaultdict(list)
    for each in said:
        conversion = Conversion(
            each.one(EG.fromUnit),
            each.one(EG.toUnit),
            _fraction(each.one(EG.factor)),
            each.one(EG.factorFrom),
        )
        for term in each.all(EG.conversionFor):
            found[term].append(conversion)
    return found


def _fraction(text: str) -> Fraction:
    """A decimal, or two of them with a stroke between, as the exact number."""
    above, _, below = text.partition("/")
    return Fraction(above) / Fraction(below or "1")


def _band(said: _Said, least_of: IRI, most_of: IRI) -> tuple[str, Decimal, Decimal] | None:
    least, most = said.one(least_of), said.one(most_of)
    if not least or not most:
        return None
    return said.one(EG.referenceUnit), Decimal(least), Decimal(most)


def _entry(term: IRI, said: _Said, markers: set[IRI], conversions: tuple[Conversion, ...]) -> Entry:
    above = [kind for kind in said.kinds if kind in markers or kind == EG.Case]
    above += [IRI(marker) for marker in said.all(EG.shownBy)]
    abbreviations = said.all(EG.abbreviation)
    synonyms = (name for name in said.all(SKOS.altLabel) if name not in abbreviations)
    return Entry(
        iri=term,
        label=said.one(EG.shownAs) or said.one(RDFS.label),
        kind=_kind(term, said.kinds, markers),
        abbreviations=abbreviations,
        synonyms=tuple(synonyms),
        narrower=said.all(EG.narrowerName),
        codes=tuple(said.codes),
        parents=frozenset(IRI(parent) for parent in said.all(RDFS.subClassOf)) - {term},
        flag=said.one(EG.flag),
        of=above[0] if above else None,
        measured_in=_units(said, conversions),
        usable_for_days=int(said.one(EG.usableForDays) or 0),
        asked_as=said.one(EG.askedAs),
        members=tuple(map(IRI, said.all(EG.memberTest))),
        set_aside_by=tuple(map(IRI, said.all(EG.setAsideBy))),
        read_with=tuple(map(IRI, said.all(EG.readWith))),
        set_aside_reason=said.one(EG.setAsideReason),
    )


def _units(said: _Said, conversions: tuple[Conversion, ...]) -> Units:
    names = said.all(EG.unit)
    if not names:
        return NO_UNITS
    aliases = (alias.partition("=") for alias in said.all(EG.unitAlias))
    return Units(
        names=names,
        aliases=tuple((alias, unit) for alias, _, unit in aliases),
        conversions=conversions,
        note=said.one(EG.unitNote),
        of_limit=said.one(EG.limitUnit),
        plausible=_band(said, EG.plausibleFrom, EG.plausibleTo),
        plausible_limit=_band(said, EG.plausibleLimitFrom, EG.plausibleLimitTo),
    )


def _kind(term: IRI, kinds: Collection[IRI], markers: set[IRI]) -> Kind:
    if EG.Case in kinds:
        return Kind.SEX
    if term in markers:
        return Kind.MARKER
    if not markers.isdisjoint(kinds):
        return Kind.STATE
    return next(kind for root, kind in _ROOTS.items() if root in kinds)
