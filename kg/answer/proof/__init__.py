"""Proofs: why a row of an answer stands, from the facts of the case to the statements.

model         a proof as one value: facts, axioms, steps, statements
derivation    the same proof with every step and no words, for programs that check it
explain       the explanation of each row of an answer, or of a conclusion about classes
arguments     proofs of what findings say, and of how an origin stands
causes        proofs of a verdict, one for each reason of the judge
consequences  proofs of what is said beside the causes
why_not       what is missing for a verdict that a row does not have
prover        the facts and axioms that a conclusion takes, of a case or of classes alone
wording       facts and steps in words
"""
