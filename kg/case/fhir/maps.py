"""Codes of a hospital: its ConceptMaps, put beside the tables of codes.

A map says how a code that nobody else has stands to one of a terminology. Only what makes the
reading true is used: where both mean the same, or the code of the terminology is the wider one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kg.case.document import parse_json
from kg.case.fhir.builder import RefusedError, Table
from kg.case.fhir.resources import tables, text
from kg.model.codes import Coded, encode_codes
from kg.model.errors import UsageError
from kg.model.terms import Lexicon
from kg.model.vocabulary import EG, IRI, SKOS

_RELATIONS: Final = (
    dict.fromkeys(("equal", "equivalent"), SKOS.exactMatch)
    | dict.fromkeys(("wider", "subsumes", "source-is-narrower-than-target"), SKOS.narrowMatch)
    | dict.fromkeys(("narrower", "specializes", "source-is-broader-than-target"), SKOS.broadMatch)
    | dict.fromkeys(("relatedto", "inexact", "related-to"), SKOS.relatedMatch)
    | dict.fromkeys(("unmatched", "disjoint", "not-related-to"), EG.noMatch)
)
"""How a code of the hospital stands to one of a terminology, in the words of FHIR R4 and R5."""

_LOCAL: Final = "local"
"""What stands in front of a code whose system has no prefix here."""


class _Mapped(Struct, frozen=True):
    """One line of a map: a code of the hospital, and how it stands to one of a terminology."""

    system: str
    code: str
    relation: IRI
    target: str
    """The code of the terminology, with the prefix that it has here."""


def with_maps(lexicon: Lexicon, maps: Iterable[tuple[str, str]]) -> Lexicon:
    """The lexicon with the codes of a hospital, by the ConceptMaps given as name and JSON text.

    UsageError, with the place in the map, where one is no FHIR ConceptMap of R4 or R5.
    """
    systems = dict(lexicon.systems)
    coded = dict(lexicon.coded)
    for name, written in maps:
        for each in _read(name, written, lexicon):
            prefix = systems.setdefault(each.system, _new_prefix(systems))
            key = f"{prefix}:{each.code}"
            known = {use.term for use in coded.get(key, ())}
            added = (use for use in _uses(lexicon, each) if use.term not in known)
            coded[key] = (*coded.get(key, ()), *added)
    return replace(lexicon, systems=systems, codes=encode_codes(coded))


def _new_prefix(systems: Mapping[str, str]) -> str:
    """A prefix that no system has; the codes behind it are told apart by it."""
    taken = set(systems.values())
    names = (_LOCAL + "'" * count for count in range(len(taken) + 1))
    return next(name for name in names if name not in taken)


def _uses(lexicon: Lexicon, mapped: _Mapped) -> Iterator[Coded]:
    """How the code of the hospital stands to terms, by that to which it is mapped."""
    for use in lexicon.uses(mapped.target):
        relation = use.relation if mapped.relation == SKOS.exactMatch else mapped.relation
        if use.stands or mapped.relation == SKOS.exactMatch:
            yield replace(use, relation=relation, under="", mapped=mapped.target)


def _read(name: str, written: str, lexicon: Lexicon) -> Iterator[_Mapped]:
    """The lines of a map whose target is of a terminology that is known here."""
    try:
        document = parse_json(written)
    except UsageError as error:
        raise UsageError(f"{name}: {error.message}") from None
    if not isinstance(document, dict) or document.get("resourceType") != "ConceptMap":
        raise UsageError(f"{name}: wanted a FHIR ConceptMap as JSON, found something else.")
    try:
        for place, group in enumerate(tables(document, "group")):
            yield from _read_group(f"{name}: group[{place}]", group, lexicon)
    except RefusedError as error:
        raise UsageError(f"{name}: {error.message}.") from None


def _read_group(place: str, group: Table, lexicon: Lexicon) -> Iterator[_Mapped]:
    source, target = (text(group, key).partition("|")[0] for key in ("source", "target"))
    prefix = lexicon.systems.get(target, "")
    for number, element in enumerate(tables(group, "element")):
        code = text(element, "code")
        for count, each in enumerate(tables(element, "target")):
            where = f"{place}.element[{number}].target[{count}]"
            relation = _relation(where, each)
            if code and prefix and text(each, "code") and not each.get("dependsOn"):
                key = f"{prefix}:{text(each, 'code').removeprefix(f'{prefix}:')}"
                yield _Mapped(source, code, relation, key)


def _relation(place: str, target: Table) -> IRI:
    said = text(target, "equivalence") or text(target, "relationship")
    relation = _RELATIONS.get(said)
    if relation is None:
        raise UsageError(
            f"{place}: equivalence (or, in R5, relationship) is {said!r}; "
            f"wanted one of {', '.join(_RELATIONS)}."
        )
    return relation
