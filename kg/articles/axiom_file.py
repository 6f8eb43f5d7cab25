"""The axioms of all statements, and the classes that they need, as one file of Turtle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

from kg.articles.axioms import Axiom, Axioms
from kg.articles.blocks import Head, annotated, presented, restriction
from kg.articles.classes import name_of
from kg.articles.messages import Messages
from kg.model.errors import ValidationError
from kg.model.rdf import (
    Description,
    Heading,
    Layout,
    Listed,
    Nameless,
    Properties,
    Triple,
    write_turtle,
)
from kg.model.rdf.turtle import Part
from kg.model.report import Report
from kg.model.vocabulary import (
    BASE,
    EG,
    IRI,
    OWL,
    RDF,
    RDFS,
    SKOS,
    XSD,
    Literal,
    eg,
    english,
)

MODULE: Final = IRI(f"{BASE}ontology/axioms")
FILE: Final = "axioms.ttl"

_REMARK: Final = """\
Etiograph axioms: what the statements of the documents make, by the patterns of their predicates.

Each stands with the statements that carry it, those that agree, those that deny it, and where
they stand. What no record can say stands by hand in the files of conditions, markers and rules.

Made by `kg source write` of the statements and of patterns.ttl: change those."""
_IMPORTED: Final = ("evidence", "rules")
_ANNOTATIONS: Final = (
    *(EG.evidence, EG.corroboration, EG.counterEvidence),
    *(EG.saidOf, EG.locatorText, EG.message),
)


def axioms_turtle(
    triples: Iterable[Triple], release: str, written: Mapping[IRI, str] | None = None
) -> str:
    """The file of the axioms that some triples make; ValidationError for what cannot be made.

    `written` is where each statement was written, as `path:line`.
    """
    axioms = Axioms(triples, written)
    if axioms.findings:
        raise ValidationError(Report(tuple(axioms.findings)))
    parts: list[Part] = [*presented(_head(release), _ANNOTATIONS)]
    parts += [_value_class(axioms, iri, of) for iri, of in sorted(axioms.new_classes.items())]
    parts += [_role_class(axioms, iri, of) for iri, of in sorted(axioms.new_roles.items())]
    parts += [_case_class(axioms, iri) for iri in sorted(axioms.kinds)]
    for target, group in groupby(axioms, key=lambda each: each.target):
        parts.append(Heading(axioms.label(target) or axioms.words(target)[0]))
        for axiom in group:
            parts += _written(axioms, axiom)
    parts += _messages(axioms.messages)
    return write_turtle(parts, remark=_REMARK, bare=True)


def _messages(messages: Messages) -> Iterator[Part]:
    """The messages whose figures stand in statements."""
    if messages.filled:
        yield Heading("Messages, with the figures of their statements")
    for node, told in messages.filled.items():
        yield Description(node, ((EG.message, (english(told),)),), Layout.ONE_LINE)


def _head(release: str) -> Head:
    return Head(
        name="axioms",
        title="Etiograph axioms of statements",
        description="Axioms that statements make, each with the statements for and against it.",
        imports=_IMPORTED,
        release=release,
    )


def _value_class(axioms: Axioms, iri: IRI, of: tuple[IRI, IRI]) -> Description:
    has_value = restriction(of[0], (OWL.hasValue, (of[1],)))
    parent = axioms.parent(of[0])
    said = ((RDFS.subClassOf, (parent,)),) if parent is not None else ()
    return _class(iri, axioms.words(iri), (*said, (OWL.equivalentClass, (has_value,))))


def _role_class(axioms: Axioms, iri: IRI, of: tuple[IRI, IRI]) -> Description:
    is_role = (EG.clinicalRole, (Literal("true", XSD.boolean),))
    return _class(iri, axioms.words(iri), ((RDFS.subClassOf, (name_of(*of),)), is_role))


def _case_class(axioms: Axioms, iri: IRI) -> Description:
    """A kind of case by its two parts; what answers call it is by the template of its property."""
    case = axioms.kinds[iri]
    member: Nameless | IRI = case.member
    if case.property is not None:
        member = restriction(case.property, (OWL.someValuesFrom, (case.member,)))
    both = Nameless(
        [(RDF.type, [OWL.Class]), (OWL.intersectionOf, [Listed([case.context, member])])]
    )
    shown = (EG.shownAs, (english(axioms.case_words(iri, "caseShownAs")),))
    words = (axioms.case_words(iri, "caseLabel"), axioms.case_words(iri, "caseDefinition"))
    return _class(iri, words, ((OWL.equivalentClass, (both,)),), (shown,))


def _class(
    iri: IRI, words: tuple[str, str], said: Properties, named: Properties = ()
) -> Description:
    label, definition = words
    return Description(
        iri,
        (
            (RDF.type, (OWL.Class,)),
            *said,
            (RDFS.label, (english(label),)),
            *named,
            (SKOS.definition, (english(definition),)),
            (RDFS.isDefinedBy, (MODULE,)),
        ),
        Layout.BESIDE,
    )


def _written(axioms: Axioms, axiom: Axiom) -> Iterator[Part]:
    """The axiom, and the node that says what carries it."""
    said: Mapping[str, list[IRI]] = {
        "evidence": axiom.evidence,
        "corroboration": axiom.corroboration,
        "counterEvidence": axiom.counter_evidence,
        "saidOf": axioms.scope(axiom),
    }
    yield Description(axiom.source, ((RDFS.subClassOf, (axiom.target,)),), Layout.ONE_LINE)
    about: Properties = (
        *((eg(name), sorted(values)) for name, values in said.items()),
        (EG.locatorText, (Literal(axioms.places(sorted(axiom.evidence))),)),
    )
    yield annotated(axiom.source, axiom.target, about)
