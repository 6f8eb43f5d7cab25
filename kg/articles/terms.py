"""The Turtle of the terms that are new with an article: classes, and individuals of classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import UNSET

from kg.articles.article import Article
from kg.articles.blocks import Head, article_module, eg_rows, ontology
from kg.articles.records import Term, message_property, texts
from kg.model.rdf import Part, Properties, Rows
from kg.model.vocabulary import IRI, OWL, RDF, RDFS, SKOS, XSD, Literal, eg, english

FOLDER: Final = "terms"
_TRUE: Final = Literal("true", XSD.boolean)
_REMARK: Final = "A class begins with a capital; what begins with a small letter is an individual."


def terms_turtle(article: Article, release: str) -> str:
    """The file `terms/X.ttl` of an article."""
    name, short = article.id, article.file.document.short_title
    head = Head(
        name=f"{FOLDER}/{name}",
        title=f"Etiograph terms of document {name}",
        description=f"Terms that are new with document {name} ({short}).",
        imports=("evidence",),
        release=release,
    )
    return article_module(article, head, _REMARK, tuple(_parts(article)))


def module_of(article: Article, folder: str = FOLDER) -> IRI:
    """The ontology IRI of the terms of an article, or of what else a folder holds of it."""
    return ontology(f"{folder}/{article.id}")


def _parts(article: Article) -> Iterator[Part]:
    for name, term in article.terms.items():
        yield Rows(eg(name), (*_kind(name, term), *_said(term), *_defined(article)))


def _kind(name: str, term: Term) -> Iterator[Properties]:
    """What a term is: a class below others, or an individual of them."""
    kinds = tuple(eg(each) for each in texts(term.is_))
    if name[0].isupper():
        yield ((RDF.type, (OWL.Class,)),)
        yield ((RDFS.subClassOf, kinds),)
    else:
        yield ((RDF.type, (*kinds, OWL.NamedIndividual)),)


def _said(term: Term) -> Iterator[Properties]:
    yield ((RDFS.label, (english(term.label),)),)
    yield ((SKOS.altLabel, tuple(english(each) for each in texts(term.synonyms))),)
    yield eg_rows(abbreviation=tuple(Literal(each) for each in texts(term.abbreviation)))
    yield ((SKOS.definition, (english(term.definition),)),)
    yield ((SKOS.note, tuple(english(each) for each in texts(term.note))),)
    told = tuple(english(each) for each in texts(term.message))
    yield eg_rows(**{message_property(term.message): told})
    yield eg_rows(saysDenial=(_TRUE,) if term.says_denial else ())
    yield eg_rows(order=() if term.order is UNSET else (Literal(str(term.order), XSD.integer),))
    yield eg_rows(yields=tuple(map(eg, texts(term.yields))))
    yield eg_rows(answeredBy=tuple(map(eg, texts(term.answered_by))))


def _defined(article: Article) -> Iterator[Properties]:
    yield ((RDFS.isDefinedBy, (module_of(article),)),)
