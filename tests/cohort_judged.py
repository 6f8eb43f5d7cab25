"""What the judge says of the patients of a cohort, in the shape of the rows of its queries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from kg.answer.ask import ask
from kg.answer.model import Answer, Argument, Message
from kg.case import Case
from kg.case.model import short_name
from kg.cohort.engine import Days, Engine
from kg.cohort.one import read_patient
from kg.model.terms import Lexicon
from kg.model.vocabulary import IRI
from kg.store.knowledge import KnowledgeGraph

Said = dict[str, Any]
Unused = tuple[str, str, str]
"""A result that is not used: the patient, the measurement, and why."""

PHRASES = (
    ("after .*day that is asked", "after the day that is asked about"),
    ("too old", "too old"),
    ("of that age was born", "before a patient of that age was born"),
    ("a newer result cannot be used", "a newer result cannot be used"),
    ("no result to compare it with", "there is no result to compare it with"),
    ("a later result .*in its place", "a later result is used"),
    ("several baselines of one time differ", "several baselines of one time differ"),
    ("one of several results", "one of several of that state"),
    ("not used beside", "not used beside another result"),
    ("flag says abnormal", "its flag does not say whether high or low"),
    ("is neither .* nor a value", "its flag is no word that is known"),
    ("no statement speaks of", "no statement speaks of such a flag"),
    ("the value is negative", "its value is negative"),
    ("limit is negative", "a limit is negative"),
    ("range runs backwards", "its range runs backwards"),
    ("upper limit is 0$", "its upper limit is zero"),
    ("multiple of the upper limit", "a multiple has a range"),
    ("no factor leads", "FACTOR"),
    ("times away from its limit", "too far from its limit"),
    ("^the value is .* is taken as reported", "its value is not plausible"),
    ("^the lower limit is .* is taken as reported", "a limit is not plausible"),
    ("^the upper limit is .* that of .* is taken", "its upper limit is not plausible"),
    ("^the upper limit is .* is taken as reported", "a limit is not plausible"),
    ("is no unit of", "UNIT"),
    ("unit of its value is missing", "its unit is missing, so only its flag is used"),
    ("no reference range and no unit", "neither a range nor a unit is given"),
    ("no reference range is given", "no range is given"),
    ("does not say on which side", "a bound that does not say the side"),
    ("no lower limit is given", "no lower limit is given"),
    ("its range does not say", "its range does not say the side"),
    ("only a bound of the value", "only a bound of its value is known"),
)
"""What the judge says of a result that is not used, and what the queries call it."""


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
    assert len(found) == len(patients)
    verdicts, messages, steps = (engine.rows(_of(e)) for e in ("verdict", "message", "step"))
    for key, _, cause, verdict, present, *lists in verdicts:
        found[key]["verdicts"][cause] = (verdict, present, *map(tuple, lists))
    for key, _, kind, iri, *lists in messages:
        found[key]["messages"].add((kind, iri, *map(tuple, lists)))
    for key, _, iri, statements, background, *rest in steps:
        found[key]["steps"].add((iri, tuple(statements), tuple(background), *rest))
    for name, rows in (("verdicts", verdicts), ("messages", messages), ("steps", steps)):
        assert sum(len(each[name]) for each in found.values()) == len(rows)  # none is said twice
    return found


def _of(name: str) -> str:
    """The rows of each patient of what is said of states."""
    return (
        f"SELECT k.key, s.* FROM patient_state p JOIN {name} s ON s.state = p.told_state "  # noqa: S608
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


# ── What is not used ────────────────────────────────────────────────────────────────────────


def unused_of_queries(engine: Engine, lexicon: Lexicon) -> Counter[Unused]:
    """What the queries use for nothing; but for contradictions, which the judge tells."""
    rows = engine.rows(
        "SELECT k.key, t.iri, u.reason FROM unused u JOIN patient_key k USING (patient) "
        "JOIN term t ON t.term = u.marker "
        "LEFT JOIN (SELECT DISTINCT why FROM measured WHERE NOT is_read) r ON r.why = u.reason "
        "WHERE r.why IS NULL AND NOT contains(u.reason, 'contradict')"
    )
    names = {iri: short_name(lexicon.entries[iri]) for _, iri, _ in rows}
    return Counter((key, names[iri], _unit(why)) for key, iri, why in rows)


def unused_of_case(key: str, case: Case) -> Counter[Unused]:
    """What the reader of cases uses for nothing."""
    found: Counter[Unused] = Counter()
    for each in case.unused:
        name, equals, _ = each.given.partition("=")
        if equals and each.kind != "noted" and "its treatment is not taken" not in each.reason:
            found[key, name, _phrase(each.reason)] += 1
    return found


def _unit(reason: str) -> str:
    """The reason, as the reader of cases tells it of a value, a range and a baseline alike."""
    if reason.startswith("no factor leads"):
        return "FACTOR"
    return "UNIT" if "is none of the measurement" in reason else reason


def _phrase(reason: str) -> str:
    found = [phrase for pattern, phrase in PHRASES if re.search(pattern, reason)]
    return found[0] if found else reason
