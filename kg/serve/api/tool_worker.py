"""What the processes do that answer other programs: claims are checked, tools called, cards made.

What they are sent is of one client alone, as a case is. They are apart from those that answer
cases so that these start without what only they need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from kg.agents.jobs import private_jobs
from kg.audit import Audit, check_claims, check_text
from kg.audit.claims import parse_claims
from kg.audit.evidence import Evidence, evidence_of
from kg.audit.model import ClaimError
from kg.hooks.jobs import hook_jobs
from kg.sandbox.protocol import Frame
from kg.sandbox.worker import WARM
from kg.serve.api.case_worker import CaseHandler, reply
from kg.serve.api.refusals import RefusedCaseError, decode
from kg.serve.packing import QUICK, pack_if_wanted
from kg.show.audit import render_audit
from kg.store.artifact import open_artifact
from kg.store.knowledge import KnowledgeGraph, open_graph


def load(root: str, version: str) -> Mapping[str, Callable[[Frame], Frame]]:
    """The jobs on one version of the graph; CorruptProductError where it is not whole."""
    return build_jobs(open_graph(open_artifact(Path(root), version)))


def build_jobs(knowledge: KnowledgeGraph) -> Mapping[str, Callable[[Frame], Frame]]:
    """The jobs on what is known."""
    handler = CaseHandler(knowledge, knowledge.lexicon)
    handler.warm_up()
    check = partial(reply, partial(_check, evidence_of(knowledge)))
    return {
        WARM: handler.touch,
        "check": partial(pack_if_wanted, check, QUICK),
        **private_jobs(knowledge),
        **hook_jobs(knowledge),
    }


def _check(evidence: Evidence, question: Mapping[str, str], body: bytes) -> str:
    """What the statements make of claims, or of the sentences of a text, in some form."""
    return render_audit(_audit(evidence, question["kind"], decode(body)), question["form"])


def _audit(evidence: Evidence, kind: str, text: str) -> Audit:
    if kind == "sentences":
        return check_text(evidence, text)
    try:
        return check_claims(evidence, parse_claims(text))
    except ClaimError as error:
        raise RefusedCaseError(
            422, "The claims cannot be read", f"{error.without_what_was_found}."
        ) from None
