"""Compares the queries of a cohort with the judge, and spoils the queries to see that it is seen.

    python benchmarks/cohort_equality.py [--slice K/N] [PATIENTS]
    python benchmarks/cohort_equality.py --mutants NUMBER [--slice K/N] [PATIENTS]

The patients are those of the tests, made by chance from one seed: values on and beside each limit,
series, courses, wrong rows. Of each, verdicts, cautions, steps and what is not used have to be
those of the judge, row for row. A mutant is one query with one small change: a
comparison, a condition or a join; for these, each fourth value of the patients by chance has the
range of the site. Of all
that can be made, so many are taken at even distances. `--slice` takes a share of the patients or of
the mutants: all shares together are the whole.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from kg.case.ranges import read_table
from kg.cohort.compiler import Cohort, Compiler
from kg.cohort.engine import Engine, open_engine
from kg.cohort.judge import COLUMNS
from kg.cohort.one import read_patients
from kg.cohort.sources import flat_source
from kg.cohort.text import STEPS, step_sql, summary_sql
from kg.compile.builder import ensure
from kg.model.errors import KGError
from kg.model.vocabulary import IRI
from kg.store.knowledge import KnowledgeGraph

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

PART: Final = 2_000
"""The patients that are compared at once."""
MEMORY: Final = "2GB"
"""What the engine may take: a join without its condition would take all that there is."""
COUNTED: Final = ("SELECT * FROM funnel", "SELECT * FROM not_used")
"""What the summary counts of patients and rows."""
CHANGES: Final = (
    (r" >= ", " > "),
    (r" > ", " >= "),
    (r" <= ", " < "),
    (r" < ", " <= "),
    (r" = ", " <> "),
    (r"\bAND ", "OR "),
    (r" AND (?!\()[^()\n]*$", ""),
    (r"\bOR ", "AND "),
    (r"\bNOT (?!NULL|DISTINCT)", ""),
    (r"IS NOT NULL", "IS NULL"),
    (r"IS NULL", "IS NOT NULL"),
    (r"\bLEFT JOIN\b", "JOIN"),
    (r"(?<!LEFT )(?<!ANTI )(?<!SEMI )\bJOIN\b", "LEFT JOIN"),
    (r"\bANTI JOIN\b", "SEMI JOIN"),
    (r"\bSEMI JOIN\b", "ANTI JOIN"),
    (r"\bmax\(", "min("),
    (r"\bmin\(", "max("),
    (r"\bbool_or\(", "bool_and("),
    (r"\bbool_and\(", "bool_or("),
    (r"\bDISTINCT (?!FROM)", ""),
    (r" \* ", " + "),
    (r" \+ ", " - "),
)
"""What is changed, as a pattern, and what stands in its place."""


_MADE: Final = r"^CREATE (?:OR REPLACE )?TEMP (TABLE|VIEW) (\w+)"
"""What a step makes, by kind and name."""


class Mutant:
    """A script with one change."""

    def __init__(self, step: str, text: str, start: int, end: int, put: str) -> None:
        self.step = step
        self.text = text[:start] + put + text[end:]
        line = text.count("\n", 0, start)
        self.told = (
            f"{step} {line + 1}: {text.splitlines()[line].strip()} | {text[start:end]!r} as {put!r}"
        )


def mutants(cohort: Cohort) -> list[Mutant]:
    """Every change of every script that judges; comments are left as they are."""
    return [
        Mutant(step, text, found.start(), found.end(), put)
        for step in STEPS
        for text in (re.sub(r"--.*", "", step_sql(cohort, step)),)
        for pattern, put in CHANGES
        for found in re.finditer(pattern, text, re.MULTILINE)
    ]


def told(engine: Engine, knowledge: KnowledgeGraph) -> tuple[Any, ...]:
    """What the queries say of the part that was judged last, and count of it."""
    from cohort_judged import rows_of_queries, unused_of_queries

    for name, columns in COLUMNS.items():
        engine.data.run(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    engine.sum_up()
    counts = [sorted(engine.rows(query)) for query in COUNTED]
    return rows_of_queries(engine), unused_of_queries(engine, knowledge.lexicon), counts


def wanted(engine: Engine, knowledge: KnowledgeGraph, about: str) -> tuple[Any, ...]:
    """The same of the judge."""
    from cohort_judged import rows_of, unused_of_case
    from test_cohort_equality import DAYS

    from kg.answer.ask import ask

    unused: Counter[Any] = Counter()
    said = {}
    for key, patient in read_patients(engine, knowledge.lexicon):
        case = patient.case(knowledge.lexicon, DAYS)
        answer = ask(knowledge, case, about=IRI(about))
        said[key] = {"contradicts": bool(answer.conflicts), **rows_of(answer)}
        unused += unused_of_case(key, case)
    return said, unused


def compare(engine: Engine, knowledge: KnowledgeGraph, cohort: Cohort) -> Mapping[str, int]:
    """How many patients and reasons of all parts were compared, and how many differ."""
    from test_cohort_equality import DAYS

    found: Counter[str] = Counter()
    for part in range(engine.parts):
        engine.judge_part(DAYS, part)
        said, unused, _ = told(engine, knowledge)
        judged, reasons = wanted(engine, knowledge, cohort.topic.finding.iri)
        left = [key for key, each in said.items() if each["contradicts"]]
        found["patients"] += len(judged)
        found["left to the judge"] += len(left)
        found["verdicts"] += sum(len(each["verdicts"]) for each in judged.values())
        found["messages"] += sum(len(each["messages"]) for each in judged.values())
        found["steps"] += sum(len(each["steps"]) for each in judged.values())
        found["patients that differ"] += sum(
            said.get(key) != each
            and not (key in said and said[key]["contradicts"] and each["contradicts"])
            for key, each in judged.items()
        )
        found["reasons"] += reasons.total()
        found["reasons that differ"] += ((unused - reasons) + (reasons - unused)).total()
    return found


def spoil(
    engine: Engine, knowledge: KnowledgeGraph, cohort: Cohort, some: list[Mutant]
) -> Mapping[str, Any]:
    """What becomes of the mutants: some do not run, the others should say something else.

    The last steps are spoiled first, so that those before them stand and are not run again. Each
    fate is told at once, so that a run that is ended has told what it found.
    """
    from test_cohort_equality import DAYS

    engine.judge_part(DAYS)
    right = told(engine, knowledge)
    fates: Counter[str] = Counter()
    missed = []
    for mutant in sorted(some, key=lambda each: -STEPS.index(each.step)):
        try:
            _judge_from(engine, cohort, mutant)
            fate = "missed" if told(engine, knowledge) == right else "caught"
        except (AssertionError, TypeError):  # a patient twice, or NULL where a list has to stand
            fate = "caught"
        except (KGError, ValueError, KeyError):
            fate = "does not run"
        fates[fate] += 1
        missed += [mutant.told] if fate == "missed" else []
        print(fate, mutant.told, file=sys.stderr, flush=True)
    return {**fates, "missed mutants": missed}


def _judge_from(engine: Engine, cohort: Cohort, mutant: Mutant) -> None:
    """Run the step that is changed, and those behind it as they are."""
    place = STEPS.index(mutant.step)
    scripts = [mutant.text, *(step_sql(cohort, step) for step in STEPS[place + 1 :])]
    made = "\n".join((*scripts, summary_sql(cohort)))
    for kind, name in re.findall(_MADE, made, re.MULTILINE):
        engine.data.run(f"DROP {kind} IF EXISTS {name}")
    for script in scripts:
        engine.data.run(script, "judge a mutant")


def main() -> None:
    """Print the figures as JSON."""
    from cohort_patients import ULP, CohortPatients, as_tables_of
    from cohort_witnesses import beside_limits, beside_plausible, witnesses
    from patients import Patients
    from test_cohort_equality import RANGES, SEED

    parser = argparse.ArgumentParser()
    parser.add_argument("patients", type=int, nargs="?", default=20_000)
    parser.add_argument("--mutants", type=int, default=0)
    parser.add_argument("--slice", default="1/1")
    given = parser.parse_args()
    knowledge = ensure()
    topic = next(iter(knowledge.model.tables.topics.values()))
    cohort = Compiler(knowledge, topic).compile()
    made = Patients(knowledge.lexicon, knowledge.rules, SEED, ulp=ULP)
    tables = CohortPatients(made).tables(given.patients)
    for row in [each for each in tables.rows["result"] if each.get("value")][::4]:
        row.update({"low": "", "high": "", "range_unit": ""} if given.mutants else {})
    beside = dict(beside_limits(cohort)) | dict(beside_plausible(knowledge.lexicon))
    beside |= dict(witnesses())
    for name, rows in as_tables_of(made, beside).rows.items():
        tables.rows[name] += rows
    place, places = map(int, given.slice.split("/"))
    if not given.mutants:
        shares = {e["patient"]: n for n, e in enumerate(tables.rows["person"])}
        for name, rows in tables.rows.items():
            tables.rows[name] = [e for e in rows if shares[e["patient"]] % places == place - 1]
    everything = mutants(cohort)
    start = time.process_time()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_engine(cohort, knowledge.lexicon, memory=MEMORY) as engine,
    ):
        engine.open_source(flat_source(tables.write(Path(folder))))
        if given.mutants:
            engine.ranges = read_table(RANGES, knowledge.lexicon, "ranges.csv")
        engine.read(10**9 if given.mutants else PART)
        figures: dict[str, Any] = {"beside limits, and witnesses": len(beside)}
        if given.mutants:
            step = max(1, len(everything) // given.mutants)
            some = everything[::step][: given.mutants][place - 1 :: places]
            figures |= {"changes that can be made": len(everything), "made": len(some)}
            figures |= spoil(engine, knowledge, cohort, some)
        else:
            figures |= compare(engine, knowledge, cohort)
    figures["processor seconds"] = round(time.process_time() - start, 1)
    print(json.dumps(figures, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
