"""The files of the ontology that are made of the tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import msgspec

from kg.articles.source import Written
from kg.articles.tables.checks import Problem, findings_of, marker_problems
from kg.articles.tables.drugs import drug_problems, drugs_turtle
from kg.articles.tables.markers import markers_turtle
from kg.articles.tables.records import NUMBER, DrugTable, MarkerTable
from kg.model.errors import ValidationError
from kg.model.report import Extent, Report
from kg.model.vocabulary import IRI, eg

_Table = TypeVar("_Table")
_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def _with_numbers(shape: Any) -> Any:  # noqa: ANN401 - a part of a schema
    """A schema in which a text that is a number may stand as one, as editors read it."""
    if isinstance(shape, list):
        return [_with_numbers(each) for each in shape]
    if not isinstance(shape, dict):
        return shape
    found = {name: _with_numbers(each) for name, each in shape.items() if each != NUMBER}
    return found if len(found) == len(shape) else found | {"type": ["number", "string"]}


@dataclass(frozen=True, slots=True)
class _Kind(Generic[_Table]):
    """One table: its file, what it makes, and how."""

    source: str
    made: str
    shape: type[_Table]
    problems: Callable[[_Table], Iterable[Problem]]
    turtle: Callable[[_Table], str]

    def read(self, folder: Path) -> _Table:
        """The table; SourceSyntaxError or ValidationError, with file and line, where it is none."""
        written = Written.read(folder / self.source)
        table = written.to(self.shape)
        found = findings_of(written, self.problems(table))
        if found:
            raise ValidationError(Report(found, Extent(files=1)))
        return table

    @property
    def schema(self) -> str:
        """The file that tells editors the shape of the table; it stands beside it."""
        return self.source.replace(".yaml", ".schema.json")

    def schema_text(self) -> str:
        """The shape of the table as JSON Schema."""
        shape = msgspec.json.schema(self.shape)
        whole = {"$schema": _DRAFT, "title": self.source, **_with_numbers(shape)}
        return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"

    def text(self, folder: Path) -> str:
        """The file that is made of the table, as it stands in an ontology folder."""
        return self.turtle(self.read(folder))


MARKERS = _Kind("tables/markers.yaml", "markers.ttl", MarkerTable, marker_problems, markers_turtle)
DRUGS = _Kind("tables/drugs.yaml", "drugs.ttl", DrugTable, drug_problems, drugs_turtle)


def message_places(folder: Path) -> dict[IRI, str]:
    """Where the message of each finding of the table of markers is written, as `path:line`."""
    path = folder / MARKERS.source
    if not path.is_file():
        return {}
    written = Written.read(path)
    return {
        eg(name): written.place(part, marker, "findings", name, "message")
        for part in ("markers", "any of")
        for marker, given in written.value.get(part, {}).items()
        for name in given.get("findings", {})
    }


def made_of_tables(folder: Path) -> dict[Path, str]:
    """The text of every file that the tables of an ontology folder make, by its path.

    A folder without a table makes nothing of it: older versions kept markers as Turtle.
    """
    made: dict[Path, str] = {}
    for kind in (MARKERS, DRUGS):
        if (folder / kind.source).is_file():
            made[folder / kind.made] = kind.text(folder)
            made[folder / kind.schema] = kind.schema_text()
    return made
