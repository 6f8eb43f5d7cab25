"""A patient number in every place of a request: it is nowhere once the request is answered."""

from __future__ import annotations

import http.client
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from memories import CAN_LOOK, holders
from runaways import RUNAWAYS
from servers import Answer, Server, found, launched
from test_api_cases import FHIR, PLAIN, RECORD, WHOLE, case_requests, leaves, planted
from test_ask_page import forms_with
from waiting import wait_until

from kg.compile import builder

pytestmark = pytest.mark.load

CANARY = "patient-4711-0815-c4n4ry"
NDJSON = "application/fhir+ndjson"
FORM = "application/x-www-form-urlencoded"
HEADERS = (
    "accept", "accept-charset", "accept-encoding", "accept-language", "authorization",
    "cache-control", "connection", "content-disposition", "content-encoding", "content-language",
    "content-length", "content-location", "content-type", "cookie", "dpop", "expect", "forwarded",
    "from", "host", "if-match", "if-modified-since", "if-none-match", "keep-alive", "link",
    "origin", "prefer", "proxy-authorization", "range", "referer", "sec-fetch-site", "slug", "te",
    "traceparent", "trailer", "transfer-encoding", "upgrade", "user-agent", "via", "warning",
    "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-http-method-override",
    "x-note", "x-original-url", "x-request-id",
)  # fmt: skip
QUERIES = {
    "literal": "SELECT * {{ ?s ?p '{0}' }}",
    "IRI": "SELECT * {{ ?s ?p <urn:{0}> }}",
    "comment": "ASK {{ ?s ?p ?o }} # {0}",
    "prefix": "PREFIX {0}: <urn:x> ASK {{ ?s ?p {0}:a }}",
    "column": "SELECT ('x' AS ?{1}) {{}}",
    "constructed": "CONSTRUCT {{ <urn:{0}> ?p '{0}' }} {{ ?s ?p ?o }} LIMIT 1",
    "described": "DESCRIBE <urn:{0}>",
    "service": "SELECT * {{ SERVICE <http://{0}.example/> {{ ?s ?p ?o }} }}",
    "from": "SELECT * FROM <urn:{0}> {{ ?s ?p ?o }}",
    "update": "INSERT DATA {{ <urn:{0}> <urn:p> '{0}' }}",
    "load": "LOAD <http://{0}.example/>",
    "base": "BASE <http://{0}.example/> ASK {{ <a> ?p ?o }}",
}
MISTAKES = {
    "unclosed": "SELECT * {{ ?s ?p '{0}",
    "no query": "{0}",
    "NUL": "{0}\x00",
    "unknown prefix": "ASK {{ ?s ?p {1}:x }}",
    "unknown function": "ASK {{ FILTER(<urn:{0}>(1)) }}",
}
"""Queries that cannot be read; the error shows the line, to who sent it."""
TARGETS = (
    "/{0}", "/id/{0}", "/id/{0}.ttl", "/statement/{0}.html", "/document/{0}", "/query/{0}",
    "/graph/{0}", "/ontology/{0}", "/dumps/{0}", "/dumps/{0}.nq", "/api/{0}", "/api/case/{0}",
    "/sparql/{0}", "/sparql?{0}", "/sparql?{0}=1", "/sparql?format={0}",
    "/sparql?query=ASK+%7B%7D&{0}={0}", "/sparql?query=ASK+%7B%7D&format={0}",
    "/sparql?query=ASK+%7B%7D&default-graph-uri={0}",
    "/sparql?query=ASK+%7B%7D&default-graph-uri=urn:{0}",
    "/sparql?query=ASK+%7B%7D&named-graph-uri=urn:{0}", "/sparql?update={0}",
    "/sparql?query=ASK+%7B%7D&query={0}", "/sparql?query=%FF{0}",
    "/api/causes?about={0}", "/api/causes?{0}=1", "/api/causes?format={0}", "/live?{0}",
    "/health?{0}={0}", "/metrics?{0}", "/..%2f{0}", "/%00{0}", "//{0}.example/", "/id/a;{0}",
    "/ask?{0}", "/ask/{0}", "/names.json?{0}", "/?{0}", "/static/style.css?{0}",
    "/sitemap.xml?{0}", "/robots.txt?{0}", "/.well-known/{0}",
    "http://{0}@localhost/live", "/live#{0}", "*{0}",
)  # fmt: skip
"""Addresses; a browser, a proxy or a person may put anything into one."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request, and whether its own error may show what was sent."""

    method: str
    target: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    may_show: bool = False


def requests() -> Iterator[Sent]:
    """A request for every place in which a patient number may come to stand."""
    for method, target, body, headers in case_requests(CANARY):
        yield Sent(method, target, body, tuple(headers.items()))
    for pairs in forms_with(CANARY):
        asks = (("content-type", FORM), ("accept", "text/html"))
        yield Sent("POST", "/ask", urlencode(pairs).encode(), asks, may_show=True)
        yield Sent("POST", f"/ask?{urlencode(pairs)}", b"x=1", asks)
    resources = [entry["resource"] for entry in RECORD["entry"]]
    for path in leaves(resources):
        body = "\n".join(map(json.dumps, planted(resources, path, CANARY))).encode()
        yield Sent("POST", "/api/case", body, (("content-type", NDJSON),))
    yield from _queries()
    for target in TARGETS:
        for method in ("GET", "HEAD", "POST", "DELETE", CANARY.upper()):
            body = f"query=ASK+%7B%7D&{CANARY}={CANARY}".encode() if method == "POST" else b""
            yield Sent(method, target.format(CANARY), body, (("content-type", FORM),))
    for name in HEADERS:
        for value in (CANARY, f"Bearer {CANARY}", f'x; filename="{CANARY}.json"'):
            yield Sent("GET", "/sparql?query=ASK+%7B%7D", headers=((name, value),))
    for kind in (PLAIN, FHIR, NDJSON):
        for target in ("/api/case", "/sparql"):
            yield from _files_sent(target, kind)


def _queries() -> Iterator[Sent]:
    """Queries that hold it: good ones, wrong ones, and such as end their worker."""
    texts = [(text.format(CANARY, CANARY.replace("-", "_")), False) for text in QUERIES.values()]
    texts += [(text.format(CANARY, CANARY.replace("-", "_")), True) for text in MISTAKES.values()]
    texts += [(f"{query} # {CANARY}", False) for query in RUNAWAYS.values()]
    texts.append((f"ASK {{}} # {CANARY * 4000}", False))
    for text, may_show in texts:
        yield Sent("GET", f"/sparql?query={quote(text)}", may_show=may_show)
        form = urlencode({"query": text, CANARY: CANARY}).encode()
        yield Sent("POST", "/sparql", form, (("content-type", FORM),), may_show)
        direct = (("content-type", "application/sparql-query"),)
        yield Sent("POST", "/sparql", text.encode(), direct, may_show)


def _files_sent(target: str, kind: str) -> Iterator[Sent]:
    """Files with its name: as a part of a form, and by what the header says."""
    case = json.dumps(WHOLE if kind == PLAIN else RECORD).encode()
    part = (
        f'--x\r\nContent-Disposition: form-data; name="{CANARY}"; filename="{CANARY}.json"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    )
    body = part.encode() + case + b"\r\n--x--\r\n"
    yield Sent("POST", target, body, (("content-type", "multipart/form-data; boundary=x"),))
    for named in (f'filename="{CANARY}.json"', f"filename*=UTF-8''{CANARY}"):
        headers = (("content-type", kind), ("content-disposition", f"attachment; {named}"))
        yield Sent("POST", target, case, headers)
    yield Sent("POST", target, case, (("content-type", f"{kind}; name={CANARY}"),))


def test_nothing_of_a_request_stays(tmp_path: Path) -> None:
    """It is in no line of the log, no count, no file, and no error but that of its own query."""
    for name in ("home", "scratch"):
        (tmp_path / name).mkdir()
    cache, log = builder.ready().folder.parent, tmp_path / "log"
    places = {"HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "scratch")}
    before = _everywhere()
    every = list(requests())
    statuses: Counter[int] = Counter()
    shown: list[tuple[Sent, Answer]] = []
    with launched(log, "--timeout", "1", KG_CACHE=str(cache), **places) as process:
        server = found(process, log)
        for sent in every:
            answer = _answered(server, sent)
            statuses[answer.status] += 1
            if answer.status >= 400 and _shows(sent, answer):
                shown.append((sent, answer))
        counted = server.request("GET", "/metrics").body
        written = [each for each in _everywhere() - before if _holds(_content(each))]
    print(f"{len(every)} requests: {dict(sorted(statuses.items()))}")  # noqa: T201

    assert len(every) >= 500
    assert shown == []
    assert not _holds(counted)
    assert not _holds(log.read_bytes())
    assert b"unhandled exception" not in log.read_bytes()
    assert statuses[500] == 0
    assert written == []
    assert {path.name for path in tmp_path.rglob("*")} == {"home", "scratch", "log"}


def _answered(server: Server, sent: Sent) -> Answer:
    return server.request(sent.method, sent.target, body=sent.body, headers=dict(sent.headers))


def _shows(sent: Sent, answer: Answer) -> bool:
    """Whether an error says what was sent, other than the query to who wrote it."""
    return _holds(str(answer.headers).encode()) or (_holds(answer.body) and not sent.may_show)


def _holds(content: bytes) -> bool:
    """Whether the canary is in something, however it is written."""
    told = content.lower()
    return any(form in told for form in (CANARY.encode(), CANARY.replace("-", "_").encode()))


def _everywhere() -> set[Path]:
    """The files in the folders that every process may write to."""
    folders = [Path(tempfile.gettempdir()), Path("/dev/shm"), Path("/var/tmp")]  # noqa: S108
    return {each for folder in folders for each in folder.glob("*") if each.is_file()}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.stat().st_uid == os.getuid() else b""
    except OSError:
        return b""


@pytest.mark.skipif(not CAN_LOOK, reason="only the superuser reads the memory of other processes")
@pytest.mark.parametrize("by_proxy", [False, True])
def test_a_case_leaves_with_its_connection(tmp_path: Path, by_proxy: bool) -> None:  # noqa: FBT001 - two cases
    """One process holds a case while its connection is open, and none afterwards; by a proxy none.

    The server's own process is not looked at: it has passed the case on.
    """
    log = tmp_path / "log"
    case = {"labs": [{"marker": "ALP", "value": 212, "unit": CANARY}]}
    headers = {"content-type": PLAIN} | ({"x-forwarded-for": "192.0.2.1"} if by_proxy else {})
    cache = builder.ready().folder.parent
    with launched(log, KG_CACHE=str(cache)) as process:
        server = found(process, log)
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as sender:
            for _ in range(3):
                sender.request("POST", "/api/case", body=json.dumps(case), headers=headers)
                response = sender.getresponse()
                assert response.status == 200
                assert CANARY.encode() in response.read()
            if by_proxy:
                wait_until(lambda: not _holding(server))
            during = _holding(server)
        wait_until(lambda: not _holding(server))

    assert len(during) == (0 if by_proxy else 1)


def _holding(server: Server) -> set[int]:
    """The processes for queries and cases in whose memory the canary is."""
    return holders(set(server.family()) - {server.pid}, CANARY.encode())
