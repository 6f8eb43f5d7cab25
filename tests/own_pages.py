"""One page of each kind that the project has, and how a reader gets there.

A case names its terms by IRI, so that it can be asked whatever the terms are called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from browsing import Tab

Way = Callable[[Tab], object]
Fields = Sequence[tuple[str, str]]

COUNT: Final = "SELECT ?kind (COUNT(?x) AS ?n) WHERE { ?x a ?kind } GROUP BY ?kind ORDER BY ?kind"
ALP: Final = "eg:SerumALPObservation"
FLAGSHIP: Final[Fields] = (
    ("has", "eg:MultipleMyeloma"),
    ("lab-1-marker", ALP),
    ("lab-1-state", "high"),
    ("lab-2-marker", "eg:GGTObservation"),
    ("lab-2-state", "normal"),
)
VALUES: Final[Fields] = (
    ("has", "eg:MultipleMyeloma"),
    ("drug-1", "eg:Bortezomib"),
    ("drug-1-start", "2025-01-10"),
    ("date", "2025-06-01"),
    *(
        (f"lab-{number}-{key}", value)
        for number, (figure, day) in enumerate(
            (("96", "2025-01-08"), ("131", "2025-02-09"), ("212", "2025-05-20")), 1
        )
        for key, value in (
            ("marker", ALP), ("value", figure), ("unit", "U/L"), ("low", "35"), ("high", "105"),
            ("date", day),
        )
    ),
)  # fmt: skip
"""Three results of one measurement, with a drug between the first and the second."""
WRONG: Final[Fields] = (*FLAGSHIP, ("age", "old"), ("lab-3-marker", ALP), ("lab-3-value", "x"))


def _at(path: str) -> Way:
    return lambda tab: tab.open(path)


def _asked(*fields: tuple[str, str]) -> Way:
    return lambda tab: tab.post("/ask", fields)


def _refused(tab: Tab) -> None:
    """The form with what could not be read; the browser says itself that the status is an error."""
    tab.post("/ask", WRONG)
    tab.heard.forget_failed_loads()


def _nothing_there(tab: Tab) -> None:
    tab.open("/id/Nothing")
    tab.heard.forget_failed_loads()


def _what_if(tab: Tab) -> None:
    """An answer, and what another result changes in it."""
    tab.post("/ask", FLAGSHIP)
    tab.page.select_option("#lab-2-state", "high")  # by itself the page asks what changes
    tab.page.wait_for_selector("#changes")


OWN_PAGES: Final[Mapping[str, Way]] = {
    "front": _at("/"),
    "answer": _asked(*FLAGSHIP),
    "answer-values": _asked(*VALUES),
    "answer-why": _asked(*FLAGSHIP, ("why", "9")),
    "answer-refused": _refused,
    "answer-what-if": _what_if,
    "terms": _at("/id/"),
    "term": _at("/id/VitaminDDeficiency"),
    "tree": _at("/ontology/tree"),
    "place": _at("/id/HepaticAmyloidosis"),
    "why": _at("/ontology/why/HepaticAmyloidosis/HepatobiliaryDisorder"),
    "statements": _at("/statement/"),
    "statement": _at("/statement/A005"),
    "document": _at("/document/A"),
    "query": _at("/query/causes"),
    "ontology": _at("/ontology"),
    "graph": _at("/graph/"),
    "reference": _at("/reference/B-R4"),
    "number": _at("/citation/B-5"),
    "rule": _at("/rules"),
    "sources": _at("/sources"),
    "queries": _at("/query/"),
    "data": _at("/data"),
    "search": _at("/search?q=vitamin"),
    "nothing found": _at("/search?q=xyzzy"),
    "sparql": _at("/sparql"),
    "result": _at(f"/sparql?{urlencode({'query': COUNT})}"),
    "nothing": _nothing_there,
}
"""By name; helpers that bring a page of a new kind name it here."""
