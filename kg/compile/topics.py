"""What can be asked about: the causes and origins of each finding, and what bears on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Final

from kg.compile.possible import bearing, possible_results, reached
from kg.compile.rows import Record, Rows, collected, grouped, premises_by
from kg.model.compiled import Name
from kg.model.notes import Notes
from kg.model.statements import short_id
from kg.model.topics import (
    Argument,
    ArgumentRule,
    CauseOrigin,
    CauseStatement,
    Denial,
    ListedCause,
    ListedOrigin,
    Need,
    PendingDatum,
    Term,
    Topic,
)
from kg.model.vocabulary import EG, eg
from kg.reasoning.rules import Rules

_CAUSE: Final = itemgetter("about", "cause")
_PROPERTIES: Final = {
    "supports": EG.supportedBy,
    "argues against": EG.arguedAgainstBy,
    "excludes": EG.excludedBy,
}
"""The property of each direction of an argument."""

_ORIGIN: Final = "3 origin"
"""The kind of a gap that is an origin without a cause."""

Arguments = Mapping[tuple[str, str], tuple[ArgumentRule, ...]]
"""What findings say of each cause and origin, by finding asked about and IRI."""


def read_topics(
    rows: Rows, notes: Notes, rules: Rules, names: Mapping[str, Name]
) -> dict[str, Topic]:
    """The findings that can be asked about, by IRI in their order."""
    arguments = {
        key: _arguments(each, notes) for key, each in grouped(rows("arguments"), _CAUSE).items()
    }
    causes, origins = _causes(rows, arguments, notes), _origins(rows, arguments)
    waiting, gaps = (grouped(rows(name), itemgetter("about")) for name in ("waiting", "gaps"))
    together = rows("tests_read_together")
    results = reached(possible_results(rows("possible_results"), together, rules, names), rules)
    found = {}
    for record in rows("topics"):
        iri = record["finding"]
        bears = bearing(results, causes[iri].values(), origins[iri], rules)
        found[iri] = Topic(
            finding=Term(iri, record["label"]),
            question=record["question"],
            causes=causes[iri],
            waiting=collected(
                (each["context"], short_id(each["statement"])) for each in waiting[iri]
            ),
            gaps=gap_texts(gaps[iri]),
            possible=bears.possible,
            bears_on=bears.on_causes,
            origin_question=record.get("origin_question", ""),
            example=record.get("example", ""),
            origins=origins[iri],
            bears_on_origins=bears.on_origins,
        )
    return found


def gap_texts(rows: Iterable[Record]) -> tuple[str, ...]:
    """What no source states of a finding, in words; several drugs may be excepted from one gap."""
    excepted: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for each in rows:
        named = excepted[each["kind"], each["gap"], each["label"]]
        named += [each["except"]] if "except" in each else []
    return tuple(_gap_text(kind, label, names) for (kind, _, label), names in excepted.items())


def _gap_text(kind: str, label: str, excepted: list[str]) -> str:
    if excepted:
        *others, last = excepted
        return f"any {label} other than {', '.join(others)}{' and ' if others else ''}{last}"
    return f"causes of {label}" if kind == _ORIGIN else label


def _causes(
    rows: Rows, arguments: Arguments, notes: Notes
) -> defaultdict[str, dict[str, ListedCause]]:
    """The listed causes by finding and IRI.

    What speaks for a kind of cause speaks for no member of it by itself; what speaks against the
    kind speaks against each member.
    """
    roles = _roles(rows)
    needs, kinds, raised = (
        grouped(rows(name), _CAUSE) for name in ("needs", "kinds", "raised_from")
    )
    presumed = grouped(rows("presumed"), itemgetter("cause"))
    denials = grouped(rows("denials"), _CAUSE)
    found: defaultdict[str, dict[str, ListedCause]] = defaultdict(dict)
    for key, listed in grouped(rows("listings"), _CAUSE).items():
        about, cause = key
        said = arguments.get(key, ())
        found[about][cause] = ListedCause(
            iri=cause,
            label=listed[0]["label"],
            of=about,
            statements=tuple(
                CauseStatement(
                    short_id(each["statement"]),
                    Term(each["context"], each["population"]),
                    roles[about, cause, each["statement"]],
                )
                for each in listed
            ),
            supports=tuple(
                each for each in said if each.argument.supports and not each.argument.inferred
            ),
            against=tuple(each for each in said if not each.argument.supports),
            pending=_pending(needs[key]),
            broader=tuple(each["broader"] for each in kinds[key]),
            origins=_raised_from(raised[key]),
            treatment="treatment" in listed[0],
            denials=tuple(_denials(denials[key], listed, notes)),
            presumes=frozenset(each["presumed"] for each in presumed[cause]),
        )
    return found


def _denials(denials: Iterable[Record], listed: Iterable[Record], notes: Notes) -> Iterator[Denial]:
    """What denies a cause, with the statements that list it in weaker words."""
    listing = {short_id(each["statement"]) for each in listed}
    for each in denials:
        name = short_id(each["statement"])
        strength = notes.statements[name].strength
        weaker = frozenset(e for e in listing if notes.statements[e].strength < strength)
        yield Denial(name, Term(each["context"], each["population"]), weaker)


def _raised_from(records: list[Record]) -> tuple[CauseOrigin, ...]:
    """The tissues that a cause would raise the marker from."""
    names = ("origin", "label", "tissue")
    return tuple(
        CauseOrigin(
            Term(origin, label), tissue, tuple(uses["statement"]), tuple(uses["background"])
        )
        for (origin, label, tissue), uses in premises_by(records, names)
    )


def _origins(rows: Rows, arguments: Arguments) -> defaultdict[str, dict[str, ListedOrigin]]:
    """The tissues that a finding may come from, by finding and IRI."""
    found: defaultdict[str, dict[str, ListedOrigin]] = defaultdict(dict)
    for each in rows("origins_of"):
        about, iri = each["about"], each["origin"]
        said = arguments.get((about, iri), ())
        found[about][iri] = ListedOrigin(
            iri=iri,
            label=each["label"],
            tissue=each["tissue"],
            supports=tuple(rule for rule in said if rule.argument.supports),
            against=tuple(rule for rule in said if not rule.argument.supports),
        )
    return found


def _roles(rows: Rows) -> dict[tuple[str, str, str], str]:
    """What each statement lists a cause as: the first kind of possible cause where it is many."""
    found: dict[tuple[str, str, str], str] = {}
    for each in rows("listed_as"):
        found.setdefault((each["about"], each["cause"], each["statement"]), each["role"])
    return found


def _arguments(records: list[Record], notes: Notes) -> tuple[ArgumentRule, ...]:
    names = ("direction", "finding", "finding_label", "inferred", "weakest", "limit")
    settling = frozenset(short_id(r["premise"]) for r in records if r.get("settles") == "true")
    found = []
    for named, premises in premises_by(records, names):
        direction, finding, label, inferred, weakest, limit = named
        rule = tuple(premises["rule"])
        argument = Argument(
            finding=Term(finding, label),
            direction=direction,
            strength=notes.word(rule) or "background",
            weakest=short_id(weakest),
            rule=rule,
            statements=tuple(dict.fromkeys((*rule, *premises["statement"]))),
            corroboration=tuple(premises["corroboration"]),
            counter=tuple(premises["counter"]),
            background=tuple(premises["background"]),
            inferred=inferred == "true",
            weighed=not rule or notes.weigh(rule),
            limit=limit,
        )
        contexts = tuple(notes.statements[each].context for each in rule)
        property_ = str(_PROPERTIES[direction])
        found.append(ArgumentRule(argument, finding, property_, contexts, settling & {*rule}))
    return tuple(found)


def _pending(records: list[Record]) -> tuple[PendingDatum, ...]:
    names = ("datum", "datum_label", "message", "finding")
    return tuple(
        PendingDatum(
            Need(
                Term(datum, label),
                message,
                tuple(premises["statement"]),
                tuple(premises["background"]),
                unstated=bool(finding),
            ),
            str(eg("leavesOpen" if finding else "presupposes")),
            finding,
        )
        for (datum, label, message, finding), premises in premises_by(records, names)
    )
