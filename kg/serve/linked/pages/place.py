"""Where a sentence stands, in words, and the sentence itself in the operator's own copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kg.model.citations import CitationStyle
from kg.model.copies import Copy, agrees
from kg.model.statements import Place, normalise_sentence, short_id
from kg.model.vocabulary import EG, IRI, RDF, eg, text_of
from kg.pages.values import Link, Page, Phrase, Section, joined, path_of, phrase
from kg.serve.linked.links import link_to
from kg.serve.linked.material import Material
from kg.serve.linked.pages.parts import Remaining, statement_links
from kg.serve.linked.view import View

_TAKEN: Final = tuple(map(eg, ("inDocument", "sectionPath", "sectionTitle", "item", "line")))
ASIDE: Final = "aside"
"""What the lines without a statement are called on the document's page."""
_NO_COPY: Final = (
    "Not shown: none of the operator's files is the version of this document that was read. "
    "A file that differs in one character is not shown."
)
_NOT_THERE: Final = "Not shown: the copy has another sentence at this place."
_SHOWN: Final = "From the operator's own copy of the document, which is the version that was read."


@dataclass(frozen=True, slots=True)
class Sentence:
    """What the operator's copies have at a place: the sentence, or why it is not shown."""

    text: str = ""
    why: str = ""


def page(material: Material, iri: IRI, remaining: Remaining) -> Page:
    """The page of a place in a document, or of a line that was set aside."""
    view = material.view
    statements = statement_links(view, remaining.subjects([EG.region]))
    reason = remaining.rows([EG.setAsideBecause])
    remaining.take(_TAKEN)
    is_aside = EG.LineSetAside in view.values(iri, RDF.type)
    return Page(
        view.name(iri),
        sections=(
            Section("Where it is", lead=in_words(view, iri)),
            Section("Why it carries no statement", rows=reason if is_aside else ()),
            Section("What it says, in the words of this graph", items=statements),
            *remaining.sections(),
        ),
    )


def in_words(view: View, region: IRI) -> Phrase:
    """A place as a sentence that leads to its document."""
    documents = view.values(region, EG.inDocument)[:1]
    pieces: list[str | Link] = [link_to(view, each) for each in documents]
    path, title = (view.text(region, eg(name)) for name in ("sectionPath", "sectionTitle"))
    if path:
        pieces.append(f"section {path}{f' ({title})' if title else ''}")
    if (item := view.text(region, EG.item)) not in ("", "0"):
        pieces.append(f"item {item}")
    line = view.text(region, EG.line)
    if line:
        pieces.append(_line(view, region, line))
    return joined(phrase(*pieces), ", ")


def place_of(view: View, statement: IRI) -> Phrase:
    """Where a statement stands, as `in_words` has it; nothing for what stands in no document."""
    region = view.iri(statement, EG.region)
    return in_words(view, region) if region else ()


def line_anchor(line: str) -> str:
    """What the line of a document is called on the document's page."""
    return f"line-{line}"


def sentence_section(material: Material, region: IRI | None) -> Section:
    """The article's sentence beside its statement; nothing where no folder of copies was named."""
    if material.copies is None or region is None:
        return Section("")
    found = find_sentence(material.view, region, material.copies)
    lead = phrase(found.why or _SHOWN)
    return Section("The sentence", lead=lead, quote=found.text)


def find_sentence(view: View, region: IRI, copies: tuple[Copy, ...]) -> Sentence:
    """The sentence at a place, from the very version of the document that was read."""
    place = _read_place(view, region)
    same = next((each for each in copies if each.digest == place.document_digest), None)
    if same is None or not place.document_digest:
        return Sentence(why=_NO_COPY)
    if not agrees(same, place):
        return Sentence(why=_NOT_THERE)
    sentence = same.text[place.start : place.end]
    return Sentence(normalise_sentence(sentence, place.highest, place.style))


def _read_place(view: View, region: IRI) -> Place:
    document = view.iri(region, EG.inDocument) or IRI("")
    return Place(
        document=short_id(document),
        title="",
        review="",
        document_digest=text_of(view.value(document, EG.documentDigest)),
        section=view.text(region, EG.sectionPath),
        section_title=view.text(region, EG.sectionTitle),
        item=view.text(region, EG.item),
        line=view.number(region, EG.line),
        start=view.number(region, EG.charStart),
        end=view.number(region, EG.charEnd),
        digest=text_of(view.value(region, EG.sentenceDigest)),
        highest=_highest(view, document),
        style=CitationStyle(view.text(document, EG.citationStyle) or CitationStyle.PLAIN),
    )


def _highest(view: View, document: IRI) -> int:
    """The largest citation number of a document."""
    pointers = view.subjects(EG.inDocument, document)
    return max((view.number(each, EG.number) for each in pointers), default=0)


def _line(view: View, region: IRI, line: str) -> Link:
    document = view.iri(region, EG.inDocument)
    if document is None:
        return Link(f"line {line}")
    says = any(each.predicate == EG.region for each in view.pointing(region))
    return Link(f"line {line}", path=f"{path_of(document)}#{line_anchor(line) if says else ASIDE}")
