"""Claims of plain values, in the form of `kg schema claims`, and where one cannot be read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import msgspec

from kg.audit.model import Claim, ClaimError, Figure
from kg.model.characters import WANTED, find_half
from kg.model.terms import quoted

MOST: Final = 10_000
"""So many claims are taken at once."""
_LISTS: Final = ("population", "conditions", "cites", "numbers")
_THREE: Final = "an object with subject, relation and object, each a text"
_WANTED: Final[Mapping[str, str]] = {
    **dict.fromkeys(_LISTS, "a list of texts"),
    "numbers": "a list of objects, each with its value",
}
"""What the fields take that are no texts."""
_EXAMPLE: Final = '{"claims": [{"subject": TERM, "relation": PREDICATE, "object": TERM}]}'


def parse_claims(text: str) -> tuple[Claim, ...]:
    """The claims of a JSON text."""
    try:
        return read_claims(json.loads(text, parse_float=Decimal))
    except (ValueError, RecursionError) as error:
        raise ClaimError("claims", f"not JSON ({error})", _EXAMPLE) from None


def read_claims(document: object) -> tuple[Claim, ...]:
    """Claims of plain values: a list of them, or an object that has it as `claims`.

    ClaimError with the place, what was found there and what is wanted. One text is taken for a
    list of one.
    """
    found = document.get("claims") if isinstance(document, Mapping) else document
    if isinstance(document, Mapping) and set(document) != {"claims"}:
        keys = ", ".join(map(str, document)) or "no keys"
        raise ClaimError("claims", keys, f"an object such as {_EXAMPLE}")
    if not isinstance(found, list | tuple):
        raise ClaimError("claims", _kind(found), f"a list, such as {_EXAMPLE}")
    half = find_half(found, "claims")
    if half is not None:
        raise ClaimError(half.place, f"half of a character, {half.code}", WANTED)
    if len(found) > MOST:
        raise ClaimError("claims", f"{len(found)} of them", f"at most {MOST} at once")
    return tuple(read_claim(each, f"claims[{place}]") for place, each in enumerate(found))


def read_claim(value: object, place: str) -> Claim:
    """A claim of plain values; ClaimError as of many."""
    if not isinstance(value, Mapping):
        raise ClaimError(place, _kind(value), _THREE)
    _check_keys(value, Claim, place)
    given = {key: _listed(each) if key in _LISTS else each for key, each in value.items()}
    if "numbers" in given:
        figures = enumerate(given["numbers"])
        given["numbers"] = [_figure(each, f"{place}.numbers[{number}]") for number, each in figures]
    try:
        claim = msgspec.convert(given, Claim)
    except msgspec.ValidationError as error:
        told, where = _told(error)
        at = f"{place}.{where}" if where else place
        field = where.partition("[")[0].partition(".")[0]
        raise ClaimError(at, told, _WANTED.get(field, "a text") if field else _THREE) from None
    empty = [name for name in ("subject", "relation", "object") if not getattr(claim, name).strip()]
    if empty:
        raise ClaimError(f"{place}.{empty[0]}", "nothing", "the name or IRI of a term")
    return claim


def _figure(value: object, place: str) -> object:
    """A figure with its numbers as texts: a program may hold them as numbers."""
    if not isinstance(value, Mapping):
        return value
    _check_keys(value, Figure, place)
    return {
        key: str(each) if isinstance(each, int | float | Decimal) and each is not True else each
        for key, each in value.items()
    }


def _check_keys(value: Mapping[str, object], of: type[msgspec.Struct], place: str) -> None:
    """Refuse a key that means nothing: a qualifier that is not read would pass unchecked."""
    unknown = [key for key in value if key not in of.__struct_fields__]
    if unknown:
        keys = ", ".join(of.__struct_fields__)
        raise ClaimError(place, f"the key {quoted(str(unknown[0]))}", f"keys among: {keys}")


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _told(error: msgspec.ValidationError) -> tuple[str, str]:
    """What a reader of values says of one, and the place that it says it of."""
    message, _, place = str(error).partition(" - at ")
    return message, place.strip("`").removeprefix("$").removeprefix(".")


def _kind(value: object) -> str:
    names = {dict: "an object", str: "a text", type(None): "nothing", bool: "true or false"}
    return names.get(
        type(value), "a number" if isinstance(value, int | float | Decimal) else "a list"
    )
