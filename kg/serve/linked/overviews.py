"""The pages that lead to others: all the data, the namespaces, the graphs, the ontology files."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Final

from kg.model.vocabulary import BASE, DCTERMS, IRI, OWL, PREFIXES, RDF, ROOT_ONTOLOGY, eg, expand
from kg.pages.values import Link, Page, Row, Section, path_of
from kg.serve.linked.frames import DUMPS, Reached
from kg.serve.linked.links import link_to, rows_of, sort_links
from kg.serve.linked.resolver import SPACES
from kg.serve.linked.view import View

_NAMED: Final = {
    PREFIXES["eg"]: "Terms",
    PREFIXES["st"]: "Statements",
    PREFIXES["bg"]: "Background statements",
    PREFIXES["doc"]: "Documents",
    PREFIXES["reg"]: "Places in documents",
    PREFIXES["cite"]: "Cited numbers",
    PREFIXES["ref"]: "References",
    PREFIXES["graph"]: "Named graphs",
    f"{BASE}query/": "Queries",
    f"{BASE}axiom/": "Axioms",
    f"{BASE}edge/": "Derived edges",
}
_SILENT: Final = frozenset({OWL.NamedIndividual, expand("sh:SPARQLExecutable")})
_TREE: Final = Link("Terms as a tree", path="ontology/tree")
_READ: Final = (
    Link("Sources and their standing", path="sources"),
    _TREE,
    Link("Rules in words", path="rules"),
    Link("Search", path="search", note="names, codes, statements, rules"),
)
_WAYS: Final = (
    Link("SPARQL endpoint", path="sparql", note="with a service description"),
    Link("Queries to start from", path="query/"),
    Link("The same as an API", path="api", note="described in OpenAPI"),
    Link("Description of the dataset", path=".well-known/void", note="VoID and DCAT"),
    Link("Ontology", path="ontology", note="open this address in Protégé"),
)
_DUMPS: Final = tuple(
    Link(name, path=f"dumps/{name}", note=note)
    for name, note in (
        ("etiograph.owl", "the ontology as one file"),
        ("etiograph.trig", "all graphs, TriG"),
        ("etiograph.nq", "all graphs, N-Quads"),
        ("etiograph-reified.nt", "each statement as the reifier of its triple, RDF 1.2"),
        ("SHA256SUMS", ""),
    )
)
_NOTED_OF_DOCUMENTS: Final = tuple(map(eg, ("publisherName", "lastUpdated", "reviewStatus")))


def space_page(view: View, iri: IRI) -> Page:
    """What is in a namespace, by kind."""
    if iri == PREFIXES["graph"]:
        return Page(_NAMED[iri], sections=(Section("", items=_links(view, view.graphs)),))
    kinds: dict[str, list[Link]] = {}
    for member in members(view, iri):
        types = [each for each in view.values(member, RDF.type) if each not in _SILENT]
        kind = link_to(view, types[0]).text if types else "others"
        kinds.setdefault(kind, []).append(link_to(view, member))
    sections = tuple(Section(kind, items=sort_links(kinds[kind])) for kind in sorted(kinds))
    actions = (_TREE,) if iri == PREFIXES["eg"] else ()
    return Page(_NAMED[iri], iri=view.published(iri), actions=actions, sections=sections)


def members(view: View, space: IRI) -> list[IRI]:
    """The terms of a namespace that something is said of."""
    return [each for each in view.own if each.startswith(space)]


def graph_page(view: View, iri: IRI) -> Page:
    """How large a named graph is; its triples are in the other forms."""
    size = Row(Link("triples"), (Link(f"{len(view.content(iri)):,}"),))
    about = view.about(iri)
    return Page(
        f"graph {iri.removeprefix(BASE)}",
        kind="named graph",
        iri=view.published(iri),
        sections=(Section("Size", rows=(size,)), Section("Properties", rows=rows_of(view, about))),
    ).without_empty()


def ontology_page(view: View, iri: IRI) -> Page:
    """A file of the ontology: its header and what it declares."""
    document = view.documents[iri]
    triples = view.module(document)
    header = [each for each in triples if each.subject == document]
    imports = [each for each in header if each.predicate == OWL.imports]
    declared = {
        each.subject
        for each in triples
        if each.predicate == RDF.type and str(each.subject).startswith(BASE)
    } - {document}
    title = next((each.object for each in header if each.predicate == DCTERMS.title), iri)
    return Page(
        link_to(view, title).text,
        kind="ontology",
        iri=view.published(iri),
        actions=(_TREE,),
        sections=(
            Section("About", rows=rows_of(view, (each for each in header if each not in imports))),
            Section("Imports", items=tuple(link_to(view, each.object) for each in imports)),
            Section("Declares", items=_links(view, [e for e in declared if isinstance(e, IRI)])),
        ),
    ).without_empty()


def data_page(view: View, reached: Reached) -> Page:
    """What this is, what is in it, and how to take it."""
    documents = members(view, PREFIXES["doc"])  # type: ignore[arg-type] # a prefix is an IRI
    sections = (
        Section("Browse", items=_spaces(view)),
        Section("Read", items=(*(_document(view, each) for each in documents), *_READ)),
        Section("Ask", items=_WAYS),
        Section("Take it with you", items=_DUMPS),
        Section("About", rows=_about(view, reached)),
    )
    title = view.text(ROOT_ONTOLOGY, DCTERMS.title) or "Etiograph"
    lead = view.text(ROOT_ONTOLOGY, DCTERMS.description)
    page = Page(title, lead=lead, sections=sections, data=_schema(view, reached))
    return page.without_empty()


def _spaces(view: View) -> tuple[Link, ...]:
    counts = Counter(_space(each) for each in view.own)
    counts[PREFIXES["graph"]] = len(view.graphs)
    return tuple(
        Link(_NAMED[space], path=path_of(space), note=f"{counts[space]:,}")
        for space in SPACES
        if counts[space]
    )


def _space(iri: str) -> str:
    return iri[: iri.find("/", len(BASE)) + 1]


def _document(view: View, iri: IRI) -> Link:
    values = (each for name in _NOTED_OF_DOCUMENTS for each in view.values(iri, name)[:1])
    note = "; ".join(link_to(view, each).text for each in values)
    return replace(link_to(view, iri), note=note)


def _about(view: View, reached: Reached) -> tuple[Row, ...]:
    wanted = [expand(f"dcterms:{name}") for name in ("creator", "license", "issued", "modified")]
    wanted.append(OWL.versionInfo)
    about = [each for each in view.about(ROOT_ONTOLOGY) if each.predicate in wanted]
    return (*rows_of(view, about), Row(Link("graph version"), (Link(reached.version),)))


def _schema(view: View, reached: Reached) -> dict[str, object]:
    """The dataset for search engines, as https://schema.org/Dataset has it."""

    def text(name: str) -> str:
        return view.text(ROOT_ONTOLOGY, expand(name))

    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": view.base,
        "url": f"{reached.url}/",
        "name": text("dcterms:title"),
        "description": text("dcterms:description"),
        "version": text("owl:versionInfo"),
        "license": text("dcterms:license"),
        "datePublished": text("dcterms:issued"),
        "creator": {"@type": "Organization", "name": text("dcterms:creator")},
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": media_type,
                "contentUrl": f"{reached.url}/dumps/{name}",
            }
            for name, media_type in DUMPS.items()
        ],
    }


def _links(view: View, iris: list[IRI] | tuple[IRI, ...]) -> tuple[Link, ...]:
    return sort_links(link_to(view, each) for each in iris)
