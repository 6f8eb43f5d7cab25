"""Claims of others: what says more than a statement is told as what it is, and nothing else is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from claims import Claim, Material
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from kg.audit import (
    Audit,
    Checked,
    Evidence,
    Verdict,
    check_claims,
    check_text,
    read_claims,
)
from kg.audit import model as audit_model
from kg.audit.articles import audit_articles
from kg.audit.compare import departures
from kg.audit.evidence import evidence_of
from kg.audit.model import ClaimError
from kg.cli import main
from kg.library import Graph
from kg.model.terms import Kind
from kg.model.vocabulary import EG, eg
from kg.show.data import schema_text, to_data
from kg.store.knowledge import KnowledgeGraph

ONE = {"subject": "osteoporosis", "relation": "causes", "object": "raised ALP", "strength": "can"}


@pytest.fixture(name="evidence", scope="module")
def _evidence(knowledge: KnowledgeGraph) -> Evidence:
    return evidence_of(knowledge)


@pytest.fixture(name="material", scope="module")
def _material(knowledge: KnowledgeGraph) -> Material:
    return Material(knowledge.store)


def checked(evidence: Evidence, **claim: Any) -> Checked:  # noqa: ANN401 - plain values
    """What is said of one claim."""
    (found,) = check_claims(evidence, read_claims([claim])).checked
    return found


def test_no_faithful_claim_is_refused(evidence: Evidence, material: Material) -> None:
    """What a statement says is supported by that statement, with its IRIs and with its labels."""
    for statement in material.said:
        claim = material.faithful(statement)
        named = {end: evidence.terms.label(claim[end]) for end in ("subject", "object")}
        for given in (claim, {**claim, **named}, {**claim, "cites": []}):
            found = checked(evidence, **given)
            assert found.verdict is Verdict.SUPPORTED, (statement, found.departures)
            assert statement in found.statements


@pytest.mark.slow
def test_distortions_are_named(evidence: Evidence, material: Material) -> None:
    """At least 900 distortions of at least eight kinds: 99 of 100 are told as what they are."""
    made = list(material.distortions())
    found = check_claims(evidence, read_claims([each.claim for each in made])).checked
    kinds = Counter(each.kind for each in made)
    missed = [
        (each.kind, each.statement, told.verdicts)
        for each, told in zip(made, found, strict=True)
        if each.wanted not in told.verdicts
    ]
    passed = [told for told in found if told.verdict is Verdict.SUPPORTED]

    assert len(made) >= 900
    assert len(kinds) >= 8
    assert len({each.statement for each in made}) == len(material.said)
    assert len(missed) <= len(made) // 100, missed
    assert not passed, "what says more than every statement is never supported"


def foreign(evidence: Evidence) -> Iterator[Claim]:
    """Claims of conditions and drugs that no statement speaks of, nor of a kind of them."""
    spoken, above = set(evidence.by_end), evidence.terms.above
    wider = {each for end in spoken for each in above.get(end, ())}
    for entry in evidence.terms.lexicon.entries.values():
        term = str(entry.iri)
        apart = term not in wider and spoken.isdisjoint({term, *above.get(term, ())})
        if apart and entry.kind in (Kind.CONDITION, Kind.DRUG):
            yield from (
                {"subject": term, "relation": relation, "object": end}
                for relation, end in product(("causes", "associated with"), sorted(spoken)[::9])
            )


def test_foreign_claims_are_not_covered(evidence: Evidence) -> None:
    """What no statement speaks of is not covered: neither supported nor contradicted."""
    unknown = [
        {"subject": f"{what} {thing}", "relation": "causes", "object": "raised ALP"}
        for what, thing in product(("Wilson", "cat scratch", "brown tumour", "copper"), "ABCDE" * 8)
    ]
    claims = [*foreign(evidence), *unknown]
    found = check_claims(evidence, read_claims(claims)).checked

    assert len(claims) >= 200
    assert {each.verdicts for each in found} == {(Verdict.NOT_COVERED,)}


SPOKEN: dict[str, tuple[dict[str, Any], set[Verdict] | None]] = {
    "outright": ({**ONE, "strength": ""}, {Verdict.HARDENED}),
    "a kind of a drug that all are": (
        {"subject": "hypophosphatasia", "relation": "contraindicates", "object": "alendronate"},
        {Verdict.SUPPORTED},
    ),
    "advice for what is contraindicated": (
        {
            "subject": "hypophosphatasia", "relation": "should be managed by",
            "object": "alendronate",
        },
        {Verdict.POLARITY},
    ),
    "the other way round": (
        {"subject": "osteoporosis", "relation": "causes", "object": "markedly raised ALP"},
        {Verdict.POLARITY},
    ),
    "two departures": (
        {
            "subject": "early ALP rise on bortezomib", "relation": "causes",
            "object": "eg:very-good-partial-response",
        },
        {Verdict.HARDENED, Verdict.SCOPE},
    ),
    "a source that says something else": ({**ONE, "cites": "A001"}, {Verdict.CITES}),
    "a document that says it": ({**ONE, "cites": "B"}, {Verdict.SUPPORTED}),
    "a document that does not": ({**ONE, "cites": "A"}, {Verdict.CITES}),
    "a number that its sentence prints": ({**ONE, "cites": "B [1]"}, {Verdict.SUPPORTED}),
    "a source that nobody knows": ({**ONE, "cites": ["B001", "10.1000/1"]}, {Verdict.CITES}),
    "of whom, in parts": (
        {
            "subject": "alendronate", "relation": "affects", "object": "bone ALP",
            "population": ["osteoporosis", "postmenopausal"], "direction": "decreased",
            "cites": "B033",
        },
        {Verdict.SUPPORTED},
    ),
    "of whom, in a name that says all": (
        {
            "subject": "alendronate", "relation": "affects", "object": "bone ALP",
            "population": "postmenopausal osteoporosis", "direction": "decreased", "cites": "B033",
        },
        {Verdict.SUPPORTED},
    ),
    "of nobody whom the graph can tell": (
        {**ONE, "population": "children"}, {Verdict.NOT_COVERED},
    ),
    "of people named by no part of them": (
        {"subject": "raised ALP", "relation": "has frequency in", "object": "multiple myeloma",
         "frequency": "uncommon", "population": "specialist referral"},
        {Verdict.NOT_COVERED},
    ),
    "what is preferred to something else": (
        {"subject": "raised ALP", "relation": "correlates with", "object": "disorder of the liver",
         "strength": "may", "population": ["osteoporosis", "postmenopausal"]},
        {Verdict.POLARITY},
    ),
    "a drug with the name of a test": (
        {"subject": "mildly raised ALP", "relation": "should be evaluated by",
         "object": "vitamin D3", "population": "case of postmenopausal osteoporosis"},
        {Verdict.NOT_COVERED},
    ),
    "a possibility denied where the thing is": (
        {**ONE, "polarity": "denied", "strength": "can", "cites": "B006"}, {Verdict.HARDENED},
    ),
    "a second source that does not say it": ({**ONE, "cites": ["B001", "A001"]}, {Verdict.CITES}),
    "more firmly advised": (
        {"subject": "raised ALP", "relation": "should be evaluated by",
         "object": "search for another or a coexisting cause", "strength": "requires",
         "population": "multiple myeloma"},
        {Verdict.HARDENED},
    ),
    "beside something that nobody compared with": (
        {"subject": "alendronate", "relation": "affects", "object": "bone ALP",
         "direction": "decreased", "comparator": "risedronate",
         "population": "postmenopausal osteoporosis"},
        {Verdict.HARDENED},
    ),
    "where the sentence limits it in words alone": (
        {"subject": "bone mass", "relation": "correlates with", "object": "ALP",
         "correlation": "negative correlation", "population": "osteoporosis", "cites": "B022"},
        {Verdict.SCOPE},
    ),
    "denied of other people": (
        {"subject": "hepatic amyloidosis", "relation": "causes", "object": "raised ALP",
         "polarity": "denied", "population": "osteoporosis"},
        {Verdict.NOT_COVERED},
    ),
    "a form with two readings": ({**ONE, "subject": "MM"}, None),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOKEN)
def test_claims_in_words(evidence: Evidence, name: str) -> None:
    """Claims as people write them."""
    claim, wanted = SPOKEN[name]
    found = checked(evidence, **claim)

    if wanted is None:
        assert found.verdicts == (Verdict.NOT_COVERED,)
        assert "more than one reading" in found.departures[0].reason
    else:
        assert wanted <= set(found.verdicts)


def test_what_says_otherwise_stands_beside(evidence: Evidence) -> None:
    """A claim that is supported and denied is supported, and who denies it is told."""
    found = checked(evidence, **ONE)

    denied = [
        each.id
        for each in evidence.statements
        if each.content.opposed and each.content.predicate == str(EG.causes)
        and each.content.object & {str(eg("raised-serum-alp"))}
        and each.content.subject & {str(EG.Osteoporosis)}
    ]  # fmt: skip
    assert found.verdict is Verdict.SUPPORTED
    assert list(found.against) == denied != []


REFUSED: dict[str, tuple[object, str]] = {
    "no list": ({"claims": 3}, "claims: a number; wanted a list, such as"),
    "another object": ({"claim": [ONE]}, "claims: claim; wanted an object such as"),
    "another key": (
        [{**ONE, "strenght": "may"}],
        "claims[0]: the key 'strenght'; wanted keys among",
    ),
    "no object": ([{"subject": "x", "relation": "causes"}], "missing required field `object`"),
    "an empty end": ([{**ONE, "object": " "}], "claims[0].object: nothing; wanted the name"),
    "no relation": ([ONE, {**ONE, "relation": "zaps"}], "claims[1].relation: 'zaps'; wanted"),
    "no modality": ([{**ONE, "strength": "surely"}], "claims[0].strength: 'surely'; want"),
    "a word of advice for a cause": (
        [{**ONE, "strength": "should"}],
        "claims[0].strength: 'should'; wanted one of: asserts, can, confirms,",
    ),
    "a word that excludes what is argued for": (
        [
            {
                "subject": "raised GGT",
                "relation": "argues for",
                "object": "hepatobiliary origin",
                "strength": "excludes",
            }
        ],
        "claims[0].strength: 'excludes'; wanted",
    ),
    "no polarity": ([{**ONE, "polarity": "no"}], "claims[0].polarity: 'no'; wanted one"),
    "no number": (
        [{**ONE, "numbers": {"value": "many"}}],
        "numbers[0].value: 'many'; wanted a num",
    ),
    "truth": ([{**ONE, "numbers": {"value": True}}], "numbers[0].value: Expected `str`, got"),
    "no comparator": (
        [{**ONE, "numbers": {"value": 1, "comparator": "<<"}}],
        "'<<'; wanted one of: =, <",
    ),
    "a range without a number": (
        [{**ONE, "numbers": {"value": 1, "comparator": "within"}}],
        "claims[0].numbers[0].comparator: 'within'; wanted one of: =, <, <=, >, >=, ~",
    ),
    "no text": ([{**ONE, "subject": 3}], "claims[0].subject: Expected `str`, got `int`; wanted"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_unreadable_claims(evidence: Evidence, name: str) -> None:
    """What cannot be read is told with its place, what was found and what is wanted."""
    document, wanted = REFUSED[name]
    with pytest.raises(ClaimError) as caught:
        check_claims(evidence, read_claims(document))
    assert wanted in caught.value.message
    place, _, _ = caught.value.message.partition(": ")
    assert caught.value.without_what_was_found.startswith(f"{place}: wanted ")


def test_the_schema_says_what_is_read(material: Material) -> None:
    """The published schema has the fields of a claim and of a figure, and takes every claim."""
    schema = json.loads(schema_text("claims"))
    claim, figure = (schema["$defs"][name]["properties"] for name in ("claim", "figure"))

    assert tuple(claim) == audit_model.Claim.__struct_fields__
    assert tuple(figure) == audit_model.Figure.__struct_fields__
    document = {"claims": [material.faithful(each) for each in material.said]}
    Draft202012Validator(schema).validate(document)


SENTENCES = {
    "Osteoporosis can raise ALP.": "supported",
    "- **Osteoporosis** raises ALP [B001].": "hardened",
    "Osteoporosis can raise ALP [A001]": "cites what does not say it",
    "Vitamin D deficiency causes raised ALP in patients with multiple myeloma.": "supported",
    "In patients with multiple myeloma, bortezomib is a cause of raised ALP.": "supported",
    "Hepatic amyloidosis is a cause of raised ALP.": "scope lost",
    "Raised ALP is common in multiple myeloma.": "contradicted",
    "Leukocyte ALP correlates with disease activity in multiple myeloma.": "polarity flipped",
    "A normal GGT confirms bone origin.": "hardened",
    "Bisphosphonates are contraindicated in hypophosphatasia.": "supported",
    "Alendronate 10 mg/day lowers bone ALP by about 50 % within 6 to 12 months.": "supported",
    "Alendronate 10 mg/day lowers bone ALP by about 50 %.": "scope lost",
    "Alendronate lowers bone ALP by about 50 % within 6 to 12 months.": "scope lost",
    "Alendronate lowers bone ALP by about 80 % within 6 to 12 months.": "number changed",
    "Healing fracture of a long bone presents with raised bone ALP.": "hardened",
    "Raised ALP is not common in multiple myeloma.": "supported",
    "Raised ALP is not uncommon in multiple myeloma.": "polarity flipped",
    "Raised ALP is not rare in myeloma bone disease.": "not covered",
    "A normal GGT does not confirm bone origin.": "not covered",
    "A normal GGT does not suggest bone origin.": "polarity flipped",
    "Osteoporosis should raise ALP.": "'should' does not go with 'causes'",
    "Osteoporosis must cause raised ALP.": "'requires' does not go with 'causes'",
    "ALP increases with age in postmenopausal women.": "supported",
    "Hypophosphatasia causes raised ALP.": "not covered",
    "In children, osteoporosis can raise ALP.": "words that are not read: children",
    "Osteoporosis without fracture can raise ALP.": "words that are not read: without",
    "Osteoporosis, osteomalacia cause raised ALP.": "more than its relation takes: Osteoporosis",
    "Raised ALP causes and predicts death.": "words that are not read: and",
    "Raised ALP causes osteoporosis which causes death.": "words that are not read: which",
    "MM causes raised ALP.": "more than one reading",
    "Osteoporosis and ALP.": "words that are not read: and",
    "Osteoporosis in multiple myeloma": "no relation of statements",
    "CKD mineral bone disorder less likely causes raised ALP.": "words that are not read: less",
    "Osteoporosis does not raise ALP.": "supported",
    "Osteoporosis raises ALP, not in multiple myeloma.": "not of its relation alone",
    "Osteoporosis not in multiple myeloma raises ALP.": "may be of another word",
    "Osteomalacia is a form of osteoporosis, no": "not of its relation alone",
    "Osteoporosis cannot raise ALP.": "words that are not read: cannot",
    "Osteoporosis could not raise ALP.": "may be of another word",
    "Osteoporosis may not raise ALP.": "may be of another word",
    "Osteoporosis never raises ALP.": "words that are not read: never",
    "Alendronate lowers bone ALP by not more than 50 %.": "not of its relation alone",
    "Healing fracture of a long bone presents with raised bone ALP in 94 %": "supported",
    "Healing fracture of a long bone presents with raised bone ALP in < 94 %": "number changed",
    "Healing fracture of a long bone presents with raised bone ALP in > 94 %": "number changed",
    "Healing fracture of a long bone presents with raised bone ALP in ± 94 %": "not read: ±",
    "Healing fracture of a long bone presents with raised bone ALP in -94 %": "not read: 94",
    "Can osteoporosis raise ALP?": "it is a question",
    "[B001] Osteoporosis can raise ALP.": "supported",
    "osteoporosis " * 1500 + "causes raised ALP": "more than 1000 characters",
    "osteoporosis " * 70 + "causes raised ALP": "more than its relation takes",
    "Raised ALP is uncommon in smouldering myeloma.": "words that are not read",
    "Vitamin D deficiency is a common cause of raised bone ALP.": "supported",
    "Vitamin D deficiency is a cause of raised bone ALP.": "supported",
    "Vitamin D deficiency is a common cause of raised ALP.": "other analyte",
    "Vitamin D deficiency is a rare cause of raised bone ALP.": "contradicted",
    "Vitamin D deficiency is not a common cause of raised bone ALP.": "polarity flipped",
    "Vitamin D deficiency commonly causes raised bone ALP.": "number changed",
    "Vitamin D deficiency is a common cause of raised ALP in multiple myeloma.": "hardened",
    "Vitamin D deficiency is the most common cause of raised bone ALP.": "not read: most",
    "Bortezomib is a known cause of raised ALP in multiple myeloma.": "supported",
    "Bortezomib is a possible cause of raised ALP in multiple myeloma.": "supported",
    "Bortezomib is a possible cause of raised ALP.": "scope lost",
    "Bortezomib is a cause of raised ALP in possible multiple myeloma.": "not read: possible",
    "Bortezomib is not a known cause of raised ALP.": "words that are not read: known",
    "ALP increases with age in women.": "scope lost",
    "ALP increases with age in men.": "scope lost",
    "Osteoporosis can raise ALP in women (B001).": "supported",
    "Raised ALP is uncommon in women.": "not covered",
    "In female patients, osteoporosis causes raised ALP.": "polarity flipped",
    "Osteoporosis can raise ALP in girls.": "words that are not read: girls",
    "Osteoporosis can raise ALP (B001, B002).": "cites what does not say it",
    "Osteoporosis can raise ALP (B001; B002).": "cites what does not say it",
    "Osteoporosis can raise ALP (B999).": "cites what does not say it",
    "Osteoporosis can raise ALP (CA125).": "words that are not read: 125",
    "Osteoporosis can raise ALP (mildly).": "words that are not read: mildly",
    "Osteoporosis can raise ALP (B001, mildly).": "words that are not read: B, 001, mildly",
}
"""Sentences as others write them, with the verdict, or with why they are not read."""


@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences(evidence: Evidence, sentence: str) -> None:
    """A sentence is read whole and checked, or named with what was not read of it."""
    audit = check_text(evidence, sentence)
    told = [*(each.verdict for each in audit.checked), *(each.reason for each in audit.unread)]

    assert len(told) == 1
    assert SENTENCES[sentence] in told[0]
    assert audit.passes == (told == ["supported"])


def test_labels_of_statements_are_read_right_or_not_at_all(evidence: Evidence) -> None:
    """The label of a statement that can be read is supported, or leaves out whom it speaks of."""
    audit = check_text(evidence, "\n".join(each.text for each in evidence.statements))
    verdicts = Counter(each.verdict for each in audit.checked)

    assert len(audit.checked) + len(audit.unread) == len(evidence.statements)
    assert verdicts[Verdict.SUPPORTED] >= len(audit.checked) * 0.8 >= 12
    assert set(verdicts) <= {Verdict.SUPPORTED, Verdict.SCOPE}


@pytest.mark.slow
def test_three_doors_say_the_same(knowledge: KnowledgeGraph) -> None:
    """The command line, Python and the schema of what is printed agree."""
    given = {"claims": [ONE, {**ONE, "strength": "confirms"}]}
    audit: Audit = Graph(knowledge).check(given)
    run = CliRunner().invoke(main, ["check", "-", "--format", "json"], input=json.dumps(given))
    text = CliRunner().invoke(main, ["check", "-"], input=json.dumps(given))

    assert run.exit_code == text.exit_code == 1
    assert json.loads(run.stdout) == to_data(audit)
    Draft202012Validator(json.loads(schema_text("audit"))).validate(json.loads(run.stdout))
    for each in audit.checked:
        assert f"{', '.join(each.verdicts)}: " in text.stdout
    assert CliRunner().invoke(main, ["check", "-"], input=json.dumps([ONE])).exit_code == 0
    cited = CliRunner().invoke(main, ["check", "-"], input="[B001] Osteoporosis can raise ALP.")
    assert cited.exit_code == 0
    for nothing in ("", "# \n", "[]"):
        assert CliRunner().invoke(main, ["check", "-"], input=nothing).exit_code == 2
    unread = CliRunner().invoke(main, ["check", "-"], input="The moon is blue.")
    assert unread.exit_code == 1
    assert "NOT READ\n  The moon is blue.\n    words that are not read: moon, blue" in unread.stdout


def test_the_published_audit_of_the_articles_is_current(root: Path) -> None:
    """The page is what `kg report hardening --format md` prints."""
    printed = CliRunner().invoke(main, ["report", "hardening", "--format", "md"]).stdout

    assert (root / "docs" / "reference" / "hardening.md").read_text("utf-8") == printed


def test_a_later_statement_that_says_more_is_found(
    knowledge: KnowledgeGraph, evidence: Evidence
) -> None:
    """Each pair goes forwards or is linked; what is said once more, and firmly, departs."""
    found = audit_articles(knowledge.store, evidence)
    lines = [(each.document, each.line, each.other_line) for each in found]

    assert found
    assert all(
        line > other or each.linked for each, (_, line, other) in zip(found, lines, strict=True)
    )
    weak = next(each for each in evidence.statements if each.content.strength == 1)
    hard = replace(weak, id="later", content=replace(weak.content, strength=4))
    told = departures(hard.content, weak, evidence.terms, evidence.analytes)
    assert [each.verdict for each in told or ()] == [Verdict.HARDENED]
