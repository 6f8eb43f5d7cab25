"""What the judge says of the patients of a cohort, in the shape of the rows of its queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kg.answer.ask import ask
from kg.answer.model import Answer, Argument, Message
from kg.cohort.engine import Days, Engine
from kg.cohort.one import read_patient
from kg.model.vocabulary import IRI
from kg.store.knowledge import KnowledgeGraph

Said = dict[str, Any]


def judged(knowledge: KnowledgeGraph, engine: Engine, days: Days, about: str, key: str) -> Said:
    """What the judge says of a patient, with whether the facts contradict each other."""
    case = read_patient(engine, knowledge.lexicon, key).case(knowledge.lexicon, days)
    answer = ask(knowledge, case, about=IRI(about))
    return {"contradicts": bool(answer.conflicts), **rows_of(answer)}


def rows_of(answer: Answer) -> Said:
    """The rows of an answer, without an order."""
    return {
        "verdicts": {
            each.iri: (
                each.verdict.value,
                each.present,
                _once(each.statements),
                _spoken(each.supports),
                _spoken(each.against),
                _once(each.counter),
                _once(need.datum.iri for need in each.needs),
            )
            for each in answer.causes
        },
        "messages": set(_messages(answer)),
        "steps": {
            (e.iri, _once(e.statements), _once(e.background), e.optional, e.offered)
            for e in answer.ask_next
        },
    }


def rows_of_queries(engine: Engine) -> dict[str, Said]:
    """What the queries say of each patient; `contradicts` where they leave that to the judge."""
    patients = engine.rows(
        "SELECT k.key, to_judge FROM patient_state JOIN patient_key k USING (patient)"
    )
    found: dict[str, Said] = {key: {"contradicts": left, **_nothing()} for key, left in patients}
    for key, _, cause, verdict, present, *lists in engine.rows(_of("verdict")):
        found[key]["verdicts"][cause] = (verdict, present, *map(tuple, lists))
    for key, _, kind, iri, *lists in engine.rows(_of("message")):
        found[key]["messages"].add((kind, iri, *map(tuple, lists)))
    for key, _, iri, statements, background, *rest in engine.rows(_of("step")):
        found[key]["steps"].add((iri, tuple(statements), tuple(background), *rest))
    return found


def _of(name: str) -> str:
    """The rows of each patient of what is said of states."""
    return (
        f"SELECT k.key, s.* FROM patient_state p JOIN {name} s ON s.state = p.{name}_state "  # noqa: S608
        "JOIN patient_key k ON k.patient = p.patient"
    )


def _nothing() -> Said:
    return {"verdicts": {}, "messages": set(), "steps": set()}


def _messages(answer: Answer) -> Iterator[tuple[Any, ...]]:
    kinds: dict[str, tuple[Message, ...]] = {
        "scope": tuple(e for e in answer.scope if e.background or e.statements),
        "alert": answer.alerts,
        "rule": answer.rules,
        "outcome": answer.outcomes,
        "advice": answer.advice,
    }
    for kind, messages in kinds.items():
        for each in messages:
            lists = each.statements, each.corroboration, each.background
            yield (kind, each.iri, *map(_once, lists))


def _spoken(arguments: Iterable[Argument]) -> tuple[str, ...]:
    return _once(name for each in arguments for name in (each.rule or (each.finding.iri,)))


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
