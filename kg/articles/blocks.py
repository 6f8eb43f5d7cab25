"""What the Turtle of articles and tables is made of: modules, classes, individuals, axioms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kg.articles.article import ARTICLES, Article
from kg.model.rdf import (
    NAMELESS,
    Declared,
    Description,
    Heading,
    Layout,
    Listed,
    Nameless,
    Part,
    Properties,
    Rows,
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
    number,
)
from kg.model.vocabulary import Term as Value

Block = Heading | Description

_STATEMENT: Final = re.compile(STATEMENT_ID)
_LICENCE: Final = IRI("https://creativecommons.org/licenses/by/4.0/")
_HEAD: Final = (DCTERMS.title, DCTERMS.description, DCTERMS.license)
_BUILT_IN: Final = frozenset({RDF.type, RDFS.label, RDFS.subClassOf, RDFS.isDefinedBy})
_PREFIXES: Final = ("bg", "dcterms", "eg", "owl", "rdf", "rdfs", "skos", "st", "xsd")
_OF_TABLES: Final = (
    *(SKOS.definition, SKOS.altLabel, SKOS.note),
    *(EG.analyte, EG.direction, EG.evidence, EG.corroboration, EG.locatorText),
)
_READ_ALONE: Final = "Declared here too, so that the file can be read by itself."


def ontology(name: str) -> IRI:
    """The ontology IRI of a module."""
    return IRI(f"{BASE}ontology/{name}")


def source(name: str) -> IRI:
    """The statement of a document by its id, or else a background statement."""
    return IRI(f"{PREFIXES['st' if _STATEMENT.fullmatch(name) else 'bg']}{name}")


def plain(values: Iterable[str]) -> list[Literal]:
    """Texts in no language."""
    return [Literal(each) for each in values]


def said(text: str) -> list[Literal]:
    """A text in English, or nothing."""
    return [english(text)] if text else []


def decimal(text: str) -> Literal:
    """A number with a point, so that it stands bare as an xsd:decimal."""
    return number(text if "." in text else f"{text}.0")


# ── The module ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Head:
    """What a file of Turtle says of itself."""

    name: str
    """Its place in the ontology, such as `statements/X`."""
    title: str
    description: str
    imports: tuple[str, ...]
    release: str


def presented(head: Head, annotations: Iterable[IRI] = ()) -> Iterator[Description]:
    """What a file says of itself: title, licence, version and imports; what it annotates with."""
    iri = ontology(head.name)
    said_of_it: Properties = (
        (RDF.type, (OWL.Ontology,)),
        (DCTERMS.title, (english(head.title),)),
        (DCTERMS.description, (english(head.description),)),
        (DCTERMS.license, (_LICENCE,)),
        (OWL.versionIRI, (IRI(f"{iri}/{head.release}"),)),
        (OWL.versionInfo, (Literal(head.release),)),
        (OWL.imports, tuple(map(ontology, head.imports))),
    )
    yield Description(iri, said_of_it, Layout.BESIDE)
    for each in (*_HEAD, *annotations) if annotations else ():
        yield Description(each, ((RDF.type, (OWL.AnnotationProperty,)),), Layout.ONE_LINE)


def article_module(article: Article, head: Head, remark: str, parts: Sequence[Part]) -> str:
    """A file of Turtle of an article: its ontology, the properties that it uses, and its parts."""
    used = (*_HEAD, *sorted({*_used(parts)} - _BUILT_IN))
    declared = Declared(tuple(dict.fromkeys(used)), OWL.AnnotationProperty, _READ_ALONE)
    about = f"{head.title}: {article.file.document.short_title}."
    made_of = f"Made of {ARTICLES}/{article.path.name} and its table of places"
    whole = f"{about}\n\n{remark}\n\n{made_of} by `kg source write`: change those."
    return write_turtle((*presented(head), declared, *parts), remark=whole, bare=True)


def table_module(head: Head, remark: str, blocks: Iterable[Block]) -> str:
    """A file of Turtle of a table: its ontology, annotation properties, and its blocks."""
    return write_turtle([*presented(head, _OF_TABLES), *blocks], _PREFIXES, remark=remark)


def _used(parts: Iterable[Part]) -> Iterator[IRI]:
    for part in parts:
        if isinstance(part, Rows):
            yield from (name for row in part.rows for name, _ in row)


def described(
    node: IRI, kind: IRI, label: str, rows: Iterable[Properties], module_name: str
) -> Rows:
    """An individual: its kind and label, rows of its own, and the file that defines it."""
    return Rows(
        node,
        (
            ((RDF.type, (kind, OWL.NamedIndividual)),),
            ((RDFS.label, (english(label),)),),
            *rows,
            ((RDFS.isDefinedBy, (ontology(module_name),)),),
        ),
    )


_named = lru_cache(maxsize=1024)(eg)


def eg_rows(**values: Sequence[Value]) -> Properties:
    """Properties of this project by their names, those without a value left out."""
    return tuple((_named(name), given) for name, given in values.items() if given)


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
            (RDF.type, [OWL.Class]),
            (RDFS.subClassOf, [eg(each) for each in above]),
            (OWL.equivalentClass, [same_as] if same_as else []),
            *_of_term(term),
            *more,
            (RDFS.isDefinedBy, [ontology(in_module)]),
        ],
        Layout.BESIDE,
    )


def individual_of(term: Term, kind: str, in_module: str, more: Properties) -> Description:
    """A named individual of a class."""
    return Description(
        eg(term.iri),
        [
            (RDF.type, [eg(kind), OWL.NamedIndividual]),
            *_of_term(term),
            *more,
            (RDFS.isDefinedBy, [ontology(in_module)]),
        ],
        Layout.BESIDE,
    )


def _of_term(term: Term) -> Properties:
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
    return Nameless([(RDF.type, [OWL.Class]), (OWL.intersectionOf, [members])])


def some(property_: str, filler: str) -> Nameless:
    """What has something of a class for a property."""
    return restriction(eg(property_), (OWL.someValuesFrom, [eg(filler)]))


def value(property_: str, individual: str) -> Nameless:
    """What has an individual for a property."""
    return restriction(eg(property_), (OWL.hasValue, [eg(individual)]))


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
    return restriction(property_, (OWL.someValuesFrom, [range_]))


def restriction(property_: IRI, said_of_it: tuple[IRI, Sequence[Nameless | IRI]]) -> Nameless:
    """What has for a property what is said of it."""
    return Nameless([(RDF.type, [OWL.Restriction]), (OWL.onProperty, [property_]), said_of_it])


def always(restriction: Nameless | None) -> Properties:
    """That whatever is of a class has what a restriction says."""
    return [(RDFS.subClassOf, [restriction] if restriction else [])]


def below(lower: str, upper: str) -> Description:
    """That a class is a kind of another."""
    return Description(eg(lower), [(RDFS.subClassOf, [eg(upper)])], Layout.ONE_LINE)


def annotated(lower: IRI, upper: IRI, said_of_it: Properties) -> Description:
    """What is said of the axiom that a class is a kind of another."""
    return Description(
        NAMELESS,
        (
            (RDF.type, (OWL.Axiom,)),
            (OWL.annotatedSource, (lower,)),
            (OWL.annotatedProperty, (RDFS.subClassOf,)),
            (OWL.annotatedTarget, (upper,)),
            *said_of_it,
        ),
        Layout.BESIDE,
    )


def carried(lower: str, upper: str, background: str) -> Description:
    """By which background statement a class is a kind of another."""
    evidence: Properties = (
        (EG.evidence, [source(background)]),
        (EG.locatorText, plain(["background"])),
    )
    return annotated(eg(lower), eg(upper), evidence)


def shut_out(one: str, others: Iterable[str]) -> Description:
    """That nothing is of a class and of one of the others."""
    return Description(
        eg(one), [(OWL.disjointWith, [eg(each) for each in others])], Layout.ONE_LINE
    )


def all_apart(classes: Iterable[str]) -> Description:
    """That nothing is of two of the classes."""
    members = Listed([eg(each) for each in classes])
    properties: Properties = [
        (RDF.type, [OWL.AllDisjointClasses]),
        (OWL.members, [members]),
    ]
    return Description(NAMELESS, properties, Layout.BESIDE)
