"""An answer as CSV: one row for each cause, with labels, for a spreadsheet or a data frame.

What limits the answer opens it, in rows without a cause: a table without rows would read as if
nothing could be the cause.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from kg.answer.model import Answer, Argument, Cause, Message
from kg.show.words import listed

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
NO_VERDICT = "no verdict"
"""What stands for the verdict where a row is about the case and not about a cause."""


def to_csv(answer: Answer) -> str:
    """The causes as comma-separated values (RFC 4180), with a line of column names.

    What is outside the scope and what contradicts itself comes first.
    """
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    writer.writerows(_limit(message, answer) for message in answer.scope)
    writer.writerows(_limit(conflict.text, answer) for conflict in answer.conflicts)
    writer.writerows(_row(cause, answer) for cause in answer.causes)
    return written.getvalue()


def _limit(said: Message | str, answer: Answer) -> list[str]:
    """A row that says why causes are missing or what was not used."""
    cells = dict.fromkeys(COLUMNS, "") | {"verdict": NO_VERDICT, "graph": answer.graph}
    if isinstance(said, str):
        cells["label"] = said
    else:
        cells |= {
            "iri": said.iri,
            "label": said.text,
            "statements": _cell(said.statements),
            "background": _cell(said.background),
        }
    return list(cells.values())


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
