"""Grows an ontology folder: more articles and more terms, in the grammar of those that are there.

    python benchmarks/grow.py TARGET --articles 71 --topics 16

`--articles N` makes N copies of every document with its statements, `--topics M` makes M copies of
all clinical terms with their axioms. Copy k of a document speaks of the terms of topic k mod M, and
an axiom of a topic is carried by the statements of every document about it. Copy 0 is what is
there. A copy has names, places and digests of its own, so whatever the checks ask of an article
they ask of it too. Codes of terminologies are not copied: a code leads to one term.
"""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from kg.model import resources
from kg.model.rdf import (
    CATALOGUE_NAME,
    Node,
    Triple,
    read_catalogue,
    read_turtle,
)
from kg.model.vocabulary import (
    BASE,
    DCTERMS,
    EG,
    IRI,
    OWL,
    PREFIXES,
    RDF,
    ROOT_ONTOLOGY,
    BlankNode,
    Literal,
    expand,
)

SHARED: Final = frozenset(
    {"", "core", "evidence", "codes", "language", "names", "reviews", "statements/background"}
)
"""The modules that stay one: what every article is written with."""
ARTICLE: Final = ("documents", "statements")
"""The folders with a module for each article."""
NAMING: Final = frozenset(
    expand(name)
    for name in (
        "rdfs:label", "skos:altLabel", "skos:definition", "eg:abbreviation", "eg:form",
        "eg:askedAs", "eg:narrowerName", "eg:shortTitle",
    )
)  # fmt: skip
"""The properties that call something by a name, of which no two things may have the same."""
LONGEST_LABEL: Final = 100
SMALL: Final = frozenset(["a", "an", "the", "of", "in", "with", "for", "on", "to", "and", "is"])
CARRYING: Final = (EG.evidence, EG.corroboration, EG.counterEvidence)
PROPERTIES: Final = frozenset(
    expand(f"owl:{kind}") for kind in ("AnnotationProperty", "ObjectProperty", "DatatypeProperty")
)
_OWN: Final = re.compile(
    rf"{BASE}(statement|region|citation|reference|document)/([A-Z])(?=[-\d]|$)(.*)"
)
_MODULE: Final = re.compile(rf"{BASE}ontology/(documents|statements)/([A-Z])(?=/|$)(.*)")
_DIGEST: Final = re.compile(r"ni:///sha-256;([A-Za-z0-9_-]{43})")
_ID: Final = re.compile(r"\b([A-Z])(\d{3})\b")


@dataclass(frozen=True)
class Renaming:
    """What things are called in one copy of an article, or in one copy of the terms."""

    names: Collection[str]
    """The clinical terms."""
    topic: int
    article: int

    def triple(self, each: Triple) -> Triple:
        """The triple of the copy."""
        return Triple(
            self.node(each.subject), each.predicate, self._value(each.predicate, each.object)
        )

    def node(self, node: Node) -> Node:
        """What stands for a node in the copy."""
        if isinstance(node, BlankNode):
            return BlankNode(f"{node.value}t{self.topic}a{self.article}")
        return self.iri(node)

    def iri(self, iri: IRI) -> IRI:
        """The name that the copy has for something."""
        if iri in self.names:
            mark = f"X{self.topic}" if iri[len(PREFIXES["eg"])].isupper() else f"-x{self.topic}"
            return IRI(iri + mark) if self.topic else iri
        if not self.article:
            return iri
        for pattern, folder in ((_OWN, BASE), (_MODULE, f"{BASE}ontology/")):
            if found := pattern.fullmatch(iri):
                kind, document, rest = found.groups()
                parted = "-" if kind == "statement" else ""
                return IRI(f"{folder}{kind}/{document}{self.article}{parted}{rest}")
        return IRI(_DIGEST.sub(self._digest, iri))

    def _value(self, predicate: IRI, value: Node | Literal) -> Node | Literal:
        if not isinstance(value, Literal):
            return self.node(value)
        text = _ID.sub(rf"\g<1>{self.article}-\2", value.value) if self.article else value.value
        if predicate in NAMING and text != value.value:
            text = _shortened(text)
        elif predicate in NAMING and (self.topic or self.article):
            text += f" x{self.article}"
        return value._replace(value=text)

    def _digest(self, found: re.Match[str]) -> str:
        """Another digest, still of 43 characters."""
        return f"ni:///sha-256;{(format(self.article, '04x') + found[1])[:43]}"


@dataclass(frozen=True)
class Ontology:
    """The modules of an ontology folder, by the end of their IRI."""

    folder: Path
    modules: dict[str, tuple[Triple, ...]]

    @classmethod
    def read(cls, folder: Path) -> Ontology:
        """The modules that a catalogue names."""
        return cls(
            folder,
            {
                iri.removeprefix(ROOT_ONTOLOGY).strip("/"): _read(path, number)
                for number, (iri, path) in enumerate(read_catalogue(folder).items())
            },
        )

    @cached_property
    def clinical(self) -> dict[str, tuple[Triple, ...]]:
        """The modules with terms and axioms about markers, conditions and drugs."""
        return {
            name: triples
            for name, triples in self.modules.items()
            if name not in SHARED and name.partition("/")[0] not in ARTICLE
        }

    @cached_property
    def articles(self) -> dict[str, tuple[Triple, ...]]:
        """The modules with an article each."""
        return {
            name: triples
            for name, triples in self.modules.items()
            if name not in SHARED and name.partition("/")[0] in ARTICLE
        }

    @cached_property
    def names(self) -> frozenset[str]:
        """The clinical terms: classes and individuals that the clinical modules declare."""
        own = PREFIXES["eg"]
        return frozenset(
            str(each.subject)
            for triples in self.clinical.values()
            for each in triples
            if each.predicate == RDF.type
            and each.object not in PROPERTIES
            and str(each.subject).startswith(own)
        )

    def names_of(self, *, article: int, topic: int) -> Renaming:
        """What things are called in a copy of an article that speaks of a copy of the terms."""
        return Renaming(self.names if topic else frozenset(), topic, article)


def _shortened(label: str) -> str:
    """A label that is not too long, without some of its small words."""
    words = label.split(" ")
    for place in reversed(range(1, len(words))):
        if len(" ".join(words)) > LONGEST_LABEL and words[place] in SMALL:
            del words[place]
    return " ".join(words)


def grow(source: Path, target: Path, *, articles: int, topics: int) -> None:
    """Write a grown copy of an ontology folder."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.yaml"))
    ontology = Ontology.read(source)
    added: dict[str, str] = {}
    for topic in range(min(topics, articles)):
        speaking = range(topic, articles, topics)
        if topic:
            name = f"terms/x{topic}"
            added[name] = _write(target, name, _terms(ontology, topic, speaking))
        elif len(speaking) > 1:
            for name, triples in ontology.clinical.items():
                path = read_catalogue(source)[IRI(f"{ROOT_ONTOLOGY}/{name}")]
                _write_at(target / path.relative_to(source), _carried(triples, speaking))
    for article in range(1, articles):
        renaming = ontology.names_of(article=article, topic=article % topics)
        for name, triples in ontology.articles.items():
            copied = f"{name}{article}"
            added[copied] = _write(target, copied, map(renaming.triple, triples))
    _add_imports(ontology, target, added)


def _terms(ontology: Ontology, topic: int, speaking: Sequence[int]) -> Iterator[Triple]:
    """The terms of a topic with their axioms, in a module of its own."""
    own = IRI(f"{ROOT_ONTOLOGY}/terms/x{topic}")
    renaming = ontology.names_of(article=speaking[0], topic=topic)
    yield from _head(own, f"Etiograph terms, copy {topic}")
    declared: dict[Triple, None] = {}
    modules = {IRI(f"{ROOT_ONTOLOGY}/{name}") for name in ontology.clinical}
    for triples in ontology.clinical.values():
        for each in triples:
            if each.object == OWL.AnnotationProperty:
                declared[each] = None
            elif isinstance(each.subject, BlankNode) or {*each} & ontology.names:
                for carried in _carried([each], speaking):
                    kept = carried if carried.predicate in CARRYING else renaming.triple(each)
                    defined: Node | Literal = own if kept.object in modules else kept.object
                    yield Triple(renaming.node(each.subject), kept.predicate, defined)
    yield from declared


def _head(iri: IRI, title: str) -> Iterator[Triple]:
    says: dict[IRI, Node | Literal] = {
        RDF.type: OWL.Ontology,
        DCTERMS.title: Literal(title, RDF.langString, "en"),
        DCTERMS.description: Literal(f"{title}.", RDF.langString, "en"),
        DCTERMS.license: IRI("https://creativecommons.org/licenses/by/4.0/"),
        OWL.versionIRI: IRI(f"{iri}/0.3.0"),
        OWL.versionInfo: Literal("0.3.0"),
    }
    for predicate, value in says.items():
        yield Triple(iri, predicate, value)
    for name in ("title", "description", "license"):
        yield Triple(expand(f"dcterms:{name}"), RDF.type, OWL.AnnotationProperty)


def _carried(triples: Iterable[Triple], speaking: Sequence[int]) -> Iterator[Triple]:
    """The triples, with what carries an axiom once for each article that says so."""
    copies = [Renaming(frozenset(), 0, each) for each in speaking]
    for each in triples:
        if each.predicate in CARRYING and isinstance(each.object, IRI):
            objects = dict.fromkeys(copy.iri(each.object) for copy in copies)
            yield from (each._replace(object=found) for found in objects)
        elif each.predicate == EG.thresholdFrom and isinstance(each.object, IRI):
            yield each._replace(object=copies[0].iri(each.object))
        else:
            yield each


def _add_imports(ontology: Ontology, target: Path, added: dict[str, str]) -> None:
    """Name the new modules in the root and in the catalogue."""
    root = ontology.modules[""]
    imports = [Triple(ROOT_ONTOLOGY, OWL.imports, IRI(f"{ROOT_ONTOLOGY}/{name}")) for name in added]
    path = read_catalogue(ontology.folder)[ROOT_ONTOLOGY].relative_to(ontology.folder)
    _write_at(target / path, [*root, *imports])
    catalogue = target / CATALOGUE_NAME
    lines = "".join(
        f'    <uri name="{ROOT_ONTOLOGY}/{name}" uri="{file}"/>\n' for name, file in added.items()
    )
    text = catalogue.read_text("utf-8").replace("</catalog>", f"{lines}</catalog>")
    catalogue.write_text(text, "utf-8")


def _read(path: Path, number: int) -> tuple[Triple, ...]:
    """The triples of a file, its blank nodes called so that no other file has them."""
    names: dict[BlankNode, BlankNode] = {}

    def own(term: BlankNode) -> BlankNode:
        return names.setdefault(term, BlankNode(f"m{number}b{len(names)}"))

    return tuple(
        Triple(
            own(subject) if isinstance(subject, BlankNode) else subject,
            predicate,
            own(value) if isinstance(value, BlankNode) else value,
        )
        for subject, predicate, value in read_turtle(path.read_bytes(), path=path)
    )


def _write(target: Path, name: str, triples: Iterable[Triple]) -> str:
    """Write a module; gives the name of its file under the target."""
    file = f"{name}.ttl"
    _write_at(target / file, triples)
    return file


def _write_at(path: Path, triples: Iterable[Triple]) -> None:
    """Write triples a line each, those of a subject together: it is Turtle too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (f"{s.n3()} {p.n3()} {o.n3()} .\n" for s, p, o in triples)
    path.write_text("".join(lines), "utf-8")


def main() -> None:
    """Write the grown ontology."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("--source", type=Path, default=resources.ontology_dir())
    parser.add_argument("--articles", type=int, default=7, help="copies of the documents")
    parser.add_argument("--topics", type=int, default=4, help="copies of the clinical terms")
    given = parser.parse_args()
    grow(given.source, given.target, articles=given.articles, topics=given.topics)


if __name__ == "__main__":
    main()
