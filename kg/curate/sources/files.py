"""The two files of a document, read: what a curator wrote, and what is there of its places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from kg.model.citations import CitationStyle, style_named
from kg.model.copies import Copy, Coverage, Line, read_copies
from kg.model.errors import UsageError
from kg.model.rdf import Graph, Node, read_turtle, turtle_to_nquads
from kg.model.resources import data_dir, package_dir
from kg.model.vocabulary import IRI, PREFIXES, eg, text_of

DOCUMENT_NAME: Final = re.compile(r"[A-Z][A-Za-z]{0,15}")
"""Letters only: a statement is named by its document and digits."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of Turtle: its text, and what the text says."""

    path: Path
    text: str
    graph: Graph

    @classmethod
    def read(cls, path: Path) -> SourceFile:
        """The file at a path; SourceSyntaxError where it is no Turtle."""
        content = path.read_bytes()
        return cls(path, content.decode("utf-8"), Graph(read_turtle(content, path=path)))

    def lines_of(self, kind: str) -> Iterator[tuple[int, Node]]:
        """The things of a kind with each of their lines."""
        for node in self.graph.of_type(eg(kind)):
            for line in self.numbers(node, "line"):
                yield line, node

    def numbers(self, node: Node, name: str) -> Iterator[int]:
        """The values of a property that are numbers."""
        return (int(text_of(each)) for each in self.graph.objects(node, eg(name)))


@dataclass(frozen=True, slots=True)
class Draft:
    """One statement as its file has it so far."""

    name: str
    lines: frozenset[int]
    """The lines that it names, by `eg:line` or by its region."""
    properties: frozenset[str]
    """The properties that it has."""


@dataclass(frozen=True)
class Files:
    """A document and its statements, as their files have them."""

    id: str
    document: SourceFile
    statements: SourceFile

    @cached_property
    def digest(self) -> str:
        """The digest of the text that was added."""
        iri = IRI(f"{PREFIXES['doc']}{self.id}")
        return self.document.graph.text(iri, eg("documentDigest"))

    @cached_property
    def style(self) -> CitationStyle | None:
        """How the text prints its citation numbers, where the file says it."""
        iri = IRI(f"{PREFIXES['doc']}{self.id}")
        return style_named(self.document.graph.text(iri, eg("citationStyle")))

    @cached_property
    def regions(self) -> Mapping[int, str]:
        """The section title, or nothing, of each line that has a region."""
        graph = self.document.graph
        regions = self.document.lines_of("Region")
        return {line: graph.text(node, eg("sectionTitle")) for line, node in regions}

    @cached_property
    def sections(self) -> Mapping[str, str]:
        """The title of each section path, where a region gives one."""
        graph = self.document.graph
        return {
            graph.text(node, eg("sectionPath")): self.regions[line]
            for line, node in self.document.lines_of("Region")
            if self.regions[line]
        }

    @cached_property
    def aside(self) -> Mapping[int, str]:
        """Why each line is set aside."""
        graph = self.document.graph
        lines = self.document.lines_of("LineSetAside")
        return {line: graph.text(node, eg("setAsideBecause")) for line, node in lines}

    @cached_property
    def pointers(self) -> frozenset[int]:
        """The citation numbers that the file has."""
        nodes = self.document.graph.of_type(eg("CitationPointer"))
        return frozenset(n for node in nodes for n in self.document.numbers(node, "number"))

    @cached_property
    def drafts(self) -> tuple[Draft, ...]:
        """The statements of the file, in its order."""
        place = re.compile(rf"{re.escape(PREFIXES['reg'])}{self.id}-(\d+)")
        graph = self.statements.graph
        return tuple(
            Draft(
                name=node.removeprefix(PREFIXES["st"]),
                lines=frozenset(
                    {*self.statements.numbers(node, "line")}
                    | {int(each[1]) for each in _matches(place, graph, node)}
                ),
                properties=frozenset(properties),
            )
            for node, properties in graph.items()
            if isinstance(node, IRI) and node.startswith(PREFIXES["st"])
            if eg("subject") in properties
        )

    def cover(self, copy: Copy) -> Coverage:
        """What became of each line of a copy."""
        on: dict[int, tuple[str, ...]] = {}
        for draft in self.drafts:
            for line in draft.lines:
                on[line] = (*on.get(line, ()), draft.name)
        why = {line: (reason,) for line, reason in self.aside.items()}
        numbers = sorted({*on, *why})
        return Coverage(
            document=self.id,
            title="",
            digest=self.digest,
            total=0,
            encoded=sum(map(len, on.values())),
            lines=tuple(Line(each, on.get(each, ()), why.get(each, ())) for each in numbers),
            copy=copy.name,
            filled=copy.filled,
        )


def check_writable(folder: Path) -> Path:
    """The folder of an ontology that may be edited; UsageError for one that is installed."""
    resolved = folder.resolve()
    if not resolved.is_dir():
        raise UsageError(f"{folder} is not a folder; wanted the ontology folder of a checkout.")
    if data_dir() != package_dir().parent and resolved.is_relative_to(package_dir().resolve()):
        raise UsageError(
            f"{folder} belongs to the installed package and is not edited; "
            "name the ontology folder of a checkout with --ontology."
        )
    return folder


def paths_of(folder: Path, name: str) -> tuple[Path, Path]:
    """Where the document and its statements stand."""
    if not DOCUMENT_NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for a document; wanted letters, the first a capital, such as C."
        )
    return folder / "documents" / f"{name}.ttl", folder / "statements" / f"{name}.ttl"


def read_files(folder: Path, name: str) -> Files:
    """The files of a document; UsageError where it was not added."""
    paths = paths_of(folder, name)
    for path in paths:
        if not path.is_file():
            raise UsageError(f"{path} does not exist; `kg source add FILE --id {name}` makes it.")
    return Files(name, *map(SourceFile.read, paths))


def find_copy(files: Files, texts: Path) -> Copy:
    """The copy of the document in a folder of texts, known by its digest."""
    for copy in read_copies(texts):
        if copy.digest == files.digest:
            return copy
    raise UsageError(
        f"no file in {texts} is document {files.id}: none has the digest {files.digest} that "
        f"{files.document.path} names."
    )


def write_all(edits: Mapping[Path, str]) -> None:
    """Write every file whole; none is left half written."""
    for path, text in edits.items():
        if path.suffix == ".ttl":
            turtle_to_nquads(text.encode(), path=path)
    for path, text in edits.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.unfinished")
        unfinished.write_bytes(text.encode())
        unfinished.replace(path)


def _matches(place: re.Pattern[str], graph: Graph, node: Node) -> Iterator[re.Match[str]]:
    """The regions of a statement that are regions of this document."""
    return filter(None, (place.fullmatch(str(each)) for each in graph.objects(node, eg("region"))))
