"""The JSON-LD context of the graph: a key for each property, with the kind of value that it has.

A document that names the context says `"subject": "eg:MultipleMyeloma"`, and not
`"eg:subject": {"@id": "eg:MultipleMyeloma"}`. It is made of the properties of the graph, so it is
of the same version; a value of another kind than its key has is written out in full, and none is
lost.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from kg.model.rdf.jsonld import prefixes_of
from kg.model.vocabulary import BASE, PREFIXES, RDF, XSD, compact

CONTEXT: Final = "context.jsonld"
"""The path of the context below the base, and the name of its file."""
ANY: Final = "any"
"""The kind of a property whose values are of several."""
_PREFERRED: Final = ("eg", "rdfs", "skos", "dcterms", "prov")
"""Whose properties have a key without a prefix; where two have the same name, the first one's."""
_KEYWORDS: Final = {"id": "@id", "type": "@type"}


def write_context(kinds: Iterable[tuple[str, str]], base: str = BASE) -> bytes:
    """The document of the context, its IRIs under a base.

    `kinds` has each property, under the project's own base, with each kind that its values have:
    `@id`, `@language`, a datatype, `any`, or nothing where there is none yet.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for name, kind in kinds:
        found[name] |= {kind} - {""}
    prefixes = prefixes_of(base)
    keys = _keys(found, {*prefixes, *_KEYWORDS})
    terms = {
        key: term
        for iri, key in sorted(keys.items(), key=lambda pair: pair[1])
        if (term := _term(compact(iri), key, found[iri])) is not None
    }
    context = {
        "@version": 1.1,
        "@vocab": prefixes["eg"],
        **_KEYWORDS,
        **dict(sorted(prefixes.items())),
        **terms,
    }
    return json.dumps({"@context": context}, ensure_ascii=False, indent=1).encode() + b"\n"


def _keys(properties: Iterable[str], taken: set[str]) -> dict[str, str]:
    """The key of each property that can have one: its name, or that with its prefix."""
    names = {iri: compact(iri).partition(":") for iri in properties if iri != RDF.type}
    known = {iri: (name[0], name[2]) for iri, name in names.items() if name[0] in PREFIXES}
    taken = set(taken)
    keys = {}
    for iri, (prefix, local) in sorted(known.items(), key=lambda pair: _rank(*pair[1])):
        is_free = prefix in _PREFERRED and local not in taken
        keys[iri] = local if is_free else f"{prefix}:{local}"
        taken.add(keys[iri])
    return keys


def _rank(prefix: str, local: str) -> tuple[int, str, str]:
    place = _PREFERRED.index(prefix) if prefix in _PREFERRED else len(_PREFERRED)
    return place, prefix, local


def _term(name: str, key: str, kinds: set[str]) -> str | Mapping[str, str] | None:
    """What a key stands for; None where its prefix says so already."""
    kind = next(iter(kinds)) if len(kinds) == 1 else ""
    if kind == "@language":
        return {"@id": name, "@container": "@language"}
    if kind and kind not in (ANY, XSD.string):
        return {"@id": name, "@type": compact(kind)}
    return None if ":" in key else name
