"""The Turtle of the drugs: substances by class, and the treatments with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kg.articles.tables.blocks import (
    Block,
    Term,
    below,
    both,
    carried,
    class_of,
    module_turtle,
    some,
    texts,
)
from kg.articles.tables.records import DrugRecord, DrugTable, TreatmentRecord
from kg.model.rdf import Heading, Properties
from kg.model.vocabulary import EG, SKOS, english, number

DRUGS: Final = "drugs"
REMARK: Final = """Etiograph drugs: drugs by class, and treatments with them.

Made of ontology/tables/drugs.yaml, where changes are made; whatever is written here is lost.
A drug is a substance; what happens to the patient is a treatment with it. To which class a drug
belongs is background; what a treatment may do to a marker is evidence."""


def drugs_turtle(table: DrugTable) -> str:
    """`ontology/drugs.ttl`."""
    imports = ["core", "conditions"]
    return module_turtle(DRUGS, table.module, imports, drug_blocks(table), REMARK)


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
        (EG.abbreviation, texts(drug.abbreviations)),
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
