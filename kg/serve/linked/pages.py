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
from kg.serve.linked.describing import MOST_INCOMING, incoming
from kg.serve.linked.page import (
    Page,
    Row,
    Section,
    Shown,
    axiom,
    in_order,
    property_name,
    reversed_rows,
    rows,
    shown,
)
from kg.serve.linked.view import View

_DEFINITION: Final = expand("skos:definition")
_DEPRECATED: Final = expand("owl:deprecated")
_REPLACED_BY: Final = expand("obo:IAO_0100001")
_MATCHES: Final = tuple(
    expand(f"skos:{name}Match") for name in ("exact", "close", "narrow", "broad", "related")
)
_NAMES: Final = (RDFS_LABEL, expand("skos:altLabel"), eg("abbreviation"), expand("skos:note"))
_SAID: Final = (eg("subject"), eg("object"))
_PLACE: Final = tuple(
    eg(name)
    for name in (
        "sectionPath", "sectionTitle", "item", "line", "charStart", "charEnd", "sentenceDigest",
    )
)  # fmt: skip
_SAYS: Final = tuple(
    map(eg, ("subject", "predicate", "object", "context", "population", "polarity", "modality"))
)
_MADE: Final = (
    RDF_TYPE,
    expand("rdfs:isDefinedBy"),
    eg("evidenceType"),
    expand("biolink:knowledge_level"),
    expand("biolink:agent_type"),
)
_RESTS: Final = tuple(
    eg(name)
    for name in (
        "evidence", "corroboration", "ruleStatement", "weakestStatement", "usesStatement",
        "thresholdFrom",
    )
)  # fmt: skip
_STANDING: Final = tuple(
    map(eg, ("inferredReference", "rejectedReference", "inferenceMethod", "confidence", "note"))
)
_HIDDEN: Final = frozenset({_DEFINITION, expand("obo:IAO_0000115"), RDFS_LABEL, _DEPRECATED})
_SILENT: Final = frozenset(
    map(expand, ("owl:NamedIndividual", "sh:SPARQLExecutable", "sh:SPARQLSelectExecutable"))
)


def page_of(view: View, iri: IRI) -> Page:
    """The page of a resource."""
    types = {term for term in view.values(iri, RDF_TYPE) if isinstance(term, IRI)}
    build = _generic
    if iri.startswith((PREFIXES["st"], PREFIXES["bg"])):
        build = _statement
    elif iri.startswith(PREFIXES["doc"]):
        build = _document
    elif expand("sh:SPARQLExecutable") in types:
        build = _query
    elif iri.startswith(PREFIXES["eg"]):
        build = _term
    page = build(view, iri, _Said(view, iri))
    return replace(
        page,
        iri=view.published(iri),
        kind=page.kind or _kind_name(view, types),
        notices=(*_withdrawal(view, iri), *_deprecation(view, iri)),
        replacements=tuple(shown(view, each) for each in view.values(iri, _REPLACED_BY)),
    ).without_empty()


class _Said:
    """What is said of a resource and not yet on its page."""

    def __init__(self, view: View, iri: IRI) -> None:
        self._view = view
        self._out = [each for each in view.about(iri) if each.predicate not in _HIDDEN]
        self._out = [each for each in self._out if each.object not in _SILENT]
        self._in = incoming(view, iri)

    def rows(self, predicates: Sequence[IRI]) -> tuple[Row, ...]:
        """The rows of some properties, in their order."""
        taken = self._taken(predicates)
        return rows(self._view, sorted(taken, key=lambda each: predicates.index(each.predicate)))

    def values(self, predicate: IRI) -> tuple[Shown, ...]:
        """The values of one property, in order."""
        return in_order(shown(self._view, each.object) for each in self._taken([predicate]))

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
            Section(title, rows=reversed_rows(self._view, self._in)),
        )

    def _taken(self, predicates: Sequence[IRI]) -> list[Triple]:
        taken = [each for each in self._out if each.predicate in predicates]
        self._out = [each for each in self._out if each.predicate not in predicates]
        return taken


def _generic(view: View, iri: IRI, said: _Said) -> Page:
    return Page(view.name(iri), lead=_plain(view.value(iri, _DEFINITION)), sections=said.rest())


def _term(view: View, iri: IRI, said: _Said) -> Page:
    parents = said.rows([RDFS_SUBCLASS_OF, expand("rdfs:subPropertyOf")])
    codes = tuple(_code(view, row) for row in said.rows(_MATCHES))
    children = said.pointing([RDFS_SUBCLASS_OF, expand("rdfs:subPropertyOf")])
    return Page(
        view.name(iri),
        lead=_plain(view.value(iri, _DEFINITION)),
        sections=(
            Section("Names and notes", rows=said.rows(_NAMES)),
            Section("Kinds", rows=(*parents, *reversed_rows(view, children))),
            Section("Statements about it", items=_named(view, said.pointing(_SAID))),
            Section("Codes of other terminologies", rows=codes),
            *said.rest(),
        ),
    )


def _statement(view: View, iri: IRI, said: _Said) -> Page:
    name = short_id(iri)
    place = tuple(
        row for each in view.values(iri, eg("region")) for row in _place(view, _node(each))
    )
    documents = said.rows([eg("inDocument"), eg("region")])
    cited = tuple(_citation(view, _node(each)) for each in view.values(iri, eg("cites")))
    said.rows([eg("cites")])
    resting = {each.subject for each in view.pointing(iri) if each.predicate in _RESTS}
    recorded = {each for each in resting if isinstance(each, IRI)}
    rests = in_order(_rests(view, each) for each in recorded or resting)
    said.pointing(_RESTS)
    return Page(
        name,
        lead=view.name(iri).removeprefix(f"{name} "),
        sections=(
            Section("What it says", rows=(*said.rows(_SAYS), *said.others(_MADE))),
            Section("Where it stands", rows=(*documents, *place)),
            Section("What it cites", rows=cited),
            Section("What rests on it", items=rests),
            Section("How it was made", rows=said.others()),
            *said.rest(),
        ),
    )


def _document(view: View, iri: IRI, said: _Said) -> Page:
    parts = said.pointing([eg("inDocument")])
    said.rows([expand("dcterms:title")])
    return Page(
        view.name(iri),
        lead=_plain(view.value(iri, expand("dcterms:title"))),
        sections=(
            Section("About it", rows=said.others()),
            Section("Statements", items=_named(view, _in(parts, "st"))),
            Section("Numbers it cites", items=_named(view, _in(parts, "cite"))),
            Section("References it prints", items=_named(view, _in(parts, "ref"))),
            Section("Places", items=_named(view, _in(parts, "reg")), is_folded=True),
            *said.rest(),
        ),
    )


def _query(view: View, iri: IRI, said: _Said) -> Page:
    text = _plain(view.value(iri, expand("sh:select")))
    said.rows([expand("sh:select"), expand("rdfs:comment")])
    return Page(
        view.name(iri),
        kind="query",
        lead=_plain(view.value(iri, expand("rdfs:comment"))),
        sections=(
            Section("Run it", items=_runs(iri, text)),
            Section("Query", text=text),
            *said.rest(),
        ),
    )


# ── Parts of pages ──────────────────────────────────────────────────────────────────────────


def _code(view: View, row: Row) -> Row:
    """The codes of a row with what they are called beside them."""
    return replace(row, values=tuple(_coded(view, each) for each in row.values))


def _coded(view: View, code: Shown) -> Shown:
    notation = _plain(view.value(IRI(code.address or ""), expand("skos:notation")))
    return replace(code, text=code.address or code.text, note=notation and code.text)


def _runs(iri: IRI, text: str) -> tuple[Shown, ...]:
    """Links to the result of a query, and to where it takes parameters."""
    by_format = (
        Shown(name, path=f"sparql?{urlencode({'query': text, 'format': form})}")
        for name, form in (("result as JSON", "json"), ("result as CSV", "csv"))
    )
    name = iri.rpartition("/")[2]
    return (*by_format, Shown("with parameters", path=f"api/{name}", note="API"))


def _place(view: View, region: IRI | BlankNode) -> tuple[Row, ...]:
    said = [each for each in view.about(region) if each.predicate in _PLACE]
    return rows(view, sorted(said, key=lambda each: _PLACE.index(each.predicate)))


def _citation(view: View, pointer: IRI | BlankNode) -> Row:
    """The number that is cited, with what is known of the work behind it."""
    standing = [shown(view, each) for each in view.values(pointer, eg("resolution"))]
    said = [each for each in view.about(pointer) if each.predicate in _STANDING]
    said.sort(key=lambda each: _STANDING.index(each.predicate))
    known = (
        replace(_titled(view, each.object), note=property_name(view, each.predicate))
        for each in said
    )
    return Row(shown(view, pointer), (*standing, *known))


def _titled(view: View, term: Term) -> Shown:
    """A value with its title, for what has one besides its name."""
    value = shown(view, term)
    title = "" if isinstance(term, Literal) else _plain(view.value(term, expand("dcterms:title")))
    return replace(value, text=f"{value.text}: {title}") if title else value


def _rests(view: View, node: IRI | BlankNode) -> Shown:
    if isinstance(node, BlankNode):
        return replace(axiom(view, node), note="axiom")
    return replace(shown(view, node), note=_sort(view, node))


def _sort(view: View, node: IRI) -> str:
    kinds = [each for each in view.values(node, RDF_TYPE) if each not in _SILENT]
    return shown(view, kinds[0]).text if kinds else ""


def _named(view: View, triples: Iterable[Triple]) -> tuple[Shown, ...]:
    return in_order(shown(view, each.subject) for each in triples)


def _in(triples: Iterable[Triple], prefix: str) -> list[Triple]:
    return [each for each in triples if str(each.subject).startswith(PREFIXES[prefix])]


def _kind_name(view: View, types: set[IRI]) -> str:
    kinds = [each for each in sorted(types) if each not in _SILENT]
    return ", ".join(property_name(view, each) for each in kinds)


def _withdrawal(view: View, iri: IRI) -> tuple[str, ...]:
    notices = []
    for act in view.values(iri, PROV_WAS_INVALIDATED_BY):
        about = view.about(_node(act))
        said = [each.object for each in about if each.predicate not in (RDF_TYPE, RDFS_LABEL)]
        why = "; ".join(shown(view, each).text for each in said)
        notices.append(f"Withdrawn: it carries no conclusion any more. {why}".strip())
    return tuple(notices)


def _deprecation(view: View, iri: IRI) -> tuple[str, ...]:
    value = view.value(iri, _DEPRECATED)
    is_deprecated = isinstance(value, Literal) and value.value in ("true", "1")
    return ("Deprecated: it is kept so that old data can be read.",) if is_deprecated else ()


def _node(term: Term) -> IRI | BlankNode:
    return IRI("") if isinstance(term, Literal) else term


def _plain(term: Term | None) -> str:
    if term is None:
        return ""
    return term.value if isinstance(term, Literal) else str(term)
