"""What people type finds its term, and what could mean two things is refused."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping

import pytest
from msgspec.structs import replace

from kg.model.errors import AmbiguousTermError, UnknownTermError, UsageError
from kg.model.spelling import fold, is_slip
from kg.model.terms import AmbiguousForm, Entry, Kind, Lexicon
from kg.model.vocabulary import EG, IRI, PREFIXES, eg
from kg.store.knowledge import KnowledgeGraph
from kg.store.named import Names
from kg.store.term_card import read_card


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        ("multiple myeloma", Kind.CONDITION, "MultipleMyeloma"),
        ("Multiple  Myeloma", Kind.CONDITION, "MultipleMyeloma"),
        ("pcm", Kind.CONDITION, "MultipleMyeloma"),
        ("MONDO:0009693", Kind.CONDITION, "MultipleMyeloma"),
        ("eg:MultipleMyeloma", Kind.CONDITION, "MultipleMyeloma"),
        ("https://w3id.org/etiograph/id/MultipleMyeloma", Kind.CONDITION, "MultipleMyeloma"),
        ("MultipleMyeloma", Kind.CONDITION, "MultipleMyeloma"),
        ("Paget's disease", Kind.CONDITION, "PagetDiseaseOfBone"),
        ("Paget’s disease", Kind.CONDITION, "PagetDiseaseOfBone"),  # noqa: RUF001
        ("alk phos", Kind.MARKER, "SerumALPObservation"),
        ("ALP", Kind.MARKER, "SerumALPObservation"),
        ("LOINC:6768-6", Kind.MARKER, "SerumALPObservation"),
        ("loinc:6768-6", Kind.MARKER, "SerumALPObservation"),
        ("gamma gt", Kind.MARKER, "GGTObservation"),
        ("γ-GT", Kind.MARKER, "GGTObservation"),  # noqa: RUF001
        ("LAP score", Kind.MARKER, "LeukocyteALPObservation"),
        ("Velcade", Kind.DRUG, "Bortezomib"),
        ("bortezomib therapy", Kind.TREATMENT, "BortezomibTreatment"),
        ("female", Kind.SEX, "FemaleCase"),
        ("raised ALP", Kind.FINDING, "raised-serum-alp"),
    ],
)
def test_a_term_is_found_by_any_of_its_names(
    lexicon: Lexicon, typed: str, kind: Kind, name: str
) -> None:
    """Label, synonym, abbreviation, code and IRI lead to the same term."""
    found = lexicon.find(typed, kind)

    assert found.iri == eg(name)
    assert found.kind is kind


@pytest.mark.parametrize(
    "typed", ["LAP", "SAP", "AP", "BM", "HPP", "PD", "lap", "L-AP", "MM", "mm"]
)
def test_a_short_form_with_two_readings_is_refused(lexicon: Lexicon, typed: str) -> None:
    """A short form that clinical use reads in two ways is never guessed."""
    with pytest.raises(AmbiguousTermError, match="more than one reading") as caught:
        lexicon.find(typed)

    assert len(caught.value.choices) > 1


def test_an_unknown_name_comes_with_the_nearest(lexicon: Lexicon) -> None:
    """A slip of the pen is answered with what was probably meant."""
    with pytest.raises(UnknownTermError, match="Did you mean") as caught:
        lexicon.find("multiple mieloma", Kind.CONDITION)

    assert caught.value.suggestions[0].startswith("multiple myeloma")


def test_suggestions_are_of_the_kind_that_is_wanted(lexicon: Lexicon) -> None:
    """Whoever looks for a drug is not offered diseases."""
    with pytest.raises(UnknownTermError) as caught:
        lexicon.find("bortezomibe", Kind.DRUG)

    assert [each.partition(" (")[0] for each in caught.value.suggestions] == ["bortezomib"]


def test_a_name_that_is_endless_is_refused_at_once(lexicon: Lexicon) -> None:
    """A megabyte of text is no name, and is not compared with every name."""
    with pytest.raises(UnknownTermError, match="no condition"):
        lexicon.find("x" * 1_000_000, Kind.CONDITION)


def test_a_term_of_another_kind_says_which_option_takes_it(lexicon: Lexicon) -> None:
    """A drug among the conditions is not unknown: it stands in the wrong place."""
    with pytest.raises(UsageError, match=r"is a drug.*--drug takes it"):
        lexicon.find("bortezomib", Kind.CONDITION)


def test_a_code_of_two_terms_is_refused() -> None:
    """One code mapped to two terms stands for neither."""
    entries = {
        eg(name): Entry(eg(name), name.lower(), Kind.CONDITION, codes=("X:1",)) for name in "AB"
    }

    with pytest.raises(AmbiguousTermError, match="stands for 2 terms"):
        Lexicon(entries).find("X:1")


def test_a_name_of_two_terms_is_refused_only_where_both_fit() -> None:
    """A label shared by a drug and a condition is clear where only a drug can stand."""
    entries = {
        EG.A: Entry(EG.A, "same", Kind.CONDITION),
        EG.B: Entry(EG.B, "same", Kind.DRUG),
    }
    lexicon = Lexicon(entries, {fold("ZZ"): AmbiguousForm("ZZ", (EG.A,), ("elsewhere",))})

    assert lexicon.find("same", Kind.DRUG).iri == EG.B
    with pytest.raises(AmbiguousTermError):
        lexicon.find("same")


def test_a_code_of_a_term_and_a_narrower_one_is_the_narrower(lexicon: Lexicon) -> None:
    """What a record says by a code is what the code says where it is typed."""
    assert lexicon.find("MONDO:0002515").iri == EG.HepatobiliaryDisease


def test_only_close_codes_name_a_term(lexicon: Lexicon) -> None:
    """A code that is broader than a term, or only related, does not stand for it."""
    with pytest.raises(UnknownTermError):
        lexicon.find("LOINC:77141-0", Kind.MARKER)


def test_every_marker_has_units_and_states(lexicon: Lexicon) -> None:
    """A measurement that no result can be given of would be no use."""
    markers = lexicon.of_kind(Kind.MARKER)

    assert markers
    for marker in markers:
        assert marker.units or marker.members, marker.label
        states = {"high", "normal"} if marker.members else {"high", "normal", "low"}
        assert states <= lexicon.states(marker.iri).keys(), marker.label


def test_a_card_tells_what_the_reasoner_found(knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """A superclass that nobody wrote down is shown apart from those that somebody did."""
    card = read_card(knowledge.store, lexicon.find("hepatic amyloidosis"))

    asserted = {each.label: each.asserted for each in card.parents}
    assert asserted["disorder of the liver"]
    assert not asserted["hepatobiliary cause of a raised ALP"]
    assert [each.id for each in card.statements][:1] == ["A015"]


_AT_THE_ENDS = """
PREFIX eg: <https://w3id.org/etiograph/id/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?term ?label WHERE {
    ?statement eg:context ?case ; eg:subject|eg:object|eg:relativeTo|eg:anchor ?term .
    ?term rdfs:label ?label
}"""


def test_whatever_a_statement_names_is_found(knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """What an article names is found by its label and by its name, also what no case can have."""
    rows = list(knowledge.store.select(_AT_THE_ENDS).texts())
    outside = [row for row in rows if row["term"] not in lexicon.entries]
    names = Names(knowledge.store, lexicon)

    assert len(outside) > 50
    for row in outside:
        own = row["term"].removeprefix(PREFIXES["eg"])
        assert names.find(own).iri == row["term"]
        named = names.find(row["label"].upper())
        others = names.besides(row["label"], named)
        assert row["term"] in [named.iri, *(each.iri for each in others)]


def test_what_is_not_in_a_case_has_its_card(knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """A test, an outcome or a reference value says what it is, and which statements name it."""
    found = Names(knowledge.store, lexicon).find("specialist referral")
    card = read_card(knowledge.store, found)

    assert (card.kind, card.units) == ("investigation", ())
    assert card.definition
    assert "B058" in [each.id for each in card.statements]


def test_a_slip_in_a_name_is_told(knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """What nothing is called is refused, with what it may be a slip of."""
    with pytest.raises(UnknownTermError, match="Did you mean: specialist referral"):
        Names(knowledge.store, lexicon).find("specialist referal")
    with pytest.raises(UnknownTermError, match="no term is called 'referral'"):
        Names(knowledge.store, lexicon).find("referral")


def test_a_card_shows_the_background_behind_an_argument(
    knowledge: KnowledgeGraph, lexicon: Lexicon
) -> None:
    """What no document says of a term rests on background, and the card names it."""
    card = read_card(knowledge.store, lexicon.find("vitamin D deficiency"))

    assert card.arguments
    assert all(each.premises["background"] for each in card.arguments)


def _slips(name: str, rng: random.Random) -> list[str]:
    """A name with a letter wrong, lacking, too much, and two in each other's place."""
    at = rng.randrange(len(name) - 1)
    letter = rng.choice("aeiouz")
    return [
        name[:at] + letter + name[at + 1 :],
        name[:at] + name[at + 1 :],
        name[:at] + letter + name[at:],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    ]


def test_slips_are_sought_among_all_names(lexicon: Lexicon) -> None:
    """What is offered for a slip is what a comparison with every name of every term finds."""
    rng = random.Random("slips")
    forms = lexicon.by_name.forms
    some = rng.sample([each for each in forms if len(each) > 5], 80)

    for typed in (slip for name in some for slip in _slips(name, rng)):
        near = [forms[each] for each in forms if is_slip(fold(typed), each)]
        wanted = dict.fromkeys(iri for iris in near for iri in iris)
        found = [entry.iri for entry in lexicon.near(typed, Kind, most=len(wanted) + 1)]
        assert found == [iri for iri in wanted if iri in lexicon.entries], typed


class _Interrupted(dict[str, tuple[IRI, ...]]):
    """Names of which the last is gone through only when somebody else has asked something."""

    def __init__(self, names: Mapping[str, tuple[IRI, ...]]) -> None:
        super().__init__(names)
        self.meanwhile: Callable[[], object] = tuple

    def __iter__(self) -> Iterator[str]:
        *most, last = super().__iter__()
        yield from most
        meanwhile, self.meanwhile = self.meanwhile, tuple
        meanwhile()
        yield last


def test_a_slip_is_found_while_somebody_else_asks_first(lexicon: Lexicon) -> None:
    """Whoever asks while the names are gone through finds them all, as another thread may."""
    forms = _Interrupted(lexicon.by_name.forms)
    asked = replace(lexicon, index=replace(lexicon.by_name, forms=forms))
    slip = [*forms][-1] + "x"
    found = []
    forms.meanwhile = lambda: found.append(asked.near(slip, Kind))

    assert asked.near(slip, Kind)
    assert found == [asked.near(slip, Kind)]
