"""Statements as edges of Biolink, and what of them Biolink cannot say.

words       the tables: predicates, categories, CURIEs
edges       each statement as an edge, or the reasons why it is none
kgx         nodes and edges as KGX exchanges them, and the report of what was left out
trapi       the answer to a question of one hop (TRAPI)
"""
