"""Claims for tests, made from the statements of a graph as they stand: faithful, and distorted.

No statement is named here. A distortion is made where a statement offers what it needs, and it is
left out where another statement, by its own words, says what the distortion says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from kg.audit import Verdict
from kg.model.statements import short_id
from kg.model.vocabulary import PREFIXES, text_of
from kg.store.base import Store
from kg.store.queries import shipped_rows

EG: Final = PREFIXES["eg"]
Claim = dict[str, Any]
"""A claim as plain values, in the form of the schema."""
_FIGURES: Final = {"size": "magnitude", "time": "timing", "dose": "dose"}
_COUNTS: Final = {"study size": "studySize", "p value": "pValue"}
_WORDS: Final = {
    "relation": "predicate", "strength": "modality", "frequency": "frequency",
    "direction": "direction", "analyte": "analyte", "comparator": "comparator",
    "correlation": "correlationSign", "degree": "correlationStrength",
}  # fmt: skip
"""The properties of a statement that a claim has one word for."""


@dataclass(frozen=True)
class Distortion:
    """A claim that says more than the statement it was made of, or other."""

    kind: str
    wanted: Verdict
    statement: str
    claim: Claim = field(hash=False)


class Material:
    """The statements of a graph, and what the ontology offers to distort them with."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in shipped_rows(store, "audit/statements").records():
            name = text_of(row["property"]).removeprefix(EG)
            self.said[short_id(text_of(row["statement"]))][name].append(text_of(row["value"]))

    @cached_property
    def terms(self) -> Mapping[str, Mapping[str, list[str]]]:
        """What is said of terms, by property and term."""
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in shipped_rows(self._store, "audit/terms").records():
            term, name = text_of(row["term"]), text_of(row["property"]).removeprefix(EG)
            found[name][term].append(text_of(row["value"]))
        return found

    @cached_property
    def above(self) -> Mapping[str, set[str]]:
        """What lies directly above each term."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in shipped_rows(self._store, "audit/above").records():
            found[text_of(row["term"])].add(text_of(row["above"]))
        return found

    def one(self, statement: str, name: str) -> str:
        """The one value of a property; empty where there is none."""
        return next(iter(self.said[statement].get(name, ())), "")

    def faithful(self, statement: str) -> Claim:
        """What a statement says, and nothing else."""
        said = self.said[statement]
        claim: Claim = {
            "subject": self.one(statement, "subject"),
            "object": self.one(statement, "object"),
        }
        claim["polarity"] = self.one(statement, "polarity").removeprefix(EG)
        claim |= {key: self.one(statement, name) for key, name in _WORDS.items() if said.get(name)}
        claim["population"] = list(said["populationClass"])
        claim["conditions"] = [*said.get("pattern", ()), *said.get("precondition", ())]
        claim["numbers"] = list(self._numbers(statement))
        claim["cites"] = [statement]
        return claim

    def _numbers(self, statement: str) -> Iterator[dict[str, str]]:
        for of, name in _FIGURES.items():
            if low := self.one(statement, f"{name}Low"):
                figure = {"of": of, "value": low, "high": self.one(statement, f"{name}High")}
                figure["comparator"] = self.one(statement, f"{name}Comparator") or "="
                yield figure | {"unit": self.one(statement, f"{name}Unit")}
        for of, name in _COUNTS.items():
            if number := self.one(statement, name):
                comparator = self.one(statement, f"{name}Comparator") or "="
                yield {"of": of, "value": number, "comparator": comparator}

    # ── Distortions ─────────────────────────────────────────────────────────────────────────

    def distortions(self) -> Iterator[Distortion]:
        """Every distortion of every statement that another statement does not say."""
        kinds = {
            "firmer word": (Verdict.HARDENED, self._firmer),
            "stronger relation": (Verdict.HARDENED, self._stronger),
            "limit left out": (Verdict.HARDENED, self._unlimited),
            "must for should": (Verdict.HARDENED, self._obliged),
            "degree left out": (Verdict.HARDENED, self._without_degree),
            "share left out": (Verdict.HARDENED, self._of_all),
            "comparison invented": (Verdict.HARDENED, self._beside),
            "time left out": (Verdict.SCOPE, self._at_any_time),
            "population of nobody": (Verdict.NOT_COVERED, self._of_nobody),
            "condition invented": (Verdict.NOT_COVERED, self._conditional),
            "second source": (Verdict.CITES, self._two_sources),
            "polarity": (Verdict.POLARITY, self._denied),
            "advice turned": (Verdict.POLARITY, self._turned),
            "population left out": (Verdict.SCOPE, self._everybody),
            "population widened": (Verdict.SCOPE, self._widened),
            "other population": (Verdict.SCOPE, self._others),
            "part of a group": (Verdict.NOT_COVERED, self._narrowed),
            "condition left out": (Verdict.SCOPE, self._unconditional),
            "subject widened": (Verdict.SCOPE, self._generalised),
            "number": (Verdict.NUMBER, self._numbered),
            "comparator": (Verdict.NUMBER, self._compared),
            "number invented": (Verdict.NUMBER, self._invented),
            "analyte at an end": (Verdict.ANALYTE, self._measured),
            "analyte named": (Verdict.ANALYTE, self._named_analyte),
            "direction": (Verdict.CONTRADICTED, self._reversed),
            "frequency": (Verdict.CONTRADICTED, self._as_often),
            "source": (Verdict.CITES, self._other_source),
            "unknown source": (Verdict.CITES, self._no_source),
        }  # fmt: skip
        for statement in self.said:
            for kind, (wanted, make) in kinds.items():
                for change in make(statement):
                    claim = {**self.faithful(statement), **change}
                    if wanted is Verdict.CITES or not self._is_said(statement, claim):
                        if wanted is not Verdict.CITES:
                            claim["cites"] = []
                        yield Distortion(kind, wanted, statement, claim)

    def _obliged(self, statement: str) -> Iterator[Claim]:
        """A firmer word of the same rank."""
        own = self.one(statement, "modality")
        more = [each for each, less in self.terms["firmerThan"].items() if own in less]
        yield from ({"strength": each} for each in sorted(more) if self._fits(each, statement))

    def _fits(self, modality: str, statement: str, relation: str = "") -> bool:
        """Whether a modality goes with the predicate of a statement, or another one."""
        predicate = relation or self.one(statement, "predicate")
        only = self.terms["saidWith"].get(modality)
        apart = self.terms["ofKnowledge"].get(modality) and self.terms["ofAdvice"].get(predicate)
        return predicate in only if only else not apart

    def _without_degree(self, statement: str) -> Iterator[Claim]:
        words = self.terms["limitingWords"][f"{EG}correlationStrength"][0].split("|")
        if self.one(statement, "correlationStrength") in words:
            yield {"degree": ""}

    def _without(self, statement: str, *kinds: str) -> Claim:
        figures = self.faithful(statement)["numbers"]
        return {"numbers": [each for each in figures if each["of"] not in kinds]}

    def _of_all(self, statement: str) -> Iterator[Claim]:
        is_share = self.terms["sizeIsShare"].get(self.one(statement, "predicate"))
        if is_share and self.one(statement, "magnitudeLow"):
            yield self._without(statement, "size")

    def _at_any_time(self, statement: str) -> Iterator[Claim]:
        if self.one(statement, "magnitudeLow") and self.one(statement, "timingLow"):
            yield self._without(statement, "time")

    def _beside(self, statement: str) -> Iterator[Claim]:
        if not self.one(statement, "comparator"):
            spoken = sorted({self.one(each, "comparator") for each in self.said} - {""})
            yield {"comparator": spoken[0]}

    def _of_nobody(self, _statement: str) -> Iterator[Claim]:
        """People by the name of an end that no case has."""
        yield {"population": [f"{EG}children"]}

    def _conditional(self, statement: str) -> Iterator[Claim]:
        of_group = self.terms["ofGroup"].get(self.one(statement, "predicate"))
        if of_group or self.one(statement, "frequency"):
            known = self.faithful(statement)["conditions"]
            yield {"conditions": [*known, "the patient is a child"]}

    def _two_sources(self, statement: str) -> Iterator[Claim]:
        (other,) = self._other_source(statement)
        yield {"cites": [statement, *other["cites"]]}

    def _rank(self, modality: str) -> int:
        return int(self.terms["strength"][modality][0])

    def _is_against(self, modality: str) -> bool:
        return "true" in self.terms["speaksAgainst"].get(modality, ())

    def _firmer(self, statement: str) -> Iterator[Claim]:
        own = self.one(statement, "modality")
        fitting = (each for each in self.terms["strength"] if self._fits(each, statement))
        ranks = sorted(fitting, key=self._rank)
        like = [each for each in ranks if self._is_against(each) == self._is_against(own)]
        yield from ({"strength": e} for e in like[-1:] if self._rank(e) > self._rank(own))

    def _stronger(self, statement: str) -> Iterator[Claim]:
        own = self.one(statement, "predicate")
        more = [each for each, less in self.terms["saysMoreThan"].items() if own in less]
        word = self.one(statement, "modality")
        for each in sorted(more):
            fitting = word if self._fits(word, statement, each) else ""
            yield {"relation": each, "strength": fitting}

    def _unlimited(self, statement: str) -> Iterator[Claim]:
        if self.terms["limits"].get(self.one(statement, "frequency")):
            yield {"frequency": ""}

    def _denied(self, statement: str) -> Iterator[Claim]:
        denied = self.one(statement, "polarity").endswith("denied")
        yield {"polarity": "affirmed" if denied else "denied"}

    def _turned(self, statement: str) -> Iterator[Claim]:
        own = self.one(statement, "modality")
        other = [
            each
            for each in self.terms["strength"]
            if self._is_against(each) != self._is_against(own)
            and self._fits(each, statement)
            and self._rank(each) == self._rank(own)
        ]
        yield from ({"strength": each} for each in sorted(other)[:1])

    def _everybody(self, statement: str) -> Iterator[Claim]:
        if not self._is_implied(statement):
            yield {"population": []}

    def _widened(self, statement: str) -> Iterator[Claim]:
        own = self.one(statement, "populationClass")
        wide = [each for each in self.above[own] if each.endswith("Case") and each != f"{EG}Case"]
        found = [each for each in sorted(wide) if not self._is_implied(statement, each)]
        yield from ({"population": [each]} for each in found[:1])

    def _others(self, statement: str) -> Iterator[Claim]:
        """Another population that statements are about, neither wider nor narrower."""
        own = self.one(statement, "populationClass")
        every = sorted({each for found in self.said.values() for each in found["populationClass"]})
        apart = [e for e in every if e not in {own, *self.above[own]} and own not in self.above[e]]
        if not self._is_implied(statement):
            yield from ({"population": [each]} for each in apart[:1])

    def _narrowed(self, statement: str) -> Iterator[Claim]:
        """A part of a group, where what is said is said of the group as a whole."""
        own = self.one(statement, "populationClass")
        kinds = {each for found in self.said.values() for each in found["populationClass"]}
        part = sorted(each for each in kinds if own in self.above[each] and own != f"{EG}Case")
        if self.terms["ofGroup"].get(self.one(statement, "predicate")):
            yield from ({"population": [each]} for each in part[:1])

    def _is_implied(self, statement: str, population: str = "") -> bool:
        """Whether the ends of a statement, and some population, say whom it is about."""
        own = self.one(statement, "populationClass")
        given = {population} | {self.one(statement, end) for end in ("subject", "object")}
        known = given.union(*(self._has[each] for each in given))
        known = known.union(*(self.above[each] for each in known))
        return own in known or (self._has[own] <= known and own in self._has)

    @cached_property
    def _has(self) -> Mapping[str, set[str]]:
        """What the cases of each kind have, and those with each finding."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in shipped_rows(self._store, "audit/parts").records():
            for key in ("kind", "finding", "alone"):
                found[text_of(row.get(key))].add(text_of(row["filler"]))
        found.pop("", None)
        found[f"{EG}Case"] = set()
        return found

    def _unconditional(self, statement: str) -> Iterator[Claim]:
        if self.faithful(statement)["conditions"]:
            yield {"conditions": []}

    def _generalised(self, statement: str) -> Iterator[Claim]:
        known = {self.one(each, end) for each in self.said for end in ("subject", "object")}
        wide = sorted(self.above[self.one(statement, "subject")] & known)
        yield from ({"subject": each} for each in wide[:1])

    def _numbered(self, statement: str) -> Iterator[Claim]:
        figures = self.faithful(statement)["numbers"]
        for place, figure in enumerate(figures):
            for factor in (Decimal("0.5"), Decimal(2)):
                other = dict(figure)
                for key in ("value", "high"):
                    if key in other:
                        other[key] = str(Decimal(other[key]) * factor)
                yield {"numbers": [*figures[:place], other, *figures[place + 1 :]]}

    def _compared(self, statement: str) -> Iterator[Claim]:
        figures = self.faithful(statement)["numbers"]
        for place, figure in enumerate(figures):
            for sign in {">", "<", "="} - {figure["comparator"]}:
                yield {"numbers": [*figures[:place], {**figure, "comparator": sign}]}

    def _invented(self, statement: str) -> Iterator[Claim]:
        figures = self.faithful(statement)["numbers"]
        if not any(each["of"] == "size" for each in figures):
            yield {"numbers": [*figures, {"of": "size", "value": "73", "unit": "%"}]}

    def _measured(self, statement: str) -> Iterator[Claim]:
        """The same result of another measurement, at one end."""
        analytes, ways = self.terms["analyte"], self.terms["direction"]
        spoken = {self.one(each, "analyte") for each in self.said}
        for end in ("subject", "object"):
            own = self.one(statement, end)
            if own in analytes:
                other = [
                    each
                    for each in sorted(analytes)
                    if analytes[each] != analytes[own]
                    and ways.get(each) == ways.get(own)
                    and analytes[each][0] in spoken
                    and each.removeprefix(EG)[0].islower()
                ]
                yield from ({end: each, "analyte": ""} for each in other[:3])

    def _named_analyte(self, statement: str) -> Iterator[Claim]:
        own = self.one(statement, "analyte")
        spoken = sorted({self.one(each, "analyte") for each in self.said} - {own, ""})
        near = [e for e in spoken if own not in self.above[e] and e not in self.above[own]]
        if own:
            yield from ({"analyte": each} for each in near[:1])

    def _reversed(self, statement: str) -> Iterator[Claim]:
        yield from self._opposites(statement, "direction")

    def _as_often(self, statement: str) -> Iterator[Claim]:
        yield from self._opposites(statement, "frequency")

    def _opposites(self, statement: str, name: str) -> Iterator[Claim]:
        own, table = self.one(statement, name), self.terms["oppositeOf"]
        found = {e for e in table.get(own, ()) if own} | {e for e, of in table.items() if own in of}
        yield from ({name: each} for each in sorted(found))

    def _other_source(self, statement: str) -> Iterator[Claim]:
        """A statement that has no end in common with this one."""
        ends = {self.one(statement, "subject"), self.one(statement, "object")}
        apart = (e for e in self.said if not ends & {self.one(e, "subject"), self.one(e, "object")})
        yield {"cites": [next(apart)]}

    def _no_source(self, statement: str) -> Iterator[Claim]:
        yield {"cites": [statement, "PMID:99999999"]}

    def _is_said(self, statement: str, claim: Claim) -> bool:
        """Whether another statement has the very ends and relation of a distorted claim.

        What that one says decides then, and the claim is no distortion of this one alone.
        """
        said = self._key(claim["subject"], claim["relation"], claim["object"])
        others = (each for each in self.said if each != statement)
        return any(
            said == self._key(*(self.one(each, e) for e in ("subject", "predicate", "object")))
            for each in others
        )

    def _key(self, subject: str, relation: str, object_: str) -> tuple[object, ...]:
        """Ends and relation; degrees of one result count as one subject."""
        measured = self.terms["analyte"].get(subject), self.terms["direction"].get(subject)
        return (measured if measured[0] else subject, relation, object_)
