"""The compiled model: what the queries say of the graph, in one file of which parts are read."""

from __future__ import annotations

import os
import subprocess
import sys

import msgspec
import pytest

from kg.compile import builder
from kg.compile.model import compile_model
from kg.model.compiled import FORMAT, Model
from kg.model.errors import CorruptProductError
from kg.model.json_values import encode
from kg.model.model_file import decode_model, encode_model
from kg.model.terms import Entry, Kind
from kg.model.vocabulary import IRI
from kg.reasoning.rules import Rules
from kg.store.artifact import Artifact
from kg.store.knowledge import open_graph

_COMPILE = """
import sys
from kg.compile import builder
from kg.compile.model import compile_model
from kg.model.model_file import encode_model
from kg.store.knowledge import open_graph
built = open_graph(builder.ready())
made = compile_model(built.store, built.rules, built.asserted)
sys.stdout.buffer.write(encode_model(made))
"""


@pytest.fixture(name="artifact", scope="module")
def _artifact() -> Artifact:
    """Give the built graph as it lies on disk."""
    return builder.ready()


@pytest.fixture(name="model", scope="module")
def _model(artifact: Artifact) -> Model:
    return decode_model(artifact.model)


def test_every_table_is_what_the_queries_say(artifact: Artifact, model: Model) -> None:
    """The file holds nothing that the graph does not say to whoever asks it."""
    graph = open_graph(artifact)
    asked = compile_model(graph.store, graph.rules, graph.asserted)

    assert encode_model(asked) == artifact.model
    assert asked.tables.topics.keys() == model.tables.topics.keys() != set()


def test_what_is_written_is_what_is_read(model: Model) -> None:
    """Nothing is lost on the way to the file and back."""
    assert encode_model(decode_model(encode_model(model))) == encode_model(model)


def test_rules_are_read_as_they_were_written(artifact: Artifact) -> None:
    """What stands as an array, such as the bounds of a result, is written as one."""
    rules = open_graph(artifact).rules

    assert rules.facets
    assert msgspec.json.decode(encode(rules), type=Rules) == rules


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_same_graph_makes_the_same_bytes(artifact: Artifact, seed: str) -> None:
    """The order of sets, which differs from process to process, does not show."""
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", _COMPILE]

    found = subprocess.run(command, env=environment, check=True, capture_output=True).stdout

    assert found == artifact.model


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"format": 2}', b"\xff", b"nonsense", b'{"format": "one"}']
)
def test_what_is_no_model_is_refused(content: bytes) -> None:
    """A file that is something else is named as such, whatever it is."""
    with pytest.raises(CorruptProductError, match="compiled model"):
        decode_model(content)


def test_the_terms_of_a_kind_are_read_without_the_others(model: Model) -> None:
    """They are those of the whole lexicon, in order, and a term of another kind is not decoded."""
    entries = model.lexicon.entries.values()
    markers = sorted(each.label for each in entries if each.kind is Kind.MARKER)
    read: list[str] = []

    class Watched(dict[IRI, Entry]):
        def __getitem__(self, name: IRI) -> Entry:
            read.append(name)
            return super().__getitem__(name)

    watched = Watched(model.lexicon.entries)
    found = msgspec.structs.replace(model.lexicon, entries=watched).of_kind(Kind.MARKER)

    assert sorted(each.label for each in found) == markers
    assert read == [each.iri for each in found]


def test_another_format_is_refused(model: Model) -> None:
    """A model of another version of the program is not taken for one of this."""
    other = encode_model(msgspec.structs.replace(model, format=FORMAT + 1))

    with pytest.raises(CorruptProductError, match=f"format {FORMAT + 1}; wanted here: {FORMAT}"):
        decode_model(other)


def test_the_format_is_told_before_what_it_lacks() -> None:
    """A model of another version that this one cannot decode is named by its format as well."""
    content = b'{"format": 99, "lexicon": "of another shape"}'

    with pytest.raises(CorruptProductError, match=f"format 99; wanted here: {FORMAT}"):
        decode_model(content)


def test_a_damaged_part_is_told_when_it_is_read(model: Model) -> None:
    """What is decoded later is refused in the same words."""
    damaged = msgspec.structs.replace(model, for_proofs=msgspec.Raw(b'{"axioms": 1}'))

    with pytest.raises(CorruptProductError, match="compiled model cannot be read"):
        _ = damaged.proofs
