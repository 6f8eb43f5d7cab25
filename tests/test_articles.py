"""An article is added as the how-to page says, in a copy of the checkout.

It takes one file and two rows of the table of markers: no line of Turtle, and none of Python.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from frozen import as_tested
from golden import RECORDS, as_golden, question_digests, read_digests

from kg.articles.write import made_files, stale_files
from kg.store import artifact
from kg.store.knowledge import open_graph

ARTICLE = Path(__file__).parent / "articles" / "raised-ferritin"
COPIED = ("kg", "ontology", "queries")
BLOCK = re.compile(r"^```(sh|text|turtle|yaml)\n(.*?)^```", re.MULTILINE | re.DOTALL)
TITLE = "  short title: raised ferritin (an example)"
"""What the curator writes in place of the line that says TO FILL."""
SET_ASIDE = re.compile(r"(?ms)^set aside:\n.*?\n\n")
"""What the commands of the page write into the file."""
MADE = ("axioms.ttl", "catalog-v001.xml", "etiograph.ttl", "markers.ttl")


@dataclass
class Checkout:
    """A copy of the project that a curator works in."""

    folder: Path
    said: list[str] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    """The files that adding the article made or changed."""

    @property
    def texts(self) -> Path:
        """The curator's own copies."""
        return self.folder / "articles"

    def path(self, name: str) -> Path:
        """A file of the ontology."""
        return self.folder / "ontology" / name

    def run(self, *arguments: str, code: int = 0) -> str:
        """Type a command; what it says is kept."""
        found = subprocess.run(
            [sys.executable, "-m", "kg", *arguments],
            cwd=self.folder,
            env=os.environ
            | {"PYTHONPATH": str(self.folder), "KG_CACHE": str(self.folder / "cache")}
            | {"KG_ONTOLOGY": str(self.folder / "ontology")}
            | {"PYTHONPYCACHEPREFIX": str(self.folder / "bytecode"), "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert found.returncode == code, found.stdout + found.stderr
        self.said.append(found.stdout)
        return found.stdout

    def replace(self, name: str, old: str, new: str) -> None:
        """Change one place in a file of the ontology."""
        text = self.path(name).read_text("utf-8")
        assert text.count(old) == 1
        self.path(name).write_text(text.replace(old, new), "utf-8")


def _blocks(root: Path, kind: str) -> list[str]:
    page = (root / "docs" / "how-to" / "add-an-article.md").read_text("utf-8")
    return [text for language, text in BLOCK.findall(page) if language == kind]


def _commands(root: Path, checkout: Checkout) -> list[list[str]]:
    lines = [line for block in _blocks(root, "sh") for line in block.splitlines()]
    return [
        [each.replace("~/articles", str(checkout.texts)) for each in shlex.split(line)[1:]]
        for line in lines
    ]


def _digests(checkout: Checkout) -> dict[str, str]:
    """A digest of every file of the copy, by its name."""
    return {
        path.relative_to(checkout.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in COPIED
        for path in sorted((checkout.folder / folder).rglob("*.*"))
    }


def _entitle(checkout: Checkout) -> None:
    """What the curator does by hand before the lines are looked at."""
    path = checkout.path("articles/C.yaml")
    text = re.sub(r"(?m)^  short title: # TO FILL.*$", TITLE, path.read_text("utf-8"))
    path.write_text(text, "utf-8")
    assert _document(text) == _document(_whole())


def _edit(checkout: Checkout) -> None:
    """What the curator does by hand before the places are filled in: one file, and two rows."""
    checkout.path("articles/C.yaml").write_text(SET_ASIDE.sub("", _whole()), "utf-8")
    rows = (ARTICLE / "markers.yaml").read_text("utf-8")
    checkout.replace("tables/markers.yaml", "\nmarkers:\n", f"\nmarkers:\n{rows}")


def _whole() -> str:
    """The file of the article as it is in the end."""
    return (ARTICLE / "article.yaml").read_text("utf-8")


def _document(text: str) -> str:
    """What stands in a file above its first empty line."""
    return text.partition("\n\n")[0]


@pytest.fixture(name="checkout", scope="module")
def _checkout(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Give a copy of the project with the article added, by the commands of the page."""
    checkout = Checkout(tmp_path_factory.mktemp("checkout"))
    for name in COPIED:
        ignored = shutil.ignore_patterns("__pycache__", "_data")
        shutil.copytree(as_tested(name), checkout.folder / name, ignore=ignored)
    checkout.texts.mkdir()
    shutil.copy(ARTICLE / "article.txt", checkout.texts)
    before = _digests(checkout)
    edited = False
    accounted = False
    for command in _commands(root, checkout):
        if command[:2] == ["source", "fill"] and not edited:
            _edit(checkout)
            _misspell(checkout, command)
            edited = True
        accounted = accounted or "--aside" in command
        is_open = command[:2] == ["source", "coverage"] and not accounted
        checkout.run(*command, code=int(is_open))
        if command[:2] == ["source", "add"]:
            _entitle(checkout)
    after = _digests(checkout)
    checkout.changed = {name for name, digest in after.items() if before.get(name) != digest}
    return checkout


def _misspell(checkout: Checkout, fill: list[str]) -> None:
    """Run a fill over a slip of the pen, and take both back."""
    path = checkout.path("articles/C.yaml")
    before = path.read_bytes()
    right = "subject: HereditaryHaemochromatosis, predicate: causes, object: raised-ferritin}"
    checkout.replace("articles/C.yaml", right, right.replace("Haemo", "Hemo"))
    checkout.run(*fill, code=1)
    path.write_bytes(before)
    checkout.path("articles/C.places.tsv").unlink()


@pytest.mark.slow
def test_one_file_and_two_rows_are_all_that_is_written(checkout: Checkout) -> None:
    """The commands make the rest, and no line of code, of Turtle or of another article is moved."""
    made = {f"ontology/{each}" for each in MADE}
    made |= {f"ontology/{each}/C.ttl" for each in ("documents", "statements", "terms")}
    made |= {"ontology/articles/C.places.tsv", "ontology/articles/article.schema.json"}

    assert checkout.changed - made == {"ontology/articles/C.yaml", "ontology/tables/markers.yaml"}
    assert checkout.path("articles/C.yaml").read_text("utf-8") == _whole()
    assert stale_files(made_files(checkout.path(""))) == ()


def test_a_statement_of_the_example_takes_less_than_four_lines() -> None:
    """What a curator writes of a statement is short."""
    _, _, records = _whole().partition("\nstatements:\n")
    lines = [line for line in records.splitlines() if line.startswith(("  - ", "    "))]

    assert len(lines) / sum(line.startswith("  - ") for line in lines) < 4


@pytest.mark.slow
def test_the_page_shows_what_happens(root: Path, checkout: Checkout) -> None:
    """Every line that the page shows is printed, and what it shows of files is in the example.

    What the example has no case of is marked as `yml`.
    """
    said = "\n".join(checkout.said)
    written = _whole() + (ARTICLE / "markers.yaml").read_text("utf-8")

    missing = [
        line for block in _blocks(root, "text") for line in block.splitlines() if line not in said
    ]

    assert missing == []
    assert _blocks(root, "turtle") == []
    assert [block for block in _blocks(root, "yaml") if block not in written] == []


@pytest.mark.slow
def test_the_new_finding_has_an_answer(checkout: Checkout) -> None:
    """Causes of the new finding stand as the article says, each on its statements."""
    question = ("ask", "--lab", "ferritin=high", "--lab", "tsat=normal", "--format", "json")

    answer = json.loads(checkout.run(*question))

    assert answer["question"] == "Causes of a raised ferritin"
    assert {each["label"]: (each["verdict"], each["statements"]) for each in answer["causes"]} == {
        "inflammation or infection": ("candidate", ["C004"]),
        "liver cell injury": ("candidate", ["C006"]),
        "high alcohol intake": ("candidate", ["C008"]),
        "hereditary haemochromatosis": ("argued against", ["C010"]),
        "repeated red cell transfusion": ("argued against", ["C014"]),
    }
    against = [argument["rule"] for cause in answer["causes"] for argument in cause["against"]]
    assert against == [["C017"], ["C017"]]
    assert [alert["statements"] for alert in answer["alerts"]] == [["C002"]]
    assert answer["unknown"] == []


@pytest.mark.slow
def test_the_other_result_changes_the_answer(checkout: Checkout) -> None:
    """A raised saturation takes nothing away, and a treatment waits for the list of drugs."""
    question = ("ask", "--lab", "ferritin=900ug/L(30-300)", "--lab", "tsat=high")

    answer = json.loads(checkout.run(*question, "--format", "json"))

    verdicts = {cause["label"]: cause["verdict"] for cause in answer["causes"]}
    assert verdicts["hereditary haemochromatosis"] == "candidate"
    assert verdicts["repeated red cell transfusion"] == "undetermined"


@pytest.mark.slow
def test_the_other_articles_answer_as_before(checkout: Checkout, root: Path) -> None:
    """A third article moves no verdict about another finding, and no question is taken over."""
    question = ("ask", "--has", "multiple myeloma", "--lab", "alp=high", "--lab", "ggt=normal")

    answer = json.loads(checkout.run(*question, "--format", "json"))
    unasked = checkout.run("ask", "--has", "osteoporosis")

    assert answer["question"] == "Causes of a raised ALP"
    assert {cause["verdict"] for cause in answer["causes"]} >= {"candidate", "argued against"}
    assert not {"ferritin", "transferrin saturation"} & {
        each["label"] for each in answer["unknown"]
    }
    assert unasked.startswith("Causes of a raised ALP")
    assert (root / "ontology" / "documents" / "C.ttl").exists() is False


@pytest.mark.slow
def test_no_answer_to_a_question_without_the_new_marker_moves(checkout: Checkout) -> None:
    """Byte for byte, in every form: only the one that gives a ferritin no longer finds it unknown.

    Among them is the question of the front page, to whose answer nothing is added.
    """
    grown = open_graph(artifact.open_artifact(checkout.folder / "cache"))
    was, now = read_digests(), question_digests(as_golden(grown))

    assert now.keys() == was.keys() - {RECORDS}
    assert {name for name in now if now[name] != was[name]} == {"low_ferritin"}


@pytest.mark.slow
def test_an_answer_speaks_of_what_is_asked(checkout: Checkout) -> None:
    """An answer about the new finding names no statement and no document about another one."""
    question = ("ask", "--lab", "ferritin=high", "--lab", "tsat=normal", "--format", "json")

    answer = json.loads(checkout.run(*question))

    assert {each["document"] for each in answer["statements"].values()} == {"C"}
    assert [each["id"] for each in answer["documents"]] == ["C"]
    assert answer["steps_for_others"] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (("--lab", "ferritin=normal"), "raised ferritin"),
        (("--lab", "tsat=high"), "raised ferritin"),
        (("--has", "hereditary haemochromatosis"), "raised ferritin"),
        (("--lab", "alp=low"), "raised ALP"),
        (("--has", "osteoporosis", "--lab", "ferritin=high"), "raised ferritin"),
        (("--lab", "alp=low", "--lab", "ferritin=high"), "raised ferritin"),
    ],
)
def test_a_case_is_asked_about_what_it_shows(
    checkout: Checkout, given: tuple[str, ...], asked: str
) -> None:
    """What a case shows is asked about, else what it gives a result of, else what it speaks of."""
    answer = json.loads(checkout.run("ask", *given, "--format", "json"))

    assert answer["finding"]["label"] == asked


@pytest.mark.slow
def test_a_second_finding_is_not_passed_over(checkout: Checkout) -> None:
    """A case that shows two findings is asked about one, and the answer names the other."""
    question = ("ask", "--lab", "alp=high", "--lab", "ferritin=high", "--format", "json")

    first = json.loads(checkout.run(*question))
    second = json.loads(checkout.run(*question, "--about", "raised ferritin"))

    assert first["question"] == "Causes of a raised ALP"
    assert [each["label"] for each in first["scope"]] == ["raised ferritin shown too"]
    assert second["question"] == "Causes of a raised ferritin"
    assert [each["label"] for each in second["scope"]] == ["raised ALP shown too"]


@pytest.mark.slow
def test_a_place_leads_back_to_the_copy(checkout: Checkout) -> None:
    """A filled-in place finds its sentence, in a copy that the repository does not hold."""
    shown = checkout.run("statement", "C017", "--texts", str(checkout.texts))

    assert "digest           found on line 26" in shown
    assert "line             26 agrees" in shown
    assert "cites            [2] unresolved" in shown
