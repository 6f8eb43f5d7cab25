"""Cases that cannot be read, and what their sender is told of it.

A case may hold what nobody else is to see, so nothing of it is repeated: a refusal says where the
case could not be read and why, in words of ours and names of the graph.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Final

from kg.answer.model import Answer
from kg.answer.proof.explain import rows_of
from kg.case import Case, parse_json, resolve_case
from kg.case.fhir import read_case
from kg.model.errors import (
    AmbiguousTermError,
    KGError,
    LabFormatError,
    UnknownTermError,
    UsageError,
)
from kg.model.terms import Lexicon
from kg.show.structured import schema_text

_MOST_PLACES: Final = 5
_MOST_TRIED: Final = 200
"""Entries of a case that are tried one by one to find those at fault."""
_KEYS: Final = frozenset(json.loads(schema_text("case"))["properties"])
"""The keys of a case; another key is not named, for it may be anything."""
_BY_FORM: Final = "the FHIR input: "
"""What the reader of FHIR puts before a message about the case that it made."""


class RefusedCaseError(Exception):
    """A case that cannot be answered; `told` is what its sender is told."""

    def __init__(self, status: int, title: str, detail: str, **more: object) -> None:
        super().__init__(detail)
        self.told = {"status": status, "title": title, "detail": detail, "more": more}


def text_of(body: bytes) -> str:
    """The text of a body."""
    try:
        return body.decode().removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise RefusedCaseError(400, "Not UTF-8", "the body has to be UTF-8.") from None


def plain(text: str, words: Lexicon, today: date) -> Case:
    """The case of a JSON text in the form of the case schema."""
    document = _json(text)
    try:
        return resolve_case(document, words, today=today)
    except UsageError:
        places = list(_places(document, words, today))
        named = "; ".join(f"{each['at']}: {each['why']}" for each in places)
        whole = f"a case is an object with the keys {', '.join(sorted(_KEYS))}"
        raise _unusable(f"the case cannot be read: {named or whole}.", places) from None


def fhir(text: str, words: Lexicon, today: date) -> Case:
    """The case of a FHIR record; the messages of its reader name types and places alone."""
    try:
        return read_case(text, words, today)
    except UsageError as error:
        made = error.message.startswith(_BY_FORM)
        raise _unusable("the record makes no case." if made else error.message, []) from None


def no_topic(known: Sequence[str]) -> RefusedCaseError:
    """What is told of a finding that the graph cannot be asked about."""
    names = ", ".join(known)
    return RefusedCaseError(
        400, "No such question", f"about= names no finding with a question; wanted: {names}."
    )


def no_row(answer: Answer) -> RefusedCaseError:
    """What is told of a row that the answer does not have, or has twice."""
    names = ", ".join(dict.fromkeys(row.label for row in rows_of(answer))) or "none"
    return RefusedCaseError(
        422, "No such row", f"row= names no one row of the answer; its rows: {names}."
    )


def _json(text: str) -> object:
    try:
        return parse_json(text)
    except UsageError as error:
        cause = error.__context__
        place = {}
        if isinstance(cause, json.JSONDecodeError):
            place = {"line": cause.lineno, "column": cause.colno}
    raise RefusedCaseError(
        400,
        "Not JSON",
        "the body is not JSON in which every key stands once and every number is one.",
        **place,
    )


def _places(document: object, words: Lexicon, today: date) -> Iterator[dict[str, object]]:
    """The first parts of a case that cannot be read for themselves, with what is wrong there."""
    found = 0
    for at, part in islice(_parts(document), _MOST_TRIED):
        try:
            resolve_case(part, words, today=today)
        except KGError as error:
            found += 1
            yield {"at": at, "why": _why(error), **_nearest(error)}
            if found == _MOST_PLACES:
                return


def _parts(document: object) -> Iterator[tuple[str, object]]:
    """Each entry of a case as a case of its own; results keep the drugs that they may name."""
    if not isinstance(document, dict):
        return
    for key in document.keys() & _KEYS:
        value = document[key]
        beside = {"drugs": document["drugs"]} if key == "labs" and "drugs" in document else {}
        if not isinstance(value, list):
            yield key, {key: value}
            continue
        for number, entry in enumerate(value):
            yield f"{key}[{number}]", {**beside, key: [entry]}


def _why(error: KGError) -> str:
    if isinstance(error, UnknownTermError):
        return "no term of the graph that may stand here is called so"
    if isinstance(error, AmbiguousTermError):
        return "the name has more than one reading"
    if isinstance(error, LabFormatError):
        return "the value is not of a form that can be read"
    return "it is not of the form that the schema of a case has"


def _nearest(error: KGError) -> dict[str, object]:
    """Names of the graph that may be meant."""
    names = getattr(error, "suggestions", ()) or getattr(error, "choices", ())
    return {"names": list(names)} if names else {}


def _unusable(detail: str, places: Sequence[Mapping[str, object]]) -> RefusedCaseError:
    more = {"places": list(places)} if places else {}
    return RefusedCaseError(422, "The case cannot be used", detail, **more)
