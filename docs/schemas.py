"""The JSON Schemas of what is printed, made from the fields of the model and what is said of them.

A field is described by the text below it in the source, a type by its docstring.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import json
import textwrap
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final, get_args, get_origin, get_type_hints

from kg.answer.model import Answer, ShortAnswer
from kg.answer.proof.derivation import Derivation
from kg.answer.proof.model import Contrasts, Explanation
from kg.answer.what_if import Supposition
from kg.audit import Audit, Claim
from kg.curate.reports import STANDINGS, Citations, Quality, TermCount
from kg.curate.review import Reviewable
from kg.model.changes import Difference
from kg.model.copies import Check, Coverage
from kg.model.statements import Statement
from kg.show.brief import Brief
from kg.show.data import DERIVED, fields_of_type
from kg.show.proof import ROLES
from kg.show.reports import Verification
from kg.store.term_card import TermCard

Json = dict[str, Any]

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_BASE: Final = "https://w3id.org/etiograph/schema/"
_PLAIN: Final[Mapping[type, Json]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    type(None): {"type": "null"},
    Decimal: {"type": "string"},
}
_VALUES: Final[Mapping[tuple[str, str], Sequence[str]]] = {
    ("Argument", "direction"): ("supports", "argues against", "excludes"),
    ("Citation", "status"): STANDINGS,
    ("Explanation", "kind"): (
        "cause", "scope", "alert", "rule", "outcome", "advice", "next step", "class",
    ),
    ("Part", "role"): tuple(ROLES),
}  # fmt: skip
"""The texts that may stand in a field, where they are few."""


_KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("iri", "settles", "informs", "broader", "subject", "predicate"), "iri"),
    **dict.fromkeys(("statements", "rule", "corroboration", "tensions", "also"), "statementId"),
    "background": "backgroundId",
    "axioms": "axiomId",
    "digest": "digest",
}
"""What the texts of a field are, by its name."""
_DEFINITIONS: Final[Mapping[str, Json]] = {
    "iri": {"type": "string", "pattern": r"^[a-z][a-z0-9+.-]*:\S+$"},
    "digest": {"type": "string", "pattern": "^ni:///sha-256;[A-Za-z0-9_-]{43}$"},
    "statementId": {"type": "string", "description": "A key of `statements`."},
    "backgroundId": {"type": "string", "description": "A key of `background`."},
    "axiomId": {"type": "string", "description": "A key of `axioms`."},
}


@dataclass(frozen=True)
class Printed:
    """What a command prints: the fields of a type, and what stands beside them."""

    of: type | None
    beside: Mapping[str, tuple[Any, str]] = field(default_factory=dict)
    says: str = ""
    """What it is, where no type says so."""


_NOTICE: Final = {"notice": (str, "That it is no diagnosis.")}
PRINTED: Final = {
    "answer": Printed(Answer, _NOTICE),
    "brief": Printed(Brief),
    "verdicts": Printed(ShortAnswer),
    "supposition": Printed(Supposition, _NOTICE),
    "proof": Printed(Explanation, _NOTICE),
    "derivation": Printed(Derivation, _NOTICE),
    "contrasts": Printed(Contrasts, _NOTICE),
    "difference": Printed(Difference),
    "statement": Printed(
        Statement, {"check": (Check | None, "What a reader's copy says of its place.")}
    ),
    "term": Printed(TermCard),
    "coverage": Printed(
        None, {"documents": (tuple[Coverage, ...], "Each document.")}, "Which lines are covered."
    ),
    "citations": Printed(
        None, {"documents": (tuple[Citations, ...], "Each document.")}, "What is cited."
    ),
    "quality": Printed(Quality),
    "terms": Printed(None, {"kinds": (tuple[TermCount, ...], "Each kind.")}, "What is described."),
    "findings": Printed(Verification),
    "audit": Printed(Audit),
    "review": Printed(
        None, {"items": (tuple[Reviewable, ...], "Each thing to judge.")}, "Who judged what."
    ),
}
"""Everything that is printed as JSON."""


def schema(name: str) -> str:
    """Give the JSON Schema of what is printed."""
    printed = PRINTED[name]
    definitions: Json = {}
    properties = dict(_properties(printed.of, definitions)) if printed.of else {}
    for key, (kind, says) in printed.beside.items():
        properties[key] = {**_schema(kind, key, definitions), "description": says}
    whole = {
        "$schema": _DRAFT,
        "$id": f"{_BASE}{name}",
        "title": name.capitalize(),
        "description": _says(printed.of) if printed.of else printed.says,
        **_object(properties),
        "$defs": dict(sorted(definitions.items())),
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _object(properties: Json) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _properties(kind: type, definitions: Json) -> Iterator[tuple[str, Json]]:
    hints, said = get_type_hints(kind), _said_of_fields(kind)
    for name in DERIVED.get(kind.__name__, ()):
        found = getattr(kind, name)
        hints[name], said[name] = get_type_hints(found.fget)["return"], _says(found)
    for name in fields_of_type(kind):
        if (kind, name) == (Check, "sentence"):
            continue  # it is shown and never written
        found = _schema(hints[name], "" if kind is Claim else name, definitions)
        if values := _VALUES.get((kind.__name__, name)):
            found = {"enum": list(values)}
        yield name, {**found, "description": said[name]} if name in said else found


def _schema(kind: Any, name: str, definitions: Json) -> Json:  # noqa: ANN401 - a type of any kind
    """The schema of a type, in a field of this name."""
    origin, arguments = get_origin(kind), get_args(kind)
    match origin:
        case None:
            return _simple(kind, name, definitions)
        case types.UnionType:
            return _either([_schema(each, name, definitions) for each in arguments])
        case builtins.tuple:
            return _list(arguments, name, definitions)
        case typing.Literal:
            return {"enum": list(arguments)}
    return {"type": "object", "additionalProperties": _schema(arguments[1], "", definitions)}


def _simple(kind: type, name: str, definitions: Json) -> Json:
    """The schema of a type without parameters: a value with fields, or what one value says."""
    if fields_of_type(kind):
        return _reference(kind, definitions)
    if issubclass(kind, StrEnum):
        return {"enum": [each.value for each in kind]}
    plain = next(each for each in _PLAIN if issubclass(kind, each))
    if plain is str and name in _KINDS:
        definitions.setdefault(_KINDS[name], _DEFINITIONS[_KINDS[name]])
        return {"$ref": f"#/$defs/{_KINDS[name]}"}
    return _PLAIN[plain]


def _either(schemas: Sequence[Json]) -> Json:
    """One of several; the same twice is no choice."""
    different = [each for n, each in enumerate(schemas) if each not in schemas[:n]]
    return different[0] if len(different) == 1 else {"anyOf": different}


def _list(arguments: Sequence[Any], name: str, definitions: Json) -> Json:
    items = _either([_schema(each, name, definitions) for each in arguments if each is not ...])
    size = {} if ... in arguments else {"minItems": len(arguments), "maxItems": len(arguments)}
    return {"type": "array", "items": items, **size}


def _reference(kind: type, definitions: Json) -> Json:
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}  # it may hold itself
        made = _object(dict(_properties(kind, definitions)))
        definitions[kind.__name__] = {"description": _says(kind), **made}
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _says(kind: object) -> str:
    return (inspect.getdoc(kind) or "").replace("\n", " ")


def _said_of_fields(kind: type) -> dict[str, str]:
    """What the source says below each field."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    lines = tree.body if isinstance(tree, ast.ClassDef) else []
    return {
        above.target.id: " ".join(below.value.value.split())
        for above, below in pairwise(lines)
        if isinstance(above, ast.AnnAssign)
        and isinstance(above.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }
