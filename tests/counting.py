"""How many cases made by chance a test takes: few in every run, more where there is time."""

from __future__ import annotations

import pytest


def counts(default: int, *, exhaustive: int = 0, nightly: int = 0) -> pytest.MarkDecorator:
    """A `count` for each run that a test is part of; none for those that are left out."""
    more = {"exhaustive": exhaustive, "nightly": nightly}
    return pytest.mark.parametrize(
        "count",
        [
            pytest.param(default, id="default"),
            *(
                pytest.param(count, marks=getattr(pytest.mark, name), id=name)
                for name, count in more.items()
                if count
            ),
        ],
    )
