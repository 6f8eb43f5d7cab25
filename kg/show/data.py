"""Values for programs: JSON whose keys are the fields of the model, CSV, and the schemas.

Each sort of thing is encoded in one way. A value with fields is an object, a named tuple too. An
IRI, a member of an enumeration and a day are texts. So is a number that is not whole, without
exponent: it may have more digits than a program keeps that reads it as a float.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.answer.model import (
    Answer,
    Cause,
    Origin,
    OtherPopulation,
    Result,
    ShortAnswer,
    Unadvised,
    Unknown,
)
from kg.model.errors import UsageError
from kg.model.notes import StatementNote
from kg.reasoning.intervals import plain
from kg.show.blocks import NOTICE, Section, to_markdown, to_text
from kg.show.words import each_once, used_background, used_statements

if TYPE_CHECKING:
    from msgspec.json import Encoder

FORMS: Final = ("text", "md", "json")
"""The forms that everything has."""
LEGEND: Final = ("documents", "statements", "background")
"""The fields of an answer that say what stands behind the ids of its other fields."""
DERIVED: Final[Mapping[str, tuple[str, ...]]] = {
    "Audit": ("passes",),
    "AxiomNote": ("standing",),
    "Citations": ("resolved", "followed"),
    "Coverage": ("open",),
    "Proof": ("given", "axioms"),
}
"""What follows from the fields of a type and is told too, for no program should work it out."""
APART: Final[Mapping[str, tuple[str, ...]]] = {"Part": ("derivation",)}
"""Fields of a type that are told in a form of their own."""
SCHEMAS: Final = Path(__file__).with_name("schemas")
"""The folder of the JSON Schemas of what is printed and read."""

_AS_IT_IS: Final = frozenset((str, int, bool, type(None)))
_ROWS: Final = frozenset(
    (
        StatementNote, Cause, Origin, OtherPopulation, Result, Unadvised, Unknown,
    )
)  # fmt: skip
"""What is the same in many answers: half of one are notes, and the rest are rows like others'.

Messages are not among them: some repeat what was given of a patient, which is not to be kept.
"""
_MOST_WRITTEN: Final = 4096
"""How many of them are remembered as they were written, the last that were needed."""

Json = dict[str, object]


def render(form: str, sections: Iterable[Section], data: object) -> str:
    """What is shown in one of FORMS: as the text or page of its sections, or its data as JSON."""
    check_form(form, FORMS)
    if form == "json":
        return json_text(data)
    return to_text(sections) if form == "text" else to_markdown(sections)


def check_form(form: str, forms: Collection[str]) -> None:
    """UsageError where a form is none of those that there are."""
    if form not in forms:
        raise UsageError(f"there is no form {form!r}; there are: {', '.join(forms)}.")


def json_text(value: object) -> str:
    """A value as JSON text, the same bytes for the same value."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(_encodable(value)), indent=2).decode() + "\n"


def json_line(value: object) -> bytes:
    """A value as a line of JSON."""
    import msgspec

    return msgspec.json.encode(_encodable(value)) + b"\n"


def short_line(head: Json, answer: ShortAnswer) -> bytes:
    """The line of a short answer behind its head: the same bytes, for it holds texts alone."""
    return _short_encoder().encode({**head, "verdicts": answer}) + b"\n"


@cache
def _short_encoder() -> Encoder:
    import msgspec

    return msgspec.json.Encoder(enc_hook=_plain_iri)


def _plain_iri(value: object) -> str:
    """An IRI as a text; no other kind of value is in a short answer."""
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"{type(value).__name__} is in no short answer")


def to_data(value: object) -> object:
    """A value as objects, lists, texts, whole numbers, true, false and null."""
    return _convert(value, to_data)


def _encodable(value: object) -> object:
    """The same, with rows as JSON that was written before."""
    return _written(value) if type(value) in _ROWS else _convert(value, _encodable)


@lru_cache(maxsize=_MOST_WRITTEN)
def _written(row: object) -> object:
    """A row as JSON."""
    import msgspec

    return msgspec.Raw(msgspec.json.encode(to_data(row)))


def _convert(value: object, convert: Callable[[object], object]) -> object:
    """A value as data; `convert` is what does the same with each of its parts."""
    kind = type(value)
    if kind in _AS_IT_IS or isinstance(value, int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): convert(each) for key, each in value.items()}
    if names := fields_of_type(kind):
        return {name: convert(getattr(value, name)) for name in names}
    if isinstance(value, (tuple, list)):
        return [convert(each) for each in value]
    return _plain_text(value)


def fields_of(value: object) -> Json:
    """The fields of a value by name."""
    return {name: getattr(value, name) for name in fields_of_type(type(value))}


def _plain_text(value: object) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no value that is shown")


def with_notice(value: object) -> Json:
    """The fields of what speaks of a case, and the notice under it."""
    return {**fields_of(value), "notice": NOTICE}


def schema_text(name: str) -> str:
    """A published JSON Schema."""
    if name not in schema_names():
        raise UsageError(f"there is no schema {name!r}; there are: {', '.join(schema_names())}.")
    return (SCHEMAS / f"{name}.json").read_text("utf-8")


def schema_names() -> list[str]:
    """The values that have a published JSON Schema."""
    return sorted(path.stem for path in SCHEMAS.glob("*.json"))


def fields_of_type(kind: type) -> tuple[str, ...]:
    """The fields of a data class, a named tuple or a struct; of other things, none."""
    if kind not in _FIELDS:
        names = getattr(kind, "__struct_fields__", getattr(kind, "_fields", ()))
        names = names or tuple(getattr(kind, "__dataclass_fields__", ()))
        told = (each for each in names if each not in APART.get(kind.__name__, ()))
        _FIELDS[kind] = (*told, *DERIVED.get(kind.__name__, ()))
    return _FIELDS[kind]


_FIELDS: Final[dict[type, tuple[str, ...]]] = {}
"""The fields of the types that were shown."""


# ── CSV ─────────────────────────────────────────────────────────────────────────────────────

COLUMNS: Final = (
    "iri", "label", "verdict", "strength", "statements", "supported_by", "supporting_statements",
    "argued_against_by", "statements_against", "inferred", "background", "needs", "documents",
    "graph", "basis", "origins", "origin_standing", "origin_statements",
)  # fmt: skip
"""The columns; several values in a cell are parted by a semicolon and a blank."""
NO_VERDICT: Final = "no verdict"
"""What stands for the verdict where a row is about the case and not about a cause."""


def to_csv(answer: Answer) -> str:
    """The causes as comma-separated values (RFC 4180), with a line of column names.

    What limits the answer opens it, in rows without a cause: a table without rows would read as if
    nothing could be the cause.
    """
    import csv
    import io

    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(
        {column: _cell(cell) for column, cell in row.items()}
        for row in (*_limits(answer), *(_row(cause, answer) for cause in answer.causes))
    )
    return written.getvalue()


Cells = dict[str, str | Iterable[str]]


def _limits(answer: Answer) -> Iterator[Cells]:
    """Rows that say why causes are missing or what was not used."""
    common: Cells = {"verdict": NO_VERDICT, "graph": answer.graph}
    for each in answer.scope:
        ids: Cells = {"statements": each.statements, "background": each.background}
        yield {**common, **ids, "iri": each.iri, "label": each.text}
    yield from ({**common, "label": each.text} for each in answer.conflicts)


def _row(cause: Cause, answer: Answer) -> Cells:
    arguments = (*cause.supports, *cause.against)
    used = (*cause.statements, *used_statements(arguments))
    of_cause = {each.iri for each in cause.origins}
    origins = [each for each in answer.origins if each.iri in of_cause]
    spoken = [each for origin in origins for each in (*origin.supports, *origin.against)]
    return {
        "iri": cause.iri,
        "label": cause.label,
        "verdict": cause.verdict.value,
        "strength": cause.strength,
        "statements": cause.statements,
        "supported_by": (argument.finding.label for argument in cause.supports),
        "supporting_statements": used_statements(cause.supports),
        "argued_against_by": (argument.finding.label for argument in cause.against),
        "statements_against": (*cause.counter, *used_statements(cause.against)),
        "inferred": "yes" if any(argument.inferred for argument in arguments) else "no",
        "background": (*used_background(arguments), *cause.origin_background),
        "needs": (need.datum.label for need in cause.needs),
        "documents": (answer.statements[e].document for e in used if e in answer.statements),
        "graph": answer.graph,
        "basis": cause.basis.value,
        "origins": (each.label for each in origins),
        "origin_standing": (each.standing.value for each in origins),
        "origin_statements": used_statements(spoken),
    }


def _cell(values: str | Iterable[str]) -> str:
    return values if isinstance(values, str) else "; ".join(each_once(values))
