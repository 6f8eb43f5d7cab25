"""Everything in a graph that can be searched, with all of its names and codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kg.model.statements import short_id
from kg.model.vocabulary import (
    BASE,
    EG_ABBREVIATION,
    EG_NARROWER_NAME,
    IRI,
    PREFIXES,
    RDFS_COMMENT,
    RDFS_LABEL,
    SKOS_ALT_LABEL,
    SKOS_DEFINITION,
    SKOS_NOTATION,
    SKOS_NOTE,
    eg,
    expand,
    text_of,
)
from kg.serve.linked.codes import STANDINGS
from kg.serve.linked.search import Entry
from kg.serve.linked.view import View
from kg.serve.linked.wording import Rule

_TITLE: Final = expand("dcterms:title")
_NAMES: Final = (SKOS_ALT_LABEL, EG_ABBREVIATION, EG_NARROWER_NAME)
_TEXTS: Final = (
    SKOS_DEFINITION, SKOS_NOTE, RDFS_COMMENT, _TITLE, expand("schema:keywords"),
    *map(eg, ("population", "message", "venue", "year", "publisherName", "origin")),
)  # fmt: skip
"""What is said of a thing in words of its own."""
_SPACES: Final = {
    PREFIXES["eg"]: "term",
    PREFIXES["st"]: "statement",
    PREFIXES["bg"]: "background",
    PREFIXES["doc"]: "document",
    PREFIXES["ref"]: "reference",
    f"{BASE}query/": "query",
}
"""Where what can be found stands, with what it is called; rules are found beside them."""

_Values = Mapping[IRI, tuple[str, ...]]


def entries(view: View, rules: Iterable[Rule]) -> Iterator[Entry]:
    """All that can be found in a graph."""
    names, texts, codes = _texts(view, _NAMES), _texts(view, _TEXTS), _codes(view)
    for iri, (label, *_) in sorted(_texts(view, [RDFS_LABEL]).items()):
        kind = _SPACES.get(iri[: iri.find("/", len(BASE)) + 1])
        if kind is not None:
            yield _entry(view, iri, kind, label, (names, texts, codes))
    for rule in rules:
        if rule.iri is not None:
            sentence = "".join(each.text for each in rule.sentence)
            yield Entry("rule", rule.iri, sentence, text=rule.text)


def _entry(
    view: View, iri: IRI, kind: str, label: str, said: tuple[_Values, _Values, _Values]
) -> Entry:
    names, texts, codes = (each.get(iri, ()) for each in said)
    name = short_id(iri) if kind in ("statement", "document") else ""
    title = label.removeprefix(f"{name} ")
    names = (*names, f"{kind} {name}") if name else names
    if kind == "reference":
        title, names = view.text(iri, _TITLE) or label, (label, *names)
    if kind in ("query", "background"):
        names = (iri.rpartition("/")[2], *names)
    return Entry(kind, iri, title, name, names, codes, "\n".join(texts))


def _texts(view: View, predicates: Iterable[IRI]) -> _Values:
    """What is said of each thing by these properties, in their order."""
    found: defaultdict[IRI, dict[str, None]] = defaultdict(dict)
    for predicate in predicates:
        for subject, _, value in sorted(view.saying(predicate), key=str):
            if isinstance(subject, IRI):
                found[subject][text_of(value)] = None
    return {iri: tuple(values) for iri, values in found.items()}


def _codes(view: View) -> _Values:
    """The codes of each term in other terminologies, with their prefix and without."""
    notations = {each.subject: text_of(each.object) for each in view.saying(SKOS_NOTATION)}
    found: defaultdict[IRI, dict[str, None]] = defaultdict(dict)
    for relation in STANDINGS:
        for subject, _, code in view.saying(relation):
            if isinstance(subject, IRI) and isinstance(code, IRI) and code in notations:
                notation = notations[code]
                found[subject] |= dict.fromkeys((notation, notation.rpartition(":")[2]))
    return {iri: tuple(sorted(codes)) for iri, codes in found.items()}
