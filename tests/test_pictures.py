"""Pictures of answers, proofs, documents: small, legible, the same again, and told in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import combinations
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from msgspec import structs
from random_cases import CaseMaker

from kg.answer.ask import ask
from kg.answer.model import Answer
from kg.answer.proof.explain import explain_row, rows_of
from kg.case import Case, parse_options, resolve_case
from kg.case.document import read_questions
from kg.curate.diff.difference import shipped_questions
from kg.model.tables import Bounds
from kg.model.terms import Kind
from kg.model.vocabulary import BASE, EG, IRI, PREFIXES
from kg.pages.pictures.answer_graph import answer_graph
from kg.pages.pictures.course import course_picture
from kg.pages.pictures.coverage import coverage_picture, parts_of
from kg.pages.pictures.graph import MOST, Column, Edge, Graph, Node, graph_picture
from kg.pages.pictures.neighbourhood import Neighbour, neighbourhood_graph
from kg.pages.pictures.patient import course_of, pictures_of, scale_of
from kg.pages.pictures.proof_graph import proof_graph
from kg.pages.pictures.scale import bounds_text, scale_picture
from kg.pages.values import Box, Figure
from kg.pages.verdicts import chip_of
from kg.serve.linked.neighbours import term_graph
from kg.serve.linked.taxonomy import Taxonomy
from kg.serve.linked.view import View
from kg.store.knowledge import KnowledgeGraph
from kg.store.local import LocalStore
from kg.store.queries import shipped_rows
from kg.store.statements import read_coverage

LARGEST = 30_000
PREFIX = "p"
KNOWN = {
    *((tag, key) for tag in ("rect", "path", "circle", "text", "g") for key in ("class", "fill")),
    *(("rect", key) for key in ("x", "y", "width", "height", "rx")),
    *(("circle", key) for key in ("cx", "cy", "r")),
    *(("text", key) for key in ("x", "y", "text-anchor")),
    *(("pattern", key) for key in ("id", "width", "height", "patternUnits")),
    *(("svg", key) for key in ("viewBox", "width", "height", "role")),
    *(("svg", key) for key in ("aria-labelledby", "aria-describedby")),
    ("g", "aria-hidden"), ("path", "d"), ("a", "href"), ("title", "id"), ("desc", "id"),
}  # fmt: skip
"""Elements and attributes of the standard that pictures are made of."""
HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' autofocus onfocus='x",
    "]]>&lt;</title></desc></svg>", "\u202eabc", "a\x00b\x07c", "javascript:alert(1)",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A shipped question with its case and answer."""

    name: str
    case: Case
    answer: Answer


@pytest.fixture(name="asked", scope="module")
def _asked(knowledge: KnowledgeGraph) -> tuple[Asked, ...]:
    """Give every shipped question, answered."""
    return tuple(_answered(knowledge))


def _answered(knowledge: KnowledgeGraph) -> Iterator[Asked]:
    for question in read_questions(shipped_questions()):
        case = resolve_case(question.case, knowledge.lexicon)
        yield Asked(question.name, case, ask(knowledge, case))


def _case(knowledge: KnowledgeGraph, **typed: object) -> Asked:
    case = resolve_case(parse_options(knowledge.lexicon, **typed), knowledge.lexicon)  # type: ignore[arg-type]
    return Asked("typed", case, ask(knowledge, case))


def _patient(knowledge: KnowledgeGraph, each: Asked) -> Iterator[tuple[str, Figure]]:
    """Every picture of an answer, each with what its ids begin with."""
    found = pictures_of(knowledge, each.case, each.answer)
    for prefix in ("scale", "course", "graph"):
        figure = getattr(found, prefix)
        if figure is not None:
            yield prefix, figure


def _check(figure: Figure, name: str, prefix: str = PREFIX) -> None:
    """Fail where a picture is too large, cannot be read, or holds what no page may have."""
    markup = figure.markup("/below/")
    tree = ET.fromstring(markup)  # noqa: S314 - our own
    elements = list(tree.iter())
    ids = [found for each in elements if (found := each.get("id"))]
    named = " ".join(tree.get(key, "") for key in ("aria-labelledby", "aria-describedby")).split()

    assert len(markup.encode()) <= LARGEST, name
    assert not [pair for pair in combinations(figure.words, 2) if pair[0].overlaps(pair[1])], name
    assert not [each for each in figure.words if not _is_within(each, figure)], name
    assert len(set(ids)) == len(ids)
    assert all(each.startswith(f"{prefix}-") for each in ids)
    assert set(named) == {f"{prefix}-title", f"{prefix}-desc"} <= set(ids)
    assert not [each for each in elements if each.get("style") or each.tag == "style"]
    assert not [key for each in elements for key in each.attrib if key.startswith("on")]
    assert all(each.get("href", "").startswith("/below/") for each in elements if each.tag == "a")
    assert tree.get("role") == ("group" if tree.findall("a") else "img")
    assert [each.text for each in tree[:2]] == [figure.title, figure.says]
    assert {(each.tag, key) for each in elements for key in each.attrib} <= KNOWN


def _is_within(box: Box, figure: Figure) -> bool:
    across = box.x >= -0.5 and box.x + box.width <= figure.width + 0.5
    return across and box.y >= 0 and box.y + box.height <= figure.height


# ── All of them ─────────────────────────────────────────────────────────────────────────────


def test_pictures_of_every_shipped_question_can_be_read(
    knowledge: KnowledgeGraph, asked: tuple[Asked, ...]
) -> None:
    """Every picture of every shipped question is small, its words apart and within it."""
    kinds = set()
    for each in asked:
        for prefix, figure in _patient(knowledge, each):
            kinds.add(prefix)
            _check(figure, each.name, prefix)

    assert kinds == {"scale", "course", "graph"}


@pytest.mark.parametrize("seed", range(3))
def test_pictures_of_any_case_can_be_read(knowledge: KnowledgeGraph, seed: int) -> None:
    """The same holds of 120 cases made by chance."""
    lexicon = knowledge.lexicon
    maker = CaseMaker(lexicon, seed=seed)
    for document in maker.documents(40, about=lexicon.find("ALP", Kind.MARKER)):
        case = resolve_case(document, lexicon)
        each = Asked(f"seed {seed}", case, ask(knowledge, case))
        for prefix, figure in _patient(knowledge, each):
            _check(figure, str(document), prefix)


def test_every_proof_can_be_drawn(knowledge: KnowledgeGraph, asked: tuple[Asked, ...]) -> None:
    """Each kind of row of each shipped question has a proof that can be drawn and read."""
    drawn: set[tuple[str, str]] = set()
    for each in asked:
        for row in rows_of(each.answer):
            if (row.kind, row.iri) in drawn:
                continue
            drawn.add((row.kind, row.iri))
            graph = proof_graph(explain_row(knowledge, each.case, each.answer, row))

            assert graph is not None
            _check(graph_picture(graph, PREFIX), f"{each.name}: {row.label}")
    assert len(drawn) > 60


def test_the_same_answer_gives_the_same_bytes(
    knowledge: KnowledgeGraph, asked: tuple[Asked, ...]
) -> None:
    """A picture that is drawn again is the same byte for byte."""
    for each in asked[::7]:
        once = [figure.svg for _, figure in _patient(knowledge, each)]

        assert once == [figure.svg for _, figure in _patient(knowledge, each)]


def test_the_words_of_a_graph_say_all_that_it_shows(
    knowledge: KnowledgeGraph, asked: tuple[Asked, ...]
) -> None:
    """Each cause with its verdict, each caution and each statement of a graph is in its words."""
    for each in asked:
        graph = answer_graph(knowledge, each.case, each.answer)
        if graph is None:
            continue
        for number, cause in enumerate(each.answer.causes, 1):
            assert f"{number} {cause.label}, {chip_of(cause).word}: " in graph.says
            assert all(statement in graph.says for statement in cause.statements)
        for alert in each.answer.alerts:
            assert f"alert: {alert.label}: " in graph.says


def test_a_graph_starts_from_the_facts_and_ends_in_documents(
    knowledge: KnowledgeGraph, asked: tuple[Asked, ...]
) -> None:
    """Every rule of a graph comes from facts, every row from rules or facts, in every answer."""
    for each in asked:
        graph = answer_graph(knowledge, each.case, each.answer)
        if graph is not None:
            edges = graph.edges
            _, rules, rows, statements, documents = (column.nodes for column in graph.columns)
            into = {edge.target for edge in edges}
            out = {edge.source for edge in edges}
            assert all(node.key in into or node.name == "any patient" for node in rules), each.name
            assert all(node.key in into for node in (*rows, *statements, *documents)), each.name
            assert all(node.key in out for node in (*rules, *rows, *statements)), each.name


def test_a_large_answer_is_drawn_in_part_and_says_so(
    knowledge: KnowledgeGraph, asked: tuple[Asked, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has no room is the end of the answer, and both picture and words name how much."""
    monkeypatch.setattr("kg.pages.pictures.answer_graph.MOST", 20)
    each = next(each for each in asked if each.name == "myeloma_normal_ggt")

    graph = answer_graph(knowledge, each.case, each.answer)

    assert graph is not None
    shown = [node.name for node in graph.columns[2].nodes]
    whole = len(each.answer.causes) + len(each.answer.alerts) + len(each.answer.outcomes)
    assert "1 " in shown[0]
    assert sum(len(column.nodes) for column in graph.columns) <= 20
    assert f"{whole - len(shown)} rows at the end of the answer" in graph.left_out
    assert graph.left_out in graph_picture(graph, PREFIX).says


# ── The scale ───────────────────────────────────────────────────────────────────────────────


def test_the_lines_of_the_scale_are_those_of_the_graph(knowledge: KnowledgeGraph) -> None:
    """Each line of the model is in the query of the thresholds, and each row there is a line."""
    rows = {
        (str(row["result"]), str(row["statement"]).rpartition("/")[2])
        for row in shipped_rows(knowledge.store, "ask/thresholds").records()
    }

    lines = knowledge.model.tables.thresholds

    assert {(each.iri, name) for each in lines for name in each.statements} == rows
    assert all(each.figures for each in lines)


def test_a_line_moves_with_the_graph(knowledge: KnowledgeGraph) -> None:
    """Another threshold in the model is another line in the picture: none is in the code."""
    each = _case(knowledge, labs=["alp=212U/L(35-105)"])
    tables = knowledge.model.tables
    moved = tuple(
        structs.replace(line, figures={EG.ratioToULN: Bounds(above=Decimal(7))})
        if line.figures.get(EG.ratioToULN) == Bounds(above=Decimal(5))
        else line
        for line in tables.thresholds
    )
    other = structs.replace(knowledge.model, tables=structs.replace(tables, thresholds=moved))

    before = scale_of(knowledge.model, each.case, each.answer)
    after = scale_of(other, each.case, each.answer)

    assert before is not None
    assert after is not None
    assert "Above 5 × ULN" in scale_picture(before, PREFIX).says
    assert "Above 7 × ULN" in scale_picture(after, PREFIX).says
    assert "Above 5 × ULN" not in scale_picture(after, PREFIX).says


def test_the_value_stands_where_it_is_told(knowledge: KnowledgeGraph) -> None:
    """A value, a bound, a flag and a multiple of the limit each show what is known of a result."""
    readings = {
        text: scale.reading
        for text in ("212U/L(35-105)", ">500U/L(35-105)", "high", "low", "1.7 xULN")
        for each in [_case(knowledge, labs=[f"alp={text}"])]
        if (scale := scale_of(knowledge.model, each.case, each.answer))
    }
    value, bound, high, low, multiple = (readings[text] for text in readings)

    assert value is not None
    assert round(value.ratio or 0, 2) == 2.02
    assert bound is not None
    assert (bound.ratio, round(bound.low or 0, 2), bound.high) == (None, 4.76, None)
    assert high is not None
    assert (high.low, high.high) == (1, None)
    assert low is not None
    assert (low.low, low.high) == (None, 1)
    assert multiple is not None
    assert multiple.ratio == 1.7


def test_a_case_without_the_measurement_has_no_scale(knowledge: KnowledgeGraph) -> None:
    """Lines without a value on them are left to the page of the measurement."""
    for typed in ({"labs": ["ggt=normal"]}, {"has": ["multiple myeloma"]}):
        each = _case(knowledge, **typed)

        assert scale_of(knowledge.model, each.case, each.answer) is None


@pytest.mark.parametrize("text", ["0.001", "20", "34.9", "105", "105.1", "157", "525", "90000"])
def test_a_scale_can_be_read_at_any_value(knowledge: KnowledgeGraph, text: str) -> None:
    """However small or large a value is, no words of its scale lie on each other."""
    each = _case(knowledge, labs=[f"alp={text}U/L(35-105)"])
    scale = scale_of(knowledge.model, each.case, each.answer)

    if scale is not None:
        _check(scale_picture(scale, PREFIX), text)


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        (Bounds(above=Decimal(2)), "above 2"),
        (Bounds(at_least=Decimal("1.50"), at_most=Decimal("2.0")), "1.5 to 2"),
        (Bounds(below=Decimal("1.5")), "below 1.5"),
        (Bounds(at_least=Decimal(25)), "from 25"),
        (Bounds(at_most=Decimal(-25)), "up to -25"),
        (Bounds(above=Decimal(100)), "above 100"),
    ],
)
def test_bounds_are_told_in_words(bounds: Bounds, words: str) -> None:
    """Where a figure has to lie is said as a clinician would say it."""
    assert bounds_text(bounds) == words


# ── The course ──────────────────────────────────────────────────────────────────────────────


def test_a_course_shows_results_drugs_and_the_days_of_the_rules(knowledge: KnowledgeGraph) -> None:
    """Results stand by day, a drug from start to stop, and day 42 where the graph has it."""
    each = _case(
        knowledge,
        has=["multiple myeloma"],
        drugs=["bortezomib@2025-01-10", "alendronate@2024-06-01..2025-01-20"],
        labs=["alp=130U/L(35-105)@2025-02-09", "alp=100U/L(35-105)@2025-01-08"],
    )

    chart = course_of(knowledge.model, each.case, each.answer)

    assert chart is not None
    assert [sample.day.isoformat() for sample in chart.samples] == ["2025-01-08", "2025-02-09"]
    assert [(drug.name, drug.stop) for drug in chart.taken] == [
        ("alendronate", date(2025, 1, 20)),
        ("bortezomib", None),
    ]
    assert [(w.start, w.stop) for w in chart.windows] == [(date(2025, 1, 10), date(2025, 2, 21))]
    assert [(level.name, round(level.value, 3)) for level in chart.levels] == [("+25 %", 1.19)]
    figure = course_picture(chart, PREFIX)
    _check(figure, "course")
    assert "+30 % from 100 U/L" in figure.says
    assert "A019" in figure.says


def test_one_result_is_no_course(knowledge: KnowledgeGraph) -> None:
    """A result without another, or without a day, gives no picture over time."""
    for labs in (["alp=212U/L(35-105)@2025-01-01"], ["alp=high"], ["alp=212U/L(35-105)"]):
        each = _case(knowledge, labs=labs)

        assert course_of(knowledge.model, each.case, each.answer) is None


@pytest.mark.parametrize(
    "values", [("40", "1250"), ("100", "100"), ("0.5", "9000"), ("104", "105"), ("1", "2")]
)
def test_a_course_can_be_read_at_any_values(
    knowledge: KnowledgeGraph, values: tuple[str, str]
) -> None:
    """However far results are apart, no words of their course lie on each other."""
    labs = [f"alp={value}U/L(35-105)@202{n}-05-01" for n, value in enumerate(values, 4)]
    drugs = [
        "bortezomib@2024-05-03",
        "alendronate@2024-03-01..2024-08-01",
        "risedronate@2020-01-01",
    ]
    each = _case(knowledge, has=["multiple myeloma"], drugs=drugs, labs=labs)
    chart = course_of(knowledge.model, each.case, each.answer)

    if chart is not None:
        _check(course_picture(chart, PREFIX), " ".join(values))


def test_a_course_of_many_results_can_be_read(knowledge: KnowledgeGraph) -> None:
    """Where points stand close, a label that has no room is left to the list below."""
    labs = [f"alp={90 + 3 * day}U/L(35-105)@2025-03-{day:02}" for day in range(1, 29)]
    each = _case(knowledge, has=["multiple myeloma"], labs=labs)

    chart = course_of(knowledge.model, each.case, each.answer)

    assert chart is not None
    assert len(chart.samples) == 28
    _check(course_picture(chart, PREFIX), "many")


# ── Documents and terms ─────────────────────────────────────────────────────────────────────


def test_every_line_of_every_document_has_its_mark(knowledge: KnowledgeGraph) -> None:
    """The coverage of each document shows each line once, and tells the reasons in words."""
    every = knowledge.model.tables.notes.statements.values()
    for coverage in read_coverage(knowledge.store):
        notes = [each for each in every if each.document == coverage.document]
        sections = {each.line: f"section {each.section}" for each in notes}

        figure = coverage_picture(coverage, sections, PREFIX)

        _check(figure, coverage.document)
        shown = [line for part in parts_of(coverage, sections) for line in part.lines]
        assert shown == [*coverage.lines]
        assert figure.svg.count("<title>line ") == len(coverage.lines)
        assert all(reason in figure.says for reason in coverage.aside)


def test_an_open_line_is_told_apart(knowledge: KnowledgeGraph) -> None:
    """A line that nobody accounted for has a mark of its own, and is named in words."""
    coverage = next(iter(read_coverage(knowledge.store)))
    gap = replace(coverage, copy="A.txt", filled=(*(e.number for e in coverage.lines), 900, 901))

    figure = coverage_picture(gap, {}, PREFIX)

    assert 'class="open"' in figure.svg
    assert "Open: 900, 901." in figure.says
    _check(figure, "open")


def test_every_term_can_be_drawn_among_its_neighbours(knowledge: KnowledgeGraph) -> None:
    """Each term that is joined to others has a picture with them, and every link leads to one."""
    assert isinstance(knowledge.store, LocalStore)
    view = View(knowledge.store)
    taxonomy = Taxonomy(view)
    drawn: dict[str, Figure] = {}
    for iri in view.own:
        graph = term_graph(view, taxonomy, iri) if iri.startswith(PREFIXES["eg"]) else None
        if graph is not None:
            drawn[iri] = graph_picture(graph, PREFIX)
            _check(drawn[iri], iri)

    assert len(drawn) > 100
    deficiency = drawn[f"{PREFIXES['eg']}VitaminDDeficiency"].says
    assert "vitamin D deficiency causes raised ALP (A004)." in deficiency
    assert "vitamin D deficiency may cause raised ALP" not in deficiency
    paths = {
        path for each in drawn.values() for path in re.findall(r'href="\x00([^"]+)"', each.svg)
    }
    assert all(view.knows(IRI(BASE + unquote(path))) for path in paths)


def test_a_term_with_many_neighbours_is_drawn_in_part() -> None:
    """The picture of a term names how many of its neighbours it leaves to the page."""
    found = [Neighbour("may cause", f"thing {n}", f"id/T{n}") for n in range(40)]

    graph = neighbourhood_graph("term", found, found[:3])

    assert graph is not None
    figure = graph_picture(graph, PREFIX)
    _check(figure, "neighbours")
    assert "30 more" in figure.says
    assert "thing 39 may cause term." in figure.says


# ── Whatever a label says ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_label_is_shown_and_does_nothing(text: str) -> None:
    """A label made of markup is text of the picture: no element and no attribute comes of it."""
    node = Node("a", text, "kind", above=text, path=f"id/{text}", hint=text, ids=((text, text),))
    other = Node("b", "other", below=text)
    graph = Graph(
        text,
        (Column(text, 200, (node,)), Column("", 200, (other,))),
        (Edge("a", "b"),),
        text,
        left_out=text,
    )

    figure = graph_picture(graph, PREFIX)

    tree = ET.fromstring(figure.markup("/"))  # noqa: S314 - our own
    plain = ET.fromstring(  # noqa: S314 - our own
        graph_picture(replace(graph, title="x", says="x"), PREFIX).markup("/")
    )
    allowed = {"svg", "title", "desc", "g", "rect", "path", "text", "a"}
    assert {each.tag for each in tree.iter()} <= allowed
    assert [each.tag for each in tree.iter()] == [each.tag for each in plain.iter()]
    assert "\u202e" not in figure.svg
    assert figure.markup("/").count("\x00") == 0


def test_the_fullest_graph_that_is_drawn_is_small() -> None:
    """A graph in which every column is full stays below the largest size."""
    columns = tuple(
        Column("", 120, tuple(Node(f"{c}.{n}", "a name of some words" * 2) for n in range(12)))
        for c in range(5)
    )
    edges = tuple(
        Edge(f"{c}.{n}", f"{c + 1}.{(n * 5 + k) % 12}")
        for c in range(4) for n in range(12) for k in range(2)
    )  # fmt: skip

    figure = graph_picture(Graph("full", columns, edges, "full"), PREFIX)

    assert sum(len(column.nodes) for column in columns) == MOST
    _check(figure, "full")
