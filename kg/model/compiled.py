"""The compiled model: what a question reads of a graph, worked out once, by the build.

It is one file of flat tables (`model_file`). SPARQL stays the way in for everybody else: each table
is what a query of `queries/ask` gives, and a test holds the two together.
"""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

from msgspec import Raw, Struct

from kg.model.json_values import decode_part
from kg.model.tables import Tables
from kg.model.terms import Lexicon


class Name(Struct, frozen=True, omit_defaults=True):
    """How answers call a term."""

    label: str
    short: str
    is_measurement: bool = False


class Limit(Struct, frozen=True, array_like=True):
    """A limit on a figure: the data property, and the class of what lies within."""

    figure: str
    within: str


Ways = tuple[frozenset[Limit], ...]
"""The ways to be of a class, each with the limits that all have to hold."""


class Criterion(Struct, frozen=True, omit_defaults=True):
    """One thing that a kind of case asks for, with what decides whether a case has it."""

    role: str
    filler: str
    missing: str
    """What to call it where it is missing."""
    short: str
    """The short name of the measurement."""
    measurement: str = ""
    """The measurement that a result is asked of; empty where something else is asked for."""
    excluders: frozenset[str] = frozenset()
    """The classes that nothing of the class asked for can have."""
    ways: Ways = ()
    """The limits that a result is compared with."""
    figures: Mapping[str, str] = {}
    """The names of the figures that have those limits."""


class CaseKind(Struct, frozen=True):
    """A kind of case that statements are about."""

    criteria: tuple[int, ...]
    """The places of what it asks for, in the table of criteria."""
    excluders: frozenset[str]
    """The classes that no case of this kind can have."""


class AxiomNote(Struct, frozen=True, omit_defaults=True):
    """One axiom of the ontology and what it rests on."""

    id: str
    text: str
    """In Manchester syntax, with labels."""
    statements: tuple[str, ...] = ()
    """The statements of documents; each of them carries the axiom alone."""
    background: tuple[str, ...] = ()
    corroboration: tuple[str, ...] = ()
    """Statements that agree with it and would not carry it alone."""

    @property
    def standing(self) -> str:
        """`stated` by a document, `background`, or `definition` of this ontology."""
        if self.statements:
            return "stated"
        return "background" if self.background else "definition"


class ClassEdge(Struct, frozen=True, eq=False):
    """What follows for every member of a class, with the axioms and statements it takes."""

    source: str
    property: str
    target: str
    inferred: bool
    axioms: frozenset[str]
    rules: tuple[str, ...]
    """The statements that say it of the class or of a wider one."""
    corroboration: tuple[str, ...]
    weakest: str
    """The statement that bounds the strength; empty where none does."""
    counter: tuple[str, ...] = ()
    """The statements that deny it."""


class ProofTables(Struct, frozen=True, eq=False):
    """What proofs look up beside the tables of answers."""

    axioms: Mapping[str, AxiomNote]
    labels: Mapping[str, str]
    edges: tuple[ClassEdge, ...]


FORMAT: Final = 8
"""Raised with every change of a table; a file of another format is not read."""


class Model(Struct, frozen=True, kw_only=True, dict=True):
    """Everything that is known before there is a case."""

    format: int = FORMAT
    lexicon: Lexicon
    names: Mapping[str, Name]
    """How answers call classes and data properties."""
    criteria: Sequence[Criterion]
    """Everything that kinds of case ask for, each once."""
    kinds: Mapping[str, CaseKind]
    """The kinds of case that statements are about."""
    tables: Tables
    """What a case is judged with."""
    rules: Raw
    """The rules for cases, as `kg.reasoning` reads them."""
    for_proofs: Raw
    """What proofs look up beside the tables, decoded when the first one does."""
    asserted: Raw
    """The axioms as rules of one step each, which only proofs need."""

    @cached_property
    def proofs(self) -> ProofTables:
        """What proofs look up beside the tables."""
        return decode_part(self.for_proofs, ProofTables)
