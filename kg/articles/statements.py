"""The Turtle of the statements of an article, in the order of its file, under its headings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

from msgspec import UNSET

from kg.articles.article import Article
from kg.articles.blocks import Head, article_module, described, eg_rows
from kg.articles.document import citation, region
from kg.articles.records import Drafted, Signed, Withdrawn, texts
from kg.articles.resolve import Statement
from kg.articles.values import TRIPLE
from kg.articles.words import Words
from kg.model.rdf import Heading, Part, Properties, Rows
from kg.model.vocabulary import DCTERMS, EG, IRI, PREFIXES, PROV, Literal, eg, english, expand

_REMARK: Final = """\
In the order of the text, under headings of our own. A statement puts one thing that the text says
into terms; a sentence that says three things makes three statements of one region. No sentence is
copied: documents/{name}.ttl says where each one stands."""
_USED: Final = ("evidence", "rules", "concepts")
"""Modules whose terms statements speak of, as far as the ontology has them."""
_KNOWLEDGE: Final = expand("biolink:knowledge_level")
_AGENT: Final = expand("biolink:agent_type")
_Layout = Mapping[str, tuple[int, IRI]]
_SIGNED: Final = "manual_validation_of_automated_agent"
"""Biolink's word for what a machine wrote and a person validated."""
_ROW: Final = 1000
"""Properties whose `eg:order` is in the same thousand stand on one row."""


def statements_turtle(article: Article, words: Words) -> str:
    """The file `statements/X.ttl` of an article."""
    name, short = article.id, article.file.document.short_title
    used: list[str] = [each for each in _USED if each in words.modules]
    used += [f"terms/{name}"] if article.file.terms else []
    head = Head(
        name=f"statements/{name}",
        title=f"Etiograph statements of document {name}",
        description=f"What document {name} ({short}) says, statement by statement.",
        imports=(*used[:1], f"documents/{name}", *used[1:]),
        release=words.release,
    )
    remark = _REMARK.format(name=name)
    return article_module(article, head, remark, tuple(_parts(article, words)))


def _parts(article: Article, words: Words) -> Iterator[Part]:
    layout = _layout(words)
    for heading, statements in article.standing:
        yield Heading(heading)
        for each in statements:
            yield _statement(article, each, layout)
            if each.withdrawn is not UNSET:
                yield _withdrawal(article, each, each.withdrawn)


def _layout(words: Words) -> _Layout:
    """The row and the IRI of each property; a link has a row of its own."""
    rows = {name: (-1, eg(name)) for name in TRIPLE}
    for each in words.qualifiers.values():
        for part in (each, *each.parts.values()):
            row = part.order if part.takes == "statement" else part.order // _ROW
            rows[part.name] = (row, eg(part.name))
    return rows


def _statement(article: Article, each: Statement, layout: _Layout) -> Rows:
    document = article.file.document
    cites = tuple(citation(article, number) for number in article.places[each.line].cites)
    rows: list[Properties] = [
        eg_rows(
            inDocument=(IRI(f"{PREFIXES['doc']}{article.id}"),),
            region=(region(article, each.line),),
            cites=cites or (eg("no-citation"),),
        ),
        *_said(each, layout),
        eg_rows(saysNothingBecause=(english(each.says_nothing),) if each.says_nothing else ()),
        (
            (_KNOWLEDGE, (Literal(document.knowledge_level),)),
            (_AGENT, (Literal(_agent_type(article, each)),)),
        ),
    ]
    if each.draft is not UNSET and each.signed is not UNSET:
        rows.append(eg_rows(**_provenance(each.draft, each.signed)))
    if each.withdrawn is not UNSET:
        rows.append(((PROV.wasInvalidatedBy, (_withdrawal_of(each),)),))
    node = IRI(f"{PREFIXES['st']}{each.id}")
    label = f"{each.id} {each.words}"
    return described(node, eg(each.kind), label, rows, f"statements/{article.id}")


def _agent_type(article: Article, each: Statement) -> str:
    """Who made a statement: of a draft that was signed, a machine, and a person after it."""
    return article.file.document.agent_type if each.draft is UNSET else _SIGNED


def _said(each: Statement, layout: _Layout) -> Iterator[Properties]:
    """What a statement says, row by row."""
    said = ((layout[name], values) for name, values in each.values.items())
    for _, row in groupby(said, key=lambda one: one[0][0]):
        yield tuple((iri, values) for (_, iri), values in row)


def _provenance(draft: Drafted, signed: Signed) -> dict[str, tuple[Literal, ...]]:
    """Which machine drafted a statement, and who signed it."""
    drafted = f"{draft.agent}, {draft.model}, {draft.date}"
    return {
        "draftedBy": (Literal(drafted),),
        "signedBy": (Literal(f"{signed.by}, {signed.date}"),),
    }


def _withdrawal_of(each: Statement) -> IRI:
    return eg(f"withdrawal-{each.id.lower()}")


def _withdrawal(article: Article, each: Statement, given: Withdrawn) -> Rows:
    rows = (
        eg_rows(reason=(Literal(given.because),)),
        ((DCTERMS.date, (Literal(given.date),)),),
        (
            (
                PROV.wasAssociatedWith,
                tuple(Literal(name) for name in texts(given.by)),
            ),
        ),
    )
    node, label = _withdrawal_of(each), f"withdrawal of {each.id}"
    return described(node, EG.Withdrawal, label, rows, f"statements/{article.id}")
