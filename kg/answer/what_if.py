"""What would change in an answer: two answers row by row, also to a case as it might be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from kg.answer.ask import ask
from kg.answer.model import (
    Answer,
    Argument,
    Cause,
    Elsewhere,
    Message,
    Need,
    NextStep,
    Origin,
    Result,
    StatementNote,
    Unadvised,
    Verdict,
)
from kg.case import Case
from kg.case.suppose import suppose_facts
from kg.model.changes import Change, ChangeKind, Entity, Field, changes
from kg.model.shown import Shown
from kg.model.terms import Lexicon
from kg.model.vocabulary import IRI
from kg.store.knowledge import KnowledgeGraph

COMPARED: Final = (
    "conflicts", "scope", "alerts", "rules", "outcomes", "advice", "origins", "causes", "absent",
    "other_populations", "ask_next", "steps_for_others", "unadvised", "tensions", "unknown",
    "not_covered", "unused", "idle", "finding", "statements", "documents",
)  # fmt: skip
"""The fields of an answer that are compared."""

NOT_COMPARED: Final[Mapping[str, str]] = {
    "question": "it belongs to the finding",
    "origin_question": "it belongs to the finding",
    "read_as": "it is how the question was put",
    "graph": "it names the version",
    "case": "it is what was asked",
    "judged": "it follows from the scope",
    "background": "it is compared as statements, and named by the rows that need it",
    "review": "it counts what is compared as rules and background",
}
"""The others, each with the reason."""

VERDICT: Final = "verdict"
"""The field of a cause that readers look for first."""

Answered = Answer | str
"""An answer, or why there is none."""


@dataclass(frozen=True)
class Reason:
    """Why a cause stands otherwise."""

    text: str
    statements: tuple[str, ...] = ()


@dataclass(frozen=True)
class VerdictChange:
    """A cause that would stand otherwise, or by other reasons."""

    iri: str
    label: str
    before: Verdict | None
    """None where it is not listed for such a case."""
    after: Verdict | None
    """None where it would not be listed, not be there, or not be judged."""
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Supposition(Shown):
    """An answer as it is, as it would be, and what differs."""

    facts: tuple[str, ...]
    replaced: tuple[str, ...]
    """What was given otherwise and gave way."""
    verdicts: tuple[VerdictChange, ...]
    """The causes that would stand otherwise, in the order of the answer."""
    changes: tuple[Change, ...]
    """All rows of the answer that differ."""
    before: Answer
    after: Answer


def suppose(  # noqa: PLR0913 - a question, and what is supposed of it
    knowledge: KnowledgeGraph,
    lexicon: Lexicon,
    case: Case,
    facts: Iterable[str],
    *,
    about: IRI | None = None,
    today: date | None = None,
) -> Supposition:
    """What would change in the answer to a case if these facts were so."""
    supposed = suppose_facts(case, facts, lexicon, today=today)
    before = ask(knowledge, case, about)
    after = ask(knowledge, supposed.case, IRI(before.finding.iri))
    verdicts, rows = tuple(verdict_changes(before, after)), row_changes(before, after)
    return Supposition(supposed.facts, supposed.replaced, verdicts, rows, before, after)


# ── Verdicts ────────────────────────────────────────────────────────────────────────────────


def verdict_changes(before: Answer, after: Answer) -> Iterator[VerdictChange]:
    """The causes that stand otherwise, or by other reasons, in the order of the answer."""
    old = {cause.iri: cause for cause in before.causes}
    new = {cause.iri: cause for cause in after.causes}
    for iri in {**new, **old}:
        one, other = old.get(iri), new.get(iri)
        label = (one or other or before.finding).label
        reasons = tuple(_reasons(one, other, after, iri))
        was, would_be = (each.verdict if each else None for each in (one, other))
        if reasons or was != would_be:
            yield VerdictChange(iri, label, was, would_be, reasons)


def _reasons(one: Cause | None, other: Cause | None, after: Answer, iri: str) -> Iterator[Reason]:
    """Why a cause stands otherwise: what is listed, what speaks, and what it waits for."""
    if other is None:
        yield Reason(_why_gone(after, iri))
        return
    if one is None:
        yield Reason("listed for such a case", other.statements)
    elif new := tuple(each for each in other.statements if each not in one.statements):
        yield Reason("listed for such a case by more", new)
    yield from _argument_reasons("weakened by", one.against if one else (), other.against)
    yield from _argument_reasons("supported by", one.supports if one else (), other.supports)
    if other.by_origin != (one is not None and one.by_origin):
        yield Reason("its tissue argued against" if other.by_origin else "no longer by its tissue")
    yield from _need_reasons(one.needs if one else (), other.needs)
    if one is not None and one.present != other.present:
        yield Reason("present" if other.present else "not known to be present")


def _why_gone(after: Answer, iri: str) -> str:
    """Why a cause is no longer in an answer."""
    if any(term.iri == iri for term in after.absent):
        return "it would not be present"
    if not after.judged:
        return "no cause is judged in such a case"
    return "no statement lists it for such a case"


def _argument_reasons(
    word: str, before: Iterable[Argument], after: Iterable[Argument]
) -> Iterator[Reason]:
    old = {each.finding.iri: each for each in before}
    new = {each.finding.iri: each for each in after}
    for each in (new[iri] for iri in new if iri not in old):
        yield Reason(f"{word} {each.finding.label} ({each.strength})", each.rule)
    for each in (old[iri] for iri in old if iri not in new):
        yield Reason(f"no longer {word} {each.finding.label}", each.rule)


def _need_reasons(before: Iterable[Need], after: Iterable[Need]) -> Iterator[Reason]:
    old = {each.datum.iri: each for each in before}
    new = {each.datum.iri: each for each in after}
    for each in (new[iri] for iri in new if iri not in old):
        yield Reason(f"depends on: {each.text}", each.statements)
    for each in (old[iri] for iri in old if iri not in new):
        yield Reason(f"no longer depends on: {each.text}", each.statements)


# ── Rows ────────────────────────────────────────────────────────────────────────────────────


def row_changes(old: Answered, new: Answered) -> tuple[Change, ...]:
    """The rows of an answer that differ; an answer that there is not is one row."""
    if isinstance(old, str) or isinstance(new, str):
        return _unanswered(old, new)
    found: list[Change] = []
    for part in COMPARED:
        if _is_same(old, new, part):
            continue
        before, after = _rows(old, part), _rows(new, part)
        both = changes(before, after)
        kept = (c for c in both if part != "statements" or c.how is ChangeKind.CHANGED)
        found += [_row(change, part, before, after) for change in kept]
        found += _order(part, before, after)
    return tuple(found)


def _is_same(old: Answer, new: Answer, part: str) -> bool:
    """Whether the rows of a part cannot differ, so that none has to be made.

    They are made of the part alone, but for the tests to ask for, whose rows name causes.
    """
    parts = ("ask_next", "causes") if part == "ask_next" else (part,)
    return all(getattr(old, each) == getattr(new, each) for each in parts)


def _row(change: Change, part: str, old: Mapping[str, Entity], new: Mapping[str, Entity]) -> Change:
    """A change as a row of its part; a cause that came or went brings its verdict."""
    if part != "causes" or change.how is ChangeKind.CHANGED:
        return replace(change, part=part)
    verdicts = [each[change.id].fields[VERDICT] if change.id in each else () for each in (old, new)]
    return replace(change, part=part, fields=(Field(VERDICT, *verdicts),))


def _unanswered(old: Answered, new: Answered) -> tuple[Change, ...]:
    shown = [each if isinstance(each, str) else "answered" for each in (old, new)]
    if shown[0] == shown[1]:
        return ()
    field = Field("answer", (shown[0],), (shown[1],))
    return (Change(ChangeKind.CHANGED, "", "the question", (field,), part="question"),)


def _order(part: str, old: Mapping[str, Entity], new: Mapping[str, Entity]) -> Iterator[Change]:
    """Whether what is advised stands in another order: there the order says what comes first."""
    if part != "ask_next":
        return
    before, after = [
        tuple(one[name].label for name in one if name in other)
        for one, other in ((old, new), (new, old))
    ]
    if before != after:
        yield Change(ChangeKind.CHANGED, "", "order", (Field("order", before, after),), part=part)


def _rows(answer: Answer, part: str) -> dict[str, Entity]:
    """The rows of one part of an answer, by what they are about, in their order."""
    match part:
        case "finding":
            things = [Entity("", "finding", {"asked about": (answer.finding.label,)})]
        case "statements":
            things = [_note(note) for note in answer.statements.values()]
        case "documents":
            things = [Entity(each.id, each.title, {}) for each in answer.documents]
        case "causes":
            labels = {cause.iri: cause.label for cause in answer.causes}
            things = [_cause(cause, labels) for cause in answer.causes]
        case "ask_next":
            labels = {cause.iri: cause.label for cause in answer.causes}
            things = [_step(step, labels) for step in answer.ask_next]
        case _:
            things = [_other(each) for each in getattr(answer, part)]
    return {thing.id: thing for thing in things}


def _cause(cause: Cause, labels: Mapping[str, str]) -> Entity:
    said = {
        VERDICT: (cause.verdict.value,),
        "strength": (cause.strength,),
        "listed by": cause.statements,
        "present": ("yes",) if cause.present else (),
        **_arguments("supported by", cause.supports),
        **_arguments("weakened by", cause.against),
        "denied by": cause.counter,
        "comes from": (
            *(each.label for each in cause.origins),
            *(f"by {each}" for each in cause.origin_statements),
            *(f"background {each}" for each in cause.origin_background),
        ),
        "argued against by its tissue": ("yes",) if cause.by_origin else (),
        "stands there as": (cause.basis.value,),
        "depends on": tuple(f"{n.datum.label} {_ids(n.statements)}".strip() for n in cause.needs),
        "for other patients": _elsewhere(cause.elsewhere),
        "in tension with": cause.tensions,
        "kind of": tuple(labels.get(iri, iri) for iri in cause.broader),
        "note": (cause.note,) if cause.note else (),
    }
    return Entity(cause.iri, cause.label, said, cause.statements)


def _arguments(word: str, arguments: Iterable[Argument]) -> dict[str, tuple[str, ...]]:
    """What findings say of a cause, a field for each finding, with all that it rests on."""
    return {
        f"{word} {each.finding.label}": (
            each.strength,
            *each.rule,
            *(f"with {other}" for other in each.statements if other not in each.rule),
            *(f"agreeing {other}" for other in each.corroboration),
            *(f"background {other}" for other in each.background),
            *((f"bounded by {each.weakest}",) if each.weakest else ()),
        )
        for each in arguments
    }


def _step(step: NextStep, labels: Mapping[str, str]) -> Entity:
    said = {
        "advised by": step.statements,
        "would settle": tuple(labels.get(iri, iri) for iri in step.settles),
        "says more of": tuple(labels.get(iri, iri) for iri in step.informs),
        "only to consider": ("yes",) if step.optional else (),
        "urgent": ("yes",) if step.urgent else (),
        "speaks of": step.origins,
        **_results(step.results),
    }
    return Entity(step.iri, step.label, said, step.statements)


def _unadvised(each: Unadvised) -> Entity:
    found = (id_ for result in each.results for move in result.moves for id_ in move.statements)
    return Entity(each.iri, each.label, _results(each.results), tuple(dict.fromkeys(found)))


def _results(results: Iterable[Result]) -> dict[str, tuple[str, ...]]:
    """What each result would do, a field for each."""
    return {
        f"if {result.label}": (
            *(f"{m.label}: {m.after or 'not present'} {_ids(m.statements)}" for m in result.moves),
            *(f"speaks for {each.label} {_ids(each.statements)}" for each in result.supports),
            *(f"{e.label}: {e.after.value} {_ids(e.statements)}" for e in result.origins),
        )
        for result in results
    }


def _message(message: Message) -> Entity:
    said = {
        "text": (message.text,),
        "strength": (message.strength,) if message.strength else (),
        "rests on": message.statements,
        "agreeing": message.corroboration,
        "background": message.background,
    }
    return Entity(message.iri, message.label, said, message.statements)


def _note(note: StatementNote) -> Entity:
    qualified: dict[str, tuple[str, ...]] = {}
    for each in note.qualifiers:
        qualified[each.name] = (*qualified.get(each.name, ()), each.value)
    said = {
        "says": (note.text,),
        "modality": (note.modality,),
        "population": (note.population,),
        "about": (note.context,),
        "cites": tuple(f"{each.number} {each.status}" for each in note.citations),
        **qualified,
    }
    return Entity(note.id, note.text, said, (note.id,))


def _origin(origin: Origin) -> Entity:
    said = {
        "standing": (origin.standing.value,),
        "strength": (origin.strength,) if origin.strength else (),
        **_arguments("supported by", origin.supports),
        **_arguments("weakened by", origin.against),
    }
    rules = (each.rule for each in (*origin.supports, *origin.against))
    statements = tuple(dict.fromkeys(name for rule in rules for name in rule))
    return Entity(origin.iri, origin.label, said, statements)


def _other(each: object) -> Entity:
    """A row of a part with few fields."""
    match each:
        case Origin():
            return _origin(each)
        case Message():
            return _message(each)
        case Unadvised():
            return _unadvised(each)
        case str():
            return Entity(each, each, {})
    values = {name: getattr(each, name) for name in getattr(each, "__struct_fields__", ())}
    said = {name: _plain(value) for name, value in values.items() if name not in {"iri", "label"}}
    label = values.get("label") or " · ".join(next(iter(said.values())))
    return Entity(values.get("iri", label), label, said, _plain(values.get("statements", ())))


def _plain(value: object) -> tuple[str, ...]:
    """The values of a field as texts."""
    if isinstance(value, tuple):
        if value and isinstance(value[0], Elsewhere):
            return _elsewhere(value)
        return tuple(map(str, value))
    return (str(value),)


def _elsewhere(found: Sequence[Elsewhere]) -> tuple[str, ...]:
    return tuple(f"{each.population.label}{_gap(each)} [{each.statement}]" for each in found)


def _gap(each: Elsewhere) -> str:
    missing = f": {', '.join(each.missing)}" if each.missing else ""
    return f", {'not this patient' if each.contradicted else 'not known'}{missing}"


def _ids(ids: Sequence[str]) -> str:
    return f"[{' '.join(ids)}]" if ids else ""
