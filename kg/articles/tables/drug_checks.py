"""What is wrong with a record of the table of drugs, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kg.articles.source import Keys
from kg.articles.tables.checks import Problem, taken_names, unknown
from kg.articles.tables.records import DrugRecord, DrugTable, TreatmentRecord

_CLASS: Final = re.compile(r"[A-Z][A-Za-z0-9]*")


def drug_problems(table: DrugTable) -> Iterator[Problem]:
    """Everything that is wrong with the table of drugs."""
    yield from taken_names({("drugs", iri): _names(drug) for iri, drug in table.drugs.items()})
    for iri, drug in table.drugs.items():
        yield from _drug_problems(iri, drug, table)
    for iri, treatment in table.treatments.items():
        yield from _treatment_problems(iri, treatment, table)


def _names(drug: DrugRecord) -> dict[str, Sequence[str]]:
    return {"name": [drug.name], "abbreviations": drug.abbreviations, "synonyms": drug.synonyms}


def _drug_problems(iri: str, drug: DrugRecord, table: DrugTable) -> Iterator[Problem]:
    keys = ("drugs", iri)
    yield from _class_problems(iri, keys)
    if drug.kind_of:
        yield from unknown([drug.kind_of], table.drugs, (*keys, "kind of"), "drug")
    elif not drug.definition:
        yield Problem("A drug of no class needs a definition.", "Write `definition:`.", keys)
    for other, statement in drug.is_also.items():
        at = (*keys, "is also", other)
        yield from unknown([other], table.drugs, at, "drug")
        if _CLASS.match(statement):
            yield Problem(
                f"{statement} is a statement of a document.",
                "What a document says of a drug stands in its article; name a background "
                "statement here.",
                at,
            )
    if _above_itself(iri, table):
        yield Problem(f"{iri} would be a kind of itself.", "Break the ring.", (*keys, "kind of"))


def _above_itself(iri: str, table: DrugTable) -> bool:
    """Whether the classes above a drug lead back to it."""
    waiting, passed = [iri], set[str]()
    while waiting:
        drug = table.drugs.get(waiting.pop())
        above = [] if drug is None else [drug.kind_of, *drug.is_also]
        if iri in above:
            return True
        new = set(filter(None, above)) - passed
        passed |= new
        waiting.extend(new)
    return False


def _treatment_problems(
    iri: str, treatment: TreatmentRecord, table: DrugTable
) -> Iterator[Problem]:
    keys = ("treatments", iri)
    yield from _class_problems(iri, keys)
    if bool(treatment.with_) == bool(treatment.kind_of):
        yield Problem(
            "A treatment is with a drug, or a kind of another treatment.",
            "Write `with:` or `kind of:`.",
            keys,
        )
    if treatment.with_:
        yield from unknown([treatment.with_], table.drugs, (*keys, "with"), "drug")
    elif not (treatment.label and treatment.definition):
        yield Problem(
            "A kind of a treatment needs words of its own.",
            "Write `label:` and `definition:`.",
            keys,
        )
    if treatment.kind_of:
        yield from unknown([treatment.kind_of], table.treatments, (*keys, "kind of"), "treatment")


def _class_problems(iri: str, keys: Keys) -> Iterator[Problem]:
    if not _CLASS.fullmatch(iri):
        yield Problem(f"{iri} is no name of a class.", "Write a name in UpperCamel.", keys)
