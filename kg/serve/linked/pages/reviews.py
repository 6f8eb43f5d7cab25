"""What clinicians have said of a rule or of background."""

from __future__ import annotations

from collections.abc import Iterator

from kg.model.vocabulary import IRI, Term, eg, expand, text_of
from kg.pages.values import Link, Row
from kg.serve.linked.links import link_to
from kg.serve.linked.view import View
from kg.serve.linked.wording import Rule


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
        when = view.text(review, expand("dcterms:date"))
        is_current = view.text(review, eg("reviewedText")) == text
        note = when if is_current else f"{when}, of an older wording"
        comment = view.text(review, expand("rdfs:comment"))
        told = f"{decision}: {comment}" if comment else decision
        rows.append(Row(who, (Link(told, note=note),)))
    return rows or [Row(Link("Reviewed"), (Link("by nobody so far"),))]


def _decisions(view: View, iri: IRI, text: str) -> Iterator[tuple[str, bool]]:
    for review in _reviews(view, iri):
        is_current = view.text(review, eg("reviewedText")) == text
        yield link_to(view, _first(view, review, "decision")).text, is_current


def _reviews(view: View, iri: IRI) -> list[IRI]:
    return [e.subject for e in view.pointing(iri, eg("reviews")) if isinstance(e.subject, IRI)]


def _first(view: View, node: IRI, name: str) -> Term:
    return view.value(node, eg(name)) or IRI(text_of(None))
