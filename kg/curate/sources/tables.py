"""Rows of tables in a plain text: cells apart by tabs, by bars, or by a gap of blanks.

A row says something of its first cell, so it is read like an item of a list and never taken for a
heading. The head of a table, where a line is drawn under it, names the columns.
"""

from __future__ import annotations

import re
from typing import Final

_RULE: Final = re.compile(r"[\s|+:=─━┼│_-]*(?:-{3}|={3}|_{3}|─{3}|━{3})[\s|+:=─━┼│_-]*")
_GAP: Final = re.compile(r"\s*[|│]\s*|\t+| {2,}")
_CERTAIN: Final = re.compile(r"^[|│].*[|│]$|\S\s*\t\s*\S|\S {3,}\S")
"""What stands in a row and in no sentence; two blanks or one bar need a neighbour of their like."""


def is_rule(line: str) -> bool:
    """Whether a line is drawn, and holds no word."""
    return _RULE.fullmatch(line) is not None


def split_cells(line: str) -> tuple[str, ...]:
    """The cells of a line that may be a row; one cell for a line that cannot."""
    written = line.strip()
    cells = _GAP.split(re.sub(r"^[|│]\s*|\s*[|│]$", "", written))
    sentences = any(cell.endswith((".", "!", "?")) for cell in cells[:-1])
    return (written,) if sentences or is_rule(written) else tuple(cells)


def is_certain_row(line: str) -> bool:
    """Whether a line is a row by itself, whatever stands around it."""
    return len(split_cells(line)) > 1 and _CERTAIN.search(line.strip()) is not None


def name_cells(heads: tuple[str, ...], cells: tuple[str, ...]) -> str:
    """A row as it is read: each cell after the head of its column, where there is one."""
    named = heads if len(heads) == len(cells) else ("",) * len(cells)
    return "; ".join(
        f"{head}: {cell}" if head else cell for head, cell in zip(named, cells, strict=True)
    )
