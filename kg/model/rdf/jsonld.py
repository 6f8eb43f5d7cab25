"""JSON-LD that people can read: the names of a document shortened by a context of its own.

The library that writes JSON-LD writes whole IRIs. What is done about it here is a matter of
spelling: no value is read, so none is spelled otherwise than in the graph. The context holds
prefixes and nothing else, and stands in the document, so nobody has to fetch one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kg.model.vocabulary import BASE, PREFIXES, RDF, move

JSON_LD: Final = "application/ld+json"
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*(?=:)", re.IGNORECASE)
_ENDS_A_PREFIX: Final = tuple(":/?#[]@")
"""What an IRI must end in to be a prefix (JSON-LD 1.1 §4.1.5)."""
_NODE: Final = ("@id", "@type")
_PLAIN: Final = {"@value"}
Json = Any
"""A part of a document; its shape is that of expanded JSON-LD."""


def compact_jsonld(expanded: bytes, base: str = BASE) -> bytes:
    """An expanded document of the same triples with a context; the nodes stay in their order."""
    nodes: list[Json] = json.loads(expanded)
    names = _Names(nodes, base)
    graph = [names.node(node) for node in nodes]
    document = {"@context": dict(sorted(names.used.items())), "@graph": graph}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


class _Names:
    """Shortens names, and knows which prefixes that took."""

    def __init__(self, nodes: Json, base: str) -> None:
        self.used: dict[str, str] = {}
        longest = sorted(prefixes_of(base).items(), key=lambda pair: (-len(pair[1]), pair[0]))
        self._known = dict(longest)
        # An IRI like `doc:x` would be read as a short name where `doc` is a prefix.
        for scheme in {found[0] for each in _names(nodes) if (found := _SCHEME.match(each))}:
            self._known.pop(scheme, None)

    def node(self, node: Mapping[str, Json]) -> Json:
        """A node with short names."""
        found: dict[str, Json] = {}
        for key, value in node.items():
            if key in _NODE:
                found[key] = _alone([self._short(each) for each in _listed(value)])
            elif key == "@graph":
                found[key] = [self.node(each) for each in value]
            elif key == RDF.type and all(each.keys() == {"@id"} for each in value):
                found["@type"] = _alone([self._short(each["@id"]) for each in value])
            else:
                found[self._short(key)] = _alone([self._value(each) for each in value])
        return found

    def _value(self, value: Mapping[str, Json]) -> Json:
        if value.keys() == _PLAIN:
            return value["@value"]
        return {key: self._short(each) if key in _NODE else each for key, each in value.items()}

    def _short(self, name: str) -> str:
        for prefix, iri in self._known.items():
            rest = name.removeprefix(iri)
            if rest and rest != name and not rest.startswith("//"):
                self.used[prefix] = iri
                return f"{prefix}:{rest}"
        return name


def prefixes_of(base: str) -> dict[str, str]:
    """What a context may hold of the prefixes of the project, its own moved under a base."""
    moved = {name: move(iri, base) for name, iri in PREFIXES.items()}
    return {name: iri for name, iri in moved.items() if iri.endswith(_ENDS_A_PREFIX)}


def _names(part: Json) -> Iterator[str]:
    """Every name in a part of a document, wherever it stands; texts may be among them."""
    if isinstance(part, dict):
        for key, each in part.items():
            yield key
            if key != "@value":
                yield from _names(each)
    elif isinstance(part, list):
        for each in part:
            yield from _names(each)
    elif isinstance(part, str):
        yield part


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _alone(values: list[Json]) -> Json:
    """One value without the list around it."""
    return values[0] if len(values) == 1 else values
