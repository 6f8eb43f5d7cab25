"""The words of the graph: terms as values, the one prefix map, and the IRIs that Python speaks."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from kg.model.errors import UnknownTermError

BASE: Final = "https://w3id.org/etiograph/"
"""The base of every IRI of this project. `KG_BASE` publishes under another (`rdf.rebase`)."""


class IRI(str):
    """An IRI; equal to its text, so it serves as a key and as JSON without more ado."""

    __slots__ = ()

    def n3(self) -> str:
        """The IRI as Turtle and SPARQL write it."""
        return f"<{self}>"


class BlankNode(NamedTuple):
    """A node without a name, valid within one result."""

    value: str

    def n3(self) -> str:
        """The node as Turtle writes it."""
        return f"_:{self.value}"


class Literal(NamedTuple):
    """A value with its datatype, and its language where it is text in one."""

    value: str
    datatype: IRI = IRI("http://www.w3.org/2001/XMLSchema#string")
    language: str | None = None

    def n3(self) -> str:
        """The literal as Turtle and SPARQL write it, with everything escaped that could end it."""
        quoted = f'"{_escape(self.value)}"'
        if self.language is not None:
            return f"{quoted}@{self.language}"
        return quoted if self.datatype == XSD_STRING else f"{quoted}^^{self.datatype.n3()}"


Term = IRI | Literal | BlankNode


def text_of(term: Term | None) -> str:
    """The text of a term as a reader sees it, without markup; empty where there is none."""
    if term is None:
        return ""
    return term if isinstance(term, IRI) else term.value


def short_text_of(term: Term | None) -> str:
    """The same with an IRI as `prefix:name` where a prefix fits."""
    return compact(term) if isinstance(term, IRI) else text_of(term)


def english(text: str) -> Literal:
    """A text in English."""
    return Literal(text, RDF_LANG_STRING, "en")


def number(text: str) -> Literal:
    """A number as Turtle and SPARQL read it where it stands bare: whole, or with a point."""
    return Literal(text, XSD_INTEGER if text.lstrip("+-").isdigit() else XSD_DECIMAL)


_ESCAPES = {
    ord("\\"): "\\\\",
    ord('"'): '\\"',
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
    ord("\b"): "\\b",
    ord("\f"): "\\f",
}


def _escape(text: str) -> str:
    # SPARQL 1.1 §19.2 lets a processor read \uXXXX before the grammar, and rdflib does so even in
    # an escaped "\\u0022"; with the letter itself written as an escape both readings agree.
    return _LOOKS_ESCAPED.sub(lambda match: f"\\\\U{ord(match[1]):08X}", text.translate(_ESCAPES))


_LOOKS_ESCAPED = re.compile(r"\\([uU])")


PREFIXES: Final[dict[str, str]] = {
    "eg": f"{BASE}id/",
    "st": f"{BASE}statement/",
    "bg": f"{BASE}background/",
    "doc": f"{BASE}document/",
    "reg": f"{BASE}region/",
    "cite": f"{BASE}citation/",
    "ref": f"{BASE}reference/",
    "ont": f"{BASE}ontology/",
    "graph": f"{BASE}graph/",
    "bibo": "http://purl.org/ontology/bibo/",
    "biolink": "https://w3id.org/biolink/vocab/",
    "biro": "http://purl.org/spar/biro/",
    "c4o": "http://purl.org/spar/c4o/",
    "cito": "http://purl.org/spar/cito/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "doco": "http://purl.org/spar/doco/",
    "fabio": "http://purl.org/spar/fabio/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oa": "http://www.w3.org/ns/oa#",
    "obo": "http://purl.obolibrary.org/obo/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "sssom": "https://w3id.org/sssom/",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Every prefix that a query, a CURIE on the command line or a result may use."""

_LONGEST_FIRST = sorted(PREFIXES.items(), key=lambda item: len(item[1]), reverse=True)
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[\w.-]*[\w-])?", re.ASCII)
"""The part of PN_LOCAL (Turtle §6.5) that needs no escape in any syntax."""


def move(text: str, base: str) -> str:
    """An IRI of this project as it is published under a base; any other text as it is."""
    return base + text[len(BASE) :] if text.startswith(BASE) else text


def move_back(iri: str, base: str) -> IRI:
    """An IRI that is published under a base as this project has it; any other as it is."""
    return IRI(BASE + iri[len(base) :]) if iri.startswith(base) else IRI(iri)


def compact(iri: str) -> str:
    """The IRI as `prefix:name` where a prefix fits, otherwise the IRI itself."""
    for prefix, namespace in _LONGEST_FIRST:
        if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def expand(name: str) -> IRI:
    """The IRI that `prefix:name`, `<iri>` or a full IRI stands for."""
    if name.startswith("<") and name.endswith(">"):
        return IRI(name[1:-1])
    prefix, colon, local = name.partition(":")
    if colon and prefix in PREFIXES:
        return IRI(PREFIXES[prefix] + local)
    if colon and local.startswith("//"):
        return IRI(name)
    raise UnknownTermError(
        f"{name!r} is neither an IRI nor a name with a known prefix; known: {', '.join(PREFIXES)}."
    )


def eg(name: str) -> IRI:
    """The IRI of a class, property or individual of this project."""
    return IRI(PREFIXES["eg"] + name)


class Namespace:
    """The terms of a vocabulary as attributes: `RDFS.label` is the IRI of `rdfs:label`.

    A name that is no identifier of Python is given to `expand` or `eg`.
    """

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def __getattr__(self, name: str) -> IRI:
        if name.startswith("_"):
            raise AttributeError(name)
        iri = IRI(self._namespace + name)
        setattr(self, name, iri)  # from now on it is found without a call
        return iri


DCTERMS: Final = Namespace(PREFIXES["dcterms"])
EG: Final = Namespace(PREFIXES["eg"])
OWL: Final = Namespace(PREFIXES["owl"])
PROV: Final = Namespace(PREFIXES["prov"])
RDF: Final = Namespace(PREFIXES["rdf"])
RDFS: Final = Namespace(PREFIXES["rdfs"])
SKOS: Final = Namespace(PREFIXES["skos"])
XSD: Final = Namespace(PREFIXES["xsd"])


XSD_STRING: Final = expand("xsd:string")
XSD_INTEGER: Final = expand("xsd:integer")
XSD_DECIMAL: Final = expand("xsd:decimal")

RDF_LANG_STRING: Final = expand("rdf:langString")

OWL_ANNOTATED_SOURCE: Final = expand("owl:annotatedSource")
OWL_ANNOTATED_PROPERTY: Final = expand("owl:annotatedProperty")
OWL_ANNOTATED_TARGET: Final = expand("owl:annotatedTarget")
OWL_ANNOTATED: Final = (OWL_ANNOTATED_SOURCE, OWL_ANNOTATED_PROPERTY, OWL_ANNOTATED_TARGET)
"""What an owl:Axiom says of the triple that it speaks of: subject, predicate and object."""

IAO_DEFINITION: Final = expand("obo:IAO_0000115")


ROOT_ONTOLOGY: Final = IRI(f"{BASE}ontology")
GRAPH_ONTOLOGY: Final = expand("graph:ontology")
GRAPH_INFERRED: Final = expand("graph:inferred")
GRAPH_MAPPINGS: Final = expand("graph:mappings")
GRAPH_WORDS: Final = expand("graph:words")
"""What is said once more in words that others know; answers and pages are made without it."""

NONE: Final = expand("eg:none")
"""The value that stands for an empty list in a query: nothing in the graph is equal to it."""
