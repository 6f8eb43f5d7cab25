"""A program in another language checks every proof against the export, and refuses spoiled ones.

It needs Node.js, which `make test-servers` fetches. `make test-nightly` checks the proofs of ten
thousand patients.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from copy import deepcopy
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from built import edited_ontology, graph_of
from excluding import EXCLUDING, FLAGSHIP
from exporting import exported
from jsonschema import Draft202012Validator
from other_clients.fetch import NODE
from proving import read
from random_cases import CaseMaker
from spoiling import EXCLUSIONS, WAYS, spoiled

from kg.answer.ask import ask
from kg.answer.model import Answer
from kg.answer.proof.derivation import Derivation, derivation_of
from kg.answer.proof.explain import explain_classes, proofs_of
from kg.case import resolve_case
from kg.case.document import read_questions
from kg.curate.diff.difference import answer_question, shipped_questions
from kg.export.formats import export
from kg.export.functional_syntax import PROGRAM
from kg.export.source import source_of
from kg.model.terms import Kind, Lexicon
from kg.show.data import json_line, schema_text, to_data
from kg.store.knowledge import KnowledgeGraph, open_graph

SAMPLE = 60
MANY = 10_000
AT_ONCE = 500
SPOILED = 1_000
MOST_LINES = 200


@pytest.fixture(name="node", scope="module")
def _node() -> str:
    found = str(NODE) if NODE.is_file() else shutil.which("node")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Node.js")
        pytest.skip("there is no Node.js (make test-servers fetches it)")
    return found


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the ontology and the program as they are exported."""
    folder = tmp_path_factory.mktemp("release")
    for name, file in exported("ofn", "checker").items():
        (folder / name).write_bytes(file.content)
    return folder


@pytest.fixture(name="derivations", scope="module")
def _derivations(knowledge: KnowledgeGraph, lexicon: Lexicon) -> list[Derivation]:
    """Give every proof of every question that ships, and one about classes."""
    about_classes = "hepatobiliary origin argued against by normal GGT"
    found = [explain_classes(knowledge, lexicon, about_classes)]
    for question in read_questions(shipped_questions()):
        answer = answer_question(knowledge, question)
        assert isinstance(answer, Answer)
        found += proofs_of(knowledge, resolve_case(dict(question.case), lexicon), answer)
    return list(map(derivation_of, found))


def check(node: str, folder: Path, lines: Iterable[bytes]) -> tuple[int, list[str]]:
    """The exit code of the program for proofs, a line each, and the lines that it writes."""
    command = [node, str(folder / PROGRAM.name), str(folder / "etiograph.ofn"), "-"]
    done = subprocess.run(command, input=b"".join(lines), capture_output=True, check=False)
    assert not done.stderr, done.stderr.decode()[:2000]
    return done.returncode, done.stdout.decode().splitlines()


def _of_patients(knowledge: KnowledgeGraph, lexicon: Lexicon, count: int) -> Iterator[Derivation]:
    about = lexicon.find("ALP", Kind.MARKER)
    for document in CaseMaker(lexicon, seed=count).documents(count, about=about):
        yield from map(derivation_of, proofs_of(knowledge, *read(knowledge, lexicon, document)))


@pytest.mark.slow
def test_a_derivation_is_as_its_schema_says(derivations: list[Derivation]) -> None:
    """Every step follows from earlier ones, and the JSON is what the published schema describes."""
    validator = Draft202012Validator(json.loads(schema_text("derivation")))

    for each in derivations[::20]:
        data: Any = to_data(each)
        assert not list(validator.iter_errors({**data, "notice": ""}))
    for part in (part for each in derivations for proof in each.proofs for part in proof.parts):
        for place, step in enumerate(part.steps, 1):
            assert all(0 < premise < place for premise in step.premises)
            assert (step.rule == "given") == (not step.premises and not step.axiom) or (
                step.rule == "axiom"
            )


def test_the_program_is_short() -> None:
    """Whoever wants to trust it reads it in a quarter of an hour."""
    lines = map(str.strip, PROGRAM.read_text("utf-8").splitlines())
    code = [each for each in lines if each and not each.startswith(("//", "/**", "#!"))]
    assert len(code) <= MOST_LINES


@pytest.mark.servers
def test_every_proof_of_the_questions_holds(
    node: str, folder: Path, derivations: list[Derivation]
) -> None:
    """So says the program, of each."""
    code, said = check(node, folder, map(json_line, derivations))

    assert (code, said[:-1]) == (0, [])
    assert said[-1].startswith(f"{len(derivations)} of {len(derivations)} hold")


@pytest.mark.servers
def test_proofs_of_random_patients_hold(
    node: str, folder: Path, knowledge: KnowledgeGraph, lexicon: Lexicon
) -> None:
    """And those of patients that nobody thought of."""
    code, said = check(node, folder, map(json_line, _of_patients(knowledge, lexicon, SAMPLE)))

    assert (code, said[:-1]) == (0, [])


@pytest.mark.nightly
def test_proofs_of_ten_thousand_patients_hold(
    node: str, folder: Path, knowledge: KnowledgeGraph, lexicon: Lexicon
) -> None:
    """Some at a time, so that memory does not grow."""
    waiting = map(json_line, _of_patients(knowledge, lexicon, MANY))
    while lines := list(islice(waiting, AT_ONCE)):
        assert check(node, folder, lines)[1][:-1] == []


@pytest.mark.servers
def test_spoiled_proofs_are_refused(node: str, folder: Path, derivations: list[Derivation]) -> None:
    """A thousand of them, spoiled in every way that somebody has found."""
    sound = [json.loads(json_line(each)) for each in derivations]
    found = list(spoiled(sound, SPOILED, seed=1))
    code, said = check(node, folder, (json.dumps(each).encode() + b"\n" for _, each in found))

    refused = {int(line.split(": ")[1]) for line in said[:-1]}
    accepted = {name for place, (name, _) in enumerate(found, 1) if place not in refused}
    assert {name for name, _ in found} == WAYS.keys()
    assert (code, accepted) == (1, set())


@pytest.fixture(name="excluding", scope="module")
def _excluding(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Give a release in which a cause is excluded, and the proof of that verdict."""
    folder = tmp_path_factory.mktemp("excluding")
    ontology = edited_ontology(folder, EXCLUDING)
    artifact = graph_of(ontology)
    for name, file in export(source_of(artifact, ontology), ("ofn", "checker")).items():
        (folder / name).write_bytes(file.content)
    knowledge = open_graph(artifact)
    case = resolve_case(dict(FLAGSHIP), knowledge.lexicon)
    found = map(derivation_of, proofs_of(knowledge, case, ask(knowledge, case)))
    (one,) = (each for each in found if each.verdict == "excluded")
    return folder, json.loads(json_line(one))


@pytest.mark.servers
def test_an_exclusion_holds_by_the_words_that_settle_it(
    node: str, excluding: tuple[Path, dict[str, Any]]
) -> None:
    """It is accepted as it is, and as the argument that it is too; in no way of spoiling it."""
    folder, sound = excluding
    milder = {**sound, "verdict": "argued against"}
    assert check(node, folder, map(_line, (sound, milder)))[0] == 0

    rng = random.Random(1)
    ways = [(name, way) for name, way in (EXCLUSIONS | WAYS).items() for _ in range(3)]
    copies = [(name, deepcopy(sound), way) for name, way in ways]
    found = [(name, each) for name, each, way in copies if way(each, rng) and each != milder]
    _, said = check(node, folder, (_line(each) for _, each in found))

    refused = {int(line.split(": ")[1]) for line in said[:-1]}
    assert EXCLUSIONS.keys() <= {name for name, _ in found}
    assert not {name for place, (name, _) in enumerate(found, 1) if place not in refused}


def _line(found: dict[str, Any]) -> bytes:
    return json.dumps(found).encode() + b"\n"


@pytest.mark.servers
def test_nothing_checked_is_no_success(node: str, folder: Path) -> None:
    """Neither an empty file nor something else passes for a proof."""
    assert check(node, folder, [])[0] == 2
    assert check(node, folder, [b"{}\n"])[0] != 0
    assert check(node, folder, [b"not JSON\n"])[0] != 0
