"""The axioms that the statements of all documents make, with their evidence.

A statement that makes an axiom is its evidence; one that agrees with it (`eg:agreesWith`) is
corroboration of every axiom that it makes; one that denies it is counter-evidence, never evidence.
The words for its places are made from the statements, so that they cannot say another place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from kg.articles.cases import MadeCase
from kg.articles.classes import Classes, name_of, role_of
from kg.articles.losses import Loss, losses
from kg.articles.messages import Messages
from kg.articles.patterns import Made, Patterns
from kg.model.rdf import (
    Graph,
    Triple,
)
from kg.model.report import Finding
from kg.model.statements import short_id
from kg.model.vocabulary import (
    EG,
    IRI,
    RDFS,
    Term,
    compact,
    eg,
    text_of,
)

_OF_CLASSES: Final = ("classLabel", "classDefinition")
_OF_ROLES: Final = ("roleLabel", "roleDefinition")


@dataclass(slots=True)
class Axiom:
    """One axiom, with the statements that speak for and against it."""

    source: IRI
    target: IRI
    evidence: list[IRI] = field(default_factory=list)
    corroboration: list[IRI] = field(default_factory=list)
    counter_evidence: list[IRI] = field(default_factory=list)


Key = tuple[IRI, IRI]


class Axioms:
    """The axioms of an ontology's statements, and what keeps some of them from being made."""

    def __init__(self, triples: Iterable[Triple], written: Mapping[IRI, str] | None = None) -> None:
        self._graph = Graph(triples)
        self._written = written or {}
        self._classes = Classes(self._graph)
        patterns = Patterns(self._graph)
        self._cases = patterns.cases
        nodes = (each for each in self._graph if isinstance(each, IRI))
        statements = (each for each in nodes if self._graph.objects(each, EG.inDocument))
        told = (each for each in statements if self._graph.objects(each, EG.predicate))
        self._statements = sorted(told)
        for name in self._of_cases():
            self._cases.declare(name)
        self._made = {each: patterns.made(each) for each in self._statements}
        self.new_classes: dict[IRI, tuple[IRI, IRI]] = {}
        """Classes that no file has, by the property and the value that define them."""
        self.new_roles: dict[IRI, tuple[IRI, IRI]] = {}
        """Classes of what sources list for a value, below those; by the same two."""
        self.findings: list[Finding] = []
        """What a statement says of axioms and cannot be."""
        self._axioms: dict[Key, Axiom] = {}
        self.messages = Messages(self._graph)
        for each in (*losses(self._graph, patterns, self._made), *self.messages.losses):
            self._find(each)
        self._collect()
        self.kinds = self._kinds()
        """The kinds of case that no file has, with what defines them."""

    def __iter__(self) -> Iterator[Axiom]:
        """Every axiom that at least one statement carries, in the order of its ends."""
        kept = (each for each in self._axioms.values() if each.evidence)
        return iter(sorted(kept, key=lambda each: (each.target, each.source)))

    def places(self, statements: Iterable[IRI]) -> str:
        """Where statements stand and what they cite, in words."""
        return "; ".join(map(self._place, statements))

    def label(self, term: Term) -> str:
        """The label of a term."""
        return self._graph.text(term, RDFS.label)

    def words(self, made: IRI) -> tuple[str, str]:
        """Label and definition of a class that is made, by the templates of its property."""
        is_role = made in self.new_roles
        property_, value = (self.new_roles if is_role else self.new_classes)[made]
        names = _OF_ROLES if is_role else _OF_CLASSES
        templates = (self._graph.text(property_, eg(name)) for name in names)
        label, definition = (each.replace("{value}", self.label(value)) for each in templates)
        return label, definition

    def _of_cases(self) -> Iterator[IRI]:
        """The kinds of case that statements name, as often as they do."""
        for statement in self._statements:
            for name in (EG.context, EG.populationClass, EG.shownFor):
                for each in self._graph.objects(statement, name):
                    if isinstance(each, IRI):
                        yield each

    def _kinds(self) -> dict[IRI, MadeCase]:
        """The kinds of case that no file has, and that statements name or axioms start from.

        A name that a file has with another meaning would join the two meanings in silence.
        """
        made = self._cases.made
        found = {each: made[each] for each in self._of_cases() if each in made}
        for axiom in self:
            name = axiom.source
            if name in made and name not in found:
                found[name] = made[name]
                if name in self._graph:
                    problem = f"{short_id(axiom.evidence[0])} is of {_said(found[name])}, and "
                    problem += f"{compact(name)}, as they would be called, is another class"
                    solution = "Give that class another name, or name it as `shown for`."
                    self._find(Loss("case-name-taken", axiom.evidence[0], problem, solution))
        return found

    def case_words(self, made: IRI, name: str) -> str:
        """What a class of cases that is made is called, by the template of a name.

        It is said in the words of what its cases are and have, by the property that they have it.
        """
        case = self.kinds.get(made)
        if case is None:
            own = (eg(name), *((EG.shownAs,) if name == "caseShownAs" else ()), RDFS.label)
            return next(filter(None, (self._graph.text(made, each) for each in own)), "")
        template = self._graph.text(case.property or EG.hasFinding, eg(name))
        words = {
            "{case}": self.case_words(case.context, "caseLabel"),
            "{shown}": self.case_words(case.context, "caseShownAs"),
            "{value}": self.label(case.subject),
        }
        for placeholder, told in words.items():
            template = template.replace(placeholder, told)
        return template

    def parent(self, property_: IRI) -> Term | None:
        """The class under which the classes of a property's values stand."""
        return self._graph.value(property_, EG.classParent)

    def scope(self, axiom: Axiom) -> list[IRI]:
        """The classes of cases that the text of an axiom is about, but for its own source."""
        found = {each for one in axiom.evidence for each in self._graph.objects(one, EG.context)}
        return [each for each in found if isinstance(each, IRI) and each != axiom.source]

    def _collect(self) -> None:
        for statement, made in self._made.items():
            for each in made:
                axiom = self._axiom(each)
                (axiom.counter_evidence if each.is_denied else axiom.evidence).append(statement)
        for statement in self._made:
            for other in self._graph.objects(statement, EG.agreesWith):
                self._agree(statement, other)

    def _axiom(self, made: Made) -> Axiom:
        target = self._classes.target(made.property, made.target)
        if target is None:
            target = self._new_class(made.property, made.target)
        key = (made.source, target)
        return self._axioms.setdefault(key, Axiom(*key))

    def _new_class(self, property_: IRI, value: IRI) -> IRI:
        """A class of what has a value, or below it of what sources list so, where that has words.

        The answers list what stands below a class that has the value, and not the class itself.
        """
        found = name_of(property_, value)
        self.new_classes[found] = (property_, value)
        if self._graph.value(property_, eg(_OF_ROLES[0])) is None:
            return found
        role = role_of(value)
        self.new_roles[role] = (property_, value)
        return role

    def _agree(self, statement: IRI, other: Term) -> None:
        """Name a statement as corroboration of what another one carries, or as denial of it."""
        made = self._made.get(other, ()) if isinstance(other, IRI) else ()
        carried = [self._axiom(each) for each in made if not each.is_denied]
        if not carried:
            told = f"{short_id(statement)} agrees with {short_id(text_of(other))}"
            solution = "Name a statement that makes one, or say why it says nothing for answers."
            problem = f"{told}, which makes no axiom"
            self._find(Loss("agrees-with-nothing", statement, problem, solution))
        denied = {(e.property, e.target) for e in self._made[statement] if e.is_denied}
        denies = not denied.isdisjoint((each.property, each.target) for each in made)
        for axiom in carried:
            if statement not in (*axiom.evidence, *axiom.corroboration, *axiom.counter_evidence):
                (axiom.counter_evidence if denies else axiom.corroboration).append(statement)

    def _find(self, loss: Loss) -> None:
        """Keep what is wrong in a statement or a pattern, with the place where it was written."""
        place = self._written.get(loss.about, "")
        message = f"{loss.problem}. {loss.solution}"
        found = Finding(loss.rule, "error", compact(loss.about), message, place, loss.solution)
        self.findings.append(found)

    def _place(self, statement: IRI) -> str:
        region = self._graph.value(statement, EG.region) or statement
        document = self._graph.value(statement, EG.inDocument) or statement
        section, item, line = (
            self._graph.text(region, eg(name)) for name in ("sectionPath", "item", "line")
        )
        numbers = (
            self._graph.text(each, EG.number) for each in self._graph.objects(statement, EG.cites)
        )
        cited = " ".join(f"[{each}]" for each in numbers if each) or "nothing"
        name, short = short_id(statement), short_id(text_of(document))
        return (
            f"{name}: document {short}, section {section}, item {item}, line {line}, cites {cited}"
        )


def _said(case: MadeCase) -> str:
    return f"{compact(case.context)} with {compact(case.subject)}"
