"""What a code of another terminology is to a term, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kg.model.vocabulary import (
    EG_ASKED_BY,
    EG_DENIED_BY,
    EG_NO_MATCH,
    EG_RECORDED_AS,
    IRI,
    SKOS_BROAD_MATCH,
    SKOS_CLOSE_MATCH,
    SKOS_EXACT_MATCH,
    SKOS_NARROW_MATCH,
    SKOS_RELATED_MATCH,
)

STANDINGS: Final[Mapping[IRI, str]] = {
    SKOS_EXACT_MATCH: "means the same",
    SKOS_CLOSE_MATCH: "means nearly the same",
    SKOS_NARROW_MATCH: "the code is narrower",
    SKOS_BROAD_MATCH: "the code is wider",
    SKOS_RELATED_MATCH: "related, not read as this term",
    EG_RECORDED_AS: "read as this term in a record",
    EG_ASKED_BY: "asks for it",
    EG_DENIED_BY: "says that it is not there",
    EG_NO_MATCH: "not this term",
}
"""Each relation of a term to a code, the closest first."""
