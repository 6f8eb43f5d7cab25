"""The drugs: substances by class and the treatments with them, their Turtle and their slips."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from kg.articles.blocks import (
    Block,
    Head,
    Term,
    below,
    both,
    carried,
    class_of,
    plain,
    some,
    table_module,
)
from kg.articles.source import Keys
from kg.articles.tables.checks import Problem, names_of, taken_names, unknown
from kg.articles.tables.records import DrugRecord, DrugTable, TreatmentRecord
from kg.model.rdf import Heading, Properties
from kg.model.vocabulary import EG, SKOS, english, number

DRUGS: Final = "drugs"
_CLASS: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
REMARK: Final = """Etiograph drugs: drugs by class, and treatments with them.

Made of ontology/tables/drugs.yaml, where changes are made; whatever is written here is lost.
A drug is a substance; what happens to the patient is a treatment with it. To which class a drug
belongs is background; what a treatment may do to a marker is evidence."""


def drugs_turtle(table: DrugTable) -> str:
    """`ontology/drugs.ttl`."""
    about = table.module
    head = Head(DRUGS, about.title, about.description, ("core", "conditions"), about.version)
    return table_module(head, REMARK, drug_blocks(table))


def drug_blocks(table: DrugTable) -> Iterator[Block]:
    """Everything that the table says, in the order of its records."""
    yield Heading("Drugs")
    for iri, drug in table.drugs.items():
        yield from _drug(iri, drug, table.drugs)
    yield Heading("Treatments")
    for iri, treatment in table.treatments.items():
        yield _treatment(iri, treatment, table.drugs)


def definition_of(drug: DrugRecord, drugs: Mapping[str, DrugRecord]) -> str:
    """The definition of a drug: that of its record, or else the name of its class and its own."""
    return drug.definition or f"{drugs[drug.kind_of].name} {drug.name}"


def _drug(iri: str, drug: DrugRecord, drugs: Mapping[str, DrugRecord]) -> Iterator[Block]:
    days = drug.usable_for_days
    names: Properties = [
        (EG.abbreviation, plain(drug.abbreviations)),
        (SKOS.altLabel, [english(each) for each in drug.synonyms]),
        (EG.narrowerName, [english(each) for each in drug.narrower_names]),
    ]
    term = Term(iri, drug.name, definition_of(drug, drugs), names=names)
    more: Properties = [(EG.usableForDays, [] if days is None else [number(str(days))])]
    yield class_of(term, DRUGS, above=[drug.kind_of or "Drug"], more=more)
    for other, statement in drug.is_also.items():
        yield below(iri, other)
        yield carried(iri, other, statement)


def _treatment(iri: str, treatment: TreatmentRecord, drugs: Mapping[str, DrugRecord]) -> Block:
    """A treatment by its drug, or by the treatment that it is a kind of."""
    name = drugs[treatment.with_].name if treatment.with_ else ""
    term = Term(
        iri,
        treatment.label or f"{name} treatment",
        treatment.definition or f"treatment with {name}",
        names=[(SKOS.altLabel, [english(each) for each in treatment.synonyms])],
    )
    same_as = both("Treatment", some("withDrug", treatment.with_)) if treatment.with_ else None
    above = [treatment.kind_of] if treatment.kind_of else []
    return class_of(term, DRUGS, above=above, same_as=same_as)


# ── What is wrong with a record ───────────────────────────────────────────────────────────────


def drug_problems(table: DrugTable) -> Iterator[Problem]:
    """Everything that is wrong with the table of drugs."""
    yield from taken_names({("drugs", iri): names_of(drug) for iri, drug in table.drugs.items()})
    for iri, drug in table.drugs.items():
        yield from _drug_problems(iri, drug, table)
    for iri, treatment in table.treatments.items():
        yield from _treatment_problems(iri, treatment, table)


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
