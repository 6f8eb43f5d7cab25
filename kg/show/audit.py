"""What the statements make of the claims of others, and of their own articles, as blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from kg.audit.articles import Hardening
from kg.audit.model import Audit, Checked, Claim, Departure, Verdict
from kg.show.blocks import Paragraph, Row, Rows, Section
from kg.show.data import render
from kg.show.words import count


def render_audit(audit: Audit, form: str) -> str:
    """An audit as `text`, `md` or `json`."""
    return render(form, audit_sections(audit), audit)


def audit_sections(audit: Audit) -> Iterator[Section]:
    """The counts first, then each claim with its verdicts, and what could not be read."""
    yield Section("Claims checked", blocks=[Paragraph(_counts(audit))], level=1)
    rows = [_row(place, each, audit) for place, each in enumerate(audit.checked, 1)]
    yield Section("Claims", "CLAIMS", [Rows(rows, hang=0)])
    unread = [Row(each.text, under=[Rows([Row(each.reason)])]) for each in audit.unread]
    yield Section("Not read, and not checked", "NOT READ", [Rows(unread, hang=0)])


def _counts(audit: Audit) -> str:
    """How many claims there are, and how many have which gravest verdict."""
    gravest = [each.verdict for each in audit.checked]
    told = [f"{gravest.count(each)} {each}" for each in Verdict if each in gravest]
    told += [f"{count(len(audit.unread), 'sentence')} not read"] if audit.unread else []
    return f"{count(len(audit.checked), 'claim')}: {', '.join(told) or 'nothing to check'}."


def _row(place: int, each: Checked, audit: Audit) -> Row:
    told = [_departure(departure) for departure in each.departures]
    told += [f"{name} says: {audit.statements[name]}" for name in each.statements]
    told += [f"{name} says otherwise: {audit.statements[name]}" for name in each.against]
    head = f"{place}. {', '.join(each.verdicts)}: {claim_text(each.claim)}"
    return Row(head, under=[Rows(list(map(Row, told)), indent=4)])


def _departure(each: Departure) -> str:
    where = f" ({each.statement})" if each.statement else ""
    return f"{each.verdict}{where}: {each.reason}"


def claim_text(claim: Claim) -> str:
    """A claim in few words: its sentence, or its ends and relation."""
    if claim.text:
        return claim.text
    denied = "" if claim.polarity == "affirmed" else f" ({claim.polarity})"
    said = f" [{claim.strength}]" if claim.strength else ""
    whom = f", of {', '.join(claim.population)}" if claim.population else ""
    return f"{claim.subject} {claim.relation} {claim.object}{denied}{said}{whom}"


# ── The articles themselves ─────────────────────────────────────────────────────────────────


def hardening_sections(found: Sequence[Hardening]) -> Iterator[Section]:
    """Where a later sentence says more, by document, and of each pair what both say."""
    told = f"{count(len(found), 'pair')} of sentences of which the later one says more."
    yield Section(
        "What the articles say more firmly than before", blocks=[Paragraph(told)], level=1
    )
    for document, group in groupby(found, key=lambda each: each.document):
        rows = [_hardening(each) for each in group]
        yield Section(f"Document {document}", f"DOCUMENT {document}", [Rows(rows, hang=0)])


def _hardening(each: Hardening) -> Row:
    how = "rests on" if each.linked else "comes after"
    head = f"{each.statement} (line {each.line}) {how} {each.other} (line {each.other_line})"
    told = [
        *map(_departure, each.departures),
        f"{each.other} says: {each.other_says}",
        f"{each.statement} says: {each.says}",
    ]
    return Row(head, under=[Rows(list(map(Row, told)), indent=4)])
