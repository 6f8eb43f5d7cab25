"""Spoils proofs that were right, in ways that a checker has to notice: one function for each way.

Each changes a derivation (as its JSON is read) in place, and says whether there was anything in it
to be spoiled so.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any, Final

from kg.answer.proof.prover import MEMBER_OF
from kg.case.model import CASE
from kg.model.vocabulary import EG, eg
from kg.reasoning.rules import TYPE

Derivation = dict[str, Any]
Way = Callable[[Derivation, random.Random], bool]

WAYS: Final[dict[str, Way]] = {}
"""Every way by its name."""
_ROWS: Final = ("PagetDiseaseOfBone", "BoneMetastases", "HepaticAmyloidosis", "bone-tissue", "Case")
_OF_EVERY_OBJECT: Final = ("toString", "constructor", "valueOf", "hasOwnProperty")
_STRONG: Final = ("confirms", "demonstrates", "excludes")


EXCLUSIONS: Final[dict[str, Way]] = {}
"""The ways to spoil what is right of a cause that is excluded."""


def spoiled(found: Sequence[Derivation], count: int, seed: int) -> Iterator[tuple[str, Derivation]]:
    """So many spoiled copies with the name of the way, each way by turns."""
    rng = random.Random(seed)
    names = list(WAYS)
    done = 0
    while done < count:
        one, name = deepcopy(rng.choice(found)), names[done % len(names)]
        if WAYS[name](one, rng):
            yield name, one
            done += 1


def _way(spoil: Way) -> Way:
    WAYS[spoil.__name__.strip("_")] = spoil
    return spoil


def _way_of_exclusions(spoil: Way) -> Way:
    EXCLUSIONS[spoil.__name__.strip("_")] = spoil
    return spoil


def _parts(found: Derivation, *roles: str) -> list[Derivation]:
    """The parts of the first proof with one of these roles; of any role where none is named."""
    return [each for each in found["proofs"][0]["parts"] if not roles or each["role"] in roles]


def _steps(found: Derivation, field: str = "") -> list[Derivation]:
    """The steps that are not given; those alone that have something in a field."""
    steps = [each for part in _parts(found) for each in part["steps"] if each["rule"] != "given"]
    return [each for each in steps if not field or each[field]]


def _without(found: Derivation, role: str) -> bool:
    """Leave out the parts of a role."""
    proof = found["proofs"][0]
    before = len(proof["parts"])
    proof["parts"] = [each for each in proof["parts"] if each["role"] != role]
    return len(proof["parts"]) < before


def _one(rng: random.Random, among: list[Derivation]) -> Derivation:
    """One of some, or a new one where there is none: what is done to it has no effect."""
    return rng.choice(among) if among else {"premises": [0], "fact": {"subject": ""}}


# ── Steps ───────────────────────────────────────────────────────────────────────────────────


@_way
def _axiom_of_no_release(found: Derivation, rng: random.Random) -> bool:
    _one(rng, _steps(found))["axiom"] = f"{rng.getrandbits(64):016x}"
    return bool(_steps(found))


@_way
def _another_axiom(found: Derivation, rng: random.Random) -> bool:
    step = _one(rng, _steps(found, "axiom"))
    others = sorted(found["axioms"].keys() - {step.get("axiom")})
    step["axiom"] = rng.choice(others) if others else ""
    return bool(_steps(found))


@_way
def _axiom_left_out(found: Derivation, rng: random.Random) -> bool:
    steps = _steps(found, "axiom")
    _one(rng, steps)["axiom"] = ""
    return bool(steps)


@_way
def _axiom_where_none_is_needed(found: Derivation, rng: random.Random) -> bool:
    steps = [each for each in _steps(found) if not each["axiom"]]
    _one(rng, steps)["axiom"] = rng.choice(sorted(found["axioms"]) or [""])
    return bool(steps and found["axioms"])


@_way
def _step_left_out(found: Derivation, rng: random.Random) -> bool:
    parts = [each for each in _parts(found) if len(each["steps"]) > 1]
    steps = rng.choice(parts)["steps"] if parts else [None]
    del steps[rng.randrange(max(1, len(steps) - 1))]
    return bool(parts)


@_way
def _goal_left_out(found: Derivation, rng: random.Random) -> bool:
    parts = [each for each in _parts(found, "asked", "listed", "argued") if len(each["steps"]) > 1]
    if parts:
        rng.choice(parts)["steps"].pop()
    return bool(parts)


@_way
def _another_class(found: Derivation, rng: random.Random) -> bool:
    _one(rng, _steps(found))["fact"]["value"] = str(eg(rng.choice(_ROWS)))
    return bool(_steps(found))


@_way
def _another_individual(found: Derivation, rng: random.Random) -> bool:
    _one(rng, _steps(found))["fact"]["subject"] += ":other"
    return bool(_steps(found))


@_way
def _another_property(found: Derivation, rng: random.Random) -> bool:
    _one(rng, _steps(found))["fact"]["predicate"] = str(EG.hasTreatment)
    return bool(_steps(found))


@_way
def _premise_that_comes_later(found: Derivation, rng: random.Random) -> bool:
    steps = _steps(found, "premises")
    _one(rng, steps)["premises"][0] = 30
    return bool(steps)


@_way
def _premise_of_no_place(found: Derivation, rng: random.Random) -> bool:
    steps = _steps(found, "premises")
    _one(rng, steps)["premises"][-1] = rng.choice((0, -1, "1.5"))
    return bool(steps)


@_way
def _premise_left_out(found: Derivation, rng: random.Random) -> bool:
    steps = _steps(found, "premises")
    _one(rng, steps)["premises"].pop()
    return bool(steps)


@_way
def _another_rule(found: Derivation, rng: random.Random) -> bool:
    step = _one(rng, _steps(found))
    rules = ("given", "axiom", "some", "value", "has-value", "facet", "chain", "inverse", "magic")
    step["rule"] = rng.choice([each for each in rules if each != step.get("rule")])
    return bool(_steps(found))


@_way
def _rule_that_every_object_has(found: Derivation, rng: random.Random) -> bool:
    """A name that JavaScript finds in every table, as the rule of a step without premises."""
    parts = [p for p in _parts(found) if p["steps"][-1]["fact"]["predicate"] == TYPE]
    if parts:
        part = rng.choice(parts)
        step: Derivation = {"rule": rng.choice(_OF_EVERY_OBJECT), "premises": [], "axiom": ""}
        part["steps"] = [{**step, "fact": part["steps"][-1]["fact"]}]
    return bool(parts)


@_way
def _number_within_its_limits(found: Derivation, rng: random.Random) -> bool:
    """A result that is not raised, wherever the raised one stands that the question arises by."""
    del rng
    every = [s for proof in found["proofs"] for part in proof["parts"] for s in part["steps"]]
    raised = {
        part["steps"][each["premises"][0] - 1]["fact"]["value"]
        for part in _parts(found, "asked")
        for each in part["steps"]
        if each["rule"] == "facet"
    }
    for fact in (*found["facts"], *(step["fact"] for step in every)):
        fact["value"] = "0.5" if fact["value"] in raised else fact["value"]
    return bool(raised)


# ── Facts ───────────────────────────────────────────────────────────────────────────────────


@_way
def _fact_that_is_not_given(found: Derivation, rng: random.Random) -> bool:
    if found["facts"]:
        found["facts"].pop(rng.randrange(len(found["facts"])))
        return True
    return False


@_way
def _finding_among_the_facts(found: Derivation, rng: random.Random) -> bool:
    parts = _parts(found, "asked", "shown")
    if parts:
        _give(found, rng.choice(parts))
    return bool(parts)


@_way
def _conclusion_among_the_facts(found: Derivation, rng: random.Random) -> bool:
    """What follows for the case is given instead, by no statement."""
    parts = [each for each in _parts(found, "follows") if not each["source"]]
    if parts:
        part = rng.choice(parts)
        _give(found, part)
        part["statement"] = ""
        proof = found["proofs"][0]
        proof["parts"], proof["statements"], proof["strength"] = [part], [], ""
    return bool(parts)


@_way
def _kind_of_case_among_the_facts(found: Derivation, rng: random.Random) -> bool:
    parts = _parts(found, "about")
    if parts:
        _give(found, rng.choice(parts))
    return bool(parts)


@_way
def _fact_in_fewer_words(found: Derivation, rng: random.Random) -> bool:
    """The finding is given by a fact that reads like it where its words are joined."""
    parts = _parts(found, "asked", "shown")
    if parts:
        fact = dict(_give(found, rng.choice(parts)))
        fact["subject"] += "," + fact.pop("predicate")
        found["facts"][-1] = fact
    return bool(parts)


def _give(found: Derivation, part: Derivation) -> Derivation:
    """Let a part show what it shows because it is given."""
    fact: Derivation = part["steps"][-1]["fact"]
    found["facts"].append(fact)
    part["steps"] = [{"fact": fact, "rule": "given", "premises": [], "axiom": ""}]
    return fact


# ── Statements ──────────────────────────────────────────────────────────────────────────────


@_way
def _another_statement(found: Derivation, rng: random.Random) -> bool:
    parts = [each for each in _parts(found) if each["statement"]]
    if parts:
        rng.choice(parts)["statement"] = rng.choice(("A000", "Z999", "st:A004"))
    return bool(parts)


@_way
def _statement_that_is_none(found: Derivation, rng: random.Random) -> bool:
    del rng
    found["proofs"][0]["statements"].append("Z999")
    return True


@_way
def _population_left_out(found: Derivation, rng: random.Random) -> bool:
    del rng
    return _without(found, "about") and not _parts(found, "present")


@_way
def _population_left_out_with_the_statement(found: Derivation, rng: random.Random) -> bool:
    """No part names the statement that carries it, so that none has to be about such a case."""
    del rng
    for each in _parts(found, "listed", "argued"):
        each["statement"] = ""
    return (
        found["kind"] in ("cause", "origin", "rule")
        and not _parts(found, "present")
        and _without(found, "about")
    )


@_way
def _presence_of_something_else(found: Derivation, rng: random.Random) -> bool:
    """What is there is not the cause: its population is left out all the same."""
    there = [
        each["steps"][: place + 1]
        for each in _parts(found, "asked")
        for place, step in enumerate(each["steps"])
        if step["fact"]["subject"].startswith(CASE + ":") and step["fact"]["predicate"] == TYPE
    ]
    return bool(there) and _present(found, "", rng.choice(there))


@_way
def _presence_of_any_member(found: Derivation, rng: random.Random) -> bool:
    """Whatever is of the class of the cause is of it, and that shows nothing of the case."""
    del rng
    fact = {"subject": MEMBER_OF, "predicate": TYPE, "value": found["iri"]}
    step: Derivation = {"fact": fact, "rule": "given", "premises": [], "axiom": ""}
    return _present(found, found["iri"], [step])


def _present(found: Derivation, source: str, steps: list[Derivation]) -> bool:
    """Put that something is there in place of the population of the listing."""
    if found["kind"] != "cause" or _parts(found, "present") or not _without(found, "about"):
        return False
    part = {"role": "present", "source": source, "statement": "", "steps": steps}
    found["proofs"][0]["parts"].append(part)
    return not _parts(found, "argued")


@_way
def _weakest_premise_hidden(found: Derivation, rng: random.Random) -> bool:
    del rng
    return bool(found["proofs"][0]["statements"] and found["proofs"][0]["statements"].pop(0))


@_way
def _stronger_word(found: Derivation, rng: random.Random) -> bool:
    proof = found["proofs"][0]
    weak = proof["strength"] not in _STRONG
    proof["strength"] = rng.choice(_STRONG)
    return weak


# ── The conclusion ──────────────────────────────────────────────────────────────────────────


@_way
def _another_verdict(found: Derivation, rng: random.Random) -> bool:
    verdicts = ["candidate", "undetermined", "excluded", "argued against"]
    standings = ["supported", "argued against", "disputed"]
    wanted = {"cause": verdicts, "origin": standings}.get(found["kind"], ["candidate"])
    found["verdict"] = rng.choice([each for each in wanted if each != found["verdict"]])
    return True


@_way
def _verdict_that_every_object_has(found: Derivation, rng: random.Random) -> bool:
    found["verdict"] = rng.choice(_OF_EVERY_OBJECT)
    return bool(_parts(found, "asked"))


@_way
def _kind_that_every_object_has(found: Derivation, rng: random.Random) -> bool:
    found["kind"] = rng.choice(_OF_EVERY_OBJECT)
    found["verdict"] = rng.choice(("name", "length"))
    return bool(_parts(found, "asked", "listed"))


@_way
def _rule_of_a_finding_that_is_asked_about(found: Derivation, rng: random.Random) -> bool:
    """Nothing shows the finding that sets off a rule; the question is put about it instead."""
    del rng
    found["finding"] = found["iri"]
    return found["kind"] == "rule" and _without(found, "shown")


@_way
def _another_row(found: Derivation, rng: random.Random) -> bool:
    iri = str(eg(rng.choice(_ROWS)))
    another = bool(found["iri"] != iri)
    found["iri"] = iri
    return another


@_way
def _another_finding(found: Derivation, rng: random.Random) -> bool:
    del rng
    found["finding"] = str(eg("normal-ggt"))
    return found["kind"] in ("cause", "origin")


@_way
def _finding_that_is_not_shown(found: Derivation, rng: random.Random) -> bool:
    del rng
    return _without(found, "shown")


@_way
def _finding_that_says_otherwise(found: Derivation, rng: random.Random) -> bool:
    parts = _parts(found, "argued")
    if parts:
        fact = rng.choice(parts)["steps"][-1]["fact"]
        fact["predicate"] = str(EG.hasAdvice)
    return bool(parts)


@_way
def _question_left_out(found: Derivation, rng: random.Random) -> bool:
    del rng
    return _without(found, "asked")


@_way
def _listing_left_out(found: Derivation, rng: random.Random) -> bool:
    del rng
    return _without(found, "listed")


@_way
def _nothing_in_it(found: Derivation, rng: random.Random) -> bool:
    found[rng.choice(("proofs", "facts"))].clear()
    found["proofs"] = [{**each, "parts": []} for each in found["proofs"]]
    return True


# ── Exclusions ──────────────────────────────────────────────────────────────────────────────


@_way_of_exclusions
def _no_word_that_settles_it(found: Derivation, rng: random.Random) -> bool:
    """What settles it is left out, and what only argues against its tissue stays."""
    del rng
    settling, proof = _settling(found), found["proofs"][0]
    proof["parts"] = [each for each in proof["parts"] if each not in settling]
    return True


@_way_of_exclusions
def _a_statement_that_does_not_settle_it(found: Derivation, rng: random.Random) -> bool:
    """The cause is excluded by a finding, and a weaker statement is named for that."""
    settling = _settling(found)
    others = [each for each in found["proofs"][0]["statements"] if each != settling[0]["statement"]]
    settling[0]["statement"] = rng.choice([*others, ""])
    return True


@_way_of_exclusions
def _an_argument_for_an_exclusion(found: Derivation, rng: random.Random) -> bool:
    """What is said is that the finding argues against the cause."""
    del rng
    _settling(found)[0]["steps"][-1]["fact"]["predicate"] = str(EG.arguedAgainstBy)
    return True


@_way_of_exclusions
def _an_exclusion_of_its_tissue(found: Derivation, rng: random.Random) -> bool:
    """The finding is said to exclude the tissue, and not the cause."""
    del rng
    _settling(found)[0]["source"] = str(eg("hepatobiliary-origin"))
    return True


@_way_of_exclusions
def _an_exclusion_of_another_cause(found: Derivation, rng: random.Random) -> bool:
    rows = [each for each in map(str, map(eg, _ROWS)) if each != found["iri"]]
    found["iri"] = rng.choice(rows)
    return True


@_way_of_exclusions
def _the_finding_that_excludes_is_not_shown(found: Derivation, rng: random.Random) -> bool:
    del rng
    return _without(found, "shown")


@_way_of_exclusions
def _a_milder_verdict(found: Derivation, rng: random.Random) -> bool:
    """A cause that is excluded is no candidate, and waits for nothing."""
    found["verdict"] = rng.choice(("candidate", "undetermined"))
    return True


def _settling(found: Derivation) -> list[Derivation]:
    """The parts by which the cause itself is excluded."""
    argued = (each for each in _parts(found, "argued") if each["source"] == found["iri"])
    return [e for e in argued if e["steps"][-1]["fact"]["predicate"] == str(EG.excludedBy)]
