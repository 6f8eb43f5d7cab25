"""Triples for readers: what is said of each subject, property by property."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from kg.model.rdf import Triple
from kg.model.vocabulary import RDF_TYPE, RDFS_LABEL, compact
from kg.pages.cells import Cells
from kg.pages.values import Link, Row

_FIRST: Final = (RDF_TYPE, RDFS_LABEL)
"""What a thing is and what it is called come before all else."""


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of one subject."""

    subject: Link
    rows: tuple[Row, ...]


def in_order(triples: Iterable[Triple]) -> list[Triple]:
    """Triples as a reader wants them: by subject, then by property, then by value."""
    return sorted(dict.fromkeys(triples), key=_key)


def describe(triples: Iterable[Triple], cells: Cells) -> tuple[Description, ...]:
    """The descriptions that triples in order make."""
    return tuple(
        Description(cells.of(subject), _rows(of_subject, cells))
        for subject, of_subject in groupby(triples, key=lambda each: each.subject)
    )


def _rows(triples: Iterable[Triple], cells: Cells) -> tuple[Row, ...]:
    return tuple(
        Row(_name(cells.of(predicate)), tuple(cells.of(each.object) for each in found))
        for predicate, found in groupby(triples, key=lambda each: each.predicate)
    )


def _name(link: Link) -> Link:
    """A property by its short name alone, as it stands in a query."""
    return Link(link.text, path=link.path, address=link.address)


def _key(triple: Triple) -> tuple[str, int, str, str]:
    subject, predicate, value = triple
    rank = _FIRST.index(predicate) if predicate in _FIRST else len(_FIRST)
    return compact(str(subject)), rank, compact(predicate), str(value)
