"""Tables as data frames of pandas or polars, whichever is installed; this library needs neither."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, Final

from kg.model.errors import UsageError
from kg.model.terms import quoted
from kg.model.vocabulary import XSD, Literal, Term, compact, expand
from kg.store.base import Rows

_WHOLE: Final = re.compile(r"[+-]?[0-9]+")
_FRACTION: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_FLOATING: Final = re.compile(rf"{_FRACTION.pattern}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_TRUTH: Final = re.compile("true|false|1|0")
_TRUE: Final = frozenset({"true", "1"})
_TOO_LARGE: Final = 2**63
"""The first whole number that the whole numbers of frames do not have."""
_FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    XSD.integer: _WHOLE,
    XSD.decimal: _FRACTION,
    **dict.fromkeys(map(expand, ("xsd:double", "xsd:float")), _FLOATING),
    XSD.boolean: _TRUTH,
}
"""How values are written, by their type (https://www.w3.org/TR/xmlschema11-2/)."""

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
    """The rows of a query as columns of one type each, None where nothing stands.

    Numbers are numbers where the whole column has them, with a fraction where one of them may have
    one, and so are truth values; everything else is text. UsageError for a value that is not of the
    form of its type.
    """
    return {name: _column(name, rows.column(name)) for name in rows.variables}


def _column(name: str, terms: Iterable[Term | None]) -> list[object]:
    cells = list(terms)
    kinds = {_kind(each) for each in cells if each is not None}
    for each in cells:
        _check_form(name, each)
    read: Callable[[str], object] = str
    if kinds == {_TRUTH}:
        read = _TRUE.__contains__
    elif kinds == {_WHOLE} and all(
        abs(float(_text(e))) < _TOO_LARGE for e in cells if e is not None
    ):
        read = int
    elif kinds and kinds <= {_WHOLE, _FRACTION, _FLOATING}:
        read = float
    return [None if each is None else read(_text(each)) for each in cells]


def _text(term: Term) -> str:
    return term.value if isinstance(term, Literal) else str(term)


def _kind(term: Term) -> re.Pattern[str] | None:
    """The form of the numbers or truth values of a term's type; None for everything else."""
    return _FORMS.get(term.datatype) if isinstance(term, Literal) else None


def _check_form(column: str, term: Term | None) -> None:
    form = None if term is None else _kind(term)
    if form is not None and isinstance(term, Literal) and not form.fullmatch(term.value):
        kind = compact(term.datatype)
        raise UsageError(f"the column {column}: {quoted(term.value)} is no {kind}.")
