"""The parameters of a catalogue query as an address gives them: texts that become typed terms.

What type a parameter has is said by the values that stand in its query. What a client sent is
never repeated in an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from kg.model.errors import ParameterError, UnknownTermError
from kg.model.vocabulary import (
    IRI,
    XSD_BOOLEAN,
    XSD_DECIMAL,
    XSD_INTEGER,
    Literal,
    Term,
    compact,
    expand,
)
from kg.serve.problems import Problem
from kg.store.queries import Parameter, Query, Value, bind

_PATTERNS: Final[Mapping[IRI, tuple[str, str]]] = {
    XSD_INTEGER: ("integer", r"[+-]?[0-9]{1,18}"),
    XSD_DECIMAL: ("number", r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})"),
    XSD_BOOLEAN: ("boolean", r"true|false"),
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


def shown(value: Value) -> str:
    """A value as an address holds it."""
    return compact(value) if isinstance(value, IRI) else value.value


def bound(query: Query, given: Mapping[str, Sequence[str]]) -> str:
    """The text of a query with what an address gives; a Problem where that does not fit."""
    unknown = given.keys() - query.parameters.keys()
    if unknown:
        known = ", ".join(query.parameters) or "none"
        raise _misfit(f"{_name(query)} has no such parameter; its parameters: {known}.")
    terms: dict[str, list[Term]] = {}
    for name, texts in given.items():
        parameter = query.parameters[name]
        terms[name] = [_term(parameter, text) for text in texts if text]
        if not terms[name] and not parameter.may_be_empty:
            raise _misfit(f"the parameter {name} wants at least one value.")
    try:
        return bind(query, terms)
    except ParameterError:
        raise _misfit("a value is not one that can stand in a query.") from None


def _term(parameter: Parameter, text: str) -> Term:
    kind = type_of(parameter)
    if kind == "iri":
        try:
            return expand(text.strip())
        except UnknownTermError:
            raise _wrong(parameter, kind) from None
    default = parameter.defaults[0]
    assert isinstance(default, Literal)  # noqa: S101 - what the type says
    if kind != "text" and not re.fullmatch(_PATTERNS[default.datatype][1], text):
        raise _wrong(parameter, kind)
    return default._replace(value=text)


def _wrong(parameter: Parameter, kind: str) -> Problem:
    return _misfit(f"a value of {parameter.name} cannot be read; wanted: {_WANTED[kind]}.")


def _misfit(detail: str) -> Problem:
    return Problem(400, "The parameters do not fit", detail)


def _name(query: Query) -> str:
    return query.name.rpartition("/")[2]
