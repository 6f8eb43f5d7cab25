"""Codes of real records are read by the tables, and in classifications by their place."""

from __future__ import annotations

import re
from datetime import date

import pytest
from click.testing import CliRunner
from records import concept, condition, record

from kg.case.fhir import read_case
from kg.case.fhir.builder import RefusedError
from kg.case.fhir.codes import Codes, Match
from kg.cli import main
from kg.model.codes import Classifications, Coded
from kg.model.terms import Kind, Lexicon
from kg.model.vocabulary import EG, IRI, SKOS

FORM = {"X": "[A-Z][0-9]{1,6}"}
DISEASE, OTHER = EG.Disease, EG.Other


def _places(**uses: Coded) -> Classifications:
    return Classifications({f"X:{code}": (use,) for code, use in uses.items()}, FORM)


def _match(lexicon: Lexicon, prefix: str, code: str, name: str = "") -> Match:
    uri = next(uri for uri, each in lexicon.systems.items() if each == prefix)
    return Codes(lexicon).match(concept((uri, code, name) if name else (uri, code)))


@pytest.mark.parametrize("relation", [SKOS.exactMatch, SKOS.narrowMatch, EG.recordedAs])
def test_a_code_is_narrower_than_what_it_begins_with(relation: IRI) -> None:
    """What stands for a term stands for it under a longer code, as narrower by its place."""
    places = _places(M88=Coded(DISEASE, relation, "the name"))

    (found,) = places.uses("X:M88.9")
    assert (found.term, found.relation, found.under) == (DISEASE, SKOS.narrowMatch, "X:M88")


@pytest.mark.parametrize("relation", [SKOS.broadMatch, SKOS.closeMatch, EG.noMatch])
def test_what_stands_for_nothing_does_not_by_place_either(relation: IRI) -> None:
    """A code under a wider, close or excluded one says nothing of the term."""
    places = _places(M88=Coded(DISEASE, relation))

    assert places.uses("X:M88.9") == ()


def test_the_nearest_code_decides() -> None:
    """An exclusion in between holds for everything under it, and for nothing beside it."""
    places = _places(
        M8=Coded(DISEASE, SKOS.exactMatch),
        M88=Coded(DISEASE, EG.noMatch),
        M889=Coded(DISEASE, SKOS.narrowMatch),
    )

    assert [use.term for use in places.uses("X:M871")] == [DISEASE]
    assert places.uses("X:M881") == ()
    assert [use.under for use in places.uses("X:M8891")] == ["X:M889"]


def test_dots_and_case_do_not_matter_and_other_text_is_no_code() -> None:
    """M88.9, m889 and M889 are one code; a code with words behind it is none."""
    places = _places(M88=Coded(DISEASE, SKOS.exactMatch))

    assert places.uses("X:m889") == places.uses("X:M88.9") != ()
    assert places.uses("X:M88.9 left") == ()
    assert places.uses("X:") == ()


def test_a_seventh_character_counts_by_itself() -> None:
    """A row for the last of seven characters holds for the codes that end with it, and no other."""
    places = _places(**{"S7.-2": Coded(OTHER, SKOS.narrowMatch)})

    assert [use.under for use in places.uses("X:S700002")] == ["X:S7.-2"]
    assert places.uses("X:S700001") == ()
    assert places.uses("X:S70002") == ()


def test_rows_of_two_terms_are_kept_apart() -> None:
    """A code wider than one term stands for the term of the code that it comes under."""
    places = _places(M81=Coded(OTHER, SKOS.narrowMatch), M810=Coded(DISEASE, SKOS.broadMatch))

    found = {use.term: use.stands for use in places.uses("X:M81.0")}
    assert found == {DISEASE: False, OTHER: True}


def test_a_reader_is_told_of_place_and_qualifier(lexicon: Lexicon) -> None:
    """What was read by its place, and what the code says besides the term, is told."""
    found = _match(lexicon, "ICD10CM", "N18.30", "Chronic kidney disease, stage 3 unspecified")

    assert found.entry.label == "chronic kidney disease"
    assert "by its place in the classification, under ICD10CM N18.3" in found.remark
    assert "its code says: stage 3" in found.remark


def test_the_name_of_a_narrower_condition_may_say_more(lexicon: Lexicon) -> None:
    """A display that names the term, with other things beside it, contradicts no code."""
    name = (
        "Age-related osteoporosis with current pathological fracture, right femur, "
        "subsequent encounter for fracture with routine healing"
    )

    uri = "http://hl7.org/fhir/sid/icd-10-cm"
    found = Codes(lexicon).matches(concept((uri, "M80.051D", name)))
    assert {each.entry.label for each in found} == {"osteoporosis", "healing fracture"}


def test_the_name_of_another_condition_contradicts_a_code_by_place(lexicon: Lexicon) -> None:
    """A code of Paget disease beside the name of osteomalacia is not used."""
    with pytest.raises(RefusedError, match="one of them is wrong"):
        _match(lexicon, "ICD10CM", "M88.9", "Osteomalacia")


def test_a_code_can_say_two_things(lexicon: Lexicon) -> None:
    """A product of two drugs is both, and one term is not asked of it."""
    codes = Codes(lexicon)
    product = concept(("http://www.whocc.no/atc", "M05BB03", "alendronic acid and colecalciferol"))

    assert {each.entry.iri for each in codes.matches(product)} == {
        EG.Alendronate,
        EG.VitaminD3,
    }
    with pytest.raises(RefusedError, match="more than one thing"):
        codes.match(product)


def test_codes_of_two_things_have_to_agree(lexicon: Lexicon) -> None:
    """A second code may say a part of what the first says, and nothing that is foreign to it."""
    codes = Codes(lexicon)
    both = ("http://hl7.org/fhir/sid/icd-10-cm", "M80.08XD")
    part, foreign = (("http://snomed.info/sct", each) for each in ("64859006", "709044004"))

    assert {each.entry.label for each in codes.matches(concept(both, part))} == {
        "osteoporosis",
        "healing fracture",
    }
    with pytest.raises(RefusedError, match="different things"):
        codes.matches(concept(both, foreign))


def test_a_name_of_neither_contradicts_a_code_of_two(lexicon: Lexicon) -> None:
    """A product of alendronate and vitamin D3 that is printed as risedronate is neither."""
    with pytest.raises(RefusedError, match="one of them is wrong"):
        Codes(lexicon).matches(concept(("http://www.whocc.no/atc", "M05BB03", "Risedronate")))


def test_a_question_is_no_answer(lexicon: Lexicon) -> None:
    """The question for a pregnancy is about it, and says nothing of it."""
    codes = Codes(lexicon)
    question = concept(("http://loinc.org", "82810-3"))
    answer = concept(("http://loinc.org", "LA15173-0"))

    assert codes.match(question).entry.iri == EG.Pregnancy
    assert codes.means(question) == set()
    assert codes.means(answer) == {EG.Pregnancy}


def test_a_code_can_deny(lexicon: Lexicon) -> None:
    """Not pregnant is no pregnancy, and the reader can say of what it is the denial."""
    codes = Codes(lexicon)
    said = concept(("http://snomed.info/sct", "60001007"))

    assert codes.means(said) == set()
    assert codes.denies(said) == {EG.Pregnancy}


def test_a_card_has_codes_of_one_kind_on_one_line() -> None:
    """A term of a hundred codes is read in a few lines; a code that is alone has its name."""
    shown = CliRunner().invoke(main, ["term", "fracture"]).stdout

    assert re.search(r"ICD10CM  narrower  M48\.4, M48\.5, ", shown)
    assert "MONDO:0005315  exact  bone fracture" in shown


def test_a_typed_code_is_read_by_its_place(lexicon: Lexicon) -> None:
    """`--has ICD10CM:M88.9` names what a record would."""
    assert lexicon.find("ICD10CM:M88.9", Kind.CONDITION).iri == EG.PagetDiseaseOfBone
    assert lexicon.find("icd10cm:m889", Kind.CONDITION).iri == EG.PagetDiseaseOfBone


def test_the_usual_code_of_osteoporosis_is_osteoporosis(lexicon: Lexicon) -> None:
    """M81.0 of ICD-10-CM is wider than postmenopausal osteoporosis, and is osteoporosis."""
    written = record(condition(code=concept(("http://hl7.org/fhir/sid/icd-10-cm", "M81.0"))))

    case = read_case(written, lexicon, date(2026, 11, 22))

    assert [each.iri for each in case.conditions] == [EG.Osteoporosis]


@pytest.mark.parametrize("name", ["Fracture of bone (disorder)", "Bone fracture (disorder)"])
def test_the_tag_of_a_full_name_is_no_word_of_it(lexicon: Lexicon, name: str) -> None:
    """`(disorder)` says of what sort a name is: a fracture of bone is no disorder of bone."""
    found = _match(lexicon, "SNOMEDCT", "125605004", name)

    assert (found.entry.label, found.remark) == ("fracture", "")


@pytest.mark.parametrize(
    "name",
    [
        "Disorder of bone (disorder)",
        "Neoplasm of bone (disorder)",
        "Fracture of bone, a disorder of bone",
        "Osteomalacia (disorder)",
        "Osteomalacia with fracture of bone in Paget disease of bone (disorder)",
    ],
)
def test_a_tag_hides_no_other_condition(lexicon: Lexicon, name: str) -> None:
    """Another condition beside the code of a fracture is told, with a tag behind it or without."""
    with pytest.raises(RefusedError, match="one of them is wrong"):
        _match(lexicon, "SNOMEDCT", "125605004", name)
