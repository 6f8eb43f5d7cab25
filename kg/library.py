"""The library door: open the graph, ask it a case, and see what every row rests on.

    graph = kg.load()
    answer = graph.ask("multiple myeloma", alp="high", ggt="normal")
    print(answer.why("hepatic amyloidosis"))

It adds nothing to what the other folders do: it names in one place what a program needs of them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kg.answer import model
from kg.answer.ask import ask, find_topic
from kg.answer.proof.explain import explain_row, find_row
from kg.answer.proof.model import Explanation
from kg.answer.questions import assume as assume_in
from kg.answer.what_if import Supposition, suppose
from kg.audit import Audit, check_claims, check_text, read_claims
from kg.audit.evidence import evidence_of
from kg.case import Case, read_case, resolve_case
from kg.case.dates import day_there
from kg.case.fhir import read_case as read_record
from kg.case.fhir.maps import with_maps
from kg.compile import builder
from kg.model.characters import check_characters
from kg.model.errors import KGError, UsageError
from kg.model.resources import queries_dir
from kg.model.statements import Statement
from kg.model.terms import Lexicon
from kg.model.vocabulary import IRI, BlankNode, Literal, Term
from kg.pages.notebook import html_of
from kg.show import render
from kg.show.changes import render_supposition
from kg.show.data import COLUMNS
from kg.show.frames import columns_of, make_frame
from kg.show.proof import render_proof
from kg.store.base import Rows
from kg.store.knowledge import KnowledgeGraph
from kg.store.named import Names
from kg.store.queries import bind, read_query
from kg.store.queries import load as load_query
from kg.store.statements import find_statement, read_statement
from kg.store.term_card import TermCard, read_card

__all__ = ["Answer", "Graph", "Proof", "Supposed", "load"]


def load() -> Graph:
    """The graph that the sources make as they are now; built first where it has to be."""
    return Graph(builder.ensure())


@dataclass(frozen=True)
class Proof:
    """Why one row of an answer stands: `print` shows it, `value` holds it."""

    value: Explanation

    @property
    def statements(self) -> tuple[str, ...]:
        """The ids of the statements that the proofs use."""
        return tuple(self.value.statements)

    def render(self, form: str = "text") -> str:
        """The proof as `text`, `md`, `json` or `ttl` (PROV-O)."""
        return render_proof(self.value, form)

    def __str__(self) -> str:
        return self.render()

    def _repr_html_(self) -> str | None:
        """The same in a notebook."""
        return html_of(self.value)


@dataclass(frozen=True)
class Supposed:
    """What would change in an answer if something were so: `print` shows it, `value` holds it."""

    value: Supposition

    def render(self, form: str = "text") -> str:
        """The changes as `text`, `md` or `json`."""
        return render_supposition(self.value, form)

    def __str__(self) -> str:
        return self.render()

    def _repr_html_(self) -> str | None:
        """The same in a notebook."""
        return html_of(self.value)


@dataclass(frozen=True)
class Answer:
    """What the graph says of a case: `print` shows it, `value` holds every part of it."""

    value: model.Answer
    case: Case
    graph: Graph = field(repr=False)

    @property
    def causes(self) -> tuple[model.Cause, ...]:
        """The listed causes that are judged in this case, by verdict."""
        return self.value.causes

    @property
    def alerts(self) -> tuple[model.Message, ...]:
        """What the sources warn of in such a case."""
        return self.value.alerts

    @property
    def read_as(self) -> str:
        """The options that a question in words was read as; empty where none was asked."""
        return self.value.read_as.options if self.value.read_as else ""

    @property
    def statements(self) -> Mapping[str, model.StatementNote]:
        """What stands behind every id of a statement that the answer names."""
        return self.value.statements

    def why(self, row: str | int | model.Cause) -> Proof:
        """The proof of a row: a cause, or an alert, rule, outcome, advice or step by its words.

        A number is that of a cause on the printed page, a letter that of a next step. UsageError
        where no row or more than one has that name.
        """
        check_characters(row, "the row")
        named = (row.label, row.iri) if isinstance(row, model.Cause) else self._named(str(row))
        name, iri = named
        found = find_row(self.value, name, iri)
        return Proof(explain_row(self.graph.knowledge, self.case, self.value, found))

    def what_if(self, *facts: str) -> Supposed:
        """What would change if these facts were so, each as `kg ask --if` takes it.

        What the case says otherwise gives way. UsageError where a fact names no term.
        """
        check_characters({"facts": facts}, "what is supposed")
        words, about = self.graph.lexicon, IRI(self.value.finding.iri)
        found = suppose(self.graph.knowledge, words, self.case, facts, about=about, today=_today())
        return Supposed(found)

    def render(self, form: str = "text", show: Collection[str] = ()) -> str:
        """The answer as `text`, `md`, `json`, `csv`, `ttl`, or `brief`: JSON in few words.

        Text and Markdown are one page; `show` names the parts that are opened behind it, or `all`
        for the whole answer (`kg.show.PARTS`).
        """
        return render(self.value, form, show)

    def frame(self, library: str | None = None) -> Any:  # noqa: ANN401 - of a library that may not be there
        """The causes as a data frame of `pandas` or `polars`: the rows and columns of `csv`.

        UsageError where the library, or without a name both of them, are not installed.
        """
        rows = list(csv.DictReader(io.StringIO(self.render("csv"))))
        return make_frame({name: [row[name] for row in rows] for name in COLUMNS}, library)

    def __str__(self) -> str:
        return self.render()

    def _repr_html_(self) -> str | None:
        """The page in a notebook."""
        return html_of(self.value)

    def _named(self, text: str) -> tuple[str, str]:
        """A text with the term that it names; with none where it names none."""
        try:
            return text, self.graph.lexicon.find(text).iri
        except KGError:  # a row may be found by words that are no term
            return text, ""


@dataclass(frozen=True, eq=False)
class Graph:
    """A built graph, open for questions."""

    knowledge: KnowledgeGraph = field(repr=False)

    def _repr_html_(self) -> str | None:
        """The documents and questions of the graph, in a notebook."""
        return html_of(self.knowledge)

    @property
    def version(self) -> str:
        """The version: the beginning of the hash of everything that the graph was built from."""
        return self.knowledge.version

    @property
    def lexicon(self) -> Lexicon:
        """The terms of the graph, found by any of their names and codes."""
        return self.knowledge.lexicon

    def ask(  # noqa: PLR0913 - what may be known of a patient
        self,
        *conditions: str,
        labs: Sequence[str] = (),
        drugs: Sequence[str] = (),
        findings: Mapping[str, bool | None] | None = None,
        age: int | str | None = None,
        sex: str | None = None,
        day: date | None = None,
        assume: Sequence[str] = (),
        about: str | None = None,
        question: str | None = None,
        **results: str,
    ) -> Answer:
        """The answer for a case in the words of the command line; what is left out is unknown.

        `results` are laboratory results by the short name of the marker, `alp="212U/L(35-105)"`
        as `labs=["alp=212U/L(35-105)"]`; a drug may have its days, `"bortezomib@2026-01-10"`; a
        finding is true, false or, as None, looked for and not known. `day` is the day that is
        asked about, by default today; `assume` names conditions that an answer asks about, to be
        taken as present; `about` is the finding whose causes are wanted. A `question` in words is
        read as options beside the others, which `Answer.read_as` tells; AmbiguousQuestionError
        where it has more than one reading.
        """
        given: dict[str, object] = {"conditions": conditions, "labs": labs, "drugs": drugs}
        given |= {"findings": findings, "age": age, "sex": sex, "assume": assume}
        given |= {"question": question, **results}
        check_characters(given, "the case")
        answers = {True: "yes", False: "no", None: "unknown"}
        case = read_case(
            self.lexicon,
            has=conditions,
            labs=(*labs, *(f"{name}={result}" for name, result in results.items())),
            drugs=drugs,
            findings=[f"{name}={answers[found]}" for name, found in (findings or {}).items()],
            age=None if age is None else str(age),
            sex=sex,
            day=None if day is None else day.isoformat(),
            question=question,
            today=_today(),
        )
        return self.answer(assume_in(self.knowledge, case, assume), about=about)

    def ask_case(self, case: Mapping[str, object], about: str | None = None) -> Answer:
        """The answer for a case as plain values, in the form of `kg schema case`."""
        check_characters(case, "the case")
        return self.answer(resolve_case(dict(case), self.lexicon, today=_today()), about=about)

    def ask_fhir(
        self,
        record: str,
        day: date | None = None,
        about: str | None = None,
        maps: Iterable[str] = (),
    ) -> Answer:
        """The answer for a FHIR R4 or R5 record of one patient, as JSON text.

        `maps` are FHIR ConceptMaps, as JSON text too, from codes of the hospital to those of a
        terminology.
        """
        words = with_maps(self.lexicon, ((f"map {n}", text) for n, text in enumerate(maps, 1)))
        return self.answer(read_record(record, words, day or _today(record)), about=about)

    def answer(self, case: Case, about: str | None = None) -> Answer:
        """The answer for a case that was read before."""
        check_characters(about, "the finding asked about")
        topic = None if about is None else find_topic(self.lexicon, about)
        return Answer(ask(self.knowledge, case, topic), case, self)

    def check(self, claims: object) -> Audit:
        """Whether the claims of somebody else say more than the statements: no model takes part.

        `claims` is a list of plain values in the form of `kg schema claims`, such as
        `[{"subject": "osteoporosis", "relation": "causes", "object": "raised ALP"}]`, or an object
        that has it as `claims`; UsageError where one cannot be read. A text is read sentence by
        sentence, and what is not read of it stands in `unread`.
        """
        evidence = evidence_of(self.knowledge)
        if isinstance(claims, str):
            check_characters(claims, "the text")
            return check_text(evidence, claims)
        return check_claims(evidence, read_claims(claims))

    def query(self, query: str, **parameters: Term | Iterable[Term]) -> Rows:
        """The rows of a SELECT query: one of `kg queries` by its name, or the text of one.

        The text runs in this process without a limit of time: it is not for a stranger's query.
        """
        check_characters(query, "the query")
        text = len(query.split()) > 1
        found = read_query(query, "the query") if text else load_query(queries_dir(), query)
        given = {name: _terms(value) for name, value in parameters.items()}
        return self.knowledge.store.select(bind(found, given))

    def frame(
        self, query: str, library: str | None = None, **parameters: Term | Iterable[Term]
    ) -> Any:  # noqa: ANN401 - of a library that may not be there
        """The rows of a query as a data frame of `pandas` or `polars`, with numbers as numbers."""
        return make_frame(columns_of(self.query(query, **parameters)), library)

    def term(self, name: str) -> TermCard:
        """What is said of a term, by any of its names or codes; UnknownTermError if none."""
        check_characters(name, "the name")
        store = self.knowledge.store
        return read_card(store, Names(store, self.lexicon).find(name))

    def statement(self, identifier: str) -> Statement:
        """A statement by its id, as answers name it: what it says, where, and what it cites."""
        check_characters(identifier, "the id")
        store = self.knowledge.store
        return read_statement(store, find_statement(store, identifier))


def _terms(value: Term | Iterable[Term]) -> Sequence[Term]:
    """One term or several; a text is refused, since an IRI or a literal could be meant."""
    if isinstance(value, IRI | Literal | BlankNode):
        return (value,)
    if isinstance(value, str):
        raise UsageError(f"{value!r} is no term; wanted an IRI or a Literal (kg.model.vocabulary).")
    return tuple(value)


def _today(written: str = "") -> date:
    """The day on which the program runs: where the reader is, or where dates were written."""
    return day_there(datetime.now().astimezone(), written)
