r"""The queries of a cohort as Spark writes them.

They are written once, for DuckDB, and sqlglot turns them; what it does not know, or what means
something else in Spark, is changed here and nowhere else:

- `row_number() OVER ()` numbers rows as they come. Spark wants an order, and would put all rows in
  one task to sort them; `monotonically_increasing_id()` tells rows apart just as well. The numbers
  have gaps and take a BIGINT; nothing turns on their order.
- `$` is the end of a text in DuckDB. In Java it is also in front of a last line end, so that `5\n`
  would be a number; `\z` is the end of a text alone.
- `list(DISTINCT x ORDER BY x)` keeps its order in DuckDB. Spark gathers in no order, so that the
  list is put in order afterwards.
- `hash(a, b)` tells NULL from what stands beside it in DuckDB; `xxhash64` of Spark passes over it,
  so that it is told of each part whether it is NULL.
- A temporary table is a Parquet file under a view (`database.py`): it is worked out once, takes no
  memory, and stays when a machine is lost.

What is the same in both without a change, and was looked at: decimals of 18 digits and their
products of 38 (see `session.py`), TRY_CAST of texts, FILTER, `bit_or`, the order of texts by their
bytes, tuples that hold NULL under `count(DISTINCT ...)`, and dates plus days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

import sqlglot
from msgspec import Struct
from sqlglot import exp

_OURS: Final = "duckdb"
_SPARK: Final = "spark"


class Made(Struct, frozen=True):
    """A table or view that a statement makes, and the query of its rows in Spark's words."""

    name: str
    query: str
    """Empty where the statement makes a table without rows."""
    is_table: bool
    is_temporary: bool


def translate_query(query: str) -> str:
    """A query as Spark writes it."""
    return _written(sqlglot.parse_one(query, read=_OURS))


def translate_create(statement: str) -> Made:
    """What a CREATE makes."""
    made = sqlglot.parse_one(statement, read=_OURS).assert_is(exp.Create)
    query = made.expression
    return Made(
        name=made.find(exp.Table, bfs=True).name,
        query=_written(query) if query else "",
        is_table=made.kind == "TABLE",
        is_temporary=made.find(exp.TemporaryProperty) is not None,
    )


def translate_script(script: str) -> Iterator[str]:
    """Every statement of a script, as a reader of Spark's SQL knows it."""
    for each in sqlglot.parse(script, read=_OURS):
        if each is not None:
            temporary = each.find(exp.TemporaryProperty)
            if isinstance(each, exp.Create) and each.kind == "TABLE" and temporary:
                temporary.pop()
            yield f"{_written(each, pretty=True)};\n"


def translate_types(columns: Mapping[str, str]) -> str:
    """Columns with their types as Spark writes them: `term INT, statements ARRAY<STRING>`."""
    kinds = {name: exp.DataType.build(kind, dialect=_OURS) for name, kind in columns.items()}
    return ", ".join(f"`{name}` {kind.sql(_SPARK)}" for name, kind in kinds.items())


def parquet_files(relation: str) -> list[str]:
    """The files of a table that is Parquet alone; none of any other."""
    if not relation.startswith("read_parquet("):
        return []
    read = sqlglot.parse_one(f"SELECT * FROM {relation}", read=_OURS).find(exp.ReadParquet)
    files = read.find(exp.Array) if read else None
    return [each.name for each in files.expressions] if files else []


def _written(query: exp.Expression, *, pretty: bool = False) -> str:
    return str(query.transform(_changed).sql(_SPARK, pretty=pretty, comments=False))


def _changed(node: exp.Expression) -> exp.Expression:
    """A piece of a query with what has to be changed in it."""
    change = next((change for kind, change in _CHANGES if isinstance(node, kind)), None)
    return change(node) if change else node


def _row_numbers(cast: exp.Expression) -> exp.Expression:
    """Numbers of rows in any order, which take more than the type that they are cast to."""
    return _row_number(cast.this) if isinstance(cast.this, exp.Window) else cast


def _row_number(window: exp.Expression) -> exp.Expression:
    in_order = window.args.get("order") or window.args.get("partition_by")
    if isinstance(window.this, exp.RowNumber) and not in_order:
        return exp.func("monotonically_increasing_id")
    return window


def _regular(match: exp.Expression) -> exp.Expression:
    """A regular expression whose end is the end of the text."""
    pattern = match.args["expression"]
    if pattern.is_string and pattern.name.endswith("$"):
        pattern.replace(exp.Literal.string(f"{pattern.name[:-1]}\\z"))
    return match


def _list(gathered: exp.Expression) -> exp.Expression:
    """A list whose parts are put in order after they were gathered."""
    inside = gathered.this if isinstance(gathered, exp.Filter) else gathered
    ordered = inside.this if isinstance(inside, exp.ArrayAgg) else None
    if not isinstance(ordered, exp.Order):
        return gathered
    inside.set("this", ordered.this)
    return exp.func("array_sort", gathered)


def _hash(call: exp.Expression) -> exp.Expression:
    """A hash of 64 bits in which it counts which part is NULL."""
    if call.name.casefold() != "hash":
        return call
    parts = ((exp.Is(this=each.copy(), expression=exp.null()), each) for each in call.expressions)
    return exp.func("xxhash64", *chain.from_iterable(parts))


_CHANGES: Final = (
    (exp.Anonymous, _hash),
    (exp.Cast, _row_numbers),
    (exp.Window, _row_number),
    (exp.RegexpLike, _regular),
    (exp.RegexpReplace, _regular),
    (exp.RegexpExtract, _regular),
    (exp.Filter, _list),
    (exp.ArrayAgg, _list),
)
