"""Shapes that are checked part by part find what they find in the whole graph."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kg.compile.check import run_shapes, shapes
from kg.model import resources
from kg.model.rdf import read_sources
from kg.model.report import Finding

FOLDER = resources.ontology_dir() / "shapes"


def damaged(seed: int) -> bytes:
    """Give the sources without some of their lines, chosen by chance."""
    chance = random.Random(seed)
    lines = read_sources(resources.ontology_dir()).ntriples().splitlines(keepends=True)
    told = [place for place, line in enumerate(lines) if b"/etiograph/id/" in line]
    gone = {*chance.sample(told, len(told) // 20)}
    return b"".join(line for place, line in enumerate(lines) if place not in gone)


def found(ntriples: bytes, monkeypatch: pytest.MonkeyPatch, cache: Path) -> tuple[Finding, ...]:
    """Check with nothing kept from before."""
    monkeypatch.setenv("KG_CACHE", str(cache))
    return run_shapes(ntriples, FOLDER).findings


@pytest.mark.slow
def test_parts_find_what_the_whole_has(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever is missing is missed in a part too, and nothing that is there."""
    text = damaged(1)
    in_parts = found(text, monkeypatch, tmp_path / "parts")
    again = found(text, monkeypatch, tmp_path / "parts")
    monkeypatch.setattr(shapes, "_are_local", lambda _: False)

    whole = found(text, monkeypatch, tmp_path / "whole")

    assert len(whole) > 100
    assert in_parts == again == whole


def test_a_shape_that_looks_farther_is_given_the_whole(tmp_path: Path) -> None:
    """A path of two steps, or a shape inside a shape, is no business of parts."""
    head = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix eg: <urn:> . "
        "eg:S a sh:NodeShape ; sh:targetClass eg:C ; sh:property "
    )
    for name, body in {
        "far": "[ sh:path ( eg:p eg:q ) ; sh:minCount 1 ] .",
        "inside": "[ sh:path eg:p ; sh:node eg:T ] .",
        "near": "[ sh:path eg:p ; sh:minCount 1 ] .",
    }.items():
        path = tmp_path / f"{name}.ttl"
        path.write_text(head + body, "utf-8")
        graph = shapes._graph(shapes._shapes(path, path.read_bytes()))

        assert shapes._are_local(graph) == (name == "near")
