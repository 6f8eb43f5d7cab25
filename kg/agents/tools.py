"""The tools: each a function of the graph and of what it is given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from kg.agents.given import (
    CaseAsked,
    CaseGiven,
    ClaimsGiven,
    Ids,
    Names,
    QueryGiven,
    RowAsked,
    SupposedFacts,
    case_of,
)
from kg.agents.reading import read
from kg.agents.told import (
    AnswerTold,
    CheckedTold,
    ClaimsTold,
    Moved,
    Premise,
    RowsTold,
    StatementsTold,
    StatementTold,
    TermsTold,
    TermTold,
    WhatIfTold,
    WhyTold,
)
from kg.answer.proof.model import Explanation
from kg.answer.what_if import VerdictChange
from kg.audit.check import check_each
from kg.audit.evidence import evidence_of
from kg.audit.model import Checked
from kg.case.parse import sort_facts
from kg.library import Answer, Graph
from kg.model.errors import (
    AmbiguousTermError,
    KGError,
    ResultTooLargeError,
    UnknownTermError,
    UsageError,
)
from kg.model.statements import Place, Statement
from kg.model.terms import Kind, Lexicon
from kg.model.vocabulary import compact, eg, short_text_of
from kg.show.audit import claim_text
from kg.show.blocks import NOTICE
from kg.show.brief import brief
from kg.store.base import Rows
from kg.store.syntax import form_of
from kg.store.unknown import unknown_terms

_CODES: Final = 6
"""So many codes of a term are told, and as many of its statements times four."""
_IDS: Final = 4 * _CODES
_ROWS: Final = 100
_CHARACTERS: Final = 12_000
"""The most that a result of a query has; the rest is for another query."""
SPARQL: Final = "sparql"
"""The tool whose calls are a stranger's program: it runs only where it can be stopped."""


def answer_case(graph: Graph, given: CaseAsked) -> AnswerTold:
    """What may explain the finding that a patient shows: each listed cause with its verdict.

    Give whatever is known; what the graph does not know is named in `unused` and `scope`.
    `undetermined` is not excluded. Cite the ids; `why` and `get_statements` tell what they say.
    """
    answer = _answered(graph, given)
    page = answer.render("text") if given.detail == "page" else ""
    return AnswerTold(**msgspec.structs.asdict(brief(answer.value)), page=page)


def why(graph: Graph, given: RowAsked) -> WhyTold:
    """Why a row of the answer stands: what of the case it takes, and the statements it rests on.

    The row is named by its number, letter or words in the answer to that case.
    """
    proof = _answered(graph, read("why: case", CaseAsked, given.case)).why(given.row)
    return _why(proof.value, proof.render("text") if given.detail == "page" else "")


def what_if(graph: Graph, given: SupposedFacts) -> WhatIfTold:
    """What would change in the answer if further facts were so, such as a result to come.

    What the case says otherwise gives way, and is named.
    """
    answer = _answered(graph, read("what_if: case", CaseAsked, given.case))
    facts, unused = _facts(given.suppose, graph.lexicon)
    if not facts:
        raise UsageError(f"nothing of `suppose` can be supposed: {' '.join(unused)}")
    supposed = answer.what_if(*facts)
    found = supposed.value
    return WhatIfTold(
        supposed=found.facts,
        replaced=found.replaced,
        unused=unused,
        verdicts=tuple(map(_moved, found.verdicts)),
        page=supposed.render("text"),
        graph=graph.version,
        notice=str(NOTICE),
    )


def find_term(graph: Graph, given: Names) -> TermsTold:
    """The terms that names or codes stand for, with definition, codes and statements.

    A name without a term has a `problem`, and `choices` where some may be meant.
    """
    return TermsTold(tuple(_term(graph, name) for name in given.names))


def get_statements(graph: Graph, given: Ids) -> StatementsTold:
    """What statements say, how firmly, of which patients, where they stand and what they cite.

    Read these before you repeat a claim: say it no harder than its `modality`, of no others than
    its `population`.
    """
    found: dict[str, StatementTold] = {}
    unknown: list[str] = []
    for name in dict.fromkeys(given.ids):
        try:
            statement = graph.statement(name)
            found[statement.id] = _statement(statement)
        except UnknownTermError as error:
            unknown.append(f"{name[:60]}: {error.message}")
    return StatementsTold(tuple(found.values()), tuple(unknown))


def check_claims(graph: Graph, given: ClaimsGiven) -> ClaimsTold:
    """Whether claims say more than the statements: hardened, of others, another number, flipped.

    Check what you are about to say, one claim each, and repeat only what is `supported`.
    """
    found = check_each(evidence_of(graph.knowledge), given.claims)
    unread = tuple(each.reason for each in found.unread)
    if not found.checked:
        raise UsageError("; ".join(unread))
    return ClaimsTold(tuple(map(_checked, found.checked)), unread, found.statements, found.version)


def sparql(graph: Graph, given: QueryGiven) -> RowsTold:
    """The result of a SPARQL query on the graph, which is only read; at most 100 rows.

    For what the other tools do not tell. Stopped after some seconds; no SERVICE, no update.
    """
    store, query = graph.knowledge.store, given.query
    form = form_of(query)
    if form == "ASK":
        found = RowsTold("boolean", boolean=store.ask(query))
    elif form in ("CONSTRUCT", "DESCRIBE"):
        turtle = _turtle(store.answer(query, "text/turtle").decode())
        found = RowsTold("triples", turtle=turtle)
    else:
        found = _rows(store.select(query))
    return msgspec.structs.replace(found, notes=unknown_terms(query, store))


def _answered(graph: Graph, given: CaseGiven) -> Answer:
    """The answer to a case; UsageError where the finding that is asked about has none."""
    case = case_of(given, graph)
    try:
        return graph.answer(case, about=given.about or None)
    except UnknownTermError:
        able = [each.label for each in graph.lexicon.of_kind(Kind.FINDING) if each.asked_as]
        raise UsageError(f"about: no such finding; wanted: {', '.join(able)}.") from None


def _facts(texts: Iterable[str], words: Lexicon) -> tuple[list[str], tuple[str, ...]]:
    """What can be supposed, and why the rest cannot."""
    facts, unused = list[str](), list[str]()
    for text in texts:
        try:
            sort_facts([text], words)
        except KGError as error:
            unused.append(f"{text[:100]}: {error.message}")
        else:
            facts.append(text)
    return facts, tuple(unused)


def _moved(change: VerdictChange) -> Moved:
    return Moved(
        label=change.label,
        before=change.before or "",
        after=change.after or "",
        reasons=tuple(each.text for each in change.reasons),
        ids=tuple(dict.fromkeys(id_ for each in change.reasons for id_ in each.statements)),
    )


def _why(found: Explanation, page: str) -> WhyTold:
    first = found.proofs[0]
    notes = (found.statements[each] for each in first.statements)
    return WhyTold(
        row=found.label,
        kind=found.kind,
        conclusion=found.conclusion,
        takes=first.given,
        premises=tuple(Premise(e.id, e.text, e.modality, e.population) for e in notes),
        strength=first.strength,
        reasons=len(found.proofs),
        looked_for=tuple(each.text for each in first.absences),
        beside=tuple(each.conclusion for each in found.beside),
        denied_by=found.counter,
        graph=found.graph,
        notice=str(NOTICE),
        page=page,
    )


def _checked(found: Checked) -> CheckedTold:
    return CheckedTold(
        claim=claim_text(found.claim),
        verdicts=tuple(each.value for each in found.verdicts),
        reasons=tuple(f"{e.statement} {e.reason}".strip() for e in found.departures),
        statements=found.statements,
        against=found.against,
    )


def _term(graph: Graph, name: str) -> TermTold:
    try:
        card = graph.term(name)
    except (UnknownTermError, AmbiguousTermError) as error:
        choices = getattr(error, "suggestions", ()) or getattr(error, "choices", ())
        return TermTold(name[:200], problem=error.message, choices=tuple(choices))
    exact = [each.code for each in card.codes if each.match == "exact"]
    return TermTold(
        given=name,
        iri=compact(card.iri),
        label=card.label,
        kind=card.kind,
        definition=card.definition,
        synonyms=(*card.abbreviations, *card.synonyms),
        codes=tuple(exact[:_CODES]),
        kind_of=tuple(each.label for each in card.parents),
        statements=tuple(dict.fromkeys(each.id for each in card.statements))[:_IDS],
    )


def _statement(found: Statement) -> StatementTold:
    place = found.place
    cited = (f"[{each.number}] {each.reference or each.status}" for each in found.citations)
    return StatementTold(
        id=found.id,
        text=found.text,
        modality=_said(found, "modality"),
        population=_said(found, "population"),
        place=_where(place) if place else "",
        cites="; ".join(cited),
        review=place.review if place else "",
        withdrawn=str(found.withdrawal) if found.withdrawal else "",
    )


def _where(place: Place) -> str:
    return f"document {place.document}, section {place.section}, line {place.line}"


def _said(found: Statement, name: str) -> str:
    return "; ".join(found.values(eg(name)))


def _rows(found: Rows) -> RowsTold:
    """As many rows as there is room for, and what is left out."""
    rows: list[tuple[str | None, ...]] = []
    left = _CHARACTERS
    for row in found.rows[:_ROWS]:
        told = tuple(None if each is None else short_text_of(each) for each in row)
        size = sum(len(each or "") + 4 for each in told)
        if size > left and not rows:
            raise _too_long("the first row", size, "less of a row: fewer variables, SUBSTR")
        left -= size
        if left < 0:
            break
        rows.append(told)
    more = len(found.rows) - len(rows)
    truncated = f"{more} more rows; ask with ORDER BY and OFFSET {len(rows)}." if more else ""
    return RowsTold("rows", found.variables, tuple(rows), truncated=truncated)


def _turtle(text: str) -> str:
    if len(text) > _CHARACTERS:
        raise _too_long("the result", len(text), "fewer triples with LIMIT, or by SELECT")
    return text


def _too_long(what: str, size: int, less: str) -> ResultTooLargeError:
    return ResultTooLargeError(
        f"{what} takes {size} characters, and at most {_CHARACTERS} are told; ask for {less}."
    )
