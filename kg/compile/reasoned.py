"""What follows from the sources, worked out anew only where what it follows from has changed.

A statement carries axioms, and says much beside them: its words, its place, its figures. Reasoning
is given the axioms and what is said of the statements that they name, and no other line; its answer
is kept by these lines.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Raw, Struct

from kg.compile.conclusions import Conclusions, conclusion_quads, edges, read_strengths
from kg.compile.inputs import code_digest
from kg.compile.memo import remembered
from kg.compile.owl.axioms import Told
from kg.compile.retraction import LINKS, find_valid_statements, retract_axioms
from kg.model.errors import InconsistentError, UnsatisfiableError
from kg.model.json_values import decode_part, encode
from kg.model.rdf import Graph, Quad, Triple, labels_of, quad_lines, read_nquads
from kg.model.vocabulary import EG, OWL, PREFIXES, PROV, RDF, RDFS, expand
from kg.reasoning.asserted import AssertedRules
from kg.reasoning.rules import Rules, is_expression

if TYPE_CHECKING:
    from kg.compile.owl.hierarchy import Hierarchy
    from kg.compile.owl.oracle import Oracle

Progress = Callable[[str], None]
"""Is given what is being done, a line at a time."""
_KEPT: Final = 4
"""So many answers are kept: those of the last states of the sources."""


@dataclass
class Steps:
    """Says each step with the seconds it took."""

    progress: Progress
    started: float = field(default_factory=time.perf_counter)

    def done(self, text: str) -> None:
        """Report what was done since the step before."""
        now = time.perf_counter()
        self.progress(f"{text} ({now - self.started:.1f} s)")
        self.started = now


class _Answer(Struct, frozen=True):
    """What follows, as it is kept."""

    lines: str
    rules: Raw
    asserted: Raw
    edges: int
    standing: bool
    fallen: tuple[str, ...]


@dataclass(frozen=True)
class Reasoned:
    """The rules for cases, and those of one step each, as a model holds them."""

    rules_json: Raw
    asserted_json: Raw

    @cached_property
    def rules(self) -> Rules:
        """The rules for cases, read when they are asked for."""
        return decode_part(self.rules_json, Rules)

    @cached_property
    def asserted(self) -> AssertedRules:
        """The axioms as rules of one step each."""
        return decode_part(self.asserted_json, AssertedRules)


@dataclass(frozen=True)
class Followed(Reasoned):
    """What follows from some lines."""

    lines: bytes
    """The conclusions, as N-Quads."""
    edges: int
    standing: bool
    """Whether all lines stand that were given, or some fell with a statement."""
    fallen: tuple[str, ...]
    """The axioms that no statement carries any more."""


def follow(
    lines: Sequence[bytes], steps: Steps, *, without: frozenset[str], oracle: Oracle | None
) -> Followed:
    """What follows from the picked lines of a graph, without what `without` carries.

    An oracle, where there is one, has to agree with everything that is concluded.
    """
    logical = b"".join(_logical(lines))

    def answer() -> bytes:
        return msgspec.json.encode(_reason(tuple(read_nquads(logical)), steps, without, oracle))

    gone = "\n".join(sorted(without)).encode()
    question = b"\n\n".join((code_digest(), gone, logical))
    found = answer() if oracle is not None else remembered(question, answer, "kept/followed", _KEPT)
    told = msgspec.json.decode(found, type=_Answer)
    steps.done(f"{told.edges} edges follow")
    return Followed(
        told.rules,
        told.asserted,
        told.lines.encode(),
        told.edges,
        told.standing,
        told.fallen,
    )


# ── What reasoning looks at ─────────────────────────────────────────────────────────────────


def _bytes(*terms: str) -> frozenset[bytes]:
    return frozenset(f"<{each}>".encode() for each in terms)


_ARTICLES: Final = tuple(
    f"<{PREFIXES[name]}".encode() for name in ("st", "reg", "cite", "ref", "doc")
)
"""What is said of an article and of what stands in it begins like this."""
_LINKS: Final = _bytes(*LINKS)
_OWL: Final = f"<{PREFIXES['owl']}".encode()
_LOGIC: Final = (_OWL, *(f"<{PREFIXES[name]}".encode() for name in ("rdf", "xsd")))
_LABEL, _TYPE, _THING = (
    f"<{each}>".encode() for each in (RDFS.label, RDF.type, OWL.NamedIndividual)
)
_OF_STATEMENTS: Final = _bytes(RDF.type, RDFS.label, EG.modality, PROV.wasInvalidatedBy)
_READ: Final = (
    _LINKS
    | _OF_STATEMENTS
    | _bytes(
        EG.strength,
        *(expand(f"rdfs:{name}") for name in ("subClassOf", "subPropertyOf", "domain", "range")),
    )
)


def pick_logical(lines: Iterable[bytes]) -> list[bytes]:
    """The lines that reasoning may look at, whatever the others say."""
    found = []
    for line in lines:
        name = line.split(b" ", 2)[1]
        if name in _READ or name.startswith(_LOGIC):
            found.append(line)
    return found


def _logical(lines: Sequence[bytes]) -> Iterator[bytes]:
    """The lines that reasoning is given of those that were picked, in their order."""
    parts = [line.split(b" ", 3)[:3] for line in lines]
    named = {value for _, name, value in parts if name in _LINKS}
    for line, (subject, name, value) in zip(lines, parts, strict=True):
        of_article = name in _OF_STATEMENTS and subject.startswith(_ARTICLES)
        if not of_article or _matters(name, value, is_named=subject in named):
            yield line


def _matters(name: bytes, value: bytes, *, is_named: bool) -> bool:
    """Whether the kind, name or modality of a statement matters, which an axiom names or not."""
    is_construct = name == _TYPE and value.startswith(_OWL) and value != _THING
    return is_construct or (is_named and name != _LABEL)


# ── Reasoning ───────────────────────────────────────────────────────────────────────────────


def _reason(
    quads: tuple[Quad, ...], steps: Steps, without: frozenset[str], oracle: Oracle | None
) -> _Answer:
    standing, fallen = retract_axioms(quads, find_valid_statements(quads) - without)
    conclusions, rules, asserted = _conclude(standing, steps, oracle)
    return _Answer(
        b"".join(quad_lines(conclusion_quads(conclusions))).decode(),
        Raw(encode(rules)),
        Raw(encode(asserted)),
        len(conclusions.justifications),
        len(standing) == len(quads),
        fallen,
    )


def _conclude(
    quads: tuple[Quad, ...], steps: Steps, oracle: Oracle | None
) -> tuple[Conclusions, Rules, AssertedRules]:
    """Classify, compile the rules for cases and those of one step, and justify what follows."""
    from kg.compile.owl.fragment import name_expressions
    from kg.compile.owl.justifications import justify
    from kg.compile.owl.reading import read_axioms, read_declarations
    from kg.compile.owl.rules import compile_asserted, compile_rules

    graph = Graph(dict.fromkeys(Triple(*quad[:3]) for quad in quads))
    axioms, declarations = read_axioms(graph), read_declarations(graph)
    labels, names = labels_of(quads), name_expressions(axioms)
    asserted = compile_asserted(axioms, names)
    told = Told(axioms, declarations, asserted, names)
    hierarchy = _classify(told, labels)
    steps.done(f"classified {len(hierarchy.supers)} classes")
    rules = compile_rules(axioms, hierarchy, names)
    steps.done(f"compiled rules for cases from {len(axioms)} axioms")
    justified = justify(asserted, edges(names, hierarchy))
    ways = sum(map(len, justified.values()))
    steps.done(f"justified {len(justified)} derived edges, {ways} ways")
    if oracle is not None:
        oracle.agrees(told, hierarchy, justified)
        steps.done("HermiT agrees with each of them")
    strengths = read_strengths(quads)
    return Conclusions(axioms, names, hierarchy, justified, labels, strengths), rules, asserted


def _classify(told: Told, labels: dict[str, str]) -> Hierarchy:
    """The hierarchy, or an error that names the classes and the axioms that are at odds."""
    from kg.compile.owl.classification import classify_classes
    from kg.compile.owl.justifications import explain_clash

    try:
        hierarchy = classify_classes(told)
    except InconsistentError as error:
        raise InconsistentError(f"{error} {explain_clash(told.axioms, labels)}") from None
    impossible = sorted(each for each in hierarchy.unsatisfiable if not is_expression(each))
    if impossible:
        names = ", ".join(f"{labels.get(each, each)} <{each}>" for each in impossible)
        at_odds = explain_clash(told.axioms, labels, impossible[0])
        raise UnsatisfiableError(f"nothing can be: {names}. {at_odds}")
    return hierarchy
