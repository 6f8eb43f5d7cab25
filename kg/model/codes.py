"""Codes of other terminologies: how each stands to a term, and what its place says of it.

In a classification such as ICD-10 a code begins with the codes that it comes under: N18.30 comes
under N18.3, and that under N18. What stands for a term therefore stands for it under a longer code
too, unless a row of a code in between says otherwise.

The last of seven characters may say something of its own, as in ICD-10-CM, where D at the end of a
code of a fracture means that it heals. `S72.-D` in the tables stands for every code under S72 with
D as its seventh character.
"""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec
from msgspec import Raw, Struct

from kg.model.vocabulary import EG, IRI, SKOS

STANDS_FOR: Final = frozenset({SKOS.exactMatch, SKOS.narrowMatch, EG.recordedAs})
"""The relations by which a code in a record says that the term is there."""

_NOT_IN_CODES: Final = re.compile(r"[\s.]+")
_LONGEST: Final = 7
"""So many characters has a code whose last one counts by itself."""


class Coded(Struct, frozen=True, omit_defaults=True):
    """How a code of another terminology stands to a term."""

    term: IRI
    relation: IRI
    """One of the relations of `kg.compile.mappings`, from the term to the code."""
    name: str = ""
    """What its terminology calls the code, where we may say so; by place: the wider code."""
    qualifier: str = ""
    """What the code says besides the term."""
    under: str = ""
    """The code under which it has its place, where it stands for the term by that."""
    mapped: str = ""
    """The code to which a map of the hospital leads from it."""

    @property
    def stands(self) -> bool:
        """Whether the code, where a record says it of a patient, says that the term is there."""
        return self.relation in STANDS_FOR


def encode_codes(coded: Mapping[str, Iterable[Coded]]) -> Raw:
    """Codes with what they stand for, as JSON that is decoded when the first code is looked up."""
    return Raw(msgspec.json.encode({key: list(map(_plain, uses)) for key, uses in coded.items()}))


def decode_codes(content: Raw) -> dict[str, tuple[Coded, ...]]:
    """How codes stand to terms, by code with its prefix; msgspec.DecodeError for something else."""
    known: dict[str, IRI] = {}

    def iri(_: type, found: str) -> IRI:
        return known.get(found) or known.setdefault(found, IRI(found))

    return msgspec.json.decode(content, type=dict[str, tuple[Coded, ...]], dec_hook=iri)


def _plain(use: Coded) -> dict[str, str]:
    values = {name: str(getattr(use, name)) for name in use.__struct_fields__}
    return {name: value for name, value in values.items() if value}


class Classifications:
    """Tells what codes mean by their place, in the terminologies whose codes show it."""

    def __init__(self, coded: Mapping[str, tuple[Coded, ...]], forms: Mapping[str, str]) -> None:
        self._forms = {prefix: re.compile(form, re.ASCII) for prefix, form in forms.items()}
        self._rows: dict[str, tuple[str, tuple[Coded, ...]]] = {}
        for key, uses in coded.items():
            prefix, _, code = key.partition(":")
            if prefix in self._forms:
                self._rows[f"{prefix}:{_bare(code)}"] = key, uses

    def has(self, key: str) -> bool:
        """Whether a code with its prefix is of a classification."""
        return key.partition(":")[0] in self._forms

    def uses(self, key: str) -> tuple[Coded, ...]:
        """How a code stands to terms by its own rows, and by those of the codes it comes under.

        Of each term the row of the nearest code decides. Dots and case do not matter.
        """
        prefix, _, code = key.partition(":")
        bare = _bare(code)
        if not self._forms[prefix].fullmatch(bare):
            return ()
        _, own = self._rows.get(f"{prefix}:{bare}", ("", ()))
        found = {use.term: use for use in own}
        for wider in _wider(bare):
            name, uses = self._rows.get(f"{prefix}:{wider}", ("", ()))
            for use in uses:
                found.setdefault(use.term, _by_place(use, name))
        return tuple(use for use in found.values() if use.stands or not use.under)


def _wider(bare: str) -> Iterator[str]:
    """The places that a code comes under, the nearest first."""
    for length in range(len(bare) - 1, 0, -1):
        if len(bare) == _LONGEST:
            yield f"{bare[:length]}-{bare[-1]}"
        yield bare[:length]


def _by_place(use: Coded, wider: str) -> Coded:
    """What a code under another stands for by it; what stands for nothing there does not here."""
    relation = SKOS.narrowMatch if use.stands else use.relation
    return Coded(use.term, relation, use.name, use.qualifier, wider)


def _bare(code: str) -> str:
    return _NOT_IN_CODES.sub("", code).upper()
