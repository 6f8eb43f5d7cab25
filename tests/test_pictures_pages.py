"""Pictures on their pages: there where they help, each once, and the page valid with them."""

from __future__ import annotations

import pytest
from asgi import Client
from forms import Element, read, submit

FLAGSHIP = "causes of raised ALP given multiple myeloma and normal GGT"
FORM = {"question": FLAGSHIP}


def _regions(page: Element) -> list[str]:
    """The names of the regions in which pictures stand, in their order."""
    return [
        each.get("aria-label")
        for figure in page.all("figure", class_="picture")
        for each in figure.all("div")
    ]


@pytest.mark.slow
def test_an_answer_has_its_pictures(client: Client) -> None:
    """The scale is there, the graph is drawn for who presses, and no id is there twice."""
    before = read(submit(client, [*FORM.items(), ("do", "ask")]).text).by_id("pictures")
    page = read(submit(client, [*FORM.items(), ("picture", "graph")]).text)

    assert _regions(before) == ["ALP on its scale"]
    (button,) = before.all("button")
    assert (button.get("name"), button.get("value")) == ("picture", "graph")
    assert button.get("formaction").endswith("#graph")
    pictures = page.by_id("pictures")
    assert _regions(pictures) == ["ALP on its scale", "How the facts lead to the answer"]
    assert _regions(page.by_id("graph")) == ["How the facts lead to the answer"]
    assert not pictures.all("button")
    ids = [each.get("id") for each in page.all() if each.get("id")]
    assert len(set(ids)) == len(ids)
    assert all(
        each.get("href").startswith(("/statement/", "/id/", "/document/"))
        for figure in page.all("figure", class_="picture")
        for each in figure.all("a")
    )


def test_results_of_several_days_have_their_course(client: Client) -> None:
    """Two dated results of the measurement that is asked about are shown over time."""
    labs = {
        "lab-1-marker": "ALP", "lab-1-value": "130", "lab-1-unit": "U/L", "lab-1-low": "35",
        "lab-1-high": "105", "lab-1-date": "2025-02-09",
        "lab-2-marker": "ALP", "lab-2-value": "100", "lab-2-unit": "U/L", "lab-2-low": "35",
        "lab-2-high": "105", "lab-2-date": "2025-01-08",
        "has": "multiple myeloma", "drug-1": "bortezomib", "drug-1-start": "2025-01-10",
    }  # fmt: skip

    page = read(submit(client, [*labs.items(), ("do", "ask")]).text)

    assert "ALP over time" in _regions(page.by_id("pictures"))
    assert "day 0 to 42 of bortezomib" in page.by_id("pictures").text


def test_a_proof_has_its_picture(client: Client) -> None:
    """The proof of a row has a picture beside its list, folded."""
    page = read(submit(client, [*FORM.items(), ("why", "2")]).text)

    assert _regions(page.by_id("why-2")) == ["Why: vitamin D deficiency: candidate"]
    (summary,) = page.by_id("why-2").all("summary")
    assert summary.text == "As a picture"


def test_nothing_is_drawn_where_there_is_nothing_to_show(client: Client) -> None:
    """The page before anything is asked has no picture."""
    assert not _regions(read(client.get("/", accept="text/html").text))
