"""All nanopublications of one version, with what became of those of an earlier one.

A statement that says the same as before keeps its nanopublication, to the byte; one that changed
gets a new one that supersedes the former; one that was withdrawn, or is gone, is retracted; one
that is back supersedes what was retracted. Who does not hold the key of the former can do none of
it: nobody would have to believe it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kg.export.nanopubs.content import content_of, retraction_of, standing
from kg.export.nanopubs.former import FOLDER, Former, read_former
from kg.export.nanopubs.index import NAME, file_name, index_text
from kg.export.nanopubs.publish import Nanopub, Publisher, body_text, publish, publisher_of
from kg.export.source import Source
from kg.model.errors import UsageError
from kg.model.rdf import Graph
from kg.model.statements import short_id
from kg.model.vocabulary import IRI

INDEX: Final = f"{FOLDER}/{NAME}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One nanopublication of an export."""

    name: str
    about: IRI
    nanopub: Nanopub
    state: str
    """`new`, `kept`, `supersedes` or `retracts`."""
    former: IRI | None = None


def nanopubs(source: Source) -> dict[str, bytes]:
    """The file of each nanopublication, and an index of them."""
    entries = list(_entries(source))
    files = {f"{FOLDER}/{entry.name}": entry.nanopub.text for entry in entries}
    return files | {INDEX: _index(entries)}


def _entries(source: Source) -> Iterator[Entry]:
    former = read_former(source.former, source.base)
    publisher = _publisher(source)
    _check_key(former, publisher)
    retracted = {each.retracts: each.about for each in former if each.retracts}
    live = {
        each.about: each for each in former if each.retracts is None and each.iri not in retracted
    }
    current = standing(source.graph)
    for statement in current:
        fallen = sorted(iri for iri, about in retracted.items() if about == statement)
        if fallen and statement not in live:
            yield _restored(source.graph, statement, publisher, fallen)
        else:
            yield _current(source.graph, statement, publisher, live.get(statement))
    for statement in sorted(live.keys() - set(current)):
        yield _retraction(source.graph, statement, publisher, live[statement])
    for each in former:
        if each.retracts is not None:
            nanopub = Nanopub(each.iri, each.text)
            yield Entry(each.name, each.about, nanopub, "kept", each.retracts)


def _publisher(source: Source) -> Publisher:
    signer = None
    if source.key is not None:
        from kg.export.nanopubs.keys import read_signer

        signer = read_signer(source.key)
    return publisher_of(source.graph, source.date, signer, source.published)


def _check_key(former: Sequence[Former], publisher: Publisher) -> None:
    ours = publisher.signer.public_key if publisher.signer else None
    others = sorted(f.name for f in former if f.public_key not in (None, ours))
    if others:
        raise UsageError(
            f"{others[0]} and {len(others) - 1} more of the earlier export are signed with a key "
            "that is not at hand; only who holds it can supersede or retract them (--sign)."
        )


def _current(graph: Graph, statement: IRI, publisher: Publisher, former: Former | None) -> Entry:
    """The nanopublication of a statement that stands."""
    content, name = content_of(graph, statement), file_name(short_id(statement))
    if former is None:
        return Entry(name, statement, publish(content, publisher), "new")
    key = publisher.signer.public_key if publisher.signer else None
    if former.public_key == key and former.body == body_text(content, publisher):
        return Entry(name, statement, Nanopub(former.iri, former.text), "kept")
    new = publish(content, publisher, supersedes=former.iri)
    return Entry(name, statement, new, "supersedes", former.iri)


def _restored(graph: Graph, statement: IRI, publisher: Publisher, fallen: Sequence[IRI]) -> Entry:
    """The nanopublication of a statement that is back: none that was retracted.

    It supersedes the first of these that gives it a new address. There is one, since no chain of
    addresses, each made of the one before, leads back to its start.
    """
    content, name = content_of(graph, statement), file_name(short_id(statement))
    made = ((each, publish(content, publisher, supersedes=each)) for each in fallen)
    former, new = next((each, nanopub) for each, nanopub in made if nanopub.iri not in fallen)
    return Entry(name, statement, new, "supersedes", former)


def _retraction(graph: Graph, statement: IRI, publisher: Publisher, former: Former) -> Entry:
    content = retraction_of(former.iri, statement, publisher.agent, graph)
    name = file_name(short_id(statement), former.iri)
    return Entry(name, statement, publish(content, publisher), "retracts", former.iri)


def _index(entries: Sequence[Entry]) -> bytes:
    return index_text(
        {
            "statement": short_id(each.about),
            "nanopublication": each.nanopub.iri,
            "state": each.state,
            "former": each.former or "",
        }
        for each in entries
    )
