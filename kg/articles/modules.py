"""What the files of Turtle that are made of articles have in common: head and layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kg.articles.article import ARTICLES, Article
from kg.model.rdf import Declared, Description, Layout, Part, Properties, Rows, write_turtle
from kg.model.vocabulary import BASE, IRI, OWL, RDF, RDFS, Literal, Term, eg, english, expand

_LICENCE: Final = IRI("https://creativecommons.org/licenses/by/4.0/")
_HEAD: Final = tuple(expand(f"dcterms:{name}") for name in ("title", "description", "license"))
_BUILT_IN: Final = frozenset({RDF.type, RDFS.label, RDFS.subClassOf, RDFS.isDefinedBy})
_READ_ALONE: Final = "Declared here too, so that the file can be read by itself."


@dataclass(frozen=True, slots=True)
class Head:
    """What a file of Turtle says of itself."""

    name: str
    """Its place in the ontology, such as `statements/X`."""
    title: str
    description: str
    remark: str
    """Comment at its top."""
    made_of: str
    """The files that it is made of, in words."""
    imports: tuple[str, ...]
    release: str


def module(head: Head, parts: Sequence[Part]) -> str:
    """One file of Turtle: its ontology, the properties that it uses, and its parts."""
    used = (*_HEAD, *sorted({*_used(parts)} - _BUILT_IN))
    declared = Declared(tuple(dict.fromkeys(used)), OWL.AnnotationProperty, _READ_ALONE)
    remark = f"{head.remark}\n\nMade of {head.made_of} by `kg source write`: change those."
    return write_turtle((presented(head), declared, *parts), remark=remark, bare=True)


def presented(head: Head) -> Description:
    """What a file says of itself: title, licence, version and imports."""
    iri = IRI(f"{BASE}ontology/{head.name}")
    imports = tuple(IRI(f"{BASE}ontology/{each}") for each in head.imports)
    said: Properties = (
        (RDF.type, (OWL.Ontology,)),
        (_HEAD[0], (english(head.title),)),
        (_HEAD[1], (english(head.description),)),
        (_HEAD[2], (_LICENCE,)),
        (OWL.versionIRI, (IRI(f"{iri}/{head.release}"),)),
        (OWL.versionInfo, (Literal(head.release),)),
        (OWL.imports, imports),
    )
    return Description(iri, said, Layout.BESIDE)


def made_of(article: Article) -> str:
    """The files of an article, in words."""
    return f"{ARTICLES}/{article.path.name} and its table of places"


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
            ((RDFS.isDefinedBy, (IRI(f"{BASE}ontology/{module_name}"),)),),
        ),
    )


_named = lru_cache(maxsize=1024)(eg)


def eg_rows(**values: Sequence[Term]) -> Properties:
    """Properties of this project by their names, those without a value left out."""
    return tuple((_named(name), given) for name, given in values.items() if given)


def _used(parts: Iterable[Part]) -> Iterator[IRI]:
    for part in parts:
        if isinstance(part, Rows):
            yield from (name for row in part.rows for name, _ in row)
