"""Parts of a dump: who was cut off goes on where that was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from asgi import Client, running

from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG, Literal, eg
from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.services import GraphFile
from kg.serve.settings import Settings
from kg.serve.state import AppState

DUMP = "/dumps/etiograph.nq"


@pytest.fixture(name="client", scope="module")
def _client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    path = tmp_path_factory.mktemp("parts") / "graph.nq"
    quads = [Quad(eg(f"s{n}"), EG.p, Literal(f"{n:04}"), EG.g) for n in range(500)]
    path.write_bytes(write_nquads(quads))
    limits = Limits(seconds_per_minute=0, errors_per_minute=0)
    with running(create_app(AppState(Settings(limits=limits), GraphFile(path)))) as client:
        yield client


@pytest.mark.parametrize(
    ("headers", "status", "place"),
    [
        ({"range": "bytes=0-99"}, 206, slice(0, 100)),
        ({"range": "bytes=100-"}, 206, slice(100, None)),
        ({"range": "bytes=-7"}, 206, slice(-7, None)),
        ({"range": "bytes=5-5", "accept_encoding": "gzip"}, 206, slice(5, 6)),
        ({"range": "bytes=0-99999999999"}, 206, slice(0, None)),
        ({"range": "bytes=99999999999-"}, 416, slice(0, 0)),
        ({"range": "bytes=0-1,5-6"}, 200, slice(0, None)),
        ({"range": "bytes=5-1"}, 200, slice(0, None)),
        ({"range": "lines=1-2"}, 200, slice(0, None)),
        ({"range": "bytes=5-", "if_range": '"another"'}, 200, slice(0, None)),
        ({"range": "bytes=5-", "if_range": "ETAG"}, 206, slice(5, None)),
        ({"range": "bytes=5-", "if_range": "W/ETAG"}, 200, slice(0, None)),
    ],
)
def test_a_part_of_a_file(
    client: Client, headers: dict[str, str], status: int, place: slice
) -> None:
    """Who was cut off goes on where that was, if the file is still the same."""
    whole = client.get(DUMP)
    etag = whole.headers["etag"]
    sent = {name: value.replace("ETAG", etag) for name, value in headers.items()}
    part = client.get(DUMP, **sent)

    assert not etag.startswith("W/")
    assert whole.headers["accept-ranges"] == "bytes"
    assert (part.status, part.body) == (status, whole.body[place])
    assert part.headers["content-length"] == str(len(part.body))
    if status == 206:
        start, stop, _ = place.indices(len(whole.body))
        assert part.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(whole.body)}"


def test_a_packed_file_has_no_strong_etag(client: Client) -> None:
    """What was packed is not the bytes that the ETag stands for, so none goes on from there."""
    plain, packed = client.get(DUMP), client.get(DUMP, accept_encoding="gzip")

    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] == f"W/{plain.headers['etag']}"
