"""The tables that cases are judged with, from the rows of queries that depend on no case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Final, TypeVar

from kg.compile.possible import bearing, possible_results
from kg.compile.reviews import compile_reviews
from kg.model.compiled import AxiomNote, ClassEdge, Name, ProofTables
from kg.model.resources import queries_dir
from kg.model.statements import short_id
from kg.model.tables import (
    Advice,
    Argument,
    ArgumentRule,
    CaseMessage,
    CauseStatement,
    Citation,
    Document,
    ListedCause,
    Need,
    NoteQualifier,
    Notes,
    PendingDatum,
    PopulationStatement,
    Premise,
    StatementNote,
    Tables,
    Tension,
    Term,
    Topic,
)
from kg.model.vocabulary import NONE, PREFIXES, eg, text_of
from kg.model.vocabulary import Term as Node
from kg.reasoning.rules import Rules
from kg.store.base import Store
from kg.store.queries import bind, load, shipped_rows

Record = Mapping[str, str]
"""The texts of one row, by variable."""

Key = TypeVar("Key")

_ABOUT: Final = "about"
_CAUSE: Final = itemgetter("about", "cause")
_PROPERTIES: Final = {
    "supports": eg("supportedBy"),
    "argues against": eg("arguedAgainstBy"),
    "excludes": eg("excludedBy"),
}
"""The property of each direction of an argument."""


def compile_tables(store: Store, rules: Rules, names: Mapping[str, Name]) -> Tables:
    """The tables of a graph: everything that answers say and that depends on no case."""
    rows = _Rows(store)
    notes = _notes(rows)
    tensions = [*rows("tensions")]
    pairs = [(short_id(each["statement"]), short_id(each["other"])) for each in tensions]
    return Tables(
        topics=_topics(rows, notes, rules, names),
        documents=tuple(map(_document, rows("sources"))),
        notes=notes,
        messages=_messages(rows("attached"), "item"),
        rules=_messages(rows("rules_of_findings"), "finding"),
        advised=_advised(rows, notes, names),
        tensions=tuple(
            Tension(pair, each["relation"]) for pair, each in zip(pairs, tensions, strict=True)
        ),
        opposed=_collected(pairs),
        reviews=compile_reviews(rows("resting"), rows("reviews")),
    )


def compile_proof_tables(store: Store) -> ProofTables:
    """What proofs look up beside them."""
    rows = _Rows(store)
    return ProofTables(
        axioms=_axioms(rows),
        labels={each["term"]: each["label"] for each in rows("labels")},
        edges=tuple(_edges(rows)),
    )


@dataclass(frozen=True)
class _Rows:
    """Gives the rows of a query of `queries/ask` by its name.

    A query about one finding is asked about all that have a question, at once.
    """

    store: Store

    def __call__(self, name: str) -> Iterator[Record]:
        query = load(queries_dir(), f"ask/{name}")
        about = {_ABOUT: self._topics} if _ABOUT in query.parameters else {}
        for record in self.store.select(bind(query, about)).records():
            yield {key: str(text_of(term)) for key, term in record.items()}

    @cached_property
    def _topics(self) -> tuple[Node, ...]:
        """The findings that have a question."""
        found = shipped_rows(self.store, "ask/topics").column("finding")
        return tuple(each for each in found if each is not None) or (NONE,)


def _notes(rows: _Rows) -> Notes:
    """What the graph says of all its statements."""
    qualifiers = _grouped(rows("qualifiers"), itemgetter("statement"))
    citations = _grouped(rows("citations"), itemgetter("statement"))
    return Notes(
        {
            short_id(each["statement"]): _note(
                each, qualifiers[each["statement"]], citations[each["statement"]]
            )
            for each in rows("notes")
        },
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


def _topics(rows: _Rows, notes: Notes, rules: Rules, names: Mapping[str, Name]) -> dict[str, Topic]:
    """The findings that can be asked about, in their order."""
    causes = _causes(rows, notes)
    waiting, gaps = (_grouped(rows(name), itemgetter("about")) for name in ("waiting", "gaps"))
    results = [*possible_results(rows("possible_results"), rules, names)]
    found = {}
    for record in rows("topics"):
        iri = record["finding"]
        possible, bears_on = bearing(results, causes[iri].values(), rules)
        found[iri] = Topic(
            finding=Term(iri, record["label"]),
            question=record["question"],
            causes=causes[iri],
            waiting=_collected(
                (each["context"], short_id(each["statement"])) for each in waiting[iri]
            ),
            gaps=tuple(each["message"] for each in gaps[iri]),
            possible=possible,
            bears_on=bears_on,
        )
    return found


def _causes(rows: _Rows, notes: Notes) -> defaultdict[str, dict[str, ListedCause]]:
    """The listed causes by finding and IRI."""
    roles = _roles(rows)
    arguments, needs, kinds = (
        _grouped(rows(name), _CAUSE) for name in ("arguments", "needs", "kinds")
    )
    found: defaultdict[str, dict[str, ListedCause]] = defaultdict(dict)
    for key, listed in _grouped(rows("listings"), _CAUSE).items():
        about, cause = key
        said = _arguments(arguments[key], notes)
        found[about][cause] = ListedCause(
            iri=cause,
            label=listed[0]["label"],
            of=about,
            statements=tuple(
                CauseStatement(
                    short_id(each["statement"]),
                    Term(each["context"], each["population"]),
                    roles[about, cause, each["statement"]],
                )
                for each in listed
            ),
            supports=tuple(each for each in said if each.argument.supports),
            against=tuple(each for each in said if not each.argument.supports),
            pending=_pending(needs[key]),
            broader=tuple(each["broader"] for each in kinds[key]),
        )
    return found


def _roles(rows: _Rows) -> dict[tuple[str, str, str], str]:
    """What each statement lists a cause as: the first kind of possible cause where it is many."""
    found: dict[tuple[str, str, str], str] = {}
    for each in rows("listed_as"):
        found.setdefault((each["about"], each["cause"], each["statement"]), each["role"])
    return found


def _arguments(records: list[Record], notes: Notes) -> tuple[ArgumentRule, ...]:
    names = ("direction", "finding", "finding_label", "inferred", "weakest")
    settling = frozenset(short_id(r["premise"]) for r in records if r.get("settles") == "true")
    found = []
    for (direction, finding, label, inferred, weakest), premises in _premises(records, names):
        rule = tuple(premises["rule"])
        argument = Argument(
            finding=Term(finding, label),
            direction=direction,
            strength=notes.word(rule) or "background",
            weakest=short_id(weakest),
            rule=rule,
            statements=tuple(dict.fromkeys((*rule, *premises["statement"]))),
            corroboration=tuple(premises["corroboration"]),
            background=tuple(premises["background"]),
            inferred=inferred == "true",
        )
        contexts = tuple(notes.statements[each].context for each in rule)
        property_ = str(_PROPERTIES[direction])
        found.append(ArgumentRule(argument, finding, property_, contexts, settling & {*rule}))
    return tuple(found)


def _pending(records: list[Record]) -> tuple[PendingDatum, ...]:
    names = ("datum", "datum_label", "message", "finding")
    return tuple(
        PendingDatum(
            Need(
                Term(datum, label),
                message,
                tuple(premises["statement"]),
                tuple(premises["background"]),
            ),
            str(eg("leavesOpen" if finding else "presupposes")),
            finding,
        )
        for (datum, label, message, finding), premises in _premises(records, names)
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
            always="always" in records[0],
            asks=records[0].get("asks", ""),
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


def _advised(rows: _Rows, notes: Notes, names: Mapping[str, Name]) -> tuple[Advice, ...]:
    brings = _grouped(rows("brings"), itemgetter("investigation", "role"))

    def things(iri: str, role: str) -> frozenset[str]:
        return frozenset(each["thing"] for each in brings[iri, role])

    return tuple(
        Advice(
            iri=iri,
            label=records[0]["label"],
            order=int(records[0]["order"]),
            urgent=records[0].get("urgent") == "true",
            of=frozenset(each["of"] for each in records),
            stated=tuple(_stated(records, notes, names)),
            premises=_advising(records),
            answered_by=things(iri, "answered by"),
            data=things(iri, "datum"),
            clarifies=things(iri, "clarifies"),
        )
        for iri, records in _grouped(rows("advised"), itemgetter("investigation")).items()
    )


def _stated(
    records: list[Record], notes: Notes, names: Mapping[str, Name]
) -> Iterator[PopulationStatement]:
    """The statements that advise an investigation, each once."""
    for premise in dict.fromkeys(
        each["premise"] for each in records if each["role"] == "statement"
    ):
        note = notes.statements[short_id(premise)]
        yield PopulationStatement(note.id, Term(note.context, names[note.context].label))


def _advising(records: list[Record]) -> tuple[Premise, ...]:
    """Each premise once, with what may be done in place of what it advises."""
    instead = _collected(
        (each["premise"], each["instead"]) for each in records if "instead" in each
    )
    found = (
        _premise(each, "investigation", frozenset(instead.get(each["premise"], ())))
        for each in records
    )
    return tuple(dict.fromkeys(found))


def _axioms(rows: _Rows) -> dict[str, AxiomNote]:
    found = {}
    for axiom, records in _grouped(rows("axioms"), itemgetter("axiom")).items():
        carried = [each["statement"] for each in records if "statement" in each]
        background = [each for each in carried if each.startswith(PREFIXES["bg"])]
        stated = (short_id(each) for each in carried if each not in background)
        identifier = _axiom_id(axiom)
        found[identifier] = AxiomNote(
            identifier, records[0]["text"], tuple(stated), tuple(map(short_id, background))
        )
    return found


def _edges(rows: _Rows) -> Iterator[ClassEdge]:
    names = ("source", "property", "target", "inferred")
    for (source, property_, target, inferred), uses in _premises(rows("edges"), names):
        yield ClassEdge(
            source,
            property_,
            target,
            inferred == "true",
            frozenset(map(_axiom_id, uses["axiom"])),
            tuple(uses["rule"]),
            tuple(uses["corroboration"]),
            next(iter(uses["weakest"]), ""),
        )


def _axiom_id(iri: str) -> str:
    return iri.rpartition("/")[2]


def _premises(
    records: Iterable[Record], names: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], defaultdict[str, list[str]]]]:
    """For each combination of the named variables its premises by role."""
    found: dict[tuple[str, ...], defaultdict[str, list[str]]] = {}
    for record in records:
        key = tuple(record.get(name, "") for name in names)
        roles = found.setdefault(key, defaultdict(list))
        roles[record["role"]].append(short_id(record["premise"]))
    yield from found.items()


def _grouped(
    records: Iterable[Record], key: Callable[[Record], Key]
) -> defaultdict[Key, list[Record]]:
    """The rows by the values of some variables, in their order."""
    found: defaultdict[Key, list[Record]] = defaultdict(list)
    for record in records:
        found[key(record)].append(record)
    return found


def _collected(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key, each in pairs:
        found[key].append(each)
    return {key: tuple(values) for key, values in found.items()}
