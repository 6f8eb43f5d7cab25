"""What a store was asked is kept by the lines that a query can match, and by nothing less."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from kg.compile import builder
from kg.compile.check.pieces import find_quiet
from kg.compile.check.rules import read_rules
from kg.compile.lines import Group, Lines, Pattern, count_lines
from kg.compile.matching import read_query
from kg.compile.remembered import RememberingStore
from kg.model import resources
from kg.model.vocabulary import BlankNode, Term, text_of
from kg.store.base import Rows
from kg.store.local import LocalStore
from kg.store.queries import catalogue

QUERIES = {
    name: query.text
    for name, query in catalogue(resources.queries_dir()).items()
    if "CONSTRUCT" not in query.text
}
EG = "https://w3id.org/etiograph/id/"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
TWO = f"""
<{EG}a> <{EG}cause> <{EG}b> <urn:g> .
<{EG}b> {LABEL} "b"@en <urn:g> .
<https://w3id.org/etiograph/statement/A001> {LABEL} "s"@en <urn:g> .
""".lstrip()
LABELS = "SELECT ?label WHERE { ?a eg:cause ?b . ?b rdfs:label ?label } ORDER BY ?label"


@pytest.fixture(name="kept", autouse=True)
def _kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what is kept here apart from what builds keep."""
    monkeypatch.setenv("KG_CACHE", str(tmp_path))


@pytest.fixture(name="loads")
def _loads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note the size of each graph that is loaded."""
    found: list[int] = []
    load = LocalStore.load

    def noted(self: LocalStore, nquads: bytes) -> None:
        found.append(len(nquads))
        load(self, nquads)

    monkeypatch.setattr(LocalStore, "load", noted)
    return found


def asked(text: str, query: str = LABELS) -> Rows:
    """The rows of a query in a graph, with what was asked before kept."""
    store = RememberingStore(text.encode(), "test")
    found = store.select(query)
    store.keep()
    return found


@pytest.mark.slow
def test_queries_look_at_no_other_lines() -> None:
    """Each shipped query has the rows of the whole graph in the lines alone that it can match."""
    graph = builder.ready().graph
    lines, whole, grouped = Lines([count_lines(graph)]), LocalStore(graph), by_group(graph)

    for name, query in QUERIES.items():
        some = LocalStore(lines_matched(lines, grouped, query))

        assert alike(some.select(query)) == alike(whole.select(query)), name


def by_group(graph: bytes) -> dict[Group, bytes]:
    """The lines of each group of a graph: those of a part of it that is one line are in one."""
    found: defaultdict[Group, list[bytes]] = defaultdict(list)
    known: dict[tuple[bytes, bytes, bytes], Group] = {}
    for line in graph.splitlines(keepends=True):
        subject, name, rest = line.split(b" ", 2)
        alike = (subject, name, rest.split(b" ")[0])
        if alike not in known:
            (known[alike],) = (each.group for each in count_lines(line))
        found[known[alike]].append(line)
    return {group: b"".join(lines) for group, lines in found.items()}


def lines_matched(lines: Lines, grouped: dict[Group, bytes], query: str) -> bytes:
    """The lines of the groups that a query can match."""
    return b"".join(grouped[each] for each in lines.matched(read_query(query)))


def alike(found: Rows) -> list[list[Term | None]]:
    """Rows without the names of nodes that have none, which are others in each store."""
    return [[None if isinstance(term, BlankNode) else term for term in row] for row in found]


def test_the_same_graph_is_not_loaded_again(loads: list[int]) -> None:
    """What was asked of a graph is known without the graph."""
    first = asked(TWO)
    loads.clear()

    assert asked(TWO) == first
    assert loads == []


def test_what_differs_each_time_is_asked_each_time(loads: list[int]) -> None:
    """Rows of a moment, or of chance, are not kept."""
    query = "SELECT ?a (NOW() AS ?moment) (RAND() AS ?chance) { ?a eg:cause ?b }"
    first = asked(TWO, query)
    loads.clear()

    assert asked(TWO, query) != first
    assert len(loads) == 1


def test_what_a_query_cannot_match_changes_nothing(loads: list[int]) -> None:
    """A statement that is called otherwise leaves the names of causes as they were."""
    first = asked(TWO)
    loads.clear()

    assert asked(TWO.replace('"s"', '"t"')) == first
    assert loads == []


def test_what_a_query_can_match_is_asked_anew() -> None:
    """A cause that is called otherwise is read otherwise."""
    asked(TWO)

    (label,) = asked(TWO.replace('"b"', '"c"')).column("label")

    assert text_of(label) == "c"


@pytest.mark.parametrize(
    ("query", "sure"),
    [
        ("SELECT * { ?a eg:x ?b ; eg:y ?c }", {"eg:x": ["eg:y"], "eg:y": ["eg:x"]}),
        ("SELECT * { ?a eg:x ?b OPTIONAL { ?a eg:y ?c } }", {"eg:x": [], "eg:y": ["eg:x"]}),
        ("SELECT * { OPTIONAL { ?a eg:y ?c } ?a eg:x ?b }", {"eg:y": [], "eg:x": []}),
        ("SELECT * { ?a eg:x ?b MINUS { ?a eg:y ?c } }", {"eg:x": [], "eg:y": ["eg:x"]}),
        (
            "SELECT * { ?a eg:x ?b FILTER NOT EXISTS { ?a eg:y ?c } }",
            {"eg:x": [], "eg:y": ["eg:x"]},
        ),
        ("SELECT * { { SELECT ?a { ?a eg:y ?c } } ?a eg:x ?b }", {"eg:y": [], "eg:x": ["eg:y"]}),
        ("SELECT * { { SELECT ?c { ?a eg:y ?c } } ?a eg:x ?b }", {"eg:y": [], "eg:x": []}),
        (
            "SELECT * { { SELECT (MAX(?a) AS ?a) { ?a eg:y ?c } } ?a eg:x ?b }",
            {"eg:y": [], "eg:x": []},
        ),
        ("SELECT * { { ?a eg:y ?c } UNION { ?a eg:z ?c } ?a eg:x ?b }",
         {"eg:y": ["eg:y|eg:z", "eg:x"], "eg:z": ["eg:y|eg:z", "eg:x"], "eg:x": ["eg:y|eg:z"]}),
        ("SELECT * { { ?a eg:y ?c } UNION { ?b eg:z ?a } UNION { ?c eg:v ?d } ?a eg:x ?b }",
         {"eg:y": ["eg:x"], "eg:z": ["eg:x"], "eg:v": [], "eg:x": []}),
        (
            "SELECT * { ?a ?p ?b . ?b eg:x ?c FILTER (?p IN (eg:y, eg:z)) }",
            {"eg:y": [], "eg:x": ["eg:y"]},
        ),
    ],
)  # fmt: skip
def test_what_is_sure_of_a_subject(query: str, sure: dict[str, list[str]]) -> None:
    """A pattern is narrowed by what must hold beside it, and not by what need not."""
    found = {
        short(each.properties[0]): [
            "|".join(short(place.properties[0]) for place in places) for places in each.subject.sure
        ]
        for each in read_query(query).patterns
    }

    assert found == sure


def short(name: str) -> str:
    """A name of this project with its prefix."""
    return f"eg:{name.removeprefix(f'<{EG}').removesuffix('>')}"


@pytest.mark.parametrize(
    ("query", "starts"),
    [
        ("SELECT * { ?a eg:x ?b FILTER ISIRI(?b) }", [""]),
        ("SELECT * { ?a eg:x ?b FILTER (ISIRI(?b) && STRSTARTS(STR(?b), STR(eg:))) }", ["", EG]),
        (f'SELECT * {{ ?a eg:x ?b FILTER (STRSTARTS(STR(?b), "{EG}")) }}', [EG]),
        ("SELECT * { ?a eg:x ?b FILTER (ISIRI(?b) || ISIRI(?a)) }", []),
        ("SELECT * { ?a eg:x ?b FILTER (!ISIRI(?b)) }", []),
        ("SELECT * { ?a eg:x ?b FILTER (ISIRI(?b) = false) }", []),
        ("SELECT * { ?a eg:x ?b FILTER (STRSTARTS(?b, STR(eg:))) }", []),
        ("SELECT * { ?a eg:x ?b FILTER (STRSTARTS(STR(?b), STR(?c))) }", []),
        ("SELECT * { ?c eg:y ?a OPTIONAL { ?a eg:x ?b } FILTER (ISIRI(?b)) }", []),
        ("SELECT * { ?a eg:x ?b BIND (ISIRI(?b) AS ?c) }", []),
    ],
)
def test_what_is_sure_of_an_object(query: str, starts: list[str]) -> None:
    """A condition that has to hold says what an object is called, and no other does."""
    (found,) = [each for each in read_query(query).patterns if short(each.properties[0]) == "eg:x"]

    assert list(found.object.starts) == starts


@pytest.mark.parametrize(
    ("query", "does_not_matter"),
    [
        ("SELECT DISTINCT ?a { ?a eg:x ?b }", True),
        ("SELECT DISTINCT ?a { ?a eg:x ?b FILTER (?b > 1) }", False),
        ("SELECT DISTINCT ?a { ?a eg:x ?b FILTER ($b > 1) }", False),
        ("SELECT DISTINCT * { ?a eg:x ?b }", False),
        ("SELECT ?a { ?a eg:x ?b }", False),
        ("SELECT DISTINCT (COUNT(?a) AS ?n) { ?a eg:x ?b }", False),
        ("SELECT DISTINCT ?a { GRAPH ?g { ?a eg:x ?b } }", False),
        ("SELECT DISTINCT ?a { ?a eg:x eg:b }", False),
    ],
)
def test_an_object_that_does_not_matter(query: str, does_not_matter: bool) -> None:  # noqa: FBT001 - a case
    """What is named once, and of which it does not matter how many there are, may be any."""
    (found,) = read_query(query).patterns

    assert found.any_object is does_not_matter


CHANGED = "SELECT DISTINCT ?a { ?a eg:cause ?b . ?b rdfs:label ?label FILTER (STR(?a) != '') }"


def test_another_object_that_does_not_matter_changes_nothing(loads: list[int]) -> None:
    """A cause that is called otherwise is a cause with a name all the same."""
    first = asked(TWO, CHANGED)
    loads.clear()

    assert asked(TWO.replace('"b"', '"c"'), CHANGED) == first
    assert loads == []


def test_the_property_may_be_one_of_few() -> None:
    """Where a property has to be one that something is said of, lines of others do not matter."""
    query = "SELECT * { ?p eg:gone true . ?a ?p ?b }"
    text = f"<{EG}p> <{EG}gone> true .\n<{EG}a> <{EG}p> <{EG}b> .\n<{EG}a> <{EG}q> <{EG}b> .\n"
    lines = Lines([count_lines(text.encode())])

    found = lines.matched(read_query(query))

    assert {short(each.property) for each in found} == {"eg:gone", "eg:p"}


@pytest.mark.parametrize(
    "query",
    [
        "DESCRIBE ?a { ?a eg:x ?b }",
        "SELECT * FROM <urn:g> { ?a eg:x ?b }",
        "SELECT * { ?a !eg:x ?b }",
        "SELECT * { ?a eg:x [ eg:y ?b ] }",
        "SELECT * { ?a eg:x ( ?b ) }",
        "SELECT * { ?a eg:x ?b } VALUES ?a { eg:a }",
        "SELECT * { ?a eg:x* ?b }",
        "SELECT * { ?a eg:x* ?b . ?b eg:y* ?a }",
        "SELECT * { ?a eg:x? ?b . ?a eg:y* ?b }",
        "SELECT * { { SELECT ?a { ?a eg:x eg:b } VALUES ?a { eg:b } } ?a eg:y ?c }",
        "BASE <urn:x:> SELECT * { ?a <p> ?b }",
        "SELECT * { ?a eg:x\\-y ?b }",
        "SELECT * { ?a unknown:x ?b }",
        "SELECT * { ?a eg:x ?b FILTER (?b < NOW()) }",
    ],
)
def test_what_is_not_understood_can_match_everything(query: str) -> None:
    """A form that is not read narrows nothing."""
    assert Pattern() in read_query(query).patterns


@pytest.mark.parametrize(
    ("query", "centred"),
    [
        ("SELECT * { ?a ?p ?b FILTER NOT EXISTS { ?a eg:y ?c } }", True),
        ("SELECT * { ?a eg:x|eg:y ?b }", True),
        ("SELECT * { ?a eg:x ?b . ?b eg:y ?c }", False),
        ("SELECT * { ?a eg:x/eg:y ?b }", False),
        ("SELECT (COUNT(*) AS ?n) { ?a eg:x ?b }", False),
        ("SELECT * { ?a eg:x ?b } LIMIT 1", False),
        ("SELECT * { GRAPH ?g { ?a eg:x ?b } }", False),
        ("SELECT * { eg:a eg:x ?b }", False),
        ("SELECT ?b { ?a eg:x ?b { SELECT ?b { ?a eg:y ?b } } }", False),
    ],
)
def test_rows_about_one_subject(query: str, centred: bool) -> None:  # noqa: FBT001 - a case
    """A query whose rows are of one subject each can be asked of a graph piece by piece."""
    assert read_query(query).centred is centred


@pytest.mark.parametrize(
    ("query", "properties"),
    [
        ("SELECT * { VALUES ?p { eg:x eg:y } ?a ?p ?b }", ["eg:x", "eg:y"]),
        ("SELECT * { ?a ?p ?b FILTER (?p IN (eg:x, eg:y)) }", ["eg:x", "eg:y"]),
        ("SELECT * { ?a ?p ?b FILTER (?p IN (eg:x, ?c)) }", []),
        ("SELECT * { ?a ?p ?b FILTER (?p IN (eg:x) || ?b = 3) }", []),
        ("SELECT * { ?a ?p ?b FILTER (?p NOT IN (eg:x)) }", []),
        ("SELECT * { VALUES (?p ?b) { (eg:x 3) (UNDEF 4) } ?a ?p ?b }", []),
    ],
)
def test_names_of_a_property(query: str, properties: list[str]) -> None:
    """A variable in the place of a property stands for what VALUES say, or a condition."""
    (found,) = read_query(query).patterns

    assert [*map(short, found.properties)] == properties


def test_a_condition_is_not_met_by_what_is_optional() -> None:
    """What a group asks of its solutions narrows no part that need not be there."""
    query = "SELECT * { ?a eg:x ?b OPTIONAL { ?a ?p ?c } FILTER (?p IN (eg:y)) }"

    assert () in [each.properties for each in read_query(query).patterns]


def test_a_class_is_told_apart() -> None:
    """What is said to be of another class cannot be matched."""
    typed = "".join(
        f"<{EG}{name}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{EG}{of}> <urn:g> .\n"
        for name, of in (("a", "One"), ("b", "Two"))
    )

    lines, grouped = Lines([count_lines(typed.encode())]), by_group(typed.encode())

    assert lines_matched(lines, grouped, "SELECT * { ?a a eg:One }").count(b"\n") == 1


QUIET = "SELECT ?focus WHERE { ?focus rdfs:label ?label FILTER (STRLEN(?label) > 3) }"


WORDED = """SELECT ?focus WHERE {
  ?focus eg:word ?word ; rdfs:label ?label . ?word eg:wordedAs ?words FILTER (?label != ?words)
}"""


@pytest.mark.parametrize(
    ("query", "looked_up"),
    [
        (WORDED, ["eg:wordedAs"]),
        ("SELECT ?focus { ?focus eg:x ?b ; eg:y ?c FILTER NOT EXISTS { ?b eg:z ?d } }", ["eg:z"]),
        ("SELECT ?focus { ?focus eg:x ?b ; eg:y/eg:z ?c }", None),
        ("SELECT ?focus { ?focus eg:x ?b ; eg:y ?c { SELECT ?b { ?b eg:z ?d } } }", None),
        ("SELECT (COUNT(?focus) AS ?n) { ?focus eg:x ?b ; eg:y ?c . ?b eg:z ?d }", None),
    ],
)
def test_what_is_looked_up_beside_a_subject(query: str, looked_up: list[str] | None) -> None:
    """What a query asks of other things than one is told, unless it takes more than these."""
    found = read_query(query).looked_up

    assert (found and [short(each.properties[0]) for each in found]) == looked_up


def test_what_is_looked_up_makes_a_rule_heard(tmp_path: Path) -> None:
    """A rule is heard where what stands beside the pieces changed, and not the pieces."""
    path = tmp_path / "worded.rq"
    path.write_text(
        f"# # Worded\n#\n# **Problem:** other\n# **Level:** error\n# **Solution:** mend\n{WORDED}\n"
    )
    rules = read_rules(tmp_path)
    text = f"""
<{EG}s> <{EG}word> <{EG}w> <urn:g> .
<{EG}s> {LABEL} "may" <urn:g> .
<{EG}w> <{EG}wordedAs> "may" <urn:g> .
""".lstrip()

    def quiet(text: str) -> frozenset[str]:
        return find_quiet(text.encode(), rules, RememberingStore(text.encode(), "test"))

    assert quiet(text) == {"worded"}
    assert quiet(text.replace('wordedAs> "may"', 'wordedAs> "can"')) == frozenset()
    assert quiet(text.replace(f'{LABEL} "may"', f'{LABEL} "can"')) == frozenset()
    assert quiet(text) == {"worded"}


def test_a_rule_is_quiet_until_a_piece_trips_it(tmp_path: Path) -> None:
    """A rule about one thing is asked of the pieces that changed, and heard where it finds any."""
    path = tmp_path / "long.rq"
    path.write_text(
        f"# # Long\n#\n# **Problem:** long\n# **Level:** error\n# **Solution:** cut\n{QUIET}\n"
    )
    rules = read_rules(tmp_path)

    def quiet(text: str) -> frozenset[str]:
        return find_quiet(text.encode(), rules, RememberingStore(text.encode(), "test"))

    assert quiet(TWO) == {"long"}
    assert quiet(TWO.replace('"b"', '"long"')) == frozenset()
    assert quiet(TWO) == {"long"}
