"""Review as data: a sheet for clinicians, its way back, and what answers say of it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from built import edited_ontology
from click.testing import CliRunner, Result
from small import small_case, small_graph

from kg.answer.ask import ask
from kg.answer.reviewed import review_standing
from kg.cli import main
from kg.compile.reviews import compile_reviews
from kg.curate.review import COLUMNS, Reviewable, import_sheet, read_orcid, read_reviewables
from kg.model import resources
from kg.model.errors import UsageError
from kg.model.tables import Reviews
from kg.model.vocabulary import BASE, PREFIXES

SOMEBODY = "0000-0002-1825-0097"
SOMEBODY_ELSE = "0000-0001-5109-3700"
DAY = "2026-11-01"
LIVER = "liver-in-hepatobiliary-system"


@pytest.fixture
def ontology(tmp_path: Path) -> Path:
    """A copy of the ontology that may be written to."""
    return edited_ontology(tmp_path, {})


def sheet(*rows: Mapping[str, str]) -> str:
    """A filled-in sheet with these lines."""
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


@cache
def own() -> dict[str, Reviewable]:
    """What there is to judge in the ontology of the project, of which tests take copies."""
    return {each.id: each for each in read_reviewables(resources.ontology_dir())}


def line(name: str = LIVER, **said: str) -> dict[str, str]:
    """A line of the sheet about one thing, filled in."""
    filled = {"decision": "accepted", "reviewer": SOMEBODY, "date": DAY, **said}
    return {"id": name, "says": own()[name].says, **filled}


def item(folder: Path, name: str = LIVER) -> Reviewable:
    """One thing to judge."""
    return next(each for each in read_reviewables(folder) if each.id == name)


def take_over(folder: Path, text: str) -> Result:
    """Import a sheet as a curator types it."""
    args = ["review", "import", "-", "--ontology", str(folder)]
    return CliRunner().invoke(main, args, input=text)


# ── The sheet ───────────────────────────────────────────────────────────────────────────────


def test_every_rule_and_every_background_statement_is_on_the_sheet() -> None:
    """Each axiom with evidence, and each background statement, is a line with its evidence."""
    result = CliRunner().invoke(main, ["report", "review", "--format", "csv"])
    rows = [*csv.DictReader(io.StringIO(result.stdout))]
    background = [each for each in rows if each["kind"] == "background"]
    text = (resources.ontology_dir() / "statements" / "background.ttl").read_text("utf-8")

    assert len(background) == text.count(" a eg:BackgroundStatement")
    assert all(each["rests on"] for each in rows if each["kind"] == "rule")
    assert all(each["says"] and not each["decision"] for each in rows)


def test_only_this_report_is_a_sheet() -> None:
    """Another report as csv is refused, with the forms that it has."""
    result = CliRunner().invoke(main, ["report", "terms", "--format", "csv"])

    assert result.exit_code == 2
    assert "text, md, json" in result.output


# ── The way back ────────────────────────────────────────────────────────────────────────────


def test_a_decision_comes_back(ontology: Path) -> None:
    """A filled-in line is a review in the ontology, and `kg report review` shows it."""
    done = take_over(ontology, sheet(line(comment='as "agreed"')))
    (found,) = item(ontology).reviews

    assert (done.exit_code, "1 new review" in done.output) == (0, True)
    assert (found.decision, found.date, found.comment) == ("accepted", DAY, 'as "agreed"')
    assert found.reviewer == f"https://orcid.org/{SOMEBODY}"
    assert not found.outdated


def test_a_rule_can_be_judged(ontology: Path) -> None:
    """What is true of background is true of rules: they are named by their axiom."""
    rule = next(each for each in own().values() if each.kind == "rule")
    take_over(ontology, sheet(line(rule.id, decision="to be changed")))

    assert [each.decision for each in item(ontology, rule.id).reviews] == ["to-be-changed"]


def test_what_is_written_is_clean(ontology: Path) -> None:
    """The sources with a review in them have no error."""
    from kg.curate.verify import verify_sources
    from kg.model.rdf import read_sources

    take_over(ontology, sheet(line()))
    report = verify_sources(read_sources(ontology), ontology, None)

    assert report.passes
    assert not [each for each in report.findings if "review" in str(each)]


def test_twice_is_once(ontology: Path) -> None:
    """Reading the same sheet again changes no byte."""
    text = sheet(line())
    take_over(ontology, text)
    once = (ontology / "reviews.ttl").read_bytes()
    again = take_over(ontology, text)

    assert "0 new reviews" in again.output
    assert (ontology / "reviews.ttl").read_bytes() == once


def test_a_line_without_a_decision_is_no_review(ontology: Path) -> None:
    """What a reviewer left empty is left alone."""
    done = take_over(ontology, sheet(line(decision="")))

    assert "0 new reviews" in done.output


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"decision": "fine"}, "accepted, rejected, to-be-changed"),
        ({"reviewer": "Dr. Who"}, "no ORCID iD"),
        ({"reviewer": "0000-0002-1825-0098"}, "check digit"),
        ({"date": "yesterday"}, "YYYY-MM-DD"),
        ({"date": "2999-01-01"}, "still to come"),
        ({"id": "nothing"}, "nothing to judge"),
        ({"says": "the liver is a bone"}, "says something else since"),
    ],
)
def test_a_bad_line_takes_nothing_over(ontology: Path, said: dict[str, str], told: str) -> None:
    """A line that cannot be taken is named, and the good lines are not taken over either."""
    good = line("bone-in-skeletal-system")
    before = (ontology / "reviews.ttl").read_bytes()
    done = take_over(ontology, sheet(good, {**line(), **said}))

    assert done.exit_code == 2
    assert "line 3" in done.output
    assert told in done.output
    assert (ontology / "reviews.ttl").read_bytes() == before


def test_another_table_is_refused(ontology: Path) -> None:
    """A table that is no sheet is refused with the columns that it lacks."""
    with pytest.raises(UsageError, match="no column decision, says"):
        import_sheet(ontology, "id,name\n1,x\n")


def test_the_check_digit_of_orcid() -> None:
    """ISO 7064 MOD 11-2, with X for ten (support.orcid.org, structure of the identifier)."""
    assert read_orcid("https://orcid.org/0000-0002-1694-233X").endswith("-233X")


def test_a_review_of_an_older_wording_counts_for_nothing(ontology: Path) -> None:
    """When the text changes, the review stays to be seen and is told as outdated."""
    take_over(ontology, sheet(line()))
    path = ontology / "statements" / "background.ttl"
    path.write_text(path.read_text("utf-8").replace(item(ontology).says, "the liver is one"))
    shown = [each.outdated for each in item(ontology).reviews]

    assert shown == [True]


# ── What answers say ────────────────────────────────────────────────────────────────────────

RULE = f"{BASE}axiom/0123456789abcdef"
HERE = f"{PREFIXES['bg']}here"


def decided(*reviews: tuple[str, str, str]) -> Reviews:
    """What is known of reviews: of what, by whom, and the decision, in the order of dates."""
    rows = [dict(zip(("what", "reviewer", "decision"), each, strict=True)) for each in reviews]
    return compile_reviews([{"source": "s", "target": "t", "axiom": RULE}], rows)


def test_the_last_word_of_a_person_counts() -> None:
    """Who rejected it first and accepted it later has accepted it."""
    found = decided((RULE, SOMEBODY, "rejected"), (RULE, SOMEBODY, "accepted"))

    assert found.accepted == {"axiom/0123456789abcdef": True}
    assert found.of("t", "s") == ("axiom/0123456789abcdef",)


def test_one_objection_is_enough() -> None:
    """What one accepts and another does not is objected to."""
    found = decided((HERE, SOMEBODY, "accepted"), (HERE, SOMEBODY_ELSE, "to be changed"))

    assert found.accepted == {"here": False}


def test_an_answer_says_that_nothing_was_reviewed() -> None:
    """None is a fine truth: the counts are there, and they are 0."""
    args = ["ask", "--has", "multiple myeloma", "--lab", "alp=high", "--format", "json"]
    said = json.loads(CliRunner().invoke(main, args).stdout)["review"]

    assert said["rules"] > 0
    assert (said["accepted"], said["objected"]) == (0, 0)


def test_an_answer_counts_what_it_rests_on() -> None:
    """Of the small graph: what lists each cause, and of those what was accepted or not."""
    graph = small_graph()
    answer, reviews = ask(graph, small_case(graph)), graph.model.tables.reviews
    stone, strain = (
        reviews.of(answer.finding.iri, each.iri)
        for each in answer.causes
        if each.label in {"stone", "strain"}
    )
    accepted = Reviews(
        reviews.rests, {**dict.fromkeys(stone, True), **dict.fromkeys(strain, False)}
    )
    counted = review_standing(answer, accepted, frozenset())

    assert (answer.review.rules, len(stone), len(strain)) == (2, 1, 1)
    assert (counted.rules, counted.accepted, counted.objected) == (2, 1, 1)
