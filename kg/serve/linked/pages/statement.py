"""The page of a statement: its words, what limits them, where they stand, what rests on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

from kg.model.rdf import Triple
from kg.model.statements import short_id
from kg.model.vocabulary import EG, IRI, PREFIXES, RDF, RDFS, Literal, eg, expand
from kg.pages.values import Link, Page, Phrase, Row, Section, Table, phrase
from kg.serve.linked.links import link_to, property_name, sort_links
from kg.serve.linked.material import Material
from kg.serve.linked.pages.parts import (
    LONG,
    SILENT,
    Remaining,
    asked_section,
    review_rows,
    review_word,
    rule_cell,
    statement_ids,
    statement_link,
    statement_words,
)
from kg.serve.linked.pages.place import place_of, sentence_section
from kg.serve.linked.pages.works import cited_table
from kg.serve.linked.view import View
from kg.serve.linked.wording import Rule, definition, words


def _own(names: str) -> tuple[IRI, ...]:
    return tuple(eg(name) for name in names.split())


_SAYS: Final = _own("subject predicate object polarity")
_QUALIFIERS: Final = (
    ("For whom", _own("population context")),
    (
        "How sure",
        _own("modality emphasis flaggedImportant significance pValue correlationStrength"),
    ),
    ("How often", _own("frequency")),
    ("How large", _own("magnitude relativeTo comparator studySize")),
    ("When", _own("timing duration step urgency")),
    ("In which direction", _own("direction pattern")),
    ("Of what", _own("analyte tissueSource dose")),
    ("On which condition", _own("precondition purpose givenAs alternativeTo")),
    ("Not stated there", _own("notStated")),
    ("Remark of the curators", _own("note")),
)
"""What a reader asks of a statement, with the properties that answer, the plainest first."""
_USES: Final = (
    EG.usesStatement, EG.ruleStatement, EG.usesBackground, EG.weakestStatement,
)  # fmt: skip
_RESTS: Final = frozenset({*_USES, *_own("evidence corroboration counterEvidence")})


def page(material: Material, iri: IRI, remaining: Remaining) -> Page:
    """The page of a statement or of background."""
    view = material.view
    text = statement_words(view, iri)
    region = view.iri(iri, EG.region)
    name = short_id(iri)
    remaining.take([EG.region, EG.inDocument])
    says = _says(view, remaining)
    qualifiers = tuple(_qualifiers(view, remaining))
    citations = cited_table(view, remaining.take([EG.cites]))
    links = _links(material, remaining)
    conclusions = _conclusions(view, remaining)
    return Page(
        text,
        id=name if iri.startswith(PREFIXES["st"]) else "",
        kind=_kind(view, iri),
        lead=text,
        sections=(
            Section("", lead=says),
            Section("", rows=qualifiers),
            Section("Where it stands", lead=place_of(view, iri)),
            sentence_section(material, region),
            citations,
            *links,
            _rules(material, iri),
            _thresholds(view, iri),
            asked_section(material, name),
            Section("Review", rows=_reviews(material, iri)),
            Section("Conclusions that use it", items=conclusions, is_folded=True),
            *remaining.sections(),
        ),
        data=_claim(view, iri, text),
        is_private=material.copies is not None,
    )


def _kind(view: View, iri: IRI) -> str:
    kinds = [each for each in view.values(iri, RDF.type) if each not in SILENT]
    named = ", ".join(link_to(view, each).text for each in kinds)
    return named if iri.startswith(PREFIXES["st"]) else f"{named}, said by no document"


def _says(view: View, remaining: Remaining) -> Phrase:
    """Subject, relation and object as one line, with the word that denies it."""
    said = {each.predicate: each.object for each in remaining.take(_SAYS)}
    subject, relation, thing, polarity = (said.get(each) for each in _SAYS)
    if subject is None or relation is None or thing is None:
        return ()
    is_denied = polarity == EG.denied
    return phrase(
        "In terms: ",
        link_to(view, subject),
        " — not: " if is_denied else " — ",
        link_to(view, relation),
        " — ",
        link_to(view, thing),
    )


def _qualifiers(view: View, remaining: Remaining) -> Iterator[Row]:
    for title, properties in _QUALIFIERS:
        values = [_value(view, each, properties[0]) for each in remaining.take(properties)]
        if values:
            yield Row(Link(title), tuple(values))


def _value(view: View, said: Triple, plain: IRI) -> Link:
    """A value with the name of its property, unless the heading says that."""
    value = link_to(view, said.object)
    if isinstance(said.object, Literal) and value.text in ("true", "false"):
        return Link(property_name(view, said.predicate)) if value.text == "true" else Link("no")
    if said.predicate == plain:
        return value
    return replace(value, note=_NOTES.get(said.predicate) or property_name(view, said.predicate))


_NOTES: Final = {EG.context: "what a case has to be"}


# ── Links with other statements ─────────────────────────────────────────────────────────────


def _links(material: Material, remaining: Remaining) -> tuple[Section, Section]:
    """How it bears on other statements, and how they bear on it."""
    view, relations = material.view, material.relations
    out, back = remaining.take(relations), remaining.pointing(relations)
    return (
        Section("How it bears on other statements", rows=_by_relation(view, out, "object")),
        Section("How other statements bear on it", rows=_by_relation(view, back, "subject")),
    )


def _by_relation(view: View, triples: Iterable[Triple], end: str) -> tuple[Row, ...]:
    groups: dict[IRI, list[Link]] = {}
    for each in triples:
        other = getattr(each, end)
        if isinstance(other, IRI):
            groups.setdefault(each.predicate, []).append(statement_link(view, other))
    return tuple(
        Row(Link(property_name(view, relation)), tuple(sorted(links, key=lambda e: e.id)))
        for relation, links in groups.items()
    )


# ── What rests on it ────────────────────────────────────────────────────────────────────────


def _rules(material: Material, iri: IRI) -> Section:
    """The rules that it carries, those that it agrees with, and those that it denies."""
    carried = material.carried.get(iri, ())
    corroborated = material.corroborated.get(iri, ())
    rows = (
        *(_rule_row(material, each, _carries(material.view, each, iri)) for each in carried),
        *(_rule_row(material, each, phrase("agrees with it")) for each in corroborated),
        *(_rule_row(material, each, phrase("denies it")) for each in material.denied.get(iri, ())),
    )
    table = Table("Rules that rest on it", ("Rule", "Its part", "Reviewed"), rows)
    return Section("Rules it feeds", table=table, is_folded=len(rows) > LONG)


def _rule_row(material: Material, rule: Rule, part: Phrase) -> tuple[Phrase, ...]:
    return (rule_cell(rule), part, phrase(review_word(material.view, rule)))


def _carries(view: View, rule: Rule, iri: IRI) -> Phrase:
    others = [each for each in rule.evidence if each != iri]
    if not others:
        return phrase("carries it alone: without it the rule falls")
    return (*phrase("carries it, as does "), *statement_ids(view, others))


def _thresholds(view: View, iri: IRI) -> Section:
    """The classes whose limits are taken from it."""
    rows = []
    for each in view.subjects(EG.thresholdFrom, iri):
        meant = definition(view, each)
        rows.append((phrase(link_to(view, each)), words(view, meant) if meant else ()))
    table = Table("Thresholds that are taken from it", ("Term", "Means"), tuple(rows))
    return Section("Thresholds taken from it", table=table, is_folded=len(rows) > LONG)


def _conclusions(view: View, remaining: Remaining) -> tuple[Link, ...]:
    edges = set(remaining.subjects(_RESTS))
    kept = (each for each in edges if EG.DerivedEdge in view.values(each, RDF.type))
    return sort_links(link_to(view, each) for each in kept)


def _reviews(material: Material, iri: IRI) -> tuple[Row, ...]:
    """What is known of reviews: of its document, of the rules that it carries, of itself."""
    view = material.view
    said = (view.text(each, EG.reviewStatus) for each in view.iris(iri, EG.inDocument))
    rows = [Row(Link("The document"), (Link(each),)) for each in said if each]
    if not iri.startswith(PREFIXES["st"]):
        rows += review_rows(view, iri, view.name(iri))
    carried = material.carried.get(iri, ())
    if carried:
        done = sum(review_word(view, each) != "no" for each in carried)
        rows.append(Row(Link("Rules it carries"), (Link(f"{done} of {len(carried)} reviewed"),)))
    return tuple(rows)


def _claim(view: View, iri: IRI, text: str) -> dict[str, object]:
    """The statement for search engines (https://schema.org/Claim)."""
    kinds = view.iris(iri, RDF.type)
    wider = (view.values(each, RDFS.subClassOf) for each in kinds)
    if EG.Statement not in chain(kinds, *wider):
        return {}
    return {
        "@context": "https://schema.org/",
        "@type": "Claim",
        "@id": view.published(iri),
        "name": short_id(iri),
        "text": text,
        **_linked(view, iri),
    }


_LINKED: Final = {expand(f"schema:{each}"): each for each in ("about", "appearance", "isBasedOn")}


def _linked(view: View, iri: IRI) -> dict[str, object]:
    """What it is about, the article that makes it, and the place there."""
    return {
        _LINKED[each.predicate]: {"@id": view.published(str(each.object))}
        for each in view.in_other_words(iri)
        if each.predicate in _LINKED
    }
