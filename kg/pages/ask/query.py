"""The causes of an answer as a SPARQL query: the shipped one, with the classes of the case in it.

It gives the causes and verdicts that the page shows, on this graph. What the case is (its kinds,
findings, what is there and what is not) was worked out by the rules before, and stands in its
VALUES; values, days and names are not in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kg.answer.classified import ClassifiedCase, classify_case
from kg.answer.model import Answer
from kg.answer.scores import with_scores
from kg.case import Case
from kg.model import resources
from kg.model.rdf import rebase
from kg.model.resources import queries_dir
from kg.model.vocabulary import BASE, IRI, NONE, PREFIXES
from kg.store.knowledge import KnowledgeGraph
from kg.store.queries import bind, load

_QUERY: Final = "ask/causes"
_ABOUT: Final = (
    "# VALUES holds what the rules make of the case: its kinds and findings, and what is there\n"
    "# or not. Values, days and words that were typed are not in it.\n"
)
_HEADER: Final = re.compile(r"^#\+.*\n", re.MULTILINE)
"""What the shipped query says of itself, which is about another case."""
_OURS: Final = re.compile(rf"<{re.escape(PREFIXES['eg'])}([A-Za-z][\w-]*)>")


def causes_query(knowledge: KnowledgeGraph, case: Case, answer: Answer) -> str:
    """The query whose rows are the causes of the answer; empty where no cause is judged."""
    if not answer.judged:
        return ""
    case = with_scores(knowledge.rules, case)
    found = classify_case(knowledge.rules, case)
    text = bind(load(queries_dir(), _QUERY), _parameters(found, answer))
    body = _OURS.sub(r"eg:\1", _HEADER.sub("", text).lstrip())
    head = (
        f"# {answer.question} in one case, and how each stands. Graph {answer.graph}.\n{_ABOUT}\n"
    )
    return rebase(f"{head}\n{body}", resources.publishing_base() or BASE)


def _parameters(case: ClassifiedCase, answer: Answer) -> dict[str, tuple[IRI, ...]]:
    return {
        "about": (IRI(answer.finding.iri),),
        "context": _terms(case.applicable),
        "rule_context": _terms(case.applicable),
        "finding": _terms(case.findings),
        "present": _terms(case.present),
        "absent": _terms(case.absent),
    }


def _terms(iris: Iterable[str]) -> tuple[IRI, ...]:
    return tuple(map(IRI, sorted(iris))) or (NONE,)
