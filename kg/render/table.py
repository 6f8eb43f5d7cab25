"""An answer as CSV: one row for each cause, with labels, for a spreadsheet or a data frame."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from kg.answers.model import Answer, Argument, Cause
from kg.render.words import listed

COLUMNS = (
    "iri",
    "label",
    "verdict",
    "strength",
    "statements",
    "supported_by",
    "supporting_statements",
    "argued_against_by",
    "statements_against",
    "inferred",
    "background",
    "needs",
    "documents",
    "graph",
)
"""The columns; several values in a cell are parted by a semicolon and a blank."""


def to_csv(answer: Answer) -> str:
    """The causes as comma-separated values (RFC 4180), with a line of column names."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    writer.writerows(_row(cause, answer) for cause in answer.causes)
    return written.getvalue()


def _row(cause: Cause, answer: Answer) -> list[str]:
    arguments = (*cause.supports, *cause.against)
    used = listed((*cause.statements, *_statements(arguments)))
    documents = listed(
        answer.statements[each].document for each in used if each in answer.statements
    )
    return [
        cause.iri,
        cause.label,
        cause.verdict.value,
        cause.strength,
        _cell(cause.statements),
        _cell(argument.finding.label for argument in cause.supports),
        _cell(_statements(cause.supports)),
        _cell(argument.finding.label for argument in cause.against),
        _cell(_statements(cause.against)),
        "yes" if any(argument.inferred for argument in arguments) else "no",
        _cell(each for argument in arguments for each in argument.background),
        _cell(need.datum.label for need in cause.needs),
        _cell(documents),
        answer.graph,
    ]


def _statements(arguments: Iterable[Argument]) -> tuple[str, ...]:
    return listed(each for argument in arguments for each in argument.statements)


def _cell(values: Iterable[str]) -> str:
    return "; ".join(listed(values))
