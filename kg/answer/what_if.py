"""What would change in an answer if something were so: verdicts that move, what comes and goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kg.answer.ask import ask
from kg.answer.model import Answer
from kg.case import Case
from kg.case.supposing import supposing
from kg.curate.diff.answers import row_changes
from kg.curate.diff.model import Change
from kg.model.terms import Lexicon
from kg.model.vocabulary import IRI
from kg.store.knowledge import Knowledge


@dataclass(frozen=True)
class Supposition:
    """An answer as it is, as it would be, and the rows that differ."""

    facts: tuple[str, ...]
    replaced: tuple[str, ...]
    """What was given otherwise and gave way."""
    before: Answer
    after: Answer
    rows: tuple[Change, ...]


def suppose(  # noqa: PLR0913 - a question, and what is supposed of it
    knowledge: Knowledge,
    lexicon: Lexicon,
    case: Case,
    facts: Iterable[str],
    *,
    about: IRI | None = None,
    today: date | None = None,
) -> Supposition:
    """What would change in the answer to a case if these facts were so."""
    supposed = supposing(case, facts, lexicon, today=today)
    before = ask(knowledge, case, about)
    after = ask(knowledge, supposed.case, IRI(before.finding.iri))
    return Supposition(supposed.facts, supposed.replaced, before, after, row_changes(before, after))
