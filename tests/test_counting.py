"""Each part of an exhaustive run is another one, and together they are all of it."""

from __future__ import annotations

import pytest
from counting import share_of


def test_the_parts_are_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left out by one commit is looked at by another, and nothing twice."""
    found = []
    for part in range(1, 11):
        monkeypatch.setenv("KG_SHARE", f"{part}/10")
        found.append(share_of(range(144)))

    assert sorted(each for part in found for each in part) == list(range(144))
    monkeypatch.delenv("KG_SHARE")
    assert share_of(range(144)) == range(144)


@pytest.mark.parametrize("value", ["10", "0/10", "11/10", "", "a/b"])
def test_another_share_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip of the pen never makes an exhaustive run one that looks at nothing."""
    monkeypatch.setenv("KG_SHARE", value)

    with pytest.raises(pytest.UsageError, match="wanted such as 3/10"):
        share_of(range(144))
