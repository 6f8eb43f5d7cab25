"""Codes of other terminologies are read strictly, and every error names its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.compile.mappings import read_mapping_set, read_mappings, triples
from kg.compile.pipeline import graph_of_each
from kg.model import resources
from kg.model.errors import SourceSyntaxError
from kg.model.rdf import Graph, Triple, labels_of, read_ntriples, read_sources
from kg.model.vocabulary import EG, IRI, OWL, RDF, SKOS, Literal

DEPRECATED = OWL.deprecated
NO_COUNTERPART = EG.noCounterpartBecause

RELATIONS = "relations.sssom.tsv"
HEADER = (
    "#curie_map:\n#  eg: https://w3id.org/etiograph/id/\n#  LOINC: http://loinc.org/\n"
    "#license: https://creativecommons.org/licenses/by/4.0/\n"
)
COLUMNS = "subject_id\tpredicate_id\tobject_id\tobject_label\tmapping_justification\n"
ROW = "eg:X\tskos:exactMatch\tLOINC:1-8\tthe code\tsemapv:ManualMappingCuration\n"

WRONG = {
    "no prefixes": ("#license: x\n" + COLUMNS + ROW, 1, "curie_map"),
    "a header line that is no key": (HEADER + "# just words\n" + COLUMNS + ROW, 5, "key: value"),
    "a key twice": (HEADER + "#license: y\n" + COLUMNS + ROW, 5, "twice"),
    "a prefix that is not ours": (
        "#curie_map:\n#  eg: https://example.org/\n" + COLUMNS + ROW,
        2,
        "stands for",
    ),
    "a prefix without an IRI": ("#curie_map:\n#  LOINC: loinc\n" + COLUMNS + ROW, 2, "absolute"),
    "no columns": (HEADER, 5, "column names"),
    "a missing column": (HEADER + COLUMNS.replace("object_id\t", "") + ROW, 5, "object_id"),
    "a misspelt column": (HEADER + COLUMNS.replace("object_label", "label") + ROW, 5, "not known"),
    "a cell too few": (HEADER + COLUMNS + "eg:X\tskos:exactMatch\n", 6, "found 2 cells"),
    "an unknown relation": (HEADER + COLUMNS + ROW.replace("exact", "same"), 6, "sameMatch"),
    "an unknown prefix": (HEADER + COLUMNS + ROW.replace("LOINC", "LONIC"), 6, "curie_map"),
    "a code without a prefix": (HEADER + COLUMNS + ROW.replace("LOINC:", ""), 6, "prefix"),
    "a mapping twice": (HEADER + COLUMNS + ROW + "\n" + ROW, 8, "twice"),
}


def _written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "loinc.sssom.tsv"
    path.write_text(text, "utf-8")
    return path


def test_a_mapping_becomes_triples(tmp_path: Path) -> None:
    """A code stands in the graph under its IRI, with the code as people write it."""
    found = triples([read_mapping_set(_written(tmp_path, HEADER + COLUMNS + ROW))])

    code = IRI("http://loinc.org/1-8")
    assert Triple(EG.X, SKOS.exactMatch, code) in found
    assert Triple(code, SKOS.notation, Literal("LOINC:1-8")) in found


def test_what_a_code_does_not_stand_for_is_kept(tmp_path: Path) -> None:
    """An exclusion stands in the graph as one, and never as the match that it denies."""
    columns = COLUMNS.replace("object_id", "predicate_modifier\tobject_id")
    row = ROW.replace("LOINC:1-8", "Not\tLOINC:1-8")
    found = triples([read_mapping_set(_written(tmp_path, HEADER + columns + row))])

    relations = {each.predicate for each in found if each.subject == EG.X}
    assert relations == {EG.noMatch}


def test_what_a_code_says_besides_is_kept(tmp_path: Path) -> None:
    """The qualifier of a code stands at the code."""
    columns = COLUMNS.replace("\n", "\tcode_qualifier\n")
    row = ROW.replace("\n", "\tin remission\n")
    found = triples([read_mapping_set(_written(tmp_path, HEADER + columns + row))])

    qualifier = Literal("in remission", RDF.langString, "en")
    assert Triple(IRI("http://loinc.org/1-8"), EG.codeQualifier, qualifier) in found


def test_exact_matches_merge_nothing() -> None:
    """No code means exactly two terms, for exact matches are carried on from one to the next."""
    exact: dict[str, set[IRI]] = {}
    for each in read_mappings(resources.ontology_dir() / "mappings"):
        for mapping in each.mappings:
            if mapping.predicate == SKOS.exactMatch and mapping.found and not mapping.negated:
                exact.setdefault(mapping.code, set()).add(mapping.subject)

    assert [code for code, terms in exact.items() if len(terms) > 1] == []


def test_every_row_is_of_a_term_under_its_label() -> None:
    """A row whose term is not there, or is called otherwise now, would be lost or mislead."""
    folder = resources.ontology_dir()
    sources = read_sources(folder)
    labels = labels_of(sources.quads(graph_of_each(sources)))
    written = {
        (mapping.subject, label)
        for path in (folder / "mappings").glob("*.sssom.tsv")
        for mapping, label in zip(
            read_mapping_set(path).mappings, _subject_labels(path), strict=True
        )
    }

    assert {pair for pair in written if labels.get(pair[0]) != pair[1]} == set()


def _subject_labels(path: Path) -> list[str]:
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [line.split("\t")[1] for line in lines[1:] if line.strip()]


def test_every_prefix_has_a_code_system() -> None:
    """A table whose terminology no record can name would never be read; relations are in none."""
    prefixes = {
        mapping.code.partition(":")[0]
        for each in read_mappings(resources.ontology_dir() / "mappings")
        for mapping in each.mappings
        if mapping.found and each.path.name != RELATIONS
    }
    written = (resources.ontology_dir() / "codes.ttl").read_text("utf-8")

    assert [each for each in prefixes if f'eg:codePrefix "{each}"' not in written] == []


def test_every_predicate_is_mapped_or_says_why() -> None:
    """A predicate of statements has a relation of others, or a reason why there is none."""
    folder = resources.ontology_dir()
    graph = Graph(read_ntriples(read_sources(folder).ntriples(), "the ontology"))
    mapped = {each.subject for each in read_mapping_set(folder / "mappings" / RELATIONS).mappings}
    predicates = {each for each in graph.of_type(EG.Predicate) if not graph.text(each, DEPRECATED)}

    assert len(predicates) == 20
    assert {each for each in predicates if graph.text(each, NO_COUNTERPART)} == predicates - mapped


def test_a_terminology_without_the_term_says_so(tmp_path: Path) -> None:
    """That a terminology has no code is known, and makes no triple."""
    row = ROW.replace("LOINC:1-8\tthe code", "sssom:NoTermFound\t")
    mappings = read_mapping_set(_written(tmp_path, HEADER + COLUMNS + row))

    assert [mapping.found for mapping in mappings.mappings] == [False]
    assert triples([mappings]) == []


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_refused_with_its_line(tmp_path: Path, case: str) -> None:
    """A curator is told the file, the line and what was wanted."""
    text, line, words = WRONG[case]

    with pytest.raises(SourceSyntaxError, match=words) as caught:
        read_mapping_set(_written(tmp_path, text))

    assert caught.value.line == line


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    """Bytes that are no text are an error with the name of the file."""
    path = tmp_path / "x.sssom.tsv"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(SourceSyntaxError, match="not UTF-8"):
        read_mapping_set(path)


def _luhn(code: str) -> bool:
    if code.startswith("LA"):  # an answer; only the numbers of questions end in a check digit
        return True
    digits = [int(digit) for digit in reversed(code.replace("-", ""))]
    doubled = [digit * 2 if place % 2 else digit for place, digit in enumerate(digits)]
    return sum(digit // 10 + digit % 10 for digit in doubled) % 10 == 0


VERHOEFF_PRODUCT = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]
VERHOEFF_PLACE = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]


def _verhoeff(code: str) -> bool:
    check = 0
    for place, digit in enumerate(reversed(code)):
        value = int(digit)
        for _ in range(place % 8):
            value = VERHOEFF_PLACE[value]
        check = VERHOEFF_PRODUCT[check][value]
    return check == 0


def test_every_code_has_its_check_digit() -> None:
    """A slip in a LOINC or SNOMED CT code is found by the digit that is there for it."""
    checks = {"LOINC": _luhn, "SNOMEDCT": _verhoeff}
    codes = [
        mapping.code.partition(":")
        for each in read_mappings(resources.ontology_dir() / "mappings")
        for mapping in each.mappings
        if mapping.found
    ]

    wrong = [
        f"{name}:{code}" for name, _, code in codes if name in checks and not checks[name](code)
    ]

    assert codes
    assert wrong == []
