"""Queries that would bring a server down that evaluates them in its own process."""

from __future__ import annotations

from typing import Final


def _nested(depth: int, opening: str, core: str, closing: str) -> str:
    return opening * depth + core + closing * depth


def _chain(count: int, link: str, joint: str) -> str:
    return joint.join([link] * count)


def _growing(call: str, rounds: int) -> str:
    """A text that gets ten times as long in each round."""
    ten = ",".join(["?x{0}"] * 10)
    steps = " ".join(
        f"BIND({call.format(ten.format(number))} AS ?x{number + 1})" for number in range(rounds)
    )
    return f'SELECT (STRLEN(?x{rounds}) AS ?n) {{ BIND("0123456789" AS ?x0) {steps} }}'


_CROSS: Final = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
_TEN: Final = "(1)(2)(3)(4)(5)(6)(7)(8)(9)(0)"
_VALUES: Final = " ".join(f"VALUES (?v{n}) {{ {_TEN} }}" for n in range(12))

RUNAWAYS: Final[dict[str, str]] = {
    # too much to count
    "count of a cross product": f"SELECT (COUNT(*) AS ?n) {{ {_CROSS} }}",
    "count of values": f"SELECT (COUNT(*) AS ?n) {{ {_VALUES} }}",
    "distinct of a cross product": f"SELECT (COUNT(DISTINCT *) AS ?n) {{ {_CROSS} }}",
    "groups of a cross product": f"SELECT ?a ?l (COUNT(*) AS ?n) {{ {_CROSS} }} GROUP BY ?a ?l",
    "filter on a cross product": f"ASK {{ {_CROSS} FILTER(CONCAT(STR(?a), STR(?l)) = '?') }}",
    "paths both ways": (
        "SELECT (COUNT(*) AS ?n) { ?a (!<x:none>|^!<x:none>)* ?b . ?c !<x:none>* ?d }"
    ),
    "optional cross product": (
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c OPTIONAL { ?d ?e ?f OPTIONAL { ?g ?h ?i "
        "OPTIONAL { ?j ?k ?l } } } }"
    ),
    "negated cross product": (
        "ASK { ?a ?b ?c . ?d ?e ?f FILTER NOT EXISTS { ?g ?h ?i . ?j ?k ?l } }"
    ),
    # too much to hold
    "order of a cross product": f"SELECT * {{ {_CROSS} }} ORDER BY ?a ?f ?l",
    "texts joined": f"SELECT (GROUP_CONCAT(STR(?c)) AS ?n) {{ {_CROSS} }}",
    "text that grows": _growing("CONCAT({0})", 9),
    "text replaced": (
        'SELECT (STRLEN(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE("aaaaaaaaaa",'
        '"a","bbbbbbbbbbbbbbbbbbbb"),"b","cccccccccccccccccccc"),"c","dddddddddddddddddddd"),'
        '"d","eeeeeeeeeeeeeeeeeeee"),"e","ffffffffffffffffffff"),"f","gggggggggggggggggggg"))'
        " AS ?n) {}"
    ),
    "rows without end": f"SELECT * {{ {_CROSS} }}",
    "graph without end": f"CONSTRUCT {{ ?a ?b ?f . ?d ?e ?l }} {{ {_CROSS} }}",
    # too deep
    "groups": f"SELECT * {_nested(15_000, '{', '', '}')}",
    "parentheses": f"SELECT * {{ FILTER({_nested(15_000, '(', '1', ')')}) }}",
    "negations": f"SELECT * {{ FILTER({'!' * 50_000}true) }}",
    "exists": f"ASK {{ {_nested(2_500, 'FILTER EXISTS {', '?a ?b ?c', '}')} }}",
    "sums": f"SELECT ({_chain(30_000, '1', '+')} AS ?n) {{}}",
    "unions": f"SELECT * {{ {_chain(8_000, '{}', 'UNION')} }}",
    # too much to plan
    "lists": f"SELECT * {{ {_nested(2_000, '(', '1', ')')} ?p ?o }}",
    "blank nodes": f"SELECT * {{ {_nested(5_000, '[ ?p ', '1', ']')} }}",
    "path steps": f"SELECT * {{ ?a {_chain(5_000, '<x:p>', '/')} ?b }}",
    "patterns apart": "SELECT * { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(2_500)) + " }",
}
