"""Reference ranges from ObservationDefinitions, as FHIR R4 and R5 write them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from kg.case.fhir.builder import RefusedError, Resource, Table
from kg.case.fhir.codes import Codes
from kg.case.fhir.ranges import YEARS
from kg.case.fhir.resources import check_whole, codings, number, read_resources, table, tables, text
from kg.case.ranges import RangeRow, RangeTable, check_row, make_table
from kg.model.errors import UsageError
from kg.model.terms import Entry, Kind, Lexicon
from kg.model.vocabulary import EG

_REFERENCE: Final = ("", "reference")


def read_definitions(written: str, lexicon: Lexicon, name: str) -> RangeTable:
    """The ranges of a file of ObservationDefinitions; UsageError where it has none to use.

    Definitions of other measurements, and ranges for patients that are described in another way
    than by sex and age, are left out.
    """
    codes = Codes(lexicon)
    found: list[RangeRow] = []
    for resource in read_resources(written):
        if resource.kind != "ObservationDefinition":
            raise UsageError(
                f"{name} holds a {resource.kind}; wanted ObservationDefinitions, or a table."
            )
        where = f"{name}, {resource.named}"
        try:
            found += [check_row(row, where) for row in _rows(resource, codes, lexicon)]
        except RefusedError:
            continue
    return make_table(name, found)


def _rows(resource: Resource, codes: Codes, lexicon: Lexicon) -> Iterator[RangeRow]:
    data = resource.data
    check_whole(resource)
    if text(data, "status") in ("retired", "entered-in-error"):
        return
    marker = codes.match(table(data, "code")).entry
    if marker.kind is not Kind.MARKER:
        return
    unit = _unit(data)
    for given in (*tables(data, "qualifiedInterval"), *tables(data, "qualifiedValue")):
        row = _row(given, marker, unit, lexicon)
        if row is not None:
            yield row


def _row(given: Table, marker: Entry, unit: str, lexicon: Lexicon) -> RangeRow | None:
    """The range of a qualified interval; None where it is none of healthy people by sex and age."""
    kind = text(given, "category") or text(given, "rangeCategory")
    within = table(given, "range")
    context = table(given, "context")
    normal = context is None or any(code == "normal" for _, code, _ in codings(context))
    words = lexicon.states(EG.Case)
    sex = text(given, "gender")
    if kind not in _REFERENCE or within is None or not normal or (sex and sex not in words):
        return None
    if given.get("appliesTo") or given.get("condition") or given.get("gestationalAge"):
        return None
    youngest, oldest = _ages(table(given, "age"))
    parts = [table(within, key) or {} for key in ("low", "high")]
    low, high = (number(each, "value") for each in parts)
    own = {text(each, "code") or text(each, "unit") for each in parts} - {""}
    if len(own) > 1:
        raise RefusedError("the limits of a range are in two units")
    return RangeRow(marker, own.pop() if own else unit, low, high, sex, youngest, oldest)


def _ages(age: Table | None) -> tuple[int, int | None]:
    """The youngest and the oldest age in whole years; RefusedError where it is not in years."""
    if age is None:
        return 0, None
    ends = [table(age, key) for key in ("low", "high")]
    units = {text(each, "code") or text(each, "unit") for each in ends if each is not None}
    if not units <= YEARS:
        raise RefusedError("an age is not in years")
    youngest, oldest = (None if each is None else number(each, "value") for each in ends)
    return int(youngest or Decimal(0)), None if oldest is None else int(oldest)


def _unit(data: Table) -> str:
    """The unit of a measurement, as R4 writes it or as R5 does."""
    details = table(data, "quantitativeDetails")
    concept = None if details is None else table(details, "unit")
    if concept is not None:
        return next((code or shown for _, code, shown in codings(concept)), text(concept, "text"))
    permitted = tables(data, "permittedUnit")
    return text(permitted[0], "code") if len(permitted) == 1 else ""
