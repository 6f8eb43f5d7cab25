"""The sources beside a reader's own copies of the documents, and as a store for reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from kg.curate.verify import Places, run_copied, run_texts
from kg.curate.verify.texts import run_coverage, run_missing
from kg.model.errors import Extent, Report, TextExtent
from kg.model.rdf import Quad, Sources, write_nquads
from kg.model.statements import Coverage, Statement, Visit, read_copies, visit
from kg.model.vocabulary import IRI, Literal
from kg.store.base import Store
from kg.store.local import LocalStore
from kg.store.statements import read_coverage, read_statements

_STATEMENTS = (
    "SELECT DISTINCT ?statement WHERE { ?statement eg:region ?region } ORDER BY ?statement"
)
_TITLES = """
    SELECT DISTINCT ?title WHERE {
      VALUES ?kind { eg:SourceDocument eg:ReferenceEntry }
      ?work a ?kind ; dcterms:title|eg:venue ?title .
    }
"""


def check_texts(sources: Sources, folder: Path, texts: Path) -> Report:
    """What a folder of texts says: each place, each line, and no words of theirs in our files."""
    copies, places = read_copies(texts), Places.of_sources(sources)
    store = LocalStore(sources.nquads)
    found = store.select(_STATEMENTS).column("statement")
    statements = read_statements(store, [term for term in found if isinstance(term, IRI)])
    visits, coverages = visit(statements, copies), read_coverage(store, copies)
    report = run_texts(visits, places) + run_coverage(coverages, places)
    report += run_missing(coverages, {each.document for each in visits}, places)
    report += run_copied(_files(folder), copies, _titles(store))
    return report + Report(extent=Extent(texts=_extent(statements, visits, coverages)))


def _extent(
    statements: Sequence[Statement], visits: Sequence[Visit], coverages: Sequence[Coverage]
) -> TextExtent:
    """How many of the documents and statements met a text."""
    met = [each for each in visits if each.copy is not None]
    located = [located for each in met for located in each.located]
    counted = {each.document for each in coverages if each.copy}
    return TextExtent(
        documents=len(coverages),
        with_copy=len(counted | {each.document for each in met}),
        statements=len(statements),
        looked_up=len(located),
        found=sum(each.found for each in located),
    )


def source_store(sources: Sources, folder: Path) -> Store:
    """The sources and the mappings to codes as a store, without anything that is inferred."""
    from kg.compile.mappings import read_mappings, triples

    mapped = (Quad(*triple, None) for triple in triples(read_mappings(folder / "mappings")))
    return LocalStore(sources.nquads + write_nquads(mapped))


def _files(folder: Path) -> Iterator[Path]:
    for pattern in ("*.ttl", "*.tsv", "*.md"):
        yield from sorted(folder.rglob(pattern))


def _titles(store: Store) -> Iterator[str]:
    for title in store.select(_TITLES).column("title"):
        if isinstance(title, Literal):
            yield title.value
