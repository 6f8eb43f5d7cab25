"""Tables as data frames of pandas or polars, whichever is installed; this library needs neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib import import_module
from typing import Any, Final

from kg.model.errors import UsageError
from kg.model.vocabulary import XSD_DECIMAL, XSD_INTEGER, Literal, Term
from kg.store.base import Rows

LIBRARIES: Final = ("pandas", "polars")
"""The libraries whose frames are made, and tried in this order where none is named."""


def make_frame(columns: Mapping[str, Sequence[object]], library: str | None = None) -> Any:  # noqa: ANN401 - of a library that may not be there
    """A data frame of columns of one length.

    UsageError where the library is not installed, or none of them is.
    """
    if library is not None and library not in LIBRARIES:
        raise UsageError(f"no frame of {library!r}; wanted: {', '.join(LIBRARIES)}.")
    for name in LIBRARIES if library is None else (library,):
        try:
            return import_module(name).DataFrame(dict(columns))
        except ModuleNotFoundError:
            continue
    wanted = library or " or ".join(LIBRARIES)
    raise UsageError(f"a frame needs {wanted}, which is not installed: pip install {LIBRARIES[0]}.")


def columns_of(rows: Rows) -> dict[str, list[object]]:
    """The rows of a query as columns: IRIs and texts as text, numbers as numbers, else None."""
    return {name: [_value(each) for each in rows.column(name)] for name in rows.variables}


def _value(term: Term | None) -> object:
    if not isinstance(term, Literal):
        return None if term is None else str(term)
    if term.datatype == XSD_INTEGER:
        return int(term.value)
    return float(Decimal(term.value)) if term.datatype == XSD_DECIMAL else term.value
