"""What tests of `kg source` share: an example article, and commands as a curator types them."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from kg.cli import main
from kg.model.vocabulary import PREFIXES

PREFIX_LINES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
ARTICLE = Path(__file__).parent / "articles" / "raised-ferritin"


def run(*arguments: str | Path, code: int = 0) -> str:
    """Type a command and give all that it says."""
    result = CliRunner().invoke(main, ["source", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


def append(path: Path, text: str) -> None:
    """Write at the end of a file."""
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def statement(number: int, rest: str) -> str:
    """A statement with a subject and whatever else."""
    return (
        f'\nst:C00{number} a eg:CauseStatement ;\n    rdfs:label "C00{number} x"@en ;\n    {rest}\n'
    )
