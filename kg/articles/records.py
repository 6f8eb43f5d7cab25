"""The shape of the file of an article: what stands where, and under which key.

Which qualifiers a record may have is no matter of shape: the ontology says it (`words`).
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from kg.articles.source import Written, spaced
from kg.model.statements import DOCUMENT_NAME, STATEMENT_ID

Texts = str | tuple[str, ...]
"""One text, or a list of them."""
Qualifiers = dict[str, Any]
"""What is said, under the label of each property; the ontology says which there are (`words`)."""

WHOLE_ID: Final = f"^{STATEMENT_ID}$"
"""The same as a schema has it, whose patterns may match within a text."""
_ID: Final = re.compile(STATEMENT_ID)
_SPAN: Final = r"[0-9]{1,5}([-–][0-9]{1,5})?"  # noqa: RUF001 - a dash between numbers, as people write it
LINES_PATTERN: Final = rf"^{_SPAN}(, ?{_SPAN})*$"
_DATE: Final = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_DIGEST: Final = r"^ni:///sha-256;[A-Za-z0-9_-]{43}$"

Date = Annotated[str, Meta(pattern=_DATE, description="a date as YYYY-MM-DD")]
StatementId = Annotated[
    str, Meta(pattern=WHOLE_ID, description="the id of a statement: its document and digits")
]
Lines = Annotated[str, Meta(pattern=LINES_PATTERN, description="a line, or lines as 5-8 or 5, 7")]
Line = Annotated[int, Meta(ge=1, description="the number of the line in the text, from 1")]


class _Shape(Struct, frozen=True, rename=spaced, forbid_unknown_fields=True, omit_defaults=True):
    """What all of them are: nothing unknown in them, and spaces where Python has none."""


class Document(_Shape, frozen=True):
    """What an article says of itself, and what a curator calls it."""

    id: Annotated[
        str,
        Meta(pattern=f"^{DOCUMENT_NAME}$", description="the name of the document, letters only"),
    ]
    title: str
    short_title: Annotated[str, Meta(description="a few words that name it in answers")]
    origin: Annotated[str, Meta(description="whose voice it is: one origin is counted once")]
    review_status: Annotated[str, Meta(description="how it was reviewed, or: not stated")]
    reference_list: Annotated[str, Meta(description="what its list of references holds")]
    digest: Annotated[
        str, Meta(pattern=_DIGEST, description="the SHA-256 of the text as ni:///sha-256;…")
    ]
    citation_style: Annotated[
        str,
        Meta(description="how numbers are printed: plain, square, round, superscript, attached"),
    ] = ""
    publisher: str = ""
    last_updated: Date | UnsetType = UNSET
    review_claim: Texts = ()
    statement_count: int | UnsetType = UNSET
    not_stated: Texts = ()
    knowledge_level: str = "knowledge_assertion"
    agent_type: Annotated[str, Meta(description="who read it: manual_agent, automated_agent")] = (
        "manual_agent"
    )


class Citation(_Shape, frozen=True):
    """What a number that the article prints points at."""

    resolution: str = "unresolved"
    inferred_reference: str = ""
    confidence: (
        Annotated[str, Meta(pattern=r"^[01](\.[0-9]+)?$", description="a number from 0 to 1")]
        | UnsetType
    ) = UNSET
    method: str = ""
    rejected_reference: Texts = ()
    note: Texts = ()


class Reference(_Shape, frozen=True):
    """An entry of the reference list; titles of works are no quotations."""

    line: Line
    title: str
    venue: str = ""
    year: int | UnsetType = UNSET
    labelled_as: str = ""
    assessed_as: str = ""
    doi: Annotated[str, Meta(pattern=r"^(10\.[0-9]{4,9}/\S+)?$", description="its DOI")] = ""
    pmid: Annotated[str, Meta(pattern="^[0-9]{0,8}$", description="its number in PubMed")] = ""
    pmcid: Annotated[str, Meta(pattern="^(PMC[0-9]+)?$", description="its number in PMC")] = ""


class Term(_Shape, frozen=True):
    """A term that is new with the article."""

    label: str
    definition: str
    is_: Annotated[
        Texts,
        Meta(description="the class that it is a kind or an instance of; a class may have none"),
    ] = ()
    synonyms: Texts = ()
    abbreviation: Texts = ()
    note: Texts = ()
    message: Annotated[str, Meta(description="what an answer prints for an alert or advice")] = ""
    says_denial: Annotated[
        bool, Meta(description="true for an alert that says that something is not so")
    ] = False
    order: Annotated[
        int | UnsetType, Meta(description="its place among its like, such as the first test to do")
    ] = UNSET
    yields: Annotated[Texts, Meta(description="the findings that an investigation can bring")] = ()
    answered_by: Annotated[
        Texts, Meta(description="the measurement whose result shows that a test was done")
    ] = ()


class Withdrawn(_Shape, frozen=True):
    """Why, when and by whom a statement was withdrawn."""

    because: str
    date: Date
    by: Texts


class Drafted(_Shape, frozen=True):
    """Which machine wrote a record, and when."""

    agent: str
    model: str
    date: Date


class Signed(_Shape, frozen=True):
    """Who answers for a record that a machine wrote."""

    by: str
    date: Date


class Record(_Shape, frozen=True):
    """One statement; its first key is its id, and the value of that key its words."""

    id: StatementId
    words: Annotated[str, Meta(description="what it says, in your own words; stands alone")]
    says: Annotated[
        Qualifiers, Meta(description="its line, its triple, and every word that limits it")
    ]
    says_nothing_for_answers: Annotated[
        str, Meta(description="why it is kept as reading and stands behind no answer")
    ] = ""
    draft: Drafted | UnsetType = UNSET
    signed: Signed | UnsetType = UNSET
    withdrawn: Withdrawn | UnsetType = UNSET


class Group(_Shape, frozen=True):
    """Statements under one heading, with what holds of each unless it says otherwise."""

    under: Annotated[str, Meta(description="heading in your own words")]
    records: tuple[Record, ...]
    defaults: Qualifiers = {}


class ArticleFile(_Shape, frozen=True):
    """The whole file."""

    document: Document
    statements: tuple[Group, ...] = ()
    defaults: Annotated[Qualifiers, Meta(description="what holds of every statement")] = {}
    populations: Annotated[
        dict[str, Texts],
        Meta(description="the words for a population that stand for each class of cases"),
    ] = {}
    sections: Annotated[
        dict[str, str], Meta(description="own words for the sections, by their numbers")
    ] = {}
    citations: Annotated[
        dict[Lines, Citation],
        Meta(description="what the citation numbers point at"),
    ] = {}
    references: Annotated[
        dict[str, Reference], Meta(description="entries of the reference list")
    ] = {}
    set_aside: Annotated[
        dict[Lines, str],
        Meta(description="lines without a statement: a line, 5-8 or 5, 7, and why"),
    ] = {}
    terms: Annotated[dict[str, Term], Meta(description="terms that are new with the article")] = {}


def name_records(written: Written) -> dict[str, Any]:
    """The value of a file with `id` and `words` in each record, in place of its first key.

    SourceSyntaxError for a record that does not begin with its id.
    """
    groups = written.value.get("statements", ())
    named = [_name_group(written, place, each) for place, each in enumerate(groups)]
    return {**written.value, "statements": named}


def _name_group(written: Written, place: int, group: Any) -> Any:  # noqa: ANN401 - not yet checked
    records = group.get("records") if isinstance(group, dict) else None
    if not isinstance(records, list):
        return group
    named = []
    for number, record in enumerate(records):
        first = next(iter(record), "") if isinstance(record, dict) else ""
        if not _ID.fullmatch(first):
            raise written.error(
                "a record begins with its id and what it says in your own words, "
                f"such as `{written.path.stem}001: …`.",
                *("statements", place, "records", number),
            )
        named.append({"id": first, "words": record[first], **_rest(record)})
    return {**group, "records": named}


def _rest(record: dict[str, Any]) -> dict[str, Any]:
    """A record without its first key."""
    return dict(islice(record.items(), 1, None))


def texts(given: Texts) -> tuple[str, ...]:
    """One text or several as several."""
    return (given,) if isinstance(given, str) and given else tuple(given)


def message_property(text: str) -> str:
    """The property of a message: of one that names figures of statements, that of a template."""
    return "messageTemplate" if "{" in text else "message"
