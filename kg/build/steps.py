"""The steps from the source files to a graph: read, check, reason, compile, justify, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg import resources
from kg.build.derived import Conclusions, conclusion_quads
from kg.build.standing import statements_alive, without_fallen_axioms
from kg.build.unfinished import unfinished
from kg.errors import InconsistentError, Report, UnsatisfiableError, ValidationError
from kg.rdf import (
    Quad,
    Sources,
    canonical_nquads,
    ntriples_of,
    read_nquads,
    read_sources,
    rebase,
    write_nquads,
)
from kg.reasoning.index import is_expression
from kg.sources.unknown import RULE as UNKNOWN_TERM
from kg.sources.unknown import explained
from kg.vocab import (
    BASE,
    EG_MODALITY,
    EG_STRENGTH,
    GRAPH_INFERRED,
    GRAPH_MAPPINGS,
    GRAPH_ONTOLOGY,
    IAO_DEFINITION,
    IRI,
    PREFIXES,
    RDFS_LABEL,
    SKOS_DEFINITION,
    Literal,
)

if TYPE_CHECKING:
    from kg.reasoning.axioms import Axiom, Declarations
    from kg.reasoning.entailments import Edge
    from kg.reasoning.expressions import Expression
    from kg.reasoning.hierarchy import Hierarchy

Progress = Callable[[str], None]
"""Told what is being done, a line at a time."""


@dataclass(frozen=True)
class Built:
    """The files of a built graph, and what there is to say about it."""

    graph: bytes
    rules: bytes
    counts: dict[str, int]
    fallen: tuple[str, ...] = ()
    """The axioms left out because no statement carries them any more."""


@dataclass
class Steps:
    """Says each step with the seconds it took."""

    progress: Progress
    started: float = field(default_factory=time.perf_counter)

    def done(self, text: str) -> None:
        """Report what was done since the step before."""
        now = time.perf_counter()
        self.progress(f"{text} ({now - self.started:.1f} s)")
        self.started = now


def make(folder: Path, progress: Progress) -> Built:
    """The graph that an ontology folder makes; raises before anything is published."""
    steps = Steps(progress)
    sources = read_sources(folder)
    quads = tuple(read_nquads(sources.in_graphs(_graph_of_each(sources))))
    steps.done(f"read {len(sources.modules)} files, {len(quads)} triples")
    _check(sources, folder, steps)
    standing, fallen = without_fallen_axioms(quads, statements_alive(quads))
    for name in fallen:
        progress(f"left out, for no statement carries it: {_short(name)}")
    conclusions, rules = _reason(standing, steps)
    mappings = tuple(_mapping_quads(folder))
    inferred = (*conclusion_quads(conclusions), *_definition_copies(standing))
    graph = canonical_nquads(write_nquads((*standing, *mappings, *inferred)))
    counts = {"quads": len(graph.splitlines()), "edges": len(conclusions.justifications)}
    steps.done(f"wrote {counts['quads']} quads")
    base = resources.publishing_base() or BASE
    return Built(rebase(graph.decode(), base).encode(), rules, counts, fallen)


def _graph_of_each(sources: Sources) -> dict[IRI, IRI]:
    """Each document with its statements in a graph of its own, all else in the ontology's."""
    graphs: dict[IRI, IRI] = {}
    for module in sources.modules:
        folder, _, name = module.iri.removeprefix(f"{BASE}ontology").strip("/").partition("/")
        own = folder in ("documents", "statements") and name
        graphs[module.iri] = IRI(f"{PREFIXES['graph']}document/{name}") if own else GRAPH_ONTOLOGY
    return graphs


def _check(sources: Sources, folder: Path, steps: Steps) -> None:
    """Stop on what rules and shapes call an error."""
    report = check(sources, folder)
    if not report.passes:
        raise ValidationError(report)
    steps.done(f"checked shapes and rules: {len(report.findings)} remarks")


def check(sources: Sources, folder: Path) -> Report:
    """Everything that the rules and shapes find in the sources."""
    from kg import validation
    from kg.stores.local import LocalStore

    places = validation.Places(tuple(module.path for module in sources.modules))
    rules = validation.read_rules(resources.queries_dir() / "verify")
    found = validation.run_queries(LocalStore(sources.nquads), rules, places)
    shaped = validation.run_shapes(sources.ntriples(), folder / "shapes", places)
    return explained(unfinished(places.paths) + found + shaped, read_nquads(sources.nquads))


def unknown_terms(sources: Sources) -> Report:
    """The terms that are used and that no file declares, each with a suggestion and a stub."""
    from kg import validation
    from kg.stores.local import LocalStore

    rules = validation.read_rules(resources.queries_dir() / "verify")
    wanted = [rule for rule in rules if rule.name == UNKNOWN_TERM]
    places = validation.Places(tuple(module.path for module in sources.modules))
    found = validation.run_queries(LocalStore(sources.nquads), wanted, places)
    return explained(found, read_nquads(sources.nquads))


def _reason(quads: tuple[Quad, ...], steps: Steps) -> tuple[Conclusions, bytes]:
    """Classify, compile the rules for cases, and justify what follows."""
    from rdflib import Graph

    from kg.reasoning import justifications
    from kg.reasoning.axioms import read_axioms, read_declarations
    from kg.reasoning.entailments import edges
    from kg.reasoning.expressions import Value
    from kg.reasoning.rules import compile_rules

    graph = Graph().parse(data=ntriples_of(write_nquads(quads)), format="nt")
    axioms, declarations = read_axioms(graph), read_declarations(graph)
    labels = _labels(quads)
    hierarchy = _classify(axioms, declarations, labels)
    steps.done(f"HermiT classified {len(hierarchy.supers)} classes")
    rules = compile_rules(axioms, hierarchy).to_json().encode()
    steps.done(f"compiled rules for cases from {len(axioms)} axioms")
    found = edges(axioms, hierarchy)
    asked: dict[Edge, tuple[str, Expression]] = {
        each: (each.source, Value(each.property, each.target)) for each in found
    }
    proofs = justifications.explain(axioms, asked.values(), declarations=declarations)
    steps.done(f"justified {len(proofs)} derived edges")
    justified = {each: proofs[question] for each, question in asked.items()}
    return Conclusions(axioms, hierarchy, justified, labels, _strengths(quads)), rules


def _classify(
    axioms: tuple[Axiom, ...], declarations: Declarations, labels: dict[str, str]
) -> Hierarchy:
    """The hierarchy, or an error that names the classes and the axioms that are at odds."""
    from kg.reasoning import hermit, justifications
    from kg.reasoning.naming import name_expressions
    from kg.reasoning.ntriples import write_ntriples

    text = write_ntriples(axioms, declarations, names=name_expressions(axioms))
    try:
        hierarchy = hermit.classify(text)
    except InconsistentError as error:
        ids = justifications.inconsistency(axioms, declarations=declarations)
        raise InconsistentError(f"{error} {_told(ids, axioms, labels)}") from None
    impossible = sorted(each for each in hierarchy.unsatisfiable if not is_expression(each))
    if impossible:
        ids = justifications.unsatisfiable(axioms, impossible[0], declarations=declarations)
        names = ", ".join(f"{labels.get(each, each)} <{each}>" for each in impossible)
        raise UnsatisfiableError(f"nothing can be: {names}. {_told(ids, axioms, labels)}")
    return hierarchy


def _told(ids: Iterable[str], axioms: Iterable[Axiom], labels: dict[str, str]) -> str:
    """The axioms of a justification, a line each."""
    from kg.reasoning.axioms import text

    by_id = {axiom.id: axiom for axiom in axioms}
    lines = "".join(f"\n  - {text(by_id[each], labels)}" for each in ids)
    return f"These axioms together say so:{lines}"


def _labels(quads: Iterable[Quad]) -> dict[str, str]:
    return {
        str(quad.subject): quad.object.value
        for quad in quads
        if quad.predicate == RDFS_LABEL and isinstance(quad.object, Literal)
    }


def _strengths(quads: Iterable[Quad]) -> dict[str, int]:
    """The rank of the modality of every statement."""
    quads = tuple(quads)
    ranks = {
        quad.subject: int(quad.object.value)
        for quad in quads
        if quad.predicate == EG_STRENGTH and isinstance(quad.object, Literal)
    }
    return {
        str(quad.subject): ranks[IRI(str(quad.object))]
        for quad in quads
        if quad.predicate == EG_MODALITY
    }


def _mapping_quads(folder: Path) -> Iterable[Quad]:
    from kg.mappings import read_mappings, triples

    for triple in triples(read_mappings(folder / "mappings")):
        yield Quad(*triple, GRAPH_MAPPINGS)


def _definition_copies(quads: Iterable[Quad]) -> Iterable[Quad]:
    """Every definition once more as IAO:0000115, where OBO tools look for it."""
    for quad in quads:
        if quad.predicate == SKOS_DEFINITION:
            yield Quad(quad.subject, IAO_DEFINITION, quad.object, GRAPH_INFERRED)


def _short(name: str) -> str:
    return name.replace(PREFIXES["eg"], "")
