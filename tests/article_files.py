"""A small article file that is right, for tests that make one thing of it wrong."""

from __future__ import annotations

from pathlib import Path

from kg.articles.article import Article, read_article
from kg.articles.words import Words, words_of
from kg.model.rdf import read_turtle

ONTOLOGY = """
@prefix eg:   <https://w3id.org/etiograph/id/> .
@prefix owl:  <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

<https://w3id.org/etiograph/ontology> a owl:Ontology ; owl:versionInfo "1.2.3" .

eg:Case a owl:Class ; rdfs:label "case" .
eg:FerritinCase a owl:Class ; owl:equivalentClass [ owl:intersectionOf ( eg:Case eg:Other ) ] .
eg:Other a owl:Class .
eg:Inflammation a owl:Class .
eg:raised-ferritin a eg:Finding .
eg:Finding a owl:Class .
eg:Statement a owl:Class .
eg:CauseStatement a owl:Class ; rdfs:subClassOf eg:Statement .
eg:CaveatStatement a owl:Class ; rdfs:subClassOf eg:Statement .
eg:causes a eg:Predicate ; eg:usualKind eg:CauseStatement .
eg:confirms a eg:Predicate .
eg:affirmed a eg:Polarity .
eg:denied a eg:Polarity .
eg:modality-asserts a eg:Modality .
eg:modality-may a eg:Modality .
eg:Modality a owl:Class ; rdfs:label "modality value" .

eg:polarity a owl:AnnotationProperty ; rdfs:label "polarity" ; eg:order 2 ;
    eg:takes eg:Polarity ; eg:unlessSaid eg:affirmed .
eg:modality a owl:AnnotationProperty ; rdfs:label "modality" ; eg:order 3 ;
    eg:takes eg:Modality ; eg:unlessSaid eg:modality-asserts .
eg:context a owl:AnnotationProperty ; rdfs:label "context" ; eg:takes eg:Case ; eg:order 1 .
eg:studySize a owl:AnnotationProperty ; rdfs:label "study size" ; eg:takes "number" ; eg:order 4 .
eg:flagged a owl:AnnotationProperty ; rdfs:label "flagged" ; eg:takes "yes" ; eg:order 5 .
eg:notStated a owl:AnnotationProperty ; rdfs:label "not stated" ; eg:takes "words" ; eg:order 6 .
eg:tissue a owl:AnnotationProperty ; rdfs:label "tissue" ; eg:takes "term" ; eg:order 7 .
eg:restates a owl:AnnotationProperty ; rdfs:label "restates" ; eg:takes "statement" ; eg:order 8 .
eg:agreesWith a owl:AnnotationProperty ; rdfs:label "agrees with" ; eg:takes "statement" ;
    eg:order 9 .
"""
"""The vocabulary that the file speaks."""

FILE = """\
document:
  id: C
  title: Raised ferritin
  short title: raised ferritin
  origin: The authors
  review status: not stated
  reference list: none printed
  digest: ni:///sha-256;jaiiMcTbywFwmyGjMIGL23qbXbxPu1nY1aeaIomekIM
sections:
  "1": causes
set aside:
  1-2, 5: heading that names a topic and asserts nothing
statements:
  - under: Causes
    defaults: {context: Case, not stated: population}
    records:
      - C001: inflammation raises ferritin
        says: {line: 3, subject: Inflammation, predicate: causes, object: raised-ferritin}
      - C002: inflammation may raise ferritin
        says: {line: 4, subject: Inflammation, predicate: causes, object: raised-ferritin,
               modality: may, not stated: [population, size], restates: C001, study size: 12,
               tissue: obo:UBERON_1}
"""
"""The file of an article, on lines 1 to 22."""

PLACES = """\
line\tsection\titem\tstart\tend\tdigest\tcites
3\t1\t1\t10\t20\tni:///sha-256;jaiiMcTbywFwmyGjMIGL23qbXbxPu1nY1aeaIomekIM\t
4\t1\t2\t22\t30\tni:///sha-256;jaiiMcTbywFwmyGjMIGL23qbXbxPu1nY1aeaIomekIM\t1 2
"""


def small_words() -> Words:
    """The words of the vocabulary above."""
    return words_of(read_turtle(ONTOLOGY.encode()))


def read_changed(folder: Path, *changes: tuple[str, str], length: int = 0) -> Article:
    """The file with some of its text changed, read; `length` is that of the article's text."""
    text = FILE
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "C.yaml"
    path.write_text(text, "utf-8")
    path.with_suffix(".places.tsv").write_text(f"# The text has {length} lines.\n{PLACES}", "utf-8")
    return read_article(path, small_words())
