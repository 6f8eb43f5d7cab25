"""The shape of the file of an article as JSON Schema, with the words that the ontology offers.

Editors that know JSON Schema complete and check the file while it is written; the first line of a
file names the schema. What a schema cannot say, such as whether a line has text, the reader checks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from kg.articles.records import WHOLE_ID, ArticleFile
from kg.articles.words import CASE, NOTHING, Qualifier, Words

SCHEMA_NAME: Final = "article.schema.json"
MODELINE: Final = f"# yaml-language-server: $schema={SCHEMA_NAME}"
"""The first line of a file, by which editors find the schema beside it."""

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_ID: Final = "https://w3id.org/etiograph/schema/article.json"
_FOREIGN: Final = "^[a-z0-9]+:.+$"
"""A term of somebody else, with its prefix."""
Json = dict[str, Any]


def json_schema(words: Words) -> Json:
    """The schema of an article file that speaks the words of an ontology."""
    made = msgspec.json.schema(ArticleFile)
    definitions: Json = made["$defs"]
    definitions |= _word_lists(words)
    said = {name: _ref(name) for name in ("predicate", "kind")}
    said |= {name: _ref("term") for name in ("subject", "object")}
    said |= _qualifiers(words)
    line = {"type": "integer", "minimum": 1, "description": "the line in the text, from 1"}
    definitions["says"] = {**_closed({"line": line, **said}), "required": ["line"]}
    definitions["defaults"] = _closed(said)
    _refer(definitions["Record"]["properties"], "says")
    for holder in ("Group", "ArticleFile"):
        _refer(definitions[holder]["properties"], "defaults")
    for name in ("is", "yields", "answered by"):
        _refer(definitions["Term"]["properties"], name, _one_or_more(_ref("term")))
    _begin_with_id(definitions["Record"])
    definitions["Citation"]["properties"]["confidence"] = {"type": "number"}
    definitions["Citation"]["properties"]["resolution"]["enum"] = [*words.members("CitationStatus")]
    return {"$schema": _DRAFT, "$id": _ID, "title": "The file of an article", **made}


def schema_text(words: Words) -> str:
    """The same as text, one word a line, so that two changes of it can be merged."""
    return json.dumps(json_schema(words), indent=1, ensure_ascii=False) + "\n"


def _word_lists(words: Words) -> Json:
    """A list for each class that a property takes its terms of."""
    classes = sorted({each.takes for each in words.qualifiers.values() if each.takes[0].isupper()})
    lists = {f"{kind} words": _enum(_shortened(words, kind)) for kind in classes}
    return lists | {
        "term": {
            "anyOf": [
                _enum(sorted(words.terms - words.retired)),
                {"type": "string", "pattern": _FOREIGN},
            ]
        },
        "predicate": _enum(
            [each for each in words.members("Predicate") if each not in words.retired]
        ),
        "kind": _enum(sorted(words.kinds)),
        "statement": {"type": "string", "pattern": WHOLE_ID},
    }


def _shortened(words: Words, kind: str) -> list[str]:
    """The terms of a class as a curator writes them."""
    short = next(each.short for each in words.qualifiers.values() if each.takes == kind)
    names = [each.removeprefix(short) for each in (kind, *words.members(kind))]
    return names if kind != CASE else [*dict.fromkeys((*names, *words.of_cases()))]


def _begin_with_id(record: Json) -> None:
    """The first key of a record is its id; a schema can only say that there is one."""
    words = record["properties"].pop("words")
    record["properties"].pop("id")
    record["required"] = [name for name in record["required"] if name not in ("id", "words")]
    record["patternProperties"] = {WHOLE_ID: words}


def _qualifiers(words: Words) -> Json:
    return {
        label: _or_nothing(_figure(each) if each.parts else _one_or_more(_value(each)))
        for label, each in words.qualifiers.items()
    }


def _value(each: Qualifier) -> Json:
    """What a value of a qualifier looks like."""
    plain: Mapping[str, Json] = {
        "words": {"type": "string"},
        "code": {"type": "string"},
        "number": {"type": "number"},
        "yes": {"enum": [True, "true"]},
        "term": _ref("term"),
        "statement": _ref("statement"),
    }
    return plain.get(each.takes) or _ref(f"{each.takes} words")


def _figure(each: Qualifier) -> Json:
    """A value alone, or with the data that it is put into."""
    whole = "words" if each.takes == "words" else "value"
    parts = {name: _value(part) for name, part in each.parts.items()}
    data = _closed({whole: _value(each), "is": {"type": "string"}, **parts})
    return {"anyOf": [_value(each), data]}


def _enum(names: Iterable[str]) -> Json:
    return {"type": "string", "enum": [*names]}


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _one_or_more(value: Json) -> Json:
    return {"anyOf": [value, {"type": "array", "items": value, "minItems": 1}]}


def _or_nothing(value: Json) -> Json:
    options = value.get("anyOf", [value])
    return {"anyOf": [*options, {"const": NOTHING}]}


def _closed(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _refer(properties: Json, name: str, to: Json | None = None) -> None:
    said = properties[name].get("description", "")
    properties[name] = {**(to or _ref(name)), "description": said}
