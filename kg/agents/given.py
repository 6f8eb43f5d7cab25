"""What a tool is given: values with a type, and the case that they describe.

A name that the graph does not know stops nothing: the answer names it among what it did not use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast

from msgspec import Meta, Struct, to_builtins

from kg.answer.questions import assume
from kg.case import Case, parse_json, resolve_case
from kg.case.dates import day_there, read_day
from kg.case.fhir import read_case as read_record
from kg.case.merge import Beside
from kg.case.model import GIVEN_KINDS, Unused
from kg.case.names import read_name
from kg.case.parse import Options, is_finding
from kg.library import Graph
from kg.model.errors import UsageError
from kg.model.terms import LONGEST_NAME, Kind, Lexicon

_NEXT_NAME: Final = re.compile(r"\s*[,;]\s*")
_NEXT_RESULT: Final = re.compile(r"\s*[,;]\s*(?=[^,;=()]*[A-Za-z][^,;=()]*=)")
_BEHIND: Final = re.compile(r"[@=].*", re.DOTALL)
"""A day or an answer behind a name."""


def read_texts(
    conditions: Iterable[str], drugs: Iterable[str], labs: Iterable[str], words: Lexicon
) -> Options:
    """The texts of three lists as the command line takes them."""
    have = _each_name(conditions, words, Kind.CONDITION)
    take = _each_name(drugs, words, *GIVEN_KINDS)
    return Options(
        has=[each for each in have if not is_finding(each)],
        drugs=[each for each in take if not is_finding(each)],
        labs=[part for each in kept(labs) for part in _NEXT_RESULT.split(each)],
        findings=[each for each in (*have, *take) if is_finding(each)],
    )


def kept(texts: Iterable[str]) -> list[str]:
    """The texts that say something; of a name that is too long for any, its beginning."""
    return [_shortened(each) for each in texts if each.strip()]


def _shortened(text: str) -> str:
    name, equals, rest = text.partition("=")
    if len(name) <= LONGEST_NAME:
        return text
    return f"{name[: LONGEST_NAME - 1]}…{equals}{rest}"


def _each_name(texts: Iterable[str], words: Lexicon, *kinds: Kind) -> list[str]:
    return [name for text in kept(texts) for name in _apart(text, words, kinds)]


def _apart(text: str, words: Lexicon, kinds: tuple[Kind, ...]) -> list[str]:
    """The names in one text where all are known, else the text."""
    parts = [each for each in _NEXT_NAME.split(text.strip()) if each]
    if len(parts) == 1 or _is_known(text, words, kinds):
        return [text]
    return parts if all(_is_known(each, words, kinds) for each in parts) else [text]


def _is_known(text: str, words: Lexicon, kinds: tuple[Kind, ...]) -> bool:
    name = _BEHIND.sub("", text).strip()
    if not name or len(name) > LONGEST_NAME:
        return False
    found = read_name(name, words, *kinds)
    return not isinstance(found, Unused) and not found.denied


EXAMPLES: Final[Mapping[str, Any]] = json.loads(
    Path(__file__).with_name("examples.json").read_text("utf-8")
)
"""An example for each field."""
Entry = str | dict[str, Any]
"""A text as the command line takes it, or an object as the schema of a case has it."""
_LISTS: Final = ("conditions", "drugs", "labs")
"""The lists of a case whose entries may be texts or objects."""


class CaseGiven(Struct, kw_only=True, forbid_unknown_fields=True):
    """What is known of one patient, by any names or codes. What is left out is unknown."""

    question: Annotated[
        str, Meta(description="The case in words; give facts in the other fields where you can.")
    ] = ""
    conditions: Annotated[
        list[Entry],
        Meta(
            description="What the patient has: NAME, NAME@DATE or NAME=yes|no|unknown.",
            examples=[EXAMPLES["conditions"]],
        ),
    ] = []
    absent: Annotated[
        list[str], Meta(description="What was looked for and is not there, or is not given.")
    ] = []
    unknown: Annotated[list[str], Meta(description="What was asked and is not known.")] = []
    labs: Annotated[
        list[Entry],
        Meta(
            description="NAME=high|normal|low or NAME=VALUE UNIT(LOW-HIGH), then @DATE if known.",
            examples=[EXAMPLES["labs"]],
        ),
    ] = []
    drugs: Annotated[
        list[Entry],
        Meta(description="NAME, NAME@START or NAME@START..STOP.", examples=[EXAMPLES["drugs"]]),
    ] = []
    age: Annotated[int | float | str | None, Meta(description="In years.")] = None
    sex: Annotated[str, Meta(description="female or male.")] = ""
    date: Annotated[
        str, Meta(description="The day asked about; today if empty.", examples=[EXAMPLES["date"]])
    ] = ""
    record: Annotated[
        dict[str, Any] | None,
        Meta(description="A FHIR R4 or R5 Bundle or resource of the patient, beside the rest."),
    ] = None
    assume: Annotated[
        list[str], Meta(description="Conditions that a question in `next` asks about.")
    ] = []
    about: Annotated[
        str, Meta(description="The finding whose causes are wanted; else the one shown.")
    ] = ""


class CaseAsked(CaseGiven, kw_only=True):
    """The case, and how much is told."""

    detail: Annotated[
        Literal["brief", "page"], Meta(description="page adds the answer as people read it.")
    ] = "brief"


CaseObject = Annotated[
    dict[str, Any],
    Meta(
        description="The case, as it was given to answer_case.",
        examples=[EXAMPLES["case"]],
    ),
]


class RowAsked(Struct, kw_only=True, forbid_unknown_fields=True):
    """A case, and the row of its answer that is asked about."""

    case: CaseObject
    row: Annotated[
        str,
        Meta(
            description="A cause by its number or name, a next step by its letter, or any row by "
            "its words, in the answer to that case.",
            examples=[EXAMPLES["row"]],
        ),
    ]
    detail: Annotated[
        Literal["brief", "page"], Meta(description="page adds every step of the proof.")
    ] = "brief"


class SupposedFacts(Struct, kw_only=True, forbid_unknown_fields=True):
    """A case, and what is supposed of it."""

    case: CaseObject
    suppose: Annotated[
        list[str],
        Meta(
            min_length=1,
            description="Facts: a name, NAME=yes|no|unknown, or a result as in `labs`.",
            examples=[EXAMPLES["suppose"]],
        ),
    ]


class Names(Struct, forbid_unknown_fields=True):
    """Names to look up."""

    names: Annotated[
        list[str],
        Meta(
            min_length=1,
            max_length=20,
            description="Names, synonyms, abbreviations or codes with their prefix.",
            examples=[EXAMPLES["names"]],
        ),
    ]


class Ids(Struct, forbid_unknown_fields=True):
    """Statements to read."""

    ids: Annotated[
        list[str],
        Meta(
            min_length=1,
            max_length=10,
            description="Ids as answers name them.",
        ),
    ]


class ClaimsGiven(Struct, forbid_unknown_fields=True):
    """Claims to hold against the statements."""

    claims: Annotated[
        list[dict[str, Any]],
        Meta(
            min_length=1,
            max_length=50,
            description="Each an object with subject, relation, object, by any names, and what "
            "limits it: strength, population, conditions, frequency, direction, analyte, numbers "
            "(value, high, unit, comparator, of), polarity (affirmed or denied), cites. What is "
            "left out is not limited: no strength means outright, no population everybody.",
            examples=[EXAMPLES["claims"]],
        ),
    ]


class QueryGiven(Struct, forbid_unknown_fields=True):
    """A query."""

    query: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=20_000,
            description="SPARQL 1.1; the prefixes of the graph (eg:, st:, skos:, rdfs:) need no "
            "declaration. Subclasses: `a/rdfs:subClassOf*`.",
            examples=[EXAMPLES["query"]],
        ),
    ]


def case_of(given: CaseGiven, graph: Graph) -> Case:
    """The case that is given; UsageError where nothing of it is said or a part cannot be read."""
    if not any(getattr(given, name) not in ("", [], None) for name in _SAID):
        raise UsageError(f"nothing is said of the patient; wanted one of: {', '.join(_SAID)}.")
    found = _read(given, graph)
    return assume(graph.knowledge, found, given.assume)


_SAID = (
    "question", "conditions", "labs", "drugs", "absent", "unknown", "record", "age", "sex",
)  # fmt: skip
"""The fields that say something of a patient."""


def _read(given: CaseGiven, graph: Graph) -> Case:
    today = day_there(datetime.now().astimezone(), json.dumps(to_builtins(given)))
    if given.record is not None:
        return read_record(
            json.dumps(given.record),
            graph.lexicon,
            _day(given.date, today),
            _beside(given, graph.lexicon),
        )
    document = _document(given)
    beside = Beside(typed=_typed(given, graph.lexicon))
    return resolve_case(document, graph.lexicon, today=today, beside=beside)


def _document(given: CaseGiven) -> dict[str, object]:
    """What the schema of a case has, but for entries that are texts."""
    lists = {name: _entries(given, name, dict) for name in _LISTS}
    said = {
        **lists,
        "absent": kept(given.absent),
        "unknown": kept(given.unknown),
        "age": None if given.age is None else str(given.age),
        "sex": given.sex,
        "date": given.date,
        "question": given.question,
    }
    said_at_all = {name: value for name, value in said.items() if value not in ("", [], None)}
    return cast("dict[str, object]", parse_json(json.dumps(said_at_all)))


def _typed(given: CaseGiven, words: Lexicon) -> Options:
    """The entries that are texts, as the command line takes them."""
    conditions, drugs, labs = (cast("list[str]", _entries(given, each, str)) for each in _LISTS)
    return read_texts(conditions, drugs, labs, words)


def _beside(given: CaseGiven, words: Lexicon) -> Beside:
    """What stands beside a record: facts as texts."""
    objects = [name for name in _LISTS if _entries(given, name, dict)]
    if objects:
        raise UsageError(f"{objects[0]}: beside a record give texts, not objects.")
    answers = (("no", kept(given.absent)), ("unknown", kept(given.unknown)))
    typed = _typed(given, words)
    said = [f"{name}={answer}" for answer, names in answers for name in names]
    more = Options(
        findings=[*typed["findings"], *said],
        age=None if given.age is None else str(given.age),
        sex=given.sex or None,
        question=given.question or None,
    )
    whole = cast("Options", {**typed, **more})
    return Beside(typed=whole if any(whole.values()) else None)


def _entries(given: CaseGiven, name: str, kind: type) -> list[Entry]:
    every: list[Entry] = getattr(given, name)
    return [each for each in every if isinstance(each, kind)]


def _day(text: str, today: date) -> date:
    """The day that a record is asked about; UsageError where it is still to come."""
    asked = read_day(text or None, "date")
    if asked is not None and asked.day > today:
        raise UsageError(f"date: {asked.day} is still to come; today is {today}.")
    return asked.day if asked else today
