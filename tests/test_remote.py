"""Promises of asking a store of somebody else's: a whole result, or an error that says why not."""

from __future__ import annotations

import base64
import gzip
import json
import logging
import time
import tracemalloc
from contextlib import suppress
from dataclasses import replace

import pyoxigraph as ox
import pytest
from other_stores.fake import ONE_ROW, RESULTS, Asked, Says, fake_store, with_password

from kg.model.errors import (
    BusyError,
    DeadlineError,
    KGError,
    MediaTypeError,
    PartialResultError,
    QuerySyntaxError,
    StoreAccessError,
    StoreRefusedError,
    StoreReplyError,
    StoreUnreachableError,
    UsageError,
)
from kg.model.rdf import FORMATS, Format, Quad, Triple, write_nquads
from kg.model.vocabulary import EG, IRI, RDF, XSD, BlankNode, Literal, eg
from kg.store.base import CachingStore, Rows, Store
from kg.store.http import Credentials, HttpClient, RetryPolicy
from kg.store.local import LocalStore
from kg.store.publish import Endpoints, Target, update
from kg.store.remote import RemoteStore, with_prefixes

SELECT = "SELECT ?x WHERE { ?x a eg:Case }"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"
HTML = Says(b"<html><body>Welcome</body></html>", media_type="text/html; charset=utf-8")
TRIPLES = b'<http://x/s> <http://x/p> "o"@en .\n'


def client(**policy: float) -> HttpClient:
    """A way to a store on which nobody waits in vain: pauses are noted and not slept."""
    return HttpClient(policy=RetryPolicy(**{"seconds": 5, "pause": 0.001, **policy}))  # type: ignore[arg-type]


def document(*terms: dict[str, str]) -> bytes:
    """A result of one column."""
    rows = [{"x": term} for term in terms]
    return json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": rows}}).encode()


def test_select() -> None:
    """Every kind of term comes over, and what is not bound is None."""
    body = b"""{"head": {"vars": ["a", "b", "c", "d", "e"]}, "results": {"bindings": [{
        "a": {"type": "uri", "value": "http://x/a"},
        "b": {"type": "literal", "value": "b", "xml:lang": "en"},
        "c": {"type": "typed-literal", "value": "1.50", "datatype": "%s"},
        "d": {"type": "bnode", "value": "n1"}}]}}""" % XSD.decimal.encode()
    with fake_store(Says(body)) as fake:
        rows = RemoteStore(fake.url).select(SELECT)

    assert rows == Rows(
        ("a", "b", "c", "d", "e"),
        (
            (
                IRI("http://x/a"),
                Literal("b", RDF.langString, "en"),
                Literal("1.50", XSD.decimal),
                BlankNode("n1"),
                None,
            ),
        ),
    )


@pytest.mark.parametrize(("spelled", "meant"), [("1", "true"), ("0", "false"), ("true", "true")])
def test_truth_values_have_one_spelling(spelled: str, meant: str) -> None:
    """A stored truth value reads the same, whether a store writes it as a word or as a digit."""
    body = document({"type": "literal", "value": spelled, "datatype": XSD.boolean})
    with fake_store(Says(body)) as fake:
        ((term,),) = RemoteStore(fake.url).select(SELECT).rows

    assert term == Literal(meant, XSD.boolean)


def test_nameless_nodes_of_other_stores_can_be_written() -> None:
    """A node that a store names in a way of its own gets a name that RDF can write."""
    body = document(
        {"type": "bnode", "value": "nodeID://b1"}, {"type": "bnode", "value": "nodeID://b2"}
    )
    with fake_store(Says(body)) as fake:
        found = RemoteStore(fake.url).select(SELECT).column("x")

    assert all(isinstance(term, BlankNode) and term.value.isalnum() for term in found)
    assert len(set(found)) == 2


@pytest.mark.parametrize(
    ("body", "holds"),
    [
        (b'{"head": {}, "boolean": true}', True),
        (b'{"head": {}, "boolean": false}', False),
        (document().replace(b'"x"', b'"__ASK_RETVAL"'), False),
        (
            document(
                {
                    "type": "typed-literal",
                    "value": "1",
                    "datatype": "http://www.w3.org/2001/XMLSchema#integer",
                }
            ).replace(b'"x"', b'"__ASK_RETVAL"'),
            True,
        ),
    ],
)
def test_ask(body: bytes, holds: bool) -> None:  # noqa: FBT001 - a column of the table
    """The answer to an ASK is read, also where a store writes it as a table of one number."""
    with fake_store(Says(body)) as fake:
        assert RemoteStore(fake.url).ask("ASK {}") is holds


@pytest.mark.parametrize(
    "body", [b"[]", b"5", b'"boolean"', b"null", b"{}", b'{"boolean": "true"}']
)
def test_no_truth_value(body: bytes) -> None:
    """An answer to an ASK that says neither yes nor no is an error."""
    with fake_store(Says(body)) as fake, pytest.raises(StoreReplyError, match="no SPARQL result"):
        RemoteStore(fake.url).ask("ASK {}")


def test_construct() -> None:
    """The triples of a CONSTRUCT come over, each once."""
    with fake_store(Says(TRIPLES * 2, media_type="application/n-triples")) as fake:
        triples = RemoteStore(fake.url).construct(CONSTRUCT)

    assert triples == (
        Triple(IRI("http://x/s"), IRI("http://x/p"), Literal("o", RDF.langString, "en")),
    )


def test_a_question_is_in_no_address() -> None:
    """A query and the graphs it is about travel in the body of a POST, and in no address."""
    with fake_store(Says()) as fake:
        RemoteStore(fake.url, (EG.g1, EG.g2)).select(SELECT)

    (asked,) = fake.asked
    assert (asked.method, asked.path) == ("POST", "/kg/sparql")
    assert asked.form["default-graph-uri"] == asked.form["named-graph-uri"] == [EG.g1, EG.g2]


def test_a_query_that_names_its_graphs_keeps_them() -> None:
    """Where a query says FROM, the list of graphs that would overrule it is not sent."""
    with fake_store(Says()) as fake:
        RemoteStore(fake.url, (EG.g1,)).select("SELECT * FROM eg:g2 { ?s ?p ?o }")

    assert "default-graph-uri" not in fake.asked[0].form


def test_prefixes_are_declared() -> None:
    """What is sent declares those of our prefixes that the query uses and does not declare."""
    query = "PREFIX st: <http://other/> SELECT * {\n st:a eg:p 'owl:x' }"

    sent = with_prefixes(query)

    assert sent.startswith(f"PREFIX eg: <{eg('')}> PREFIX st: <http://other/>")
    assert sent.count("PREFIX") == 2
    assert sent.count("\n") == query.count("\n")


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize(
    ("kind", "query", "reply"),
    [
        ("rows", SELECT, Says()),
        ("boolean", "ASK {}", Says(b'{"head": {}, "boolean": true}')),
        ("triples", CONSTRUCT, Says(TRIPLES, media_type="application/n-triples")),
    ],
)
def test_formats(form: Format, kind: str, query: str, reply: Says) -> None:
    """A result is written in every format that can carry it, as the local store writes it."""
    with fake_store(reply) as fake:
        store = RemoteStore(fake.url)
        if kind not in form.carries:
            with pytest.raises(MediaTypeError, match=r"wanted: (application|text)/"):
                store.answer(query, form.media_type)
            return
        written = store.answer(query, form.media_type)

    local = LocalStore(write_nquads([Quad(*triple) for triple in [_triple()]]))
    same = {"rows": "SELECT (STR('1') AS ?x) {}", "boolean": "ASK {}", "triples": CONSTRUCT}[kind]
    expected = local.answer(same, form.media_type)
    if kind == "triples":  # the order of prefixes is left to chance
        assert _parsed(written, form) == _parsed(expected, form)
    else:
        assert written.strip() == expected.strip()


def _parsed(text: bytes, form: Format) -> set[str]:
    found = ox.RdfFormat.from_media_type(form.media_type)
    assert found is not None
    return {str(quad) for quad in ox.parse(text, format=found)}


def _triple() -> Triple:
    return Triple(IRI("http://x/s"), IRI("http://x/p"), Literal("o", RDF.langString, "en"))


CUT = [
    pytest.param(Says(ONE_ROW[:-20], announced=len(ONE_ROW)), id="shorter than announced"),
    pytest.param(Says(framing="cut chunks"), id="chunks without an end"),
    pytest.param(Says(ONE_ROW[:-20], framing="none"), id="the line went dead"),
    pytest.param(Says(ONE_ROW[:-20]), id="announced as it is, and cut"),
    pytest.param(
        Says(ONE_ROW + b"\njava.util.concurrent.TimeoutException"), id="a trace at the end"
    ),
    pytest.param(Says(headers={"X-SPARQL-MaxRows": "1"}), id="rows of Virtuoso"),
    pytest.param(Says(headers={"X-SQL-State": "S1TAT"}), id="time of Virtuoso"),
    pytest.param(
        Says(gzip.compress(ONE_ROW)[:-9], headers={"Content-Encoding": "gzip"}), id="packed and cut"
    ),
    pytest.param(Says(b"\x1f\x8bxx", headers={"Content-Encoding": "gzip"}), id="packed wrongly"),
]


@pytest.mark.parametrize("reply", CUT)
def test_a_cut_result_is_never_passed_on(reply: Says) -> None:
    """A result that is cut in any way is an error, and nothing of it is used."""
    with fake_store(reply) as fake, pytest.raises(PartialResultError):
        RemoteStore(fake.url, client=client()).select(SELECT)


def test_a_full_result_of_a_store_with_a_known_cap() -> None:
    """A result that has as many rows as the store gives at most is refused; one less is whole."""
    with fake_store(Says()) as fake:
        assert len(RemoteStore(fake.url, row_cap=2).select(SELECT)) == 1
        with pytest.raises(PartialResultError, match="stops at 1 rows, and the result has 1"):
            RemoteStore(fake.url, row_cap=1).select(SELECT)


def test_triples_need_an_end() -> None:
    """Triples whose end is only the end of the line may be cut, so they are refused."""
    reply = Says(TRIPLES, media_type="application/n-triples", framing="none")
    with fake_store(reply) as fake, pytest.raises(PartialResultError, match="how long its reply"):
        RemoteStore(fake.url).construct(CONSTRUCT)


def test_chunks_and_packed_replies_are_read() -> None:
    """A reply in chunks, packed or not, is read as a whole."""
    packed = Says(gzip.compress(ONE_ROW), headers={"Content-Encoding": "gzip"}, framing="chunked")
    with fake_store(Says(framing="chunked"), packed) as fake:
        store = RemoteStore(fake.url)

        assert store.select(SELECT) == store.select(SELECT)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Says(b"1" * 5000), id="plain"),
        pytest.param(
            Says(gzip.compress(b"1" * 10**6), headers={"Content-Encoding": "gzip"}), id="packed"
        ),
    ],
)
def test_more_than_is_read(reply: Says) -> None:
    """A reply larger than is read is refused before it is held as a whole."""
    with fake_store(reply) as fake, pytest.raises(PartialResultError, match="more than 4000 bytes"):
        RemoteStore(fake.url, client=client(most_bytes=4000)).select(SELECT)


def test_a_small_reply_that_unpacks_to_a_large_one() -> None:
    """No more of a packed reply is unpacked than is read, though a little of it holds much."""
    bomb = Says(gzip.compress(bytes(1 << 26)), headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        with fake_store(bomb) as fake, pytest.raises(PartialResultError, match="more than 4000"):
            RemoteStore(fake.url, client=client(most_bytes=4000)).select(SELECT)
        assert tracemalloc.get_traced_memory()[1] < 1 << 23
    finally:
        tracemalloc.stop()


WRONG = [
    pytest.param(HTML, StoreReplyError, "a page for a browser", id="page"),
    pytest.param(Says(media_type="text/csv"), StoreReplyError, "in text/csv; wanted", id="type"),
    pytest.param(Says(b"[]"), StoreReplyError, "no SPARQL result", id="list"),
    pytest.param(Says(b"{}"), StoreReplyError, "no SPARQL result", id="empty object"),
    pytest.param(
        Says(document({"type": "triple", "value": "x"})), StoreReplyError, "triple", id="new kind"
    ),
    pytest.param(
        Says(ONE_ROW.replace(b'["x"]', b'["y"]')), StoreReplyError, "does not name", id="column"
    ),
    pytest.param(Says(b'{"boolean": 1}'), StoreReplyError, "SPARQL result", id="boolean"),
    pytest.param(Says(b"no", 401, "text/plain"), StoreAccessError, "refuses access w", id="401"),
    pytest.param(
        Says(b"no", 403, "text/plain"), StoreAccessError, r"forbids .+ \(403\): no", id="403"
    ),
    pytest.param(Says(b"gone", 404, "text/plain"), StoreRefusedError, "404: gone", id="404"),
    pytest.param(Says(b"<html>", 500, "text/html"), StoreRefusedError, r"500\.$", id="500"),
    pytest.param(
        Says(b"", 301, headers={"Location": "http://x/"}), StoreRefusedError, "sends on", id="301"
    ),
    pytest.param(Says(hang_up=True), StoreUnreachableError, "broke the connection", id="hung up"),
]


@pytest.mark.parametrize(("reply", "kind", "message"), WRONG)
def test_a_wrong_reply_is_named(reply: Says, kind: type[KGError], message: str) -> None:
    """Whatever else a store replies is an error of its kind, with the address and the reason."""
    with fake_store(reply) as fake, pytest.raises(kind, match=message) as caught:
        RemoteStore(fake.url, client=client()).select(SELECT)

    assert fake.url in caught.value.message


def test_a_query_that_no_store_can_read() -> None:
    """A query that the store refuses and that does not parse is explained, with the place."""
    with fake_store(Says(b"SR171", 400, "text/plain")) as fake:
        with pytest.raises(QuerySyntaxError, match="the prefix zz: is not known"):
            RemoteStore(fake.url).select("SELECT * {\n ?s zz:p ?o }")
        with pytest.raises(StoreRefusedError, match="400: SR171"):
            RemoteStore(fake.url).select(SELECT)


@pytest.mark.parametrize(
    ("ask", "query"),
    [
        ("select", "ASK {}"),
        ("ask", "SELECT * {}"),
        ("construct", "SELECT * {}"),
        ("select", "INSERT DATA { eg:a eg:b eg:c }"),
        ("answer", "DROP ALL"),
        ("select", ""),
    ],
)
def test_wrong_form(ask: str, query: str) -> None:
    """A query of another form, and every update, is refused before anything is sent."""
    with fake_store(Says()) as fake:
        store = RemoteStore(fake.url)
        arguments = (query, RESULTS) if ask == "answer" else (query,)
        with pytest.raises(QuerySyntaxError):
            getattr(store, ask)(*arguments)

    assert fake.asked == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_store_is_asked_again(status: int) -> None:
    """A store that asks for patience gets it, for as long as it says, and then answers."""
    pauses: list[float] = []
    busy = Says(b"", status, headers={"Retry-After": "2"})
    with fake_store(busy, busy, Says()) as fake:
        way = HttpClient(policy=RetryPolicy(seconds=30, pause=0.1), sleep=pauses.append)
        rows = RemoteStore(fake.url, client=way).select(SELECT)

    assert len(rows) == 1
    assert pauses == [2.0, 2.0]


def test_each_pause_is_longer() -> None:
    """Where the store does not say how long, each pause is longer than the one before."""
    pauses: list[float] = []
    with fake_store(Says(b"", 503)) as fake:
        way = HttpClient(policy=RetryPolicy(seconds=30, tries=4, pause=1), sleep=pauses.append)
        with pytest.raises(BusyError, match="tries: 4") as caught:
            RemoteStore(fake.url, client=way).select(SELECT)

    assert len(fake.asked) == 4
    assert caught.value.retry_after == 1
    assert pauses == sorted(pauses)
    assert 1 <= pauses[0] < 2 <= pauses[1] < 4 <= pauses[2]


@pytest.mark.parametrize("wanted", ["3600", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_no_wait_beyond_the_deadline(wanted: str) -> None:
    """A store that asks for more patience than there is time is not waited for."""
    with (
        fake_store(Says(b"", 429, headers={"Retry-After": wanted})) as fake,
        pytest.raises(BusyError, match="asking for"),
    ):
        RemoteStore(fake.url, client=client()).select(SELECT)

    assert len(fake.asked) == 1


def test_a_broken_line_is_tried_again() -> None:
    """A line that breaks before the reply is tried again, where twice does no harm."""
    with fake_store(Says(hang_up=True), Says()) as fake:
        assert len(RemoteStore(fake.url, client=client()).select(SELECT)) == 1
    with fake_store(Says(hang_up=True), Says()) as fake:
        target = Target(Endpoints(*[fake.url] * 3), client())
        with pytest.raises(StoreUnreachableError):
            update(target, "INSERT { _:a eg:p _:b } WHERE { }")

    assert len(fake.asked) == 1


def test_nobody_there() -> None:
    """An address at which nobody answers is an error that names it."""
    with fake_store(Says()) as fake:
        pass
    with pytest.raises(StoreUnreachableError, match="cannot be reached") as caught:
        RemoteStore(fake.url, client=client()).select(SELECT)

    assert fake.url in caught.value.message


def test_a_slow_store() -> None:
    """A store that sends a byte now and then does not get more time than was allowed."""
    started = time.monotonic()
    with (
        fake_store(Says(pause=0.05)) as fake,
        pytest.raises(DeadlineError, match=r"within 0\.3 seconds"),
    ):
        RemoteStore(fake.url, client=client(seconds=0.3)).select(SELECT)

    assert time.monotonic() - started < 4


@pytest.mark.parametrize("scheme", ["basic", "digest"])
def test_password(scheme: str) -> None:
    """A password goes to a store that asks for it, in the way that the store asks for."""
    with fake_store(with_password("ann", "s3cret", scheme)) as fake:
        right = RemoteStore(fake.url, client=HttpClient(Credentials("ann", "s3cret")))
        wrong = RemoteStore(fake.url, client=HttpClient(Credentials("ann", "guess")))

        assert len(right.select(SELECT)) == 1
        assert "Authorization" not in fake.asked[0].headers
        with pytest.raises(StoreAccessError, match="for the user ann") as caught:
            wrong.select(SELECT)

    assert len(fake.asked) == 4
    assert "guess" not in caught.value.message + repr(wrong)


def test_digest_is_chosen_before_basic() -> None:
    """Where a store takes both, the password itself is not sent."""
    headers = {
        "WWW-Authenticate": 'Basic realm="kg"',
        "www-authenticate": 'Digest realm="kg", nonce="n"',
    }
    with fake_store(Says(b"", 401, headers=headers)) as fake, pytest.raises(StoreAccessError):
        RemoteStore(fake.url, client=HttpClient(Credentials("ann", "s3cret"))).select(SELECT)

    assert fake.asked[-1].headers["Authorization"].startswith("Digest ")


def test_unknown_digest() -> None:
    """A way of asking for a password that is not spoken here is named."""
    challenge = 'Digest realm="kg", nonce="n", algorithm=SHA-512-256'
    reply = Says(b"", 401, headers={"WWW-Authenticate": challenge})
    with fake_store(reply) as fake, pytest.raises(StoreAccessError, match="SHA-512-256"):
        RemoteStore(fake.url, client=HttpClient(Credentials("ann", "s3cret"))).select(SELECT)


def test_token() -> None:
    """A token goes with every request."""
    with fake_store(Says()) as fake:
        RemoteStore(fake.url, client=HttpClient(Credentials(token="t0ken"))).select(SELECT)  # noqa: S106

    assert fake.asked[0].headers["Authorization"] == "Bearer t0ken"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nothing_is_sent_on(status: int) -> None:
    """A store that sends the question elsewhere does not get it there, nor the token with it."""
    way = HttpClient(Credentials(token="t0ken"))  # noqa: S106
    with fake_store(Says()) as elsewhere:
        there = Says(b"", status, headers={"Location": elsewhere.url})
        with fake_store(there) as fake, pytest.raises(StoreRefusedError, match=elsewhere.url):
            RemoteStore(fake.url, client=way).select(SELECT)

    assert elsewhere.asked == []


def test_no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Not even the most talkative log of the libraries holds a password, a token or a question."""
    caplog.set_level(logging.DEBUG)
    for credentials in (Credentials("ann", "s3cret"), Credentials(token="s3cret")):  # noqa: S106
        with fake_store(with_password("ann", "s3cret", "basic")) as fake:
            store = RemoteStore(fake.url, client=HttpClient(credentials))
            with suppress(StoreAccessError):
                store.select("SELECT ?x { ?x ?p 's3cret' }")

    basic = base64.b64encode(b"ann:s3cret").decode()
    assert "127.0.0.1" in caplog.text
    assert not [each for each in ("s3cret", basic) if each in caplog.text]


@pytest.mark.parametrize("parts", ["", " realm", ' realm="kg"', ' realm="a", nonce="b", qop="x"'])
def test_a_broken_challenge(parts: str) -> None:
    """A challenge that nobody can answer is an error that says so, and no password is sent."""
    way = HttpClient(Credentials("ann", "s3cret"))
    reply = Says(b"", 401, headers={"WWW-Authenticate": f"Digest{parts}"})
    with fake_store(reply) as fake, pytest.raises(StoreAccessError):
        RemoteStore(fake.url, client=way).select(SELECT)

    assert len(fake.asked) == 1


def test_an_endless_challenge() -> None:
    """What comes with a challenge is not read, however long it is."""
    lets_in = with_password("ann", "s3cret", "digest")

    def endless(asked: Asked) -> Says:
        says = lets_in(asked)
        return says if says.status == 200 else replace(says, body=b"who?" * 100, pause=0.05)

    started = time.monotonic()
    with fake_store(endless) as fake:
        way = replace(client(), credentials=Credentials("ann", "s3cret"))
        assert len(RemoteStore(fake.url, client=way).select(SELECT)) == 1

    assert time.monotonic() - started < 4


def test_no_secret_in_the_clear() -> None:
    """A token does not leave this machine on a line that others can read."""
    way = HttpClient(Credentials(token="t0ken"))  # noqa: S106
    store = RemoteStore("http://store.example/sparql", client=way)

    with pytest.raises(StoreAccessError, match="wanted: https") as caught:
        store.select(SELECT)

    assert "t0ken" not in caught.value.message + repr(store)


@pytest.mark.parametrize(
    ("user", "token"),
    [("ann", "t"), ("a\nb", ""), ("", "t\r\nX: y"), ("", "t "), ("", "tökén")],
    ids=["both", "line", "header", "blank", "letters"],
)
def test_credentials_that_cannot_be(user: str, token: str) -> None:
    """Credentials that contradict each other, or would end a header, are refused."""
    with pytest.raises(UsageError):
        Credentials(user, token=token)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/sparql",
        "file:///etc/passwd",
        "http://",
        "http://h:x/",
        "http://a:b@h/",
        "http://h/\n",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    """What is no address of a store, or has a password in it, is refused."""
    with pytest.raises(UsageError):
        RemoteStore(url)


def test_remembered() -> None:
    """A store behind which nothing changes is asked the same question once."""
    with fake_store(Says()) as fake:
        store = CachingStore(RemoteStore(fake.url))

        assert store.select(SELECT) is store.select(SELECT)
        assert len(fake.asked) == 1


def test_protocol() -> None:
    """Both ways to a store of somebody else's are stores."""
    stores: list[Store] = [RemoteStore("http://h/")]
    stores.append(CachingStore(stores[0]))

    assert len(stores) == 2
