"""Results as they are typed: a name, what was found, and perhaps a date or a mark behind it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from kg.case.labs import ABNORMAL, Reported, flag_word, read_result
from kg.case.ranges import HIGH, LOW, NORMAL, typed_range
from kg.case.results import LabResult
from kg.model.errors import LabFormatError
from kg.model.terms import Entry, Kind, Lexicon, fold, quoted

_VALUE: Final = re.compile(
    r"(?P<comparator><=|>=|[<>≤≥])?\s*"
    r"(?P<number>[+−-]?[\d.,]+(?:[eE][+-]?\d+)?|[+-]?[A-Za-z]+\b)"  # noqa: RUF001
    r"\s*(?P<unit>[^()]*?)\s*(?:\((?P<range>[^()]*)\)\s*(?P<flag>[A-Za-z]*))?",
    re.DOTALL,
)
_LONGEST: Final = 500
_NO_NUMBERS: Final = frozenset({"nan", "inf", "infinity", "+inf", "-inf", "+nan"})


def parse_lab(text: str, lexicon: Lexicon) -> LabResult:
    """The result in `NAME=high|normal|low` or `NAME=VALUE UNIT(LOW-HIGH)`.

    A date, `baseline` or a flag may stand behind it: `NAME=VALUE UNIT(LOW-HIGH)@DATE;baseline`.
    """
    name, result = split_typed(text)
    marker = lexicon.find(name, Kind.MARKER)
    return read_result(marker, parse_reported(result, marker, lexicon, text), lexicon, text)


def split_typed(text: str) -> tuple[str, str]:
    """The name of a measurement and its result, as typed around an equals sign."""
    if len(text) > _LONGEST:
        raise LabFormatError(
            f"{quoted(text)} has {len(text)} characters; of a result at most {_LONGEST} are read."
        )
    name, equals, result = text.partition("=")
    if not equals or not name.strip() or not result.strip():
        raise LabFormatError(
            f"{quoted(text)} is no result; wanted NAME=high, NAME=normal, NAME=low, "
            "or NAME=VALUE UNIT(LOW-HIGH), each perhaps with @DATE."
        )
    return name.strip(), result.strip()


def parse_reported(result: str, marker: Entry, lexicon: Lexicon, given: str) -> Reported:
    """The parts of a result as it is typed."""
    first, *marks = result.split(";")
    typed, dates = [], []
    for part in (first, *marks):
        before, at, date = part.partition("@")
        typed.append(before.strip())
        dates += [date.strip()] if at else []
    if len(dates) > 1 or "" in dates:
        raise LabFormatError(f"{quoted(given)}: wanted one date behind one @.")
    flags = [mark for mark in typed[1:] if fold(mark) != "baseline"]
    parts = _parts(typed[0], marker, lexicon, given)
    flags += [parts.flag] if parts.flag else []
    if len({fold(flag) for flag in flags}) > 1 or "" in flags:
        raise LabFormatError(f"{quoted(given)}: wanted one flag, or baseline, behind each ';'.")
    return replace(
        parts,
        flag=flags[0] if flags else "",
        date=dates[0] if dates else "",
        baseline=len(flags) - bool(parts.flag) < len(marks),
    )


def _parts(typed: str, marker: Entry, lexicon: Lexicon, given: str) -> Reported:
    states = lexicon.states(marker.iri)
    if flag_word(typed) in (*states, HIGH, LOW, NORMAL, ABNORMAL):
        return Reported(flag=typed)
    match = _VALUE.fullmatch(typed)
    if match is None or (
        match["number"].lstrip("+-")[0].isalpha() and fold(match["number"]) not in _NO_NUMBERS
    ):
        raise LabFormatError(
            f"{quoted(given)}: {quoted(typed)} is neither {', '.join(states)} nor a value; "
            "wanted VALUE UNIT(LOW-HIGH)."
        )
    low, high, range_unit = "", "", ""
    if match["range"] and match["range"].strip():
        low, high, range_unit = typed_range(match["range"], given)
    return Reported(
        match["number"],
        match["unit"].strip(),
        low,
        high,
        range_unit,
        match["comparator"] or "",
        match["flag"] or "",
    )
