"""The Turtle of the statements of an article, in the order of its file, under its headings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from typing import Final

from msgspec import UNSET

from kg.articles.article import Article
from kg.articles.document import citation, region
from kg.articles.modules import Head, described, eg_rows, made_of, module
from kg.articles.records import Withdrawn, texts
from kg.articles.resolve import Statement
from kg.articles.values import TRIPLE, Values
from kg.articles.words import Words
from kg.model.rdf import Heading, Part, Properties, Rows
from kg.model.vocabulary import (
    IRI,
    PREFIXES,
    PROV_WAS_INVALIDATED_BY,
    Literal,
    eg,
    expand,
)

_REMARK: Final = """\
In the order of the text, under headings of our own. A statement puts one thing that the text says
into terms; a sentence that says three things makes three statements of one region. No sentence is
copied: documents/{name}.ttl says where each one stands."""
_USED: Final = ("evidence", "rules", "concepts")
"""Modules whose terms statements speak of, as far as the ontology has them."""
_ROW: Final = 1000
"""Properties whose `eg:order` is in the same thousand stand on one row."""


def statements_turtle(article: Article, words: Words) -> str:
    """The file `statements/X.ttl` of an article."""
    name, short = article.id, article.file.document.short_title
    used = [each for each in _USED if each in words.modules]
    head = Head(
        name=f"statements/{name}",
        title=f"Etiograph statements of document {name}",
        description=f"What document {name} ({short}) says, statement by statement.",
        remark=f"Etiograph statements of document {name}: {short}.\n\n{_REMARK.format(name=name)}",
        made_of=made_of(article),
        imports=(*used[:1], f"documents/{name}", *used[1:]),
        release=words.release,
    )
    return module(head, tuple(_parts(article, words)))


def _parts(article: Article, words: Words) -> Iterator[Part]:
    layout = _layout(words)
    for heading, statements in article.groups:
        yield Heading(heading)
        for each in statements:
            yield _statement(article, each, layout)
            if each.withdrawn is not UNSET:
                yield _withdrawal(article, each, each.withdrawn)


def _layout(words: Words) -> tuple[tuple[str, ...], ...]:
    """The properties that share a row; a link has a row of its own."""
    named = [
        (part.order // _ROW if part.takes != "statement" else part.order, part.name)
        for each in words.qualifiers.values()
        for part in (each, *each.parts.values())
    ]
    rows = groupby(sorted(named, key=lambda each: each[0]), key=lambda each: each[0])
    return tuple(tuple(name for _, name in row) for _, row in rows)


def _statement(article: Article, each: Statement, layout: Collection[tuple[str, ...]]) -> Rows:
    document = article.file.document
    cites = tuple(citation(article, number) for number in article.places[each.line].cites)
    rows: list[Properties] = [
        eg_rows(
            inDocument=(IRI(f"{PREFIXES['doc']}{article.id}"),),
            region=(region(article, each.line),),
            cites=cites or (eg("no-citation"),),
        ),
        _pick(each.values, TRIPLE),
        *(row for names in layout if (row := _pick(each.values, names))),
        (
            (expand("biolink:knowledge_level"), (Literal(document.knowledge_level),)),
            (expand("biolink:agent_type"), (Literal(document.agent_type),)),
        ),
    ]
    if each.withdrawn is not UNSET:
        rows.append(((PROV_WAS_INVALIDATED_BY, (_withdrawal_of(each),)),))
    node = IRI(f"{PREFIXES['st']}{each.id}")
    label = f"{each.id} {each.words}"
    return described(node, eg(each.kind), label, rows, f"statements/{article.id}")


def _pick(values: Mapping[str, Values], names: Collection[str]) -> Properties:
    return eg_rows(**{name: values[name] for name in names if name in values})


def _withdrawal_of(each: Statement) -> IRI:
    return eg(f"withdrawal-{each.id.lower()}")


def _withdrawal(article: Article, each: Statement, given: Withdrawn) -> Rows:
    rows = (
        eg_rows(reason=(Literal(given.because),)),
        ((expand("dcterms:date"), (Literal(given.date),)),),
        (
            (
                expand("prov:wasAssociatedWith"),
                tuple(Literal(name) for name in texts(given.by)),
            ),
        ),
    )
    node, label = _withdrawal_of(each), f"withdrawal of {each.id}"
    return described(node, eg("Withdrawal"), label, rows, f"statements/{article.id}")
