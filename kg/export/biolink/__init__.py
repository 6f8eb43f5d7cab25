"""Statements as edges of Biolink, and what of them Biolink cannot say.

words       the tables: predicates, categories, CURIEs
edges       each statement as an edge, or the reasons why it is none
losses      the report: per statement what was left out, and why
kgx         nodes and edges as KGX exchanges them, TSV and JSON Lines
trapi       the answer to a question of one hop (TRAPI)
"""
