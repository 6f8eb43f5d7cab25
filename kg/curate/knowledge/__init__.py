"""Knowledge tests as data: of each statement a case in which it speaks, and one without it.

A curator reads them against the article and keeps them; one test that knows no article runs them.

search     the least case in which a statement speaks, what it does there, and the nearest without
entries    the file of an article's tests: read, written, held against a graph, made anew
"""
