"""Our own endpoint, asked by `kg` as the store of somebody else: same graph, same answers."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner, Result
from servers import Server

from kg.cli import main
from kg.compile import builder
from kg.compile.check import read_rules
from kg.model import resources
from kg.store.local import LocalStore
from kg.store.publication import Publication, digest_of_store, open_published
from kg.store.queries import Query, catalogue
from kg.store.remote import RemoteStore

ASKED = [q for q in catalogue(resources.queries_dir()).values() if q.name.startswith("ask/")]
CASE = ["--has", "multiple myeloma", "--lab", "alp=high", "--lab", "ggt=normal"]


@pytest.fixture(name="url", scope="module")
def _url(site: Server) -> str:
    """Give the address of a server of the built graph, where queries go."""
    return f"{site.url}/sparql"


@pytest.fixture(name="found", scope="module")
def _found(url: str) -> tuple[RemoteStore, Publication]:
    """Give the graph that the server says it holds."""
    return open_published(RemoteStore(url))


@pytest.fixture(name="embedded", scope="module")
def _embedded() -> LocalStore:
    """Give the same graph in memory, with nothing prepared."""
    return LocalStore(builder.ready().content)


def run(*arguments: str) -> Result:
    """A command, as it is typed."""
    return CliRunner().invoke(main, arguments)


def test_it_says_which_graph_it_is(
    found: tuple[RemoteStore, Publication], embedded: LocalStore
) -> None:
    """The endpoint names the version, and a digest that whoever has the graph can compute."""
    product = builder.ready()

    assert found[1].version == product.version
    assert found[1].built_at == product.built_at
    assert found[1].digest == digest_of_store(embedded)
    assert found[1].triples == len(product.content.splitlines())


def test_ask(url: str) -> None:
    """`kg ask --store` gives the same answer from our own server as without one."""
    here, there = run("ask", *CASE), run("ask", *CASE, "--store", url)

    assert there.exit_code == 0, there.output
    assert there.stdout == here.stdout


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_query(url: str, form: str) -> None:
    """`kg query --store` prints what it prints without a server, in every form."""
    arguments = ("query", "causes", "--format", form)

    here, there = run(*arguments), run(*arguments, "--store", url)

    assert there.exit_code == 0, there.output
    assert there.stdout == here.stdout


@pytest.mark.parametrize("query", ASKED, ids=lambda query: query.name)
def test_every_query(
    query: Query, found: tuple[RemoteStore, Publication], embedded: LocalStore
) -> None:
    """Every shipped query gives the rows of the embedded store, in their order."""
    there, here = (store.answer(query.text, "text/csv") for store in (found[0], embedded))

    assert nameless(there) == nameless(here)


def nameless(table: bytes) -> bytes:
    """A table in which nodes without a name are called the same."""
    return re.sub(rb"_:\w+", b"_:node", table)


@pytest.mark.slow
def test_verify(url: str) -> None:
    """`kg verify --store` finds the served graph whole, and what the rules find in the sources."""
    rules = {rule.name for rule in read_rules(resources.queries_dir() / "verify")}

    there, here = (
        run("verify", "--store", url, "--format", "json"),
        run("verify", "--format", "json"),
    )

    assert there.exit_code == 0, there.output
    assert messages(there, rules) == messages(here, rules)
    assert messages(there, rules)


def messages(result: Result, rules: set[str]) -> set[str]:
    """What rules found, without the places, which only sources have."""
    findings = json.loads(result.stdout)["findings"]
    return {each["message"] for each in findings if each["rule"] in rules}


def test_the_default_of_the_endpoint_is_all_it_holds(url: str) -> None:
    """Who names no graph is told by the description how much there is, graph by graph."""
    store = RemoteStore(url)
    counted = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } FILTER (?g != graph:published) }"
    said = "SELECT ?n { graph:published void:triples ?n }"

    assert store.select(counted).rows == store.select(said).rows
