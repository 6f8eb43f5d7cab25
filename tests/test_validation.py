"""Every rule and every shape is seen to fire, and to keep quiet where nothing is wrong."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from kg.compile.check import Places, read_rules, run_queries, run_shapes
from kg.model import resources
from kg.model.errors import SourceSyntaxError
from kg.model.rdf import canonical_nquads, ntriples_of, turtle_to_nquads
from kg.model.report import Report
from kg.model.vocabulary import EG, expand
from kg.store.local import LocalStore

FOLDER = Path(__file__).parent / "rules"
VERIFY = resources.queries_dir() / "verify"
RULES = {rule.name: rule for rule in read_rules(VERIFY)}
CASES = sorted(FOLDER.glob("*/*.ttl"))

SHAPES = resources.ontology_dir() / "shapes"


def report(path: Path) -> Report:
    """What the rule that a file was written for finds in it."""
    nquads = turtle_to_nquads(path.read_bytes(), path=path, graph=expand("graph:test"))
    rule = RULES.get(path.parent.name)
    if rule is not None:
        return run_queries(LocalStore(nquads), [rule])
    return run_shapes(ntriples_of(canonical_nquads(nquads, _terms())), SHAPES)


@cache
def _terms() -> bytes:
    """The words that statements are made of, which the shapes look up."""
    words = resources.ontology_dir() / "evidence.ttl"
    return turtle_to_nquads(words.read_bytes(), path=words).replace(b"_:c14n", b"_:terms")


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_rule(path: Path) -> None:
    """A rule is silent about its good example and fires on each bad one."""
    found = [finding for finding in report(path).findings if finding.rule == path.parent.name]

    assert bool(found) == path.stem.startswith("bad"), found


def test_every_rule_has_examples() -> None:
    """Every rule and every shape has a good example and a bad one, and nothing else has."""
    shapes = "".join(path.read_text() for path in SHAPES.glob("*.ttl"))
    named = {word[6:] for word in shapes.split() if word.startswith("shape:")} - {""}

    folders = {path.name for path in FOLDER.iterdir()}

    assert folders == set(RULES) | named
    assert all((FOLDER / name / "good.ttl").is_file() for name in folders)
    assert all((FOLDER / name / "bad.ttl").is_file() for name in folders)


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("*/bad*.ttl")), ids=lambda path: str(path)[-40:]
)
def test_bad_examples_explain_themselves(path: Path) -> None:
    """A bad example opens with the mistake in it."""
    assert path.read_text().startswith("# MISTAKE: ")


def test_finding() -> None:
    """A finding names the rule, the level, the term, what is wrong and what to do."""
    (finding,) = report(FOLDER / "missing-label" / "bad.ttl").findings

    assert str(finding) == (
        "error: Missing label: eg:Rickets. "
        "Give the term one `rdfs:label` in English. [missing-label]"
    )


def test_shape_finding() -> None:
    """A finding of a shape names the shape, the property and what was found."""
    (finding,) = report(FOLDER / "statement" / "bad-polarity.ttl").findings

    assert (finding.rule, finding.level, finding.focus) == ("statement", "error", "st:X001")
    assert finding.message == (
        "st:X001 eg:polarity: a statement is eg:affirmed or eg:denied; found eg:perhaps."
    )


def test_place(tmp_path: Path) -> None:
    """The place of a finding is the line that starts with the term, not one that mentions it."""
    path = tmp_path / "a.ttl"
    path.write_text("eg:x eg:p eg:Rickets .\neg:RicketsOfKind a eg:y .\neg:Rickets a eg:y .\n")

    assert Places((path,)).of(EG.Rickets) == f"{path}:3"
    assert Places((path,)).of(EG.p) == f"{path}:1"
    assert Places((path,)).of(EG.none) == ""


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * {}",
        "# # Title\n# **Problem:** a\n# **Level:** fatal\n# **Solution:** b\n",
        "# # Title\n# **Problem:** a\n# **Level:** error\n",
    ],
)
def test_bad_header(tmp_path: Path, text: str) -> None:
    """A rule whose header does not explain it is refused."""
    (tmp_path / "x.rq").write_text(text)

    with pytest.raises(SourceSyntaxError, match=r"x\.rq:1: a rule starts with"):
        read_rules(tmp_path)


def test_report() -> None:
    """Notes and warnings let a build pass, an error does not."""
    assert report(FOLDER / "missing-superclass" / "bad.ttl").passes
    assert report(FOLDER / "missing-definition" / "bad.ttl").passes
    assert not report(FOLDER / "missing-label" / "bad.ttl").passes
