"""A graph as pages and documents need it: looked up term by term, each with a name to show.

A description says what is said of a resource, closed, and what points at it. Blank nodes are
followed until everything has a name (a concise bounded description). The annotations of the axioms
that it is the subject of are there, and why it was withdrawn. Of the links to it there are only so
many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import islice
from typing import Final

from kg.export.ontology import base
from kg.export.source import Source, sorted_quads
from kg.model.rdf import Quad, Triple, in_own_base, write_nquads
from kg.model.vocabulary import (
    BASE,
    DCTERMS,
    EG,
    GRAPH_INFERRED,
    GRAPH_MAPPINGS,
    GRAPH_WORDS,
    IRI,
    OWL,
    PREFIXES,
    PROV,
    RDF,
    RDFS,
    SKOS,
    BlankNode,
    Literal,
    Term,
    compact,
    eg,
    move,
    move_back,
    text_of,
)
from kg.store.local import LocalStore

NAMES: Final = (
    EG.shownAs, RDFS.label, SKOS.prefLabel, DCTERMS.title, EG.axiomText,
)  # fmt: skip
"""The properties that name a thing, the best first."""

_EDGE: Final = tuple(map(eg, ("edgeSource", "edgeProperty", "edgeTarget")))
_MOST_NAMES: Final = 20_000
Node = IRI | BlankNode


class View:
    """A graph whose terms are looked up as if it were published under the project's own base."""

    def __init__(
        self, store: LocalStore, base: str = BASE, modules: bytes = b"", text: bytes = b""
    ) -> None:
        self.base = base
        self._store = store
        self._modules = LocalStore(modules)
        self._modules_text = modules
        self._text = text
        self.name = lru_cache(maxsize=_MOST_NAMES)(self._name)

    def published(self, iri: str) -> IRI:
        """The IRI under which a term is published."""
        return IRI(move(iri, self.base))

    def about(self, node: Node) -> list[Triple]:
        """What is said of a node, sorted."""
        return self._triples(subject=node)

    def in_other_words(self, node: Node) -> list[Triple]:
        """What is said of a node in words of others, which no page shows, sorted."""
        found = self._store.quads(self._theirs(node), graph=self.published(GRAPH_WORDS))
        return [Triple(*quad[:3]) for quad in sorted_quads(map(self._ours, found))]

    def values(self, node: Node, predicate: IRI) -> list[Term]:
        """The values of one property of a node, sorted."""
        return [triple.object for triple in self._triples(subject=node, predicate=predicate)]

    def value(self, node: Node, predicate: IRI) -> Term | None:
        """The first value of one property of a node."""
        return next(iter(self.values(node, predicate)), None)

    def iris(self, node: Node, predicate: IRI) -> list[IRI]:
        """The values of one property of a node that have a name, sorted."""
        return [each for each in self.values(node, predicate) if isinstance(each, IRI)]

    def iri(self, node: Node, predicate: IRI) -> IRI | None:
        """The first value of one property of a node, where it has a name."""
        found = self.value(node, predicate)
        return found if isinstance(found, IRI) else None

    def text(self, node: Node, predicate: IRI) -> str:
        """The text of the first value of one property of a node; empty where there is none."""
        return text_of(self.value(node, predicate))

    def number(self, node: Node, predicate: IRI) -> int:
        """The whole number that the first value of one property is; 0 where it is none."""
        text = self.text(node, predicate)
        return int(text) if text.isdecimal() else 0

    def pointing(self, node: Node, predicate: IRI | None = None, most: int = 2000) -> list[Triple]:
        """What points at a node, at most so many triples, sorted."""
        return self._triples(predicate=predicate, object_=node, most=most)

    def subjects(self, predicate: IRI, node: Node, most: int = 2000) -> list[IRI]:
        """What points at a node by one property and has a name, sorted."""
        found = (each.subject for each in self.pointing(node, predicate, most))
        return [each for each in found if isinstance(each, IRI)]

    def saying(self, predicate: IRI) -> list[Triple]:
        """Every triple with a property, in no order that would hold in the next process."""
        quads = self._plain(self._store.quads(predicate=self.published(predicate)))
        return [Triple(*quad[:3]) for quad in quads]

    def content(self, graph: IRI, node: Node | None = None) -> list[Quad]:
        """The quads of a named graph, sorted; of a node, what that graph says of it."""
        subject = None if node is None else self._theirs(node)
        found = self._store.quads(subject, graph=self.published(graph))
        return sorted_quads(map(self._ours, found))

    def is_inferred(self, triple: Triple) -> bool:
        """Whether a triple with names is nobody's word, but was found by the reasoner."""
        if not isinstance(triple.subject, IRI) or not isinstance(triple.object, IRI):
            return False
        quads = self._store.quads(*map(self.published, triple))  # type: ignore[arg-type] # names
        return {quad.graph for quad in quads} == {self.published(GRAPH_INFERRED)}

    @cached_property
    def graphs(self) -> tuple[IRI, ...]:
        """The names of the graphs, sorted."""
        return tuple(sorted(move_back(name, self.base) for name in self._store.graphs()))

    def everything(self) -> bytes:
        """All quads as sorted N-Quads, in the base that they are published under.

        A blank node has the name that it was published with, if the text of the graph is at hand.
        """
        text = self._text or write_nquads(self._store.quads())
        return b"".join(sorted(text.splitlines(keepends=True)))

    def knows(self, iri: IRI) -> bool:
        """Whether the graph has a term, in whatever place."""
        found = self.published(iri)
        places = ({"subject": found}, {"object_": found}, {"graph": found}, {"predicate": found})
        return any(next(self._store.quads(**place), None) for place in places)

    # ── Ontology documents ──────────────────────────────────────────────────────────────────

    @cached_property
    def documents(self) -> dict[IRI, IRI]:
        """The file of the ontology that each ontology IRI and each version IRI stands for."""
        modules = self._modules.quads(predicate=RDF.type, object_=OWL.Ontology)
        own = [quad.graph for quad in map(self._ours, modules) if quad.graph is not None]
        versions = self._modules.quads(predicate=OWL.versionIRI)
        dated = {
            quad.object: quad.subject
            for quad in map(self._ours, versions)
            if isinstance(quad.object, IRI) and isinstance(quad.subject, IRI)
        }
        return {iri: iri for iri in own} | dated

    def module(self, iri: IRI) -> list[Triple]:
        """The triples of one file of the ontology, sorted."""
        quads = self._modules.quads(graph=self.published(iri))
        return [Triple(*quad[:3]) for quad in sorted_quads(map(self._ours, quads))]

    @cached_property
    def whole(self) -> tuple[Triple, ...]:
        """All files of the ontology as one, with its codes and with what follows from limits."""
        inferred, mapped = map(self.published, (GRAPH_INFERRED, GRAPH_MAPPINGS))
        above = self._store.quads(predicate=RDFS.subClassOf, graph=inferred)
        quads = (*above, *self._store.quads(graph=mapped))
        return tuple(base(Source(write_nquads(quads), self._modules_text, self.base)))

    @cached_property
    def exported(self) -> Source:
        """The graph as the writers of `kg.export` are given it, read once for all of them."""
        return Source(self.everything(), self._modules_text, self.base)

    # ── Names ───────────────────────────────────────────────────────────────────────────────

    @cached_property
    def own(self) -> list[IRI]:
        """Every term of the project that something is said of, sorted."""
        found = self._store.named_subjects(but=self.published(GRAPH_WORDS))
        ours = (move_back(each, self.base) for each in found)
        return sorted(each for each in ours if each.startswith(BASE))

    def _name(self, node: Node) -> str:
        for predicate in NAMES:
            named = self.value(node, predicate)
            if isinstance(named, Literal) and named.value.strip():
                return named.value
        if isinstance(node, BlankNode):
            return ""
        return self._edge_name(node) or compact(node)

    def _edge_name(self, node: IRI) -> str:
        parts = [self.value(node, predicate) for predicate in _EDGE]
        if not all(isinstance(part, IRI) for part in parts):
            return ""
        return " → ".join(self.name(part) for part in parts if isinstance(part, IRI))

    # ── Looking up ──────────────────────────────────────────────────────────────────────────

    def _triples(
        self,
        subject: Node | None = None,
        predicate: IRI | None = None,
        object_: Node | None = None,
        most: int | None = None,
    ) -> list[Triple]:
        places = [None if part is None else self._theirs(part) for part in (subject, object_)]
        found = self._store.quads(
            places[0], None if predicate is None else self.published(predicate), places[1]
        )
        quads = sorted_quads(islice(self._plain(found), most))
        return list(dict.fromkeys(Triple(*quad[:3]) for quad in quads))

    def _plain(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        """The quads as ours, without what merely says them in words of others."""
        return (quad for quad in map(self._ours, quads) if quad.graph != GRAPH_WORDS)

    def _theirs(self, node: Node) -> Node:
        return self.published(node) if isinstance(node, IRI) else node

    def _ours(self, quad: Quad) -> Quad:
        return in_own_base(quad, self.base)


def schema_types(view: View, iri: IRI) -> list[str]:
    """What schema.org calls a thing, by the names that it has there."""
    kinds = [each.object for each in view.in_other_words(iri) if each.predicate == RDF.type]
    start = PREFIXES["schema"]
    return [str(each).removeprefix(start) for each in kinds if str(each).startswith(start)]


# ── Descriptions ────────────────────────────────────────────────────────────────────────────

MOST_INCOMING: Final = 250
"""Triples that point at a resource, of those that are given with it."""
_MOST_DESCRIBED: Final = 50_000


def describe(view: View, iri: IRI) -> tuple[Triple, ...]:
    """Everything that a reader of one resource is given."""
    annotations = (each.subject for each in view.pointing(iri, OWL.annotatedSource))
    withdrawals = view.iris(iri, PROV.wasInvalidatedBy)
    found = dict.fromkeys(close(view, [iri, *annotations, *withdrawals]))
    found |= dict.fromkeys(_in_other_words(view, iri))
    found |= dict.fromkeys(incoming(view, iri))
    return tuple(found)


def _in_other_words(view: View, iri: IRI) -> Iterator[Triple]:
    """The same in words of others, with the parts that have no page of their own."""
    said = view.in_other_words(iri)
    yield from said
    for each in said:
        if isinstance(each.object, IRI) and each.object.startswith(f"{iri}#"):
            yield from view.in_other_words(each.object)


def incoming(view: View, iri: IRI) -> list[Triple]:
    """The triples by which things with a name point at a resource, as many as are given."""
    pointing = view.pointing(iri, most=4 * MOST_INCOMING)
    return [each for each in pointing if isinstance(each.subject, IRI)][:MOST_INCOMING]


def list_names(view: View, members: Iterable[IRI]) -> tuple[Triple, ...]:
    """The name and the kinds of each of many resources."""
    return tuple(
        triple
        for member in members
        for triple in view.about(member)
        if triple.predicate in (RDF.type, RDFS.label)
    )


def close(view: View, nodes: Iterable[IRI | BlankNode]) -> Iterator[Triple]:
    """What is said of some nodes, and of every blank node that is reached from them."""
    waiting = list(nodes)
    seen = set(waiting)
    count = 0
    while waiting and count < _MOST_DESCRIBED:
        for triple in view.about(waiting.pop(0)):
            count += 1
            yield triple
            if isinstance(triple.object, BlankNode) and triple.object not in seen:
                seen.add(triple.object)
                waiting.append(triple.object)
