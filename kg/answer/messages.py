"""What an answer says beside its causes: cautions, rules, outcomes, advice, tensions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kg.answer.model import Message, Tension
from kg.answer.notes import Notes
from kg.answer.situation import Situation
from kg.answer.tables import Attached, Premise, Tables

_OF_OTHERS = "(Said of patients within the scope of the sources; shown as a caution.)"
_SCOPE = "scope"
_ALERT = "alert"
_STATEMENT = "statement"


def consequences(tables: Tables, situation: Situation) -> dict[str, tuple[Message, ...]]:
    """What the sources attach to the case, by kind: `alert`, `outcome`, `advice`, `scope`.

    Outside the scope of the sources only alerts are said that the ontology marks as holding for
    whoever has the condition, such as a contraindication.
    """
    found: defaultdict[str, list[Message]] = defaultdict(list)
    for each in tables.attached:
        if not situation.in_scope and each.kind not in (_SCOPE, _ALERT):
            continue
        if not situation.in_scope and each.kind == _ALERT and not each.always:
            continue
        message = _attached(each, situation, tables.notes) or _gate(each, situation)
        if message is not None:
            found[each.kind].append(message)
    if not situation.in_scope:
        found[_ALERT] = [replace(each, text=f"{each.text} {_OF_OTHERS}") for each in found[_ALERT]]
    return {kind: tuple(messages) for kind, messages in found.items()}


def rules(tables: Tables, situation: Situation) -> tuple[Message, ...]:
    """The rules that the findings set off, by statements about such a case."""
    applicable, findings = situation.applicable, situation.findings
    found = (
        _message(each, [p for p in each.premises if p.context in applicable], tables.notes)
        for each in tables.rules
        if each.iri in findings
    )
    return tuple(each for each in found if each.statements)


def tensions(tables: Tables, shown: Iterable[str]) -> tuple[Tension, ...]:
    """The pairs of statements that pull apart, of which the answer shows at least one."""
    ids = set(shown)
    return tuple(each for each in tables.tensions if not ids.isdisjoint(each.statements))


def _attached(attached: Attached, situation: Situation, notes: Notes) -> Message | None:
    """What is attached to the case, or None where nothing that carries it is about such a case."""
    if attached.of.isdisjoint(situation.contexts):
        return None
    if not attached.unless.isdisjoint(situation.findings):
        return None
    premises = list(_standing(attached, situation.contexts))
    if not premises:
        return None
    message = _message(attached, premises, notes)
    return message if message.statements or attached.kind == _SCOPE else None


def _gate(attached: Attached, situation: Situation) -> Message | None:
    """A limit of scope that only facts lead to that contradict others; nothing proves it."""
    if attached.kind != _SCOPE or all(p.of not in situation.gates for p in attached.premises):
        return None
    return Message(iri=attached.iri, label=attached.label, text=attached.text, statements=())


def _standing(attached: Attached, contexts: frozenset[str]) -> Iterator[Premise]:
    """What it rests on in a case of these kinds.

    A statement is used where it is about such a case. What a caution goes on to say may be about
    the patient that this one may turn out to be, and background is about any.
    """
    for premise in attached.premises:
        if premise.of in contexts and (premise.role != _STATEMENT or premise.context in contexts):
            yield premise


def _message(attached: Attached, premises: Iterable[Premise], notes: Notes) -> Message:
    roles: dict[str, dict[str, None]] = {_STATEMENT: {}, "corroboration": {}, "background": {}}
    for premise in premises:
        roles[premise.role][premise.id] = None
    statements = tuple(roles[_STATEMENT])
    return Message(
        iri=attached.iri,
        label=attached.label,
        text=attached.text,
        statements=statements,
        corroboration=tuple(roles["corroboration"]),
        background=tuple(roles["background"]),
        strength=notes.word(statements),
    )
