"""The page of each kind of resource: what comes first, and under which heading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from kg.model.rdf import Triple
from kg.model.statements import short_id
from kg.model.vocabulary import (
    IRI,
    OWL_ANNOTATED_PROPERTY,
    OWL_ANNOTATED_SOURCE,
    OWL_ANNOTATED_TARGET,
    PREFIXES,
    PROV_WAS_INVALIDATED_BY,
    RDF_TYPE,
    RDFS_LABEL,
    RDFS_SUBCLASS_OF,
    BlankNode,
    Literal,
    Term,
    eg,
    expand,
)
from kg.pages.values import Link, Page, Row, Section
from kg.serve.linked.links import (
    link_to,
    property_name,
    reverse_rows_of,
    rows_of,
    sort_links,
)
from kg.serve.linked.view import MOST_INCOMING, View, incoming


def _every(prefix: str, names: str) -> tuple[IRI, ...]:
    return tuple(expand(f"{prefix}:{name}") for name in names.split())


_DEFINITION: Final = expand("skos:definition")
_DEPRECATED: Final = expand("owl:deprecated")
_REPLACED_BY: Final = expand("obo:IAO_0100001")
_TITLE: Final = expand("dcterms:title")
_PARENTS: Final = (RDFS_SUBCLASS_OF, expand("rdfs:subPropertyOf"))
_MATCHES: Final = (
    *_every("skos", "exactMatch closeMatch narrowMatch broadMatch relatedMatch"),
    *_every("eg", "recordedAs askedBy deniedBy noMatch"),
)
_NAMES: Final = (RDFS_LABEL, expand("skos:altLabel"), eg("abbreviation"), expand("skos:note"))
_ABOUT: Final = _every("eg", "subject object")
_PLACE: Final = _every("eg", "sectionPath sectionTitle item line charStart charEnd sentenceDigest")
_SAYS: Final = _every("eg", "subject predicate object context population polarity modality")
_MADE: Final = (
    RDF_TYPE,
    expand("rdfs:isDefinedBy"),
    eg("evidenceType"),
    *_every("biolink", "knowledge_level agent_type"),
)
_RESTS: Final = _every(
    "eg", "evidence corroboration ruleStatement weakestStatement usesStatement thresholdFrom"
)
_RESOLUTION: Final = _every(
    "eg", "inferredReference rejectedReference inferenceMethod confidence note"
)
_HIDDEN: Final = frozenset({_DEFINITION, expand("obo:IAO_0000115"), RDFS_LABEL, _DEPRECATED})
_EXECUTABLE: Final = expand("sh:SPARQLExecutable")
_SILENT: Final = frozenset(
    {expand("owl:NamedIndividual"), _EXECUTABLE, expand("sh:SPARQLSelectExecutable")}
)


def page_of(view: View, iri: IRI) -> Page:
    """The page of a resource."""
    types = {term for term in view.values(iri, RDF_TYPE) if isinstance(term, IRI)}
    build = _generic
    if iri.startswith((PREFIXES["st"], PREFIXES["bg"])):
        build = _statement
    elif iri.startswith(PREFIXES["doc"]):
        build = _document
    elif _EXECUTABLE in types:
        build = _query
    elif iri.startswith(PREFIXES["eg"]):
        build = _term
    page = build(view, iri, _Remaining(view, iri))
    return replace(
        page,
        iri=view.published(iri),
        kind=page.kind or _kind_name(view, types),
        notices=(*_withdrawal(view, iri), *_deprecation(view, iri)),
        replacements=tuple(link_to(view, each) for each in view.values(iri, _REPLACED_BY)),
    ).without_empty()


class _Remaining:
    """What is said of a resource and not yet on its page."""

    def __init__(self, view: View, iri: IRI) -> None:
        self._view = view
        self._out = [each for each in view.about(iri) if each.predicate not in _HIDDEN]
        self._out = [each for each in self._out if each.object not in _SILENT]
        self._in = incoming(view, iri)

    def rows(self, predicates: Sequence[IRI]) -> tuple[Row, ...]:
        """The rows of some properties, in their order."""
        taken = _pick(self._out, predicates)
        self._out = [each for each in self._out if each.predicate not in predicates]
        return rows_of(self._view, taken)

    def pointing(self, predicates: Sequence[IRI]) -> list[Triple]:
        """What points here by some properties."""
        taken = [each for each in self._in if each.predicate in predicates]
        self._in = [each for each in self._in if each.predicate not in predicates]
        return taken

    def others(self, besides: Sequence[IRI] = ()) -> tuple[Row, ...]:
        """The rows of whatever no other part of the page has shown."""
        return self.rows(
            list(dict.fromkeys(e.predicate for e in self._out if e.predicate not in besides))
        )

    def rest(self) -> tuple[Section, ...]:
        """Whatever no other part of the page has shown, and what points here."""
        more = len(self._in) >= MOST_INCOMING
        title = f"What points here (the first {MOST_INCOMING})" if more else "What points here"
        return (
            Section("Further properties", rows=self.others()),
            Section(title, rows=reverse_rows_of(self._view, self._in)),
        )


def _pick(triples: Iterable[Triple], predicates: Sequence[IRI]) -> list[Triple]:
    """The triples of some properties, in the order of these."""
    taken = [each for each in triples if each.predicate in predicates]
    return sorted(taken, key=lambda each: predicates.index(each.predicate))


def _generic(view: View, iri: IRI, remaining: _Remaining) -> Page:
    return Page(view.name(iri), lead=view.text(iri, _DEFINITION), sections=remaining.rest())


def _term(view: View, iri: IRI, remaining: _Remaining) -> Page:
    parents = remaining.rows(_PARENTS)
    codes = tuple(_code(view, row) for row in remaining.rows(_MATCHES))
    children = remaining.pointing(_PARENTS)
    return Page(
        view.name(iri),
        lead=view.text(iri, _DEFINITION),
        sections=(
            Section("Names and notes", rows=remaining.rows(_NAMES)),
            Section("Kinds", rows=(*parents, *reverse_rows_of(view, children))),
            Section("Statements about it", items=_named(view, remaining.pointing(_ABOUT))),
            Section("Codes of other terminologies", rows=codes),
            *remaining.rest(),
        ),
    )


def _statement(view: View, iri: IRI, remaining: _Remaining) -> Page:
    name = short_id(iri)
    place = tuple(
        row for each in view.values(iri, eg("region")) for row in _place(view, _node(each))
    )
    documents = remaining.rows([eg("inDocument"), eg("region")])
    cited = tuple(_citation(view, _node(each)) for each in view.values(iri, eg("cites")))
    remaining.rows([eg("cites")])
    resting = {each.subject for each in view.pointing(iri) if each.predicate in _RESTS}
    recorded = {each for each in resting if isinstance(each, IRI)}
    rests = sort_links(_rests(view, each) for each in recorded or resting)
    remaining.pointing(_RESTS)
    return Page(
        name,
        lead=view.name(iri).removeprefix(f"{name} "),
        sections=(
            Section("What it says", rows=(*remaining.rows(_SAYS), *remaining.others(_MADE))),
            Section("Where it stands", rows=(*documents, *place)),
            Section("What it cites", rows=cited),
            Section("What rests on it", items=rests),
            Section("How it was made", rows=remaining.others()),
            *remaining.rest(),
        ),
    )


def _document(view: View, iri: IRI, remaining: _Remaining) -> Page:
    parts = remaining.pointing([eg("inDocument")])
    remaining.rows([_TITLE])
    return Page(
        view.name(iri),
        lead=view.text(iri, _TITLE),
        sections=(
            Section("About it", rows=remaining.others()),
            Section("Statements", items=_named(view, _in(parts, "st"))),
            Section("Numbers it cites", items=_named(view, _in(parts, "cite"))),
            Section("References it prints", items=_named(view, _in(parts, "ref"))),
            Section("Places", items=_named(view, _in(parts, "reg")), is_folded=True),
            *remaining.rest(),
        ),
    )


def _query(view: View, iri: IRI, remaining: _Remaining) -> Page:
    text = view.text(iri, expand("sh:select"))
    remaining.rows([expand("sh:select"), expand("rdfs:comment")])
    return Page(
        view.name(iri),
        kind="query",
        lead=view.text(iri, expand("rdfs:comment")),
        sections=(
            Section("Run it", items=_runs(iri, text)),
            Section("Query", text=text),
            *remaining.rest(),
        ),
    )


# ── Parts of pages ──────────────────────────────────────────────────────────────────────────


def _code(view: View, row: Row) -> Row:
    """The codes of a row with what they are called beside them."""
    return replace(row, values=tuple(_coded(view, each) for each in row.values))


def _coded(view: View, code: Link) -> Link:
    notation = view.text(IRI(code.address or ""), expand("skos:notation"))
    return replace(code, text=code.address or code.text, note=notation and code.text)


def _runs(iri: IRI, text: str) -> tuple[Link, ...]:
    """Links to the result of a query, and to where it takes parameters."""
    by_format = (
        Link(name, path=f"sparql?{urlencode({'query': text, 'format': form})}")
        for name, form in (("result as JSON", "json"), ("result as CSV", "csv"))
    )
    name = iri.rpartition("/")[2]
    return (*by_format, Link("with parameters", path=f"api/{name}", note="API"))


def _place(view: View, region: IRI | BlankNode) -> tuple[Row, ...]:
    return rows_of(view, _pick(view.about(region), _PLACE))


def _citation(view: View, pointer: IRI | BlankNode) -> Row:
    """The number that is cited, with what is known of the work behind it."""
    resolution = [link_to(view, each) for each in view.values(pointer, eg("resolution"))]
    known = (
        replace(_titled(view, each.object), note=property_name(view, each.predicate))
        for each in _pick(view.about(pointer), _RESOLUTION)
    )
    return Row(link_to(view, pointer), (*resolution, *known))


def _titled(view: View, term: Term) -> Link:
    """A value with its title, for what has one besides its name."""
    value = link_to(view, term)
    title = "" if isinstance(term, Literal) else view.text(term, _TITLE)
    return replace(value, text=f"{value.text}: {title}") if title else value


def _rests(view: View, node: IRI | BlankNode) -> Link:
    if isinstance(node, BlankNode):
        return replace(_axiom(view, node), note="axiom")
    return replace(link_to(view, node), note=_kind_of(view, node))


def _axiom(view: View, node: BlankNode) -> Link:
    """An annotated axiom in words; it leads to what the axiom is about."""
    parts = [
        link_to(view, part)
        for predicate in (OWL_ANNOTATED_SOURCE, OWL_ANNOTATED_PROPERTY, OWL_ANNOTATED_TARGET)
        for part in view.values(node, predicate)[:1]
    ]
    return Link(" → ".join(part.text for part in parts), path=parts[0].path if parts else None)


def _kind_of(view: View, node: IRI) -> str:
    kinds = [each for each in view.values(node, RDF_TYPE) if each not in _SILENT]
    return link_to(view, kinds[0]).text if kinds else ""


def _named(view: View, triples: Iterable[Triple]) -> tuple[Link, ...]:
    return sort_links(link_to(view, each.subject) for each in triples)


def _in(triples: Iterable[Triple], prefix: str) -> list[Triple]:
    return [each for each in triples if str(each.subject).startswith(PREFIXES[prefix])]


def _kind_name(view: View, types: set[IRI]) -> str:
    kinds = [each for each in sorted(types) if each not in _SILENT]
    return ", ".join(property_name(view, each) for each in kinds)


def _withdrawal(view: View, iri: IRI) -> tuple[str, ...]:
    notices = []
    for act in view.values(iri, PROV_WAS_INVALIDATED_BY):
        about = view.about(_node(act))
        reasons = (each.object for each in about if each.predicate not in (RDF_TYPE, RDFS_LABEL))
        why = "; ".join(link_to(view, each).text for each in reasons)
        notices.append(f"Withdrawn: it carries no conclusion any more. {why}".strip())
    return tuple(notices)


def _deprecation(view: View, iri: IRI) -> tuple[str, ...]:
    is_deprecated = view.text(iri, _DEPRECATED) in ("true", "1")
    return ("Deprecated: it is kept so that old data can be read.",) if is_deprecated else ()


def _node(term: Term) -> IRI | BlankNode:
    return IRI("") if isinstance(term, Literal) else term
