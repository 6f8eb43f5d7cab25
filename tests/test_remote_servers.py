"""Promises that hold on real stores: the graph arrives whole, and every answer is the embedded one.

`make test-servers` fetches Virtuoso 7 and Apache Jena Fuseki where it can, and runs these tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec import structs
from other_stores.fetch import missing_fuseki, missing_virtuoso
from other_stores.running import Server, Start, fuseki, virtuoso
from servers import serving_built

from kg.answer.model import Answer
from kg.case.document import Question, read_questions
from kg.cli import main
from kg.compile import builder
from kg.compile.check import read_rules
from kg.curate.diff.difference import answer_question, shipped_questions
from kg.curate.verify import verify_store
from kg.model import resources
from kg.model.errors import DeadlineError, OtherGraphError, PartialResultError, StoreAccessError
from kg.model.vocabulary import GRAPH_MAPPINGS, BlankNode, Term
from kg.show import render
from kg.store.artifact import Artifact
from kg.store.base import CachingStore, Row, Store
from kg.store.http import Credentials, HttpClient, RetryPolicy
from kg.store.knowledge import KnowledgeGraph
from kg.store.local import LocalStore
from kg.store.publication import GRAPH_PUBLISHED, open_published, same_value
from kg.store.publish import Target, find_endpoints, plan_publication, publish, update
from kg.store.queries import Query, bind, catalogue
from kg.store.remote import RemoteStore

pytestmark = pytest.mark.servers

ASKED = [q for q in catalogue(resources.queries_dir()).values() if q.name.startswith("ask/")]
QUESTIONS = read_questions(shipped_questions())
EVERYTHING = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"
CASE = ["--has", "multiple myeloma", "--lab", "alp=high", "--lab", "ggt=normal"]


MISREAD: dict[tuple[str, str], str] = {
    (
        "virtuoso",
        "ask/rises_by_day with other values",
    ): "a number that is none is an error of the whole query",
    (
        "virtuoso",
        "ask/causes with other values",
    ): "its compiler fails where two things are present (SP031)",
    (
        "virtuoso",
        "ask/next_steps with other values",
    ): "its optional path does not lead from the one kind of case to itself",
}
"""Queries that a store reads in another way than SPARQL 1.1 has it; answers need none of them."""


@dataclass(frozen=True)
class Filled:
    """A real store to which the graph was published."""

    server: Server
    target: Target
    store: Store
    """The published graph, each question asked once."""


STARTS: dict[str, tuple[Start, str]] = {
    "virtuoso": (virtuoso, missing_virtuoso()),
    "fuseki": (fuseki, missing_fuseki()),
}


@pytest.fixture(name="filled", scope="module", params=STARTS)
def _filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Filled]:
    """Give each store that can be started, with the graph in it."""
    start, missing = STARTS[request.param]
    if missing:
        pytest.skip(missing)
    with ExitStack() as stack:
        server = stack.enter_context(start(tmp_path_factory.mktemp(request.param)))
        target = target_of(server)
        assert publish(target, plan_publication(target, product()), lambda _: None)
        yield Filled(server, target, CachingStore(open_published(target.store)[0]))


def target_of(
    server: Server, credentials: Credentials | None = None, seconds: float = 300
) -> Target:
    """A real store, to be written."""
    client = HttpClient(credentials or server.credentials, RetryPolicy(seconds=seconds))
    return Target(find_endpoints(server.query, client), client)


def product() -> Artifact:
    """The graph of the project."""
    return builder.of_folder(resources.ontology_dir())


@pytest.fixture(name="embedded", scope="module")
def _embedded() -> Store:
    """Give the same graph in memory, with nothing prepared."""
    return LocalStore(product().content)


def shown(store: Store, query: str) -> list[Row]:
    """The rows of a query by value, in order; of nameless nodes only that they are such."""
    return [tuple(map(_by_value, row)) for row in store.select(query).rows]


def _by_value(term: Term | None) -> Term | None:
    if term is None or isinstance(term, BlankNode):
        return term and BlankNode("")
    return same_value(term)


def unordered(rows: Sequence[Row]) -> list[str]:
    """Rows as they can be compared where nameless nodes decide the order."""
    return sorted(map(repr, rows))


@pytest.mark.parametrize("query", ASKED, ids=lambda query: query.name)
def test_every_query(
    request: pytest.FixtureRequest, query: Query, filled: Filled, embedded: Store
) -> None:
    """Every shipped query gives the rows of the embedded store, in their order."""
    _expect_misreading(request, query, filled)
    there, here = shown(filled.store, query.text), shown(embedded, query.text)

    if any(BlankNode("") in row for row in here):
        assert unordered(there) == unordered(here)
    else:
        assert there == here


@pytest.mark.parametrize(
    "query", [each for each in ASKED if each.parameters], ids=lambda query: query.name
)
def test_every_parameter(
    request: pytest.FixtureRequest, query: Query, filled: Filled, embedded: Store
) -> None:
    """A query with other values bound gives the rows of the embedded store too."""
    _expect_misreading(request, query, filled)
    _expect_misreading(request, query, filled, " with other values")
    for name, parameter in query.parameters.items():
        for values in {parameter.defaults[:1], _others(embedded, query)}:
            if values and not (parameter.may_be_empty and values == parameter.defaults):
                leading = {each: query.parameters[each].defaults[:1] for each in query.leading}
                text = bind(query, leading | {name: values})
                assert shown(filled.store, text) == shown(embedded, text), (name, values)


def _expect_misreading(
    request: pytest.FixtureRequest, query: Query, filled: Filled, asked: str = ""
) -> None:
    """Have a test fail where the store is known to misread the query: once it does not, tell."""
    if reason := MISREAD.get((filled.server.name, f"{query.name}{asked}")):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))


def _others(store: Store, query: Query) -> tuple[Term, ...]:
    """Two terms that the query speaks of: as values of any parameter they leave out rows."""
    rows = store.select(query.text)
    return tuple(
        dict.fromkeys(row[0] for row in rows if row and not isinstance(row[0], BlankNode))
    )[:2]  # type: ignore[return-value]


def test_every_rule(filled: Filled) -> None:
    """Every rule finds in the published graph what it finds in the embedded one."""
    rules = read_rules(resources.queries_dir() / "verify")
    store, found = open_published(filled.target.store)

    report = verify_store(store, found, rules)

    sources = LocalStore(_nquads_of_sources())
    wanted = {(rule.name, len(sources.select(rule.query))) for rule in rules}
    counts = {rule.name: 0 for rule in rules}
    for finding in report.findings:
        counts[finding.rule] += 1
    assert report.passes
    assert set(counts.items()) == wanted


def _nquads_of_sources() -> bytes:
    lines = product().graph.splitlines(keepends=True)
    own = (
        b"graph/ontology> .\n",
        b"document/A> .\n",
        b"document/B> .\n",
        b"document/background> .\n",
    )
    return b"".join(line for line in lines if line.endswith(own))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_answer(question: Question, filled: Filled, knowledge: KnowledgeGraph) -> None:
    """Every competency question has the answer there that it has here, to the last word."""
    there = structs.replace(knowledge, open_store=lambda: filled.store)

    answers = [_answer(each, question) for each in (there, knowledge)]

    assert answers[0] == answers[1]


def _answer(knowledge: KnowledgeGraph, question: Question) -> str:
    answer = answer_question(knowledge, question)
    return render(answer, "json") if isinstance(answer, Answer) else str(answer)


def test_command_line(filled: Filled) -> None:
    """`kg ask --store` prints what `kg ask` prints, and `kg publish` finds nothing to do."""
    here, there = run("ask", *CASE), run("ask", *CASE, "--store", filled.server.query)
    credentials = filled.server.credentials
    user = ["--user", credentials.user] if credentials.user else []
    again = run("publish", "--to", filled.server.query, *user, password=credentials.password)

    assert there.stdout == here.stdout
    assert "already, whole" in again.stdout


def run(*arguments: str, password: str = "") -> Result:
    """A command, as it is typed."""
    return CliRunner().invoke(main, arguments, env={"KG_STORE_PASSWORD": password})


def test_forms(filled: Filled, embedded: Store) -> None:
    """ASK and CONSTRUCT give what they give here, and CSV has the same lines."""
    triples = "CONSTRUCT { ?s rdfs:label ?o } WHERE { ?s a eg:Finding ; rdfs:label ?o }"
    table = "SELECT ?s ?o { ?s a eg:Finding ; rdfs:label ?o } ORDER BY ?s"

    assert filled.store.ask("ASK { ?s a eg:Finding }")
    assert not filled.store.ask("ASK { ?s a eg:NoSuchThing }")
    assert set(filled.store.construct(triples)) == set(embedded.construct(triples))
    assert filled.store.answer(table, "text/csv") == embedded.answer(table, "text/csv")


def test_a_result_that_is_cut(filled: Filled) -> None:
    """A result beyond what a store gives in its time and rows is an error, and no part of it."""
    store = replace(
        filled.target.store,
        graphs=(GRAPH_MAPPINGS,),
        client=HttpClient(policy=RetryPolicy(seconds=10, most_bytes=1 << 22)),
    )

    with pytest.raises((PartialResultError, DeadlineError)):
        store.select(EVERYTHING)


def test_service(filled: Filled, embedded: Store, tmp_path: Path) -> None:
    """A store joins what it holds with what our endpoint answers through SERVICE."""
    near = "SELECT ?s ?l { ?s a eg:Finding ; rdfs:label ?l } ORDER BY ?s"
    # Virtuoso lets only those who may write ask elsewhere: at the door where they log in.
    door = filled.target.endpoints.update if filled.server.credentials.user else filled.server.query
    store = replace(open_published(filled.target.store)[0], url=door)
    with serving_built(tmp_path / "serve.log") as server:
        ours = f"SERVICE <http://127.0.0.1:{server.port}/sparql> {{ ?s rdfs:label ?l }}"
        far = f"SELECT ?s ?l {{ ?s a eg:Finding . {ours} }} ORDER BY ?s"

        assert shown(store, far) == shown(embedded, near)


def test_the_cap_of_virtuoso(filled: Filled) -> None:
    """Virtuoso's rows are refused from its cap on, and given as a whole below it."""
    if filled.server.rows is None:
        pytest.skip(f"{filled.server.name} has no cap")
    rows = filled.server.rows
    store = open_published(filled.target.store)[0]

    with pytest.raises(PartialResultError, match=f"stops at {rows} rows"):
        store.select(f"SELECT ?a WHERE {{ ?a ?b ?c }} LIMIT {rows + 1}")
    assert len(store.select(f"SELECT ?a WHERE {{ ?a ?b ?c }} LIMIT {rows - 1}")) == rows - 1


def test_the_hurry_of_virtuoso(filled: Filled) -> None:
    """A result that Virtuoso gives up after a time that was asked for is refused."""
    if filled.server.name != "virtuoso":
        pytest.skip("only Virtuoso sends what it had when its time was over")
    slow = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?c != ?i) }"

    with pytest.raises(PartialResultError, match="ran out of time"):
        RemoteStore(f"{filled.server.query}?timeout=1000", client=filled.target.client).select(slow)


def test_a_wrong_password(filled: Filled) -> None:
    """Nobody publishes with a wrong password, and the graph stays as it was."""
    if not filled.server.credentials.user:
        pytest.skip(f"{filled.server.name} lets everybody in")
    target = target_of(filled.server, Credentials("dba", "guess"))

    with pytest.raises(StoreAccessError):
        publish(target, plan_publication(target, product()), lambda _: None, force=True)
    assert open_published(filled.target.store)[1].version == product().version


def test_updates_in_place_of_graphs(filled: Filled) -> None:
    """Where graphs cannot be put, updates bring the same graph; a change is noticed and mended."""
    nowhere = filled.server.query.replace("sparql", "nothing")
    endpoints = replace(filled.target.endpoints, graphs=nowhere)
    target = replace(filled.target, endpoints=endpoints)
    plan = plan_publication(target, product())
    told: list[str] = []

    publish(target, plan, told.append, force=True)
    update(target, f"DELETE WHERE {{ GRAPH <{GRAPH_MAPPINGS}> {{ ?s ?p ?o }} }}")
    store, found = open_published(target.store)
    report = verify_store(store, found, ())
    mended = publish(filled.target, plan_publication(filled.target, product()), told.append)

    assert "updates are sent" in told[0]
    differing = [each.focus for each in report.findings if each.rule == "published-graph"]
    assert differing == [GRAPH_MAPPINGS]
    assert mended


def test_an_unfinished_publication(filled: Filled) -> None:
    """While the description is missing nobody is answered, and publishing again ends that."""
    target = filled.target
    update(target, f"DROP SILENT GRAPH {GRAPH_PUBLISHED.n3()}")

    with pytest.raises(OtherGraphError, match="did not end"):
        open_published(target.store)
    assert publish(target, plan_publication(target, product()), lambda _: None)
    assert open_published(target.store)[1].version == product().version


def test_nothing_is_left(tmp_path: Path) -> None:
    """A store that was started is stopped, and its address is free again."""
    for start, missing in STARTS.values():
        if missing:
            continue
        folder = tmp_path / start.__name__
        folder.mkdir()
        with start(folder) as server:
            assert RemoteStore(server.query).ask("ASK {}") in (True, False)
        with pytest.raises(Exception, match="cannot be reached"):
            RemoteStore(server.query, client=HttpClient(policy=RetryPolicy(seconds=1))).ask(
                "ASK {}"
            )
