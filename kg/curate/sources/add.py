"""Adds a document: its two files, its lines in the catalogue, its imports in the root."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from kg.compile.check.unfinished import TO_FILL
from kg.curate.sources.files import paths_of
from kg.curate.sources.front import Front, read_front
from kg.curate.sources.outline import read_outline
from kg.curate.sources.turtle import after_values, blocks, inserted
from kg.model.errors import SourceSyntaxError, UsageError
from kg.model.rdf import CATALOGUE_NAME, read_catalogue
from kg.model.statements import as_text, ni
from kg.model.vocabulary import BASE, IRI, PREFIXES, ROOT_ONTOLOGY, Literal

_URI: Final = re.compile(r"(?m)^([ \t]*)<uri [^>]*/>[ \t]*(?=\r?$)")
_VERSION: Final = re.compile(r"owl:versionInfo\s+\"([^\"]+)\"")
_RULE: Final = 101
"""Length of a heading comment, as in the other files."""

_DOCUMENT_PREFIXES: Final = ("cite", "dcterms", "doc", "eg", "owl", "rdfs", "ref", "reg", "xsd")
_STATEMENT_PREFIXES: Final = (
    *("biolink", "cite", "dcterms", "doc", "eg", "obo", "owl", "rdfs", "reg", "st"),
)
_ABOUT_DOCUMENTS: Final = (
    *("charEnd", "charStart", "documentDigest", "inDocument", "item", "lastUpdated", "line"),
    *("notStated", "note", "number", "origin", "publisherName", "referenceListStatus"),
    *("resolution", "reviewClaim", "reviewStatus", "sectionPath", "sectionTitle"),
    *("sentenceDigest", "setAsideBecause", "shortTitle", "venue", "year"),
)
_ABOUT_STATEMENTS: Final = (
    *("analyte", "cites", "context", "direction", "emphasis", "evidenceType", "frequency"),
    *("inDocument", "line", "magnitude", "modality", "notStated", "note", "object", "pattern"),
    *("polarity", "population", "predicate", "region", "relativeTo", "subject", "timing"),
)


def added(folder: Path, name: str, raw: bytes) -> dict[Path, str]:
    """The text of every file that adding a document makes or changes."""
    document, statements = paths_of(folder, name)
    taken = [path for path in (document, statements) if _exists(path)]
    if taken:
        raise UsageError(f"{taken[0]} exists; wanted a name that no document has.")
    root, catalogue = folder / "etiograph.ttl", folder / CATALOGUE_NAME
    root = read_catalogue(folder).get(ROOT_ONTOLOGY, root)
    root_text = root.read_bytes().decode("utf-8")
    version = _VERSION.search(root_text)
    release = version[1] if version else "0.1.0"
    iris = [IRI(f"{BASE}ontology/{kind}/{name}") for kind in ("documents", "statements")]
    files = [path.relative_to(folder).as_posix() for path in (document, statements)]
    entries = dict(zip(iris, files, strict=True))
    front = read_front(read_outline(as_text(raw)))
    return {
        document: _document(name, front, ni(raw), release),
        statements: _statements(name, front, release),
        catalogue: with_catalogue_entries(catalogue.read_bytes().decode("utf-8"), entries),
        root: with_imports(root_text, iris, root),
    }


def with_catalogue_entries(text: str, entries: Mapping[IRI, str]) -> str:
    """A catalogue with more lines after its last entry, else byte for byte."""
    rows = list(_URI.finditer(text))
    if not rows:
        raise SourceSyntaxError(f"{CATALOGUE_NAME} holds no <uri …/> line to write another after.")
    lines = (f'\n{rows[-1][1]}<uri name="{iri}" uri="{path}"/>' for iri, path in entries.items())
    return inserted(text, [(rows[-1].end(), "".join(lines))])


def with_imports(text: str, iris: list[IRI], path: Path | None = None) -> str:
    """A root ontology with more imports at the end of its list, else byte for byte."""
    root = next((block for block in blocks(text) if block.subject == ROOT_ONTOLOGY.n3()), None)
    place = after_values(root, "owl:imports") if root is not None else None
    if place is None:
        raise SourceSyntaxError(
            f"no `owl:imports` of {ROOT_ONTOLOGY.n3()} to add to was found.", path=path
        )
    line = text[text.rfind("\n", 0, place) + 1 : place]
    indent = line[: len(line) - len(line.lstrip())] or "        "
    return inserted(text, [(place, "".join(f" ,\n{indent}{iri.n3()}" for iri in iris))])


def _exists(path: Path) -> bool:
    """Whether a file has the name, whatever the case of its letters."""
    names = (each.name.casefold() for each in path.parent.glob("*.ttl"))
    return path.name.casefold() in names


def rule(title: str) -> str:
    """A heading comment."""
    return f"# ── {title} ".ljust(_RULE, "─")


def _head(name: str, kind: str, what: str, prefixes: tuple[str, ...]) -> Iterator[str]:
    width = max(map(len, prefixes)) + 1
    yield from (f"@prefix {each + ':':{width}} <{PREFIXES[each]}> ." for each in prefixes)
    yield ""
    yield f"<{BASE}ontology/{kind}/{name}> a owl:Ontology ;"
    yield f'    dcterms:title "Etiograph {what} {name}"@en ;'


def _ontology(name: str, kind: str, about: str, release: str, imports: list[str]) -> Iterator[str]:
    yield f"    dcterms:description {_english(about)} ;"
    yield "    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;"
    yield f"    owl:versionIRI <{BASE}ontology/{kind}/{name}/{release}> ;"
    yield f'    owl:versionInfo "{release}" ;'
    listed = " ,\n".join(f"        <{BASE}ontology/{each}>" for each in imports)
    yield f"    owl:imports\n{listed} .\n"
    yield "# Declared here too, so that the file can be read by itself."


def _declared(*properties: str) -> Iterator[str]:
    yield from (f"{each} a owl:AnnotationProperty ." for each in properties)


def _document(name: str, front: Front, digest: str, release: str) -> str:
    about = "Its standing, its places, its citations."
    own = [f"eg:{each}" for each in _ABOUT_DOCUMENTS]
    lines = [
        f"# Etiograph document {name}.",
        "#",
        "# What the document says of itself, where its sentences stand, what its numbers point at,",
        "# and which of its lines carry no statement. No sentence of it is copied.",
        "",
        *_head(name, "documents", "document", _DOCUMENT_PREFIXES),
        *_ontology(name, "documents", about, release, ["evidence"]),
        *_declared("dcterms:title", "dcterms:description", "dcterms:license", *own),
        "",
        rule("The document"),
        "",
        *_described(name, front, digest),
        "",
        rule("Regions"),
        "",
        "# One for each line that carries a statement; `kg source fill` writes them.",
        "",
        rule("Citation numbers"),
        "",
        "# Unresolved until a curator says what work a number points at.",
        "",
        rule("Lines set aside"),
        "",
        "# Every line that is not blank carries a statement or stands here with a reason.",
        "",
    ]
    return "\n".join(lines)


def _described(name: str, front: Front, digest: str) -> Iterator[str]:
    """The document itself; what the text does not say is left to be filled in."""
    yield f"doc:{name} a eg:SourceDocument , owl:NamedIndividual ;"
    yield f'    rdfs:label "document {name}"@en ;'
    yield from _value("dcterms:title", front.title, "the title of the document")
    yield from _value("eg:shortTitle", "", "a few words that name it in answers")
    yield from _value("eg:publisherName", front.publisher, "who publishes it", english=False)
    yield from _value(
        "eg:origin", front.publisher, "whose voice it is: one origin is counted once", english=False
    )
    if front.updated:
        yield f'    eg:lastUpdated "{front.updated}"^^xsd:date ;'
    else:
        yield f'    # {TO_FILL}: eg:lastUpdated "YYYY-MM-DD"^^xsd:date ;'
    yield from _value("eg:reviewStatus", front.review, "how it was reviewed, or: not stated")
    if front.claim:
        yield f"    eg:reviewClaim {_english(front.claim)} ;"
    yield f"    eg:referenceListStatus {_english(front.references)} ;"
    yield f"    eg:documentDigest <{digest}> ;"
    yield f"    rdfs:isDefinedBy <{BASE}ontology/documents/{name}> ."


def _value(name: str, found: str, wanted: str, *, english: bool = True) -> Iterator[str]:
    if not found:
        yield f'    # {TO_FILL}: {name} "{wanted}"{"@en" if english else ""} ;'
        return
    yield f"    {name} {_english(found) if english else Literal(found).n3()} ;"


def _english(text: str) -> str:
    return Literal(text, language="en").n3()


def _statements(name: str, front: Front, release: str) -> str:
    about = f"What document {name} says, statement by statement."
    imports = ["evidence", f"documents/{name}", "rules"]
    own = [f"eg:{each}" for each in _ABOUT_STATEMENTS]
    lines = [
        f"# Etiograph statements of document {name}: {front.title}".rstrip(": "),
        "#",
        "# In the order of the text. A statement puts one thing that the text says into terms; a",
        "# sentence that says three things makes three statements of one line.",
        "",
        *_head(name, "statements", "statements of document", _STATEMENT_PREFIXES),
        *_ontology(name, "statements", about, release, imports),
        *_declared("dcterms:title", "dcterms:description", "dcterms:license"),
        *_declared("biolink:agent_type", "biolink:knowledge_level", *own),
        "",
        *_example(name),
        "",
    ]
    return "\n".join(lines)


def _example(name: str) -> Iterator[str]:
    """A statement as a curator writes it, as a comment to copy from."""
    number = f"{name}{1:03}"
    yield "# An example to copy: without the signs in front, and in the words of the terms."
    yield "# `kg source fill` adds the place, the citation numbers and the document."
    yield "#"
    for line in (
        f"st:{number} a eg:CauseStatement , owl:NamedIndividual ;",
        f'    rdfs:label "{number} our own words for what the sentence says"@en ;',
        "    eg:line 42 ;",
        "    eg:subject eg:SomeCondition ; eg:predicate eg:causes ; eg:object eg:some-finding ;",
        '    eg:context eg:Case ; eg:population "not stated"@en ;',
        "    eg:polarity eg:affirmed ; eg:modality eg:modality-asserts ;",
        '    eg:notStated "population"@en ;',
        '    eg:evidenceType obo:ECO_0000303 ; biolink:knowledge_level "knowledge_assertion" ;',
        '    biolink:agent_type "manual_agent" .',
    ):
        yield f"# {line}"
