"""Patients of a cohort whom chance makes too seldom: on and beside each limit, and odd series.

Each has a name that says what it is a witness of, and a document in the form of the case schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

from cohort_patients import ULP
from cohort_treated import treated

from kg.cohort.compiler import Cohort
from kg.model.terms import Lexicon

Patient = tuple[str, dict[str, Any]]
"""The key of a patient, and what is known of the patient."""

_ALP = {"marker": "ALP", "unit": "U/L", "high": "100"}
_CALCIUM = {"marker": "calcium", "unit": "mmol/L", "low": "2.1", "high": "2.6"}
_MYELOMA = {"conditions": ["multiple myeloma", "osteoporosis"]}


def beside_limits(cohort: Cohort) -> Iterator[Patient]:
    """Each limit of a rule, with the numbers just below, at and just above it."""
    made = {
        "uln": lambda number: {"value": 100 * number, "high": 100},
        "lln": lambda number: {"value": 40 * number, "low": 40, "high": 4000},
        "change": lambda number: {"value": 300, "high": 100, "percentChangeFromBaseline": number},
        "day": lambda number: {"value": 300, "high": 100, "dayOfTreatment": abs(number)},
    }
    for name, cuts in cohort.cuts.items():
        for cut in cuts:
            for place, number in enumerate((cut - ULP, cut, cut + ULP)):
                lab = {"marker": "ALP", "value": Decimal(300), "high": Decimal(100)}
                lab |= made[name](number) if name in made else {}
                lab |= {"unit": "U/L", "duringTreatment": "bortezomib"}
                lab = {"dayOfTreatment": 20, "percentChangeFromBaseline": 30} | lab
                age = number if name == "age" else 60
                rest = {"age": age, "drugs": ["bortezomib"], "labs": [lab]}
                yield f"{name} {cut} {place}", _MYELOMA | rest
    for sign in ("<", "<=", ">", ">="):
        for name in ("uln", "lln"):
            for cut in cohort.cuts[name]:
                for place, number in enumerate((cut - ULP, cut, cut + ULP)):
                    lab = {"marker": "ALP", "unit": "U/L", "comparator": sign} | made[name](number)
                    yield f"{name} {sign}{cut} {place}", _MYELOMA | {"age": 60, "labs": [lab]}
    for cut in cohort.cuts["change"]:
        for place, number in enumerate((cut - 100 * ULP, cut, cut + 100 * ULP)):
            labs = [
                _ALP | {"value": Decimal(100), "date": "2026-01-10"},
                _ALP | {"value": 100 + number, "date": "2026-02-10", "flag": "H"},
            ]
            labs[1] |= {} if number > 0 else {"high": "10"}
            drugs = [{"drug": "bortezomib", "start": "2026-01-10"}]
            yield f"computed change {cut} {place}", _MYELOMA | {"drugs": drugs, "labs": labs}


def beside_plausible(lexicon: Lexicon) -> Iterator[Patient]:
    """Each end of what a value or an upper limit of a measurement can be, from both sides."""
    for entry in (each for each in lexicon.entries.values() if each.units):
        for unit in entry.units:
            known = entry.measured_in
            for what, band in (
                ("value", known.band(unit)),
                ("high", known.limit_band(unit)),
                ("limit", known.band(unit)),
                ("low", known.band(unit)),
            ):
                for end, number in zip(("least", "most"), band or (), strict=False):
                    at = (Decimal(number.numerator) / number.denominator).quantize(ULP)
                    for place, each in enumerate((at - ULP, at, at + ULP)):
                        lab = {"marker": entry.iri, "unit": unit, "value": max(each, Decimal(0))}
                        end_of = "low" if what == "low" else "high"
                        lab |= {end_of: each} if what != "value" else {"flag": "H"}
                        yield f"{entry.label} {unit} {what} {end} {place}", {"labs": [lab]}


def witnesses() -> Iterator[Patient]:
    """One patient for each thing that some query looks at, and few patients have."""
    yield from _set_aside()
    yield from _on_the_first_day()
    yield from _bounds()
    yield from _flags_beside_one_limit()
    yield from _wrong_limits()
    yield from _baselines()
    yield from _copies()
    yield from _denied()
    yield from _stated_changes()
    yield from _read_together()
    yield from _silenced()
    yield from _at_the_edges()
    yield from _courses()
    yield from without_range()
    yield from treated()


def _set_aside() -> Iterator[Patient]:
    markers = {"ALP": "high", "calcium": "high", "corrected calcium": "normal"}
    flags = [{"marker": marker, "state": state} for marker, state in markers.items()]
    yield "aside", {"conditions": ["multiple myeloma", "vitamin D deficiency"], "labs": flags}


def _on_the_first_day() -> Iterator[Patient]:
    labs = [
        _ALP | {"value": "140", "date": "2026-01-10"},
        _ALP | {"value": "280", "date": "2026-02-10"},
    ]
    for start in ("2026-01-10", "2026-02-10"):
        drugs = [{"drug": "bortezomib", "start": start}]
        yield start, {"conditions": ["multiple myeloma"], "drugs": drugs, "labs": labs}


def _bounds() -> Iterator[Patient]:
    """A bound of a value that is one of the limits, or beside it; with a flag and without."""
    for sign in ("<", "<=", ">", ">="):
        for value in ("2.099999999", "2.1", "2.100000001", "2.599999999", "2.6", "2.600000001"):
            for flag in ({}, {"flag": "L"}, {"flag": "N"}, {"flag": "H"}):
                lab = _CALCIUM | {"comparator": sign, "value": value} | flag
                ranges = (lab, {key: each for key, each in lab.items() if key != "low"})
                for place, each in enumerate(ranges):
                    yield f"{sign}{value} {place} {flag}", {"labs": [each]}


def _flags_beside_one_limit() -> Iterator[Patient]:
    """A value that does not say its side, having one limit only, and a flag that says it."""
    vitamin = {"marker": "25-hydroxyvitamin D", "unit": "ng/mL", "value": "30"}
    tests = (_ALP | {"value": "50"}, _CALCIUM | {"value": "2.3"}, vitamin)
    for test in tests:
        for limit in ({"low": "2"}, {"high": "110"}):
            for flag in ({}, {"flag": "L"}, {"flag": "N"}, {"flag": "H"}):
                lab = {key: each for key, each in test.items() if key not in {"low", "high"}}
                key = f"one limit {test['marker']} {limit} {flag}"
                yield key, _MYELOMA | {"labs": [lab | limit | flag]}


def _wrong_limits() -> Iterator[Patient]:
    """Limits that no range has, and values at the edge of what is read."""
    for wrong in ({"value": "0"}, {"low": "-1"}, {"high": "-1"}, {"low": "0"}, {"low": "100"}):
        yield f"wrong {wrong}", {"labs": [_ALP | {"value": "50"} | wrong]}
    multiple = {"marker": "ALP", "unit": "{xULN}", "value": "3"}
    for limits in ({}, {"low": "0.5"}, {"high": "1"}, {"high": "2"}, {"low": "0", "high": "1"}):
        yield f"multiple {limits}", {"labs": [multiple | limits]}


def _baselines() -> Iterator[Patient]:
    """Results before a treatment of one time, of other units, or of no use."""
    now = {"date": "2026-02-20"}
    before = {"date": "2026-01-10"}
    timed = {"date": "2026-01-10T08:30:00"}
    later = {"date": "2026-01-10T09:00:00"}
    series = {
        "tied": [_ALP | before | {"value": "140"}, _ALP | before | {"value": "150"}],
        "tied, one with a time": [_ALP | before | {"value": "140"}, _ALP | timed | {"value": "99"}],
        "two times": [_ALP | timed | {"value": "140"}, _ALP | later | {"value": "200"}],
        "copies": [_ALP | before | {"value": "140"}] * 2,
        "copies but for a flag": [
            _ALP | before | {"value": "140"},
            _ALP | before | {"value": "140", "flag": "H"},
        ],
        "a multiple": [{"marker": "ALP", "unit": "{xULN}", "value": "2"} | before],
        "copies of a multiple": [{"marker": "ALP", "unit": "{xULN}", "value": "2"} | before] * 2,
        "a bound": [_ALP | before | {"value": "140", "comparator": ">"}],
        "zero": [_ALP | before | {"value": "0"}],
        "another unit": [{"marker": "ALP", "unit": "ukat/L", "value": "2", "high": "1.7"} | before],
        "a flag": [{"marker": "ALP", "state": "high"} | before],
    }
    indexes = {
        "a value": [_ALP | now | {"value": "280"}],
        "two values": [_ALP | now | {"value": "280"}, _ALP | now | {"value": "290"}],
        "a bound": [_ALP | now | {"value": "280", "comparator": ">"}],
        "a flag": [{"marker": "ALP", "state": "high"} | now],
    }
    two = [
        {"drug": "bortezomib", "start": "2026-01-15"},
        {"drug": "alendronate", "start": "2026-01-20"},
    ]
    for what, earlier in series.items():
        for kind, index in indexes.items():
            for drugs in (two[:1], two):
                key = f"baseline {what}, {kind}, {len(drugs)}"
                yield key, _MYELOMA | {"drugs": drugs, "labs": [*earlier, *index]}
    for value, change in (("2.2", "25"), ("2.2", "24")):
        labs = [
            {"marker": "calcium", "unit": "mg/dL", "value": "8", "low": "8", "high": "10"} | before,
            _CALCIUM | now | {"value": "2.495125505", "percentChangeFromBaseline": change},
        ]
        yield f"calcium {value} {change}", _MYELOMA | {"drugs": two[:1], "labs": labs}
    for usable, taken in pairwise(("2024-01-13", "2025-01-13", "2025-01-14", "2025-01-15")):
        labs = [_ALP | {"value": "140", "date": taken}, *indexes["a value"]]
        yield f"old baseline {usable}", _MYELOMA | {"drugs": two[:1], "labs": labs}


def _denied() -> Iterator[Patient]:
    """What a condition or a treatment takes, denied: of one that is given, and of one that was."""
    rest = {"date": "2026-03-01", "labs": [_ALP | {"value": "300"}]}
    for condition, denied in (
        ("CKD-MBD", "chronic kidney disease"),
        ("postmenopausal osteoporosis", "postmenopausal"),
    ):
        yield f"denied {denied}", rest | {"conditions": [condition], "absent": [denied]}
    for drug, denied in (
        ("bortezomib", "antimyeloma treatment"),
        ("alendronate", "bisphosphonate"),
    ):
        for days in ({}, {"start": "2025-01-01", "stop": "2025-06-01"}):
            drugs = [{"drug": drug} | days]
            yield f"denied {denied} {days}", rest | {"drugs": drugs, "absent": [denied]}


def _stated_changes() -> Iterator[Patient]:
    """A change that is stated of a dated result, under a treatment that has its days."""
    two = [
        {"drug": "bortezomib", "start": "2026-01-15"},
        {"drug": "alendronate", "start": "2026-01-20"},
    ]
    for during in ({}, {"duringTreatment": "bortezomib"}, {"duringTreatment": "alendronate"}):
        for change in ({}, {"percentChangeFromBaseline": "-30"}, {"dayOfTreatment": "36"}):
            lab = _ALP | {"value": "280", "date": "2026-02-20"} | during | change
            for drugs in (two[:1], two):
                if during.get("duringTreatment") != "alendronate" or len(drugs) > 1:
                    key = f"stated {during} {change} {len(drugs)}"
                    yield key, _MYELOMA | {"drugs": drugs, "labs": [lab]}
    unplaced = {key: each for key, each in _ALP.items() if key != "high"}
    now = unplaced | {"value": "280", "date": "2026-02-20"}
    for number in ("-30", "30"):
        labs = [now | {"percentChangeFromBaseline": number, "duringTreatment": "bortezomib"}]
        yield f"stated {number} without a range", _MYELOMA | {"drugs": two[:1], "labs": labs}
    for value in ("140", "400"):
        labs = [unplaced | {"value": value, "date": "2026-01-10"}, now]
        yield f"computed from {value} without a range", _MYELOMA | {"drugs": two[:1], "labs": labs}


def _read_together() -> Iterator[Patient]:
    """Tests that are read as one: of some only a part is known, and a treatment is dated twice."""
    two = [
        {"drug": "bortezomib", "start": "2026-01-15"},
        {"drug": "alendronate", "start": "2026-01-20"},
    ]
    tests = ("GGT", "ALT", "AST", "total bilirubin")
    taken = {"date": "2026-02-20"}
    for normal in range(len(tests) + 1):
        for other in ({"value": "5"}, {"state": "high"}):
            labs = [{"marker": each, "state": "normal"} | taken for each in tests[:normal]]
            labs += [{"marker": each} | taken | other for each in tests[normal : normal + 1]]
            labs = [each | ({"unit": "U/L"} if "value" in each else {}) for each in labs]
            labs.append({"marker": "ALP", "state": "high"} | taken)
            for drugs in ([], two):
                yield f"together {normal} {other} {len(drugs)}", {"drugs": drugs, "labs": labs}


def _silenced() -> Iterator[Patient]:
    """A later result that cannot be used, where zones and times are given of some."""
    moments = ("2026-02-10", "2026-02-10T08:30:00", "2026-02-10T08:30:00Z", "2026-02-09T23:40:00Z")
    for first in moments:
        for second in moments:
            for late in (
                "2026-02-10T12:00:00Z",
                "2026-02-10T12:00:00",
                moments[1],
                *moments[:1],
                "2026-02-11",
            ):
                labs = [
                    {"marker": "ALP", "state": "high", "date": first},
                    {"marker": "ALP", "state": "high", "date": second},
                    {"marker": "ALP", "value": "300", "date": late},
                ]
                yield f"late {late} {first} {second}", {"labs": labs}


def _at_the_edges() -> Iterator[Patient]:
    """Values as far from a limit as can be, without units, and on the first day of a life."""
    for limit, times in (("low", 10_000), ("high", 10_000), ("low", 0), ("high", 0)):
        at = Decimal(100) * times if times else Decimal("0.01")
        for place, value in enumerate((at - ULP, at, at + ULP)):
            far = {"marker": "ALP", "value": value, limit: Decimal(100)}
            yield f"far from {limit} {times} {place}", {"labs": [far]}
    unitless = {"marker": "ALP", "value": "300", "high": "100"}
    for more in ({}, {"comparator": ">"}, {"comparator": "<"}, {"flag": "H"}, {"low": "35"}):
        yield f"unitless {more}", {"labs": [unitless | more]}
    for day in ("2025-02-28", "2025-03-01", "2025-03-02"):
        first = {"marker": "ALP", "state": "high", "date": f"{day}T08:30:00"}
        later = {"marker": "ALP", "value": "300", "date": f"{day}T09:30:00"}
        for labs in ([first], [first, later]):
            key = f"first day {day} {len(labs)}"
            yield key, {"age": "0.5", "date": "2026-03-01", "labs": labs}
    during = {"value": "300", "duringTreatment": "bortezomib"}
    yield "under what is denied", {"absent": ["bortezomib"], "labs": [_ALP | during]}
    days: tuple[dict[str, str], ...] = ({}, {"date": "2026-02-10"}, {"date": "2026-02-20"})
    for one in days:
        for other in days:
            labs = [_ALP | {"value": "300"} | one, _ALP | {"value": "310"} | other]
            drugs = [{"drug": "bortezomib", "start": "2026-02-01"}]
            yield f"days {one} {other}", _MYELOMA | {"drugs": drugs, "labs": labs}


def without_range() -> Iterator[Patient]:
    """Values without a range, of patients for whom a site has one, several, or none."""
    values = (
        ("ALP", "U/L", "120"), ("calcium", "mmol/L", "2.7"), ("phosphate", "mg/dL", "4.45"),
        ("GGT", "U/L", "70"), ("ALT", "U/L", "50"), ("AST", "U/L", "50"),
    )  # fmt: skip
    for sex in ("female", "male", ""):
        for age in ("17.9", "18", "64.9", "65", ""):
            labs = [{"marker": name, "unit": unit, "value": of} for name, unit, of in values]
            known = {key: each for key, each in (("sex", sex), ("age", age)) if each}
            yield f"no range {sex} {age}", known | {"labs": labs}


def _courses() -> Iterator[Patient]:
    """Courses of one day, or that differ by their last day, beside series and stated changes."""
    start = {"drug": "bortezomib", "start": "2026-02-10"}
    moments = (
        "2026-01-10", "2026-01-20T08:30:00", "2026-01-20T08:30:00Z", "2026-01-19T23:40:00-05:30",
    )  # fmt: skip
    now = _ALP | {"value": "280", "date": "2026-02-10"}
    courses = {
        "one day": [start | {"stop": "2026-02-10"}],
        "backwards": [start | {"stop": "2026-02-09"}],
        "two ends": [start | {"stop": "2026-02-20"}, start],
        "open": [start],
    }
    for what, drugs in courses.items():
        for one in moments:
            for other in moments:
                labs = [
                    _ALP | {"value": "140", "date": one},
                    _ALP | {"value": "200", "date": other},
                    now,
                ]
                key = f"course {what} {one} {other}"
                yield key, _MYELOMA | {"drugs": drugs, "date": "2026-02-10", "labs": labs}
        for change in ("100", "40", "99.999999999"):
            labs = [
                _ALP | {"value": "140", "date": "2026-01-10"},
                now | {"percentChangeFromBaseline": change},
            ]
            key = f"course {what} stated {change}"
            yield key, _MYELOMA | {"drugs": drugs, "date": "2026-02-10", "labs": labs}
    score = {"marker": "LAP score", "unit": "{score}", "high": "100"}
    labs = [
        score | {"value": "0", "date": "2026-01-10"},
        score | {"value": "50", "date": "2026-02-10", "percentChangeFromBaseline": "20"},
    ]
    yield "from nothing", {"drugs": [start], "labs": labs}


def _copies() -> Iterator[Patient]:
    """Rows that are copies of each other, beside results that say more or less, or contradict."""
    silent = {"marker": "calcium", "unit": "mmol/L", "value": "2.4", "high": "2.6"}
    beside: dict[str, list[dict[str, str]]] = {
        "nothing": [],
        "another silent one": [silent | {"value": "2.3"}],
        "a flag": [{"marker": "calcium", "state": "normal"}],
        "two flags": [{"marker": "calcium", "state": each} for each in ("normal", "low")],
        "high and low": [{"marker": "calcium", "state": each} for each in ("high", "low")],
        "a contradiction": [_CALCIUM | {"value": "2.9", "flag": "L"}],
        "a bound": [silent | {"comparator": ">"}],
    }
    for what, others in beside.items():
        for copies in (1, 2):
            yield f"copies {copies} beside {what}", {"labs": [silent] * copies + others}
    yield from _nearly_copies()


def _nearly_copies() -> Iterator[Patient]:
    """Results of one time that differ in what does not place them, with a change that is stated."""
    stated = {
        "percentChangeFromBaseline": "30",
        "dayOfTreatment": "20",
        "duringTreatment": "bortezomib",
    }
    alp = {"marker": "ALP"} | stated
    measured = alp | {"value": "300", "unit": "U/L"}
    pairs: dict[str, tuple[dict[str, str], dict[str, str]]] = {
        "a flag, and two numbers without a unit": (
            alp | {"state": "H"},
            alp | {"value": "3", "high": "2", "flag": "H"},
        ),
        "two numbers without a unit": (
            alp | {"value": "3", "high": "2", "flag": "H"},
            alp | {"value": "1", "comparator": ">", "high": "2", "flag": "H"},
        ),
        "no low limit, and one of nought": (
            measured | {"value": "50", "high": "100", "flag": "N"},
            measured | {"value": "50", "low": "0", "high": "100", "flag": "N"},
        ),
        "no range, and a low limit of nought": (
            measured | {"flag": "H"},
            measured | {"flag": "H", "low": "0"},
        ),
        "two bounds that say no side": (
            alp | {"value": "3", "comparator": ">", "high": "2"},
            alp | {"value": "10", "comparator": ">", "high": "2"},
        ),
    }
    for what, labs in pairs.items():
        case = {"conditions": ["multiple myeloma"], "drugs": [{"drug": "bortezomib"}]}
        yield f"nearly copies: {what}", case | {"labs": list(labs)}
    for marker in ("GGT", "ALT"):
        plain = {"marker": marker, "value": "30", "unit": "U/L", "high": "60"}
        yield f"nearly copies: {marker}", {"labs": [plain, plain | {"low": "0"}]}
