"""The two files of a document, read: what a curator wrote, and what is there of its places."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.curate.sources.coverage import Coverage, coverage
from kg.model.errors import UsageError
from kg.model.rdf import read_nquads, turtle_to_nquads
from kg.model.resources import data_dir, package_dir
from kg.model.statements import as_text, copies, ni
from kg.model.vocabulary import PREFIXES, RDF_TYPE, Term, eg

DOCUMENT_NAME: Final = re.compile(r"[A-Z][A-Za-z]{0,15}")
"""Letters only: a statement is named by its document and digits."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One statement as its file has it so far."""

    name: str
    lines: frozenset[int]
    """The lines that it names, by `eg:line` or by its region."""
    has: frozenset[str]
    """The properties that it has."""


@dataclass(frozen=True, slots=True)
class Files:
    """A document and its statements, as text and as what the text says."""

    id: str
    document_path: Path
    statements_path: Path
    document_text: str
    statements_text: str
    digest: str
    regions: Mapping[int, str]
    """The section title, or nothing, of each line that has a region."""
    sections: Mapping[str, str]
    """The title of each section path, where a region gives one."""
    aside: frozenset[int]
    pointers: frozenset[int]
    stated: tuple[Stated, ...]

    def coverage(self, text: str) -> Coverage:
        """The account of the lines of the text."""
        carrying = [line for each in self.stated for line in each.lines]
        return coverage(text.split("\n"), carrying, self.aside)


def writable(folder: Path) -> Path:
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
    document, statements = paths_of(folder, name)
    for path in (document, statements):
        if not path.is_file():
            raise UsageError(f"{path} does not exist; `kg source add FILE --id {name}` makes it.")
    texts = [path.read_bytes().decode("utf-8") for path in (document, statements)]
    said = _said(texts[0], document)
    regions = _of_kind(said, "Region")
    titles = {line: _one(said[subject], "sectionTitle") for line, subject in regions.items()}
    return Files(
        id=name,
        document_path=document,
        statements_path=statements,
        document_text=texts[0],
        statements_text=texts[1],
        digest=_one(said.get(f"{PREFIXES['doc']}{name}", {}), "documentDigest"),
        regions=titles,
        sections={
            _one(said[subject], "sectionPath"): titles[line]
            for line, subject in regions.items()
            if titles[line]
        },
        aside=frozenset(_of_kind(said, "LineSetAside")),
        pointers=frozenset(_numbers(said, "CitationPointer", "number")),
        stated=tuple(_statements(_said(texts[1], statements), name)),
    )


def read_copy(files: Files, texts: Path) -> str:
    """The text of the document out of a folder of texts, known by its digest."""
    for _, raw in copies(texts):
        if ni(raw) == files.digest:
            return as_text(raw)
    raise UsageError(
        f"no file in {texts} is document {files.id}: none has the digest {files.digest} that "
        f"{files.document_path} names."
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


Properties = Mapping[str, Sequence[Term]]
Said = Mapping[str, Properties]


def _said(text: str, path: Path) -> Said:
    """What a file says of each subject, by property."""
    found: defaultdict[str, dict[str, list[Term]]] = defaultdict(dict)
    for quad in read_nquads(turtle_to_nquads(text.encode(), path=path)):
        found[str(quad.subject)].setdefault(quad.predicate, []).append(quad.object)
    return dict(found)


def _all(properties: Properties, name: str) -> Sequence[Term]:
    return properties.get(eg(name), ())


def _is_a(properties: Properties, kind: str) -> bool:
    return eg(kind) in properties.get(RDF_TYPE, ())


def _of_kind(said: Said, kind: str) -> dict[int, str]:
    """The subjects of a kind by each of their lines."""
    return {
        int(_plain(line)): subject
        for subject, properties in said.items()
        if _is_a(properties, kind)
        for line in _all(properties, "line")
    }


def _numbers(said: Said, kind: str, name: str) -> Iterator[int]:
    for properties in said.values():
        if _is_a(properties, kind):
            yield from (int(_plain(each)) for each in _all(properties, name))


def _statements(said: Said, document: str) -> Iterator[Stated]:
    place = re.compile(rf"{re.escape(PREFIXES['reg'])}{document}-(\d+)")
    for subject, properties in said.items():
        if subject.startswith(PREFIXES["st"]) and eg("subject") in properties:
            lines = {int(_plain(each)) for each in _all(properties, "line")}
            regions = (place.fullmatch(str(each)) for each in _all(properties, "region"))
            lines |= {int(found[1]) for found in regions if found}
            yield Stated(
                name=subject.removeprefix(PREFIXES["st"]),
                lines=frozenset(lines),
                has=frozenset(properties),
            )


def _one(properties: Properties, name: str) -> str:
    return next((_plain(value) for value in _all(properties, name)), "")


def _plain(term: Term) -> str:
    return str(getattr(term, "value", term))
