"""Answers: what the graph says about a case, as one value, and the proofs of it.

model         the answer as one value, and its parts
ask           answers a case: the whole answer, from the reasons of the judge
asked         which finding a case is asked about, and which documents an answer rests on
scores        the points of a case in the scores that rules ask for
classified    a case as the rules see it, what contradicts itself in it, and what it lacks
seen          what can be asked of a case while it is judged
kept          rows of answers, found again by what they asked of a case
memory        what was worked out of earlier cases, by finding
judge         how each origin and each listed cause stands in a case, with every reason for it
causes        the rows of origins and causes, and the order in which they are read
consequences  what is said beside the causes: cautions, rules, outcomes, advice, next steps
idle          which facts of the case move nothing in the answer
impact        what results that may still turn out would do to the verdicts
questions     what only the patient or the record can answer: asked, and assumed where wanted
what_if       two answers compared row by row, also to a case as it might be
reviewed      how much of what an answer rests on was reviewed
proof         why a row of an answer stands, and why not otherwise
"""
