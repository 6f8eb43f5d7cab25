"""The file of an article is read as text, whole, and what is wrong is said with its line."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from article_files import read_changed, small_words
from click.testing import CliRunner

from kg.articles.article import lines_of
from kg.articles.places import Place, parse_places, read_length, write_places
from kg.articles.schema import json_schema
from kg.articles.source import Written
from kg.cli import main
from kg.model.errors import SourceSyntaxError
from kg.model.vocabulary import EG, eg, english, expand


def test_a_record_has_its_defaults_and_its_own_words(tmp_path: Path) -> None:
    """What a group or the ontology says of every record holds unless the record says otherwise."""
    first, second = read_changed(tmp_path).statements

    assert (first.id, first.kind, first.line) == ("C001", "CauseStatement", 3)
    assert first.values == {
        "subject": (EG.Inflammation,),
        "predicate": (EG.causes,),
        "object": (eg("raised-ferritin"),),
        "context": (EG.Case,),
        "polarity": (EG.affirmed,),
        "modality": (eg("modality-asserts"),),
        "notStated": (english("population"),),
    }
    assert second.values["modality"] == (eg("modality-may"),)
    assert second.values["notStated"] == (english("population"), english("size"))
    assert second.values["restates"] == (expand("st:C001"),)
    assert second.values["tissue"] == (expand("obo:UBERON_1"),)


def test_none_takes_a_default_away(tmp_path: Path) -> None:
    """A record can be without what its group gives to the others."""
    article = read_changed(tmp_path, ("[population, size]", "none"))

    assert "notStated" not in list(article.statements)[1].values
    assert article.findings == ()


def test_no_word_means_yes_or_no(tmp_path: Path) -> None:
    """What YAML 1.1 takes for truth values, dates or numbers is text."""
    article = read_changed(tmp_path, ("C001: inflammation raises ferritin", "C001: no"))

    assert next(article.statements).words == "no"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("      says: {line: 3", "      sayz: {line: 3", ":18:9: `sayz` is not known here"),
        ("C001: inflammation raises ferritin", "C001:", ":17:14: `C001` is empty"),
        ("line: 3", "line: 3, line: 3", ":18:25: `line` stands on line 18 already"),
        ("C002:", "002:", ":19:9: a record begins with its id and what it says"),
        ("1-2, 5:", "first:", ":12:3: wanted a line, or lines as 5-8 or 5, 7."),
        (
            "set aside:",
            "citations:\n  1: {reference: R1}\nset aside:",
            "Did you mean inferred reference or rejected reference?",
        ),
        ("1-2, 5:", "1 2:", ":12:3: wanted a line, or lines as 5-8 or 5, 7."),
        ("1-2, 5:", "1-3000000:", ":12:3: wanted a line, or lines as 5-8 or 5, 7."),
        ("id: C", "id: C\n  last updated: 2025-99-99", ":3:17: wanted a date as YYYY-MM-DD."),
        ("inflammation raises ferritin", "inflammation raises: it", "no YAML: mapping values are"),
        ("C001: inflammation", "C001: !!int inflammation", ":17:15: the tag"),
        ("id: C", "id: C 1", ":2:7: wanted the name of the document, letters only."),
        ("short title: raised ferritin\n  ", "", ":1:1: `short title` is missing."),
    ],
)
def test_what_has_not_the_shape_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    """A file of another shape is not read, and the message says where and what was wanted."""
    with pytest.raises(SourceSyntaxError) as refused:
        read_changed(tmp_path, (old, new))

    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        (
            "line: 3, subject: Inflammation",
            "line: 3, subject: Inflamation",
            18,
            "Did you mean Infl",
        ),
        ("line: 3, subject: Inflammation,", "line: 3,", 18, "C001 has no subject"),
        ("modality: may", "modality: might", 21, "'might' is no modality value. Wanted one of"),
        ("line: 4", "kind: Guess, line: 4", 20, "Wanted one of Cause, Caveat."),
        ("context: Case", "context: Inflammation", 15, "'Inflammation' is no kind of case"),
        ("line: 3", "line: three", 18, "C001 names no line"),
        ("restates: C001", "restates: the first", 21, "is no name of a statement"),
        ("study size: 12", "study size: a dozen", 21, "'a dozen' is not a number"),
        ("study size: 12", "size of study: 12", 21, "Wanted one of line, subject, predicate"),
        ("study size: 12", "flagged: yes", 21, "'yes' is not true"),
        ("obo:UBERON_1", "eg:Inflammation", 22, "Unknown term 'eg:Inflammation'"),
        ("line: 4", "line: 5", 20, "Line 5 is set aside, and C002 stands on it"),
        ("line: 4", "line: 7", 20, "Line 7 has no place yet. Run `kg source fill C`"),
        ("C002:", "D002:", 19, "D002 is no name of a statement of document C"),
        ("1-2, 5:", "2-1, 5:", 12, "2-1, 5 runs backwards. Turn it round."),
        ("1-2, 5:", "2-1, 5-6:", 12, "2-1, 5-6 runs backwards. Turn it round."),
        ("1-2, 5:", "1-2, 2, 5:", 12, "1-2, 2, 5 runs backwards. Turn it round."),
        ("1-2, 5:", "1: aside\n  1-2, 5:", 13, "1-2, 5 names 1, as a key before it does"),
    ],
)
def test_a_word_that_cannot_be_looked_up_is_found(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    """No word is dropped in silence: each makes a finding with its line and a remedy."""
    article = read_changed(tmp_path, (old, new))

    (found,) = article.findings
    assert said in found.message
    assert found.place == f"{tmp_path}/C.yaml:{line}"


def test_lines_are_named_alone_or_together() -> None:
    """The key of lines set aside is a line, some lines, or the first and the last of a run."""
    assert lines_of("5") == (5,)
    assert lines_of("5-7, 9") == (5, 6, 7, 9)
    assert lines_of("5–6") == (5, 6)  # noqa: RUF001


def test_places_come_back_as_they_were_written() -> None:
    """The table of places is read as it is written, line by line."""
    digest = "ni:///sha-256;jaiiMcTbywFwmyGjMIGL23qbXbxPu1nY1aeaIomekIM"
    places = [Place(9, "1.1", "0", 5, 9, digest, (2, 1)), Place(3, "0", "0.1", 0, 4, digest)]

    text = write_places(places, "C")

    assert list(parse_places(text, Path("C.places.tsv")).values()) == places[::-1]


def test_a_table_knows_how_long_its_text_is(tmp_path: Path) -> None:
    """A line set aside after the last one is an error, without the text."""
    (path := tmp_path / "C.places.tsv").write_text(write_places([], "C", length=4), "utf-8")
    assert read_length(path) == 4

    article = read_changed(tmp_path, length=4)

    assert "Line 5 is beyond the text, which has 4 lines" in article.findings[0].message
    assert article.findings[0].place.endswith("C.yaml:12")


def test_lines_set_aside_backwards_are_lines_all_the_same(tmp_path: Path) -> None:
    """A run that is written the wrong way round hides no statement on its lines, with any text."""
    found = read_changed(tmp_path, ("1-2, 5:", "9-4:"), length=4).findings

    assert [each.message.partition(".")[0] for each in found] == [
        "9-4 runs backwards",
        "Line 4 is set aside, and C002 stands on it",
        "Line 9 is beyond the text, which has 4 lines",
    ]


def test_a_file_has_the_name_of_its_document(tmp_path: Path) -> None:
    """Two files of one document would overwrite each other's Turtle."""
    found = read_changed(tmp_path, ("id: C", "id: D")).findings

    assert "C.yaml is the file of another document than D" in str(found[0])


@pytest.mark.parametrize("row", ["3\t1\t1\t20\t10\tni:x\t", "3\t1", "three\t1\t1\t0\t1\tni:x\t"])
def test_a_row_that_is_no_place_is_refused(row: str) -> None:
    """A table that was edited by hand is refused with its line."""
    with pytest.raises(SourceSyntaxError, match=r"C.places.tsv:1: wanted line, section"):
        parse_places(row, Path("C.places.tsv"))


def test_the_schema_takes_what_the_reader_takes(tmp_path: Path) -> None:
    """The JSON Schema for editors accepts the file, and refuses what the reader refuses."""
    validator = jsonschema.Draft202012Validator(json_schema(small_words()))
    right = read_changed(tmp_path).written
    wrong = Written.parse(
        right.path.read_bytes().replace(b"modality: may", b"modality: might"), right.path
    )

    assert [each.message for each in validator.iter_errors(_typed(right.value))] == []
    assert [each.absolute_path[-1] for each in validator.iter_errors(_typed(wrong.value))] == [
        "modality"
    ]


def _typed(value: object) -> object:
    """Values as an editor reads them: digits are a number."""
    if isinstance(value, dict):
        return {name: _typed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_typed(each) for each in value]
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def test_the_schema_of_the_shipped_ontology_is_printed() -> None:
    """`kg source schema` prints a JSON Schema whose word lists come from the ontology."""
    result = CliRunner().invoke(main, ["source", "schema"])

    schema = json.loads(result.output)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "causes" in schema["$defs"]["predicate"]["enum"]
    assert "increases" not in schema["$defs"]["predicate"]["enum"], "it is retired"
    assert "MyelomaCase" in schema["$defs"]["Case words"]["enum"]
    assert "rare" in schema["$defs"]["Frequency words"]["enum"]
