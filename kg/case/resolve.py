"""The plain dictionary of a case and a lexicon, made into the case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeGuard, Unpack, cast

from msgspec.structs import replace

from kg.case.dates import OLDEST, NoSuchDayError, When, find_when, read_day, read_when
from kg.case.document import Document, Drug, Lab, Number, Onset, check_document
from kg.case.labs import format_texts, lab_texts, number_text, read_result
from kg.case.merge import NOTHING, Beside, merge
from kg.case.model import GIVEN_KINDS, Case, Change, Course, Event, LabResult, Unused, short_name
from kg.case.names import ReadName, cut, read_absent, read_name, read_present
from kg.case.normalise import CaseInput, normalise
from kg.case.parse import Options, parse_lab, parse_options
from kg.case.quantities import UnsafeResultError, parse_number, parse_signed
from kg.case.ranges import RangeTable, fill_ranges
from kg.model.errors import LabFormatError, UsageError
from kg.model.spelling import fold
from kg.model.terms import Entry, Kind, Lexicon, quoted
from kg.model.vocabulary import EG

_ALL_OF_IT: Final = -100
_OF_CHANGE: Final = frozenset({"percentChangeFromBaseline", "dayOfTreatment", "duringTreatment"})
"""The keys of a result that tell of its change and treatment."""


def resolve_case(
    data: object, lexicon: Lexicon, *, today: date | None = None, beside: Beside = NOTHING
) -> Case:
    """The case that plain values describe; UsageError where they are not a case.

    Results after `today` are not used, where the case does not name the day it asks about.
    `beside` is what was typed beside the values, and what is known of their laboratory.
    """
    document = check_document(data)
    if beside.typed is None:
        return _resolve(document, lexicon, today=today, beside=beside)
    labs, broken = _readable(beside.typed.get("labs", ()), lexicon)
    typed = cast("Options", {**beside.typed, "labs": labs})
    beside = replace(beside, broken=broken)
    both = merge(document, parse_options(lexicon, **typed), labs)
    case = _resolve(both.document, lexicon, typed=both.typed, today=today, beside=beside)
    return replace(case, contradictions=(*both.contradictions, *case.contradictions))


def read_case(
    lexicon: Lexicon,
    *,
    today: date | None = None,
    ranges: RangeTable | None = None,
    **typed: Unpack[Options],
) -> Case:
    """The case of what was typed: terms by any of their names, results and findings as text."""
    labs, broken = _readable(typed.get("labs", ()), lexicon)
    typed["labs"] = labs
    beside = Beside(ranges=ranges, broken=broken)
    return _resolve(
        parse_options(lexicon, **typed), lexicon, typed=labs, today=today, beside=beside
    )


def _readable(
    texts: Iterable[str], lexicon: Lexicon
) -> tuple[tuple[str, ...], tuple[LabResult, ...]]:
    """The typed results that can be read, and those that say why they cannot."""
    labs: list[str] = []
    broken: list[LabResult] = []
    for text in texts:
        try:
            parse_lab(text, lexicon)
        except LabFormatError as error:
            broken.append(_unreadable(text, lexicon, error))
        else:
            labs.append(text)
    return tuple(labs), tuple(broken)


def _resolve(
    document: Document,
    lexicon: Lexicon,
    *,
    typed: Sequence[str] = (),
    today: date | None,
    beside: Beside,
) -> Case:
    """The case of a dictionary; `typed` are its results as an answer is to repeat them."""
    if "question" in document:
        return _resolve_question(document, lexicon, typed=typed, today=today, beside=beside)
    age = _age(document["age"]) if "age" in document else None
    sex = read_sex(document["sex"], lexicon) if "sex" in document else None
    document, told = fill_ranges(document, lexicon, beside.ranges, age, sex.flag if sex else "")
    drugs = [(each, read_present(each["drug"], lexicon, *GIVEN_KINDS)) for each in _drugs(document)]
    courses = [_course(name.entry, said) for said, name in drugs if _is_there(name)]
    present = [(each, _present(each, lexicon)) for each in document.get("conditions", [])]
    names = [
        *((name, _answer(name)) for _, name in present),
        *_answered(document, lexicon),
        *((name, _answer(name)) for _, name in drugs),
    ]
    began = [_began(name.entry, each) for each, name in present if _is_there(name)]
    labs = document.get("labs", [])
    texts = typed or [""] * len(labs)
    results = [_result(lab, lexicon, text) for lab, text in zip(labs, texts, strict=True)]
    known = (*(each for each in results if isinstance(each, LabResult)), *beside.broken)
    _check_treatments(known, courses)
    read = [(name, answer) for name, answer in names if isinstance(name, ReadName)]
    said = CaseInput(
        answers=tuple((name.entry, answer) for name, answer in read),
        words=tuple((name.entry.iri, name.words) for name, _ in read if name.words),
        courses=tuple(courses),
        events=tuple(event for event, _ in began if event is not None),
        results=known,
        left=(
            *(e for e in (*(name for name, _ in names), *results) if isinstance(e, Unused)),
            *(doubt for _, doubt in began if doubt is not None),
        ),
        unread=beside.unread,
        age=age,
        sex=sex,
        day=read_day(document.get("date"), "the day that is asked about"),
        today=today,
    )
    case = normalise(said, lexicon)
    return replace(case, notices=(*told, *case.notices)) if told else case


def _resolve_question(
    document: Document,
    lexicon: Lexicon,
    *,
    typed: Sequence[str],
    today: date | None,
    beside: Beside,
) -> Case:
    """The case of a question in words, with whatever else is said beside it."""
    from kg.case.words import read_question  # a case that is asked in another way needs none of it

    asked = read_day(document.get("date"), "the day that is asked about")
    day = asked.day if asked else today or datetime.now().astimezone().date()
    reading = read_question(lexicon, document["question"], day)
    read = parse_options(
        lexicon,
        has=reading.has,
        drugs=reading.drugs,
        labs=reading.labs,
        findings=reading.findings,
        age=reading.age,
        sex=reading.sex,
    )
    rest = cast("Document", {key: each for key, each in document.items() if key != "question"})
    labs = typed or [""] * len(rest.get("labs", []))
    both = merge(read, rest, labs, where="the question")
    texts = (*reading.labs, *labs)
    case = _resolve(both.document, lexicon, typed=texts, today=today, beside=beside)
    return reading.tell(replace(case, contradictions=(*both.contradictions, *case.contradictions)))


def _answered(document: Document, lexicon: Lexicon) -> Iterator[tuple[ReadName | Unused, str]]:
    """Each name of what is denied or not known, with the answer."""
    for text in document.get("absent", []):
        yield read_absent(text, lexicon, Kind.CONDITION, *GIVEN_KINDS), "no"
    for text in document.get("unknown", []):
        yield read_absent(text, lexicon, Kind.CONDITION, *GIVEN_KINDS), "unknown"


def _present(said: str | Onset, lexicon: Lexicon) -> ReadName | Unused:
    text = said if isinstance(said, str) else said["condition"]
    return read_present(text, lexicon, Kind.CONDITION)


def _began(entry: Entry, said: str | Onset) -> tuple[Event | None, Unused | None]:
    """The day on which a condition began, where one is said; or why that is not used."""
    if isinstance(said, str):
        return None, None
    try:
        on = read_when(said["date"], f"the day of {entry.label}")
    except NoSuchDayError as error:
        return None, Unused(entry.label, f"its day is {error.message}")
    return Event(entry, on, entry.label), None


def _answer(name: ReadName | Unused) -> str:
    """What a name that stands for itself says of its term."""
    return "no" if isinstance(name, ReadName) and name.denied else "yes"


def _is_there(name: ReadName | Unused) -> TypeGuard[ReadName]:
    return isinstance(name, ReadName) and not name.denied


def _drugs(document: Document) -> Iterator[Drug]:
    for drug in document.get("drugs", []):
        yield Drug(drug=drug) if isinstance(drug, str) else drug


def _course(entry: Entry, said: Drug) -> Course:
    """A course with its dates; those that cannot be are doubts and not used."""
    days = {"start": said.get("start"), "stop": said.get("stop")}
    found: dict[str, When] = {}
    doubts: list[str] = []
    for name, text in days.items():
        try:
            if text:
                found[name] = read_when(text, f"the {name} of {entry.label}")
        except NoSuchDayError as error:
            doubts.append(f"its {name} is {error.message}")
        except UsageError:
            doubts.append(f"its {name} is {quoted(text or '')}, which is no date, and is not used")
    if len(found) == len(days) and found["stop"].day < found["start"].day:
        order = f"it ends on {days['stop']}, before it starts on {days['start']}"
        return Course(entry, doubts=(f"{order}; neither date is used",))
    return Course(entry, found.get("start"), found.get("stop"), tuple(doubts))


def resolve_lab(lab: Lab, lexicon: Lexicon, typed: str = "") -> LabResult | Unused:
    """The result of a measurement, or why its name is not used."""
    found = read_name(lab["marker"], lexicon, Kind.MARKER)
    try:
        texts, stated = lab_texts(lab), _stated_change(lab, lexicon)
    except UnsafeResultError as error:
        if isinstance(found, Unused):
            return found
        return LabResult(found.entry, lab["marker"], unsafe=error.message)
    if isinstance(found, ReadName) and found.denied:
        found = Unused(cut(lab["marker"]), "a result that is said to be absent")
    label = found.given if isinstance(found, Unused) else short_name(found.entry)
    given = typed.strip() or f"{label}={format_texts(texts)}"
    if isinstance(found, Unused):
        return replace(found, given=cut(given))
    result = read_result(found.entry, texts, lexicon, given)
    return result if stated is None else replace(result, changes=(stated,))


def _result(lab: Lab, lexicon: Lexicon, typed: str) -> LabResult | Unused:
    """The same for a result that may be written wrongly: then it says so, and stops no answer."""
    try:
        return resolve_lab(lab, lexicon, typed)
    except LabFormatError as error:
        marker = lexicon.find(lab["marker"], Kind.MARKER)
        given = typed or f"{short_name(marker)}={format_texts(lab_texts(lab))}"
        return LabResult(marker, given, unsafe=_reason(error), on=_day(lab.get("date", "")))


def _unreadable(text: str, lexicon: Lexicon, error: LabFormatError) -> LabResult:
    """A typed result that cannot be read; the error where it names no measurement."""
    name = read_name(text.partition("=")[0] or text, lexicon, Kind.MARKER)
    if isinstance(name, Unused) or "=" not in text:
        raise error
    day = text.rpartition("@")[2].partition(";")[0]
    return LabResult(name.entry, cut(text), unsafe=_reason(error), on=_day(day))


def _day(text: str) -> When | None:
    """The day of a result that cannot be read, for it may be the newest; None where it is none."""
    try:
        return find_when(text.strip())
    except NoSuchDayError:
        return None


def _reason(error: LabFormatError) -> str:
    """What is wrong with a result, without the result."""
    return re.sub(r"^'.*?': ", "", error.message).rstrip(".")


def _stated_change(lab: Lab, lexicon: Lexicon) -> Change | None:
    """What is stated of change and treatment; None where nothing is."""
    if _OF_CHANGE.isdisjoint(lab):
        return None
    during = lab.get("duringTreatment")
    percent = _signed(lab.get("percentChangeFromBaseline"), "percentChangeFromBaseline")
    if percent is not None and percent < _ALL_OF_IT:
        raise UnsafeResultError(f"its change is {percent} %, and nothing falls by more than 100 %")
    day = _signed(lab.get("dayOfTreatment"), "dayOfTreatment")
    if day is not None and day < 0:
        text = number_text(lab["dayOfTreatment"])
        raise UsageError(f"dayOfTreatment is {text}: a day of treatment is counted from its start.")
    if percent is None and day is None and during is None:
        return None
    if during is None:
        return Change(percent, day)
    name = read_name(during, lexicon, *GIVEN_KINDS)
    if isinstance(name, Unused):
        raise UnsafeResultError(f"its treatment, {name.given}, is {name.kind}: {name.reason}")
    return Change(percent, day, name.entry.iri)


def _signed(value: Number | None, key: str) -> Decimal | None:
    text = None if value is None else number_text(value)
    return None if text is None else parse_signed(text, key, text)


def _check_treatments(results: Iterable[LabResult], courses: Iterable[Course]) -> None:
    """A result under a treatment needs that treatment among the drugs, under the same name."""
    given = {course.entry.iri: course.entry.label for course in courses}
    for result in results:
        for change in result.changes:
            if change.during is not None and change.during not in given:
                raise UsageError(
                    f"{quoted(result.given)}: duringTreatment names <{change.during}>, which is "
                    f"not among the drugs of the case: "
                    f"{', '.join(given.values()) or 'none is given'}."
                )


def _age(value: Number) -> Decimal:
    """An age in years; UsageError where it cannot be one."""
    text = number_text(value)
    try:
        age = parse_number(text.strip(), "the age", text)
    except LabFormatError as error:
        raise UsageError(error.message) from None
    if age > OLDEST:
        raise UsageError(f"{quoted(text)}: the age is above {OLDEST} years.")
    return age


def read_sex(text: str, lexicon: Lexicon) -> Entry:
    """The class of cases of a sex; UsageError where statements speak of none such."""
    words = lexicon.states(EG.Case)
    if fold(text) in words:
        return words[fold(text)]
    try:
        return lexicon.find(text, Kind.SEX)
    except UsageError:
        raise UsageError(
            f"{quoted(text)} is no sex that statements speak of; wanted {' or '.join(words)}."
        ) from None
