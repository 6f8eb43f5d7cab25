"""The form: what the graph offers, filled with what was typed, and free rows behind.

A name that was typed for something offered fills that row; every other name stands as it was typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from kg.case.model import GIVEN_KINDS, short_name
from kg.case.names import ReadName, read_name
from kg.case.quantities import COMPARATORS
from kg.model.errors import UsageError
from kg.model.terms import Entry, Kind, Lexicon
from kg.model.vocabulary import EG, IRI, compact
from kg.pages.ask.offers import Offers
from kg.pages.ask.rows import (
    NEW,
    STATES,
    Choice,
    DrugRow,
    Form,
    LabRow,
    Line,
    Option,
    Problems,
)
from kg.pages.ask.typed import DRUG_KEYS, Answer, Fields, Finding, Typed

SEX: Final = "sex"
"""The id of the field that takes the sex."""
_FREE: Final = 2
"""Empty rows of a kind, for who has no script to add some."""


def arrange(
    typed: Typed,
    offers: Offers,
    problems: Mapping[str, Problems] | None = None,
    wanted: Iterable[Entry] = (),
    assumable: Iterable[str] = (),
) -> Form:
    """The form with everything that was typed, and rows for what is `wanted` too.

    `assumable` are conditions that the answer asks about, and that may be assumed.
    `problems` stand by the place that they belong to, such as `labs 0 value` or `age`.
    """
    found = _Arranger(typed, offers, problems or {}, tuple(wanted)).form()
    return replace(found, assumable=tuple(dict.fromkeys((*typed.assume, *assumable))))


class _Arranger:
    """Gives everything that was typed its row."""

    def __init__(
        self,
        typed: Typed,
        offers: Offers,
        problems: Mapping[str, Problems],
        wanted: Sequence[Entry],
    ) -> None:
        self._typed = typed
        self._offers = offers
        self._lexicon = offers.lexicon
        self._problems = problems
        self._wanted = wanted
        self._answers: dict[IRI, Answer] = {}
        self._others: list[Finding] = []
        self._has: list[Line] = []
        self._drugs: list[DrugRow] = []
        self._count = 0

    def form(self) -> Form:
        """The whole form."""
        self._answer()
        offers, typed = self._offers, self._typed
        person = [self._choice(each.entry) for each in offers.person]
        conditions = [self._choice(each) for each in offers.conditions]
        findings = [self._choice(each) for each in (*offers.findings, *self._more_wanted())]
        treatments = [self._choice(each) for each in offers.treatments]
        findings += [self._other(each) for each in self._others]
        labs = tuple(self._labs())
        found = Form(
            typed=typed,
            conditions=tuple(conditions),
            has=(*self._has, *(Line(f"has-{len(self._has) + n}") for n in range(1, _FREE + 1))),
            findings=tuple(findings),
            labs=labs,
            treatments=tuple(treatments),
            drugs=(*self._drugs, *_free_drugs(len(self._drugs))),
            person=tuple(person),
            sex_options=tuple(_sexes(typed.sex, offers)),
            topics=offers.topics,
            empty_lab=LabRow(number=NEW),
            empty_drug=DrugRow(number=NEW),
            problems={name: each for name, each in self._problems.items() if " " not in name},
            questions={each.entry.iri: each.text for each in offers.person},
        )
        return replace(found, places=_places(found))

    # ── Yes, no, not known ──────────────────────────────────────────────────────────────────

    def _answer(self) -> None:
        """Sort what was said of terms: into offered rows, or beside them as it was typed."""
        typed = self._typed
        for each in typed.findings:
            self._put(each.name, each.answer)
        for place, name in enumerate(typed.has):
            if self._problems.get(f"has {place}") or not self._fills(name, "yes", Kind.CONDITION):
                line = f"has-{len(self._has) + 1}"
                self._has.append(Line(line, name, self._problems.get(f"has {place}", ())))
        for name in typed.absent:
            self._put(name, "no")
        for name in typed.unknown:
            self._put(name, "unknown")
        for place, row in enumerate(typed.drugs):
            self._put_drug(place, row)

    def _put(self, name: str, answer: Answer) -> None:
        if self._fills(name, answer, Kind.CONDITION, *GIVEN_KINDS):
            return
        if answer == "yes":
            self._has.append(Line(f"has-{len(self._has) + 1}", name))
        else:
            self._others.append(Finding(name, answer))

    def _put_drug(self, place: int, row: Fields) -> None:
        faults = _of_row(self._problems, f"drugs {place}", DRUG_KEYS[0])
        alone = len(row) == 1 and DRUG_KEYS[0] in row and not faults
        if not alone or not self._fills(row[DRUG_KEYS[0]], "yes", *GIVEN_KINDS):
            number = len(self._drugs) + 1
            self._drugs.append(DrugRow(number=number, fields=row, problems=faults))

    def _fills(self, name: str, answer: Answer, *kinds: Kind) -> bool:
        """Whether an offered row says just this, and nothing else was said in it."""
        entry = _plainly(name, self._lexicon, *kinds)
        if entry is None or entry.iri not in self._offers.offered or entry.iri in self._answers:
            return False
        self._answers[entry.iri] = answer
        return True

    def _choice(self, entry: Entry) -> Choice:
        self._count += 1
        answer = self._answers.get(entry.iri, "")
        return Choice(self._count, compact(entry.iri), entry.label, entry.iri, answer)

    def _other(self, finding: Finding) -> Choice:
        """A row for what is denied or not known, and is not offered."""
        self._count += 1
        entry = _plainly(finding.name, self._lexicon, Kind.CONDITION, *GIVEN_KINDS)
        label = entry.label if entry else finding.name
        iri = entry.iri if entry else ""
        return Choice(self._count, finding.name, label, iri, finding.answer)

    def _more_wanted(self) -> Iterator[Entry]:
        """What is wanted and has no row: it becomes one, unless something is said of it."""
        said = {
            entry.iri
            for name in (*self._typed.has, *(each.name for each in self._others))
            if (entry := _plainly(name, self._lexicon, Kind.CONDITION, *GIVEN_KINDS))
        }
        for entry in dict.fromkeys(self._wanted):
            if entry.kind is not Kind.CONDITION or entry.iri in self._offers.offered:
                continue
            if entry.iri not in said:
                yield entry

    # ── Results ─────────────────────────────────────────────────────────────────────────────

    def _labs(self) -> Iterator[LabRow]:
        """The offered measurements in their order, each with its results; then all others."""
        rows = list(enumerate(self._typed.labs))
        wanted = [each for each in self._wanted if each.kind is Kind.MARKER]
        number = 0
        for marker in dict.fromkeys((*self._offers.markers, *wanted)):
            own = [(place, row) for place, row in rows if self._is_of(row, marker)]
            rows = [each for each in rows if each not in own]
            for place, row in own or [(-1, {})]:
                number += 1
                yield self._lab(number, place, row, marker)
        for place, row in (*rows, *((-1, {}) for _ in range(_FREE))):
            number += 1
            yield self._lab(number, place, row, None)

    def _is_of(self, row: Fields, marker: Entry) -> bool:
        entry = _plainly(row.get("marker", ""), self._lexicon, Kind.MARKER)
        return entry is not None and entry.iri == marker.iri

    def _lab(self, number: int, place: int, row: Fields, marker: Entry | None) -> LabRow:
        faults = _of_row(self._problems, f"labs {place}", "value") if place >= 0 else {}
        fields = dict(row)
        if fields.get("comparator") in COMPARATORS:
            fields["comparator"] = COMPARATORS[fields["comparator"]]
        if fields.get("value") and "state" not in fields and fields.get("flag") in STATES:
            fields["state"] = fields.pop("flag")
        if marker is None:
            return LabRow(number=number, fields=fields, problems=faults, states=_with(fields))
        fields.pop("marker", None)
        return LabRow(
            number=number,
            name=compact(marker.iri),
            label=short_name(marker),
            iri=marker.iri,
            states=_with(fields, tuple(self._lexicon.states(marker.iri))),
            units=marker.units,
            fields=fields,
            problems=faults,
        )


def _sexes(said: str, offers: Offers) -> Iterator[Option]:
    """The sexes that statements speak of, and whatever else was said."""
    known = {sex: entry.iri for sex, entry in offers.lexicon.states(EG.Case).items()}
    meant = next((sex for sex in offers.sexes if said in (sex, known[sex])), said)
    yield from (Option(sex, sex, sex == meant, known[sex]) for sex in offers.sexes)
    if meant and meant not in offers.sexes:
        yield Option(said, said, chosen=True)


def _with(fields: Fields, states: tuple[str, ...] = STATES) -> tuple[str, ...]:
    """The states that a row offers, in their order, and the one that stands in it."""
    known = [each for each in STATES if each in states]
    said = fields.get("state", "")
    return (*known, *([said] if said and said not in known else []))


def _free_drugs(before: int) -> tuple[DrugRow, ...]:
    return tuple(DrugRow(number=before + n) for n in range(1, _FREE + 1))


def _of_row(problems: Mapping[str, Problems], row: str, first: str) -> dict[str, Problems]:
    """What is wrong in a row, by field; what is wrong with all of it stands at the first."""
    return {
        name.removeprefix(row).strip() or first: each
        for name, each in problems.items()
        if name == row or name.startswith(f"{row} ")
    }


def _plainly(name: str, lexicon: Lexicon, *kinds: Kind) -> Entry | None:
    """The term that a name stands for and says no more than; None for any other name."""
    try:
        found = read_name(name, lexicon, *kinds)
    except UsageError:
        return None
    if not isinstance(found, ReadName) or found.words or found.denied:
        return None
    return found.entry


def _places(form: Form) -> Mapping[str, str]:
    """By IRI: the id of the row that takes it; of several, the first."""
    rows = [(each.iri, each.id) for each in form.choices]
    rows += [(each.iri, SEX) for each in form.sex_options]
    rows += [(each.iri, each.id) for each in form.labs]
    found: dict[str, str] = {}
    for iri, place in rows:
        if iri:
            found.setdefault(iri, place)
    return found
