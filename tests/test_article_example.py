"""The example article as one file: terms, statements and all, with two rows for its markers."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from kg.articles.places import Place, write_places
from kg.articles.write import made_files, stale_files, write_made
from kg.compile.check.sources import check_sources
from kg.curate.sources.outline import read_outline
from kg.model import resources
from kg.model.rdf import CATALOGUE_NAME, read_sources
from kg.model.statements import decode_text

ARTICLE = Path(__file__).parent / "articles" / "raised-ferritin"
BASE = "https://w3id.org/etiograph/ontology"
LAST = f"<{BASE}/statements/B>"


def _add(folder: Path) -> None:
    """Put the article, its markers and its names into a copy of the ontology."""
    text = (ARTICLE / "article.yaml").read_text("utf-8")
    (folder / "articles" / "C.yaml").write_text(text, "utf-8")
    (folder / "articles" / "C.places.tsv").write_text(_places(text), "utf-8")
    table = folder / "tables" / "markers.yaml"
    head, key, rows = table.read_text("utf-8").partition("\nmarkers:\n")
    added = (ARTICLE / "markers.yaml").read_text("utf-8")
    table.write_text(f"{head}{key}{added}{rows}", "utf-8")
    entries = "".join(
        f'<uri name="{BASE}/{kind}/C" uri="{kind}/C.ttl"/>\n'
        for kind in ("documents", "statements", "terms")
    )
    _replace(folder / CATALOGUE_NAME, "</catalog>", f"{entries}</catalog>")
    imports = f"{LAST} , <{BASE}/documents/C> , <{BASE}/statements/C>"
    _replace(folder / "etiograph.ttl", LAST, imports)


def _places(text: str) -> str:
    """The table of places, as the outline of the text gives it."""
    outline = read_outline(decode_text((ARTICLE / "article.txt").read_bytes()))
    lines = {int(line) for line in re.findall(r"says: \{line: (\d+)", text)}
    return write_places(
        [
            Place(
                line=each.number,
                section=each.section or "0",
                item=each.item or "0",
                start=each.start,
                end=each.end,
                digest=outline.digest(each),
                cites=each.citations,
            )
            for each in outline.entries
            if each.number in lines
        ],
        "C",
    )


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture(name="made", scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    """Give a copy of the ontology with the article added, and the files that this wrote."""
    folder = tmp_path_factory.mktemp("example") / "ontology"
    shutil.copytree(resources.ontology_dir(), folder)
    write_made(folder)
    _add(folder)
    return folder, tuple(path.relative_to(folder).as_posix() for path in write_made(folder))


def test_the_example_passes_every_check(made: tuple[Path, tuple[str, ...]]) -> None:
    """One file and two rows of a table make Turtle without an error."""
    folder, _ = made

    report = check_sources(read_sources(folder), folder)

    assert [str(each) for each in report.findings if each.level == "error"] == []


def test_adding_it_changes_nothing_of_the_other_articles(
    made: tuple[Path, tuple[str, ...]],
) -> None:
    """The Turtle of the articles that were there stays as it was, byte for byte."""
    folder, written = made

    assert {"documents/C.ttl", "statements/C.ttl", "terms/C.ttl", "markers.ttl"} <= {*written}
    assert not {each for each in written if re.fullmatch(r"(documents|statements)/[AB]\.ttl", each)}
    assert stale_files(made_files(folder)) == ()


def test_a_statement_of_the_example_takes_less_than_four_lines() -> None:
    """What a curator writes of a statement is short."""
    _, _, records = (ARTICLE / "article.yaml").read_text("utf-8").partition("\nstatements:\n")
    lines = [line for line in records.splitlines() if line.startswith(("  - ", "    "))]

    assert len(lines) / sum(line.startswith("  - ") for line in lines) < 4
