"""The words of Biolink for terms and predicates of this graph, read off tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from kg.compile.mappings import read_mapping_set
from kg.export.tables import Row, read_table
from kg.model import resources
from kg.model.errors import SourceSyntaxError
from kg.model.rdf import Graph
from kg.model.vocabulary import IRI, RDF, RDFS, SKOS, Term, expand

ANY = "*"
_MAPPINGS: Final = "relations.sssom.tsv"
_PREFIX: Final = "biolink:"


@dataclass(frozen=True, slots=True)
class Node:
    """A term by the public code that names it best."""

    id: str
    category: str
    name: str
    xref: tuple[str, ...]
    """Its other codes, as CURIEs."""
    description: str


@dataclass(frozen=True, slots=True)
class Relation:
    """What a predicate with a modality is in Biolink; `predicate` is empty where it is nothing."""

    predicate: str
    turned: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Words:
    """The tables."""

    relations: Mapping[tuple[IRI, str], Relation]
    categories: Mapping[IRI, tuple[str, tuple[str, ...]]]
    """For a class: its category, and the prefixes that name its members, the best first."""
    prefixes: Mapping[str, str]
    """Prefix → namespace."""

    def relation(self, predicate: Term, modality: Term) -> Relation | None:
        """How a predicate with a modality is said; None where no table speaks of it."""
        if not isinstance(predicate, IRI):
            return None
        exact = self.relations.get((predicate, str(modality)))
        return exact or self.relations.get((predicate, ANY))

    def node(self, graph: Graph, term: Term) -> Node | None:
        """A term as a node; None where no category fits it, or no public code means just it."""
        category, order = self._category(graph, term)
        codes = sorted(self._curies(graph, term), key=lambda each: (_place(each, order), each))
        if not codes or codes[0].partition(":")[0] not in order:
            return None
        name, description = (graph.text(term, each) for each in (RDFS.label, SKOS.definition))
        return Node(codes[0], category, name, tuple(codes[1:]), description)

    def _category(self, graph: Graph, term: Term) -> tuple[str, tuple[str, ...]]:
        kinds = set(_kinds(graph, term))
        found = (told for kind, told in self.categories.items() if kind in kinds)
        return next(found, ("", ()))

    def _curies(self, graph: Graph, term: Term) -> Iterator[str]:
        for code in graph.objects(term, SKOS.exactMatch):
            for prefix, namespace in self.prefixes.items():
                if str(code).startswith(namespace):
                    yield f"{prefix}:{str(code).removeprefix(namespace)}"


def _place(curie: str, order: Sequence[str]) -> int:
    prefix = curie.partition(":")[0]
    return order.index(prefix) if prefix in order else len(order)


def _kinds(graph: Graph, term: Term) -> Iterator[Term]:
    """A term, its types, and everything that these are kinds of."""
    waiting, seen = [term, *graph.objects(term, RDF.type)], set[Term]()
    while waiting:
        kind = waiting.pop()
        if kind not in seen:
            seen.add(kind)
            yield kind
            waiting.extend(graph.objects(kind, RDFS.subClassOf))


@cache
def read_words() -> Words:
    """The tables of `ontology/exports`, and the mappings of predicates, read once in a process."""
    mapped = _predicates()
    return Words(
        relations={
            _key(row): _relation(row, mapped) for row in read_table("biolink-predicates.tsv")
        },
        categories={
            expand(row["class"]): (row["category"], tuple(row["prefixes"].split()))
            for row in read_table("biolink-categories.tsv")
        },
        prefixes={row["prefix"]: row["namespace"] for row in read_table("biolink-prefixes.tsv")},
    )


def _key(row: Row) -> tuple[IRI, str]:
    modality = row["modality"]
    return expand(row["predicate"]), modality if modality == ANY else expand(modality)


def _relation(row: Row, mapped: Mapping[IRI, str]) -> Relation:
    predicate = expand(row["predicate"])
    if row["said"] and predicate not in mapped:
        problem = f"{row['predicate']} is said in Biolink, and {_MAPPINGS} has no row that maps it"
        raise SourceSyntaxError(f"{problem} to `{_PREFIX}…`.", path=_mappings())
    return Relation(mapped[predicate] if row["said"] else "", bool(row["turned"]), row["reason"])


def _predicates() -> dict[IRI, str]:
    """The relation of Biolink that each of ours is mapped to, as a CURIE."""
    rows = read_mapping_set(_mappings()).mappings
    return {each.subject: each.code for each in rows if each.code.startswith(_PREFIX)}


def _mappings() -> Path:
    return resources.ontology_dir() / "mappings" / _MAPPINGS
