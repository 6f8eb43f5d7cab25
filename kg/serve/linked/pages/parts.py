"""What pages share: statements, rules and reviews as all name them, and what is left to tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kg.model.rdf import Triple
from kg.model.statements import short_id
from kg.model.vocabulary import (
    DCTERMS,
    EG,
    IAO_DEFINITION,
    IRI,
    OWL,
    PREFIXES,
    PROV,
    RDFS,
    SKOS,
    Term,
    eg,
    expand,
    text_of,
)
from kg.pages.values import Link, Phrase, Row, Section, Table, joined, path_of, phrase
from kg.serve.linked.links import link_to, reverse_rows_of, rows_of
from kg.serve.linked.material import Material
from kg.serve.linked.view import MOST_INCOMING, View, incoming
from kg.serve.linked.wording import Rule

LONG: Final = 12
"""Rows from which on a list is folded."""


def statement_words(view: View, iri: IRI) -> str:
    """What a statement says, without its id."""
    return view.name(iri).removeprefix(f"{short_id(iri)} ")


def statement_link(view: View, iri: IRI) -> Link:
    """A statement with its id before its words; background by its words alone."""
    note = "withdrawn" if view.values(iri, PROV.wasInvalidatedBy) else ""
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


def review_word(view: View, rule: Rule) -> str:
    """Whether a rule was reviewed as it stands, in a word: each decision, or `no`."""
    if rule.iri is None:
        return "no"
    said = [text for text, is_current in _decisions(view, rule.iri, rule.text) if is_current]
    return ", ".join(dict.fromkeys(said)) or "no"


def review_rows(view: View, iri: IRI, text: str) -> list[Row]:
    """Each review of a text, and whether it was of the text as it is now."""
    rows = []
    for review in _reviews(view, iri):
        decision = link_to(view, _first(view, review, "decision")).text
        who = link_to(view, _first(view, review, "reviewer"))
        when = view.text(review, DCTERMS.date)
        is_current = view.text(review, EG.reviewedText) == text
        note = when if is_current else f"{when}, of an older wording"
        comment = view.text(review, RDFS.comment)
        told = f"{decision}: {comment}" if comment else decision
        rows.append(Row(who, (Link(told, note=note),)))
    return rows or [Row(Link("Reviewed"), (Link("by nobody so far"),))]


def _decisions(view: View, iri: IRI, text: str) -> Iterator[tuple[str, bool]]:
    for review in _reviews(view, iri):
        is_current = view.text(review, EG.reviewedText) == text
        yield link_to(view, _first(view, review, "decision")).text, is_current


def _reviews(view: View, iri: IRI) -> list[IRI]:
    return view.subjects(EG.reviews, iri)


def _first(view: View, node: IRI, name: str) -> Term:
    return view.value(node, eg(name)) or IRI(text_of(None))


DEPRECATED: Final = OWL.deprecated
EXECUTABLE: Final = expand("sh:SPARQLExecutable")
SILENT: Final = frozenset({OWL.NamedIndividual, EXECUTABLE, expand("sh:SPARQLSelectExecutable")})
"""Kinds that say nothing to a reader."""
_HIDDEN: Final = frozenset({SKOS.definition, IAO_DEFINITION, RDFS.label, DEPRECATED})


class Remaining:
    """What is said of a resource, and what points at it, less what was taken for its page."""

    def __init__(self, view: View, iri: IRI) -> None:
        self._view = view
        said = [each for each in view.about(iri) if each.predicate not in _HIDDEN]
        self._out = [each for each in said if each.object not in SILENT]
        self._in = incoming(view, iri)
        self._is_cut = len(self._in) >= MOST_INCOMING

    def rows(self, predicates: Sequence[IRI]) -> tuple[Row, ...]:
        """The rows of some properties, in their order."""
        return rows_of(self._view, self.take(predicates))

    def take(self, predicates: Sequence[IRI]) -> list[Triple]:
        """What is said by some properties, in the order of these."""
        taken = [each for each in self._out if each.predicate in predicates]
        self._out = [each for each in self._out if each.predicate not in predicates]
        return sorted(taken, key=lambda each: predicates.index(each.predicate))

    def pointing(self, predicates: Iterable[IRI]) -> list[Triple]:
        """What points here by some properties."""
        wanted = frozenset(predicates)
        taken = [each for each in self._in if each.predicate in wanted]
        self._in = [each for each in self._in if each.predicate not in wanted]
        return taken

    def subjects(self, predicates: Iterable[IRI]) -> list[IRI]:
        """The things that point here by some properties."""
        return [IRI(str(each.subject)) for each in self.pointing(predicates)]

    def others(self) -> tuple[Row, ...]:
        """The rows of whatever was not taken."""
        return self.rows(list(dict.fromkeys(each.predicate for each in self._out)))

    def sections(self, *, is_folded: bool = True) -> tuple[Section, ...]:
        """Whatever was not taken, and what else points here."""
        title = "What points here"
        title = f"{title} (the first {MOST_INCOMING})" if self._is_cut else title
        pointing = reverse_rows_of(self._view, self._in)
        return (
            Section("Kept on record", rows=self.others(), is_folded=is_folded),
            Section(title, rows=pointing, is_folded=is_folded),
        )
