"""Judges cohorts on Spark: `judge.py OUTPUT FORM:SOURCE:SIZE …`, each in parts of so many patients.

It runs in a process that has Spark (`fetch.py`), whose Java starts once for all of them.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Final

from kg.cohort.compiler import Cohort, Compiler
from kg.cohort.engine import Days, Engine
from kg.cohort.omop import omop_source
from kg.cohort.run import Run
from kg.cohort.sources import flat_source
from kg.compile.builder import ensure
from kg.store.knowledge import KnowledgeGraph

DAYS: Final = Days(today=date(2026, 6, 1))


def judge(  # noqa: PLR0913, PLR0917 - what is judged, by what, and where to
    run: type[Run],
    engine: Engine,
    knowledge: KnowledgeGraph,
    cohort: Cohort,
    job: str,
    output: Path,
) -> None:
    """Judge the patients of a source in parts, and write what is said of them."""
    form, place, size = job.rsplit(":", 2)
    lexicon, source = knowledge.lexicon, Path(place)
    opened = omop_source(engine, source, lexicon, DAYS) if form == "omop" else flat_source(source)
    engine.open_source(opened)
    engine.read(int(size))
    run(knowledge, cohort, engine, DAYS).write(output / source.name, source.name)


if __name__ == "__main__":
    from kg.cohort.spark.database import open_spark
    from kg.cohort.spark.judging import SparkRun

    graph = ensure()
    topic = next(iter(graph.model.tables.topics.values()))
    compiled = Compiler(graph, topic).compile()
    folder = Path(sys.argv[1])
    (folder / "work").mkdir()
    for each in sys.argv[2:]:
        with open_spark("local[2]", folder / "work", threads=2) as data:
            judge(SparkRun, Engine(data, compiled, graph.lexicon), graph, compiled, each, folder)
