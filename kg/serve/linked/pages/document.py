"""Documents: what each says by section, which lines carry nothing, and how it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kg.model.copies import Coverage, Line, count_lines
from kg.model.statements import short_id
from kg.model.vocabulary import DCTERMS, EG, IRI, PREFIXES, PROV, eg
from kg.pages.pictures.coverage import coverage_picture
from kg.pages.values import Figure, Link, Page, Phrase, Row, Section, Table, joined, path_of, phrase
from kg.serve.linked.links import link_to, sort_links
from kg.serve.linked.material import Material
from kg.serve.linked.pages.parts import LONG, Remaining, statement_link
from kg.serve.linked.pages.place import ASIDE, line_anchor
from kg.serve.linked.pages.works import number_row, work_link
from kg.serve.linked.view import View
from kg.show.words import count

_STANDING: Final = (
    ("Publisher", EG.publisherName),
    ("Origin", EG.origin),
    ("Last updated", EG.lastUpdated),
    ("Review", EG.reviewStatus),
    ("What it says of its review", EG.reviewClaim),
    ("Reference list", EG.referenceListStatus),
    ("Style of its citation numbers", EG.citationStyle),
    ("Not stated there", EG.notStated),
)
_ORDER: Final = ("resolved", "inferred", "ambiguous", "unresolved")
"""What can be known of a citation, best first: a statement counts by the best of its numbers."""


_NOTHING: Final = "nothing cited"


@dataclass(frozen=True, slots=True)
class Said:
    """A statement, and where in its document it stands."""

    iri: IRI
    section: str
    title: str
    line: int


@dataclass(frozen=True)
class Reading:
    """What was made of one document, as the graph has it."""

    view: View
    iri: IRI

    @cached_property
    def parts(self) -> tuple[IRI, ...]:
        """Whatever is in the document: statements, places, numbers, works."""
        return tuple(self.view.subjects(EG.inDocument, self.iri))

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """The statements in the order of the text."""
        found = (self._said(each) for each in self.of("st"))
        return tuple(sorted(found, key=lambda each: (each.line, each.iri)))

    def of(self, prefix: str) -> list[IRI]:
        """The parts of one namespace."""
        return [each for each in self.parts if each.startswith(PREFIXES[prefix])]

    def standings(self) -> Counter[str]:
        """How many statements have which best standing of their citations."""
        found: Counter[str] = Counter()
        for each in self.said:
            held = {
                link_to(self.view, status).text
                for number in self.view.iris(each.iri, EG.cites)
                for status in self.view.values(number, EG.resolution)
            }
            found[next((word for word in _ORDER if word in held), _NOTHING)] += 1
        return found

    def coverage(self, material: Material) -> Coverage:
        """What became of each line; with the operator's copy, of each line that it has."""
        counted = Coverage(
            document=short_id(self.iri),
            title=self.view.text(self.iri, EG.shortTitle),
            digest=self.view.text(self.iri, EG.documentDigest),
            total=self.view.number(self.iri, EG.statementCount),
            encoded=len(self.said),
            lines=tuple(self._lines()),
        )
        return count_lines(counted, material.copies or ())

    def _lines(self) -> Iterator[Line]:
        statements: dict[int, list[str]] = {}
        reasons: dict[int, list[str]] = {}
        for each in self.said:
            statements.setdefault(each.line, []).append(short_id(each.iri))
        for place in self.of("reg"):
            for reason in self.view.values(place, EG.setAsideBecause):
                line = self.view.number(place, EG.line)
                reasons.setdefault(line, []).append(link_to(self.view, reason).text)
        for number in sorted({*statements, *reasons}):
            yield Line(number, tuple(statements.get(number, ())), tuple(reasons.get(number, ())))

    def _said(self, iri: IRI) -> Said:
        region = self.view.iri(iri, EG.region)
        if region is None:
            return Said(iri, "", "", 0)
        section, title = (self.view.text(region, eg(e)) for e in ("sectionPath", "sectionTitle"))
        return Said(iri, section, title, self.view.number(region, EG.line))


def page(material: Material, iri: IRI, remaining: Remaining) -> Page:
    """The page of a document."""
    view, reading = material.view, Reading(material.view, iri)
    standing = tuple(_standing(view, remaining))
    remaining.pointing([EG.inDocument])
    remaining.take([DCTERMS.title, EG.shortTitle, EG.statementCount])
    coverage = reading.coverage(material)
    return Page(
        view.name(iri),
        lead=view.text(iri, DCTERMS.title),
        sections=(
            Section("Its standing", rows=(*standing, *_followed(reading))),
            *_outline(view, reading),
            Section(
                "Coverage", lead=phrase(_covered(coverage)), figure=_picture(reading, coverage)
            ),
            _aside(coverage),
            _numbers(view, reading),
            Section("Works that it lists", items=_works(view, reading)),
            *remaining.sections(),
        ),
        data=_article(view, iri),
        is_private=material.copies is not None,
    )


def _standing(view: View, remaining: Remaining) -> Iterator[Row]:
    for title, name in _STANDING:
        if said := remaining.take([name]):
            yield Row(Link(title), sort_links(link_to(view, each.object) for each in said))


def _followed(reading: Reading) -> Iterator[Row]:
    """How many statements can be followed to a work."""
    counts = reading.standings()
    if counts:
        note = "by the best of the numbers that each cites"
        yield Row(Link("Citations of its statements"), (Link(_told(counts), note=note),))


def _told(counts: Counter[str]) -> str:
    """How many statements have which standing, best first."""
    cited = [f"{counts[each]} {each}" for each in _ORDER if counts[each]]
    return ", ".join(
        [*cited, *([f"{counts[_NOTHING]} without a number"] if counts[_NOTHING] else [])]
    )


def _covered(each: Coverage) -> str:
    """What became of the lines, in a sentence."""
    total = f" of {each.total}" if each.total else ""
    aside = sum(bool(line.reasons) for line in each.lines)
    told = (
        f"{each.encoded}{total} statements encoded, on {count(len(each.carrying), 'line')}; "
        f"{count(aside, 'line')} set aside with a reason; {len(each.open)} open."
    )
    if each.copy:
        return f"{told} Every line of the operator's copy was counted."
    return f"{told} Only lines that the graph speaks of are counted: no copy of the text is here."


def _picture(reading: Reading, coverage: Coverage) -> Figure | None:
    """A mark for each line; none of a document of which no line is known."""
    if not coverage.lines:
        return None
    sections = {each.line: f"{each.section} {each.title}".strip() for each in reading.said}
    return coverage_picture(coverage, sections, "coverage")


def _outline(view: View, reading: Reading) -> Iterator[Section]:
    """Each section of the document with what it says, line by line."""
    sections = dict.fromkeys((each.section, each.title) for each in reading.said)
    for path, title in sections:
        here = [each for each in reading.said if (each.section, each.title) == (path, title)]
        lines = dict.fromkeys(each.line for each in here)
        rows = tuple(_line_row(view, line, here) for line in lines)
        told = f"{count(len(here), 'statement')} on {count(len(lines), 'line')}."
        name = f"Section {path}{': ' if path and title else ''}{title}" if path or title else ""
        yield Section(name or "Without a section", lead=phrase(told), rows=rows)


def _line_row(view: View, line: int, said: Iterable[Said]) -> Row:
    links = tuple(statement_link(view, each.iri) for each in said if each.line == line)
    return Row(Link(f"line {line}"), links, anchor=line_anchor(str(line)))


def _aside(coverage: Coverage) -> Section:
    """The lines that carry no statement, by the reason."""
    rows: list[tuple[Phrase, ...]] = []
    for reason, lines in coverage.aside.items():
        rows.append((phrase(reason), phrase(", ".join(map(str, lines)))))
    if coverage.open:
        rows.append((phrase("open: nobody has looked"), phrase(", ".join(map(str, coverage.open)))))
    table = Table("Lines that carry no statement, and why", ("Reason", "Lines"), tuple(rows))
    return Section("Lines without a statement", table=table, is_folded=True, anchor=ASIDE)


def _numbers(view: View, reading: Reading) -> Section:
    numbers = [each for each in reading.of("cite") if view.values(each, EG.number)]
    numbers.sort(key=lambda each: view.number(each, EG.number))
    rows = tuple(number_row(view, each) for each in numbers)
    table = Table("Numbers that it cites", ("Number", "What is known of it", "Work"), rows)
    return Section("What it cites", table=table, is_folded=len(rows) > LONG)


def _works(view: View, reading: Reading) -> tuple[Link, ...]:
    return tuple(work_link(view, each) for each in sorted(reading.of("ref")))


def _article(view: View, iri: IRI) -> dict[str, object]:
    """The document for search engines (https://schema.org/Article)."""
    title = view.text(iri, DCTERMS.title)
    if not title:
        return {}
    found = {
        "@context": "https://schema.org/",
        "@type": "Article",
        "@id": view.published(iri),
        "name": title,
        "dateModified": view.text(iri, EG.lastUpdated),
        "publisher": view.text(iri, EG.publisherName),
    }
    return {name: value for name, value in found.items() if value}


# ── All of them ─────────────────────────────────────────────────────────────────────────────


def sources_page(material: Material) -> Page:
    """The documents that the graph rests on, and how each stands."""
    view = material.view
    documents = [Reading(view, iri) for iri in _documents(view)]
    origins = {view.text(each.iri, EG.origin) or each.iri for each in documents}
    head = ("Document", "Publisher", "Updated", "Review", "Statements", "Citations")
    table = Table("Documents", head, tuple(_document_row(each) for each in documents))
    works = [each for reading in documents for each in sorted(reading.of("ref"))]
    return Page(
        "Sources and their standing",
        lead=_voices(len(documents), len(origins)),
        sections=(
            Section("Documents", table=table),
            Section("Works that they list", items=tuple(work_link(view, each) for each in works)),
            _background(material),
        ),
    ).without_empty()


def _documents(view: View) -> list[IRI]:
    found = {each.object for each in view.saying(EG.inDocument)}
    return sorted(each for each in found if isinstance(each, IRI))


def _voices(documents: int, origins: int) -> str:
    told = f"{count(documents, 'document')} of {count(origins, 'origin')}."
    return (
        f"{told} Agreement between them is not a second opinion." if origins < documents else told
    )


def _document_row(reading: Reading) -> tuple[Phrase, ...]:
    view, iri = reading.view, reading.iri
    values = (view.text(iri, eg(name)) for name in ("publisherName", "lastUpdated", "reviewStatus"))
    gone = sum(bool(view.values(each.iri, PROV.wasInvalidatedBy)) for each in reading.said)
    statements = f"{len(reading.said)}{f', of which {gone} withdrawn' if gone else ''}"
    return (
        phrase(link_to(view, iri)),
        *(phrase(each or "not stated") for each in values),
        phrase(statements),
        phrase(_told(reading.standings())),
    )


def _background(material: Material) -> Section:
    """How much rests on no document, and how many rules were reviewed."""
    view, rules = material.view, material.rules
    spoken = view.saying(EG.decision)
    alone = sum(not any(e.startswith(PREFIXES["st"]) for e in each.evidence) for each in rules)
    links = (
        Link("background statements", path=path_of(PREFIXES["bg"])),
        Link("rules", path="rules"),
    )
    told = (
        f" — {alone} of {count(len(rules), 'rule')} rest on background alone; "
        f"{count(len(spoken), 'review')} by clinicians so far."
    )
    return Section("What no document says", lead=(*joined(links, " and "), Link(told)))
