"""The file of a new article: what its text says of itself, and what a curator has to write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kg.articles.schema import MODELINE
from kg.compile.check.unfinished import TO_FILL
from kg.curate.sources.front_matter import FrontMatter, read_front_matter
from kg.curate.sources.insert import yaml_text
from kg.curate.sources.outline import Outline
from kg.curate.sources.references import ListedWork, read_references

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
