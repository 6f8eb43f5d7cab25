"""What was found, as a page and as data."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from kg.pages.values import Field, Form, Link, Page, Phrase, Section, joined, phrase
from kg.serve.linked.search import MOST_HITS, Found, Hit
from kg.serve.linked.view import View

NAMES = {
    "term": "terms",
    "statement": "statements",
    "background": "background",
    "document": "documents",
    "reference": "references",
    "query": "queries",
    "rule": "rules",
}
"""What the kinds of hits are called."""
_SHORT = 160


def page(found: Found) -> Page:
    """The page of a search, or the empty form where nothing was asked for."""
    form = Form(
        "search",
        "Search",
        (
            Field("q", found.text, label="Search for", kind="search"),
            *((Field("kind", found.kind),) if found.kind else ()),
        ),
    )
    steps = tuple(_line(each) for each in found.hits)
    return Page(
        f"Search: {found.text}" if found.text else "Search",
        lead=_told(found),
        sections=(
            Section("", forms=(form,)),
            Section("", lead=_facets(found)),
            Section("Found" if steps else "", steps=steps),
        ),
    ).without_empty()


def data(found: Found, view: View) -> bytes:
    """The same as JSON."""
    hits = [
        {
            "kind": each.entry.kind,
            "id": each.entry.id or None,
            "title": each.entry.title,
            "by": each.by or None,
            "iri": view.published(each.entry.iri),
            "path": each.entry.path,
        }
        for each in found.hits
    ]
    said = {
        "query": found.text,
        "kind": found.kind or None,
        "all_words": found.is_whole,
        "total": found.total,
        "kinds": dict(found.counts),
        "hits": hits,
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode() + b"\n"


def _told(found: Found) -> str:
    if not found.text:
        return "Terms by any of their names and codes, statements, documents, queries, rules."
    if not found.total:
        return "Nothing was found."
    number = f"{found.total} found" if found.total > 1 else "1 found"
    shown = f", of which the first {MOST_HITS} are shown" if found.total > MOST_HITS else ""
    some = "" if found.is_whole else " Nothing has all of the words; these have some of them."
    return f"{number}{shown}.{some}"


def _facets(found: Found) -> Phrase:
    """A link for each kind with its number, and for all of them."""
    if len(found.counts) < 2 and not found.kind:  # noqa: PLR2004 - one kind is no choice
        return ()
    links = [_facet(found, "", "all", sum(count for _, count in found.counts))]
    links += [_facet(found, kind, NAMES[kind], count) for kind, count in found.counts]
    return joined(tuple(links), " · ")


def _facet(found: Found, kind: str, name: str, count: int) -> Link:
    asked = {"q": found.text, **({"kind": kind} if kind else {})}
    path = None if kind == found.kind else f"search?{urlencode(asked)}"
    return Link(name, path=path, note=str(count))


def _line(hit: Hit) -> Phrase:
    entry = hit.entry
    by = f" · by {hit.by}" if hit.by else ""
    first = entry.text.partition("\n")[0]
    more = f"{first[:_SHORT].rstrip()} …" if len(first) > _SHORT else first
    told = f" · {more}" if more and entry.kind in ("term", "document", "query") else ""
    link = Link(entry.title, path=entry.path, id=entry.id, note=f"{entry.kind}{by}{told}")
    return phrase(link)
