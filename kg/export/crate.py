"""An export described as a research object: RO-Crate 1.2, JSON-LD that archives and tools read.

https://www.researchobject.org/ro-crate/specification/1.2/. What the graph says of itself is said of
the crate: title, licence, authors, version and its date; each file has its form, size and SHA-256.
The sums stand in a file of their own too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kg.export.source import File, Source
from kg.model.vocabulary import DCTERMS, IRI, ROOT_ONTOLOGY, text_of

Json = Any
"""A part of a document; its shape is that of flattened JSON-LD."""

CRATE: Final = "ro-crate-metadata.json"
_CONTEXT: Final = "https://w3id.org/ro/crate/1.2/context"
_CONFORMS_TO: Final = "https://w3id.org/ro/crate/1.2"
_AUTHORS: Final = "#authors"
SUMS: Final = "SHA256SUMS"


def crate(source: Source, files: Mapping[str, File]) -> bytes:
    """The description of the files that are beside it."""
    entities = [
        {
            "@id": CRATE,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": _CONFORMS_TO},
        },
        _root(source, files),
        *_context_entities(source),
        *(_file(name, files[name]) for name in sorted(files)),
    ]
    document = {"@context": _CONTEXT, "@graph": entities}
    return f"{json.dumps(document, ensure_ascii=False, indent=1)}\n".encode()


def _said(source: Source, name: IRI) -> str:
    return source.graph.text(ROOT_ONTOLOGY, name)


def _root(source: Source, files: Mapping[str, File]) -> Json:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": _said(source, DCTERMS.title),
        "description": _said(source, DCTERMS.description),
        "identifier": source.published(ROOT_ONTOLOGY),
        "license": {"@id": _said(source, DCTERMS.license)},
        "author": {"@id": _AUTHORS},
        "publisher": {"@id": _AUTHORS},
        "version": source.number,
        "datePublished": source.date,
        "creditText": _said(source, DCTERMS.bibliographicCitation),
        "hasPart": [{"@id": name} for name in sorted(files)],
    }


def _context_entities(source: Source) -> Iterator[Json]:
    """Whom and what the description of the crate speaks of."""
    authors = source.graph.objects(ROOT_ONTOLOGY, DCTERMS.creator)
    names = sorted({text_of(each) for each in authors})
    yield {"@id": _AUTHORS, "@type": "Organization", "name": ", ".join(names)}
    licence = _said(source, DCTERMS.license)
    yield {"@id": licence, "@type": "CreativeWork", "name": licence}


def _file(name: str, file: File) -> Json:
    return {
        "@id": name,
        "@type": "File",
        "name": name,
        "description": file.about,
        "encodingFormat": file.media_type,
        "contentSize": str(len(file.content)),
        "sha256": file.sha256,
    }


def sha256sums(_source: Source, files: Mapping[str, File]) -> bytes:
    """A line for each file, sorted by name, as `sha256sum --check` reads it."""
    return "".join(f"{files[name].sha256}  {name}\n" for name in sorted(files)).encode()
