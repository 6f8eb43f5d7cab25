"""What would change if something were so: as text, Markdown and plain values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Final

from kg.answer.model import Answer, Argument, Cause, Need
from kg.answer.what_if import Supposition
from kg.model.changes import Change, ChangeKind
from kg.show.changes import PARTS, SIGNS
from kg.show.layout import paragraph, row
from kg.show.markdown import escaped
from kg.show.prospects import NOT_THERE
from kg.show.structured import to_json
from kg.show.words import FOOTER, given

Reason = tuple[str, tuple[str, ...]]
"""Why a cause stands otherwise, and the statements that say so."""

NOTHING: Final = "nothing in the answer changes"
NOT_LISTED: Final = "not listed"
NOT_JUDGED: Final = "not judged"
_SHOWN: Final = frozenset(
    {
        "scope", "conflicts", "alerts", "rules", "outcomes", "advice", "absent", "ask_next",
        "unadvised", "other_populations", "steps_for_others", "unused",
    }
)  # fmt: skip
"""The parts of which a row that comes or goes is shown by itself."""
_IDS: Final = (66, 0, 26)


def render_supposition(found: Supposition, form: str) -> str:
    """A supposition as `text`, `md` or `json`."""
    match form:
        case "text":
            return "\n".join(_text(found)) + "\n"
        case "md":
            return "\n".join(_markdown(found)) + "\n"
        case "json":
            return json.dumps(_plain(found), ensure_ascii=False, indent=2) + "\n"
    raise ValueError(form)


def _plain(found: Supposition) -> dict[str, object]:
    """What is supposed, the verdicts that move with the reasons, all rows, and the new answer."""
    return {
        "supposed": list(found.facts),
        "replaced": list(found.replaced),
        "verdicts": [
            {
                "iri": iri,
                "label": label,
                "before": before.verdict.value if before else None,
                "after": after.verdict.value if after else None,
                "reasons": [{"text": text, "claims": list(ids)} for text, ids in reasons],
            }
            for iri, label, before, after, reasons in _causes(found)
        ],
        "changes": [asdict(change) for change in found.rows],
        "answer": to_json(found.after),
    }


def _text(found: Supposition) -> Iterator[str]:
    yield from paragraph(_head(found))
    yield from paragraph(f"{found.before.question}    given: {given(found.before) or 'nothing'}")
    for title, entries in _sections(found):
        yield ""
        yield f"{title.upper()} ({len(entries)})"
        for text, ids, reasons in entries:
            yield from _line(text, ids, 2)
            for reason, statements in reasons:
                yield from _line(reason, statements, 6)
    yield ""
    yield FOOTER


def _line(text: str, ids: Sequence[str], indent: int) -> Iterator[str]:
    columns = (_IDS[0] - indent, *_IDS[1:])
    for line in row(text, "", " ".join(ids), hang=2, columns=columns):
        yield f"{' ' * indent}{line}"


def _markdown(found: Supposition) -> Iterator[str]:
    yield f"# {escaped(_head(found))}"
    yield ""
    yield f"{escaped(found.before.question)}. Given: {escaped(given(found.before) or 'nothing')}."
    for title, entries in _sections(found):
        yield ""
        yield f"## {escaped(title.capitalize())} ({len(entries)})"
        yield ""
        for text, ids, reasons in entries:
            yield f"- {escaped(text)}{_cited(ids)}"
            yield from (f"  - {escaped(reason)}{_cited(each)}" for reason, each in reasons)
    yield ""
    yield f"*{FOOTER}*"


def _cited(ids: Sequence[str]) -> str:
    return f" ({', '.join(ids)})" if ids else ""


def _head(found: Supposition) -> str:
    place = f", in place of: {'; '.join(found.replaced)}" if found.replaced else ""
    return f"If {'; '.join(found.facts)}{place}"


Entries = list[tuple[str, tuple[str, ...], tuple[Reason, ...]]]


def _sections(found: Supposition) -> Iterator[tuple[str, Entries]]:
    """The parts of a supposition under their titles; what is empty is left out."""
    causes = list(_causes(found))
    moved: Entries = [
        (f"{label}: {_verdict(before)} → {_then(found, iri, after)}", (), reasons)
        for iri, label, before, after, reasons in causes
        if _verdict(before) != _verdict(after)
    ]
    same: Entries = [
        (f"{label}: {_verdict(after)}", (), reasons)
        for _, label, before, after, reasons in causes
        if _verdict(before) == _verdict(after)
    ]
    rows = [change for change in found.rows if change.part in _SHOWN]
    told = {message.text for message in found.before.scope}
    scope: Entries = [(e.text, e.statements, ()) for e in found.after.scope if e.text not in told]
    # Out of scope an answer waits for nothing, and still nothing has become known.
    waits = found.after.judged or found.after.unknown
    sections: list[tuple[str, Entries]] = [
        ("scope", scope),
        ("verdicts that move", moved),
        ("same verdict, other reasons", same),
        ("comes", _listed(rows, ChangeKind.ADDED)),
        ("goes", _listed(rows, ChangeKind.REMOVED)),
        ("no longer unknown", _unknown(found, ChangeKind.REMOVED) if waits else []),
        ("unknown now", _unknown(found, ChangeKind.ADDED)),
    ]
    kept = [each for each in sections if each[1]]
    yield from kept or [(NOTHING, [])]


def _listed(rows: Iterable[Change], how: ChangeKind) -> Entries:
    return [
        (f"{SIGNS[how]} {PARTS[change.part]}{change.label}", change.statements, ())
        for change in rows
        if change.how is how
    ]


def _unknown(found: Supposition, how: ChangeKind) -> Entries:
    return [
        (change.label, (), ())
        for change in found.rows
        if change.part == "unknown" and change.how is how
    ]


def _causes(
    found: Supposition,
) -> Iterator[tuple[str, str, Cause | None, Cause | None, tuple[Reason, ...]]]:
    """The causes that stand otherwise, with the reasons, in the order of the answer."""
    before = {cause.iri: cause for cause in found.before.causes}
    after = {cause.iri: cause for cause in found.after.causes}
    absent = {term.iri for term in found.after.absent}
    for iri in {**after, **before}:
        one, other = before.get(iri), after.get(iri)
        label = (one or other or found.before.finding).label
        gone = _gone(found.after, iri in absent)
        reasons = tuple(_reasons(one, other, gone))
        if reasons or _verdict(one) != _verdict(other):
            yield iri, label, one, other, reasons


def _verdict(cause: Cause | None) -> str:
    return cause.verdict.value if cause else NOT_LISTED


def _then(found: Supposition, iri: str, cause: Cause | None) -> str:
    """The verdict as it would be; not there where the case would say so."""
    denied = any(term.iri == iri for term in found.after.absent)
    if cause is None and not denied and not found.after.judged:
        return NOT_JUDGED
    return NOT_THERE if cause is None and denied else _verdict(cause)


def _gone(after: Answer, denied: bool) -> str:  # noqa: FBT001 - one of three reasons
    """Why a cause is no longer in an answer."""
    if denied:
        return "it would not be there"
    if not after.judged:
        return "no cause is judged in such a case"
    return "no statement lists it for such a case"


def _reasons(one: Cause | None, other: Cause | None, gone: str) -> Iterator[Reason]:
    """Why a cause stands otherwise: what is listed, what speaks, and what it waits for."""
    if other is None:
        yield gone, ()
        return
    if one is None:
        yield "listed for such a case", other.statements
    elif new := tuple(each for each in other.statements if each not in one.statements):
        yield "listed for such a case by more", new
    yield from _arguments("weakened by", one.against if one else (), other.against)
    yield from _arguments("supported by", one.supports if one else (), other.supports)
    yield from _needs(one.needs if one else (), other.needs)
    if one is not None and one.present != other.present:
        yield ("known to be there" if other.present else "not known to be there"), ()


def _arguments(
    word: str, before: Iterable[Argument], after: Iterable[Argument]
) -> Iterator[Reason]:
    old = {each.finding.iri: each for each in before}
    new = {each.finding.iri: each for each in after}
    for iri, each in new.items():
        if iri not in old:
            yield f"{word} {each.finding.label} ({each.strength})", each.rule
    for iri, each in old.items():
        if iri not in new:
            yield f"no longer {word} {each.finding.label}", each.rule


def _needs(before: Iterable[Need], after: Iterable[Need]) -> Iterator[Reason]:
    old = {each.datum.iri: each for each in before}
    new = {each.datum.iri: each for each in after}
    for iri, each in new.items():
        if iri not in old:
            yield f"waits: {each.text}", each.statements
    for iri, each in old.items():
        if iri not in new:
            yield f"no longer waits: {each.text}", each.statements
