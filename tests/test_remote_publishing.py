"""Promises of publishing: the whole graph or a store that says it is unfinished, and no other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from other_stores.fake import Asked, Says, fake_store
from other_stores.in_memory import InMemory

from kg.cli import main
from kg.compile import builder
from kg.compile.check import read_rules
from kg.curate.verify import verify_store
from kg.model import resources
from kg.model.errors import OtherGraphError, StoreError, StoreRefusedError
from kg.model.rdf import Quad, Triple, write_nquads
from kg.model.vocabulary import EG, XSD, BlankNode, Literal, Term, eg, expand
from kg.store import publish as publishing
from kg.store.artifact import Artifact, Manifest
from kg.store.http import HttpClient, RetryPolicy
from kg.store.local import LocalStore
from kg.store.publication import (
    GRAPH_PUBLISHED,
    Publication,
    by_graph,
    describe,
    differences,
    digest_of,
    digest_of_store,
    open_published,
)
from kg.store.publish import Endpoints, Target, guess_endpoints, plan_publication, portions, publish
from kg.store.remote import RemoteStore

ONE, TWO = expand("graph:ontology"), expand("graph:inferred")
CASE = ["--has", "multiple myeloma", "--lab", "alp=high", "--lab", "ggt=normal"]
WAY = HttpClient(policy=RetryPolicy(seconds=20, pause=0.001))


class Made(Artifact, frozen=True):
    """A graph that is on no disk."""

    nquads: bytes = b""

    @property
    def graph(self) -> bytes:
        """The graph as N-Quads."""
        return self.nquads


def product(version: str = "a", **more: Term) -> Made:
    """A small graph: in one named graph a list without names, in the other one triple."""
    nodes = [BlankNode(f"n{number}") for number in range(4)]
    quads = [Quad(EG.start, EG.next, nodes[0], ONE)]
    quads += [Quad(a, EG.next, b, ONE) for a, b in pairwise(nodes)]
    quads += [Quad(EG.a, EG.number, Literal("1.50", XSD.decimal), ONE)]
    quads += [Quad(EG.a, EG.text, Literal('_:x "q" \\ \n'), ONE)]
    quads += [Quad(EG.a, EG.inferred, EG.b, TWO)]
    quads += [Quad(EG.a, eg(name), value, TWO) for name, value in more.items()]
    manifest = Manifest("2026-01-01T00:00:00+00:00", {}, {}, version * 64, {})
    return Made(Path(), manifest, nquads=write_nquads(quads))


@contextmanager
def running(store: InMemory) -> Iterator[tuple[Target, list[Asked]]]:
    """A store that can be published to, and what it was asked."""
    with fake_store(store) as fake:
        yield Target(guess_endpoints(fake.url, "", graphs="", update=""), WAY), fake.asked


def description_of(what: Artifact) -> Publication:
    """What a store is to say of a graph."""
    return describe(what.version, what.built_at, by_graph(what.graph))


def silent(_: str) -> None:
    """Nobody watches."""


def put(target: Target, what: Artifact, *, force: bool = False) -> bool:
    """Publish a graph."""
    return publish(target, plan_publication(target, what), silent, force=force)


@pytest.mark.parametrize("takes_graphs", [True, False], ids=["graphs", "updates"])
def test_publish(takes_graphs: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    """What was published is what is asked, by graphs and by updates in small portions."""
    monkeypatch.setattr(publishing, "_LARGEST_PORTION", 2)
    memory = InMemory(takes_graphs=takes_graphs)
    with running(memory) as (target, _):
        done = put(target, product())
        store, found = open_published(target.store)
        ends = store.select("SELECT ?s ?o { ?s eg:next/eg:next/eg:next/eg:next ?o }")

    assert done
    assert found == description_of(product())
    assert memory.names() == {ONE, TWO, GRAPH_PUBLISHED}
    assert (memory.count(ONE), memory.count(TWO)) == (6, 1)
    assert ends.column("s") == (EG.start,)


def test_twice_is_once() -> None:
    """Publishing what is there sends nothing, unless forced."""
    with running(InMemory()) as (target, asked):
        put(target, product())
        del asked[:]
        again = put(target, product())
        writes = [each.method for each in asked if each.method != "POST"]
        forced = put(target, product(), force=True)

    assert (again, forced) == (False, True)
    assert writes == []


@pytest.mark.parametrize("takes_graphs", [True, False], ids=["graphs", "updates"])
def test_a_new_version_takes_the_place_of_the_old(takes_graphs: bool) -> None:  # noqa: FBT001
    """A new version replaces the old one, graphs that it no longer has included."""
    memory = InMemory(takes_graphs=takes_graphs)
    newer = structs.replace(product("b"), nquads=write_nquads([Quad(EG.a, EG.p, EG.b, ONE)]))
    with running(memory) as (target, _):
        put(target, product())
        put(target, newer)
        found = open_published(target.store)[1]

    assert found.version == newer.version
    assert memory.names() == {ONE, GRAPH_PUBLISHED}
    assert memory.count(ONE) == 1


@pytest.mark.parametrize("step", range(1, 4))
def test_a_publication_that_breaks_off(step: int) -> None:
    """After a publication that broke off the store says so, and publishing again mends it."""
    writes: list[Asked] = []

    def spoil(asked: Asked) -> Says | None:
        if asked.method in ("PUT", "DELETE"):
            writes.append(asked)
            if len(writes) == step + 1:
                return Says(b"disk full", 507, "text/plain")
        return None

    memory = InMemory()
    with running(memory) as (target, _):
        put(target, product())
        memory.spoil = spoil
        with pytest.raises(StoreRefusedError, match="507: disk full"):
            put(target, product("b", more=EG.c))
        with pytest.raises(OtherGraphError, match="did not end"):
            open_published(target.store)
        memory.spoil = lambda _: None
        put(target, product("b", more=EG.c))

        assert open_published(target.store)[1].version == "b" * 64


def test_a_store_that_loses_something() -> None:
    """Where the store does not hold what was sent, it is not called published."""

    def forget(asked: Asked) -> Says | None:
        lost = asked.method == "PUT" and asked.path.endswith("inferred")
        return Says(b"", 204) if lost else None

    memory = InMemory(spoil=forget)
    with running(memory) as (target, _):
        with pytest.raises(StoreError, match=r"graph/inferred has 0 triples; wanted: 1"):
            put(target, product())
        with pytest.raises(OtherGraphError):
            open_published(target.store)


def test_a_graph_that_was_changed_is_noticed() -> None:
    """A triple that was changed behind our back is found, and publishing again puts it right."""
    memory = InMemory()
    with running(memory) as (target, _):
        put(target, product())
        memory.store.update(
            f"DELETE WHERE {{ GRAPH <{TWO}> {{ ?s ?p ?o }} }} ;"
            f"INSERT DATA {{ GRAPH <{TWO}> {{ <x:a> <x:b> <x:c> }} }}"
        )
        store, found = open_published(target.store)
        report = verify_store(store, found, ())
        mended = put(target, product())
        after = list(differences(store, found))

    assert [each.focus for each in report.findings if each.rule == "published-graph"] == [TWO]
    assert "says something else" in report.findings[0].message
    assert not report.passes
    assert mended
    assert after == []


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "refuses access without"), (403, "forbids what was asked without")],
)
def test_a_door_that_is_closed(status: int, said: str) -> None:
    """A store that lets nobody write is an error, and not a reason to try another door."""
    with (
        running(InMemory(spoil=lambda a: None if a.method == "POST" else Says(b"", status))) as (
            target,
            asked,
        ),
        pytest.raises(StoreError, match=said),
    ):
        put(target, product())

    assert not any(each.path.endswith("update") for each in asked)


def test_a_description_that_contradicts_itself() -> None:
    """A description whose digests do not agree is not believed, and is replaced."""
    memory = InMemory()
    with running(memory) as (target, _):
        put(target, product())
        wrong = f"{ONE.n3()} <{expand('void:triples')}> '7'"
        memory.store.update(f"INSERT DATA {{ GRAPH <{GRAPH_PUBLISHED}> {{ {wrong} }} }}")
        with pytest.raises(OtherGraphError, match="does not agree with itself"):
            open_published(target.store)

        assert put(target, product())


@pytest.mark.parametrize(
    "quads",
    [
        [Quad(EG.a, EG.p, BlankNode("n"), ONE), Quad(BlankNode("n"), EG.p, EG.a, TWO)],
        [Quad(EG.a, EG.p, EG.b)],
    ],
    ids=["a node of two graphs", "no graph"],
)
def test_what_cannot_be_sent_graph_by_graph(quads: list[Quad]) -> None:
    """A graph that would not arrive as it is, sent graph by graph, is refused beforehand."""
    with pytest.raises(StoreError):
        by_graph(write_nquads(quads))


def test_the_graph_of_the_project_can_be_sent() -> None:
    """No nameless node stands in two of the graphs of the project, and none is left out."""
    content = builder.of_folder(resources.ontology_dir()).content

    graphs = by_graph(content)

    assert sum(map(len, graphs.values())) == len(content.splitlines())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Literal("1.50", XSD.decimal), Literal("1.5", XSD.decimal), True),
        (Literal("1", XSD.boolean), Literal("true", XSD.boolean), True),
        (BlankNode("a"), BlankNode("b"), True),
        (Literal("1.50"), Literal("1.5"), False),
        (Literal("100", XSD.decimal), Literal("10", XSD.decimal), False),
        (EG.a, Literal(EG.a), False),
    ],
)
def test_a_digest_is_of_values(one: Term, other: Term, same: bool) -> None:  # noqa: FBT001
    """What a store may spell otherwise leaves the digest; a changed value changes it."""
    digests = {digest_of([Triple(EG.s, EG.p, value)]) for value in (one, other)}

    assert (len(digests) == 1) is same


def test_the_digest_of_a_store_is_that_of_its_publication() -> None:
    """The rules here are known to belong to a published graph by what it says."""
    what = product()

    assert digest_of_store(LocalStore(what.graph)) == description_of(what).digest


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.booleans()), max_size=40),
    st.integers(1, 6),
)
def test_portions(edges: list[tuple[int, int, bool]], most: int) -> None:
    """Portions hold every triple once, and no nameless node stands in two of them."""
    triples = [
        Triple(BlankNode(f"n{a}"), EG.p, BlankNode(f"n{b}"))
        if nameless
        else Triple(eg(f"{a}"), EG.p, Literal(f"_:n{b}"))
        for a, b, nameless in edges
    ]

    found = list(portions(triples, most))

    assert Counter(each for portion in found for each in portion) == Counter(triples)
    homes = [{node for each in p for node in each if isinstance(node, BlankNode)} for p in found]
    assert sum(map(len, homes)) == len(set().union(*homes))
    assert all(len(p) <= most or _is_connected(p) for p in found)


def _is_connected(triples: list[Triple]) -> bool:
    """A portion may be larger than wanted only where it cannot be parted."""
    return all(isinstance(each.subject, BlankNode) for each in triples)


@pytest.mark.parametrize(
    ("query", "server", "update", "graphs"),
    [
        ("h:8890/sparql", "Virtuoso/07", "h:8890/sparql-auth", "h:8890/sparql-graph-crud-auth"),
        ("h/kg/sparql", "", "h/kg/update", "h/kg/data"),
        ("h/kg", "Jetty", "h/kg", "h/kg"),
        ("h/query", "Oxigraph/0.5", "h/update", "h/store"),
        (
            "h/repositories/kg",
            "GraphDB/10",
            "h/repositories/kg/statements",
            "h/repositories/kg/rdf-graphs/service",
        ),
        ("h/sparql", "", "h/sparql", "h/sparql"),
    ],
)
def test_endpoints(query: str, server: str, update: str, graphs: str) -> None:
    """The addresses of the usual stores are known, and what is given is taken as it is."""
    found = guess_endpoints(f"http://{query}", server)

    assert (found.update, found.graphs) == (f"http://{update}", f"http://{graphs}")
    assert found.graph_parameter == ("graph-uri" if "Virtuoso" in server else "graph")
    chosen = guess_endpoints(f"http://{query}", server, update="http://u/", graphs="http://g/")
    assert chosen == Endpoints(f"http://{query}", "http://u/", "http://g/")


# ── The command line ────────────────────────────────────────────────────────────────────────


def run(*arguments: str, env: Mapping[str, str] | None = None) -> Result:
    """A command, as it is typed."""
    return CliRunner().invoke(main, arguments, env=env)


@pytest.fixture(name="filled", scope="module")
def _filled() -> Iterator[tuple[str, InMemory]]:
    """Give a store to which the graph of the project was published from the command line."""
    memory = InMemory()
    with fake_store(memory) as fake:
        done = run("publish", "--to", fake.url)
        assert done.exit_code == 0, done.output
        yield fake.url, memory


@pytest.mark.slow
def test_ask_elsewhere(filled: tuple[str, InMemory]) -> None:
    """`kg ask` gives the same answer whether the graph is here or in a store."""
    here, there = run("ask", *CASE), run("ask", *CASE, "--store", filled[0])

    assert there.exit_code == 0, there.output
    assert there.stdout == here.stdout


def test_store_from_the_environment(filled: tuple[str, InMemory]) -> None:
    """KG_STORE names the store once for all."""
    here, there = run("query", "causes"), run("query", "causes", env={"KG_STORE": filled[0]})

    assert there.stdout == here.stdout
    assert run("query", "causes", env={"KG_STORE": "http://127.0.0.1:9/"}).exit_code == 1


@pytest.mark.slow
def test_verify_elsewhere(filled: tuple[str, InMemory]) -> None:
    """`kg verify --store` finds in the store what the rules find in the sources."""
    rules = {rule.name for rule in read_rules(resources.queries_dir() / "verify")}

    there, here = (
        run("verify", "--store", filled[0], "--format", "json"),
        run("verify", "--format", "json"),
    )

    assert there.exit_code == 0
    assert _messages(there, rules) == _messages(here, rules)
    assert _messages(there, rules)
    checked = json.loads(there.stdout)["extent"]
    assert checked["statements"] == json.loads(here.stdout)["extent"]["statements"]
    assert (checked["files"], checked["rules"]) == (0, len(rules))
    assert checked["graphs"] > 1


def _messages(result: Result, rules: set[str]) -> set[str]:
    findings = json.loads(result.stdout)["findings"]
    return {each["message"] for each in findings if each["rule"] in rules}


@pytest.mark.slow
def test_many_cases_elsewhere(filled: tuple[str, InMemory], tmp_path: Path) -> None:
    """`kg ask --batch` asks the store too, and gives the same lines."""
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"labs": [{"marker": "alp", "state": "high"}]}\n' * 2, "utf-8")

    here, there = (
        run("ask", "--batch", str(cases), *more) for more in ((), ("--store", filled[0]))
    )

    assert there.exit_code == 0, there.output
    assert there.stdout == here.stdout


@pytest.mark.slow
def test_dry_run(filled: tuple[str, InMemory]) -> None:
    """`kg publish --dry-run` says what would be done, and does nothing."""
    memory = InMemory()
    with fake_store(memory) as fake:
        said = run("publish", "--to", fake.url, "--dry-run")

    assert said.exit_code == 0
    assert "no whole graph" in said.stdout
    assert "put     https://w3id.org/etiograph/graph/inferred" in said.stdout
    assert memory.names() == set()
    assert "It is the same graph" in run("publish", "--to", filled[0], "--dry-run").stdout
    assert "already, whole" in run("publish", "--to", filled[0]).stdout


def test_rules_of_another_graph() -> None:
    """A case is not judged by rules that belong to another graph than the one in the store."""
    with running(InMemory()) as (target, _):
        put(target, product())
        refused = run("ask", *CASE, "--store", target.endpoints.query)

    assert refused.exit_code == 1
    assert "holds the graph aaaaaaaaaaaa" in refused.stderr
    assert "kg publish --to" in refused.stderr


def test_a_strange_store() -> None:
    """`kg query` asks a store that says nothing of us as it is, and says so."""
    memory = InMemory()
    memory.store.update("INSERT DATA { <x:a> <x:b> 'c' }")
    with fake_store(memory) as fake:
        said = CliRunner().invoke(
            main, ["query", "-", "--store", fake.url], input="SELECT ?o { ?s ?p ?o }"
        )
        asked = run("ask", *CASE, "--store", fake.url)

    assert said.stdout.splitlines()[2] == "c"
    assert "Its own default graph is asked" in said.stderr
    assert asked.exit_code == 1


def test_password_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without a password is told where it is looked for, and it is never an option."""
    monkeypatch.delenv("KG_STORE_PASSWORD", raising=False)

    said = run("publish", "--to", "http://127.0.0.1:9/", "--user", "ann")

    assert said.exit_code == 2
    assert "KG_STORE_PASSWORD" in said.stderr


def test_texts_are_not_in_a_store(tmp_path: Path) -> None:
    """`--texts` and `--store` do not go together: places are in the sources here."""
    said = run("verify", "--texts", str(tmp_path), "--store", "http://127.0.0.1:9/")

    assert said.exit_code == 2


def test_a_store_without_sources_is_checked_by_nothing(filled: tuple[str, InMemory]) -> None:
    """Where no graph of the sources is published, no rule is run, and that is an error."""
    rules = read_rules(resources.queries_dir() / "verify")
    with fake_store(filled[1]) as fake:
        store, found = open_published(RemoteStore(fake.url))
        asked = len(fake.asked)
        report = verify_store(store, replace(found, parts=()), rules)

    assert len(fake.asked) == asked
    assert [each.focus for each in report.findings] == [
        "no rule was read",
        "no graph is published",
    ]


@pytest.mark.slow
def test_graphs_of_the_sources(filled: tuple[str, InMemory]) -> None:
    """The rules are put to the graphs that people wrote, and to no graph that the build made."""
    with fake_store(filled[1]) as fake:
        store, found = open_published(RemoteStore(fake.url))
        verify_store(
            store,
            replace(found, parts=found.parts),
            read_rules(resources.queries_dir() / "verify")[:1],
        )
        graphs = fake.asked[-1].form["default-graph-uri"]

    assert all("/graph/ontology" in each or "/graph/document/" in each for each in graphs)
    assert len(graphs) == 4
