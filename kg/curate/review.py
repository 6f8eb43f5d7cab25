"""Review by clinicians: what there is to judge, the sheet they fill in, and its way back.

Judged are the rules (every axiom that a statement or background carries) and the background
statements. A review is of a text; where the text is another one since, it is told as outdated and
counts for nothing. Reviews stand in `ontology/reviews.ttl` and are never written anew.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from kg.compile.owl.axioms import Axiom, axiom_text
from kg.compile.owl.reading import read_axioms
from kg.model.errors import UsageError
from kg.model.rdf import (
    Description,
    Graph,
    Quad,
    Triple,
    labels_of,
    read_nquads,
    read_sources,
    read_turtle,
    write_turtle,
)
from kg.model.statements import short_id
from kg.model.vocabulary import (
    BASE,
    DCTERMS,
    EG,
    IRI,
    OWL,
    PREFIXES,
    RDF,
    RDFS,
    Literal,
    eg,
    english,
)

FILE: Final = "reviews.ttl"
"""Where reviews stand, in the folder of the ontology."""
COLUMNS: Final = (
    "id", "kind", "says", "rests on", "reviewed so far", "decision", "comment", "reviewer", "date",
)  # fmt: skip
"""The columns of the sheet; the last four are for the reviewer."""
RULE: Final = "rule"
BACKGROUND: Final = "background"

_ORCID: Final = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])")
_AXIOM: Final = "axiom/"


@dataclass(frozen=True, slots=True)
class Review:
    """What one person concluded of one text, and when."""

    decision: str
    reviewer: str
    """An ORCID iD as an IRI."""
    date: str
    comment: str = ""
    outdated: bool = False
    """Whether the text is another one since."""


@dataclass(frozen=True, slots=True)
class Reviewable:
    """A rule or a background statement, with what it rests on and who has judged it."""

    id: str
    iri: str
    kind: str
    says: str
    rests_on: tuple[str, ...]
    """What its evidence says, each with its id."""
    reviews: tuple[Review, ...] = ()


# ── What there is to judge ──────────────────────────────────────────────────────────────────


def read_reviewables(folder: Path) -> tuple[Reviewable, ...]:
    """Every rule and every background statement of an ontology folder, in a steady order."""
    quads = tuple(read_nquads(read_sources(folder).nquads))
    graph, labels = _graph(quads), labels_of(quads)
    reviews = _reviews(graph)
    found = (*_rules(graph, labels), *_background(graph, labels))
    return tuple(_reviewed(each, reviews[each.iri]) for each in found)


def _graph(quads: Iterable[Quad]) -> Graph:
    return Graph(dict.fromkeys(Triple(*quad[:3]) for quad in quads))


def _rules(graph: Graph, labels: Mapping[str, str]) -> Iterator[Reviewable]:
    for axiom in sorted(read_axioms(graph), key=lambda each: each.id):
        if axiom.evidence:
            name = f"{_AXIOM}{axiom.id}"
            says = axiom_text(axiom, labels)
            yield Reviewable(name, f"{BASE}{name}", RULE, says, _evidence(axiom, labels))


def _evidence(axiom: Axiom, labels: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(
        f"{name}: {labels.get(iri, '').removeprefix(name).strip()}"
        for iri in (*axiom.evidence, *axiom.corroboration)
        for name in [short_id(iri)]
    )


def _background(graph: Graph, labels: Mapping[str, str]) -> Iterator[Reviewable]:
    for node in sorted(graph.of_type(EG.BackgroundStatement), key=str):
        name = short_id(str(node))
        yield Reviewable(name, str(node), BACKGROUND, labels.get(str(node), name), ())


def _reviews(graph: Graph) -> defaultdict[str, list[tuple[str, Review]]]:
    """By what was judged, each review with the text that was read, in the order of dates."""
    found: defaultdict[str, list[tuple[str, Review]]] = defaultdict(list)
    for node in graph.of_type(EG.Review):
        review = Review(
            decision=short_decision(graph.text(node, EG.decision)),
            reviewer=graph.text(node, EG.reviewer),
            date=graph.text(node, DCTERMS.date),
            comment=graph.text(node, RDFS.comment),
        )
        read = graph.text(node, EG.reviewedText)
        found[graph.text(node, EG.reviews)].append((read, review))
    for each in found.values():
        each.sort(key=lambda pair: (pair[1].date, pair[1].reviewer))
    return found


def _reviewed(each: Reviewable, reviews: Iterable[tuple[str, Review]]) -> Reviewable:
    kept = (replace(review, outdated=read != each.says) for read, review in reviews)
    return replace(each, reviews=tuple(kept))


def short_decision(iri: str) -> str:
    """A decision as the sheet has it: `accepted`, `to-be-changed`, `rejected`."""
    return iri.removeprefix(PREFIXES["eg"])


# ── The sheet ───────────────────────────────────────────────────────────────────────────────


def write_sheet(found: Iterable[Reviewable]) -> str:
    """The sheet as comma-separated values (RFC 4180), a line for each thing to judge."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for each in found:
        so_far = "; ".join(map(_told, each.reviews))
        evidence = "; ".join(each.rests_on)
        writer.writerow([each.id, each.kind, each.says, evidence, so_far, "", "", "", ""])
    return written.getvalue()


def _told(review: Review) -> str:
    outdated = ", of an older wording" if review.outdated else ""
    return f"{review.decision} on {review.date} by {review.reviewer}{outdated}"


# ── The way back ────────────────────────────────────────────────────────────────────────────


def import_sheet(folder: Path, sheet: str, *, reviewer: str = "", day: str = "") -> tuple[str, int]:
    """The text of the file of reviews with those of a sheet, and how many are new.

    `reviewer` and `day` stand for cells that are empty. Lines without a decision are no review.
    UsageError names every line that cannot be taken, and then nothing is.
    """
    known = {each.id: each for each in read_reviewables(folder)}
    path = folder / FILE
    text = path.read_text("utf-8")
    there = Graph(read_turtle(text.encode(), path=path))
    decisions = _decisions(folder)
    added, faults = [], []
    for line, row in _rows(sheet):
        try:
            described = _read_row(row, known, decisions, reviewer, day)
        except UsageError as error:
            faults.append(f"line {line}: {error}")
            continue
        if described is not None and described.subject not in there:
            added.append(described)
    if faults:
        raise UsageError("nothing was taken over from the sheet:\n  " + "\n  ".join(faults))
    return _append(text, added), len(added)


def _decisions(folder: Path) -> frozenset[str]:
    graph = _graph(read_nquads(read_sources(folder).nquads))
    return frozenset(short_decision(str(each)) for each in graph.of_type(EG.ReviewDecision))


def _rows(sheet: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The lines of a sheet with their numbers; UsageError where it is another table."""
    reader = csv.DictReader(io.StringIO(sheet, newline=""), restval="", strict=True)
    wanted = {"id", "says", "decision"}
    if missing := sorted(wanted.difference(reader.fieldnames or ())):
        raise UsageError(
            f"the sheet has no column {', '.join(missing)}; `kg report review --format csv` "
            "makes one with all of them."
        )
    try:
        yield from ((reader.line_num, row) for row in reader)
    except csv.Error as error:
        raise UsageError(f"the sheet is no CSV: {error} in line {reader.line_num}.") from None


def _read_row(
    row: Mapping[str, str],
    known: Mapping[str, Reviewable],
    decisions: frozenset[str],
    reviewer: str,
    day: str,
) -> Description | None:
    """The review of a line, or None where it has no decision."""
    name, said = row["id"].strip(), row["decision"].strip().casefold().replace(" ", "-")
    if not said:
        return None
    if said not in decisions:
        able = ", ".join(sorted(decisions))
        raise UsageError(f"the decision {said!r} is not known; wanted one of: {able}.")
    if name not in known:
        raise UsageError(f"there is nothing to judge called {name!r}.")
    judged = known[name]
    if row["says"].strip() != judged.says:
        raise UsageError(f"{name} says something else since the sheet was made: {judged.says}")
    orcid = read_orcid((row.get("reviewer") or "").strip() or reviewer)
    when = _read_day((row.get("date") or "").strip() or day)
    return _describe(judged, Review(said, orcid, when, (row.get("comment") or "").strip()))


def read_orcid(text: str) -> str:
    """An ORCID iD as an IRI; UsageError where there is none or its check digit is wrong."""
    found = _ORCID.fullmatch(text)
    if found is None:
        raise UsageError(f"the reviewer {text!r} is no ORCID iD, such as 0000-0002-1825-0097.")
    digits = found[1].replace("-", "")
    total = 0
    for digit in digits[:-1]:  # ISO 7064 MOD 11-2, as ORCID has it
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    if digits[-1] != ("X" if check == 10 else str(check)):  # noqa: PLR2004
        raise UsageError(f"the ORCID iD {found[1]} has a wrong check digit.")
    return f"https://orcid.org/{found[1]}"


def _read_day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"the date {text!r} is no day; wanted YYYY-MM-DD.") from None
    if day > date.today():  # noqa: DTZ011 - the reviewer's own day
        raise UsageError(f"the date {text} is still to come.")
    return day.isoformat()


def _describe(judged: Reviewable, review: Review) -> Description:
    comment: list[Literal] = [english(review.comment)] if review.comment else []
    return Description(
        _review_iri(judged, review),
        [
            (RDF.type, [EG.Review, OWL.NamedIndividual]),
            (RDFS.label, [english(f"review of {judged.id}")]),
            (EG.reviews, [IRI(judged.iri)]),
            (EG.reviewedText, [Literal(judged.says)]),
            (EG.decision, [eg(review.decision)]),
            (EG.reviewer, [IRI(review.reviewer)]),
            (DCTERMS.date, [Literal(review.date)]),
            (RDFS.comment, comment),
        ],
    )


def _review_iri(judged: Reviewable, review: Review) -> IRI:
    """The name of a review: the same for the same line of a sheet, however often it is read."""
    parts = (judged.iri, judged.says, review.reviewer, review.date, review.decision)
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    return eg(f"review-{digest}")


def _append(text: str, added: Iterable[Description]) -> str:
    """The text with more reviews at its end; what is there stays as it is."""
    written = write_turtle(added, prefixes=("bg", "dcterms", "eg", "owl", "rdfs"))
    blocks = written.partition("\n\n")[2]
    return f"{text.rstrip()}\n\n{blocks}" if blocks else text
