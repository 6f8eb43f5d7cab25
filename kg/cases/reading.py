"""Reading a case from what is typed, and setting apart what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from kg.cases.labs import LabResult, number, parse_lab
from kg.cases.model import Case, Contradiction, Unused
from kg.errors import LabFormatError, UsageError
from kg.terms import Entry, Kind, Lexicon, fold, quoted
from kg.vocab import EG_CASE, IRI

GIVEN_KINDS: Final = (Kind.DRUG, Kind.TREATMENT)
"""What a patient can be given."""

_OLDEST: Final = 130


def read_case(  # noqa: PLR0913 - the inputs of a question
    lexicon: Lexicon,
    *,
    has: Iterable[str] = (),
    drugs: Iterable[str] = (),
    labs: Iterable[str] = (),
    findings: Iterable[str] = (),
    age: str | None = None,
    sex: str | None = None,
) -> Case:
    """The case of what was typed: terms by any of their names, results and findings as text."""
    said = [(lexicon.find(text, Kind.CONDITION), "yes") for text in has]
    said += [(lexicon.find(text, *GIVEN_KINDS), "yes") for text in drugs]
    said += [_finding(text, lexicon) for text in findings]
    results = [parse_lab(text, lexicon) for text in labs]
    return settled(lexicon, said, results, read_age(age), read_sex(sex, lexicon))


def _finding(text: str, lexicon: Lexicon) -> tuple[Entry, str]:
    name, equals, answer = text.rpartition("=")
    value = _ANSWERS.get(fold(answer))
    if not equals or not name.strip() or value is None:
        raise UsageError(f"{quoted(text)} is no finding; wanted NAME=yes, NAME=no or NAME=unknown.")
    return lexicon.find(name.strip(), Kind.CONDITION, *GIVEN_KINDS), value


_ANSWERS: Final = {
    "yes": "yes",
    "y": "yes",
    "present": "yes",
    "no": "no",
    "n": "no",
    "absent": "no",
    "unknown": "unknown",
    "notknown": "unknown",
}


def read_age(text: str | None) -> Decimal | None:
    """An age in years; UsageError where it cannot be one."""
    if text is None:
        return None
    try:
        age = number(text.strip(), "the age", text)
    except LabFormatError as error:
        raise UsageError(error.message) from None
    if age > _OLDEST:
        raise UsageError(f"{quoted(text)}: the age is above {_OLDEST} years.")
    return age


def read_sex(text: str | None, lexicon: Lexicon) -> Entry | None:
    """The class of cases of a sex; UsageError where statements speak of none such."""
    if text is None:
        return None
    words = lexicon.states(EG_CASE)
    if fold(text) in words:
        return words[fold(text)]
    try:
        return lexicon.find(text, Kind.SEX)
    except UsageError:
        raise UsageError(
            f"{quoted(text)} is no sex that statements speak of; wanted {' or '.join(words)}."
        ) from None


def settled(
    lexicon: Lexicon,
    said: Sequence[tuple[Entry, str]],
    results: Sequence[LabResult],
    age: Decimal | None,
    sex: Entry | None,
) -> Case:
    """The case without the facts that contradict each other."""
    answers = {value: _once(e for e, v in said if v == value) for value in ("yes", "no", "unknown")}
    clashing = [
        (yes, no) for yes in answers["yes"] for no in answers["no"] if lexicon.is_a(yes.iri, no.iri)
    ]
    out = {entry.iri for pair in clashing for entry in pair}
    kept = {value: [e for e in group if e.iri not in out] for value, group in answers.items()}
    labs, against, spare = _one_for_each_marker(results)
    return Case(
        conditions=tuple(e for e in kept["yes"] if e.kind is Kind.CONDITION),
        drugs=tuple(e for e in kept["yes"] if e.kind in GIVEN_KINDS),
        denied=tuple(kept["no"]),
        unknown=tuple(kept["unknown"]),
        labs=labs,
        age=age,
        sex=sex,
        contradictions=(*(_yes_and_no(*pair) for pair in clashing), *against),
        unused=(*spare, *(_only_bounded(lab) for lab in labs if lab.comparator)),
    )


def _once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple({entry.iri: entry for entry in entries}.values())


def _yes_and_no(yes: Entry, no: Entry) -> Contradiction:
    kind = "" if yes.iri == no.iri else f", and {yes.label} is a kind of {no.label}"
    return Contradiction(
        (f"{yes.label}=yes", f"{no.label}=no"),
        f"{yes.label} is said to be there and {no.label} not{kind}; neither was used.",
    )


def _only_bounded(lab: LabResult) -> Unused:
    return Unused(
        lab.given, "only a bound of the value is known, so no rule on how far it is from its limit"
    )


def _one_for_each_marker(
    results: Sequence[LabResult],
) -> tuple[tuple[LabResult, ...], tuple[Contradiction, ...], tuple[Unused, ...]]:
    """One result of each measurement, what contradicts itself, and what was not used."""
    groups: dict[IRI, list[LabResult]] = {}
    spare: list[Unused] = []
    for result in results:
        if result.says_nothing:
            spare.append(_undecided(result))
        else:
            groups.setdefault(result.marker.iri, []).append(result)
    kept: list[LabResult] = []
    against: list[Contradiction] = []
    for group in groups.values():
        if len({result.state for result in group}) > 1:
            against.append(_differing(group))
            continue
        chosen = _agreed(group)
        kept.append(chosen)
        if chosen.value is None:
            spare.extend(_one_of_several(each) for each in group if each.value is not None)
    return tuple(kept), tuple(against), tuple(spare)


def _agreed(group: Sequence[LabResult]) -> LabResult:
    """The one result that results of one state agree on.

    A value says more than its flag. Of several values none is the one that is asked about, so
    their common state is kept and no value.
    """
    different = {replace(result, given="", note=""): result for result in group}
    valued = [result for result in different.values() if result.value is not None]
    if len(different) == 1 or len(valued) == 1:
        return (valued or group)[0]
    first = group[0]
    return LabResult(first.marker, first.given, first.state, first.state_class)


def _undecided(result: LabResult) -> Unused:
    return Unused(result.given, "its range does not say whether the value is high, normal or low")


def _one_of_several(result: LabResult) -> Unused:
    """A value beside others of the same state; a flag loses nothing."""
    return Unused(
        result.given, "one of several results of this measurement: only their state is used"
    )


def _differing(group: Sequence[LabResult]) -> Contradiction:
    return Contradiction(
        tuple(result.given for result in group),
        f"{group[0].marker.label} is given {len(group)} times with results that differ; none was "
        "used. Give the one result that is asked about.",
    )
