"""The files of the ontology as people wrote them, with the catalogue that Protégé finds them by."""

from __future__ import annotations

from typing import Final

from kg.export.source import Source
from kg.model.rdf import CATALOGUE_NAME
from kg.model.vocabulary import BASE

FOLDER: Final = "ontology/"


def turtle(source: Source) -> dict[str, bytes]:
    """Each file that the catalogue names, and the catalogue; comments and order are kept."""
    return {
        f"{FOLDER}{name}": text.replace(BASE, source.base).encode()
        for name, text in sorted(source.texts.items())
        if name == CATALOGUE_NAME or name.endswith(".ttl")
    }
