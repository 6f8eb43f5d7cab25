"""A proof as a graph: from what was said of the patient, step by step, to the row of the answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from kg.answer.proof.model import Explanation, Part, Proof, ProofStep
from kg.model.vocabulary import BASE
from kg.pages.pictures.canvas import joined
from kg.pages.pictures.graph import MOST, Column, Edge, Graph, Node
from kg.pages.values import path_of
from kg.show.words import count

_WIDTH: Final = 158
_GOAL: Final = "goal"
_GIVEN: Final = "given"
ROLES: Final = {
    "asked": "the question arises",
    "listed": "a statement lists it",
    "about": "it is about such a case",
    "shown": "the case shows it",
    "argued": "what the finding says",
    "tissue": "the tissue it comes from",
    "open": "what it depends on",
    "present": "it is present",
    "follows": "it follows",
}
"""What each part of a proof is for, in few words."""


def proof_graph(found: Explanation) -> Graph | None:
    """The first reason of an explanation as a graph; None where it has more nodes than one reads.

    The list of the steps stays beside it: it has the axioms, and the other reasons.
    """
    proof = found.proofs[0]
    builder = _Builder(found, proof)
    graph = builder.build()
    return graph if builder.count <= MOST else None


class _Builder:
    """Builds one graph."""

    def __init__(self, found: Explanation, proof: Proof) -> None:
        self._found = found
        self._proof = proof
        self._nodes: dict[str, Node] = {}
        self._edges: dict[Edge, None] = {}

    @property
    def count(self) -> int:
        """How many nodes there are."""
        return len(self._nodes)

    def build(self) -> Graph:
        """The graph with everything that the proof takes."""
        goal = Node(_GOAL, self._proof.conclusion, "row", path=_path(self._found.iri))
        for part in self._proof.parts:
            self._add_part(part)
        self._nodes[_GOAL] = replace(goal, hint=goal.name)
        edges = _direct(self._edges)
        columns = _columns(self._nodes, edges)
        others = len(self._found.proofs) - 1
        more = f"Not drawn: {count(others, 'more reason')}, each enough by itself"
        return Graph(
            f"Why: {self._proof.conclusion}",
            tuple(Column(_head(nodes), _WIDTH, tuple(nodes)) for nodes in columns),
            edges,
            " ".join(self._in_words()),
            f"{more}." if others else "",
        )

    def _add_part(self, part: Part) -> None:
        """The steps of a part; the last of them leads to the row."""
        keys: dict[int, str] = {}
        for number, step in enumerate(part.steps, 1):
            keys[number] = self._add_step(step, keys)
        last = keys.get(len(part.steps)) or self._add_given(part.conclusion, part.given)
        node = self._nodes[last]
        if not node.above:
            self._nodes[last] = replace(node, above=ROLES.get(part.role, part.role))
        self._edges[Edge(last, _GOAL)] = None

    def _add_step(self, step: ProofStep, keys: Mapping[int, str]) -> str:
        sources = [self._add_given(said, ()) for said in step.given]
        sources += [keys[used] for used in step.uses]
        key = f"step {step.text}"
        while not self._reached(key).isdisjoint(sources):  # shown in two ways, each by the other
            key += " again"
        ids = dict.fromkeys(self._nodes[key].ids if key in self._nodes else ())
        for axiom in step.axioms:
            for each in self._found.axioms[axiom].statements:
                note = self._found.statements.get(each)
                ids[each, note.text if note else ""] = None
        old = self._nodes.get(key) or Node(key, _without_case(step.text), "kind")
        self._nodes[key] = replace(old, ids=tuple(ids))
        for source in sources:
            self._edges[Edge(source, key)] = None
        return key

    def _reached(self, key: str) -> set[str]:
        """A node, and every node that it leads to."""
        return {key} | _reached(key, self._edges)

    def _add_given(self, text: str, given: Iterable[str]) -> str:
        """Something that was said; or, without steps, a conclusion that is what was said."""
        key = f"given {text}"
        self._nodes.setdefault(key, Node(key, _without_case(text), _GIVEN))
        for said in given:
            if said != text:
                self._edges[Edge(self._add_given(said, ()), key)] = None
        return key

    def _in_words(self) -> Iterator[str]:
        given = joined(self._proof.given) or "nothing said of the patient"
        yield f"It takes: {given}."
        for part in self._proof.parts:
            by = f", by {part.statement}" if part.statement else ""
            role = ROLES.get(part.role, part.role)
            yield f"{role[:1].upper()}{role[1:]}{by}: {part.conclusion}."


def _head(nodes: Iterable[Node]) -> str:
    return "Given" if all(node.kind == _GIVEN for node in nodes) else ""


def _path(iri: str) -> str | None:
    return path_of(iri) if iri.startswith(BASE) else None


def _without_case(text: str) -> str:
    """A step without the words that all of them begin with."""
    return text.removeprefix("the case: ")


def _direct(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """The edges without those that others make a way around: they would say it twice."""
    edges = tuple(edges)
    return tuple(
        edge
        for edge in edges
        if not any(
            edge.target in _reached(other.target, edges)
            for other in edges
            if other.source == edge.source and other.target != edge.target
        )
    )


def _reached(key: str, edges: Iterable[Edge]) -> set[str]:
    """Every node that a node leads to."""
    after: defaultdict[str, list[str]] = defaultdict(list)
    for edge in edges:
        after[edge.source].append(edge.target)
    found: set[str] = set()
    waiting = [*after[key]]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += after[each]
    return found


def _columns(nodes: Mapping[str, Node], edges: Iterable[Edge]) -> list[list[Node]]:
    """The nodes by how many steps lead to them; what leads to nothing else stands beside the row.

    A node stands as late as what it leads to allows, so that edges are short.
    """
    before: defaultdict[str, list[str]] = defaultdict(list)
    after: defaultdict[str, list[str]] = defaultdict(list)
    for edge in edges:
        before[edge.target].append(edge.source)
        after[edge.source].append(edge.target)
    some_given = any(node.kind == _GIVEN for node in nodes.values())
    depth: dict[str, int] = {}

    def deep(key: str) -> int:
        if key not in depth:
            own = int(some_given and nodes[key].kind != _GIVEN)
            depth[key] = max((deep(each) + 1 for each in before[key]), default=own)
        return depth[key]

    for key in nodes:
        deep(key)
    for key in sorted(nodes, key=lambda each: -depth[each]):
        if before[key] or nodes[key].kind != _GIVEN:
            depth[key] = min((depth[each] - 1 for each in after[key]), default=depth[key])
    columns: list[list[Node]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for key, node in nodes.items():
        columns[depth[key]].append(node)
    return columns
