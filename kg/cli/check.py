"""`kg check`: whether somebody else's claims say more than the statements of the graph."""

from __future__ import annotations

import re
from typing import Final

import click

from kg.cli.common import FORMAT, load_graph, read_text, write
from kg.model.errors import UsageError

_CLAIMS: Final = re.compile(r"\s*(?:\{|\[\s*[{\]])")
"""How claims begin; a text may begin with its source in brackets."""


@click.command()
@click.argument("file", metavar="FILE|-")
@FORMAT
def check(file: str, form: str) -> int:
    """Check whether the claims of somebody else say more than the evidence.

    \b
    kg check claims.json
    echo '{"claims": [{"subject": "osteoporosis", "relation": "causes",
                       "object": "raised ALP"}]}' | kg check -

    echo "Osteoporosis raises ALP. Raised ALP is common in myeloma." | kg check -

    FILE has claims in the form of `kg schema claims`, or is a text: its sentences are read with the
    words of the graph, and one that is not read whole is named. Each claim is said to be supported,
    hardened, of lost scope, of flipped polarity, of a changed number, of another analyte,
    contradicted, cited to what does not say it, or not covered, with the statements that decide it.
    No model takes part.

    Exit code 1 where a claim is not supported, or a sentence not read.
    """  # noqa: D301 - click wants the character itself
    from kg.audit import check_claims, check_text
    from kg.audit.claims import parse_claims
    from kg.audit.evidence import evidence_of
    from kg.show.audit import render_audit

    text = read_text(file)
    evidence = evidence_of(load_graph())
    if _CLAIMS.match(text):
        audit = check_claims(evidence, parse_claims(text))
    else:
        audit = check_text(evidence, text)
    if not audit.checked and not audit.unread:
        raise UsageError(f"{file} has no claim and no sentence; nothing was checked.")
    write(render_audit(audit, form))
    return 0 if audit.passes else 1
