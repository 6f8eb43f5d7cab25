"""The files of the ontology: a root and what it imports, found through a catalogue."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.model.errors import MissingImportError, SourceSyntaxError
from kg.model.rdf.text import (
    each_once,
    lines_of,
    name_nodes,
    parse_nquads,
    parse_turtle,
    split_nameless,
    without_property,
)
from kg.model.rdf.values import Graph, Quad, quads_of, triples_of
from kg.model.vocabulary import IRI, OWL, RDF, ROOT_ONTOLOGY, text_of

_ABOUT_MODULES: Final = frozenset({RDF.type, OWL.imports})
CATALOGUE_NAME: Final = "catalog-v001.xml"
"""The name under which Protégé and ROBOT look for an OASIS XML catalogue."""


@dataclass(frozen=True, slots=True)
class Module:
    """One file of the ontology."""

    iri: IRI
    path: Path
    sha256: str
    imports: tuple[IRI, ...]
    named: bytes
    """Its triples as sorted N-Quads in the graph of its IRI."""
    nameless: bytes
    """Those that speak of nodes without a name, which are called here as in no other file."""

    @property
    def lines(self) -> bytes:
        """All its triples."""
        return self.named + self.nameless

    @property
    def triples(self) -> int:
        """How many triples it holds."""
        return self.named.count(b"\n") + self.nameless.count(b"\n")


@dataclass(frozen=True, slots=True)
class Sources:
    """The ontology as its files say it: every module, and all triples in one canonical text."""

    modules: tuple[Module, ...]
    nquads: bytes
    """Canonical N-Quads; the graph of a triple is the ontology IRI of the file it stands in."""
    nameless: bytes
    """Those lines of them that speak of nodes without a name."""

    def ntriples(self) -> bytes:
        """All modules in one graph, without `owl:imports`: what a reasoner is given."""
        return b"".join(self._moved(b" .\n", lambda text: without_property(text, _IMPORTS)))

    def lines(
        self, graph_of: Mapping[IRI, IRI], pick: Callable[[bytes], bytes] = bytes
    ) -> list[bytes]:
        """The same triples as lines, with each module in the graph that `graph_of` names for it.

        Blank nodes are those of the canonical N-Quads, and the lines are sorted. Of the lines of
        each file, and of those that speak of nodes without a name, some may be picked.
        """
        return self._moved({name: _end(graph) for name, graph in graph_of.items()}, pick)

    def _moved(
        self, ends: Mapping[IRI, bytes] | bytes, pick: Callable[[bytes], bytes]
    ) -> list[bytes]:
        """The lines that are picked, sorted, with another end for the graph of each module."""
        instead = {
            _end(each.iri): ends if isinstance(ends, bytes) else ends[each.iri]
            for each in self.modules
        }
        found: list[bytes] = []
        for module in self.modules:
            end = _end(module.iri)
            found += pick(module.named).replace(end, instead[end]).splitlines(keepends=True)
        for line in pick(self.nameless).splitlines(keepends=True):
            start = line.rindex(b" <")
            found.append(line[:start] + instead[line[start:]])
        return each_once(found)

    def quads(self, graph_of: Mapping[IRI, IRI]) -> tuple[Quad, ...]:
        """The same lines as values."""
        return tuple(quads_of(parse_nquads(b"".join(self.lines(graph_of)))))


def _end(graph: IRI) -> bytes:
    """What a line of N-Quads in a graph ends with, and no text in it holds: its line break."""
    return b" %b .\n" % graph.n3().encode()


_IMPORTS: Final = OWL.imports.n3().encode()

Remember = Callable[[bytes, Callable[[], bytes]], bytes]
"""Gives what a question was answered before, or the answer."""


def _ask(_: bytes, answer: Callable[[], bytes]) -> bytes:
    """Remember nothing."""
    return answer()


def read_sources(
    folder: Path,
    root: IRI = ROOT_ONTOLOGY,
    *,
    remember: Remember = _ask,
    name_nodes: Callable[[bytes], bytes] = name_nodes,
) -> Sources:
    """The root ontology and everything it imports, found through the catalogue of `folder`.

    What a file says may be remembered, and so may the names that nodes without a name are given.
    """
    catalogue = read_catalogue(folder)
    modules: dict[IRI, Module] = {}
    lines: list[bytes] = []
    nameless: list[bytes] = []
    waiting = [(root, folder / CATALOGUE_NAME)]
    while waiting:
        iri, importer = waiting.pop(0)
        if iri in modules:
            continue
        module = _read_module(iri, _file_of(iri, catalogue, importer, folder), remember)
        modules[iri] = module
        lines += module.named.splitlines(keepends=True)
        nameless.append(module.nameless)
        waiting.extend((imported, module.path) for imported in module.imports)
    told = name_nodes(b"".join(nameless)) if any(nameless) else b""
    whole = each_once([*lines, *told.splitlines(keepends=True)])
    return Sources(tuple(modules.values()), b"".join(whole), told)


def read_catalogue(folder: Path) -> dict[IRI, Path]:
    """The file of every ontology IRI that the catalogue of `folder` names."""
    from xml.etree import ElementTree as ET

    path = folder / CATALOGUE_NAME
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MissingImportError(f"{path}: there is no catalogue to find imports with.") from error
    if b"<!DOCTYPE" in content:
        raise SourceSyntaxError("a catalogue with a DOCTYPE is not read.", path=path, line=1)
    try:
        document = ET.fromstring(content)  # noqa: S314 - our own file, and no DOCTYPE in it
    except ET.ParseError as error:
        line, column = error.position
        raise SourceSyntaxError(f"not XML: {error}.", path=path, line=line, column=column) from None
    entries = (element for element in document.iter() if element.tag.rpartition("}")[2] == "uri")
    return {
        IRI(element.get("name", "")): _inside(folder, element.get("uri", "")) for element in entries
    }


def _inside(folder: Path, uri: str) -> Path:
    path = folder / uri
    if not uri or ":" in uri or not path.resolve().is_relative_to(folder.resolve()):
        raise SourceSyntaxError(
            f"the catalogue names {uri!r}, which is not a file inside {folder}.",
            path=folder / CATALOGUE_NAME,
        )
    return path


def _file_of(iri: IRI, catalogue: Mapping[IRI, Path], importer: Path, folder: Path) -> Path:
    path = catalogue.get(iri)
    if path is None:
        raise MissingImportError(
            f"{importer} imports <{iri}>, and {folder / CATALOGUE_NAME} names no file for it."
        )
    if not path.is_file():
        raise MissingImportError(f"{importer} imports <{iri}>, and its file {path} does not exist.")
    return path


def _read_module(iri: IRI, path: Path, remember: Remember) -> Module:
    """A file with its lines; each of its nodes without a name has a name that no other file has."""
    content = path.read_bytes()
    found = remember(b"%b\n%b" % (iri.encode(), content), lambda: _said(iri, path, content))
    head, _, lines = found.partition(b"\n")
    size, *imports = head.decode().split()
    named, nameless = lines[: int(size)], lines[int(size) :]
    digest = hashlib.sha256(content).hexdigest()
    return Module(iri, path, digest, tuple(map(IRI, imports)), named, nameless)


def _said(iri: IRI, path: Path, content: bytes) -> bytes:
    """How long its named lines are, and what a file imports; then these lines, and the others."""
    triples = parse_turtle(content, path)
    about = [t for t in triples if t.predicate.value in _ABOUT_MODULES]
    said = Graph(triples_of(about))
    declared = list(said.of_type(OWL.Ontology))
    if declared != [iri]:
        found = ", ".join(f"<{text_of(name)}>" for name in declared) or "none"
        raise SourceSyntaxError(
            f"the catalogue calls this file <{iri}>; the owl:Ontology declared in it: {found}.",
            path=path,
        )
    imports = [str(each) for each in said.objects(iri, OWL.imports) if isinstance(each, IRI)]
    named, nameless = split_nameless(lines_of(triples, iri))
    head = " ".join((str(len(named)), *imports))
    return b"%b\n%b%b" % (head.encode(), named, nameless)
