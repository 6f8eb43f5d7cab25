"""The ontology in OBO format 1.4, for the tools that read nothing else.

http://owlcollab.github.io/oboformat/doc/obo-syntax.html. A superclass carries its statements:
`is_a: eg:Upper {eg:evidence="st:…"} ! label`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kg.export.source import STEM, Source
from kg.export.terms import Described, Parent, Synonym, read_terms
from kg.model.vocabulary import IRI, PREFIXES, ROOT_ONTOLOGY, compact, expand, text_of

_FRAMES: Final = {"CLASS": "Term", "PROPERTY": "Typedef"}
_SPACES: Final = ("eg", "st", "bg", "dcterms", "skos")
_HEADER: Final = tuple(map(expand, ("dcterms:title", "dcterms:license")))
_ABBREVIATION: Final = "ABBREVIATION"
_QUOTED: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
_BARE: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", "{": "\\{", "}": "\\}", "!": "\\!"})


def obo(source: Source) -> dict[str, bytes]:
    """Every class and property as a frame, sorted by name within each kind.

    Individuals have none, for the parsers that OAK brings refuse such frames: they are in
    obographs, and here as the values of properties.
    """
    terms = read_terms(source)
    labels = {each.iri: each.label for each in terms}
    frames = (
        "\n".join(_frame(each, labels)) for kind in _FRAMES for each in terms if each.kind == kind
    )
    text = "\n\n".join(["\n".join(_head(source)), *frames])
    return {f"{STEM}.obo": f"{text}\n".encode()}


def _head(source: Source) -> Iterator[str]:
    yield "format-version: 1.4"
    yield f"data-version: {source.number}"
    yield f'synonymtypedef: {_ABBREVIATION} "short form"'
    yield f"default-namespace: {STEM}"
    for name in _SPACES:
        yield f"idspace: {name} {source.published(PREFIXES[name])}"
    yield f"ontology: {STEM}"
    for predicate in _HEADER:
        for value in source.graph.objects(ROOT_ONTOLOGY, predicate):
            yield f"property_value: {compact(predicate)} {_quoted(text_of(value))} xsd:string"


def _frame(term: Described, labels: Mapping[IRI, str]) -> Iterator[str]:
    yield f"[{_FRAMES[term.kind]}]"
    yield f"id: {compact(term.iri)}"
    yield f"name: {_bare(term.label)}"
    if term.definition:
        yield f"def: {_quoted(term.definition)} []"
    if term.notes:
        yield f"comment: {_bare(' '.join(term.notes))}"
    yield from map(_synonym, term.synonyms)
    yield from (f"xref: {each}" for each in term.xrefs)
    yield from _property_values(term)
    if not term.is_deprecated:
        yield from _links(term, labels)
    yield from _end(term, labels)


def _property_values(term: Described) -> Iterator[str]:
    yield from (f"property_value: {compact(relation)} {code}" for relation, code in term.matches)
    yield from (f"property_value: {compact(role)} {compact(each)}" for role, each in term.values)


def _links(term: Described, labels: Mapping[IRI, str]) -> Iterator[str]:
    for parent in term.parents:
        yield f"is_a: {_reference(parent.iri, labels, _qualifiers(parent))}"
    parts = [_reference(each, labels) for each in term.genera]
    parts += [f"{compact(role)} {_reference(each, labels)}" for role, each in term.differentiae]
    if len(parts) > 1:
        yield from (f"intersection_of: {each}" for each in parts)
    if term.kind == "CLASS":
        yield from (f"disjoint_from: {_reference(each, labels)}" for each in term.disjoint)
    for role, target in term.some:
        yield f"relationship: {compact(role)} {_reference(target, labels)}"


def _end(term: Described, labels: Mapping[IRI, str]) -> Iterator[str]:
    if term.is_deprecated:
        yield "is_obsolete: true"
        if term.replaced_by is not None:
            yield f"replaced_by: {_reference(term.replaced_by, labels)}"


def _synonym(synonym: Synonym) -> str:
    kind = f" {_ABBREVIATION}" if synonym.is_abbreviation else ""
    return f"synonym: {_quoted(synonym.text)} {synonym.scope}{kind} []"


def _reference(iri: IRI, labels: Mapping[IRI, str], qualifiers: str = "") -> str:
    label = f" ! {_bare(labels[iri])}" if labels.get(iri) else ""
    return f"{compact(iri)}{qualifiers}{label}"


def _qualifiers(parent: Parent) -> str:
    return _braced(f'eg:evidence="{compact(each)}"' for each in parent.evidence)


def _braced(each: Iterable[str]) -> str:
    inside = ", ".join(each)
    return f" {{{inside}}}" if inside else ""


def _quoted(text: str) -> str:
    return f'"{text.translate(_QUOTED)}"'


def _bare(text: str) -> str:
    return text.translate(_BARE)
