"""What tests of `kg source` share: an example article, and commands as a curator types them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from click.testing import CliRunner

from kg.cli import main
from kg.model import resources
from kg.model.vocabulary import PREFIXES

PREFIX_LINES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
OPEN = re.compile(r"(?m)^(  (?!last updated)[a-z ]+:) # TO FILL.*$")
"""What an article leaves to be written, but for a date."""
UNDATED = re.compile(r"(?m)^  last updated: # TO FILL.*\n")
ARTICLE = Path(__file__).parent / "articles" / "raised-ferritin"
PHOSPHATE = ARTICLE.with_name("low-phosphate")
_MARKERS = "tables/markers.yaml"
_EDITS = (
    ("  mmol/L: {}\n", "  mmol/d: {also: [mmol/24h]}\n  mmol/L: {}\n"),
    (
        "        case: HypophosphataemiaCase\n",
        "        case: HypophosphataemiaCase\n        asked as: Causes of a low phosphate\n",
    ),
)
"""What the curator writes into the table of markers, besides a record of the new marker."""


def with_phosphate(folder: Path, *, terms: str = "", records: str = "") -> Path:
    """A copy of the ontology with the article on a low phosphate, and more of it; its folder.

    `terms` stand at the head of those of the article, `records` at the end of its statements, both
    indented as they are there.
    """
    ontology = folder / "ontology"
    shutil.copytree(resources.ontology_dir(), ontology)
    table = (ontology / _MARKERS).read_text("utf-8")
    for old, new in (
        *_EDITS,
        ("\nmarkers:\n", f"\nmarkers:\n{(PHOSPHATE / 'markers.yaml').read_text('utf-8')}"),
    ):
        assert table.count(old) == 1, old
        table = table.replace(old, new)
    (ontology / _MARKERS).write_text(table, "utf-8")
    text = (PHOSPHATE / "article.yaml").read_text("utf-8").rstrip("\n")
    text = text.replace("\nterms:\n", f"\nterms:\n{terms}")
    article(ontology).write_text(f"{text}\n{records}", "utf-8")
    run("fill", "C", "--texts", PHOSPHATE, "--ontology", ontology)
    return ontology


def run(*arguments: str | Path, code: int = 0) -> str:
    """Type a command and give all that it says."""
    result = CliRunner().invoke(main, ["source", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


def append(path: Path, text: str) -> None:
    """Write at the end of a file."""
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def article(ontology: Path, name: str = "C") -> Path:
    """The file of an article in an ontology folder."""
    return ontology / "articles" / f"{name}.yaml"


def write_title(ontology: Path, name: str = "C") -> None:
    """Write what `kg source add` leaves open of the example, and what others leave."""
    path = article(ontology, name)
    text = UNDATED.sub("", path.read_text("utf-8"))
    path.write_text(OPEN.sub(r"\1 made up", text), "utf-8")


def write_records(ontology: Path, *records: str, name: str = "C") -> None:
    """Append records to an article: each is what a record says, in braces, and lines under it."""
    rows = [
        f"      - {name}{number:03}: made-up words no. {name}{number}\n        says: {each}\n"
        for number, each in enumerate(records, 1)
    ]
    head = (
        "\nstatements:\n  - under: Made up\n    defaults: {context: Case, population: not stated}\n"
    )
    append(article(ontology, name), f"{head}    records:\n{''.join(rows)}")


def says(line: int | str, rest: str = "") -> str:
    """What a record says that is right, but for what a test makes wrong."""
    triple = "subject: Osteoporosis, predicate: causes, object: raised-serum-alp"
    return f"{{line: {line}, {triple}{rest}}}"
