"""Patients of a cohort under several treatments, each with days and results of its own.

What is said of a result under one treatment is not said of it under another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

Patient = tuple[str, dict[str, Any]]
"""The key of a patient, and what is known of the patient."""

_ALP: Final = {"marker": "ALP", "unit": "U/L", "high": "100"}
_BOTH: Final = {"conditions": ["multiple myeloma", "osteoporosis"]}
_BONE: Final = ("alendronate", "zoledronic acid")


def treated() -> Iterator[Patient]:
    """One patient for each way in which treatments could be taken for each other."""
    yield from _two_baselines()
    yield from _after_the_result()
    yield from _ended()
    yield from _silent_copies()
    yield from _given_and_denied()


def _two_baselines() -> Iterator[Patient]:
    """A result that rises against the baseline of one treatment and falls against the other's."""
    for first, second, now in (("200", "400", "250"), ("400", "200", "250"), ("240", "230", "250")):
        labs = [
            _ALP | {"value": first, "date": "2026-01-10"},
            _ALP | {"value": second, "date": "2026-01-25"},
            _ALP | {"value": now, "date": "2026-02-20"},
        ]
        for one, other in (("bortezomib", "alendronate"), ("alendronate", "bortezomib")):
            drugs = [
                {"drug": one, "start": "2026-01-15"},
                {"drug": other, "start": "2026-02-01"},
            ]
            key = f"two baselines {first} {second} {one}"
            yield key, _BOTH | {"drugs": drugs, "labs": labs}


def _after_the_result() -> Iterator[Patient]:
    """A result under one treatment, before another one began that is given now."""
    labs = [
        _ALP | {"value": "140", "date": "2026-02-01"},
        _ALP | {"value": "200", "date": "2026-03-01"},
    ]
    for before in _BONE:
        for start in ("2026-02-20", "2025-12-01"):
            for later in ("2026-03-01", "2026-03-02"):
                drugs = [{"drug": before, "start": start}, {"drug": "bortezomib", "start": later}]
                rest = {"date": "2026-05-01", "drugs": drugs, "labs": labs}
                yield f"after the result {before} {start} {later}", _BOTH | rest


def _ended() -> Iterator[Patient]:
    """A change that is stated under a treatment which is over, beside one that goes on.

    That it is over is given twice, and told once.
    """
    ended = {"drug": "bortezomib", "start": "2025-01-01", "stop": "2025-06-01"}
    for more in ({"percentChangeFromBaseline": "30"}, {"dayOfTreatment": "20"}, {}):
        lab = _ALP | {"value": "280", "date": "2026-02-20", "duringTreatment": "bortezomib"} | more
        for other in _BONE:
            drugs = [ended, ended, {"drug": other, "start": "2026-01-20"}]
            yield f"ended {more} {other}", _BOTH | {"drugs": drugs, "labs": [lab]}


def _silent_copies() -> Iterator[Patient]:
    """Results of one time that say no side, or that are of two days, and a treatment since over."""
    silent = {"marker": "ALP", "unit": "U/L", "value": "50", "date": "2026-03-01"}
    moments = ("2026-03-01T23:40:00-05:00", "2026-03-02T04:40:00Z")
    of_two_days = [
        _ALP | {"value": value, "date": taken}
        for value, taken in zip(("300", "310"), moments, strict=True)
    ]
    for stop in ("2026-02-28", "2026-03-01", "2026-03-02", "2026-04-01"):
        drugs = [{"drug": "bortezomib", "start": "2026-01-15", "stop": stop}]
        for what, labs in (("copies", [silent] * 2), ("one", [silent]), ("days", of_two_days)):
            yield f"silent {what} {stop}", _BOTH | {"drugs": drugs, "labs": labs}


def _given_and_denied() -> Iterator[Patient]:
    """A treatment that is given, and denied by its own name or a wider one, has no baseline."""
    labs = [_ALP | {"value": "140", "date": day} for day in ("2026-01-10", "2026-02-20")]
    drugs = [{"drug": "bortezomib", "start": "2026-01-15"}]
    other = {"drug": "alendronate", "start": "2026-02-01"}
    for denied in ("bortezomib", "antimyeloma treatment"):
        for more in ([], [other]):
            key = f"given and denied {denied} {len(more)}"
            yield key, _BOTH | {"drugs": drugs + more, "absent": [denied], "labs": labs}
