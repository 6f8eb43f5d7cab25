"""The mappings to other terminologies as SSSOM 1.0 has them, a set for each terminology.

https://mapping-commons.github.io/sssom/spec/. The tables of `ontology/mappings/` are written by
people, and say once what holds for all rows; here each set says whose it is and what it maps from
and to, and each row who made it. What a code is not stands as a row with the modifier `Not`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from kg.export.source import Source
from kg.model.vocabulary import BASE, DCTERMS, EG, PREFIXES, ROOT_ONTOLOGY, Literal, text_of

FOLDER: Final = "mappings/"
ENDING: Final = ".sssom.tsv"
_QUALIFIER: Final = "code_qualifier"
_AUTHOR: Final = "author_label"
_FIRST: Final = (
    "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id",
    "object_label", "mapping_justification", _AUTHOR,
)  # fmt: skip
_LAST: Final = ("comment", _QUALIFIER)


def sssom(source: Source) -> dict[str, bytes]:
    """Each table of mappings with its authors, what it maps from and to, and its own columns."""
    return {
        name: _set(source, text).replace(BASE, source.base).encode()
        for name, text in sorted(source.texts.items())
        if name.endswith(ENDING)
    }


def _set(source: Source, text: str) -> str:
    lines = text.splitlines()
    header = [line for line in lines if line.startswith("#")]
    rows = list(csv.DictReader(lines[len(header) :], delimiter="\t", quoting=csv.QUOTE_NONE))
    authors = _authors(source)
    for row in rows:
        row[_AUTHOR] = "|".join(authors)
    columns = [each for each in (*_FIRST, *_LAST) if any(row.get(each) for row in rows)]
    added = _added(source, authors, str(rows[0]["object_id"]), _QUALIFIER in columns)
    return "\n".join([*_with_prefix(header), *added, *_table(columns, rows), ""])


def _authors(source: Source) -> list[str]:
    """Whose ontology it is; no table names anybody else."""
    return [text_of(each) for each in source.graph.objects(ROOT_ONTOLOGY, DCTERMS.creator)]


def _with_prefix(header: Sequence[str]) -> list[str]:
    """The header with the prefix by which the ontology itself is named."""
    return [header[0], f"#  etiograph: {BASE}", *header[1:]]


def _added(source: Source, authors: Sequence[str], code: str, qualified: bool) -> Iterator[str]:  # noqa: FBT001
    yield "#creator_label:"
    yield from (f"#  - {each}" for each in authors)
    yield f'#mapping_set_version: "{source.number}"'
    yield "#mapping_provider: https://w3id.org/etiograph/"
    yield "#subject_source: etiograph:ontology"
    yield f'#subject_source_version: "{source.number}"'
    system = _system(source, code.partition(":")[0])
    if system:
        yield f"#object_source: {system}"
    if qualified:
        yield "#extension_definitions:"
        yield f"#  - slot_name: {_QUALIFIER}"
        yield f"#    property: {EG.codeQualifier}"
        yield f"#    type_hint: {PREFIXES['xsd']}string"


def _system(source: Source, prefix: str) -> str:
    """The address of the terminology whose codes have a prefix; of several the first."""
    found = sorted(
        text_of(address)
        for said in source.graph.values()
        if Literal(prefix) in said.get(EG.codePrefix, ())
        for address in said.get(EG.systemUri, ())
    )
    return next((each for each in found if each.startswith("http")), "")


def _table(columns: Sequence[str], rows: Sequence[dict[str, str]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.DictWriter(
        buffer, columns, delimiter="\t", lineterminator="\n", extrasaction="ignore", restval=""
    )
    writer.writeheader()
    writer.writerows(rows)
    yield buffer.getvalue().rstrip("\n")
