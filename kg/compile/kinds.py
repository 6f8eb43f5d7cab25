"""The names of terms, and what each kind of case asks for, from a graph and its rules."""

from __future__ import annotations

from collections.abc import Mapping

from kg.model.compiled import CaseKind, Criterion, Name
from kg.model.vocabulary import text_of
from kg.reasoning.requirements import Requirement, requirements, ways
from kg.reasoning.rules import Rules
from kg.store.base import Store
from kg.store.queries import shipped_rows

Kinds = tuple[tuple[Criterion, ...], dict[str, CaseKind]]
"""Everything that kinds of case ask for, each once, and the kinds by their class."""


def read_names(store: Store) -> dict[str, Name]:
    """The names of all classes and data properties; the shortest abbreviation is the short one."""
    found: dict[str, Name] = {}
    for record in shipped_rows(store, "ask/names").records():
        iri, label = text_of(record["term"]), text_of(record["label"])
        given = text_of(record.get("abbreviation")) or label
        known = found.get(iri)
        shortest = given if known is None else min(known.short, given, key=len)
        found[iri] = Name(label, shortest, "measurement" in record)
    return found


def read_kinds(store: Store, rules: Rules, names: Mapping[str, Name]) -> Kinds:
    """Every kind of case that statements are about or advise tests for, with what it asks for."""
    contexts = (
        *shipped_rows(store, "ask/contexts").column("context"),
        *shipped_rows(store, "ask/advised").column("of"),
    )
    places: dict[Requirement, int] = {}
    found = {}
    for context in dict.fromkeys(map(text_of, contexts)):
        needed = requirements(rules, context)
        criteria = tuple(places.setdefault(each, len(places)) for each in needed)
        found[context] = CaseKind(criteria, _excluders(rules, context))
    return tuple(_criterion(rules, names, each) for each in places), found


def _criterion(rules: Rules, names: Mapping[str, Name], needed: Requirement) -> Criterion:
    above = (needed.filler, *rules.supers.get(needed.filler, ()))
    measurement = next((k for k in above if k in names and names[k].is_measurement), "")
    name = names[measurement or needed.filler or needed.role]
    found = ways(rules, needed.filler)
    return Criterion(
        role=needed.role,
        filler=needed.filler,
        missing=name.label,
        short=name.short,
        measurement=measurement,
        excluders=_excluders(rules, needed.filler),
        ways=found,
        figures={
            each: names[each].label
            for each in sorted({limit.figure for way in found for limit in way})
        },
    )


def _excluders(rules: Rules, class_iri: str) -> frozenset[str]:
    """Every class that is disjoint with the class or with one above it."""
    implied = {class_iri, *rules.supers.get(class_iri, ())}
    groups = rules.index.disjoint
    met = {group for each in implied for group, _ in groups.get(each, ())}
    return frozenset(each for group in met for each in rules.disjoint[group].classes) - implied
