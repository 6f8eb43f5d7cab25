"""A statement and a term, as blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from kg.model.copies import Check
from kg.model.statements import Place, Statement
from kg.show.blocks import Block, Row, Rows, Section
from kg.show.data import Json, fields_of, render
from kg.show.words import headed, statement_rows
from kg.store.term_card import Code, TermArgument, TermCard

_MARGIN: Final = 17


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
