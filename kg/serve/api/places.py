"""Where a case that was sent cannot be read: every field at fault and no other, and what is wanted.

Each part is tried as a case of its own, so that one is not blamed for what stands beside it.
Nothing that was sent is repeated: a place is a key of the schema and a number, and what is wanted
is what the schema says of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from kg.case import resolve_case
from kg.case.dates import is_day
from kg.model.errors import (
    AmbiguousTermError,
    KGError,
    LabFormatError,
    QuestionError,
    UnknownTermError,
)
from kg.model.terms import Kind, Lexicon
from kg.show.data import schema_text

SCHEMA: Final[Mapping[str, Any]] = json.loads(schema_text("case"))
"""What a case can hold."""
_PLACE: Final = re.compile(r"(\w+)(?:\[(\d+)\])?(?:\.(\w+))?")
_MOST_LETTERS: Final = 20
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
            letters = re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", value[:_MOST_LETTERS]))
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


_DEFINED: Final[Mapping[str, Any]] = SCHEMA["$defs"]
_DRUG: Final[Mapping[str, Any]] = SCHEMA["properties"]["drugs"]["items"]["oneOf"][1]["properties"]
_LAB: Final[Mapping[str, Any]] = {
    **_DEFINED["flagged"]["properties"],
    **_DEFINED["measured"]["properties"],
}
KEYS: Final = frozenset(SCHEMA["properties"])
"""The keys of a case; another key is not named, for it may be anything."""
_FIELDS: Final[Mapping[str, Mapping[str, Any]]] = {"drugs": _DRUG, "labs": _LAB}
_ONSET: Final = SCHEMA["properties"]["conditions"]["items"]["oneOf"][1]["properties"]
_ALL_KEYS: Final = KEYS.union(_ONSET, *_FIELDS.values())
_LATER: Final = "the day that is asked about is still to come"
_MOST_TRIED: Final = 2_000
"""Entries of a case that are tried one by one."""

Place = dict[str, object]
"""`at`, a place such as `drugs[0].start`; `why`; `found`, the form of what stands there; `wanted`;
an `example` that can stand there; `keys`, where others have to go; and `names` that may be meant.
"""


def find_places(document: object, words: Lexicon, today: date) -> list[Place]:
    """Every place of a case that cannot be read; none where only the whole of it cannot."""
    if not isinstance(document, dict):
        return []
    found = list(_Finder(words, today).places(document))
    if document.keys() - KEYS:
        why = "it has a key that a case does not have"
        found.append({"at": "the case", "why": why, "wanted": _listed(KEYS), "keys": sorted(KEYS)})
    samples = Samples(words)
    return [{**each, **_shown(each, document, samples)} for each in found]


def _shown(place: Place, document: dict[str, Any], samples: Samples) -> Place:
    """The form of what stands at a place, and what can stand there, where that is one value."""
    at = str(place["at"])
    whole = at == "the case"
    found = form_of(document if whole else value_at(document, at), _ALL_KEYS)
    example = samples.at(at, document)
    if place.get("names"):
        example = place["names"][0]  # type: ignore[index] # it is a list, as `_nearest` made it
    return {"found": found, **({"example": example} if example is not None else {})}


class _Finder:
    """Tries the parts of a case."""

    def __init__(self, words: Lexicon, today: date) -> None:
        self._words = words
        self._today = today
        self._marker = next(iter(sorted(words.asked)))
        self._left = _MOST_TRIED

    def places(self, document: Mapping[str, object]) -> Iterator[Place]:
        """The places at fault, in the order of the case."""
        drugs = [each for each in _entries(document, "drugs") if not self._fault(drugs=[each])]
        for key in (key for key in document if key in KEYS):
            value = document[key]
            if not isinstance(value, list):
                found = _told(key, self._fault(**{key: value}), SCHEMA["properties"][key])
                is_later = key == "date" and isinstance(value, str) and is_day(value)
                yield from ({**each, "why": _LATER} if is_later else each for each in found)
                continue
            beside = {"drugs": drugs} if key == "labs" else {}
            for number, entry in enumerate(value[: self._left]):
                error = self._fault(**beside, **{key: [entry]})
                if error is not None:
                    yield from self._entry(f"{key}[{number}]", key, entry, error)
            self._left -= min(self._left, len(value))

    def _entry(self, at: str, key: str, entry: object, error: KGError) -> Iterator[Place]:
        """The fields at fault of an entry; the entry where it is none of them for itself."""
        fields = _FIELDS.get(key, {})
        inner: list[Place] = []
        if isinstance(entry, dict):
            for name in (name for name in entry if name in fields):
                fault = self._fault(**{key: [self._with(key, name, entry[name])]})
                inner += _told(f"{at}.{name}", fault, fields[name])
            if fields and entry.keys() - fields.keys():
                why = f"it has a key that one of {key} does not have"
                listed = {"wanted": _listed(fields), "keys": sorted(fields)}
                inner.append({"at": at, "why": why, **listed})
            if not inner and "duringTreatment" in entry:
                inner += _told(f"{at}.duringTreatment", error, fields["duringTreatment"])
        yield from inner or _told(at, error, _shape(key))

    def _with(self, key: str, name: str, value: object) -> Mapping[str, object]:
        """An entry that is sound but for one field, if that is not."""
        if key == "drugs":
            return {"drug": "x", name: value}
        if name == "duringTreatment":  # it needs the drug beside it, and is tried with the whole
            return {"marker": self._marker, "state": "high"}
        rest = {"marker": {"state": "high"}, "state": {}}.get(name, {"value": "1"})
        return {"marker": self._marker, **rest, name: value}

    def _fault(self, **part: object) -> KGError | None:
        """Why a case of these keys cannot be read; None where it can."""
        try:
            resolve_case(part, self._words, today=self._today)
        except KGError as error:
            return error
        return None


def _told(at: str, error: KGError | None, schema: Mapping[str, Any]) -> Iterator[Place]:
    """The place of an error, if there is one, with what is wanted there."""
    if error is not None:
        wanted = _wanted(schema)
        more = {"wanted": wanted} if wanted else {}
        yield {"at": at, "why": _why(error), **more, **_nearest(error)}


def _entries(document: Mapping[str, object], key: str) -> list[object]:
    value = document.get(key, [])
    return value if isinstance(value, list) else []


def _wanted(schema: Mapping[str, Any]) -> str:
    """What the schema says of a place, in words."""
    own = str(schema.get("description", ""))
    form = _DEFINED.get(str(schema.get("$ref", "")).removeprefix("#/$defs/"), {})
    shared = str(form.get("description", ""))
    listed = _listed(schema["enum"]) if "enum" in schema else ""
    return " ".join(each for each in (own, listed, shared) if each)


def _shape(key: str) -> Mapping[str, Any]:
    """What the schema says of an entry of a list: a name, or the keys that it needs."""
    items: Mapping[str, Any] = SCHEMA["properties"][key]["items"]
    forms = [
        _DEFINED[each["$ref"].removeprefix("#/$defs/")] if "$ref" in each else each
        for each in items.get("oneOf", [items])
    ]
    needed = [" and ".join(each["required"]) for each in forms if "required" in each]
    if not needed:
        return items
    start = "A name as a text, or an" if any(e.get("type") == "string" for e in forms) else "An"
    return {"description": f"{start} object with {', or with '.join(needed)}."}


def _listed(names: Any) -> str:  # noqa: ANN401 - a list or a set, of JSON
    return f"One of: {', '.join(sorted(map(str, names)))}."


def _why(error: KGError) -> str:
    if isinstance(error, UnknownTermError):
        return "no term of the graph that may stand here is called so"
    if isinstance(error, AmbiguousTermError):
        return "the name has more than one reading"
    if isinstance(error, LabFormatError):
        return "the value is not of a form that can be read"
    if isinstance(error, QuestionError):
        return "nothing of one patient is read in the question"
    return "it is not of the form that the schema of a case has"


def _nearest(error: KGError) -> dict[str, object]:
    """Names of the graph that may be meant."""
    names = getattr(error, "suggestions", ()) or getattr(error, "choices", ())
    return {"names": list(names)} if names else {}
