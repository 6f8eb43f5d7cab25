"""What one client may use, and what is kept of results."""

from __future__ import annotations

import pytest

from kg.serve.http.accounts import Budget
from kg.serve.http.limits import Limits, client_of
from kg.serve.http.responses import Problem, Reply, ReplyCache


class Clock:
    """A time that the test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


def test_seconds(clock: Clock) -> None:
    """A client that used a minute's processor time waits until some has come back."""
    budget = Budget(Limits(seconds_per_minute=30), clock)
    budget.check("a")
    budget.charge("a", seconds=31)

    with pytest.raises(Problem) as caught:
        budget.check("a")
    assert caught.value.status == 429
    assert caught.value.headers == (("Retry-After", "2"),)
    budget.check("b")
    clock.now = 2.5
    budget.check("a")


def test_errors(clock: Clock) -> None:
    """So does one that made too many errors."""
    budget = Budget(Limits(errors_per_minute=2), clock)
    budget.charge("a", errors=2)

    with pytest.raises(Problem, match="2 errors in a minute"):
        budget.check("a")
    clock.now = 31
    budget.check("a")


def test_no_limit(clock: Clock) -> None:
    """Zero is no limit."""
    budget = Budget(Limits(seconds_per_minute=0, errors_per_minute=0), clock)
    budget.charge("a", seconds=1000, errors=1000)

    budget.check("a")


def test_nothing_is_saved_up(clock: Clock) -> None:
    """A client that was quiet for an hour has a minute's worth, not sixty."""
    budget = Budget(Limits(seconds_per_minute=30), clock)
    budget.check("a")
    clock.now = 3600
    budget.charge("a", seconds=30.5)

    with pytest.raises(Problem):
        budget.check("a")


def test_accounts_are_bounded(clock: Clock) -> None:
    """Any number of addresses takes a bounded amount of memory."""
    budget = Budget(Limits(), clock)
    for number in range(10_500):
        budget.check(str(number))

    assert len(budget._accounts) == 10_000


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        (None, ""),
        ("not:an:address", "not:an:address"),
    ],
)
def test_client(address: str | None, client: str) -> None:
    """The addresses that one customer has of IPv6 are one client."""
    assert client_of(address) == client


def test_cache() -> None:
    """What was not asked for longest goes first, and no more is kept than there is room for."""
    cache = ReplyCache(100_000)
    for number in range(40):
        cache.put(number, Reply(b"x" * 2000, "text/csv"))
        cache.get(0)

    assert cache.get(0) is not None
    assert cache.get(1) is None
    assert cache.get(39) is not None
    assert cache._size <= 100_000


def test_cache_of_nothing() -> None:
    """A result that would take too much room is not kept, and none where there is no room."""
    small, none = ReplyCache(100_000), ReplyCache(0)
    small.put(1, Reply(b"x" * 10_000, "text/csv"))
    none.put(1, Reply(b"", "text/csv"))

    assert small.get(1) is None
    assert none.get(1) is None
