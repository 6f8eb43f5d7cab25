"""An article that a curator adds leaves the tests of others their graph."""

from __future__ import annotations

import filecmp
import shutil
from pathlib import Path

import pytest
from curating import run
from frozen import without_articles

from kg.compile.inputs import wanted_version
from kg.model import resources

ARTICLES = Path(__file__).parent / "articles"
KINDS = """
# ── Kinds of cases that an article needs ──────────────────────────────────────────────────────────

eg:InsulinCase a owl:Class ;
    owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( eg:Case
        [ a owl:Restriction ; owl:onProperty eg:hasTreatment ;
          owl:someValuesFrom eg:InsulinTreatment ] ) ] ;
    rdfs:label "case of a patient on insulin"@en ;
    skos:definition "case of a patient who is given insulin"@en ;
    rdfs:isDefinedBy <https://w3id.org/etiograph/ontology/rules> .
"""


@pytest.mark.parametrize("name", ["raised-ferritin", "low-phosphate"])
def test_what_is_added_for_an_article_is_left_out(
    name: str, ontology: Path, tmp_path: Path
) -> None:
    """Its file, its terms, its rows of tables and its kinds of case go; all else stays as it is."""
    before = wanted_version()
    table, rules = ontology / "tables" / "markers.yaml", ontology / "rules.ttl"
    rows = (ARTICLES / name / "markers.yaml").read_text("utf-8")
    text = table.read_text("utf-8")
    units = "  mmol/d: {also: [mmol/24h]}\n" if name == "low-phosphate" else ""
    text = text.replace("\nmarkers:\n", f"\nmarkers:\n{rows}")
    table.write_text(text.replace("  mmol/L: {}\n", f"{units}  mmol/L: {{}}\n"), "utf-8")
    shutil.copy(ARTICLES / name / "article.yaml", ontology / "articles" / "C.yaml")
    run("fill", "C", "--texts", ARTICLES / name, "--ontology", ontology)
    if name == "low-phosphate":
        rules.write_text(rules.read_text("utf-8") + KINDS, "utf-8")

    assert wanted_version(ontology) != before
    found = without_articles(ontology, tmp_path / "selection", ["C"])

    unlike = filecmp.dircmp(resources.ontology_dir(), found).diff_files
    assert unlike == []
    assert wanted_version(found) == before
