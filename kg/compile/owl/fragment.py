"""The fragment of OWL that rules carry completely: names for its expressions, and the check of it.

With names, one classification answers every question of a case: a definition is found by table
look-up only where each of its parts has a name that the reasoner placed in the hierarchy. Besides
the expressions that stand in axioms, some that are only implied need names too: what a property
chain or a super-property would make of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from kg.compile.owl.axioms import Axiom, axiom_text, chains, closed_super_properties, used
from kg.compile.owl.hierarchy import Hierarchy
from kg.model.errors import NotHornError, ReasonerError
from kg.reasoning.expressions import Expression, Named, Or, Some, Value, expression_iri, walk

_RIGHT: Final = {
    "subclass": (1,),
    "equivalent": (0, 1),
    "domain": (1,),
    "range": (1,),
    "type": (1,),
}
"""By kind, the terms that stand on the right-hand side."""


def name_expressions(axioms: Iterable[Axiom]) -> dict[str, Expression]:
    """Every compound expression that needs a name, by the IRI that its content gives it."""
    axioms = tuple(axioms)
    found = {part for axiom in axioms for term in axiom.terms for part in walk(term)}
    compound: set[Expression] = {part for part in found if not isinstance(part, Named)}
    supers = closed_super_properties(axioms)
    grown = _grow(compound, _chains(axioms), supers)
    names = {expression_iri(each): each for each in sorted(grown, key=expression_iri)}
    if len(names) != len(grown):
        raise ReasonerError("Two class expressions share a name; lengthen the hash.")
    return names


def _chains(axioms: Iterable[Axiom]) -> tuple[tuple[str, str], ...]:
    return tuple((second, implied) for _, second, implied, _ in chains(axioms))


def _grow(
    compound: set[Expression],
    links: tuple[tuple[str, str], ...],
    supers: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> set[Expression]:
    """The expressions with those they imply, to the fixpoint."""
    grown = set(compound)
    queue = list(compound)
    while queue:
        for each in _implied(queue.pop(), links, supers):
            if each not in grown:
                grown.add(each)
                queue.append(each)
    return grown


def _implied(
    expression: Expression,
    links: tuple[tuple[str, str], ...],
    supers: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> Iterable[Expression]:
    match expression:
        case Value(role, individual):
            # an anonymous member may carry the end of a chain: the start then has the value too
            uppers = {role, *supers.get(role, {})}
            heads = {implied for second, implied in links if second in uppers}
            yield from (Value(each, individual) for each in sorted(uppers | heads))
        case Some(role, filler):
            # `second some F` is what makes an edge of the chain's first property lead to F
            for second, implied in links:
                if role in {implied, *supers.get(implied, {})}:
                    yield Some(second, filler)
        case _:
            return


# ── The check ───────────────────────────────────────────────────────────────────────────────


def check_horn(axioms: Iterable[Axiom], hierarchy: Hierarchy) -> None:
    """Raises NotHornError, naming the axiom, for what the rules could not answer completely."""
    axioms = tuple(axioms)
    for axiom in axioms:
        _check_unions(axiom)
    _check_universal(hierarchy)
    supers = closed_super_properties(axioms)
    _check_inverses(axioms, supers)
    _check_ranges(axioms, supers, hierarchy)
    _check_kinds(axioms)


def _check_unions(axiom: Axiom) -> None:
    for position in _RIGHT.get(axiom.kind, ()):
        if any(isinstance(part, Or) for part in walk(axiom.terms[position])):
            raise NotHornError(
                f"{axiom_text(axiom, {})}: the case rules cannot carry owl:unionOf on the "
                "right-hand side; write one axiom per part, with the part on the left."
            )


def _check_universal(hierarchy: Hierarchy) -> None:
    for iri in sorted(hierarchy.universal):
        raise NotHornError(f"<{iri}> contains everything; the case rules cannot carry that.")


def _check_inverses(
    axioms: tuple[Axiom, ...], supers: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> None:
    """An implied, anonymous member may be asked nothing through the inverse of its property."""
    implied = {
        role
        for axiom in axioms
        for position in _RIGHT.get(axiom.kind, ())
        for part in walk(axiom.terms[position])
        if isinstance(part, Some)
        for role in (part.property, *supers.get(part.property, ()))
    }
    asked = _asked_properties(axioms)
    for axiom in axioms:
        if axiom.kind != "inverse":
            continue
        for role, other in (axiom.iris, axiom.iris[::-1]):
            reached = {other, *supers.get(other, ())}
            if role in implied and reached & asked:
                raise NotHornError(
                    f"{axiom_text(axiom, {})}: <{role}> stands in an owl:someValuesFrom on the "
                    f"right-hand side; what asks through <{other}> is beyond the case rules."
                )


def _asked_properties(axioms: tuple[Axiom, ...]) -> set[str]:
    """The properties that some condition, chain, domain or range looks at."""
    found: set[str] = set()
    for axiom in axioms:
        if axiom.kind in ("chain", "transitive", "domain", "range"):
            found.update(axiom.iris[:2] if axiom.kind == "chain" else axiom.iris[:1])
        found.update(
            part.property
            for term in axiom.terms
            for part in walk(term)
            if not isinstance(part, Named) and hasattr(part, "property")
        )
    return found


def _check_ranges(
    axioms: tuple[Axiom, ...],
    supers: Mapping[str, Mapping[str, tuple[str, ...]]],
    hierarchy: Hierarchy,
) -> None:
    """The range of what a chain implies must follow from the range of the chain's last part."""
    ranges: dict[str, list[Expression]] = {}
    for axiom in axioms:
        if axiom.kind == "range" and isinstance(axiom.terms[0], Named):
            ranges.setdefault(axiom.terms[0].iri, []).append(axiom.terms[1])

    def all_ranges(role: str) -> list[str]:
        roles = (role, *supers.get(role, ()))
        return [expression_iri(each) for one in roles for each in ranges.get(one, ())]

    for _, second, implied, _ in chains(axioms):
        for wanted in all_ranges(implied):
            if not any(hierarchy.subsumed(given, wanted) for given in all_ranges(second)):
                raise NotHornError(
                    f"<{implied}>: its range <{wanted}> does not follow from the range of "
                    f"<{second}>, the last property of a chain that implies it."
                )


def _check_kinds(axioms: tuple[Axiom, ...]) -> None:
    entities = used(axioms)
    both = entities.classes & (entities.individuals | entities.object_properties)
    for iri in sorted(both | (entities.individuals & entities.object_properties)):
        raise NotHornError(f"<{iri}> is used in two roles (class, property or individual).")
