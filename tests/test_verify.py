"""`kg verify`: findings with file, line, level, rule and what to do, and an exit code."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from built import Edit, edited_ontology, without_statement
from click.testing import CliRunner, Result
from curating import run as curate

from kg.cli import main
from kg.curate.reports import open_sources
from kg.curate.verify import TEXT_RULES
from kg.model import resources
from kg.model.copies import Copy, read_copies
from kg.model.rdf import read_sources
from kg.store.statements import read_coverage

Edited = Callable[[str, Edit], Path]


def run(*args: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, ["verify", *args])


@pytest.fixture(name="edited")
def _edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Edited:
    """Give a way to put an edited file of the ontology in the place of the one that is there."""

    def edit(name: str, change: Edit) -> Path:
        folder = edited_ontology(tmp_path, {name: change})
        monkeypatch.setattr(resources, "ontology_dir", lambda: folder)
        return folder / name

    return edit


def _without(line: str) -> Edit:
    return lambda text: text.replace(line, "", 1)


def _told(result: Result) -> list[dict[str, object]]:
    findings: list[dict[str, object]] = json.loads(result.stdout)["findings"]
    return findings


def _errors(result: Result) -> list[dict[str, object]]:
    return [each for each in _told(result) if each["level"] == "error"]


def test_the_sources_have_no_error() -> None:
    """What is in the repository passes its own rules."""
    result = run()

    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("0 errors, ")


def test_a_finding_has_all_that_is_needed_to_mend_it(edited: Edited) -> None:
    """File, line, level, what is wrong with which term, what to do, and the rule; exit code 1."""
    path = edited("conditions.ttl", _without('    rdfs:label "osteoporosis"@en ;\n'))
    line = path.read_text("utf-8").splitlines().index("eg:Osteoporosis a owl:Class ;") + 1

    result = run("--level", "error")

    assert result.exit_code == 1
    said = "Missing label: eg:Osteoporosis. Give the term one `rdfs:label` in English."
    assert result.stdout.splitlines()[:-2] == [f"{path}:{line}: error: {said} [missing-label]"]


@pytest.mark.slow
def test_the_findings_as_json(edited: Edited) -> None:
    """A program gets the same fields, one by one."""
    path = edited("conditions.ttl", _without('    rdfs:label "osteoporosis"@en ;\n'))

    result = run("--format", "json")

    (finding,) = _errors(result)
    assert json.loads(result.stdout)["passes"] is False
    file, _, line = str(finding["place"]).rpartition(":")
    assert (file, line.isdigit()) == (str(path), True)
    assert (finding["rule"], finding["focus"]) == ("missing-label", "eg:Osteoporosis")
    assert finding["solution"] == "Give the term one `rdfs:label` in English."


@pytest.mark.slow
def test_the_level_says_what_is_printed(edited: Edited) -> None:
    """Below the level nothing is printed; what is counted, and the exit code, stay the same."""
    edited("core.ttl", lambda text: text.replace("what is known of one", "The known facts of one"))

    everything, errors = run(), run("--level", "error")

    assert "[definition-style]" in everything.stdout
    assert "[definition-style]" not in errors.stdout
    assert everything.stdout.splitlines()[-1] == errors.stdout.splitlines()[-1]
    assert (everything.exit_code, errors.exit_code) == (0, 0)


def test_a_shape_is_told_like_a_rule(edited: Edited) -> None:
    """A statement without its modality is named with its line in the file."""
    path = edited(
        "statements/A.ttl",
        lambda text: text.replace(" ; eg:modality eg:modality-asserts ;", " ;", 1),
    )

    (finding,) = _errors(run("--format", "json"))

    assert finding["rule"] == "statement"
    assert str(finding["place"]).startswith(f"{path}:")
    assert "one modality" in str(finding["message"])


def test_what_an_article_no_longer_makes_is_not_held_against_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a file makes no Turtle, only that is said: the rest may be mended already."""
    edits: dict[str, Edit] = {
        "articles/A.yaml": lambda text: text.replace("object: death,", "object: deaths,", 1),
        "statements/A.ttl": lambda text: text.replace(
            " ; eg:modality eg:modality-asserts ;", " ;", 1
        ),
    }
    folder = edited_ontology(tmp_path, edits)
    monkeypatch.setattr(resources, "ontology_dir", lambda: folder)

    (finding,) = _errors(run("--format", "json"))

    assert finding["rule"] == "article-file"
    assert "deaths" in str(finding["message"])


def test_a_term_is_looked_up_while_the_sources_do_not_build(edited: Edited) -> None:
    """Whoever writes an article asks for terms meanwhile; the graph that was built last answers."""
    edited("conditions.ttl", _without('    rdfs:label "osteoporosis"@en ;\n'))

    result = CliRunner().invoke(main, ["term", "osteomalacia"])

    assert result.exit_code == 0, result.output
    assert "https://w3id.org/etiograph/id/Osteomalacia" in result.stdout
    assert "`kg verify` says why" in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_deleted_statement_is_told(edited: Edited, seed: int) -> None:
    """A statement is withdrawn, not deleted: an axiom that it carried would be without evidence."""
    folder = resources.ontology_dir() / "statements"
    path = sorted(folder.glob("?.ttl"))[seed % 2]
    ids = re.findall(r"^st:(\w+) a ", path.read_text("utf-8"), re.MULTILINE)
    gone = random.Random(seed).choice(ids)
    edited(f"statements/{path.name}", without_statement(gone))

    result = run("--format", "json")

    rules = {each["rule"] for each in json.loads(result.stdout)["findings"]}
    assert "statements-missing" in rules
    broken = [str(each["message"]) for each in _errors(result)]
    assert result.exit_code == bool(broken)
    assert all(f"st:{gone}" in each and "withdraw" in each for each in broken)


@pytest.mark.slow
def test_no_reasoner_is_started() -> None:
    """The check starts no Java and loads no reasoner, so that it can run at every save."""
    code = (
        "import sys\nfrom kg.cli import main\n"
        "try:\n    main(['verify', '--level', 'error'])\nexcept SystemExit as left:\n"
        "    assert left.code == 0\n"
        "print([name for name in ('jpype', 'owlready2') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.slow
def test_without_the_documents_nothing_passes(tmp_path: Path) -> None:
    """A folder without the articles is no proof of anything: that nothing was met is the error."""
    (tmp_path / "other.txt").write_text("Something else.\n")

    result = run("--texts", str(tmp_path), "--format", "json")

    missing = [each for each in _told(result) if each["rule"] == "document-not-found"]
    assert [each["focus"] for each in _errors(result)] == ["no statement met a text"]
    assert result.exit_code == 1
    assert {each["focus"] for each in missing} == {"document A", "document B"}


def _extent(*args: str) -> dict[str, Any]:
    extent: dict[str, Any] = json.loads(run(*args, "--format", "json").stdout)["extent"]
    return extent


@pytest.mark.slow
def test_it_says_how_much_was_extent() -> None:
    """Files, statements, rules and shapes are counted, in words and as values."""
    folder, queries = resources.ontology_dir(), resources.queries_dir() / "verify"
    ids = {
        each
        for path in (*folder.glob("statements/*.ttl"), *folder.glob("*.ttl"))
        for each in re.findall(r"^(?:st|bg):[\w-]+(?= a )", path.read_text("utf-8"), re.MULTILINE)
    }
    shapes = "".join(path.read_text("utf-8") for path in (folder / "shapes").glob("*.ttl"))

    result = run()

    counts = {
        "files": len(read_sources(folder).modules),
        "statements": len(ids),
        "rules": len(list(queries.glob("*.rq"))),
        "shapes": len(re.findall(r"^shape:", shapes, re.MULTILINE)),
    }
    assert _extent() == counts | {"graphs": 0, "texts": None}
    assert result.stdout.splitlines()[-2] == (
        "{files} files with {statements} statements checked by "
        "{rules} rules and {shapes} shapes.".format_map(counts)
    )


@pytest.mark.slow
def test_it_says_how_many_statements_met_a_text(texts: Path, tmp_path: Path) -> None:
    """Of all statements those are counted whose document is there, and those that were found."""
    one = max(read_copies(texts), key=lambda copy: len(copy.text))
    (tmp_path / one.name).write_text(one.text, "utf-8")

    whole, part = (_extent("--texts", str(each))["texts"] for each in (texts, tmp_path))

    assert (whole["documents"], whole["with_copy"]) == (2, 2)
    assert whole["found"] == whole["looked_up"] == whole["statements"] > part["looked_up"] > 0
    assert (part["documents"], part["with_copy"]) == (2, 1)
    assert part["statements"] == whole["statements"]
    assert (
        f"{part['looked_up']} of {part['statements']} statements looked up in 1 of 2 texts; "
        f"{part['found']} found by the digest of the sentence.\n"
    ) in run("--texts", str(tmp_path)).stdout


@pytest.mark.slow
def test_what_checked_nothing_does_not_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ontology: Path
) -> None:
    """Without a text, a rule or a shape to check with, that is the error."""
    monkeypatch.setattr(resources, "ontology_dir", lambda: ontology)
    for path in (ontology / "shapes").glob("*.ttl"):
        path.unlink()
    queries = shutil.copytree(resources.queries_dir(), tmp_path / "queries")
    shutil.rmtree(queries / "verify")
    monkeypatch.setattr(resources, "queries_dir", lambda: queries)

    result = run("--texts", str(ontology / "shapes"), "--format", "json")

    nothing = [each["focus"] for each in _errors(result) if each["rule"] == "nothing-checked"]
    assert result.exit_code == 1
    assert nothing == ["no rule was read", "no shape was read", "no statement met a text"]


@pytest.mark.slow
def test_a_document_without_statements_wants_its_text_too(
    texts: Path, with_article: Path, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document whose copy is not in the folder is told as not checked, and is no error."""
    monkeypatch.setattr(resources, "ontology_dir", lambda: with_article)
    curate("write")
    article = (copies / "article.txt").rename(with_article / "article.txt")
    _copied(texts, copies)

    result = run("--texts", str(copies), "--format", "json")

    missed = [each["focus"] for each in _told(result) if each["rule"] == "document-not-found"]
    assert missed == ["document C"]
    assert "document C" not in [each["focus"] for each in _errors(result)]
    shutil.copy(article, copies)
    assert "document-not-found" not in run("--texts", str(copies)).stdout


def _stated(texts: Path) -> tuple[Copy, int, set[str]]:
    """Give the longest line of an article that carries statements, and their ids."""
    copies = {copy.name: copy for copy in read_copies(texts)}
    folder = resources.ontology_dir()
    covered = read_coverage(open_sources(read_sources(folder), folder), list(copies.values()))
    return max(
        (
            (copies[each.copy], line.number, set(line.statements))
            for each in covered
            for line in each.carrying
        ),
        key=lambda found: len(found[0].lines[found[1] - 1]),
    )


def _copied(texts: Path, folder: Path) -> Path:
    for path in texts.glob("*.txt"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.mark.slow
def test_the_articles_agree(texts: Path) -> None:
    """Every place is found by its digest in the version that was read, and nothing was copied."""
    result = run("--texts", str(texts), "--format", "json")

    found = {each["rule"] for each in json.loads(result.stdout)["findings"]}
    # Open lines are no surprise as long as not every statement is encoded.
    expected = {"line-unaccounted"} if "statements-missing" in found else set()
    assert found & {rule.name for rule in TEXT_RULES} == expected


@pytest.mark.slow
def test_a_changed_article_is_told_with_the_statements_it_touches(
    texts: Path, tmp_path: Path
) -> None:
    """One changed character: the statements of its line are errors, the document a warning."""
    copy, changed, ids = _stated(texts)
    path = _copied(texts, tmp_path) / copy.name
    lines = list(copy.lines)
    lines[changed - 1] = f"{lines[changed - 1][:9]}\u00e6{lines[changed - 1][10:]}"
    path.write_text("\n".join(lines), "utf-8")

    result = run("--texts", str(tmp_path), "--format", "json")

    report = json.loads(result.stdout)["findings"]
    errors = [each for each in _errors(result) if each["rule"] != "line-unaccounted"]
    assert result.exit_code == 1
    assert {each["focus"] for each in errors} == ids
    assert {each["rule"] for each in errors} == {"sentence-changed"}
    assert [each["level"] for each in report if each["rule"] == "document-changed"] == ["warning"]


@pytest.mark.slow
def test_words_copied_into_the_ontology_are_found(texts: Path, edited: Edited) -> None:
    """Eight words in a row of an article in a comment are an error at that line."""
    copy, line, _ = _stated(texts)
    words = " ".join(copy.lines[line - 1].split()[2:11])
    path = edited("drugs.ttl", lambda text: f"{text}# {words}\n")

    result = run("--texts", str(texts), "--format", "json")

    (finding,) = [each for each in _errors(result) if each["rule"] == "copied-words"]
    assert finding["place"] == f"{path}:{path.read_text().count(chr(10))}"
