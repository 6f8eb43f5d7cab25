"""The rows of an answer that say how causes and origins stand, and the order of reading them.

What the patient has comes first, a named disease before its category, then verdict by verdict.
Inside a verdict a cause that a result of the patient speaks for comes before one of a tissue that
a result speaks for, then what a document flags as important, then the order of the documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from msgspec.structs import replace

from kg.answer.classified import ClassifiedCase
from kg.answer.judge import ActiveArgument, Judgement, OriginJudgement, Origins
from kg.answer.kept import Sight
from kg.answer.memory import Memory
from kg.answer.model import (
    Argument,
    Basis,
    Cause,
    Message,
    Need,
    Origin,
    OtherPopulation,
    Standing,
    Verdict,
)
from kg.answer.seen import Seen
from kg.model.notes import Notes
from kg.model.tables import Tables
from kg.model.topics import PendingDatum

_QUALIFYING: Final = ("frequency", "emphasis", "pattern", "duration")
"""The qualifiers that a reader wants beside the name of a cause."""
_VERDICTS: Final = {verdict: place for place, verdict in enumerate(Verdict)}
_BASES: Final = {basis: place for place, basis in enumerate(Basis)}
_PREVAILING: Final = {Standing.SUPPORTED, Standing.ARGUED_AGAINST}


def origins_of(memory: Memory, sight: Sight) -> tuple[Origin, ...]:
    """The tissues that the finding may come from, in reading order: supported ones first."""
    order = list(Standing)
    found = [
        memory.row(("origin row", iri), partial(_origin_row, memory, iri), sight)
        for iri in memory.topic.origins
    ]
    return tuple(sorted(found, key=lambda each: order.index(each.standing)))


def _origin_row(memory: Memory, iri: str, sight: Sight) -> Origin:
    return _origin(memory.model.tables, sight, memory.origin(iri, sight))


def _origin(tables: Tables, case: Seen, judged: OriginJudgement) -> Origin:
    spoken = (*judged.supports, *judged.against) if judged.standing in _PREVAILING else ()
    notes = tables.notes.statements
    said = [e for each in spoken for e in each.statements if notes[e].weighs]
    strongest = max(said, key=lambda each: notes[each].strength, default="")
    return Origin(
        iri=judged.origin.iri,
        label=judged.origin.label,
        standing=judged.standing,
        strength=tables.notes.word(filter(None, (strongest,))),
        supports=tuple([_argument(tables, case, each) for each in judged.supports]),
        against=tuple([_argument(tables, case, each) for each in judged.against]),
    )


def causes_of(
    memory: Memory, sight: Sight, judgements: Mapping[str, Judgement]
) -> tuple[Cause, ...]:
    """The causes with a verdict, in reading order."""
    judged = [(each, each.verdict) for each in judgements.values() if each.verdict is not None]
    notes = memory.model.tables.notes
    bases = _bases(judged, sight.case, notes)
    found = [
        _row(memory, sight, each.cause.iri, verdict, bases[each.cause.iri])
        for each, verdict in judged
    ]
    kinds = Counter(wider for each in found if each.present for wider in each.broader)
    return tuple(sorted(found, key=lambda each: _place(each, kinds, notes)))


def _row(memory: Memory, sight: Sight, iri: str, verdict: Verdict, basis: Basis) -> Cause:
    key = ("cause row", iri, verdict, basis)
    return memory.row(key, partial(_cause, memory, iri, verdict, basis), sight)


def _place(cause: Cause, kinds: Mapping[str, int], notes: Notes) -> tuple[object, ...]:
    """The place of a cause; `kinds` says how many causes that the patient has are a kind of it."""
    return (
        not cause.present,
        _VERDICTS[cause.verdict],
        _BASES[cause.basis],
        kinds[cause.iri] if cause.present else 0,
        not _flagged(cause.statements, notes),
        min(cause.statements),
    )


def _bases(
    judged: Iterable[tuple[Judgement, Verdict]], case: ClassifiedCase, notes: Notes
) -> dict[str, Basis]:
    """Why each cause stands where it does; its tissue says so only where it tells causes apart."""
    supported = {each.cause.iri: _tissue_supported(each) for each, _ in judged}
    kinds: dict[Verdict, set[bool]] = {}
    for each, verdict in judged:
        if not each.present:
            kinds.setdefault(verdict, set()).add(supported[each.cause.iri])
    return {
        each.cause.iri: Basis.SHOWN
        if each.cause.iri in case.shown
        else _basis(
            each, notes, by_tissue=supported[each.cause.iri] and len(kinds.get(verdict, ())) > 1
        )
        for each, verdict in judged
    }


def _basis(judgement: Judgement, notes: Notes, *, by_tissue: bool) -> Basis:
    if judgement.present:
        return Basis.GIVEN if judgement.cause.treatment else Basis.DIAGNOSED
    if judgement.supports:
        return Basis.SUPPORTED
    if by_tissue:
        return Basis.TISSUE
    return Basis.FLAGGED if _flagged(judgement.statements, notes) else Basis.LISTED


def _tissue_supported(judgement: Judgement) -> bool:
    return any(each.standing is Standing.SUPPORTED for each in judgement.origins)


def _flagged(statements: Iterable[str], notes: Notes) -> bool:
    return any(notes.statements[each].important for each in statements)


def _cause(memory: Memory, iri: str, verdict: Verdict, basis: Basis, sight: Sight) -> Cause:
    judgement, unmet = memory.judgement(iri, sight), memory.unmet(sight)
    tables, cause, own = memory.model.tables, judgement.cause, judgement.statements
    notes = tables.notes
    opposed = (other for each in own for other in tables.opposed.get(each, ()))
    denying = tuple([each.statement for each in judgement.denials])
    return Cause(
        iri=cause.iri,
        label=cause.label,
        verdict=verdict,
        strength=notes.word(judgement.weakest_premises(notes)),
        statements=own,
        premises=judgement.premises(notes),
        present=judgement.present,
        supports=tuple([_argument(tables, sight, each) for each in judgement.supports]),
        against=tuple([_argument(tables, sight, each) for each in judgement.against]),
        counter=denying,
        counter_strength=notes.word(sorted(denying, key=_rank(notes))[-1:]),
        needs=_first_of_each_datum(judgement.open_data),
        elsewhere=tuple(
            [unmet.elsewhere(each.statement, each.population) for each in judgement.elsewhere]
        ),
        tensions=tuple(dict.fromkeys(opposed)),
        broader=cause.broader,
        origins=tuple([each.origin for each in cause.origins]),
        origin_statements=_each_once(each.statements for each in cause.origins),
        origin_background=_each_once(each.background for each in cause.origins),
        by_origin=judgement.by_origin,
        basis=basis,
        note="; ".join(notes.qualifiers(own, *_QUALIFYING)),
    )


def _rank(notes: Notes) -> Callable[[str], int]:
    """Gives the rank of the words of a statement."""
    return lambda each: notes.statements[each].strength


def _argument(tables: Tables, case: Seen, active: ActiveArgument) -> Argument:
    """The argument with only those statements that are about such a case."""
    argument, notes = active.rule.argument, tables.notes.statements
    agreeing, denying = (
        tuple([each for each in ids if notes[each].context in case.applicable])
        for ids in (argument.corroboration, argument.counter)
    )
    said = (active.statements, agreeing, denying)
    if said == (argument.rule, argument.corroboration, argument.counter):
        return argument
    return replace(argument, rule=active.statements, corroboration=agreeing, counter=denying)


def _first_of_each_datum(pending: Iterable[PendingDatum]) -> tuple[Need, ...]:
    found: dict[str, Need] = {}
    for each in pending:
        found.setdefault(each.need.datum.iri, each.need)
    return tuple(found.values())


def _each_once(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for group in groups for each in group))


def other_populations(memory: Memory, sight: Sight) -> tuple[OtherPopulation, ...]:
    """The causes that statements list for other patients only, and that the case has not."""
    found = [
        memory.row(("other population", iri), partial(_other, memory, iri), sight)
        for iri in memory.topic.causes
    ]
    return tuple([each for each in found if each is not None])


def _other(memory: Memory, iri: str, sight: Sight) -> OtherPopulation | None:
    judgement = memory.judgement(iri, sight)
    if judgement.denied or judgement.listed:
        return None
    unmet = memory.unmet(sight)
    elsewhere = [unmet.elsewhere(e.statement, e.population) for e in judgement.elsewhere]
    return OtherPopulation(iri, judgement.cause.label, tuple(elsewhere))


def origins_without_causes(
    judgements: Mapping[str, Judgement], origins: Origins
) -> Iterator[Message]:
    """That a tissue is supported whose causes are listed for other patients only."""
    supported = [each for each in origins.items() if each[1].standing is Standing.SUPPORTED]
    for iri, judged in supported:
        own = [j for j in judgements.values() if any(o.origin.iri == iri for o in j.origins)]
        others = [each for each in own if not each.denied and not each.listed]
        if others and len(others) == len(own):
            name = judged.origin.label
            label = f"no cause of {name} for such a patient"
            text = f"No cause of {name} is listed for such a patient; for others: {len(others)}."
            yield Message(iri=iri, label=label, text=text, statements=())
