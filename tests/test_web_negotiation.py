"""Which representation an Accept header gets."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model.errors import MediaTypeError
from kg.serve.http.negotiation import (
    accepts_gzip,
    choose_forms,
    content_type,
    forms_named,
    negotiate,
    negotiate_forms,
    read_accept,
)

OFFERED = ("text/turtle", "application/ld+json", "application/rdf+xml")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "text/turtle"),
        ("", "text/turtle"),
        ("*/*", "text/turtle"),
        ("application/*", "application/ld+json"),
        ("application/ld+json", "application/ld+json"),
        ("APPLICATION/LD+JSON", "application/ld+json"),
        ("application/rdf+xml;q=0.9, text/turtle;q=0.8", "application/rdf+xml"),
        ("application/rdf+xml;q=0.1, */*;q=0.2", "text/turtle"),
        ("text/turtle;q=0, */*", "application/ld+json"),
        ("application/*;q=0.5, application/ld+json;q=0.1", "application/rdf+xml"),
        ("text/*;q=0.3, text/turtle;charset=utf-8;q=0.7, application/ld+json;q=0.5", "text/turtle"),
        ("text/turtle;q=0.9, text/turtle;charset=utf-8;q=0.1, */*;q=0.5", "application/ld+json"),
        ("text/turtle;charset=utf-8;q=0.1, text/turtle;q=0.9, */*;q=0.5", "application/ld+json"),
        ("text/html, application/xhtml+xml, */*;q=0.8", "text/turtle"),
        ("text/html", None),
        ("*/*;q=0", None),
        ("text/turtle;q=0", None),
        ("*/turtle", None),
        ("turtle", None),
        ("application/ld+json;q=nan", None),
        ("application/ld+json;q=high", None),
        ("application/ld+json;q=inf", None),
        ("application/ld+json;q", None),
        ("application/ld+json;q=7", "application/ld+json"),
        ("application/rdf+xml;q=7, text/turtle", "text/turtle"),
        ("text/turtle;q=0.1, text/turtle, application/ld+json;q=0.5", "application/ld+json"),
        (", ".join(["application/ld+json", *["image/png"] * 30]), "application/ld+json"),
        (",;,/;q=1,application/ld+json", "application/ld+json"),
    ],
)
def test_negotiate(header: str | None, expected: str | None) -> None:
    """The most wanted type is given, the most specific range decides, and q=0 excludes."""
    assert negotiate(header, OFFERED, "text/turtle") == expected


def test_nothing_is_offered() -> None:
    """Where there is no choice it is the default, for whoever takes anything."""
    assert negotiate("*/*", (), "text/turtle") == "text/turtle"
    assert negotiate("text/html", (), "text/turtle") is None


def test_what_is_no_range() -> None:
    """A range has both parts, and a weight that is a number."""
    assert list(read_accept("text/, /turtle, /, */turtle")) == []
    assert [each.quality for each in read_accept("a/b;q=nan, a/b;q=-1, a/b;q=0.5")] == [0, 0, 0.5]


@given(st.text(alphabet=st.sampled_from("aptx/*;,=q.01 \r\n+"), max_size=300))
def test_any_header(header: str) -> None:
    """Any header gives an offered type or none, and every weight is between 0 and 1."""
    assert negotiate(header, OFFERED, "text/turtle") in (*OFFERED, None)
    assert all(0 <= each.quality <= 1 for each in read_accept(header))
    assert not any(math.isnan(each.quality) for each in read_accept(header))


def test_long_header() -> None:
    """A header of a megabyte is not read to its end."""
    started = time.perf_counter()

    assert negotiate("a/b;q=1.0," * 100_000, OFFERED, "text/turtle") is None
    assert time.perf_counter() - started < 0.05


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, False), ("", False), ("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False),
        ("*", True), ("identity", False), ("GZIP", True), ("*;q=0, gzip", True),
        ("gzip;q=0, *", False), ("*;q=0", False), ("br;q=1.0, *;q=0.1", True),
        ("br,gzip", True), ("gzip;q=0;x=1", False),
    ],
)  # fmt: skip
def test_gzip(header: str | None, expected: bool) -> None:  # noqa: FBT001 - a table
    """Compression is used where it is accepted."""
    assert accepts_gzip(header) is expected


@pytest.mark.parametrize(
    ("accept", "kind", "content_type", "written"),
    [
        (None, "rows", "application/sparql-results+json", "application/sparql-results+json"),
        (None, "triples", "text/turtle; charset=utf-8", "text/turtle"),
        ("application/json", "rows", "application/json", "application/sparql-results+json"),
        ("application/json", "triples", "application/json", "application/ld+json"),
        ("text/xml", "boolean", "text/xml; charset=utf-8", "application/sparql-results+xml"),
        ("text/csv", "rows", "text/csv; charset=utf-8", "text/csv"),
        (
            "text/csv",
            "boolean",
            "application/sparql-results+json",
            "application/sparql-results+json",
        ),
        ("application/sparql-results+json", "triples", "text/turtle; charset=utf-8", "text/turtle"),
        ("text/html", "rows", "application/sparql-results+json", "application/sparql-results+json"),
        ("image/png", "triples", "text/turtle; charset=utf-8", "text/turtle"),
        ("*/*", "rows", "application/sparql-results+json", "application/sparql-results+json"),
        ("*/*", "boolean", "application/sparql-results+json", "application/sparql-results+json"),
        ("*/*", "triples", "text/turtle; charset=utf-8", "text/turtle"),
    ],
)
def test_results(accept: str | None, kind: str, content_type: str, written: str) -> None:
    """A result goes out in a type that was asked for, and is never refused for its type."""
    found = negotiate_forms(accept)[kind]

    assert (found.content_type, found.media_type) == (content_type, written)


@pytest.mark.parametrize(
    ("name", "rows", "triples"),
    [
        ("json", "application/sparql-results+json", "application/ld+json"),
        ("xml", "application/sparql-results+xml", "application/rdf+xml"),
        ("csv", "text/csv", "text/turtle"),
        ("ttl", "application/sparql-results+json", "text/turtle"),
        ("rdf+xml", "application/sparql-results+json", "application/rdf+xml"),
        ("application/json", "application/sparql-results+json", "application/ld+json"),
        ("application/n-triples", "application/sparql-results+json", "application/n-triples"),
    ],
)
def test_format(name: str, rows: str, triples: str) -> None:
    """A name in `format=` means what it says for every kind of result."""
    found = forms_named(name)

    assert found is not None
    assert (found["rows"].media_type, found["triples"].media_type) == (rows, triples)
    assert found["triples"].content_type == content_type(triples)


def test_a_named_format_of_a_truth_value() -> None:
    """It goes out in the format that is named, where that can carry it."""
    xml, csv = forms_named("xml"), forms_named("csv")

    assert xml is not None
    assert csv is not None
    assert xml["boolean"].media_type == "application/sparql-results+xml"
    assert csv["boolean"].media_type == "application/sparql-results+json"


def test_what_a_named_format_cannot_carry() -> None:
    """It goes out as the Accept header says."""
    found = forms_named("csv", "application/rdf+xml")

    assert found is not None
    assert found["triples"].media_type == "application/rdf+xml"


def test_formats_that_are_named() -> None:
    """The first that is known counts, before the header; without a name the header does."""
    assert choose_forms([], "text/csv") == negotiate_forms("text/csv")
    assert choose_forms(["excel", "xml", "csv"], "text/csv") == forms_named("xml", "text/csv")
    with pytest.raises(MediaTypeError) as caught:
        choose_forms(["excel", "word"], "text/csv")
    assert caught.value.message.startswith("the format is not known; wanted one of: ")
    assert caught.value.message.endswith(".")
    assert ", turtle, " in caught.value.message


def test_unknown_format() -> None:
    """A name that is no format is none."""
    assert forms_named("excel") is None
