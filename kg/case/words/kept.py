"""The name of a term with the words beside it that narrow it: `relapsed multiple myeloma`."""

from __future__ import annotations

from typing import Final

from kg.case.names import KEPT
from kg.case.words.sheet import Sheet
from kg.model.errors import KGError
from kg.model.spelling import fold
from kg.model.terms import Entry
from kg.model.vocabulary import compact

_LONGEST: Final = 6
"""Tokens of a group of words that may stand beside a name."""
_MOST: Final = 3
"""Groups on one side of a name."""


def name_at(sheet: Sheet, place: int, entry: Entry) -> str:
    """A name by which an option finds the term at a place, with the words that narrow it."""
    mark = sheet.marks[place]
    if mark.form is not None:
        return name_of(sheet, entry)
    start, end = _reach_back(sheet, mark.start), _reach_on(sheet, mark.end)
    text = _text(sheet, start, end)
    if (start, end) != (mark.start, mark.end) and _names(sheet, text, entry):
        _use(sheet, start, end)
        return text
    own = fold(mark.text) in map(fold, entry.names)
    if not own and entry.is_narrowed_by(mark.text) and _names(sheet, mark.text, entry):
        return mark.text
    return name_of(sheet, entry)


def text_at(sheet: Sheet, place: int) -> str:
    """The words at a place, with the words beside them that narrow what they name."""
    mark = sheet.marks[place]
    start, end = _reach_back(sheet, mark.start), _reach_on(sheet, mark.end)
    _use(sheet, start, end)
    return _text(sheet, start, end)


def name_of(sheet: Sheet, entry: Entry) -> str:
    """A name by which an option finds a term: its label, or else its IRI."""
    try:
        found = sheet.words.lexicon.find(entry.label, entry.kind)
    except KGError:
        return compact(entry.iri)
    return entry.label if found is entry else compact(entry.iri)


def _names(sheet: Sheet, text: str, entry: Entry) -> bool:
    """Whether nothing else is called so: words that are kept are taken from a name again."""
    lexicon = sheet.words.lexicon
    return not lexicon.is_uncovered(text) and lexicon.called(text) in ([], [entry])


def _reach_back(sheet: Sheet, start: int) -> int:
    """The first token of the words before a name that narrow it."""
    for _ in range(_MOST):
        sizes = range(min(_LONGEST, start), 0, -1)
        found = next((s for s in sizes if _is_kept(sheet, start - s, start)), 0)
        if not found:
            break
        start -= found
    return start


def _reach_on(sheet: Sheet, end: int) -> int:
    """The token behind the words after a name that narrow it."""
    for _ in range(_MOST):
        sizes = range(min(_LONGEST, len(sheet.tokens) - end), 0, -1)
        found = next((s for s in sizes if _is_kept(sheet, end, end + s)), 0)
        if not found:
            break
        end += found
    return end


def _is_kept(sheet: Sheet, start: int, end: int) -> bool:
    """Whether the tokens are words that narrow a name, and are nothing else in this question."""
    part = sheet.tokens[start:end]
    if not (part[0].text[0].isalnum() and part[-1].text[-1].isalnum()):
        return False
    within = [p for p, mark in enumerate(sheet.marks) if mark.start < end and start < mark.end]
    if any(sheet.is_term(place) or place in sheet.used for place in within):
        return False
    if any(sheet.marks[p].start < start or end < sheet.marks[p].end for p in within):
        return False
    beside = sheet.words.lexicon.words_beside(_text(sheet, start, end))
    return beside is not None and beside.read_as == KEPT


def _use(sheet: Sheet, start: int, end: int) -> None:
    within = (p for p, mark in enumerate(sheet.marks) if start <= mark.start < end)
    sheet.used.update(place for place in within if not sheet.is_term(place))


def _text(sheet: Sheet, start: int, end: int) -> str:
    return sheet.text[sheet.tokens[start].start : sheet.tokens[end - 1].end]
