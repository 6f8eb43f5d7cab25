"""Tables of the compiled model: each entry as it was written, and no more read than is asked."""

from __future__ import annotations

import msgspec
import pytest

from kg.model.errors import CorruptProductError
from kg.model.parts import Plan, Row, Table, place_key, write_table

_VALUES = {f"term {(7 * each) % 5000}": "x" * (each % 50) for each in range(5000)}


def _table(content: bytes, plan: Plan) -> Table[str, str]:
    return Table(memoryview(content), plan, str, str)


@pytest.fixture(name="written", scope="module")
def _written() -> tuple[Plan, bytes]:
    plan, content = write_table({k: msgspec.json.encode(v) for k, v in _VALUES.items()})
    return plan.moved(3), b"..." + content


def test_a_table_holds_what_was_written(written: tuple[Plan, bytes]) -> None:
    """Every entry is found by its key, and all are gone through in their own order."""
    plan, content = written

    found = _table(content, plan)

    assert len(plan.first) > 5
    assert {key: found[key] for key in _VALUES} == _VALUES
    assert [*found] == [*_VALUES]
    assert len(found) == len(_VALUES)


@pytest.mark.parametrize("name", ["", "a", "term", "term 17x", "term 5000", "zebra"])
def test_what_was_not_written_is_not_there(written: tuple[Plan, bytes], name: str) -> None:
    """A key before the first, behind the last or between two others leads to nothing."""
    plan, content = written

    found = _table(content, plan)

    assert name not in found
    assert found.get(name) is None


def test_an_entry_is_read_without_the_others(written: tuple[Plan, bytes]) -> None:
    """What is damaged elsewhere is not looked at, and is told where it is asked for."""
    plan, content = written
    damaged = bytearray(content)
    damaged[plan.starts[1] : plan.starts[-1]] = b"#" * (plan.starts[-1] - plan.starts[1])

    found = _table(bytes(damaged), plan)

    assert found[plan.first[0]] == _VALUES[plan.first[0]]
    with pytest.raises(CorruptProductError, match="compiled model cannot be read"):
        _ = found[plan.first[1]]


def test_an_empty_table_has_no_entry() -> None:
    """Of nothing, nothing is found."""
    plan, content = write_table({})

    found = _table(content, plan)

    assert not found
    assert [*found] == []
    assert "a" not in found


def test_a_row_is_read_by_place() -> None:
    """Places count from nought, and go on until there is none."""
    values = [f"value {each}" for each in range(3000)]
    plan, content = write_table(
        {place_key(place): msgspec.json.encode(each) for place, each in enumerate(values)}
    )

    found = Row(_table(content, plan))

    assert [found[0], found[2999], *found[10:12]] == [values[0], values[2999], *values[10:12]]
    assert [*found] == values
    with pytest.raises(IndexError):
        _ = found[3000]
