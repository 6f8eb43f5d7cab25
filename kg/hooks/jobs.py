"""What workers do for hooks: the list of services, and the cards for a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial

import msgspec

from kg.case.dates import day_there
from kg.case.fhir.orders import Order, read_orders
from kg.hooks.cards import Card, Dealer, reasons
from kg.hooks.evidence import Evidence, read_evidence
from kg.hooks.names import CALL, DISCOVER
from kg.hooks.orders import chart_cards, order_cards
from kg.hooks.request import (
    ORDER_SELECT,
    PATIENT_VIEW,
    HookRequest,
    WrongRequestError,
    read_request,
)
from kg.hooks.services import CONDITIONS, PATIENT, RESULTS, Service, charts, services
from kg.model.errors import UsageError
from kg.model.vocabulary import IRI
from kg.sandbox.protocol import Frame
from kg.store.knowledge import KnowledgeGraph

OK, WRONG, UNKNOWN, LACKING = 200, 400, 404, 412


def hook_jobs(knowledge: KnowledgeGraph) -> Mapping[str, Callable[[Frame], Frame]]:
    """The jobs on what is known; whatever they read from files is read now."""
    reasons()
    services(knowledge)
    return {DISCOVER: partial(_discover, knowledge), CALL: partial(_call, knowledge)}


def _discover(knowledge: KnowledgeGraph, _: Frame) -> Frame:
    return _frame(OK, {"services": services(knowledge)})


def _call(knowledge: KnowledgeGraph, request: Frame) -> Frame:
    """The cards for a request; 400 where it is wrong, 412 with what is missing in it."""
    name = str(request.head["service"])
    service = next((each for each in services(knowledge) if each.id == name), None)
    if service is None:
        return _frame(UNKNOWN, _outcome("not-found", "there is no such service.", ()))
    try:
        asked = read_request(request.body, service.hook)
        evidence = read_evidence(asked, knowledge.lexicon, _day(request))
        orders = _orders(knowledge, asked, service)
    except WrongRequestError as error:
        return _frame(WRONG, _outcome("invalid", error.message, ()))
    if lacking := _lacking(evidence, service, orders):
        wanted = "; ".join(f"{each}: {service.prefetch[each]}" for each in lacking)
        said = f"nothing is fetched here; send the prefetch of {wanted}"
        return _frame(LACKING, _outcome("required", said, lacking))
    dealer = Dealer(str(request.head["url"]), asked.hook_instance, evidence.gaps)
    if service.hook == PATIENT_VIEW:
        finding = IRI(charts(knowledge)[service.id].finding.iri)
        cards: Iterable[Card] = chart_cards(knowledge, evidence, finding, dealer)
    else:
        cards = order_cards(knowledge, evidence, orders, dealer)
    return _frame(OK, {"cards": list(cards)})


def _orders(knowledge: KnowledgeGraph, asked: HookRequest, service: Service) -> tuple[Order, ...]:
    drafts = asked.context.draft_orders
    if service.hook == PATIENT_VIEW:
        return ()
    wanted = asked.context.selections if service.hook == ORDER_SELECT else None
    try:
        return read_orders(
            bytes(drafts).decode(), knowledge.lexicon, asked.context.patient_id, wanted
        )
    except UsageError as error:
        raise WrongRequestError(f"context.draftOrders: {error.message}") from None


def _lacking(evidence: Evidence, service: Service, orders: Iterable[Order]) -> tuple[str, ...]:
    """The names of the prefetch without which nothing can be said."""
    if service.hook == PATIENT_VIEW:
        needed = {PATIENT, RESULTS}
    else:  # of drugs that are not known here nothing can be said in any case
        needed = {PATIENT, RESULTS, CONDITIONS} if any(each.drugs for each in orders) else set()
    return tuple(each for each in evidence.missing if each in needed)


def _day(request: Frame) -> date:
    now = datetime.fromisoformat(str(request.head["now"]))
    return day_there(now, request.body.decode(errors="replace"))


def _outcome(code: str, text: str, names: Iterable[str]) -> Mapping[str, object]:
    """What is wrong, as FHIR says it."""
    issue = {"severity": "error", "code": code, "diagnostics": text}
    where = [f"prefetch.{each}" for each in names]
    return {
        "resourceType": "OperationOutcome",
        "issue": [issue | ({"expression": where} if where else {})],
    }


def _frame(status: int, value: object) -> Frame:
    return Frame({"status": status}, msgspec.json.encode(value))
