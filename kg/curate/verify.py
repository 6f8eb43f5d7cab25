"""What is wrong with the sources, beside a reader's own copies, or in somebody else's store.

Rules and shapes are those of `kg.compile.check`, which a build runs as well; here are the checks
that need the texts or the store, and the count of what was looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from typing import Final

from kg.compile.check.places import NOWHERE, Places
from kg.compile.check.rules import Rule, run_queries
from kg.compile.check.sources import check_sources
from kg.curate.sentences import SENTENCE_RULES, FixedRule, check_folder
from kg.model.copies import Copy, Coverage, Located, Visit, read_copies, visit_documents
from kg.model.rdf import Sources
from kg.model.report import Extent, Finding, Report, TextExtent
from kg.model.statements import Phrase, Statement, list_phrases
from kg.model.vocabulary import GRAPH_ONTOLOGY, IRI, expand, text_of
from kg.store.local import LocalStore
from kg.store.publication import Publication, differences
from kg.store.queries import shipped_rows
from kg.store.remote import RemoteStore
from kg.store.statements import read_coverage, read_statements

_NO_TEXT: Final = FixedRule(
    "document-not-found",
    "Document not found",
    "No file of the folder is the document, or holds a sentence of it, so it was not checked.",
    "info",
    "Put your copy of the document into the folder, as UTF-8 text, if it is yours to check.",
)
_OTHER_VERSION: Final = FixedRule(
    "document-changed",
    "Document of another version",
    "The copy is not the version that was read, so what else changed in it is not known.",
    "warning",
    "Read what changed, and describe the new version as a document of its own.",
)
_WRONG: Final = FixedRule(
    "locator-wrong",
    "Wrong place",
    "In the very version that was read, the sentence is not where the graph says.",
    "error",
    "Correct line, characters and digest of the region.",
)
_CHANGED: Final = FixedRule(
    "sentence-changed",
    "Sentence changed",
    "No line of the copy has the digest of the sentence, so the statement rests on other words.",
    "error",
    "Read the line again, and correct or withdraw the statement.",
)
_RECITED: Final = FixedRule(
    "citation-changed",
    "Other citation numbers",
    "The line prints other citation numbers than the statement has, so it rests on other works.",
    "error",
    "Correct the numbers that the statement cites.",
)
_MOVED: Final = FixedRule(
    "sentence-moved",
    "Sentence moved",
    "The sentence is the one that was read, and stands elsewhere in this copy.",
    "info",
    "Nothing has to be done for this copy; a new version gets regions of its own.",
)
_OPEN: Final = FixedRule(
    "line-unaccounted",
    "Line without a statement or a reason",
    "Something that the document says may be missing from the graph without anybody knowing.",
    "error",
    "Write a statement of the line, or set it aside with a reason; `kg report coverage` lists all.",
)
_COPIED: Final = FixedRule(
    "copied-words",
    "Words of a document",
    "Eight words in a row of a document stand in a file; the graph locates and does not quote.",
    "error",
    "Say it in words of your own.",
)
TEXT_RULES: Final = (
    *(_NO_TEXT, _OTHER_VERSION, _WRONG, _CHANGED, _RECITED, _MOVED, _OPEN, _COPIED),
    *SENTENCE_RULES,
)
"""Every rule that needs the texts."""
NOTHING: Final = FixedRule(
    "nothing-checked",
    "Nothing was checked",
    "A check that looked at nothing finds nothing, which proves nothing.",
    "error",
    "Name the folder, or the store, that holds what is to be checked.",
)


def verify_sources(sources: Sources, folder: Path, texts: Path | None = None) -> Report:
    """What rules and shapes find in the sources, and what a folder of texts says of them."""
    report = check_sources(sources, folder)
    if texts is not None:
        report += check_texts(sources, folder, texts)
    return report + check_extent(report.extent)


def verify_store(store: RemoteStore, found: Publication, rules: Iterable[Rule]) -> Report:
    """What differs from what was published, and what the rules find in the graphs of the sources.

    The rules are about what people wrote, so the graphs that the build made are left out.
    """
    solution = "Publish the graph again."
    differing = tuple(
        Finding("published-graph", "error", part, f"{part} {what} {solution}", solution=solution)
        for part, what in differences(store, found)
    )
    report = Report(differing, Extent(graphs=len(found.parts)))
    if graphs := tuple(filter(_is_source, found.graphs)):  # none would mean all of the store
        sources = replace(store, graphs=graphs)
        statements = len(shipped_rows(sources, "ask/statement_ids").rows)
        report += run_queries(sources, rules) + Report(extent=Extent(statements=statements))
    return report + check_extent(report.extent)


def check_extent(extent: Extent) -> Report:
    """An error for each part of a check that had nothing to look at; otherwise nothing."""
    texts = extent.texts
    empty = {
        "no rule was read": not extent.rules,
        "no shape was read": extent.files and not extent.shapes,
        "no graph is published": not (extent.files or extent.graphs),
        "no statement met a text": texts is not None and not texts.looked_up,
    }
    return Report(tuple(NOTHING.finding(why) for why, is_so in empty.items() if is_so))


def _is_source(graph: IRI) -> bool:
    return graph == GRAPH_ONTOLOGY or graph.startswith(expand("graph:document/"))


# ── With the texts ──────────────────────────────────────────────────────────────────────────

_STATEMENTS: Final = (
    "SELECT DISTINCT ?statement WHERE { ?statement eg:region ?region } ORDER BY ?statement"
)
_TITLES: Final = """
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
    visits, coverages = visit_documents(statements, copies), read_coverage(store, copies)
    kinds = ("*.ttl", "*.yaml", "*.tsv", "*.md")
    files = (path for kind in kinds for path in sorted(folder.rglob(kind)))
    titles = map(text_of, store.select(_TITLES).column("title"))
    report = check_places(visits, places) + check_lines(visits, coverages, places)
    report += check_words(files, copies, titles) + check_folder(folder, copies)
    return report + Report(extent=Extent(texts=_count(statements, visits, coverages)))


def check_places(visits: Iterable[Visit], places: Places = NOWHERE) -> Report:
    """What copies of the documents say about the places of the statements."""
    return Report(tuple(found for each in visits for found in _place_findings(each, places)))


def check_lines(
    visits: Iterable[Visit], coverages: Iterable[Coverage], places: Places = NOWHERE
) -> Report:
    """The lines of each document that no statement and no reason accounts for.

    A document without a statement is known by its digest alone, and missing where none has it.
    """
    visited = {each.document for each in visits}
    return Report(
        tuple(found for each in coverages for found in _line_findings(each, visited, places))
    )


def check_words(paths: Iterable[Path], copies: Iterable[Copy], titles: Iterable[str]) -> Report:
    """Where files repeat eight words in a row of a copy, titles of works excepted."""
    titled = _any_of(titles)
    parts = (part for copy in copies for line in copy.lines for part in titled.split(line))
    theirs = {phrase for part in parts for phrase, _ in list_phrases(part)}
    return Report(tuple(found for path in paths for found in _copied(path, theirs)))


def _count(
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


def _line_findings(
    coverage: Coverage, visited: AbstractSet[str], places: Places
) -> Iterator[Finding]:
    focus, place = f"document {coverage.document}", places.of(f"doc:{coverage.document}")
    if not coverage.copy and coverage.document not in visited:
        missing = f"{coverage.title}; no statement yet, and its lines not counted"
        yield _NO_TEXT.finding(focus, missing, place)
    if coverage.open:
        lines = ", ".join(map(str, coverage.open))
        yield _OPEN.finding(focus, f"{len(coverage.open)} of its lines: {lines}", place)


def _place_findings(each: Visit, places: Places) -> Iterator[Finding]:
    focus, place = f"document {each.document}", places.of(f"doc:{each.document}")
    if each.copy is None:
        missing = f"{each.title}; {len(each.located)} statements not checked"
        yield _NO_TEXT.finding(focus, missing, place)
        return
    if not each.same:
        found = sum(located.found for located in each.located)
        met = f"{found} of {len(each.located)} statements found by their digest"
        yield _OTHER_VERSION.finding(focus, f"{each.copy.name}; {met}", place)
    for located in each.located:
        rule = _rule_broken(located, same=each.same)
        if rule is not None:
            where = _numbers(located) if rule is _RECITED else _describe(located, each.copy)
            yield rule.finding(located.statement.id, where, places.of(located.statement.iri))


def _rule_broken(located: Located, *, same: bool) -> FixedRule | None:
    if located.recited:
        return _RECITED
    if same:
        return None if located.found and not located.moved else _WRONG
    if not located.found:
        return _CHANGED
    return _MOVED if located.moved else None


def _numbers(located: Located) -> str:
    printed = ", ".join(map(str, located.printed)) or "none"
    cited = ", ".join(str(each.number) for each in located.statement.citations) or "none"
    return f"line {located.line} prints {printed}; the graph says {cited}"


def _describe(located: Located, copy: Copy) -> str:
    """Which of digest, path and offset led where."""
    place = located.place
    was = f"line {place.line}, characters {place.start} to {place.end}"
    now = f"line {located.line}, characters {located.start} to {located.end}"
    where = f"section {place.section}, item {place.item}"
    match located.by:
        case "digest":
            return f"found by its digest in {copy.name} on {now}; the graph says {was}"
        case "path":
            return f"no line of {copy.name} has its digest; by its path, {where}, it would be {now}"
        case "offset":
            return f"no line of {copy.name} has its digest; by its offset it would be {now}"
    return f"no line of {copy.name} has its digest, and neither {where} nor {was} leads to a line"


def _any_of(titles: Iterable[str]) -> re.Pattern[str]:
    """Finds each title, however its words are set apart; the longest first."""
    words = (re.findall(r"[^\W_]+", title) for title in sorted(titles, key=len, reverse=True))
    patterns = [r"[\W_]+".join(map(re.escape, each)) for each in words if each]
    return re.compile("|".join(patterns) or r"(?!)", re.IGNORECASE)


def _copied(path: Path, theirs: AbstractSet[Phrase]) -> Iterator[Finding]:
    """Each run of words of a document with the words themselves, at the line where it starts."""
    text = path.read_text("utf-8")
    found = [each for each in list_phrases(text) if each[0] in theirs]
    for words, offset in _runs(found):
        line = text.count("\n", 0, offset) + 1
        yield _COPIED.finding(path.name, f"“{' '.join(words)}”", f"{path}:{line}")


def _runs(found: Sequence[tuple[Phrase, int]]) -> Iterator[tuple[Phrase, int]]:
    """Phrases that go on in one another as one run, and where it starts."""
    run: Phrase = ()
    start = 0
    for words, offset in found:
        if run and run[-len(words) + 1 :] == words[:-1]:
            run = (*run, words[-1])
            continue
        if run:
            yield run, start
        run, start = words, offset
    if run:
        yield run, start
