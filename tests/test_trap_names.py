"""Names that others mix up: each is refused or asked about, and none is guessed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from kg.model.errors import AmbiguousTermError, KGError, UnknownTermError
from kg.model.terms import Kind, Lexicon
from kg.model.vocabulary import EG, eg

OFF_TOPIC = Path(__file__).parent / "questions" / "related" / "off_topic.toml"

# ── What a name may mean ────────────────────────────────────────────────────────────────────────


FORMS = ("MM", "SAP", "LAP", "AP", "HPP", "PD", "BM", "PI", "MBD", "DPD", "Paget")


@pytest.mark.parametrize("form", [*FORMS, "sap", "L-AP"])
def test_a_form_with_two_readings_is_asked_about(lexicon: Lexicon, form: str) -> None:
    """A short form that clinical use reads in several ways is refused with its readings."""
    with pytest.raises(AmbiguousTermError) as caught:
        lexicon.find(form)

    assert len(caught.value.choices) > 1


def test_ntx_is_no_drug(lexicon: Lexicon) -> None:
    """NTX is the telopeptide among results, and is not guessed to be naltrexone among drugs."""
    assert lexicon.find("NTX", Kind.MARKER).iri == EG.NTxObservation
    with pytest.raises(KGError, match="is a laboratory measurement"):
        lexicon.find("NTX", Kind.DRUG)


@pytest.mark.parametrize("code", ["1777-2", "6768-6", "M81.0", "109989006", "2324-2"])
def test_a_code_without_its_system_names_nothing(lexicon: Lexicon, code: str) -> None:
    """The same digits are codes of several systems, so a bare code is unknown."""
    with pytest.raises(UnknownTermError):
        lexicon.find(code)


@pytest.mark.parametrize(
    "name",
    ["calcitriol", "1,25-dihydroxyvitamin D", "1,25(OH)2D", "1,25-OH D", "LOINC:1649-3"],
)
def test_calcitriol_is_not_25_hydroxyvitamin_d(lexicon: Lexicon, name: str) -> None:
    """The active hormone is another substance than the one that shows how much is stored."""
    with pytest.raises(UnknownTermError):
        lexicon.find(name, Kind.MARKER)


@pytest.mark.parametrize("code", ["HP:0008318", "LOINC:4659-9"])
def test_a_code_of_leukocyte_alp_is_none_of_serum_alp(lexicon: Lexicon, code: str) -> None:
    """What others file under circulating ALP leads to no serum ALP here."""
    try:
        found = lexicon.find(code)
    except UnknownTermError:
        return

    assert not lexicon.is_a(found.iri, EG.SerumALPObservation)
    assert found.iri != eg("raised-serum-alp")


# ── What nobody was asked to know ───────────────────────────────────────────────────────────────


KINDS = {"condition": Kind.CONDITION, "drug": Kind.DRUG, "marker": Kind.MARKER}
ASKED = [
    (line, KINDS[kind], name)
    for line, asked in tomllib.loads(OFF_TOPIC.read_text("utf-8"))["ask"].items()
    for kind, names in asked.items()
    for name in names
]


@pytest.mark.parametrize(("line", "kind", "name"), ASKED)
def test_what_is_off_topic_is_refused_by_name(
    lexicon: Lexicon, line: str, kind: Kind, name: str
) -> None:
    """A question about something else is refused with what is not known, and not half answered."""
    with pytest.raises(UnknownTermError) as caught:
        lexicon.find(name, kind)

    assert name in caught.value.message, line
