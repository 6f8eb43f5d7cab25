"""What pages are made from: a graph, and whatever was read beside it before there was a request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from kg.model.copies import Copy
from kg.model.vocabulary import IRI, PREFIXES, eg
from kg.reasoning.asserted import AssertedRules
from kg.serve.linked.asked import Asked
from kg.serve.linked.index import entries
from kg.serve.linked.search import Index
from kg.serve.linked.taxonomy import Taxonomy
from kg.serve.linked.view import View
from kg.serve.linked.wording import Rule, axiom_records, read_rules


@dataclass(frozen=True)
class Material:
    """Everything that a page may say something from."""

    view: View
    asked: tuple[Asked, ...] = ()
    """The shipped questions, each with what its answer rests on; none for a bare file."""
    copies: tuple[Copy, ...] | None = None
    """The operator's own copies of documents; None where no folder of them was named."""
    asserted: AssertedRules | None = None
    """The axioms as rules of one step each, for proofs; None for a bare file."""

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The axioms that statements or background carry."""
        return read_rules(self.view, self.records)

    @cached_property
    def records(self) -> Mapping[str, IRI]:
        """The record of each axiom by its text."""
        return axiom_records(self.view)

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """The tree of the terms."""
        return Taxonomy(self.view)

    @cached_property
    def index(self) -> Index:
        """Everything that can be searched."""
        return Index(entries(self.view, self.rules))

    @cached_property
    def carried(self) -> Mapping[IRI, tuple[Rule, ...]]:
        """The rules that each statement carries, alone or beside others."""
        return _by((iri, rule) for rule in self.rules for iri in rule.evidence)

    @cached_property
    def corroborated(self) -> Mapping[IRI, tuple[Rule, ...]]:
        """The rules that each statement agrees with and does not carry."""
        return _by((iri, rule) for rule in self.rules for iri in rule.corroboration)

    @cached_property
    def denied(self) -> Mapping[IRI, tuple[Rule, ...]]:
        """The rules that each statement denies."""
        return _by((iri, rule) for rule in self.rules for iri in rule.counter)

    @cached_property
    def using(self) -> Mapping[IRI, tuple[Rule, ...]]:
        """The rules in which each term stands."""
        return _by((iri, rule) for rule in self.rules for iri in sorted(rule.uses))

    @cached_property
    def relations(self) -> tuple[IRI, ...]:
        """The properties that relate one statement to another, in the order of their names."""
        return tuple(sorted(set(_relations(self.view))))

    def ready(self) -> None:
        """Work out now what a worker should not have to."""
        _ = (
            self.view.own,
            self.index,
            self.carried,
            self.corroborated,
            self.denied,
            self.using,
            self.relations,
            self.taxonomy.roots,
        )


def _relations(view: View) -> Iterator[IRI]:
    for statement in {each.subject for each in view.saying(eg("predicate"))}:
        for each in view.about(statement):
            if isinstance(each.object, IRI) and each.object.startswith(PREFIXES["st"]):
                yield each.predicate


def _by(pairs: Iterable[tuple[str, Rule]]) -> Mapping[IRI, tuple[Rule, ...]]:
    found: defaultdict[IRI, list[Rule]] = defaultdict(list)
    for iri, rule in pairs:
        found[IRI(iri)].append(rule)
    return {iri: tuple(rules) for iri, rules in found.items()}
