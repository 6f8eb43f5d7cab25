"""What the graph says of itself, as blocks: a statement, a term, the reports, and its faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from kg.curate.comparing import Pair
from kg.curate.reports import NOTHING_CITED, STANDINGS, Citations, CitedNumber, Quality, TermCount
from kg.model.copies import Check, Coverage
from kg.model.report import Extent, Finding, Level, Report
from kg.model.statements import Place, Statement
from kg.show.blocks import UNBROKEN, Block, Paragraph, Row, Rows, Section, Table, wrap
from kg.show.data import Json, fields_of, render
from kg.show.words import count, headed, statement_rows
from kg.store.term_card import Code, TermArgument, TermCard

_MARGIN: Final = 17
_SHOWN: Final = 30
"""So many ids of a list are printed; the JSON has them all."""
_NOT_LINKED: Final = "not linked"
_CELL: Final = 80
"""So many characters of a reason fit into its column; the JSON has them all."""

Cells = tuple[str, ...]


# ── A statement ─────────────────────────────────────────────────────────────────────────────


def render_statement(statement: Statement, check: Check | None, form: str) -> str:
    """A statement, and the check of a copy if there is one, in one of FORMS."""
    sections = statement_sections(statement, check)
    return render(form, sections, statement_data(statement, check))


def statement_data(statement: Statement, check: Check | None = None) -> Json:
    """A statement as plain values, with the check of a copy; the sentence is in none of them."""
    found = fields_of(check) if check else {}
    kept = {name: each for name, each in found.items() if name != "sentence"}
    return {**fields_of(statement), "check": kept or None}


def statement_sections(statement: Statement, check: Check | None = None) -> Iterator[Section]:
    """A statement with its qualifiers, its place, what it cites, and the check of a copy."""
    yield Section(f"{statement.id} {statement.text}", f"{statement.id}  {statement.text}", level=1)
    if statement.withdrawal is not None:
        gone = f"it carries no conclusion any more: {statement.withdrawal}"
        yield Section(blocks=[_fields(("WITHDRAWN", gone))])
    common = [("background", "common knowledge that no document here states")]
    qualifiers = ((each.name, "; ".join(each.values)) for each in statement.qualifiers)
    yield Section(blocks=[_fields(*(common if statement.background else ()), *qualifiers)])
    if statement.place is not None:
        yield Section("Place", "", [_fields(*_place(statement.place), *_cited(statement))])
    if check is not None and statement.place is not None:
        yield Section("Your copy", "", [_fields(*_checked(check, statement.place))])


def sentences_section(checked: Iterable[tuple[str, Check]]) -> Section:
    """The sentences of the reader's own copies, or why one is not shown; they are kept nowhere."""
    head = headed("SENTENCES", "from your copies, where one has the digest that the graph holds")
    missing = "not found in that folder"
    rows = statement_rows(Row(check.sentence or missing, mark=each) for each, check in checked)
    return Section("Sentences", head, [rows])


def _fields(*fields: tuple[str, str]) -> Rows:
    """Values with their names in the margin."""
    rows = [Row(value, mark=name) for name, value in fields]
    return Rows(rows, indent=0, margin=_MARGIN, hang=0)


def _place(place: Place) -> Iterator[tuple[str, str]]:
    titled = f" ({place.section_title})" if place.section_title else ""
    span = f"line {place.line}, characters {place.start} to {place.end}"
    yield "document", f"{place.document}  {place.title}; {place.review}"
    yield "place", f"section {place.section}{titled}, item {place.item}, {span}"
    yield "sentence digest", place.digest


def _cited(statement: Statement) -> Iterator[tuple[str, str]]:
    if not statement.citations:
        yield "cites", "nothing"
    for pointer in statement.citations:
        sure = f" (confidence {pointer.confidence})" if pointer.confidence else ""
        how = f"; {pointer.method}" if pointer.method else ""
        work = f": {pointer.reference}{sure}{how}" if pointer.reference else ""
        yield "cites", f"[{pointer.number}] {pointer.status}{work}"


def _checked(check: Check, place: Place) -> Iterator[tuple[str, str]]:
    if not check.file:
        yield "your copy", "neither the document nor the sentence is in that folder"
        return
    same = "is the version that was read" if check.same_document else "is another version"
    found = ", ".join(f"line {line}" for line in check.found_at) or "no line"
    span = f"{place.start} to {place.end}"
    yield "your copy", f"{check.file} {same}"
    yield "digest", f"found on {found}"
    yield "line", _agreement(f"{place.line}", agrees=check.line_agrees)
    yield "characters", _agreement(span, agrees=check.characters_agree)
    yield "sentence", check.sentence or "not shown, since no digest agrees"


def _agreement(place: str, *, agrees: bool) -> str:
    return f"{place} {'agrees' if agrees else 'does not agree'}"


# ── A term ──────────────────────────────────────────────────────────────────────────────────


def term_sections(card: TermCard) -> Iterator[Section]:
    """A term with its names, codes, parents, statements and arguments."""
    names = (
        ("abbreviations", card.abbreviations),
        ("synonyms", card.synonyms),
        ("units", card.units),
    )
    definition = Row(card.definition, page=("definition", card.definition))
    blocks: list[Block] = [
        Rows([definition], indent=0, margin=_MARGIN, hang=0),
        _fields(("IRI", card.iri), *((name, "; ".join(each)) for name, each in names if each)),
        _fields(*(("note", note) for note in card.notes)),
        _listing("codes", _codes(card.codes)),
        _listing("is a", (each.label for each in card.parents if each.asserted)),
        _listing("is a, inferred", (each.label for each in card.parents if not each.asserted)),
        _listing("statements", (f"{each.id}  {each.text}" for each in card.statements)),
        _listing("arguments", map(_argument, card.arguments)),
    ]
    yield Section(f"{card.label} ({card.kind})", f"{card.label}  ({card.kind})", blocks, level=1)


def _listing(name: str, texts: Iterable[str]) -> Section:
    rows = Rows([Row(each) for each in texts], indent=0, margin=_MARGIN, mark=name)
    return Section(f"{name[0].upper()}{name[1:]}", "", [rows])


def _codes(codes: Iterable[Code]) -> Iterator[str]:
    """A line for each terminology and each relation; a code that is alone there has its name."""
    for (match, prefix), group in groupby(codes, key=lambda c: (c.match, c.code.partition(":")[0])):
        first, *others = group
        if not others:
            yield f"{first.code}  {match}  {first.name}"
            continue
        every = ", ".join(each.code.partition(":")[2] for each in (first, *others))
        yield f"{prefix}  {match}  {every}"


def _argument(argument: TermArgument) -> str:
    how = " (by inference)" if argument.inferred else ""
    premises = argument.premises
    others = [each for each in premises["statement"] if each not in premises["rule"]]
    parts = [f"rule {' '.join(premises['rule'])}"] if premises["rule"] else []
    parts += [f"with {' '.join(others)}"] if others else []
    parts += [f"background {', '.join(premises['background'])}"] if premises["background"] else []
    return f"{argument.direction} {argument.finding}{how}: {'; '.join(parts)}"


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
