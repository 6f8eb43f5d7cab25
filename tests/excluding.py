"""An edit of the ontology by which a cause is excluded: no shipped statement says so much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from built import Edit

FLAGSHIP: Final = {
    "conditions": ["multiple myeloma"],
    "labs": [{"marker": "ALP", "state": "high"}, {"marker": "GGT", "state": "normal"}],
}
EXCLUDED: Final = "hepatic amyloidosis"
"""The cause that a normal GGT excludes then."""
_EXCLUSION: Final = """
eg:ExcludedByNormalGGT a owl:Class ;
    owl:equivalentClass
        [ a owl:Restriction ; owl:onProperty eg:excludedBy ; owl:hasValue eg:normal-ggt ] ;
    rdfs:label "excluded by a normal GGT"@en ;
    skos:definition "cause that a normal GGT excludes"@en ;
    rdfs:isDefinedBy <https://w3id.org/etiograph/ontology/rules> .

eg:HepaticAmyloidosis rdfs:subClassOf eg:ExcludedByNormalGGT .
[] a owl:Axiom ; owl:annotatedSource eg:HepaticAmyloidosis ;
    owl:annotatedProperty rdfs:subClassOf ; owl:annotatedTarget eg:ExcludedByNormalGGT ;
    eg:evidence st:B026 ;
    eg:saidOf eg:RaisedALPWithNormalGGTCase .
"""


def _in_block(text: str, identifier: str, old: str, new: str) -> str:
    """The text with a passage of one statement changed."""
    start = text.index(f"st:{identifier} a ")
    return text[:start] + text[start:].replace(old, new, 1)


def _firmly(text: str) -> str:
    """The statements with one that excludes where it suggested."""
    worded = _in_block(text, "B026", "eg:modality-suggests", "eg:modality-excludes")
    return _in_block(worded, "B026", "GGT suggests", "GGT excludes")


RULES: Final[Mapping[str, Edit]] = {"rules.ttl": lambda text: text + _EXCLUSION}
"""The axiom alone, which is surer than its statement."""
EXCLUDING: Final[Mapping[str, Edit]] = {**RULES, "statements/B.ttl": _firmly}
"""The axiom, with a statement that says it."""
