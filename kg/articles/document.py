"""The Turtle of a document: what it says of itself, its places, its citation numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import UNSET

from kg.articles.article import Article, lines_of
from kg.articles.blocks import Head, article_module, described, eg_rows
from kg.articles.records import Citation, Reference, texts
from kg.model.rdf import Heading, Part, Properties, Rows
from kg.model.vocabulary import DCTERMS, IRI, PREFIXES, XSD, Literal, Term, eg, english, number

_REMARK: Final = """\
What the document says of itself, where its sentences stand, what its numbers point at, and which
of its lines carry no statement. No sentence of it is copied; titles of works are."""
_REGIONS: Final = """\
One for each line that carries a statement. Positions count characters of the file as
UTF-8, NFC, LF, from 0. A region starts after the bullet or the number of its item and ends with
the line, its citation numbers included.

The digest is taken of the normalised sentence: blanks, bullet or number in front of it dropped;
the run of citation numbers at its end dropped (a colon after them stays); runs of blanks made
one; SHA-256."""
_ASIDE: Final = "Every line of the page that is not blank carries a statement or stands here."


def document_turtle(article: Article, release: str) -> str:
    """The file `documents/X.ttl` of an article."""
    name, short = article.id, article.file.document.short_title
    head = Head(
        name=f"documents/{name}",
        title=f"Etiograph document {name}",
        description=f"Document {name} ({short}): its standing, its places, its citations.",
        imports=("evidence",),
        release=release,
    )
    return article_module(article, head, _REMARK, tuple(_parts(article)))


def _parts(article: Article) -> Iterator[Part]:
    yield Heading("The document")
    yield _document(article)
    yield Heading("Regions", _REGIONS)
    yield from _regions(article)
    numbers = tuple(_citations(article))
    if numbers:
        yield Heading("Citation numbers")
        yield from numbers
    if article.file.references:
        yield Heading("Reference list")
        for name, entry in article.file.references.items():
            yield _reference(article, name, entry)
    if article.file.set_aside:
        yield Heading("Lines set aside", _ASIDE)
        yield from _aside(article)


def _rows(article: Article, node: IRI, kind: str, label: str, rows: Iterable[Properties]) -> Rows:
    """What everything of a document has, around what it has of its own."""
    return described(node, eg(kind), label, rows, f"documents/{article.id}")


def _document(article: Article) -> Rows:
    given = article.file.document
    node = IRI(f"{PREFIXES['doc']}{given.id}")
    updated = () if given.last_updated is UNSET else (_date(given.last_updated),)
    count = () if given.statement_count is UNSET else (number(str(given.statement_count)),)
    publisher = (Literal(given.publisher),) if given.publisher else ()
    rows = (
        ((DCTERMS.title, (english(given.title),)),),
        eg_rows(shortTitle=(english(given.short_title),)),
        eg_rows(publisherName=publisher, origin=(Literal(given.origin),)),
        eg_rows(lastUpdated=updated),
        eg_rows(reviewStatus=(english(given.review_status),)),
        eg_rows(reviewClaim=_english(given.review_claim)),
        eg_rows(referenceListStatus=(english(given.reference_list),)),
        eg_rows(citationStyle=(Literal(given.citation_style),) if given.citation_style else ()),
        eg_rows(statementCount=count),
        eg_rows(documentDigest=(IRI(given.digest),)),
        eg_rows(notStated=_english(given.not_stated)),
    )
    label = f"document {given.id}: {given.short_title}"
    return _rows(article, node, "SourceDocument", label, rows)


def _regions(article: Article) -> Iterator[Rows]:
    for line in sorted({each.line for _, group in article.standing for each in group}):
        place = article.places[line]
        title = article.file.sections.get(place.section, "")
        where = eg_rows(
            inDocument=(_doc(article),),
            sectionPath=(Literal(place.section),),
            sectionTitle=_english(title),
            item=(Literal(place.item),),
            line=(number(str(line)),),
        )
        found = eg_rows(
            charStart=(number(str(place.start)),),
            charEnd=(number(str(place.end)),),
            sentenceDigest=(IRI(place.digest),),
        )
        yield _rows(article, region(article, line), "Region", _line(article, line), (where, found))


def _citations(article: Article) -> Iterator[Rows]:
    """A pointer for each number that is printed or explained."""
    said = {n: given for key, given in article.file.citations.items() for n in lines_of(key)}
    for place in article.places.values():
        for each in place.cites:
            said.setdefault(each, Citation())
    for each in sorted(said):
        yield _citation(article, each, said[each])


def _citation(article: Article, each: int, given: Citation) -> Rows:
    confidence = () if given.confidence is UNSET else (number(given.confidence),)
    rows = (
        eg_rows(
            inDocument=(_doc(article),),
            number=(number(str(each)),),
            resolution=(eg(given.resolution),),
        ),
        eg_rows(
            inferredReference=_references(article, texts(given.inferred_reference)),
            confidence=confidence,
        ),
        eg_rows(inferenceMethod=_english(given.method)),
        eg_rows(rejectedReference=_references(article, texts(given.rejected_reference))),
        eg_rows(note=_english(given.note)),
    )
    label = f"{article.id} [{each}]"
    return _rows(article, citation(article, each), "CitationPointer", label, rows)


def _reference(article: Article, name: str, entry: Reference) -> Rows:
    year = () if entry.year is UNSET else (number(str(entry.year)),)
    rows = (
        eg_rows(inDocument=(_doc(article),), line=(number(str(entry.line)),)),
        ((DCTERMS.title, (english(entry.title),)),),
        eg_rows(venue=(Literal(entry.venue),) if entry.venue else (), year=year),
        eg_rows(
            labelledAs=(Literal(entry.labelled_as),) if entry.labelled_as else (),
            assessedAs=_english(entry.assessed_as),
        ),
        eg_rows(
            doi=(Literal(entry.doi),) if entry.doi else (),
            pubmedId=(Literal(entry.pmid),) if entry.pmid else (),
            pmcId=(Literal(entry.pmcid),) if entry.pmcid else (),
        ),
    )
    (node,) = _references(article, (name,))
    return _rows(article, node, "ReferenceEntry", f"{article.id} {name}", rows)


def _aside(article: Article) -> Iterator[Rows]:
    said = {n: why for key, why in article.file.set_aside.items() for n in lines_of(key)}
    for line in sorted(said):
        row = eg_rows(
            inDocument=(_doc(article),),
            line=(number(str(line)),),
            setAsideBecause=(english(said[line]),),
        )
        label = _line(article, line)
        yield _rows(article, region(article, line), "LineSetAside", label, (row,))


def region(article: Article, line: int) -> IRI:
    """The name of the region of a line."""
    return IRI(f"{PREFIXES['reg']}{article.id}-{line}")


def citation(article: Article, each: int) -> IRI:
    """The name of a citation number."""
    return IRI(f"{PREFIXES['cite']}{article.id}-{each}")


def _references(article: Article, names: Iterable[str]) -> tuple[IRI, ...]:
    return tuple(IRI(f"{PREFIXES['ref']}{article.id}-{name}") for name in names)


def _doc(article: Article) -> IRI:
    return IRI(f"{PREFIXES['doc']}{article.id}")


def _line(article: Article, line: int) -> str:
    return f"{article.id} line {line}"


def _english(given: str | tuple[str, ...]) -> tuple[Term, ...]:
    return tuple(english(each) for each in texts(given))


def _date(text: str) -> Literal:
    return Literal(text, XSD.date)
