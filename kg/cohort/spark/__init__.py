"""Cohorts on Spark: the same queries, for hospitals whose rows are on more than one machine.

- `dialect`: the queries as Spark writes them, and each difference with its reason
- `session`: Spark as it has to be set for them
- `database`: what `kg.cohort.database` is for DuckDB
- `judging`: those whose facts contradict each other, judged where their rows are
"""
