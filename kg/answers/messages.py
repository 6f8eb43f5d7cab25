"""What an answer says beside its causes: cautions, rules, outcomes, advice, next steps, gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from kg.answers.model import Cause, Message, NextStep, Tension, Verdict
from kg.answers.notes import Notes, short, value
from kg.answers.situation import Situation
from kg.knowledge import Knowledge
from kg.stores.base import Rows
from kg.vocab import IRI, NONE

_OF_OTHERS = "(Said of patients within the scope of the sources; shown as a caution.)"
_SCOPE = "scope"
_ADVISED = "statement"
_OPEN = (Verdict.CANDIDATE, Verdict.UNDETERMINED)

Effects = dict[tuple[str, str], tuple[str, ...]]
"""The causes by investigation and effect (`changes` or `informs`)."""


def consequences(
    knowledge: Knowledge, situation: Situation, notes: Notes
) -> dict[str, tuple[Message, ...]]:
    """What the sources attach to the case, by kind: `alert`, `outcome`, `advice`, `scope`.

    Outside the scope of the sources only alerts are said that the ontology marks as holding for
    whoever has the condition, such as a contraindication.
    """
    contexts = situation.contexts or (NONE,)
    rows = knowledge.rows(
        "consequences",
        context=contexts,
        rule_context=contexts,
        finding=situation.findings or (NONE,),
    )
    found: defaultdict[str, list[Message]] = defaultdict(list)
    for kind, message in _messages(rows, "item", notes, by="kind"):
        if message.statements or kind == _SCOPE:
            found[kind].append(message)
    if situation.in_scope:
        return {kind: tuple(messages) for kind, messages in found.items()}
    always = {value(record["item"]) for record in rows.records() if "always" in record}
    alerts = (each for each in found["alert"] if each.iri in always)
    return {
        _SCOPE: tuple(found[_SCOPE]),
        "alert": tuple(replace(each, text=f"{each.text} {_OF_OTHERS}") for each in alerts),
    }


def rules(knowledge: Knowledge, situation: Situation, notes: Notes) -> tuple[Message, ...]:
    """The rules that the findings set off."""
    if not situation.in_scope:
        return ()
    rows = knowledge.rows(
        "rules",
        finding=situation.findings or (NONE,),
        rule_context=situation.applicable or (NONE,),
    )
    return tuple(each for _, each in _messages(rows, "finding", notes) if each.statements)


def next_steps(
    knowledge: Knowledge, situation: Situation, causes: Iterable[Cause], about: IRI
) -> tuple[NextStep, ...]:
    """What is advised and not yet done: the urgent first, then what would change most verdicts.

    Steps that change equally many stand in the order of the text.
    """
    effects = _effects(knowledge, about, {cause.iri for cause in causes if cause.verdict in _OPEN})
    rows = knowledge.rows(
        "next_steps",
        context=situation.applicable or (NONE,),
        rule_context=situation.applicable or (NONE,),
        done=(*situation.present, *situation.absent) or (NONE,),
    )
    advised: dict[str, list[dict[str, str]]] = {}
    for record in rows.records():
        found = {name: value(term) for name, term in record.items() if name != "premise"}
        found["premise"] = short(record["premise"])
        advised.setdefault(found["investigation"], []).append(found)
    steps = [
        _step(found, effects)
        for found in advised.values()
        if any(row["role"] == _ADVISED for row in found)
    ]
    order = {iri: int(found[0]["order"]) for iri, found in advised.items()}
    return tuple(
        sorted(steps, key=lambda each: (not each.urgent, -len(each.settles), order[each.iri]))
    )


def _step(rows: list[dict[str, str]], effects: Effects) -> NextStep:
    """One step from its rows, the statements that advise it before those that agree."""
    first = rows[0]
    iri = first["investigation"]
    said = [row["premise"] for row in rows if row["role"] == _ADVISED]
    agreeing = [row["premise"] for row in rows if row["role"] != _ADVISED]
    return NextStep(
        iri=iri,
        label=first["label"],
        settles=effects.get((iri, "changes"), ()),
        informs=effects.get((iri, "informs"), ()),
        statements=_each_once((*said, *agreeing)),
        optional=all(row["advice"] != "indicated" for row in rows if row["role"] == _ADVISED),
        urgent=first.get("urgent") == "true",
    )


def tensions(knowledge: Knowledge, shown: Iterable[str]) -> tuple[Tension, ...]:
    """The pairs of statements that pull apart, of which the answer shows at least one."""
    ids = set(shown)
    return tuple(
        Tension((one, other), value(record["relation"]))
        for record in knowledge.fixed_rows("tensions").records()
        for one, other in [(short(record["statement"]), short(record["other"]))]
        if one in ids or other in ids
    )


def not_covered(knowledge: Knowledge, about: IRI) -> tuple[str, ...]:
    """What a reader would look for and no source states."""
    rows = knowledge.fixed_rows("gaps", about=(about,))
    return tuple(value(record["message"]) for record in rows.records())


def _effects(knowledge: Knowledge, about: IRI, open_causes: set[str]) -> Effects:
    """The open causes by investigation and effect; one that is settled is not also informed."""
    found: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for record in knowledge.fixed_rows("settles", about=(about,)).records():
        cause = value(record["cause"])
        if cause in open_causes:
            found[value(record["investigation"]), value(record["effect"])][cause] = None
    for (investigation, effect), causes in list(found.items()):
        if effect == "informs":
            for settled in found.get((investigation, "changes"), {}):
                causes.pop(settled, None)
    return {key: tuple(causes) for key, causes in found.items()}


def _messages(rows: Rows, subject: str, notes: Notes, *, by: str = "") -> list[tuple[str, Message]]:
    """One message for each subject of the rows, in their order, with what it rests on."""
    premises: dict[str, dict[str, list[str]]] = {}
    heads: dict[str, tuple[str, str, str]] = {}
    for record in rows.records():
        iri = value(record[subject])
        heads[iri] = (
            value(record[by]) if by else "",
            value(record["label"]),
            value(record["message"]),
        )
        roles = premises.setdefault(iri, defaultdict(list))
        roles[value(record["role"])].append(short(record["premise"]))
    return [
        (
            kind,
            Message(
                iri=iri,
                label=label,
                text=text,
                statements=_each_once(premises[iri]["statement"]),
                corroboration=_each_once(premises[iri]["corroboration"]),
                background=_each_once(premises[iri]["background"]),
                strength=notes.word(premises[iri]["statement"]),
            ),
        )
        for iri, (kind, label, text) in heads.items()
    ]


def _each_once(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))
