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
from kg.model.vocabulary import (
    EG_ABBREVIATION,
    EG_AMBIGUOUS_FORM,
    EG_ASKED_AS,
    EG_CASE,
    EG_CODE_FORM,
    EG_CODE_PREFIX,
    EG_CODE_SYSTEM,
    EG_CONDITION,
    EG_CONVERSION_FOR,
    EG_DRUG,
    EG_FACTOR,
    EG_FACTOR_FROM,
    EG_FINDING,
    EG_FLAG,
    EG_FORM,
    EG_FROM_UNIT,
    EG_LIMIT_UNIT,
    EG_MAY_MEAN,
    EG_MAY_MEAN_ELSEWHERE,
    EG_MEMBER_TEST,
    EG_MESSAGE,
    EG_NAME_TAG,
    EG_NAME_WORDS,
    EG_NARROWER_NAME,
    EG_OBSERVATION,
    EG_PHYSIOLOGICAL_STATE,
    EG_PLAUSIBLE_FROM,
    EG_PLAUSIBLE_LIMIT_FROM,
    EG_PLAUSIBLE_LIMIT_TO,
    EG_PLAUSIBLE_TO,
    EG_READ_AS,
    EG_READ_WITH,
    EG_REFERENCE_UNIT,
    EG_REPORTED_FINDING,
    EG_SET_ASIDE_BY,
    EG_SET_ASIDE_REASON,
    EG_SHOWN_AS,
    EG_SHOWN_BY,
    EG_SUSPICION,
    EG_SYSTEM_URI,
    EG_TO_UNIT,
    EG_TREATMENT,
    EG_UNCOVERED_NAME,
    EG_UNIT,
    EG_UNIT_ALIAS,
    EG_UNIT_CONVERSION,
    EG_UNIT_NOTE,
    EG_USABLE_FOR_DAYS,
    IRI,
    RDFS_LABEL,
    RDFS_SUBCLASS_OF,
    SKOS_ALT_LABEL,
    SKOS_CLOSE_MATCH,
    SKOS_EXACT_MATCH,
    SKOS_NARROW_MATCH,
    Literal,
    text_of,
)
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
    EG_CONDITION: Kind.CONDITION,
    EG_PHYSIOLOGICAL_STATE: Kind.CONDITION,
    EG_SUSPICION: Kind.CONDITION,
    EG_REPORTED_FINDING: Kind.CONDITION,
    EG_DRUG: Kind.DRUG,
    EG_TREATMENT: Kind.TREATMENT,
    EG_OBSERVATION: Kind.RESULT,
    EG_FINDING: Kind.FINDING,
}
_NO_TERMS: Final = frozenset(
    {EG_AMBIGUOUS_FORM, EG_CODE_SYSTEM, EG_NAME_WORDS, EG_UNCOVERED_NAME, EG_UNIT_CONVERSION}
)
"""What the rows speak of besides terms."""
_MAPPED: Final = frozenset({SKOS_EXACT_MATCH, SKOS_NARROW_MATCH, SKOS_CLOSE_MATCH})


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
        _by_system(said, EG_SYSTEM_URI, EG_CODE_PREFIX),
        _by_system(said, EG_CODE_PREFIX, EG_CODE_FORM),
        _by_system(said, EG_CODE_PREFIX, EG_NAME_TAG),
        _name_words(said),
        _uncovered(said),
    )


def _entries(said: Mapping[IRI, _Said]) -> dict[IRI, Entry]:
    markers = {kind for each in said.values() for kind in each.kinds} - _ROOTS.keys() - {EG_CASE}
    conversions = _conversions(each for each in said.values() if EG_UNIT_CONVERSION in each.kinds)
    return {
        term: _entry(term, each, markers, tuple(conversions[term]))
        for term, each in said.items()
        if _NO_TERMS.isdisjoint(each.kinds) and each.one(RDFS_LABEL)
    }


def _forms(said: Mapping[IRI, _Said]) -> dict[str, AmbiguousForm]:
    return {
        fold(form): AmbiguousForm(
            form, tuple(map(IRI, each.all(EG_MAY_MEAN))), each.all(EG_MAY_MEAN_ELSEWHERE)
        )
        for each in said.values()
        if EG_AMBIGUOUS_FORM in each.kinds
        for form in each.all(EG_FORM)
    }


def _by_system(said: Mapping[IRI, _Said], key: IRI, value: IRI) -> dict[str, str]:
    """What is said of each terminology, by something else that is said of it."""
    return {
        name: each.one(value)
        for each in said.values()
        if EG_CODE_SYSTEM in each.kinds and each.one(value)
        for name in each.all(key)
    }


def _name_words(said: Mapping[IRI, _Said]) -> tuple[NameWords, ...]:
    """The words that may stand beside a name."""
    return tuple(
        NameWords(each.all(EG_FORM), each.one(EG_READ_AS), each.one(EG_MESSAGE))
        for each in said.values()
        if EG_NAME_WORDS in each.kinds
    )


def _uncovered(said: Mapping[IRI, _Said]) -> frozenset[str]:
    """The names near to one of a term that mean something else."""
    groups = (each for each in said.values() if EG_UNCOVERED_NAME in each.kinds)
    return frozenset(fold(form) for each in groups for form in each.all(EG_FORM))


def _conversions(said: Iterable[_Said]) -> defaultdict[str, list[Conversion]]:
    """The conversions between units of each measurement."""
    found: defaultdict[str, list[Conversion]] = defaultdict(list)
    for each in said:
        conversion = Conversion(
            each.one(EG_FROM_UNIT),
            each.one(EG_TO_UNIT),
            _fraction(each.one(EG_FACTOR)),
            each.one(EG_FACTOR_FROM),
        )
        for term in each.all(EG_CONVERSION_FOR):
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
    return said.one(EG_REFERENCE_UNIT), Decimal(least), Decimal(most)


def _entry(term: IRI, said: _Said, markers: set[IRI], conversions: tuple[Conversion, ...]) -> Entry:
    above = [kind for kind in said.kinds if kind in markers or kind == EG_CASE]
    above += [IRI(marker) for marker in said.all(EG_SHOWN_BY)]
    abbreviations = said.all(EG_ABBREVIATION)
    synonyms = (name for name in said.all(SKOS_ALT_LABEL) if name not in abbreviations)
    return Entry(
        iri=term,
        label=said.one(EG_SHOWN_AS) or said.one(RDFS_LABEL),
        kind=_kind(term, said.kinds, markers),
        abbreviations=abbreviations,
        synonyms=tuple(synonyms),
        narrower=said.all(EG_NARROWER_NAME),
        codes=tuple(said.codes),
        parents=frozenset(IRI(parent) for parent in said.all(RDFS_SUBCLASS_OF)) - {term},
        flag=said.one(EG_FLAG),
        of=above[0] if above else None,
        measured_in=_units(said, conversions),
        usable_for_days=int(said.one(EG_USABLE_FOR_DAYS) or 0),
        asked_as=said.one(EG_ASKED_AS),
        members=tuple(map(IRI, said.all(EG_MEMBER_TEST))),
        set_aside_by=tuple(map(IRI, said.all(EG_SET_ASIDE_BY))),
        read_with=tuple(map(IRI, said.all(EG_READ_WITH))),
        set_aside_reason=said.one(EG_SET_ASIDE_REASON),
    )


def _units(said: _Said, conversions: tuple[Conversion, ...]) -> Units:
    names = said.all(EG_UNIT)
    if not names:
        return NO_UNITS
    aliases = (alias.partition("=") for alias in said.all(EG_UNIT_ALIAS))
    return Units(
        names=names,
        aliases=tuple((alias, unit) for alias, _, unit in aliases),
        conversions=conversions,
        note=said.one(EG_UNIT_NOTE),
        of_limit=said.one(EG_LIMIT_UNIT),
        plausible=_band(said, EG_PLAUSIBLE_FROM, EG_PLAUSIBLE_TO),
        plausible_limit=_band(said, EG_PLAUSIBLE_LIMIT_FROM, EG_PLAUSIBLE_LIMIT_TO),
    )


def _kind(term: IRI, kinds: Collection[IRI], markers: set[IRI]) -> Kind:
    if EG_CASE in kinds:
        return Kind.SEX
    if term in markers:
        return Kind.MARKER
    if not markers.isdisjoint(kinds):
        return Kind.STATE
    return next(kind for root, kind in _ROOTS.items() if root in kinds)
