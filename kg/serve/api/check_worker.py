"""What the processes that answer cases do with claims: read them, check them, tell what is said."""

from __future__ import annotations

from collections.abc import Mapping

from kg.audit import Audit, check_claims, check_text
from kg.audit.claims import parse_claims
from kg.audit.evidence import evidence_of
from kg.audit.model import ClaimError
from kg.serve.api.refusals import RefusedCaseError, decode
from kg.show.audit import render_audit
from kg.store.knowledge import KnowledgeGraph


class ClaimHandler:
    """Checks the claims of one body after the other, and keeps none."""

    def __init__(self, knowledge: KnowledgeGraph) -> None:
        self._evidence = evidence_of(knowledge)

    def check(self, question: Mapping[str, str], body: bytes) -> str:
        """What the statements make of claims, or of the sentences of a text, in some form."""
        return render_audit(self._audit(question["kind"], decode(body)), question["form"])

    def _audit(self, kind: str, text: str) -> Audit:
        if kind == "sentences":
            return check_text(self._evidence, text)
        try:
            return check_claims(self._evidence, parse_claims(text))
        except ClaimError as error:
            raise RefusedCaseError(
                422, "The claims cannot be read", f"{error.without_what_was_found}."
            ) from None
