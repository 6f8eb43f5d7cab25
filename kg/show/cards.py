"""One statement, and one term, as text and as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kg.model.copies import Check
from kg.model.statements import Place, Statement, Withdrawal
from kg.show.layout import WIDTH, block, paragraph, wrapped
from kg.store.term_card import TermArgument, TermCard

_MARGIN: Final = 17

Json = dict[str, object]


def statement_text(statement: Statement, check: Check | None = None) -> str:
    """A statement with its qualifiers, its place and what it cites."""
    lines = [*paragraph(f"{statement.id}  {statement.text}"), ""]
    if statement.withdrawal is not None:
        lines += [
            *_field("WITHDRAWN", f"it carries no conclusion any more: {statement.withdrawal}"),
            "",
        ]
    if statement.background:
        lines += [*_field("background", "common knowledge that no document here states")]
    for qualifier in statement.qualifiers:
        lines += _field(qualifier.name, "; ".join(qualifier.values))
    if statement.place is not None:
        lines += ["", *_place(statement.place), *_cited(statement)]
    if check is not None and statement.place is not None:
        lines += ["", *_checked(check, statement.place)]
    return "\n".join(lines) + "\n"


def statement_json(statement: Statement, check: Check | None = None) -> Json:
    """A statement as plain values; the sentence is in none of them."""
    written: Json = {
        "id": statement.id,
        "iri": statement.iri,
        "text": statement.text,
        "background": statement.background,
        "withdrawn": statement.withdrawn,
        "withdrawal": _withdrawal_json(statement.withdrawal) if statement.withdrawal else None,
        "qualifiers": [
            {"property": each.property, "name": each.name, "values": list(each.values)}
            for each in statement.qualifiers
        ],
        "citations": [
            {
                "number": each.number,
                "status": each.status,
                "reference": each.reference or None,
                "method": each.method or None,
                "confidence": each.confidence or None,
            }
            for each in statement.pointers
        ],
        "place": _place_json(statement.place) if statement.place else None,
    }
    if check is not None:
        written["check"] = {
            "file": check.file or None,
            "same_document": check.same_document,
            "digest_found_on_lines": list(check.found_at),
            "line_agrees": check.line_agrees,
            "characters_agree": check.characters_agree,
        }
    return written


def _withdrawal_json(withdrawal: Withdrawal) -> Json:
    return {
        "reason": withdrawal.reason,
        "date": withdrawal.date or None,
        "agents": list(withdrawal.agents),
    }


def _place_json(place: Place) -> Json:
    return {
        "document": place.document,
        "title": place.title,
        "review": place.review,
        "document_digest": place.document_digest,
        "section": place.section,
        "section_title": place.section_title,
        "item": place.item,
        "line": place.line,
        "start": place.start,
        "end": place.end,
        "digest": place.digest,
    }


def _field(name: str, value: str) -> Iterator[str]:
    yield from block(name, wrapped(value, WIDTH - _MARGIN), indent=_MARGIN)


def _place(place: Place) -> Iterator[str]:
    titled = f" ({place.section_title})" if place.section_title else ""
    section = f"section {place.section}{titled}, item {place.item}"
    yield from _field("document", f"{place.document}  {place.title}; {place.review}")
    yield from _field(
        "place", f"{section}, line {place.line}, characters {place.start} to {place.end}"
    )
    yield from _field("sentence digest", place.digest)


def _cited(statement: Statement) -> Iterator[str]:
    if not statement.pointers:
        yield from _field("cites", "nothing")
    for pointer in statement.pointers:
        sure = f" (confidence {pointer.confidence})" if pointer.confidence else ""
        how = f"; {pointer.method}" if pointer.method else ""
        work = f": {pointer.reference}{sure}{how}" if pointer.reference else ""
        yield from _field("cites", f"[{pointer.number}] {pointer.status}{work}")


def _checked(check: Check, place: Place) -> Iterator[str]:
    if not check.file:
        yield from _field("your copy", "neither the document nor the sentence is in that folder")
        return
    same = "is the version that was read" if check.same_document else "is another version"
    yield from _field("your copy", f"{check.file} {same}")
    found = ", ".join(f"line {line}" for line in check.found_at) or "no line"
    yield from _field("digest", f"found on {found}")
    yield from _field("line", _agreement(place.line, agrees=check.line_agrees))
    span = f"{place.start} to {place.end}"
    yield from _field("characters", _agreement(span, agrees=check.characters_agree))
    if check.sentence:
        yield from _field("sentence", check.sentence)
    else:
        yield from _field("sentence", "not shown, since no digest agrees")


def _agreement(place: object, *, agrees: bool) -> str:
    return f"{place} {'agrees' if agrees else 'does not agree'}"


# ── Terms ───────────────────────────────────────────────────────────────────────────────────


def card_text(card: TermCard) -> str:
    """A term with its names, codes, parents, statements and arguments."""
    lines = [*paragraph(f"{card.label}  ({card.kind})"), *_field("", card.definition)]
    lines += _field("IRI", card.iri)
    for name, values in (
        ("abbreviations", card.abbreviations),
        ("synonyms", card.synonyms),
        ("units", card.units),
    ):
        lines += _field(name, "; ".join(values)) if values else []
    for note in card.notes:
        lines += _field("note", note)
    lines += _listing("codes", (f"{c.code}  {c.match}  {c.name}" for c in card.codes))
    lines += _listing("is a", (each.label for each in card.parents if each.asserted))
    lines += _listing("is a, inferred", (each.label for each in card.parents if not each.asserted))
    lines += _listing("statements", (f"{each.id}  {each.text}" for each in card.statements))
    lines += _listing("arguments", (_argument(each) for each in card.arguments))
    return "\n".join(lines) + "\n"


def card_json(card: TermCard) -> Json:
    """A term as plain values."""
    return {
        "iri": card.iri,
        "label": card.label,
        "kind": card.kind,
        "definition": card.definition,
        "notes": list(card.notes),
        "abbreviations": list(card.abbreviations),
        "synonyms": list(card.synonyms),
        "units": list(card.units),
        "codes": [
            {"code": c.code, "match": c.match, "name": c.name, "iri": c.iri} for c in card.codes
        ],
        "parents": [
            {"iri": each.iri, "label": each.label, "asserted": each.asserted}
            for each in card.parents
        ],
        "statements": [
            {"id": each.id, "role": each.role, "text": each.text} for each in card.statements
        ],
        "arguments": [
            {
                "direction": each.direction,
                "finding": each.finding,
                "inferred": each.inferred,
                "premises": {role: list(ids) for role, ids in each.premises.items()},
            }
            for each in card.arguments
        ],
    }


def _listing(name: str, items: Iterable[str]) -> Iterator[str]:
    head = name
    for item in items:
        yield from block(head, wrapped(item, WIDTH - _MARGIN, hang=2), indent=_MARGIN)
        head = ""


def _argument(argument: TermArgument) -> str:
    how = " (by inference)" if argument.inferred else ""
    premises = argument.premises
    parts = [f"rule {' '.join(premises['rule'])}"] if premises["rule"] else []
    others = [each for each in premises["statement"] if each not in premises["rule"]]
    parts += [f"with {' '.join(others)}"] if others else []
    background = premises["background"]
    parts += [f"background {', '.join(background)}"] if background else []
    return f"{argument.direction} {argument.finding}{how}: {'; '.join(parts)}"
