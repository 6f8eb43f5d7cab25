"""Promises about FHIR codes and Observations: which term they mean, and what their result is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace
from records import (
    ALP,
    GENDER,
    HL7,
    HPO,
    ICD10,
    ICD10CM,
    LOINC,
    MYELOMA,
    PATIENT,
    RXNORM,
    SNOMED,
    Reads,
    concept,
    condition,
    flagged,
    limits,
    observation,
    quantity,
    reasons,
    record,
    remarks,
)

from kg.case import read_case
from kg.case.fhir import read_case as read_record
from kg.compile.mappings import read_mappings
from kg.model.resources import ontology_dir
from kg.model.terms import Lexicon
from kg.model.vocabulary import EG, eg

DAY = date(2026, 11, 22)

# ── Codes ───────────────────────────────────────────────────────────────────────────────────────


def test_every_terminology_of_the_mappings_has_its_uri(lexicon: Lexicon) -> None:
    """A new table of codes cannot be forgotten in the list of code systems."""
    sets = read_mappings(ontology_dir() / "mappings")

    assert {each.terminology for each in sets} - {None} == set(lexicon.systems.values())


@pytest.mark.parametrize(
    ("code", "term"),
    [
        ((SNOMED, "109989006"), "MultipleMyeloma"),
        (("urn:oid:2.16.840.1.113883.6.96", "109989006"), "MultipleMyeloma"),
        ((ICD10CM, "C90.00"), "MultipleMyeloma"),
        ((ICD10, "C90.0"), "MultipleMyeloma"),
        ((ICD10, "M81.0"), "PostmenopausalOsteoporosis"),
        (("http://purl.obolibrary.org/obo/mondo.owl", "MONDO:0009693"), "MultipleMyeloma"),
        (("http://purl.obolibrary.org/obo/mondo.owl", "0009693"), "MultipleMyeloma"),
        (("http://human-phenotype-ontology.org", "HP:0002653"), "BonePain"),
    ],
)
def test_a_code_that_means_the_same_or_is_narrower_stands_for_its_term(
    reads: Reads,
    code: tuple[str, str],
    term: str,
) -> None:
    """Exact and narrower matches assert, in any terminology that is mapped."""
    reading = reads(condition(code=concept(code)))

    assert reading.document["conditions"] == [eg(term)]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ((ICD10, "C79.5"), "is wider than bone metastases: ICD10 C79.5"),
        ((HPO, "HP:0006775"), "is close to multiple myeloma: HP 0006775"),
        ((ICD10CM, "M90.6"), "is only related to Paget disease of bone: ICD10CM M90.6"),
        ((ICD10CM, "C79.52"), "does not stand for bone metastases: ICD10CM C79.52"),
        ((ICD10CM, "C90.10"), "no term of this graph has its code: ICD10CM C90.10"),
        (("http://fhir.de/CodeSystem/ifa/pzn", "C90.0"), "no terminology"),
        ((SNOMED, "274770006"), "follows from results"),
        ((RXNORM, "358258"), "bortezomib, which is no condition"),
    ],
)
def test_other_codes_do_not_stand_for_a_term(
    reads: Reads,
    code: tuple[str, str],
    reason: str,
) -> None:
    """What is wider, close, related or excluded is named and not used."""
    reading = reads(condition(code=concept(code)))

    assert "conditions" not in reading.document
    assert reason in reasons(reading)[0]


@pytest.mark.parametrize(
    ("codes", "term"),
    [
        ([MYELOMA, (ICD10CM, "C90.00")], "MultipleMyeloma"),
        ([(SNOMED, "64859006"), (SNOMED, "102447009")], "PostmenopausalOsteoporosis"),
        ([MYELOMA, ("http://example.org", "x")], "MultipleMyeloma"),
        ([MYELOMA, (SNOMED, "64859006")], None),
    ],
)
def test_several_codes_have_to_agree(
    reads: Reads,
    codes: list[tuple[str, str]],
    term: str | None,
) -> None:
    """Of a term and its kind the kind is meant; what is neither is a contradiction."""
    reading = reads(condition(code=concept(*codes)))

    assert reading.document.get("conditions") == (None if term is None else [eg(term)])
    assert (term is None) is any("different things" in each for each in reasons(reading))


LOOK_ALIKES = [
    "Leukocyte alkaline phosphatase",
    "LAP score",
    "Neutrophil alkaline phosphatase (NAP)",
    "Bone-specific alkaline phosphatase",
    "Bone ALP",
    "B-ALP",
    "Ostase",
    "Alkaline phosphatase.bone/Alkaline phosphatase.total in Serum or Plasma",
    "GGT",
    "Gamma GT",
    "25-hydroxyvitamin D",
    "Parathyroid hormone",
]


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_code_and_a_name_of_two_measurements_are_not_used(reads: Reads, name: str) -> None:
    """Where code and name disagree one is wrong, and nobody can tell which."""
    reading = reads(observation(code=concept((LOINC, ALP, name))))

    assert "labs" not in reading.document
    assert "one of them is wrong" in reasons(reading)[0]


@pytest.mark.parametrize(
    "name",
    [
        "ALP",
        "alk phos",
        "ALKALINE PHOSPHATASE",
        "Alkaline phosphatase, S/P",
        "Alkalische Phosphatase",
    ],
)
def test_a_name_of_the_code_is_not_spoken_of(reads: Reads, name: str) -> None:
    """Names in capitals, short or with a specimen are the same measurement."""
    reading = reads(observation(code=concept((LOINC, ALP, name))))

    assert len(reading.document["labs"]) == 1
    assert reading.flagged == ()


def test_a_name_that_is_not_known_is_flagged(reads: Reads) -> None:
    """A code beside a strange name is used, and the answer says so without repeating it."""
    reading = reads(observation(code=concept((LOINC, ALP, "Glucose of Erika"))))

    assert len(reading.document["labs"]) == 1
    assert "the name beside it is not one that is known" in remarks(reading)[0]
    assert "Erika" not in str(reading)


# ── Observations ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", ["H", "HH", "HU", ">", "H>"])
def test_flags_of_the_laboratory_are_kept(reads: Reads, code: str) -> None:
    """However high, it is high."""
    reading = reads(observation(interpretation=flagged(code, "A"), referenceRange=None))

    assert reading.document["labs"][0]["flag"] == "high"


def test_a_flag_without_a_value_is_a_state(reads: Reads) -> None:
    """A laboratory that sends only its flag is understood."""
    reading = reads(observation(interpretation=flagged("L"), valueQuantity=None))

    assert reading.document["labs"] == [
        {"marker": EG.SerumALPObservation, "state": "low", "date": "2026-11-02"}
    ]


def test_abnormal_says_neither_high_nor_low(reads: Reads) -> None:
    """The flag A is not used, and the answer says so; the range decides."""
    reading = reads(observation(interpretation=flagged("A")))

    assert "flag" not in reading.document["labs"][0]
    assert "neither high nor low" in remarks(reading)[0]


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_valid_results_are_used(reads: Reads, status: str) -> None:
    """A correction is a result."""
    assert len(reads(observation(status=status)).document["labs"]) == 1


@pytest.mark.parametrize(
    ("taken", "day"),
    [
        ({"effectiveDateTime": "2026-11-02T08:00:00.5+01:00"}, "2026-11-02T08:00:00.5+01:00"),
        ({"effectiveInstant": "2026-11-02T08:00:00Z"}, "2026-11-02T08:00:00Z"),
        ({"effectivePeriod": {"start": "2026-11-01", "end": "2026-11-02"}}, "2026-11-02"),
        ({"effectivePeriod": {"start": "2026-11-01"}}, "2026-11-01"),
        ({"effectiveDateTime": "2026-11"}, None),
        ({"effectiveTiming": {}}, None),
        ({"effectiveTiming": {"event": ["2026-11-02", "2026-11-01"]}}, "2026-11-02"),
        ({"effectiveTiming": {"repeat": {"boundsPeriod": {"end": "2026-11-02"}}}}, "2026-11-02"),
        ({}, None),
        ({"issued": "2026-11-02T08:00:00Z"}, "2026-11-02T08:00:00Z"),
        ({"effectiveDateTime": "2026-11-01", "issued": "2026-11-02T08:00:00Z"}, "2026-11-01"),
    ],
)
def test_the_day_of_a_result_is_when_it_was_taken(
    reads: Reads,
    taken: dict[str, object],
    day: str | None,
) -> None:
    """A period counts by its end; the day of the report stands where no other is given, flagged."""
    reading = reads(observation(effectiveDateTime=None) | taken)

    assert reading.document["labs"][0].get("date") == day
    only_issued = taken.keys() == {"issued"}
    assert any("dated by its report" in each for each in remarks(reading)) is only_issued


def test_components_are_results_of_their_own(reads: Reads) -> None:
    """A panel is read by its parts, each with its own range; unknown parts are no obstacle."""
    ggt = {
        "code": concept((LOINC, "2324-2")),
        "valueQuantity": quantity(24),
        "referenceRange": [{"high": quantity(40)}],
    }
    alp = {
        "code": concept((LOINC, ALP)),
        "valueQuantity": quantity(212),
        "interpretation": flagged("H"),
    }
    other = {"code": concept((LOINC, "718-7")), "valueQuantity": quantity(11, "g/dL")}
    panel = observation(
        code=concept((LOINC, "24325-3")),
        valueQuantity=None,
        referenceRange=None,
        component=[ggt, alp, other],
    )

    reading = reads(panel)

    markers = [each["marker"] for each in reading.document["labs"]]
    assert markers == [EG.GGTObservation, EG.SerumALPObservation]
    assert {each["date"] for each in reading.document["labs"]} == {"2026-11-02"}


@pytest.mark.parametrize(
    ("unit", "state"),
    [(None, "low"), ("U/L", "")],
)
def test_a_value_and_its_range_without_a_unit_are_in_one(
    lexicon: Lexicon, unit: str | None, state: str
) -> None:
    """Where neither has a unit the class is read; where one has, the other is not guessed."""
    bounds = {"low": 30, "high": 120}
    named = {"unit": unit} if unit else {}
    range_ = {key: {"value": value} | named for key, value in bounds.items()}
    given = observation(valueQuantity={"value": 25}, referenceRange=[range_])

    case = read_record(record(given), lexicon, DAY)

    assert [each.state for each in case.labs] == ([state] if state else [])


def test_an_unsafe_component_does_not_take_the_others_along(reads: Reads) -> None:
    """One part of a panel without a unit leaves the rest of it usable."""
    parts = [
        {"code": concept((LOINC, "2324-2")), "valueQuantity": {"value": 24}},
        {
            "code": concept((LOINC, ALP)),
            "valueQuantity": quantity(212),
            "interpretation": flagged("H"),
        },
    ]

    reading = reads(observation(code=None, valueQuantity=None, component=parts))

    assert [each["value"] for each in reading.document["labs"]] == ["212"]
    assert reasons(reading) == ["gamma-glutamyl transferase: its value has no unit"]


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"valueBoolean": True}, "conditions"),
        ({"valueBoolean": False}, "absent"),
        ({"valueCodeableConcept": concept((f"{HL7}/v2-0136", "Y"))}, "conditions"),
        ({"valueCodeableConcept": concept((f"{HL7}/v2-0136", "N"))}, "absent"),
        ({"valueString": "yes"}, None),
        ({}, None),
    ],
)
def test_a_finding_may_be_an_observation(
    reads: Reads,
    value: dict[str, object],
    where: str | None,
) -> None:
    """A plain yes or no to a finding is read, and anything else is not."""
    pain = observation(code=concept((SNOMED, "12584003")), valueQuantity=None, referenceRange=None)

    reading = reads(pain | value)

    found = {key for key in ("conditions", "absent", "unknown") if key in reading.document}
    assert found == ({where} if where else set())


FEMALE = [concept((GENDER, "female"))]
MALE = [concept((SNOMED, "248153007"))]
ADULT = {"low": quantity(18, "a")}
CHILD = {"high": quantity(17, "a")}
RANGES = {
    "for her sex": ([limits(35, 104, appliesTo=FEMALE), limits(40, 129, appliesTo=MALE)], "104"),
    "for her age": ([limits(35, 104, age=ADULT), limits(140, 492, age=CHILD)], "104"),
    "the same twice": ([limits(35, 104), limits(35, 104)], "104"),
    "for men only": ([limits(40, 129, appliesTo=MALE)], None),
    "of two kinds": ([limits(40, 129), limits(40, 139)], None),
    "for somebody": ([limits(40, 129, appliesTo=[{"text": "healthy"}])], None),
    "in months": ([limits(40, 129, age={"low": quantity(216, "mo")})], None),
    "a target beside the range": (
        [
            limits(35, 104),
            limits(0, 50, type=concept((f"{HL7}/referencerange-meaning", "treatment"))),
        ],
        "104",
    ),
}


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("35-105", "35", "105"),
        ("35 - 105 U/L", "35", "105"),
        ("35 – 105 IU/L", "35", "105"),  # noqa: RUF001 - as it is printed
        ("(35 to 105)", "35", "105"),
        ("35.5-105.0", "35.5", "105.0"),
        ("<105", None, "105"),
        ("≤ 105 U/L", None, "105"),
    ],
)
def test_a_range_of_two_numbers_is_read_from_its_words(
    reads: Reads, words: str, low: str | None, high: str
) -> None:
    """Two numbers in the unit of the value, or one upper one, are a range, and the reader told."""
    reading = reads(observation(referenceRange=[{"text": words}]))

    (lab,) = reading.document["labs"]
    assert (lab.get("low"), lab.get("high")) == (low, high)
    assert remarks(reading) == ["alkaline phosphatase: used; its range was read from its text"]


@pytest.mark.parametrize(
    "words",
    [
        "35-105 for adults", "women 35-105", "35-105 mg/dL", "35-105 ukat/L", "35,5-105", "1-2-3",
        "105", "up to 105", "> 35", "normal", "35 105", "-35-105", "35-105 U/L, note", "1e2-2e2",
        "\N{ARABIC-INDIC DIGIT ONE}-\N{ARABIC-INDIC DIGIT TWO}",
    ],
)  # fmt: skip
def test_other_words_are_no_range(reads: Reads, words: str) -> None:
    """Whatever else stands in the words of a range may change what its numbers mean."""
    reading = reads(observation(referenceRange=[{"text": words}]))

    assert "labs" not in reading.document
    assert "its reference range is words, which are not read" in reasons(reading)[0]


def test_a_range_may_be_in_another_unit_of_the_measurement(lexicon: Lexicon) -> None:
    """It is compared exactly as one that is typed, and the answer tells the factor."""
    other = [{"low": quantity(0.58, "ukat/L"), "high": quantity(1.75, "ukat/L")}]

    (lab,) = read_record(record(observation(referenceRange=other)), lexicon, DAY).labs

    (typed,) = read_case(lexicon, labs=["alp=212U/L(0.58-1.75 ukat/L)@2026-11-02"]).labs
    assert replace(lab, given="") == replace(typed, given="")
    assert lab.state == "high"


@pytest.mark.parametrize("name", RANGES)
def test_the_range_for_this_patient_is_chosen(reads: Reads, name: str) -> None:
    """Of several ranges the one that is for the patient counts, and otherwise none but the flag."""
    ranges, high = RANGES[name]
    woman = PATIENT | {"gender": "female", "birthDate": "1958-03-14"}

    reading = reads(observation(referenceRange=ranges, interpretation=flagged("H")), patient=woman)

    (lab,) = reading.document["labs"]
    assert lab.get("high") == high
    assert lab["flag"] == "high"
    assert (high is None) is any("by its flag only" in each for each in remarks(reading))


@pytest.mark.parametrize(
    ("ages", "labs"), [((68, None), 1), ((69, None), 0), ((None, 68), 1), ((None, 67), 0)]
)
def test_both_ages_of_a_range_are_within_it(
    reads: Reads, ages: tuple[int | None, int | None], labs: int
) -> None:
    """A range from 68 years is for a patient of 68, and so is one up to 68 years."""
    given = zip(("low", "high"), ages, strict=True)
    span = {key: quantity(age, "a") for key, age in given if age is not None}
    woman = PATIENT | {"birthDate": "1958-03-14"}

    reading = reads(observation(referenceRange=[limits(35, 104, age=span)]), patient=woman)

    assert len(reading.document.get("labs", ())) == labs
    assert len(reasons(reading)) == 1 - labs
    assert all("ranges is for this patient" in each for each in reasons(reading))


def test_other_spellings_of_a_unit_are_one_unit(reads: Reads) -> None:
    """What is printed beside a UCUM code may be any spelling of that unit."""
    value = quantity(212) | {"unit": "IU/L"}

    reading = reads(observation(valueQuantity=value))

    assert reading.document["labs"][0]["unit"] == "U/L"


def _pregnancy(*answer: str, taken: str = "2026-11-02") -> dict[str, Any]:
    """A pregnancy status of the patient with this answer."""
    return observation(
        effectiveDateTime=taken,
        code=concept((LOINC, "82810-3", "Pregnancy status")),
        valueQuantity=None,
        referenceRange=None,
        valueCodeableConcept=concept(answer),
    )


@pytest.mark.parametrize(
    "resource",
    [
        condition("confirmed", "active", code=concept((SNOMED, "77386006"))),
        condition("confirmed", "active", code=concept((ICD10CM, "Z33.1"))),
        _pregnancy(SNOMED, "77386006", "Pregnant"),
        _pregnancy(LOINC, "LA15173-0", "Pregnant"),
        _pregnancy(f"{HL7}/v2-0136", "Y"),
    ],
)
def test_a_recorded_pregnancy_is_read(reads: Reads, resource: dict[str, Any]) -> None:
    """The sources do not speak of it, so an answer has to open with it: it must not be lost."""
    reading = reads(resource)

    assert reading.document["conditions"] == [EG.Pregnancy]


@pytest.mark.parametrize(
    "answer",
    [
        (SNOMED, "60001007", "Not pregnant"),
        (LOINC, "LA26683-5", "Not pregnant"),
        (LOINC, "LA32-8"),
        (SNOMED, "373067005"),
        (f"{HL7}/v2-0136", "N"),
    ],
)
def test_a_pregnancy_may_be_denied(reads: Reads, answer: tuple[str, ...]) -> None:
    """The code for not pregnant is a no, as a plain no is."""
    reading = reads(_pregnancy(*answer))

    assert reading.document["absent"] == [EG.Pregnancy]
    assert "conditions" not in reading.document


def test_another_pregnancy_status_is_not_a_yes(reads: Reads) -> None:
    """A code that neither names the condition nor denies it answers nothing."""
    reading = reads(_pregnancy(SNOMED, "12584003"), _pregnancy(LOINC, "LA9999-9"))

    assert reading.document.keys() <= {"date"}
    assert "neither yes nor no" in reading.ignored[0].reason


PREGNANT, NOT_PREGNANT = (SNOMED, "77386006"), (SNOMED, "60001007")


@pytest.mark.parametrize(
    ("statuses", "where"),
    [
        ([(PREGNANT, "2022-08-24"), (NOT_PREGNANT, "2023-08-24")], None),
        ([(PREGNANT, "2022-08-24")], None),
        ([(NOT_PREGNANT, "2022-08-24")], None),
        ([(PREGNANT, "2026-01-31")], None),
        ([(PREGNANT, "2026-01-31"), (NOT_PREGNANT, "2026-11-01")], "absent"),
        ([(PREGNANT, "2026-02-01")], "conditions"),
        ([(NOT_PREGNANT, "2026-11-01"), (PREGNANT, "2026-06-01")], "absent"),
        ([(NOT_PREGNANT, "2026-06-01"), (PREGNANT, "2026-11-01")], "conditions"),
    ],
)
def test_a_status_holds_for_its_time_and_the_latest_rules(
    reads: Reads, statuses: list[tuple[tuple[str, str], str]], where: str | None
) -> None:
    """A pregnancy of years ago is none of today, and what is not used is named with its day."""
    reading = reads(*(_pregnancy(*answer, taken=taken) for answer, taken in statuses))

    found = {key for key in ("conditions", "absent", "unknown") if key in reading.document}
    assert found == ({where} if where else set())
    assert len(reading.ignored) == len(statuses) - bool(where)


def test_statuses_of_one_day_that_differ_are_a_conflict(lexicon: Lexicon) -> None:
    """Of two answers of one time neither is the later."""
    same = [_pregnancy(*answer) for answer in (PREGNANT, NOT_PREGNANT)]

    case = read_record(record(*same), lexicon, DAY)

    assert case.conditions == case.denied == ()
    assert len(case.contradictions) == 1


@pytest.mark.parametrize(
    ("change", "there"),
    [
        ({"onsetDateTime": "2015-03-01"}, False),
        ({"onsetDateTime": "2026-06-01"}, True),
        ({"onsetPeriod": {"start": "2015-03-01"}}, False),
        ({"recordedDate": "2015-03-01"}, False),
        ({"recordedDate": "2026-06"}, True),
        ({}, True),
    ],
)
def test_a_pregnancy_on_the_list_of_problems_ends_by_itself(
    reads: Reads, change: dict[str, object], *, there: bool
) -> None:
    """A problem that nobody closed is not taken for one of today beyond its time."""
    problem = condition("confirmed", "active", code=concept(PREGNANT), **change)

    reading = reads(problem, condition("confirmed", "active", onsetDateTime="2001-01-01"))

    assert (EG.Pregnancy in reading.document["conditions"]) is there
    assert EG.MultipleMyeloma in reading.document["conditions"]


def test_other_findings_have_their_time_too(reads: Reads) -> None:
    """A pain of years ago is not felt today, and a later no takes the place of a yes."""
    pain = observation(code=concept((SNOMED, "12584003")), valueQuantity=None, referenceRange=None)
    old = pain | {"valueBoolean": True, "effectiveDateTime": "2020-01-01"}
    yes = pain | {"valueBoolean": True, "effectiveDateTime": "2026-01-01"}
    no = pain | {"valueBoolean": False, "effectiveDateTime": "2026-11-01"}

    assert reads(old).document.keys() == {"date"}
    assert reads(yes).document["conditions"] == [EG.BonePain]
    assert reads(yes, no).document["absent"] == [EG.BonePain]
    assert reasons(reads(yes, no)) == ["bone pain: a later one is used in its place"]
