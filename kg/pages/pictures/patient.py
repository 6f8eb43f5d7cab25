"""What the pictures of a patient show, taken from the case and its answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kg.answer.model import Answer
from kg.case.model import Case, Course, LabResult, short_name
from kg.model.compiled import Model
from kg.model.tables import Threshold
from kg.model.terms import Entry
from kg.model.vocabulary import EG, IRI
from kg.pages.pictures.answer_graph import answer_graph
from kg.pages.pictures.course import (
    CourseChart,
    Level,
    Sample,
    Taken,
    Window,
    course_picture,
)
from kg.pages.pictures.graph import graph_picture
from kg.pages.pictures.scale import UNIT, Line, Reading, Scale, bounds_text, scale_picture
from kg.pages.values import Figure
from kg.store.knowledge import KnowledgeGraph


@dataclass(frozen=True, slots=True)
class PatientPictures:
    """The pictures of an answer, as far as there is something to show."""

    scale: Figure | None = None
    course: Figure | None = None
    graph: Figure | None = None


def pictures_of(
    knowledge: KnowledgeGraph, case: Case, answer: Answer, *, graph: bool = True
) -> PatientPictures:
    """Every picture of an answer; one page has them once, since ids begin the same.

    Its `graph`, which takes longest, can be left out.
    """
    scale = scale_of(knowledge.model, case, answer)
    course = course_of(knowledge.model, case, answer)
    drawn = answer_graph(knowledge, case, answer) if graph else None
    return PatientPictures(
        None if scale is None else scale_picture(scale, "scale"),
        None if course is None else course_picture(course, "course"),
        None if drawn is None else graph_picture(drawn, "graph"),
    )


# ── The scale ───────────────────────────────────────────────────────────────────────────────


def scale_of(model: Model, case: Case, answer: Answer) -> Scale | None:
    """The scale of the measurement that is asked about; None where no result is to be shown."""
    marker = _marker(model, answer)
    if marker is None:
        return None
    lines = tuple(_lines(model, marker))
    result = next((lab for lab in case.labs if lab.marker.iri == marker.iri), None)
    lower = _lower(result)
    reading = None if result is None else _reading(result, lower)
    if reading is None or not (lines or reading.ratio):
        return None
    notes = model.tables.notes.statements
    says = {each: notes[each].text for line in lines for each in line.statements}
    return Scale(short_name(marker), lines, says, reading, lower)


def _marker(model: Model, answer: Answer) -> Entry | None:
    """The measurement whose finding is asked about."""
    finding = model.lexicon.entries.get(IRI(answer.finding.iri))
    return None if finding is None or finding.of is None else model.lexicon.entries[finding.of]


def _lines(model: Model, marker: Entry) -> Iterator[Line]:
    """The lines that are multiples of the upper limit alone, from low to high."""
    ours = [each for each in model.tables.thresholds if _is_on_scale(each, marker)]
    for each in sorted(ours, key=lambda line: line.figures[EG.ratioToULN].low or 0):
        yield Line(each.label, each.figures[EG.ratioToULN], each.statements)


def _is_on_scale(threshold: Threshold, marker: Entry) -> bool:
    alone = set(threshold.figures) == {EG.ratioToULN} and not threshold.under
    return alone and threshold.of == marker.iri


def _reading(result: LabResult, lower: float | None) -> Reading | None:
    """Where a result stands on the scale: at a value, beyond a bound, or on a side of its range."""
    multiple = result.unit == result.marker.measured_in.of_limit
    value = "" if multiple else _value(result)
    if result.ratio_to_uln is not None:
        return Reading(result.shown, value, float(result.ratio_to_uln))
    bound = result.bound_to_uln
    if bound is not None:
        low = bound.at_least if bound.above is None else bound.above
        high = bound.at_most if bound.below is None else bound.below
        return Reading(result.shown, value, low=_float(low), high=_float(high))
    sides = {"high": (1.0, None), "normal": (lower, 1.0), "low": (None, lower or 1.0)}
    if result.state not in sides:
        return None
    low_side, high_side = sides[result.state]
    words = f"{result.state}, {value or 'no value'}"
    return Reading(result.shown, words, low=low_side, high=high_side)


def _value(result: LabResult) -> str:
    """The value with its unit; none is needed where it is a multiple of the limit itself."""
    if result.value is None:
        return ""
    unit = "" if result.unit == result.marker.measured_in.of_limit else f" {result.unit}"
    return f"{result.comparator}{result.value:f}{unit}"


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))


def _lower(result: LabResult | None) -> float | None:
    """The lower limit as a multiple of the upper one."""
    if result is None or not result.low or not result.high:
        return None
    return float(result.low / result.high)


# ── The course ──────────────────────────────────────────────────────────────────────────────


def course_of(model: Model, case: Case, answer: Answer) -> CourseChart | None:
    """How the measurement went that is asked about; None where fewer than two results have days."""
    marker = _marker(model, answer)
    results = [] if marker is None else _dated(case, marker)
    unit, values = _axis(results)
    if marker is None or len(values) < 2:  # noqa: PLR2004 - one result is no course
        return None
    courses = sorted((*case.courses, *case.ended), key=lambda each: _start(each) or date.min)
    notes = model.tables.notes.statements
    ours = [line for line in model.tables.thresholds if line.of == marker.iri and line.under]
    found = [(line, each) for line in ours for each in courses if _is_under(model, line, each)]
    return CourseChart(
        name=short_name(marker),
        unit=unit,
        samples=tuple(_sample(lab, value, case) for lab, value in values),
        band=(_lower(values[-1][0]), 1.0) if unit == UNIT else None,
        taken=tuple(Taken(each.entry.label, _start(each), _stop(each)) for each in courses),
        windows=tuple(dict.fromkeys(w for line, each in found if (w := _window(line, each)))),
        levels=tuple(dict.fromkeys(_levels(found, *values[-1]))),
        changes=tuple(dict.fromkeys(_changes(values[-1][0]))),
        said={each: notes[each].text for line, _ in found for each in line.statements},
    )


def _dated(case: Case, marker: Entry) -> list[LabResult]:
    """The results of a measurement with a value and a day, in the order of the days."""
    every = dict.fromkeys((*case.labs, *case.baselines, *case.earlier))
    found = [e for e in every if e.marker.iri == marker.iri and e.on is not None and e.exact]
    return sorted(found, key=lambda each: each.on.day if each.on else date.min)


def _axis(results: Sequence[LabResult]) -> tuple[str, list[tuple[LabResult, float]]]:
    """What the axis counts, and where each result stands: the range of each, else one unit."""
    ratios = [(each, float(each.ratio_to_uln)) for each in results if each.ratio_to_uln is not None]
    if len(ratios) == len(results):
        return UNIT, ratios
    unit = results[-1].unit
    same = [(each, float(each.value or 0)) for each in results if each.unit == unit]
    return (unit, same) if len(same) > len(ratios) else (UNIT, ratios)


def _sample(result: LabResult, value: float, case: Case) -> Sample:
    day = result.on.day if result.on else date.min
    ratio = f", {result.ratio_to_uln:.3g} {UNIT}" if result.ratio_to_uln is not None else ""
    baseline = ", baseline" if result in case.baselines else ""
    words = f"{day}: {_value(result)}{ratio}{baseline}"
    return Sample(day, value, f"{result.value:f}", words)


def _is_under(model: Model, line: Threshold, course: Course) -> bool:
    return any(model.lexicon.is_a(course.entry.iri, IRI(each)) for each in line.under)


def _window(line: Threshold, course: Course) -> Window | None:
    """The days of a treatment that a line is about, where both ends are stated."""
    days = line.figures.get(EG.dayOfTreatment)
    if days is None or days.low is None or days.high is None or course.start is None:
        return None
    start = course.start.day
    if (date.max - start).days < days.high:
        return None
    name = f"day {bounds_text(days)} of {course.entry.label}"
    return Window(name, start + timedelta(int(days.low)), start + timedelta(int(days.high)))


def _levels(
    found: Iterable[tuple[Threshold, Course]], result: LabResult, value: float
) -> Iterator[Level]:
    """The heights at which a change under a treatment has the size that a document names."""
    for line, course in found:
        change = line.figures.get(EG.percentChangeFromBaseline)
        before = _baseline(result, course, value)
        if change is None or before is None:
            continue
        for size in filter(None, (change.low, change.high)):
            height = before * (1 + float(size) / 100)
            yield Level(f"{size.normalize():+f} %", height, _start(course))


def _baseline(result: LabResult, course: Course, value: float) -> float | None:
    """The height that the change under a treatment is computed from."""
    changes = (e.percent for e in result.changes if e.during == course.entry.iri)
    percent = next((float(each) for each in changes if each is not None), None)
    return None if percent is None or percent <= -100 else value / (1 + percent / 100)  # noqa: PLR2004


def _changes(result: LabResult) -> Iterator[str]:
    yield from (each.computed_from for each in result.changes if each.computed_from)
    if result.trend:
        yield result.trend


def _start(course: Course) -> date | None:
    return course.start.day if course.start else None


def _stop(course: Course) -> date | None:
    return course.stop.day if course.stop else None
