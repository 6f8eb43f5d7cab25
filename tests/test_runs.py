"""Names, numbers and ids one after the other, in few places."""

from __future__ import annotations

from kg.show.runs import few_ids, id_run, letter, name_run, number_run


def test_neighbours_are_joined() -> None:
    """Three ids or numbers in a row are a range; two are named; others stand as they are."""
    assert id_run(["A042", "A043", "A044", "B024"]) == "A042-A044 B024"
    assert id_run(["A004", "A005", "~", "B070"]) == "A004 A005 ~ B070"
    assert id_run(["A009", "A010", "A011", "B012"]) == "A009-A011 B012"
    assert id_run([]) == ""
    assert number_run([5, 1, 3, 2]) == "1-3, 5"


def test_agreement_of_many_documents_is_counted() -> None:
    """Of more than a few documents the first are named, behind a mark by themselves."""
    many = [f"{letter}{number}" for letter in "ABCDEFGH" for number in ("001", "002")]
    few = [each for each in many if each[0] in "ABCDEF"]

    assert few_ids(few) == tuple(few)
    assert few_ids(many) == (*many[:10], "+3 documents")
    assert few_ids([*many, "~", "B070"]) == (*many[:10], "+3 documents", "~", "B070")
    assert few_ids(["A001", "~", *many]) == ("A001", "~", *many[:10], "+3 documents")
    assert id_run(many) == "A001 A002 +7 documents"
    assert few_ids([]) == ()


def test_names_that_have_no_room_are_counted() -> None:
    """The first name always stands; what is left out is counted, with what opens it."""
    names = ["frogs", "toads", "newts"]

    assert name_run(names, 100) == "frogs; toads; newts"
    assert name_run(names, 15, opens="-x") == "frogs … +2 (-x)"
    assert name_run(names, 1) == "frogs … +2"
    assert name_run([], 1) == ""


def test_steps_have_letters() -> None:
    """The first step is a, the last z; beyond the alphabet there is none."""
    assert [letter(place) for place in (0, 25, 26)] == ["a", "z", ""]
