"""The way from the source files to a graph: read, check, retract, reason, justify, write."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg.compile.conclusions import (
    Conclusions,
    conclusion_quads,
    definition_copies,
    edges,
    read_strengths,
)
from kg.compile.mappings import read_mappings, triples
from kg.compile.owl.axioms import Told
from kg.compile.retraction import find_valid_statements, retract_axioms
from kg.model import resources
from kg.model.errors import InconsistentError, UnsatisfiableError, ValidationError
from kg.model.rdf import (
    Graph,
    Quad,
    Sources,
    Triple,
    canonical_quads,
    labels_of,
    read_sources,
    rebase,
)
from kg.model.vocabulary import (
    BASE,
    GRAPH_MAPPINGS,
    GRAPH_ONTOLOGY,
    IRI,
    NONE,
    PREFIXES,
    PROV_WAS_INVALIDATED_BY,
)
from kg.reasoning.rules import is_expression

if TYPE_CHECKING:
    from kg.compile.owl.hierarchy import Hierarchy
    from kg.compile.owl.oracle import Oracle
    from kg.reasoning.asserted import AssertedRules
    from kg.reasoning.rules import Rules

Progress = Callable[[str], None]
"""Is given what is being done, a line at a time."""


@dataclass(frozen=True)
class Built:
    """The files of a built graph, and what there is to say about it."""

    graph: bytes
    known: bytes
    """The graph under the project's own base, in which questions are put."""
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


def make(  # noqa: PLR0913 - what a build is told
    folder: Path,
    progress: Progress,
    *,
    without: frozenset[str] = frozenset(),
    checked: bool = True,
    made: bool = False,
    oracle: Oracle | None = None,
) -> Built:
    """The graph that an ontology folder makes; raises before anything is published.

    The statements of `without` are taken as withdrawn. Sources that are not `checked` are only
    read: those of an older version kept the rules of their time. `made` says that the Turtle of
    articles was just written, so it is not made once more to be compared. An oracle, where there
    is one, has to agree with everything that the rules conclude.
    """
    steps = Steps(progress)
    sources = read_sources(folder)
    quads = sources.quads(graph_of_each(sources))
    steps.done(f"read {len(sources.modules)} files, {len(quads)} triples")
    if checked:
        _check(sources, folder, steps, made=made)
    whole = assemble(quads, folder / "mappings", steps, without=without, oracle=oracle)
    graph = canonical_quads(whole.quads)
    counts = {"quads": len(graph.splitlines()), "edges": whole.edges}
    steps.done(f"wrote {counts['quads']} quads")
    base = resources.publishing_base() or BASE
    return Built(
        graph=graph if base == BASE else rebase(graph.decode(), base).encode(),
        known=graph,
        rules=whole.rules,
        asserted=whole.asserted,
        counts=counts,
        modules=rebase(sources.nquads.decode(), base).encode(),
        fallen=whole.fallen,
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
    oracle: Oracle | None = None,
) -> Assembled:
    """What sources say with what follows from it: reason over the axioms that stand.

    The statements of `without` are marked as withdrawn.
    """
    valid = find_valid_statements(quads)
    standing, fallen = retract_axioms(quads, valid - without)
    for name in fallen:
        steps.progress(f"left out, for no statement carries it: {name.replace(PREFIXES['eg'], '')}")
    conclusions, rules, asserted = _reason(standing, steps, oracle)
    withdrawn = (Quad(IRI(each), PROV_WAS_INVALIDATED_BY, NONE) for each in sorted(without))
    mapped = (Quad(*triple, GRAPH_MAPPINGS) for triple in triples(read_mappings(mappings)))
    inferred = (*conclusion_quads(conclusions), *definition_copies(standing))
    return Assembled(
        (*standing, *withdrawn, *mapped, *inferred),
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


def _check(sources: Sources, folder: Path, steps: Steps, *, made: bool) -> None:
    """Stop on what rules and shapes call an error."""
    from kg.compile.check.sources import check_sources

    report = check_sources(sources, folder, made=made)
    if not report.passes:
        raise ValidationError(report)
    steps.done(f"checked shapes and rules: {len(report.findings)} remarks")


def _reason(
    quads: tuple[Quad, ...], steps: Steps, oracle: Oracle | None
) -> tuple[Conclusions, Rules, AssertedRules]:
    """Classify, compile the rules for cases and those of one step, and justify what follows."""
    from kg.compile.owl.fragment import name_expressions
    from kg.compile.owl.justifications import justify
    from kg.compile.owl.reading import read_axioms, read_declarations
    from kg.compile.owl.rules import compile_asserted, compile_rules

    graph = Graph(dict.fromkeys(Triple(*quad[:3]) for quad in quads))
    axioms, declarations = read_axioms(graph), read_declarations(graph)
    labels, names = labels_of(quads), name_expressions(axioms)
    asserted = compile_asserted(axioms, names)
    told = Told(axioms, declarations, asserted, names)
    hierarchy = _classify(told, labels)
    steps.done(f"classified {len(hierarchy.supers)} classes")
    rules = compile_rules(axioms, hierarchy, names)
    steps.done(f"compiled rules for cases from {len(axioms)} axioms")
    justified = justify(asserted, edges(names, hierarchy))
    ways = sum(map(len, justified.values()))
    steps.done(f"justified {len(justified)} derived edges, {ways} ways")
    if oracle is not None:
        oracle.agrees(told, hierarchy, justified)
        steps.done("HermiT agrees with each of them")
    strengths = read_strengths(quads)
    return Conclusions(axioms, names, hierarchy, justified, labels, strengths), rules, asserted


def _classify(told: Told, labels: dict[str, str]) -> Hierarchy:
    """The hierarchy, or an error that names the classes and the axioms that are at odds."""
    from kg.compile.owl.classification import classify_classes
    from kg.compile.owl.justifications import explain_clash

    try:
        hierarchy = classify_classes(told)
    except InconsistentError as error:
        raise InconsistentError(f"{error} {explain_clash(told.axioms, labels)}") from None
    impossible = sorted(each for each in hierarchy.unsatisfiable if not is_expression(each))
    if impossible:
        names = ", ".join(f"{labels.get(each, each)} <{each}>" for each in impossible)
        at_odds = explain_clash(told.axioms, labels, impossible[0])
        raise UnsatisfiableError(f"nothing can be: {names}. {at_odds}")
    return hierarchy
