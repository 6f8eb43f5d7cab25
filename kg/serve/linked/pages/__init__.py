"""The page of each kind of thing: what a reader wants first; what is on record, folded, last.

- `choose`: which page a resource has, and what all of them share
- `record`: what is said of a resource and stands on no other part of its page
- `statement`: statements and background
- `cited`, `reviews`: statements and rules as pages name them, and who has reviewed them
- `place`: where a sentence stands, and the sentence in the operator's own copy
- `works`: cited numbers and references
- `document`: documents by section, and all of them with their standing
- `term`: terms
- `tree`: terms as a tree, the place of one in it with its axioms, and why one stands below another
- `rules`: axioms in words, all of them by what follows, and why a conclusion holds
- `query`: shipped queries, and the catalogue of them
- `search`: what was found
"""
