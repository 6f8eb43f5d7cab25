"""The rules for cases, and what follows from them; no RDF library is imported.

ruleset       the compiled rules as tables, and facts
intervals     limits on exact decimals
index         the rules by what triggers them
engine        classifies a case, and keeps why every fact holds
closure       the facts of a case with their derivations
requirements  what the definition of a kind of case asks for
limits        which figures decide a class, and when they rule it out
reach         what could follow from one more fact, whoever the case is
asserted      the axioms as rules of one step each
tracing       a conclusion through the fewest axioms, step by step
derivations   every minimal set of axioms that a fact follows from
expressions   class expressions, and their text in Manchester syntax
"""
