"""The shipped queries as an interface: one address for each, with typed parameters.

What type a parameter has is said by the values that stand in its query. What a client sent is
never repeated in an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Final

from starlette.requests import Request

from kg.model import resources
from kg.model.errors import ParameterError, UnknownTermError
from kg.model.rdf import rebase
from kg.model.resources import queries_dir
from kg.model.vocabulary import BASE, IRI, XSD, Literal, Term, expand, short_text_of
from kg.serve.http.responses import PUBLIC, Problem, Reply, etag_of
from kg.serve.sparql import protocol
from kg.serve.sparql.protocol import MOST_REMEMBERED, QueryRequest
from kg.store.queries import Parameter, Query, bind, catalogue, check_leading

_FOLDER: Final = "ask/"
_FORMAT: Final = "format"


async def list_queries(_: Request) -> Reply:
    """Every query with its parameters."""
    body = _list()
    return Reply(body, "application/json", etag=etag_of(body), cache=PUBLIC)


async def run_query(request: Request) -> Reply:
    """The result of the query that the address names."""
    query = queries().get(request.path_params["name"])
    if query is None:
        raise Problem(404, "No such query", "there is no query of that name; /api lists them.")
    address: bytes = request.scope["query_string"]
    accept = request.headers.get("accept")
    read = _read_once if len(address) + len(accept or "") <= MOST_REMEMBERED else _read
    return await protocol.result(request, read(query.name, address, accept))


@cache
def queries() -> Mapping[str, Query]:
    """The queries that can be asked here, by the last part of their name."""
    every = catalogue(queries_dir()).items()
    return {name.removeprefix(_FOLDER): query for name, query in every if name.startswith(_FOLDER)}


def _read(name: str, address: bytes, accept: str | None) -> QueryRequest:
    """What an address asks of a query; a Problem where its parameters do not fit."""
    fields = protocol.fields_of(address)
    form = {_FORMAT: fields.pop(_FORMAT)} if _FORMAT in fields else {}
    text = bind_fields(queries()[name.removeprefix(_FOLDER)], fields)
    moved = rebase(text, resources.publishing_base() or BASE)
    return protocol.read({"query": [moved], **form}, accept)


_read_once = lru_cache(maxsize=1024)(_read)


@cache
def _list() -> bytes:
    every = [
        {
            "name": name,
            "path": f"/api/{name}",
            "summary": query.summary,
            "description": query.description,
            "tags": list(query.tags),
            "parameters": [_describe(each) for each in query.parameters.values()],
        }
        for name, query in queries().items()
    ]
    body = {
        "openapi": "/api/openapi.json",
        "openapi_short": "/api/openapi.json?form=short",
        "case": "/api/case",
        "cases": "/api/cases",
        "check": "/api/check",
        "queries": every,
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode() + b"\n"


def _describe(parameter: Parameter) -> dict[str, object]:
    return {
        "name": parameter.name,
        "type": type_of(parameter),
        "default": [short_text_of(each) for each in parameter.defaults],
        "may_be_empty": parameter.may_be_empty,
    }


# ── Parameters ──────────────────────────────────────────────────────────────────────────────

_PATTERNS: Final[Mapping[IRI, tuple[str, str]]] = {
    XSD.integer: ("integer", r"[+-]?[0-9]{1,18}"),
    XSD.decimal: ("number", r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})"),
    XSD.boolean: ("boolean", r"true|false"),
}
"""The JSON Schema type of a datatype, and how its values are written."""
_WANTED: Final = {
    "iri": "an IRI, such as eg:name, <https://example.org/x> or https://example.org/x",
    "integer": "a whole number",
    "number": "a decimal number",
    "boolean": "true or false",
}


def type_of(parameter: Parameter) -> str:
    """What a parameter takes: `iri`, `integer`, `number`, `boolean` or `text`."""
    if not parameter.defaults or isinstance(parameter.defaults[0], IRI):
        return "iri"
    return _PATTERNS.get(parameter.defaults[0].datatype, ("text", ""))[0]


def bind_fields(query: Query, given: Mapping[str, Sequence[str]]) -> str:
    """The text of a query with what an address gives; a Problem where that does not fit."""
    unknown = given.keys() - query.parameters.keys()
    if unknown:
        known = ", ".join(query.parameters) or "none"
        name = query.name.rpartition("/")[2]
        raise _misfit(f"{name} has no such parameter; its parameters: {known}.")
    terms: dict[str, list[Term]] = {}
    for name, texts in given.items():
        parameter = query.parameters[name]
        terms[name] = [_read_term(parameter, text) for text in texts if text]
        if not terms[name] and not parameter.may_be_empty:
            raise _misfit(f"the parameter {name} wants at least one value.")
    try:
        check_leading(query, terms)
    except ParameterError as error:
        raise _misfit(error.message) from None
    try:
        return bind(query, terms)
    except ParameterError:
        raise _misfit("a value is not one that can stand in a query.") from None


def _read_term(parameter: Parameter, text: str) -> Term:
    kind = type_of(parameter)
    if kind == "iri":
        try:
            return expand(text.strip())
        except UnknownTermError:
            raise _unreadable(parameter, kind) from None
    default = parameter.defaults[0]
    assert isinstance(default, Literal)  # noqa: S101 - what the type says
    if kind != "text" and not re.fullmatch(_PATTERNS[default.datatype][1], text):
        raise _unreadable(parameter, kind)
    return default._replace(value=text)


def _unreadable(parameter: Parameter, kind: str) -> Problem:
    return _misfit(f"a value of {parameter.name} cannot be read; wanted: {_WANTED[kind]}.")


def _misfit(detail: str) -> Problem:
    return Problem(400, "The parameters do not fit", detail)
