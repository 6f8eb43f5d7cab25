"""A built graph whose every text is another: what a hostile curator, or a slip, could put there.

The compiled model has the same texts as the graph, so both are changed alike: a text becomes the
same text wherever it stands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from kg.model.compiled import Model
from kg.model.json_values import decode_part, encode
from kg.model.model_file import decode_model, encode_model
from kg.model.rdf import Quad, read_nquads, write_nquads
from kg.model.vocabulary import RDF, XSD, Literal
from kg.store.artifact import ABOUT, GRAPH, MODEL, MODULES, Artifact
from kg.store.artifact_writer import publish

Change = Callable[[str], str]

SHOWN: Final = frozenset(
    {
        "abbreviations", "asked_as", "gaps", "item", "label", "message", "missing", "modality",
        "name", "note", "origin", "origin_question", "population", "publisher", "question",
        "reason", "reference", "references", "review", "section", "set_aside_reason", "short",
        "synonyms", "text", "title", "updated",
    }
)  # fmt: skip
"""The fields of the compiled model whose values people read."""
TABLES: Final = ("labels", "background")
"""The fields that hold such texts by the name of what they are of."""
PLACES: Final = ("https://", "urn:")
VERSION: Final = "c" * 64
TEXTS: Final = (XSD.string, RDF.langString)


def publish_with(root: Path, found: Artifact, texts: Sequence[str]) -> None:
    """Publish a graph under a root, and the same with other texts as the current version."""
    publish(root, found.version, found.files(), found.manifest)
    publish(root, VERSION, with_texts(found, texts), found.manifest)


def with_texts(found: Artifact, texts: Sequence[str]) -> dict[str, bytes]:
    """The files of a graph in which every text is one of these, and no two the same."""

    def changed(text: str) -> str:
        number = crc32(text.encode())
        return f"{texts[number % len(texts)]} {number:08x}"

    files = found.files()
    for name in (GRAPH, ABOUT, MODULES):
        quads = read_nquads(files[name])
        files[name] = write_nquads([_said_otherwise(each, changed) for each in quads])
    model = json.loads(encode(decode_model(files[MODEL])))
    told = json.dumps(_of_model(model, changed)).encode()
    files[MODEL] = encode_model(decode_part(memoryview(told), Model))
    return files


def _said_otherwise(quad: Quad, changed: Change) -> Quad:
    value = quad.object
    if not isinstance(value, Literal) or value.datatype not in TEXTS:
        return quad
    return quad._replace(object=value._replace(value=changed(value.value)))


def _of_model(value: Any, changed: Change) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict):
        return {key: _of_field(key, each, changed) for key, each in value.items()}
    return [_of_model(each, changed) for each in value] if isinstance(value, list) else value


def _of_field(key: str, value: Any, changed: Change) -> Any:  # noqa: ANN401 - whatever JSON holds
    if key in TABLES and isinstance(value, dict):
        return {each: changed(text) for each, text in value.items()}
    if key == "qualifiers":
        return [[name, changed(text)] for name, text in value]
    if key not in SHOWN:
        return _of_model(value, changed)
    if isinstance(value, str):
        return changed(value) if value and not value.startswith(PLACES) else value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return [changed(each) for each in value]
    return _of_model(value, changed)
