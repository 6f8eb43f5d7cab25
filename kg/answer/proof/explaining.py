"""Why the rows of an answer stand: one explanation for each row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kg.answer.model import Answer, Cause, Message, NextStep
from kg.answer.proof.causes import CauseJudge, CauseProver
from kg.answer.proof.consequences import ConsequenceProver, RuleProver
from kg.answer.proof.model import Explanation, Proof
from kg.answer.proof.prover import Prover
from kg.answer.proof.tables import Tables, read_tables
from kg.answer.situation import Situation, read_situation
from kg.case import Case
from kg.model.errors import ReasonerError, UsageError
from kg.model.terms import fold, quoted
from kg.store.knowledge import Knowledge

_KINDS = {"scope": "scope", "alerts": "alert", "outcomes": "outcome", "advice": "advice"}
"""The kind of the messages in each list of an answer that consequences make."""


@dataclass(frozen=True)
class Row:
    """One row of an answer, by its kind and what it is about."""

    kind: str
    iri: str
    label: str
    statements: tuple[str, ...]
    source: Cause | Message | NextStep

    @property
    def names(self) -> tuple[str, ...]:
        """What the row may be called."""
        text = self.source.text if isinstance(self.source, Message) else self.label
        return self.label, text, self.iri


def rows_of(answer: Answer) -> tuple[Row, ...]:
    """Every row of an answer that something is said by: each can be explained."""
    return tuple(_rows(answer))


def proofs_of(knowledge: Knowledge, case: Case, answer: Answer) -> tuple[Explanation, ...]:
    """Why each row of the answer to a case stands, in the order of the answer."""
    explainer = Explainer.of(knowledge, case, answer)
    return tuple(explainer.explain(row) for row in rows_of(answer))


def explain_row(knowledge: Knowledge, case: Case, answer: Answer, row: Row) -> Explanation:
    """Why one row of the answer to a case stands."""
    return Explainer.of(knowledge, case, answer).explain(row)


def find_row(answer: Answer, text: str, iri: str = "") -> Row:
    """The row that a text names, or the cause with an IRI; UsageError where none or many do."""
    rows = rows_of(answer)
    wanted = fold(text)
    exact = [row for row in rows if row.iri == iri or wanted in map(fold, row.names)]
    others = [(each.iri, fold(each.label)) for each in answer.other_populations]
    others += [(each.iri, fold(each.label)) for each in answer.absent]
    if not exact and any(iri == name or wanted == label for name, label in others):
        raise UsageError(f"{quoted(text)} is not judged here; kg why-not says what is missing.")
    found = exact or [row for row in rows if wanted in fold(" ".join(row.names))]
    if len(found) == 1 or (found and all(row.iri == found[0].iri for row in found)):
        return found[0]
    if found:
        choices = ", ".join(quoted(row.label) for row in found)
        raise UsageError(f"{quoted(text)} fits {len(found)} rows of the answer: {choices}.")
    known = ", ".join(dict.fromkeys(row.label for row in rows)) or "none"
    raise UsageError(f"{quoted(text)} is no row of the answer; its rows: {known}.")


@dataclass(frozen=True)
class Explainer:
    """Explains the rows of one answer."""

    tables: Tables
    prover: Prover
    answer: Answer

    @classmethod
    def of(cls, knowledge: Knowledge, case: Case, answer: Answer) -> Explainer:
        """What explains the rows of the answer to a case."""
        tables = read_tables(knowledge)
        situation: Situation = read_situation(knowledge, case)
        return cls(tables, Prover(tables, case, situation), answer)

    @property
    def given(self) -> str:
        """The case in words, as it was understood."""
        return "; ".join(fact.text for fact in self.answer.case)

    def explain(self, row: Row) -> Explanation:
        """Why a row stands; ReasonerError where no proof of it is found."""
        proofs, beside = self._proofs(row)
        if not proofs:
            raise ReasonerError(f"no proof was found of the {row.kind} {quoted(row.label)}.")
        used = {each for proof in (*proofs, *beside) for each in proof.statements}
        return explanation(
            self.tables,
            Explanation(
                kind=row.kind,
                iri=row.iri,
                label=row.label,
                claim=_claim(row),
                graph=self.answer.graph,
                case=self.given,
                proofs=proofs,
                beside=beside,
                also=tuple(each for each in row.statements if each not in used),
            ),
        )

    def judge(self, cause: str) -> CauseJudge:
        """How a cause of the finding that is asked about stands in any view of the case."""
        denied = frozenset(map(str, self.prover.situation.absent))
        return CauseJudge(self.tables, cause, self.answer.finding.iri, denied)

    def _proofs(self, row: Row) -> tuple[tuple[Proof, ...], tuple[Proof, ...]]:
        if isinstance(row.source, Cause):
            cause = CauseProver(self.prover, self.judge(row.iri), row.source)
            proofs = cause.proofs()
            return proofs, cause.beside(proofs)
        if row.kind == "rule":
            return RuleProver(self.prover, row.iri, row.label).proofs(), ()
        return ConsequenceProver(self.prover, row.kind, row.iri, row.label).proofs(), ()


def explanation(tables: Tables, found: Explanation) -> Explanation:
    """The explanation with what stands behind every id that it names."""
    axioms = dict.fromkeys(each for proof in found.all_proofs() for each in proof.axioms)
    notes = {each: tables.axioms[each] for each in axioms}
    statements = dict.fromkeys(_named(found, notes.values()))
    known = tables.notes
    return replace(
        found,
        axioms=notes,
        statements={each: known.statements[each] for each in sorted(statements)},
        background={
            each: known.background[each]
            for each in sorted({each for note in notes.values() for each in note.background})
        },
    )


def _named(found: Explanation, axioms: Iterable[object]) -> Iterator[str]:
    yield from found.also
    for note in axioms:
        yield from getattr(note, "statements", ())
    for proof in found.all_proofs():
        yield from proof.statements
        for absence in proof.absences:
            yield from absence.statements


def _rows(answer: Answer) -> Iterator[Row]:
    for cause in answer.causes:
        yield Row("cause", cause.iri, cause.label, cause.statements, cause)
    for name, kind in _KINDS.items():
        for message in getattr(answer, name):
            if kind != "scope" or message.background or message.statements:
                yield _message(kind, message)
    for message in answer.rules:
        yield _message("rule", message)
    for step in answer.ask_next:
        yield Row("next step", step.iri, step.label, step.statements, step)


def _message(kind: str, message: Message) -> Row:
    said = (*message.statements, *message.corroboration)
    return Row(kind, message.iri, message.label, said, message)


def _claim(row: Row) -> str:
    match row.source:
        case Cause(label=label, verdict=verdict):
            return f"{label}: {verdict.value}"
        case Message(text=text):
            return f"{row.kind}: {text}"
        case _:
            return f"{row.kind}: {row.label}"
