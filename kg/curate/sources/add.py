"""Adds a document: its two files, its lines in the catalogue, its imports in the root."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Final

from kg.compile.check.unfinished import TO_FILL
from kg.curate.sources.files import paths_of
from kg.curate.sources.front_matter import FrontMatter, read_front_matter
from kg.curate.sources.outline import Outline, read_outline
from kg.curate.sources.turtle import end_of_values, insert, read_blocks
from kg.model.citations import CitationStyle
from kg.model.errors import SourceSyntaxError, UsageError
from kg.model.rdf import CATALOGUE_NAME, read_catalogue
from kg.model.statements import decode_text, digest_of
from kg.model.vocabulary import BASE, IRI, ROOT_ONTOLOGY, Literal, english

_TEMPLATES: Final = Path(__file__).parent / "templates"
_URI: Final = re.compile(r"(?m)^([ \t]*)<uri [^>]*/>[ \t]*(?=\r?$)")
_VERSION: Final = re.compile(r"owl:versionInfo\s+\"([^\"]+)\"")


def add_document(
    folder: Path, name: str, raw: bytes, *, style: CitationStyle | None = None
) -> dict[Path, str]:
    """The text of every file that adding a document makes or changes.

    The citation style is the one that is chosen, or else recognised.
    """
    document, statements = paths_of(folder, name)
    taken = [path for path in (document, statements) if _exists(path)]
    if taken:
        raise UsageError(f"{taken[0]} exists; wanted a name that no document has.")
    catalogue = folder / CATALOGUE_NAME
    root = read_catalogue(folder).get(ROOT_ONTOLOGY, folder / "etiograph.ttl")
    root_text, catalogue_text = (each.read_bytes().decode() for each in (root, catalogue))
    entries = {
        IRI(f"{BASE}ontology/{path.parent.name}/{name}"): path.relative_to(folder).as_posix()
        for path in (document, statements)
    }
    outline = read_outline(decode_text(raw), style=style)
    words = _words_for(name, outline, digest_of(raw), _VERSION.search(root_text))
    return {
        document: _fill_template("document", words),
        statements: _fill_template("statements", words),
        catalogue: add_to_catalogue(catalogue_text, entries),
        root: add_imports(root_text, list(entries), root),
    }


def add_to_catalogue(text: str, entries: Mapping[IRI, str]) -> str:
    """A catalogue with more lines after its last entry, else byte for byte."""
    rows = list(_URI.finditer(text))
    if not rows:
        raise SourceSyntaxError(f"{CATALOGUE_NAME} holds no <uri …/> line to write another after.")
    lines = (f'\n{rows[-1][1]}<uri name="{iri}" uri="{path}"/>' for iri, path in entries.items())
    return insert(text, [(rows[-1].end(), "".join(lines))])


def add_imports(text: str, iris: list[IRI], path: Path | None = None) -> str:
    """A root ontology with more imports at the end of its list, else byte for byte."""
    root = next((each for each in read_blocks(text) if each.subject == ROOT_ONTOLOGY.n3()), None)
    place = end_of_values(root, "owl:imports") if root is not None else None
    if place is None:
        raise SourceSyntaxError(
            f"no `owl:imports` of {ROOT_ONTOLOGY.n3()} to add to was found.", path=path
        )
    line = text[text.rfind("\n", 0, place) + 1 : place]
    indent = line[: len(line) - len(line.lstrip())] or "        "
    return insert(text, [(place, "".join(f" ,\n{indent}{iri.n3()}" for iri in iris))])


def _exists(path: Path) -> bool:
    """Whether a file has the name, whatever the case of its letters."""
    names = (each.name.casefold() for each in path.parent.glob("*.ttl"))
    return path.name.casefold() in names


def _words_for(
    name: str, outline: Outline, digest: str, version: re.Match[str] | None
) -> dict[str, str]:
    """What the templates leave open."""
    front = read_front_matter(outline)
    return {
        "name": name,
        "release": version[1] if version else "0.1.0",
        "title": f": {front.title}".rstrip(": "),
        "described": "\n".join(_describe(front, digest, outline.citing.style)),
    }


def _fill_template(name: str, words: Mapping[str, str]) -> str:
    template = (_TEMPLATES / f"{name}.ttl.template").read_text("utf-8")
    return Template(template).substitute(words)


def _describe(front: FrontMatter, digest: str, style: CitationStyle) -> Iterator[str]:
    """What the text says of the document; what it does not say is left to be filled in."""
    title, publisher = _english(front.title), _plain(front.publisher)
    yield _pair("dcterms:title", title, '"the title of the document"@en')
    yield _pair("eg:shortTitle", "", '"a few words that name it in answers"@en')
    yield _pair("eg:publisherName", publisher, '"who publishes it"')
    yield _pair("eg:origin", publisher, '"whose voice it is: one origin is counted once"')
    updated = f'"{front.updated}"^^xsd:date' if front.updated else ""
    yield _pair("eg:lastUpdated", updated, '"YYYY-MM-DD"^^xsd:date')
    review = _english(front.review)
    yield _pair("eg:reviewStatus", review, '"how it was reviewed, or: not stated"@en')
    if front.review_claim:
        yield _pair("eg:reviewClaim", _english(front.review_claim))
    yield _pair("eg:referenceListStatus", _english(front.references))
    if style is not CitationStyle.PLAIN:
        yield _pair("eg:citationStyle", _plain(style.value))
    yield _pair("eg:documentDigest", f"<{digest}>")


def _pair(name: str, value: str, wanted: str = "") -> str:
    return f"    {name} {value} ;" if value else f"    # {TO_FILL}: {name} {wanted} ;"


def _english(text: str) -> str:
    return english(text).n3() if text else ""


def _plain(text: str) -> str:
    return Literal(text).n3() if text else ""
