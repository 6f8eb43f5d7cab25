"""Every hazard of a laboratory result: it is refused or named, and never used in silence."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from decimal import Decimal
from itertools import product

import pytest
from jsonschema import Draft202012Validator

from kg.answer.ask import ask
from kg.answer.classified import classify_case
from kg.case import Case, case_facts, parse_json, read_case, resolve_case
from kg.model.errors import KGError, UsageError
from kg.model.terms import Kind, Lexicon
from kg.model.vocabulary import EG
from kg.reasoning.engine import classify
from kg.show.data import schema_text
from kg.store.knowledge import KnowledgeGraph

ALP = {"marker": "ALP", "value": 212, "unit": "U/L", "low": 35, "high": 105}


def alp(**changed: object) -> dict[str, object]:
    """An ALP result with some of its parts changed; None takes a part out."""
    return {key: value for key, value in {**ALP, **changed}.items() if value is not None}


def classes(case: Case) -> set[str]:
    """The classes of results that the facts of a case name or lead to by a ratio."""
    facts = case_facts(case)
    named = {kind for _, kind in facts.types if kind not in MEASUREMENTS}
    return named | {role for _, role, _ in facts.values}


MEASUREMENTS = {EG.Case, EG.SerumALPObservation, EG.GGTObservation}

UNSAFE = {
    "no unit and no range": alp(unit=None, low=None, high=None),
    "no range": alp(low=None, high=None),
    "a range of zeros": alp(low=0, high=None),
    "amount in place of activity": alp(unit="mmol/L"),
    "mass in place of activity": alp(unit="ug/L"),
    "mass in a decilitre": alp(unit="mg/dL"),
    "a ratio": alp(unit="1"),
    "a percentage": alp(unit="%"),
    "activity in a millilitre": alp(unit="U/mL"),
    "a thousandth": alp(unit="mU/L"),
    "King-Armstrong units": alp(unit="KAU/dL"),
    "a unit that is no text of one": alp(unit="units?"),
    "a unit with a value in it": alp(unit="10 U/L"),
    "a range in another unit": alp(rangeUnit="mmol/L"),
    "a range that runs backwards": alp(low=105, high=35),
    "a backward range with a flag": alp(low=105, high=35, flag="H"),
    "an upper limit of nothing": alp(low=None, high=0),
    "a negative upper limit": alp(low=None, high=-105),
    "a negative lower limit": alp(low=-35),
    "a negative value": alp(value=-212),
    "nothing at all": alp(value=0),
    "less than can be": alp(value="0.0001"),
    "more than can be": alp(value=10**7),
    "a number of 400 digits": alp(value=10**400),
    "a limit of 400 digits": alp(high=10**400),
    "a value in katal, called units": alp(value="0.9"),
    "a limit that no laboratory prints": alp(high=50_000),
    "a day that is none": alp(date="2025-02-30"),
    "a month that is none": alp(date="2025-13-01"),
    "a time that is none": alp(date="2025-02-01T25:00"),
    "an abnormal flag alone": {"marker": "ALP", "state": "abnormal"},
    "a bound inside the range": alp(value=50, comparator=">"),
    "a bound around the range": alp(value=120, comparator="<"),
    "no upper limit, and above the lower": alp(high=None),
}
"""Results of ALP that nothing can be concluded from."""


@pytest.mark.parametrize("name", UNSAFE)
def test_an_unsafe_result_is_named_and_not_used(lexicon: Lexicon, name: str) -> None:
    """It gives no fact but itself, it stands among the unused, and the answer opens with it."""
    result = UNSAFE[name]

    case = resolve_case(parse_json(json.dumps({"labs": [result]})), lexicon)

    assert classes(case) == set()
    assert [each.reason for each in case.unused] != [""]
    assert len(case.unused) == len(case.notices) == 1
    assert case.unused[0].reason in case.notices[0].text


def test_the_answer_opens_with_what_could_not_be_used(
    knowledge: KnowledgeGraph, lexicon: Lexicon
) -> None:
    """An absolute ALP and an unknown analyte stand before everything else, in that order."""
    case = read_case(lexicon, labs=["alp=164", "ferritin=low"], age="8")

    answer = ask(knowledge, case)

    first, second, third, *_ = answer.scope
    assert "no reference range and no unit" in first.text
    assert "upper limit of normal" in first.text
    assert (second.label, second.text) == ("not covered", "Not covered: ferritin=low.")
    assert third.label == "children"
    assert answer.causes == ()


def test_a_result_that_says_nothing_is_not_called_missing(
    knowledge: KnowledgeGraph, lexicon: Lexicon
) -> None:
    """Where the ALP is given and cannot be read, the answer says so where it judges no cause."""
    answer = ask(knowledge, read_case(lexicon, labs=["alp=164"]))

    *_, last = answer.scope
    assert last.text == (
        "ALP is given and cannot be read as high, normal or low. "
        "The case does not show a raised ALP, so no cause of it is judged."
    )


@pytest.mark.parametrize("typed", ["alp=25 (30-120)", "alp=25 (30-120 U/L)", "alp=25 [30-120] U/L"])
def test_a_missing_unit_takes_no_alert_away(
    knowledge: KnowledgeGraph, lexicon: Lexicon, typed: str
) -> None:
    """A low ALP before a bisphosphonate raises the alert wherever its unit stands, or not."""
    case = read_case(lexicon, has=["osteoporosis"], labs=[typed], drugs=["zoledronate"])

    assert any("hypophosphatasia" in each.text for each in ask(knowledge, case).alerts)


def test_a_slip_is_told_with_what_it_may_stand_for(lexicon: Lexicon) -> None:
    """A slip is not used, and named with the term that it may mean; a short name has no slip."""
    case = read_case(lexicon, labs=["calciun=high", "apl=high"])

    assert case.labs == ()
    assert [(each.kind, each.names) for each in case.unused] == [
        ("not covered", ("calcium",)),
        ("not covered", ()),
    ]


WRONG = ("alp=hihg", "alp=212,5U/L(35-105)", "alp=NaN U/L(35-105)", "alp=90 U/L(35..105)")


@pytest.mark.parametrize("typed", WRONG)
def test_a_result_that_is_written_wrongly_hides_no_alert(
    knowledge: KnowledgeGraph, lexicon: Lexicon, typed: str
) -> None:
    """It opens the answer with what is wrong, and what the rest of the case warns of stands."""
    case = read_case(lexicon, has=["hypophosphatasia"], drugs=["alendronate"], labs=[typed])

    answer = ask(knowledge, case)

    assert answer.scope[0].text.startswith(typed)
    assert any("contraindicated" in each.text for each in answer.alerts)
    assert [each.given for each in answer.unused] == [typed]


def test_what_is_older_than_a_result_written_wrongly_is_not_todays(lexicon: Lexicon) -> None:
    """The newest result rules also where nobody can read it."""
    labs = ["alp=241U/L(35-105)@2026-05-01", "alp=9O U/L(35-105)@2026-11-20"]

    case = read_case(lexicon, labs=labs, day="2026-11-22")

    assert not any(lab.state == "high" for lab in case.labs)
    assert any("9O" in each.given for each in case.unused)


def test_a_result_without_a_measurement_is_an_error(lexicon: Lexicon) -> None:
    """Where nothing says what was measured, there is nothing to name at the head."""
    with pytest.raises(UsageError, match="is no result"):
        read_case(lexicon, labs=["high"])


FLAGGED: dict[str, tuple[dict[str, object], str]] = {
    "a flag alone": ({"marker": "ALP", "state": "H"}, "high"),
    "a flag without a range": (alp(low=None, high=None, flag="high"), "high"),
    "a flag without a unit": (alp(unit=None, low=None, high=None, flag="N"), "normal"),
    "a flag beside a bound": (alp(value=50, comparator=">", flag="H"), "high"),
}


@pytest.mark.parametrize("name", FLAGGED)
def test_a_flag_stands_in_and_is_called_one(lexicon: Lexicon, name: str) -> None:
    """What rests on a flag alone gives no ratio, and says so."""
    result, state = FLAGGED[name]

    case = resolve_case(parse_json(json.dumps({"labs": [result]})), lexicon)

    assert [(lab.state, lab.flagged) for lab in case.labs] == [(state, True)]
    assert case.notices == ()
    assert case_facts(case).values == ()
    assert len(case.unused) == ("value" in result)


def test_no_result_without_a_range_is_classified(lexicon: Lexicon) -> None:
    """1,000 results of every measurement, with a unit and without a range: no class."""
    dice = random.Random(1)
    markers = [each for each in lexicon.of_kind(Kind.MARKER) if not each.members]
    for _ in range(1000):
        marker = dice.choice(markers)
        result = {
            "marker": marker.label,
            "value": f"{dice.uniform(0, 1000):.3f}",
            "unit": dice.choice([u for u in marker.units if u != marker.measured_in.of_limit]),
        }
        case = resolve_case({"labs": [result]}, lexicon)
        assert case.labs == ()
        assert len(case.unused) == 1


def test_no_result_with_a_contradictory_range_is_classified(lexicon: Lexicon) -> None:
    """100 ranges that run backwards, some beside a flag: no class."""
    dice = random.Random(2)
    for _ in range(100):
        low = dice.randint(50, 5000)
        result = alp(value=dice.randint(1, 5000), low=low, high=low - dice.randint(1, 49))
        flag = dice.choice((None, "high", "normal", "low"))
        case = resolve_case({"labs": [result | ({"flag": flag} if flag else {})]}, lexicon)
        assert case.labs == ()
        assert len(case.notices) == 1


def malformed() -> Iterator[str]:
    """More than 120 texts that are no case, or hold a number that is none."""
    numbers = ("NaN", "Infinity", "-Infinity", "true", "false", "null", "[]", "{}", '"<310"',
               '"NaN"', '"inf"', '"1e3"', '"3,5"', '"٣"', '" 5"', '""', '"--5"', "1e999", "-0",
               "-1", "0", "1e-999", "9" * 5000, f'"{"9" * 5000}"', "0x10", "1_000", "01", ".5",
               "+5", "'5'")  # fmt: skip
    for key, number in product(("value", "low", "high"), numbers):
        plain = {k: json.dumps(v) for k, v in ALP.items()} | {key: number}
        yield '{"labs": [{' + ", ".join(f'"{k}": {v}' for k, v in plain.items()) + "}]}"
    for number in numbers:
        yield f'{{"age": {number}, "labs": [{{"marker": "ALP", "state": "abnormal"}}]}}'
    yield '{"labs": [{"marker": "ALP", "state": "high", "state": "low"}]}'
    yield '{"age": 5, "age": 6}'
    yield from ("", " ", "[", "{", "[]", "null", "5", '"case"', "{}}", '{"labs": 5}', "\x00")
    yield from ('{"labs": [5]}', '{"labs": [null]}', '{"labs": [{}]}', '{"drugs": [{}]}')
    yield from ('{"drugs": [{"drug": 5}]}', '{"date": 20250101}', '{"conditions": [""]}')
    yield from ("[" * 100_000, '{"a":' * 100_000, '{"conditions": ["\ud800"]}')


def test_malformed_input_is_refused_or_named(lexicon: Lexicon) -> None:
    """Nothing but an error of use, and no number that is none becomes a class."""
    texts = list(malformed())
    messages = {}

    for text in texts:
        try:
            case = resolve_case(parse_json(text), lexicon)
        except UsageError as error:
            messages[text] = error.message
            continue
        sound = text.count('"value": 212') == 1 and ('"low": 0' in text or '"low": -0' in text)
        assert sound or classes(case) <= {EG.ageInYears}, text[:200]
        assert sound or case.unused, text[:200]
    assert len(texts) >= 120
    assert len(messages) > 80
    assert max(map(len, messages.values())) < 1000


@pytest.mark.parametrize("nudge", [-1, 0, 1])
def test_a_zone_stays_a_zone(knowledge: KnowledgeGraph, lexicon: Lexicon, nudge: int) -> None:
    """From 1.5 to 2 times the limit a value is mild or marked, and no side of it is taken."""
    ulp = nudge * Decimal("1e-20")
    kinds = {}
    for multiple in ("1", "1.5", "2", "5"):
        value = 105 * Decimal(multiple) + ulp
        case = resolve_case({"labs": [alp(value=f"{value:f}")]}, lexicon)
        closure = classify(knowledge.rules, case_facts(case))
        kinds[multiple] = frozenset(closure.types("urn:etiograph:case:observation:1"))

    raised = EG.RaisedSerumALPObservation
    assert (raised in kinds["1"]) == (nudge > 0)
    assert all(raised in kinds[each] for each in ("1.5", "2", "5"))
    inside = resolve_case({"labs": [alp(value=f"{Decimal('183.75') + ulp:f}")]}, lexicon)
    zone = frozenset(
        classify(knowledge.rules, case_facts(inside)).types("urn:etiograph:case:observation:1")
    )
    assert (kinds["1.5"] == zone) == (nudge >= 0)
    assert (kinds["2"] == zone) == (nudge <= 0)
    assert kinds["5"] != zone


LOOK_ALIKES = (
    "leukocyte ALP", "leucocyte alkaline phosphatase", "neutrophil alkaline phosphatase",
    "LAP score", "NAP score", "bone ALP", "bone-specific ALP", "BAP", "BALP", "B-ALP", "BSAP",
    "Ostase", "LAP", "SAP", "AP", "LOINC:4659-9", "LOINC:17838-4", "LOINC:1777-2",
    "LOINC:15013-6", "LOINC:1779-8", "LOINC:16182-8", "LOINC:32351-9", "LOINC:32352-7", "ALT",
    "ALAT", "SGPT", "AST", "alkaline reserve", "acid phosphatase", "prostatic acid phosphatase",
    "alpha-1-antitrypsin", "alpha-fetoprotein", "liver ALP", "LALP", "intestinal ALP",
    "placental ALP", "heat-stable ALP", "ALPL", "ALP isoenzymes", "urine ALP",
)  # fmt: skip
"""What is not total ALP in serum, however near its name is."""


def test_no_look_alike_is_taken_for_serum_alp(lexicon: Lexicon) -> None:
    """Forty names and codes of other things: none becomes a result of serum ALP."""
    assert len(LOOK_ALIKES) == 40
    for name in LOOK_ALIKES:
        try:
            case = read_case(lexicon, labs=[f"{name}=high"])
        except KGError:
            continue
        assert EG.SerumALPObservation not in {lab.marker.iri for lab in case.labs}, name


@pytest.mark.parametrize(
    "name",
    ["postmenopausal", "post-menopausal", "after menopause", "postmenopausal woman"],
)
def test_menopause_is_a_condition(knowledge: KnowledgeGraph, lexicon: Lexicon, name: str) -> None:
    """The words that people type for it put a case among those of women after menopause."""
    situation = classify_case(knowledge.rules, read_case(lexicon, has=[name]))

    assert EG.PostmenopausalCase in situation.contexts


@pytest.mark.parametrize("name", ["pregnant", "pregnancy"])
def test_pregnancy_is_out_of_scope(knowledge: KnowledgeGraph, lexicon: Lexicon, name: str) -> None:
    """The words that people type for it open the answer."""
    answer = ask(knowledge, read_case(lexicon, has=[name], labs=["alp=high"]))

    assert answer.scope[0].label == "pregnant patients"


@pytest.mark.parametrize(
    ("name", "sex"),
    [("female", "female"), ("F", "female"), ("woman", "female"), ("male", "male"), ("M", "male"),
     ("man", "male")],
)  # fmt: skip
def test_sex_is_read_as_it_is_typed(lexicon: Lexicon, name: str, sex: str) -> None:
    """In full, as a letter, and as the word for an adult."""
    found = read_case(lexicon, sex=name).sex

    assert found is not None
    assert found.label == sex


def test_schema_and_reader_agree_on_every_unsafe_result(lexicon: Lexicon) -> None:
    """What cannot be used is a case all the same, for the reader as for the schema."""
    schema = Draft202012Validator(json.loads(schema_text("case")))

    for result in [*UNSAFE.values(), *(each for each, _ in FLAGGED.values())]:
        schema.validate({"labs": [result]})
        resolve_case({"labs": [result]}, lexicon)
