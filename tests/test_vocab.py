"""Terms as values, and the one prefix map."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import rdf, resources
from kg.model import vocabulary as vocab
from kg.model.errors import UnknownTermError
from kg.model.vocabulary import (
    EG,
    PREFIXES,
    RDF,
    RDFS,
    XSD,
    BlankNode,
    Literal,
    compact,
    eg,
    expand,
)

PLAIN_NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]*", fullmatch=True)


@given(st.sampled_from(sorted(PREFIXES)), PLAIN_NAMES)
def test_round_trip(prefix: str, name: str) -> None:
    """A CURIE that is expanded and compacted comes back."""
    curie = f"{prefix}:{name}"

    assert compact(expand(curie)) == curie


def test_longest_prefix() -> None:
    """Of two namespaces that fit, the longer one names the IRI."""
    assert compact("https://w3id.org/etiograph/statement/A005") == "st:A005"


@pytest.mark.parametrize("iri", ["https://example.org/x", f"{PREFIXES['eg']}a/b", PREFIXES["eg"]])
def test_not_compactable(iri: str) -> None:
    """An IRI that no prefix can write safely stays an IRI."""
    assert compact(iri) == iri


@pytest.mark.parametrize("name", ["alp", "nope:alp", ""])
def test_unknown_prefix(name: str) -> None:
    """A name without a known prefix is refused, and the known ones are listed."""
    with pytest.raises(UnknownTermError, match="known: eg, st"):
        expand(name)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (EG.ALP, "<https://w3id.org/etiograph/id/ALP>"),
        (Literal("a"), '"a"'),
        (Literal("a", RDF.langString, "en"), '"a"@en'),
        (Literal("1", XSD.integer), '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (Literal('"\\\n'), r'"\"\\\n"'),
        (BlankNode("b0"), "_:b0"),
    ],
)
def test_n3(term: vocab.Term, expected: str) -> None:
    """A term is written as Turtle and SPARQL write it."""
    assert term.n3() == expected


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_literal_survives(text: str) -> None:
    """Any text in a literal comes back from a parser as it was."""
    written = rdf.write_nquads([rdf.Quad(EG.s, EG.p, Literal(text))])

    (quad,) = rdf.read_nquads(written)

    assert quad.object == Literal(text)


def test_prefix_file() -> None:
    """queries/prefixes.ttl declares the prefixes that the software knows, and no others."""
    path = resources.queries_dir() / "prefixes.ttl"
    quads = list(rdf.read_nquads(rdf.turtle_to_nquads(path.read_bytes(), path=path)))
    values = {
        (quad.subject, quad.predicate): quad.object.value
        for quad in quads
        if isinstance(quad.object, Literal)
    }

    declared = {
        value: values[node, expand("sh:namespace")]
        for (node, predicate), value in values.items()
        if predicate == expand("sh:prefix")
    }

    assert declared == PREFIXES


def test_own_words_exist() -> None:
    """Every IRI of ours that Python speaks is a term of the ontology."""
    spoken = {eg(name) for path in resources.package_dir().rglob("*.py") for name in _said_in(path)}
    sources = rdf.read_sources(resources.ontology_dir())

    defined = {quad.subject for quad in rdf.read_nquads(sources.nquads)}

    assert EG.hasCondition in spoken
    assert spoken <= defined


def _said_in(path: Path) -> Iterator[str]:
    """The names behind `EG.` in a module, and in its calls of `eg` that name one."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.Attribute(value=ast.Name(id="EG"), attr=name):
                yield name
            case ast.Call(func=ast.Name(id="eg"), args=[ast.Constant(value=str(name))]):
                yield name


def test_namespaces() -> None:
    """A term of a vocabulary is an attribute of its namespace; what is private is none."""
    assert vocab.RDFS.label == RDFS.label
    with pytest.raises(AttributeError):
        _ = vocab.EG.__wrapped__
