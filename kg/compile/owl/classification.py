"""The hierarchy by our own rules: what a member of each class is, by all that follows for it.

In the fragment that `check_horn` lets through, the rules of one step are complete for members of a
class, so nothing else is needed to place it; the one question they leave open is a union, which
is below whatever all its parts are below. Each class is asked about by itself and takes no more
than what follows for its members, so the work grows with the number of classes. HermiT is the
oracle: a test, and `kg build --oracle`, compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from kg.compile.owl.axioms import Axiom, Told, functional, used
from kg.compile.owl.hierarchy import NOTHING, Hierarchy
from kg.compile.owl.rules import disjoint, disjoint_facets
from kg.model.errors import InconsistentError
from kg.reasoning.asserted import AssertedRules
from kg.reasoning.engine import classify
from kg.reasoning.expressions import Expression, Facet, Or, expression_iri
from kg.reasoning.rules import THING, Facts, Rules

_MEMBER = "urn:etiograph:any"
_HIDDEN = frozenset({THING, NOTHING})

_Row = tuple[str, tuple[str, ...]]
"""Head and parts of a conjunction."""


def classify_classes(told: Told) -> Hierarchy:
    """The hierarchy of the classes and of the expressions with a name.

    InconsistentError where the axioms contradict each other.
    """
    axioms, declarations, names = told.axioms, told.declarations, told.names
    rules = with_disjointness(axioms, told.asserted, names).rules
    individuals = sorted({axiom.iris[0] for axiom in axioms if axiom.kind == "type"})
    if classify(rules, Facts(types=tuple((each, THING) for each in individuals))).clashes:
        raise InconsistentError("The axioms contradict each other.")
    entities = used(axioms, data_properties=declarations.data_properties)
    classes = sorted(entities.classes | declarations.classes | names.keys())
    unions = {
        iri: [expression_iri(part) for part in each.parts]
        for iri, each in names.items()
        if isinstance(each, Or)
    }
    above, universal = _placed(rules, classes, unions)
    return _hierarchy(above, universal)


def with_disjointness(
    axioms: Sequence[Axiom], asserted: AssertedRules, names: Mapping[str, Expression]
) -> AssertedRules:
    """The rules of one step with what cannot be together, which proofs have no use for."""
    facets = tuple((e.property, e.interval, i) for i, e in names.items() if isinstance(e, Facet))
    rules = replace(
        asserted.rules,
        disjoint=(*disjoint(axioms), *disjoint_facets(facets, functional(axioms))),
        unsatisfiable=(NOTHING, *(iri for _, interval, iri in facets if interval.empty())),
    )
    return replace(asserted, rules=rules)


_Above = dict[str, frozenset[str] | None]
"""What the members of each class are besides; None where it can have none."""


def _placed(
    rules: Rules, classes: Iterable[str], unions: Mapping[str, Sequence[str]]
) -> tuple[_Above, frozenset[str]]:
    """What is above each class, and what everything is."""
    classes = tuple(each for each in classes if each not in _HIDDEN)
    while True:
        above = {each: _above(rules, each) for each in classes}
        more = tuple(_of_all_parts(above, unions))
        if not more:
            return above, _above(rules, THING) or frozenset()
        rules = replace(rules, conjunctions=(*rules.conjunctions, *more))


def _above(rules: Rules, class_iri: str) -> frozenset[str] | None:
    found = classify(rules, Facts(types=((_MEMBER, class_iri),)))
    return None if found.clashes else frozenset(found.type_table[_MEMBER]) - {class_iri, THING}


def _of_all_parts(above: _Above, unions: Mapping[str, Sequence[str]]) -> Iterable[_Row]:
    """What every part of a union is below, and the union not yet."""
    for union, parts in unions.items():
        known = above[union]
        each = [{part, *found} for part in parts if (found := above[part]) is not None]
        if known is None:
            continue
        common = set.intersection(*each) if each else {NOTHING}
        yield from ((upper, (union,)) for upper in sorted(common - known - {union}))


def _hierarchy(above: _Above, universal: frozenset[str]) -> Hierarchy:
    supers = {each: found - _HIDDEN for each, found in above.items() if found is not None}
    equivalents = {
        each: frozenset(other for other in found if each in supers.get(other, frozenset()))
        for each, found in supers.items()
    }
    return Hierarchy(
        supers,
        {each: found for each, found in equivalents.items() if found},
        frozenset(each for each, found in above.items() if found is None),
        universal - _HIDDEN,
    )
