"""The resources of an input, and their elements read with their types.

An input is one resource, a Bundle, or one resource on each line (NDJSON). What is not as FHIR
writes it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final, TypeVar

from kg.case.dates import NoSuchDayError, When, find_when
from kg.case.document import parse_json
from kg.case.fhir.builder import Period, RefusedError, Resource, Table
from kg.model.errors import UsageError

MOST_CHARACTERS: Final = 64_000_000
"""A longer input is not the record of one patient."""
_LONGEST: Final = 30
"""Digits of a number before or after the point; no measurement has more."""
_DEEPEST: Final = 40
"""No resource that is read nests deeper."""
_DEEPEST_BUNDLE: Final = 4
_NO_BUNDLES: Final = ("history", "transaction-response", "batch-response")
"""Bundles that hold answers of a server, or versions that are no longer true."""

_TYPES: Final = frozenset(
    """
    Account ActivityDefinition ActorDefinition AdministrableProductDefinition AdverseEvent
    AllergyIntolerance Appointment AppointmentResponse ArtifactAssessment AuditEvent Basic Binary
    BiologicallyDerivedProduct BiologicallyDerivedProductDispense BodyStructure Bundle
    CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem ChargeItemDefinition Citation
    Claim ClaimResponse ClinicalImpression ClinicalUseDefinition CodeSystem Communication
    CommunicationRequest CompartmentDefinition Composition ConceptMap Condition
    ConditionDefinition Consent Contract Coverage CoverageEligibilityRequest
    CoverageEligibilityResponse DetectedIssue Device DeviceAssociation DeviceDefinition
    DeviceDispense DeviceMetric DeviceRequest DeviceUsage DeviceUseStatement DiagnosticReport
    DocumentManifest DocumentReference EffectEvidenceSynthesis Encounter EncounterHistory Endpoint
    EnrollmentRequest EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceReport
    EvidenceVariable ExampleScenario ExplanationOfBenefit FamilyMemberHistory Flag
    FormularyItem GenomicStudy Goal GraphDefinition Group GuidanceResponse HealthcareService
    ImagingSelection ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation
    ImplementationGuide Ingredient InsurancePlan InventoryItem InventoryReport Invoice Library
    Linkage List Location ManufacturedItemDefinition Measure MeasureReport Media Medication
    MedicationAdministration MedicationDispense MedicationKnowledge MedicationRequest
    MedicationStatement MedicinalProduct MedicinalProductDefinition MessageDefinition
    MessageHeader MolecularSequence NamingSystem NutritionIntake NutritionOrder NutritionProduct
    Observation ObservationDefinition OperationDefinition OperationOutcome Organization
    OrganizationAffiliation PackagedProductDefinition Parameters Patient PaymentNotice
    PaymentReconciliation Permission Person PlanDefinition Practitioner PractitionerRole Procedure
    Provenance Questionnaire QuestionnaireResponse RegulatedAuthorization RelatedPerson
    RequestGroup RequestOrchestration Requirements ResearchDefinition ResearchElementDefinition
    ResearchStudy ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule SearchParameter
    ServiceRequest Slot Specimen SpecimenDefinition StructureDefinition StructureMap Subscription
    SubscriptionStatus SubscriptionTopic Substance SubstanceDefinition SubstanceNucleicAcid
    SubstancePolymer SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial
    SubstanceSpecification SupplyDelivery SupplyRequest Task TerminologyCapabilities TestPlan
    TestReport TestScript Transport ValueSet VerificationResult VisionPrescription
    """.split()  # noqa: SIM905 - one name a line would be three pages
)
"""The types of resources of FHIR R4 and R5: only these are named in an answer."""


_Kind = TypeVar("_Kind")


def read_resources(written: str | Mapping[str, str]) -> list[Resource]:
    """Every resource of an input, with its place; UsageError where it is not FHIR as JSON.

    An input is a text, or texts by their places.
    """
    texts = {"": written} if isinstance(written, str) else written
    size = sum(map(len, texts.values()))
    if size > MOST_CHARACTERS:
        raise UsageError(
            f"the FHIR input has {size} characters; at most {MOST_CHARACTERS} are read."
        )
    if isinstance(written, str):
        _refuse_xml(written)
        texts = _split(written)
    parsed = ((_parse(text, place), place) for place, text in texts.items())
    return [each for data, place in parsed for each in _resources(data, place, 0)]


def _refuse_xml(written: str) -> None:
    if written.lstrip()[:1] == "<":
        raise UsageError(
            "the FHIR input is XML; wanted JSON. A FHIR server gives it for "
            "Accept: application/fhir+json, and the FHIR validator converts a file."
        )


def _split(written: str) -> dict[str, str]:
    """The lines of NDJSON by their places; all at once where it is one JSON value on many lines."""
    lines = {f"line {n}": line for n, line in enumerate(written.split("\n"), 1) if line.strip()}
    first = next(iter(lines.values()), "").strip()
    if len(lines) > 1 and first.startswith("{") and first.endswith("}"):
        return lines
    return {"": written}


def _parse(written: str, place: str) -> Table:
    where = f"{_where(place)}," if place else _where(place)
    reason = ""
    try:
        value = parse_json(written)
    except UsageError as error:
        reason = error.message.removeprefix("the case ")
    if reason:  # outside the handler, so that no exception holds the text of the record
        twice = "has a key twice"
        raise UsageError(f"{where} {f'{twice}.' if reason.startswith(twice) else reason}")
    if isinstance(value, list) and not place:
        raise UsageError(
            "the FHIR input is a list; wanted a Bundle, or one resource on each line: "
            "jq -c '.[]' makes the lines of a list."
        )
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise UsageError(f"{where} is no FHIR resource: wanted an object with a resourceType.")
    return value


def _resources(data: Table, place: str, depth: int) -> Iterator[Resource]:
    kind = data.get("resourceType")
    if kind != "Bundle":
        yield Resource(_type(kind), place, data)
        return
    _check_bundle(data, place, depth)
    entries = data.get("entry", [])
    if not isinstance(entries, list):
        raise UsageError(f"{_where(place)}: entry is not a list.")
    for count, entry in enumerate(entries, 1):
        inner = f"{place}, entry {count}" if place else f"entry {count}"
        yield from _entry(entry, inner, depth)


def _entry(entry: object, place: str, depth: int) -> Iterator[Resource]:
    if not isinstance(entry, dict):
        raise UsageError(f"{_where(place)} is not an object.")
    if entry.get("modifierExtension"):
        raise UsageError(f"{_where(place)}: a modifierExtension changes what the entry means.")
    resource, url = entry.get("resource"), entry.get("fullUrl")
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        yield Resource("entry without a resource", place, {})
    elif resource["resourceType"] == "Bundle":
        yield from _resources(resource, place, depth + 1)
    else:
        kind = _type(resource["resourceType"])
        request = entry.get("request")
        deleted = isinstance(request, dict) and request.get("method") == "DELETE"
        yield Resource(kind, place, resource, url if isinstance(url, str) else "", deleted)


def _check_bundle(data: Table, place: str, depth: int) -> None:
    if depth > _DEEPEST_BUNDLE:
        raise UsageError(f"{_where(place)}: bundles stand in bundles, more than are read.")
    for key in ("modifierExtension", "implicitRules"):
        if data.get(key):
            raise UsageError(f"{_where(place)}: {key} changes what the bundle means.")
    if data.get("type") in _NO_BUNDLES:
        raise UsageError(
            f"{_where(place)} is a bundle of type {data['type']}, which does not say what holds "
            "now; wanted the resources themselves, as in a collection or a searchset."
        )


def _where(place: str) -> str:
    return f"the FHIR input, {place}" if place else "the FHIR input"


def _type(name: object) -> str:
    """The name of a type; what is no such name is not repeated, for it may be anything."""
    known = isinstance(name, str) and name in _TYPES
    return str(name) if known else "resource of no known type"


def check_whole(resource: Resource) -> None:
    """RefusedError where the resource says that it means something else than it seems to."""
    if resource.data.get("implicitRules"):
        raise RefusedError("implicitRules change what it means")
    waiting: list[tuple[object, int]] = [(resource.data, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > _DEEPEST:
            raise RefusedError(f"it nests deeper than {_DEEPEST} levels")
        if isinstance(node, dict) and node.get("modifierExtension"):
            raise RefusedError("a modifierExtension changes what it means")
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        waiting.extend((each, depth + 1) for each in inner if isinstance(each, dict | list))


class Records:
    """The resources of an input, to be found by the references that others hold."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.resources = tuple(resources)
        self._found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            for name in () if resource.parent else names_of(resource):
                self._found.setdefault(name, []).append(resource)

    def of(self, kind: str) -> list[Resource]:
        """The resources of one type."""
        return [resource for resource in self.resources if resource.kind == kind]

    def named(self, reference: str, within: Resource) -> Resource | None:
        """What a reference leads to, in the resource itself or in the input; nothing is fetched."""
        if reference.startswith("#"):
            return _contained(within.holder, reference[1:])
        found = self._found.get(without_version(reference), [])
        return found[0] if len(found) == 1 else None


def names_of(resource: Resource) -> set[str]:
    """The references that lead to a resource."""
    identifier = resource.data.get("id")
    local = f"{resource.kind}/{identifier}" if isinstance(identifier, str) and identifier else ""
    return {name for name in (without_version(resource.url), local) if name}


def without_version(reference: str) -> str:
    """A reference to whichever version is at hand."""
    return reference.partition("/_history/")[0]


def _contained(within: Resource, identifier: str) -> Resource | None:
    parts = within.data.get("contained")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, Mapping) and part.get("id") == identifier:
            return Resource(_type(part.get("resourceType")), within.place, part)
    return None


# ── Elements ────────────────────────────────────────────────────────────────────────────────────


def _element(data: Table, key: str, kind: type[_Kind]) -> _Kind | None:
    """The value of an element; RefusedError where it is of another type."""
    value = data.get(key)
    if value is not None and not isinstance(value, kind):
        raise _wrong(key)
    return value


def text(data: Table, key: str) -> str:
    """The text of an element; empty where there is none."""
    return _element(data, key, str) or ""


def flag(data: Table, key: str) -> bool | None:
    """A yes or a no; None where there is neither."""
    return _element(data, key, bool)


def table(data: Table, key: str) -> Table | None:
    """The object of an element."""
    return _element(data, key, dict)


def tables(data: Table, key: str) -> list[Table]:
    """The objects of an element that repeats."""
    value = _element(data, key, list) or []
    if not all(isinstance(each, dict) for each in value):
        raise _wrong(key)
    return value


def number(data: Table, key: str) -> Decimal | None:
    """The number of an element."""
    value = data.get(key)
    if value is None:
        return None
    if not isinstance(value, Decimal):
        raise RefusedError(f"{key} is not a number")
    if not value.is_finite() or abs(value.adjusted()) > _LONGEST or _digits(value) > _LONGEST:
        raise RefusedError(f"{key} is a number of a size that no measurement has")
    return value


def _digits(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(len(value.as_tuple().digits), -exponent if isinstance(exponent, int) else 0)


def choice(data: Table, name: str) -> tuple[str, object] | None:
    """The type and the value of an element that takes one of several types."""
    found = [key for key in data if key.startswith(name) and key[len(name) :][:1].isupper()]
    if len(found) > 1:
        raise RefusedError(f"{name}[x] is given {len(found)} times")
    return (found[0][len(name) :], data[found[0]]) if found else None


def when(value: object, key: str) -> When | None:
    """The day of a date or a time of day, or the days that a month or a year leaves open."""
    if value is None:
        return None
    try:
        found = find_when(value) if isinstance(value, str) else None
    except NoSuchDayError:
        raise RefusedError(f"{key} is a day that does not exist") from None
    if found is None:
        raise RefusedError(f"{key} is not a date")
    return found


def period(value: object, key: str) -> Period:
    """The start and the end of a period."""
    if value is None:
        return Period()
    if not isinstance(value, dict):
        raise _wrong(key)
    found = Period(when(value.get("start"), f"{key}.start"), when(value.get("end"), f"{key}.end"))
    if found.start and found.end and found.end.last < found.start.day:
        raise RefusedError(f"{key} ends before it starts")
    return found


def times(data: Table, name: str) -> Period:
    """The time of an element that is a moment or a period; a moment is both start and end."""
    found = choice(data, name)
    if found is None:
        return Period()
    kind, value = found
    if kind in ("DateTime", "Instant", "Date"):
        moment = when(value, f"{name}{kind}")
        return Period(moment, moment)
    if kind == "Timing" and isinstance(value, dict):
        return _timing(value, f"{name}Timing")
    return period(value, f"{name}Period") if kind == "Period" else Period()


def _timing(timing: Table, key: str) -> Period:
    """The times that a timing names: from its first moment to its last, or its bounds."""
    events = [when(each, f"{key}.event") for each in _element(timing, "event", list) or []]
    moments = sorted((each for each in events if each is not None), key=lambda each: each.day)
    if moments:
        return Period(moments[0], moments[-1])
    return period((table(timing, "repeat") or {}).get("boundsPeriod"), f"{key}.repeat.boundsPeriod")


def codings(concept: Table) -> Iterator[tuple[str, str, str]]:
    """System, code and printed name of each coding of a concept."""
    for coding in tables(concept, "coding"):
        yield text(coding, "system"), text(coding, "code"), text(coding, "display")


def status(data: Table, key: str, systems: tuple[str, ...]) -> str:
    """The one code of a concept in the systems that FHIR fixes for it; empty where it is absent."""
    concept = table(data, key)
    if concept is None:
        return ""
    found = {code for system, code, _ in codings(concept) if system in systems}
    if len(found) != 1:
        raise RefusedError(f"{key} is not one code that FHIR R4 or R5 defines for it")
    return found.pop()


def _wrong(key: str) -> RefusedError:
    return RefusedError(f"{key} is not as FHIR R4 or R5 writes it")
