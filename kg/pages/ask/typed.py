"""What stands in the fields of the form: as it was sent, and as the plain case document.

Nothing is read here: a name may be none, and a value may be no number. What was typed stays as it
is, so that the form can show it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Literal, cast

from msgspec import Struct

from kg.case.document import Document, Drug, Lab, Onset
from kg.case.parse import parse_condition
from kg.model.errors import UsageError

Answer = Literal["yes", "no", "unknown"]

LAB_KEYS: Final = tuple(Lab.__annotations__)
"""What can be said of a result; the first names the measurement."""
DRUG_KEYS: Final = tuple(Drug.__annotations__)
ONCE: Final = (
    "question", "question-read", "record", "record-read", "age", "sex", "date", "about", "before",
)  # fmt: skip
"""The fields that stand once."""
SEVERAL: Final = ("has", "absent", "unknown", "assume")
"""The fields of names that may stand again and again."""
BASELINE: Final = "baseline"
ANSWERS: Final[tuple[Answer, ...]] = ("yes", "no", "unknown")
MOST_ROWS: Final = 2_000
"""Rows of one kind; a long record has hundreds of results."""

_MOST_DIGITS: Final = 50
_ROW: Final = re.compile(r"(finding|lab|drug)-([1-9][0-9]{0,3})(?:-([A-Za-z]+))?")
_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "finding": frozenset({"", "is"}),
    "lab": frozenset(LAB_KEYS),
    "drug": frozenset({"", *DRUG_KEYS[1:]}),
}
_OURS: Final = "eg:"
"""What the names begin with that the form sends for the rows it offers."""
_COMPARED: Final = re.compile(r"(<=|>=|[<>≤≥])\s*(\S.*)", re.DOTALL)
_LINES: Final = re.compile(r"\r\n?")

Fields = Mapping[str, str]
"""What stands in the fields of one row, by key; none is empty."""
Pair = tuple[str, str]


class Finding(Struct, frozen=True):
    """A term that was answered with yes, no or not known."""

    name: str
    answer: Answer


class Typed(Struct, frozen=True, kw_only=True):
    """Everything that stands in the form."""

    question: str = ""
    question_read: str = ""
    """The question that the other fields were filled from, and are no longer read from."""
    record: str = ""
    record_read: str = ""
    """The digest of the record that they were filled from."""
    has: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    assume: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    labs: tuple[Fields, ...] = ()
    drugs: tuple[Fields, ...] = ()
    age: str = ""
    sex: str = ""
    date: str = ""
    about: str = ""
    before: str = ""
    """The case of the answer that was shown before, as JSON."""


def typed_of(pairs: Iterable[Pair]) -> Typed:
    """What was sent as names and values; UsageError where a name is none of the form."""
    once: dict[str, str] = {}
    several: dict[str, list[str]] = {name: [] for name in SEVERAL}
    rows: dict[str, dict[int, dict[str, str]]] = {"finding": {}, "lab": {}, "drug": {}}
    for name, sent in pairs:
        value = _LINES.sub("\n", sent).strip()
        if name in several:
            several[name] += [value] if value else []
        elif name in ONCE:
            _set_once(once, name, value)
        else:
            _set_in_row(rows, name, value)
    found = {name.replace("-", "_"): value for name, value in once.items()}
    return Typed(
        **cast("dict[str, Any]", found | {name: tuple(each) for name, each in several.items()}),
        findings=tuple(_findings(rows["finding"])),
        labs=tuple(_whole(rows["lab"])),
        drugs=tuple(_whole(rows["drug"])),
    )


def _set_once(once: dict[str, str], name: str, value: str) -> None:
    if once.get(name):
        raise UsageError(f"{name} stands twice.")
    once[name] = value


def _set_in_row(rows: Mapping[str, dict[int, dict[str, str]]], name: str, value: str) -> None:
    found = _ROW.fullmatch(name)
    key = (found[3] or "") if found else ""
    if found is None or key not in _KEYS[found[1]]:
        raise UsageError("there is a field that the form does not have.")
    row = rows[found[1]].setdefault(int(found[2]), {})
    if key in row:
        raise UsageError("a field of a row stands twice.")
    row[key] = value
    if len(rows[found[1]]) > MOST_ROWS:
        raise UsageError(f"there are more than {MOST_ROWS} rows of one kind.")


def _findings(rows: Mapping[int, Mapping[str, str]]) -> Iterator[Finding]:
    for _, row in sorted(rows.items()):
        answer = row.get("is", "")
        if answer not in ("", *ANSWERS):
            raise UsageError(f"an answer is one of: {', '.join(ANSWERS)}.")
        if answer and row.get(""):
            yield Finding(row[""], cast("Answer", answer))


def _whole(rows: Mapping[int, Mapping[str, str]]) -> Iterator[Fields]:
    """The rows in which something stands, in their order."""
    for _, row in sorted(rows.items()):
        filled = {key or DRUG_KEYS[0]: value for key, value in row.items() if value}
        if filled and not _is_offered(filled):
            yield filled


def _is_offered(row: Fields) -> bool:
    """Whether a row holds nothing but the measurement that the form itself put there."""
    return row.keys() == {LAB_KEYS[0]} and row[LAB_KEYS[0]].startswith(_OURS)


# ── As the plain case document ──────────────────────────────────────────────────────────────


class Placed(Struct, frozen=True):
    """A case document, and what each place of it was typed as."""

    document: Document
    places: Mapping[str, str]
    """By a place such as `labs[0]`: the row of the form, such as `labs 2`."""


def document_of(typed: Typed, is_treatment: Iterable[str] = ()) -> Placed:
    """The case that the rows of the form say; the question and the record are not read here.

    `is_treatment` are the names of findings that are given and not had.
    """
    given = frozenset(is_treatment)
    places: dict[str, str] = {}
    document = Document()
    has, absent, unknown = [list(each) for each in (typed.has, typed.absent, typed.unknown)]
    drugs: list[str | Drug] = []
    answered = {"no": absent, "unknown": unknown}
    yes: list[str] = []
    for each in typed.findings:
        target = answered.get(each.answer, yes)
        (drugs if each.answer == "yes" and each.name in given else target).append(each.name)
    conditions = [*yes, *map(parse_condition, has)]
    for place in range(len(has)):
        places[f"conditions[{len(yes) + place}]"] = f"has {place}"
    for place, row in enumerate(typed.drugs):
        places[f"drugs[{len(drugs)}]"] = f"drugs {place}"
        drugs.append(cast("Drug", dict(row)) if len(row) > 1 else row.get(DRUG_KEYS[0], ""))
    labs: list[Lab] = []
    for place, row in enumerate(typed.labs):
        places[f"labs[{len(labs)}]"] = f"labs {place}"
        labs.append(_lab(row))
    lists = {"conditions": conditions, "drugs": drugs, "absent": absent, "unknown": unknown}
    once = {"age": typed.age, "sex": typed.sex, "date": typed.date}
    found = {key: value for key, value in ({**lists, "labs": labs} | once).items() if value}
    document = cast("Document", found)
    return Placed(document, places)


def _lab(row: Fields) -> Lab:
    """A result: beside a value the state is the laboratory's flag, and `<` a comparator."""
    lab: dict[str, object] = dict(row)
    value = row.get("value", "")
    compared = _COMPARED.fullmatch(value)
    if compared and "comparator" not in lab:
        lab |= {"comparator": compared[1], "value": compared[2]}
    if value and "state" in lab and "flag" not in lab:
        lab["flag"] = lab.pop("state")
    if BASELINE in lab:
        lab[BASELINE] = True
    return cast("Lab", lab)


def typed_from(document: Document) -> Typed:
    """The form that says what a case document says."""
    return Typed(
        has=tuple(_typed_condition(each) for each in document.get("conditions", ())),
        absent=tuple(document.get("absent", ())),
        unknown=tuple(document.get("unknown", ())),
        labs=tuple(_typed_lab(each) for each in document.get("labs", ())),
        drugs=tuple(_typed_drug(each) for each in document.get("drugs", ())),
        age=_text(document.get("age", "")),
        sex=document.get("sex", ""),
        date=document.get("date", ""),
        question=document.get("question", ""),
    )


def _typed_condition(condition: str | Onset) -> str:
    return condition if isinstance(condition, str) else "{condition}@{date}".format(**condition)


def _typed_drug(drug: str | Drug) -> Fields:
    return {DRUG_KEYS[0]: drug} if isinstance(drug, str) else cast("Fields", drug)


def _typed_lab(lab: Lab) -> Fields:
    row = {key: _text(value) for key, value in lab.items()}
    return {key: value for key, value in row.items() if value}


def _text(value: object) -> str:
    """A value as it stands in a field; a mark that is not set is empty."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, Decimal) and abs(value.adjusted()) <= _MOST_DIGITS:
        return f"{value:f}"
    return str(value)


def is_empty(typed: Typed) -> bool:
    """Whether no row says anything of a patient."""
    rows: Sequence[object] = (*typed.findings, *typed.labs, *typed.drugs)
    names = (*typed.has, *typed.absent, *typed.unknown)
    return not (rows or names or typed.age or typed.sex or typed.date)
