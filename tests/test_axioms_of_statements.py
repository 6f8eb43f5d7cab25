"""Axioms are made of statements by patterns in the ontology, and a denial is never evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.articles.axiom_file import FILE, axioms_turtle
from kg.articles.axioms import Axioms
from kg.articles.write import places_of_nodes
from kg.model.errors import ValidationError
from kg.model.rdf import Graph, read_catalogue, read_turtle
from kg.model.statements import short_id
from kg.model.vocabulary import EG, OWL, RDF, RDFS, eg

WORLD = """
@prefix doc: <https://w3id.org/etiograph/document/> .
@prefix eg: <https://w3id.org/etiograph/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix reg: <https://w3id.org/etiograph/region/> .
@prefix st: <https://w3id.org/etiograph/statement/> .

eg:causes eg:axiomPattern eg:cause .
eg:argues-for eg:axiomPattern eg:think-of , eg:for .
eg:looks eg:axiomPattern eg:test .
eg:goes-with eg:axiomPattern eg:course .
eg:cause a eg:AxiomPattern ; eg:ofKind eg:CauseStatement ;
    eg:axiomFrom "subject" ; eg:axiomProperty eg:mayCause ;
    eg:axiomTo "finding" ; eg:whereTargetIs eg:Finding .
eg:think-of a eg:AxiomPattern ; eg:ofModality eg:modality-consider ; eg:axiomFrom "object" ;
    eg:axiomProperty eg:mayCause ; eg:axiomTo "finding of subject" ; eg:onlyWithRole true .
eg:for a eg:AxiomPattern ; eg:axiomFrom "object" ;
    eg:axiomProperty eg:supportedBy ; eg:axiomTo "finding of subject" ;
    eg:unlessPattern eg:think-of .
eg:test a eg:AxiomPattern ; eg:exceptModality eg:modality-consider ; eg:axiomFrom "context" ;
    eg:axiomProperty eg:evaluationIndicated ; eg:axiomTo "wider" .
eg:course a eg:AxiomPattern ; eg:axiomFrom "context with subject" ;
    eg:axiomProperty eg:associatedOutcome ;
    eg:axiomTo "wider" .

eg:CauseStatement rdfs:subClassOf eg:Statement .
eg:Finding a owl:Class . eg:modality-consider a eg:Modality .

eg:supportedBy eg:classLabel "supported by {value}"@en ;
    eg:classDefinition "supported by {value}"@en .
eg:hasAlert eg:carriedAs true ; rdfs:range eg:Alert ;
    eg:classLabel "case with {value}"@en ; eg:classDefinition "case with the caution {value}"@en .

eg:rash a eg:Finding ; rdfs:label "rash"@en .
eg:no-guide a eg:Alert ; rdfs:label "no guide"@en ; eg:saysDenial true .
eg:beware a eg:Alert ; rdfs:label "beware"@en .
eg:RashCause owl:equivalentClass [ owl:onProperty eg:mayCause ; owl:hasValue eg:rash ] .
eg:RashFactor rdfs:subClassOf eg:RashCause ; eg:clinicalRole true .
eg:DiverWithRashCase owl:equivalentClass [ owl:intersectionOf ( eg:DiverCase
    [ owl:onProperty eg:hasObservation ; owl:someValuesFrom eg:RashObservation ] ) ] .

eg:hasObservation eg:factOfCase true ; rdfs:range eg:Observation .
eg:hasCondition eg:factOfCase true ; rdfs:range eg:Condition .
eg:RashCase a owl:Class ; rdfs:label "case with a rash"@en ; owl:equivalentClass [
    owl:intersectionOf ( eg:Case
        [ owl:onProperty eg:hasObservation ; owl:someValuesFrom eg:RashObservation ] ) ] ;
    rdfs:subClassOf [ owl:onProperty eg:hasFinding ; owl:hasValue eg:rash ] .
eg:RashObservation a owl:Class ; rdfs:subClassOf eg:Observation .
eg:WideRashObservation a owl:Class ; rdfs:subClassOf eg:RashObservation .
eg:WideRashCase a owl:Class ; owl:equivalentClass [ owl:intersectionOf ( eg:Case
    [ owl:onProperty eg:hasObservation ; owl:someValuesFrom eg:WideRashObservation ] ) ] .
eg:SkinObservation a owl:Class ; rdfs:subClassOf eg:Observation .
eg:WideRashObservation eg:stateOf eg:SkinObservation .
eg:hasFinding eg:caseLabel "{case} with {value}" ; eg:caseShownAs "{shown} with {value}" ;
    eg:caseDefinition "{case} that shows {value}" .
eg:cough a eg:Finding ; rdfs:label "cough"@en .
eg:Cold a owl:Class ; rdfs:subClassOf eg:Condition .

eg:Gout a owl:Class . eg:Flu a owl:Class . eg:AcuteGout a owl:Class .
eg:DiverCase a owl:Class ; rdfs:subClassOf eg:Case ; rdfs:label "case of a diver"@en .
eg:DiverWithRashCase a owl:Class .
eg:gout-and-flu eg:hasMember eg:Gout , eg:Flu .
doc:X a eg:SourceDocument .
reg:X-7 eg:sectionPath "1.2" ; eg:item "3" ; eg:line 7 .
<https://w3id.org/etiograph/citation/X-5> eg:number 5 .
"""
COMMON = "eg:inDocument doc:X ; eg:region reg:X-7 ; eg:polarity eg:affirmed"


def axioms(*statements: str) -> Axioms:
    """What statements of a small world make; `COMMON` is said of each unless it says otherwise."""
    said = "".join(
        f"st:X{number:03} {each if 'eg:polarity' in each else f'{each} ; {COMMON}'} .\n"
        for number, each in enumerate(statements, 1)
    )
    return Axioms(read_turtle((WORLD + said).encode()))


def told(found: Axioms) -> list[tuple[str, ...]]:
    """Each axiom as its ends, its evidence and its corroboration."""
    return [
        (
            each.source.rsplit("/", 1)[1],
            each.target.rsplit("/", 1)[1],
            " ".join(map(short_id, each.evidence)),
            " ".join(map(short_id, each.corroboration)),
        )
        for each in found
    ]


CAUSE = "a eg:CauseStatement ; eg:predicate eg:causes ; eg:subject eg:Gout ; eg:object eg:rash"
CONSIDER = "eg:predicate eg:argues-for ; eg:subject eg:rash ; eg:object eg:Gout"
DENIAL = f"{CAUSE} ; eg:inDocument doc:X ; eg:region reg:X-7 ; eg:polarity eg:denied"


def test_a_cause() -> None:
    """What a statement says to cause a finding comes under the class of its factors."""
    assert told(axioms(CAUSE)) == [("Gout", "RashFactor", "X001", "")]


def test_a_kind_without_a_pattern_makes_nothing() -> None:
    """The kind of a statement decides whether its predicate makes an axiom."""
    assert told(axioms(CAUSE.replace("CauseStatement", "CauseCategoryStatement"))) == []


def test_a_denial_is_no_evidence() -> None:
    """A statement that turns into its denial takes its axiom with it."""
    assert told(axioms(DENIAL)) == []


def test_a_denial_is_counter_evidence() -> None:
    """A denial beside an affirmation stands against the axiom, and is no evidence of it."""
    (axiom,) = axioms(CAUSE, DENIAL)

    assert list(map(short_id, axiom.evidence)) == ["X001"]
    assert list(map(short_id, axiom.counter_evidence)) == ["X002"]


def test_agreement() -> None:
    """A statement that agrees with another one corroborates what that one makes."""
    agreeing = "a eg:CaveatStatement ; eg:predicate eg:reflects ; eg:agreesWith st:X001"

    assert told(axioms(CAUSE, agreeing)) == [("Gout", "RashFactor", "X001", "X002")]


@pytest.mark.parametrize("other", ["st:X002", "st:X999"])
def test_agreement_with_nothing(other: str) -> None:
    """Agreeing with a statement that makes no axiom, or is none, is an error that names both."""
    agreeing = f"a eg:CaveatStatement ; eg:predicate eg:reflects ; eg:agreesWith {other}"

    found = axioms(agreeing, "eg:predicate eg:reflects")

    (finding,) = found.findings
    assert finding.message.startswith(f"X001 agrees with {other[3:]}, which makes no axiom. Name a")


def test_problems_stop_the_file() -> None:
    """Nothing is written while something cannot be made."""
    agreeing = f"st:X001 eg:predicate eg:reflects ; eg:agreesWith st:X999 ; {COMMON} ."

    with pytest.raises(ValidationError, match="X001 agrees with X999"):
        axioms_turtle(read_turtle((WORLD + agreeing).encode()), "1.0")


def test_what_comes_first() -> None:
    """A pattern that makes an axiom keeps those after it from making another."""
    assert told(axioms(f"{CONSIDER} ; eg:modality eg:modality-consider")) == [
        ("Gout", "RashFactor", "X001", "")
    ]
    assert told(axioms(f"{CONSIDER} ; eg:modality eg:modality-suggests")) == [
        ("Gout", "SupportedByRash", "X001", "")
    ]


def test_a_class_that_no_file_has() -> None:
    """A class of things with a value is made where there is none, with words by its template."""
    said = (
        f"st:X001 eg:predicate eg:argues-for ; eg:subject eg:rash ; eg:object eg:Gout ; {COMMON} ."
    )

    text = axioms_turtle(read_turtle((WORLD + said).encode()), "1.0")

    graph = Graph(read_turtle(text.encode()))
    made = EG.SupportedByRash
    assert graph.text(made, RDFS.label) == "supported by rash"
    assert graph.value(made, RDF.type) == OWL.Class
    assert "X001: document X, section 1.2, item 3, line 7, cites nothing" in text


def test_what_is_carried_by_name() -> None:
    """An alert that a statement names is given to the cases of its context."""
    said = "eg:predicate eg:reflects ; eg:context eg:DiverCase ; eg:carries eg:beware"

    assert told(axioms(said)) == [("DiverCase", "HasAlertBeware", "X001", "")]
    narrower = f"{said} ; eg:shownFor eg:WetDiverCase"
    assert told(axioms(narrower)) == [("WetDiverCase", "HasAlertBeware", "X001", "")]


def test_what_a_denial_carries() -> None:
    """A denial carries what says that it is not so, and nothing else."""
    said = (
        "eg:predicate eg:reflects ; eg:context eg:DiverCase ; eg:inDocument doc:X ; "
        "eg:polarity eg:denied ; eg:carries eg:"
    )

    assert told(axioms(f"{said}no-guide")) == [("DiverCase", "HasAlertNoGuide", "X001", "")]
    assert told(axioms(f"{said}beware")) == []


COURSE = "eg:predicate eg:goes-with ; eg:object eg:beware"


def sources(said: str) -> list[str]:
    """The class that each axiom of a statement starts from."""
    return [each[0] for each in told(axioms(said))]


@pytest.mark.parametrize("subject", ["rash", "RashObservation", "Cold", "RashCase"])
@pytest.mark.parametrize("predicate", ["goes-with", "looks"])
def test_nobody_is_told_who_does_not_show_the_finding(predicate: str, subject: str) -> None:
    """What is said of a finding in a context is never told of the context alone.

    What is to be done is told of the context that a curator names, where no finding is the subject.
    """
    said = f"eg:predicate eg:{predicate} ; eg:object eg:beware ; eg:subject eg:{subject}"
    wanted = {
        "rash": "RashInDiverCase",
        "RashObservation": "DiverWithRashCase",
        "Cold": "ColdInDiverCase",
        "RashCase": "RashInDiverCase",
    }
    is_wide = predicate == "looks" and subject != "rash"

    assert sources(f"{said} ; eg:context eg:DiverCase") == [
        "DiverCase" if is_wide else wanted[subject]
    ]


@pytest.mark.parametrize("context", ["RashCase", "WideRashCase", "DiverWithRashCase"])
def test_a_context_that_shows_the_subject_is_taken_as_it_is(context: str) -> None:
    """Whoever is told to have a result of the kind that shows a finding shows it."""
    said = f"{COURSE} ; eg:subject eg:rash ; eg:context eg:{context}"

    assert sources(said) == [context]


def test_a_finding_in_anyone_is_that_of_its_own_cases() -> None:
    """The cases of anyone that show a finding have a class already."""
    assert sources(f"{COURSE} ; eg:subject eg:rash ; eg:context eg:Case") == ["RashCase"]


def test_what_is_carried_is_told_of_those_with_the_subject() -> None:
    """A caution on a finding in a context is given to the cases that show it."""
    said = "eg:predicate eg:reflects ; eg:carries eg:beware ; eg:context eg:DiverCase"

    assert sources(f"{said} ; eg:subject eg:rash") == ["RashInDiverCase"]
    assert sources(f"{said} ; eg:subject eg:SkinObservation") == ["DiverCase"]
    assert sources(f"{said} ; eg:subject eg:Gout") == []
    shown = f"{said} ; eg:shownFor eg:WetDiverCase"
    assert sources(f"{shown} ; eg:subject eg:rash") == ["RashInWetDiverCase"]
    assert sources(f"{shown} ; eg:subject eg:Cold") == ["WetDiverCase"]


@pytest.mark.parametrize("subject", ["cough", "SkinObservation", "Gout"])
def test_what_no_case_shows_is_told_of_nobody(subject: str) -> None:
    """A finding without cases, or a measurement without a state, is an error and no wider axiom."""
    found = axioms(f"{COURSE} ; eg:subject eg:{subject} ; eg:context eg:DiverCase")

    assert told(found) == []
    (finding,) = found.findings
    assert finding.rule == "case-without-subject"
    assert f"X001 is told of the cases that have eg:{subject}, and no kind" in finding.message
    named = f"{COURSE} ; eg:subject eg:Gout ; eg:shownFor eg:DiverCase ; eg:context eg:Case"
    assert sources(named) == ["DiverCase"]


def test_the_class_of_both_is_written_once() -> None:
    """The kind of case that no file has is defined by its parts, with words by a template."""
    said = f"{COURSE} ; eg:subject eg:rash ; eg:context eg:DiverCase ; {COMMON}"
    given = (WORLD + f"st:X001 {said} . st:X002 {said} .").encode()

    text = axioms_turtle(read_turtle(given), "1.2.3")
    graph = Graph(read_turtle(text.encode()))

    assert text.count("eg:RashInDiverCase a owl:Class") == 1
    assert graph.text(EG.RashInDiverCase, RDFS.label) == "case of a diver with rash"
    (definition,) = graph.objects(EG.RashInDiverCase, OWL.equivalentClass)
    (head,) = graph.objects(definition, OWL.intersectionOf)
    assert [*graph.members(head)] == [EG.DiverCase, EG.RashCase]
    assert "eg:ColdInDiverCase" not in text


def test_a_name_that_means_something_else_is_not_taken() -> None:
    """Two definitions under one name would be joined to one class."""
    said = f"{COURSE} ; eg:subject eg:rash ; eg:context eg:DiverCase ; {COMMON}"
    other = "eg:RashInDiverCase a owl:Class ; rdfs:subClassOf eg:Case ."

    (finding,) = Axioms(read_turtle(f"{WORLD} {other} st:X001 {said} .".encode())).findings

    assert finding.rule == "case-name-taken"


def test_members_and_readings() -> None:
    """Each member of an end makes an axiom, and a curator's reading stands for what is named."""
    both = CAUSE.replace("eg:Gout", "eg:gout-and-flu")

    assert [each[0] for each in told(axioms(both))] == ["Flu", "Gout"]
    read = f"{CAUSE} ; eg:startsAt eg:AcuteGout"
    assert told(axioms(read)) == [("AcuteGout", "RashFactor", "X001", "")]


def test_a_slip_in_a_pattern_is_an_error() -> None:
    """A part of a statement that is none would let every axiom of the pattern vanish."""
    slip = WORLD.replace('"context with subject"', '"contxt"')

    (found,) = Axioms(read_turtle(slip.encode())).findings

    assert found.rule == "pattern-makes-nothing"
    assert "'contxt' is no part of a statement" in found.message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("eg:whereTargetIs eg:Finding", "eg:whereTargetIs eg:Findng", "eg:Findng under eg:where"),
        ("eg:ofKind eg:CauseStatement", "eg:ofKind eg:Cause", "eg:Cause under eg:ofKind is no"),
        ("eg:ofModality eg:consider", "eg:ofModality eg:consdier", "eg:consdier under eg:ofMod"),
        ("eg:unlessPattern eg:cause", "eg:unlessPattern eg:cuase", "eg:cuase under eg:unlessP"),
        ("eg:axiomProperty eg:mayCause ;", "", "eg:cause: its axiom has no property"),
        ("eg:axiomPattern eg:cause", "eg:axiomPattern eg:cuase", "eg:causes: its pattern eg:cuase"),
    ],
)
def test_what_a_pattern_names_is_of_its_kind(old: str, new: str, said: str) -> None:
    """A name under which nothing is would let every axiom of the pattern vanish."""
    world = """
        @prefix eg: <https://w3id.org/etiograph/id/> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        eg:Finding a owl:Class . eg:consider a eg:Modality .
        eg:CauseStatement rdfs:subClassOf eg:Statement .
        eg:causes eg:axiomPattern eg:cause .
        eg:cause a eg:AxiomPattern ; eg:ofKind eg:CauseStatement ; eg:ofModality eg:consider ;
            eg:axiomFrom "subject" ; eg:axiomProperty eg:mayCause ; eg:axiomTo "finding" ;
            eg:whereTargetIs eg:Finding ; eg:unlessPattern eg:cause .
    """
    assert world.count(old) == 1
    assert Axioms(read_turtle(world.encode())).findings == []

    (found,) = Axioms(read_turtle(world.replace(old, new).encode())).findings

    assert said in found.message


def test_a_slip_in_a_pattern_leads_to_its_line(root: Path) -> None:
    """Patterns and the predicates that have one are found where they are written."""
    path = root / "ontology" / "patterns.ttl"
    lines = path.read_text("utf-8").splitlines()

    places = places_of_nodes([path])

    for name in ("cause-of-a-finding", "presents-with"):
        number = int(places[eg(name)].removeprefix(f"{path}:"))
        assert lines[number - 1].startswith(f"eg:{name} ")


def test_what_is_no_class_starts_nothing() -> None:
    """An axiom starts from a class: a concept of statements has none."""
    assert told(axioms(CAUSE.replace("eg:Gout", "eg:vapours"))) == []


def test_a_role_is_made_with_its_class() -> None:
    """What sources list for a finding that has no class of factors yet gets one, with words."""
    words = """
        eg:itch a eg:Finding ; rdfs:label "itch"@en .
        eg:mayCause eg:classLabel "cause of {value}"@en ; eg:classDefinition "cause of {value}"@en ;
            eg:roleLabel "factor for {value}"@en ; eg:roleDefinition "listed for {value}"@en .
    """
    cause = f"{CAUSE.replace('eg:rash', 'eg:itch')} ; {COMMON}"
    triples = [*read_turtle(f"{WORLD}{words} st:X001 {cause} .".encode())]

    graph = Graph(read_turtle(axioms_turtle(triples, "1.2.3").encode()))

    assert told(Axioms(triples)) == [("Gout", "ItchFactor", "X001", "")]
    assert graph.objects(EG.ItchFactor, RDFS.subClassOf) == [EG.MayCauseItch]
    assert graph.text(EG.ItchFactor, RDFS.label) == "factor for itch"
    assert graph.text(EG.ItchFactor, EG.clinicalRole) == "true"


def test_a_finding_that_is_asked_about_needs_no_class_of_factors() -> None:
    """What is to be thought of with a finding may cause it where its causes can be asked for."""
    asked = 'eg:itch a eg:Finding ; eg:askedAs "Causes of itch"@en .'
    consider = f"{CONSIDER.replace('eg:rash', 'eg:itch')} ; eg:modality eg:modality-consider"
    targets = [
        [each[1] for each in told(Axioms(read_turtle((WORLD + text).encode())))]
        for said in ("", asked)
        for text in [f"{said} st:X001 {consider} ; {COMMON} ."]
    ]

    assert targets == [["SupportedByItch"], ["MayCauseItch"]]


FROZEN = Path(__file__).parent / "data" / "axioms_of_statements.tsv"


def test_the_axioms_that_stood_by_hand(root: Path) -> None:
    """Each axiom that was once written by hand is made, with its evidence and corroboration."""
    folder = root / "ontology"
    paths = sorted({*read_catalogue(folder).values()} - {folder / FILE})
    triples = [each for path in paths for each in read_turtle(path.read_bytes(), path=path)]
    by_hand = {tuple(line.split("\t")) for line in FROZEN.read_text("utf-8").splitlines()[1:]}

    assert by_hand - set(told(Axioms(triples))) == set()
