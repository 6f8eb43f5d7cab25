"""The tree of errors: what each says and which exit code it ends a command with."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from kg.model import errors
from kg.model.report import Finding, Report

EVERY = [
    error
    for _, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, errors.KGError)
]


@pytest.mark.parametrize("error", EVERY, ids=lambda error: error.__name__)
def test_tree_drawn(error: type[errors.KGError]) -> None:
    """Every error stands in the tree at the head of the file."""
    assert error.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize("error", EVERY, ids=lambda error: error.__name__)
def test_exit_code(error: type[errors.KGError]) -> None:
    """What cannot be understood or compared exits with 2, everything else with 1."""
    expected = 2 if issubclass(error, errors.UsageError | errors.ComparisonError) else 1

    assert error.exit_code == expected


def test_suggestions() -> None:
    """An unknown term comes with the names that are near to it."""
    error = errors.UnknownTermError("'osteoporsis' is no term.", suggestions=["osteoporosis"])

    assert error.message == "'osteoporsis' is no term. Did you mean: osteoporosis."
    assert error.suggestions == ("osteoporosis",)


def test_choices() -> None:
    """An ambiguous term comes with the terms to choose from."""
    error = errors.AmbiguousTermError("'PD' has two readings.", choices=["a", "b"])

    assert error.message == "'PD' has two readings. Choose one of: a, b."


def test_source_place() -> None:
    """A syntax error in a source starts with file, line and column, as editors read them."""
    error = errors.SourceSyntaxError("a dot is missing.", path=Path("a.ttl"), line=3, column=9)

    assert error.message == "a.ttl:3:9: a dot is missing."


def test_report_order() -> None:
    """A report puts errors before warnings before notes, each with its place and its rule."""
    report = Report(
        (
            Finding("b", "info", "x", "a note."),
            Finding("a", "error", "y", "a fault.", "m.ttl:4"),
        )
    )

    assert str(report) == "1 error.\nm.ttl:4: error: a fault. [a]"
    assert not report.passes
