"""The tables that cases are judged with, from the rows of queries that depend on no case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter

from kg.compile.concerns import Concerns
from kg.compile.kinds import Kinds
from kg.compile.reviews import compile_reviews
from kg.compile.rows import Record, Rows, collected, grouped, premises_by
from kg.compile.thresholds import read_thresholds
from kg.compile.topics import read_topics
from kg.model.compiled import AxiomNote, ClassEdge, Name, ProofTables
from kg.model.notes import Citation, Document, NoteQualifier, Notes, StatementNote
from kg.model.statements import short_id
from kg.model.tables import Advice, CaseMessage, Offer, Premise, Tables, TopicHead, places_of
from kg.model.topics import PopulationStatement, Tension, Term
from kg.model.vocabulary import PREFIXES
from kg.reasoning.rules import Rules
from kg.store.base import Store


def compile_tables(
    store: Store, rules: Rules, names: Mapping[str, Name], kinds: Kinds, notes: Notes
) -> Tables:
    """The tables of a graph: everything that answers say and that depends on no case.

    Of the notes nothing matters but what `bare` leaves of them.
    """
    rows = Rows(store)
    topics = read_topics(rows, notes, rules, names)
    concerns = Concerns(topics, kinds, rules)
    advised, said = _advised(rows, notes, names, rules), _messages(rows("attached"), "item")
    tensions = [*rows("tensions")]
    pairs = [(short_id(each["statement"]), short_id(each["other"])) for each in tensions]
    found = {iri: concerns.told(each, notes, advised, said) for iri, each in topics.items()}
    speaking = _messages(rows("rules_of_findings"), "finding")
    return Tables(
        topics=found,
        heads={iri: TopicHead(each.finding, each.measurements) for iri, each in found.items()},
        documents=tuple(map(_document, rows("sources"))),
        notes=notes,
        messages=said,
        messages_of=places_of(said),
        rules=speaking,
        rules_of=places_of(speaking),
        advised=advised,
        advised_of=places_of(advised),
        offers=tuple(Offer(e["kind"], e["wider"], e["note"]) for e in rows("offers")),
        tensions=tuple(
            Tension(pair, each["relation"]) for pair, each in zip(pairs, tensions, strict=True)
        ),
        opposed=collected(pairs),
        reviews=compile_reviews(rows("resting"), rows("reviews")),
        thresholds=tuple(read_thresholds(rows("thresholds"), rules)),
    )


def compile_proof_tables(store: Store) -> ProofTables:
    """What proofs look up beside them."""
    rows = Rows(store)
    return ProofTables(
        axioms=_axioms(rows),
        labels={each["term"]: each["label"] for each in rows("labels")},
        edges=tuple(_edges(rows)),
    )


def bare(notes: Notes) -> Notes:
    """The notes with nothing but what the other tables depend on: a word of a text moves none."""
    return Notes(
        {
            name: StatementNote(
                id=each.id,
                document=each.document,
                modality=each.modality,
                strength=each.strength,
                context=each.context,
                weighs=each.weighs,
                iri="",
                text="",
                population="",
                section="",
                item="",
                line=0,
                digest="",
            )
            for name, each in notes.statements.items()
        },
        {},
    )


def read_notes(store: Store) -> Notes:
    """What the graph says of all its statements."""
    rows = Rows(store)
    qualifiers = grouped(rows("qualifiers"), itemgetter("statement"))
    citations = grouped(rows("citations"), itemgetter("statement"))
    statements = {
        short_id(each["statement"]): _note(
            each, qualifiers[each["statement"]], citations[each["statement"]]
        )
        for each in rows("notes")
    }
    return Notes(
        statements,
        {short_id(each["background"]): each["text"] for each in rows("background")},
    )


def _note(record: Record, qualifiers: list[Record], citations: list[Record]) -> StatementNote:
    identifier = short_id(record["statement"])
    return StatementNote(
        id=identifier,
        iri=record["statement"],
        document=short_id(record["document"]),
        text=record["text"].removeprefix(f"{identifier} "),
        modality=record["modality"],
        strength=int(record["strength"]),
        population=record["population"],
        context=record["context"],
        section=record["section"],
        item=record["item"],
        line=int(record["line"]),
        digest=record["digest"],
        important="important" in record,
        weighs="weighs" in record,
        citations=tuple(map(_citation, citations)),
        qualifiers=tuple(NoteQualifier(each["name"], each["value"]) for each in qualifiers),
    )


def _citation(record: Record) -> Citation:
    return Citation(
        int(record["number"]), record["status"], record.get("reference"), record.get("confidence")
    )


def _document(record: Record) -> Document:
    return Document(
        id=short_id(record["document"]),
        iri=record["document"],
        title=record["short_title"],
        publisher=record.get("publisher", record["origin"]),
        updated=record.get("updated", "(date not stated)"),
        review=record["review"],
        references=record["references"],
        statements=int(record.get("total", record["encoded"])),
        resolved=int(record["resolved"]),
        origin=record["origin"],
    )


def _messages(rows: Iterable[Record], subject: str) -> tuple[CaseMessage, ...]:
    """What is attached, in the order of the rows, with everything that it rests on."""
    found: dict[tuple[str, str], list[Record]] = {}
    for record in rows:
        found.setdefault((record.get("kind", ""), record[subject]), []).append(record)
    return tuple(
        CaseMessage(
            kind=kind,
            iri=iri,
            label=records[0]["label"],
            text=records[0]["message"],
            of=frozenset(each.get("of", each[subject]) for each in records),
            premises=tuple(dict.fromkeys(_premise(each, subject) for each in records)),
            unless=frozenset(each["unless"] for each in records if "unless" in each),
            settled=frozenset(each["settled"] for each in records if "settled" in each),
            always="always" in records[0],
            denies="denies" in records[0],
            asks=records[0].get("asks", ""),
            ordered=records[0].get("ordered", ""),
        )
        for (kind, iri), records in found.items()
    )


def _premise(record: Record, subject: str, instead: frozenset[str] = frozenset()) -> Premise:
    return Premise(
        of=record.get("of", record[subject]),
        role=record["role"],
        id=short_id(record["premise"]),
        context=record.get("context", ""),
        instead=instead,
        indicated=record.get("advice") == "indicated",
    )


def _advised(
    rows: Rows, notes: Notes, names: Mapping[str, Name], rules: Rules
) -> tuple[Advice, ...]:
    brings = grouped(rows("brings"), itemgetter("investigation", "role"))

    def things(iri: str, role: str) -> frozenset[str]:
        return frozenset(each["thing"] for each in brings[iri, role])

    return tuple(
        Advice(
            iri=iri,
            label=records[0]["label"],
            order=int(records[0]["order"]),
            urgent=records[0].get("urgent") == "true",
            of=frozenset(each["of"] for each in records),
            stated=tuple(_stated(records, notes, names, rules)),
            premises=_advising(records),
            answered_by=things(iri, "answered by"),
            data=things(iri, "datum"),
            clarifies=things(iri, "clarifies"),
        )
        for iri, records in grouped(rows("advised"), itemgetter("investigation")).items()
    )


def _stated(
    records: list[Record], notes: Notes, names: Mapping[str, Name], rules: Rules
) -> Iterator[PopulationStatement]:
    """The statements that advise an investigation, each once, with the cases that it is for.

    A statement on a finding in some patients is for those with both, and its context is wider.
    """
    stating = (each for each in records if each["role"] == "statement")
    for premise, of in collected((each["premise"], each["of"]) for each in stating).items():
        note = notes.statements[short_id(premise)]
        widest = min(of, key=lambda each: (len(rules.supers.get(each, ())), each))
        kind = note.context if note.context in of else widest
        yield PopulationStatement(note.id, Term(kind, names[kind].label))


def _advising(records: list[Record]) -> tuple[Premise, ...]:
    """Each premise once, with what may be done in place of what it advises."""
    instead = collected((each["premise"], each["instead"]) for each in records if "instead" in each)
    found = (
        _premise(each, "investigation", frozenset(instead.get(each["premise"], ())))
        for each in records
    )
    return tuple(dict.fromkeys(found))


def _axioms(rows: Rows) -> dict[str, AxiomNote]:
    found = {}
    for axiom, records in grouped(rows("axioms"), itemgetter("axiom")).items():
        carried = [each["statement"] for each in records if each.get("role") == "carries"]
        agreeing = (each["statement"] for each in records if each.get("role") == "agrees")
        background = [each for each in carried if each.startswith(PREFIXES["bg"])]
        stated = (short_id(each) for each in carried if each not in background)
        identifier = _axiom_id(axiom)
        found[identifier] = AxiomNote(
            identifier,
            records[0]["text"],
            tuple(stated),
            tuple(map(short_id, background)),
            tuple(map(short_id, agreeing)),
        )
    return found


def _edges(rows: Rows) -> Iterator[ClassEdge]:
    names = ("source", "property", "target", "inferred")
    for (source, property_, target, inferred), uses in premises_by(rows("edges"), names):
        yield ClassEdge(
            source,
            property_,
            target,
            inferred == "true",
            frozenset(map(_axiom_id, uses["axiom"])),
            tuple(uses["rule"]),
            tuple(uses["corroboration"]),
            next(iter(uses["weakest"]), ""),
            tuple(uses["counter"]),
        )


def _axiom_id(iri: str) -> str:
    return iri.rpartition("/")[2]
