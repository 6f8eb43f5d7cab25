"""The file of a new article: what its text says of itself, and what a curator has to write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from kg.articles.article import ARTICLES
from kg.articles.schema import MODELINE
from kg.compile.check.unfinished import TO_FILL
from kg.curate.sources.desk import article_path
from kg.curate.sources.lines import AWAITED, BOARD, DATE, PEER, TITLES
from kg.curate.sources.outline import Outline, OutlineEntry, read_outline
from kg.curate.sources.references import ListedWork, read_references
from kg.curate.sources.writing import yaml_text
from kg.model.citations import CitationStyle
from kg.model.errors import UsageError
from kg.model.statements import decode_text, digest_of

_RECORDS: Final = """
# Whom the sentences are about, in words, under the class of cases that they stand for:
populations:
  Case: not stated

# Words of your own for the sections whose numbers `kg source outline {name}` shows:
# sections:
#   "1": causes

# Terms that no file has; a class begins with a capital, and an individual does not:
# terms:
#   SomeCondition: {{is: Condition, label: some condition, definition: what it is}}

# One record for each thing that the text says, in its order, under headings of your own. What
# holds of every record of a group stands once, in its defaults. An example to copy:
# statements:
#   - under: a heading of your own
#     defaults: {{context: Case, population: not stated}}
#     records:
#       - {name}001: what the sentence says, in your own words; it stands alone
#         says: {{line: 42, subject: SomeCondition, predicate: causes, object: some-finding}}
"""


def skeleton(name: str, outline: Outline, digest: str) -> str:
    """The text of `ontology/articles/X.yaml` for a text that was outlined.

    What the text does not say is left empty, with what to write there behind it: until it is
    written the file is refused, with the line.
    """
    front = read_front_matter(outline)
    head = (MODELINE, "document:", *_document(name, front, outline, digest))
    works = tuple(_references(read_references(outline)))
    return "\n".join([*head, *works]) + "\n" + _RECORDS.format(name=name)


def _document(name: str, front: FrontMatter, outline: Outline, digest: str) -> Iterator[str]:
    yield f"  id: {name}"
    yield _pair("title", front.title, "the title of the document")
    yield _pair("short title", "", "a few words that name it in answers")
    yield _pair("publisher", front.publisher, "who publishes it")
    yield _pair("origin", front.publisher, "whose voice it is: one origin is counted once")
    yield _pair("last updated", front.updated, "its date as YYYY-MM-DD")
    yield _pair("review status", front.review, "how it was reviewed, or: not stated")
    if front.review_claim:
        yield _pair("review claim", front.review_claim, "")
    yield _pair("reference list", front.references, "")
    yield _pair("citation style", outline.citing.style.value, "")
    yield f"  digest: {digest}"


def _pair(key: str, value: str, wanted: str) -> str:
    return f"  {key}: {yaml_text(value)}" if value else f"  {key}: # {TO_FILL}: {wanted}"


def _references(works: Sequence[ListedWork]) -> Iterator[str]:
    """The works of the reference list as remarks, to be confirmed by taking the sign away."""
    if not works:
        return
    yield ""
    yield "# What a machine read of the reference list. Compare each with its entry, as"
    yield "# `kg source references` shows it, write its title, and take the signs in front away."
    yield "# references:"
    for place, work in enumerate(works, 1):
        yield f"#   R{work.number or place}: {{{', '.join(_read(work))}}}"


def _read(work: ListedWork) -> Iterator[str]:
    yield f"line: {work.lines[0]}"
    yield "title: …"
    yield from (f"{key}: {value}" for key, value in work.identifiers.items())


def add_article(
    folder: Path, name: str, raw: bytes, *, style: CitationStyle | None = None
) -> dict[Path, str]:
    """The text of the file of a new article; UsageError for a name that another has.

    The citation style is the one that is chosen, or else recognised. The article becomes part of
    the graph when its places are filled in.
    """
    path = article_path(folder, name)
    taken = _taken(folder, name)
    if taken is not None:
        raise UsageError(f"{taken} exists; wanted a name that no document has.")
    outline = read_outline(decode_text(raw), style=style)
    return {path: skeleton(name, outline, digest_of(raw))}


def _taken(folder: Path, name: str) -> Path | None:
    """The file that has the name, whatever the case of its letters."""
    wanted = ((ARTICLES, ".yaml"), ("documents", ".ttl"), ("statements", ".ttl"))
    for kind, suffix in wanted:
        for path in sorted((folder / kind).glob(f"*{suffix}")):
            if path.stem.casefold() == name.casefold():
                return path
    return None


# ── What a page says of itself ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What was found of a document; empty where its text does not say."""

    title: str
    updated: str
    publisher: str
    review: str
    review_claim: str
    references: str


_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_WRITTEN: Final = re.compile(r"([A-Z][a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([A-Z][a-z]+)\.?,? (\d{4})")
_PUBLISHER: Final = re.compile(r"^(?:publisher|published by)\s*:?\s+(?P<name>.+)$", re.IGNORECASE)
_LISTED: Final = re.compile(r"^(?:\[\d+\]|\d+[.)])\s")


def read_front_matter(outline: Outline) -> FrontMatter:
    """What the lines of a page say of the document."""
    lines = [entry.text for entry in outline.entries]
    return FrontMatter(
        title=next((e.text.lstrip("\ufeff# ") for e in outline.entries if e.aside in TITLES), ""),
        updated=next(_dates(lines), ""),
        publisher=next((found["name"] for found in map(_PUBLISHER.match, lines) if found), ""),
        review=_review(outline.entries),
        review_claim="says that others review it" if _any(outline.entries, BOARD) else "",
        references=_list_in_words(outline.entries),
    )


def _dates(lines: Iterable[str]) -> Iterator[str]:
    """The dates on lines that begin with the word for one."""
    for line in lines:
        found = _date_in(line) if DATE.search(line) else None
        if found is not None:
            yield found.isoformat()


def _date_in(line: str) -> date | None:
    iso = _ISO.search(line)
    if iso is not None:
        return _parsed(iso[0], "%Y-%m-%d")
    written = _WRITTEN.search(line)
    if written is not None:
        return _parsed(" ".join((written[2], written[1][:3], written[3])), "%d %b %Y")
    day_first = _DAY_FIRST.search(line)
    if day_first is not None:
        return _parsed(" ".join((day_first[1], day_first[2][:3], day_first[3])), "%d %b %Y")
    return None


def _parsed(text: str, form: str) -> date | None:
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return None


def _any(entries: Iterable[OutlineEntry], words: re.Pattern[str]) -> bool:
    return any(words.search(entry.text) for entry in entries if entry.aside and not entry.item)


def _review(entries: Iterable[OutlineEntry]) -> str:
    found = tuple(entries)
    if _any(found, AWAITED):
        return "pending review"
    return "peer reviewed, by its own word" if _any(found, PEER) else ""


def _list_in_words(entries: Iterable[OutlineEntry]) -> str:
    """What the reference list holds, in words."""
    listed = [entry.text for entry in entries if "reference list" in entry.aside]
    if not listed:
        return "no reference list"
    numbered = [line for line in listed[1:] if _LISTED.match(line)]
    if numbered:
        return f"{len(numbered)} entries, numbered"
    return f"{len(listed) - 1} lines, not numbered" if listed[1:] else "none printed"
