"""Whether justifications can spare an axiom, as HermiT has it; asked about many of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.compile.owl import hermit
from kg.compile.owl.axioms import Axiom
from kg.compile.owl.functional import ontology
from kg.compile.owl.justifications import Edge, Justifications
from kg.compile.owl.oracle import Question, question

BATCH = 100
"""So many questions go to HermiT together: more take longer each."""


def minimal(axioms: Iterable[Axiom], found: Mapping[Edge, Justifications]) -> bool:
    """Whether no edge follows any more when one axiom is taken from a justification of it."""
    by_id = {axiom.id: axiom for axiom in axioms}
    wanted = {
        question([by_id[each] for each in ids if each != spared], edge): None
        for edge, sets in found.items()
        for ids in sets
        for spared in ids
    }
    asked = list(wanted)
    batches = (asked[start : start + BATCH] for start in range(0, len(asked), BATCH))
    return all(map(none_follows, batches))


def none_follows(questions: Iterable[Question]) -> bool:
    """Whether all conclusions may be false together, each with its own axioms being true."""
    lines: list[str] = []
    for number, each in enumerate(questions):
        axioms, source, conclusion = each.about(number)
        lines += [*axioms, f"ClassAssertion({source} <urn:m{number}>)"]
        lines.append(f"ClassAssertion(ObjectComplementOf({conclusion}) <urn:m{number}>)")
    return hermit.run(ontology(lines), "--consistency").consistent
