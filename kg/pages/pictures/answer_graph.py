"""An answer as a graph: from the facts of the case to the documents that the answer rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kg.answer.classified import ClassifiedCase, classify_case
from kg.answer.model import Answer, Argument, Cause, GivenFact
from kg.answer.scores import with_scores
from kg.case.model import CASE, Case
from kg.model.vocabulary import EG
from kg.pages.pictures.canvas import joined
from kg.pages.pictures.graph import MOST, Column, Edge, Graph, Node
from kg.pages.values import path_of
from kg.pages.verdicts import chip_of
from kg.reasoning.rules import TYPE, Fact
from kg.show.words import count
from kg.store.knowledge import KnowledgeGraph

_HEADS: Final = ("Given", "Kinds of case, findings", "Verdicts", "Statements", "Documents")
_WIDTHS: Final = (116, 152, 186, 46, 100)


def answer_graph(knowledge: KnowledgeGraph, case: Case, answer: Answer) -> Graph | None:
    """The graph of an answer; None where it says nothing that rests on statements.

    Where there would be too many nodes, those at the end of the answer are left out.
    """
    rows = [*map(_cause, enumerate(answer.causes, 1)), *_messages(answer)]
    case = with_scores(knowledge.rules, case)
    found = classify_case(knowledge.rules, case)
    for kept in range(len(rows), 0, -1):
        graph = _Builder(knowledge, case, answer, found).build(rows[:kept], len(rows) - kept)
        if sum(len(column.nodes) for column in graph.columns) <= MOST:
            return graph
    return None


@dataclass(frozen=True, slots=True)
class _Row:
    """One verdict or caution, with what it rests on."""

    node: Node
    words: str
    statements: tuple[str, ...]
    arguments: tuple[Argument, ...]
    origins: tuple[str, ...]
    iri: str


def _cause(numbered: tuple[int, Cause]) -> _Row:
    number, cause = numbered
    chip = chip_of(cause)
    words = f"{cause.label}, {chip.word}"
    return _Row(
        node=Node(
            f"row {cause.iri}",
            f"{chip.sign} {number} {cause.label}",
            f"row {chip.style}",
            path=path_of(cause.iri),
            hint=words,
        ),
        words=f"{number} {words}",
        statements=cause.statements,
        arguments=(*cause.supports, *cause.against),
        origins=tuple(each.iri for each in cause.origins),
        iri=cause.iri,
    )


def _messages(answer: Answer) -> Iterator[_Row]:
    """The cautions, and what is known of the prognosis."""
    for sign, kind, messages in (("!", "alert", answer.alerts), ("→", "outcome", answer.outcomes)):
        for each in messages:
            name, path = f"{sign} {each.label}", path_of(each.iri)
            node = Node(f"row {each.iri}", name, f"row {kind}", path=path, hint=each.text)
            yield _Row(node, f"{kind}: {each.label}", each.statements, (), (), each.iri)


class _Builder:
    """Builds one graph."""

    def __init__(
        self, knowledge: KnowledgeGraph, case: Case, answer: Answer, found: ClassifiedCase
    ) -> None:
        self._names = knowledge.model.names
        self._notes = knowledge.model.tables.notes.statements
        self._case = case
        self._answer = answer
        self._found = found
        self._facts: dict[str, Node] = {}
        self._rules: dict[str, Node] = {}
        self._statements: dict[str, Node] = {}
        self._documents: dict[str, Node] = {}
        self._edges: dict[Edge, None] = {}

    def build(self, rows: Sequence[_Row], left: int) -> Graph:
        """The graph of some rows; `left` are not shown."""
        for row in rows:
            self._add_row(row)
        nodes = (self._facts, self._rules, self._statements, self._documents)
        facts, rules, statements, documents = (tuple(each.values()) for each in nodes)
        shown = (facts, rules, tuple(row.node for row in rows), statements, documents)
        columns = zip(_HEADS, _WIDTHS, shown, (False, False, True, False, True), strict=True)
        return Graph(
            "How the facts lead to the answer",
            tuple(Column(*each) for each in columns),
            tuple(self._edges),
            " ".join(self._in_words(rows)),
            f"Not drawn for want of room: {count(left, 'row')} at the end of the answer."
            if left
            else "",
        )

    # ── Nodes and edges ─────────────────────────────────────────────────────────────────────

    def _add_row(self, row: _Row) -> None:
        target, before = row.node.key, len(self._edges)
        carried = dict.fromkeys(row.statements)
        for argument in (*row.arguments, *self._of_origins(row.origins)):
            rule = self._add_rule(argument.finding.iri, argument.finding.label, EG.hasFinding)
            self._edges[Edge(rule, target, against=not argument.supports)] = None
            carried |= dict.fromkeys(argument.rule)
        for kind in dict.fromkeys(self._notes[each].context for each in row.statements):
            if kind in self._found.contexts:
                rule = self._add_rule(kind, self._names[kind].label, TYPE)
                self._edges[Edge(rule, target)] = None
        if len(self._edges) == before:
            for fact in self._answer.case:
                if fact.iri == row.iri:
                    self._edges[Edge(self._add_fact(fact), target)] = None
        for statement in carried:
            self._add_statement(statement, target)

    def _of_origins(self, origins: Iterable[str]) -> Iterator[Argument]:
        """What findings say of the tissues that a cause would raise the marker from."""
        for each in self._answer.origins:
            if each.iri in origins:
                yield from (*each.supports, *each.against)

    def _add_rule(self, iri: str, label: str, role: str) -> str:
        key = f"rule {iri}"
        if key not in self._rules:
            kind = "finding" if role == EG.hasFinding else "kind"
            label = "any patient" if iri == EG.Case else label
            self._rules[key] = Node(key, label, kind, path=path_of(iri))
            for fact in self._behind(Fact(CASE, role, iri)):
                self._edges[Edge(self._add_fact(fact), key)] = None
        return key

    def _add_fact(self, fact: GivenFact) -> str:
        key = f"fact {fact.kind} {fact.iri}"
        if key not in self._facts:
            words = fact.text.partition(" (range")[0].removesuffix(" (no value)")
            hint = fact.text if fact.text != words else ""
            self._facts[key] = Node(key, words, "given", path=path_of(fact.iri), hint=hint)
        return key

    def _add_statement(self, statement: str, row: str) -> None:
        note = self._notes[statement]
        key, document = f"statement {statement}", f"document {note.document}"
        hint = f"{statement}: {note.text}"
        self._statements[key] = Node(
            key, statement, "statement", path=f"statement/{statement}", hint=hint
        )
        title = next((d.title for d in self._answer.documents if d.id == note.document), "")
        name = f"{note.document} {title}".strip()
        self._documents[document] = Node(
            document, name, "document", path=f"document/{note.document}"
        )
        self._edges[Edge(row, key)] = None
        self._edges[Edge(key, document)] = None

    def _behind(self, conclusion: Fact) -> list[GivenFact]:
        """The facts of the case that a conclusion follows from, in the order given."""
        closure = self._found.closure
        if conclusion not in closure:
            return []
        told = {iri for leaf in closure.leaves(conclusion) for iri in self._terms(leaf)}
        return [each for each in self._answer.case if each.iri in told]

    def _terms(self, leaf: Fact) -> tuple[str, ...]:
        """The terms by which the case gives what a fact says."""
        case = self._case
        parts: dict[str, list[tuple[str, ...]]] = {
            "condition": [(each.iri,) for each in (*case.conditions, *case.assumed)],
            "treatment": [(each.iri,) for each in case.drugs],
            "observation": [(each.marker.iri,) for each in case.labs],
            "group": [(each.marker.iri, *each.marker.members) for each in case.groups],
        }
        for name in (leaf.value, leaf.subject):
            if isinstance(name, str) and name.startswith(f"{CASE}:"):
                kind, place = name.removeprefix(f"{CASE}:").split(":")[:2]
                return parts[kind][int(place) - 1]
        if leaf.predicate == EG.ageInYears:
            return (EG.ageInYears,)
        return (str(leaf.value),)

    # ── Words ───────────────────────────────────────────────────────────────────────────────

    def _in_words(self, rows: Iterable[_Row]) -> Iterator[str]:
        yield f"Given: {'; '.join(each.name for each in self._facts.values())}."
        names = {key: node.name for key, node in (*self._facts.items(), *self._rules.items())}
        for row in rows:
            into = [edge for edge in self._edges if edge.target == row.node.key]
            sides = {
                "follows from": [names[e.source] for e in into if not e.against],
                "against it": [names[e.source] for e in into if e.against],
                "stated in": [
                    e.target.partition(" ")[2] for e in self._edges if e.source == row.node.key
                ],
            }
            told = "; ".join(f"{side} {joined(each)}" for side, each in sides.items() if each)
            yield f"{row.words}: {told}." if told else f"{row.words}."
