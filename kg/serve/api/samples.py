"""For a place of a case that cannot be read: what was found, and a value that can stand there.

What was found is told by its form alone, for nothing that was sent is repeated. Names come from the
graph, and other values from the schema of a case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from kg.model.terms import Kind, Lexicon
from kg.show.data import schema_text

SCHEMA: Final[Mapping[str, Any]] = json.loads(schema_text("case"))
"""What a case can hold."""
_PLACE: Final = re.compile(r"(\w+)(?:\[(\d+)\])?(?:\.(\w+))?")
_MOST_SHOWN: Final = 20
_NAMED: Final = ("conditions", "absent", "unknown")
"""The lists of names; those of drugs, and of results, have entries of their own."""


def value_at(document: Mapping[str, Any], at: str) -> object:
    """What stands at a place such as `labs[0].value`; KeyError where there is none."""
    match = _PLACE.fullmatch(at)
    if match is None:
        raise KeyError(at)
    key, number, field = match.groups()
    value = document[key]
    if number is not None:
        value = value[int(number)]
    return value if field is None else value[field]


def form_of(value: object, keys: frozenset[str]) -> str:  # noqa: PLR0911 - one for each sort
    """The form of a value, without what it says: letters are `a` and digits are `9`.

    Of an object the keys that the schema has are named, and the others counted.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float() | Decimal():
            return "a number"
        case str():
            letters = re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", value[:_MOST_SHOWN]))
            return f"a text of the form {letters!r}" if value.strip() else "an empty text"
        case list():
            return f"a list of {len(value)}"
        case dict():
            known = sorted(value.keys() & keys)
            others = len(value) - len(known)
            named = [*known, *([f"{others} other"] if others else [])]
            return f"an object with {', '.join(named) or 'nothing in it'}"
    return "something else"


class Samples:
    """Values that can stand at the places of a case."""

    def __init__(self, words: Lexicon) -> None:
        self._schema = SCHEMA
        marker = words.entries[min(words.asked)]
        self._names = {
            "condition": words.of_kind(Kind.CONDITION)[0].label,
            "drug": words.of_kind(Kind.DRUG)[0].label,
            "marker": marker.label,
            "unit": marker.units[0],
            "rangeUnit": marker.units[0],
        }

    @property
    def marker(self) -> str:
        """A measurement that the graph can be asked about."""
        return self._names["marker"]

    def case(self) -> dict[str, object]:
        """A whole case."""
        return {key: self.at(key, {}) for key in ("conditions", "labs")}

    def at(self, at: str, document: Mapping[str, Any]) -> object:
        """A value that can stand at a place of a case; None where the place is better left out."""
        match = _PLACE.fullmatch(at)
        if match is None:
            return self.case()
        key, number, field = match.groups()
        if field is not None:
            return self._field(key, field, document)
        entry = self._entry(key)
        return [entry] if number is None and key in (*_NAMED, "drugs", "labs") else entry

    def _entry(self, key: str) -> object:
        if key in _NAMED:
            return self._names["condition"]
        if key == "drugs":
            return self._names["drug"]
        if key == "labs":
            return {"marker": self._names["marker"], "state": self._example("flagged", "state")}
        if key == "question":
            return f"causes of high {self._names['marker']}"
        return self._value(self._schema["properties"][key])

    def _field(self, key: str, field: str, document: Mapping[str, Any]) -> object:
        if field == "duringTreatment":
            given = document.get("drugs")
            first = given[0] if isinstance(given, list) and given else None
            return first.get("drug") if isinstance(first, dict) else first
        if field in self._names:
            return self._names[field]
        if key == "labs":
            flagged = self._schema["$defs"]["flagged"]["properties"]
            return self._example("flagged" if field in flagged else "measured", field)
        forms = self._schema["properties"][key]["items"]["oneOf"]
        return self._value(forms[1]["properties"][field])

    def _example(self, kind: str, field: str) -> object:
        return self._value(self._schema["$defs"][kind]["properties"][field])

    def _value(self, schema: Mapping[str, Any]) -> object:
        """The first example of a schema, or the first value that it lists."""
        name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
        whole = {**self._schema["$defs"].get(name, {}), **schema}
        if whole.get("type") == "boolean":
            return True
        return [*whole.get("examples", ()), *whole.get("enum", ())][0]
