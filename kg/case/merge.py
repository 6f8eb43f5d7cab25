"""What is typed beside a record, as one case with it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, cast

from msgspec import Struct

from kg.case.document import Document
from kg.case.model import Contradiction, LabResult
from kg.case.parse import Options
from kg.case.ranges import RangeTable
from kg.case.series import Unread
from kg.model.spelling import fold

_LISTS: Final = ("conditions", "drugs", "absent", "unknown", "labs")
_ONCE: Final = ("age", "sex")
_OWN: Final = ("date", "question")
"""What only the typed part says."""


class Beside(Struct, frozen=True):
    """What stands beside a case."""

    typed: Options | None = None
    """What was typed beside it."""
    ranges: RangeTable | None = None
    """Reference ranges for results that have none."""
    unread: tuple[Unread, ...] = ()
    """Results that are there and could not be used: where one is the newest, none older is."""
    broken: tuple[LabResult, ...] = ()
    """Typed results that cannot be read, each with what is wrong with it."""


NOTHING: Final = Beside()


class Merged(Struct, frozen=True):
    """Two cases as one."""

    document: Document
    typed: tuple[str, ...]
    """The results as an answer is to repeat them; empty where it writes them itself."""
    contradictions: tuple[Contradiction, ...] = ()


def merge(
    record: Document, beside: Document, labs: Sequence[str], where: str = "the record"
) -> Merged:
    """A record with what was typed beside it, `labs` the results of that as they were typed.

    An age or a sex that is given twice and differs is a contradiction, and neither is used; it
    says `where` the first one stands.
    """
    both = {key: [*_list(record, key), *_list(beside, key)] for key in _LISTS}
    document: dict[str, object] = {**record, **{key: each for key, each in both.items() if each}}
    clashing = []
    for key in _ONCE:
        one, other = record.get(key), beside.get(key)
        if one is not None and other is not None and _plain(one) != _plain(other):
            clashing.append(_differing(key, str(one), str(other), where))
            document.pop(key)
        elif other is not None:
            document[key] = other
    document |= {key: beside[key] for key in _OWN if key in beside}
    texts = (*[""] * len(record.get("labs", ())), *labs)
    return Merged(cast("Document", document), texts, tuple(clashing))


def _list(case: Document, key: str) -> Sequence[object]:
    return cast("Sequence[object]", case.get(key, ()))


def _plain(value: object) -> object:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return fold(str(value))


def _differing(key: str, one: str, other: str, where: str) -> Contradiction:
    return Contradiction(
        (f"{key} {one}, in {where}", f"{key} {other}, as given"),
        f"The {key} is {one} in {where} and {other} as given beside it; neither was used.",
    )
