"""Where the parts of pictures stand: labels apart, few crossings, and lines that fit."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from kg.pages.pictures.layered import lay_out, spread
from kg.pages.pictures.text import SIZE, clip, width_of, wrap


def test_labels_are_apart_and_near_what_they_name() -> None:
    """Labels of an axis never overlap, keep their order, and stand where they want if they can."""
    chance = Random(7)
    for _ in range(200):
        wanted = sorted(chance.uniform(0, 200) for _ in range(chance.randint(1, 12)))
        sizes = [chance.uniform(10, 60) for _ in wanted]

        starts = spread(wanted, sizes, 0, 4)

        pairs = pairwise(zip(starts, sizes, strict=True))
        assert all(next_[0] >= at + size + 4 - 1e-6 for (at, size), next_ in pairs)
        assert min(starts) >= -1e-6
    assert spread([100, 200], [20, 20], 0, 4) == [90, 190]


def test_a_fixed_column_keeps_its_order_and_others_are_untangled() -> None:
    """Edges that all cross in the order given do not cross where a column may be put in order."""
    left, right = [f"l{n}" for n in range(5)], [f"r{n}" for n in range(5)]
    edges = [(left[n], right[4 - n]) for n in range(5)]
    sizes = dict.fromkeys((*left, *right), 20.0)

    found = lay_out([left, right], sizes, edges, frozenset({0}))

    at = found.middles
    heights = [at[key] for key in left]
    assert heights == sorted(heights)
    assert [at[key] for key in reversed(right)] == sorted(at[key] for key in right)


def test_nodes_of_a_column_never_overlap() -> None:
    """Whatever the graph, the nodes of a column stand apart and within the height."""
    chance = Random(11)
    for _ in range(40):
        columns = [[f"{c}.{n}" for n in range(chance.randint(1, 12))] for c in range(4)]
        sizes = {key: chance.uniform(20, 70) for column in columns for key in column}
        pairs = [(c, d) for c in range(4) for d in range(c + 1, 4)]
        edges = [
            (chance.choice(columns[c]), chance.choice(columns[d]))
            for c, d in chance.choices(pairs, k=30)
        ]

        found = lay_out(columns, sizes, edges)

        for column in columns:
            rows = sorted(column, key=found.middles.__getitem__)
            for one, other in pairwise(rows):
                apart = found.middles[other] - found.middles[one]
                assert apart >= (sizes[one] + sizes[other]) / 2 + 10 - 1e-6
        ends = [found.middles[key] + size / 2 for key, size in sizes.items()]
        assert max(ends) <= found.height + 1e-6
        assert {place for way in found.ways.values() for place, _ in way} <= {1, 2}


def test_no_line_is_wider_than_its_room() -> None:
    """Words are broken into lines that fit, and what has no line ends in an ellipsis."""
    text = "a second malignancy with metastases in bone, electroencephalographically " * 3
    for width in (60, 120, 200):
        lines = wrap(text, width)

        assert all(width_of(line) <= width for line in lines)
        assert len(wrap(text, width, most=2)) == 2
        assert wrap(text, width, most=2)[-1].endswith("…")
    assert wrap("short", 200) == ("short",)
    assert clip("short", 200) == "short"
    assert width_of(clip("W" * 40, 100), SIZE) <= 100
