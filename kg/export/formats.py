"""Every format of an export by its name; a new one is a writer and a line of `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from kg.export import (
    checker,
    crate,
    datasets,
    functional_syntax,
    obo,
    obographs,
    ontology,
    reified,
    sbom,
    sssom,
    statements,
    sums,
    texts,
)
from kg.export.biolink.kgx import kgx
from kg.export.biolink.trapi import trapi
from kg.export.fhir.bundle import FILE as FHIR_FILE
from kg.export.fhir.bundle import fhir
from kg.export.nanopubs.chain import nanopubs
from kg.export.source import STEM, File, Source
from kg.model.errors import UsageError
from kg.model.rdf import N_TRIPLES


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write the graph."""

    name: str
    file: str
    """The file that it writes, or the folder for many, which ends with a slash."""
    media_type: str
    about: str
    """What it is and whom it serves, in a line."""
    write: Callable[[Source], Mapping[str, bytes]]
    """The content of each file by its name, in which `/` stands between folders."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A format that speaks of the files that were written before it."""

    name: str
    file: str
    media_type: str
    about: str
    summarise: Callable[[Source, Mapping[str, File]], bytes]


FORMATS: Final[Mapping[str, Format]] = {
    each.name: each
    for each in (
        Format(
            "owl",
            f"{STEM}.owl",
            ontology.RDF_XML,
            "the ontology with what follows and with its codes, for OLS, OAK and OBO tools",
            ontology.owl,
        ),
        Format(
            "owl-base",
            f"{STEM}-base.owl",
            ontology.RDF_XML,
            "the ontology without what follows, to be merged and reasoned over",
            ontology.owl_base,
        ),
        Format(
            "owl-simple",
            f"{STEM}-simple.owl",
            ontology.RDF_XML,
            "named classes and `property some class` alone, to be walked as a graph",
            ontology.owl_simple,
        ),
        Format(
            "ofn",
            f"{STEM}.ofn",
            "text/owl-functional",
            "owl-base in functional syntax, an axiom and its evidence on a line",
            functional_syntax.ofn,
        ),
        Format(
            "checker",
            checker.FILE,
            "text/javascript",
            "checks proofs against the file above with Node.js, without this software",
            checker.checker,
        ),
        Format(
            "turtle",
            texts.FOLDER,
            "text/turtle",
            "the files of the ontology as written, with a catalogue for Protégé",
            texts.turtle,
        ),
        Format(
            "obo",
            f"{STEM}.obo",
            "text/obo",
            "terms in OBO format, with the statements behind each superclass",
            obo.obo,
        ),
        Format(
            "obographs",
            f"{STEM}.json",
            "application/json",
            "terms as nodes and edges, JSON in the form of obographs",
            obographs.obographs,
        ),
        Format(
            "sssom",
            sssom.FOLDER,
            "text/tab-separated-values",
            "the mappings to each terminology, SSSOM",
            sssom.sssom,
        ),
        Format(
            "csv",
            f"{STEM}-statements.csv",
            "text/csv",
            "the statements, a row each, for spreadsheets and data frames",
            statements.statements_csv,
        ),
        Format(
            "sbom",
            f"{STEM}.cdx.json",
            "application/vnd.cyclonedx+json",
            "the software that is installed, with the jars in it, CycloneDX",
            sbom.sbom,
        ),
        Format(
            "nquads",
            f"{STEM}.nq",
            datasets.N_QUADS,
            "all graphs, N-Quads",
            datasets.nquads,
        ),
        Format(
            "rdf12",
            f"{STEM}-reified.nt",
            N_TRIPLES,
            "all triples, and each statement as the reifier of its own, RDF 1.2",
            reified.reified,
        ),
        Format(
            "trig",
            f"{STEM}.trig",
            datasets.TRIG,
            "all graphs, TriG",
            datasets.trig,
        ),
        Format(
            "jsonld",
            f"{STEM}.jsonld",
            "application/ld+json",
            "all graphs, JSON-LD, with a context and a frame of statements",
            datasets.jsonld,
        ),
        Format(
            "nanopubs",
            "nanopubs/",
            "application/trig",
            "each statement as a nanopublication, signed with --sign",
            nanopubs,
        ),
        Format(
            "kgx",
            "kgx/",
            "text/tab-separated-values",
            "nodes and edges of Biolink (KGX), and what they do not say",
            kgx,
        ),
        Format(
            "trapi",
            "trapi-response.json",
            "application/json",
            "the answer to the question of one hop in ontology/exports, TRAPI",
            trapi,
        ),
        Format(
            "fhir",
            FHIR_FILE,
            "application/fhir+json",
            "Evidence, Citation and ArtifactAssessment of FHIR R5, one Bundle",
            fhir,
        ),
    )
}
"""In the order in which they are written."""

SUMMARIES: Final[Mapping[str, Summary]] = {
    each.name: each
    for each in (
        Summary(
            "ro-crate",
            crate.CRATE,
            "application/ld+json",
            "the files beside it as an RO-Crate, for archives",
            crate.crate,
        ),
        Summary(
            "sha256sums",
            sums.SUMS,
            "text/plain",
            "the SHA-256 of every file beside it",
            sums.sha256sums,
        ),
    )
}
"""The same, after all others."""

_BESIDE: Final = {
    ".jsonl": "application/jsonl",
    ".tsv": "text/tab-separated-values",
    ".xml": "application/xml",
}
"""The media types of files that formats write beside those of their own, by the ends of names."""

EVERY: Final[tuple[Format | Summary, ...]] = (*FORMATS.values(), *SUMMARIES.values())
NAMES: Final = tuple(each.name for each in EVERY)


def export(source: Source, names: Sequence[str] = NAMES) -> dict[str, File]:
    """The files of some formats by name.

    UsageError where two would write the same file, or where summaries have nothing to speak of.
    """
    _refuse_alone(names)
    found: dict[str, File] = {}
    for name, form in FORMATS.items():
        if name in names:
            written = form.write(source)
            _refuse_twice(found, written)
            found |= {
                each: File(content, _media_type(each, form), form.about)
                for each, content in written.items()
            }
    for name, summary in SUMMARIES.items():
        if name in names:
            content = summary.summarise(source, found)
            found[summary.file] = File(content, summary.media_type, summary.about)
    return found


def _media_type(name: str, form: Format) -> str:
    return _BESIDE.get(PurePosixPath(name).suffix, form.media_type)


def _refuse_alone(names: Sequence[str]) -> None:
    alone = [name for name in SUMMARIES if name in names]
    if alone and not any(name in names for name in FORMATS):
        raise UsageError(
            f"{' and '.join(alone)} describes the files that are written with it, and none are "
            "asked for. Name their formats too, or none at all for every one."
        )


def _refuse_twice(found: Mapping[str, File], written: Mapping[str, bytes]) -> None:
    twice = sorted(found.keys() & written.keys())
    if twice:
        raise UsageError(f"two formats write {', '.join(twice)}.")
