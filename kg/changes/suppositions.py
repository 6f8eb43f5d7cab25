"""What would change in an answer if something were so: verdicts that move, what comes and goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kg.answers.ask import ask
from kg.answers.model import Answer
from kg.cases import Case
from kg.cases.supposing import supposing
from kg.changes.answers import row_changes
from kg.changes.model import Change
from kg.knowledge import Knowledge
from kg.terms import Lexicon
from kg.vocab import IRI


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
