"""The queries of a cohort as text: the templates beside this module, with the words of a layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Final

from jinja2 import Environment, StrictUndefined, Template

from kg.case.dates import OLDEST
from kg.cohort.cells import ZONE, Cells, day_of
from kg.cohort.compiler import Cohort
from kg.cohort.judgement import OUTSIDE
from kg.cohort.parts import CLASH, leads
from kg.cohort.sources import COLUMNS
from kg.cohort.tables import literal
from kg.model.vocabulary import EG

STEPS: Final = ("readings", "results", "courses", "patients", "verdicts", "unused")
"""The scripts in their order."""
ORDER: Final = "value, low, high, wording, day, taken, change, treatment_day"
"""The order of results of one time, which does not turn on where they stand in a file."""
OUTPUTS: Final = ("patients", "verdicts", "messages", "steps", "unused")
"""The tables that are written of each part, each from the view `out_NAME`."""
_ALL: Final = Decimal(100)
_ANY_CELLS: Final = Cells(
    {name: dict.fromkeys(columns, "VARCHAR") for name, columns in COLUMNS.items()}
)
"""A source of text, as the listing reads it."""


def tables_sql(cohort: Cohort) -> str:
    """The statements that make the tables of knowledge."""
    return "\n".join(each.sql(cohort.terms) for each in cohort.tables)


def cells_sql(cells: Cells) -> str:
    """The script that finds what is written in the cells of a source."""
    return _fill_cells("cells", cells)


def wordings_sql(cells: Cells) -> str:
    """The script that finds how results are worded, once measurements are read."""
    return _fill_cells("wordings", cells)


def load_sql(cells: Cells) -> str:
    """The script that reads a source, once its words are read."""
    return _fill_cells("load", cells) + "\n" + _written("left")


def inputs_sql(cohort: Cohort, today: date, day: date | None) -> str:
    """The script that takes one part of the patients, for some days."""
    return _fill(cohort, "inputs", today=_date(today), day_asked=_date(day), oldest=OLDEST)


def step_sql(cohort: Cohort, step: str) -> str:
    """One script."""
    return _fill(cohort, step, order=ORDER)


def outputs_sql(cohort: Cohort) -> str:
    """The script that says what is written of one part."""
    return _fill(cohort, "outputs")


def summary_sql(cohort: Cohort) -> str:
    """The script that counts how far patients come, once the judge is done with the others."""
    finding = cohort.topic.finding.iri
    return _fill(
        cohort,
        "summary",
        finding=literal(leads(EG.hasFinding, finding)),
        outside=literal(OUTSIDE),
        measurements=", ".join(
            str(cohort.terms[each]) for each in sorted(cohort.topic.measurements)
        ),
    )


def omop_sql(today: date, day: date | None) -> str:
    """The script that makes the tables of a cohort of an OMOP common data model."""
    return _template(_written("omop")).render(today=_date(today), day_asked=_date(day))


def all_sql(cohort: Cohort, today: date) -> Iterator[str]:
    """Every statement in the order of a run: of tables of knowledge, of a source, of patients."""
    yield tables_sql(cohort)
    yield omop_sql(today, None)
    yield from (script(_ANY_CELLS) for script in (cells_sql, wordings_sql, load_sql))
    yield inputs_sql(cohort, today, None)
    yield from (step_sql(cohort, each) for each in STEPS)
    yield summary_sql(cohort)
    yield outputs_sql(cohort)


def _date(day: date | None) -> str:
    return "CAST(NULL AS DATE)" if day is None else f"DATE '{day}'"


def _fill(cohort: Cohort, step: str, **words: object) -> str:
    """A script with the words of a layout, and the limits."""
    every, first = range(cohort.layout.words), range(cohort.layout.first_words)
    return _template(_written(step)).render(
        cuts=cohort.cuts,
        families=cohort.families,
        sorts=cohort.sorts,
        words=every,
        w=lambda pattern, joined=", ": _each_word(every, pattern, joined),
        first=lambda pattern, joined=", ": _each_word(first, pattern, joined),
        rest=lambda pattern: _each_word(every[len(first) :], pattern, ""),
        masked=_masked,
        clash=cohort.layout.mask((CLASH,)),
        cell=_cell,
        more_than_all=lambda cuts: [_ALL + each for each in cuts],
        **words,
    )


def _fill_cells(step: str, cells: Cells) -> str:
    """A script with what reads the cells of a source."""
    return _template(_written(step)).render(
        text=cells.text,
        key=cells.key,
        cells_key=cells.cells_key(),
        given=cells.given_of_results,
        number=cells.number,
        bad_number=cells.bad_number,
        day=cells.day,
        bad_day=cells.bad_day,
        is_day=cells.is_day,
        is_given=cells.is_given,
        day_of=day_of,
        zone=ZONE,
    )


def _written(step: str) -> str:
    return resources.files("kg.cohort").joinpath("sql", f"{step}.sql").read_text("utf-8")


@cache
def _template(written: str) -> Template:
    """A script as it is filled, compiled once for all parts of a cohort."""
    shapes = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)  # noqa: S701 - SQL, of our own templates
    return shapes.from_string(written)


def _each_word(words: Iterable[int], pattern: str, joined: str) -> str:
    """A piece of SQL once for each word, with its number in place of `#`."""
    return joined.join(pattern.replace("#", str(each)) for each in words)


def _masked(pattern: str, mask: Iterable[int]) -> str:
    """What of each word a mask lets through, together; words without a bit of it are left out."""
    bits = ((pattern.replace("#", str(each)), bits) for each, bits in enumerate(mask) if bits)
    return " | ".join(f"({word} & {bits})" for word, bits in bits)


def _cell(number: str, limit: str | None, cuts: Sequence[Decimal]) -> str:
    """The cell that a number lies in: twice the limits below it, and one more at a limit.

    With `limit` the number is compared with so many times it, so that nothing is divided.
    """
    if not cuts:
        return "0"
    compared = [literal(each) if limit is None else f"{literal(each)} * {limit}" for each in cuts]
    parts = (
        f"CAST({number} {sign} {each} AS INTEGER)" for each in compared for sign in (">=", ">")
    )
    return f"({' + '.join(parts)})"
