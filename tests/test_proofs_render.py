"""The shapes of a proof: one content as text, Markdown, JSON and PROV-O."""

from __future__ import annotations

import json
from typing import Final

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from kg.cli import main
from kg.model.vocabulary import EG, PREFIXES, expand
from kg.show.blocks import WIDTH
from kg.show.proof import FORMATS

CASE: Final = ("--has", "multiple myeloma", "--lab", "alp=high", "--lab", "ggt=normal")
LIVER: Final = ("why", "hepatic amyloidosis", *CASE)
CLAIM: Final = ("why", "hepatobiliary origin argued against by normal GGT")
ROWS: Final = ("Paget disease of bone", "bortezomib treatment", "NTx", "myeloma unexamined")

pytestmark = pytest.mark.usefixtures("knowledge")


def run(*args: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, args)


def told(*args: str) -> str:
    """What a command prints that has to work."""
    result = run(*args)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*args: str) -> str:
    """The message of a command that cannot be understood."""
    result = run(*args)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    return result.stderr


def test_text() -> None:
    """The text says what it takes, the weakest premise first, the steps, and what carries each."""
    text = told(*LIVER)

    order = [
        "WHY hepatic amyloidosis: argued against",
        "weakest premise, B026: suggests",
        "B026  a normal GGT suggests",
        "A015  hepatic amyloidosis is listed",
        "1 The question arises",
        "hepatobiliary origin: argued against by normal GGT",
        "no statement excludes hepatic amyloidosis",
        "definition of this ontology",
        "liver-in-hepatobiliary-system: the liver belongs",
        "Research and education.",
    ]
    places = [text.find(each) for each in order]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("row", ROWS)
def test_no_line_is_too_wide(row: str) -> None:
    """A proof fits the page of a terminal."""
    assert max(map(len, told("why", row, *CASE).splitlines())) <= WIDTH


def test_what_is_beside_a_row() -> None:
    """What supports a candidate is shown as what the verdict does not need."""
    text = told("why", "vitamin D deficiency", *CASE, "--lab", "25OHD=low")

    beside = "low 25-hydroxyvitamin D supports vitamin D deficiency"
    assert f"BESIDE, and not needed for it: {beside}" in text
    said_too = text.partition("SAID TOO            by statements that are not needed\n")[2]
    assert said_too.startswith("  A004  ")


def test_what_agrees_with_a_listing_is_said_with_its_figures() -> None:
    """What agrees with an axiom of a proof is shown in its words, which have its figures."""
    cause = told("why", "bortezomib", *CASE, "--drug", "bortezomib")
    case = ("--lab", "bone alp fraction=high", "--sex", "female", "--lab", "alp=high")
    outcome = told("why", "accelerated osteoporosis", *case)

    assert "A017  treatment: category of causes" in cause.partition("SAID TOO")[2]
    said_too = " ".join(outcome.partition("SAID TOO")[2].split())
    assert "B019 women with a raised bone ALP fraction" in said_too
    assert "over 8 years (p = 0.05)" in said_too


def test_what_is_said_of_others_does_not_agree() -> None:
    """A statement about other patients than the case is not said too of it."""
    row = "Paget disease of bone"
    woman = ("--has", "postmenopausal", "--has", "bone pain", "--lab", "alp=high")

    assert "B048" in told("why", row, *woman).partition("SAID TOO")[2]
    assert "B048" not in told("why", row, *CASE).partition("SAID TOO")[2]


@pytest.mark.parametrize("arguments", [LIVER, CLAIM, *(("why", row, *CASE) for row in ROWS)])
def test_json_fits_the_published_schema(arguments: tuple[str, ...]) -> None:
    """What `kg why` writes is what `kg schema proof` promises."""
    schema = json.loads(told("schema", "proof"))
    Draft202012Validator.check_schema(schema)

    Draft202012Validator(schema).validate(json.loads(told(*arguments, "--format", "json")))


def test_json_holds_what_it_names() -> None:
    """Every axiom, statement and background that a proof names is a key of its tables."""
    found = json.loads(told(*LIVER, "--format", "json"))

    (proof,) = found["proofs"]
    assert set(proof["axioms"]) == found["axioms"].keys()
    assert set(proof["statements"]) <= found["statements"].keys()
    for axiom in found["axioms"].values():
        assert set(axiom["statements"]) <= found["statements"].keys()
        assert set(axiom["background"]) <= found["background"].keys()
        assert set(axiom["corroboration"]) <= found["statements"].keys()


@pytest.mark.parametrize("arguments", [LIVER, CLAIM, *(("why", row, *CASE) for row in ROWS)])
def test_turtle_is_provenance(arguments: tuple[str, ...]) -> None:
    """The Turtle parses; the conclusion comes out of an activity, and every entity is described."""
    store = ox.Store()
    store.load(told(*arguments, "--format", "ttl").encode(), format=ox.RdfFormat.TURTLE)

    proofs = list(store.quads_for_pattern(None, _node("rdf:type"), ox.NamedNode(EG.Proof)))
    assert len(proofs) == 1
    pairs = list(store.quads_for_pattern(None, _node("prov:wasDerivedFrom"), None))
    derived = {str(quad.object) for quad in pairs}
    assert any(each.startswith(f"<{PREFIXES['st']}") for each in derived)
    own = {each for each in derived if "/proof/" in each or "/axiom/" in each}
    types = store.quads_for_pattern(None, _node("rdf:type"), None)
    assert own <= {str(quad.subject) for quad in types}


def test_turtle_uses_what_the_json_uses() -> None:
    """The axioms and statements of both are the same."""
    store = ox.Store()
    store.load(told(*LIVER, "--format", "ttl").encode(), format=ox.RdfFormat.TURTLE)
    (proof,) = json.loads(told(*LIVER, "--format", "json"))["proofs"]

    axioms = _objects(store, EG.usesAxiom)
    statements = _objects(store, EG.usesStatement)

    assert axioms == set(proof["axioms"])
    assert statements == set(proof["statements"])


def test_markdown() -> None:
    """The Markdown is a nested list, with what carries each axiom below the step it makes."""
    text = told(*LIVER, "--format", "md")

    assert text.startswith("# Why hepatic amyloidosis: argued against\n")
    assert "    - hepatobiliary origin: argued against by a normal GGT\n        - a18" in text
    assert "\n## Background\n" in text


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_proof_gives_the_same_text(form: str) -> None:
    """Asked twice, a proof is the same to the last byte."""
    assert told(*LIVER, "--format", form) == told(*LIVER, "--format", form)


def test_values_and_bounds_are_facts() -> None:
    """A value, and a value of which only a bound is known, are facts that a proof starts from."""
    value = json.loads(
        told("why", "Paget disease of bone", "--lab", "alp=600U/L(35-105)", "--format", "json")
    )
    bound = told("why", "Paget disease of bone", "--lab", "alp=>600U/L(35-105)")

    facts = [fact for part in value["proofs"][0]["parts"] for fact in part["facts"]]
    assert any(fact["predicate"] == EG.ratioToULN for fact in facts)
    assert "alp=>600U/L(35-105)" in bound


def test_why_not_as_text() -> None:
    """The text names each other verdict, what it lacks, and the statements."""
    text = told("why-not", "hepatic amyloidosis", *CASE)

    assert "NOT EXCLUDED: no statement excludes hepatic amyloidosis" in text
    assert "NOT CANDIDATE" in text
    assert "B026  a normal GGT suggests" in text


def test_why_not_as_json() -> None:
    """The JSON has the same verdicts, with statements that it holds."""
    arguments = ("why-not", "bone metastases", "--verdict", "candidate", *CASE, "--format", "json")

    found = json.loads(told(*arguments))

    (contrast,) = found["verdicts"]
    assert contrast["verdict"] == "candidate"
    assert {id_ for each in contrast["missing"] for id_ in each["statements"]} == {"B046", "B049"}
    assert found["statements"].keys() == {"B046", "B049"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("why", "hepatic amyloidosis"), "is no conclusion about classes"),
        (("why", "3"), "a row number needs its case: kg why 3 --has … --lab …"),
        (("why", "no such thing", *CASE), "is no row of the answer"),
        (("why", "bone metastases", *CASE), "kg why-not says what is missing"),
        (("why", "NTx", "--about", "raised ALP"), "nothing is said of the patient"),
        (("why-not", "hepatic amyloidosis"), "nothing is said of the patient"),
        (("why-not", "bisphosphonates are contraindicatd", *CASE), "Did you mean"),
        (("why-not", "hepatic amyloidosis", "--verdict", "likely", *CASE), "likely"),
    ],
)
def test_what_cannot_be_explained_is_one_message(arguments: tuple[str, ...], words: str) -> None:
    """A row that is none, or a case that is none, is refused and says what to do."""
    assert words in refused(*arguments)


def _node(name: str) -> ox.NamedNode:
    return ox.NamedNode(expand(name))


def _objects(store: ox.Store, predicate: str) -> set[str]:
    quads = store.quads_for_pattern(None, ox.NamedNode(predicate), None)
    return {str(quad.object).rpartition("/")[2].rstrip(">") for quad in quads}
