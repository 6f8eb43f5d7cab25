"""Requests that nobody would send on purpose: the server answers, and never by mistake."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from asgi import Client, running

from kg.model import resources
from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG, Literal, eg
from kg.sandbox.queue import Sizes
from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.services import GraphFile
from kg.serve.settings import Settings
from kg.serve.state import AppState

EXPECTED = {200, 304, 400, 403, 413, 415, 422, 503, 504}
NOISE = string.printable + "\x00\x7féÿ"
PIECES = [
    "{", "}", "(", ")", "[", "]", "<", ">", '"', "'", "\\", "\\u0041", "\\U0010FFFF", "\x00",
    "\ufeff", "\u202e", "_:", "?", "$", "a", "^^", "@en", "<<", ">>", "#", "\n", "*", "+", "!",
    "^", "|", "/", "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "WHERE", "FILTER", "OPTIONAL",
    "UNION", "MINUS", "GRAPH", "SERVICE", "VALUES", "BIND", "GROUP BY", "HAVING", "ORDER BY",
    "LIMIT 1", "COUNT(*)", "LOAD", "INSERT DATA", "PREFIX x: <x:>", "BASE <x:>", "1e9999", "-0.0",
    "'''", '"""', "\xe9", "\U0001d6fc",
]  # fmt: skip


@pytest.fixture(name="client", scope="module")
def _client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    path = tmp_path_factory.mktemp("fuzz") / "graph.nq"
    path.write_bytes(
        write_nquads(Quad(eg(f"s{n}"), EG.p, Literal(str(n)), EG.g) for n in range(50))
    )
    settings = Settings(
        sizes=Sizes(deadline=1.0, slow=2),
        limits=Limits(seconds_per_minute=0, errors_per_minute=0),
    )
    with running(create_app(AppState(settings, GraphFile(path)))) as client:
        yield client


def seeds() -> list[str]:
    """The queries that ship, which use most of the language."""
    return [path.read_text("utf-8") for path in sorted(resources.queries_dir().rglob("*.rq"))]


def mutant(query: str, chance: random.Random) -> str:
    """A query with a few pieces taken out, doubled, moved or put in."""
    for _ in range(chance.randint(1, 5)):
        start = chance.randrange(len(query) + 1)
        end = min(len(query), start + chance.randint(0, 20))
        piece = chance.choice([
            "", query[start:end] * 2, query[start:end][::-1], chance.choice(PIECES),
        ])  # fmt: skip
        query = query[:start] + piece + query[end:]
    return query


def tried(client: Client, count: int, seed: int) -> set[int]:
    """The statuses of so many mutants, sent in every way."""
    chance = random.Random(seed)
    queries = seeds()
    statuses = set()
    for number in range(count):
        query = mutant(chance.choice(queries), chance)
        if number % 2:
            response = client.get("/sparql?query=" + quote(query))
        else:
            response = client.request(
                "POST",
                "/sparql",
                body=query.encode(),
                headers={"content-type": "application/sparql-query"},
            )
        assert response.status in EXPECTED, query
        statuses.add(response.status)
    assert client.get("/health").status == 200
    return statuses


def test_mutants(client: Client) -> None:
    """No mutant of a query is met with a mistake, and the server goes on."""
    assert {200, 400} <= tried(client, 300, 1)


@pytest.mark.load
def test_ten_thousand_mutants(client: Client) -> None:
    """Nor is any of ten thousand."""
    assert {200, 400} <= tried(client, 10_000, 2)


def test_noise(client: Client) -> None:
    """Addresses, forms and headers of noise are answered with what they deserve."""
    chance = random.Random(3)
    for number in range(400):
        noise = "".join(chance.choices(NOISE, k=chance.randint(0, 60)))

        assert noisy(client, noise, number % 4) in {*EXPECTED, 404, 405}, noise


def noisy(client: Client, noise: str, place: int) -> int:
    """The status of a request with noise in one of four places."""
    headers = {"accept": noise, "content-type": "application/x-www-form-urlencoded"}
    if place == 0:
        return client.get("/sparql?query=ASK{}&" + quote(noise, safe="=&%;+"), accept=noise).status
    if place == 1:
        return client.get("/" + quote(noise)).status
    if place == 2:
        return client.request("POST", "/sparql", body=noise.encode(), headers=headers).status
    return client.request("POST", "/sparql", headers={"content-type": noise}).status
