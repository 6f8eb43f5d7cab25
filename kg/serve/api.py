"""The shipped queries as an interface: one address for each, with its parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from starlette.requests import Request

from kg.model import resources
from kg.model.rdf import rebase
from kg.model.resources import queries_dir
from kg.model.vocabulary import BASE
from kg.serve import protocol
from kg.serve.parameters import bound, shown, type_of
from kg.serve.problems import Problem
from kg.serve.protocol import Asked
from kg.serve.replies import PUBLIC, Reply, etag_of
from kg.store.queries import Parameter, Query, catalogue

_FOLDER: Final = "ask/"
_FORMAT: Final = "format"
_MOST_REMEMBERED: Final = 4096
"""Bytes of a request that is remembered; a longer one is read each time."""


async def listed(_: Request) -> Reply:
    """Every query with its parameters."""
    body = _list()
    return Reply(body, "application/json", etag=etag_of(body), cache=PUBLIC)


async def answered(request: Request) -> Reply:
    """The result of the query that the address names."""
    query = queries().get(request.path_params["name"])
    if query is None:
        raise Problem(404, "No such query", "there is no query of that name; /api lists them.")
    address: bytes = request.scope["query_string"]
    accept = request.headers.get("accept")
    read = _remembered if len(address) + len(accept or "") <= _MOST_REMEMBERED else _asked
    return await protocol.result(request, read(query.name, address, accept))


@cache
def queries() -> Mapping[str, Query]:
    """The queries that can be asked here, by the last part of their name."""
    every = catalogue(queries_dir()).items()
    return {name.removeprefix(_FOLDER): query for name, query in every if name.startswith(_FOLDER)}


def _asked(name: str, address: bytes, accept: str | None) -> Asked:
    """What an address asks of a query; a Problem where its parameters do not fit."""
    fields = protocol.fields_of(address)
    form = {_FORMAT: fields.pop(_FORMAT)} if _FORMAT in fields else {}
    text = bound(queries()[name.removeprefix(_FOLDER)], fields)
    moved = rebase(text, resources.publishing_base() or BASE)
    return protocol.read({"query": [moved], **form}, accept)


_remembered = lru_cache(maxsize=1024)(_asked)


@cache
def _list() -> bytes:
    said = [
        {
            "name": name,
            "path": f"/api/{name}",
            "summary": query.summary,
            "description": query.description,
            "tags": list(query.tags),
            "parameters": [_parameter(each) for each in query.parameters.values()],
        }
        for name, query in queries().items()
    ]
    body = {"openapi": "/api/openapi.json", "case": "/api/case", "queries": said}
    return json.dumps(body, ensure_ascii=False, indent=1).encode() + b"\n"


def _parameter(parameter: Parameter) -> dict[str, object]:
    return {
        "name": parameter.name,
        "type": type_of(parameter),
        "default": [shown(each) for each in parameter.defaults],
        "may_be_empty": parameter.may_be_empty,
    }
