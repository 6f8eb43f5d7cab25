"""How observations are derived, and which lines definitions draw in a unit, from a graph.

Only what some definition speaks of is kept: what no rule asks for is not worked out of any case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Final

from kg.compile.thresholds import figures_of_class
from kg.model.derived import Earlier, Line, Recipe, RecipeKind, ScoreRow
from kg.model.errors import BuildError
from kg.model.terms import Kind, Lexicon
from kg.model.vocabulary import EG, IRI, RDFS, compact, text_of
from kg.reasoning.requirements import requirements
from kg.reasoning.rules import Rules
from kg.store.base import Store
from kg.store.queries import shipped_rows

_Said = dict[str, list[str]]
"""What is said of one thing, by property."""

_MADE_OF: Final = {
    EG.numerator: (RecipeKind.QUOTIENT, EG.denominator),
    EG.minuend: (RecipeKind.DIFFERENCE, EG.subtrahend),
    EG.changeOf: (RecipeKind.CHANGE, None),
    EG.persistenceOf: (RecipeKind.PERSISTENCE, None),
    EG.daysFrom: (RecipeKind.DAYS, EG.daysTo),
}
"""What names the first part of each kind of recipe, and what names the second."""


class DerivedReader:
    """Reads recipes and lines of one graph."""

    def __init__(self, store: Store, rules: Rules, lexicon: Lexicon) -> None:
        self._rules = rules
        self._markers = frozenset(each.iri for each in lexicon.of_kind(Kind.MARKER))
        self._states = frozenset(each.iri for each in lexicon.of_kind(Kind.STATE))
        self._said: dict[IRI, _Said] = {}
        for record in shipped_rows(store, "ask/derived").records():
            said = self._said.setdefault(IRI(text_of(record["thing"])), {})
            said.setdefault(text_of(record["property"]), []).append(text_of(record["value"]))
        units = {each: said.get(EG.figureUnit, []) for each, said in self._said.items()}
        self._units = {each: found[0] for each, found in units.items() if found}

    def recipes(self) -> tuple[Recipe, ...]:
        """Every recipe whose class some definition speaks of, in the order of their IRIs."""
        rows: dict[IRI, list[ScoreRow]] = {}
        for said in self._said.values():
            for score in said.get(EG.rowOf, []):
                rows.setdefault(IRI(score), []).append(_row(said))
        found = []
        for iri, said in self._said.items():
            kind = next((each for each in _MADE_OF if each in said), None)
            if (kind is not None or iri in rows) and iri in self._spoken_of:
                found.append(self._recipe(iri, said, rows.get(iri, [])))
        return tuple(found)

    def _recipe(self, iri: IRI, said: _Said, rows: Iterable[ScoreRow]) -> Recipe:
        unit = _one(iri, said, EG.unit)
        figure = next((each for each, own in self._units.items() if own == unit), None)
        if figure is None:
            raise BuildError(
                f"{compact(iri)} is worked out in {unit}, and no data property has this "
                "eg:figureUnit; declare one as ontology/README.md shows."
            )
        first = next((each for each in _MADE_OF if each in said), None)
        kind, second = _MADE_OF[first] if first else (RecipeKind.SCORE, None)
        parts = [*said.get(first or "", []), *said.get(second or "", [])]
        results = parts[0] if kind is RecipeKind.PERSISTENCE else ""
        within = said.get(EG.withinDays)
        return Recipe(
            iri=iri,
            label=_one(iri, said, RDFS.label),
            kind=kind,
            unit=unit,
            figure=figure,
            of=(self._measurement(iri, results),) if results else tuple(map(IRI, parts)),
            compared_in=next(iter(said.get(EG.comparedIn, [])), ""),
            within_days=int(within[0]) if within else None,
            earlier=_earlier(said),
            results=IRI(results) if results else None,
            limits=figures_of_class(self._rules, results) if results else {},
            least_results=int(next(iter(said.get(EG.leastResults, ["2"])))),
            events=self._events(parts[0]) if kind is RecipeKind.DAYS else frozenset(),
            rows=tuple(sorted(rows, key=lambda row: (row.item, -row.points, row.where))),
        )

    def _measurement(self, iri: IRI, results: str) -> IRI:
        """The measurement whose results a class of results holds, by limits alone."""
        above = (results, *self._rules.supers.get(results, ()))
        found = [each for each in above if each in self._markers]
        if len(found) != 1:
            raise BuildError(
                f"{compact(iri)}: <{results}> holds results of {len(found)} measurements; wanted "
                "one, as in a class with eg:stateOf."
            )
        asked = requirements(self._rules, results)
        more = [each.filler for each in asked if each.filler not in ("", found[0])]
        if more and results not in self._states:
            raise BuildError(
                f"{compact(iri)}: <{results}> asks for more than limits of a result ({more[0]}); "
                "a persistence is of a class with limits alone."
            )
        return IRI(found[0])

    def _events(self, start: str) -> frozenset[IRI]:
        """The terms that are said of a patient where something took place, drugs included."""
        rules = self._rules
        given = [e.filler for e in requirements(rules, start) if e.role == EG.withDrug]
        below = [rules.below(each) for each in (start, *given)]
        return frozenset(IRI(each) for each in frozenset().union(*below))

    @cached_property
    def _spoken_of(self) -> frozenset[str]:
        """Every class that stands in the definition of another."""
        return frozenset(each for parts in self._rules.definitions.values() for each in parts)

    def lines(self) -> dict[IRI, tuple[Line, ...]]:
        """By measurement, the figures with a unit that its definitions have limits in."""
        heads = {
            head: Line(IRI(figure), self._units[IRI(figure)])
            for figure, _, head in self._rules.facets
            if figure in self._units
        }
        found: dict[IRI, dict[Line, None]] = {}
        for above in self._rules.supers.values() if heads else ():
            drawn = [heads[each] for each in above if each in heads]
            for each in (each for each in above if drawn and each in self._markers):
                found.setdefault(IRI(each), {}).update(dict.fromkeys(drawn))
        return {each: tuple(lines) for each, lines in sorted(found.items())}


def _row(said: _Said) -> ScoreRow:
    return ScoreRow(
        item=said[EG.scoreItem][0],
        points=Decimal(said[EG.points][0]),
        where=next(iter(said.get(EG.whereCaseIs, [])), ""),
        absent=next(iter(said.get(EG.whereAbsent, [])), ""),
    )


def _earlier(said: _Said) -> Earlier:
    """Which earlier result is counted from; the local name of the value is its word."""
    found = said.get(EG.countedFrom)
    if not found:
        return Earlier.LATEST
    return Earlier(compact(found[0]).partition(":")[2].partition("-")[0])


def _one(iri: IRI, said: Mapping[str, list[str]], name: IRI) -> str:
    found = said.get(name, [])
    if len(found) != 1:
        raise BuildError(f"{compact(iri)} has {len(found)} values of {compact(name)}; wanted one.")
    return found[0]
