"""Counts of what the server has done, in the text format of Prometheus; no query, no address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS: Final = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0)


@dataclass(eq=False)
class Metrics:
    """What has happened since the server was started."""

    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """By route, method and status."""
    _durations: dict[str, list[int]] = field(default_factory=dict)
    _seconds: Counter[str] = field(default_factory=Counter)

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        self.requests[route, method, status] += 1
        self._seconds[route] += seconds  # type: ignore[assignment] # a Counter may hold fractions
        counts = self._durations.setdefault(route, [0] * (len(BUCKETS) + 1))
        counts[sum(seconds > bound for bound in BUCKETS)] += 1

    def text(self, now: Mapping[str, tuple[str, float]]) -> str:
        """Everything, with what is so now: a kind (`gauge` or `counter`) and a value by name."""
        lines = [*self._requests(), *self._latencies()]
        for name, (kind, value) in now.items():
            lines += [f"# TYPE kg_{name} {kind}", _line(f"kg_{name}", (), value)]
        return "\n".join(lines) + "\n"

    def _requests(self) -> Iterator[str]:
        yield "# TYPE kg_http_requests_total counter"
        for (route, method, status), number in sorted(self.requests.items()):
            labels = (("route", route), ("method", method), ("status", str(status)))
            yield _line("kg_http_requests_total", labels, number)

    def _latencies(self) -> Iterator[str]:
        name = "kg_http_request_seconds"
        yield f"# TYPE {name} histogram"
        for route, counts in sorted(self._durations.items()):
            below = 0
            for bound, number in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
                below += number
                yield _line(f"{name}_bucket", (("route", route), ("le", bound)), below)
            yield _line(f"{name}_sum", (("route", route),), self._seconds[route])
            yield _line(f"{name}_count", (("route", route),), below)


def _line(name: str, labels: Iterable[tuple[str, str]], value: float) -> str:
    written = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
    return f"{name}{{{written}}} {value:g}" if written else f"{name} {value:g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
