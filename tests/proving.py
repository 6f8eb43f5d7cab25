"""Derives the rows of answers anew, from the facts of a proof alone; the tests of proofs use it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from kg.answer import classified
from kg.answer.ask import ask
from kg.answer.classified import classify_case
from kg.answer.model import Answer, Cause, Origin
from kg.answer.proof.explain import Explainer, Row, rows_of
from kg.answer.proof.model import Explanation, Part
from kg.answer.proof.prover import MEMBER_OF
from kg.case import Case, resolve_case
from kg.compile.owl.axioms import Axiom
from kg.compile.owl.fragment import name_expressions
from kg.compile.owl.functional import write_ontology
from kg.model.terms import Lexicon
from kg.model.vocabulary import IRI
from kg.reasoning.rules import TYPE, Fact, Facts
from kg.store.knowledge import KnowledgeGraph

Standing = dict[tuple[str, str], tuple[str, int]]
"""The rows of an answer by kind and IRI: how each stands, and how strong its words are."""


@dataclass
class Rederiving:
    """Answers cases of which only some facts are left; the same facts are answered once."""

    knowledge: KnowledgeGraph
    _kept: dict[object, Standing] = field(default_factory=dict)

    def standing(self, case: Case, facts: tuple[Fact, ...], about: IRI) -> Standing:
        """The rows of the answer to the case with these facts alone."""
        key = frozenset(facts), case.denied, about
        if key not in self._kept:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(classified, "case_facts", lambda _: Facts.of(facts))
                # What a bound is certain of stands among the facts.
                patch.setattr(classified, "case_bounds", lambda _: ())
                self._kept[key] = standing(ask(self.knowledge, case, about))
        return self._kept[key]

    def check(self, case: Case, answer: Answer) -> int:
        """Fail unless every row of an answer has proofs, sound and minimal; give their number."""
        explainer = Explainer.of(self.knowledge, case, answer)
        # A denial that contradicts a fact was set aside with it, and is not to come back alone.
        absent = explainer.prover.whole.absent
        case = replace(case, denied=tuple(each for each in case.denied if each.iri in absent))
        count = 0
        for row in rows_of(answer):
            for proof in explainer.explain(row).proofs:
                self._check(case, answer, row, proof.facts)
                count += 1
        return count

    def _check(self, case: Case, answer: Answer, row: Row, facts: tuple[Fact, ...]) -> None:
        about = IRI(answer.finding.iri)
        key = row.kind, row.iri
        wanted = standing(answer)[key]
        found = self.standing(case, facts, about).get(key)
        assert stands(found, wanted), f"unsound: {row.kind} {row.label}: {found} is not {wanted}"
        for fact in facts:
            fewer = tuple(each for each in facts if each != fact)
            left = self.standing(case, fewer, about).get(key)
            assert not stands(left, wanted), f"{row.kind} {row.label} can spare {fact}"


def standing(answer: Answer) -> Standing:
    """How every row of an answer stands."""
    rank = {"": 0, **{note.modality: note.strength for note in answer.statements.values()}}

    def stood(source: object) -> tuple[str, int]:
        match source:
            case Cause(verdict=verdict, strength=strength):
                return verdict.value, rank[strength]
            case Origin(standing=standing):
                return standing.value, 0
            case _:
                return "said", 0

    return {(row.kind, row.iri): stood(row.source) for row in rows_of(answer)}


def stands(found: tuple[str, int] | None, wanted: tuple[str, int]) -> bool:
    """Whether a row stands as it did, on words that are no weaker."""
    return found is not None and found[0] == wanted[0] and found[1] >= wanted[1]


def parts_of(explanations: Iterator[Explanation]) -> dict[object, Part]:
    """Every part of every proof, each derivation once."""
    return {
        (part.facts, part.goal, part.axioms, given_class(part)): part
        for each in explanations
        for proof in each.all_proofs()
        for part in proof.parts
    }


def given_class(part: Part) -> str:
    """The class that a part about classes starts from; empty for one about a case."""
    return part.source


def read(
    knowledge: KnowledgeGraph, lexicon: Lexicon, document: Mapping[str, object]
) -> tuple[Case, Answer]:
    """The case of a document and its answer."""
    case = resolve_case(dict(document), lexicon)
    assert classify_case(knowledge.rules, case).subject == case.subject
    return case, ask(knowledge, case)


def owl_questions(parts: Iterable[Part], axioms: Sequence[Axiom]) -> list[dict[str, str]]:
    """Each derivation in functional syntax: its axioms and facts, and what follows from them."""
    by_id = {axiom.id: axiom for axiom in axioms}
    names = name_expressions(axioms)
    found = []
    for part in parts:
        facts = (Fact(MEMBER_OF, TYPE, part.source),) if part.source else part.facts
        used = {str(fact.value): names[str(fact.value)] for fact in facts if fact.value in names}
        chosen = [by_id[each] for each in part.axioms]
        ontology = write_ontology(chosen, names=used, facts=Facts.of(facts))
        subject, predicate, value = part.goal
        goal = {"subject": subject, "predicate": predicate, "object": str(value)}
        found.append({"ontology": ontology, **goal})
    return found
