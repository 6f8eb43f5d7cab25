"""The steps from the source files to a graph: read, check, reason, compile, justify, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg.compile.conclusions import Conclusions, conclusion_quads
from kg.compile.retraction import find_valid_statements, retract_axioms
from kg.model import resources
from kg.model.errors import InconsistentError, UnsatisfiableError, ValidationError
from kg.model.rdf import (
    Quad,
    Sources,
    canonical_quads,
    labels_of,
    ntriples_of_quads,
    read_sources,
    rebase,
)
from kg.model.vocabulary import (
    BASE,
    EG_MODALITY,
    EG_STRENGTH,
    GRAPH_INFERRED,
    GRAPH_MAPPINGS,
    GRAPH_ONTOLOGY,
    IAO_DEFINITION,
    IRI,
    NONE,
    PREFIXES,
    PROV_WAS_INVALIDATED_BY,
    SKOS_DEFINITION,
    Literal,
)
from kg.reasoning.index import is_expression

if TYPE_CHECKING:
    from kg.compile.owl.axioms import Axiom, Declarations
    from kg.compile.owl.entailments import Edge
    from kg.compile.owl.hierarchy import Hierarchy
    from kg.compile.owl.justifications import Justifications
    from kg.reasoning.asserted import AssertedRules
    from kg.reasoning.ruleset import Rules

Progress = Callable[[str], None]
"""Told what is being done, a line at a time."""


@dataclass(frozen=True)
class Built:
    """The files of a built graph, and what there is to say about it."""

    graph: bytes
    rules: Rules
    asserted: AssertedRules
    counts: dict[str, int]
    modules: bytes
    """The files of the ontology as they are, each in the graph that its ontology IRI names."""
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


def make(
    folder: Path,
    progress: Progress,
    *,
    without: frozenset[str] = frozenset(),
    checked: bool = True,
) -> Built:
    """The graph that an ontology folder makes; raises before anything is published.

    The statements of `without` are taken as withdrawn. Sources that are not `checked` are only
    read: those of an older version kept the rules of their time.
    """
    steps = Steps(progress)
    sources = read_sources(folder)
    quads = sources.quads(graph_of_each(sources))
    steps.done(f"read {len(sources.modules)} files, {len(quads)} triples")
    if checked:
        _check(sources, folder, steps)
    made = assemble(quads, folder / "mappings", steps, without=without)
    graph = canonical_quads(made.quads)
    counts = {"quads": len(graph.splitlines()), "edges": made.edges}
    steps.done(f"wrote {counts['quads']} quads")
    base = resources.publishing_base() or BASE
    return Built(
        graph=rebase(graph.decode(), base).encode(),
        rules=made.rules,
        asserted=made.asserted,
        counts=counts,
        modules=rebase(sources.nquads.decode(), base).encode(),
        fallen=made.fallen,
    )


@dataclass(frozen=True)
class Assembled:
    """A graph that is ready to be written."""

    quads: tuple[Quad, ...]
    rules: Rules
    asserted: AssertedRules
    edges: int
    fallen: tuple[str, ...]


def assemble(
    quads: tuple[Quad, ...],
    mappings: Path,
    steps: Steps,
    *,
    without: frozenset[str] = frozenset(),
) -> Assembled:
    """What sources say with what follows from it: reason over the axioms that stand.

    The statements of `without` are marked as withdrawn.
    """
    valid = find_valid_statements(quads)
    standing, fallen = retract_axioms(quads, valid - without)
    for name in fallen:
        steps.progress(f"left out, for no statement carries it: {_short(name)}")
    conclusions, rules, asserted = _reason(standing, steps)
    withdrawn = (Quad(IRI(each), PROV_WAS_INVALIDATED_BY, NONE) for each in sorted(without))
    inferred = (*conclusion_quads(conclusions), *_definition_copies(standing))
    return Assembled(
        (*standing, *withdrawn, *_mapping_quads(mappings), *inferred),
        rules,
        asserted,
        len(conclusions.justifications),
        fallen,
    )


def graph_of_each(sources: Sources) -> dict[IRI, IRI]:
    """Each document with its statements in a graph of its own, all else in the ontology's."""
    graphs: dict[IRI, IRI] = {}
    for module in sources.modules:
        folder, _, name = module.iri.removeprefix(f"{BASE}ontology").strip("/").partition("/")
        own = folder in ("documents", "statements") and name
        graphs[module.iri] = IRI(f"{PREFIXES['graph']}document/{name}") if own else GRAPH_ONTOLOGY
    return graphs


def _check(sources: Sources, folder: Path, steps: Steps) -> None:
    """Stop on what rules and shapes call an error."""
    from kg.compile.check.sources import check_sources

    report = check_sources(sources, folder)
    if not report.passes:
        raise ValidationError(report)
    steps.done(f"checked shapes and rules: {len(report.findings)} remarks")


def _reason(quads: tuple[Quad, ...], steps: Steps) -> tuple[Conclusions, Rules, AssertedRules]:
    """Classify, compile the rules for cases and those of one step, and justify what follows."""
    from rdflib import Graph

    from kg.compile.owl.asserted import compile_asserted
    from kg.compile.owl.axioms import read_axioms, read_declarations
    from kg.compile.owl.rules import compile_rules

    graph = Graph().parse(data=ntriples_of_quads(quads), format="nt")
    axioms, declarations = read_axioms(graph), read_declarations(graph)
    labels = labels_of(quads)
    hierarchy = _classify(axioms, declarations, labels)
    steps.done(f"HermiT classified {len(hierarchy.supers)} classes")
    rules = compile_rules(axioms, hierarchy)
    asserted = compile_asserted(axioms)
    steps.done(f"compiled rules for cases from {len(axioms)} axioms")
    justified = _justify(axioms, asserted, hierarchy, steps)
    return Conclusions(axioms, hierarchy, justified, labels, _strengths(quads)), rules, asserted


def _justify(
    axioms: tuple[Axiom, ...], asserted: AssertedRules, hierarchy: Hierarchy, steps: Steps
) -> dict[Edge, Justifications]:
    """Every justification of each derived edge, as HermiT confirms it."""
    from kg.compile.owl.entailments import edges
    from kg.compile.owl.justifications import confirm, justify

    found = justify(asserted, axioms, edges(axioms, hierarchy))
    steps.done(f"justified {len(found)} derived edges, {sum(map(len, found.values()))} ways")
    confirm(axioms, found)
    steps.done("HermiT confirmed each of them")
    return found


def _classify(
    axioms: tuple[Axiom, ...], declarations: Declarations, labels: dict[str, str]
) -> Hierarchy:
    """The hierarchy, or an error that names the classes and the axioms that are at odds."""
    from kg.compile.owl import hermit
    from kg.compile.owl.functional import write_ontology
    from kg.compile.owl.justifications import contradiction, impossibility
    from kg.compile.owl.naming import name_expressions

    text = write_ontology(axioms, declarations, names=name_expressions(axioms))
    try:
        hierarchy = hermit.classify(text)
    except InconsistentError as error:
        at_odds = _listed(contradiction(axioms), axioms, labels)
        raise InconsistentError(f"{error} {at_odds}") from None
    impossible = sorted(each for each in hierarchy.unsatisfiable if not is_expression(each))
    if impossible:
        at_odds = _listed(impossibility(axioms, impossible[0]), axioms, labels)
        names = ", ".join(f"{labels.get(each, each)} <{each}>" for each in impossible)
        raise UnsatisfiableError(f"nothing can be: {names}. {at_odds}")
    return hierarchy


def _listed(ids: Iterable[str], axioms: Iterable[Axiom], labels: dict[str, str]) -> str:
    """The axioms at odds, a line each."""
    from kg.compile.owl.axioms import text

    by_id = {axiom.id: axiom for axiom in axioms}
    lines = "".join(f"\n  - {text(by_id[each], labels)}" for each in ids)
    return f"These axioms together say so:{lines}" if lines else "Only HermiT finds why."


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
    from kg.compile.mappings import read_mappings, triples

    for triple in triples(read_mappings(folder)):
        yield Quad(*triple, GRAPH_MAPPINGS)


def _definition_copies(quads: Iterable[Quad]) -> Iterable[Quad]:
    """Every definition once more as IAO:0000115, where OBO tools look for it."""
    for quad in quads:
        if quad.predicate == SKOS_DEFINITION:
            yield Quad(quad.subject, IAO_DEFINITION, quad.object, GRAPH_INFERRED)


def _short(name: str) -> str:
    return name.replace(PREFIXES["eg"], "")
