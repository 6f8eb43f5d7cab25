"""Names that are not known change no verdict and no alert, and each is told.

Patients are made by patients.py, and names of many kinds are put into them: of other diseases,
drugs and tests, slips of the key, letters at random, and terms set apart by words beside them.
"""

from __future__ import annotations

import random
import string
from copy import deepcopy

import pytest
from counting import counts
from patients import Document, Patients

from kg.answer.ask import ask
from kg.answer.model import Answer
from kg.case import Unused, resolve_case
from kg.case.model import GIVEN_KINDS
from kg.case.names import read_name
from kg.model.terms import Kind, Lexicon
from kg.store.knowledge import KnowledgeGraph

CASES, CASES_AT_NIGHT = 60, 5_000
SEED = 2611
ELSEWHERE = (
    "gout", "smouldering myeloma", "MGUS", "renal failure", "hyperthyroidism", "breast cancer",
    "jaundice", "Paget's disease of the breast", "teriparatide", "calcitriol", "aspirin", "AFP",
    "TSH", "osteocalcin", "LDH", "COVID-19", "MM", "PD", "LAP", "MM?", "no such thing", "β-CTX?",
)  # fmt: skip
BESIDE = (
    "family history of {}", "suspected {}", "?{}", "history of {}", "mother with {}",
    "rule out {}", "planned {}", "stopped {}", "risk of {}", "{} ruled out by nobody",
)  # fmt: skip
ANYTHING = (Kind.CONDITION, *GIVEN_KINDS)
KINDS = {
    "conditions": (Kind.CONDITION,),
    "absent": ANYTHING,
    "unknown": ANYTHING,
    "drugs": GIVEN_KINDS,
    "labs": (Kind.MARKER,),
}


class _Strangers:
    """Makes names that stand for no term of some kinds."""

    def __init__(self, lexicon: Lexicon, number: int) -> None:
        self._lexicon = lexicon
        self._rng = random.Random(f"{SEED}-{number}")
        self._names = [name for e in lexicon.entries.values() for name in e.known_as]

    def add_to(self, document: Document) -> list[str]:
        """Put some into a case, and give them."""
        added = []
        for key, kinds in KINDS.items():
            for _ in range(self._rng.randrange(3)):
                name = self._name()
                if not name.strip() or len(name) > 60:
                    continue
                if not isinstance(read_name(name, self._lexicon, *kinds), Unused):
                    continue
                entry = {"marker": name, "state": "high"} if key == "labs" else name
                document.setdefault(key, []).append(entry)
                added.append(name)
        return added

    def _name(self) -> str:
        rng = self._rng
        known = rng.choice(self._names)
        match rng.randrange(4):
            case 0:
                return rng.choice(ELSEWHERE)
            case 1:
                return rng.choice(BESIDE).format(known)
            case 2:
                letters = string.ascii_letters + " -'µ()"
                return "".join(rng.choice(letters) for _ in range(rng.randrange(2, 14)))
            case _:
                at = rng.randrange(len(known))
                return known[:at] + rng.choice(string.ascii_lowercase) + known[at + 1 :]


def _verdicts(answer: Answer) -> object:
    """Everything that an answer concludes."""
    return (
        answer.causes, answer.absent, answer.alerts, answer.outcomes, answer.rules, answer.advice,
        answer.ask_next, answer.other_populations, answer.conflicts, answer.judged,
    )  # fmt: skip


@pytest.fixture(name="patients", scope="module")
def _patients(knowledge: KnowledgeGraph, lexicon: Lexicon) -> Patients:
    return Patients(lexicon, knowledge.rules, SEED)


@counts(CASES, nightly=CASES_AT_NIGHT)
def test_unknown_names_never_change_a_verdict(
    knowledge: KnowledgeGraph, lexicon: Lexicon, patients: Patients, count: int
) -> None:
    """With names that stand for nothing an answer concludes the same (60 cases; 5,000 at night)."""
    told = 0
    for number in range(count):
        plain = patients.document(number)
        document = deepcopy(plain)
        added = _Strangers(lexicon, number).add_to(document)

        case = resolve_case(document, lexicon)
        answer, before = ask(knowledge, case), ask(knowledge, resolve_case(plain, lexicon))

        told += len(added)
        assert _verdicts(answer) == _verdicts(before), (number, added)
        given = [each.given for each in answer.unused]
        for name in added:
            assert any(" ".join(name.split()) in each for each in given), (number, name)

    assert told > count
