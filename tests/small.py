"""Small invented graphs, built in this process without HermiT: for exact tests of the judge.

Their terms stand in `data/small.ttl`, `data/tissues.ttl` and `data/wider.ttl`. The statements, and
the axioms that they carry, stand here, so that a test can word one otherwise, or say it of other
patients.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from kg.case import Case, resolve_case
from kg.compile.conclusions import Conclusions, conclusion_quads, edges, read_strengths
from kg.compile.model import open_store
from kg.compile.owl.axioms import Told
from kg.compile.owl.classification import classify_classes
from kg.compile.owl.fragment import name_expressions
from kg.compile.owl.justifications import justify
from kg.compile.owl.reading import read_axioms, read_declarations
from kg.compile.owl.rules import compile_asserted, compile_rules
from kg.model import resources
from kg.model.rdf import Graph, Quad, Triple, labels_of, read_turtle, write_nquads
from kg.model.vocabulary import GRAPH_ONTOLOGY
from kg.store.knowledge import KnowledgeGraph
from kg.store.local import LocalStore

DATA: Final = Path(__file__).parent / "data"

HIGH: Final = {"marker": "TT", "state": "high"}
"""The result that shows what is asked about."""

Wording = Mapping[str, tuple[str, str]]
"""Of each statement its modality, and the kind of case that it is about."""

WORDING: Final[Wording] = {
    "S1": ("asserts", "Case"),
    "S2": ("asserts", "DiverCase"),
    "S3": ("may", "Case"),
    "S4": ("asserts", "MinerCase"),
    "S5": ("suggests", "DiverCase"),
    "S6": ("excludes", "DiverCase"),
    "S7": ("suggests", "MinerCase"),
    "S8": ("suggests", "Case"),
    "S9": ("asserts", "Case"),
}
CARRIED: Final = {
    ("Stone", "Factor"): ("S1",),
    ("Cyst", "Factor"): ("S2",),
    ("Strain", "Factor"): ("S3", "S4"),
    ("Stone", "Weakened"): ("S5",),
    ("Stone", "Excluded"): ("S6", "S7"),
    ("Stone", "Supported"): ("S8",),
    ("Stone", "Unclear"): ("S9",),
    ("Strain", "Presupposed"): ("S9",),
    ("InfantCase", "Unspoken"): ("S9",),
}
"""The axioms, class and wider class, with the statements of which each carries it alone."""

DENIED: Final = {("Strain", "Factor"): "S10"}
"""The axioms with a statement that denies each, where a test words one."""

TISSUE_WORDING: Final[Wording] = {
    "T1": ("asserts", "Case"),
    "T2": ("asserts", "Case"),
    "T3": ("asserts", "Case"),
    "T4": ("asserts", "Case"),
    "T5": ("asserts", "DiverCase"),
    "T6": ("confirms", "Case"),
    "T7": ("suggests", "Case"),
    "T8": ("suggests", "DiverCase"),
    "T9": ("suggests", "Case"),
    "T10": ("may", "Case"),
    "T11": ("may", "Case"),
}
TISSUE_CARRIED: Final = {
    ("Crack", "Factor"): ("T1",),
    ("Rot", "Factor"): ("T2",),
    ("Split", "Factor"): ("T3",),
    ("Fever", "Factor"): ("T4",),
    ("Rust", "Factor"): ("T5",),
    ("Hairline", "Factor"): ("T11",),
    ("ShellOrigin", "SupportedByGlow"): ("T6",),
    ("ShellOrigin", "WeakenedByChill"): ("T7",),
    ("CoreOrigin", "WeakenedByFrost"): ("T8",),
    ("Crack", "SupportedByEmber"): ("T9",),
    ("Crack", "InShell"): ("T10",),
    ("Rust", "InShell"): ("T10",),
    ("Split", "InShell"): ("T10",),
    ("Split", "InCore"): ("T10",),
    ("Rot", "InCore"): ("T10",),
    ("InfantCase", "Unspoken"): ("T10",),
}
WIDER_KINDS: Final = (
    "HugeAlpha", "MuchSalt", "MuchSaltByMass", "HighR", "LowR", "MoreBeta", "FarMoreBeta",
    "SteepAlpha", "LostSalt", "RareAlpha", "LastingAlpha", "LastingVeryHighAlpha",
    "SoonAfterTonic", "RecentBreak", "HighScore", "LowScore", "SoonAfterBeta", "BriefAlpha",
)  # fmt: skip
"""The classes that draw a line in `wider.ttl`: each has a kind of case with an alarm."""
WIDER_WORDING: Final[Wording] = {
    "W0": ("asserts", "Case"),
    **{f"W{n}": ("asserts", f"{kind}Case") for n, kind in enumerate(WIDER_KINDS, 1)},
}
WIDER_CARRIED: Final = {
    ("Ache", "Factor"): ("W0",),
    **{(f"{kind}Case", "Alarming"): (f"W{n}",) for n, kind in enumerate(WIDER_KINDS, 1)},
}
FLAGGED: Final = {"T2"}
"""The statements that call what they say important."""

_HEAD: Final = """
@prefix doc: <https://w3id.org/etiograph/document/> .
@prefix eg: <https://w3id.org/etiograph/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix reg: <https://w3id.org/etiograph/region/> .
@prefix st: <https://w3id.org/etiograph/statement/> .
reg:S eg:sectionPath "1" ; eg:item "1" ; eg:line 1 ; eg:sentenceDigest "none" .
"""
_STATEMENT: Final = """
st:{name} a eg:Statement , owl:NamedIndividual ; rdfs:label "{name} says so" ;
    eg:inDocument doc:S ; eg:region reg:S ; eg:modality eg:modality-{modality} ;
    eg:context eg:{context} ; eg:population "as said" ; eg:predicate eg:causes {flag}.
"""
_AXIOM: Final = """
eg:{lower} rdfs:subClassOf eg:{upper} .
[] a owl:Axiom ; owl:annotatedSource eg:{lower} ; owl:annotatedProperty rdfs:subClassOf ;
    owl:annotatedTarget eg:{upper} ; eg:evidence {evidence} {counter}.
"""


@dataclass(frozen=True)
class Invented:
    """A file of terms, with the statements about them and the axioms that these carry."""

    file: str
    wording: Wording
    carried: Mapping[tuple[str, str], tuple[str, ...]]

    def graph(self, wording: Wording) -> KnowledgeGraph:
        """The graph, with some statements worded otherwise."""
        return _built(self.file, tuple(sorted({**self.wording, **wording}.items())))


STONES: Final = Invented("small.ttl", WORDING, CARRIED)
TISSUES: Final = Invented("tissues.ttl", TISSUE_WORDING, TISSUE_CARRIED)
WIDER: Final = Invented("wider.ttl", WIDER_WORDING, WIDER_CARRIED)
_INVENTED: Final = {each.file: each for each in (STONES, TISSUES, WIDER)}


def small_graph(**wording: tuple[str, str]) -> KnowledgeGraph:
    """The graph of causes without tissues, with some statements worded otherwise."""
    return STONES.graph(wording)


def tissue_graph(**wording: tuple[str, str]) -> KnowledgeGraph:
    """The graph of causes in tissues, with some statements worded otherwise."""
    return TISSUES.graph(wording)


def wider_graph() -> KnowledgeGraph:
    """The graph of limits in units, derived observations and scores."""
    return WIDER.graph({})


@cache
def _built(file: str, wording: tuple[tuple[str, tuple[str, str]], ...]) -> KnowledgeGraph:
    text = (_HEAD + "".join(_stated(dict(wording), _INVENTED[file].carried))).encode()
    triples = dict.fromkeys((*_vocabulary(file), *read_turtle(text)))
    graph = Graph(triples)
    axioms = read_axioms(graph)
    names = name_expressions(axioms)
    asserted = compile_asserted(axioms, names)
    hierarchy = classify_classes(Told(axioms, read_declarations(graph), asserted, names))
    justified = justify(asserted, edges(names, hierarchy))
    quads = [Quad(*triple, GRAPH_ONTOLOGY) for triple in triples]
    strengths = read_strengths(quads)
    conclusions = Conclusions(axioms, names, hierarchy, justified, labels_of(quads), strengths)
    store = LocalStore(write_nquads((*quads, *conclusion_quads(conclusions))))
    return open_store(store, compile_rules(axioms, hierarchy), asserted, "small")


@cache
def _vocabulary(file: str) -> tuple[Triple, ...]:
    folder = resources.ontology_dir()
    paths = folder / "core.ttl", folder / "evidence.ttl", DATA / file
    return tuple(triple for path in paths for triple in read_turtle(path.read_bytes()))


def _stated(wording: Wording, carried: Mapping[tuple[str, str], tuple[str, ...]]) -> Iterator[str]:
    for name, (modality, context) in wording.items():
        flag = "; eg:flaggedImportant true " if name in FLAGGED else ""
        yield _STATEMENT.format(name=name, modality=modality, context=context, flag=flag)
    for (lower, upper), names in carried.items():
        evidence = " , ".join(f"st:{each}" for each in names)
        denial = DENIED.get((lower, upper))
        counter = f"; eg:counterEvidence st:{denial} " if denial in wording else ""
        yield _AXIOM.format(lower=lower, upper=upper, evidence=evidence, counter=counter)


def small_case(graph: KnowledgeGraph, *conditions: str, denied: Iterable[str] = ()) -> Case:
    """A case of the small graph with a high titre and these conditions, and without those."""
    said = {"conditions": [*conditions], "absent": [*denied], "labs": [HIGH]}
    return resolve_case(said, graph.lexicon)
