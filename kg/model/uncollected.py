"""Work that makes millions of values, without the search for circles among them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for circles while values are made that hold none.

    Each search looks at all that was made so far, so with more of it there are more of them and
    each takes longer; what nothing refers to any more is freed all the same.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
