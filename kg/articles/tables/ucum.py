"""Which texts are units by UCUM, the code in which health records write units.

https://ucum.org/ucum, §2: terms of atoms, prefixes, exponents, strokes and points, and annotations
in braces. Of its atoms those are known here in which laboratories report; the case of letters
counts. Nothing is converted: what a unit is worth stands in the tables.
"""

from __future__ import annotations

import re
from typing import Final


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_PREFIXES: Final = ("", *_listed("Y Z E P T G M k h da d c m u n p f a z y"))
_METRIC: Final = _listed(
    "m g L l s mol eq osm U kat [iU] [IU] Pa J W Hz K Cel C V Bq Gy Sv t bar m[Hg] [pH]"
)
_OTHER: Final = _listed(
    "% [ppth] [ppm] [ppb] 10* 10^ min h d wk mo a [arb'U] [USP'U] [CFU] [PFU] [HPF] [LPF] "
    "[GPL'U] [MPL'U] [APL'U] [beth'U] [todd'U] [ELU] [EIA] [drp] [in_i] [lb_av]"
)
_ATOMS: Final = sorted(
    {f"{prefix}{atom}" for prefix in _PREFIXES for atom in _METRIC} | set(_OTHER),
    key=lambda atom: (-len(atom), atom),
)
_ANNOTATION: Final = r"\{[!-z|~]+\}"
_EXPONENT: Final = r"[+-]?[0-9]+"
_UNIT: Final = rf"(?:{'|'.join(map(re.escape, _ATOMS))})(?:{_EXPONENT})?"
_COMPONENT: Final = rf"(?:{_UNIT}(?:{_ANNOTATION})?|[0-9]+(?:{_ANNOTATION})?|{_ANNOTATION})"
_TERM: Final = re.compile(rf"/?{_COMPONENT}(?:[./]{_COMPONENT})*")


def is_unit(text: str) -> bool:
    """Whether a text is a unit by UCUM, made of atoms in which laboratories report."""
    return _TERM.fullmatch(text) is not None
