"""A curator's desk: articles to statements, checks against the texts, and what a change moves.

sources/  from an article to its files, and an account of every line of it
watch     a look at the articles while they are written
verify    what is wrong with the sources, beside the texts, or in a store
sentences  rules that are no queries, and what records say, held against the sentences of a copy
terms     a term with its code, in an article and in the table of the code
review    what clinicians are to judge, the sheet they fill in, and its way back
comparing  how two statements stand to each other, by what the ontology says of their terms
conflicts  the statements of a graph that speak of the same, and the links made by hand
reports   what the graph says about itself: citations, quality, terms
knowledge/  for each statement a case in which it speaks, as tests that are data
diff/     what differs between two versions, and which answers move
"""
