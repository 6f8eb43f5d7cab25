"""The page on which a case is asked: its form, its answer, and the way from one to the other.

    fields that were sent ── typed.Typed ── typed.document_of ── the plain case document
                                  │
    offers.Offers (of the graph) ─┴─ form.arrange ── rows.Form, which the template shows

- `typed`: what stands in the fields, as it was typed, and as the plain case document
- `offers`: which rows the empty form has, and the names of all terms; the graph says it
- `rows`: the rows of the form as values
- `form`: everything that was typed in its row
- `reading`: the case of a form, with a question in words or a record beside the fields
- `problems`: what is wrong, beside the field that it belongs to, and the readings of a question
- `views`: an answer as values that the template shows
- `answer`: an answer as the page shows it
- `steps`: what to find out next, and the field that takes it
- `blocks`: the blocks of `kg.show`, with every id a link
- `markup`: these blocks as HTML, which is more than templates write quickly
- `query`: the causes of an answer as a SPARQL query
- `page`: the whole page as one value, and what changed since the answer before
"""
