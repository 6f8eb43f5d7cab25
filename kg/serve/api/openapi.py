"""The description of the interface, as OpenAPI 3.1: made from the queries and the schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from starlette.requests import Request

from kg.model.vocabulary import short_text_of
from kg.serve.api import cases
from kg.serve.api.catalogue import queries, type_of
from kg.serve.api.many import LINES
from kg.serve.api.openapi_short import shorten
from kg.serve.http.negotiation import forms_named
from kg.serve.http.responses import PROBLEM, PUBLIC, Problem, Reply, etag_of
from kg.serve.sparql.protocol import fields_of
from kg.serve.state import state_of
from kg.show import PARTS
from kg.show.data import schema_text
from kg.store.queries import Parameter, Query

Json = dict[str, Any]
"""A part of the description; its shape is OpenAPI's."""

SHORT: Final = "short"
"""What `form` says for a description in little room."""
_FORMATS: Final = ("json", "xml", "csv", "tsv")
_TYPES: Final[Mapping[str, Json]] = {
    "iri": {"type": "string", "format": "iri-reference"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "text": {"type": "string"},
}
_TROUBLES: Final = {
    "400": "The parameters do not fit",
    "403": "Not offered",
    "404": "Nothing here",
    "406": "No form of the answer that is wanted",
    "413": "Too much was sent, or the result is too large; no part of it is sent",
    "415": "Not a type that is read",
    "421": "The Host header names another server",
    "422": "It can be read and not be answered",
    "429": "The client has used up its share; Retry-After says when to come back",
    "503": "No room now; Retry-After says when to come back",
    "504": "It took too long",
}


async def document(request: Request) -> Reply:
    """The description of the interface; `?form=short` is one of at most 30 kB."""
    asked = fields_of(request.scope["query_string"])
    if asked and asked != {"form": [SHORT]}:
        detail = f"wanted in the address: nothing, or form={SHORT}."
        raise Problem(400, "Not a form of the description", detail)
    body = describe(state_of(request).settings.public_url, short=bool(asked))
    return Reply(body, "application/json", etag=etag_of(body), cache=PUBLIC)


@lru_cache(maxsize=4)
def describe(url: str, *, short: bool = False) -> bytes:
    """The description of the interface under an address."""
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "Etiograph",
            "version": _version(),
            "summary": "Questions to a clinical knowledge graph, and answers with their evidence",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": url}],
        "paths": dict(_paths()),
        "components": {"schemas": dict(_schemas()), "responses": dict(_responses())},
    }
    text = (
        json.dumps(shorten(whole), ensure_ascii=False, separators=(",", ":"))
        if short
        else json.dumps(whole, ensure_ascii=False, indent=1)
    )
    return text.encode() + b"\n"


def _paths() -> Iterator[tuple[str, Json]]:
    yield "/api", {"get": _plain("list", "Every query with its parameters")}
    yield "/api/openapi.json", {"get": _plain("describe", "This description")}
    for name, query in queries().items():
        yield f"/api/{name}", {"get": _query(name, query)}
    about = _text("about", "The finding that is asked about; by default the one that is shown.")
    assume = _text(
        "assume", "Conditions that an answer asks about, to be taken as present, parted by commas."
    )
    row = _text("row", "A row of the answer by its name, such as a cause.", required=True)
    detail = _text(
        "detail",
        f"How much of the answer: `{cases.BRIEF}` for few words as JSON, `{cases.FULL}` for all of "
        "it in any form; in text and Markdown what "
        f"is opened behind the page, parted by commas: {', '.join(PARTS)}.",
    )
    day = _day()
    supposed = _supposed()
    yield (
        "/api/case",
        {
            "post": _case(
                "ask", "The answer to a case", "answer", about, assume, day, detail, supposed
            )
        },
    )
    yield (
        "/api/case/why",
        {"post": _case("why", "Why a row stands", "proof", about, assume, row, day)},
    )
    yield "/api/cases", {"post": _many(about)}
    yield "/api/check", {"post": _check()}


def _check() -> Json:
    summary = "Whether the claims of somebody else say more than the statements"
    claims, text = {"schema": _reference("claims")}, {"schema": {"type": "string"}}
    bodies = dict(zip(cases.CLAIM_KINDS, (claims, text), strict=True))
    described = "The claims are in the body, and nothing of them is kept, logged or cached."
    return {"operationId": "check", **_sent(summary, described, bodies, _reference("audit"))}


def _plain(name: str, summary: str) -> Json:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {
        "operationId": name,
        "summary": summary,
        "responses": {
            "200": {"description": summary, "content": content},
            **_refusals("400", "421"),
        },
    }


# ── Queries ─────────────────────────────────────────────────────────────────────────────────


def _query(name: str, query: Query) -> Json:
    refused = ("400", "413", "421", "422", "429", "503", "504")
    rows = {
        "description": "The rows, whole",
        "headers": {"ETag": {"schema": {"type": "string"}}},
        "content": {media_type: {} for media_type in _media_types()},
    }
    return {
        "operationId": f"query_{name}",
        "summary": query.summary,
        **({"description": query.description} if query.description else {}),
        **({"tags": list(query.tags)} if query.tags else {}),
        "parameters": [*map(_parameter, query.parameters.values()), _format()],
        "responses": {"200": rows, "304": {"description": "As before"}, **_refusals(*refused)},
    }


def _media_types() -> Iterator[str]:
    for name in _FORMATS:
        forms = forms_named(name)
        if forms is not None:
            yield forms["rows"].content_type.partition(";")[0]


def _parameter(parameter: Parameter) -> Json:
    items = _TYPES[type_of(parameter)]
    least = {} if parameter.may_be_empty else {"minItems": 1}
    return {
        "name": parameter.name,
        "in": "query",
        "style": "form",
        "explode": True,
        **({"allowEmptyValue": True} if parameter.may_be_empty else {}),
        "schema": {
            "type": "array",
            "items": items,
            "default": [short_text_of(each) for each in parameter.defaults],
            **least,
        },
    }


def _format() -> Json:
    return {
        "name": "format",
        "in": "query",
        "description": "The format of the rows; it beats the Accept header.",
        "schema": {"type": "string", "enum": list(_FORMATS)},
    }


# ── Cases ───────────────────────────────────────────────────────────────────────────────────


def _case(name: str, summary: str, gives: str, *parameters: Json) -> Json:
    bodies = {
        media_type: {"schema": _reference("case") if kind == "plain" else _RECORD}
        for media_type, kind in cases.KINDS.items()
    }
    described = "The case is in the body, and nothing of it is kept, logged or cached."
    told = _sent(summary, described, bodies, _schema_of(gives), *parameters)
    return {"operationId": f"case_{name}", **told}


def _sent(summary: str, described: str, bodies: Json, gives: Json, *parameters: Json) -> Json:
    """What is sent in a body, and answered in any form."""
    answers = {
        media_type: {"schema": gives if form == "json" else {"type": "string"}}
        for media_type, form in cases.FORMS.items()
    }
    refused = ("400", "403", "406", "413", "415", "421", "422", "429", "503", "504")
    return {
        "summary": summary,
        "description": described,
        **({"parameters": list(parameters)} if parameters else {}),
        "requestBody": {"required": True, "content": bodies},
        "responses": {"200": {"description": summary, "content": answers}, **_refusals(*refused)},
    }


def _many(about: Json) -> Json:
    """Many cases, a line each."""
    line = {LINES: {"schema": {"type": "string"}}}
    detail = _text("detail", f"Of each answer: `{cases.BRIEF}`, as by default, or `{cases.FULL}`.")
    refused = ("400", "403", "415", "421", "503")
    return {
        "operationId": "case_many",
        "summary": "The answers to many cases, a line each, while they come",
        "description": 'A line is a case, a FHIR Bundle, or `{"id": …, "case": …}`. '
        "One that cannot be answered has `error`, a problem, in place of `answer`.",
        "parameters": [about, detail],
        "requestBody": {"required": True, "content": line},
        "responses": {
            "200": {"description": "A line for each", "content": line},
            **_refusals(*refused),
        },
    }


def _supposed() -> Json:
    described = (
        "What would change if this were so: a result as MARKER=high, or the name of a condition, "
        "drug or finding; more than once for more. In place of the answer."
    )
    many = {"type": "array", "items": {"type": "string", "minLength": 1}}
    return {**_text("if", described), "schema": many, "style": "form", "explode": True}


_RECORD: Final[Json] = {
    "type": "object",
    "required": ["resourceType"],
    "properties": {"resourceType": {"type": "string"}},
}


def _schema_of(gives: str) -> Json:
    """The schema of what is answered: an answer whole or brief, or what would change in it."""
    if gives != "answer":
        return _reference(gives)
    supposed = {"type": "object", "required": ["facts", "replaced", "before", "after"]}
    return {"oneOf": [_reference(gives), _reference(cases.BRIEF), supposed]}


def _text(name: str, description: str, *, required: bool = False) -> Json:
    schema = {"type": "string", **({"minLength": 1} if required else {})}
    return {
        "name": name,
        "in": "query",
        "description": description,
        "required": required,
        "schema": schema,
    }


def _day() -> Json:
    described = (
        "The day that a FHIR record is asked about; a case in JSON says its own. By default today."
    )
    parameter = _text("date", described)
    return {**parameter, "schema": {"type": "string", "format": "date"}}


# ── What several share ──────────────────────────────────────────────────────────────────────


def _refusals(*statuses: str) -> Json:
    return {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}


def _responses() -> Iterator[tuple[str, Json]]:
    problem = {"schema": _reference("problem")}
    content = {PROBLEM: problem, "application/json": problem, "text/plain": {}}
    for status, description in _TROUBLES.items():
        yield status, {"description": description, "content": content}


def _reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _schemas() -> Iterator[tuple[str, Json]]:
    """The published schemas, each definition of theirs under a name of its own."""
    yield "problem", _PROBLEM
    for name in ("case", "answer", "brief", "proof", "claims", "audit"):
        schema = json.loads(
            schema_text(name).replace('"#/$defs/', f'"#/components/schemas/{name}.')
        )
        for part, definition in schema.pop("$defs", {}).items():
            yield f"{name}.{part}", definition
        for key in ("$schema", "$id"):
            schema.pop(key, None)
        yield name, schema


_PROBLEM: Final[Json] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}


def _version() -> str:
    try:
        return version("etiograph")
    except PackageNotFoundError:
        return "0"
