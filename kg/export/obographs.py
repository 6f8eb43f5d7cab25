"""The ontology as a graph in JSON, in the form of obographs (https://github.com/geneontology/obographs).

For who draws or searches an ontology without OWL: terms are nodes, what is said between them edges,
and an edge names the statements that carry it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from kg.export.obo_words import OBO_IN_OWL
from kg.export.source import STEM, Source
from kg.export.terms import Described, Parent, Relation, Synonym, read_terms
from kg.model.vocabulary import EG, IRI, OWL, ROOT_ONTOLOGY, expand, text_of

Json = Any
"""A part of a document; its shape is that of the schema of obographs."""

_SCOPES: Final = {"EXACT": "hasExactSynonym", "NARROW": "hasNarrowSynonym"}
_ABBREVIATION: Final = f"{OBO_IN_OWL}abbreviation"
_LINKS: Final = {"CLASS": "is_a", "PROPERTY": "subPropertyOf", "INDIVIDUAL": "type"}
_HEADER: Final = tuple(map(expand, ("dcterms:title", "dcterms:description", "dcterms:license")))


def obographs(source: Source) -> dict[str, bytes]:
    """Every class, property and individual with what is said of and between them."""
    terms = read_terms(source)
    name = source.published
    graph = {
        "id": name(ROOT_ONTOLOGY),
        "meta": _header(source),
        "nodes": [_node(each, name) for each in terms],
        "edges": [edge for each in terms for edge in _edges(each, name)],
        "logicalDefinitionAxioms": [_definition(each, name) for each in terms if each.genera],
    }
    text = json.dumps({"graphs": [graph]}, ensure_ascii=False, indent=1)
    return {f"{STEM}.json": f"{text}\n".encode()}


def _header(source: Source) -> Json:
    about = source.graph.about(ROOT_ONTOLOGY)
    said = ((each, text_of(value)) for each in _HEADER for value in about.get(each, ()))
    version = source.graph.text(ROOT_ONTOLOGY, OWL.versionIRI)
    return {
        "version": source.published(version),
        "basicPropertyValues": [{"pred": each, "val": value} for each, value in said],
    }


def _node(term: Described, name: Callable[[str], str]) -> Json:
    node: dict[str, Json] = {"id": name(term.iri), "lbl": term.label, "type": term.kind}
    meta = {
        "definition": {"val": term.definition} if term.definition else None,
        "comments": list(term.notes),
        "synonyms": [_synonym(each) for each in term.synonyms],
        "xrefs": [{"val": each} for each in term.xrefs],
        "basicPropertyValues": [
            {"pred": str(relation), "val": code} for relation, code in term.matches
        ],
        "deprecated": term.is_deprecated or None,
    }
    node["meta"] = {key: value for key, value in meta.items() if value}
    return node


def _synonym(synonym: Synonym) -> Json:
    said = {"pred": _SCOPES[synonym.scope], "val": synonym.text}
    return said | ({"synonymType": _ABBREVIATION} if synonym.is_abbreviation else {})


def _edges(term: Described, name: Callable[[str], str]) -> Iterator[Json]:
    for parent in term.parents:
        yield _edge(term.iri, _LINKS[term.kind], parent.iri, name) | _evidence(parent, name)
    for role, target in dict.fromkeys((*term.some, *term.values)):
        yield _edge(term.iri, name(role), target, name)


def _edge(lower: IRI, link: str, upper: IRI, name: Callable[[str], str]) -> dict[str, Json]:
    return {"sub": name(lower), "pred": link, "obj": name(upper)}


def _evidence(parent: Parent, name: Callable[[str], str]) -> dict[str, Json]:
    values = [{"pred": name(EG.evidence), "val": name(each)} for each in parent.evidence]
    return {"meta": {"basicPropertyValues": values}} if values else {}


def _definition(term: Described, name: Callable[[str], str]) -> Json:
    return {
        "definedClassId": name(term.iri),
        "genusIds": [name(each) for each in term.genera],
        "restrictions": list(_restrictions(term.differentiae, name)),
    }


def _restrictions(relations: Iterable[Relation], name: Callable[[str], str]) -> Iterator[Json]:
    for role, target in relations:
        yield {"propertyId": name(role), "fillerId": name(target)}
