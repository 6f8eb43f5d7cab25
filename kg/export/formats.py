"""Every format of an export by its name, and the files of an export in a folder.

A new format is a writer and a line of `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from kg.export import (
    crate,
    datasets,
    functional_syntax,
    obo,
    obographs,
    ontology,
    sbom,
    sssom,
    statements,
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
    write: Callable[[Source], Mapping[str, bytes]]
    """The content of each file by its name, in which `/` stands between folders."""
    about: str
    """What it is and whom it serves, in a line."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A format that speaks of the files that were written before it."""

    name: str
    file: str
    media_type: str
    summarise: Callable[[Source, Mapping[str, File]], bytes]
    about: str


_FORMATS: Final = (
    Format("owl", f"{STEM}.owl", ontology.RDF_XML, ontology.owl,
        "the ontology with what follows and with its codes, for OLS, OAK and OBO tools"),
    Format("owl-base", f"{STEM}-base.owl", ontology.RDF_XML, ontology.owl_base,
        "the ontology without what follows, to be merged and reasoned over"),
    Format("owl-simple", f"{STEM}-simple.owl", ontology.RDF_XML, ontology.owl_simple,
        "named classes and `property some class` alone, to be walked as a graph"),
    Format("ofn", f"{STEM}.ofn", "text/owl-functional", functional_syntax.ofn,
        "owl-base in functional syntax, an axiom and its evidence on a line"),
    Format("checker", functional_syntax.CHECKER, "text/javascript", functional_syntax.checker,
        "checks proofs against the file above with Node.js, without this software"),
    Format("turtle", datasets.FOLDER, "text/turtle", datasets.turtle,
        "the files of the ontology as written, with a catalogue for Protégé"),
    Format("obo", f"{STEM}.obo", "text/obo", obo.obo,
        "terms in OBO format, with the statements behind each superclass"),
    Format("obographs", f"{STEM}.json", "application/json", obographs.obographs,
        "terms as nodes and edges, JSON in the form of obographs"),
    Format("sssom", sssom.FOLDER, "text/tab-separated-values", sssom.sssom,
        "the mappings to each terminology, SSSOM"),
    Format("csv", f"{STEM}-statements.csv", "text/csv", statements.statements_csv,
        "the statements, a row each, for spreadsheets and data frames"),
    Format("sbom", f"{STEM}.cdx.json", "application/vnd.cyclonedx+json", sbom.sbom,
        "the software that is installed, with the jars in it, CycloneDX"),
    Format("nquads", f"{STEM}.nq", datasets.N_QUADS, datasets.nquads,
        "all graphs, N-Quads"),
    Format("rdf12", f"{STEM}-reified.nt", N_TRIPLES, datasets.reified,
        "all triples, and each statement as the reifier of its own, RDF 1.2"),
    Format("trig", f"{STEM}.trig", datasets.TRIG, datasets.trig,
        "all graphs, TriG"),
    Format("jsonld", f"{STEM}.jsonld", "application/ld+json", datasets.jsonld,
        "all graphs, JSON-LD, with a context and a frame of statements"),
    Format("nanopubs", "nanopubs/", "application/trig", nanopubs,
        "each statement as a nanopublication, signed with --sign"),
    Format("kgx", "kgx/", "text/tab-separated-values", kgx,
        "nodes and edges of Biolink (KGX), and what they do not say"),
    Format("trapi", "trapi-response.json", "application/json", trapi,
        "the answer to the question of one hop in ontology/exports, TRAPI"),
    Format("fhir", FHIR_FILE, "application/fhir+json", fhir,
        "Evidence, Citation and ArtifactAssessment of FHIR R5, one Bundle"),
)  # fmt: skip
FORMATS: Final = {each.name: each for each in _FORMATS}
"""In the order in which they are written."""

_SUMMARIES: Final = (
    Summary("ro-crate", crate.CRATE, "application/ld+json", crate.crate,
        "the files beside it as an RO-Crate, for archives"),
    Summary("sha256sums", crate.SUMS, "text/plain", crate.sha256sums,
        "the SHA-256 of every file beside it"),
)  # fmt: skip
SUMMARIES: Final = {each.name: each for each in _SUMMARIES}
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


# ── In a folder ───────────────────────────────────────────────────────────────────────────────


def write_files(folder: Path, files: Mapping[str, File]) -> tuple[Path, ...]:
    """The paths of the files, written below the folder, which is made where there is none.

    A file that is there is written anew; others are left. UsageError where a file cannot be there.
    """
    return tuple(_write(folder, name, file.content) for name, file in files.items())


def _write(folder: Path, name: str, content: bytes) -> Path:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts:
        raise UsageError(f"{name!r} is no file below {folder}.")
    path = folder.joinpath(*parts)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from None
    return path


def _replace(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there; what could not be finished is gone."""
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.unlink(missing_ok=True)
    # "x" makes a file of its own: a link that stands there meanwhile is not followed
    with unfinished.open("xb") as stream:
        try:
            stream.write(content)
            stream.flush()
            unfinished.replace(path)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise
