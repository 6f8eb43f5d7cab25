"""The search for circles rests while values are made, and goes on afterwards as before."""

from __future__ import annotations

import gc

import pytest

from kg.model.uncollected import uncollected


@uncollected()
def _fails() -> None:
    assert not gc.isenabled()
    raise ValueError("stopped")


@pytest.mark.parametrize("enabled", [True, False])
def test_the_search_is_left_as_it_was(enabled: bool) -> None:  # noqa: FBT001
    """Also after an error, and where somebody had stopped it before."""
    was = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        with pytest.raises(ValueError, match="stopped"):
            _fails()

        assert gc.isenabled() is enabled
    finally:
        (gc.enable if was else gc.disable)()
