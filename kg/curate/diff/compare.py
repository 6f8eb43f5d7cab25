"""Compares what two graphs say, thing by thing."""

from __future__ import annotations

from collections.abc import Iterator

from kg.curate.diff.content import Content, Thing, Things
from kg.curate.diff.model import Change, Field, How


def changes(old: Things, new: Things) -> tuple[Change, ...]:
    """Everything that is in one of the two only, or of which they do not say the same."""
    return tuple(_changes(old, new))


def statement_changes(old: Content, new: Content) -> tuple[Change, ...]:
    """The statements that differ; of those that were withdrawn, the reason."""
    found = {change.id: change for change in changes(old.statements, new.statements)}
    for name in sorted(old.withdrawn.keys() ^ new.withdrawn.keys()):
        if name in old.statements and name in new.statements:
            found[name] = _withdrawal(name, new, found.get(name))
    return tuple(found[name] for name in sorted(found))


def fields(old: Thing, new: Thing) -> tuple[Field, ...]:
    """What is said otherwise of one thing."""
    names = dict.fromkeys((*old.fields, *new.fields))
    pairs = ((name, old.fields.get(name, ()), new.fields.get(name, ())) for name in names)
    return tuple(Field(*each) for each in pairs if each[1] != each[2])


def _changes(old: Things, new: Things) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if before is None and after is not None:
            yield Change(How.ADDED, name, after.label, statements=after.statements)
        elif before is not None and after is None:
            yield Change(How.REMOVED, name, before.label, statements=before.statements)
        elif before is not None and after is not None and (found := fields(before, after)):
            yield Change(How.CHANGED, name, after.label, found, statements=after.statements)


def _withdrawal(name: str, new: Content, found: Change | None) -> Change:
    """The change of a statement that ceased to stand, or stands again."""
    gone = name in new.withdrawn
    return Change(
        How.WITHDRAWN if gone else How.RESTORED,
        name,
        new.statements[name].label,
        found.fields if found else (),
        note=new.withdrawn[name] if gone else "",
    )
