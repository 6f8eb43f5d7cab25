"""What a conclusion takes: the smallest sets of base facts that it follows from.

Rules for cases are Horn rules over what a case has, so everything that holds follows from the base
facts alone, without the order in which they were said. Each conclusion is given as the sets that
suffice for it; a set that needs more than another one is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import product

Need = frozenset[str]
"""Base facts that suffice together."""
Supports = Mapping[str, frozenset[Need]]
"""By conclusion, the smallest sets that it follows from; none of what never follows."""
NOTHING: Need = frozenset()


def find_supports(
    base: Iterable[str],
    joint: Iterable[tuple[str, tuple[str, ...]]],
    follows: Callable[[str], frozenset[str]],
    always: frozenset[str],
) -> Supports:
    """The supports of everything that follows from base facts.

    `joint` are the rules of several premises: what follows, and from what. `follows` gives all that
    one fact brings by itself, and `always` is what holds of every case.
    """
    found: defaultdict[str, frozenset[Need]] = defaultdict(frozenset)
    found.update({each: frozenset((NOTHING,)) for each in always})
    for atom in base:
        for each in (atom, *follows(atom)):
            found[each] = smallest((*found[each], frozenset((atom,))))
    rules = [(parts, frozenset((head, *follows(head)))) for head, parts in joint]
    while sum(_widen(found, parts, heads) for parts, heads in rules):
        pass  # until no rule brings anything new
    return {each: needs for each, needs in found.items() if needs}


def _widen(
    found: defaultdict[str, frozenset[Need]], parts: tuple[str, ...], heads: Iterable[str]
) -> bool:
    """Note what a rule brings by the supports of its premises; whether that was anything new."""
    new = together([found[part] for part in parts])
    changed = False
    for head in heads if new else ():
        merged = smallest((*found[head], *new))
        if merged != found[head]:
            found[head], changed = merged, True
    return changed


def together(parts: Iterable[frozenset[Need]]) -> frozenset[Need]:
    """The smallest sets that suffice for all of several conclusions."""
    return smallest(NOTHING.union(*each) for each in product(*parts))


def smallest(needs: Iterable[Need]) -> frozenset[Need]:
    """The sets of which no other one is a part."""
    found: list[Need] = []
    for each in sorted(set(needs), key=len):
        if not any(other <= each for other in found):
            found.append(each)
    return frozenset(found)
