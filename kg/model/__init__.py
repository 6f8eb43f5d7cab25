"""The values that everything else speaks of; they know no store and no rule.

vocabulary   terms as values, the one prefix map, and the IRIs that Python speaks
rdf/         triples and graphs, in and out
terms/       what people type, and the term it stands for
statements/  what a document says, where its sentence stands, and how it is looked up
report       what checks of the sources found, and how much they looked at
changes      two states of the same things compared
compiled     what a question reads of a graph, worked out once by the build
tables       the tables that a case is judged with
notes        statements, documents and axioms as answers and proofs show them
kinds        what things are called, and what a kind of case asks for
resources    where the ontology, the queries, the shipped graph and the cache are
errors       every error a caller can meet, and what can be done about each
"""
