"""What a graph reports of itself as blocks: coverage, citations, terms, reviews, and faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from kg.curate.comparing import Pair
from kg.curate.reports import NOTHING_CITED, STANDINGS, Citations, CitedNumber, Quality, TermCount
from kg.curate.review import Review, Reviewable
from kg.model.copies import Coverage
from kg.model.report import Extent, Finding, Level, Report
from kg.show.blocks import UNBROKEN, Block, Paragraph, Row, Rows, Section, Table, wrap
from kg.show.words import count

_SHOWN: Final = 30
"""So many ids of a list are printed; the JSON has them all."""
_NOT_LINKED: Final = "not linked"
_CELL: Final = 80
"""So many characters of a reason fit into its column; the JSON has them all."""

Cells = tuple[str, ...]


# ── Coverage ────────────────────────────────────────────────────────────────────────────────


def coverage_sections(documents: Sequence[Coverage]) -> Iterator[Section]:
    """Lines and statements of each document, the reasons for lines set aside, the open lines."""
    yield Section("Coverage", level=1)
    for each in documents:
        lines = Table(("lines", "count"), tuple(_line_rows(each)))
        rest = [Paragraph(f"open: {', '.join(map(str, each.open))}")] if each.open else []
        yield _document(each, _encoded(each), lines, *rest)
    yield Section(blocks=(Paragraph(_open_lines(documents)),))


def _document(each: Coverage | Citations, what: str, *blocks: Block) -> Section:
    title = f"{each.title}: {what}"
    return Section(f"{each.document} {title}", f"{each.document}  {title}", blocks)


def _line_rows(each: Coverage) -> Iterator[Cells]:
    counted = "not blank, in your copy" if each.copy else "known to the graph"
    yield counted, str(len(each.filled) if each.copy else len(each.lines))
    kept = sum(line.is_kept for line in each.carrying)
    yield "with a statement", str(len(each.carrying) - kept)
    yield from _reasons("kept as reading", kept, each.kept)
    yield "set aside", str(sum(len(lines) for lines in each.aside.values()))
    yield from _reasons("", 0, each.aside)
    yield "OPEN", str(len(each.open))


def _reasons(head: str, lines: int, by_reason: Mapping[str, tuple[int, ...]]) -> Iterator[Cells]:
    """How many lines each reason is given for, under a head where any is."""
    if head and lines:
        yield head, str(lines)
    for reason, numbers in by_reason.items():
        first, *rest = wrap(reason, _CELL)
        yield f"  {first}{' ...' if rest else ''}", str(len(numbers))


def _encoded(each: Coverage) -> str:
    total = f" of {each.total}" if each.total else ""
    return f"{each.encoded}{total} statements encoded"


def _open_lines(documents: Sequence[Coverage]) -> str:
    left = count(sum(len(each.open) for each in documents), "open line")
    unread = ", ".join(each.document for each in documents if not each.copy)
    if not unread:
        return f"{left}."
    return (
        f"{left}. Of document {unread} only what the graph says was counted: name a folder"
        " with the text that was read (--texts) to count its lines."
    )


# ── Citations ───────────────────────────────────────────────────────────────────────────────


def citations_sections(documents: Sequence[Citations]) -> Iterator[Section]:
    """Each number of each document with what is known of it, and what the statements have."""
    yield Section("Citations", level=1)
    for each in documents:
        works = Rows(tuple(row for number in each.numbers for row in _works(number)), hang=0)
        yield _document(each, f"{each.statements} statements", _numbers(each), works)
        yield Section(blocks=(_standings(each),))
    total = str(sum(each.statements for each in documents))
    resolved = str(sum(each.resolved for each in documents))
    followed = str(sum(each.followed for each in documents))
    rows = (
        ("that the document itself resolves", resolved, total),
        ("with what a curator inferred", followed, total),
    )
    head = ("statements that can be followed to a source", "", "of")
    yield Section(blocks=(Table(head, rows),))


def conflicts_sections(pairs: Sequence[Pair]) -> Iterator[Section]:
    """The pairs of statements by how they stand to each other, each with the link between them."""
    yield Section("Statements that speak of the same", level=1)
    for relation, group in groupby(pairs, key=lambda each: each.relation):
        rows = tuple((e.statement, e.other, "; ".join(e.linked) or _NOT_LINKED) for e in group)
        table = Table(("one", "other", "linked by a curator as"), rows)
        yield Section(relation.value.capitalize(), relation.value.upper(), (table,))
    linked = sum(bool(each.linked) for each in pairs)
    told = f"{count(len(pairs), 'pair')} found, {linked} of them linked by a curator."
    yield Section(blocks=(Paragraph(told),))


def _numbers(each: Citations) -> Table:
    head = ("number", "status", "statements", "confidence")
    rows = ((f"[{n.number}]", n.status, str(n.statements), n.confidence) for n in each.numbers)
    return Table(head, tuple(rows))


def _standings(each: Citations) -> Table:
    rows = ((name, str(each.standings.get(name, 0))) for name in (*STANDINGS, NOTHING_CITED))
    return Table(("best standing of a statement", "count"), tuple(rows))


def _works(number: CitedNumber) -> Iterator[Row]:
    if number.reference:
        how = Rows((Row(f"how: {number.method}"),), indent=4, hang=0)
        yield Row(f"[{number.number}] taken for: {number.reference}", under=(how,))
    for work in number.rejected:
        yield Row(f"[{number.number}] turned down: {work}")


# ── Quality, and terms ──────────────────────────────────────────────────────────────────────


def quality_sections(quality: Quality) -> Iterator[Section]:
    """Evidence of the axioms, use of the statements, findings of the rules."""
    axioms = Table(("clinical axioms", "", "%"), tuple(_axiom_rows(quality)))
    statements = Table(("statements of documents", "", "%"), tuple(_statement_rows(quality)))
    rules = tuple((each.name, each.level, str(each.findings)) for each in quality.rules)
    yield Section("Quality", blocks=(axioms, *_ids("without evidence", quality.bare)), level=1)
    yield Section(blocks=(statements, *_ids("none of these", quality.unused)))
    yield Section(blocks=(Table(("rule", "level", "findings"), rules),))


def _axiom_rows(quality: Quality) -> Iterator[Cells]:
    whole = quality.axioms
    yield _share("all", whole, whole)
    yield _share("with evidence", quality.by_statement + quality.by_background, whole)
    yield _share("  from a statement of a document", quality.by_statement, whole)
    yield _share("  from background alone", quality.by_background, whole)


def _statement_rows(quality: Quality) -> Iterator[Cells]:
    whole = quality.statements
    yield _share("all", whole, whole)
    for role, number in sorted(quality.roles.items()):
        yield _share(f"  {role}", number, whole)
    yield _share("  none of these", len(quality.unused), whole)


def _share(name: str, part: int, whole: int) -> Cells:
    """A count with its share as a whole per cent, rounded down: 100 means all."""
    return name, str(part), str(part * 100 // whole) if whole else "-"


def _ids(name: str, ids: Sequence[str]) -> Iterator[Rows]:
    if ids:
        more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
        yield Rows((Row(f"{name}: {', '.join(ids[:_SHOWN])}{more}"),), indent=0)


def terms_sections(terms: Sequence[TermCount]) -> Iterator[Section]:
    """How many terms there are of each kind, and how many are described."""
    rows = [_term_row(each.sort, each.kind, [each]) for each in terms]
    head = ("sort", "kind", "terms", "label", "definition", "code")
    yield Section("Terms", blocks=(Table(head, (*rows, _term_row("all", "", terms))),), level=1)


def _term_row(sort: str, kind: str, terms: Sequence[TermCount]) -> Cells:
    counts = [(each.terms, each.labels, each.definitions, each.codes) for each in terms]
    return (sort, kind, *(str(sum(each[column] for each in counts)) for column in range(4)))


# ── Reviews ────────────────────────────────────────────────────────────────────────────────────


def review_sections(found: Sequence[Reviewable]) -> Iterator[Section]:
    """Each rule and background statement with its evidence and reviews, and the counts first."""
    yield Section("Review", blocks=[Paragraph(_reviewed(found))], level=1)
    for kind in dict.fromkeys(each.kind for each in found):
        rows = [_reviewable(each) for each in found if each.kind == kind]
        yield Section(kind.capitalize(), kind.upper(), [Rows(rows, hang=0)])


def _reviewed(found: Sequence[Reviewable]) -> str:
    current = [[r for r in each.reviews if not r.outdated] for each in found]
    reviewed = sum(bool(each) for each in current)
    outdated = sum(bool(each.reviews) and not now for each, now in zip(found, current, strict=True))
    told = f"{reviewed} of {count(len(found), 'rule or background statement')} reviewed"
    return f"{told}; {outdated} more in an older wording." if outdated else f"{told}."


def _reviewable(each: Reviewable) -> Row:
    under = [*each.rests_on, *map(_review, each.reviews)]
    return Row(f"{each.id}  {each.says}", under=[Rows([Row(line) for line in under], hang=0)])


def _review(review: Review) -> str:
    words = [f"{review.decision} on {review.date} by {review.reviewer}"]
    words += [": ", review.comment] if review.comment else []
    words += [" (of an older wording)"] if review.outdated else []
    return "".join(words)


# ── What is wrong ───────────────────────────────────────────────────────────────────────────


class Counts(NamedTuple):
    """How many findings there are of each level."""

    error: int
    warning: int
    info: int


class Verification(NamedTuple):
    """What is shown of a report: the findings of some levels, and the counts of all."""

    passes: bool
    counts: Counts
    extent: Extent
    findings: tuple[Finding, ...]


def verification(report: Report, levels: Sequence[Level]) -> Verification:
    """The findings of some levels, worst first, and the counts of all."""
    counts = Counter(each.level for each in report.findings)
    shown = (each for level in levels for each in sorted(report.of_level(level)))
    of_each = Counts(counts["error"], counts["warning"], counts["info"])
    return Verification(report.passes, of_each, report.extent, tuple(shown))


def verification_sections(found: Verification) -> Iterator[Section]:
    """A line for each finding, that an editor can jump to, what was looked at, and the counts."""
    here = f"{Path.cwd()}/"
    rows = tuple(Row(str(each).removeprefix(here)) for each in found.findings)
    error, warning, _ = found.counts
    counts = f"{count(error, 'error')}, {count(warning, 'warning')}."
    summary = map(Paragraph, (*_extent_lines(found.extent), counts))
    findings = Rows(rows, indent=0, width=UNBROKEN)
    yield Section("Findings", blocks=(findings, *summary), level=1)


def _extent_lines(extent: Extent) -> Iterator[str]:
    """How much the rules, the shapes and the texts were put to."""
    looked_at = [count(extent.files, "file")] if extent.files else []
    looked_at += [count(extent.graphs, "graph")] if extent.graphs else []
    looked_at += [count(extent.statements, "statement")]
    checks = [count(extent.rules, "rule")]
    checks += [count(extent.shapes, "shape")] if extent.files else []
    yield f"{' with '.join(looked_at)} checked by {' and '.join(checks)}."
    if (texts := extent.texts) is not None:
        yield (
            f"{texts.looked_up} of {count(texts.statements, 'statement')} looked up in "
            f"{texts.with_copy} of {count(texts.documents, 'text')}; "
            f"{texts.found} found by the digest of the sentence."
        )
