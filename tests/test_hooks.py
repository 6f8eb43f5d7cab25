"""CDS Hooks: the cards that an electronic record is shown, and what is said of a wrong request."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import poisoned
import pytest
from msgspec.structs import replace
from payloads import PAYLOADS, active

from kg.agents.inert import escaped, plain
from kg.case.fhir.codes import Codes
from kg.compile import builder
from kg.hooks.jobs import hook_jobs
from kg.hooks.services import services
from kg.hooks.turns import turned_on_by, widest
from kg.model.terms import Kind
from kg.model.vocabulary import EG
from kg.reasoning.rules import Rules
from kg.sandbox.protocol import Frame
from kg.store.artifact import open_artifact
from kg.store.knowledge import KnowledgeGraph, open_graph

Json = dict[str, Any]
PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1950-01-01"}
SUBJECT = {"subject": {"reference": "Patient/p1"}}
LOINC = "http://loinc.org"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
ATC = "http://www.whocc.no/atc"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
MYELOMA = (ICD, "C90.00")
OSTEOPOROSIS = (ICD, "M81.0")
STYLES = frozenset({"em_open", "em_close", "strong_open", "strong_close", "heading_open"})
OURS = frozenset(
    {"strong_open", "strong_close"}
    | {f"{name}_{end}" for name in ("bullet_list", "list_item") for end in ("open", "close")}
)
"""What the detail of a card is made of."""


def coded(code: tuple[str, str]) -> Json:
    """A concept with a code."""
    return {"coding": [{"system": code[0], "code": code[1]}]}


def condition(code: tuple[str, str]) -> Json:
    """A condition of the patient."""
    return {"resourceType": "Condition", "code": coded(code), **SUBJECT}


def result(code: str, value: int | None, low: int = 35, high: int = 105) -> Json:
    """A result of the patient, in U/L; without a range where there is no value."""
    unit = {"unit": "U/L", "system": "http://unitsofmeasure.org", "code": "U/L"}
    limits = {"low": {"value": low, **unit}, "high": {"value": high, **unit}}
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": coded((LOINC, code)),
        "effectiveDateTime": "2026-11-20",
        **SUBJECT,
        "valueQuantity": {"value": value or 200, **unit},
        **({"referenceRange": [limits]} if value is not None else {}),
    }


def order(name: str, code: tuple[str, str], **more: Any) -> Json:  # noqa: ANN401 - JSON
    """A draft order of a drug."""
    drug = {"medicationCodeableConcept": coded(code)}
    return {
        "resourceType": "MedicationRequest", "id": name, "status": "draft", "intent": "order",
        **SUBJECT, **drug, **more,
    }  # fmt: skip


def bundle(*resources: Mapping[str, Any]) -> Json:
    """The hits of a search."""
    entries = [{"resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


def request(hook: str, prefetch: Mapping[str, Any], *orders: Json, **context: Any) -> Json:  # noqa: ANN401 - JSON
    """A request of a client."""
    drafts = {
        "draftOrders": bundle(*orders),
        "selections": [f"MedicationRequest/{each['id']}" for each in orders],
    }
    said = {"userId": "Practitioner/a", "patientId": "p1", **(drafts if orders else {}), **context}
    return {"hook": hook, "hookInstance": "8f3b", "context": said, "prefetch": dict(prefetch)}


RAISED = {
    "patient": PATIENT,
    "results": bundle(result("6768-6", 241)),
    "conditions": bundle(condition(MYELOMA)),
}
LOWERED = {
    "patient": PATIENT,
    "results": bundle(result("6768-6", 20)),
    "conditions": bundle(condition(OSTEOPOROSIS)),
}
ALENDRONATE = order("m1", (ATC, "M05BA04"))
UNKNOWN = order("m2", (RXNORM, "1298088"))


class Hooks:
    """Calls services as the server does."""

    def __init__(self, knowledge: KnowledgeGraph) -> None:
        self.knowledge = knowledge
        self._jobs = hook_jobs(knowledge)
        self._ids = {each.hook: each.id for each in services(knowledge)}

    def __call__(self, asked: Json, service: str = "") -> tuple[int, Any]:
        """The status and the reply to a request."""
        now = datetime(2026, 11, 25, tzinfo=UTC).isoformat()
        name = service or self._ids.get(asked.get("hook", ""), "raised-alp")
        head = {"job": "hook", "service": name, "url": "https://kg.example", "now": now}
        reply = self._jobs["hook"](Frame(head, json.dumps(asked).encode()))
        return int(str(reply.head["status"])), json.loads(bytes(reply.body))

    def cards(self, asked: Json) -> list[Json]:
        """The cards for a request that is right."""
        status, reply = self(asked)
        assert status == 200, reply
        for each in reply["cards"]:
            check_card(each)
        found: list[Json] = reply["cards"]
        return found


@pytest.fixture(name="hooks", scope="module")
def _hooks(knowledge: KnowledgeGraph) -> Hooks:
    return Hooks(knowledge)


def check_card(card: Json) -> None:
    """A card is as CDS Hooks 2.0 has it."""
    assert 0 < len(card["summary"]) < 140
    assert card["indicator"] in ("info", "warning")
    assert card["source"]["label"]
    assert card["source"]["url"].startswith("https://kg.example/")
    assert all(each["type"] == "absolute" for each in card.get("links", ()))
    assert "suggestions" not in card
    assert bool(card.get("overrideReasons")) == (card["indicator"] == "warning")


# ── Discovery ───────────────────────────────────────────────────────────────────────────────


def test_services_are_as_the_specification_has_them(knowledge: KnowledgeGraph) -> None:
    """Each has a hook, an id of its own, words, and what to send along."""
    found = services(knowledge)

    assert sorted(each.hook for each in found) == ["order-select", "order-sign", "patient-view"]
    assert len({each.id for each in found}) == len(found)
    for each in found:
        assert each.title
        assert "pending human review" in each.description
        assert all("{{context.patientId}}" in template for template in each.prefetch.values())


def test_what_is_asked_for_is_what_can_be_read(knowledge: KnowledgeGraph) -> None:
    """Every code of the search for results stands for a measurement, and none that does lacks."""
    codes, words = Codes(knowledge.lexicon), knowledge.lexicon
    search = services(knowledge)[0].prefetch["results"]
    asked = search.partition("code=")[2].partition("&")[0].split(",")

    for each in asked:
        system, _, code = each.partition("|")
        assert codes.match(coded((system, code))).entry.kind is Kind.MARKER
    stands = {
        key
        for key, uses in words.coded.items()
        if key.startswith("LOINC:")
        and any(use.stands and words.entries[use.term].kind is Kind.MARKER for use in uses)
    }
    assert stands == {f"LOINC:{each.partition('|')[2]}" for each in asked}


# ── An open chart ───────────────────────────────────────────────────────────────────────────


def test_a_chart_has_one_card_with_its_evidence(hooks: Hooks) -> None:
    """The causes with verdicts and ids, the caution, the next steps, and links to statements."""
    (card,) = hooks.cards(request("patient-view", RAISED))

    assert card["indicator"] == "warning"
    assert "A002" in card["detail"]
    assert "candidate: vitamin D deficiency (A004, A005)" in card["detail"]
    assert card["links"][0]["url"] == "https://kg.example/statement/A002"
    assert hooks.cards(request("patient-view", RAISED)) == [card]  # a call that comes twice


def test_a_chart_without_the_finding_has_none(hooks: Hooks) -> None:
    """A normal result is no reason to interrupt."""
    normal = {**RAISED, "results": bundle(result("6768-6", 80))}

    assert hooks.cards(request("patient-view", normal)) == []
    assert hooks.cards(request("patient-view", {**RAISED, "results": bundle()})) == []


def test_a_result_that_cannot_be_used_is_told(hooks: Hooks) -> None:
    """A result without its range is not taken for a normal one."""
    (card,) = hooks.cards(
        request("patient-view", {**RAISED, "results": bundle(result("6768-6", None))})
    )

    assert card["indicator"] == "info"
    assert "could not be used" in card["summary"]


# ── Orders ──────────────────────────────────────────────────────────────────────────────────


def test_a_caution_comes_with_the_order(hooks: Hooks) -> None:
    """What is said against the drug for this patient, with the statement; no other caution."""
    found = hooks.cards(request("order-select", LOWERED, ALENDRONATE))

    assert [each["indicator"] for each in found] == ["warning"] * 2
    assert all("B057" in each["detail"] for each in found)
    assert (
        hooks.cards(request("order-select", {**LOWERED, "results": RAISED["results"]}, ALENDRONATE))
        == []
    )


def test_what_is_contraindicated_is_told(hooks: Hooks) -> None:
    """A condition of the record that forbids the drug is named."""
    words = hooks.knowledge.lexicon
    known = words.find("hypophosphatasia").iri
    code = next(
        key.removeprefix("SNOMEDCT:")
        for key, uses in words.coded.items()
        if key.startswith("SNOMEDCT:") and any(use.term == known and use.stands for use in uses)
    )
    forbidding = condition(("http://snomed.info/sct", code))
    forbids = bundle(condition(OSTEOPOROSIS), forbidding)

    found = hooks.cards(request("order-sign", {**LOWERED, "conditions": forbids}, ALENDRONATE))
    normal = {**LOWERED, "results": bundle(result("6768-6", 80))}
    verified = ("http://terminology.hl7.org/CodeSystem/condition-ver-status", "unconfirmed")
    for doubt in (
        {"verificationStatus": coded(verified)},
        {"modifierExtension": [{"url": "x"}]},
        {"implicitRules": "x"},
    ):
        doubted = {**normal, "conditions": bundle({**forbidding, **doubt})}
        (open_,) = hooks.cards(request("order-sign", doubted, ALENDRONATE))
        assert open_["summary"] == "Checked without hypophosphatasia: alendronate"
        assert "taken as not known, for" in open_["detail"]
    assert any("ordered and contraindicated" in each["summary"] for each in found)


def test_what_was_used_is_not_told_as_not_used(hooks: Hooks) -> None:
    """A remark on what was used stands apart from what was not used, each with its reason."""
    ordered = {**order("m9", (ATC, "M05BA08")), "status": "active"}
    old = {**result("6768-6", 300), "status": "cancelled"}
    sent = {**LOWERED, "orders": bundle(ordered)}
    sent["results"] = bundle(result("6768-6", 20), old)

    for card in hooks.cards(request("order-sign", sent, ALENDRONATE)):
        detail = card["detail"].replace("\\", "")
        used, unused = detail.partition("Used with a remark: ")[2].split("Not used: ")
        assert "entry 1: zoledronate: used; it is prescribed" in used
        assert "entry 2: alkaline phosphatase: its status is cancelled" in unused
        assert card["summary"][0].isupper()


def test_a_drug_that_is_not_read_is_never_passed_over(hooks: Hooks) -> None:
    """One card names each by its code, and nothing else is hidden by it."""
    found = hooks.cards(request("order-sign", LOWERED, UNKNOWN, ALENDRONATE))
    worded = order("m3", ("urn:none", "x"))
    worded["medicationCodeableConcept"] = {"text": "<b>secret</b>"}
    (other,) = hooks.cards(request("order-sign", {}, worded))

    assert found[0]["summary"] == "Not checked: RXNORM 1298088"
    assert [each["indicator"] for each in found] == ["info", "warning", "warning"]
    assert other["summary"].startswith("Not checked: ")
    assert "secret" not in json.dumps(other)


def test_an_ingredient_that_is_not_read_is_told(hooks: Hooks) -> None:
    """A product of which only a part is read is checked for that part, and the rest is named."""
    parts = [{"itemCodeableConcept": coded(each)} for each in ((ATC, "M05BA04"), (RXNORM, "1"))]
    product = {"resourceType": "Medication", "id": "a", "ingredient": parts}
    named = {"contained": [product], "medicationReference": {"reference": "#a"}}
    mixed = {**ALENDRONATE, **named}
    del mixed["medicationCodeableConcept"]

    found = hooks.cards(request("order-sign", LOWERED, mixed))

    assert found[0]["summary"] == "Not checked: RXNORM 1"
    assert [each["indicator"] for each in found] == ["info", "warning", "warning"]


def test_a_caution_names_the_drugs_that_it_is_about(hooks: Hooks) -> None:
    """Another drug of the request stands in no warning; many leave the caution whole."""
    codes = ("L01XG01", "M05BA08", "L01XX45", "L01AA09", "L01FC01", "A11CC05", "L01AA01")
    others = [order(f"o{number}", (ATC, code)) for number, code in enumerate(codes)]
    found = hooks.cards(request("order-sign", LOWERED, *others, ALENDRONATE))
    warned = [each for each in found if each["indicator"] == "warning"]

    assert len(warned) == 2
    assert all(each["summary"].endswith(": zoledronate, alendronate") for each in warned)
    assert len({each["uuid"] for each in found}) == len(found)


def test_what_is_ordered_is_not_told_as_read(hooks: Hooks) -> None:
    """A draft is no part of the record."""
    child = {**LOWERED, "patient": {**PATIENT, "birthDate": "2018-01-01"}}
    cards = [
        *hooks.cards(request("order-sign", LOWERED, ALENDRONATE)),
        *hooks.cards(request("order-sign", child, ALENDRONATE)),
    ]

    assert cards[0]["summary"].startswith("A bisphosphonate is ordered, and hypophosphatasia")
    for each in cards:
        assert "given" not in each["summary"] + each["detail"]
        assert "Ordered: alendronate." in each["detail"]
        assert "alendronate" not in each["detail"].partition("Read: ")[2].partition("Not used")[0]


@pytest.mark.parametrize("code", ["M05BA08", "M05BA04"])
def test_a_drug_of_the_record_hides_no_caution_about_an_order(code: str, hooks: Hooks) -> None:
    """What is given already brings the same caution; the order is warned of all the same."""
    taken = order("s1", (ATC, code), resourceType="MedicationStatement", status="active")
    sent = {**LOWERED, "statements": bundle(taken)}

    found = hooks.cards(request("order-sign", sent, ALENDRONATE))

    assert [each["indicator"] for each in found] == ["warning"] * 2
    assert found[0]["summary"].startswith("A bisphosphonate is ordered")
    assert hooks.cards(request("order-sign", sent, order("b1", (ATC, "L01XG01")))) == []


def test_only_what_is_selected_is_checked(hooks: Hooks) -> None:
    """Of several drafts the one that was just chosen; when they are signed, all."""
    chosen = {"selections": ["MedicationRequest/m2"]}

    (card,) = hooks.cards(request("order-select", LOWERED, ALENDRONATE, UNKNOWN, **chosen))
    assert card["summary"] == "Not checked: RXNORM 1298088"
    assert len(hooks.cards(request("order-sign", LOWERED, ALENDRONATE, UNKNOWN))) == 3
    twin = {**UNKNOWN, "id": "m1"}  # a reference that means two drafts means both
    assert len(hooks.cards(request("order-select", LOWERED, ALENDRONATE, twin))) == 3


def test_a_check_waits_for_no_measurement_that_no_caution_turns_on(hooks: Hooks) -> None:
    """What is asked by ALP says nothing against vitamin D, so its order is not open without it."""
    unmeasured = {**LOWERED, "results": bundle()}

    assert hooks.cards(request("order-sign", unmeasured, order("m5", (ATC, "A11CC05")))) == []


def test_a_caution_waits_for_what_its_widest_kinds_of_case_ask_for() -> None:
    """Those that say the same in other words stand for each other, and neither is left out."""
    supers = {"narrow": ("wide", "same"), "wide": ("same",), "same": ("wide",)}
    rules = cast("Rules", SimpleNamespace(supers=supers))

    assert sorted(widest(rules, frozenset(supers))) == ["same", "wide"]


def test_no_order_waits_for_a_denial(knowledge: KnowledgeGraph) -> None:
    """That a drug does not move a marker is no reason to ask for the marker."""
    (drug,) = (each for each in knowledge.lexicon.of_kind(Kind.DRUG) if each.label == "alendronate")
    said = knowledge.model.tables.messages
    denied = SimpleNamespace(messages=[replace(each, denies=True) for each in said])
    silent = SimpleNamespace(
        rules=knowledge.rules, lexicon=knowledge.lexicon, model=SimpleNamespace(tables=denied)
    )

    assert [each.denies for each in said if "leukocyte" in each.iri] == [True]
    assert EG.SerumALPObservation in turned_on_by(knowledge, [drug.iri])
    assert turned_on_by(cast("KnowledgeGraph", silent), [drug.iri]) == set()


def test_a_check_without_the_measurement_says_so(hooks: Hooks) -> None:
    """Cautions that wait for a result are open, and not absent."""
    (card,) = hooks.cards(request("order-sign", {**LOWERED, "results": bundle()}, ALENDRONATE))

    assert card["indicator"] == "info"
    assert card["summary"] == "Checked without ALP: alendronate"
    assert "ALP: no result was sent" in card["detail"]


UNUSABLE = (
    (bundle({**result("6768-6", 20), "effectiveDateTime": "1999-01-01"}), "too old"),
    (bundle({**result("6768-6", 20), "effectiveDateTime": "2027-01-01"}), "dated after the day"),
    (bundle(result("6768-6", None)), "no reference range"),
)


@pytest.mark.parametrize(("results", "why"), UNUSABLE)
def test_a_result_that_was_sent_is_not_told_as_missing(
    results: Json, why: str, hooks: Hooks
) -> None:
    """It says why the result could not be used."""
    (card,) = hooks.cards(request("order-sign", {**LOWERED, "results": results}, ALENDRONATE))

    assert "ALP: no usable result: " in card["detail"]
    assert why in card["detail"]


def test_what_was_not_sent_is_told_on_every_card(hooks: Hooks) -> None:
    """Conditions that failed to come, further pages, an age that is not known."""
    (chart,) = hooks.cards(request("patient-view", {**RAISED, "conditions": None}))
    more = {**RAISED["conditions"], "link": [{"relation": "next", "url": "https://a.example"}]}
    normal = {**LOWERED, "results": bundle(result("6768-6", 80)), "conditions": more}
    (paged,) = hooks.cards(request("order-sign", normal, ALENDRONATE))
    young = {**LOWERED, "results": RAISED["results"], "patient": {**PATIENT, "birthDate": None}}
    (ageless,) = hooks.cards(request("order-sign", young, ALENDRONATE))
    old = {**RAISED, "results": {**bundle(), "total": 300}}
    (part,) = hooks.cards(request("patient-view", old))

    assert "Not sent: conditions, orders, statements." in chart["detail"]
    assert "Sent in part: conditions." in paged["detail"]
    assert "all conditions: only a part" in paged["detail"]
    assert ageless["summary"] == "Checked without the age: alendronate"
    assert "not all results were sent" in part["summary"]


def test_a_patient_whom_no_source_speaks_of_is_told(hooks: Hooks) -> None:
    """No caution for a child does not mean that there is none."""
    child = {**LOWERED, "patient": {**PATIENT, "birthDate": "2018-01-01"}}
    normal = {**child, "results": RAISED["results"]}

    (silent,) = hooks.cards(request("order-sign", normal, ALENDRONATE))
    warned = hooks.cards(request("order-sign", child, ALENDRONATE))

    assert "No statement is about such a patient" in silent["summary"]
    assert all("**Limits**" in each["detail"] for each in (silent, *warned))


def test_an_order_not_to_give_is_no_order(hooks: Hooks) -> None:
    """Nothing is said against a drug that is not to be given, or not chosen yet.

    What names a drug and is no request for it is told.
    """
    begun = {name: each for name, each in UNKNOWN.items() if name != "medicationCodeableConcept"}

    assert hooks.cards(request("order-sign", LOWERED, {**ALENDRONATE, "doNotPerform": True})) == []
    assert hooks.cards(request("order-select", LOWERED, begun)) == []
    taken = {**ALENDRONATE, "resourceType": "MedicationStatement"}
    (card,) = hooks.cards(request("order-sign", LOWERED, taken))
    assert "it is no MedicationRequest" in card["detail"]


# ── Requests ────────────────────────────────────────────────────────────────────────────────

FAILED = {"resourceType": "OperationOutcome", "issue": []}


WEIGHED = bundle(result("29463-7", 80))
LACKS: tuple[Json, ...] = (
    {}, {"results": None}, {"results": FAILED}, {"results": None, "vitals": WEIGHED},
)  # fmt: skip


@pytest.mark.parametrize("lacks", LACKS)
def test_what_is_missing_is_named(lacks: Json, hooks: Hooks) -> None:
    """Nothing is fetched: a client learns what to send."""
    sent = {name: each for name, each in RAISED.items() if name != "results"}

    status, said = hooks(request("patient-view", {**sent, **lacks}))

    assert status == 412
    assert said["resourceType"] == "OperationOutcome"
    assert said["issue"][0]["expression"] == ["prefetch.results"]
    assert "Observation?patient=" in said["issue"][0]["diagnostics"]


def test_all_are_needed_for_a_drug_that_is_read(hooks: Hooks) -> None:
    """Cautions about a drug turn on the patient, on results and on conditions."""
    status, said = hooks(request("order-sign", {}, ALENDRONATE))
    needed = ["prefetch.patient", "prefetch.conditions", "prefetch.results"]

    assert status == 412
    assert said["issue"][0]["expression"] == needed


@pytest.mark.parametrize("hook", ["patient-view", "order-sign"])
@pytest.mark.parametrize("without", [(), ("patient",)])
def test_what_is_of_another_patient_is_refused(
    hook: str, without: tuple[str, ...], hooks: Hooks
) -> None:
    """The context names the patient: what is about another is no evidence for this one."""
    other = json.loads(json.dumps(LOWERED).replace("Patient/p1", "Patient/p2/_history/1"))
    sent = {name: each for name, each in other.items() if name not in without}

    status, said = hooks(request(hook, sent, *([ALENDRONATE] if hook != "patient-view" else [])))

    assert status == 400
    assert "not about the patient" in said["issue"][0]["diagnostics"]


def test_a_condition_of_nobody_is_refused(hooks: Hooks) -> None:
    """It may be of somebody else; dropped in silence it could hide a caution."""
    nobody = bundle({**condition(MYELOMA), "subject": {}})

    status, said = hooks(request("order-sign", {**LOWERED, "conditions": nobody}, ALENDRONATE))

    assert status == 400
    assert "Condition, prefetch conditions, entry 1" in said["issue"][0]["diagnostics"]


def test_a_version_of_the_patient_is_the_patient(hooks: Hooks) -> None:
    """`_history` names no other person."""
    version = {"subject": {"reference": "https://a.example/Patient/p1/_history/2"}}

    assert len(hooks.cards(request("order-sign", LOWERED, {**ALENDRONATE, **version}))) == 2


ELSE = {**PATIENT, "id": "p2"}
CHANGES: tuple[tuple[Json, str], ...] = (
    ({"hook": "order-sign"}, "hook"),
    ({"hookInstance": " "}, "hookInstance"),
    ({"hookInstance": 1}, "hookInstance"),
    ({"context": None}, "context"),
    ({"context": {"userId": "Practitioner/a", "patientId": "Patient/p1"}}, "patientId"),
    ({"context": {"userId": "a", "patientId": "p1"}}, "userId"),
    ({"context": {"userId": "Practitioner/a"}}, "patient"),
    ({"prefetch": []}, "prefetch"),
    ({"prefetch": {"patient": "x"}}, "prefetch"),
    ({"prefetch": {"patient": ELSE}}, "Patient"),
    ({"prefetch": {"patient": PATIENT, "results": {"resourceType": 1}}}, "prefetch"),
    ({"prefetch": {"a": PATIENT, "b": PATIENT}}, "patients"),
)


@pytest.mark.parametrize(("change", "said"), CHANGES)
def test_a_wrong_request_is_told_where(change: Json, said: str, hooks: Hooks) -> None:
    """The place is named, and nothing that was sent is repeated."""
    status, reply = hooks({**request("patient-view", RAISED), **change}, "raised-alp")

    assert status == 400
    assert said in reply["issue"][0]["diagnostics"]


DRAFTS: tuple[tuple[Json, str], ...] = (
    ({"draftOrders": None}, "draftOrders"),
    ({"draftOrders": {"resourceType": "Bundle", "type": "collection", "entry": 1}}, "draftOrders"),
    ({"selections": []}, "selections"),
    ({"selections": ["m1"]}, "selections"),
    ({"selections": ["MedicationRequest/none"]}, "draftOrders"),
    ({"draftOrders": ALENDRONATE}, "Bundle"),
    ({"draftOrders": bundle({**ALENDRONATE, "subject": {"reference": "Patient/p9"}})}, "patient"),
)


@pytest.mark.parametrize(("change", "said"), DRAFTS)
def test_wrong_orders_are_told(change: Json, said: str, hooks: Hooks) -> None:
    """Orders that are no orders, or of somebody else."""
    status, reply = hooks(request("order-select", LOWERED, ALENDRONATE, **change))

    assert status == 400
    assert said in reply["issue"][0]["diagnostics"]


def test_the_requests_of_hl7(suites: Path, hooks: Hooks) -> None:
    """Good orders have cards, a good chart is told what to send, and bad ones what is wrong."""
    folder = suites / "fhir" / "validator"
    paths = (*folder.glob("cdshooks/*request*.json"), *folder.glob("cdshooks-request*.json"))
    asked = {path.name: json.loads(path.read_text("utf-8")) for path in paths}
    good = {name: each for name, each in asked.items() if "good" in name}

    assert len(asked) >= 9
    for name in asked.keys() - good.keys():
        assert hooks(asked[name])[0] == 400, name
    for name, each in good.items():
        if "order" in name:
            assert hooks.cards(each)[0]["summary"].startswith("Not checked: "), name
            continue
        status, said = hooks(each)
        assert (status, said["issue"][0]["expression"]) == (
            412, ["prefetch.patient", "prefetch.results"],
        )  # fmt: skip
        patient = {"resourceType": "Patient", "id": each["context"]["patientId"]}
        assert hooks.cards({**each, "prefetch": {"patient": patient, "results": bundle()}}) == []


# ── Texts ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_text_in_a_card(payload: str) -> None:
    """Shown as text in the detail, and no tag or link in the plain fields."""
    assert not active(f"- {escaped(payload)}", OURS)
    assert not active(f"x {plain(payload)}", STYLES)


def test_hostile_texts_make_no_markup(tmp_path: Path) -> None:
    """Whatever a graph says, a card has the lists of ours and nothing else."""
    poisoned.publish_with(tmp_path, builder.ready(), PAYLOADS)
    hooks = Hooks(open_graph(open_artifact(tmp_path, poisoned.VERSION)))
    chart = next(each for each in services(hooks.knowledge) if each.hook == "patient-view")

    for asked, name in (
        (request("patient-view", RAISED), chart.id),
        (request("order-sign", LOWERED, ALENDRONATE, UNKNOWN), ""),
    ):
        status, reply = hooks(copy.deepcopy(asked), name)
        assert status == 200
        assert reply["cards"]
        for card in reply["cards"]:
            assert not active(card["detail"].replace("\n\n", " "), OURS), card["detail"]
            assert not active(f"x {card['summary']}", STYLES)
            assert not active(f"x {card['source']['label']}", STYLES)
