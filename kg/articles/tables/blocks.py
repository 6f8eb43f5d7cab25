"""The parts that the Turtle of both tables is made of: headings, classes, individuals, axioms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kg.articles.tables.records import ModuleRecord
from kg.model.rdf import (
    NAMELESS,
    Description,
    Heading,
    Layout,
    Listed,
    Nameless,
    Properties,
    write_turtle,
)
from kg.model.statements import STATEMENT_ID
from kg.model.vocabulary import (
    BASE,
    DCTERMS,
    EG,
    IRI,
    OWL,
    PREFIXES,
    RDF,
    RDFS,
    SKOS,
    XSD,
    Literal,
    eg,
    english,
    expand,
    number,
)

Block = Heading | Description


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_CLASS, _RESTRICTION, _ON_PROPERTY, _SOME, _VALUE, _INTERSECTION, _DISJOINT = (
    expand(f"owl:{name}")
    for name in _words(
        "Class Restriction onProperty someValuesFrom hasValue intersectionOf disjointWith"
    )
)
_STATEMENT: Final = re.compile(STATEMENT_ID)


def module(name: str) -> IRI:
    """The ontology IRI of a module."""
    return IRI(f"{BASE}ontology/{name}")


def source(name: str) -> IRI:
    """The statement of a document by its id, or else a background statement."""
    return IRI(f"{PREFIXES['st' if _STATEMENT.fullmatch(name) else 'bg']}{name}")


def texts(values: Iterable[str]) -> list[Literal]:
    """Texts in no language."""
    return [Literal(each) for each in values]


def said(text: str) -> list[Literal]:
    """A text in English, or nothing."""
    return [english(text)] if text else []


def decimal(text: str) -> Literal:
    """A number with a point, so that it stands bare as an xsd:decimal."""
    return number(text if "." in text else f"{text}.0")


# ── The module ──────────────────────────────────────────────────────────────────────────────────

_PREFIXES: Final = ("bg", "dcterms", "eg", "owl", "rdf", "rdfs", "skos", "st", "xsd")
_ANNOTATIONS: Final = _words(
    "dcterms:title dcterms:description dcterms:license skos:definition skos:altLabel skos:note "
    "eg:evidence eg:corroboration eg:locatorText"
)


def module_turtle(
    name: str, record: ModuleRecord, imports: Sequence[str], blocks: Iterable[Block], remark: str
) -> str:
    """A module as Turtle: what it is, the annotation properties that it uses, and its blocks."""
    iri = module(name)
    about = Description(
        iri,
        [
            (RDF.type, [OWL.Ontology]),
            (DCTERMS.title, said(record.title)),
            (DCTERMS.description, said(record.description)),
            (DCTERMS.license, [IRI("https://creativecommons.org/licenses/by/4.0/")]),
            (OWL.versionIRI, [IRI(f"{iri}/{record.version}")]),
            (OWL.versionInfo, texts([record.version])),
            (OWL.imports, [module(each) for each in imports]),
        ],
        Layout.BESIDE,
    )
    used = [
        Description(expand(each), [(RDF.type, [OWL.AnnotationProperty])], Layout.ONE_LINE)
        for each in _ANNOTATIONS
    ]
    return write_turtle([about, *used, *blocks], _PREFIXES, remark=remark)


# ── What is declared ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Term:
    """A class or individual by its name without prefix, with what it is called and means."""

    iri: str
    label: str
    definition: str
    note: str = ""
    names: Properties = ()


def class_of(
    term: Term,
    in_module: str,
    *,
    above: Sequence[str] = (),
    same_as: Nameless | None = None,
    more: Properties = (),
) -> Description:
    """A class with its superclasses, its definition in OWL, and what else is said of it."""
    return Description(
        eg(term.iri),
        [
            (RDF.type, [_CLASS]),
            (RDFS.subClassOf, [eg(each) for each in above]),
            (OWL.equivalentClass, [same_as] if same_as else []),
            *_named(term),
            *more,
            (RDFS.isDefinedBy, [module(in_module)]),
        ],
        Layout.BESIDE,
    )


def individual_of(term: Term, kind: str, in_module: str, more: Properties) -> Description:
    """A named individual of a class."""
    return Description(
        eg(term.iri),
        [
            (RDF.type, [eg(kind), OWL.NamedIndividual]),
            *_named(term),
            *more,
            (RDFS.isDefinedBy, [module(in_module)]),
        ],
        Layout.BESIDE,
    )


def _named(term: Term) -> Properties:
    return [
        (RDFS.label, [english(term.label)]),
        *term.names,
        (SKOS.definition, [english(term.definition)]),
        (SKOS.note, said(term.note)),
    ]


# ── What is said in OWL ─────────────────────────────────────────────────────────────────────────


def both(first: str, *others: Nameless) -> Nameless:
    """What is of a class and all that the restrictions say."""
    members = Listed([eg(first), *others])
    return Nameless([(RDF.type, [_CLASS]), (_INTERSECTION, [members])])


def some(property_: str, filler: str) -> Nameless:
    """What has something of a class for a property."""
    return _restriction(eg(property_), (_SOME, [eg(filler)]))


def value(property_: str, individual: str) -> Nameless:
    """What has an individual for a property."""
    return _restriction(eg(property_), (_VALUE, [eg(individual)]))


def between(property_: IRI, bounds: Iterable[tuple[IRI, str]]) -> Nameless:
    """What has a decimal within bounds for a property."""
    facets = [Nameless([(facet, [decimal(limit)])]) for facet, limit in bounds]
    range_ = Nameless(
        [
            (RDF.type, [RDFS.Datatype]),
            (OWL.onDatatype, [XSD.decimal]),
            (OWL.withRestrictions, [Listed(facets)]),
        ]
    )
    return _restriction(property_, (_SOME, [range_]))


def _restriction(property_: IRI, said_of_it: tuple[IRI, Sequence[Nameless | IRI]]) -> Nameless:
    return Nameless([(RDF.type, [_RESTRICTION]), (_ON_PROPERTY, [property_]), said_of_it])


def always(restriction: Nameless | None) -> Properties:
    """That whatever is of a class has what a restriction says."""
    return [(RDFS.subClassOf, [restriction] if restriction else [])]


def below(lower: str, upper: str) -> Description:
    """That a class is a kind of another."""
    return Description(eg(lower), [(RDFS.subClassOf, [eg(upper)])], Layout.ONE_LINE)


def carried(lower: str, upper: str, background: str) -> Description:
    """By which background statement a class is a kind of another."""
    properties: Properties = [
        (RDF.type, [OWL.Axiom]),
        (OWL.annotatedSource, [eg(lower)]),
        (OWL.annotatedProperty, [RDFS.subClassOf]),
        (OWL.annotatedTarget, [eg(upper)]),
        (EG.evidence, [source(background)]),
        (EG.locatorText, texts(["background"])),
    ]
    return Description(NAMELESS, properties, Layout.BESIDE)


def shut_out(one: str, others: Iterable[str]) -> Description:
    """That nothing is of a class and of one of the others."""
    return Description(eg(one), [(_DISJOINT, [eg(each) for each in others])], Layout.ONE_LINE)


def all_apart(classes: Iterable[str]) -> Description:
    """That nothing is of two of the classes."""
    members = Listed([eg(each) for each in classes])
    properties: Properties = [
        (RDF.type, [OWL.AllDisjointClasses]),
        (OWL.members, [members]),
    ]
    return Description(NAMELESS, properties, Layout.BESIDE)
