"""An answer as the page shows it: the words, numbers and order of the command line, as values.

What decides stands in the open, in the order of reading; what stands behind it is folded, and every
id is a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kg.answer.model import (
    Answer,
    Argument,
    Message,
    Origin,
    StatementNote,
    Unknown,
)
from kg.case.model import NOTED
from kg.pages.ask.blocks import ids_of, nodes_of
from kg.pages.ask.steps import Asker, Effect, steps_of
from kg.pages.ask.views import (
    AnswerView,
    CauseView,
    Evidence,
    Fold,
    GroupView,
    Left,
    Missing,
    Said,
    Source,
    Speaks,
)
from kg.pages.values import Link, path_of
from kg.pages.verdicts import chip_of
from kg.show import words
from kg.show.answer import part_sections
from kg.show.facts import fact_text, read_as, short_fact
from kg.show.groups import Group, Item, grouped
from kg.show.page import shown_ids
from kg.show.words import argued, by_gap, count, own_arguments, place_of, rule_ids

_FOLDED: Final = {
    "other": "Stated for other patients",
    "conflicts": "Conflicts and points of disagreement",
    "statements": "Statements, and the common knowledge used with them",
    "inputs": "All that was given",
}
"""The parts that are folded, by name, each with its summary."""
_STATEMENTS: Final = "statements"
_PULLED: Final = "~"


def view_of(answer: Answer, asker: Asker, places: Mapping[str, str]) -> AnswerView:
    """The answer for the page; `places` are the rows of the form by what they take."""
    return _Viewer(answer, asker, places).view()


class _Viewer:
    """Makes the view of one answer."""

    def __init__(self, answer: Answer, asker: Asker, places: Mapping[str, str]) -> None:
        self._answer = answer
        self._asker = asker
        self._places = places
        self._ids = ids_of(answer)
        self._causes = {cause.iri: cause for cause in answer.causes}
        self._documents = {
            each.id: Link(each.id, path=path_of(each.iri)) for each in answer.documents
        }

    def view(self) -> AnswerView:
        """The whole of it."""
        answer = self._answer
        return AnswerView(
            title=words.title(answer),
            status=status_of(answer),
            given=tuple(fact_text(each) for each in answer.case),
            read_as=tuple(_read_as(answer)),
            left=tuple(self._left()),
            idle=tuple(short_fact(each) for each in answer.idle),
            scope=self._said(answer.scope),
            conflicts=tuple(words.conflict_text(each) for each in answer.conflicts),
            alerts=self._said(answer.alerts),
            judged=answer.judged,
            origin_title=words.source_of(answer),
            origins=tuple(self._origins()),
            groups=tuple(self._group(each) for each in grouped(answer, shown_ids(answer))),
            absent=tuple(each.label for each in answer.absent),
            steps=steps_of(answer, self._asker, self._ids, self._places),
            unadvised=tuple(self._unadvised()),
            rules=self._said(self._rules_beside()),
            outcomes=self._said(answer.outcomes),
            advice=self._said(answer.advice),
            missing=tuple(self._missing(each) for each in answer.unknown),
            not_covered=answer.not_covered,
            sources=tuple(self._sources()),
            standing=words.sources(answer),
            voices=words.origins(answer.documents),
            graph=answer.graph,
            folds=tuple(self._folds()),
        )

    # ── What limits it ──────────────────────────────────────────────────────────────────────

    def _left(self) -> Iterator[Left]:
        """Inputs that were not used; what the scope says is not said again."""
        said = [each.text for each in self._answer.scope]
        left = [e for e in self._answer.unused if not any(e.given in text for text in said)]
        for kind in words.each_once(each.kind for each in left):
            title = "used with a remark" if kind == NOTED else kind
            yield Left(title, tuple(each for each in left if each.kind == kind))

    def _said(self, messages: Iterable[Message]) -> tuple[Said, ...]:
        return tuple(self._sentence(each) for each in messages)

    def _sentence(self, message: Message) -> Said:
        ids = (*message.statements, *message.corroboration)
        return Said(message.text, self._ids.links(ids), self._ids.links(message.background))

    # ── Where it comes from, and the causes ─────────────────────────────────────────────────

    def _origins(self) -> Iterator[Said]:
        """The tissues that the finding may come from; those that stand alike share a line."""
        alike: dict[str, list[Origin]] = {}
        for origin in self._answer.origins:
            alike.setdefault(argued(_spoken(origin)) or words.OPEN, []).append(origin)
        for said, origins in alike.items():
            names = "; ".join(each.label for each in origins)
            arguments = [each for origin in origins for each in _spoken(origin)]
            yield Said(f"{names}: {said}", self._ids.links(rule_ids(arguments)))

    def _rules_beside(self) -> Iterator[Message]:
        """The rules that stand in no line above."""
        above = {each for o in self._answer.origins for each in rule_ids(_spoken(o))}
        above.update(*[rule_ids(own_arguments(cause)) for cause in self._answer.causes])
        yield from (e for e in self._answer.rules if not above.issuperset(e.statements))

    def _group(self, group: Group) -> GroupView:
        causes = tuple(self._cause(each) for each in group.items)
        return GroupView(group.title, group.reason, self._ids.links(group.ids), causes)

    def _cause(self, item: Item) -> CauseView:
        cause = self._answer.causes[item.number - 1]
        own, pulled = _parted(item.ids)
        tissues = (*cause.origin_statements, *cause.origin_background)
        return CauseView(
            number=item.number,
            label=Link(item.label, path=path_of(cause.iri)),
            chip=chip_of(cause),
            note=item.note,
            ids=self._ids.links(own),
            pulled=self._ids.links(pulled),
            below=item.below,
            evidence=tuple(self._evidence(each) for each in cause.statements),
            speaks=tuple(self._speaks(each) for each in own_arguments(cause)),
            waits=tuple(
                Said(e.text, self._ids.links(e.statements), self._ids.links(e.background))
                for e in cause.needs
            ),
            elsewhere=tuple(
                Said(gap, self._ids.links(ids)) for gap, ids in by_gap(cause.elsewhere)
            ),
            tissues=Said("; ".join(e.label for e in cause.origins), self._ids.links(tissues))
            if cause.origins
            else None,
            inference=words.inference(cause),
        )

    def _evidence(self, identifier: str) -> Evidence:
        note: StatementNote = self._answer.statements[identifier]
        return Evidence(
            self._ids.links((identifier,))[0],
            note.text,
            note.modality,
            note.population,
            place_of(note),
            self._documents.get(note.document, Link(note.document)),
        )

    def _speaks(self, argument: Argument) -> Speaks:
        rule = argument.rule or argument.statements
        more = (each for each in argument.statements if each not in rule)
        return Speaks(
            argued((argument,)),
            self._ids.links(words.each_once((*rule, *more))),
            self._ids.links(argument.background),
            argument.inferred,
        )

    # ── What is beside them ─────────────────────────────────────────────────────────────────

    def _unadvised(self) -> Iterator[Effect]:
        """What no statement advises to find out, and would change a verdict."""
        for each in self._answer.unadvised:
            for result, effects in words.by_effect(each.results):
                does = tuple((text, self._ids.links(ids)) for text, ids in effects)
                yield Effect(result, does)

    def _missing(self, unknown: Unknown) -> Missing:
        field = self._asker.field_of(unknown.label, self._places)
        return Missing(unknown.label, self._ids.links(unknown.statements), field)

    def _sources(self) -> Iterator[Source]:
        for each in self._answer.documents:
            dated = f"{each.publisher}, updated {each.updated}"
            link = Link(each.id, path=path_of(each.iri))
            yield Source(link, each.title, dated, each.review, words.standing(each))

    def _folds(self) -> Iterator[Fold]:
        answer = self._answer
        counts = {
            "other": len(answer.other_populations) + len(answer.steps_for_others),
            "conflicts": len(answer.conflicts) + len(answer.tensions),
            "statements": len(answer.statements),
            "inputs": len(answer.case),
        }
        for name, title in _FOLDED.items():
            if not counts[name]:
                continue
            if name == _STATEMENTS:
                yield self._statements(title)
            elif nodes := nodes_of(part_sections(answer, (name,)), self._ids, 4):
                yield Fold(name, title, counts[name], nodes)

    def _statements(self, title: str) -> Fold:
        """Every statement and background statement that stands behind the answer."""
        said = self._answer.background.items()
        return Fold(
            _STATEMENTS,
            title,
            len(self._answer.statements),
            evidence=tuple(map(self._evidence, self._answer.statements)),
            background=tuple(Said(text, self._ids.links((key,))) for key, text in said),
        )


def status_of(answer: Answer) -> str:
    """What happened, in a few words that are read aloud."""
    if not answer.judged:
        return "Answer: no cause is judged."
    alerts = f", {count(len(answer.alerts), 'alert')}" if answer.alerts else ""
    return f"Answer: {count(len(answer.causes), 'cause')}{alerts}."


def _read_as(answer: Answer) -> Iterator[str]:
    """How a question in words was read: as facts, where the command line names options."""
    if answer.read_as is None:
        return
    notes = "".join(f" ({note})" for note in answer.read_as.notes)
    facts = "; ".join(fact_text(each) for each in answer.case) or "nothing"
    yield f"read as: {facts}{notes}"
    yield from read_as(answer)[1:]


def _parted(ids: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of a line, and those behind the sign of a tension."""
    if _PULLED not in ids:
        return ids, ()
    place = ids.index(_PULLED)
    return ids[:place], ids[place + 1 :]


def _spoken(origin: Origin) -> tuple[Argument, ...]:
    return (*origin.supports, *origin.against)
