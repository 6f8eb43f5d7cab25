"""The file of an article, and the Turtle that is made of it.

What a person writes of an article stands once, in `ontology/articles/X.yaml`; what a machine finds
of its places stands beside it, in `X.places.tsv`. The Turtle in `documents/` and `statements/` is
made of both, byte for byte the same each time, and is committed, so that every tool can read it.

source      YAML read as text, where every value knows its line
words       what the ontology offers to these files: terms, predicates, qualifiers, kinds
records     the shape of a file: document, groups, records
schema      the same as JSON Schema, with word lists, for editors
tables/     markers and drugs, one record each, and their Turtle
places      the table of places, read and written
values      words, numbers, terms and figures looked up
resolve     what the records of a file say, with every default
figures     numbers in words that no value has; words beside them, and the unit they give
article     a file read whole, and what is wrong in it
blocks      what the Turtle is made of: modules, classes, individuals, axioms
document    the Turtle of a document
statements  the Turtle of its statements
new_terms   the terms that are new with it: which stand, and what is wrong in them
terms       their Turtle
classes     the classes that axioms end at, by what defines them
cases       the kinds of case that they start from, found by what defines them, or made
patterns    which axioms a statement makes
losses      what is said of axioms, and nothing comes of it
messages    messages with the figures of statements
axioms      the axioms of all statements, with what speaks for and against each
axiom_file  their Turtle
write       all of it written, or what of it is stale
"""
