"""An OMOP common data model as the tables of a cohort: its columns, and the codes of its concepts.

Read are `person`, `measurement`, `condition_occurrence`, `drug_exposure`, `concept` and, if it is
there, `concept_ancestor`: from a folder with a file of each, or from a file of DuckDB.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from kg.case.model import GIVEN_KINDS
from kg.cohort.cells import text_of
from kg.cohort.engine import Days, Engine
from kg.cohort.sources import Source, find_relation, quoted_name
from kg.cohort.tables import table
from kg.cohort.text import omop_sql
from kg.model.errors import UsageError
from kg.model.resources import ontology_dir
from kg.model.terms import Kind, Lexicon

_READ: Final = {
    "person": "person_id, gender_concept_id, year_of_birth, month_of_birth, day_of_birth",
    "measurement": "person_id, measurement_concept_id, measurement_date, measurement_datetime, "
    "operator_concept_id, value_as_number, value_as_concept_id, unit_concept_id, range_low, "
    "range_high, unit_source_value",
    "condition_occurrence": "person_id, condition_concept_id, condition_start_date, "
    "condition_end_date, condition_status_concept_id, condition_status_source_value",
    "drug_exposure": "person_id, drug_concept_id, drug_exposure_start_date, drug_exposure_end_date",
    "concept": "concept_id, concept_name, vocabulary_id, concept_code",
    "concept_ancestor": "ancestor_concept_id, descendant_concept_id",
}
"""The tables that are read, and of each the columns."""
_NUMBERED: Final = ("_id", "_of_birth")
"""How the names of columns of whole numbers end; dates and values are read where all are read."""
_TEXTS: Final = ("vocabulary_id",)
_OPTIONAL: Final = (
    "concept_ancestor",
    "condition_status_concept_id",
    "condition_status_source_value",
)
"""Tables and columns that not every set has."""
_ASKED: Final[Mapping[str, tuple[str, str, tuple[Kind, ...]]]] = {
    "condition": ("condition_occurrence", "condition_concept_id", (Kind.CONDITION,)),
    "treatment": ("drug_exposure", "drug_concept_id", GIVEN_KINDS),
    "marker": ("measurement", "measurement_concept_id", (Kind.MARKER,)),
}
"""By what a concept is asked for as: its table, its column, and the terms that it can be."""


def omop_source(engine: Engine, place: Path, lexicon: Lexicon, days: Days) -> Source:
    """The tables of a common data model, on some days; UsageError where one is missing."""
    for name, columns in _READ.items():
        given = _relation(engine, place, name)
        if given:
            relation = engine.load(given, name)
            there = engine.data.columns(relation, name)
            wanted = columns.split(", ")
            missing = [each for each in wanted if each not in there and each not in _OPTIONAL]
            if missing:
                raise UsageError(f"the table {name} has no column {missing[0]}; wanted: {columns}.")
            typed = ", ".join(_typed(each, there) for each in wanted)
            engine.data.view(f"cdm_{name}", f"SELECT {typed} FROM {relation}", f"the table {name}")
        elif name in _OPTIONAL:
            nothing = ", ".join(f"NULL AS {each}" for each in columns.split(", "))
            engine.data.view(f"cdm_{name}", f"SELECT {nothing} WHERE FALSE", name)
        else:
            raise UsageError(f"{place} has no table {name}; wanted: {', '.join(_READ)}.")
    _put_codes(engine)
    _read_concepts(engine, lexicon)
    engine.data.run(omop_sql(days.today, days.day))
    relations = {name: f"omop_{name}" for name in ("person", "condition", "treatment", "result")}
    return Source(relations, place.name)


def _typed(column: str, there: Mapping[str, str]) -> str:
    """A column as text or as a whole number: -1, which is none of any concept, for what is none."""
    if column not in there:
        return f"NULL AS {column}"
    text = text_of(quoted_name(column), there[column])
    if column in _TEXTS or not column.endswith(_NUMBERED):
        return f"{text} AS {column}"
    number = f"coalesce(TRY_CAST({text} AS BIGINT), -1)"
    return f"CASE WHEN {text} IS NOT NULL THEN {number} END AS {column}"


def _put_codes(engine: Engine) -> None:
    """Make the tables of what the concepts, words and vocabularies of OMOP itself say here."""
    codes = _codes()
    concepts = {
        kind: [(int(code), says) for code, says in codes[kind]] for kind in ("comparator", "sex")
    }
    operators, sexes = "concept_id BIGINT, comparator VARCHAR", "concept_id BIGINT, sex VARCHAR"
    engine.put(table("omop_operator", operators, concepts["comparator"]))
    engine.put(table("omop_sex", sexes, concepts["sex"]))
    engine.put(table("omop_flag", "word VARCHAR", ((word,) for word, _ in codes["flag"])))
    engine.put(table("omop_status", "word VARCHAR, reason VARCHAR", codes["status"]))
    columns = "vocabulary_id VARCHAR, prefix VARCHAR"
    engine.put(table("vocabulary_prefix", columns, codes["vocabulary"]))


def _codes() -> Mapping[str, list[tuple[str, str]]]:
    """The rows of `ontology/omop.tsv` by their kind: a code, and what it says."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    with (ontology_dir() / "omop.tsv").open(encoding="utf-8") as lines:
        told = (line for line in lines if not line.startswith("#"))
        for row in csv.DictReader(told, delimiter="\t", quoting=csv.QUOTE_NONE):
            found[row["kind"]].append((row["code"], row["says"]))
    return found


def _relation(engine: Engine, place: Path, name: str) -> str:
    """The SQL of a table of a folder, or of a file of DuckDB; empty where it has none."""
    if place.is_dir():
        return find_relation(place, name)
    found = [pair for pair in engine.data.attach(place, "cdm") if pair[1].casefold() == name]
    if len(found) > 1:
        schemas = ", ".join(schema for schema, _ in found)
        raise UsageError(f"{place} has a table {name} in each of {schemas}; wanted one of them.")
    return "".join(f"cdm.{quoted_name(schema)}.{quoted_name(own)}" for schema, own in found)


def _read_concepts(engine: Engine, lexicon: Lexicon) -> None:
    """Note what each concept that is used is called here: by its code, or by what it is a kind of.

    Of the concepts above it those count that a term has by its code.
    """
    engine.data.run(
        "CREATE OR REPLACE TABLE concept_text AS "
        "SELECT c.concept_id, coalesce(p.prefix || ':' || c.concept_code, c.concept_name) AS text "
        "FROM cdm_concept c LEFT JOIN vocabulary_prefix p ON p.vocabulary_id = c.vocabulary_id "
        "WHERE c.concept_id <> 0"
    )
    rows: list[tuple[str, int, str]] = []
    for kind, (name, column, kinds) in _ASKED.items():
        used = f"SELECT DISTINCT {column} AS id FROM cdm_{name}"
        own = engine.rows(
            f"SELECT t.concept_id, t.concept_id, t.text FROM concept_text t JOIN ({used}) u "
            "ON u.id = t.concept_id ORDER BY ALL"
        )
        above = engine.rows(
            f"SELECT u.id, t.concept_id, t.text FROM ({used}) u JOIN cdm_concept_ancestor a "
            "ON a.descendant_concept_id = u.id AND a.ancestor_concept_id <> u.id "
            "JOIN concept_text t ON t.concept_id = a.ancestor_concept_id ORDER BY ALL"
        )
        known = {int(found) for found, _, text in own if _has(lexicon, text, kinds)}
        rows += ((kind, int(found), text) for found, _, text in own if int(found) in known)
        wider = above if kind != "marker" else []
        rows += (
            (kind, int(found), text)
            for found, _, text in wider
            if int(found) not in known and _has(lexicon, text, kinds)
        )
    engine.put(table("known_concept", "kind VARCHAR, concept_id BIGINT, text VARCHAR", rows))


def _has(lexicon: Lexicon, text: str, kinds: Iterable[Kind]) -> bool:
    """Whether a code is one of a term."""
    return ":" in text and lexicon.has_name(text, *kinds)
