"""The page of each kind of thing: what a reader wants first; what is on record, folded, last.

- `choose`: which page a resource has, and what all of them share
- `statement`: statements and background
- `parts`: statements, rules and reviews as every page shows them, and what stands on no other part
- `place`: where a sentence stands, and the sentence in the operator's own copy
- `works`: cited numbers and references
- `document`: documents by section, and all of them with their standing
- `term`: terms
- `tree`: terms as a tree, the place of one in it with its axioms, and why one stands below another
- `rules`: axioms in words, all of them by what follows, and why a conclusion holds
- `query`: shipped queries, and the catalogue of them
- `search`: what was found
"""
