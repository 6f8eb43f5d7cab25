"""Statements as values, and the check of their places against a reader's own copy of the document.

No sentence is in the graph. A place holds the line, the characters and the digest of the sentence,
so whoever has the document finds the sentence, and is told which of the three agreed.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.errors import UnknownTermError, UsageError
from kg.queries import bind, load
from kg.resources import queries_dir
from kg.stores.base import Rows, Store
from kg.vocab import (
    EG_BACKGROUND_STATEMENT,
    IRI,
    PREFIXES,
    PROV_WAS_INVALIDATED_BY,
    RDF_TYPE,
    RDFS_LABEL,
    Literal,
    Term,
    compact,
    eg,
    expand,
)


@dataclass(frozen=True, slots=True)
class Qualifier:
    """One thing that is said of a statement, with the names that people read."""

    property: IRI
    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pointer:
    """A number that the sentence prints, and what is known of the work behind it."""

    number: int
    status: str
    reference: str = ""
    method: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the sentence of a statement stands."""

    document: str
    title: str
    review: str
    document_digest: str
    section: str
    section_title: str
    item: str
    line: int
    start: int
    end: int
    digest: str
    highest: int
    """Highest citation number of the document: a larger number at the end belongs to the text."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Why a statement no longer stands, when it was withdrawn, and by whom."""

    reason: str
    date: str = ""
    agents: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = ", ".join((*filter(None, [self.date]), *self.agents))
        return f"{self.reason or 'no reason is given'}{f' ({told})' if told else ''}"


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement with everything that is said of it; a background statement has no place."""

    id: str
    iri: IRI
    text: str
    qualifiers: tuple[Qualifier, ...] = ()
    pointers: tuple[Pointer, ...] = ()
    place: Place | None = None
    background: bool = False
    withdrawal: Withdrawal | None = None

    @property
    def withdrawn(self) -> bool:
        """Whether it no longer carries anything."""
        return self.withdrawal is not None

    def values(self, property_: IRI) -> tuple[str, ...]:
        """The values of one property, as people read them."""
        return next((q.values for q in self.qualifiers if q.property == property_), ())


@dataclass(frozen=True, slots=True)
class Check:
    """What a reader's copy says about the place of a statement."""

    file: str = ""
    """Name of the file with the document, or with the sentence; empty where none was found."""
    same_document: bool = False
    """Whether the file is the very version that was read."""
    line_agrees: bool = False
    characters_agree: bool = False
    found_at: tuple[int, ...] = ()
    """Lines whose sentence has the digest."""
    sentence: str = ""
    """The sentence, for display only; empty where no digest agrees."""


_LARGEST: Final = 5_000_000
"""Articles are smaller; larger files in the folder are passed over."""
_BULLET: Final = re.compile(r"(?:[•*‣·-]|\d+\.)\s+")
_NUMBERS: Final = re.compile(r"(?:^|\s)(?P<run>\d+(?:\s*,\s*\d+)*)\s*(?P<colon>:?)$")
_NOT_SHOWN: Final = frozenset(
    {
        RDF_TYPE,
        RDFS_LABEL,
        PROV_WAS_INVALIDATED_BY,
        expand("rdfs:isDefinedBy"),
        eg("region"),
        eg("cites"),
        eg("inDocument"),
    }
)
_FIRST: Final = (
    RDF_TYPE,
    *map(eg, ("subject", "predicate", "object", "context", "population", "polarity", "modality")),
)
_LAST: Final = (
    eg("evidenceType"),
    expand("biolink:knowledge_level"),
    expand("biolink:agent_type"),
)


def statement_iri(name: str, store: Store) -> IRI:
    """The IRI of a statement by its id, name with prefix or IRI; UnknownTermError if none."""
    known = [term for (term,) in _rows(store, "statement_ids") if isinstance(term, IRI)]
    by_id = {short(iri).casefold(): iri for iri in known}
    text = name.strip()
    if text.casefold() in by_id:
        return by_id[text.casefold()]
    if text in known or (":" in text and _expanded(text) in known):
        return IRI(_expanded(text))
    from difflib import get_close_matches

    near = get_close_matches(text.casefold()[:100], by_id, n=4, cutoff=0.5)
    raise UnknownTermError(
        f"there is no statement {text[:60]!r}.", suggestions=[short(by_id[each]) for each in near]
    )


def read_claim(store: Store, statement: IRI) -> Claim:
    """One statement of the graph."""
    return next(iter(read_claims(store, [statement])))


def read_claims(store: Store, statements: Sequence[IRI]) -> tuple[Claim, ...]:
    """Statements of the graph, in the order given."""
    if not statements:
        return ()
    said = _grouped(_rows(store, "statement", statement=statements))
    places = _grouped(_rows(store, "place", statement=statements))
    pointers = _grouped(_rows(store, "pointers", statement=statements))
    gone = read_withdrawals(store)
    return tuple(
        _claim(
            iri, said.get(iri, []), places.get(iri, []), pointers.get(iri, []), gone.get(short(iri))
        )
        for iri in statements
    )


def read_withdrawals(store: Store) -> dict[str, Withdrawal]:
    """The withdrawals of a graph, by the id of the statement."""
    return {
        short(iri): Withdrawal(
            reason=_plain(rows[0].get("reason")),
            date=_plain(rows[0].get("date")),
            agents=tuple(dict.fromkeys(_named(row["agent"]) for row in rows if "agent" in row)),
        )
        for iri, rows in _grouped(_rows(store, "withdrawals")).items()
    }


def statements_of(store: Store, document: IRI) -> tuple[IRI, ...]:
    """The statements of a document in the order of its text."""
    rows = _rows(store, "statements_of", document=[document])
    return tuple(dict.fromkeys(term for term, _ in rows if isinstance(term, IRI)))


def short(iri: str) -> str:
    """The id by which answers name a statement, a background statement or a document."""
    for prefix in ("st", "bg", "doc"):
        if iri.startswith(PREFIXES[prefix]):
            return iri.removeprefix(PREFIXES[prefix])
    return iri


# ── The reader's own copy ───────────────────────────────────────────────────────────────────


def check(place: Place, texts: Path) -> Check:
    """Look for the sentence in a folder of texts; the document is known by its digest."""
    copies = list(_copies(texts))
    same = [(name, raw) for name, raw in copies if ni(raw) == place.document_digest]
    for name, raw in same or copies:
        text = as_text(raw)
        found = _found(place, text)
        if same or found:
            return _check(place, name, text, found, same_document=bool(same))
    return Check()


def ni(content: bytes) -> str:
    """The digest of some bytes as a named-information IRI (RFC 6920)."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"ni:///sha-256;{digest}"


def as_text(raw: bytes) -> str:
    """The text of a file as positions count it: NFC, lines ended by LF."""
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text)


def normalised(line: str, highest: int) -> str:
    """The sentence of a line as digests are taken: no bullet, no citation numbers at its end."""
    text = _BULLET.sub("", line.strip(), count=1) if _BULLET.match(line.strip()) else line.strip()
    numbers = _NUMBERS.search(text)
    if numbers and all(int(each) <= highest for each in re.findall(r"\d+", numbers["run"])):
        text = text[: numbers.start()].rstrip() + numbers["colon"]
    return re.sub(r"\s+", " ", text).strip()


def _copies(texts: Path) -> Iterator[tuple[str, bytes]]:
    if not texts.is_dir():
        raise UsageError(f"{texts} is not a folder with texts.")
    for path in sorted(texts.iterdir()):
        if path.is_file() and path.stat().st_size <= _LARGEST:
            try:
                yield path.name, path.read_bytes()
            except OSError as error:
                raise UsageError(f"{path} cannot be read: {error.strerror}.") from None


def _found(place: Place, text: str) -> tuple[int, ...]:
    return tuple(
        number
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip() and _agrees(line, place)
    )


def _agrees(line: str, place: Place) -> bool:
    return ni(normalised(line, place.highest).encode()) == place.digest


def _check(
    place: Place, name: str, text: str, found: tuple[int, ...], *, same_document: bool
) -> Check:
    lines = text.split("\n")
    at = place.line if place.line in found else next(iter(found), None)
    return Check(
        file=name,
        same_document=same_document,
        line_agrees=place.line in found,
        characters_agree=_agrees(text[place.start : place.end], place),
        found_at=found,
        sentence=normalised(lines[at - 1], place.highest) if at else "",
    )


# ── Reading rows ────────────────────────────────────────────────────────────────────────────


def _rows(store: Store, name: str, **parameters: Sequence[Term]) -> Rows:
    return store.select(bind(load(queries_dir(), f"ask/{name}"), parameters))


def _grouped(rows: Rows) -> dict[IRI, list[dict[str, Term]]]:
    groups: dict[IRI, list[dict[str, Term]]] = {}
    for record in rows.records():
        statement = record.get("statement")
        if isinstance(statement, IRI):
            groups.setdefault(statement, []).append(record)
    return groups


def _claim(
    iri: IRI,
    said: Sequence[dict[str, Term]],
    places: Sequence[dict[str, Term]],
    pointers: Sequence[dict[str, Term]],
    withdrawal: Withdrawal | None,
) -> Claim:
    identifier = short(iri)
    types = [_plain(row["value"]) for row in said if row["property"] == RDF_TYPE]
    label = next((_plain(row["value"]) for row in said if row["property"] == RDFS_LABEL), "")
    return Claim(
        id=identifier,
        iri=iri,
        text=label.removeprefix(f"{identifier} "),
        qualifiers=tuple(_qualifiers(said)),
        pointers=tuple(_pointers(pointers)),
        place=_place(places[0]) if places else None,
        background=EG_BACKGROUND_STATEMENT in types,
        withdrawal=withdrawal,
    )


def _qualifiers(said: Iterable[dict[str, Term]]) -> Iterator[Qualifier]:
    groups: dict[IRI, list[dict[str, Term]]] = {}
    for row in said:
        property_ = row["property"]
        if isinstance(property_, IRI) and (property_ not in _NOT_SHOWN or _is_kind(row)):
            groups.setdefault(property_, []).append(row)
    for property_, rows in sorted(groups.items(), key=lambda item: _rank(item[0])):
        name = "kind" if property_ == RDF_TYPE else _plain(rows[0].get("name")) or _local(property_)
        values = (_plain(row.get("value_name")) or _named(row["value"]) for row in rows)
        yield Qualifier(property_, name, tuple(dict.fromkeys(values)))


def _rank(property_: IRI) -> tuple[int, int]:
    """What a statement says, then its qualifiers, then how it was made."""
    if property_ in _FIRST:
        return 0, _FIRST.index(property_)
    return (2, _LAST.index(property_)) if property_ in _LAST else (1, 0)


def _local(iri: IRI) -> str:
    return re.split(r"[/#]", iri)[-1].replace("_", " ")


def _named(term: Term) -> str:
    return compact(term) if isinstance(term, IRI) else _plain(term)


def _is_kind(row: dict[str, Term]) -> bool:
    return row["property"] == RDF_TYPE and _plain(row["value"]).startswith(PREFIXES["eg"])


def _pointers(rows: Iterable[dict[str, Term]]) -> Iterator[Pointer]:
    for row in rows:
        yield Pointer(
            int(_plain(row["number"])),
            _plain(row["status"]),
            *(_plain(row.get(name)) for name in ("reference", "method", "confidence")),
        )


def _place(row: dict[str, Term]) -> Place:
    def text(name: str) -> str:
        return _plain(row.get(name))

    return Place(
        document=short(text("document")),
        title=text("title"),
        review=text("review"),
        document_digest=text("document_digest"),
        section=text("section"),
        section_title=text("section_title"),
        item=text("item"),
        line=int(text("line")),
        start=int(text("start")),
        end=int(text("end")),
        digest=text("digest"),
        highest=int(text("highest") or 0),
    )


def _plain(term: Term | None) -> str:
    if term is None:
        return ""
    return term.value if isinstance(term, Literal) else str(term)


def _expanded(name: str) -> str:
    try:
        return expand(name)
    except UnknownTermError:
        return ""
