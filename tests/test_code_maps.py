"""A hospital's ConceptMap makes its own codes readable, as far as the map makes that true."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from records import LOINC, SNOMED, concept, condition, limits, observation, quantity, record

from kg.case.fhir import parse_record
from kg.case.fhir.maps import with_maps
from kg.cli import main
from kg.model.errors import UsageError
from kg.model.terms import Lexicon
from kg.model.vocabulary import EG

HOUSE = "urn:oid:1.2.3.4"
DAY = date(2026, 11, 22)


def _map(
    code: str, target: str, said: str, source: str = HOUSE, system: str = LOINC, **more: object
) -> str:
    key = "relationship" if "-" in said else "equivalence"
    element = {"code": code, "target": [{"code": target, key: said, **more}]}
    group = {"source": source, "target": system, "element": [element]}
    return json.dumps({"resourceType": "ConceptMap", "status": "active", "group": [group]})


def _alp(system: str = HOUSE, code: str = "ALPX1") -> str:
    return record(observation(code=concept((system, code, "ALP (IFCC)"))))


def _markers(written: str, lexicon: Lexicon, *maps: str) -> list[str]:
    words = with_maps(lexicon, ((f"map {n}", each) for n, each in enumerate(maps)))
    return [lab["marker"] for lab in parse_record(written, words, DAY).document.get("labs", [])]


def _reasons(written: str, lexicon: Lexicon, *maps: str) -> str:
    words = with_maps(lexicon, ((f"map {n}", each) for n, each in enumerate(maps)))
    return "; ".join(each.reason for each in parse_record(written, words, DAY).ignored)


@pytest.mark.parametrize(
    "said", ["equal", "equivalent", "wider", "subsumes", "source-is-narrower-than-target"]
)
def test_what_makes_the_reading_true_is_used(lexicon: Lexicon, said: str) -> None:
    """A code that means the same, or less, than the code that it is mapped to is read as it."""
    assert _markers(_alp(), lexicon) == []
    assert _markers(_alp(), lexicon, _map("ALPX1", "6768-6", said)) == [EG.SerumALPObservation]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("narrower", "its code is wider than alkaline phosphatase"),
        ("specializes", "its code is wider than alkaline phosphatase"),
        ("source-is-broader-than-target", "its code is wider than alkaline phosphatase"),
        ("inexact", "its code is only related to alkaline phosphatase"),
        ("relatedto", "its code is only related to alkaline phosphatase"),
        ("unmatched", "its code does not stand for alkaline phosphatase"),
        ("disjoint", "its code does not stand for alkaline phosphatase"),
    ],
)
def test_what_does_not_is_named(lexicon: Lexicon, said: str, reason: str) -> None:
    """A map that does not make the reading true is not followed, and the answer says so."""
    made = _map("ALPX1", "6768-6", said)

    assert _markers(_alp(), lexicon, made) == []
    assert reason in _reasons(_alp(), lexicon, made)


def test_a_reader_is_told_of_the_map(lexicon: Lexicon) -> None:
    """That a local code was used by a map stands beside the resource."""
    words = with_maps(lexicon, [("m", _map("ALPX1", "6768-6", "equal"))])
    reading = parse_record(_alp(), words, DAY)

    assert any("to LOINC 6768-6" in each.reason for each in reading.flagged)


def test_several_maps_and_systems(lexicon: Lexicon) -> None:
    """Codes of two systems are kept apart, though they are spelled alike."""
    maps = (
        _map("1", "6768-6", "equal"),
        _map("1", "2324-2", "equal", source="urn:oid:9.9"),
        _map("D1", "109989006", "equal", system=SNOMED),
    )
    written = record(
        observation(code=concept((HOUSE, "1"))),
        observation(code=concept(("urn:oid:9.9", "1"))),
        condition(code=concept((HOUSE, "D1"))),
    )
    words = with_maps(lexicon, ((f"m{n}", each) for n, each in enumerate(maps)))
    document = parse_record(written, words, DAY).document

    assert [lab["marker"] for lab in document["labs"]] == [
        EG.SerumALPObservation,
        EG.GGTObservation,
    ]
    assert document["conditions"] == [EG.MultipleMyeloma]


def test_codes_without_a_system_have_a_map_too(lexicon: Lexicon) -> None:
    """A group without a source is for the codes that name no system."""
    made = json.loads(_map("ALPX1", "6768-6", "equal"))
    del made["group"][0]["source"]
    coding = {"coding": [{"code": "ALPX1"}]}

    found = _markers(record(observation(code=coding)), lexicon, json.dumps(made))
    assert found == [EG.SerumALPObservation]


def test_a_map_of_another_thing_is_found_out_by_the_name(lexicon: Lexicon) -> None:
    """A code that is printed with the name of calcium is no ALP, whatever the map says."""
    written = record(observation(code=concept((HOUSE, "CAX", "Calcium"))))

    assert _markers(written, lexicon, _map("CAX", "6768-6", "equal")) == []


def test_what_holds_only_with_something_else_is_not_used(lexicon: Lexicon) -> None:
    """A target that depends on another element is none here, where that is not looked at."""
    made = _map("ALPX1", "6768-6", "equal", dependsOn=[{"property": "x", "value": "y"}])

    assert _markers(_alp(), lexicon, made) == []


def test_a_map_adds_to_the_tables_and_takes_nothing_from_them(lexicon: Lexicon) -> None:
    """What our tables say of a code stands, whatever a map says of it."""
    written = record(observation())

    found = _markers(written, lexicon, _map("6768-6", "2324-2", "equal", source=LOINC))
    assert EG.GGTObservation not in found


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("{", "not JSON"),
        ("[]", "wanted a FHIR ConceptMap"),
        ('{"resourceType": "ValueSet"}', "wanted a FHIR ConceptMap"),
        ('{"resourceType": "ConceptMap", "group": {}}', "group"),
        (_map("a", "6768-6", "same"), r"group\[0\].element\[0\].target\[0\].*'same'.*wanted"),
    ],
)
def test_a_map_that_is_wrong_is_refused_with_its_place(
    lexicon: Lexicon, written: str, words: str
) -> None:
    """A hospital is told which file is wrong, where, and what was wanted."""
    with pytest.raises(UsageError, match=words) as caught:
        with_maps(lexicon, [("house.json", written)])

    assert "house.json" in caught.value.message


def test_the_command_takes_maps(tmp_path: Path) -> None:
    """`--map` makes the record's own codes count, and stands beside `--fhir`."""
    house, written = tmp_path / "map.json", tmp_path / "record.json"
    house.write_text(_map("ALPX1", "6768-6", "equivalent"), "utf-8")
    written.write_text(
        record(
            observation(
                code=concept((HOUSE, "ALPX1")),
                valueQuantity=quantity(241),
                referenceRange=[limits(35, 105)],
            )
        ),
        "utf-8",
    )
    run = CliRunner().invoke(main, ["case", "--fhir", str(written), "--map", str(house)])
    alone = CliRunner().invoke(main, ["case", "--has", "PCM", "--map", str(house)])

    assert '"eg:SerumALPObservation"' in run.stdout
    assert alone.exit_code == 2
    assert "--map goes with --fhir" in alone.stderr


def test_a_batch_takes_maps(tmp_path: Path) -> None:
    """`--map` goes with `--batch` too: each record of the file is read with it."""
    house, records = tmp_path / "map.json", tmp_path / "records.ndjson"
    house.write_text(_map("ALPX1", "6768-6", "equivalent"), "utf-8")
    records.write_text(json.dumps(json.loads(_alp())) + "\n", "utf-8")
    without, mapped = (
        CliRunner().invoke(main, ["ask", "--batch", str(records), *options]).stdout
        for options in ((), ("--map", str(house)))
    )

    assert "to LOINC 6768-6" in mapped
    assert "to LOINC 6768-6" not in without
