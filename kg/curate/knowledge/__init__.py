"""Knowledge tests as data: of each statement a case in which it speaks, and one without it.

A curator reads them against the article and keeps them; one test that knows no article runs them.

effects    what each statement does in an answer, in words
search     the least case in which a statement speaks, and the nearest in which it is silent
entries    the file of an article's tests: read, written, and held against a graph
accepting  the tests of one article as they hold now
"""
