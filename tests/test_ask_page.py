"""Promises about the page on which a case is asked, as a browser without scripts meets it."""

from __future__ import annotations

import gzip
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from asgi import Client, running
from forms import FORM, Element, Pair, changed, read, sent_by, submit
from records import condition, observation, record
from test_linked_pages import PAYLOADS

from kg.answer.ask import ask
from kg.answer.model import Answer
from kg.answer.proof.explain import explain_row, find_row
from kg.case import resolve_case
from kg.case.document import Question, read_questions
from kg.compile import builder
from kg.model import resources
from kg.model.rdf import Quad, write_nquads
from kg.model.terms import Kind, Lexicon
from kg.model.vocabulary import EG
from kg.pages.html import POLICY
from kg.sandbox.protocol import Frame
from kg.serve.api.page_worker import build_page_jobs
from kg.serve.app import create_app
from kg.serve.services import GraphFile, Published
from kg.serve.settings import Settings
from kg.serve.state import AppState
from kg.show import render
from kg.show.groups import KNOWN
from kg.store.knowledge import KnowledgeGraph

FLAGSHIP = "causes of raised ALP given multiple myeloma and normal GGT"
QUESTIONS = read_questions(resources.queries_dir() / "cases")
HTML = "text/html"
WORDS = {
    "candidate": "candidate",
    "undetermined": "undetermined",
    "argued against": "less likely",
    "excluded": "excluded",
}
"""The word of each verdict on the page."""
Send = Callable[[Iterable[Pair]], Element]


@pytest.fixture(name="empty", scope="module")
def _empty(client: Client) -> Element:
    return read(client.get("/", accept=HTML).text)


@pytest.fixture(name="send", scope="module")
def _send(knowledge: KnowledgeGraph) -> Send:
    """Sends a form to the jobs themselves, where the server between is not what is tested."""
    jobs = build_page_jobs(knowledge)
    now = datetime.now().astimezone().isoformat()

    def send(pairs: Iterable[Pair]) -> Element:
        reply = jobs["page"](Frame({"root": "/", "now": now}, urlencode(list(pairs)).encode()))
        return read(reply.body.decode())

    return send


def asked(client: Client, page: Element, values: Mapping[str, str]) -> Element:
    """The page that comes when some fields of a page are filled, and Ask is pressed."""
    response = submit(client, [*changed(sent_by(page), values), ("do", "ask")])
    assert response.status == 200, response.text
    return read(response.text)


def row_of(page: Element, legend: str) -> str:
    """The id of the row of the form with this legend."""
    (found,) = [
        each.get("id")
        for each in page.by_id("case").all("fieldset")
        if each.get("id") and each.all("legend")[0].text == legend
    ]
    return found


def causes_on(page: Element) -> list[tuple[str, str, tuple[str, ...]]]:
    """The numbered causes of a page: name, word of the verdict, and its ids."""
    items = [e for e in page.by_id("causes").all("li") if e.get("id").startswith("cause-")]
    assert [e.get("id") for e in items] == [f"cause-{n + 1}" for n in range(len(items))]
    return [
        (
            each.all("a", class_="name")[0].text,
            next(e for e in each.all("span") if e.get("class").startswith("verdict ")).text,
            tuple(link.text for link in each.all("p", class_="cause")[0].all("a", class_="id")),
        )
        for each in items
    ]


def expected(answer: Answer) -> list[tuple[str, str]]:
    """The causes of an answer as the page has to show them."""
    return [
        (e.label, e.basis.value if e.basis in KNOWN else WORDS[e.verdict.value])
        for e in answer.causes
    ]


def shown(page: Element) -> list[tuple[str, str]]:
    """The causes of a page and their words, without the signs."""
    return [(label, word.partition(" ")[2]) for label, word, _ in causes_on(page)]


# ── Journeys without a script ───────────────────────────────────────────────────────────────


def test_flagship_by_a_sentence(client: Client, empty: Element, knowledge: KnowledgeGraph) -> None:
    """One typed sentence brings alert, source, numbered causes and steps, and fills the form."""
    page = asked(client, empty, {"question": FLAGSHIP})

    answer = ask(knowledge, resolve_case({"question": FLAGSHIP}, knowledge.lexicon))
    assert page.by_id("status").text == "Answer: 11 causes, 1 alert."
    assert "Read as: multiple myeloma; ALP high; GGT normal" in page.by_id("head").text
    assert "Do not attribute a raised ALP to myeloma" in page.by_id("alerts").text
    assert "bone origin" in page.by_id("source").text
    assert shown(page) == expected(answer)
    assert [e.get("id") for e in page.by_id("steps").all("li") if e.get("id")] == [
        f"step-{letter}" for letter in "abcdefg"
    ]
    form = dict(sent_by(page))
    assert form[f"{row_of(page, 'ALP')}-state"] == "high"
    assert form[f"{row_of(page, 'GGT')}-state"] == "normal"
    assert form[f"{row_of(page, 'multiple myeloma')}-is"] == "yes"
    assert form["question"] == FLAGSHIP


def test_flagship_by_fields(client: Client, empty: Element, knowledge: KnowledgeGraph) -> None:
    """The same by the rows of the form, with values."""
    alp, ggt = row_of(empty, "ALP"), row_of(empty, "GGT")
    values = {f"{alp}-value": "212", f"{alp}-unit": "U/L", f"{alp}-low": "35", f"{alp}-high": "105"}
    myeloma = {f"{row_of(empty, 'multiple myeloma')}-is": "yes"}

    page = asked(client, empty, values | myeloma | {f"{ggt}-state": "normal"})

    case = {
        "conditions": ["multiple myeloma"],
        "labs": [
            {"marker": "ALP", "value": "212", "unit": "U/L", "low": "35", "high": "105"},
            {"marker": "GGT", "state": "normal"},
        ],
    }
    assert shown(page) == expected(ask(knowledge, resolve_case(case, knowledge.lexicon)))
    assert "212 U/L (range 35 to 105)" in page.by_id("head").text


def test_a_record_is_pasted(client: Client, empty: Element) -> None:
    """A FHIR record fills the form, is answered, and can be sent again."""
    text = record(condition(), observation(effectiveDateTime=datetime.now().date().isoformat()))  # noqa: DTZ005

    page = asked(client, empty, {"record": text})
    again = asked(client, page, {})

    assert dict(sent_by(page))[f"{row_of(page, 'multiple myeloma')}-is"] == "yes"
    assert causes_on(page) == causes_on(again)


def test_a_step_leads_into_the_form(client: Client, empty: Element) -> None:
    """Every field that a step names is in the form; filled in, the answer takes it."""
    page = asked(client, empty, {"question": FLAGSHIP})
    steps = {
        item.get("id"): [each.get("href") for each in item.all("a") if each.get("data-field")]
        for item in page.by_id("steps").all("li")
        if item.get("id")
    }

    for target in (target for each in steps.values() for target in each):
        assert page.by_id("case").has(target.removeprefix("#")), target
    (vitamin,) = steps["step-b"]
    after = asked(client, page, {f"{vitamin[1:]}-state": "normal"})

    before_, after_ = dict(shown(page)), dict(shown(after))
    assert before_["vitamin D deficiency"] == "candidate"
    assert after_["vitamin D deficiency"] != "candidate"


def test_what_is_missing_leads_into_the_form(client: Client, empty: Element) -> None:
    """What statements wait for leads to its row, where the form has one."""
    page = asked(client, empty, {"question": FLAGSHIP})
    targets = [e.get("href") for e in page.by_id("gaps").all("a") if e.get("data-field")]

    assert len(targets) > 10
    assert all(page.by_id("case").has(each.removeprefix("#")) for each in targets)


def test_why(client: Client, empty: Element, knowledge: KnowledgeGraph) -> None:
    """The button of a row opens the proof that `kg why` prints, and only that."""
    page = asked(client, empty, {"question": FLAGSHIP})

    for row in ("2", "a"):
        pressed = submit(client, [*sent_by(page), ("why", row)])
        found = read(pressed.text)

        case = resolve_case({"question": FLAGSHIP}, knowledge.lexicon)
        answer = ask(knowledge, case)
        proof = explain_row(knowledge, case, answer, find_row(answer, row))
        (opened,) = [e for e in found.walk() if e.get("class") == "why" and e.tag == "div"]
        assert opened.get("id") == f"why-{row}"
        assert proof.conclusion in opened.text
        assert all(each in opened.text for each in proof.statements)
        assert not page.has(f"why-{row}")


def test_a_row_may_be_named_beside_why(send: Send) -> None:
    """A program may name the row in a field of its own; a row that is not there opens nothing."""
    asks = [("question", FLAGSHIP), ("do", "why")]

    assert send([*asks, ("row", "3")]).has("why-3")
    assert not send([*asks, ("row", "99")]).all("div", class_="why")


def test_clear(send: Send, empty: Element) -> None:
    """Clear gives the page back as it was before anything was asked."""
    page = send([("question", FLAGSHIP), ("age", "61"), ("do", "clear")])

    assert sent_by(page) == sent_by(empty)


def test_nothing_is_asked(send: Send, empty: Element) -> None:
    """An empty form is told what can be given, and is not answered."""
    page = send([*sent_by(empty), ("do", "ask")])

    assert page.by_id("status").text == "Nothing was answered."
    assert "Give a question in words" in page.by_id("form-problem").text


def test_what_if(client: Client, empty: Element) -> None:
    """A field that is changed after an answer is compared with it: what changes stands first."""
    page = asked(client, empty, {"question": FLAGSHIP})
    ggt = f"{row_of(page, 'GGT')}-state"

    pairs = [*changed(sent_by(page), {ggt: "high"}), ("do", "compare")]
    after = read(submit(client, pairs).text)
    same = read(submit(client, [*sent_by(page), ("do", "compare")]).text)

    text = after.by_id("changes").text
    assert "Verdicts that change" in text
    assert "hepatic amyloidosis: argued against → candidate" in text
    assert after.by_id("status").text.startswith("Answer changed.")
    assert same.by_id("status").text.startswith("Nothing in the answer changes.")
    assert not asked(client, after, {}).has("changes")


def test_an_assumption_is_offered_and_told(client: Client, empty: Element) -> None:
    """What only the patient can answer is asked as answers ask it, and may be assumed."""
    alp = f"{row_of(empty, 'ALP')}-state"
    page = asked(client, empty, {alp: "high", "age": "79", "sex": "female"})

    boxes = [e.get("value") for e in page.by_id("person").all("input", type="checkbox")]
    assumed = asked(client, page, {"assume": boxes[0]})

    assert row_of(empty, "postmenopausal?")
    assert boxes == ["postmenopausal"]
    assert "Assumed, and not stated: postmenopausal" in assumed.by_id("scope").text


@pytest.mark.parametrize(
    ("button", "form", "media_type"),
    [
        ("json", "json", "application/json"),
        ("csv", "csv", "text/csv; charset=utf-8"),
        ("ttl", "ttl", "text/turtle; charset=utf-8"),
        ("text", "text", "text/plain; charset=utf-8"),
        ("md", "md", "text/markdown; charset=utf-8"),
    ],
)
def test_downloads(  # noqa: PLR0913, PLR0917 - two fixtures and a row
    client: Client,
    empty: Element,
    knowledge: KnowledgeGraph,
    button: str,
    form: str,
    media_type: str,
) -> None:
    """A download has the bytes that `kg ask --format` prints, and a name without a word of it."""
    page = asked(client, empty, {"question": FLAGSHIP})

    file = submit(client, [*sent_by(page), ("do", button)])

    there = ask(knowledge, resolve_case({"question": FLAGSHIP}, knowledge.lexicon))
    assert file.text == render(there, form)
    assert file.headers["content-type"] == media_type
    assert re.fullmatch(r'attachment; filename="answer\.\w+"', file.headers["content-disposition"])
    assert file.headers["cache-control"] == "no-store"


# ── The same as everywhere ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.name)
def test_every_question(send: Send, knowledge: KnowledgeGraph, question: Question) -> None:
    """Every shipped case shows the causes and verdicts of its answer, and gives them as SPARQL."""
    page = send(fields_of(question.case))

    answer = ask(knowledge, resolve_case(dict(question.case), knowledge.lexicon))
    if not answer.causes:
        assert not page.has("causes")
    else:
        assert shown(page) == expected(answer)
    if answer.judged:
        query = page.by_id("sparql-query").children
        rows = knowledge.store.select("".join(map(str, query)))
        assert {(str(r["cause"]), r["verdict"].value) for r in rows.records()} == {  # type: ignore[union-attr]
            (e.iri, e.verdict.value) for e in answer.causes
        }
    check_page(page)


def test_the_query_speaks_of_this_case(send: Send) -> None:
    """The query says what it asks, by the short names of terms, and nothing that was typed."""
    page = send([("question", f"{FLAGSHIP}, {CANARY}"), ("age", "61")])

    query = "".join(map(str, page.by_id("sparql-query").children)).strip()
    assert query.startswith("# Causes of a raised ALP in one case, and how each stands. Graph ")
    assert "VALUES ?about { eg:raised-serum-alp }" in query
    assert "#+" not in query
    assert CANARY not in query
    assert "61" not in query.partition("PREFIX")[2]


def fields_of(case: Mapping[str, Any]) -> Iterator[Pair]:
    """A case as free fields of the form."""
    lists = {"conditions": "has", "absent": "absent", "unknown": "unknown"}
    for key, name in lists.items():
        yield from ((name, each) for each in case.get(key, ()))
    for number, lab in enumerate(case.get("labs", ()), 1):
        yield from ((f"lab-{number}-{key}", str(value)) for key, value in lab.items())
    for number, drug in enumerate(case.get("drugs", ()), 1):
        given = {"drug": drug} if isinstance(drug, str) else drug
        yield f"drug-{number}", given["drug"]
        rest = (each for each in given.items() if each[0] != "drug")
        yield from ((f"drug-{number}-{key}", value) for key, value in rest)
    yield from ((key, str(case[key])) for key in ("age", "sex", "date") if key in case)


def check_page(page: Element) -> None:
    """A page is whole: ids once, labels for fields, headings in order, tables with their heads."""
    ids = [each.get("id") for each in page.walk() if each.get("id")]
    twice = {each for each in ids if ids.count(each) > 1}
    assert not twice
    labels = {each.get("for") for each in page.all("label")}
    wrapped = {id(below) for label in page.all("label") for below in label.walk()}
    for each in page.walk():
        if each.tag in ("input", "select", "textarea") and each.get("type") != "hidden":
            assert each.get("id") in labels or id(each) in wrapped, each.attributes
        for name in ("aria-labelledby", "aria-describedby"):
            assert all(target in ids for target in each.get(name).split()), each.attributes
        assert "style" not in each.attributes
        assert not any(name.startswith("on") for name in each.attributes)
    check_headings(page)
    for table in page.all("table"):
        assert table.all("caption")
        assert all(head.get("scope") == "col" for head in table.all("th"))
    for fieldset in page.all("fieldset"):
        assert next(e for e in fieldset.children if isinstance(e, Element)).tag == "legend"


def check_headings(page: Element) -> None:
    """No level of heading is skipped."""
    before = 0
    for each in page.walk():
        if re.fullmatch("h[1-6]", each.tag):
            level = int(each.tag[1])
            assert level <= before + 1, each.text
            before = level


def test_pages_are_whole(client: Client, empty: Element) -> None:
    """The empty page and those with an answer, a proof, a comparison and errors are whole."""
    page = asked(client, empty, {"question": FLAGSHIP})
    wrong = submit(client, [("lab-1-marker", "alp"), ("lab-1-value", "x"), ("age", "1000")])
    for each in (
        empty,
        page,
        read(submit(client, [*sent_by(page), ("why", "1")]).text),
        read(submit(client, [*sent_by(page), ("why", "c")]).text),
        read(submit(client, [*changed(sent_by(page), {"age": "60"}), ("do", "compare")]).text),
        read(wrong.text),
    ):
        check_page(each)


# ── What cannot be read ─────────────────────────────────────────────────────────────────────


def test_errors_stand_beside_their_fields(client: Client) -> None:
    """What is wrong is told at its field, everything typed is still there, and nothing is asked."""
    pairs = [("lab-1-marker", "alp"), ("lab-1-value", "x?"), ("age", "1000"), ("has", "PCM")]

    response = submit(client, pairs)
    page = read(response.text)

    assert response.status == 422
    assert page.by_id("status").text == "2 fields could not be read; nothing was answered."
    for name in (f"{row_of(page, 'ALP')}-value", "age"):
        field = page.by_id(name)
        assert field.get("aria-invalid") == "true"
        assert page.by_id(field.get("aria-describedby")).text
    sent = sent_by(page)
    assert (f"{row_of(page, 'ALP')}-value", "x?") in sent
    assert ("age", "1000") in sent
    assert (f"{row_of(page, 'multiple myeloma')}-is", "yes") in sent


def test_a_question_is_asked_back(client: Client) -> None:
    """A question with two readings is told with both, beside its line."""
    page = read(submit(client, [("question", "MM with raised ALP")]).text)

    told = page.by_id("question-problem")
    buttons = [each.get("value") for each in told.all("button", name="reading")]
    assert "more than one way" in told.text
    assert "Ask: multiple myeloma; alp high" in told.text
    assert buttons == ['--has "multiple myeloma" --lab alp=high', "--lab alp=high"]
    assert dict(sent_by(page))["question"] == "MM with raised ALP"


def test_a_reading_is_chosen(client: Client) -> None:
    """The button of a reading asks it: the rows say it, and it is not asked back again."""
    page = read(submit(client, [("question", "MM with raised ALP")]).text)
    (first, _) = page.by_id("question-problem").all("button", name="reading")

    chosen = read(submit(client, [*sent_by(page), ("reading", first.get("value"))]).text)
    again = asked(client, chosen, {})

    assert causes_on(chosen) == causes_on(again)
    assert dict(sent_by(again))[f"{row_of(again, 'multiple myeloma')}-is"] == "yes"
    assert dict(sent_by(again))["question"] == "MM with raised ALP"


def test_enter_asks(client: Client, empty: Element) -> None:
    """The first button of the form asks, for that is the one which Enter presses."""
    wrong = read(submit(client, [("question", "MM with raised ALP")]).text)

    for page in (empty, wrong, asked(client, empty, {"question": FLAGSHIP})):
        first = page.by_id("case").all("button", type="submit")[0]
        assert (first.get("name"), first.get("value")) == ("do", "ask")


def test_names_that_are_none_are_told(client: Client, empty: Element) -> None:
    """What the graph does not know stands at the head, and everything else is used."""
    alp = f"{row_of(empty, 'ALP')}-state"
    page = read(submit(client, [*changed(sent_by(empty), {alp: "high"}), ("has", "canary")]).text)

    assert "Not covered: canary." in page.by_id("scope").text
    assert causes_on(page)


@pytest.mark.parametrize(
    "pairs",
    [
        [("canary", "x")],
        [("lab-1-canary", "x")],
        [("do", "canary")],
        [("reading", "--canary x")],
        [("reading", "'canary")],
        [("age", "1"), ("age", "2")],
        [("finding-1", "PCM"), ("finding-1-is", "canary")],
    ],
)
def test_what_is_no_form_is_refused(client: Client, pairs: list[Pair]) -> None:
    """A field that the form does not have is refused with those that it has, and not repeated."""
    page = submit(client, pairs)
    data = submit(client, pairs, accept="application/json")

    assert page.status == data.status == 400
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "wanted: the fields of the form" in data.json["detail"]
    assert "canary" not in page.text + data.text


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"%FF=%FE", FORM, 400),
        (b"\xff", FORM, 400),
        (b"{}", "application/json", 415),
        (b"", FORM, 422),
        (b"&".join(b"has=x" for _ in range(50_000)), FORM, 400),
        (b"record=" + b"x" * 6_100_000, FORM, 413),
    ],
)
def test_what_is_no_body_is_refused(client: Client, body: bytes, kind: str, status: int) -> None:
    """A body that is no form of this page is refused, with a page for who wants one."""
    headers = {"content-type": kind, "accept": HTML}
    response = client.request("POST", "/ask", body=body, headers=headers)

    assert response.status == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"


# ── Around it ───────────────────────────────────────────────────────────────────────────────


def test_the_root(client: Client) -> None:
    """The root is the page for browsers, and linked data for machines."""
    page = client.get("/", accept=f"{HTML},application/xhtml+xml;q=0.9,*/*;q=0.8")
    data = client.get("/", accept="text/turtle")
    anything = client.get("/")

    assert read(page.text).has("case")
    assert page.body == client.get("/ask", accept=HTML).body
    assert page.body == client.get("/?from=a-letter", accept=HTML).body
    assert data.headers["content-type"] == "text/turtle; charset=utf-8"
    assert anything.headers["content-type"] == "text/turtle; charset=utf-8"
    assert "Accept" in page.headers["vary"]


def test_the_empty_page_is_kept(client: Client) -> None:
    """The page before anything is asked is the same for everybody, and is asked for once."""
    page = client.get("/ask", accept=HTML)

    again = client.get("/ask", accept=HTML, if_none_match=page.headers["etag"])

    assert again.status == 304
    assert page.headers["cache-control"] == "public, max-age=0, must-revalidate"
    for name, value in POLICY:
        assert page.headers[name.lower()] == value


def test_names(client: Client, lexicon: Lexicon) -> None:
    """Every name by which a term of the form is found is in one small file, kept per version."""
    response = client.get("/names.json", accept_encoding="gzip")
    names = json.loads(gzip.decompress(response.body))["names"]

    assert len(response.body) < 60_000
    assert client.get("/names.json", if_none_match=response.headers["etag"]).status == 304
    assert {each[1] for each in names} == {"condition", "drug", "marker"}
    kinds = {
        "condition": (Kind.CONDITION,),
        "drug": (Kind.DRUG, Kind.TREATMENT),
        "marker": (Kind.MARKER,),
    }
    for label, kind, iri, *others in names:
        for name in (label, iri, *(name for each in others for name in each)):
            assert lexicon.find(name, *kinds[kind]).label == label


def test_a_file_of_triples_has_no_page(tmp_path: Path) -> None:
    """A server of a file shows its overview, and says that it answers no case."""
    (tmp_path / "graph.nq").write_bytes(write_nquads([Quad(EG.a, EG.b, EG.c, EG.g)]))
    with running(create_app(AppState(Settings(), GraphFile(tmp_path / "graph.nq")))) as client:
        front = read(client.get("/", accept=HTML).text)
        got = client.get("/ask", accept=HTML)
        sent = submit(client, [("age", "1")])
        names = client.get("/names.json")

    assert not front.has("case")
    assert got.status == sent.status == names.status == 503
    assert "built graph" in sent.text
    assert "built graph" in read(got.text).by_id("main").text


@pytest.mark.slow
def test_below_a_path() -> None:
    """Behind a proxy with a path every link, form and button stays below it."""
    settings = Settings(public_url="https://example.org/below")
    with running(
        create_app(AppState(settings, Published(builder.ready().folder.parent)))
    ) as client:
        host = {"host": "example.org"}
        empty = read(client.get("/", accept=HTML, **host).text)
        pairs = [*changed(sent_by(empty), {"question": FLAGSHIP}), ("why", "1")]
        page = read(submit(client, pairs, **host).text)
        unnamed = submit(client, pairs, host="127.0.0.1:8000", origin="https://example.org")

    for each in (*empty.walk(), *page.walk()):
        for name in ("href", "src", "action", "formaction"):
            link = each.get(name)
            assert not link or link.startswith(("/below/", "#", "https://")), link
    assert page.by_id("case").get("action") == "/below/ask#answer"
    assert unnamed.status == 200


def test_size(client: Client, empty: Element) -> None:
    """An answer is sent in less than 100 kB."""
    pairs = [*changed(sent_by(empty), {"question": FLAGSHIP}), ("why", "1")]

    response = submit(client, pairs, accept_encoding="gzip")

    assert len(response.body) < 100_000
    assert len(gzip.decompress(response.body)) > len(response.body)


# ── Privacy ─────────────────────────────────────────────────────────────────────────────────

CANARY = "c4n4ry"
WHOLE = [
    ("question", "raised ALP in myeloma"), ("question-read", ""), ("record-read", ""),
    ("before", '{"case":{"age":"60"},"assume":[]}'), ("has", "PCM"), ("absent", "osteoporosis"),
    ("unknown", "bone pain"), ("assume", "postmenopausal"), ("finding-1", "CKD"),
    ("finding-1-is", "no"), ("lab-1-marker", "ALP"), ("lab-1-value", "212"), ("lab-1-unit", "U/L"),
    ("lab-1-low", "35"), ("lab-1-high", "105"), ("lab-1-rangeUnit", "U/L"),
    ("lab-1-comparator", ">"), ("lab-1-flag", "H"), ("lab-1-date", "2026-01-01"),
    ("lab-1-baseline", "yes"), ("lab-1-percentChangeFromBaseline", "5"),
    ("lab-1-dayOfTreatment", "3"), ("lab-1-duringTreatment", "bortezomib"),
    ("lab-2-marker", "GGT"), ("lab-2-state", "normal"), ("drug-1", "bortezomib"),
    ("drug-1-start", "2026-01-01"), ("drug-1-stop", "2026-02-01"), ("age", "61"),
    ("sex", "female"), ("date", "2026-02-01"), ("about", "raised ALP"), ("do", "ask"),
    ("row", "1"),
]  # fmt: skip
"""A form in which every field is filled."""


def forms_with(canary: str) -> Iterator[list[Pair]]:
    """The whole form with a patient number in each value and each name, and in a record."""
    for place, (name, value) in enumerate(WHOLE):
        said = f"{value} {canary}" if place % 2 else canary
        yield [*WHOLE[:place], (name, said), *WHOLE[place + 1 :]]
        if place % 4 == 0:
            yield [*WHOLE[:place], (canary, value), *WHOLE[place + 1 :]]
    for text in (canary, f'{{"{canary}": 1}}', record(condition(note=[{"text": canary}]))):
        yield [("record", text), ("do", "compare")]
        yield [("record", text), ("do", "text")]
    yield [*WHOLE, ("why", canary)]


@pytest.mark.slow
def test_nothing_of_a_form_is_kept(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """A patient number in any field is on the page that comes back, and nowhere else."""
    caplog.set_level(logging.DEBUG)
    seen = set()
    for pairs in forms_with(CANARY):
        reply = submit(client, pairs)
        seen.add(reply.status)

        assert reply.headers["cache-control"] == "no-store" or reply.status == 400
        assert "set-cookie" not in reply.headers
        assert "etag" not in reply.headers
        assert CANARY not in str(reply.headers)
        if reply.status == 400:
            assert CANARY not in reply.text

    assert seen == {200, 400, 422}
    assert CANARY not in caplog.text
    assert CANARY not in client.get("/metrics").text
    assert CANARY not in client.get("/ask", accept=HTML).text


def test_a_case_is_never_in_an_address(client: Client, empty: Element) -> None:
    """A form is sent by POST alone, an address with facts is refused, and no link holds any."""
    page = asked(client, empty, {"question": f"{FLAGSHIP}, {CANARY}", "age": "61"})

    assert client.request("POST", "/ask?age=61", body=b"age=61").status == 400
    for each in page.walk():
        for name in ("href", "action", "formaction", "src"):
            assert CANARY not in each.get(name)
            assert "?" not in each.get(name) or "static/" in each.get(name)
    assert {each.get("method") for each in page.all("form")} <= {"post", "get"}
    assert page.by_id("case").get("method") == "post"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:8000", 200),
        ("http://localhost", 200),
        ("https://evil.example", 403),
        ("null", 403),
    ],
)
def test_pages_of_other_sites(client: Client, origin: str, status: int) -> None:
    """A page of another site can send no case; a browser is told to say where a form comes from."""
    response = submit(client, [("question", FLAGSHIP)], origin=origin)

    assert response.status == status
    assert "access-control-allow-origin" not in response.headers
    assert client.get("/", accept=HTML).headers["referrer-policy"] == "same-origin"


@pytest.fixture(name="harmless", scope="module")
def _harmless(send: Send) -> Mapping[str, list[tuple[str, tuple[str, ...]]]]:
    """The elements of the pages with a harmless text."""
    return {name: elements(send(form("x" * 9))) for name, form in TEXTS.items()}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_are_text(
    send: Send, harmless: Mapping[str, list[tuple[str, tuple[str, ...]]]], payload: str
) -> None:
    """Whatever is typed adds no element and no attribute to the page, in errors neither."""
    for name in ("everywhere", "wrong"):
        assert elements(send(TEXTS[name](payload))) == harmless[name], name


@pytest.mark.parametrize("payload", PAYLOADS[::6])
@pytest.mark.parametrize("name", ["question", "record"])
def test_payloads_asked_are_text(
    send: Send, harmless: Mapping[str, list[tuple[str, tuple[str, ...]]]], name: str, payload: str
) -> None:
    """The same of a question and a record that cannot be read."""
    found = send(TEXTS[name](payload))

    assert set(elements(found)) <= set(harmless[name])


def wrong(text: str) -> list[Pair]:
    """A form with a text in fields that cannot take it."""
    names = ("age", "sex", "date", "drug-1-start", "lab-1-value", "lab-1-date", "lab-1-baseline")
    return [("drug-1", text), ("lab-1-marker", "alp"), *((name, text) for name in names)]


def everywhere(text: str) -> list[Pair]:
    """A form with a text in every field that takes words and stops no answer."""
    return [
        ("has", text), ("absent", text), ("drug-1", text), ("lab-1-marker", text),
        ("lab-1-state", "high"), ("lab-2-marker", "alp"), ("lab-2-state", text),
        ("question-read", text), ("record-read", text), ("before", text), ("finding-1", text),
        ("finding-1-is", "unknown"), ("lab-3-marker", "ALP"), ("lab-3-state", "high"),
        ("lab-4-marker", "ALP"), ("lab-4-value", "1"), ("lab-4-unit", text), ("lab-4-flag", text),
    ]  # fmt: skip


TEXTS: Mapping[str, Callable[[str], list[Pair]]] = {
    "everywhere": everywhere,
    "wrong": wrong,
    "question": lambda text: [("question", text)],
    "record": lambda text: [("record", text)],
}
"""Forms with a text in them."""


def elements(page: Element) -> list[tuple[str, tuple[str, ...]]]:
    """The elements of a page with the names of their attributes."""
    return [(each.tag, tuple(sorted(each.attributes))) for each in page.walk()]
