"""Records in an older version of FHIR: read as far as they are written as R4, and told of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kg.case.fhir.builder import CaseBuilder, Resource
from kg.model.vocabulary import EG

_OLD_ELEMENTS: Final = {
    "Condition": ("assertedDate", "dateRecorded", "context"),
    "Observation": ("related", "context"),
    "MedicationStatement": ("taken", "wasNotTaken"),
    "MedicationRequest": ("context",),
    "MedicationAdministration": ("wasNotGiven", "notGiven"),
}
"""Elements of DSTU2 and STU3 that R4 no longer has."""
_OLD_CODES: Final = {"Condition": ("clinicalStatus", "verificationStatus")}
"""Elements that were a code there, and are a concept in R4."""


def tell_version(resources: Iterable[Resource], builder: CaseBuilder) -> None:
    """Open the answer with it where resources are written as in DSTU2 or STU3."""
    old = list(_old(resources))
    if old:
        more = f" and {len(old) - 1} more" if len(old) > 1 else ""
        text = (
            f"the record is written as in FHIR STU3 or DSTU2 ({old[0].named}{more}), and is read "
            "as R4: what R4 writes in another way is not used. Convert the record to R4."
        )
        builder.notice(EG.Case, "an older version of FHIR", text)


def _old(resources: Iterable[Resource]) -> Iterator[Resource]:
    for each in resources:
        named = any(key in each.data for key in _OLD_ELEMENTS.get(each.kind, ()))
        if named or any(isinstance(each.data.get(k), str) for k in _OLD_CODES.get(each.kind, ())):
            yield each
