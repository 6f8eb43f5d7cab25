"""The values that everything else speaks of; they know no store and no rule.

vocabulary   terms as values, the one prefix map, and the IRIs that Python speaks
rdf/         triples and graphs, in and out
codes        codes of other terminologies, and what the place of one says
terms        what people type, and the term it stands for
units        the units of a measurement, and how they convert
characters   half of a character, which is none
spelling     names as they are compared, and slips of the key
language     the words of questions that are no names of terms
shown        values that show themselves in a notebook
statements   what a document says, and where its sentence stands
citations    citation numbers as texts print them
copies       a reader's own copies of documents: places looked up, lines accounted for
report       what checks of the sources found, and how much they looked at
changes      two states of the same things compared
derived      what is worked out of results and dates before anything is concluded
compiled     what a question reads of a graph, worked out once by the build; what proofs look up
model_file   the same as a file: its first line, and tables that are read in part
parts        such a table: blocks of entries in the order of their keys
json_values  values of it as JSON
tables       the tables that a case is judged with: messages, advice, lines, and all that follows
topics       the findings that are asked about: causes, and what speaks for and against each
notes        what answers say of statements and documents
resources    where the ontology, the queries, the shipped graph and the cache are
uncollected  work that makes millions of values and no circles
errors       every error a caller can meet, and what can be done about each
"""
