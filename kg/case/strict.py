"""JSON read strictly: exact numbers, no key twice, nothing that is not JSON."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal

from kg.model.errors import UsageError


def strict(text: str) -> object:
    """The JSON value of a text; numbers exact, no key twice, nothing that is not JSON."""
    try:
        value: object = json.loads(
            text,
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_no_key_twice,
        )
    except ArithmeticError:
        raise UsageError("the case holds a number of a size that cannot be read.") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the case is not JSON: {error}.") from None
    return value


def _refuse_constant(name: str) -> object:
    raise UsageError(f"the case holds {name}, which is not a number.")


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = sorted(key for key, count in counts.items() if count > 1)
        raise UsageError(f"the case has a key twice: {', '.join(twice)}.")
    return table
