"""The statements as one table: a row each, a column for each property that any of them has.

For spreadsheets and data frames. Ids are short (`eg:MultipleMyeloma`); beside a column of ids
stands one of labels, named `…_label`. Of several values each stands between ` | `.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from kg.export.source import STEM, Source
from kg.model.vocabulary import (
    EG,
    IRI,
    PREFIXES,
    RDF,
    RDFS,
    Term,
    compact,
    short_text_of,
    text_of,
)

_BETWEEN: Final = " | "
_SPACES: Final = (PREFIXES["st"], PREFIXES["bg"])
_PLACE: Final = {
    "section": EG.sectionPath,
    "section_title": EG.sectionTitle,
    "item": EG.item,
    "line": EG.line,
}
"""What the region of a statement says of its place."""
_LEFT_OUT: Final = (RDF.type, RDFS.label, RDFS.isDefinedBy)
_NO_KIND: Final = PREFIXES["owl"]

_Row = Mapping[str, str]


def statements_csv(source: Source) -> dict[str, bytes]:
    """Every statement of a document and every one of background, sorted by id."""
    found = sorted(
        each
        for each, said in source.graph.items()
        if isinstance(each, IRI) and each.startswith(_SPACES) and EG.subject in said
    )
    rows = [_row(source, each) for each in found]
    return {f"{STEM}-statements.csv": _written(_columns(rows), rows)}


def _row(source: Source, statement: IRI) -> _Row:
    graph = source.graph
    kinds = (each for each in graph.objects(statement, RDF.type) if not _is_of_owl(each))
    row = {
        "id": compact(statement),
        "iri": source.published(statement),
        "label": graph.text(statement, RDFS.label),
        "type": _joined(map(short_text_of, kinds)),
    }
    region = graph.value(statement, EG.region)
    if region is not None:
        row |= {name: graph.text(region, each) for name, each in _PLACE.items()}
    for name, values in graph.about(statement).items():
        if name not in _LEFT_OUT:
            row |= _cells(source, name, values)
    return row


def _is_of_owl(kind: Term) -> bool:
    return isinstance(kind, IRI) and kind.startswith(_NO_KIND)


def _cells(source: Source, name: IRI, values: Sequence[Term]) -> _Row:
    """The cell of a property, and that of the labels of its values where they have some."""
    column = compact(name).partition(":")[2] or name
    ordered = sorted(set(values), key=text_of)
    labels = [source.graph.text(each, RDFS.label) or text_of(each) for each in ordered]
    cells = {column: _joined(map(short_text_of, ordered))}
    if any(isinstance(each, IRI) and source.graph.text(each, RDFS.label) for each in ordered):
        cells[f"{column}_label"] = _joined(labels)
    return cells


def _joined(values: Iterable[str]) -> str:
    return _BETWEEN.join(sorted(dict.fromkeys(values)))


def _columns(rows: Sequence[_Row]) -> list[str]:
    """The names, place and label first, then what most statements have."""
    first = ("id", "iri", "label", "type", *_PLACE)
    used = Counter(name for row in rows for name in row if name not in first)
    stem = {name: name.removesuffix("_label") for name in used}
    return [*first, *sorted(used, key=lambda name: (-used[stem[name]], name))]


def _written(columns: Sequence[str], rows: Iterable[_Row]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, restval="", lineterminator="\r\n")  # RFC 4180
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()
