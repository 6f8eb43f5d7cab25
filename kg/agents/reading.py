"""What is given to a tool, read by its schema.

It is read as generously as it can be told what is meant. What cannot be read is refused with the
name of the field, what was found, and what is wanted there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from kg.model.characters import check_characters
from kg.model.errors import UsageError

Json = dict[str, Any]
"""A JSON Schema, or a part of one."""
_MOST = 10
"""So many fields are named that there are not."""
_Given = TypeVar("_Given", bound=Struct)


def read(name: str, kind: type[_Given], arguments: Mapping[str, object]) -> _Given:
    """What was given to a tool; UsageError with the field, what was found, and what is wanted."""
    check_characters(arguments, name)
    fields = {each.encode_name: each for each in msgspec.structs.fields(kind)}
    schema: Json = schema_of(kind)["properties"]
    if unknown := [str(each) for each in arguments if each not in fields]:
        needed = (each for each, field in fields.items() if field.required)
        lacking = next((each for each in needed if each not in arguments), "")
        wanted = _wanted(lacking, schema.get(lacking, {}))
        raise UsageError(f"{_no_fields(name, unknown, list(fields))}{wanted}")
    meant = {each: _meant(value, schema[each]) for each, value in arguments.items()}
    kept = {each: value for each, value in meant.items() if value is not None}
    try:
        return msgspec.convert(kept, kind)
    except msgspec.ValidationError as error:
        raise UsageError(_told(name, str(error), schema)) from None


def _meant(value: object, schema: Json) -> object:
    """A list where one text was given, a list or an object as JSON text, a whole number as text."""
    if _types(schema) == {"string"} and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or "string" in _types(schema):
        return value
    try:
        parsed = json.loads(value)
    except ValueError:
        parsed = value
    parsed = value if not isinstance(parsed, list | dict) else parsed
    return [parsed] if "array" in _types(schema) and not isinstance(parsed, list) else parsed


def _types(schema: Json) -> set[str]:
    """The types of JSON that a field takes."""
    return {str(each.get("type")) for each in (schema, *schema.get("anyOf", ()))}


def _told(name: str, error: str, schema: Json) -> str:
    """What is wrong with what was given, and what is wanted, by the words of the field."""
    what, _, place = error.partition(" - at ")
    at = place.strip("`").removeprefix("$.")
    field = at.partition("[")[0].partition(".")[0]
    if field not in schema:  # one is missing, and the error names it
        field = next((each for each in schema if f"`{each}`" in what), "")
    return f"{name}{f', {at}' if at else ''}: {what}.{_wanted(field, schema.get(field, {}))}"


def _no_fields(name: str, given: list[str], fields: list[str]) -> str:
    near = {each: get_close_matches(each, fields, 1) for each in given[:_MOST]}
    told = (f"{each[:60]!r}{_hint(found)}" for each, found in near.items())
    return f"{name} takes no {', '.join(told)}. It takes: {', '.join(fields)}."


def _hint(near: list[str]) -> str:
    return f" (did you mean {near[0]!r}?)" if near else ""


def _wanted(field: str, schema: Json) -> str:
    """What a field takes, by its own words."""
    said = f" {field}: {schema['description']}" if "description" in schema else ""
    listed = f" One of: {', '.join(schema['enum'])}." if "enum" in schema else ""
    example = "".join(f" Example: {json.dumps(each)}." for each in schema.get("examples", ())[:1])
    return f"{said}{listed}{example}"


@lru_cache
def schema_of(kind: type[Struct]) -> Json:
    """The JSON Schema of a type: an object, without what a reader has no use for."""
    (found,), parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    root = parts.pop(found["$ref"].removeprefix("#/$defs/"))
    whole: Json = _plain(root)
    return whole | ({"$defs": _plain(parts)} if parts else {})


def _plain(schema: Any) -> Any:  # noqa: ANN401 - a part of a schema
    """Without titles and empty defaults, which repeat the names of the fields."""
    if isinstance(schema, dict):
        return {
            name: _plain(each)
            for name, each in schema.items()
            if not (name == "title" and isinstance(each, str))
            and not (name == "default" and each in ("", [], None))
        }
    return [_plain(each) for each in schema] if isinstance(schema, list) else schema
