"""What is typed of a case: each text as the part of the plain dictionary that it stands for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final, TypedDict, Unpack, cast

from kg.case.dates import is_day
from kg.case.document import Document, Drug, Lab, Onset
from kg.case.labs import ABNORMAL, read_flag
from kg.case.model import GIVEN_KINDS, Unused
from kg.case.names import read_name
from kg.case.quantities import HIGH, LOW, NORMAL
from kg.model.errors import LabFormatError, UsageError
from kg.model.spelling import fold
from kg.model.terms import Kind, Lexicon, quoted

_VALUE: Final = (
    r"(?P<comparator><=|>=|[<>≤≥])?\s*"
    r"(?P<number>[+−-]?[\d.,]+(?:[eE][+-]?\d+)?|[+-]?[A-Za-z]+\b)"  # noqa: RUF001
    r"\s*(?P<unit>[^()]*?)\s*"
    r"(?:\((?P<range>[^()]*)\)\s*(?P<behind>[^\s()]*[^\sA-Za-z()][^\s()]*)?\s*(?P<flag>[A-Za-z]*))?"
)
"""How a value is typed. An expression is compiled when a result is: most questions have none."""
_SQUARE: Final = r"\[(\s*[\d.<>≤≥–—−-][^\[\]()]*)\]"  # noqa: RUF001
"""A range in square brackets; those of a unit hold letters."""
_LONGEST: Final = 500
_NO_NUMBERS: Final = frozenset({"nan", "inf", "infinity", "+inf", "-inf", "+nan"})

_RANGE: Final = r"(?P<low>[^\s<>≤≥–—−-]*)\s*(?:-|–|—|−|\bto\b)\s*(?P<high>[^\s–—−-]*)"  # noqa: RUF001
_ONE_SIDED: Final = r"(?P<sign><=|>=|[<>≤≥])\s*(?P<limit>\S+)"
_UNIT: Final = r"(?<=[\d\s])\s*(?P<unit>[^\d\s.,<>≤≥–—−()-][^\d\s]*(?:\s[^\d\s]+)*|%)$"  # noqa: RUF001

_ANSWERS: Final = {
    **dict.fromkeys(("yes", "y", "present"), "yes"),
    **dict.fromkeys(("no", "n", "absent"), "no"),
    **dict.fromkeys(("unknown", "notknown"), "unknown"),
}


class Options(TypedDict, total=False):
    """What is typed of a case: terms by any of their names, results and findings as text."""

    has: Iterable[str]
    drugs: Iterable[str]
    labs: Iterable[str]
    findings: Iterable[str]
    age: str | None
    sex: str | None
    day: str | None
    question: str | None


def parse_options(lexicon: Lexicon, **typed: Unpack[Options]) -> Document:
    """The case of what was typed; names stay as they are, whether there is a term or not."""
    document = Document(
        conditions=[parse_condition(text) for text in typed.get("has", ())],
        drugs=[parse_drug(text) for text in typed.get("drugs", ())],
        absent=[],
        unknown=[],
    )
    for text in typed.get("findings", ()):
        _add_finding(document, text, lexicon)
    document["labs"] = [parse_lab(text, lexicon) for text in typed.get("labs", ())]
    if (age := typed.get("age")) is not None:
        document["age"] = age
    if (sex := typed.get("sex")) is not None:
        document["sex"] = sex
    if (day := typed.get("day")) is not None:
        document["date"] = day
    if (question := typed.get("question")) is not None:
        document["question"] = question
    return document


def parse_condition(text: str) -> str | Onset:
    """What is typed as `NAME`, or as `NAME@DATE` with the day on which it began."""
    name, at, day = text.rpartition("@")
    if not at or not is_day(day.strip()):
        return text
    return Onset(condition=name.strip(), date=day.strip())


def parse_drug(text: str) -> Drug:
    """What is typed as `NAME`, `NAME@START` or `NAME@START..STOP`."""
    name, at, dates = text.partition("@")
    start, _, stop = dates.partition("..")
    days = {"start": start.strip(), "stop": stop.strip()}
    if at and not any(days.values()):
        raise UsageError(f"{quoted(text)}: wanted a date behind @, as in NAME@2026-01-10.")
    return cast("Drug", {"drug": name.strip()} | _without_empty(days))


def _add_finding(document: Document, text: str, lexicon: Lexicon) -> None:
    """Add what is typed as `NAME=yes`, `NAME=no` or `NAME=unknown`."""
    if not is_finding(text):
        raise UsageError(f"{quoted(text)} is no finding; wanted NAME=yes, NAME=no or NAME=unknown.")
    name, _, word = map(str.strip, text.rpartition("="))
    answer = _ANSWERS[fold(word)]
    if answer == "no":
        document["absent"].append(name)
    elif answer == "unknown":
        document["unknown"].append(name)
    elif _is_given(name, lexicon):
        document["drugs"].append(name)
    else:
        document["conditions"].append(name)


def is_finding(text: str) -> bool:
    """Whether a text is `NAME=yes`, `NAME=no` or `NAME=unknown`."""
    name, _, word = text.rpartition("=")
    return bool(name.strip()) and fold(word) in _ANSWERS


def _is_given(name: str, lexicon: Lexicon) -> bool:
    """Whether a name is one of a drug or treatment."""
    found = read_name(name, lexicon, Kind.CONDITION, *GIVEN_KINDS)
    return not isinstance(found, Unused) and found.entry.kind in GIVEN_KINDS


def parse_lab(text: str, lexicon: Lexicon) -> Lab:
    """The result in `NAME=high|normal|low` or `NAME=VALUE UNIT(LOW-HIGH)`.

    A date, `baseline` or a flag may stand behind it: `NAME=VALUE UNIT(LOW-HIGH)@DATE;baseline`.
    What is said of a measurement that the graph does not know is kept as it was typed.
    """
    name, typed = _split_name(text)
    marker = read_name(name, lexicon, Kind.MARKER)
    if isinstance(marker, Unused):
        return Lab(marker=name, state=typed)
    parts = [part.partition("@") for part in typed.split(";")]
    dates = [date.strip() for _, at, date in parts if at]
    if len(dates) > 1 or "" in dates:
        raise LabFormatError(f"{quoted(text)}: wanted one date behind one @.")
    result, *marks = (before.strip() for before, _, _ in parts)
    lab = {"marker": name, **_parse_result(result, lexicon.states(marker.entry.iri), text)}
    key = "flag" if "value" in lab else "state"
    flags = [mark for mark in marks if fold(mark) != "baseline"]
    baseline = len(flags) < len(marks)
    flags += [lab[key]] if key in lab else []
    if len({fold(flag) for flag in flags}) > 1 or "" in flags:
        raise LabFormatError(f"{quoted(text)}: wanted one flag, or baseline, behind each ';'.")
    lab |= _without_empty({key: flags[0] if flags else "", "date": "".join(dates)})
    return cast("Lab", lab | ({"baseline": True} if baseline else {}))


def _split_name(text: str) -> tuple[str, str]:
    """The name of a measurement and its result, as typed around an equals sign."""
    if len(text) > _LONGEST:
        raise LabFormatError(
            f"{quoted(text)} has {len(text)} characters; of a result at most {_LONGEST} are read."
        )
    name, equals, result = text.partition("=")
    if not equals or not name.strip() or not result.strip():
        raise LabFormatError(
            f"{quoted(text)} is no result; wanted NAME=high, NAME=normal, NAME=low, "
            "or NAME=VALUE UNIT(LOW-HIGH), each perhaps with @DATE."
        )
    return name.strip(), result.strip()


def _parse_result(typed: str, states: Collection[str], given: str) -> dict[str, str]:
    """A state, or the parts of a value."""
    if read_flag(typed) in (*states, HIGH, LOW, NORMAL, ABNORMAL):
        return {"state": typed}
    match = re.fullmatch(_VALUE, re.sub(_SQUARE, r"(\1)", typed), re.DOTALL)
    if match is None or (
        match["number"].lstrip("+-")[0].isalpha() and fold(match["number"]) not in _NO_NUMBERS
    ):
        raise LabFormatError(
            f"{quoted(given)}: {quoted(typed)} is neither {', '.join(states)} nor a value; "
            "wanted VALUE UNIT(LOW-HIGH)."
        )
    unit, behind = match["unit"].strip(), match["behind"] or ""
    parts = {"value": match["number"], "unit": unit or behind}
    parts |= {"comparator": match["comparator"] or "", "flag": match["flag"] or ""}
    if match["range"] and match["range"].strip():
        parts |= {"rangeUnit": behind if unit else "", **_parse_range(match["range"], given)}
    return _without_empty(parts)


def _parse_range(text: str, given: str) -> dict[str, str]:
    """The lower limit, the upper limit and the unit of a range."""
    limits, unit = text.strip(), re.search(_UNIT, text.strip())
    if unit is not None:
        limits = limits[: unit.start()].rstrip()
    found = {"rangeUnit": unit["unit"]} if unit else {}
    one = re.fullmatch(_ONE_SIDED, limits)
    if one is not None:
        return found | {"high" if one["sign"] in ("<", "≤", "<=") else "low": one["limit"]}
    two = re.fullmatch(_RANGE, limits)
    if two is None:
        raise LabFormatError(
            f"{quoted(given)}: {quoted(text)} is no range; wanted (LOW-HIGH), (-HIGH) or (LOW-)."
        )
    return found | {"low": two["low"], "high": two["high"]}


def _without_empty(texts: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, text in texts.items() if text}


def sort_facts(texts: Iterable[str], lexicon: Lexicon) -> Options:
    """Facts of any kind, each as the option that takes it.

    `ggt=high` or a value is a result, `bone pain=yes` a finding, `age=70` and `sex=female` are
    what they say, and a name alone is a condition, drug or treatment that is there.
    """
    has, drugs, labs, findings = list[str](), list[str](), list[str](), list[str]()
    options = Options(has=has, drugs=drugs, labs=labs, findings=findings)
    for text in texts:
        name, equals, value = text.partition("=")
        if equals and fold(name) == "age":
            options["age"] = value.strip()
        elif equals and fold(name) == "sex":
            options["sex"] = value.strip()
        elif equals:
            kind = _kind_of(name.strip(), lexicon, Kind.MARKER)
            (labs if kind is Kind.MARKER else findings).append(text)
            if kind is Kind.MARKER:
                parse_lab(text, lexicon)  # what cannot be read can be no supposition
        else:
            kind = _kind_of(parse_drug(text)["drug"], lexicon)
            (has if kind is Kind.CONDITION else drugs).append(text)
    return options


def _kind_of(name: str, lexicon: Lexicon, *more: Kind) -> Kind:
    """What the term of a name is; UsageError where it has none, for that can be no supposition."""
    kinds = (*more, Kind.CONDITION, *GIVEN_KINDS)
    found = read_name(name, lexicon, *kinds)
    return lexicon.find(name, *kinds).kind if isinstance(found, Unused) else found.entry.kind
