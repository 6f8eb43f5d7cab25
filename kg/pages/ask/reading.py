"""The case of a form: its rows, and beside them a question in words or a record.

A question and a record are read once: their facts fill the rows, and from then on the rows say what
is asked. What rows cannot say of them (words that were set apart, results that could not be used)
is told as long as they stand in their fields. A question or a record that takes the place of
another is another patient's, and fills the form anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from kg.case import Case, parse_json, parse_options, resolve_case
from kg.case.dates import read_day
from kg.case.document import Document, check_document
from kg.case.fhir import Reading, case_of, parse_record
from kg.case.merge import NOTHING, Beside, Merged, merge
from kg.case.words import Reading as Words
from kg.case.words import read_question
from kg.model.errors import QuestionError, UsageError
from kg.pages.ask.form import arrange
from kg.pages.ask.offers import Offers
from kg.pages.ask.problems import FORM, Found, Problem, of_question, of_record, placed
from kg.pages.ask.typed import Placed, Typed, document_of, is_empty, typed_from, typed_of

Finder = Callable[[object], Iterable[Mapping[str, object]]]
"""Finds every place of a case document that cannot be read."""


class UnreadableFormError(Exception):
    """A form that makes no case."""

    def __init__(self, typed: Typed, problems: Found) -> None:
        super().__init__("the form makes no case")
        self.typed = typed
        self.problems = problems


class AskedCase(Struct, frozen=True):
    """The case of a form, and the form as it is shown with its answer."""

    case: Case
    typed: Typed
    is_edited: bool = False
    """Whether the rows say something else than the question that they were filled from."""


def read_form(typed: Typed, offers: Offers, today: date, find: Finder) -> AskedCase:
    """The case of a form; UnreadableFormError where it makes none."""
    try:
        return _Reader(typed, offers, today, find).read()
    except UsageError as error:  # what is right by itself may clash with what stands beside it
        raise UnreadableFormError(typed, {FORM: (Problem(error.message),)}) from None


def digest_of(record: str) -> str:
    """A short text that stands for a record; empty for none."""
    return hashlib.sha256(record.encode("utf-8", "replace")).hexdigest()[:16] if record else ""


def settled(document: Document, offers: Offers) -> Document:
    """The case document as the form would send it."""
    sent = arrange(typed_from(document), offers).fields()
    return document_of(typed_of(sent), offers.treatment_names).document


def before_of(typed: Typed, offers: Offers) -> str:
    """The case of a form as the page carries it to the next answer."""
    document = document_of(typed, offers.treatment_names).document
    return json.dumps({"case": document, "assume": list(typed.assume)}, separators=(",", ":"))


def typed_before(typed: Typed) -> Typed | None:
    """The form of the answer that was shown before; None where there was none."""
    if not typed.before:
        return None
    try:
        carried = parse_json(typed.before)
        found = typed_from(check_document(carried["case"]))  # type: ignore[index]
        assumed = tuple(map(str, carried["assume"]))  # type: ignore[index]
    except (UsageError, KeyError, TypeError):
        return None
    return replace(
        found,
        question=typed.question,
        question_read=typed.question,
        record=typed.record,
        record_read=digest_of(typed.record),
        assume=assumed,
        about=typed.about,
    )


class _Reader:
    """Reads one form."""

    def __init__(self, typed: Typed, offers: Offers, today: date, find: Finder) -> None:
        self._typed = typed
        self._offers = offers
        self._lexicon = offers.lexicon
        self._find = find
        self._today = today
        self._day = today

    def read(self) -> AskedCase:
        """The case."""
        typed = self._typed
        self._day = self._asked_day()
        digest = digest_of(typed.record)
        anew = {
            "question": bool(typed.question) and typed.question != typed.question_read,
            "record": bool(typed.record) and digest != typed.record_read,
        }
        said = self._said(anew)
        record = self._record()
        document = said.document
        read = None if record is None else record.document
        if read is not None and (anew["record"] or (anew["question"] and typed.question_read)):
            document = self._merge(read, document).document
        marked = {"record_read": digest, "question_read": typed.question}
        if not typed.question:
            case = self._resolve(document, record)
            return AskedCase(case, self._shown(document, **marked))
        return self._with_question(document, record, marked, is_new=anew["question"])

    def _said(self, anew: Mapping[str, bool]) -> Placed:
        """What the rows say; nothing where they were filled for another patient."""
        typed = self._typed
        old = (anew["question"] and typed.question_read) or (anew["record"] and typed.record_read)
        found = document_of(typed, self._offers.treatment_names)
        if old:
            kept = {"date": typed.date} if typed.date and not anew["record"] else {}
            found = Placed(cast("Document", kept), {})
        faults = list(self._faults(found.document))
        if faults:
            raise UnreadableFormError(typed, placed(faults, found.places))
        return found

    def _faults(self, document: Document) -> Iterable[Mapping[str, object]]:
        """What cannot be read of the rows."""
        try:
            resolve_case(document, self._lexicon, today=self._day)
        except UsageError as error:
            found = list(self._find(document))
            yield from found or [{"at": "the case", "why": error.message}]

    # ── A record ────────────────────────────────────────────────────────────────────────────

    def _asked_day(self) -> date:
        """The day that is asked about, which a record has to know; today where it is no day."""
        typed = self._typed
        if not typed.record or not typed.date:
            return self._today
        try:
            asked = read_day(typed.date, "the day that is asked about")
        except UsageError:
            return self._today  # the row says so itself
        if asked and asked.day > self._today:
            told = Problem(f"Wanted: a day up to {self._today}, which is today.")
            raise UnreadableFormError(typed, {"date": (told,)})
        return asked.day if asked else self._today

    def _record(self) -> Reading | None:
        if not self._typed.record:
            return None
        try:
            return parse_record(self._typed.record, self._lexicon, self._day)
        except UsageError as error:
            raise UnreadableFormError(self._typed, of_record(error)) from None

    def _merge(self, read: Document, beside: Document, where: str = "the record") -> Merged:
        return merge(read, beside, [""] * len(beside.get("labs", ())), where=where)

    def _resolve(self, document: Document, record: Reading | None, question: str = "") -> Case:
        asked = cast("Document", {**document, "question": question}) if question else document
        beside = Beside(unread=record.unread) if record else NOTHING
        case = resolve_case(asked, self._lexicon, today=self._day, beside=beside)
        return case if record is None else case_of(case, record, self._lexicon, self._day)

    # ── A question ──────────────────────────────────────────────────────────────────────────

    def _with_question(
        self,
        document: Document,
        record: Reading | None,
        marked: Mapping[str, str],
        *,
        is_new: bool,
    ) -> AskedCase:
        words = self._words(document, is_new=is_new)
        if is_new and words is not None:
            both = self._merge(_document_of(words, self._offers), document, "the question").document
            case = self._resolve(document, record, self._typed.question)
            return AskedCase(case, self._shown(both, **marked))
        shown = self._shown(document, **marked)
        if words is None:
            return AskedCase(self._resolve(document, record), shown)
        if self._says_the_same(words, document):
            asked = cast("Document", {k: v for k, v in document.items() if k == "date"})
            return AskedCase(self._resolve(asked, record, self._typed.question), shown)
        case = self._resolve(document, record)
        told = replace(case, unused=(*words.unused, *case.unused))
        return AskedCase(told, shown, is_edited=True)

    def _words(self, document: Document, *, is_new: bool) -> Words | None:
        """How the question is read; none where one of its readings was chosen before."""
        asked = read_day(document.get("date"), "the day that is asked about")
        day = asked.day if asked else self._today
        try:
            return read_question(self._lexicon, self._typed.question, day)
        except QuestionError as error:
            if not is_new:
                return None
            raise UnreadableFormError(self._typed, of_question(error)) from None

    def _says_the_same(self, words: Words, document: Document) -> bool:
        """Whether the rows say what the question does, and no more."""
        rows = {key: value for key, value in document.items() if key != "date"}
        return not self._typed.record and rows == settled(
            _document_of(words, self._offers), self._offers
        )

    def _shown(self, document: Document, **marked: str) -> Typed:
        typed = self._typed
        kept = {name: getattr(typed, name) for name in ("question", "record", "assume", "about")}
        return replace(typed_from(document), **kept, **marked)


def _document_of(words: Words, offers: Offers) -> Document:
    """The case document of the options that a question stands for."""
    return parse_options(
        offers.lexicon,
        has=words.has,
        drugs=words.drugs,
        labs=words.labs,
        findings=words.findings,
        age=words.age,
        sex=words.sex,
    )


def asks_nothing(typed: Typed) -> bool:
    """Whether nothing was said in any field."""
    return is_empty(typed) and not typed.question and not typed.record
