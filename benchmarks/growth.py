"""Measures how builds and answers grow with the articles: `make bench-growth`.

For each size an ontology is grown (`grow.py`) beside a copy of the code, and whole processes are
run on it. Processor seconds are given, of a process and its children: they say more on a machine
that has other work; memory is the peak of one process. Every line is written as it is measured, to
`docs/explanation/growth.tsv` with `--keep`, which the page beside it shows.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from math import log10
from pathlib import Path
from typing import Final, NamedTuple

from grow import grow

HERE: Final = Path(__file__).resolve().parent.parent
KEPT: Final = HERE / "docs" / "explanation" / "growth.tsv"
PICTURE: Final = HERE / "docs" / "images" / "growth.svg"
STATEMENTS: Final = 141
"""Of the two articles, once."""
SIZES: Final = {1: 1, 7: 4, 21: 8, 71: 16, 709: 64}
"""Copies of the articles, and with them topics: their number grows with a power of 0.65."""
ASKED: Final = ("ask", "--has", "multiple myeloma", "--lab", "alp=high", "--lab", "ggt=normal")
ROUNDS: Final = 5
MEBIBYTE: Final = 1024
_LABEL: Final = re.compile(r'label>? "[A-Z][\d-]+ [^"\\]*')
"""The name of a statement, which begins with its id."""
COLUMNS: Final = ("statements", "articles", "topics", "what", "seconds", "peak")


class Took(NamedTuple):
    """Processor seconds of a process with its children, and mebibytes at its peak."""

    seconds: float
    peak: float


class Line(NamedTuple):
    """One figure of one size."""

    articles: int
    topics: int
    what: str
    took: Took

    def cells(self) -> tuple[str, ...]:
        """The figure as a row of the table that is kept."""
        seconds, peak = self.took
        counts = (self.articles * STATEMENTS, 2 * self.articles, self.topics)
        return (*map(str, counts), self.what, f"{seconds:.2f}", f"{peak:.0f}")


def main() -> None:
    """Print a line for each figure."""
    options = _options()
    lines: list[Line] = []
    for articles in options.articles:
        with tempfile.TemporaryDirectory(prefix="etiograph-growth-") as folder:
            for line in measure(Path(folder), articles, SIZES[articles]):
                lines.append(line)
                print("\t".join(line.cells()), flush=True)
    if options.keep:
        rows = _together(line.cells() for line in lines)
        with KEPT.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter="\t", lineterminator="\n").writerows([COLUMNS, *rows])
    if options.draw or options.keep:
        PICTURE.write_text(picture(_kept()), "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", nargs="*", type=int, choices=SIZES, default=[1, 7])
    parser.add_argument("--keep", action="store_true", help="write the table and the picture")
    parser.add_argument("--draw", action="store_true", help="draw the picture of what is kept")
    return parser.parse_args()


def measure(folder: Path, articles: int, topics: int) -> Iterator[Line]:
    """Every figure of one size, in the order in which they are measured."""
    for name in ("kg", "queries"):
        shutil.copytree(HERE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    grow(HERE / "ontology", folder / "ontology", articles=articles, topics=topics)
    subprocess.run([sys.executable, "-m", "compileall", "-q", "kg"], cwd=folder, check=True)

    def line(what: str, took: Took) -> Line:
        return Line(articles, topics, what, took)

    yield line("cold build", run(folder, "build"))
    yield line("build, nothing changed", run(folder, "build"))
    yield line("ask", _median([run(folder, *ASKED) for _ in range(ROUNDS)]))
    _change_an_article(folder / "ontology")
    yield line("ask, one article changed", run(folder, *ASKED))
    _change_an_article(folder / "ontology")
    yield line("build, one article changed", run(folder, "build"))


def run(folder: Path, *arguments: str) -> Took:
    """What a command of the copy takes."""
    environment = {
        **os.environ, "PYTHONPATH": str(folder), "KG_CACHE": str(folder / "cache"),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", *arguments], cwd=folder, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    said = process.stderr.read() if process.stderr else b""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(said.decode())
    return Took(used.ru_utime + used.ru_stime, used.ru_maxrss / MEBIBYTE)


def _median(found: Sequence[Took]) -> Took:
    return Took(*(statistics.median(column) for column in zip(*found, strict=True)))


def _change_an_article(ontology: Path) -> None:
    """Say one more word in one statement of an article: it is part of what answers say."""
    path = min((ontology / "statements").glob("A*.ttl"), key=lambda each: each.stat().st_mtime_ns)
    text = path.read_text("utf-8")
    changed = _LABEL.sub(r"\g<0> indeed", text, count=1)
    if changed == text:
        sys.exit(f"no statement of {path} has a name")
    path.write_text(changed, "utf-8")


def _together(rows: Iterator[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The new rows in place of those that were kept of the same."""
    known = {(row["statements"], row["what"]): tuple(row.values()) for row in _kept()}
    known |= {(row[0], row[3]): row for row in rows}
    return sorted(known.values(), key=lambda row: (int(row[0]), row[3]))


def _kept() -> list[dict[str, str]]:
    if not KEPT.is_file():
        return []
    with KEPT.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


# ── The picture ─────────────────────────────────────────────────────────────────────────────

_WIDTH, _HEIGHT, _LEFT, _TOP = 640, 360, 60, 20
_COLOURS: Final = ("#1b6ca8", "#b23a48", "#2e7d32", "#6a4c93", "#c77700")


def picture(rows: Sequence[Mapping[str, str]]) -> str:
    """The seconds of everything over the statements, both in powers of ten, as SVG."""
    drawn = [
        *_grid(),
        *(
            part
            for colour, what in zip(_COLOURS, sorted({row["what"] for row in rows}), strict=False)
            for part in _curve(what, colour, [row for row in rows if row["what"] == what])
        ),
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="11" role="img">'
        "<title>Processor seconds over statements</title>"
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
    )
    return "\n".join([head, *drawn, "</svg>", ""])


def _grid() -> Iterator[str]:
    for power in range(2, 6):
        x = _x(10**power)
        yield f'<line x1="{x}" y1="{_TOP}" x2="{x}" y2="{_y(0.1)}" stroke="#ddd"/>'
        yield f'<text x="{x}" y="{_y(0.1) + 16}" text-anchor="middle">{10**power:,}</text>'
    for seconds in (0.1, 1, 10, 100, 1000):
        y = _y(seconds)
        yield f'<line x1="{_LEFT}" y1="{y}" x2="{_x(10**5)}" y2="{y}" stroke="#ddd"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{seconds:g} s</text>'


def _curve(what: str, colour: str, rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    points = [(_x(float(row["statements"])), _y(float(row["seconds"]))) for row in rows]
    line = " ".join(f"{x},{y}" for x, y in points)
    yield f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, y in points:
        yield f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>'
    x, y = points[-1]
    yield f'<text x="{x + 8}" y="{y + 4}" fill="{colour}">{what}</text>'


def _x(statements: float) -> float:
    return round(_LEFT + (log10(statements) - 2) * (_WIDTH - _LEFT - 150) / 3, 1)


def _y(seconds: float) -> float:
    return round(_TOP + (3 - log10(max(seconds, 0.1))) * (_HEIGHT - _TOP - 40) / 4, 1)


if __name__ == "__main__":
    main()
