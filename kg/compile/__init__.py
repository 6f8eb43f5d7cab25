"""From the source files to a graph: read, check, classify, compile, justify, write.

builder      builds the graph, or opens the one that was built
inputs       what a build depends on, and the name that its inputs make
memo         answers that were worked out once, by their question
kept         what one build worked out and the next one may use
remembered   a store that is asked again only what a change can move
matching     which lines of a graph a query can match
groups       the groups of a query, read as far as that takes
lines        the lines of a graph in groups, and whether they changed
counted      these groups of each file, counted once
pipeline     the steps of a build in their order
check        rules and shapes that the sources have to pass
owl          axioms, HermiT, the rules for cases, justifications
reasoned     what follows from the sources, kept by the lines that it follows from
retraction   which statements are valid, and which axioms fall with one
conclusions  what follows, as quads with justifications
mappings     codes of other terminologies
about        what is said of the graph itself
model        the compiled model of a graph
units        its parts, each made anew only where what it was made of differs
lexicon      its lexicon
derived      what its rules ask to be worked out of a case, and the lines they draw in a unit
language     the words of questions that are no names
kinds        its names, and what its kinds of case ask for
rows         the rows of the queries that its tables are made of
topics       the causes and origins of each finding that it can be asked about
concerns     what touches each of these findings, and what belongs to another question
tables       everything else that its cases are judged with
reviews      who has reviewed what conclusions rest on
thresholds   the lines that documents draw through results
possible     what may turn out in a case
"""
