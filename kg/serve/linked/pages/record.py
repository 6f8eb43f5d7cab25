"""What is said of a resource and stands on no other part of its page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from kg.model.rdf import Triple
from kg.model.vocabulary import IAO_DEFINITION, IRI, RDFS_LABEL, SKOS_DEFINITION, expand
from kg.pages.values import Row, Section
from kg.serve.linked.links import reverse_rows_of, rows_of
from kg.serve.linked.view import MOST_INCOMING, View, incoming

DEPRECATED: Final = expand("owl:deprecated")
EXECUTABLE: Final = expand("sh:SPARQLExecutable")
SILENT: Final = frozenset(
    {expand("owl:NamedIndividual"), EXECUTABLE, expand("sh:SPARQLSelectExecutable")}
)
"""Kinds that say nothing to a reader."""
_HIDDEN: Final = frozenset({SKOS_DEFINITION, IAO_DEFINITION, RDFS_LABEL, DEPRECATED})


class Remaining:
    """What is said of a resource, and what points at it, less what was taken for its page."""

    def __init__(self, view: View, iri: IRI) -> None:
        self._view = view
        said = [each for each in view.about(iri) if each.predicate not in _HIDDEN]
        self._out = [each for each in said if each.object not in SILENT]
        self._in = incoming(view, iri)
        self._is_cut = len(self._in) >= MOST_INCOMING

    def rows(self, predicates: Sequence[IRI]) -> tuple[Row, ...]:
        """The rows of some properties, in their order."""
        return rows_of(self._view, self.take(predicates))

    def take(self, predicates: Sequence[IRI]) -> list[Triple]:
        """What is said by some properties, in the order of these."""
        taken = [each for each in self._out if each.predicate in predicates]
        self._out = [each for each in self._out if each.predicate not in predicates]
        return sorted(taken, key=lambda each: predicates.index(each.predicate))

    def pointing(self, predicates: Iterable[IRI]) -> list[Triple]:
        """What points here by some properties."""
        wanted = frozenset(predicates)
        taken = [each for each in self._in if each.predicate in wanted]
        self._in = [each for each in self._in if each.predicate not in wanted]
        return taken

    def others(self) -> tuple[Row, ...]:
        """The rows of whatever was not taken."""
        return self.rows(list(dict.fromkeys(each.predicate for each in self._out)))

    def sections(self, *, is_folded: bool = True) -> tuple[Section, ...]:
        """Whatever was not taken, and what else points here."""
        title = "What points here"
        title = f"{title} (the first {MOST_INCOMING})" if self._is_cut else title
        pointing = reverse_rows_of(self._view, self._in)
        return (
            Section("Kept on record", rows=self.others(), is_folded=is_folded),
            Section(title, rows=pointing, is_folded=is_folded),
        )
