"""Numbers of a case: read strictly, kept exactly, and rounded to the right side."""

from __future__ import annotations

import re
from decimal import ROUND_05UP, Context, Decimal
from fractions import Fraction
from typing import Final

from kg.model.errors import LabFormatError
from kg.model.terms import fold, quoted

DIGITS: Final = 50
"""Longest number that is read; with it, 60 digits of a quotient tell any two results apart."""

_QUOTIENT: Final = Context(prec=60, rounding=ROUND_05UP)
"""ROUND_05UP never ends an inexact result in 0 or 5, so it never lands on a shorter decimal."""
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_MINUS: Final = ("-", "−")  # noqa: RUF001
_NO_NUMBERS: Final = frozenset({"nan", "inf", "infinity", "+inf"})


class UnsafeResultError(LabFormatError):
    """A result that was understood and cannot be used; the message is the reason."""


def quotient(value: Decimal, limit: Decimal) -> Decimal:
    """The ratio, on the same side of every shorter decimal as the fraction itself."""
    return _QUOTIENT.divide(value, limit)


def rounded(value: Fraction) -> Decimal:
    """The fraction as a decimal, on the same side of every shorter decimal."""
    return quotient(Decimal(value.numerator), Decimal(value.denominator))


def shown(value: Fraction, places: int = 4) -> str:
    """The fraction for a reader: a few digits, and no needless zeros."""
    number = Context(prec=places).divide(Decimal(value.numerator), Decimal(value.denominator))
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(text: str, what: str, given: str) -> Decimal:
    """A number as a case may hold it: plain digits, no sign, no exponent."""
    _check_spelling(text, what, given)
    if text[:1] in _MINUS:
        raise UnsafeResultError(f"{what} is negative, which no result can be")
    return Decimal(text.removeprefix("+"))


def signed(text: str, what: str, given: str) -> Decimal:
    """A number that may be below zero."""
    _check_spelling(text, what, given)
    plain = Decimal(text.lstrip("+-−"))  # noqa: RUF001
    return -plain if text[:1] in _MINUS else plain


def _check_spelling(text: str, what: str, given: str) -> None:
    plain = text[1:] if text[:1] in ("+", *_MINUS) else text
    problem = ""
    if fold(plain) in _NO_NUMBERS:
        problem = f"{what} is {quoted(text)}, which is not a number."
    elif "," in plain:
        problem = (
            f"{what} has a comma. Write decimals with a point (4.5), and thousands without a "
            "mark (1200)."
        )
    elif "e" in plain.casefold():
        problem = f"{what} has an exponent; write the number out."
    elif not plain.isascii() or not _NUMBER.fullmatch(plain):
        problem = f"{what} is {quoted(text)}, which is not a number."
    elif len(text) > DIGITS:
        problem = f"{what} has {len(text)} characters; at most {DIGITS} are read."
    if problem:
        raise LabFormatError(f"{quoted(given)}: {problem}")
