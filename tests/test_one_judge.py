"""The judge of answers and the judge of proofs agree on every view that proofs ask about.

It goes when only one judge is left.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.answer.ask import ask
from kg.answer.causes import verdict_of
from kg.answer.model import Verdict
from kg.answer.proof.causes import CauseJudge
from kg.answer.proof.explaining import proofs_of
from kg.answer.proof.prover import View
from kg.answer.situation import read_situation, situation_of
from kg.answer.tables import tables_of
from kg.case import Case
from kg.case.questions import read_questions
from kg.curate.diff.difference import shipped_questions
from kg.model.terms import Lexicon
from kg.store.knowledge import Knowledge

VIEWS = 1903
"""So many verdicts the proofs of all shipped questions ask for."""


def test_both_judges_give_the_same_verdicts(
    knowledge: Knowledge, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All verdicts over all shipped questions are equal, of whole cases and of parts of them."""
    topics, judged = tables_of(knowledge).topics, CauseJudge.verdict
    compared: list[bool] = []
    absent: frozenset[str] = frozenset()

    def both(judge: CauseJudge, view: View) -> Verdict | None:
        found = judged(judge, view)
        situation = replace(
            situation_of(knowledge.rules, view.closure, view.subject), absent=absent
        )
        shown = judge.about in situation.findings and situation.in_scope
        cause = topics[judge.about].causes[judge.cause]
        compared.append(found is (verdict_of(cause, situation) if shown else None))
        return found

    monkeypatch.setattr(CauseJudge, "verdict", both)
    for question in read_questions(shipped_questions()):
        about = lexicon.find(question.about).iri if question.about else None
        case = Case.from_json(dict(question.case), lexicon)
        absent = read_situation(knowledge, case).absent
        proofs_of(knowledge, case, ask(knowledge, case, about))

    assert compared == [True] * VIEWS
