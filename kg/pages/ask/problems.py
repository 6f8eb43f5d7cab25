"""What is wrong with a form, beside the field that it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from kg.model.errors import AmbiguousQuestionError, KGError

_AT: Final = re.compile(r"(\w+)(\[\d+\])?(?:\.(\w+))?")
FORM: Final = "form"
"""Where stands what is wrong with the whole of it."""


class Problem(Struct, frozen=True):
    """Why something cannot be read, and what is wanted there."""

    why: str
    wanted: str = ""
    names: tuple[str, ...] = ()
    """What may have been meant."""


Found = Mapping[str, tuple[Problem, ...]]


def placed(faults: Iterable[Mapping[str, object]], places: Mapping[str, str]) -> Found:
    """Each fault by the row and field of the form; `places` say which row was which entry."""
    found: dict[str, tuple[Problem, ...]] = {}
    for fault in faults:
        names = fault.get("names", [])
        problem = Problem(
            str(fault["why"]),
            str(fault.get("wanted", "")),
            tuple(map(str, names)) if isinstance(names, list) else (),
        )
        where = _where(str(fault["at"]), places)
        found[where] = (*found.get(where, ()), problem)
    return found


def _where(at: str, places: Mapping[str, str]) -> str:
    match = _AT.fullmatch(at)
    if match is None:
        return FORM
    row = places.get(f"{match[1]}{match[2]}", FORM) if match[2] else match[1]
    return f"{row} {match[3]}" if match[3] and row != FORM else row


def of_question(error: KGError) -> Found:
    """Why a question in words is not read, with its readings where there are several."""
    if isinstance(error, AmbiguousQuestionError):
        ways = [
            f"{meaning}: {reading}"
            for meaning, reading in zip(error.meanings, error.readings, strict=True)
        ]
        return {"question": (Problem("It has more than one reading", names=tuple(ways)),)}
    return {"question": (Problem(error.message),)}


def of_record(error: KGError) -> Found:
    """Why a record is not read."""
    return {"record": (Problem(error.message),)}
