"""A term with its code: its entry in the file of an article, and its row in the table of the code.

What is known of the code is what the tables in the repository say; everything else a curator gives,
for no terminology is in the repository.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.articles.words import Words
from kg.compile.mappings import MappingSet, read_mappings
from kg.curate.sources.desk import Desk
from kg.curate.sources.writing import add_entries, yaml_text
from kg.model.errors import UsageError
from kg.model.vocabulary import compact

JUSTIFIED: Final = "semapv:ManualMappingCuration"
RELATIONS: Final = ("exactMatch", "narrowMatch", "broadMatch", "closeMatch", "relatedMatch")
"""How a code may stand to a term: `narrowMatch` says that the code is narrower."""


@dataclass(frozen=True, slots=True)
class NewTerm:
    """A term that a curator wants, and its code."""

    code: str
    """With the prefix of its table, such as `SNOMEDCT:399187006`."""
    kind: str
    """The class that it is a kind or an instance of."""
    label: str
    definition: str
    name: str = ""
    """Its name in the ontology; made of the label where it is empty."""
    relation: str = RELATIONS[0]


def add_term(folder: Path, desk: Desk, words: Words, new: NewTerm) -> dict[Path, str]:
    """The file of the article and the table of the code, each with one more entry.

    UsageError for a code that a table has already, and for a name or class that cannot be.
    """
    tables = read_mappings(folder / "mappings")
    table = _table_of(tables, new.code)
    _refuse_mapped(tables, new.code)
    is_class = words.are_classes(new.kind) is not False
    name = new.name or name_of(new.label, is_class=is_class)
    if name in words.terms or name in desk.file.terms:
        raise UsageError(f"eg:{name} is a term already; map the code to it, or give --name.")
    if new.kind not in words.terms:
        raise UsageError(f"{new.kind!r} is no class.{words.near(new.kind)}")
    if name[0].isupper() != is_class:
        wanted = "a capital" if is_class else "a small letter"
        raise UsageError(f"{name}: a term of {new.kind} begins with {wanted}.")
    given = {"is": new.kind, "label": new.label, "definition": new.definition}
    entry = ", ".join(f"{key}: {_in_braces(value)}" for key, value in given.items())
    text = desk.path.read_text("utf-8")
    return {
        desk.path: add_entries(
            text, desk.path, "terms", {name: f"{{{entry}}}"}, before="statements"
        ),
        table.path: _with_row(table.path, name, new),
    }


def name_of(label: str, *, is_class: bool = True) -> str:
    """The name of a class by its label: `bone pain` is BonePain; an individual is bone-pain."""
    words = re.findall(r"[A-Za-z0-9]+", label)
    if not words:
        raise UsageError(f"{label!r} has no letter to make a name of; give one with --name.")
    if not is_class:
        return "-".join(each.lower() for each in words)
    return "".join(each[0].upper() + each[1:] for each in words)


def _table_of(tables: tuple[MappingSet, ...], code: str) -> MappingSet:
    """The table whose codes have the prefix."""
    prefix, colon, local = code.partition(":")
    found = {each.terminology: each for each in tables if each.terminology}
    if not colon or not local or prefix not in found:
        known = ", ".join(sorted(found))
        raise UsageError(f"{code!r} is no code of a table; wanted PREFIX:CODE, one of {known}.")
    return found[prefix]


def _refuse_mapped(tables: tuple[MappingSet, ...], code: str) -> None:
    for table in tables:
        for each in table.mappings:
            if each.code == code:
                raise UsageError(
                    f"{code} is mapped already: {compact(each.predicate)} of "
                    f"{compact(each.subject)}, in {table.path}."
                )


def _in_braces(value: str) -> str:
    """A text as YAML between braces, where a comma would end it."""
    return f'"{value}"' if "," in value and '"' not in value else yaml_text(value)


def _with_row(path: Path, name: str, new: NewTerm) -> str:
    """The table with one more row, whose cells stand under the columns that it has."""
    text = path.read_text("utf-8")
    head = next(line for line in text.splitlines() if not line.startswith("#"))
    cells = {
        "subject_id": f"eg:{name}",
        "subject_label": new.label,
        "predicate_id": f"skos:{new.relation}",
        "object_id": new.code,
        "mapping_justification": JUSTIFIED,
    }
    row = "\t".join(cells.get(column, "") for column in head.split("\t"))
    return f"{text.rstrip()}\n{row}\n"
