"""The way from the source files to a graph: read, check, retract, reason, justify, write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.compile.conclusions import definition_copies
from kg.compile.counted import CountedParts
from kg.compile.inputs import code_digest
from kg.compile.kept import Kept
from kg.compile.lines import Lines
from kg.compile.mappings import read_mappings, triples
from kg.compile.memo import remembered
from kg.compile.reasoned import Progress, Reasoned, Steps, follow, pick_logical
from kg.compile.retraction import find_valid_statements, retract_axioms
from kg.model import resources
from kg.model.errors import ValidationError
from kg.model.rdf import (
    Quad,
    Sources,
    canonical_lines,
    name_nodes,
    quad_lines,
    read_nquads,
    read_sources,
    rebase,
)
from kg.model.vocabulary import BASE, GRAPH_MAPPINGS, GRAPH_ONTOLOGY, IRI, NONE, PREFIXES, PROV

if TYPE_CHECKING:
    from kg.compile.owl.oracle import Oracle

_NODES_KEPT: Final = 8
"""The names of nodes are kept of so many graphs."""


@dataclass(frozen=True)
class Built(Reasoned):
    """The files of a built graph, and what there is to say about it."""

    graph: bytes
    known: bytes
    """The graph under the project's own base, in which questions are put."""
    counts: dict[str, int]
    modules: bytes
    """The files of the ontology as they are, each in the graph that its ontology IRI names."""
    fallen: tuple[str, ...] = ()
    """The axioms left out because no statement carries them any more."""
    lines: Lines | None = field(default=None, compare=False, repr=False)
    """The groups of the lines of the graph, where they were counted."""


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
    files = Kept("files", code_digest())
    sources = read_sources(folder, remember=files.remember, name_nodes=_remembered_names)
    files.keep()
    del files  # as large as all sources
    lines = sources.lines(graph_of_each(sources))
    logical = _logical_lines(sources)
    steps.done(f"read {len(sources.modules)} files, {len(lines)} triples")
    counted = CountedParts()
    if checked:
        _check(sources, folder, steps, counted, made=made)
    whole = assemble(
        lines, folder / "mappings", steps, logical=logical, without=without, oracle=oracle
    )
    graph = whole.graph
    counts = {"quads": graph.count(b"\n"), "edges": whole.edges}
    steps.done(f"wrote {counts['quads']} quads")
    base = resources.publishing_base() or BASE
    parts = [*counted.of_files(sources.modules), *map(counted.of_lines, whole.added or ())]
    counted.keep()
    return Built(
        graph=graph if base == BASE else rebase(graph.decode(), base).encode(),
        known=graph,
        rules_json=whole.rules_json,
        asserted_json=whole.asserted_json,
        counts=counts,
        modules=sources.nquads if base == BASE else rebase(sources.nquads.decode(), base).encode(),
        fallen=whole.fallen,
        lines=None if whole.added is None else Lines(parts),
    )


@dataclass(frozen=True)
class Assembled(Reasoned):
    """A graph that is ready to be written."""

    graph: bytes
    """Canonical N-Quads."""
    edges: int
    fallen: tuple[str, ...]
    added: tuple[bytes, ...] | None
    """The lines that are not those of the sources; None where not all of these stand."""


def assemble(  # noqa: PLR0913 - what a graph is made of
    lines: Sequence[bytes],
    mappings: Path,
    steps: Steps,
    *,
    logical: Sequence[bytes] | None = None,
    without: frozenset[str] = frozenset(),
    oracle: Oracle | None = None,
) -> Assembled:
    """What the lines of sources say with what follows from them: reason over the axioms that stand.

    The statements of `without` are marked as withdrawn. Those lines that reasoning may look at are
    picked here if they were not before.
    """
    picked = pick_logical(lines) if logical is None else logical
    found = follow(picked, steps, without=without, oracle=oracle)
    for name in found.fallen:
        steps.progress(f"left out, for no statement carries it: {name.replace(PREFIXES['eg'], '')}")
    standing = lines if found.standing else _standing(lines, without)
    withdrawn = (Quad(IRI(each), PROV.wasInvalidatedBy, NONE) for each in sorted(without))
    mapped = (Quad(*triple, GRAPH_MAPPINGS) for triple in triples(read_mappings(mappings)))
    more = [*quad_lines((*withdrawn, *mapped)), *definition_copies(standing)]
    whole = (*standing, *more, *found.lines.splitlines(keepends=True))
    graph = canonical_lines(whole, _remembered_names)
    added = (b"".join(more), found.lines) if found.standing else None
    told = found.rules_json, found.asserted_json
    return Assembled(*told, graph, found.edges, found.fallen, added)


def _standing(lines: Sequence[bytes], without: frozenset[str]) -> tuple[bytes, ...]:
    """The lines without those of axioms that no statement carries any more."""
    quads = tuple(read_nquads(b"".join(lines)))
    kept, _ = retract_axioms(quads, find_valid_statements(quads) - without)
    return tuple(quad_lines(kept))


def _logical_lines(sources: Sources) -> list[bytes]:
    """The lines that reasoning may look at; those of a file are kept by its text."""
    kept = Kept("logical", code_digest())

    def pick(text: bytes) -> bytes:
        return kept.remember(text, lambda: b"".join(pick_logical(text.splitlines(keepends=True))))

    found = sources.lines(graph_of_each(sources), pick)
    kept.keep()
    return found


def _remembered_names(lines: bytes) -> bytes:
    """The lines that speak of nodes without a name, canonical; most builds change none of them."""
    question = b"\n\n".join((code_digest(), lines))
    return remembered(question, lambda: name_nodes(lines), "kept/nodes", _NODES_KEPT)


def graph_of_each(sources: Sources) -> dict[IRI, IRI]:
    """Each document with its statements in a graph of its own, all else in the ontology's."""
    graphs: dict[IRI, IRI] = {}
    for module in sources.modules:
        folder, _, name = module.iri.removeprefix(f"{BASE}ontology").strip("/").partition("/")
        own = folder in ("documents", "statements") and name
        graphs[module.iri] = IRI(f"{PREFIXES['graph']}document/{name}") if own else GRAPH_ONTOLOGY
    return graphs


def _check(
    sources: Sources, folder: Path, steps: Steps, counted: CountedParts, *, made: bool
) -> None:
    """Stop on what rules and shapes call an error."""
    from kg.compile.check.sources import check_sources

    report = check_sources(sources, folder, made=made, counted=counted)
    if not report.passes:
        raise ValidationError(report)
    steps.done(f"checked shapes and rules: {len(report.findings)} remarks")
