"""Which representation a request asks for: pure functions (RFC 9110 §12.5.1)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from kg.model.errors import MediaTypeError
from kg.model.rdf import FORMATS, MEDIA_TYPES

_MOST_RANGES: Final = 20
_LONGEST: Final = 4096


class MediaRange(NamedTuple):
    """One part of an Accept header."""

    kind: str
    subtype: str
    parameters: int
    quality: float

    @property
    def specificity(self) -> tuple[bool, bool, int]:
        """The more it says, the higher it ranks, whatever its quality."""
        return (self.kind != "*", self.subtype != "*", self.parameters)

    def covers(self, media_type: str) -> bool:
        """Whether a media type is meant by it."""
        kind, _, subtype = media_type.partition("/")
        return self.kind in ("*", kind) and self.subtype in ("*", subtype)


def negotiate(header: str | None, offered: Sequence[str], default: str) -> str | None:
    """The offered media type that is wanted most, or None when none of them is wanted.

    Without a header it is the default, which also wins where others are wanted just as much;
    after it the order of the offer decides.
    """
    if header is None or not header.strip():
        return default
    ranges = tuple(read_accept(header))
    best = max(offered, key=lambda each: (quality(ranges, each), each == default), default=default)
    return best if quality(ranges, best) > 0 else None


def quality(ranges: Sequence[MediaRange], media_type: str) -> float:
    """How much a media type is wanted: the most specific range that covers it says so."""
    covering = [each for each in ranges if each.covers(media_type)]
    return max(covering, key=lambda each: each.specificity).quality if covering else 0.0


def read_accept(header: str) -> Iterator[MediaRange]:
    """The ranges of an Accept header; what is not a range is passed over, as is the far end."""
    for part in header[:_LONGEST].split(",", _MOST_RANGES)[:_MOST_RANGES]:
        name, *parameters = (piece.strip() for piece in part.split(";"))
        kind, slash, subtype = name.lower().partition("/")
        if not slash or not kind or not subtype or (kind == "*" and subtype != "*"):
            continue
        named = [each.partition("=")[::2] for each in parameters if each]
        weights = [value for key, value in named if key.strip().lower() == "q"]
        weight = _read_weight(weights[0]) if weights else 1.0
        yield MediaRange(kind, subtype, len(named) - len(weights), weight)


def accepts_gzip(header: str | None) -> bool:
    """Whether an Accept-Encoding header allows gzip; what it says of all is said of the others."""
    return header is not None and _allows_gzip(header[:_LONGEST])


@lru_cache(maxsize=256)
def _allows_gzip(header: str) -> bool:
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, parameters = part.partition(";")
        weights.setdefault(name.strip(), _read_weight(parameters.partition("=")[2] or "1"))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _read_weight(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return min(max(value, 0.0), 1.0) if math.isfinite(value) else 0.0


def content_type(media_type: str) -> str:
    """A media type as a header has it: a text says what it is encoded in."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


# ── The forms of a query's result ───────────────────────────────────────────────────────────

KINDS: Final = ("rows", "boolean", "triples")

_OF_ROWS: Final = {"application/json": "json", "application/xml": "xml", "text/xml": "xml"}
_ALIASES: Final[Mapping[str, Mapping[str, str]]] = {
    "rows": _OF_ROWS,
    "boolean": _OF_ROWS,
    "triples": {
        "application/json": "jsonld",
        "application/xml": "rdfxml",
        "text/plain": "ntriples",
        "text/n3": "turtle",
    },
}
"""Media types that clients ask for and mean one of ours by; Turtle and JSON-LD are N3 and JSON."""
_DEFAULTS: Final = {"rows": "json", "boolean": "json", "triples": "turtle"}
_SHORT: Final = {
    "ttl": "turtle",
    "n3": "turtle",
    "nt": "ntriples",
    "nq": "nquads",
    "rdf": "rdfxml",
    "rdf+xml": "rdfxml",
    "json-ld": "jsonld",
    "srj": "json",
    "srx": "xml",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/vnd.ms-excel": "csv",
    "application/x-json+ld": "jsonld",
    "text/n3": "turtle",
    "text/rdf+n3": "turtle",
    "text/plain": "ntriples",
}
"""Other names: those that SPARQLWrapper sends, and those of Virtuoso's form."""
_AS_ACCEPTED: Final = ("", "auto")
"""What a form sends where nobody has chosen a format."""
_PAGES: Final = ("html", "text/html", "application/xhtml+xml", "text/x-html+tr")
_GRAPH_OF: Final = {"json": "jsonld", "xml": "rdfxml"}
_BY_NAME: Final = {form.name: form for form in FORMATS}


@dataclass(frozen=True, slots=True)
class ResultForm:
    """How a result goes out: the media type that it is written in, and what it is called."""

    media_type: str
    content_type: str


ResultForms = Mapping[str, ResultForm]
"""How a result of each kind goes out."""


def negotiate_forms(accept: str | None) -> ResultForms:
    """How a result of each kind goes out for an Accept header.

    A result is never refused for its format: a client that asks for a table and sends a
    CONSTRUCT gets Turtle.
    """
    return _negotiate_kinds((accept or "")[:_LONGEST])


@lru_cache(maxsize=1024)
def _negotiate_kinds(accept: str) -> ResultForms:
    return MappingProxyType({kind: _negotiate_form(accept, kind) for kind in KINDS})


def forms_named(name: str, accept: str | None = None) -> ResultForms | None:
    """The same for the name of a format or a media type; None for one that is not known.

    A kind of result that the format cannot carry goes out as the Accept header says.
    """
    name = _plain(name)
    name = _SHORT.get(name, name)
    form = MEDIA_TYPES.get(name) or _BY_NAME.get(name)
    if form is None:
        return None
    graph = _BY_NAME[_GRAPH_OF.get(form.name, form.name)]
    named = {
        kind: ResultForm(each.media_type, content_type(each.media_type))
        for kind, each in (("rows", form), ("boolean", form), ("triples", graph))
        if kind in each.carries
    }
    return {**negotiate_forms(accept), **named}


def names_page(named: Sequence[str]) -> bool | None:
    """Whether a page is named as the format; None where no format is."""
    names = [_plain(each) for each in named]
    if all(each in _AS_ACCEPTED for each in names):
        return None
    return len(names) == 1 and names[0] in _PAGES


def file_ending(media_type: str) -> str:
    """How the name of a file ends that holds a result of a media type."""
    form = MEDIA_TYPES[media_type]
    return form.name if form.name in _PLAIN_ENDINGS else form.extension


_PLAIN_ENDINGS: Final = ("json", "xml")
"""What these are called is known to more programs than the endings that are registered for them."""


def _plain(name: str) -> str:
    """The name of a format in one spelling; in an address made by hand a plus may be bare."""
    return name.strip().lower().replace(" ", "+")


def choose_forms(named: Sequence[str], accept: str | None) -> ResultForms:
    """How a result goes out when formats may be named; MediaTypeError where none is known.

    The first that is known counts: SPARQLWrapper names two, and means one.
    """
    named = [each for each in named if _plain(each) not in _AS_ACCEPTED]
    if not named:
        return negotiate_forms(accept)
    found = (forms_named(name, accept) for name in named)
    forms = next((each for each in found if each is not None), None)
    if forms is None:
        raise MediaTypeError(f"the format is not known; wanted one of: {', '.join(_BY_NAME)}.")
    return forms


def _negotiate_form(accept: str, kind: str) -> ResultForm:
    own = {form.media_type: form.media_type for form in FORMATS if kind in form.carries}
    meant = own | {name: _BY_NAME[to].media_type for name, to in _ALIASES[kind].items()}
    default = _BY_NAME[_DEFAULTS[kind]].media_type
    chosen = negotiate(accept, tuple(meant), default) or default
    return ResultForm(meant[chosen], content_type(chosen))
