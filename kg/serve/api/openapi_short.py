"""The same description in short, for programs with little room: the queries are one path.

It is made of the whole one, so that they cannot differ. A case is described in full; of what is
answered it says where its schema is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Json = dict[str, Any]

_ANY: Final[Json] = {"type": "object", "description": "`kg schema` prints its schema."}
_KEPT: Final = ("problem", "case", "claims")


def shorten(whole: Json) -> Json:
    """The whole description with one path for all queries, and without what is answered."""
    paths = whole["paths"]
    queries = {path: each for path, each in paths.items() if _is_query(each)}
    others = {path: _without_answers(each) for path, each in paths.items() if path not in queries}
    schemas = {
        name: each
        for name, each in whole["components"]["schemas"].items()
        if name.partition(".")[0] in _KEPT
    }
    return {
        **whole,
        "paths": {**others, "/api/{name}": {"get": _any_query(queries)}},
        "components": {"schemas": schemas, "responses": whole["components"]["responses"]},
    }


def _is_query(path: Mapping[str, Any]) -> bool:
    return str(path.get("get", {}).get("operationId", "")).startswith("query_")


def _any_query(queries: Mapping[str, Any]) -> Json:
    """One operation for all queries: what each asks, and the names of its parameters."""
    names = [path.rpartition("/")[2] for path in queries]
    described = (
        f"- `{name}` {each['get']['summary']}{_takes(each['get']['parameters'])}"
        for name, each in zip(names, queries.values(), strict=True)
    )
    name = {"in": "path", "name": "name", "required": True, "schema": {"enum": names}}
    return {
        "operationId": "query",
        "summary": "The rows of a query",
        "description": "\n".join(described),
        "parameters": [name],
        "responses": {"200": {"description": "The rows, whole"}, "default": _PROBLEM},
    }


def _takes(parameters: list[Json]) -> str:
    names = [each["name"] for each in parameters if each["name"] != "format"]
    return f" ({', '.join(names)})" if names else ""


_PROBLEM: Final[Json] = {"$ref": "#/components/responses/400"}


def _without_answers(value: Any) -> Any:  # noqa: ANN401 - any part of the description
    """The same, with any object in place of a schema that is not kept."""
    if isinstance(value, list):
        return [_without_answers(each) for each in value]
    if not isinstance(value, dict):
        return value
    name = str(value.get("$ref", "")).removeprefix("#/components/schemas/")
    if "$ref" in value and "/" not in name and name.partition(".")[0] not in _KEPT:
        return _ANY
    return {key: _without_answers(each) for key, each in value.items()}
