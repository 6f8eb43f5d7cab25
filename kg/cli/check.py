"""`kg check`: whether somebody else's claims say more than the statements of the graph."""

from __future__ import annotations

import click

from kg.cli.common import FORMAT, load_graph, read_text, write


@click.command()
@click.argument("file", metavar="FILE|-")
@FORMAT
def check(file: str, form: str) -> int:
    """Check whether the claims of somebody else say more than the evidence.

    \b
    kg check claims.json
    echo '{"claims": [{"subject": "osteoporosis", "relation": "causes",
                       "object": "raised ALP"}]}' | kg check -

    FILE has claims in the form of `kg schema claims`. Each is said to be supported, hardened, of
    lost scope, of flipped polarity, of a changed number, of another analyte, contradicted, cited to
    what does not say it, or not covered, with the statements that decide it. No model takes part.

    Exit code 1 where a claim is not supported.
    """  # noqa: D301 - click wants the character itself
    from kg.audit import check_claims
    from kg.audit.claims import parse_claims
    from kg.audit.evidence import evidence_of
    from kg.show.audit import render_audit

    claims = parse_claims(read_text(file))
    audit = check_claims(evidence_of(load_graph()), claims)
    write(render_audit(audit, form))
    return 0 if audit.passes else 1
