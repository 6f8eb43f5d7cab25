"""What every writer of an export is given: one version of the graph, in the forms it is needed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kg.model.rdf import (
    CATALOGUE_NAME,
    Graph,
    Quad,
    Triple,
    in_own_base,
    read_catalogue,
    read_nquads,
)
from kg.model.vocabulary import BASE, DCTERMS, GRAPH_WORDS, OWL, ROOT_ONTOLOGY, move
from kg.store.local import LocalStore

if TYPE_CHECKING:
    from pathlib import Path

    from kg.store.artifact import Artifact

STEM: Final = "etiograph"
"""The name of every file of an export begins with it, unless a standard has a name for it."""


@dataclass(frozen=True)
class File:
    """A file of an export."""

    content: bytes
    media_type: str
    about: str
    """What it is, in a line."""

    @cached_property
    def sha256(self) -> str:
        """The sum of its content, in hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Source:
    """One version of the graph; terms have the project's own base, whatever it is published under.

    No writer says when it ran: the only date is that of the graph.
    """

    content: bytes
    """All graphs as N-Quads, in the base that they are published under."""
    modules: bytes
    """The files of the ontology as N-Quads, each in the graph that its ontology IRI names."""
    base: str = BASE
    """The base that the graph is published under."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The files that people wrote, by their path in the folder of the ontology; none of a store."""
    key: Path | None = None
    """A private key in PEM, for the formats that can be signed."""
    former: Path | None = None
    """The folder of an earlier export, for the formats that say what became of it."""

    @cached_property
    def quads(self) -> tuple[Quad, ...]:
        """All quads, in the order of the content."""
        return tuple(map(self._own, read_nquads(self.content)))

    @cached_property
    def graph(self) -> Graph:
        """What the graph says in its own words, to be looked up by subject."""
        return Graph(quad for quad in self.quads if quad.graph != GRAPH_WORDS)

    @cached_property
    def files(self) -> tuple[Quad, ...]:
        """The quads of the files of the ontology, in the order of their lines."""
        lines = sorted(self.modules.splitlines(keepends=True))
        return tuple(map(self._own, read_nquads(b"".join(lines))))

    @cached_property
    def store(self) -> LocalStore:
        """All graphs, to be asked; its terms have the base that they are published under."""
        return LocalStore(self.content)

    @property
    def date(self) -> str:
        """The day that the graph says it was changed last, as YYYY-MM-DD."""
        return self.graph.text(ROOT_ONTOLOGY, DCTERMS.modified)

    @property
    def number(self) -> str:
        """The version that the graph gives itself, such as 0.3.0."""
        return self.graph.text(ROOT_ONTOLOGY, OWL.versionInfo)

    def published(self, iri: str) -> str:
        """The IRI under which a term is published."""
        return move(iri, self.base)

    def _own(self, quad: Quad) -> Quad:
        return in_own_base(quad, self.base)


def source_of(
    artifact: Artifact, folder: Path, *, key: Path | None = None, former: Path | None = None
) -> Source:
    """What is exported of a graph that was built from a folder: all, but when it was built."""
    texts = read_texts(folder)
    return Source(artifact.content, artifact.modules, artifact.base, texts, key, former)


def read_texts(folder: Path) -> dict[str, str]:
    """The files of the ontology that its catalogue names, the catalogue, and the mappings."""
    files = read_catalogue(folder).values()
    paths = [folder / CATALOGUE_NAME, *files, *sorted(folder.glob("mappings/*.tsv"))]
    return {
        path.resolve().relative_to(folder.resolve()).as_posix(): path.read_text("utf-8")
        for path in paths
    }


def sorted_quads(quads: Iterable[Quad]) -> list[Quad]:
    """Quads in the order of their text, whatever order they came in."""
    return sorted(quads, key=lambda quad: tuple(term.n3() if term else "" for term in quad))


def sorted_triples(triples: Iterable[Triple]) -> list[Triple]:
    """The same for triples, each once."""
    return sorted(set(triples), key=lambda triple: tuple(term.n3() for term in triple))
