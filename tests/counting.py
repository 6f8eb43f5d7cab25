"""How much a test goes through: a little in every run, more where there is time.

An exhaustive test goes through everything, or through one part of it: `KG_SHARE=3/10` is the third
of ten parts, and CI takes another one with each commit.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TypeVar

import pytest

_Each = TypeVar("_Each")


def counts(default: int, *, exhaustive: int = 0, nightly: int = 0) -> pytest.MarkDecorator:
    """A `count` for each run that a test is part of; none for those that are left out.

    A share of the exhaustive count that is no larger than the default one would be that once more.
    """
    more = {"exhaustive": exhaustive // share()[1], "nightly": nightly}
    return pytest.mark.parametrize(
        "count",
        [
            pytest.param(default, id="default"),
            *(
                pytest.param(count, marks=getattr(pytest.mark, name), id=name)
                for name, count in more.items()
                if count > default
            ),
        ],
    )


def share_of(everything: Sequence[_Each]) -> Sequence[_Each]:
    """Give what an exhaustive run goes through: all, or every so many from the part's own on."""
    part, parts = share()
    return everything[part - 1 :: parts]


def share() -> tuple[int, int]:
    """Give which part of how many an exhaustive run is; the first of one where nobody says so."""
    value = os.environ.get("KG_SHARE", "1/1")
    found = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", value)
    if found is None or int(found[1]) > int(found[2]):
        raise pytest.UsageError(f"KG_SHARE is {value!r}; wanted such as 3/10, part 3 of ten.")
    return int(found[1]), int(found[2])
