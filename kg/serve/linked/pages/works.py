"""The numbers that documents cite, and the works behind them as far as they are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from kg.model.rdf import Triple
from kg.model.vocabulary import DCTERMS, EG, IRI, SKOS, Term, eg
from kg.pages.values import Link, Page, Phrase, Row, Section, Table, joined, path_of, phrase
from kg.serve.linked.links import link_to
from kg.serve.linked.material import Material
from kg.serve.linked.pages.parts import Remaining, statement_links
from kg.serve.linked.view import View

_KNOWN: Final = tuple(map(eg, (
    "resolution", "inferredReference", "rejectedReference", "inferenceMethod", "confidence", "note",
)))  # fmt: skip
_HEADS: Final = ("Number", "What is known of it", "Work")


def cited_table(view: View, cites: Iterable[Triple]) -> Section:
    """The numbers that a sentence prints, each with what is known of the work behind it."""
    numbers = [each.object for each in cites if isinstance(each.object, IRI)]
    rows = tuple(number_row(view, each) for each in numbers if view.values(each, EG.number))
    without = [each for each in numbers if not view.values(each, EG.number)]
    lead = phrase(view.text(without[0], SKOS.definition)) if without else ()
    table = Table("Numbers that the sentence prints", _HEADS, rows)
    return Section("What it cites", lead=lead, table=table)


def number_row(view: View, number: IRI) -> tuple[Phrase, ...]:
    """A cited number as a row: the number, its standing, and the work."""
    return (
        phrase(Link(f"[{view.text(number, EG.number)}]", path=path_of(number))),
        phrase(_standing(view, number)),
        _works(view, number),
    )


def _standing(view: View, number: IRI) -> str:
    """How the work behind a number is known, in words."""
    status = ", ".join(link_to(view, each).text for each in view.values(number, EG.resolution))
    confidence = view.text(number, EG.confidence)
    if view.values(number, EG.inferredReference):
        how = f", confidence {confidence}" if confidence else ""
        return f"{status}: matched by a curator{how}; the document does not say so"
    note = view.text(number, EG.note)
    return f"{status}. {note}" if note else status


def _works(view: View, number: IRI) -> Phrase:
    found = [work_link(view, each) for each in view.values(number, EG.inferredReference)]
    found += [
        replace(work_link(view, each), note="considered and turned down")
        for each in view.values(number, EG.rejectedReference)
    ]
    return joined(found, "; ") or phrase("not known")


def work_link(view: View, work: Term) -> Link:
    """A work by its title, which leads to its page."""
    link = link_to(view, work)
    title = view.text(work, DCTERMS.title) if isinstance(work, IRI) else ""
    return replace(link, text=title or link.text)


def number_page(material: Material, iri: IRI, remaining: Remaining) -> Page:
    """The page of a number that a document cites."""
    view = material.view
    statements = statement_links(view, remaining.subjects([EG.cites]))
    document = remaining.rows([EG.inDocument])
    method = remaining.rows([EG.inferenceMethod, EG.note])
    row = number_row(view, iri)
    remaining.take([*_KNOWN, EG.number])
    return Page(
        view.name(iri),
        kind="number that a document cites",
        sections=(
            Section("", rows=document),
            Section("The work behind it", table=Table("What is known of it", _HEADS, (row,))),
            Section("How that is known", rows=method),
            Section("Statements that cite it", items=statements),
            *remaining.sections(),
        ),
    )


_PRINTED: Final = ("venue", "year", "labelledAs", "assessedAs", "doi", "pubmedId", "pmcId")


def reference_page(material: Material, iri: IRI, remaining: Remaining) -> Page:
    """The page of a work that a document lists."""
    view = material.view
    title = view.text(iri, DCTERMS.title) or view.name(iri)
    printed = remaining.rows(tuple(map(eg, _PRINTED)))
    printed = (*printed, *remaining.rows([EG.inDocument, EG.line]))
    taken, turned_down = (
        remaining.subjects([each]) for each in (EG.inferredReference, EG.rejectedReference)
    )
    remaining.take([DCTERMS.title])
    statements = statement_links(view, (e for n in taken for e in view.subjects(EG.cites, n)))
    rows = (*_row("Taken for it", view, taken), *_row("Not taken for it", view, turned_down))
    lead = () if taken else phrase("No number of the document is taken for this work.")
    return Page(
        title,
        id=view.name(iri) if title != view.name(iri) else "",
        kind="work that a document lists",
        sections=(
            Section("As the document prints it", rows=printed),
            Section("Numbers of the document", lead=lead, rows=rows),
            Section("Statements that cite it, as far as that is known", items=statements),
            *remaining.sections(),
        ),
    )


def _row(name: str, view: View, numbers: Iterable[IRI]) -> Iterable[Row]:
    links = tuple(
        replace(link_to(view, each), note=_standing(view, each)) for each in sorted(numbers)
    )
    return (Row(Link(name), links),) if links else ()
