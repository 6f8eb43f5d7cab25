"""An article becomes part of the graph: in the catalogue, and in the imports of the root.

Lines are added and the rest of both files stays byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from kg.articles.article import article_paths
from kg.articles.write import write_made
from kg.curate.sources.writing import write_all
from kg.model.errors import KGError, SourceSyntaxError
from kg.model.rdf import CATALOGUE_NAME, read_catalogue
from kg.model.vocabulary import BASE, IRI, ROOT_ONTOLOGY

_ENTRY: Final = re.compile(r"(?m)^([ \t]*)<uri [^>]*/>[ \t]*(?=\r?$)")
_BLANK: Final = r"(?:\s|#[^\n]*\n)*"
_IMPORTS: Final = re.compile(rf"owl:imports{_BLANK}<[^>]*>(?:{_BLANK},\s*<[^>]*>)*")
_FOLDERS: Final = ("documents", "statements")
"""The folders in which the Turtle of an article stands; its terms stand in `terms`."""
_TERMS: Final = re.compile(r"(?m)^terms:")


def make_all(folder: Path) -> tuple[Path, ...]:
    """Enter every article and write the Turtle that is made; the files that changed.

    ValidationError or SourceSyntaxError where an article is wrong; nothing is entered then.
    """
    before: dict[Path, str] = {}
    for path in article_paths(folder):
        edits = enter(folder, path.stem, terms=bool(_TERMS.search(path.read_text("utf-8"))))
        for each in edits:
            before.setdefault(each, each.read_bytes().decode())
        write_all(edits)
    try:
        return (*before, *write_made(folder))
    except KGError:
        write_all(before)
        raise


def enter(folder: Path, name: str, *, terms: bool = False) -> dict[Path, str]:
    """The text of the catalogue and of the root with an article; empty where it stands in both."""
    folders = (*_FOLDERS, "terms") if terms else _FOLDERS
    known = read_catalogue(folder)
    wanted = {IRI(f"{BASE}ontology/{each}/{name}"): f"{each}/{name}.ttl" for each in folders}
    entries = {iri: path for iri, path in wanted.items() if iri not in known}
    if not entries:
        return {}
    catalogue, root = folder / CATALOGUE_NAME, known.get(ROOT_ONTOLOGY, folder / "etiograph.ttl")
    catalogue_text, root_text = (each.read_bytes().decode() for each in (catalogue, root))
    return {
        catalogue: add_to_catalogue(catalogue_text, entries),
        root: add_imports(root_text, list(entries), root),
    }


def add_to_catalogue(text: str, entries: Mapping[IRI, str]) -> str:
    """A catalogue with more lines after its last entry, else byte for byte."""
    rows = list(_ENTRY.finditer(text))
    if not rows:
        raise SourceSyntaxError(f"{CATALOGUE_NAME} holds no <uri …/> line to write another after.")
    lines = (f'\n{rows[-1][1]}<uri name="{iri}" uri="{path}"/>' for iri, path in entries.items())
    return _put(text, rows[-1].end(), "".join(lines))


def add_imports(text: str, iris: Sequence[IRI], path: Path | None = None) -> str:
    """A root ontology with more imports at the end of its list, else byte for byte."""
    found = _IMPORTS.search(text)
    if found is None:
        raise SourceSyntaxError(
            f"no `owl:imports` of {ROOT_ONTOLOGY.n3()} to add to was found.", path=path
        )
    line = text[text.rfind("\n", 0, found.end()) + 1 : found.end()]
    indent = line[: len(line) - len(line.lstrip())] or "        "
    return _put(text, found.end(), "".join(f" ,\n{indent}{iri.n3()}" for iri in iris))


def _put(text: str, place: int, piece: str) -> str:
    """The text with a piece put in, with the line ends that it has."""
    newline = "\r\n" if "\r\n" in text else "\n"
    return text[:place] + piece.replace("\n", newline) + text[place:]
