"""OWL at build time: axioms read, HermiT asked, rules for cases compiled from its answer.

axioms          axioms read from RDF, with their evidence
expressions     class expressions, read from it too
logic           axioms as values
horn            the check that rules can say all that the axioms say
naming          names for class expressions
functional      axioms in the syntax that HermiT reads
hermit          which class lies below which
hierarchy       what it answers, as a value
java            runs Java until a deadline
memo            what was worked out once and is kept
rules           the rules for cases
asserted        the axioms as rules of one step each
entailments     what follows beyond what the axioms say
justifications  why it follows: every minimal set of axioms
"""
