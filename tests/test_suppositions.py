"""What would change if something were so: what is supposed replaces what is given, and is said."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from random_cases import Document

from kg.answer.ask import ask
from kg.answer.what_if import Supposition, suppose
from kg.case import resolve_case
from kg.case.suppose import suppose_facts
from kg.cli import main
from kg.model.errors import UsageError
from kg.model.terms import Lexicon
from kg.show.changes import render_supposition
from kg.store.knowledge import KnowledgeGraph

HIGH_ALP = {"marker": "ALP", "state": "high"}
FLAGSHIP: Document = {
    "conditions": ["multiple myeloma"],
    "labs": [HIGH_ALP, {"marker": "GGT", "state": "normal"}],
}
TYPED = ("ask", "--has", "multiple myeloma", "--lab", "alp=high", "--lab", "ggt=normal")
LIVER = {
    "hepatic infiltration by myeloma cells",
    "drug-induced liver injury",
    "hepatic amyloidosis",
    "metastatic intrahepatic malignancy",
}


def supposed(
    knowledge: KnowledgeGraph, lexicon: Lexicon, document: Document, *facts: str
) -> Supposition:
    """What would change in the answer to a case."""
    return suppose(knowledge, lexicon, resolve_case(document, lexicon), facts)


def test_a_raised_ggt_would_free_the_liver_causes(
    knowledge: KnowledgeGraph, lexicon: Lexicon
) -> None:
    """With a raised GGT in place of a normal one, nothing speaks against the liver causes."""
    found = supposed(knowledge, lexicon, FLAGSHIP, "ggt=high")

    said = json.loads(render_supposition(found, "json"))
    moved = {
        each["label"]: (each["before"], each["after"])
        for each in said["verdicts"]
        if each["before"] != each["after"]
    }
    waits = {"drug-induced liver injury": ("argued against", "undetermined")}
    assert moved == dict.fromkeys(LIVER, ("argued against", "candidate")) | waits
    reasons = {
        statement
        for each in said["verdicts"]
        if each["label"] in LIVER
        for reason in each["reasons"]
        for statement in reason["statements"]
    }
    assert reasons == set()
    standing = {
        row.label: field.new
        for row in found.changes
        if row.part == "origins"
        for field in row.fields
        if field.name == "standing"
    }
    assert standing["hepatobiliary origin"] == ("supported",)
    assert found.replaced == ("GGT=normal",)


@pytest.mark.parametrize(
    ("document", "facts", "same"),
    [
        (FLAGSHIP, ("ggt=high",), {"labs": [HIGH_ALP, {"marker": "GGT", "state": "high"}]}),
        (FLAGSHIP, ("bortezomib",), {"drugs": ["bortezomib"]}),
        (FLAGSHIP, ("bone lesion=yes",), {"conditions": ["multiple myeloma", "bone lesion"]}),
        (FLAGSHIP, ("CKD", "bone pain=no"), {
            "conditions": ["multiple myeloma", "CKD"], "absent": ["bone pain"],
        }),
        (FLAGSHIP, ("multiple myeloma=no",), {"conditions": [], "absent": ["multiple myeloma"]}),
        (FLAGSHIP, ("age=12", "sex=female"), {"age": "12", "sex": "female"}),
        (
            {**FLAGSHIP, "absent": ["other bone disorder"]},
            ("Paget disease of bone=yes",),
            {"conditions": ["multiple myeloma", "Paget disease of bone"]},
        ),
        ({**FLAGSHIP, "unknown": ["bone pain"]}, ("bone pain=yes",), {
            "conditions": ["multiple myeloma", "bone pain"],
        }),
        ({**FLAGSHIP, "conditions": ["multiple myeloma", "CKD"]}, ("CKD=unknown",), {
            "conditions": ["multiple myeloma"], "unknown": ["CKD"],
        }),
    ],
)  # fmt: skip
def test_to_suppose_is_to_ask_again(
    knowledge: KnowledgeGraph, lexicon: Lexicon, document: Document, facts: tuple[str, ...],
    same: Document,
) -> None:  # fmt: skip
    """What is supposed gives the answer that it gets when it is given."""
    found = supposed(knowledge, lexicon, document, *facts)

    again = ask(knowledge, resolve_case({**FLAGSHIP, **same}, lexicon))
    assert found.after == again
    assert not found.after.conflicts


def test_what_gives_way_is_named(knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """Results, findings, age and sex that are replaced are named as they were given."""
    document = {**FLAGSHIP, "absent": ["bone pain"], "age": "50", "sex": "male"}

    found = supposed(
        knowledge, lexicon, document, "ggt=low", "bone pain=yes", "age=70", "sex=female"
    )

    assert found.replaced == ("no bone pain", "GGT=normal", "age 50", "male")
    assert "in place of: no bone pain; GGT=normal" in render_supposition(found, "text").replace(
        "\n", " "
    )


def test_a_contradiction_is_settled_by_what_is_supposed(
    knowledge: KnowledgeGraph, lexicon: Lexicon
) -> None:
    """Of two results that differ neither is used, until one is supposed."""
    labs = [HIGH_ALP, {"marker": "GGT", "state": "normal"}, {"marker": "GGT", "state": "high"}]

    found = supposed(knowledge, lexicon, {**FLAGSHIP, "labs": labs}, "ggt=normal")

    assert found.before.conflicts
    assert not found.after.conflicts
    assert found.replaced == ("GGT=normal", "GGT=high")


def test_what_is_so_already_changes_nothing(knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """To suppose what is given gives the same answer, and that is said."""
    found = supposed(knowledge, lexicon, FLAGSHIP, "multiple myeloma=yes")

    assert found.changes == ()
    assert "NOTHING IN THE ANSWER CHANGES" in render_supposition(found, "text")


def test_other_facts_stay_as_they_are(lexicon: Lexicon) -> None:
    """A case with something supposed keeps everything else, also what could not be used."""
    labs = [HIGH_ALP, {"marker": "GGT", "value": "20", "unit": "U/L"}]
    case = resolve_case({**FLAGSHIP, "labs": labs, "age": "50"}, lexicon)

    found = suppose_facts(case, ["bone pain=yes"], lexicon).case

    assert found.unused == case.unused
    assert found.labs == case.labs
    assert found.age == case.age


@pytest.mark.parametrize("facts", [("bone pain=yes", "bone pain=no"), ("ggt=high", "ggt=low")])
def test_a_supposition_that_contradicts_itself_is_refused(
    knowledge: KnowledgeGraph, lexicon: Lexicon, facts: tuple[str, ...]
) -> None:
    """Two facts that cannot both be so cannot be supposed together."""
    with pytest.raises(UsageError, match="contradicts itself"):
        supposed(knowledge, lexicon, FLAGSHIP, *facts)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("text", "hepatic amyloidosis: argued against → candidate"),
        ("md", "- hepatic amyloidosis: argued against → candidate"),
        ("json", '"facts": ['),
    ],
)
def test_the_command_line_shows_what_would_change(form: str, words: str) -> None:
    """`kg ask --if` says which verdicts would move, in text, Markdown and JSON."""
    result = CliRunner().invoke(main, [*TYPED, "--if", "ggt=high", "--format", form])

    assert result.exit_code == 0, result.output
    assert words in result.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--if", "ggt=high", "--format", "csv"), "--if goes with --format text, md, json"),
        (("--if", "ggt=tall"), "neither"),
        (("--if", "ferritin=high"), "ferritin"),
        (("--if", "bone pain=perhaps"), "bone pain=perhaps"),
    ],
)
def test_a_supposition_that_cannot_be_read_is_refused(options: tuple[str, ...], words: str) -> None:
    """What cannot be supposed is a usage error that names it."""
    result = CliRunner().invoke(main, [*TYPED, *options])

    assert result.exit_code == 2
    assert words in result.output


@pytest.mark.parametrize("fact", ["age=10", "pregnancy"])
def test_a_supposition_out_of_scope_opens_with_it(
    knowledge: KnowledgeGraph, lexicon: Lexicon, fact: str
) -> None:
    """No cause is judged then: not for want of a statement, and nothing has become known."""
    found = supposed(knowledge, lexicon, FLAGSHIP, fact)
    said = render_supposition(found, "text")

    assert said.index("SCOPE") < said.index("VERDICTS THAT CHANGE")
    assert "→ not judged" in said
    assert "no statement lists it" not in said
    assert "NO LONGER MISSING" not in said
