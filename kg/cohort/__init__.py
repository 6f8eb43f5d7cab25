"""Cohorts: all patients of a hospital judged at once, by queries that the compiled rules make.

    judgement ──────────────────┐
    parts ─ supports ─ results ─┴ compiler ─ text ─┐
    sources ─ cells ─ words ───────────── database ┴ engine ─ run, one

- `supports`: what a conclusion takes: the smallest sets of facts that it follows from
- `parts`: what each part of a case brings, by the engine of `kg.reasoning`
- `judgement`: what is said of cases, as flat rules
- `tables`: tables of knowledge, and which bit stands for which fact
- `results`: tables of measurements, and of what their results bring
- `compiler`: the compiled model as such tables
- `text`: the queries (`sql/`) with the words of a layout
- `sources`: the tables that patients are read from, and their columns
- `cells`: how a cell is read, by the type of its column
- `omop`: an OMOP common data model as such tables
- `records`: cases as rows of such tables
- `words`: what the words of a source mean
- `database`: what runs the queries: DuckDB, behind a door for others
- `spark`: Spark behind that door
- `engine`: the steps: a source is read and divided once, and each part judged
- `one`: patients as cases, for the judge
- `judge`: the rows of those whose facts contradict each other
- `unfinished`: what a run has done so far, so that one that was ended can go on
- `run`: a whole cohort, written at once or not at all
- `summary`: how far patients come, what was not used, and what was found

Of each patient the queries make a few words of bits, one bit for each fact that a rule asks for.
Patients with the same words are one state, and what follows is worked out once for each state.
Whose facts contradict each other goes to the judge of `kg.answer`.
"""
