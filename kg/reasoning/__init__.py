"""The rules for cases, and what follows from them; no RDF library is imported.

rules         the compiled rules as tables, the same by what triggers them, and facts
intervals     limits on exact decimals
expressions   class expressions, and their text in Manchester syntax
engine        classifies a case, and keeps why every fact holds
portions      a case put together of its portions, each worked out once for many cases
words         the classes of a case as bits, and the portions that are kept
continuation  what more facts would bring to a classified case
closure       the facts of a case with their derivations
requirements  what the definition of a kind of case asks for, and its limits
asserted      the axioms as rules of one step each, and the steps that they allow
trace         every minimal set of axioms that a fact follows from; a proof by the smallest
"""
