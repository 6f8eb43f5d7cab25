"""What results mean beside each other: one that another sets aside, and tests that are read as one.

Which results those are stands in the ontology. A group of tests has a state only where all that
was given of it can be read: what is not known is not normal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from kg.case.model import LabResult, Unused
from kg.case.quantities import HIGH, NORMAL
from kg.model.terms import Entry, Lexicon


def set_aside(
    results: Sequence[LabResult], lexicon: Lexicon
) -> tuple[list[LabResult], list[Unused]]:
    """The results that say what they seem to say, and the others with the reason."""
    kept: list[LabResult] = []
    aside: list[Unused] = []
    for result in results:
        state = _state(result, lexicon)
        by = [] if state is None else [e for e in results if e.state_class in state.set_aside_by]
        if state is None or not by:
            kept.append(result if state is None else _noted(result, state, results, lexicon))
            continue
        beside = " and ".join(each.given for each in by)
        reason = f"not used beside {beside}: {state.set_aside_reason}"
        aside.append(Unused(result.given, reason))
    return kept, aside


def read_groups(
    results: Sequence[LabResult], given: Iterable[LabResult], lexicon: Lexicon
) -> list[LabResult]:
    """The tests that are read together, each with the state that its results have in common.

    A group that a result was given of, as such, stands as it was given.
    """
    said = {result.marker.iri for result in given}
    found = (_group(group, results, said, lexicon) for group in lexicon.groups)
    return [group for group in found if group is not None]


def _group(
    group: Entry, results: Sequence[LabResult], said: Iterable[str], lexicon: Lexicon
) -> LabResult | None:
    members = {iri for iri in group.members if iri in said}
    read = [result for result in results if result.marker.iri in members and result.state]
    if group.iri in said or not read:
        return None
    high = [result for result in read if result.state == HIGH]
    if not high and len(read) < len(members):
        return None
    state = lexicon.states(group.iri).get(HIGH if high else NORMAL)
    if state is None:
        return None
    shown = "; ".join(result.given for result in high or read)
    return LabResult(group, shown, state.flag, state.iri, flagged=True)


def _noted(
    result: LabResult, state: Entry, results: Sequence[LabResult], lexicon: Lexicon
) -> LabResult:
    """The result, with a note where what it should be read with is not given."""
    known = {each.marker.iri for each in results}
    missing = [lexicon.entries[iri].label for iri in state.read_with if iri not in known]
    if not missing:
        return result
    notes = (result.note, f"{' and '.join(missing)} not given")
    return replace(result, note=", ".join(filter(None, notes)))


def _state(result: LabResult, lexicon: Lexicon) -> Entry | None:
    return None if result.state_class is None else lexicon.entries.get(result.state_class)
