"""Statements, background and rules as other pages name them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kg.model.statements import short_id
from kg.model.vocabulary import IRI, PREFIXES, PROV_WAS_INVALIDATED_BY
from kg.pages.values import Link, Phrase, Section, Table, joined, path_of, phrase
from kg.serve.linked.material import Material
from kg.serve.linked.view import View
from kg.serve.linked.wording import Rule

LONG: Final = 12
"""Rows from which on a list is folded."""


def statement_words(view: View, iri: IRI) -> str:
    """What a statement says, without its id."""
    return view.name(iri).removeprefix(f"{short_id(iri)} ")


def statement_link(view: View, iri: IRI) -> Link:
    """A statement with its id before its words; background by its words alone."""
    note = "withdrawn" if view.values(iri, PROV_WAS_INVALIDATED_BY) else ""
    if iri.startswith(PREFIXES["st"]):
        return Link(statement_words(view, iri), path=path_of(iri), id=short_id(iri), note=note)
    return Link(view.name(iri), path=path_of(iri), note=note or "background")


def statement_ids(view: View, iris: Iterable[IRI]) -> Phrase:
    """The ids of statements, one after the other; background by its words."""
    links = tuple(
        Link("", path=path_of(each), id=short_id(each))
        if each.startswith(PREFIXES["st"])
        else Link(view.name(each), path=path_of(each), note="background")
        for each in iris
    )
    return joined(links)


def statement_links(view: View, iris: Iterable[IRI]) -> tuple[Link, ...]:
    """Statements in the order of their ids, background after them, each once."""
    ordered = sorted(dict.fromkeys(iris), key=lambda each: (each.startswith(PREFIXES["bg"]), each))
    return tuple(statement_link(view, each) for each in ordered)


def rule_cell(rule: Rule) -> Phrase:
    """A rule as the first cell of a row: the sentence, whose verb leads to the rule's page."""
    if rule.iri is None:
        return rule.sentence
    verb = Link(rule.verb, path=path_of(rule.iri))
    return (*rule.about, Link(" — "), verb, Link(" — "), *rule.says)


def asked_section(material: Material, name: str) -> Section:
    """The shipped questions whose answer rests on a statement, and in which part."""
    rows = tuple(
        ((Link(each.asked),), (Link(", ".join(each.parts[name])),))
        for each in material.asked
        if name in each.parts
    )
    if not rows:
        return Section("")
    told = (
        f"{len(rows)} of {len(material.asked)} shipped questions, each asked of this graph, have "
        "an answer with a line that names it. "
        f"kg what-if --withdraw {name} tells what they would lose."
    )
    table = Table("Questions, and where", ("Question", "Where it stands in the answer"), rows)
    return Section("Answers it moves", lead=phrase(told), table=table, is_folded=len(rows) > LONG)
