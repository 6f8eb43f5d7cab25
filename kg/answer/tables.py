"""What the graph says whoever the case is, read once: an answer joins a case with these tables.

Everything here comes from queries that depend on no case. What is known stands in the graph; how
it bears on a case (which statements are about it, what speaks against what) is worked out by the
modules that read these tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from kg.answer.model import Argument, Document, Need, Tension, Term
from kg.answer.notes import Notes, read_documents, read_notes, short, value
from kg.model.vocabulary import Term as Node
from kg.store.base import Rows
from kg.store.knowledge import Knowledge

Record = dict[str, Node]


@dataclass(frozen=True, slots=True)
class Listing:
    """A statement that lists a cause, and the patients it is about."""

    statement: str
    population: Term


@dataclass(frozen=True, slots=True)
class Said:
    """What a finding says of a cause, by every statement that says so."""

    argument: Argument
    contexts: tuple[str, ...]
    """The kind of case that each statement of its rule is about."""
    settling: frozenset[str]
    """The statements of its rule whose words settle the matter."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A datum that a cause may wait for."""

    need: Need
    finding: str
    """The finding that makes it wait; empty where it waits until it is known to be there."""


@dataclass(frozen=True, slots=True)
class ListedCause:
    """What the graph says of one cause of a finding."""

    iri: str
    label: str
    listings: tuple[Listing, ...]
    supports: tuple[Said, ...]
    against: tuple[Said, ...]
    waiting: tuple[Waiting, ...]
    broader: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A finding whose causes can be asked for."""

    finding: Term
    question: str
    causes: Mapping[str, ListedCause]
    """By IRI, in their order."""
    waiting: Mapping[str, tuple[str, ...]]
    """The statements that may wait for facts, by the kind of case they are about."""
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Premise:
    """A statement or background that something rests on."""

    of: str
    """The kind of case, or the finding, that it is said of."""
    role: str
    id: str
    context: str
    """The kind of case that the statement is about; empty for background."""
    instead: frozenset[str] = frozenset()
    """Of advice: the classes that show a test done that the statement offers in its place."""


@dataclass(frozen=True, slots=True)
class Attached:
    """Something that the sources attach to kinds of cases: a caution, advice, a rule."""

    kind: str
    iri: str
    label: str
    text: str
    premises: tuple[Premise, ...]
    unless: frozenset[str] = frozenset()
    """The findings with which it has no ground."""
    always: bool = False
    """Whether it is said of whoever has the condition, also outside the scope of the sources."""
    of: frozenset[str] = frozenset()
    """Everything that it is said of."""


@dataclass(frozen=True, slots=True)
class Advice:
    """An investigation that is advised for kinds of cases."""

    iri: str
    label: str
    order: int
    urgent: bool
    premises: tuple[tuple[Premise, bool], ...]
    """Each with whether it says that the investigation is indicated, and not only to consider."""
    answered_by: frozenset[str]
    """The classes of which one in a case shows that it was done."""
    data: frozenset[str]
    """The data that it brings, which causes wait for."""
    clarifies: frozenset[str]
    """The causes that a source asks for it to clarify."""
    of: frozenset[str]
    """The kinds of cases that it is advised for."""


@dataclass(frozen=True, eq=False)
class Tables:
    """Everything that answers say and that depends on no case."""

    topics: Mapping[str, Topic]
    documents: tuple[Document, ...]
    notes: Notes
    attached: tuple[Attached, ...]
    rules: tuple[Attached, ...]
    advised: tuple[Advice, ...]
    tensions: tuple[Tension, ...]
    opposed: Mapping[str, tuple[str, ...]]
    """By statement: the statements that pull the reader the other way."""


@lru_cache(maxsize=4)
def tables_of(knowledge: Knowledge) -> Tables:
    """The tables of a graph, read once."""
    notes = read_notes(knowledge)
    tensions = [*knowledge.table("tensions").records()]
    pairs = [(short(each["statement"]), short(each["other"])) for each in tensions]
    return Tables(
        topics=_topics(knowledge, notes),
        documents=read_documents(knowledge),
        notes=notes,
        attached=_attached(knowledge.table("attached"), "item"),
        rules=_attached(knowledge.table("rules_of_findings"), "finding"),
        advised=_advised(knowledge),
        tensions=tuple(
            Tension(pair, value(each["relation"]))
            for pair, each in zip(pairs, tensions, strict=True)
        ),
        opposed=_collected(pairs),
    )


def _topics(knowledge: Knowledge, notes: Notes) -> dict[str, Topic]:
    """The findings that can be asked about, in their order."""
    causes = _causes(knowledge, notes)
    waiting, gaps = (_by_topic(knowledge.table(name)) for name in ("waiting", "gaps"))
    return {
        iri: Topic(
            finding=Term(iri, value(record["label"])),
            question=value(record["question"]),
            causes=causes.get(iri, {}),
            waiting=_collected(
                (value(each["context"]), short(each["statement"])) for each in waiting[iri]
            ),
            gaps=tuple(value(each["message"]) for each in gaps[iri]),
        )
        for record in knowledge.table("topics").records()
        for iri in [value(record["finding"])]
    }


def _causes(knowledge: Knowledge, notes: Notes) -> dict[str, dict[str, ListedCause]]:
    """The listed causes by finding and IRI."""
    listings = _by_cause(knowledge.table("listings"))
    arguments = _by_cause(knowledge.table("arguments"))
    needs, kinds = (_by_cause(knowledge.table(name)) for name in ("needs", "kinds"))
    found: defaultdict[str, dict[str, ListedCause]] = defaultdict(dict)
    for (about, cause), listed in listings.items():
        key = about, cause
        said = _arguments(arguments[key], notes)
        found[about][cause] = ListedCause(
            iri=cause,
            label=value(listed[0]["label"]),
            listings=tuple(map(_listing, listed)),
            supports=tuple(each for each in said if each.argument.supports),
            against=tuple(each for each in said if not each.argument.supports),
            waiting=_needs(needs[key]),
            broader=tuple(value(each["broader"]) for each in kinds[key]),
        )
    return found


def _listing(record: Record) -> Listing:
    population = Term(value(record["context"]), value(record["population"]))
    return Listing(short(record["statement"]), population)


def _arguments(records: list[Record], notes: Notes) -> tuple[Said, ...]:
    names = ("direction", "finding", "finding_label", "inferred", "weakest")
    settling = frozenset(short(r["premise"]) for r in records if _is_true(r, "settles"))
    found = []
    for key, premises in _premises(records, names).items():
        direction, finding, label, inferred, weakest = key
        rule = tuple(premises["rule"])
        argument = Argument(
            finding=Term(finding, label),
            direction=direction,
            strength=notes.word(rule),
            weakest=weakest,
            rule=rule,
            statements=tuple(dict.fromkeys((*rule, *premises["statement"]))),
            corroboration=tuple(premises["corroboration"]),
            background=tuple(premises["background"]),
            inferred=inferred == "true",
        )
        contexts = tuple(notes.statements[each].context for each in rule)
        found.append(Said(argument, contexts, settling & {*rule}))
    return tuple(found)


def _needs(records: list[Record]) -> tuple[Waiting, ...]:
    names = ("datum", "datum_label", "message", "finding")
    return tuple(
        Waiting(
            Need(
                Term(datum, label),
                message,
                tuple(premises["statement"]),
                tuple(premises["background"]),
            ),
            finding,
        )
        for (datum, label, message, finding), premises in _premises(records, names).items()
    )


def _attached(rows: Rows, subject: str) -> tuple[Attached, ...]:
    """What is attached, in the order of the rows, with everything that it rests on."""
    found: dict[tuple[str, str], list[Record]] = {}
    for record in rows.records():
        kind = value(record["kind"]) if "kind" in record else ""
        found.setdefault((kind, value(record[subject])), []).append(record)
    return tuple(
        Attached(
            kind=kind,
            iri=iri,
            label=value(records[0]["label"]),
            text=value(records[0]["message"]),
            premises=tuple(dict.fromkeys(_premise(each, subject) for each in records)),
            unless=frozenset(value(each["unless"]) for each in records if "unless" in each),
            always="always" in records[0],
            of=frozenset(value(each.get("of", each[subject])) for each in records),
        )
        for (kind, iri), records in found.items()
    )


def _premise(record: Record, subject: str) -> Premise:
    return Premise(
        of=value(record.get("of", record[subject])),
        role=value(record["role"]),
        id=short(record["premise"]),
        context=value(record["context"]) if "context" in record else "",
    )


def _advised(knowledge: Knowledge) -> tuple[Advice, ...]:
    brings: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for record in knowledge.table("brings").records():
        key = value(record["investigation"]), value(record["role"])
        brings[key].add(value(record["thing"]))
    found: dict[str, list[Record]] = {}
    for record in knowledge.table("advised").records():
        found.setdefault(value(record["investigation"]), []).append(record)
    return tuple(
        Advice(
            iri=iri,
            label=value(records[0]["label"]),
            order=int(value(records[0]["order"])),
            urgent=_is_true(records[0], "urgent"),
            premises=_advising(records),
            answered_by=frozenset(brings[iri, "answered by"]),
            data=frozenset(brings[iri, "datum"]),
            clarifies=frozenset(brings[iri, "clarifies"]),
            of=frozenset(value(each["of"]) for each in records),
        )
        for iri, records in found.items()
    )


def _advising(records: list[Record]) -> tuple[tuple[Premise, bool], ...]:
    """Each premise once, with what may be done in place of what it advises."""
    instead: defaultdict[str, set[str]] = defaultdict(set)
    for record in records:
        if "instead" in record:
            instead[short(record["premise"])].add(value(record["instead"]))
    found: dict[tuple[Premise, bool], None] = {}
    for record in records:
        premise = _premise(record, "investigation")
        premise = replace(premise, instead=frozenset(instead[premise.id]))
        found[premise, value(record["advice"]) == "indicated"] = None
    return tuple(found)


def _is_true(record: Record, name: str) -> bool:
    return name in record and value(record[name]) == "true"


def _by_topic(rows: Rows) -> defaultdict[str, list[Record]]:
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for record in rows.records():
        found[value(record["about"])].append(record)
    return found


def _by_cause(rows: Rows) -> defaultdict[tuple[str, str], list[Record]]:
    found: defaultdict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in rows.records():
        found[value(record["about"]), value(record["cause"])].append(record)
    return found


def _premises(
    records: list[Record], names: tuple[str, ...]
) -> dict[tuple[str, ...], dict[str, list[str]]]:
    """The premises by role, for each combination of the named variables."""
    found: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for record in records:
        key = tuple(short(record[name]) if name in record else "" for name in names)
        roles = found.setdefault(key, defaultdict(list))
        roles[value(record["role"])].append(short(record["premise"]))
    return found


def _collected(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key, each in pairs:
        found[key].append(each)
    return {key: tuple(values) for key, values in found.items()}
